"""What the ledger takes for an entry, when a hold counts, and why it says no (points.md, invariants I1 to I25)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NamedTuple

from app.kit import clock
from app.kit.refusal import N_, Refusal, refusal
from app.kit.words import Words

Asset = Literal["honour", "points", "minutes", "goods"]
ASSETS: tuple[Asset, ...] = ("honour", "points", "minutes")  # what deeds earn; goods are what communities pay for
Outcome = Literal["voided", "expired"]
KEPT = ("household", "resident")  # owners whose accounts keep a balance

MOST = 1_000_000  # of one entry: far above anything real, far below what a column holds

# Each quarter starts at 60, so that a quiet household is neither praised nor shamed. Part of the standing, no transfer.
HONOUR_AT_START = 60
STAR_LIGHTS_AT = 12

HEADINGS = {
    "environment": N_("Environment"),
    "service": N_("Service"),
    "safety": N_("Safety"),
    "neighbours": N_("Neighbours"),
    "council": N_("Council"),
    "family": N_("Family"),
    "compact": N_("Compact"),
    "deduction": N_("Deduction"),
    "adjustment": N_("Adjustment"),
    "reward": N_("Rewards"),
    "expiry": N_("Expiry"),
}
# A star lights at 12 of honour in its headings within a quarter.
STARS = {
    "home": (N_("Clean home"), ("environment",)),
    "service": (N_("Service and safety"), ("service", "safety")),
    "neighbours": (N_("Good neighbour"), ("neighbours",)),
    "council": (N_("Taking part"), ("council",)),
    "family": (N_("Family spirit"), ("family", "compact")),
}


class Owner(NamedTuple):
    """Whose account: of a household, resident, merchant or community; `purpose` as in `models.Account`."""

    kind: str
    id: int
    purpose: str = "own"


def is_kept(owner_kind: str) -> bool:
    return owner_kind in KEPT


def is_bounded(asset: str, owner_kind: str) -> bool:
    """Whether an account of this kind may never fall below zero; see `models.Account` for honour."""
    return owner_kind in KEPT and asset != "honour"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One transfer to be posted: `amount` of `asset` from `debit` to `credit`."""

    asset: Asset
    amount: int
    debit: Owner
    credit: Owner
    code: str
    heading: str
    because: str
    community_id: int
    household_id: int | None
    resident_id: int | None
    by_id: int | None
    effective_at: datetime
    posted_at: datetime
    line_id: int | None = None
    reverses_id: int | None = None
    hold_id: int | None = None
    what: Words | None = None
    why: Words | None = None
    cut_by: str | None = None
    request_id: str = ""  # that of the form that is carried out, when it is not given

    def __post_init__(self) -> None:
        if type(self.amount) is not int or not 1 <= self.amount <= MOST:
            raise ValueError(f"an entry moves a whole amount from 1 to {MOST}, not {self.amount!r}")
        if self.debit == self.credit:
            raise ValueError("an entry needs two accounts")
        if is_kept(self.debit.kind) and is_kept(self.credit.kind):
            raise ValueError("between households and residents everything goes through their community")

    @property
    def kept(self) -> Owner | None:
        """Whose account keeps a balance, of the two: that of a household or resident."""
        return next((owner for owner in (self.debit, self.credit) if is_kept(owner.kind)), None)

    @property
    def change(self) -> int:
        """The amount as the household or resident sees it: what leaves their account is negative."""
        return -self.amount if is_kept(self.debit.kind) else self.amount


def quarter_bounds(instant: datetime) -> tuple[datetime, datetime]:
    """First instant of the village's quarter in which that moment lies, and of the next one."""
    day = clock.local(instant).date()
    first = date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
    return clock.at_local(first), clock.at_local(next_month(first, 3))


def next_month(first: date, months: int = 1) -> date:
    """The first day of the month that many months later (or, negative, earlier)."""
    number = first.year * 12 + first.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def short_refusal(*, amount: int, available: int) -> Refusal | None:
    """Why so many points cannot be held; words.md sentence 4, without the stock, which the ledger does not know."""
    if amount <= available:
        return None
    return refusal(
        N_(
            "Points missing: %(missing)s. Nothing has been taken. Come back when more have been posted; "
            "the committee's office can explain each entry of your statement."
        ),
        missing=amount - available,
    )


_ENDED = {
    "posted": N_(
        "This order was already collected, so its points are no longer held. Your statement shows the entry; "
        "ask the pick-up point if that was not you."
    ),
    "voided": N_(
        "This order was cancelled and its points were released. Reserve again if you still want it, "
        "or ask the pick-up point."
    ),
    "expired": N_(
        "This order was not collected in time, so its points were released. Reserve again if you still want it, "
        "or ask the pick-up point."
    ),
}


def ended_refusal(outcome: str | None, *, expires_at: datetime, at: datetime) -> Refusal | None:
    """Why a hold can no longer be posted or voided; None while it lives: up to, not including, `expires_at`."""
    if outcome is None and at >= expires_at:
        outcome = "expired"
    return refusal(_ENDED[outcome]) if outcome else None


def early_refusal(*, expires_at: datetime, at: datetime) -> Refusal | None:
    """Why a hold cannot be called expired yet."""
    if at >= expires_at:
        return None
    return refusal(
        N_(
            "These points are held until %(until)s. Cancel the order if they should be released earlier, "
            "or ask the pick-up point."
        ),
        until=expires_at,
    )


def reverse_refusal(*, reverses_id: int | None, reversed_already: bool) -> Refusal | None:
    """Why an entry cannot be reversed: a reversal is put right by a new correction, an entry is reversed once (I24)."""
    if reverses_id is not None:
        return refusal(
            N_("This entry is itself a reversal. Post a new correction instead; the committee's office can help.")
        )
    if reversed_already:
        return refusal(
            N_(
                "This entry was reversed before, and that happens only once. The statement shows the reversal; "
                "ask the committee's office about it."
            )
        )
    return None


def switch_refusal(*, is_on: bool, wanted: bool) -> Refusal | None:
    """Why expiry cannot be switched on, or off: it is so already."""
    if is_on != wanted:
        return None
    if is_on:
        return refusal(
            N_("Points already expire here. Switch it off first if the days should change; the street office can help.")
        )
    return refusal(N_("Points do not expire here already, so there is nothing to switch off."))
