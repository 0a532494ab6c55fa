"""Vote openly, or change one's vote."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import bindparam, or_, select
from sqlalchemy.engine import Row

from app.ballots import channels, rules
from app.ballots.events import VoteCast
from app.ballots.models import Ballot, Question, RollEntry
from app.ballots.queries import MINE, is_nobodys, stands_in
from app.ballots.results import options_in_one, ratios_of
from app.kit import clock
from app.kit.bus import announce
from app.kit.db import ask, built_once, db, insert_into, lastly, locked
from app.kit.refusal import refuse_if
from app.people.queries import digest
from app.people.rules import Person

AnyRow = Row[*tuple[Any, ...]]
T = TypeVar("T")

_THIS: Any = bindparam("question_id")
_TURN = select(Question.closes_at).where(Question.id == _THIS).with_for_update(read=True)
_ASKED: Any = (
    select(
        Question.subject, Question.place_path, Question.electorate, Question.secret, Question.method, Question.best,
        Question.opens_at, Question.closes_at, options_in_one().label("options"),
    )
    .where(Question.id == _THIS)
    .with_for_update(read=True, of=Question)
)  # fmt: skip
_OWN_ENTRY: Any = locked(
    select(RollEntry.id, stands_in().label("stands_in")).where(RollEntry.question_id == _THIS, MINE)
)
_STANDING: Any = select(Ballot.roll_entry_id, Ballot.cast_by, Ballot.channel).where(
    Ballot.question_id == _THIS,
    or_(Ballot.roll_entry_id == bindparam("entry_id"), Ballot.cast_by == bindparam("resident_id")),
)


@dataclass(frozen=True)
class Cast:
    """What came of a vote. The receipt is told once and kept nowhere."""

    id: int
    receipt: str
    first: bool


def in_time(question_id: int, act: Callable[[datetime], T], *, now: Callable[[], datetime]) -> T:
    """Vote at the moment at which it is this vote's turn, and only if voting still runs when the vote is kept.

    The clock is read after whoever extends or counts the question has finished, and once more when everything is done:
    a vote that waited past the closing for anything at all comes too late.
    """
    closes_at = wait_for_turn(question_id)
    done = act(now())
    lastly(lambda: refuse_if(rules.late_refusal(closes_at, at=now())))
    return done


def wait_for_turn(question_id: int) -> datetime:
    """Keep the question as it is to the end of the transaction; when it closes."""
    return ask(_TURN, question_id=question_id).scalar_one()


def cast(question_id: int, *, choice: str, by: Person, at: datetime) -> Cast:
    """Vote openly, or change one's vote. One elector has one counted vote, however many clicks race.

    `choice` is the paper (`papers`). Announces `VoteCast`. Times are read under a shared lock that an extension and
    the recording of a result wait for; the elector's row of the roll is locked, so the rule sees the vote that there
    is; and `unique(roll_entry_id)` has the last word.
    """
    question = asked(question_id)
    assert not question.secret
    entry = own_entry(question_id, by)
    standing = _standing_ballot(question_id, entry.id if entry else None, by)
    here = standing is not None and entry is not None and standing.roll_entry_id == entry.id
    refuse_if(may_not(question, entry, by, taken=here and _is_of_another(standing, by), at=at))
    refuse_if(rules.elsewhere_refusal() if standing is not None and not here else None)
    assert entry is not None
    done = put_in(question_id, question, entry.id, choice=choice, cast_by=by.id, first=not here, at=at)
    told(question_id, question, by.id, by.household_id, first=not here, at=at)
    return done


def asked(question_id: int) -> AnyRow:
    """The question, kept as it is to the end of the transaction."""
    return ask(_ASKED, question_id=question_id).one()


def keys_of(question: AnyRow) -> list[str]:
    """The options of a question that was `asked`, without abstention, in the order of the paper."""
    return list(ratios_of(question.options))


def own_entry(question_id: int, by: Person) -> AnyRow | None:
    """The elector's row of the roll, locked until the vote is in; `stands_in`: who votes for the household now."""
    mine = ask(_OWN_ENTRY, question_id=question_id, resident_id=by.id, household_id=by.household_id)
    return mine.one_or_none()


