"""What a standing is made of, and who may be shown on a public list."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from app.kit import clock
from app.kit.periods import Kind, Period
from app.kit.refusal import N_, Refusal, refusal
from app.people.rules import Anyone, Person
from app.points.rules import HONOUR_AT_START, STAR_LIGHTS_AT, STARS

# Each quarter starts at 60, so that a household that did nothing yet is neither praised nor shamed (points.md). The 60
# is part of the standing, never a transfer; months and years show what was earned and nothing else.
# These are the kinds of periods that have standings.
CONSTANT: dict[Kind, int] = {"quarter": HONOUR_AT_START, "month": 0, "year": 0}

# A standing may still move for ten days after its period: claims on notice settle until then (domain.md 6).
SETTLING_DAYS = 10

# Kinds of places with a field of their own, and the column of a household that says where it belongs.
FIELDS = {
    "group": "group_id",
    "grid": "grid_id",
    "community": "community_id",
    "village": "community_id",
    "street": "street_id",
}

# "Show the top 10 by consent, never more than a third, never the bottom" (points.md, household honour).
MOST_LISTED = 10
LEAST_FIELD = 5  # a smaller field tells too much about each household (security P10)

ShownAs = Literal["masked", "nickname"]


@dataclass(frozen=True)
class Standing:
    """A household's place in one field at one period. `honour` holds the quarter's constant."""

    household_id: int
    place: int
    shared: int  # households at this place, this one among them
    honour: int
    field: int
    next_place: int | None = None  # the place above, and the honour that stands there
    next_honour: int | None = None

    @property
    def missing(self) -> int | None:
        """How much more honour would share the place above; None at the top."""
        return None if self.next_honour is None else self.next_honour - self.honour

    def is_blank(self, constant: int) -> bool:
        """Whether nobody of the field earned anything: then all share the first place, which says nothing."""
        return self.honour == constant and self.shared == self.field


@dataclass(frozen=True)
class Star:
    """One of the five: how much honour its headings earned in a quarter. `name` is an `N_` word.

    It stays dark while a case of these headings is open (`waits`), however much was earned.
    """

    name: str
    honour: int
    lights_at: int = STAR_LIGHTS_AT
    waits: bool = False

    @property
    def is_lit(self) -> bool:
        return self.honour >= STAR_LIGHTS_AT and not self.waits

    @property
    def missing(self) -> int:
        return max(0, STAR_LIGHTS_AT - self.honour)

    @property
    def fraction(self) -> float:
        """How full it is drawn, 0 to 1."""
        return min(1.0, self.honour / STAR_LIGHTS_AT)


def stars(by_heading: Mapping[str, int], open_in: Collection[str] = ()) -> list[Star]:
    """The five stars of a quarter, from the honour that each heading earned in it, and the headings with open cases."""
    return [
        Star(
            name, max(0, sum(by_heading.get(heading, 0) for heading in headings)),
            waits=any(heading in open_in for heading in headings),
        )
        for name, headings in STARS.values()
    ]  # fmt: skip


def nearest_star(all_five: Sequence[Star]) -> Star | None:
    """The star that lights next; None when all five are lit. One that waits for something else comes last."""
    dark = (star for star in all_five if not star.is_lit)
    return min(dark, key=lambda star: (star.waits, star.missing), default=None)


def most_listed(field: int) -> int:
    """How many households a public list of this field may show at most; 0 when it is too small for one."""
    return min(MOST_LISTED, field // 3) if field >= LEAST_FIELD else 0


def may_be_listed(standing: Standing, *, constant: int) -> bool:
    """Whether all who share this place fit on the public list, and the place was earned at all.

    A place is shown whole or not at all, so that ties never push the list beyond its third.
    """
    last = standing.place + standing.shared - 1
    return standing.honour > constant and last <= most_listed(standing.field)


def rise(now: int, before: int | None) -> int | None:
    """How many places a household rose (above 0) or fell (below 0); None when it had no place before."""
    return None if before is None else before - now


def settles_on(period: Period) -> date:
    """The day from which the standings of a period no longer move by themselves."""
    return period.next.first_day + timedelta(days=SETTLING_DAYS - 1)


def state(period: Period, at: datetime) -> str:
    """`running`, or `provisional` until its standings are frozen (domain.md 6)."""
    return "running" if period.is_running(at) else "provisional"


def consent_refusal(person: Anyone, *, at: datetime) -> Refusal | None:
    """Why this person may not decide how the household is shown; None for its verified adults."""
    if not isinstance(person, Person) or not person.is_verified:
        return refusal(
            N_(
                "Only verified residents decide how their household is shown. Enter your household's invitation code "
                "first, or ask your grid member to confirm your address."
            ),
            status=403,
        )
    if not person.is_of_age(clock.local(at).date()):
        return refusal(
            N_(
                "The adults of a household decide whether it is shown. Please talk with yours; "
                "your grid member answers questions."
            ),
            status=403,
        )
    return None
