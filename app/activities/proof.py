"""Whether the places that count as taken are the places that people hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, func, select

from app.activities.models import Shift, SignUp
from app.kit.db import db
from app.kit.proof import Fault, first_faults


def faults() -> Iterator[Fault]:
    """The first shift whose count drifted."""
    yield from first_faults(("I39", "shift", _taken_drifted()))


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
