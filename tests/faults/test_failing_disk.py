"""The disk does not take what is written: nobody is told that it was done (security L12)."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app.kit.once import RequestDone
from app.points.models import Hold
from app.rewards.models import Order
from tests.conftest import let_go
from tests.faults.conftest import Disk
from tests.races.harness import Answer, rush, statuses
from tests.races.village import Village
from tests.serving import Served

pytestmark = [pytest.mark.fault, pytest.mark.sqlite]

BUSY = "The system is busy. This step was not taken and your points are untouched."


class Counter:
    """The people of a village who each reserve a reward, with request ids that can be sent again."""

    def __init__(self, village: Village) -> None:
        self.village = village
        self.item = village.an_item(stock=1000, price=1)
        self.clients = village.clients(village.neighbours)

    def reserve(self, name: str) -> list[Answer]:
        fields = {"pick_up": str(self.village.market)}
        path = f"/rewards/{self.item}/reserve"
        return rush(self.clients, lambda one, n: one.send(path, request_id=f"{name}-{n:04}", **fields))

    def done(self, name: str) -> int:
        """How many forms of that name the database knows."""
        return self.village.count(RequestDone, RequestDone.request_id.like(f"{name}-%"))

    def orders(self) -> tuple[int, int]:
        """Orders, and holds with an entry each in the same transaction."""
        return self.village.count(Order), int(self.village.scalar(select(func.count(Hold.id))))


def test_while_the_disk_fails_nothing_is_done_and_nothing_is_said_to_be_done(village: Village, disk: Disk) -> None:
    """With `synchronous=NORMAL` no commit asks the disk: it would be told as done (mutant failing-disk)."""
    counter = Counter(village)
    everybody = len(counter.clients)
    assert statuses(counter.reserve("before")) == {303: everybody}

    with disk.failing():
        refused = counter.reserve("meanwhile")
        page = counter.clients[0].get("/orders")

    assert statuses(refused) == {503: everybody}
    assert all(BUSY in answer.body for answer in refused)
    assert page.status == 200, "what was there can be read"
    assert counter.done("meanwhile") == 0

    assert statuses(counter.reserve("after")) == {303: everybody}
    assert [counter.done(name) for name in ("before", "meanwhile", "after")] == [everybody, 0, everybody]
    assert counter.orders() == (2 * everybody, 2 * everybody)
    assert statuses(counter.reserve("meanwhile")) == {303: everybody}, "the same form again, now that the disk is well"
    assert counter.orders() == (3 * everybody, 3 * everybody)
    village.refuse_fault()


def test_a_power_cut_while_the_disk_fails_loses_nothing_and_leaves_nothing_half_done(
    village: Village, house: Served, disk: Disk
) -> None:
    """What was refused may stand in the part of the log that the disk took all the same: it is there whole or not at
    all, and the same form sent again comes to one step either way."""
    counter = Counter(village)
    everybody = len(counter.clients)
    assert statuses(counter.reserve("before")) == {303: everybody}
    let_go(village.app)  # who has the database open keeps the others from reading the log anew

    with disk.failing():
        assert statuses(counter.reserve("meanwhile")) == {503: everybody}
        house.kill()
    house.start()

    assert counter.done("before") == everybody
    orders = everybody + counter.done("meanwhile")
    assert counter.orders() == (orders, orders)
    village.refuse_fault()
    assert statuses(counter.reserve("meanwhile")) == {303: everybody}
    assert counter.orders() == (2 * everybody, 2 * everybody)
    village.refuse_fault()
