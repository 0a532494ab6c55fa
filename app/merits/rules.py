"""How much a deed earns under a line of the tariff, and what its caps leave of it (points.md, I10 and I11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Any

from app.kit import clock
from app.kit.refusal import N_, Refusal, refusal
from app.kit.words import Words
from app.points.rules import ASSETS, next_month

WINDOWS = ("day", "week", "month", "quarter", "year", "event", "award", "ever", "balance")
MEASURES = ("amount", "count", "minutes", "factor")
SUBJECTS = ("household", "resident", "household_pair")
OCCASIONS = ("event", "award")  # windows that hold what bears the same name, whenever it was
ENDLESS = ("ever", "balance")
# What no document writes as a cap: of lines that are bound together the highest wins; only the first of all counts.
HIGHEST, ANYONE = "highest", "anyone"
WAYS = ("automatic", "claim", "deduction", "correction")
EARNING = ("automatic", "claim")
MOST = 10_000  # of one award; a line above it is a slip of the pen

# Which mark of the deed calls for a factor: the evidence that its line asks for.
IN_CHARGE, MARKED = "assign", "mark"
# Evidence that checking in to an activity gives; all other lines have a way of their own to be confirmed.
ATTENDED = frozenset({"inout", "signin", "train", "duty"})
DELIVERED = "receipt"  # of a wish that an activity fulfils: whoever was there brought it


@dataclass(frozen=True)
class Office:
    """Who enters the deeds of a line for the households: the role that it takes, and what it is called."""

    role: str
    name: Words


RESIDENT = "resident"  # claims for themselves, where a line names no office
OFFICES = {
    "grid": Office("grid", Words(zh="网格员", en="the grid member")),
    "panel": Office("reviewer", Words(zh="积分评议小组", en="the points review group")),
    "leader": Office("leader", Words(zh="楼组长或村民小组长", en="the building or group leader")),
}


@dataclass(frozen=True)
class Cap:
    """At most `limit` of amount, count, minutes or factor, within a window, for a household or a resident.

    A cap of the whole tariff (`spans`) counts all lines but those `outside`, and only its `asset`. One of `HIGHEST`
    counts the lines bound `together`, whose limit is the amount of whichever is the highest.
    """

    limit: int
    of: str
    window: str
    per: str
    spans: bool = False
    asset: str | None = None
    outside: tuple[str, ...] = ()
    together: tuple[str, ...] = ()

    @property
    def assets(self) -> tuple[str, ...]:
        return (self.asset,) if self.asset else ("honour", "points")


@dataclass(frozen=True)
class Line:
    """A line of the tariff as awards take it; see `models.TariffLine`."""

    id: int
    code: str
    heading: str
    behaviour: Words
    unit: Words
    assets: Mapping[str, Any]
    caps: tuple[Cap, ...]
    per: str
    earn: str
    per_minutes: int | None = None
    also_minutes: bool = False
    factor: Fraction | None = None
    applies_to: tuple[str, ...] = ()
    evidence_kind: str = ""
    entered_by: str | None = None
    exclusive_with: tuple[str, ...] = ()
    group: str | None = None

    @property
    def of_an_occasion(self) -> bool:
        """Whether it matters which certificate or which event it was."""
        return any(cap.window in OCCASIONS for cap in self.caps)

    @property
    def of_a_pair(self) -> bool:
        """Whether it matters for which other household it was done."""
        return any(cap.per == "household_pair" for cap in self.caps)


@dataclass(frozen=True, kw_only=True)
class Done:
    """What somebody did, as a room announces it. `effective_at` is when, `announced_at` when it was known for sure.

    `minutes` is how long it took, `marks` what made it hard, `amount` what reviewers chose where a line leaves a
    choice. `event` names an occasion that several causes share.
    """

    code: str | None
    resident_id: int
    because: str
    effective_at: datetime
    announced_at: datetime
    minutes: int | None = None
    marks: Sequence[str] = ()
    in_charge: bool = False
    event: str | None = None
    amount: int | None = None
    other_household_id: int | None = None

    @property
    def occasion(self) -> str:
        """For caps "per event"; a cause without an occasion stands for itself."""
        return self.event or self.because


@dataclass(frozen=True)
class Used:
    """What a cap's window already holds."""

    honour: int = 0
    points: int = 0
    served: int = 0
    count: int = 0


@dataclass(frozen=True)
class Earned:
    """What is granted; `cut` names, for an asset that a cap made smaller, the window of that cap."""

    honour: int = 0
    points: int = 0
    minutes: int = 0
    served: int = 0
    cut: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_nothing(self) -> bool:
        return not (self.honour or self.points or self.minutes)


def window_bounds(window: str, at: datetime) -> tuple[datetime, datetime] | None:
    """The half-open span of instants around `at`, on the village's calendar; weeks begin on Monday. None: no bounds."""
    return _bounds(window, clock.local(at).date())


