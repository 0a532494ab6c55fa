"""Whether the places that count as taken are the places that people hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, String, and_, cast, func, literal, select

from app.activities.models import Shift, SignUp
from app.cases.models import Case
from app.kit.db import db
from app.kit.proof import Fault, first_faults


def faults() -> Iterator[Fault]:
    """The first shift whose count drifted, and the first case about a missed shift that nobody missed."""
    yield from first_faults(("I39", "shift", _taken_drifted()), ("I22", "case", _not_missed()))


def counts() -> dict[str, int]:
    return {"shifts": db.session.scalar(select(func.count(Shift.id))) or 0}


def _taken_drifted() -> Select[Any]:
    """A place is taken by each sign-up that was not given up: who stays away without a word keeps it."""
    holds = (
        select(SignUp.shift_id, func.count().label("places"))
        .where(SignUp.state != "cancelled")
        .group_by(SignUp.shift_id)
        .subquery()
    )
    places = func.coalesce(holds.c.places, 0)
    columns: tuple[Any, ...] = (Shift.id, Shift.taken, places.label("sign_ups"))
    return (
        select(*columns).outerjoin(holds, holds.c.shift_id == Shift.id).where(Shift.taken != places).order_by(Shift.id)
    )


def _not_missed() -> Select[Any]:
    """A case of a missed shift whose sign-up is not noted as missed, or is somebody else's."""
    columns: tuple[Any, ...] = (Case.id, Case.absence, SignUp.state)
    theirs = Case.absence == literal("sign-up:") + cast(SignUp.id, String)
    fits = and_(SignUp.state == "no-show", SignUp.resident_id == Case.resident_id)
    return (
        select(*columns)
        .outerjoin(SignUp, theirs)
        .where(Case.absence.is_not(None), func.coalesce(fits, False).is_(False))
        .order_by(Case.id)
    )
