"""Points and goods: nothing is spent twice, nothing is handed over twice, and the last bag goes to one household."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from app.points.models import Account, Hold, HoldEnd, Transfer
from app.rewards.models import Item, Order, StockMove
from tests.races.harness import CLIENTS, rounds, rush, statuses
from tests.races.village import Village

pytestmark = pytest.mark.race


def shelf(village: Village, item: int) -> tuple[int, int]:
    on_hand = village.scalar(select(Item.on_hand).where(Item.id == item))
    return on_hand, village.scalar(select(Item.reserved).where(Item.id == item))


def test_a_voucher_that_fifty_posts_redeem_hands_over_once(village: Village) -> None:
    counters = [copy for clerk in village.clerks for copy in village.client(clerk).copies(CLIENTS // 2)]
    for _ in range(rounds()):
        item, who = village.an_item(), village.a_family(points=200)
        for _other in range(3):
            village.a_voucher(item, who)
        order, voucher = village.a_voucher(item, who)
        answers = rush(counters, lambda one, _n: one.send("/counter/redeem", voucher=voucher))  # noqa: B023
        assert statuses(answers) == {303: 1, 409: CLIENTS - 1}
        assert village.count(StockMove, StockMove.item_id == item, StockMove.kind == "handed_over") == 1
        assert village.scalars(select(Transfer.amount).where(Transfer.because == f"order:{order}")) == [40]
        assert shelf(village, item) == (99, 3)
        page = village.client(who).get(f"/orders/{order}").body
        assert "Collected" in page
    village.refuse_fault()


def test_the_last_bag_goes_to_one_of_fifty_households(village: Village) -> None:
    clients = village.clients(village.neighbours)
    for _ in range(rounds()):
        item = village.an_item(stock=1)
        answers = rush(clients, lambda one, _n: one.send(f"/rewards/{item}/reserve", pick_up=str(village.market)))  # noqa: B023
        assert statuses(answers) == {303: 1, 409: CLIENTS - 1}
        orders = village.scalars(select(Order.hold_id).where(Order.item_id == item))
        assert len(orders) == 1
        assert village.count(Hold, Hold.id.in_(orders), Hold.amount == 40) == 1
        assert village.count(HoldEnd, HoldEnd.hold_id.in_(orders)) == 0
        assert shelf(village, item) == (1, 1)
        assert json.loads(clients[0].get(f"/rewards/{item}.json").body)["left"] == 0
    village.refuse_fault()


def test_a_household_cannot_reserve_more_than_it_has_points_for(village: Village) -> None:
    """Forty posts for four rewards: the row of a reward keeps nobody from spending at another one."""
    items = [village.an_item(stock=100_000) for _ in range(4)]
    for _ in range(rounds()):
        who = village.a_family(points=100)
        me = village.client(who)

        answers = rush(
            me.copies(40), lambda one, n: one.send(f"/rewards/{items[n % 4]}/reserve", pick_up=str(village.market))
        )
        assert statuses(answers) == {303: 2, 409: 38}
        household = village.household_of(who)
        assert village.count(Order, Order.household_id == household) == 2
        mine = Account.owner_kind == "household", Account.owner_id == household, Account.asset == "points"
        assert village.scalars(select(Account.balance - Account.held).where(*mine)) == [20]
        assert me.get("/orders").body.count('href="/orders/') >= 2
    village.refuse_fault()


def test_i15_one_form_that_fifty_clients_send_reserves_once_and_answers_the_same(village: Village) -> None:
    item = village.an_item(stock=100_000)
    for number in range(rounds()):
        me = village.client(village.neighbours[number % CLIENTS])
        household = village.household_of(village.neighbours[number % CLIENTS])
        before = village.count(Order, Order.household_id == household)
        same = {"request_id": f"race-request-{number}", "pick_up": str(village.market)}
        answers = rush(me.copies(CLIENTS), lambda one, _n: one.send(f"/rewards/{item}/reserve", **same))  # noqa: B023
        assert statuses(answers) == {303: CLIENTS}
        assert len({answer.location for answer in answers}) == 1
        assert village.count(Order, Order.household_id == household) == before + 1
        other = me.send(f"/rewards/{item}/reserve", **(same | {"pick_up": str(village.canteen)}))
        assert other.status == 409
    village.refuse_fault()
