"""How the rounds of a run-off and the pairs of Schulze's method are drawn and told."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import pytest
from flask import Flask

from app.ballots import showing
from app.ballots.drawing import drawn
from app.kit.words import Words
from tests.ballots.boxes import CIRCLE, a_box, cells, noted, path, read_in

HALF = Fraction(1, 2)


@pytest.fixture
def english(app: Flask) -> Iterator[None]:
    with read_in(app, "en"):
        yield


def test_a_run_off_is_told_round_by_round(english: None) -> None:
    box = a_box("run_off", {"a>b>c": 8, "b>a": 5, "c>b": 3, "c": 1})

    stages = drawn(box).stages

    assert path(box) == [
        "“Bicycle shed” has the fewest votes (4) and drops out. These votes go on: 3 to “Lamps” and 1 to nobody else.",
        "“Benches” and “Lamps” end with equally many votes (8).",
    ]
    assert [(bar.figure, bar.mark) for bar in stages[0].bars] == [("8", ""), ("5", ""), ("4", "Drops out")]
    assert (stages[0].line.words, stages[0].line.at) == ("More than half of 17: 9", 0.5)
    assert (stages[1].line.words, stages[1].line.at) == ("More than half of 16: 9", 8 / 17)
    assert stages[1].exhausted == "Papers that name nobody any more: 1"
    assert showing.outcome_words(box) == "“Benches” and “Lamps” stood equal, so nothing was decided"


def test_the_winner_of_a_run_off_is_measured_against_all_who_chose(english: None) -> None:
    box = a_box("run_off", {"a": 5, "b": 4, "c": 3, "d": 2}, ["a", "b", "c", "d"], threshold=HALF)

    assert "“Benches” has 5 of 9 that still name somebody: more than half." in path(box)[-1]
    assert noted(box) == ["“Benches” had 5 votes, and 8 votes were needed."]
    assert drawn(box).line is not None


def test_the_lot_that_leaves_somebody_out_is_told_and_can_be_drawn_again(english: None) -> None:
    box = a_box("run_off", {"a": 5, "b": 2, "c": 2}, lot=["c", "a", "b"])

    assert path(box)[0].startswith("“Benches” has 5 of 9")
    tied = a_box("run_off", {"a": 4, "b": 2, "c>b": 2}, lot=["b", "a", "c"])
    assert path(tied)[0] == (
        "“Lamps” and “Bicycle shed” have equally few votes (2); the lot leaves out “Bicycle shed”. "
        "These votes go on: 2 to “Lamps”."
    )
    assert "The order of the lot: “Lamps”, “Benches”, “Bicycle shed”." in drawn(tied).how[-1]
    assert not any("order of the lot" in words for words in drawn(box).how)


def test_a_transferable_vote_moves_parts_of_votes(english: None) -> None:
    box = a_box("transferable", {"a>b": 7, "a>c": 5, "b": 4, "c": 3, "d>c": 4}, ["a", "b", "c", "d"], seats=2)

    stages = drawn(box).stages

    assert path(box)[0] == (
        "“Benches” has 12 votes and reaches the 8 that a seat takes. "
        "What is more than a seat takes goes on: 2.33 to “Lamps” and 1.66 to “Bicycle shed”."
    )
    assert [bar.figure for bar in stages[1].bars] == ["6.33", "4.66", "4"]
    assert (stages[0].line.words, stages[0].line.at) == ("A seat takes 8 votes", 8 / 12)
    assert stages[0].bars[0].filled == 1
    assert showing.outcome_words(box) == "Elected: Benches, Bicycle shed"


def test_the_last_seats_are_taken_below_the_quota(english: None) -> None:
    box = a_box("transferable", {"a": 5, "b": 3, "c": 2, "d": 1}, ["a", "b", "c", "d"], seats=3)

    assert path(box)[-1] == "As many seats are left as names, so “Bicycle shed” takes one with 2 votes."
    assert cells(drawn(box).tables[1])["Bicycle shed"] == ["2", "2", "2"]


def test_many_rounds_are_folded_but_the_first_and_the_last(english: None) -> None:
    many = {chr(97 + place): Words(en=f"Name {place}") for place in range(7)}
    box = a_box("run_off", {key: 9 - place for place, key in enumerate(many)}, list(many), labels=many)

    assert [stage.open for stage in drawn(box).stages] == [True, False, False, False, False, True]


def test_pairs_are_compared_and_a_circle_is_told_as_a_chain(english: None) -> None:
    shown = drawn(a_box("schulze", CIRCLE))

    assert shown.matrix is not None
    assert cells(shown.matrix) == {"Benches": ["", "11", "7"], "Lamps": ["5", "", "12"], "Bicycle shed": ["9", "4", ""]}
    assert [[cell.won for cell in row.cells] for row in shown.matrix.rows] == [
        [False, True, False], [False, False, True], [True, False, False],
    ]  # fmt: skip
    assert [(duel.for_, duel.equal, duel.against) for duel in shown.duels] == [(11, 0, 5), (7, 0, 9)]
    assert [duel.words for duel in shown.duels] == [
        "“Benches” beats “Lamps”: 11 papers put it higher, 5 lower.",
        "“Benches” does not beat “Bicycle shed” directly, but by a chain of wins: its weakest win has 11 papers, that "
        "of the way back 9.",
    ]
    assert shown.tables[-1].caption == "Strongest chain of wins from the row to the column"


def test_an_answer_that_is_out_before_the_comparison_says_why(english: None) -> None:
    papers = {"a>none": 5, "b>none>c": 1, "none>b": 1, "a>c>none": 20, "none>c": 2}
    values = {"default": "none", "quorum": 3, "ratios": {"c": Fraction(3)}}
    box = a_box("schulze", papers, ["a", "b", "c", "none"], **values)

    assert drawn(box).dropped == [
        "“Lamps” is out: 1 paper put it above “None of these”, and 3 were needed.",
        "“Bicycle shed” is out: 20 papers put it above “None of these” and 9 below; it needed more than 3 to 1.",
    ]


def test_where_none_of_these_comes_first_nothing_is_carried(english: None) -> None:
    box = a_box("schulze", {"none>a": 5, "a>none": 2}, ["a", "none"], default="none")

    assert showing.outcome_words(box) == "Nothing was chosen: “None of these” came first"
    assert noted(box) == ["“None of these” came first, so nothing is carried."]
    assert drawn(box).dropped == [
        "“Benches” is out: 2 papers put it above “None of these” and 5 below; it needed more above than below."
    ]


def test_votes_that_nobody_can_take_go_on_to_nobody(english: None) -> None:
    box = a_box("run_off", {"a": 3, "b": 2, "c": 1})

    assert path(box)[0] == (
        "“Bicycle shed” has the fewest votes (1) and drops out. "
        "1 vote cannot go on: nobody else on these papers is still in."
    )
