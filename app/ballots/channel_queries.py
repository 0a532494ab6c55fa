"""Reads for those who enter votes for others, and for those whose votes others entered. None of them says a choice.

None of them asks who reads, either: each says for whom it is, and the page that shows it asks the rule named there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, or_, select
from sqlalchemy.engine import Row
from sqlalchemy.orm import aliased

from app.ballots import channels
from app.ballots.channel_models import ContestedVote, PaperBatch, Proxy, TypedPaper, UrnCount
from app.ballots.models import Ballot, Question, RollEntry
from app.ballots.queries import stands_in
from app.ballots.rules import full_age_born_until
from app.ballots.secret_models import SecretMark
from app.kit.db import db
from app.people.models import Household, Resident
from app.people.names import plain_name
from app.people.queries import below_any
from app.people.rules import Person
from app.places.models import Place

AnyRow = Row[*tuple[Any, ...]]
MOST_FOUND, MOST_HOLDERS = 50, 20
_Typist = aliased(Resident)


@dataclass(frozen=True)
class Urn:
    """The papers of a secret ballot at one moment; `counting_by` has counted them and waits for a second person.

    `uncounted` were handed in and are in no batch yet; `opened` of them are being counted, by two. `few`: opened now,
    they could tell what one of them said; `may_open` is False while they wait for more.
    """

    handed_in: int
    uncounted: int
    counting_by: int | None
    few: bool
    may_open: bool
    opened: int = 0


def find_electors(question_id: int, text: str) -> Sequence[AnyRow]:
    """Rows of the roll by name or door: at most `MOST_FOUND`; none for no text.

    For staff of the place alone (`channels.staff_refusal`). See `_roll` for what a row tells.
    """
    plain = (plain_name(text) or "").replace(" ", "")
    if not plain:
        return ()
    query = _roll().where(RollEntry.question_id == question_id, _named(plain))
    return db.session.execute(query.order_by(Household.door, RollEntry.id).limit(MOST_FOUND)).all()


def elector_at(question_id: int, roll_entry_id: int) -> AnyRow | None:
    """One row of this roll; None for one of another. For staff of the place alone (`channels.staff_refusal`)."""
    mine = RollEntry.question_id == question_id, RollEntry.id == roll_entry_id
    return db.session.execute(_roll().where(*mine)).one_or_none()


def _roll() -> Select[Any]:
    """Rows of rolls with who that is (`_who`), and what came in for them, never what it says.

    id (of the row), closed_at (of the account of a person), stands_in (who votes for a household that had named
    somebody), channel (of the vote that stands) and cast_by (whose it is), typed_by and typed_home (who typed their
    paper once, and of which household), proxy_id and holder_id.
    """
    columns = (
        RollEntry.id, *_WHO, Resident.disabled_at.label("closed_at"), stands_in().label("stands_in"),
        func.coalesce(Ballot.channel, SecretMark.channel).label("channel"),
        func.coalesce(Ballot.cast_by, SecretMark.cast_by).label("cast_by"),
        TypedPaper.typed_by, _Typist.household_id.label("typed_home"), Proxy.id.label("proxy_id"), Proxy.holder_id,
    )  # fmt: skip
    standing = (Proxy.roll_entry_id == RollEntry.id) & Proxy.ended_at.is_(None)
    return (
        _with_who(select(*columns).select_from(RollEntry))
        .outerjoin(Ballot, Ballot.roll_entry_id == RollEntry.id)
        .outerjoin(SecretMark, SecretMark.roll_entry_id == RollEntry.id)
        .outerjoin(TypedPaper, TypedPaper.roll_entry_id == RollEntry.id)
        .outerjoin(_Typist, _Typist.id == TypedPaper.typed_by)
        .outerjoin(Proxy, standing)
    )


# Who the elector of a row is: a person by name, or a household; where they live, and whose matter it is.
_WHO: tuple[Any, ...] = (
    RollEntry.resident_id, RollEntry.household_id, Resident.family_name, Resident.given_name, Household.door,
    Place.name.label("group_name"), Household.id.label("home_id"),
)  # fmt: skip


def _with_who(query: Select[Any]) -> Select[Any]:
    home = or_(Household.id == RollEntry.household_id, Household.id == Resident.household_id)
    query = query.outerjoin(Resident, Resident.id == RollEntry.resident_id).outerjoin(Household, home)
    return query.outerjoin(Place, Place.id == Household.group_id)


def _named(text: str) -> ColumnElement[bool]:
    """The person on the roll, somebody of the household, or its door."""
    person = (Resident.family_name + Resident.given_name).contains(text, autoescape=True)
    family = select(Resident.household_id).where(person, Resident.household_id.is_not(None))
    at_home = RollEntry.household_id.in_(family.correlate(None))
    return or_(person, at_home, Household.door.contains(text, autoescape=True))


def adults_of(household_id: int, on: date) -> Sequence[AnyRow]:
    """Who of a household could vote for it: verified, of age on that local date, with an open account; the oldest
    first. id, family_name, given_name. For staff of the place alone (`channels.staff_refusal`).
    """
    query = select(Resident.id, Resident.family_name, Resident.given_name).where(*_may_vote(on))
    of_home = query.where(Resident.household_id == household_id)
    return db.session.execute(of_home.order_by(Resident.born_on, Resident.id)).all()


def find_holders(by: Person, text: str, *, on: date, chosen: int | None = None) -> Sequence[AnyRow]:
    """Who could hold a proxy, by name, and the one `chosen` already: at most `MOST_HOLDERS`.

    id, family_name, given_name, door, group_name. Only who lives at the places where `by` is staff, as among the
    residents that they look up: nobody learns names of other places here.
    """
    plain = (plain_name(text) or "").replace(" ", "")
    called = (Resident.family_name + Resident.given_name).contains(plain, autoescape=True) if plain else false()
    columns = Resident.id, Resident.family_name, Resident.given_name, Household.door, Place.name.label("group_name")
    query = select(*columns).join(Household, Household.id == Resident.household_id)
    query = query.join(Place, Place.id == Household.group_id).where(*_may_vote(on))
    theirs = Household.group_id.in_(below_any(by.reaches(*channels.STAFF)))
    found = query.where(theirs, or_(called, Resident.id == (chosen or 0)))
    return db.session.execute(found.order_by(Resident.id).limit(MOST_HOLDERS)).all()


def _may_vote(on: date) -> tuple[ColumnElement[bool], ...]:
    of_age = Resident.born_on <= full_age_born_until(on)
    return Resident.verified_at.is_not(None), Resident.household_id.is_not(None), of_age, Resident.disabled_at.is_(None)


def names_of(resident_ids: Iterable[int | None]) -> dict[int, str]:
    """Full names by id, of those who acted in a vote. For who may read the rows that name them."""
    ids = {one for one in resident_ids if one is not None}
    query = select(Resident.id, Resident.family_name + Resident.given_name).where(Resident.id.in_(ids))
    return dict(db.session.execute(query).all()) if ids else {}


def papers_waiting(question_id: int) -> Sequence[AnyRow]:
    """Papers that one person has typed, oldest first, never what they say. For staff of the place alone.

    roll_entry_id, who the elector is (`_WHO`), voter_id, typed_by, typed_at, and `stands`: the channel of a vote that
    came meanwhile, so that the paper is not counted (V8); a proxy's gives way to it.
    """
    columns = (
        TypedPaper.roll_entry_id, *_WHO, TypedPaper.voter_id, TypedPaper.typed_by, TypedPaper.typed_at,
        Ballot.channel.label("stands"),
    )  # fmt: skip
    query = _with_who(select(*columns).join(RollEntry, RollEntry.id == TypedPaper.roll_entry_id))
    weightier = (Ballot.roll_entry_id == RollEntry.id) & Ballot.channel.not_in(channels.REPLACES["paper"])
    query = query.outerjoin(Ballot, weightier).where(TypedPaper.question_id == question_id)
    return db.session.execute(query.order_by(TypedPaper.typed_at, TypedPaper.roll_entry_id)).all()


def proxies_of(question_id: int) -> Sequence[AnyRow]:
    """The proxies that stand, oldest first. For staff of the place alone (`channels.staff_refusal`).

    id, roll_entry_id, who the elector is (`_WHO`), holder_id, granted_by, registered_by, registered_at, upload_id.
    """
    columns = (
        Proxy.id, Proxy.roll_entry_id, *_WHO, Proxy.holder_id, Proxy.granted_by, Proxy.registered_by,
        Proxy.registered_at, Proxy.upload_id,
    )  # fmt: skip
    query = _with_who(select(*columns).join(RollEntry, RollEntry.id == Proxy.roll_entry_id))
    stand = Proxy.question_id == question_id, Proxy.ended_at.is_(None)
    return db.session.execute(query.where(*stand).order_by(Proxy.id)).all()


def proxies_held(by: Person, at: datetime, *, question_id: int | None = None) -> Sequence[AnyRow]:
    """Of the proxies that this person holds in open ballots: proxy, question, row of the roll, and who gave it.

    id, question_id, who the elector is (`_WHO`), granted_by, wording, subject. `stands` is the channel of the elector's
    vote: by any but `proxy` they voted themselves. For the holder alone.
    """
    columns = (
        Proxy.id, Proxy.question_id, Proxy.roll_entry_id, *_WHO, Proxy.granted_by, Question.wording, Question.subject,
        Ballot.channel.label("stands"),
    )  # fmt: skip
    now = Question.opens_at <= at, Question.closes_at > at, Proxy.holder_id == by.id, Proxy.ended_at.is_(None)
    query = _with_who(select(*columns).join(RollEntry, RollEntry.id == Proxy.roll_entry_id))
    query = query.join(Question, Question.id == Proxy.question_id)
    query = query.outerjoin(Ballot, Ballot.roll_entry_id == Proxy.roll_entry_id).where(*now)
    if question_id is not None:
        query = query.where(Proxy.question_id == question_id)
    return db.session.execute(query.order_by(Proxy.question_id, Proxy.id)).all()


def proxy_given(question_id: int, by: Person) -> AnyRow | None:
    """The proxy that this person gave in a ballot and that stands: id, holder_id, registered_at, upload_id."""
    mine = Proxy.question_id == question_id, Proxy.granted_by == by.id, Proxy.ended_at.is_(None)
    columns = Proxy.id, Proxy.holder_id, Proxy.registered_at, Proxy.upload_id
    return db.session.execute(select(*columns).where(*mine).order_by(Proxy.id).limit(1)).one_or_none()


def paper_of_proxy(question_id: int, proxy_id: int) -> AnyRow | None:
    """The picture of a proxy's paper: upload_id, granted_by, place_path. For staff of the place and who gave it."""
    columns = Proxy.upload_id, Proxy.granted_by, Question.place_path
    query = select(*columns).join(Question, Question.id == Proxy.question_id)
    return db.session.execute(query.where(Proxy.id == proxy_id, Proxy.question_id == question_id)).one_or_none()


