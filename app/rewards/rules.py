"""Who may reserve what, who may hand it over, and why not. Numbers of sentences are those of words.md 15."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.kit import clock
from app.kit.refusal import N_, Refusal, refusal
from app.kit.states import LifeCycle, Step
from app.kit.words import Words
from app.people.rules import Anyone

# How long points and stock are held for an order (domain 4, setting: 7 days).
HOLD = timedelta(days=7)

# Ten wrong vouchers in ten minutes, then a clerk waits: nobody finds a voucher by trying.
FREE_WRONG_VOUCHERS, WRONG_VOUCHER_WINDOW = 10, timedelta(minutes=10)

MOST_RESTOCK = 100_000

CATEGORIES = {
    "daily": N_("Daily needs"),
    "food": N_("Food"),
    "service": N_("Services"),
    "loan": N_("Loans"),
    "learning": N_("Learning"),
    "home": N_("Home and garden"),
}

# Words, tone and icon of each state an order can be in.
STATES = {
    "held": (N_("Reserved"), "waiting", "clock"),
    "posted": (N_("Collected"), "done", "circle-check"),
    "voided": (N_("Cancelled"), "", "x"),
    "expired": (N_("Lapsed and released"), "", "circle-minus"),
}

LIFE = LifeCycle(
    {
        ("held", "collect"): Step("posted", frozenset({"clerk"})),
        ("held", "cancel"): Step("voided", frozenset({"owner"})),
        ("held", "lapse"): Step("expired", frozenset({"clock"})),
    }
)

UNKNOWN_VOUCHER = refusal(
    N_(
        "No reservation belongs to these digits. Compare them with the voucher and type them again; "
        "the committee's office can help if they still do not fit."
    ),
    status=422,
)


@dataclass(frozen=True)
class Offer:
    """A reward as one person meets it now. `left` is None where nothing is counted; `taken` is of this month."""

    item_id: int
    community_name: Words
    community_path: str
    price: int
    left: int | None
    limit_count: int | None
    taken: int
    withdrawn: bool


@dataclass(frozen=True)
class Standing:
    """Where an order stands: what its row says, before the clock is asked."""

    state: str
    expires_at: datetime
    ended_at: datetime | None

    def now(self, at: datetime) -> str:
        """The state at that moment: a reservation that ran out has lapsed, whether or not anything has run since."""
        return "expired" if self.state == "held" and self.expires_at <= at else self.state


def month_of(at: datetime) -> tuple[datetime, datetime]:
    """The calendar month of the village's clock: first instant, and first instant of the next one."""
    first = clock.local(at).date().replace(day=1)
    return clock.at_local(first), clock.at_local(first_of_next_month(at))


def first_of_next_month(at: datetime) -> date:
    first = clock.local(at).date().replace(day=1)
    return (first + timedelta(days=32)).replace(day=1)


def reserve_refusal(offer: Offer, person: Anyone, *, available: int, at: datetime) -> Refusal | None:
    """Why this person's household may not reserve one piece now. `available` are the household's points."""
    if not person.is_verified:
        return refusal(
            N_(
                "Only verified residents can reserve. Enter your household's invitation code first, "
                "or ask your grid member to confirm your address."
            )
        )
    if not person.lives_in(offer.community_path):
        return refusal(
            N_(
                "This reward is kept for the residents of %(community)s. "
                "Those of your own community are under Rewards; the committee's office can tell you more."
            ),
            community=offer.community_name,
        )
    if offer.withdrawn:
        return refusal(
            N_(
                "This reward is no longer offered. Your points have not been touched. "
                "The catalogue shows what there is now; the committee's office knows whether it comes back."
            )
        )
    return _month_refusal(offer, at) or _stock_refusal(offer) or _points_refusal(offer, available)


