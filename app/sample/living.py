"""Two months of everyday deeds beside the activities: look-rounds, spot checks, flower boxes, help among neighbours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from app.kit import clock
from app.sample.deeds import Deed, Deeds
from app.sample.homes import Home, Someone
from app.sample.street_people import Street

TARIFF_DAYS = 60  # how long ago the sample tariff came into force
NOTICE_DAYS = 8  # five working days of public notice, with a weekend: what is younger is not posted yet
CLAIMS_A_MONTH = 26  # of 1,000 households (people.yaml, demo_behaviour)
_CLAIMED = ("N01", "N02", "N03", "E07", "S01", "F05", "N04")
_CLAIM_WEIGHTS = (8, 5, 4, 4, 3, 1, 1)

# Shares of households that a look-round finds a model or tidy, that a spot check meets, that keep a flower box or read.
_MODEL, _TIDY, _CHECKED, _KEEPS_GREEN, _READS = 0.03, 0.06, 0.06, 0.03, 0.02


def live(street: Street, deeds: Deeds) -> None:
    """Two calendar months, for every household; those of the voters and of `resident` are among the busy ones."""
    names = [name for name in street.village.accounts if name.startswith("voter") or name.endswith("resident")]
    busy = {street.village.home_of[street.account(name)] for name in names}
    for days in _months(street.at):
        for home in street.village.homes:
            for deed in _busy_month(street, home, days) if home in busy else _month(street, home, days):
                deeds.add(deed)
    for deed in _served_a_quarter(street):
        deeds.add(deed)


def _months(at: datetime) -> list[list[date]]:
    """The days of the two fullest months within reach: after the tariff began, and early enough to be posted."""
    today = clock.local(at).date()
    months: defaultdict[tuple[int, int], list[date]] = defaultdict(list)
    for ago in range(TARIFF_DAYS - 1, NOTICE_DAYS, -1):
        day = today - timedelta(days=ago)
        months[day.year, day.month].append(day)
    return sorted(sorted(months.values(), key=len)[-2:])


def _month(street: Street, home: Home, days: list[date]) -> Iterator[Deed]:
    rng, who = street.rng, home.adults[0]
    drawn = rng.random()
    if drawn < _MODEL + _TIDY:
        yield _deed(street, home, who, "E03" if drawn < _MODEL else "E02", days)
    if rng.random() < _CHECKED:
        yield from _spot_checks(street, home, days, rng.choice((1, 1, 2, 3)))
    if rng.random() < _KEEPS_GREEN:
        yield _deed(street, home, who, "E05", days)
    if rng.random() < _READS:
        yield _deed(street, home, who, "F06", days)
    if rng.random() < CLAIMS_A_MONTH / 1000:
        yield _deed(street, home, rng.choice(home.adults), rng.choices(_CLAIMED, _CLAIM_WEIGHTS)[0], days)


def _busy_month(street: Street, home: Home, days: list[date]) -> Iterator[Deed]:
    """Enough points for something on the shelf, most of them without honour: no list is full of ties."""
    rng, who = street.rng, home.adults[0]
    yield _deed(street, home, who, rng.choice(("E02", "E03")), days)
    yield from _spot_checks(street, home, days, rng.randint(1, 3))
    for code, times in (("E06", 3), ("N06", 5), ("F06", rng.randint(1, 3)), ("E05", 1)):
        for number in range(times):
            yield _deed(street, home, who, code, days, number=number)


def _spot_checks(street: Street, home: Home, days: list[date], count: int) -> Iterator[Deed]:
    """Once a week at most."""
    for number, week in enumerate(range(0, len(days), 7)[:count]):
        yield _deed(street, home, home.adults[0], "E01", days[week : week + 1], number=number)


def _deed(street: Street, home: Home, who: Someone, code: str, days: list[date], *, number: int = 0) -> Deed:
    """One deed on one of these days, posted after its notice, confirmed by the grid, never by the own household."""
    day = street.rng.choice(days)
    at = clock.at_local(day, time(street.rng.randrange(8, 19), street.rng.randrange(60)))
    because = f"sample:{code}:{days[0]:%Y-%m}:{home.id}:{number}"
    return Deed(code, who, because, at, at + timedelta(days=NOTICE_DAYS), _confirmer(street, home))


def _confirmer(street: Street, home: Home) -> int | None:
    holders = street.village.holders("grid", home.grid)
    return next((one.id for one in holders if street.village.home_of[one] is not home), None)


def _served_a_quarter(street: Street) -> Iterator[Deed]:
    """Leaders and reviewers who served the last full quarter (D05), where the tariff was in force on its last day."""
    today = clock.local(street.at).date()
    first = today.replace(month=3 * ((today.month - 1) // 3) + 1, day=1)
    at = clock.at_local(first) + timedelta(hours=9)
    if at > street.at or at < street.at - timedelta(days=TARIFF_DAYS - 1):
        return
    for who, role, _place in street.village.roles:
        if role in ("leader", "reviewer"):
            home = street.village.home_of[who]
            staff = street.account("staff" if home.community == "a" else "b-staff")
            if street.village.home_of[staff] is not home:
                yield Deed("D05", who, f"sample:served:{first}:{role}:{who.id}", at, at, staff.id)
