"""What happens elsewhere when something happens here: read this page to know how the rooms hang together."""

from __future__ import annotations

from app.activities.events import HoursConfirmed
from app.ballots.events import VoteCast
from app.council.events import TopicTakenUp
from app.kit import clock
from app.kit.bus import Reactions
from app.merits import operations as merits


def hours_earn(event: HoursConfirmed) -> None:
    """Confirmed hours earn what the tariff says of them; an activity without a line earns nothing but thanks."""
    if event.tariff_code is None:
        return
    merits.award(
        event.tariff_code,
        resident_id=event.resident_id,
        because=f"activity-hours:{event.attendance_id}",
        event=f"shift:{event.shift_id}",
        minutes=event.minutes,
        marks=event.marks,
        in_charge=event.in_charge,
        effective_at=event.effective_at,
        at=event.at,
        by_id=event.confirmed_by,
    )


def vote_earns(event: VoteCast) -> None:
    """Voting earns the same whatever the vote, once. Of a secret ballot the ledger keeps the day, not the moment."""
    if not event.first:
        return
    at = clock.day_bounds(clock.local(event.at).date())[0] if event.secret else event.at
    because = f"ballot:{event.question_id}:{event.resident_id}"
    merits.award("D04", resident_id=event.resident_id, because=because, effective_at=at, at=at, by_id=None)


def topic_earns(event: TopicTakenUp) -> None:
    """A topic under discussion earns its proposer once, however often it returns; imported ones have none."""
    if event.proposer_id is None:
        return
    because = f"topic-taken-up:{event.topic_id}"
    merits.award("D02", resident_id=event.proposer_id, because=because, effective_at=event.at, at=event.at, by_id=None)


# Suggestions that were adopted earn nothing here: line D03 asks that they were carried out as well.
# A cancelled activity earns nothing: its hours are never confirmed.
REACTIONS: Reactions = {
    HoursConfirmed: (hours_earn,),
    TopicTakenUp: (topic_earns,),
    VoteCast: (vote_earns,),
}
