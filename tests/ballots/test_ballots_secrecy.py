"""Nothing that the house keeps, writes down or hands out says who voted what in a secret ballot (V4).

Five elections of a hundred votes are held against all that there is of them, row by row and order by order (`leaks`):
every table with what the database itself keeps of its rows, the log, the answers, and the published bundle.
"""

from __future__ import annotations

import ast
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from itertools import product
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.ballots.models import RollEntry
from app.ballots.operations import secret as secretly
from app.ballots.rules import RECEIPT_LENGTH, RECEIPT_SIGNS
from app.config import ROOT
from app.kit import audit
from app.kit.db import db
from app.people.queries import digest
from tests.ballots.birds import HERON, KINGFISHER, World
from tests.ballots.leaks import Told, Truth, findings, measured, tables_of, written
from tests.council.square import DAY
from tests.kit.lines import logged
from tests.makers import NOON
from tests.worlds import Hold

VOTES, RUNS = 100, 5
# What a database keeps of the making and the place of a row: whoever holds its files reads that while voting runs, and
# the page of the ballot says so. `flask tick` writes the papers anew once voting has closed.
WHILE_IT_RUNS = {"postgresql": ("secret_papers.ctid", "secret_papers.order", "secret_papers.xmin"), "sqlite": ()}


@dataclass
class Election:
    """One question with a hundred votes, in an order and with choices that a seed draws."""

    world: World
    at: Hold
    seed: int
    before: list[Told] = field(init=False)
    after: list[Told] = field(init=False)

    def __post_init__(self) -> None:
        self.began = NOON + 5 * self.seed * DAY
        self.at(self.began)
        _topic, self.question = self.world.put(self.began)
        draw = random.Random(self.seed)
        people = self.world.square.neighbours
        self.order = draw.sample(range(VOTES), VOTES)
        self.choices = draw.sample([HERON, KINGFISHER] * (VOTES // 2), VOTES)
        self.receipts = ["".join(draw.choices(RECEIPT_SIGNS, k=RECEIPT_LENGTH)) for _ in people]
        self.truth = Truth(self._keys(), self.choices, [digest(one) for one in self.receipts])

    def _keys(self) -> list[dict[str, Any]]:
        with self.world.inside():
            mine = select(RollEntry.resident_id, RollEntry.id).where(RollEntry.question_id == self.question)
            entries = {row.resident_id: row.id for row in db.session.execute(mine)}
        return [
            {"resident": one.id, "household": one.household_id, "row of the roll": entries[one.id],
             "name": one.full_name}
            for one in self.world.square.neighbours
        ]  # fmt: skip

    def held(self) -> Election:
        """Vote, look; close, let `flask tick` run, look again."""
        assert len(self.world.browsers) == VOTES  # signed in before anything is looked at
        there = self._tables()
        beside = self._votes()
        self.before = [*written(there, self._tables()), *beside]
        self.at(self.began + DAY)
        assert "1 secret ballots whose papers were written anew" in self._ticks()
        self.after = [*written(there, self._tables()), *beside, self._bundle()]
        return self

    def _tables(self) -> Any:
        with self.world.app.app_context():
            return tables_of(db.engine)

    def _votes(self) -> list[Told]:
        """One after the other, a minute apart; what was answered and what the log says of each."""
        path = f"/votes/{self.question}"
        answers: list[dict[str, Any]] = []
        with logged() as lines:
            for minutes, number in enumerate(self.order):
                self.at(self.began + timedelta(minutes=minutes + 1))
                client, token = self.world.browsers[number]
                sent = {"csrf_token": token, "choice": self.choices[number], "receipt": self.receipts[number]}
                answer = client.post(f"{path}/vote", data=sent)
                assert answer.status_code == 200
                answers.append({"status": answer.status_code, "bytes": len(answer.data), **answer.headers})
        told = [json.loads(line) for line in lines]
        assert len(told) == VOTES
        who = [{"who": self.world.square.neighbours[number].id} for number in self.order]
        return [
            Told(name, [one | row for one, row in zip(who, rows, strict=True)])
            for name, rows in (("answers", answers), ("log", told))
        ]

    def _ticks(self) -> str:
        return str(self.world.app.test_cli_runner().invoke(args=["tick"]).output)

    def _bundle(self) -> Told:
        bundle = self.world.as_(None).get(f"/votes/{self.question}/bundle.json").get_json()
        assert bundle["result"]["cast"] == VOTES
        return Told("bundle", [{"receipt": receipt, "paper": paper} for receipt, paper in bundle["papers"]])


@pytest.fixture
def world(app: Flask, at: Hold) -> World:
    at(NOON)
    return World(app, neighbours=VOTES)


def test_nothing_of_an_election_goes_with_who_voted_what(world: World, at: Hold) -> None:
    elections = [Election(world, at, seed).held() for seed in range(RUNS)]

    looked_at = {one.name for one in elections[0].after}
    assert {"secret_marks", "counted_papers", "awards", "deeds", "transfers", "log", "answers", "bundle"} <= looked_at
    after = [measured(one.after, one.truth) for one in elections]
    for papers, people in product(("counted_papers.", "bundle."), ("secret_marks.", "awards.", "deeds.", "answers.")):
        assert any(name.startswith(papers) and f" goes with {people}" in name for name in after[0]), (papers, people)
    assert findings(after) == []
    before = findings([measured(one.before, one.truth) for one in elections])
    known = WHILE_IT_RUNS[db_kind(world)]
    assert [one for one in before if not one.startswith(known)] == []
    assert bool(before) == bool(known)  # what is there to be found is found


def db_kind(world: World) -> str:
    with world.app.app_context():
        return db.engine.dialect.name


# Votes are counted as a whole, and by nothing smaller ----------------------------------------------------------------

# What names who voted, or what. The sample street makes votes up, `flask tick` is told a table's name, and `telling`
# asks who has voted and whether papers wait: what a paper says is none of its business.
VOTE_TABLES = {"Ballot", "RollEntry", "SecretMark", "SecretPaper", "CountedPaper", "TypedPaper", "ContestedVote"}
KNOWN = ("app/ballots/", "app/sample/", "app/cli/tick.py", "app/telling/")


def test_no_room_beside_ballots_reads_votes_and_they_are_summed_by_paper_alone() -> None:
    """So nothing of a result shows a group of people: no grid, no household, no role, be it of five or of fewer."""
    read, summed = [], []
    for path in sorted((ROOT / "app").rglob("*.py")):
        name, text = path.relative_to(ROOT).as_posix(), path.read_text()
        if not name.startswith(KNOWN):
            imported = {
                one.name for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ImportFrom) for one in node.names
            }
            read += [f"{name}: {one}" for one in sorted(imported & VOTE_TABLES)]
        elif name.startswith("app/ballots/"):
            summed += [line.strip() for line in text.splitlines() if "group_by(" in line]

    told = [path.name for path in (ROOT / "app" / "telling").glob("*.py") if "choice" in path.read_text()]
    assert (read, told) == ([], [])
    assert summed == [".group_by(urn.question_id, urn.choice)"]


# What would be found -------------------------------------------------------------------------------------------------


def notes(act: Callable[..., bool], question_id: int, **values: Any) -> bool:
    """A clerk's mistake: an entry of the audit that says how long the paper was."""
    done = act(question_id, **values)
    audit.note("ballots.extend", f"ballot:{question_id}", actor_id=values["by"].id, at=values["at"],
               before=len(values["choice"]))  # fmt: skip
    return done


def in_turn(_act: Callable[..., str], text: str, *, _seen: list[str]) -> str:
    """Another: papers are numbered as they come, instead of hashed."""
    _seen.append(text)
    return f"{len(_seen):064x}"


@pytest.mark.parametrize(("name", "mistake", "found"), [
    ("app.ballots.forms.operations.cast_secretly", notes, "audit_entries.detail.before"),
    ("app.ballots.operations.secret.digest", partial(in_turn, _seen=[]), "counted_papers."),
])  # fmt: skip
def test_an_election_that_tells_is_found_out(
    world: World, at: Hold, monkeypatch: pytest.MonkeyPatch, name: str, mistake: Any, found: str
) -> None:
    right = secretly.cast_secretly if name.endswith("cast_secretly") else secretly.digest
    monkeypatch.setattr(name, partial(mistake, right))

    one = Election(world, at, 1).held()

    assert [line for line in findings([measured(one.after, one.truth)]) if line.startswith(found)]


def a_truth(seed: int) -> Truth:
    draw = random.Random(seed)
    keys = [{"resident": number + 500} for number in range(VOTES)]
    choices = draw.sample([HERON, KINGFISHER] * (VOTES // 2), VOTES)
    return Truth(keys, choices, [f"{draw.getrandbits(256):064x}" for _ in keys])


def two_tables(seed: int, *, papers_by: Callable[[int], Any] = lambda number: None, told: str = "") -> Any:
    """People as they voted, papers in the order of their hashes; `papers_by`: a mark that a paper bears of its turn."""
    truth, draw = a_truth(seed), random.Random(seed + 1000)
    order = draw.sample(range(VOTES), VOTES)
    people = [
        {"who": f"ballot:7:{number + 500}", "mark": f"m{turn:03}", "said": told.format(choice=truth.choices[number])}
        for turn, number in enumerate(order)
    ]
    papers = [
        {"hash": truth.receipts[number], "choice": truth.choices[number], "mark": papers_by(turn)}
        for turn, number in enumerate(order)
    ]
    papers.sort(key=lambda row: str(row["hash"]))
    return measured([Told("people", people), Told("papers", papers)], truth)


@pytest.mark.parametrize(("values", "found"), [
    ({"papers_by": lambda turn: turn}, "papers.mark"),
    ({"papers_by": lambda turn: -turn}, "papers.mark"),
    ({"papers_by": lambda turn: turn // 10}, "papers.mark"),  # so many went together
    ({"papers_by": lambda turn: (turn + 1) % 100}, "papers.mark"),  # each beside the next one
    ({"papers_by": lambda turn: (turn * 37) % 100}, ""),  # an order that goes with nothing
    ({"papers_by": lambda turn: f"m{(turn):03}" if turn % 2 else f"x{-turn}"}, "papers.mark"),
    ({"told": "{choice}"}, "people.said"),
    ({"told": "it was the {choice} again"}, "people.said"),
    ({"told": "nothing"}, ""),
    ({}, ""),
])  # fmt: skip
def test_each_kind_of_leak_is_found_and_none_where_there_is_none(values: dict[str, Any], found: str) -> None:
    lines = findings([two_tables(seed, **values) for seed in range(RUNS)])

    assert bool(lines) == bool(found), lines
    assert not found or any(line.startswith(found) for line in lines)
