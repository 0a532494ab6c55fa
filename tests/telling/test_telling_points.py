"""Who is reminded of points that expire, and who is warned of a goods fund; it does not matter when tick runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import select

from app.kit import clock
from app.kit.db import db
from app.kit.periods import Period
from app.kit.words import Words
from app.messages.models import Message
from app.messages.operations import take_back_what_passed
from app.messages.wording import plainly
from app.people.rules import Person
from app.points import funds, lots, operations, sweeping, switching
from app.rewards import operations as rewards
from app.rewards import vouchers
from app.telling.points import remind_of_expiry, warn_of_budgets
from tests.makers import NOON, Street, a_household, a_resident, a_street, as_person, give
from tests.rewards.shop import KEY, a_family, a_shop, an_item, reserve

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
LAST_YEAR = NOON.replace(year=2025)
STARTS = lots.first_expiry(NOON, lots.LEAST_GRACE)
FIRST, SECOND_TIME = (STARTS - days * DAY for days in lots.AHEAD)


def told(kind: str) -> list[tuple[int, datetime, dict[str, Any]]]:
    rows = select(Message.resident_id, Message.at, Message.values).where(Message.kind == kind)
    return [tuple(row) for row in db.session.execute(rows.order_by(Message.at, Message.resident_id))]


# Points that expire ---------------------------------------------------------------------------------------------


class Family:
    """Two adults and a child, with 50 points of last year and 30 of this one."""

    def __init__(self, street: Street) -> None:
        home = a_household(street.group)
        self.adults = [a_resident(home).id for _ in range(2)]
        a_resident(home, born_on=NOON.date().replace(year=2015))
        a_resident(home, verified=False)
        self.id = home.id
        for amount, at in ((50, LAST_YEAR), (30, NOON)):
            operations.grant(
                "points", amount, household_id=home.id, resident_id=None, code="E04", heading="environment",
                because=f"test:{home.id}:{amount}", effective_at=at, at=at, by_id=None,
            )  # fmt: skip


@pytest.fixture
def street(context: Flask) -> Street:
    return a_street()


@pytest.fixture
def staff(street: Street) -> Person:
    one = a_resident(a_household(street.other_group))
    give("staff", one, street.community)
    switching.switch_on(street.community.id, days=lots.LEAST_GRACE, by=as_person(one), at=NOON)
    return as_person(one)


@pytest.fixture
def family(street: Street, staff: Person) -> Family:
    return Family(street)


def tick(at: datetime) -> None:
    take_back_what_passed(at)
    while remind_of_expiry(at):
        pass


@pytest.mark.parametrize("hours", [[0], [23], [0, 0, 1], range(-30, 100, 6)], ids=["due", "late", "twice", "often"])
def test_the_adults_of_a_household_are_reminded_30_and_7_days_before(family: Family, hours: Sequence[int]) -> None:
    for hour in hours:
        tick(FIRST + hour * timedelta(hours=1))
    day = {"day": clock.last_day(STARTS).isoformat()}
    assert told("points.expiring") == [(one, FIRST, {"points": 50, "day": day}) for one in family.adults]

    for hour in hours:
        tick(SECOND_TIME + hour * timedelta(hours=1))

    assert told("points.expiring") == [(one, SECOND_TIME, {"points": 50, "day": day}) for one in family.adults]


def test_nobody_is_reminded_too_early_or_of_what_is_over(family: Family) -> None:
    tick(FIRST - SECOND)
    assert told("points.expiring") == []
    tick(STARTS)
    assert [at for _, at, _ in told("points.expiring")] == []


def test_only_what_will_expire_is_told_and_nothing_where_nothing_will(street: Street, family: Family) -> None:
    other = Family(street)
    for home, amount in ((family, 20), (other, 60)):
        operations.hold(
            household_id=home.id, amount=amount, because=f"order:{home.id}", expires_at=STARTS + 9 * DAY, by_id=None,
            at=FIRST - DAY,
        )  # fmt: skip

    tick(FIRST)

    assert [(who, values["points"]) for who, _, values in told("points.expiring")] == [
        (one, 30) for one in family.adults
    ]


def test_households_are_reminded_by_portions(street: Street, family: Family, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "PORTION", 2)
    families = [family, *(Family(street) for _ in range(4))]

    assert [remind_of_expiry(FIRST) for _ in range(4)] == [2, 2, 1, 0]
    assert sorted(who for who, _, _ in told("points.expiring")) == sorted(
        one for each in families for one in each.adults
    )


def test_what_was_told_is_taken_back_when_points_no_longer_expire(
    street: Street, staff: Person, family: Family
) -> None:
    tick(FIRST)
    assert told("points.expiring")

    switching.switch_off(street.community.id, by=staff, at=FIRST + DAY)
    tick(SECOND_TIME)

    assert told("points.expiring") == []


def test_the_reminder_is_said_in_both_languages(app: Flask, family: Family) -> None:
    tick(FIRST)
    ((_, _, values), *_rest) = told("points.expiring")

    with app.test_request_context(), clock.fixed(FIRST):
        with force_locale("en"):
            english = plainly("points.expiring", values)
        with force_locale("zh_Hans"):
            chinese = plainly("points.expiring", values)
    assert english.text.startswith("50 of your household's points expire 17 January 2027.")
    assert chinese.text.startswith("您家有50分将在2027年1月17日到期。")


# Goods funds ----------------------------------------------------------------------------------------------------

QUARTER = Period("quarter", 2026, 4)
MIDNIGHT = clock.day_bounds(clock.local(NOON).date())[1]


@pytest.fixture
def shop(context: Flask) -> Any:
    """A fund of 100 yuan, and 40 of it handed over ten days ago."""
    made = a_shop()
    why = Words(zh="公益资金", en="Grants")
    funds.set_fund(made.street.community.id, QUARTER, 100, why=why, by=made.staff, at=NOON - 10 * DAY)
    collect(made, an_item(made, limit_count=None), NOON - 10 * DAY)
    return made


def collect(shop: Any, item: int, at: datetime) -> None:
    order = reserve(item, a_family(shop), shop, at=at)
    rewards.redeem(vouchers.digits(KEY, order.nonce), key=KEY, by=shop.clerk, at=at)


def warned() -> list[tuple[int, str, datetime]]:
    rows = select(Message.resident_id, Message.kind, Message.at).where(Message.kind.startswith("points.fund"))
    return [tuple(row) for row in db.session.execute(rows.order_by(Message.kind, Message.resident_id))]


@pytest.mark.parametrize("hours", [[0], [9], [0, 0, 3], range(24)], ids=["first", "late", "twice", "often"])
def test_the_staff_is_warned_once_as_things_stood_when_the_day_began(shop: Any, hours: Sequence[int]) -> None:
    warn_of_budgets(NOON)
    assert warned() == [(shop.staff.id, "points.fund_short", MIDNIGHT - DAY)]  # 4 a day, for 44 days

    reserve(an_item(shop, limit_count=None), a_family(shop), shop)  # 80 of 100 are promised
    for hour in hours:
        warn_of_budgets(MIDNIGHT + hour * timedelta(hours=1))

    assert warned() == [
        (shop.staff.id, "points.fund_near", MIDNIGHT),
        (shop.staff.id, "points.fund_short", MIDNIGHT - DAY),
    ]


def test_a_fund_that_lasts_and_a_place_without_one_warn_nobody(context: Flask) -> None:
    shop = a_shop()
    collect(shop, an_item(shop, limit_count=None), NOON - 10 * DAY)
    assert warn_of_budgets(NOON) == 0

    why = Words(zh="公益资金", en="Grants")
    funds.set_fund(shop.street.community.id, QUARTER, 1000, why=why, by=shop.staff, at=NOON)
    assert warn_of_budgets(NOON + DAY) == 0


def test_a_warning_says_how_much_in_both_languages(app: Flask, shop: Any) -> None:
    warn_of_budgets(NOON)
    values = db.session.scalars(select(Message.values).where(Message.kind == "points.fund_short")).one()

    with app.test_request_context(), clock.fixed(NOON):
        with force_locale("en"):
            english = plainly("points.fund_short", values)
        with force_locale("zh_Hans"):
            chinese = plainly("points.fund_short", values)
    assert "fourth quarter of 2026: at the pace of late ¥" in english.text
    assert "2026年第四季度：照近来的速度需要" in chinese.text