def entered_for(question_id: int, by: Person) -> AnyRow | None:
    """The vote that others entered for this person, or on a paper without a name for their household.

    channel, cast_by, entered_by, confirmed_by, entered_at. Until closing it can be contested. For themselves alone.
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
    """Votes that were taken out because the elector said they were not theirs, oldest first; never what they said.

    id, roll_entry_id, who the elector is (`_WHO`), channel, entered_by, confirmed_by, entered_at, contested_by, at.
    For staff of the place alone (`channels.staff_refusal`).
    """
    columns = (
        ContestedVote.id, ContestedVote.roll_entry_id, *_WHO, ContestedVote.channel, ContestedVote.entered_by,
        ContestedVote.confirmed_by, ContestedVote.entered_at, ContestedVote.contested_by, ContestedVote.at,
    )  # fmt: skip
    query = _with_who(select(*columns).join(RollEntry, RollEntry.id == ContestedVote.roll_entry_id))
    return db.session.execute(query.where(ContestedVote.question_id == question_id).order_by(ContestedVote.id)).all()


def papers_in_urn(question_id: int) -> int:
    """Sealed papers that were handed in and are in no batch yet."""
    handed_in, counted = _of_urn(question_id)
    return handed_in - counted


def urn_of(question_id: int, at: datetime) -> Urn:
    """The urn of a secret ballot. For staff of the place alone (`channels.staff_refusal`)."""
    handed_in, counted = _of_urn(question_id)
    count = select(Question.closes_at, UrnCount.counted_by, UrnCount.tally)
    count = count.outerjoin(UrnCount, UrnCount.question_id == Question.id)
    now = db.session.execute(count.where(Question.id == question_id)).one()
    papers = handed_in - counted
    early = channels.few_refusal(papers, closes_at=now.closes_at, at=at) is not None
    return Urn(
        handed_in, papers, now.counted_by, channels.is_few(papers),
        may_open=papers > 0 and at < now.closes_at and not early, opened=sum((now.tally or {}).values()),
    )  # fmt: skip


def batches_of(question_id: int) -> Sequence[AnyRow]:
    """What was opened and counted together: number, papers, counted_by, confirmed_by, at.

    For staff of the place alone (`channels.staff_refusal`).
    """
    query = select(*PaperBatch.__table__.c).where(PaperBatch.question_id == question_id)
    return db.session.execute(query.order_by(PaperBatch.number)).all()


def _of_urn(question_id: int) -> tuple[int, int]:
    """How many papers were handed in, and how many of them are counted; in one statement."""
    on_paper = SecretMark.question_id == question_id, SecretMark.channel == "paper"
    handed_in = select(func.count()).select_from(SecretMark).where(*on_paper).scalar_subquery()
    batches = select(func.coalesce(func.sum(PaperBatch.papers), 0)).where(PaperBatch.question_id == question_id)
    row = db.session.execute(select(handed_in, batches.scalar_subquery())).one()
    return row[0], row[1]
