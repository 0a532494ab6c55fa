"""Standings as a pure function of the entries, and who stands on a list (points I35, I37, I38, I11)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, text

from app.kit import clock
from app.kit.db import db
from app.kit.periods import Period
from app.people.models import Household
from app.people.rules import Stranger
from app.places.models import Place
from app.points import operations as points
from app.rankings import operations, queries
from app.rankings.models import Listing, ListingChange
from app.rankings.queries import Board, Field
from tests.makers import NOON, a_household, a_resident, a_street, as_person
from tests.rankings.making import earn, families, listed

QUARTER = Period("quarter", 2026, 4)

# Each example makes a street of its own, so what an earlier one left does not matter.
SHARED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]

honours = st.lists(st.integers(0, 6), min_size=1, max_size=24)


def field_of(place: Place) -> Field:
    return Field(place.id, place.kind, place.code, place.name)


def places_of(group: Place, households: Sequence[Household], period: Period = QUARTER) -> list[tuple[int, int]]:
    """Place and honour of each household, in their order."""
    rows = {row.household_id: row for row in db.session.execute(queries.ranked(field_of(group), period))}
    return [(rows[one.id].place, rows[one.id].honour) for one in households]


def board_of(group: Place, household: Household | None = None, period: Period = QUARTER) -> Board:
    return queries.board(field_of(group), period, household_id=household.id if household else None, at=NOON)


def expected(honours: Sequence[int]) -> list[tuple[int, int]]:
    return [(1 + sum(other > honour for other in honours), 60 + honour) for honour in honours]


def test_equal_honour_shares_a_place_and_the_next_one_is_left_out(context: Flask) -> None:
    group = a_street().group
    made = families(group, [9, 5, 5, 1, 0, 0])

    assert places_of(group, made) == [(1, 69), (2, 65), (2, 65), (4, 61), (5, 60), (5, 60)]


@settings(max_examples=15, suppress_health_check=SHARED)
@given(honours)
def test_standings_follow_from_the_sums_alone(context: Flask, honours: list[int]) -> None:
    group = a_street().group
    made = families(group, honours)

    assert places_of(group, made) == expected(honours)
    db.session.rollback()


@settings(max_examples=10, suppress_health_check=SHARED)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 9)), min_size=1, max_size=15), st.randoms())
def test_the_order_of_entries_changes_nothing(context: Flask, entries: list[tuple[int, int]], random) -> None:  # type: ignore[no-untyped-def]
    street = a_street()
    first, second = families(street.group, [0] * 6), families(street.other_group, [0] * 6)

    for number, honour in entries:
        earn(first[number], honour)
    for number, honour in random.sample(entries, len(entries)):
        earn(second[number], honour)

    assert places_of(street.group, first) == places_of(street.other_group, second)
    db.session.rollback()


def test_a_pair_that_was_reversed_changes_nobody(context: Flask) -> None:
    group = a_street().group
    made = families(group, [9, 5, 5, 0])
    before = places_of(group, made)

    mistake = earn(made[3], 40, effective_at=NOON - timedelta(days=3))
    assert places_of(group, made)[3] == (1, 100)
    points.reverse(mistake, because="test:mistake", by_id=None, at=NOON)

    assert places_of(group, made) == before


def test_who_is_shown_shifts_nobody(context: Flask) -> None:
    group = a_street().group
    made = families(group, [9, 7, 7, 3, 1, 0, 0, 0, 0, 0, 0, 0])
    before = places_of(group, made)

    listed(made[0])
    listed(made[2])

    assert places_of(group, made) == before
    assert [(one.standing.place, one.standing.household_id) for one in board_of(group).listed] == [
        (1, made[0].id),
        (2, made[2].id),
    ]


@settings(max_examples=20, suppress_health_check=SHARED)
@given(honours, st.sets(st.integers(0, 23)))
def test_a_list_never_goes_beyond_its_third_and_never_shows_the_silent(
    context: Flask, honours: list[int], willing: set[int]
) -> None:
    group = a_street().group
    made = families(group, honours)
    for number in willing & set(range(len(made))):
        listed(made[number], password_hash=None)

    board = board_of(group)

    shown = {one.standing.household_id for one in board.listed}
    assert board.size == len(made)
    assert len(shown) <= len(made) // 3
    assert shown <= {made[number].id for number in willing & set(range(len(made)))}
    assert all(one.standing.honour > 60 for one in board.listed)
    assert not any(one.mine for one in board.listed)
    db.session.rollback()


@pytest.mark.parametrize(("moment", "counts"), [(QUARTER.starts, True), (QUARTER.ends, False)])
def test_a_period_is_half_open(context: Flask, moment: datetime, counts: bool) -> None:
    group = a_street().group
    (household,) = families(group, [0])
    earn(household, 5, effective_at=moment)
    earn(household, 100, effective_at=moment - timedelta(microseconds=1))

    assert places_of(group, [household]) == [(1, 65 if counts else 160)]


def test_months_and_years_show_what_was_earned_and_nothing_else(context: Flask) -> None:
    group = a_street().group
    households = families(group, [5, 0])

    assert places_of(group, households, Period("month", 2026, 11)) == [(1, 5), (2, 0)]
    assert places_of(group, households, Period("year", 2026, 1)) == [(1, 5), (2, 0)]


def test_each_kind_of_place_has_its_field(context: Flask) -> None:
    street = a_street()
    families(street.group, [1, 1])
    families(street.other_group, [1])
    families(street.village_group, [1, 1, 1])

    places = (street.group, street.grid, street.community, street.village, street.street)
    sizes = [board_of(place).size for place in places]

    assert sizes == [2, 3, 3, 3, 6]


def test_a_household_that_came_later_was_not_in_the_field(context: Flask) -> None:
    group = a_street().group
    first, late = families(group, [0, 0])
    late.joined_on = QUARTER.first_day

    assert board_of(group, first, QUARTER.previous).size == 1
    assert board_of(group, late, QUARTER.previous).mine is None
    assert board_of(group, late).size == 2


def test_a_household_sees_its_own_place_its_rise_and_the_way_up(context: Flask) -> None:
    group = a_street().group
    made = families(group, [9, 5, 5, 2])
    for household, honour in zip(made, [1, 2, 3, 4], strict=True):
        earn(household, honour, effective_at=QUARTER.starts - timedelta(days=40))

    own = board_of(group, made[3]).mine

    assert own is not None
    assert (own.standing.place, own.standing.shared, own.standing.field, own.before) == (4, 1, 4, 1)
    assert (own.standing.next_place, own.standing.missing) == (2, 3)
    top = board_of(group, made[0]).mine
    assert top is not None
    assert (top.standing.next_place, top.standing.missing) == (None, None)


def test_history_agrees_with_each_period_on_its_own(context: Flask) -> None:
    group = a_street().group
    made = families(group, [3, 2, 1])
    earn(made[2], 8, effective_at=QUARTER.previous.starts)

    history = queries.history(field_of(group), QUARTER, made[2].id)

    assert [period.key for period, _ in history] == ["2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"]
    assert [one and (one.place, one.honour) for _, one in history] == [None, None, None, None, (1, 68), (3, 61)]
    for period, standing in history[-2:]:
        alone = board_of(group, made[2], period).mine
        assert alone is not None
        assert alone.standing == standing


def test_nobody_falls_from_a_period_in_which_nobody_earned(context: Flask) -> None:
    group = a_street().group
    made = families(group, [3, 0])

    own = board_of(group, made[1]).mine

    assert own is not None
    assert (own.standing.place, own.before) == (2, None)


def top_of_six(group: Place) -> Household:
    return families(group, [9, 0, 0, 0, 0, 0])[0]


def test_a_consent_taken_back_holds_at_once(context: Flask) -> None:
    group = a_street().group
    top = top_of_six(group)
    adult = listed(top)
    assert len(board_of(group).listed) == 1

    spouse = a_resident(top)
    operations.withdraw_from_lists(by=as_person(spouse), at=NOON)

    assert board_of(group).listed == []
    record = db.session.scalars(select(ListingChange).order_by(ListingChange.id))
    assert [(row.shown_as, row.resident_id) for row in record] == [("masked", adult.id), ("none", spouse.id)]


@pytest.mark.parametrize(
    "change",
    [
        {"disabled_at": NOON},
        {"verified_at": None},
        {"household_id": None},
        {"born_on": clock.local(NOON).date() - timedelta(days=17 * 365)},
        {"born_on": None},
    ],
)
def test_a_consent_lapses_with_the_one_who_gave_it(context: Flask, change: dict[str, object]) -> None:
    group = a_street().group
    top = top_of_six(group)
    adult = listed(top, family_name="欧阳")

    for name, value in change.items():
        setattr(adult, name, value)
    db.session.flush()

    assert board_of(group).listed == []
    own = board_of(group, top).mine
    assert own is not None
    assert own.shown_as is None


def test_fields_offered_are_ones_own_from_the_smallest(context: Flask) -> None:
    street = a_street()
    person = as_person(a_resident(a_household(street.group)))

    offered, chosen = queries.fields_for(person, None)
    _, wished = queries.fields_for(person, street.village.code)
    _, by_id = queries.fields_for(person, str(street.street.id))

    assert [one.id for one in offered] == [street.group.id, street.grid.id, street.community.id, street.street.id]
    assert chosen is not None
    assert chosen.id == street.group.id
    assert wished is not None
    assert wished.id == street.village.id
    assert by_id is not None
    assert by_id.id == street.street.id
    assert queries.fields_for(person, "nowhere")[1] is None


def test_a_stranger_is_offered_the_street_and_its_communities(context: Flask) -> None:
    street = a_street()

    offered, chosen = queries.fields_for(Stranger(), None)

    assert [one.id for one in offered] == [street.street.id, street.community.id, street.village.id]
    assert chosen is not None
    assert chosen.id == street.street.id


def test_two_households_cannot_go_by_one_nickname_even_without_the_rule(context: Flask) -> None:
    group = a_street().group
    first, second = families(group, [1, 1])
    listed(first, shown_as="nickname", nickname="茉莉花")
    adult = a_resident(second)
    taken = {"shown_as": "nickname", "nickname": "茉 莉花", "nickname_key": "茉莉花"}

    with pytest.raises(Exception, match=r"(?i)unique"):
        db.session.execute(insert(Listing).values(household_id=second.id, agreed_by=adult.id, agreed_at=NOON, **taken))
    db.session.rollback()


def test_the_record_of_consents_only_grows(context: Flask) -> None:
    group = a_street().group
    listed(families(group, [1])[0])
    db.session.flush()

    with pytest.raises(Exception, match="append-only"):
        db.session.execute(text("DELETE FROM listing_changes"))
    db.session.rollback()
