"""The goods fund of a quarter: how far it reaches, when to warn, which limits would keep to it. Knows no database.

The fund is in whole yuan. One point stands for one yuan of goods, for reckoning only: points are never paid out. A fund
that is short refuses nobody anything, for points are a promise; it is told in time, so that the committee can act.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from math import ceil, floor

from app.kit import clock
from app.kit.periods import Period, period_of
from app.kit.refusal import N_, Refusal, refusal

NEAR = Fraction(8, 10)  # of the fund handed out or promised: the first warning
LATELY = 90  # days that the forecast looks back
AHEAD = 4  # quarters for which a fund can be set beforehand
MOST_FUND = 1_000_000  # yuan, as one entry of the ledger
MONTH = 30  # days, for limits "a month"

STATES = {
    "none": (N_("No fund is set"), "waiting", "circle-minus"),
    "over": (N_("Used up"), "alert", "circle-minus"),
    "short": (N_("Will not last the quarter"), "alert", "circle-minus"),
    "near": (N_("Most of it is used or promised"), "waiting", "clock"),
    "fine": (N_("Lasts"), "done", "circle-check"),
    "past": (N_("Over"), "", "clock"),
}


@dataclass(frozen=True)
class Budget:
    """What the ledger says of one community and quarter. `fund`, `spent`: yuan; the rest: points.

    `held` waits in orders; `unredeemed` is all that households have, what is held included. `spent_lately`,
    `earned_lately` and `earners` (households) are of the last `lately` days.
    """

    quarter: Period
    at: datetime
    fund: int = 0
    spent: int = 0
    held: int = 0
    unredeemed: int = 0
    spent_lately: int = 0
    earned_lately: int = 0
    earners: int = 0
    lately: int = LATELY

    @property
    def left(self) -> int:
        """What is neither handed out nor promised; negative when more is promised than there is."""
        return self.fund - self.spent - (self.held if self.is_running else 0)

    @property
    def is_running(self) -> bool:
        return self.quarter.is_running(self.at)

    @property
    def is_past(self) -> bool:
        return self.at >= self.quarter.ends

    @property
    def days_left(self) -> int:
        """Days of the quarter that are still to come, today among them."""
        first = max(clock.local(self.at).date(), self.quarter.first_day)
        return max(0, (self.quarter.last_day - first).days + 1)

    @property
    def forecast(self) -> int:
        """What will have been handed out by the end of the quarter, if it goes on as in the last days."""
        return self.spent + ceil(Fraction(self.spent_lately * self.days_left, self.lately))

    @property
    def uncovered(self) -> int:
        """How much is missing if every household redeemed all its points at once."""
        return max(0, self.unredeemed - (self.fund - self.spent))

    @property
    def runs_out_on(self) -> date | None:
        """The local day on which the fund is used up at that pace; None when it lasts the quarter."""
        if self.is_past or not self.fund or self.forecast <= self.fund:
            return None
        first = max(clock.local(self.at).date(), self.quarter.first_day)
        rest = max(0, self.fund - self.spent)
        return first + timedelta(days=floor(Fraction(rest * self.lately, self.spent_lately))) if rest else first

    @property
    def state(self) -> str:
        """One of `STATES`."""
        if self.is_past:
            return "over" if self.fund and self.spent > self.fund else "past"
        if not self.fund:
            return "none"
        if self.spent >= self.fund:
            return "over"
        if self.left < 0 or self.forecast > self.fund:
            return "short"
        return "near" if self.is_near else "fine"

    @property
    def is_near(self) -> bool:
        return bool(self.fund) and self.left <= self.fund * (1 - NEAR)

    @property
    def redeemed_share(self) -> Fraction | None:
        """Of the points that came in lately, the part that went out again; None while nothing came in."""
        return min(Fraction(1), Fraction(self.spent_lately, self.earned_lately)) if self.earned_lately else None

    @property
    def monthly_now(self) -> int:
        """Points that a household which earns at all gets a month, lately."""
        return ceil(Fraction(self.earned_lately * MONTH, self.lately * self.earners)) if self.earners else 0

    @property
    def most_points(self) -> int | None:
        """How many points all together may still be earned in the quarter, if the fund is to last; None: no telling."""
        share = self.redeemed_share
        if not self.fund or not share or not self.days_left:
            return None
        return max(0, floor(self.left / share))

    @property
    def monthly_cap(self) -> int | None:
        """The limit for one household a month at which `most_points` is kept to; None when there is no telling."""
        if self.most_points is None or not self.earners:
            return None
        return floor(Fraction(self.most_points * MONTH, self.days_left * self.earners))


def warnings(budget: Budget) -> list[str]:
    """What the committee is to be told of: "near", and "short" before it runs over. Nothing without a fund."""
    if not budget.fund or not budget.is_running:
        return []
    short = budget.state in ("short", "over")
    return [kind for kind, holds in (("near", budget.is_near), ("short", short)) if holds]


def quarters_to_set(at: datetime) -> list[Period]:
    """The running quarter and those after it whose fund can be set now."""
    running = period_of(clock.local(at).date(), "quarter")
    return [running.moved(number) for number in range(AHEAD + 1)]


def fund_refusal(*, amount: int, fund: int, spent: int, quarter: Period, at: datetime) -> Refusal | None:
    """Why the fund of a quarter cannot be set to that."""
    if quarter not in quarters_to_set(at):
        return refusal(
            N_(
                "A fund can be set for the running quarter and the four that follow. "
                "Choose one of them; what is over stays as it was."
            )
        )
    if amount == fund:
        return refusal(N_("The fund of this quarter is ¥%(amount)s already. Nothing was changed."), amount=amount)
    if amount < spent:
        return refusal(
            N_(
                "Goods for ¥%(spent)s were already handed over in this quarter, so the fund cannot be less. "
                "Set it to that or more; the street office can help."
            ),
            spent=spent,
        )
    return None
