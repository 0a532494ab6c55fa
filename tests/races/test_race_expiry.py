"""Points that expire while they are ordered, cancelled and collected: nothing is over twice, nothing held is lost."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select

from app.kit.db import db, replayed
from app.kit.refusal import Refused
from app.places.models import Place
from app.points import lots, operations
from app.points.models import Account, Hold, HoldEnd, Transfer
from tests.races.harness import rounds, rush
from tests.races.village import Village, now

pytestmark = pytest.mark.race

SWEEPERS, BUYERS = 6, 10
OLD, NEW = 400, 60
LONG_AGO = datetime(2020, 6, 1, tzinfo=UTC)


@pytest.fixture
def forgetful(village: Village) -> Iterator[Village]:
    """The village, in which points of earlier years are over since an hour."""
    over_since = {"points_expiry": {"from": (now() - timedelta(hours=1)).isoformat()}}
    _settle(village, over_since)
    yield village
    _settle(village, {})


def _settle(village: Village, settings: dict[str, Any]) -> None:
    with village.kept():
        db.session.get_one(Place, village.community).settings = settings


def a_family(village: Village, number: int) -> int:
    """Somebody whose household has points of long ago, which are over, and of now."""
    who = village.a_family()
    household = village.household_of(who)
    with village.kept():
        for points, at in ((OLD, LONG_AGO), (NEW, now())):
            operations.grant(
                "points", points, household_id=household, resident_id=who, code="E04", heading="environment",
                because=f"race-lot:{number}:{household}:{points}", effective_at=at, at=at, by_id=None,
            )  # fmt: skip
    return who


def sweepers(village: Village, household: int, act: Any, number: int) -> list[Any]:
    """So many `flask tick` that come to this household at one moment, each in a transaction of its own."""
    barrier = Barrier(number)

    def one(_number: int) -> Any:
        barrier.wait(timeout=60)
        with village.app.app_context():
            return replayed(lambda: act(household))

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(one, range(number)))


def written(village: Village, household: int) -> list[int]:
    return village.scalars(
        select(Transfer.amount).where(Transfer.household_id == household, Transfer.code == lots.EXPIRY)
    )


def purse(village: Village, household: int) -> tuple[int, int]:
    mine = Account.owner_kind == "household", Account.owner_id == household, Account.asset == "points"
    return village.scalar(select(Account.balance).where(*mine)), village.scalar(select(Account.held).where(*mine))


def test_i29_many_ticks_at_once_let_a_lot_expire_once(forgetful: Village) -> None:
    for number in range(rounds()):
        household = forgetful.household_of(a_family(forgetful, number))

        sweepers(forgetful, household, lambda one: operations._swept(one, at=now()), SWEEPERS)

        assert written(forgetful, household) == [OLD]
        assert purse(forgetful, household) == (NEW, 0)
    forgetful.refuse_fault()


def test_i29_of_orders_and_ticks_at_once_nobody_spends_what_is_over(forgetful: Village) -> None:
    """Forty points a bag: of sixty that are still good one can be had, whoever comes first."""
    item = forgetful.an_item(stock=100_000)
    for number in range(rounds()):
        who = a_family(forgetful, number)
        household, me = forgetful.household_of(who), forgetful.client(who)

        with ThreadPoolExecutor(1) as ticks:
            ticking = ticks.submit(
                sweepers, forgetful, household, lambda one: operations._swept(one, at=now()), SWEEPERS
            )
            answers = rush(
                me.copies(BUYERS),
                lambda one, _n: one.send(f"/rewards/{item}/reserve", pick_up=str(forgetful.market)),
            )
            ticking.result()

        assert sum(answer.applied for answer in answers) == 1
        assert written(forgetful, household) == [OLD]
        assert purse(forgetful, household) == (NEW, 40)
    forgetful.refuse_fault()


def test_i29_what_is_held_while_it_runs_out_is_collected_or_is_over_never_both(village: Village) -> None:
    """Points whose time runs out under an order: tick, cancelling and settling meet, and one of them has them."""
    for number in range(rounds()):
        who = a_family(village, number)
        household = village.household_of(who)
        with village.kept():
            hold = operations.hold(
                household_id=household, amount=OLD, because=f"race-lot-hold:{household}", by_id=who, at=now(),
                expires_at=now() + timedelta(days=1),
            ).id  # fmt: skip
        _settle(village, {"points_expiry": {"from": (now() - timedelta(hours=1)).isoformat()}})
        try:
            _meet(village, household, hold)
        finally:
            _settle(village, {})
        ended = village.scalar(select(HoldEnd.outcome).where(HoldEnd.hold_id == hold))
        over = sum(written(village, household))
        assert (ended, over) in (("posted", 0), ("voided", OLD))
        assert purse(village, household) == (NEW, 0)
        assert village.count(Hold, Hold.id == hold) == 1
    village.refuse_fault()


def _meet(village: Village, household: int, hold: int) -> None:
    """Ticks, a cancellation and a collection at one moment; whoever is refused leaves nothing behind."""
    acts = [
        lambda: operations._swept(household, at=now()),
        lambda: operations.release(hold, at=now(), outcome="voided"),
        lambda: operations.settle(hold, merchant_id=village.market, because=f"race:{hold}", by_id=None, at=now()),
        lambda: operations._swept(household, at=now()),
    ]
    barrier = Barrier(len(acts))

    def one(act: Any) -> None:
        barrier.wait(timeout=60)
        with village.app.app_context():
            try:
                replayed(act)
            except Refused:
                db.session.rollback()

    with ThreadPoolExecutor(len(acts)) as pool:
        list(pool.map(one, acts))
