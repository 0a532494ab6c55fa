"""Vote boxes of small elections that were counted, without a database, to see how they are drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from fractions import Fraction
from typing import Any

from flask import Flask

from app.ballots import methods
from app.ballots.counting import Terms
from app.ballots.drawing import drawn
from app.ballots.queries import Answer, VoteBox, answers
from app.ballots.rules import ABSTENTION, YES_NO, Option
from app.kit.words import Words
from tests.makers import NOON

NAMES = {
    "a": Words(zh="长椅", en="Benches"), "b": Words(zh="路灯", en="Lamps"), "c": Words(zh="车棚", en="Bicycle shed"),
    "d": Words(zh="花坛", en="Flower bed"), "none": Words(zh="以上都不选", en="None of these"),
}  # fmt: skip

# Each beats the next: a by 11 to 5, b by 12 to 4, c by 9 to 7.
CIRCLE = {"a>b>c": 7, "b>c>a": 5, "c>a>b": 4}


@contextmanager
def read_in(app: Flask, language: str) -> Iterator[None]:
    with app.test_request_context("/", headers={"Cookie": f"language={language}"}):
        yield


def a_box(
    method: str, papers: Mapping[str, int], options: Sequence[str] = (), *, open_: bool = False,
    electorate: str = "person", labels: Mapping[str, Words] | None = None, **values: Any,
) -> VoteBox:  # fmt: skip
    """A closed vote (`open_`: one that still runs) of these papers; the roll is 100, the quorum 1, no threshold."""
    keys = options or (["yes", "no"] if method == "yes_no" else ["a", "b", "c"])
    known: dict[str, Any] = {"roll_size": 100, "quorum": 1, "threshold": Fraction(0), "lot": sorted(keys)}
    terms = Terms(method, keys, **(known | values))
    count = None if open_ else methods.count(terms, papers)
    words = {one.key: one.label for one in YES_NO} | NAMES | dict(labels or {})
    paper = [*(Option(key, words[key]) for key in keys), ABSTENTION]
    shown: Sequence[Answer] = answers(paper, count)  # type: ignore[arg-type]
    return VoteBox(
        id=1, subject="topic:1", wording=Words(zh="建什么？", en="What shall we build?"), text=None,
        electorate=electorate, secret=False, parts=(), roles=(), phase="open" if open_ else "closed",
        opens_at=NOON - timedelta(days=7), closes_at=NOON, planned_close=NOON, roll_hash="ab" * 32,
        quorum=Fraction(terms.quorum, terms.roll_size or 1), quorum_of="roll",
        quorum_size=terms.roll_size, terms=terms, cast=sum(papers.values()), answers=shown, refusal=None,
        my_choice=None, my_mark=None, outcome=count, extensions=(), desk=False, entered=False,
    )  # fmt: skip


def noted(box: VoteBox) -> list[str]:
    return [one.words for one in drawn(box).notes]


def path(box: VoteBox) -> list[str]:
    return [" ".join(stage.path) for stage in drawn(box).stages]


def cells(table: Any) -> dict[str, list[str]]:
    """Each row of a table by its label in English."""
    rows = [*table.rows, *table.feet]
    return {getattr(row.label, "en", row.label): [cell.text for cell in row.cells] for row in rows}
