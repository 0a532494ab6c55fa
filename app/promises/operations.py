"""Writes of promises: make, report progress, finish, drop."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select

from app.kit import audit
from app.kit.bus import announce
from app.kit.db import db, locked
from app.kit.refusal import refuse_if
from app.kit.words import Words
from app.people.rules import Person
from app.promises import rules
from app.promises.events import PromiseEnded, PromiseMade
from app.promises.models import Promise, PromiseNote, PromisePhoto


def make(
    *, subject: str, what: Words, owner: Words, owner_id: int | None, due_on: date, place_id: int, place_path: str,
    href: str, by_id: int | None, at: datetime,
) -> Promise:  # fmt: skip
    """Promise something for the end of that local day. The room that makes it decides who may."""
    refuse_if(rules.term_refusal(due_on, at))
    promise = Promise(
        subject=subject, what=what, owner=owner, owner_id=owner_id, due_on=due_on, place_id=place_id,
        place_path=place_path, href=href, state="open", percent=0, made_at=at, by_id=by_id,
    )  # fmt: skip
    db.session.add(promise)
    db.session.flush()
    _note(promise, "make", None, by_id, at)
    audit.note("promises.make", f"promise:{promise.id}", actor_id=by_id, at=at, place_id=place_id)
    announce(
        PromiseMade(
            promise_id=promise.id, subject=subject, what=what, owner_id=owner_id, by_id=by_id, due_on=due_on,
            href=f"/promises/{promise.id}", at=at,
        )
    )  # fmt: skip
    return promise


def report_progress(
    promise_id: int, *, percent: int, note: Words | None, upload_ids: Sequence[int] = (), by: Person, at: datetime
) -> Promise:
    """Say how far it has come, 0 to 99 per cent, with a word and photos."""
    refuse_if(rules.percent_refusal(percent))
    promise = _step(promise_id, "report", by)
    promise.percent = percent
    return _written(promise, "report", note, upload_ids, by, at)


def finish(
    promise_id: int, *, note: Words | None = None, upload_ids: Sequence[int] = (), by: Person, at: datetime
) -> Promise:
    """Say that it is done."""
    promise = _step(promise_id, "finish", by)
    promise.percent, promise.ended_at = 100, at
    return _written(promise, "finish", note, upload_ids, by, at)


def drop(promise_id: int, *, why: Words | None, by: Person, at: datetime) -> Promise:
    """Give it up, with a reason for everybody to read."""
    promise = _step(promise_id, "drop", by, reasoned=why is not None)
    promise.ended_at = at
    return _written(promise, "drop", why, (), by, at)


def _step(promise_id: int, act: str, by: Person, *, reasoned: bool = True) -> Promise:
    promise = db.session.scalars(
        locked(select(Promise).where(Promise.id == promise_id)).execution_options(populate_existing=True)
    ).one()
    who = rules.who_is(by, place_path=promise.place_path, owner_id=promise.owner_id)
    refuse_if(rules.step_refusal(promise.state, act, who, reasoned=reasoned))
    promise.state = rules.LIFE.after(promise.state, act)
    return promise


def _written(
    promise: Promise, act: str, text: Words | None, upload_ids: Sequence[int], by: Person, at: datetime
) -> Promise:
    """The line of the timeline, the audit entry, and for an end the event."""
    note = _note(promise, act, text, by.id, at)
    for upload_id in upload_ids:
        db.session.add(PromisePhoto(note_id=note.id, upload_id=upload_id))
    audit.note(f"promises.{act}", f"promise:{promise.id}", actor_id=by.id, at=at, place_id=promise.place_id)
    if promise.state in rules.ENDED:
        announce(
            PromiseEnded(
                promise_id=promise.id, subject=promise.subject, what=promise.what, outcome=promise.state,
                owner_id=promise.owner_id, href=f"/promises/{promise.id}", at=at,
            )
        )  # fmt: skip
    db.session.flush()
    return promise


def _note(promise: Promise, act: str, text: Words | None, by_id: int | None, at: datetime) -> PromiseNote:
    note = PromiseNote(promise_id=promise.id, act=act, percent=promise.percent, text=text, by_id=by_id, at=at)
    db.session.add(note)
    db.session.flush()
    return note
