"""What people are told about points that expire, and committees about their goods funds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.kit import clock
from app.kit.periods import Period, period_of
from app.kit.refusal import N_
from app.messages import operations as messages
from app.messages.rules import describe, describe_group
from app.people.models import Role
from app.places import queries as places
from app.places.models import Place
from app.points import budget, expiring, fund_queries, lots, sweeping
from app.points.events import ExpirySwitchedOff
from app.telling.whom import adults_of

MOST_DAYS_MISSED = 31

describe_group("points", N_("Points"))
describe(
    "points.expiring",
    name=N_("Points of my household are about to expire"),
    subject=N_("Some of your household's points expire %(day)s"),
    text=N_("%(points)s of your household's points expire %(day)s. Spend them on a reward before that day is over."),
)
describe(
    "points.fund_near",
    name=N_("Most of the goods fund of a quarter is used"),
    subject=N_("Goods fund of %(place)s: most of it is used or promised"),
    text=N_("%(quarter)s: of ¥%(fund)s, ¥%(left)s are neither handed out nor promised. The page says what would help."),
    duty=True,
)
describe(
    "points.fund_short",
    name=N_("The goods fund will not last the quarter"),
    subject=N_("Goods fund of %(place)s: it will not last the quarter"),
    text=N_(
        "%(quarter)s: at the pace of late ¥%(forecast)s will be needed, and the fund is ¥%(fund)s. "
        "Add to it, or set lower limits in time; orders are not refused."
    ),
    duty=True,
)


# Points that expire -----------------------------------------------------------------------------------------------


def remind_of_expiry(at: datetime) -> int:
    """For `flask tick`: 30 and 7 days ahead, the adults of a portion of households; how many households it looked at.

    Late or often gives the same; a reminder that comes so late that the next one is due is not made.
    """
    for days in lots.AHEAD:
        portion = sweeping.households_to_remind(at, days)
        if portion is not None:
            place_id, moment, households = portion
            for household_id in households:
                _remind(household_id, place_id, moment, days, at)
            return len(households)
    return 0


def _remind(household_id: int, place_id: int, moment: datetime, days: int, at: datetime) -> None:
    points = dict(expiring.outlook(household_id, at=at)).get(moment, 0)
    if not points:
        return
    later = max((one for one in lots.AHEAD if one < days), default=0)
    messages.tell_all(
        adults_of(household_id, at), "points.expiring",
        values={"points": points, "day": clock.last_day(moment)}, href="/points",
        because=_expiring(place_id, moment, days), at=moment - timedelta(days=days),
        holds_until=moment - timedelta(days=later),
    )  # fmt: skip


def expiry_switched_off(event: ExpirySwitchedOff) -> None:
    """What was told of days to come is not true any more."""
    messages.take_back(*(_expiring(event.place_id, one, days) for one in event.moments for days in lots.AHEAD))


def _expiring(place_id: int, moment: datetime, days: int) -> str:
    return f"points-expiring:{place_id}:{moment:%Y%m%d%H%M}:{days}"


# Goods funds ------------------------------------------------------------------------------------------------------


def warn_of_budgets(at: datetime) -> int:
    """For `flask tick`: the staff of communities whose fund runs low, each warning once a quarter; how many messages.

    Looked at once for each day, as things stood when it began, also for days without a tick (a month of them at most),
    so that it does not matter how often and when.
    """
    communities = places.communities()
    return sum(_look_at_budgets(communities, day) for day in _days_to_look_at(communities, clock.local(at).date()))


def _days_to_look_at(communities: Sequence[Any], today: date) -> Sequence[date]:
    """The days after the one that was looked at last, up to today; today alone where nobody looked yet."""
    looked = sweeping.latest_looks("fund")
    since = [clock.local(looked[one.id]).date() for one in communities if one.id in looked]
    most = min((today - min(since, default=today)).days, MOST_DAYS_MISSED)
    return [today - timedelta(days=number) for number in range(most, -1, -1)]


def _look_at_budgets(communities: Sequence[Any], day: date) -> int:
    midnight, quarter = clock.day_bounds(day)[0], period_of(day, "quarter")
    waiting = [one for one in communities if sweeping.is_first_look(one.id, "fund", midnight)]
    if not waiting:
        return 0
    budgets = fund_queries.budgets(quarter, [one.id for one in waiting], at=midnight)
    return sum(_warn(one, quarter, budgets[one.id], midnight) for one in waiting)


def _warn(place: Any, quarter: Period, now: budget.Budget, at: datetime) -> int:
    staff = (
        select(Role.resident_id)
        .join(Place, Place.id == Role.place_id)
        .where(Role.role == "staff", Role.ended_at.is_(None), Place.id == place.id)
    )
    values = {
        "place": place.name, "quarter": quarter.words, "fund": now.fund, "left": now.left, "forecast": now.forecast,
    }  # fmt: skip
    return sum(
        messages.tell_all(
            staff, f"points.fund_{kind}", values=values, href=f"/points/budget?place={place.code}",
            because=f"fund:{place.id}:{quarter.key}:{kind}", at=at,
        )
        for kind in budget.warnings(now)
    )  # fmt: skip
