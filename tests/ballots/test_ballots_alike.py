"""Two secret elections that differ only in who voted what look alike, byte for byte, until they close (V4).

The same house is set back to the same moment and the same people vote again, with the papers dealt out otherwise. What
anybody is shown, what is written into the log and into every table must be the same, but for the papers in the urn;
after closing it is the same wherever the count is, and only the published papers differ.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.ballots.forms import SecretVoteForm
from app.ballots.operations import cast_secretly
from app.kit import audit
from app.kit.db import db
from app.kit.logs import log
from app.people.models import Resident
from app.places.models import Place
from tests.ballots.birds import HERON, KINGFISHER, World
from tests.ballots.leaks import SYSTEM, tables_of
from tests.conftest import let_go
from tests.council.square import DAY
from tests.databases import Databases
from tests.kit.lines import logged
from tests.makers import NOON, give
from tests.run import Run
from tests.test_matrix import path_of
from tests.worlds import Hold

VOTERS = 12
LOOKED_AT_AFTER = (1, 2, 7)  # so many votes, and after the last one at every page of the house
DEALT = [HERON] * 5 + [KINGFISHER] * 7
OTHERWISE = [*DEALT[3:], *DEALT[:3]]  # the same papers in other hands
UNANIMOUS = [HERON] * VOTERS
OF_A_MOMENT = re.compile(r'name="(csrf_token|request_id)"[^>]* value="[^"]*"|[0-9A-Z]{4}(-[0-9A-Z]{4}){4}')
ABOUT_IT = ("/topics", "/votes", "/audit", "/me", "/work", "/feed")
NOT_COMPARED = (".pdf", ".xlsx")  # they bear the moment at which they were made
PASSING_HEADERS = ("Set-Cookie", "Content-Length", "Date")
_OF_A_LINE = ("timestamp", "request", "ms")
_PAPERS = ("bundle.json", "ballots.json")

Seen = dict[str, str]  # what was looked at, and what was there


@dataclass
class Stage:
    """A house that can be set back to the moment at which voting opened, and everybody who looks at it."""

    app: Flask
    databases: Databases
    name: str
    at: Hold
    readers: dict[str, FlaskClient] = field(init=False)

    def __post_init__(self) -> None:
        self.at(NOON)
        self.world = world = World(self.app, neighbours=VOTERS)
        with world.inside():
            watcher, keeper = (
                db.session.get_one(Resident, one.id) for one in (world.square.villager, world.square.spouse)
            )
            here = db.session.get_one(Place, world.square.neighbours[0].community_id)
            give("supervisor", watcher, here)
            give("admin", keeper, db.session.get_one(Place, here.parent_id))
        self.topic, self.question = world.put(NOON)
        square = world.square
        people = {"visitor": None, "staff": square.staff, "supervisor": square.villager, "admin": square.spouse}
        self.readers = {name: world.as_(one) for name, one in people.items()}
        self.readers |= {"voter": world.browsers[0][0], "other voter": world.browsers[-1][0]}
        let_go(self.app)
        self.databases.settle(self.name)
        self.databases.copy(self.name, f"{self.name}-opened")

    def set_back(self) -> None:
        let_go(self.app)
        self.databases.copy(f"{self.name}-opened", self.name)

    def end(self) -> None:
        let_go(self.app)
        self.databases.drop(f"{self.name}-opened")

    @property
    def pages_of_ballot(self) -> list[str]:
        return [path for path in self.pages if path == "/" or path.startswith(ABOUT_IT)]

    @property
    def pages(self) -> list[str]:
        """Every address of the house that can be read, with our topic and our ballot in it."""
        ours = {"topic_id": self.topic, "question_id": self.question}
        found = []
        for rule in self.app.url_map.iter_rules():
            if "GET" in (rule.methods or ()) and not rule.rule.endswith(NOT_COMPARED) and rule.endpoint != "static":
                path = path_of(rule, self.app)
                for name, number in ours.items():
                    if name in rule.arguments:
                        path = re.sub(r"/(topics|votes)/1\b", rf"/\1/{number}", path)
                found.append(path)
        return sorted(set(found))

    def look(self, when: str, paths: Sequence[str], readers: Sequence[str] = ()) -> Seen:
        return {
            f"{when}: {path} for {name}": plain(self.readers[name].get(path))
            for path in paths
            for name in readers or self.readers
        }

    def tables(self, when: str) -> Seen:
        """Every table, row by row, without what stands on papers."""
        with self.app.app_context():
            found = tables_of(db.engine)
        told = {}
        for name, rows in found.items():
            left_out = (*SYSTEM, "choice") if name in ("secret_papers", "counted_papers") else SYSTEM
            kept = [{key: value for key, value in row.items() if key not in left_out} for row in rows]
            told[f"{when}: table {name}"] = "\n".join(sorted(map(str, kept)))
        return told

    def votes(self, choices: Sequence[str]) -> Seen:
        """Everybody votes, a minute apart; all that can be seen of it, and after closing."""
        self.set_back()
        seen: Seen = {}
        with logged() as lines:
            for turn, ((client, token), choice) in enumerate(zip(self.world.browsers, choices, strict=True), start=1):
                self.at(NOON + timedelta(minutes=turn))
                sent = {"csrf_token": token, "choice": choice, "receipt": f"{turn:020}"}
                seen[f"open: answer to vote {turn}"] = plain(client.post(f"/votes/{self.question}/vote", data=sent))
                if turn in LOOKED_AT_AFTER:
                    seen |= self.look(f"open after {turn}", self.pages_of_ballot)
            seen |= self.look("open", self.pages_of_ballot) | self.look("open", self.pages, ["other voter", "staff"])
            seen |= self.tables("open")
        told = [json.loads(line) for line in lines]
        seen["open: log"] = "\n".join(str({k: v for k, v in one.items() if k not in _OF_A_LINE}) for one in told)
        self.at(NOON + DAY)
        assert self.app.test_cli_runner().invoke(args=["tick"]).exit_code == 0
        return seen | self.look("closed", self.pages_of_ballot) | self.tables("closed")


def plain(answer: Any) -> str:
    """An answer with its head, without the tokens of a moment."""
    head = {name: value for name, value in answer.headers if name not in PASSING_HEADERS}
    body = answer.get_data().decode(errors="replace")
    return f"{answer.status_code} {head} {OF_A_MOMENT.sub('', body)}"


def differing(one: Mapping[str, str], other: Mapping[str, str]) -> list[str]:
    return sorted(name for name in {*one, *other} if one.get(name) != other.get(name))


@pytest.fixture
def stage(app: Flask, run: Run, databases: Databases, at: Hold) -> Iterator[Stage]:
    stage = Stage(app, databases, f"unit-{run.worker}", at)
    yield stage
    stage.end()


def test_who_voted_what_changes_nothing_that_can_be_seen(stage: Stage) -> None:
    dealt, otherwise, unanimous = (stage.votes(choices) for choices in (DEALT, OTHERWISE, UNANIMOUS))

    assert len(dealt) > 500
    while_open = [name for name in differing(dealt, unanimous) if name.startswith("open")]
    assert while_open == []
    differs = differing(dealt, otherwise)
    assert [name for name in differs if not re.search("|".join(_PAPERS), name)] == []
    assert differs  # the papers stand beside other receipts
    assert [name for name in differing(dealt, unanimous) if "result.csv" in name]  # a count is published


# What would be found -------------------------------------------------------------------------------------------------


def noted(act: Callable[..., bool], question_id: int, **values: Any) -> bool:
    done = act(question_id, **values)
    audit.note("ballots.extend", f"ballot:{question_id}", actor_id=None, at=values["at"], before=values["choice"])
    return done


def logged_too(act: Callable[..., bool], question_id: int, **values: Any) -> bool:
    log.info("vote", length=len(values["choice"]))
    return act(question_id, **values)


@pytest.mark.parametrize(("mistake", "found"), [(noted, "table audit_entries"), (logged_too, "log")])
def test_what_is_written_beside_a_vote_is_found(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, mistake: Callable[..., bool], found: str
) -> None:
    monkeypatch.setattr("app.ballots.forms.operations.cast_secretly", partial(mistake, cast_secretly))
    monkeypatch.setattr(Stage, "pages", [])

    differs = differing(stage.votes(DEALT), stage.votes(OTHERWISE))

    assert f"open: {found}" in differs


def test_what_is_said_of_a_vote_is_found(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    said = SecretVoteForm.told.fget  # type: ignore[attr-defined]
    monkeypatch.setattr(SecretVoteForm, "told", property(lambda form: said(form) + " " * len(form.choice.data)))
    monkeypatch.setattr(Stage, "pages", [])

    differs = differing(stage.votes(DEALT), stage.votes(OTHERWISE))

    assert len([name for name in differs if name.startswith("open: answer to vote")]) == sum(
        one != other for one, other in zip(DEALT, OTHERWISE, strict=True)
    )
