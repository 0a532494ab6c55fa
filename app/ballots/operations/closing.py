"""Let voting run longer; and what happens once it has closed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, insert, literal, select, update

from app.ballots import rules
from app.ballots.events import VotingExtended
from app.ballots.models import Extension, Question
from app.ballots.queries import subject_of
from app.ballots.secret_models import CountedPaper, SecretPaper
from app.kit import audit, causes
from app.kit.bus import announce
from app.kit.db import db, locked
from app.kit.refusal import N_, refuse_if
from app.kit.words import Words
from app.people.rules import Person

audit.describe("ballots.extend", N_("let voting run longer"))
audit.describe("before", N_("before:"))
audit.describe("after", N_("after:"))
causes.shown_at("ballot", lambda ids: causes.href_of(subject_of(ids[0]) or ""))


def extend(
    question_id: int, *, closes_at: datetime, why: Words, by: Person, at: datetime, place_id: int | None = None
) -> Extension:
    """Let voting run longer: before closing only, with a reason that everybody reads.

    Who may is for the room that asks.
    """
    times = select(Question.closes_at, Question.subject).where(Question.id == question_id)
    before = db.session.execute(locked(times)).one()
    refuse_if(rules.extension_refusal(closes_at=before.closes_at, wish=closes_at, at=at))
    extension = Extension(
        question_id=question_id, at=at, by_id=by.id, closed_at=before.closes_at, closes_at=closes_at, why=why
    )
    db.session.add(extension)
    db.session.execute(update(Question).where(Question.id == question_id).values(closes_at=closes_at))
    audit.note(
        "ballots.extend", before.subject, actor_id=by.id, at=at, place_id=place_id,
        before=before.closes_at.isoformat(), after=closes_at.isoformat(),
    )  # fmt: skip
    db.session.flush()
    announce(VotingExtended(question_id=question_id, closes_at=closes_at, at=at))
    return extension


def lock_closed(question_id: int, *, at: datetime) -> datetime | None:
    """Wait for votes on their way in and keep the question as it is; the closing instant, or None while it is open."""
    closes_at = db.session.scalar(locked(select(Question.closes_at).where(Question.id == question_id)))
    return closes_at if closes_at is not None and closes_at <= at else None


def seal(question_id: int, *, at: datetime) -> bool:
    """Write the papers of a closed secret ballot anew, in the order of their hashes, and take the first ones away.

    What the database keeps of a transaction or of a place on the disk joins no paper to a mark any more. Whether there
    was anything to do; twice is once.
    """
    if lock_closed(question_id, at=at) is None:
        return False
    here = SecretPaper.question_id == question_id
    number = func.row_number().over(order_by=SecretPaper.receipt_hash)
    papers = select(literal(question_id), number, SecretPaper.receipt_hash, SecretPaper.choice).where(here)
    columns = ["question_id", "number", "receipt_hash", "choice"]
    ordered = papers.order_by(SecretPaper.receipt_hash)
    sealed = db.session.execute(insert(CountedPaper).from_select(columns, ordered))
    db.session.execute(delete(SecretPaper).where(here))
    return bool(sealed.rowcount)  # type: ignore[attr-defined]


def empty_urns(at: datetime) -> int:
    """For `flask tick`: seal every secret ballot that has closed; how many."""
    waiting = (
        select(Question.id)
        .where(Question.closes_at <= at, Question.id.in_(select(SecretPaper.question_id)))
        .order_by(Question.id)
    )
    return sum(seal(question_id, at=at) for question_id in db.session.scalars(waiting).all())