def may_not(question: AnyRow, entry: AnyRow | None, by: Person, *, taken: bool, at: datetime) -> Any:
    """The rule that keeps this person from voting now; None when there is none."""
    return rules.vote_refusal(
        phase=rules.phase(question.opens_at, question.closes_at, at), opens_at=question.opens_at,
        closes_at=question.closes_at, electorate=question.electorate, person=by, on_roll=entry is not None,
        taken=taken, on=clock.local(at).date(), stands_in=entry is None or entry.stands_in in (None, by.id),
    )  # fmt: skip


def new_receipt() -> str:
    return "".join(secrets.choice(rules.RECEIPT_SIGNS) for _ in range(rules.RECEIPT_LENGTH))


def told(
    question_id: int, question: AnyRow, resident_id: int | None, household_id: int | None, *, first: bool, at: datetime
) -> None:
    """Announce that somebody voted, never what. No resident: a household's paper bears no name."""
    announce(
        VoteCast(
            question_id=question_id, subject=question.subject, resident_id=resident_id, household_id=household_id,
            secret=question.secret, first=first, at=at, electorate=question.electorate,
            closes_at=question.closes_at,
        )
    )  # fmt: skip


def _standing_ballot(question_id: int, entry_id: int | None, by: Person) -> AnyRow | None:
    """The vote there is for this elector, or else the one this person cast for another household."""
    found = ask(_STANDING, question_id=question_id, entry_id=entry_id, resident_id=by.id).all()
    return next((row for row in found if row.roll_entry_id == entry_id), found[0] if found else None)


def _is_of_another(standing: AnyRow | None, by: Person) -> bool:
    """Whether somebody else of the household cast it; a paper that bore no name is anybody's to change."""
    return standing is not None and standing.cast_by != by.id and not is_nobodys(standing.cast_by, standing.channel)


def put_in(
    question_id: int, question: AnyRow, entry_id: int, *, choice: str, cast_by: int | None, first: bool, at: datetime,
    channel: str = "web", entered_by: int | None = None, confirmed_by: int | None = None,
) -> Cast:  # fmt: skip
    """Insert the ballot, or replace what stands on it and gives way to this channel. Raises `Refused` otherwise."""
    refuse_if(rules.paper_refusal(question.method, choice, keys_of(question), best=question.best))
    receipt = new_receipt()
    ballot_id: Any = ask(
        _insert_or_replace(channel), question_id=question_id, roll_entry_id=entry_id, choice=choice,
        receipt_hash=digest(receipt), cast_by=cast_by, channel=channel, entered_by=entered_by,
        confirmed_by=confirmed_by, cast_at=at,
    ).scalar()  # fmt: skip
    if ballot_id is None:
        refuse_if(channels.standing_refusal(channel, _channel_now(entry_id)))
    return Cast(ballot_id, rules.spaced_receipt(receipt), first=first)


@built_once
def _insert_or_replace(channel: str) -> Any:
    """A ballot on its row of the roll, in place of one that gives way to this channel."""
    new = insert_into(Ballot.__table__)
    as_sent = "choice", "receipt_hash", "cast_by", "channel", "entered_by", "confirmed_by"
    return new.on_conflict_do_update(
        index_elements=[Ballot.roll_entry_id],
        set_={name: new.excluded[name] for name in as_sent} | {"changed_at": new.excluded.cast_at},
        where=Ballot.channel.in_(channels.REPLACES[channel]),
    ).returning(Ballot.id)


def _channel_now(entry_id: int) -> str | None:
    return db.session.scalar(select(Ballot.channel).where(Ballot.roll_entry_id == entry_id))
