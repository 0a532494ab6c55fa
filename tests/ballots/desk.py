"""The committee's desk on the day of a ballot: two of staff from different households, and the rows of a roll."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from app.ballots import operations
from app.ballots.channel_models import ContestedVote, PaperBatch, Proxy, TypedPaper, UrnCount
from app.ballots.models import Ballot, Question, RollEntry
from app.ballots.secret_models import SecretMark, SecretPaper
from app.kit.audit import AuditEntry
from app.kit.db import db
from app.kit.refusal import Refused
from app.people.rules import Person
from tests.council.square import Square
from tests.makers import NOON, a_household, a_resident, as_person, give

_WRITTEN = (
    Ballot, TypedPaper, Proxy, ContestedVote, SecretMark, SecretPaper, UrnCount, PaperBatch, AuditEntry,
)  # fmt: skip


def more_staff(square: Square, *, home: Any = None, role: str = "staff") -> Person:
    """One more of the community's staff, of a household elsewhere unless one is given."""
    one = a_resident(home or a_household(square.street.village_group), family_name="孙")
    give(role, one, square.community)
    return as_person(one)


def row_of(question: Question, person: Person) -> int:
    """The row of the roll of this person or of their household."""
    elector = (
        RollEntry.household_id == person.household_id
        if question.electorate == "household"
        else RollEntry.resident_id == person.id
    )
    return db.session.scalars(select(RollEntry.id).where(RollEntry.question_id == question.id, elector)).one()


def ballot_of(question: Question, person: Person) -> Any:
    """channel, choice, cast_by, entered_by, confirmed_by of the vote that stands; None when there is none."""
    columns = Ballot.channel, Ballot.choice, Ballot.cast_by, Ballot.entered_by, Ballot.confirmed_by
    return db.session.execute(select(*columns).where(Ballot.roll_entry_id == row_of(question, person))).one_or_none()


def on_paper(question: Question, person: Person, choice: str, first: Person, second: Person, **values: Any) -> Any:
    """Typed by both, one after the other."""
    known: dict[str, Any] = {"choice": choice, "at": NOON} | values
    operations.type_paper(question.id, row_of(question, person), by=first, **known)
    return operations.type_paper(question.id, row_of(question, person), by=second, **known)


def acts() -> list[tuple[str, int | None]]:
    """What the audit keeps, oldest first: act and actor."""
    query = select(AuditEntry.act, AuditEntry.actor_id).order_by(AuditEntry.id)
    return [(act.removeprefix("ballots."), actor) for act, actor in db.session.execute(query)]


def everything() -> list[Any]:
    """All that a vote, or what leads to one, writes."""
    return [sorted(map(str, db.session.execute(select(*table.__table__.c)))) for table in _WRITTEN]


def refused(match: str, act: Any, *args: Any, status: int | None = None, **values: Any) -> dict[str, Any]:
    """That act is refused with such a sentence, and nothing has changed; what fills the places of the sentence."""
    before = everything()
    with pytest.raises(Refused, match=match) as no, db.session.begin_nested():
        act(*args, **values)
    assert everything() == before
    assert status in (None, no.value.refusal.status)
    return dict(no.value.refusal.values)
