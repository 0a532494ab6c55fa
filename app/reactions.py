"""What happens elsewhere when something happens here: read this page to know how the rooms hang together."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.activities.events import ActivityCancelled, HoursConfirmed
from app.agreements import operations as agreements
from app.agreements.events import Adopted, ConsultationOpened, Signed
from app.ballots.events import ProxyRegistered, VoteCast, VoteContested, VoteEntered, VotingExtended
from app.cases import operations as cases
from app.cases.events import AppealDecided, AppealFiled, CaseDecided, CaseFiled, CureLookedAt, DeductionTookEffect
from app.claims import operations as claims
from app.claims.events import (
    ClaimCompleted,
    ClaimEnded,
    ClaimEntered,
    ClaimPutUp,
    ClaimReviewed,
    NeighbourAnswered,
    NeighbourAsked,
    ReviewerDrawn,
    ReviewerSteppedBack,
    TooFewReviewers,
)
from app.council.events import (
    CommentHidden,
    OfficialAnswerGiven,
    ResultRecorded,
    SuggestionAdopted,
    SuggestionCarriedOut,
    TopicTakenUp,
)
from app.disclosures.events import DraftSent, DraftSentBack, Published, QuestionAnswered, QuestionAsked
from app.grid.events import (
    RequestGiven,
    RequestLinked,
    RequestPassedUp,
    RequestReceived,
    RequestReopened,
    RequestResolved,
    RequestSentDown,
)
from app.kit import clock
from app.kit.bus import Reactions
from app.kit.proof import FaultsFound
from app.meetings.events import MeetingCalled, MeetingCancelled, MeetingPutOff, MinutesPublished, SeatGivenBack
from app.merits import operations as merits
from app.merits.rules import Done
from app.notices.events import ObjectionAnswered, ObjectionFiled
from app.people.events import AddressConfirmed, LeftOffice
from app.points import funds
from app.points.events import ExpirySwitchedOff
from app.promises.events import PromiseMade
from app.rewards.events import OrderCollected, OrderReleased, OrderReserved
from app.telling import activities as tell_activities
from app.telling import agreements as tell_agreements
from app.telling import ballots as tell_ballots
from app.telling import cases as tell_cases
from app.telling import claims as tell_claims
from app.telling import council as tell_council
from app.telling import disclosures as tell_disclosures
from app.telling import following as tell_following
from app.telling import grid as tell_grid
from app.telling import house as tell_house
from app.telling import meetings as tell_meetings
from app.telling import people as tell_people
from app.telling import points as tell_points
from app.telling import rewards as tell_rewards


def _award(code: str, *, at: datetime, **deed: Any) -> None:
    """Award what somebody did. What was decided until then is written down first: the rules of the day count."""
    agreements.record_results(at)
    merits.award(code, at=at, **deed)


def _note(code: str | None, *, at: datetime, **deed: Any) -> None:
    """Write down what earns nothing today, so that a draft of the tariff can be tried on it."""
    merits.note_deed(Done(code=code, announced_at=at, **deed))


def rules_agreed(event: Adopted) -> None:
    """The lines that an agreement sets count from the day on which it is in force, in place of its former ones."""
    merits.set_lines(
        f"agreement:{event.agreement_id}", event.lines, version=event.number, place_id=event.place_id,
        effective_from=event.effective_from,
    )  # fmt: skip


def signature_earns(event: Signed) -> None:
    """The first signature of a household under any agreement earns once."""
    because = f"signature:{event.signature_id}"
    deed: Any = {"resident_id": event.resident_id, "because": because, "effective_at": event.at, "at": event.at}
    if event.first:
        _award("R01", by_id=None, **deed)
    else:
        _note("R01", **deed)


def hours_earn(event: HoursConfirmed) -> None:
    """Confirmed hours earn what the tariff says of them; an activity without a line earns nothing but thanks."""
    deed: Any = {
        "resident_id": event.resident_id, "because": f"activity-hours:{event.attendance_id}",
        "event": f"shift:{event.shift_id}", "minutes": event.minutes, "marks": event.marks,
        "in_charge": event.in_charge, "effective_at": event.effective_at, "at": event.at,
    }  # fmt: skip
    if event.tariff_code is None:
        _note(None, **deed)
    else:
        _award(event.tariff_code, by_id=event.confirmed_by, **deed)


def coming_puts_right(event: HoursConfirmed) -> None:
    """Whoever had missed a shift and came to another one in time has put it right."""
    cases.note_coming(event.resident_id, came_at=event.effective_at, by_id=event.confirmed_by, at=event.at)


def vote_earns(event: VoteCast) -> None:
    """Voting earns the same whatever the vote, once. Of a secret ballot the ledger keeps the day, not the moment."""
    if not event.first or event.resident_id is None:
        return
    at = clock.day_bounds(clock.local(event.at).date())[0] if event.secret else event.at
    because = f"ballot:{event.question_id}:{event.resident_id}"
    _award("D04", resident_id=event.resident_id, because=because, effective_at=at, at=at, by_id=None)


def topic_earns(event: TopicTakenUp) -> None:
    """A topic under discussion earns its proposer once, however often it returns; imported ones have none."""
    if event.proposer_id is None:
        return
    because = f"topic-taken-up:{event.topic_id}"
    _award("D02", resident_id=event.proposer_id, because=because, effective_at=event.at, at=event.at, by_id=None)


def presence_earns(event: MinutesPublished) -> None:
    """Who was at a sitting earns once its minutes are out, or the text that corrects them; each household once.

    Confirmed by whoever noted them as present. Other meetings earn nothing.
    """
    for resident_id, noted_by in event.present.items():
        deed: Any = {
            "resident_id": resident_id, "event": f"meeting:{event.meeting_id}", "effective_at": event.starts_at,
            "at": event.at,
        }  # fmt: skip
        if event.kind == "sitting":
            _award("D01", because=f"sitting:{event.meeting_id}:{resident_id}", by_id=noted_by, **deed)
        else:
            _note(None, because=f"meeting:{event.meeting_id}:{resident_id}", **deed)


def suggestion_noted(event: SuggestionAdopted) -> None:
    """An adopted suggestion earns nothing yet: line D03 asks that it was carried out as well, so it names none."""
    if event.author_id is not None:
        because = f"suggestion:{event.comment_id}"
        _note(None, resident_id=event.author_id, because=because, effective_at=event.at, at=event.at)


def suggestion_earns(event: SuggestionCarriedOut) -> None:
    """What was suggested and adopted is carried out: it earns once, confirmed by whoever adopted it."""
    because = f"suggestion-carried-out:{event.comment_id}"
    _award(
        "D03", resident_id=event.author_id, because=because, effective_at=event.at, at=event.at,
        by_id=event.adopted_by,
    )  # fmt: skip


def goods_are_paid(event: OrderCollected) -> None:
    """What went over the counter comes out of the quarter's goods fund."""
    funds.charge(
        event.order_id, household_id=event.household_id, merchant_id=event.merchant_id, points=event.price, at=event.at
    )


