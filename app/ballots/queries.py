"""Reads of ballots. Tallies are counted at reading; the condition that voting has closed stands in the SQL itself."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.engine import Row

from app.ballots import rules
from app.ballots.models import Ballot, Extension, Question, QuestionOption, RollEntry
from app.kit import clock
from app.kit.db import db
from app.kit.refusal import Refusal
from app.kit.words import Words
from app.people.queries import digest
from app.people.rules import Anyone

AnyRow = Row[*tuple[Any, ...]]


@dataclass(frozen=True)
class Answer:
    """One option as the page shows it; `votes` is None until voting has closed."""

    key: str
    label: Words
    means: Words | None
    votes: int | None


@dataclass(frozen=True)
class VoteBox:
    """Everything a page shows of one question to one person at one moment."""

    id: int
    wording: Words
    method: str
    electorate: str
    phase: str
    opens_at: datetime
    closes_at: datetime
    planned_close: datetime
    roll_size: int
    roll_hash: str
    quorum: Fraction
    threshold: Fraction
    cast: int
    needed: int
    answers: Sequence[Answer]
    refusal: Refusal | None
    my_choice: str | None
    outcome: rules.Outcome | None
    extensions: Sequence[AnyRow]


def sealed_roll(question_id: int) -> tuple[int, str]:
    """How many electors there are, and SHA-256 over `resident:12` or `household:7`, one a line, in the order of ids."""
    query = (
        select(RollEntry.resident_id, RollEntry.household_id)
        .where(RollEntry.question_id == question_id)
        .order_by(RollEntry.resident_id, RollEntry.household_id)
    )
    lines = [f"resident:{one}" if one else f"household:{other}" for one, other in db.session.execute(query)]
    return len(lines), hashlib.sha256("\n".join(lines).encode()).hexdigest()


def elector(electorate: str, person: Anyone) -> ColumnElement[bool]:
    """The row of the roll that this person votes for: the own one, or the household's."""
    if electorate == "household":
        return RollEntry.household_id == person.household_id
    return RollEntry.resident_id == person.id


def vote_box(question_id: int, person: Anyone, at: datetime) -> VoteBox | None:
    """The question as this person sees it at this moment: three statements, one more once it was extended."""
    turnout = select(func.count()).select_from(Ballot).where(Ballot.question_id == question_id).scalar_subquery()
    found = db.session.execute(
        select(*Question.__table__.c, turnout.label("cast")).where(Question.id == question_id)
    ).one_or_none()
    if found is None:
        return None
    phase = rules.phase(found.opens_at, found.closes_at, at)
    own = _own_row(found, person)
    answers = answers_of(question_id, at)
    quorum = Fraction(found.quorum_part, found.quorum_whole)
    return VoteBox(
        id=question_id, wording=found.wording, method=found.method, electorate=found.electorate, phase=phase,
        opens_at=found.opens_at, closes_at=found.closes_at, planned_close=found.planned_close,
        roll_size=found.roll_size, roll_hash=found.roll_hash, quorum=quorum,
        threshold=Fraction(found.threshold_part, found.threshold_whole),
        cast=found.cast, needed=rules.ballots_needed(quorum, found.roll_size), answers=answers,
        refusal=rules.vote_refusal(
            phase=phase, opens_at=found.opens_at, closes_at=found.closes_at, electorate=found.electorate, person=person,
            on_roll=own is not None, taken=bool(own and own.choice and not _is_mine(own, found.electorate, person)),
            on=clock.local(at).date(),
        ),
        my_choice=own.choice if own and _is_mine(own, found.electorate, person) else None,
        outcome=_outcome(found, {one.key: one.votes or 0 for one in answers}) if phase == "closed" else None,
        extensions=extensions(question_id) if found.closes_at != found.planned_close else (),
    )  # fmt: skip


def _own_row(question: AnyRow, person: Anyone) -> AnyRow | None:
    if not person.is_verified:
        return None
    return db.session.execute(
        select(Ballot.choice, Ballot.cast_by)
        .select_from(RollEntry)
        .outerjoin(Ballot, Ballot.roll_entry_id == RollEntry.id)
        .where(RollEntry.question_id == question.id, elector(question.electorate, person))
    ).one_or_none()


def _is_mine(own: AnyRow, electorate: str, person: Anyone) -> bool:
    return electorate == "person" or own.cast_by == person.id


