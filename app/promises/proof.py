"""Whether state and percent of a promise are those of its last note."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, case, func, or_, select

from app.kit.db import db
from app.kit.proof import Fault, first_faults
from app.promises.models import Promise, PromiseNote

_STATES = {"make": "open", "report": "under_way", "finish": "done", "drop": "dropped"}


def faults() -> Iterator[Fault]:
    """The first promise that says otherwise than its timeline."""
    yield from first_faults(("progress", "promise", _drifted()))


def counts() -> dict[str, int]:
    return {"promises": db.session.scalar(select(func.count(Promise.id))) or 0}


def _drifted() -> Select[Any]:
    last = select(PromiseNote.promise_id, func.max(PromiseNote.id).label("id")).group_by(PromiseNote.promise_id)
    latest = last.subquery()
    told = case(_STATES, value=PromiseNote.act)
    query: Any = select(Promise.id, Promise.state, Promise.percent, PromiseNote.act, PromiseNote.percent.label("told"))
    found: Select[Any] = (
        query.outerjoin(latest, latest.c.promise_id == Promise.id)
        .outerjoin(PromiseNote, PromiseNote.id == latest.c.id)
        .where(or_(PromiseNote.id.is_(None), Promise.state != told, Promise.percent != PromiseNote.percent))
        .order_by(Promise.id)
    )
    return found
