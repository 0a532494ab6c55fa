"""Lots of points against a model in which every single point is a coin with its year (I28)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit import clock
from app.points import lots
from app.points.lots import EXPIRY, Held, Lots, Move, Rule
from tests.makers import NOON

YEARS = st.integers(2024, 2027)
DAY = timedelta(days=1)


def midnight(year: int, month: int, day: int) -> datetime:
    return clock.at_local(date(year, month, day))


@dataclass
class Coins:
    """Every point is a coin that bears its year; what was taken for an entry is kept, so that it can come back."""

    purse: list[int] = field(default_factory=list)
    taken: dict[int, list[int]] = field(default_factory=dict)

    def earn(self, year: int, amount: int) -> None:
        self.purse += [year] * amount

    def spend(self, entry: int, amount: int) -> None:
        self.purse.sort()
        self.taken[entry], self.purse = self.purse[:amount], self.purse[amount:]

    def take_back(self, year: int, amount: int) -> None:
        self.purse.sort(key=lambda coin: (coin != year, coin))
        self.purse = self.purse[amount:]

    def refund(self, entry: int) -> None:
        self.purse += self.taken.pop(entry)


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Move], Coins]:
    """A journal that can have happened (no balance below nothing, years that do not go back), and what it leads to."""
    coins, moves, year = Coins(), [], draw(YEARS)
    earnings: dict[int, tuple[int, int]] = {}
    spendings: dict[int, tuple[int, int]] = {}
    for number in range(1, draw(st.integers(1, 25)) + 1):
        year = max(year, draw(YEARS)) if draw(st.booleans()) else year
        kinds = ["earn"] + ["spend"] * bool(coins.purse) + ["refund"] * bool(spendings)
        kinds += ["undo"] * any(amount <= len(coins.purse) for _, amount in earnings.values())
        kind = draw(st.sampled_from(kinds))
        if kind == "earn":
            amount = draw(st.integers(1, 9))
            coins.earn(year, amount)
            earnings[number] = year, amount
            moves.append(Move(number, amount, year))
        elif kind == "spend":
            amount = draw(st.integers(1, len(coins.purse)))
            coins.spend(number, amount)
            spendings[number] = year, amount
            moves.append(Move(number, -amount, year))
        elif kind == "refund":
            which = draw(st.sampled_from(sorted(spendings)))
            its_year, amount = spendings.pop(which)
            coins.refund(which)
            moves.append(Move(number, amount, year, "X01", which, "redeem", its_year))
        else:
            can = sorted(one for one, (_, amount) in earnings.items() if amount <= len(coins.purse))
            which = draw(st.sampled_from(can))
            its_year, amount = earnings.pop(which)
            coins.take_back(its_year, amount)
            moves.append(Move(number, -amount, year, "X01", which, "E04", its_year))
    return moves, coins


@given(histories())
def test_i28_lots_are_what_single_coins_would_be(history: tuple[list[Move], Coins]) -> None:
    moves, coins = history

    left = lots.lots_after(moves).left

    assert Counter({year: amount for year, amount in left.items() if amount}) == Counter(coins.purse)


@given(histories())
def test_i28_the_lots_sum_up_to_the_balance_and_none_is_negative(history: tuple[list[Move], Coins]) -> None:
    moves, _ = history
    now, balance = Lots(), 0
    for move in moves:
        now.add(move)
        balance += move.change

        assert sum(now.left.values()) == balance
        assert min(now.left.values()) >= 0


@given(histories(), st.integers(0, 25))
def test_i28_reading_from_a_mark_on_gives_the_same_lots(history: tuple[list[Move], Coins], cut: int) -> None:
    moves, _ = history
    before, rest = moves[:cut], moves[cut:]
    mark = lots.lots_after(before)

    try:
        now = lots.lots_after(rest, known=mark.left, last=mark.last)
    except lots.Forgotten:
        assert any(move.reverses and move.change > 0 and move.reverses <= mark.last for move in rest)
    else:
        assert (now.left, now.last) == (lots.lots_after(moves).left, moves[-1].id)


def test_i28_a_spending_takes_the_oldest_first() -> None:
    now = lots.lots_after([Move(1, 50, 2025), Move(2, 50, 2026), Move(3, -60, 2026)])

    assert (now.left, now.taken_by(3)) == ({2025: 0, 2026: 40}, {2025: 50, 2026: 10})


def test_i28_a_refund_returns_to_the_lots_it_came_from_whatever_was_spent_since() -> None:
    moves = [Move(1, 50, 2025), Move(2, 50, 2026), Move(3, -60, 2026), Move(4, -10, 2026)]
    refund = Move(5, 60, 2026, "X01", 3, "redeem", 2026)

    assert lots.lots_after([*moves, refund]).left == {2025: 50, 2026: 40}


def test_i28_what_was_earned_by_mistake_leaves_its_own_lot_first() -> None:
    undo = Move(3, -30, 2026, "X01", 2, "E04", 2026)

    assert lots.lots_after([Move(1, 50, 2025), Move(2, 30, 2026), undo]).left == {2025: 50, 2026: 0}
    spent = Move(3, -60, 2026)
    assert lots.lots_after([Move(1, 50, 2025), Move(2, 30, 2026), spent, undo._replace(id=4, change=-20)]).left == {
        2025: 0,
        2026: 0,
    }


def test_an_expiry_that_was_a_mistake_comes_back_as_points_of_that_year() -> None:
    moves = [Move(1, 50, 2025), Move(2, -50, 2027, EXPIRY), Move(3, 50, 2027, "X01", 2, EXPIRY, 2027)]

    assert lots.lots_after(moves).left == {2025: 0, 2027: 50}


def test_no_journal_spends_what_never_came() -> None:
    with pytest.raises(ValueError, match="2 more points"):
        lots.lots_after([Move(1, 5, 2026), Move(2, -7, 2026)])


# When -----------------------------------------------------------------------------------------------------------

RULE = Rule(midnight(2026, 1, 1))


def test_points_of_a_year_are_good_until_the_end_of_31_march_of_the_next() -> None:
    assert lots.expires_at(2025) == midnight(2026, 4, 1)
    assert clock.last_day(lots.expires_at(2025)) == date(2026, 3, 31)


@pytest.mark.parametrize(("days", "last"), [(60, date(2027, 1, 17)), (365, date(2027, 11, 18))])
def test_nothing_expires_before_the_days_of_grace_are_over(days: int, last: date) -> None:
    starts = lots.first_expiry(NOON, days)

    assert clock.last_day(starts) == last
    assert Rule(starts).due_at(2020) == starts
    assert starts - NOON >= timedelta(days=days)


def test_a_rule_knows_its_moments() -> None:
    rule = Rule(midnight(2026, 1, 1), midnight(2028, 1, 1))

    assert rule.moments(midnight(2030, 1, 1)) == [midnight(2026, 1, 1), midnight(2026, 4, 1), midnight(2027, 4, 1)]
    assert rule.moments(midnight(2026, 3, 31)) == [midnight(2026, 1, 1)]
    assert rule.due_at(2027) is None


def test_a_rule_that_was_off_and_on_again_knows_the_moments_of_both() -> None:
    earlier = Rule(midnight(2026, 1, 1), midnight(2026, 6, 1))
    rule = Rule(midnight(2028, 1, 1), earlier=earlier)

    assert [rule.due_at(year) for year in (2024, 2025, 2026, 2027)] == [
        midnight(2026, 1, 1), midnight(2026, 4, 1), midnight(2028, 1, 1), midnight(2028, 4, 1),
    ]  # fmt: skip
    moments = [midnight(2026, 1, 1), midnight(2026, 4, 1), midnight(2028, 1, 1), midnight(2028, 4, 1)]
    assert rule.moments(midnight(2028, 12, 1)) == moments
    assert [rule.has_begun(midnight(year, 1, 1)) for year in (2025, 2026, 2027, 2028)] == [False, True, True, True]


@pytest.mark.parametrize(
    "settings", [None, {}, [], "x", {"points_expiry": None}, {"points_expiry": {}}, {"points_expiry": {"until": None}}]
)
def test_without_the_setting_there_is_no_rule(settings: object) -> None:
    assert lots.rule_from(settings) is None


def test_the_setting_is_read_as_it_is_written() -> None:
    setting = {"from": RULE.starts_at.isoformat(), "until": NOON.isoformat()}

    assert lots.rule_from({"points_expiry": setting}) == Rule(RULE.starts_at, NOON)
    again = {"from": NOON.isoformat(), "earlier": setting}
    assert lots.rule_from({"points_expiry": again}) == Rule(NOON, None, Rule(RULE.starts_at, NOON))


def test_what_is_due_expires_at_its_moment_and_not_before() -> None:
    left, over = {2025: 30, 2026: 20}, lots.expires_at(2025)

    assert lots.expirings(left, [], RULE, at=over - timedelta(microseconds=1)) == []
    assert lots.expirings(left, [], RULE, at=over) == [(over, 30)]
    assert lots.expirings(left, [], RULE, at=over + 400 * DAY) == [(over, 30), (lots.expires_at(2026), 20)]


def test_i29_what_is_held_stands_over_the_oldest_and_waits() -> None:
    over = lots.expires_at(2025)
    held = [Held(over + 5 * DAY, 20)]

    assert lots.expirings({2025: 30, 2026: 20}, held, RULE, at=over) == [(over, 10)]
    assert lots.expirings({2025: 30, 2026: 20}, held, RULE, at=over + 4 * DAY) == [(over, 10)]
    assert lots.expirings({2025: 30, 2026: 20}, held, RULE, at=over + 5 * DAY) == [(over, 10), (over + 5 * DAY, 20)]
    assert lots.expirings({2025: 30}, [Held(over, 20)], RULE, at=over) == [(over, 30)]


def test_what_comes_back_late_is_over_when_it_comes() -> None:
    back = lots.expires_at(2025) + 40 * DAY

    assert lots.expirings({2025: 15}, [], RULE, at=back, since=back) == [(back, 15)]


def after(left: dict[int, int], gone: int) -> dict[int, int]:
    """What is left when so much of the oldest has gone."""
    moves = [Move(number, amount, year) for number, (year, amount) in enumerate(sorted(left.items()), 1) if amount]
    taken = [Move(len(moves) + 1, -gone, 2030, EXPIRY)] if gone else []
    return dict.fromkeys(left, 0) | lots.lots_after([*moves, *taken]).left


@given(
    st.dictionaries(YEARS, st.integers(0, 30), min_size=1),
    st.lists(st.tuples(st.integers(-30, 400), st.integers(1, 20)), max_size=4),
    st.lists(st.integers(0, 800), min_size=1, max_size=5),
)
def test_i29_swept_late_often_or_once_is_the_same(
    left: dict[int, int], holds: list[tuple[int, int]], days: list[int]
) -> None:
    """Holds that nobody collects: looking at some days writes, in all, what looking at the last day alone does."""
    start = lots.expires_at(2024)
    held = [Held(start + day * DAY, amount) for day, amount in holds]
    held = held if sum(one.amount for one in held) <= sum(left.values()) else []
    end = start + max(days) * DAY
    at_once = lots.expirings(left, held, RULE, at=end)

    rest, one_by_one = dict(left), []
    for day in sorted(days):
        gone = lots.expirings(rest, held, RULE, at=start + day * DAY)
        one_by_one += gone
        rest = after(rest, sum(amount for _, amount in gone))

    assert one_by_one == at_once
    assert sum(amount for _, amount in at_once) <= sum(left.values())
    assert min(rest.values()) >= 0


def test_the_outlook_leaves_out_what_is_held_and_what_never_expires() -> None:
    left, at = {2025: 30, 2026: 20}, midnight(2026, 3, 1)

    assert lots.coming(left, held=35, rule=RULE, at=at) == [(lots.expires_at(2026), 15)]
    assert lots.coming(left, held=0, rule=RULE, at=at) == [(lots.expires_at(2025), 30), (lots.expires_at(2026), 20)]
    assert lots.coming(left, held=0, rule=Rule(RULE.starts_at, at), at=at) == []
