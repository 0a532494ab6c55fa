"""A clerk puts a version to the vote: yes or no, one vote a household, with each quorum and share."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.ballots.asking import QUORUMS, THRESHOLDS
from app.ballots.models import Question
from app.kit.db import db
from tests import worlds
from tests.agreements.compact import CONSULTED, EFFECT, Compact, a_compact, consulted
from tests.ballots.asked import told_and_kept
from tests.makers import NOON, post
from tests.worlds import Hold, words

TYPED = {
    "wording": "Shall it be adopted?", "days": "5", "effective_from": EFFECT.isoformat(), "quorum": "1/3",
    "quorum_of": "roll", "threshold": "1/2",
}  # fmt: skip
TOO_SOON = (CONSULTED.date() + timedelta(days=5)).isoformat()  # the day on which voting closes


class World(worlds.World):
    compact: Compact
    path: str

    def furnish(self) -> None:
        self.compact = a_compact()
        version = consulted(self.compact)
        self.path = f"/agreements/{version.agreement_id}/versions/{version.number}"

    def asks(self, language: str = "en", **values: Any) -> Any:
        return post(self.as_(self.compact.staff, language), f"{self.path}/ballot", **{**TYPED, **values})


@pytest.fixture
def world(app: Flask, at: Hold) -> World:
    at(NOON)
    world = World(app)
    at(CONSULTED)
    return world


@pytest.mark.parametrize("threshold", THRESHOLDS)
@pytest.mark.parametrize(("quorum", "quorum_of", "secret"), [
    *((quorum, "roll", False) for quorum in QUORUMS), ("1/2", "active", False), ("1/2", "roll", True),
])  # fmt: skip
def test_every_quorum_and_share_can_be_asked_for(
    world: World, quorum: str, quorum_of: str, secret: bool, threshold: str
) -> None:
    answer = world.asks(quorum=quorum, quorum_of=quorum_of, threshold=threshold, **{"secret": "y"} if secret else {})

    assert answer.status_code == 303, words(answer)
    share, _sign, of = threshold.partition(":")
    with world.inside():
        one = db.session.scalars(select(Question)).one()
        assert (one.method, one.electorate, one.secret) == ("yes_no", "household", secret)
        assert (one.quorum, one.quorum_of, one.threshold) == (Fraction(quorum), quorum_of, Fraction(share))
        assert one.threshold_of == (of or "chose")
        page = f"/votes/{one.id}"
    assert world.as_(world.compact.neighbours[0], "zh").get(page).status_code == 200


@pytest.mark.parametrize(("values", "says", "in_chinese"), [
    ({"wording": "What?"}, "Between 6 and 200 characters", "6到200"),
    ({"days": "0"}, "A whole number from 1 to 60", "1到60"),
    ({"days": "61"}, "A whole number from 1 to 60", "1到60"),
    ({"quorum": "0"}, "Not a valid choice", "不是有效的选择"),
    ({"quorum": "101/100"}, "Not a valid choice", "不是有效的选择"),
    ({"threshold": "0/1"}, "Not a valid choice", "不是有效的选择"),
    ({"effective_from": TOO_SOON}, "must come after the vote has closed", "施行日要在"),
    ({"effective_from": "soon"}, "Not a valid date value", "日期"),
], ids=lambda one: str(one)[:40])  # fmt: skip
def test_what_is_wrong_is_told_in_both_languages_and_all_that_was_typed_stays(
    world: World, values: dict[str, Any], says: str, in_chinese: str
) -> None:
    sent = {**TYPED, "secret": "y", **values}

    told_and_kept(world.asks, sent, says, in_chinese, fields=("wording", "days", "effective_from"))
    assert world.count(Question) == 0
