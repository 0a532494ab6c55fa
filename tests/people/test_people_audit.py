"""Every act of staff that is noted has words for whoever reads the log."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from flask import Flask

from app.activities.life import LIFE as OF_ACTIVITIES
from app.agreements.rules import LIFE as OF_AGREEMENTS
from app.config import ROOT
from app.council.rules import LIFE as OF_TOPICS
from app.grid.rules import LIFE as OF_REQUESTS
from app.kit import audit
from app.kit.words import Words
from app.promises.rules import LIFE as OF_PROMISES
from tests.makers import NOON, a_household, a_resident, a_street, give, kept, sign_in


def of_ballots() -> Iterator[str]:
    """What staff enter for others: the acts that `entering.note` and `entering.write_down` are told."""
    for path in (ROOT / "app" / "ballots" / "operations").glob("*.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and ast.unparse(call.func).rpartition(".")[2] in ("note", "write_down"):
                act = call.args[0]
                if isinstance(act, ast.Constant) and "." not in str(act.value):
                    yield str(act.value)


# Acts that are steps of a life, as far as staff take them; and what they enter in a ballot.
BY_STAFF = {
    "ballots": set(of_ballots()),
    "activities": set(OF_ACTIVITIES.actions),
    "agreements": {action for (_, action), step in OF_AGREEMENTS.steps.items() if {"staff", "editor"} & set(step.who)},
    "council": {action for (_, action), step in OF_TOPICS.steps.items() if "staff" in step.who},
    "grid": {action for (_, action), step in OF_REQUESTS.steps.items() if set(step.who) - {"reporter", "house"}},
    "promises": set(OF_PROMISES.actions),
}
OWN = {"actor_id", "at", "place_id", "by", "by_id"}  # what `note` itself takes, and who did it


def noted(path: Path) -> Iterator[str]:
    """The names that a file notes: acts, kinds of subjects, details. Acts made from a life cycle are added below."""
    for call in ast.walk(ast.parse(path.read_text())):
        if not isinstance(call, ast.Call) or ast.unparse(call.func) not in ("audit.note", "_audit"):
            continue
        for given in call.args[:2]:
            if isinstance(given, ast.Constant) and isinstance(given.value, str):
                yield given.value
            if isinstance(given, ast.JoinedStr) and isinstance(given.values[0], ast.Constant):
                yield str(given.values[0].value).rstrip(":")
        yield from (word.arg for word in call.keywords if word.arg and word.arg not in OWN)


def test_the_log_has_words_for_all_that_is_noted(app: Flask) -> None:  # noqa: ARG001 - its rooms describe their acts
    operations = [*(ROOT / "app").glob("*/operations.py"), *(ROOT / "app").glob("*/operations/*.py")]
    names = {name for path in operations for name in noted(path)}
    of_lives = {name for name in names if name.endswith(".")}
    names |= {f"{room}.{action}" for room, actions in BY_STAFF.items() for action in actions}

    assert of_lives == {f"{room}." for room in BY_STAFF}
    assert len(names) > 60
    assert sorted(names - of_lives - set(audit._said)) == []


def test_supervisors_read_reasons_and_times_in_their_language(app: Flask) -> None:
    with app.app_context(), kept():
        street = a_street()
        supervisor = a_resident(a_household(street.group))
        give("supervisor", supervisor, street.community)
        here = {"actor_id": supervisor.id, "at": NOON, "place_id": street.community.id}
        audit.note(
            "discussion.hide", "comment:1", because=Words(zh="有电话号码", en="It names a number").as_dict(), **here
        )
        later = (NOON + timedelta(days=400)).isoformat()
        audit.note("ballots.extend", "topic:7", before=NOON.isoformat(), after=later, **here)
        audit.note("notices.answer", "notice:3", objection=4, outcome="not_upheld", **here)
        who = supervisor.id
    with app.app_context():
        client = sign_in(app.test_client(), who)

    page = client.get("/audit", headers={"Accept-Language": "en"}).get_data(as_text=True)

    assert "hid a comment" in page
    assert '<a href="/topics/7">topic no. 7</a>' in page
    assert "with the outcome not upheld" in page
    assert "because: It names a number" in page
    assert "23 December 2027 12:00" in page
    assert "{" not in page.split('<ul class="entries">')[1].split("</ul>")[0]
