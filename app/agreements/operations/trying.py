"""Try what a version would earn before anybody votes on it."""

from __future__ import annotations

from datetime import datetime

from app.agreements import queries
from app.agreements.operations.adopting import set_by, set_lines
from app.agreements.operations.holding import locked_version
from app.agreements.text import name_of
from app.kit.db import db
from app.kit.refusal import N_, refusal, refuse_if
from app.merits import queries as merits
from app.merits import simulating
from app.merits.models import Simulation
from app.people.rules import Person
from app.places.models import Place


def try_lines(version_id: int, *, by: Person, at: datetime) -> Simulation:
    """Try the lines that the articles of this version set on last quarter, in place of those that the agreement set.

    Raises `Refused` when neither this version nor the one in force sets any.
    """
    agreement, version = locked_version(version_id)
    lines = [line for _, line in set_lines(version.id)]
    if not lines and not _sets_any(agreement.id, at):
        refuse_if(refusal(N_("No article of this version sets points, so there is nothing to try.")))
    return simulating.simulate(
        lines, place=db.session.get_one(Place, agreement.place_id),
        title=name_of(agreement.title, version.number), by=by, at=at,
        set_by=set_by(agreement.id), href=f"/agreements/{agreement.id}/versions/{version.number}",
    )  # fmt: skip


def _sets_any(agreement_id: int, at: datetime) -> bool:
    in_force = queries.in_force(queries.versions_of([agreement_id], at)[agreement_id])
    return in_force is not None and merits.has_lines(set_by(agreement_id), in_force.number)
