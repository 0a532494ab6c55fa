"""Several people at the same moment, each on a connection of their own: the locks and constraints decide."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import DBAPIError

from app.kit.db import db, is_passing, transaction
from app.kit.refusal import Refused
from app.points import queries as balances
from app.rewards import operations, queries
from tests.makers import NOON
from tests.rewards.shop import KEY, Shop, a_family, a_shop, an_item, available, digits, relative_of, reserve, shelf

PEOPLE = 6


@pytest.fixture
def shop(app: Flask) -> Shop:
    with app.app_context(), transaction():
        shop = a_shop()
        db.session.flush()
        db.session.expunge_all()
        return shop


def at_once(app: Flask, acts: list[Callable[[], Any]]) -> Counter[str]:
    """Do all of this at one moment, each in its own transaction; how often it was done, and how often refused."""
    barrier, outcomes = threading.Barrier(len(acts)), Counter[str]()

    def one(act: Callable[[], Any]) -> None:
        barrier.wait(timeout=30)
        outcomes[_outcome(app, act)] += 1

    threads = [threading.Thread(target=one, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return outcomes


def _outcome(app: Flask, act: Callable[[], Any]) -> str:
    for _ in range(8):  # as the dispatch does for what only stood in somebody's way
        try:
            with app.app_context(), transaction():
                act()
        except Refused:
            return "refused"
        except DBAPIError as error:
            if not is_passing(error):
                return type(error).__name__
        else:
            return "done"
    return "busy"


def test_i30_the_last_one_goes_once_when_many_reserve_at_once(app: Flask, shop: Shop) -> None:
    with app.app_context(), transaction():
        rice = an_item(shop, stock=1)
        families = [a_family(shop) for _ in range(PEOPLE)]

    outcomes = at_once(app, [lambda by=by: reserve(rice, by, shop) for by in families])  # type: ignore[misc]

    assert outcomes == {"done": 1, "refused": PEOPLE - 1}
    with app.app_context():
        assert shelf(rice) == (1, 1)
        assert sorted(available(family) for family in families) == [60] + [100] * (PEOPLE - 1)


def test_i32_a_voucher_is_redeemed_once_when_pressed_many_times_at_once(app: Flask, shop: Shop) -> None:
    with app.app_context(), transaction():
        rice, family = an_item(shop), a_family(shop)
        voucher = digits(reserve(rice, family, shop))

    outcomes = at_once(app, [lambda: operations.redeem(voucher, key=KEY, by=shop.clerk, at=NOON)] * PEOPLE)

    assert outcomes == {"done": 1, "refused": PEOPLE - 1}
    with app.app_context():
        assert shelf(rice) == (9, 0)
        assert balances.balances(family.household_id or 0, at=NOON).points == 60


def test_the_limit_and_the_points_hold_for_a_whole_household_at_once(app: Flask, shop: Shop) -> None:
    with app.app_context(), transaction():
        rice, oil, soap = (an_item(shop, price=40, limit_count=1) for _ in range(3))
        family = a_family(shop)
        spouse = relative_of(family)

    outcomes = at_once(
        app,
        [lambda item=item, by=by: reserve(item, by, shop) for item in (rice, oil, soap) for by in (family, spouse)],  # type: ignore[misc]
    )

    assert outcomes == {"done": 2, "refused": 4}
    with app.app_context():
        assert available(family) == 20


def test_i14_collecting_and_cancelling_at_once_has_one_winner(app: Flask, shop: Shop) -> None:
    with app.app_context(), transaction():
        rice, family = an_item(shop), a_family(shop)
        order = reserve(rice, family, shop)
        order_id, voucher = order.id, digits(order)

    outcomes = at_once(
        app,
        [
            lambda: operations.redeem(voucher, key=KEY, by=shop.clerk, at=NOON),
            lambda: operations.cancel(order_id, by=family, at=NOON),
        ]
        * 3,
    )

    assert outcomes == {"done": 1, "refused": 5}
    with app.app_context():
        assert len(queries.changes_of(order_id)) == 2
        assert shelf(rice) in ((9, 0), (10, 0))
