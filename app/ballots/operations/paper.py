"""Papers of an open ballot: two of staff type what one says, the second without seeing what the first typed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select

from app.ballots import channels, rules
from app.ballots.channel_models import TypedPaper
from app.ballots.channel_queries import adults_of
from app.ballots.operations.casting import AnyRow, Cast, keys_of
from app.ballots.operations.entering import Elector, elector_of, enter, note, refuse_staff, refuse_voter, standing
from app.kit import audit, clock
from app.kit.db import db
from app.kit.refusal import N_, refuse_if
from app.people.models import Resident
from app.people.rules import Person

audit.describe("ballots.type_paper", N_("typed a voting paper"))
audit.describe("ballots.confirm_paper", N_("typed a voting paper as the second person, and it counts"))
audit.describe("ballots.take_paper_back", N_("took back a voting paper that was typed once"))


def type_paper(
    question_id: int, roll_entry_id: int, *, choice: str, by: Person, at: datetime, voter_id: int | None = None
) -> Cast | None:
    """Type what the paper of an elector says. None for the first of two; the second makes the vote.

    `voter_id` is the adult who filled it in for a household; None when it bears no name. Raises `Refused` when the two
    differ, when they are one person or of one household, and when a vote stands that a paper does not replace (V8).
    """
    elector = elector_of(question_id, roll_entry_id, voter_id=voter_id)
    refuse_staff(elector, by, at)
    if elector.entry.household_id is not None and voter_id is None:
        refuse_if(channels.representative_refusal(elector.entry.stands_in, None))
        adults = adults_of(elector.entry.household_id, clock.local(at).date())
        refuse_if(channels.nobody_left_refusal(len(adults)))
    else:
        refuse_voter(elector, at)
    stood = standing(elector, "paper")
    question = elector.question
    refuse_if(rules.paper_refusal(question.method, choice, keys_of(question), best=question.best))
    first = _first(roll_entry_id)
    if first is None:
        _keep(elector, choice, by, at)
        return None
    refuse_if(channels.second_refusal(by, first_id=first.typed_by, first_home=first.household_id))
    voter = elector.voter.id if elector.voter else None
    refuse_if(channels.differs() if (choice, voter) != (first.choice, first.voter_id) else None)
    _forget(roll_entry_id)
    note("confirm_paper", elector, by=by, at=at)
    return enter(elector, choice=choice, channel="paper", by=first.typed_by, confirmed_by=by.id, at=at, first=not stood)


def take_paper_back(question_id: int, roll_entry_id: int, *, by: Person, at: datetime) -> None:
    """Forget what the first of two typed, so that the paper is typed anew, or not at all; after closing as well."""
    elector = elector_of(question_id, roll_entry_id, voter_id=None)
    refuse_if(channels.staff_refusal(by, place_path=elector.question.place_path))
    refuse_if(channels.own_refusal(by, resident_id=elector.entry.resident_id, household_id=elector.home))
    refuse_if(channels.nothing_waits() if _first(roll_entry_id) is None else None)
    _forget(roll_entry_id)
    note("take_paper_back", elector, by=by, at=at)


def _first(roll_entry_id: int) -> AnyRow | None:
    columns = TypedPaper.choice, TypedPaper.voter_id, TypedPaper.typed_by, Resident.household_id
    query = select(*columns).join(Resident, Resident.id == TypedPaper.typed_by)
    return db.session.execute(query.where(TypedPaper.roll_entry_id == roll_entry_id)).one_or_none()


def _keep(elector: Elector, choice: str, by: Person, at: datetime) -> None:
    voter_id = elector.voter.id if elector.voter else None
    typed = TypedPaper(
        roll_entry_id=elector.entry.id, question_id=elector.question_id, choice=choice, voter_id=voter_id,
        typed_by=by.id, typed_at=at,
    )  # fmt: skip
    db.session.add(typed)
    db.session.flush()
    db.session.expunge(typed)
    note("type_paper", elector, by=by, at=at)


def _forget(roll_entry_id: int) -> None:
    db.session.execute(delete(TypedPaper).where(TypedPaper.roll_entry_id == roll_entry_id))
