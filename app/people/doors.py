"""The households behind doors, for whoever does something about one at the places where they hold a role."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Row
from sqlalchemy.orm import aliased

from app.kit.db import db
from app.people.models import Household
from app.people.queries import below_any
from app.people.rules import Anyone
from app.places.models import Place

AnyRow = Row[*tuple[Any, ...]]
MOST_GROUPS = 400


@dataclass(frozen=True)
class Choice:
    """The groups of somebody's places (id and name), the one that was chosen, and its doors (id and door)."""

    groups: Sequence[AnyRow]
    chosen: AnyRow | None
    doors: Sequence[AnyRow]


def choice(by: Anyone, roles: Collection[str], wish: str) -> Choice:
    """Which household this person may choose who holds these roles; `wish` is the number of a group, else the first."""
    groups = _groups(by, roles)
    chosen = next((one for one in groups if str(one.id) == wish), next(iter(groups), None))
    return Choice(groups, chosen, _doors(by, chosen.id) if chosen else ())


def _groups(by: Anyone, roles: Collection[str]) -> Sequence[AnyRow]:
    mine = Place.id.in_(below_any(by.reaches(*roles)))
    query = select(Place.id, Place.name).where(Place.kind == "group", mine)
    return db.session.execute(query.order_by(Place.path).limit(MOST_GROUPS)).all()


def _doors(by: Anyone, group_id: int) -> Sequence[AnyRow]:
    """The households of a group, without this person's own."""
    query = select(Household.id, Household.door).where(Household.group_id == group_id)
    return db.session.execute(query.where(Household.id != (by.household_id or 0)).order_by(Household.id)).all()


def household_at(household_id: int) -> AnyRow | None:
    """A household with its door, the path of its group and the settings of its community."""
    community = aliased(Place)
    columns: tuple[Any, ...] = (Household.id, Household.door, Household.community_id, Place.path, community.settings)
    query = select(*columns).join(Place, Place.id == Household.group_id)
    query = query.join(community, community.id == Household.community_id)
    return db.session.execute(query.where(Household.id == household_id)).one_or_none()


def household_named(number: str) -> AnyRow | None:
    """The same by the number that an address gives; None for what is no number of a household."""
    return household_at(int(number)) if number.isascii() and number.isdigit() and len(number) < 10 else None
