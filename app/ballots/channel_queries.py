"""Reads for those who enter votes for others, and for those whose votes others entered. None of them says a choice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.engine import Row

from app.ballots import channels
from app.ballots.channel_models import ContestedVote, PaperBatch, Proxy, TypedPaper, UrnCount
from app.ballots.models import Ballot, Question, RollEntry
from app.ballots.secret_models import SecretMark
from app.kit.db import db
from app.people.models import Household, Resident
from app.people.rules import Person

AnyRow = Row[*tuple[Any, ...]]
MOST_FOUND = 50


@dataclass(frozen=True)
class Urn:
    """The papers of a secret ballot at one moment; `counting_by` has counted them and waits for a second person.

    `uncounted` were handed in and are in no batch yet. `few`: opened now, they could tell what one of them said;
    `may_open` is False while they wait for more.
    """

    handed_in: int
    uncounted: int
    counting_by: int | None
    few: bool
    may_open: bool


def find_electors(question_id: int, text: str) -> Sequence[AnyRow]:
    """Rows of the roll by name or door, with the channel of the vote that stands: at most `MOST_FOUND`.

    id (of the row), resident_id, household_id, family_name, given_name (of a person), door, representative_id, channel.
    """
    voted = func.coalesce(Ballot.channel, SecretMark.channel).label("channel")
    home = or_(Household.id == RollEntry.household_id, Household.id == Resident.household_id)
    query = (
        select(
            RollEntry.id, RollEntry.resident_id, RollEntry.household_id, Resident.family_name, Resident.given_name,
            Household.door, RollEntry.representative_id, voted,
        )
        .outerjoin(Resident, Resident.id == RollEntry.resident_id)
        .outerjoin(Household, home)
        .outerjoin(Ballot, Ballot.roll_entry_id == RollEntry.id)
        .outerjoin(SecretMark, SecretMark.roll_entry_id == RollEntry.id)
        .where(RollEntry.question_id == question_id, _named(text.strip()))
    )  # fmt: skip
    return db.session.execute(query.order_by(Household.door, RollEntry.id).limit(MOST_FOUND)).all()


def _named(text: str) -> ColumnElement[bool]:
    """The person on the roll, somebody of the household, or its door."""
    person = (Resident.family_name + Resident.given_name).contains(text, autoescape=True)
    family = select(Resident.household_id).where(person, Resident.household_id.is_not(None))
    at_home = RollEntry.household_id.in_(family.correlate(None))
    return or_(person, at_home, Household.door.contains(text, autoescape=True))


def papers_waiting(question_id: int) -> Sequence[AnyRow]:
    """Papers that one person has typed, oldest first, never what they say.

    roll_entry_id, resident_id, household_id, voter_id, typed_by, typed_at, and `stands`: the channel of a vote that
    came meanwhile, so that the paper is not counted (V8); a proxy's gives way to it.
    """
    columns = (
        TypedPaper.roll_entry_id, RollEntry.resident_id, RollEntry.household_id, TypedPaper.voter_id,
        TypedPaper.typed_by, TypedPaper.typed_at, Ballot.channel.label("stands"),
    )  # fmt: skip
    query = select(*columns).join(RollEntry, RollEntry.id == TypedPaper.roll_entry_id)
    weightier = (Ballot.roll_entry_id == RollEntry.id) & Ballot.channel.not_in(channels.REPLACES["paper"])
    query = query.outerjoin(Ballot, weightier).where(TypedPaper.question_id == question_id)
    return db.session.execute(query.order_by(TypedPaper.typed_at, TypedPaper.roll_entry_id)).all()


def proxies_of(question_id: int) -> Sequence[AnyRow]:
    """The proxies that stand, oldest first: id, roll_entry_id, holder_id, granted_by, registered_by, upload_id."""
    columns = (
        Proxy.id, Proxy.roll_entry_id, Proxy.holder_id, Proxy.granted_by, Proxy.registered_by, Proxy.registered_at,
        Proxy.upload_id,
    )  # fmt: skip
    stand = Proxy.question_id == question_id, Proxy.ended_at.is_(None)
    return db.session.execute(select(*columns).where(*stand).order_by(Proxy.id)).all()


def proxies_held(by: Person, at: datetime, *, question_id: int | None = None) -> Sequence[AnyRow]:
    """Of the proxies that this person holds in open ballots: proxy, question, row of the roll, and who gave it.

    `stands` is the channel of the elector's vote: by any but `proxy` they voted themselves.
    """
    columns = Proxy.id, Proxy.question_id, Proxy.roll_entry_id, Proxy.granted_by, Question.wording, Question.subject
    now = Question.opens_at <= at, Question.closes_at > at, Proxy.holder_id == by.id, Proxy.ended_at.is_(None)
    query = select(*columns, Ballot.channel.label("stands")).join(Question, Question.id == Proxy.question_id)
    query = query.outerjoin(Ballot, Ballot.roll_entry_id == Proxy.roll_entry_id).where(*now)
    if question_id is not None:
        query = query.where(Proxy.question_id == question_id)
    return db.session.execute(query.order_by(Proxy.question_id, Proxy.id)).all()


def proxy_given(question_id: int, by: Person) -> AnyRow | None:
    """The proxy that this person gave in a ballot and that stands: id, holder_id, registered_at."""
    mine = Proxy.question_id == question_id, Proxy.granted_by == by.id, Proxy.ended_at.is_(None)
    return db.session.execute(select(Proxy.id, Proxy.holder_id, Proxy.registered_at).where(*mine)).one_or_none()


def entered_for(question_id: int, by: Person) -> AnyRow | None:
    """The vote that others entered for this person, or on a paper without a name for their household.

    channel, cast_by, entered_by, confirmed_by, entered_at. Until closing it can be contested.
    """
    of_home = (RollEntry.household_id == by.household_id) & Ballot.cast_by.is_(None)
    columns = (
        Ballot.channel, Ballot.cast_by, Ballot.entered_by, Ballot.confirmed_by,
        func.coalesce(Ballot.changed_at, Ballot.cast_at).label("entered_at"),
    )  # fmt: skip
    query = select(*columns).join(RollEntry, RollEntry.id == Ballot.roll_entry_id)
    mine = Ballot.question_id == question_id, Ballot.channel != "web", or_(Ballot.cast_by == by.id, of_home)
    return db.session.execute(query.where(*mine).order_by(Ballot.cast_by.is_(None)).limit(1)).one_or_none()


def contested_votes(question_id: int) -> Sequence[AnyRow]:
    """Votes that were taken out because the elector said they were not theirs, oldest first."""
    query = select(*ContestedVote.__table__.c).where(ContestedVote.question_id == question_id)
    return db.session.execute(query.order_by(ContestedVote.id)).all()


def papers_in_urn(question_id: int) -> int:
    """Sealed papers that were handed in and are in no batch yet."""
    handed_in, counted = _of_urn(question_id)
    return handed_in - counted


def urn_of(question_id: int, at: datetime) -> Urn:
    """The urn of a secret ballot."""
    handed_in, counted = _of_urn(question_id)
    first = db.session.execute(select(UrnCount.counted_by).where(UrnCount.question_id == question_id)).one_or_none()
    closes_at = db.session.scalars(select(Question.closes_at).where(Question.id == question_id)).one()
    papers = handed_in - counted
    early = channels.few_refusal(papers, closes_at=closes_at, at=at) is not None
    return Urn(
        handed_in, papers, first.counted_by if first else None, channels.is_few(papers),
        may_open=papers > 0 and at < closes_at and not early,
    )  # fmt: skip


def batches_of(question_id: int) -> Sequence[AnyRow]:
    """What was opened and counted together: number, papers, counted_by, confirmed_by, at."""
    query = select(*PaperBatch.__table__.c).where(PaperBatch.question_id == question_id)
    return db.session.execute(query.order_by(PaperBatch.number)).all()


def _of_urn(question_id: int) -> tuple[int, int]:
    """How many papers were handed in, and how many of them are counted; in one statement."""
    on_paper = SecretMark.question_id == question_id, SecretMark.channel == "paper"
    handed_in = select(func.count()).select_from(SecretMark).where(*on_paper).scalar_subquery()
    batches = select(func.coalesce(func.sum(PaperBatch.papers), 0)).where(PaperBatch.question_id == question_id)
    row = db.session.execute(select(handed_in, batches.scalar_subquery())).one()
    return row[0], row[1]