def _month_refusal(offer: Offer, at: datetime) -> Refusal | None:
    if offer.limit_count is None or offer.taken < offer.limit_count:
        return None
    return refusal(  # sentence 6
        N_(
            "The limit is %(limit)s per household each month, and yours is reached. You can reserve again from %(day)s."
        ),
        limit=offer.limit_count,
        day=first_of_next_month(at),
    )


def _stock_refusal(offer: Offer) -> Refusal | None:
    if offer.left is None or offer.left > 0:
        return None
    return refusal(  # sentence 5, without the promise of a message that nobody would send yet
        N_(
            "The last one has just gone. Your points have not been touched. "
            "Please look again later, or ask the pick-up point when more will come."
        )
    )


def _points_refusal(offer: Offer, available: int) -> Refusal | None:
    missing = offer.price - available
    if missing <= 0:
        return None
    if offer.left is None:
        return refusal(
            N_("You are %(missing)s points short. Come back when more have been posted; this reward does not run out."),
            missing=missing,
        )
    return refusal(  # sentence 4
        N_("You are %(missing)s points short. Come back when more have been posted; %(stock)s are still in stock."),
        missing=missing,
        stock=offer.left,
    )


def pick_up_refusal(merchant_id: int, merchants: frozenset[int]) -> Refusal | None:
    """Why it cannot be collected there: the reward is not kept at that pick-up point."""
    if merchant_id in merchants:
        return None
    return refusal(N_("This reward is not kept at that pick-up point. Please choose one of those shown."), status=422)


def restock_refusal(on_hand: int | None) -> Refusal | None:
    """Why nothing can be added to the shelf: services and what never runs out are not counted."""
    if on_hand is not None:
        return None
    return refusal(
        N_(
            "Pieces of this reward are not counted, so there is nothing to add. "
            "The committee's office can offer it anew."
        )
    )


def cancel_refusal(order: Standing, *, at: datetime) -> Refusal | None:
    """Why a reservation can no longer be cancelled; None while it is held."""
    return _over(order, at)


def hand_over_refusal(
    order: Standing,
    *,
    merchant_id: int,
    merchant_name: Words,
    for_household: int,
    counters: frozenset[int],
    clerk_household: int | None,
    at: datetime,
) -> Refusal | None:
    """Why this clerk may not hand this order over now (security L9); `counters` are the points they stand at."""
    if merchant_id not in counters:
        return refusal(
            N_("This is kept at %(place)s, not here. Please send them there; the voucher stays good."),
            place=merchant_name,
        )
    if over := _over(order, at):
        return over
    if for_household == clerk_household:
        return refusal(
            N_(
                "This is for your own household, so somebody else has to hand it over. "
                "Ask another clerk of this pick-up point or the committee's office."
            )
        )
    return None


def _over(order: Standing, at: datetime) -> Refusal | None:
    """What became of an order that waits no longer; None while it waits."""
    ended = order.ended_at or order.expires_at
    match order.now(at):
        case "posted":
            return refusal(
                N_(
                    "This was already handed over: %(time)s. A voucher works once; "
                    "if that is not right, ask the committee's office."
                ),
                time=ended,
            )
        case "voided":
            return refusal(
                N_(
                    "This reservation was cancelled: %(time)s. The points are back with the household, "
                    "which can reserve again; the committee's office can help."
                ),
                time=ended,
            )
        case "expired":
            return refusal(
                N_(
                    "This was not collected in time, so it was released: %(time)s. The points are back with the "
                    "household, which can reserve again; the committee's office can help."
                ),
                time=ended,
            )
    return None


def voucher_pace_refusal(wrong: int) -> Refusal | None:
    """Why a clerk has to wait: too many wrong vouchers in the last ten minutes."""
    if wrong < FREE_WRONG_VOUCHERS:
        return None
    return refusal(
        N_(
            "Too many vouchers did not fit in a short time. Please wait ten minutes and read the digits slowly, "
            "or ask the committee's office."
        ),
        status=429,
    )
