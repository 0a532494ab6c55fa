"""Times of day, and the order of a work list."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.home.rules import Task, home_path, home_place_id, in_order, part_of_day, share
from app.people.rules import Held, Person, Stranger

NOON = datetime(2026, 11, 18, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("local_hour", "part"),
    [
        (0, "night"), (4, "night"), (5, "morning"), (10, "morning"), (11, "noon"), (12, "noon"), (13, "afternoon"),
        (17, "afternoon"), (18, "evening"), (23, "evening"),
    ],
)  # fmt: skip
def test_the_greeting_follows_the_clock_of_the_village(local_hour: int, part: str) -> None:
    assert part_of_day(NOON.replace(hour=(local_hour - 8) % 24)) == part


def task(kind: str, days: int | None) -> Task:
    return Task("topics", kind, kind, "/", NOON - timedelta(days=days) if days is not None else None)


def test_what_waits_longest_comes_first_and_discussions_last() -> None:
    waiting = [task("ballot", 90), task("accept", 1), task("hours", 3), task("address", None)]

    assert [one.kind for one in in_order(waiting)] == ["address", "hours", "accept", "ballot"]


def test_only_what_is_due_stands_out() -> None:
    assert task("accept", 6).is_late(NOON)
    assert not task("accept", 4).is_late(NOON)
    assert not task("ballot", 90).is_late(NOON)
    assert not task("address", None).is_late(NOON)


def test_a_term_counts_before_the_days_that_are_usual() -> None:
    due = replace(task("disclosures.publish", None), due_at=NOON + timedelta(days=1))
    late = replace(task("overdue", 1), due_at=NOON)

    waiting = in_order([task("accept", 2), due, late])

    assert [one.kind for one in waiting] == ["overdue", "disclosures.publish", "accept"]
    assert late.is_late(NOON)
    assert not due.is_late(NOON)


@pytest.mark.parametrize(
    ("part", "whole", "people", "says"),
    [
        (3, 12, False, 0.25), (0, 0, False, None), (0, 0, True, None), (4, 4, True, None), (4, 40, True, None),
        (0, 40, True, 0.0), (5, 5, True, 1.0),
    ],
)  # fmt: skip
def test_a_share_about_fewer_than_five_people_stays_unsaid(
    part: int, whole: int, people: bool, says: float | None
) -> None:
    assert share(part, whole, people=people) == says


def test_staff_from_elsewhere_see_the_place_they_work_for() -> None:
    staff = Person(1, "方", "文静", roles=(Held("street", 3, "/3/"),))
    held = (Held("leader", 6, "/3/4/5/6/"),)
    resident = Person(2, "张", "秀英", household_id=1, community_id=4, path="/3/4/5/6/", roles=held)

    assert (home_path(staff), home_place_id(staff)) == ("/3/", 3)
    assert (home_path(resident), home_place_id(resident)) == ("/3/4/", None)
    assert (home_path(Stranger()), home_place_id(Stranger())) == ("", None)
