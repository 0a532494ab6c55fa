"""One entry is reversed once, one hold ends once, one deed earns once, however many hands reach for it at once."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.kit.db import db
from app.merits.models import Award
from app.people.models import Resident
from app.points.models import Account, Hold, HoldEnd, Transfer
from app.rewards.models import Item, Order, OrderChange, StockMove
from tests.points.ledger import give, keep_back, settle
from tests.races.hands import DONE, HANDS, Act, Hands
from tests.races.harness import rounds
from tests.races.village import Village, now

pytestmark = pytest.mark.race

LAST = timedelta(microseconds=1)  # before a hold lapses
# What each of those who came too late is told.
TOO_LATE = {"posted": "already collected", "voided": "was cancelled", "expired": "not collected in time"}


def points_of(village: Village, household: int) -> tuple[int, int]:
    """Balance and held, as the row of the account says."""
    mine = Account.owner_kind == "household", Account.owner_id == household, Account.asset == "points"
    return tuple(village.rows(select(Account.balance, Account.held).where(*mine))[0])


def an_earning(village: Village, resident_id: int, amount: int, at: datetime) -> int:
    with village.kept():
        who = db.session.get_one(Resident, resident_id)
        return give(who, amount, f"race:{resident_id}", at=at, effective_at=at).id


def test_i24_an_entry_that_many_reverse_at_once_is_reversed_once(village: Village, hands: Hands) -> None:
    """Some of it was spent meanwhile: the community bears that once, too (I25)."""
    for _ in range(rounds()):
        who, at = village.a_family(), now()
        entry, household = an_earning(village, who, 50, at), village.household_of(who)
        with village.kept():
            held = keep_back(db.session.get_one(Resident, who), 30, f"race-order:{who}", at=at)
            settle(held.id, f"race-collected:{who}", at=at)

        told = hands.at_once(
            [
                ("reverse", {"entry_id": entry, "because": f"undo:{who}:{number}", "at": at.isoformat()})
                for number in range(HANDS)
            ]
        )

        assert told.count(DONE) == 1, Counter(told)
        assert sum("reversed before" in one for one in told) == HANDS - 1, Counter(told)
        changes = select(Transfer.change).where(Transfer.household_id == household).order_by(Transfer.id)
        assert village.scalars(changes) == [50, -30, 30, -50]
        assert points_of(village, household) == (0, 0)
    village.refuse_fault()


def test_i14_posting_voiding_and_lapsing_a_hold_at_once_has_one_winner(village: Village, hands: Hands) -> None:
    """Those who post and void began in the last moment before it lapses, those who let it lapse in the next one."""
    winners: Counter[str] = Counter()
    for _ in range(rounds()):
        who, at = village.a_family(points=100), now()
        household = village.household_of(who)
        with village.kept():
            held = keep_back(db.session.get_one(Resident, who), 40, f"race-hold:{who}", at=at)
        last, over = ((held.expires_at - LAST).isoformat(), held.expires_at.isoformat())

        def act(number: int) -> Act:
            if number % 3 == 0:
                values = {"hold_id": held.id, "because": f"race-post:{held.id}:{number}", "at": last}  # noqa: B023
                return "settle", values
            return ("void", {"hold_id": held.id, "at": last}) if number % 3 == 1 else (  # noqa: B023
                "expire", {"hold_id": held.id, "at": over},  # noqa: B023
            )  # fmt: skip

        acts = [act(number) for number in range(HANDS)]
        told = hands.at_once(acts)

        end = village.rows(select(HoldEnd.outcome, HoldEnd.amount).where(HoldEnd.hold_id == held.id))
        assert len(end) == 1
        outcome, amount = end[0]
        winners[outcome] += 1
        verb = {"posted": "settle", "voided": "void", "expired": "expire"}[outcome]
        mine = [one for (name, _), one in zip(acts, told, strict=True) if name == verb]
        # To note once more that it lapsed changes nothing; any other second step is refused.
        assert mine.count(DONE) == (len(mine) if outcome == "expired" else 1), Counter(told)
        assert told.count(DONE) == mine.count(DONE), Counter(told)
        assert all(one == DONE or TOO_LATE[outcome] in one for one in told), Counter(told)
        entries = village.scalars(select(Transfer.amount).where(Transfer.hold_id == held.id))
        assert entries == ([40] if outcome == "posted" else [])
        assert points_of(village, household) == (100 - amount, 0)
    assert sum(winners.values()) == rounds()
    village.refuse_fault()


def test_i14_collecting_cancelling_and_lapsing_an_order_at_once_has_one_winner(village: Village, hands: Hands) -> None:
    for _ in range(rounds()):
        item, who = village.an_item(stock=3), village.a_family(points=100)
        order, voucher = village.a_voucher(item, who)
        household = village.household_of(who)
        over = village.scalar(select(Order.expires_at).where(Order.id == order))
        last = (over - LAST).isoformat()
        ways: list[Act] = [
            ("collect", {"voucher": voucher, "clerk_id": village.clerks[0], "at": last}),
            ("cancel", {"order_id": order, "resident_id": who, "at": last}),
            ("lapse", {"at": over.isoformat()}),
        ]

        told = hands.at_once([ways[number % 3] for number in range(HANDS)])

        state = village.scalar(select(Order.state).where(Order.id == order))
        by_press = [one for number, one in enumerate(told) if number % 3 != 2]
        assert by_press.count(DONE) == (0 if state == "expired" else 1), Counter(told)
        assert all(one == DONE for number, one in enumerate(told) if number % 3 == 2), Counter(told)
        assert village.count(OrderChange, OrderChange.order_id == order) == 2
        handed_over = 1 if state == "posted" else 0
        assert village.count(StockMove, StockMove.order_id == order) == handed_over
        assert village.count(Transfer, Transfer.because == f"order:{order}") == handed_over
        shelf = village.rows(select(Item.on_hand, Item.reserved).where(Item.id == item))[0]
        assert tuple(shelf) == (3 - handed_over, 0)
        assert points_of(village, household) == (100 - 40 * handed_over, 0)
    village.refuse_fault()


def test_i16_a_deed_that_many_award_at_once_earns_once(village: Village, hands: Hands) -> None:
    for number in range(rounds()):
        who, at = village.a_family(points=7), now()  # who opens the first account of a household is waited for anyhow
        because = f"race-deed:{who}:{number}"

        told = hands.at_once(
            [("award", {"resident_id": who, "because": because, "at": at.isoformat()}) for _ in range(HANDS)]
        )

        assert told == [DONE] * HANDS, Counter(told)
        assert village.count(Award, Award.because == because) == 1
        assert sorted(village.scalars(select(Transfer.asset).where(Transfer.because == because))) == [
            "honour",
            "points",
        ]
        assert points_of(village, village.household_of(who)) == (12, 0)
    village.refuse_fault()


def test_i25_points_that_are_kept_back_while_their_earning_is_reversed_leave_nobody_in_debt(
    village: Village, hands: Hands
) -> None:
    for _ in range(rounds()):
        who, at = village.a_family(), now()
        entry, household = an_earning(village, who, 100, at), village.household_of(who)
        acts: list[Act] = [
            ("keep_back", {"household_id": household, "amount": 10, "because": f"race-keep:{who}:{number}"})
            for number in range(HANDS - 1)
        ]
        acts.insert(HANDS // 2, ("reverse", {"entry_id": entry, "because": f"undo:{who}"}))

        told = hands.at_once([(name, values | {"at": at.isoformat()}) for name, values in acts])

        assert told.pop(HANDS // 2) == DONE
        holds = select(func.coalesce(func.sum(Hold.amount), 0)).where(Hold.household_id == household)
        held = village.scalar(holds)
        assert held == 10 * told.count(DONE) <= 100
        assert all(one == DONE or "Points missing" in one for one in told), Counter(told)
        assert points_of(village, household) == (held, held)
    village.refuse_fault()
