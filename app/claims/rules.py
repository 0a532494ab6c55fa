"""When a deed can be claimed, where a claim stands, who reviews it, and why not (points.md "Calendar", I22, I27)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from app.cases import rules as cases
from app.kit import clock
from app.kit.periods import Period
from app.kit.refusal import N_, Refusal, refusal
from app.kit.words import Words
from app.merits.claiming import choice_left
from app.people.rules import Anyone, taking_part_refusal

REVIEWERS = ("reviewer",)
COMMITTEE = ("staff", "street")
READERS = (*COMMITTEE, "supervisor")  # of the claims of their place
SETTLERS = (*REVIEWERS, *COMMITTEE)  # who puts a batch on notice
MOST_PHOTOS = 3
SETTLING = time(20)  # of the settlement day: what is confirmed by then goes on notice by itself

UNTIL_DAY, LIMIT, NOTICE_DAYS = 24, 20, 5
LATELY = timedelta(days=90)  # over which the work of reviewers is evened out

STATE_WORDS = {
    "neighbour": N_("Waiting for the neighbour"),
    "submitted": N_("Awaiting review"),
    "second": N_("Second reviewer needed"),
    "returned": N_("Sent back to add something"),
    "not_confirmed": N_("Not confirmed"),
    "confirmed": N_("Confirmed, notice to come"),
    "on_notice": N_("On public notice"),
    "held": N_("Objection, on hold"),
    "posting": N_("Notice ended, being posted"),
    "posted": N_("Posted"),
    "withdrawn": N_("Withdrawn"),
    "upheld": N_("Objection upheld, not posted"),
}
# Tone and drawing of the chip.
STATE_SIGNS = {
    "neighbour": ("waiting", "clock"),
    "submitted": ("waiting", "clock"),
    "second": ("waiting", "clock"),
    "returned": ("waiting", "reply"),
    "not_confirmed": ("", "circle-minus"),
    "confirmed": ("know", "check"),
    "on_notice": ("know", "clock"),
    "held": ("waiting", "octagon-alert"),
    "posting": ("know", "clock"),
    "posted": ("done", "circle-check"),
    "withdrawn": ("", "circle-minus"),
    "upheld": ("", "circle-minus"),
}
UNDER_REVIEW = ("submitted", "second")
OPEN = ("neighbour", *UNDER_REVIEW, "returned", "confirmed", "on_notice", "held")  # can still be withdrawn


@dataclass(frozen=True)
class Terms:
    """What a place has set: claims until this day of the month, two reviewers above `limit`, so many working days.

    `appeal_days` are calendar days, for claims as for deductions.
    """

    until_day: int = UNTIL_DAY
    limit: int = LIMIT
    notice_days: int = NOTICE_DAYS
    appeal_days: int = cases.APPEAL_DAYS


def terms_of(settings: Mapping[str, Any]) -> Terms:
    """`claim_until_day` 1 to 27, `claim_second_reviewer_above` at least 0, `claim_notice_working_days` 1 to 30."""
    return Terms(
        _whole(settings.get("claim_until_day"), 1, 27, UNTIL_DAY),
        _whole(settings.get("claim_second_reviewer_above"), 0, 10_000, LIMIT),
        _whole(settings.get("claim_notice_working_days"), 1, 30, NOTICE_DAYS),
        cases.setting(settings, "appeal_days", cases.APPEAL_DAYS),
    )


def _whole(wish: object, least: int, most: int, usual: int) -> int:
    return min(max(wish, least), most) if type(wish) is int else usual


def month_of(day: date, terms: Terms) -> Period:
    """The month with which a deed or a claim of that local day is settled: from the day after `until_day` the next."""
    month = Period("month", day.year, day.month)
    return month if day.day <= terms.until_day else month.next


def first_day(month: Period, terms: Terms) -> date:
    """The first local day whose deeds are settled with that month."""
    return month.previous.first_day + timedelta(days=terms.until_day)


def settlement_day(month: Period, terms: Terms) -> date:
    """The day on which the review group meets and the batch goes on notice: the one after the last day for claims."""
    return month.first_day + timedelta(days=terms.until_day)


def settles_at(month: Period, terms: Terms) -> datetime:
    """The instant at which a batch is closed and goes on notice, if nobody put it up earlier that day."""
    return clock.at_local(settlement_day(month, terms), SETTLING)


def cut_off(month: Period, terms: Terms, at: datetime) -> datetime:
    """By when a claim has to be confirmed to be on the batch of that month, if it is put up at this moment."""
    return min(at, settles_at(month, terms))


def claim_refusal(by: Anyone, deed_on: date, *, today: date, terms: Terms) -> Refusal | None:
    """Why this deed cannot be claimed today: by whom, still to come, or its month is settled."""
    if no := taking_part_refusal(by):
        return no
    if deed_on > today:
        return refusal(N_("That day has not come yet. Please claim a deed once it is done."), status=422)
    month = month_of(today, terms)
    if deed_on < first_day(month, terms):
        return refusal(
            N_("Deeds since %(first)s can be claimed now; each month claims are taken up to and including day %(day)s. "
               "For an earlier one, with a good reason, please ask the committee's office."),
            first=first_day(month, terms), day=terms.until_day,
        )  # fmt: skip
    return None


def agreed_refusal(*, photos: int, agreed: bool) -> Refusal | None:
    """Why photos are not taken: nobody said that the people on them have agreed."""
    if not photos or agreed:
        return None
    return refusal(
        N_("Please tick that everybody who can be recognised on the photos has agreed, or send photos without people."),
        status=422,
    )


def again_refusal(claimed_at: datetime, *, href: str | None) -> Refusal:
    """The same household, line, day and person once more (words.md sentence 11); `href` of the claim that stands."""
    return refusal(
        N_("This deed was claimed on %(day)s, and each deed counts once. You can see how that claim is getting on."),
        day=clock.local(claimed_at).date(), href=href,
    )  # fmt: skip


def needs(honour: int, points: int, terms: Terms) -> int:
    """How many reviewers decide: two above the limit of the place."""
    return 2 if max(honour, points) > terms.limit else 1


@dataclass(frozen=True)
class Facts:
    """What decides where a claim stands. `verdicts` of the running round, by reviewer; `line` is that of its notice.

    `asked`: the other household was asked and has not answered.
    """

    needs: int
    verdicts: Mapping[int, str]
    confirmed: bool | None = None
    line: str | None = None
    ended: str | None = None
    asked: bool = False


def state(facts: Facts) -> str:
    """Where a claim stands: a key of `STATE_WORDS`."""
    if facts.ended is not None:
        return facts.ended
    if facts.confirmed is False:
        return "not_confirmed"
    if facts.line is not None:
        return "posting" if facts.line == "clear" else facts.line
    if facts.confirmed:
        return "confirmed"
    if facts.asked:
        return "neighbour"
    if "returned" in facts.verdicts.values():
        return "returned"
    return "second" if facts.verdicts else "submitted"


def outcome(needs: int, verdicts: Mapping[int, str]) -> str | None:
    """What the reviews of a round led to: one that sends it back does, otherwise as many as decide agree; else None."""
    found = Counter(verdicts.values())
    if found["returned"]:
        return "returned"
    return next((one for one in ("confirm", "not_confirmed") if found[one] >= needs), None)


def seats(needs: int, verdicts: Mapping[int, str]) -> int:
    """How many reviewers a claim has: a third one where two disagree."""
    return 3 if needs == 2 and {"confirm", "not_confirmed"} <= set(verdicts.values()) else needs


def own_refusal(by: Anyone, *, resident_id: int, household_id: int) -> Refusal | None:
    """Why somebody does not review: it is a claim of their own household (I22; words.md sentence 10)."""
    if by.is_or_lives_with(resident_id, household_id):
        return refusal(
            N_("Reviewers do not decide on claims of their own household. This one has gone to %(contact)s."),
            status=403, contact=Words(zh="另一位评议员", en="another reviewer"),
        )  # fmt: skip
    return None


def review_refusal(*, drawn: bool, reviewed: bool, now: str, stands: bool = True) -> Refusal | None:
    """Why somebody does not review this claim at this moment. `now` is its state, `stands` whether their seat does."""
    if not drawn:
        return refusal(
            N_("Claims are reviewed by those who were drawn for them. Your own stand on the review desk."), status=403
        )
    if now == "returned":
        return refusal(N_("The claim was sent back and waits for the claimant. Once it is completed it comes back."))
    if reviewed and now not in UNDER_REVIEW:
        return refusal(N_("You have reviewed this claim already. The page shows what became of it."))
    if reviewed:
        return refusal(N_("You have reviewed this claim already; the other reviewer is asked now."))
    if now not in UNDER_REVIEW:
        return moved_on()
    if not stands:
        return refusal(
            N_("You cannot judge this claim any more: it concerns your household or one that you declared, somebody "
               "you live with reviews it, or you have left the review group. Somebody else is drawn."),
            status=403,
        )  # fmt: skip
    return None


def moved_on() -> Refusal:
    return refusal(N_("Things have moved on, so this step is no longer possible. The page shows where it stands now."))


def choice_refusal(amount: int | None, span: tuple[int, int] | None, *, most: int) -> Refusal | None:
    """Why an amount cannot be confirmed: the line leaves `span` to choose from, and `most` was kept under its caps."""
    if span is None:
        return None if amount is None else refusal(N_("The amount of this line is fixed."), status=422)
    low, high = choice_left(span, most)
    if amount is None or not low <= amount <= high:
        return refusal(
            N_("This line leaves the amount to the reviewers: please choose from %(low)s to %(high)s."),
            status=422, low=low, high=high,
        )  # fmt: skip
    return None


def reason_refusal(verdict: str, why: Words | None) -> Refusal | None:
    """Why a review is not taken: whoever does not confirm says why, or what is missing."""
    if verdict == "confirm" or why is not None:
        return None
    return refusal(N_("Please say why, or what is missing: the claimant reads it."), status=422)


def complete_refusal(*, mine: bool, now: str) -> Refusal | None:
    """Why nothing is added: the claimant does, while it is sent back."""
    if not mine:
        return refusal(N_("Only whoever made a claim adds to it."), status=403)
    return None if now == "returned" else moved_on()


def withdraw_refusal(*, mine: bool, now: str) -> Refusal | None:
    """Why a claim is not withdrawn: whoever made it may, until its notice has ended."""
    if not mine:
        return refusal(N_("Only whoever made a claim withdraws it."), status=403)
    if now in OPEN:
        return None
    return refusal(
        N_("This claim has been settled, so it cannot be withdrawn any more. If an entry is wrong, the committee's "
           "office corrects it.")
    )  # fmt: skip


def settle_refusal(by: Anyone, *, path: str, month: Period, at: datetime, terms: Terms) -> Refusal | None:
    """Why somebody does not put the batch of a month on notice: review group and committee do, from its day on."""
    if not by.holds(*SETTLERS, at=path):
        return refusal(N_("Batches are put on notice by the review group or the committee of that place."), status=403)
    day = settlement_day(month, terms)
    if clock.local(at).date() < day:
        return refusal(N_("This month is settled on %(day)s. Until then claims come in and are reviewed."), day=day)
    return None


def nothing_refusal() -> Refusal:
    return refusal(
        N_(
            "No confirmed claim waits for this month, so there is nothing to put on notice. "
            "Review what still waits first."
        )
    )


def put_up_already() -> Refusal:
    return refusal(N_("The batch of this month is on notice already. What was confirmed since goes up with the next."))
