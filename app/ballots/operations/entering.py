"""What all votes have in common that somebody else brings in: the elector's row is locked before anything is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.ballots import channels
from app.ballots.events import VoteEntered
from app.ballots.models import Ballot, RollEntry
from app.ballots.operations.casting import AnyRow, Cast, asked, put_in, told
from app.ballots.queries import stands_in
from app.kit import audit, clock
from app.kit.bus import announce
from app.kit.db import db, locked
from app.kit.refusal import N_, refuse_if
from app.people import queries as people
from app.people.rules import Person

audit.describe("voter", N_("voter:"))
audit.describe("way", N_("way:"))
audit.describe("way_paper", N_("on paper"))
audit.describe("way_counter", N_("at the counter"))
audit.describe("way_proxy", N_("by written proxy"))


@dataclass(frozen=True)
class Elector:
    """A row of the roll, locked to the end of the transaction, with its question and who votes for it (if known)."""

    question_id: int
    question: AnyRow
    entry: AnyRow
    voter: Person | None

    @property
    def home(self) -> int | None:
        """The household whose matter this is."""
        return self.entry.household_id or (self.voter.household_id if self.voter else None)


def elector_of(question_id: int, roll_entry_id: int, *, voter_id: int | None, secret: bool = False) -> Elector:
    """Raises `Refused` for a row of another roll, and where the ballot is not of that kind.

    `voter_id` says which adult votes for a household; a person on the roll is the voter.
    """
    question = asked(question_id)
    refuse_if(channels.kind_refusal(secret=question.secret, wanted=secret))
    columns = RollEntry.id, RollEntry.resident_id, RollEntry.household_id, stands_in().label("stands_in")
    mine = RollEntry.id == roll_entry_id, RollEntry.question_id == question_id
    entry = db.session.execute(locked(select(*columns).where(*mine))).one_or_none()
    refuse_if(channels.unknown_elector() if entry is None else None)
    assert entry is not None
    known = entry.resident_id or voter_id
    return Elector(question_id, question, entry, people.person(known) if known is not None else None)


def refuse_staff(elector: Elector, by: Person, at: datetime, *, early: bool = False) -> None:
    """Raise `Refused` unless this is staff of the place, of another household, while the ballot is open."""
    asked_ = elector.question
    refuse_if(channels.staff_refusal(by, place_path=asked_.place_path))
    refuse_if(channels.time_refusal(opens_at=asked_.opens_at, closes_at=asked_.closes_at, at=at, early=early))
    refuse_if(channels.own_refusal(by, resident_id=elector.entry.resident_id, household_id=elector.home))


def refuse_voter(elector: Elector, at: datetime) -> Person:
    """Whose vote it is. Raises `Refused` when it is none of this elector's."""
    on, entry = clock.local(at).date(), elector.entry
    no = channels.voter_refusal(elector.voter, household_id=entry.household_id, stands_in=entry.stands_in, on=on)
    refuse_if(no)
    assert elector.voter is not None
    return elector.voter


def standing(elector: Elector, channel: str) -> AnyRow | None:
    """The vote that stands for this elector and gives way to this channel. Raises `Refused` when it does not."""
    one = select(Ballot.channel, Ballot.cast_by).where(Ballot.roll_entry_id == elector.entry.id)
    found = db.session.execute(one).one_or_none()
    refuse_if(channels.standing_refusal(channel, found.channel if found else None))
    if elector.voter is not None:
        of_another = Ballot.roll_entry_id != elector.entry.id, Ballot.cast_by == elector.voter.id
        elsewhere = select(Ballot.id).where(Ballot.question_id == elector.question_id, *of_another)
        refuse_if(channels.elsewhere_refusal() if db.session.scalar(elsewhere) else None)
    return found


def enter(
    elector: Elector, *, choice: str, channel: str, by: int, at: datetime, first: bool, confirmed_by: int | None = None
) -> Cast:
    """Put the vote in, and tell all who should know. Announces `VoteCast` and `VoteEntered`."""
    voter_id = elector.voter.id if elector.voter else None
    done = put_in(
        elector.question_id, elector.question, elector.entry.id, choice=choice, cast_by=voter_id, first=first, at=at,
        channel=channel, entered_by=by, confirmed_by=confirmed_by,
    )  # fmt: skip
    tell(elector, channel=channel, first=first, at=at)
    return done


def tell(elector: Elector, *, channel: str, first: bool, at: datetime) -> None:
    """Announce that the elector has voted, and to the elector that others brought the vote in."""
    voter_id, entry, question = elector.voter.id if elector.voter else None, elector.entry, elector.question
    told(elector.question_id, question, voter_id, elector.home, first=first, at=at)
    announce(
        VoteEntered(
            question_id=elector.question_id, roll_entry_id=entry.id, voter_id=voter_id,
            household_id=entry.household_id, channel=channel, secret=question.secret, closes_at=question.closes_at,
            at=at,
        )
    )  # fmt: skip


def note(act: str, elector: Elector, *, by: Person, at: datetime, **detail: Any) -> None:
    """Write down who did it for whom, with both names, and never what was voted."""
    entry = elector.entry
    whose = {"resident": entry.resident_id} if entry.resident_id else {"household": entry.household_id}
    named = {"voter": elector.voter.full_name} if elector.voter else {}
    write_down(act, elector.question, by=by, at=at, **whose, **named, **detail)


def write_down(act: str, question: AnyRow, *, by: Person, at: datetime, **detail: Any) -> None:
    """An entry of the audit on what is voted on, at its place."""
    place_id = int(question.place_path.strip("/").rpartition("/")[2])
    audit.note(f"ballots.{act}", question.subject, actor_id=by.id, at=at, place_id=place_id, **detail)