def objection_stops_claim(event: ObjectionAnswered) -> None:
    """An objection to a claim was upheld: it is not posted, and its limits are free again."""
    if event.upheld and event.subject.startswith("claim-batch:"):
        claims.uphold(int(event.line_key), at=event.at)


def seats_are_filled(event: LeftOffice) -> None:
    """Claims that wait for somebody who may review no longer go to others."""
    claims.leave_office(event.resident_id, at=event.at)


# A cancelled activity earns nothing: its hours are never confirmed.
REACTIONS: Reactions = {
    ActivityCancelled: (tell_activities.cancelled,),
    AddressConfirmed: (tell_people.address_confirmed,),
    Adopted: (rules_agreed,),
    AppealDecided: (tell_cases.appeal_decided,),
    AppealFiled: (tell_cases.appeal_filed,),
    CaseDecided: (tell_cases.decided,),
    CaseFiled: (tell_cases.filed,),
    ClaimCompleted: (tell_claims.completed,),
    ClaimEnded: (tell_claims.ended,),
    ClaimEntered: (tell_claims.entered,),
    ClaimPutUp: (tell_claims.put_up,),
    ClaimReviewed: (tell_claims.reviewed,),
    CommentHidden: (tell_council.comment_hidden,),
    ConsultationOpened: (tell_agreements.consultation_opened,),
    CureLookedAt: (tell_cases.cure_looked_at,),
    DeductionTookEffect: (tell_cases.took_effect,),
    DraftSent: (tell_disclosures.draft_sent,),
    DraftSentBack: (tell_disclosures.draft_sent_back,),
    ExpirySwitchedOff: (tell_points.expiry_switched_off,),
    FaultsFound: (tell_house.faults_found,),
    HoursConfirmed: (hours_earn, coming_puts_right, tell_activities.hours_confirmed),
    LeftOffice: (seats_are_filled,),
    MeetingCalled: (tell_meetings.called,),
    MeetingCancelled: (tell_meetings.cancelled,),
    MeetingPutOff: (tell_meetings.put_off,),
    MinutesPublished: (presence_earns, tell_meetings.minutes_published),
    NeighbourAnswered: (tell_claims.neighbour_answered,),
    NeighbourAsked: (tell_claims.neighbour_asked,),
    ObjectionAnswered: (objection_stops_claim, tell_following.objection_answered),
    ObjectionFiled: (tell_claims.held,),
    OfficialAnswerGiven: (tell_council.official_answer,),
    OrderCollected: (goods_are_paid, tell_rewards.collected),
    OrderReleased: (tell_rewards.released,),
    OrderReserved: (tell_rewards.reserved,),
    PromiseMade: (tell_following.promise_made,),
    Published: (tell_disclosures.published,),
    ProxyRegistered: (tell_ballots.proxy_registered,),
    QuestionAnswered: (tell_disclosures.question_answered,),
    QuestionAsked: (tell_disclosures.question_asked,),
    RequestGiven: (tell_grid.given,),
    RequestLinked: (tell_grid.linked,),
    RequestPassedUp: (tell_grid.passed_up, tell_grid.gone_up, tell_grid.waits),
    RequestReceived: (tell_grid.waits,),
    RequestReopened: (tell_grid.reopened, tell_grid.waits),
    RequestResolved: (tell_grid.resolved,),
    RequestSentDown: (tell_grid.waits,),
    ReviewerDrawn: (tell_claims.drawn,),
    ReviewerSteppedBack: (tell_claims.stepped_back,),
    ResultRecorded: (tell_council.result_recorded,),
    SeatGivenBack: (tell_meetings.seat_given_back,),
    Signed: (signature_earns, tell_agreements.signed),
    SuggestionAdopted: (
        suggestion_noted,
        tell_council.suggestion_adopted,
    ),
    SuggestionCarriedOut: (suggestion_earns,),
    TooFewReviewers: (tell_claims.too_few,),
    TopicTakenUp: (topic_earns, tell_council.topic_taken_up),
    VoteCast: (vote_earns, tell_council.vote_cast),
    VoteContested: (tell_ballots.contested,),
    VoteEntered: (tell_ballots.entered,),
    VotingExtended: (tell_council.voting_extended, tell_ballots.voting_extended),
}
