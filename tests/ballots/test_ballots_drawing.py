"""How results are drawn: rows, widths, lines and words for every method, in both languages."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest
from flask import Flask, json, render_template_string

from app.ballots import bundle, labels, showing
from app.ballots.counting import AGAIN, LOT
from app.ballots.drawing import Drawing, drawn, result_csv_rows
from app.ballots.needed import line_of
from app.ballots.papers import METHODS
from app.ballots.queries import VoteBox
from app.kit import tables
from app.kit.words import Words
from tests.ballots.boxes import CIRCLE, a_box, noted, path, read_in
from tests.ballots.elections import a_paper

PAGE = '{% import "components/tally.html" as tally with context %}{{ tally.result(box|drawn, stamp, sentence) }}'
TWO_THIRDS, HALF = Fraction(2, 3), Fraction(1, 2)


@pytest.fixture
def english(app: Flask) -> Iterator[None]:
    with read_in(app, "en"):
        yield


def page(box: VoteBox) -> str:
    """The drawing as a page shows it."""
    assert box.outcome is not None
    stamp = showing.seal_of(box.outcome.result)
    return render_template_string(PAGE, box=box, stamp=stamp, sentence=showing.outcome_words(box))


def test_votes_are_cut_never_rounded_up() -> None:
    assert [labels.figure(one) for one in (12, Fraction(37, 3), Fraction(11999, 1000), 1280, Fraction(2561, 2))] == [
        "12", "12.33", "11.99", "1,280", "1,280.50",
    ]  # fmt: skip


def test_while_voting_runs_only_the_turnout_is_drawn(english: None) -> None:
    box = a_box("yes_no", {"yes": 30, "no": 2}, open_=True, quorum=40)

    drawing_ = drawn(box)

    assert drawing_ == Drawing(drawing_.turnout)
    assert (drawing_.turnout.filled, drawing_.turnout.line, drawing_.turnout.part) == (0.32, 0.4, "going")
    assert drawing_.turnout.says == "32 people have voted · 32% · Quorum: 40 people"
    assert result_csv_rows(box) == [["Option"]]


@pytest.mark.parametrize(("values", "widths", "line", "words"), [
    ({"threshold": TWO_THIRDS}, [0.75, 0.25], 2 / 3,
     "Line: two thirds or more of the 80 votes for or against, that is 54 votes"),
    ({"threshold": HALF, "of_roll": True}, [0.6, 0.2], 0.5,
     "Line: more than half of the roll of 100 people, that is 51 votes"),
    ({"threshold": Fraction(0)}, [0.75, 0.25], None, None),
])  # fmt: skip
def test_yes_and_no_are_shares_of_both_or_of_the_roll(
    english: None, values: dict[str, Any], widths: list[float], line: float | None, words: str | None
) -> None:
    shown = drawn(a_box("yes_no", {"yes": 60, "no": 20, "abstain": 5}, **values))

    assert [bar.filled for bar in shown.bars] == widths
    assert [bar.line for bar in shown.bars] == [line, None]
    assert (shown.line.words if shown.line else None) == words
    assert shown.abstained == "Abstained: 5. That counts towards the turnout, not towards the result."


@pytest.mark.parametrize(("method", "papers", "figures", "shares", "whole"), [
    ("single_choice", {"a": 2, "b": 6, "abstain": 2}, ["2", "6", "0"], ["25%", "75%", "0%"],
     "papers that chose, that is 5 votes"),
    ("approval", {"a,b": 2, "b": 6}, ["2", "8", "0"], ["25%", "100%", "0%"], "papers that chose, that is 5 votes"),
    ("score", {"a:1,b:5,c:0": 4}, ["4", "20", "0"], ["20%", "100%", "0%"],
     "20 points that could be given, that is 11 points"),
])  # fmt: skip
def test_every_answer_has_its_number_its_share_and_the_line(
    english: None, method: str, papers: dict[str, int], figures: list[str], shares: list[str], whole: str
) -> None:
    shown = drawn(a_box(method, papers, threshold=HALF))

    assert [bar.figure for bar in shown.bars] == figures
    assert [bar.share for bar in shown.bars] == shares
    assert [(bar.mark, bar.won, bar.line) for bar in shown.bars] == [
        ("", False, 0.5), ("Chosen", True, 0.5), ("", False, 0.5),
    ]  # fmt: skip
    assert shown.line is not None
    assert shown.line.words.endswith(whole)


def test_a_result_below_the_line_says_what_was_missing(english: None) -> None:
    box = a_box("single_choice", {"a": 4, "b": 3, "c": 3}, threshold=HALF)

    assert noted(box) == ["“Benches” had 4 votes, and 6 votes were needed."]
    assert showing.outcome_words(box) == "Nothing was chosen: no answer reached what it needed"


def test_without_the_quorum_it_says_how_many_voted_and_how_many_were_needed(english: None) -> None:
    box = a_box("transferable", {"a": 6, "b>c": 2}, seats=2, quorum=30, electorate="household")

    assert noted(box) == [
        "8 households have voted; 30 households were needed. Nothing is decided; the figures are shown all the same."
    ]
    assert showing.outcome_words(box) == "Too few voted, so nothing was decided"
    assert drawn(box).turnout.part == "going"
    assert not any(bar.won for stage in drawn(box).stages for bar in stage.bars)


@pytest.mark.parametrize("method", ["single_choice", "approval", "schulze"])
@pytest.mark.parametrize(("ties", "words", "note"), [
    (AGAIN, "“Benches” and “Lamps” stood equal, so nothing was decided",
     "Nothing is carried. The question can be put again."),
    (LOT, "Chosen: Lamps",
     "“Benches” and “Lamps” stood equal. The lot that was fixed when voting opened took “Lamps”."),
])  # fmt: skip
def test_a_tie_says_who_stood_equal_and_what_the_lot_took(
    english: None, method: str, ties: str, words: str, note: str
) -> None:
    box = a_box(method, {"a": 5, "b": 5, "c": 1}, ties=ties, lot=["b", "a", "c"])

    assert showing.outcome_words(box) == words
    assert noted(box) == [note]
    assert any("SHA-256" in one for one in drawn(box).how) == (ties == LOT)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("papers", [{}, {"abstain": 3}])
@pytest.mark.parametrize("of_roll", [True, False])
def test_nothing_is_divided_where_nobody_chose(
    english: None, method: str, papers: dict[str, int], of_roll: bool
) -> None:
    for roll in (0, 3):
        box = a_box(method, papers, threshold=HALF, of_roll=of_roll, roll_size=roll, quorum=0)

        shown = drawn(box)

        assert page(box)
        assert all(bar.filled == 0 for bar in shown.bars)
        nobody = "Nobody voted; 0 people were needed. Nothing is decided."
        assert noted(box) == ["No paper chose an answer, so nothing is carried." if papers else nobody]
        assert papers or not (shown.bars or shown.stages or shown.duels or shown.dropped or shown.matrix)
        assert len(result_csv_rows(box)[0]) >= 3


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("method", METHODS)
def test_every_drawing_speaks_one_language_and_stays_inside(app: Flask, method: str, language: str) -> None:
    options = ["yes", "no"] if method == "yes_no" else ["a", "b", "c", "none"]
    default = "none" if method == "schulze" else None
    seats = 2 if method == "transferable" else 1
    for seed in range(25):
        draw = random.Random(seed)
        values: dict[str, Any] = {
            "default": default, "ties": draw.choice((AGAIN, LOT)), "quorum": draw.choice((1, 9)), "seats": seats,
            "threshold": draw.choice((Fraction(0), HALF, TWO_THIRDS)), "of_roll": draw.random() < 0.3,
            "roll_size": 20,
        }  # fmt: skip
        terms = a_box(method, {}, options, **values).terms
        box = a_box(method, Counter(a_paper(draw, terms) for _ in range(draw.randint(0, 12))), options, **values)
        with read_in(app, language):
            shown, text = drawn(box), re.sub(r"<[^>]*>|&\w+;", " ", page(box))
            assert len({len(row) for row in result_csv_rows(box)}) == 1

        widths = [bar.filled for bar in shown.bars] + [bar.filled for one in shown.stages for bar in one.bars]
        assert all(0 <= width <= 1 for width in widths)
        assert all(0 <= one.line.at <= 1 for one in shown.stages)
        foreign = r"[\u3400-\u9fff]" if language == "en" else r"(?!SHA\b)[A-Za-z]{3,}"
        assert re.findall(foreign, text) == []


@pytest.mark.parametrize("method", METHODS)
def test_every_drawing_says_its_numbers_and_has_them_as_a_table(english: None, method: str) -> None:
    papers = {"yes_no": {"yes": 3, "no": 2}, "score": {"a:5,b:1,c:0": 3}}.get(method, {"b": 3, "a": 2})

    html = page(a_box(method, papers, seats=2 if method == "transferable" else 1))

    assert html.count("<table") == html.count("<caption") >= 1
    assert "See as a table" in html
    assert "How this was counted" in html
    assert all(re.search(r'aria-label="[^"]*\d', svg) for svg in re.findall(r'<svg class="bar" width[^>]*>', html))


def test_names_are_text_wherever_they_stand(english: None) -> None:
    names = {"a": Words(en="<b>Ann</b>"), "b": Words(en="100%(x)s")}
    for method in ("single_choice", "run_off", "schulze", "transferable"):
        html = page(a_box(method, {"a>b" if method != "single_choice" else "a": 3, "b": 2}, ["a", "b"], labels=names))

        assert "<b>Ann" not in html
        assert "&lt;b&gt;Ann" in html
        assert "100%(x)s" in html


@pytest.mark.parametrize(("method", "papers", "rows"), [
    ("yes_no", {"yes": 3, "no": 1, "abstain": 1}, [
        ["Option", "Votes", "Of yes and no", "Outcome"], ["Yes", 3, "75%", "Carried"], ["No", 1, "25%", ""],
        ["Abstained", 1, "", ""], ["Papers cast", 5, "", ""],
    ]),
    ("run_off", {"a": 1200, "b>a": 1000, "c": 900}, [
        ["Option", "First places", "Outcome", "Round 1", "Round 2"],
        ["Benches", 1200, "Chosen", 1200, 1200], ["Lamps", 1000, "", 1000, 1000], ["Bicycle shed", 900, "", 900, ""],
        ["Abstained", 0, "", "", ""], ["Name nobody any more", "", "", 0, 900], ["Papers cast", 3100, "", "", ""],
    ]),
    ("schulze", {"a>b": 2, "b": 1}, [
        ["Option", "First places", "Outcome", "above “Benches”", "above “Lamps”", "above “Bicycle shed”"],
        ["Benches", 2, "Chosen", "", 2, 2], ["Lamps", 1, "", 1, "", 3], ["Bicycle shed", 0, "", 0, 0, ""],
        ["Abstained", 0, "", "", "", ""], ["Papers cast", 3, "", "", "", ""],
    ]),
])  # fmt: skip
def test_the_result_can_be_taken_away_as_csv(
    english: None, method: str, papers: dict[str, int], rows: list[list[Any]]
) -> None:
    box = a_box(method, papers)

    assert result_csv_rows(box) == rows
    assert tables.as_csv(rows).decode("utf-8-sig").startswith("Option,")


def test_the_csv_speaks_the_language_of_the_reader(app: Flask) -> None:
    box = a_box("transferable", {"a>b": 7, "a>c": 5, "b": 4}, seats=2)

    with read_in(app, "zh"):
        rows = result_csv_rows(box)

    assert rows[0] == ["选项", "排第一的票数", "结果", "第1轮", "第2轮"]
    assert rows[1][:4] == ["长椅", 12, "当选", 12]
    assert rows[2][4] == 7.5


def test_the_words_of_an_outcome_in_chinese(app: Flask) -> None:
    with read_in(app, "zh"):
        assert showing.outcome_words(a_box("yes_no", {"yes": 1})) == "表决通过"
        assert showing.outcome_words(a_box("approval", {"a": 2})) == "选定：长椅"
        assert showing.outcome_words(a_box("transferable", {"a": 2, "b": 2}, seats=2)) == "当选：长椅、路灯"
        assert showing.outcome_words(a_box("score", {"a:1,b:1,c:0": 1})) == "“长椅”和“路灯”不分高下，没有形成结果"
        assert (
            path(a_box("run_off", {"a": 2, "b": 2, "c>a": 1}))[0]
            == "“车棚”票数最少（1票），退出。 这些票转给：“长椅”1票。"
        )


def test_the_twin_says_the_terms_at_once_and_the_count_after_closing(english: None) -> None:
    running = showing.twin(a_box("schulze", CIRCLE, open_=True, ties=LOT))
    closed_box = a_box("transferable", {"a>b": 7, "a>c": 5, "b": 4, "c": 3}, seats=2)
    closed = showing.twin(closed_box)

    assert running is not None
    assert closed is not None
    assert (running["count"], running["outcome"], running["winners"]) == (None, None, None)
    told = ("method", "ties", "lot", "seats", "of_roll", "default", "ratios")
    assert {key: running["terms"][key] for key in told} == {
        "method": "schulze", "ties": "lot", "lot": ["a", "b", "c"], "seats": 1, "of_roll": False, "default": None,
        "ratios": {},
    }  # fmt: skip
    assert (running["secret"], running["text"], running["quorum_of"]) == (False, None, "roll")
    assert closed_box.outcome is not None
    assert closed["count"] == bundle.told(closed_box.outcome)
    assert closed["count"]["rounds"][1]["votes"]["b"] == "83/12"
    assert json.dumps(closed)


def test_the_line_is_where_the_count_draws_it(english: None) -> None:
    """What is said to be needed is exactly what carries."""
    for threshold in (Fraction(1, 3), HALF, TWO_THIRDS, Fraction(3, 4), Fraction(1)):
        for whole in range(1, 13):
            for yes in range(whole + 1):
                box = a_box("yes_no", {"yes": yes, "no": whole - yes}, threshold=threshold)
                assert box.outcome is not None
                needed = line_of(box, box.outcome)
                assert needed is not None
                assert (box.outcome.result == "carried") == (yes >= int(needed.words.rsplit(" ", 2)[1]))
