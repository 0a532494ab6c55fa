"""A year of everyday deeds beside the activities: look-rounds, spot checks, flower boxes, help among neighbours."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from app.kit import clock
from app.points.rules import next_month
from app.sample.deeds import Deed, Deeds
from app.sample.homes import Home, Someone
from app.sample.street_people import Street

SEED = 365
LATELY = 60  # days: the time in which those who try things out were busy
NOTICE_DAYS = 8  # five working days of public notice, with a weekend: what is younger is not posted yet
CLAIMS_A_MONTH = 26  # of 1,000 households (people.yaml, demo_behaviour)
_CLAIMED = ("N01", "N02", "N03", "E07", "S01", "F05", "N04")
_CLAIM_WEIGHTS = (8, 5, 4, 4, 3, 1, 1)

# Shares of households that a look-round finds a model or tidy, that a spot check meets, that keep a flower box or read.
_MODEL, _TIDY, _CHECKED, _KEEPS_GREEN, _READS = 0.03, 0.06, 0.06, 0.03, 0.02
# How flower boxes and reading go through the year, by month: little grows in January, families read in the holidays.
_GREEN = (0.2, 0.4, 1.2, 1.6, 1.6, 1.3, 0.9, 0.8, 1.1, 1, 1, 0.4)
_READING = (1.6, 2, 1, 1, 1, 1, 2.2, 2.2, 1, 1, 1, 1)
_CHARGES_IN_THE_SHED = 0.11  # of the households, at the spot check of a quarter
_COMMENDED = {"a": 5, "b": 3}  # households a quarter (F01)


def live(street: Street, deeds: Deeds) -> None:
    """All calendar months; lately the homes of the voters and of `resident` have been among the busy ones."""
    names = [name for name in street.village.accounts if name.startswith("voter") or name.endswith("resident")]
    busy = {street.village.home_of[street.account(name)] for name in names}
    lately = _lately(street.at)
    for days in lately:
        for home in street.village.homes:
            for deed in _busy_month(street, home, days) if home in busy else _month(street, home, days, street.rng):
                deeds.add(deed)
    for deed in (*_before(street, lately[0][0]), *_quarters(street)):
        deeds.add(deed)


def _lately(at: datetime) -> list[list[date]]:
    """The days of the two fullest months of the last sixty days, early enough to be posted."""
    today = clock.local(at).date()
    months = _months(today - timedelta(days=LATELY - 1), today - timedelta(days=NOTICE_DAYS))
    return sorted(sorted(months, key=len)[-2:])


def _months(first: date, end: date) -> list[list[date]]:
    """The days from the first one up to the end, which is not among them, by calendar month."""
    months: defaultdict[tuple[int, int], list[date]] = defaultdict(list)
    for number in range((end - first).days):
        day = first + timedelta(days=number)
        months[day.year, day.month].append(day)
    return list(months.values())


def _before(street: Street, end: date) -> Iterator[Deed]:
    """The months before those, drawn apart."""
    if street.days <= LATELY:
        return
    rng = random.Random(SEED + street.number)  # noqa: S311 - the same on every load
    for days in _months(street.today - timedelta(days=street.days - 1), end):
        for home in street.village.homes:
            yield from _month(street, home, days, rng)


def _month(street: Street, home: Home, days: list[date], rng: random.Random) -> Iterator[Deed]:
    who, month = home.adults[0], days[0].month - 1
    drawn = rng.random()
    if drawn < _MODEL + _TIDY:
        yield _deed(street, home, who, "E03" if drawn < _MODEL else "E02", days, rng)
    if rng.random() < _CHECKED:
        yield from _spot_checks(street, home, days, rng.choice((1, 1, 2, 3)), rng)
    if rng.random() < _KEEPS_GREEN * _GREEN[month]:
        yield _deed(street, home, who, "E05", days, rng)
    if rng.random() < _READS * _READING[month]:
        yield _deed(street, home, who, "F06", days, rng)
    if rng.random() < CLAIMS_A_MONTH / 1000:
        yield _deed(street, home, rng.choice(home.adults), rng.choices(_CLAIMED, _CLAIM_WEIGHTS)[0], days, rng)


def _busy_month(street: Street, home: Home, days: list[date]) -> Iterator[Deed]:
    """Enough points for something on the shelf, most of them without honour: no list is full of ties."""
    rng, who = street.rng, home.adults[0]
    yield _deed(street, home, who, rng.choice(("E02", "E03")), days, rng)
    yield from _spot_checks(street, home, days, rng.randint(1, 3), rng)
    for code, times in (("E06", 3), ("N06", 5), ("F06", rng.randint(1, 3)), ("E05", 1)):
        for number in range(times):
            yield _deed(street, home, who, code, days, rng, number=number)


def _spot_checks(street: Street, home: Home, days: list[date], count: int, rng: random.Random) -> Iterator[Deed]:
    """Once a week at most."""
    for number, week in enumerate(range(0, len(days), 7)[:count]):
        yield _deed(street, home, home.adults[0], "E01", days[week : week + 1], rng, number=number)


def _deed(
    street: Street, home: Home, who: Someone, code: str, days: list[date], rng: random.Random, *, number: int = 0
) -> Deed:
    """One deed on one of these days, posted after its notice, confirmed by the grid, never by the own household."""
    at = clock.at_local(rng.choice(days)) + timedelta(hours=rng.randrange(8, 19), minutes=rng.randrange(60))
    because = f"sample:{code}:{days[0]:%Y-%m}:{home.id}:{number}"
    helped = _next_door(street, home) if code == "N01" else None
    return Deed(
        code, who, because, at, at + timedelta(days=NOTICE_DAYS), _confirmer(street, home), other_household_id=helped
    )


def _next_door(street: Street, home: Home) -> int:
    """Another household of the same group, which confirmed that it was helped."""
    return next(one.id for one in street.village.homes if one.group == home.group and one is not home)


def _confirmer(street: Street, home: Home) -> int | None:
    holders = street.village.holders("grid", home.grid)
    return next((one.id for one in holders if street.village.home_of[one] is not home), None)


def _quarters(street: Street) -> Iterator[Deed]:
    """What each full quarter brings, where the tariff was in force on its last day."""
    first = street.today.replace(month=3 * ((street.today.month - 1) // 3) + 1, day=1)
    while clock.at_local(first) >= street.at - timedelta(days=street.days - 2):
        at = clock.at_local(first) + timedelta(hours=9)
        if at <= street.at:
            yield from _served(street, first, at)
            yield from _looked_back(street, first, at)
        first = next_month(first, -3)


def _served(street: Street, first: date, at: datetime) -> Iterator[Deed]:
    """Leaders and reviewers who served the quarter that ended before this day (D05)."""
    for who, role, _place in street.village.roles:
        if role in ("leader", "reviewer"):
            home = street.village.home_of[who]
            staff = _staff(street, home)
            if street.village.home_of[staff] is not home:
                yield Deed("D05", who, f"sample:served:{first}:{role}:{who.id}", at, at, staff.id)


def _looked_back(street: Street, first: date, at: datetime) -> Iterator[Deed]:
    """Who charges in the shed (S02), and the households that the community commends (F01), a week after its end."""
    done, told = at - timedelta(days=10), at + timedelta(days=7)
    if street.days <= LATELY or told > street.at:
        return
    rng = random.Random(f"{first}{street.number}")  # noqa: S311 - the same on every load
    for home in street.village.homes:
        if rng.random() < _CHARGES_IN_THE_SHED:
            yield Deed(
                "S02", home.people[0], f"sample:S02:{first}:{home.id}", done, done + timedelta(days=NOTICE_DAYS),
                _confirmer(street, home),
            )  # fmt: skip
    for community, number in _COMMENDED.items():
        here = [home for home in street.village.homes if home.community == community and home.people[0].account is None]
        for home in rng.sample(here, number):
            staff = _staff(street, home)
            yield Deed("F01", home.people[0], f"sample:F01:{first}:{home.id}", done, told, staff.id)


def _staff(street: Street, home: Home) -> Someone:
    return street.account("staff" if home.community == "a" else "b-staff")
