"""Writes of ballots: put a question, vote, extend."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import Insert, insert, literal, or_, select, update
from sqlalchemy.engine import Row

from app.ballots import rules
from app.ballots.events import VoteCast, VotingExtended
from app.ballots.models import Ballot, Extension, Question, QuestionOption, RollEntry
from app.ballots.queries import elector, sealed_roll, subject_of
from app.kit import audit, causes, clock
from app.kit.bus import announce
from app.kit.db import db, insert_into, locked
from app.kit.refusal import N_, refuse_if
from app.kit.words import Words
from app.people.models import Household, Resident
from app.people.queries import digest
from app.people.rules import Person
from app.places.models import Place

audit.describe("ballots.extend", N_("let voting run longer"))
audit.describe("before", N_("before:"))
audit.describe("after", N_("after:"))
causes.shown_at("ballot", lambda ids: causes.href_of(subject_of(ids[0]) or ""))


@dataclass(frozen=True)
class Cast:
    """What came of a vote. The receipt is told once and kept nowhere."""

    id: int
    receipt: str
    first: bool


def open_question(
    *, subject: str, wording: Words, method: str, electorate: str, place_path: str,
    quorum: Fraction, threshold: Fraction, opens_at: datetime, closes_at: datetime, by: Person | None, at: datetime,
    options: Sequence[rules.Option] = (), secret: bool = False,
) -> Question:  # fmt: skip
    """Put a question: everything about it is fixed now, and the roll is frozen as it stands at this moment.

    Who may put it is for the room that asks. Raises `Refused` for a question that could not be decided.
    """
    options = options or (rules.YES_NO if method == "yes_no" else ())
    refuse_if(
        rules.opening_refusal(
            method=method, electorate=electorate, options=options, quorum=quorum, threshold=threshold, secret=secret,
            opens_at=opens_at, closes_at=closes_at, at=at,
        )
    )  # fmt: skip
    question = Question(
        subject=subject, place_path=place_path, wording=wording, method=method, electorate=electorate, secret=secret,
        quorum_part=quorum.numerator, quorum_whole=quorum.denominator,
        threshold_part=threshold.numerator, threshold_whole=threshold.denominator,
        opens_at=opens_at, closes_at=closes_at, planned_close=closes_at, opened_by=by.id if by else None,
    )  # fmt: skip
    db.session.add(question)
    db.session.flush()
    db.session.execute(
        insert(QuestionOption),
        [
            {"question_id": question.id, "place": place, "key": one.key, "label": one.label, "means": one.means}
            for place, one in enumerate(options)
        ],
    )
    db.session.execute(_roll_of(question))
    question.roll_size, question.roll_hash = sealed_roll(question.id)
    db.session.flush()
    return question


def _roll_of(question: Question) -> Insert:
    """One statement freezes the roll: verified residents of age who live there, or every household there."""
    there = Place.path.startswith(question.place_path, autoescape=True)
    if question.electorate == "household":
        households = (
            select(literal(question.id), Household.id)
            .join(Place, Place.id == Household.group_id)
            .where(there)
            .order_by(Household.id)
        )
        return insert(RollEntry).from_select(["question_id", "household_id"], households)
    of_age = Resident.born_on <= rules.full_age_born_until(clock.local(question.opens_at).date())
    residents = (
        select(literal(question.id), Resident.id)
        .join(Household, Household.id == Resident.household_id)
        .join(Place, Place.id == Household.group_id)
        .where(there, Resident.verified_at.is_not(None), Resident.disabled_at.is_(None), of_age)
        .order_by(Resident.id)
    )
    return insert(RollEntry).from_select(["question_id", "resident_id"], residents)


def wait_for_turn(question_id: int) -> None:
    """Let whoever extends or counts this question finish, and keep it as it is to the end of the transaction.

    The time of a vote is read after this: one that waited past the closing comes too late.
    """
    db.session.execute(select(Question.id).where(Question.id == question_id).with_for_update(read=True))


def cast(question_id: int, *, choice: str, by: Person, at: datetime) -> Cast:
    """Vote, or change one's vote. One elector has one counted vote, however many clicks race. Announces `VoteCast`.

    Times are read under a shared lock that an extension and the recording of a result wait for; the elector's row of
    the roll is locked, so the rule sees the vote that there is; and `unique(roll_entry_id)` has the last word.
    """
    question = db.session.execute(
        select(Question.subject, Question.electorate, Question.secret, Question.opens_at, Question.closes_at)
        .where(Question.id == question_id)
        .with_for_update(read=True)
    ).one()
    entry_id = _locked_entry(question_id, question.electorate, by)
    standing = _standing_ballot(question_id, entry_id, by)
    here = standing is not None and standing.roll_entry_id == entry_id
    refuse_if(
        rules.vote_refusal(
            phase=rules.phase(question.opens_at, question.closes_at, at), opens_at=question.opens_at,
            closes_at=question.closes_at, electorate=question.electorate, person=by, on_roll=entry_id is not None,
            taken=here and standing is not None and standing.cast_by != by.id, on=clock.local(at).date(),
        )
    )  # fmt: skip
    refuse_if(rules.elsewhere_refusal() if standing is not None and not here else None)
    assert entry_id is not None
    signs = "".join(secrets.choice(rules.RECEIPT_SIGNS) for _ in range(rules.RECEIPT_LENGTH))
    ballot_id = db.session.scalar(_put_in(question_id, entry_id, choice=choice, receipt=signs, by=by, at=at))
    assert ballot_id is not None
    announce(
        VoteCast(
            question_id=question_id, subject=question.subject, resident_id=by.id, household_id=by.household_id,
            secret=question.secret, first=not here, at=at,
        )
    )  # fmt: skip
    return Cast(ballot_id, rules.spaced_receipt(signs), first=not here)


def _locked_entry(question_id: int, electorate: str, by: Person) -> int | None:
    """The elector's row of the roll, locked until the vote is in."""
    return db.session.scalar(
        locked(select(RollEntry.id).where(RollEntry.question_id == question_id, elector(electorate, by)))
    )


def _standing_ballot(question_id: int, entry_id: int | None, by: Person) -> Row[*tuple[Any, ...]] | None:
    """The vote there is for this elector, or else the one this person cast for another household."""
    found = db.session.execute(
        select(Ballot.roll_entry_id, Ballot.cast_by).where(
            Ballot.question_id == question_id, or_(Ballot.roll_entry_id == entry_id, Ballot.cast_by == by.id)
        )
    ).all()
    return next((row for row in found if row.roll_entry_id == entry_id), found[0] if found else None)


def _put_in(question_id: int, entry_id: int, *, choice: str, receipt: str, by: Person, at: datetime) -> Any:
    """Insert the ballot, or replace what stands on it."""
    new = {"choice": choice, "receipt_hash": digest(receipt), "cast_by": by.id}
    return (
        insert_into(Ballot)
        .values(question_id=question_id, roll_entry_id=entry_id, cast_at=at, **new)
        .on_conflict_do_update(index_elements=[Ballot.roll_entry_id], set_=new | {"changed_at": at})
        .returning(Ballot.id)
    )


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
