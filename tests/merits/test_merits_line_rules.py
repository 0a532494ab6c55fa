"""Which lines of a tariff document are refused, and in which words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.config import ROOT
from app.kit.i18n import sentence
from app.kit.words import Words
from app.merits.line_rules import MOST_QUOTED, line_refusal, topic_refusal

WEIHAI = ROOT.parent / "shared" / "data" / "points-rules-weihai"


def document_line(**values: Any) -> dict[str, Any]:
    known = {
        "code": "E04", "heading": "environment", "behaviour": {"zh": "清洁日", "en": "Clean-up day"},
        "earn": "automatic", "assets": {"honour": 5},
        "caps": [{"limit": 1, "of": "count", "window": "day", "per": "resident"}],
    }  # fmt: skip
    return known | values


@pytest.mark.parametrize(
    "values",
    [
        {"assets": {}},
        {"assets": {"gold": 5}},
        {"assets": {"honour": 0}},
        {"assets": {"honour": -2}},
        {"assets": {"honour": 2.5}},
        {"assets": {"honour": True}},
        {"assets": {"honour": "-5至-50"}},
        {"assets": {"honour": [50, 20]}},
        {"assets": {"honour": "20-50"}},
        {"assets": {"honour": [20, 35, 50]}},
        {"assets": {"honour": ["20", "50"]}},
        {"assets": {"honour": "-5至-50"}, "earn": "deduction"},
        {"assets": {"honour": [-50, -5]}, "earn": "deduction"},  # nobody chooses how hard a deduction is
        {"assets": {"honour": float("nan")}},
        {"assets": {"honour": 10**9}},
        {"heading": "loyalty"},
        {"earn": "magic"},
        {"caps": [{"limit": 1, "of": "smiles", "window": "day", "per": "resident"}]},
        {"caps": [{"limit": 1, "of": "count", "window": "century", "per": "resident"}]},
        {"caps": [{"limit": "-5至-50", "of": "count", "window": "day", "per": "resident"}]},
        {"caps": [{"limit": 0, "of": "count", "window": "day", "per": "resident"}]},
        {"caps": [{"of": "count", "window": "day", "per": "resident"}]},
        {"caps": ["once"]},
        {"caps": None},
        {"code": ""},
        {"code": "E" * 17},
        {"behaviour": {}},
        {"behaviour": "清洁日"},
        {"behaviour": {"zh": 5}},
        {"unit": "每次"},
        {"evidence": "照片"},
        {"evidence": {"kind": "photo", "text": "照片"}},
        {"confirmer": {"zh": None}},
        {"per_minutes": 0},
        {"per_minutes": "60"},
        {"factor": "1.4"},
        {"factor": float("inf")},
        {"applies_to": "V01"},
        {"exclusive_with": "E03"},
        {"exclusive_with": [3]},
        {"highest_of_group": ["award"]},
        {"highest_of_group": ""},
        {"highest_wins": "yes"},
        {"first_report_only": 1},
    ],
)
def test_a_line_that_makes_no_sense_is_refused(values: dict[str, Any]) -> None:
    assert line_refusal(document_line()) is None

    no = line_refusal(document_line(**values))

    assert no is not None
    assert no.status == 422


@pytest.mark.parametrize("assets", [{"points": -2}, {"honour": -2, "points": -2}, {"minutes": -60}])
def test_i09_a_deduction_touches_honour_and_nothing_else(assets: dict[str, int]) -> None:
    taken = document_line(earn="deduction", assets={"honour": -2}, caps=[])
    assert line_refusal(taken) is None

    assert line_refusal(taken | {"assets": assets}) is not None


@pytest.mark.parametrize("earn", ["automatic", "claim", "deduction"])
def test_no_amount_that_a_city_wrote_as_a_range_in_words_is_guessed_at(earn: str) -> None:
    if not WEIHAI.is_dir():
        pytest.skip(f"REAL DATA IS ABSENT: {WEIHAI} was not found, so no printed range was tried")
    printed = json.loads((WEIHAI / "oracle.json").read_text(encoding="utf-8"))["range_or_text"]
    assert "-5至-50" in printed

    for text in printed:
        no = line_refusal(document_line(earn=earn, assets={"honour": text}))

        assert no is not None, text
        assert no.status == 422
        assert "cannot be understood" in no.text


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


@given(part=st.sampled_from([*document_line(), "unit", "evidence", "confirmer", "factor"]), value=ANYTHING)
def test_whatever_stands_in_a_line_the_answer_is_no_error(part: str, value: Any) -> None:
    no = line_refusal(document_line(**{part: value}))

    assert no is None or no.text


@given(ANYTHING)
def test_what_is_no_line_is_refused(value: Any) -> None:
    assert line_refusal(value) is not None


def test_a_line_is_refused_for_any_of_its_texts() -> None:
    for texts in (
        {"behaviour": {"zh": "越级上访"}},
        {"unit": {"zh": "每次上访"}},
        {"evidence": {"kind": "slip", "text": {"zh": "信访登记单"}}},
    ):
        no = line_refusal(document_line(**texts))

        assert no is not None
        assert dict(no.values)["topic"] == Words(zh="信访、投诉", en="petitions and complaints")


def test_the_sentence_names_the_subject_and_the_words_in_the_readers_language(app: Flask) -> None:
    no = topic_refusal(Words(zh="越级走访、拖欠水费", en="Went to Beijing with a petition"))

    assert no is not None
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert sentence(no) == (
            "This line concerns petitions and complaints; debts (“越级走访”, “petition”, “拖欠”), which must never "
            "earn or lose points, so the tariff cannot be published. Take it out and run the simulation again."
        )
    with app.test_request_context(headers={"Accept-Language": "zh"}):
        assert sentence(no) == (
            "这一条涉及信访、投诉；债务（“越级走访”、“petition”、“拖欠”），属于不得计分的内容，细则不能公布。请删去后再试算。"
        )


def test_a_long_text_is_not_told_back_whole() -> None:
    no = topic_refusal(Words(zh="婚、彩礼、嫁妆、单身、信访、投诉、欠税、破产、迷信"))

    assert no is not None
    assert dict(no.values)["words"].zh.count("“") == MOST_QUOTED
    assert topic_refusal(Words(zh="清洁日", en="Clean-up day")) is None


@pytest.mark.parametrize(
    ("assets", "fine"),
    [
        ({"honour": [20, 50], "points": [20, 50]}, True),
        ({"honour": [20, 50]}, True),
        ({"honour": [20, 50], "points": [1, 10]}, False),
        ({"honour": [20, 50], "points": 5}, False),
        ({"honour": 5, "points": [20, 50]}, False),
    ],
)
def test_reviewers_choose_one_amount_for_a_line(assets: dict[str, Any], fine: bool) -> None:
    no = line_refusal(document_line(assets=assets))

    assert (no is None) is fine
    assert fine or (no is not None and "more than one amount" in no.text)
