"""Writes of conversations. Who may speak under a subject is for the room that owns the subject."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update

from app.discussion import rules
from app.discussion.models import Comment, CommentSupport, Thread
from app.kit import audit
from app.kit.db import db, insert_into, locked
from app.kit.refusal import N_, refuse_if
from app.kit.words import Words
from app.people.rules import Person

audit.describe("discussion.adopt", N_("adopted a suggestion"))
audit.describe("discussion.hide", N_("hid a comment"))
audit.describe("comment", N_("comment no."))
audit.describe("because", N_("because:"))


def open_thread(subject: str) -> Thread:
    """Begin the conversation about a subject; there is one for each."""
    thread = Thread(subject=subject, last_number=0)
    db.session.add(thread)
    db.session.flush()
    return thread


def comment(
    thread_id: int, *, text: Words, stance: str = "neutral", parent_id: int | None = None, by: Person,
    official: bool = False, at: datetime, signed_as: Words | None = None,
) -> Comment:  # fmt: skip
    """Say something, or answer `parent_id`. A comment of another thread cannot be answered here."""
    parent = _of_thread(parent_id, thread_id) if parent_id else None
    refuse_if(rules.reply_refusal(hidden=parent.hidden_at is not None) if parent else None)
    number = take_numbers(thread_id, 1)
    path = rules.path_below(parent.path if parent else "", number)
    said = Comment(
        thread_id=thread_id, number=number, path=path, depth=parent.depth + 1 if parent else 0,
        parent_id=parent.id if parent else None, stance=stance, text=text,
        author_id=by.id, official=official, signed_as=signed_as, said_at=at,
    )  # fmt: skip
    db.session.add(said)
    db.session.flush()
    return said


def take_numbers(thread_id: int, how_many: int) -> int:
    """The first of so many numbers that nobody else gets: the row of the thread is locked by counting it up."""
    last = db.session.scalar(
        update(Thread)
        .where(Thread.id == thread_id)
        .values(last_number=Thread.last_number + how_many)
        .returning(Thread.last_number)
    )
    assert last is not None
    return last - how_many + 1


def support(comment_id: int, *, by: Person, at: datetime) -> None:
    """Be of the same mind; a second time changes nothing."""
    said = _locked(comment_id)
    refuse_if(rules.support_refusal(hidden=said.hidden_at is not None, own=said.author_id == by.id))
    added = insert_into(CommentSupport).values(comment_id=comment_id, resident_id=by.id, at=at)
    if db.session.scalar(added.on_conflict_do_nothing().returning(CommentSupport.comment_id)) is not None:
        said.support_count += 1
    db.session.flush()


def withdraw_support(comment_id: int, *, by: Person) -> None:
    """No longer be of the same mind; when there was nothing to withdraw nothing changes."""
    said = _locked(comment_id)
    mine = CommentSupport.comment_id == comment_id, CommentSupport.resident_id == by.id
    taken = delete(CommentSupport).where(*mine).returning(CommentSupport.comment_id)
    if db.session.scalar(taken) is not None:
        said.support_count -= 1
    db.session.flush()


def adopt(comment_id: int, *, by: Person, at: datetime, place_id: int | None = None) -> Comment:
    """Mark a suggestion as adopted, once. `place_id`: of the subject, for those who read the log there."""
    said = _locked(comment_id)
    hidden, adopted = said.hidden_at is not None, said.adopted_at is not None
    own = said.author_id == by.id
    refuse_if(rules.adopt_refusal(hidden=hidden, adopted=adopted, official=said.official, own=own))
    said.adopted_at, said.adopted_by = at, by.id
    audit.note("discussion.adopt", f"comment:{comment_id}", actor_id=by.id, at=at, place_id=place_id)
    db.session.flush()
    return said


def hide(comment_id: int, *, because: Words, by: Person, at: datetime, place_id: int | None = None) -> Comment:
    """Hide a comment: its text is no longer shown, the reason stands in its place for everybody."""
    said = _locked(comment_id)
    refuse_if(rules.hide_refusal(hidden=said.hidden_at is not None, official=said.official))
    said.hidden_at, said.hidden_by, said.hidden_because = at, by.id, because
    subject, why = f"comment:{comment_id}", because.as_dict()
    audit.note("discussion.hide", subject, actor_id=by.id, at=at, place_id=place_id, because=why)
    db.session.flush()
    return said


def _locked(comment_id: int) -> Comment:
    query = locked(select(Comment).where(Comment.id == comment_id)).execution_options(populate_existing=True)
    return db.session.scalars(query).one()


def _of_thread(comment_id: int, thread_id: int) -> Comment | None:
    return db.session.scalar(select(Comment).where(Comment.id == comment_id, Comment.thread_id == thread_id))