def answers_of(question_id: int, at: datetime) -> list[Answer]:
    """The options in the order of the paper, with their votes once voting has closed."""
    closed = select(Question.id).where(Question.id == question_id, Question.closes_at <= at).exists()
    votes = (
        select(Ballot.choice, func.count().label("votes"))
        .where(Ballot.question_id == question_id, closed)
        .group_by(Ballot.choice)
        .subquery()
    )
    query = (
        select(QuestionOption.key, QuestionOption.label, QuestionOption.means, votes.c.votes, closed.label("closed"))
        .outerjoin(votes, votes.c.choice == QuestionOption.key)
        .where(QuestionOption.question_id == question_id)
        .order_by(QuestionOption.place)
    )
    return [
        Answer(row.key, row.label, row.means, (row.votes or 0) if row.closed else None)
        for row in db.session.execute(query)
    ]


def extensions(question_id: int) -> Sequence[AnyRow]:
    """Every later closing time, oldest first: at, closed_at (until then), closes_at, why."""
    return db.session.execute(
        select(Extension.at, Extension.closed_at, Extension.closes_at, Extension.why)
        .where(Extension.question_id == question_id)
        .order_by(Extension.id)
    ).all()


def outcomes(question_ids: Iterable[int], at: datetime) -> dict[int, rules.Outcome]:
    """How these questions ended, in one statement; those still open are left out."""
    tallies: dict[int, dict[str, int]] = {}
    rows: dict[int, AnyRow] = {}
    for row in db.session.execute(
        select(
            Question.id, Question.method, Question.roll_size, Question.quorum_part, Question.quorum_whole,
            Question.threshold_part, Question.threshold_whole, Ballot.choice, func.count(Ballot.id).label("votes"),
        )
        .outerjoin(Ballot, Ballot.question_id == Question.id)
        .where(Question.id.in_(list(question_ids)), Question.closes_at <= at)
        .group_by(Question.id, Ballot.choice)
    ):  # fmt: skip
        rows[row.id] = row
        if row.choice is not None:
            tallies.setdefault(row.id, {})[row.choice] = row.votes
    return {key: _outcome(row, tallies.get(key, {})) for key, row in rows.items()}


def _outcome(question: AnyRow, tally: dict[str, int]) -> rules.Outcome:
    return rules.outcome(
        question.method, tally, roll_size=question.roll_size,
        quorum=Fraction(question.quorum_part, question.quorum_whole),
        threshold=Fraction(question.threshold_part, question.threshold_whole),
    )  # fmt: skip


def open_questions(person: Anyone, at: datetime, *, uncast: bool = True) -> ColumnElement[bool]:
    """A condition on `Question`: open now, this person on the roll, and (`uncast`) no vote of theirs yet."""
    voted = select(Ballot.id).where(Ballot.roll_entry_id == RollEntry.id).exists()
    mine = (
        select(RollEntry.id)
        .where(
            RollEntry.question_id == Question.id,
            (RollEntry.resident_id == person.id) | (RollEntry.household_id == person.household_id),
            ~voted if uncast else RollEntry.id.is_not(None),
        )
        .exists()
    )
    return (Question.opens_at <= at) & (Question.closes_at > at) & mine


def published(question_id: int, at: datetime) -> list[tuple[str, str]] | None:
    """The anonymised ballots, (digest of the receipt, choice), ordered by digest; None until voting has closed."""
    if db.session.scalar(select(Question.id).where(Question.id == question_id, Question.closes_at <= at)) is None:
        return None
    query = select(Ballot.receipt_hash, Ballot.choice).where(Ballot.question_id == question_id)
    return [(row.receipt_hash, row.choice) for row in db.session.execute(query.order_by(Ballot.receipt_hash))]


def by_receipt(question_id: int, receipt: str, at: datetime) -> str | None:
    """The choice on the ballot that this receipt belongs to, once voting has closed; None when there is none."""
    return db.session.scalar(
        select(Ballot.choice)
        .join(Question, Question.id == Ballot.question_id)
        .where(
            Ballot.question_id == question_id, Question.closes_at <= at,
            Ballot.receipt_hash == digest(rules.plain_receipt(receipt)),
        )
    )  # fmt: skip


def subject_of(question_id: int) -> str | None:
    """What a vote is about, like `topic:12`."""
    return db.session.scalar(select(Question.subject).where(Question.id == question_id))
