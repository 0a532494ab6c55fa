"""The figures of requests against sums made by hand, and private requests before every way of looking for them."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from app.grid import operations
from app.kit.words import Words
from tests.grid.hall import DAY, DONE, HOUR, Hall, a_request, rated
from tests.grid.test_grid_views import World
from tests.makers import NOON, post
from tests.worlds import Hold

# Category, hours until the answer (None: not yet answered), how it ended, the reporter's word and stars.
BY_HAND: tuple[tuple[str, int | None, str, str | None, int], ...] = (
    ("lamp", 2, "solved", "solved", 5),
    ("lamp", 4, "solved", "partly", 3),
    ("lamp", 10, "explained", None, 0),
    ("lamp", 30, "solved", None, 0),
    ("lamp", 24 * 9, "solved", "solved", 4),  # three working days were over: with the community by then
    ("lamp", None, "", None, 0),
    ("drain", 1, "solved", None, 0),
    ("drain", 3, "not_solved", None, 0),
    ("drain", 5, "partly", None, 0),
    ("drain", 7, "solved", "solved", 2),
    ("drain", 9, "solved", None, 0),
)


def make(hall: Hall) -> None:
    for category, hours, outcome, verdict, stars in BY_HAND:
        one = a_request(hall, category=category)
        if hours is None:
            continue
        at = NOON + hours * HOUR
        by = hall.grid if hours < 24 * 5 else hall.staff
        operations.take(one.id, seen=None, by=by, at=at)
        operations.start(one.id, seen=None, by=by, at=at)
        operations.resolve(one.id, outcome=outcome, answer=DONE, seen=None, by=by, at=at)
        if verdict is not None:
            rated(hall, one, verdict, at=at + HOUR, stars=stars)


@pytest.fixture
def world(app: Flask, at: Hold) -> World:
    at(NOON + 12 * DAY)
    return World(app)


def test_the_figures_are_those_that_were_counted_by_hand(world: World) -> None:
    with world.inside():
        make(world.hall)
    found = world.as_(None).get("/requests/figures.json").get_json()

    def row(key: str) -> dict[str, Any]:
        return next(one for one in found["by_category"] if one["key"] == key)

    # Eleven reported, ten answered: 1 2 3 4 5 7 9 10 30 216 hours, in the middle of which stand 5 and 7.
    whole = found["whole"]
    assert (whole["number"], whole["answered"], whole["median_minutes"]) == (11, 10, 6 * 60)
    # Solved by the last word: not the two that are partly solved, nor the one that is not; one was too late.
    assert (whole["solved"], whole["on_time"]) == (7, 9)
    assert (whole["rated"], whole["satisfaction"]) == (4, 3.5)
    # Lamps: 2 4 10 30 216 hours; ten in the middle. Two of three ratings and the explanation count as solved.
    lamp = row("lamp")
    assert (lamp["number"], lamp["answered"], lamp["solved"], lamp["on_time"]) == (6, 5, 4, 4)
    assert (lamp["median_minutes"], lamp["rated"], lamp["satisfaction"]) == (600, 3, 4.0)
    drain = row("drain")
    assert (drain["number"], drain["solved"], drain["on_time"], drain["median_minutes"]) == (5, 3, 5, 300)
    told = world.as_(None).get("/requests/figures").text
    for figure in ("70%", "90%", "6 hours", "3.5", "10 hours", "5 hours"):
        assert figure in told, figure


def test_a_single_small_row_takes_the_next_one_with_it(world: World) -> None:
    """Or it would follow by subtraction (P10)."""
    with world.inside():
        make(world.hall)
        a_request(world.hall, category="noise")

    found = world.as_(None).get("/requests/figures.json").get_json()
    assert [one["key"] for one in found["by_category"]] == ["lamp"]


def test_with_an_even_number_the_median_lies_between_the_two_in_the_middle(world: World) -> None:
    with world.inside():
        for hours in (1, 2, 5, 8, 20, 30):
            one = a_request(world.hall)
            at = NOON + hours * HOUR
            operations.take(one.id, seen=None, by=world.hall.grid, at=at)
            operations.start(one.id, seen=None, by=world.hall.grid, at=at)
            operations.resolve(one.id, outcome="solved", answer=DONE, seen=None, by=world.hall.grid, at=at)

    assert world.as_(None).get("/requests/figures.json").get_json()["whole"]["median_minutes"] == 6.5 * 60


# Private requests ------------------------------------------------------------------------------------------------

SECRET = Words(zh="隔壁老人夜里呼喊", en="An old neighbour calls at night")


def test_a_private_request_is_found_by_no_list_file_or_search(world: World) -> None:
    hall = world.hall
    private = world.make(a_request, is_public=False, title=SECRET, text=SECRET)
    path = f"/requests/{private}"
    for who in (None, hall.neighbour, hall.villager, hall.village_staff, hall.newcomer):
        client = world.as_(who, "zh")
        for way in (path, path + ".json", f"{path}/photos/1"):
            assert client.get(way).status_code == 404, way
        for page in ("/requests", "/requests.json", "/requests?state=open", "/requests/figures", "/", "/search?q=呼喊"):
            assert SECRET.zh not in client.get(page, follow_redirects=True).text.replace("q=呼喊", ""), page
        if who is not None:
            assert SECRET.zh not in client.get("/requests/mine").text
    for reader in (hall.reporter, hall.grid, hall.staff, hall.above, hall.supervisor):
        assert SECRET.zh in world.as_(reader, "zh").get(path).text


def test_what_cannot_be_seen_cannot_be_acted_on(world: World) -> None:
    private = world.make(a_request, is_public=False)
    stranger = world.as_(world.hall.village_staff)
    for ending in ("steps/take", "rate", "add", "follow", "follow/withdraw"):
        assert post(stranger, f"/requests/{private}/{ending}", text="x", verdict="solved").status_code == 404, ending
    assert world.one(private).version == 1