@lru_cache(maxsize=512)
def _bounds(window: str, day: date) -> tuple[datetime, datetime] | None:
    month = day.replace(day=1)
    quarter = date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
    year = date(day.year, 1, 1)
    monday = day - timedelta(days=day.weekday())
    days = {
        "day": (day, day + timedelta(days=1)),
        "week": (monday, monday + timedelta(days=7)),
        "month": (month, next_month(month)),
        "quarter": (quarter, next_month(quarter, 3)),
        "year": (year, next_month(year, 12)),
    }.get(window)
    return (clock.at_local(days[0]), clock.at_local(days[1])) if days else None


def factor_for(line: Line, factors: Sequence[Line], *, in_charge: bool, marks: Sequence[str]) -> Fraction:
    """What the deed is multiplied by: being in charge, and hard hours however many marks say so; capped together."""
    product, ceiling = Fraction(1), None
    called = {IN_CHARGE} if in_charge else set()
    called |= {MARKED} if marks else set()
    for one in factors:
        if one.factor is None or line.code not in one.applies_to or one.evidence_kind not in called:
            continue
        product *= one.factor
        for cap in one.caps:
            if cap.of == "factor":
                ceiling = cap.limit if ceiling is None else min(ceiling, cap.limit)
    return product if ceiling is None else min(product, Fraction(ceiling))


def earned(line: Line, used: Sequence[tuple[Cap, Used]], done: Done, factors: Sequence[Line] = ()) -> Earned:
    """What a deed earns when the windows of the caps already hold `used`: the whole, what remains, or nothing.

    Raises ValueError when something is missing that the line needs: minutes, or the reviewers' amount.
    """
    factor = factor_for(line, factors, in_charge=done.in_charge, marks=done.marks)
    whole = _before_caps(line, done, done.minutes, factor)
    served, counting = whole.served, True
    cut: dict[str, str] = {}
    for cap, so_far in used:
        if cap.of == "minutes" and served > cap.limit - so_far.served:
            served = max(0, cap.limit - so_far.served)
            cut = dict.fromkeys(ASSETS, cap.window)
        if cap.of == "count" and so_far.count >= cap.limit:
            counting = False
            cut = dict.fromkeys(ASSETS, cap.window)
    if not counting:
        return Earned(cut={asset: by for asset, by in cut.items() if getattr(whole, asset)})
    granted = whole if served == whole.served else _before_caps(line, done, served, factor)
    amounts: dict[str, int] = {asset: getattr(granted, asset) for asset in ASSETS}
    for cap, so_far in used:
        for asset in cap.assets if cap.of in ("amount", HIGHEST) else ():
            limit = cap.limit if cap.of == "amount" else getattr(whole, asset)
            left = max(0, limit - getattr(so_far, asset))
            if amounts[asset] > left:
                amounts[asset], cut[asset] = left, cap.window if cap.of == "amount" else HIGHEST
    cut = {asset: by for asset, by in cut.items() if amounts[asset] < getattr(whole, asset)}
    return Earned(**amounts, served=served, cut=cut)


def _before_caps(line: Line, done: Done, minutes: int | None, factor: Fraction) -> Earned:
    times, served = 1, 0
    if line.per_minutes:
        if minutes is None:
            raise ValueError(f"{line.code} counts minutes")
        served, times = minutes, minutes // line.per_minutes
    each = {asset: _each(line, asset, done.amount) for asset in ("honour", "points")}
    recorded = served if line.also_minutes else times * _each(line, "minutes", done.amount)
    return Earned(
        honour=int(each["honour"] * times * factor),  # rounded down
        points=int(each["points"] * times * factor),
        minutes=recorded,
        served=served,
    )


def _each(line: Line, asset: str, amount: int | None) -> int:
    value = line.assets.get(asset, 0)
    if isinstance(value, int):
        return value
    low, high = value
    if amount is None or not low <= amount <= high:
        raise ValueError(f"{line.code} earns between {low} and {high}; somebody has to choose")
    return amount


def turns(line: Line, done: Done, *, household_id: int) -> list[str]:
    """What a deed waits for beside its own household, in the order in which everybody does: windows of several."""
    found = []
    if line.of_a_pair and done.other_household_id is not None:
        one, other = sorted((household_id, done.other_household_id))
        found.append(f"pair:{one}:{other}")
    if any(cap.per == ANYONE for cap in line.caps):
        found.append(f"first:{line.code}:{done.occasion}")
    return found


def activity_refusal(line: Line | None) -> Refusal | None:
    """Why an activity may not earn under this line: coming to it is not what the line asks for. None is no line."""
    if line is None:
        return None
    fixed = line.factor is None and all(isinstance(amount, int) for amount in line.assets.values())
    delivered = line.evidence_kind == DELIVERED and line.earn == "automatic"
    if fixed and (delivered or (line.evidence_kind in ATTENDED and line.earn in EARNING)):
        return None
    return refusal(
        N_(
            "Line %(code)s of the tariff is not earned by coming to an activity. "
            "Choose one that is, such as V01, or leave it empty; the tariff shows what each line asks for."
        ),
        status=422,
        code=line.code,
    )
