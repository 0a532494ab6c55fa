"""The order of a conversation, and where brought-in comments stand."""

from __future__ import annotations

import csv
import json
import random
from collections import Counter, defaultdict
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.config import ROOT
from app.discussion import rules
from app.discussion.bringing_in import places_in_thread

MADRID = ROOT.parent / "shared" / "data" / "topics-decide-madrid"


@dataclass
class Row:
    id: int
    path: str
    parent_id: int | None
    missing_parent: bool = False


@given(some.lists(some.integers(1, rules.MOST_NUMBER), min_size=2, max_size=20))
def test_steps_sort_like_their_numbers(numbers: list[int]) -> None:
    assert sorted(map(rules.step, numbers)) == [rules.step(number) for number in sorted(numbers)]


@given(some.lists(some.tuples(some.integers(0, 40), some.integers(-1, 40)), max_size=60))
def test_every_comment_finds_a_place_whatever_answers_what(pairs: list[tuple[int, int]]) -> None:
    wish = [(str(one), None if parent < 0 else str(parent)) for one, parent in dict(pairs).items()]

    placed = places_in_thread(wish)

    assert set(placed) == {one for one, _parent in wish}
    assert sorted(place.number for place in placed.values()) == list(range(1, len(wish) + 1))
    assert len({place.path for place in placed.values()}) == len(wish)
    for place in placed.values():
        if place.parent is not None:
            assert place.path.startswith(placed[place.parent].path)
            assert placed[place.parent].number < place.number


def test_answers_that_run_in_a_circle_are_kept_as_orphans() -> None:
    placed = places_in_thread([("a", "b"), ("b", "a"), ("c", "a")])

    assert sorted(one for one, place in placed.items() if place.orphan) != []
    assert len(placed) == 3


def test_a_second_delivery_goes_on_below_what_is_there() -> None:
    placed = places_in_thread([("9", "4")], known={"4": rules.step(2)}, first_number=7)

    assert placed["9"].path == rules.step(2) + rules.step(7)
    assert not placed["9"].orphan


@pytest.mark.skipif(not MADRID.exists(), reason="the topics of Decide Madrid are not on this machine")
def test_the_threads_of_madrid_are_as_deep_as_the_oracle_says() -> None:
    oracle = json.loads((MADRID / "oracle.json").read_text())
    threads: dict[str, list[tuple[str, str | None]]] = defaultdict(list)
    with (MADRID / "comments.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            threads[row["proposalId"]].append((row["id"], None if row["parentId"] == "-1" else row["parentId"]))
    random.Random(1).shuffle(threads["1085"])

    placed = [place for thread in threads.values() for place in places_in_thread(thread).values()]

    assert Counter(str(place.depth) for place in placed) == oracle["depth_histogram"]
    assert sum(place.orphan for place in placed) == oracle["orphans"]
    assert max(place.depth for place in placed) == 24


def test_a_talk_is_drawn_four_levels_deep_and_names_whom_the_deeper_ones_answer() -> None:
    paths = [rules.step(1)]
    for number in range(2, 30):
        paths.append(rules.path_below(paths[-1], number))
    rows = [Row(number, path, number - 1 or None) for number, path in enumerate(paths, start=1)]

    (top,) = rules.conversation(rows)

    levels = [top, top.replies[0], top.replies[0].replies[0]]
    last = levels[-1].replies
    assert [said.row.id for said in last] == list(range(4, 30))
    assert all(not said.replies for said in last)
    assert [said.answers_to for said in (*levels, *last)] == [False] * 4 + [True] * 25


def test_a_page_that_begins_in_the_middle_names_what_it_answers() -> None:
    rows = [Row(5, rules.step(1) + rules.step(5), 1), Row(6, rules.step(1) + rules.step(5) + rules.step(6), 5)]

    (said,) = rules.conversation(rows)

    assert said.answers_to
    assert not said.replies[0].answers_to


def test_the_deepest_answers_stand_beside_each_other() -> None:
    path = ""
    for number in range(1, 200):
        path = rules.path_below(path, number)

    assert len(path) == 400
