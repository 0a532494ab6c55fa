"""A vote at the counter: the elector stands there, and one of staff enters it."""

from __future__ import annotations

from datetime import datetime

from app.ballots.operations.casting import Cast
from app.ballots.operations.entering import elector_of, enter, note, refuse_staff, refuse_voter, standing
from app.kit import audit
from app.kit.refusal import N_
from app.people.rules import Person

audit.describe("ballots.counter", N_("entered a vote at the counter"))


def vote_at_counter(
    question_id: int, roll_entry_id: int, *, choice: str, by: Person, at: datetime, voter_id: int | None = None
) -> Cast:
    """Enter the vote of an elector who came, or change what they voted at the counter or on paper before.

    `voter_id` is the adult who came for a household. The elector is told and can contest it; an own vote on the web
    stands. Announces `VoteCast` and `VoteEntered`.
    """
    elector = elector_of(question_id, roll_entry_id, voter_id=voter_id)
    refuse_staff(elector, by, at)
    refuse_voter(elector, at)
    stood = standing(elector, "counter")
    note("counter", elector, by=by, at=at)
    return enter(elector, choice=choice, channel="counter", by=by.id, at=at, first=not stood)
