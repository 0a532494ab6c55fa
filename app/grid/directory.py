"""The service team of each grid and the service guide: what hangs on the wall of the service hall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Row
from sqlalchemy.orm import aliased

from app.grid.models import GuideMatter, TeamMember, TeamRoster
from app.kit import clock
from app.kit.db import db
from app.kit.words import Words
from app.people.models import Resident
from app.places.models import Place

_StandIn = aliased(Resident)


@dataclass(frozen=True)
class Team:
    """One grid with its people and its nights on duty."""

    grid: Any
    members: Sequence[Any]
    roster: TeamRoster | None

    def is_on_night_duty(self, at: datetime) -> bool:
        """Whether the grid itself answers at this moment of the evening; otherwise the duty line does."""
        if self.roster is None:
            return False
        local = clock.local(at)
        now = f"{local:%H:%M}"
        return local.weekday() in self.roster.night_days and self.roster.night_from <= now < self.roster.night_to


def teams(community_path: str, grid_code: str | None = None) -> list[Team]:
    """The teams of a community's grids, or of one grid; three statements."""
    grids = select(Place.id, Place.code, Place.name).where(
        Place.kind == "grid", Place.path.startswith(community_path, autoescape=True)
    )
    if grid_code:
        grids = grids.where(Place.code == grid_code)
    found = db.session.execute(grids.order_by(Place.code).limit(200)).all()
    ids = [one.id for one in found]
    rosters = {one.grid_id: one for one in db.session.scalars(select(TeamRoster).where(TeamRoster.grid_id.in_(ids)))}
    members = _members(ids)
    return [Team(one, [who for who in members if who.grid_id == one.id], rosters.get(one.id)) for one in found]


def _members(grid_ids: Sequence[int]) -> Sequence[Row[*tuple[Any, ...]]]:
    return db.session.execute(
        select(
            TeamMember.grid_id, TeamMember.key, TeamMember.role, TeamMember.duty, TeamMember.reach,
            TeamMember.stand_in, Resident.family_name, Resident.family_name_en,
            _StandIn.family_name.label("stand_in_family_name"),
            _StandIn.family_name_en.label("stand_in_family_name_en"),
        )
        .outerjoin(Resident, Resident.id == TeamMember.resident_id)
        .outerjoin(_StandIn, _StandIn.id == TeamMember.stand_in_id)
        .where(TeamMember.grid_id.in_(grid_ids))
        .order_by(TeamMember.grid_id, TeamMember.position)
    ).all()  # fmt: skip


def grids(community_path: str) -> Sequence[Row[*tuple[Any, ...]]]:
    query = select(Place.id, Place.code, Place.name, Place.path).where(
        Place.kind == "grid", Place.path.startswith(community_path, autoescape=True)
    )
    return db.session.execute(query.order_by(Place.code).limit(200)).all()


def first_contact(grid_id: int) -> Any:
    """Who answers first for a grid: its leader, with who stands in."""
    return next(iter(_members([grid_id])), None)


def matters(street_id: int, text: str = "") -> list[GuideMatter]:
    """The matters of the guide whose name or papers hold every word of `text`, in the guide's order.

    A guide has some hundred and fifty of them: they are looked through one by one.
    """
    query = select(GuideMatter).where(GuideMatter.street_id == street_id).order_by(GuideMatter.id).limit(400)
    wanted = text.casefold().split()
    return [one for one in db.session.scalars(query) if all(word in _said(one) for word in wanted)]


def _said(matter: GuideMatter) -> str:
    parts = [matter.name, matter.window, *(Words.of(one) for one in matter.papers)]
    return " ".join(f"{one.zh} {one.en}" for one in parts).casefold()
