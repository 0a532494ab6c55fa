"""Reads of promises. Whether one is overdue is decided at reading."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, or_, select
from sqlalchemy.engine import Row

from app.kit import clock
from app.kit.db import db
from app.kit.paging import Slice, slice_of
from app.kit.tasks import Waiting
from app.kit.uploads import Upload
from app.people.models import Resident
from app.people.rules import Person
from app.places.models import Place
from app.promises import rules
from app.promises.models import Promise, PromiseNote, PromisePhoto

AnyRow = Row[*tuple[Any, ...]]
TABS = ("running", "overdue", "done", "dropped")
MOST_TASKS = 20


def _rows() -> Select[*tuple[Any, ...]]:
    return select(
        Promise.id, Promise.subject, Promise.what, Promise.owner, Promise.owner_id, Promise.due_on, Promise.state,
        Promise.percent, Promise.made_at, Promise.ended_at, Promise.href, Promise.place_id, Promise.place_path,
        Place.name.label("place"),
    ).join(Place, Place.id == Promise.place_id)  # fmt: skip


def promises(*, path: str, tab: str, at: datetime, after: str | None) -> Slice:
    """One page of the promises at a place, below it or above it ("" for all).

    `running` and `overdue`: the first due first, so that what is overdue leads. `done`, `dropped`: the latest first.
    """
    query: Any = _rows()
    if path:
        below = Promise.place_path.startswith(path, autoescape=True)
        query = query.where(or_(below, literal(path).startswith(Promise.place_path)))
    if tab in rules.ENDED:
        return slice_of(query.where(Promise.state == tab), Promise.ended_at, Promise.id, after=after)
    query = query.where(_overdue(at) if tab == "overdue" else Promise.state.in_(rules.RUNNING))
    return slice_of(query, Promise.due_on, Promise.id, after=after, ascending=True)


def _overdue(at: datetime) -> ColumnElement[bool]:
    return Promise.state.in_(rules.RUNNING) & (Promise.due_on < clock.local(at).date())


def promises_of(subject: str, at: datetime) -> list[AnyRow]:
    """What follows from this ("topic:12"): what is overdue first, then by their terms, what has ended last."""
    rows = db.session.execute(_rows().where(Promise.subject == subject).order_by(Promise.due_on, Promise.id)).all()
    return sorted(rows, key=lambda row: (row.state in rules.ENDED, not _late(row, at)))


def _late(row: AnyRow, at: datetime) -> bool:
    return rules.shown_state(row.state, row.due_on, at) == "overdue"


def unfinished(subject: str) -> int:
    """How many promises about this are neither done nor dropped."""
    query = select(func.count()).where(Promise.subject == subject, Promise.state.in_(rules.RUNNING))
    return db.session.scalar(query) or 0


def promise(promise_id: int) -> AnyRow | None:
    """One promise; None when there is none."""
    return db.session.execute(_rows().where(Promise.id == promise_id)).one_or_none()


def notes(promise_id: int) -> Sequence[AnyRow]:
    """Its timeline, oldest first, with who wrote each line: at, act, percent, text, by_id, family names."""
    return db.session.execute(
        select(
            PromiseNote.id, PromiseNote.at, PromiseNote.act, PromiseNote.percent, PromiseNote.text, PromiseNote.by_id,
            Resident.family_name, Resident.family_name_en,
        )
        .outerjoin(Resident, Resident.id == PromiseNote.by_id)
        .where(PromiseNote.promise_id == promise_id)
        .order_by(PromiseNote.at, PromiseNote.id)
    ).all()  # fmt: skip


def photos(promise_id: int) -> Sequence[AnyRow]:
    """The photos of all its notes: note_id, id, name, width, height."""
    return db.session.execute(
        select(PromisePhoto.note_id, Upload.id, Upload.name, Upload.width, Upload.height)
        .join(PromiseNote, PromiseNote.id == PromisePhoto.note_id)
        .join(Upload, Upload.id == PromisePhoto.upload_id)
        .where(PromiseNote.promise_id == promise_id)
        .order_by(PromisePhoto.note_id, Upload.id)
    ).all()


def has_photo(promise_id: int, upload_id: int) -> bool:
    return any(one.id == upload_id for one in photos(promise_id))


def tasks_for(person: Person, at: datetime) -> list[Waiting]:
    """Promises that this person owns or answers for, once they are overdue or due within a week; the first due first.

    `kind` is overdue or due.
    """
    near = clock.local(at).date() + timedelta(days=rules.NEAR)
    mine = [Promise.place_path.startswith(path, autoescape=True) for path in person.reaches(*rules.STAFF)]
    rows = db.session.execute(
        select(Promise.id, Promise.what, Promise.state, Promise.due_on, Promise.made_at)
        .where(
            Promise.state.in_(rules.RUNNING), Promise.due_on <= near, or_(Promise.owner_id == person.id, *mine)
        )
        .order_by(Promise.due_on, Promise.id)
        .limit(MOST_TASKS)
    )  # fmt: skip
    return [
        Waiting(
            "overdue" if _late(row, at) else "due", row.what, f"/promises/{row.id}", row.made_at,
            rules.due_at(row.due_on),
        )
        for row in rows
    ]  # fmt: skip
