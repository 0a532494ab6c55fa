"""A clerk puts topics to the vote: every method and its finer rules, and each wrong thing with its sentence."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.ballots.models import Question, QuestionOption
from app.kit.db import db
from tests import worlds
from tests.ballots.asked import told_and_kept
from tests.council.square import Square, a_square, under_discussion
from tests.makers import NOON, give, post
from tests.worlds import Hold, words

BENCHES = "长椅 | 放在北门\n路灯\n车棚"
TYPED = {
    "wording": "Which shall it be?", "days": "7", "quorum": "1/2", "quorum_of": "roll", "threshold": "2/3",
    "electorate": "person", "method": "approval", "options": BENCHES, "ties": "again", "ratio": "1", "seats": "1",
    "best": "5",
}  # fmt: skip


class World(worlds.World):
    """A topic under discussion, and the clerk who puts it to the vote."""

    square: Square
    topic: int

    def furnish(self) -> None:
        self.square = a_square()
        self.topic = under_discussion(self.square).id

    def asks(self, language: str = "en", **values: Any) -> Any:
        """The form as it was sent, with what is not given as in `TYPED`; None leaves a field out."""
        sent = {name: value for name, value in {**TYPED, **values}.items() if value is not None}
        return post(self.as_(self.square.staff, language), f"/topics/{self.topic}/ballot", **sent)

    def question(self) -> Question:
        return db.session.scalars(select(Question)).one()


@pytest.fixture
def world(app: Flask, at: Hold) -> World:
    at(NOON)
    return World(app)


@pytest.mark.parametrize(
    "values",
    [
        {"method": "yes_no", "options": "", "threshold": "3/4"},
        {"method": "single_choice", "ties": "lot", "electorate": "household"},
        {"method": "approval", "threshold": "1/2:roll", "quorum_of": "active"},
        {"method": "score", "best": "10", "secret": "y"},
        {"method": "schulze", "none_of_these": "y", "ratio": "3", "ties": "lot"},
        {"method": "run_off", "quorum": "2/3"},
        {"method": "transferable", "seats": "2", "roles": ["council", "leader"]},
    ],
    ids=lambda one: one["method"],
)
def test_every_method_is_put_with_its_rules_and_the_page_shows_them(world: World, values: dict[str, Any]) -> None:
    with world.inside():
        give("council", world.square.neighbours[0], world.square.community)
    form = world.as_(world.square.staff).get(f"/topics/{world.topic}/ballot")
    assert form.status_code == 200

    answer = world.asks(**values)

    assert answer.status_code == 303, words(answer)
    with world.inside():
        one, sent = world.question(), {**TYPED, **values}
        assert (one.method, one.electorate, one.secret) == (sent["method"], sent["electorate"], "secret" in values)
        assert (one.quorum, one.quorum_of, one.ties) == (Fraction(sent["quorum"]), sent["quorum_of"], sent["ties"])
        assert (one.seats, one.best) == (int(sent["seats"]), int(sent["best"]))
        assert [role for _path, role in one.scope] == values.get("roles", [None])
        share, _sign, of = sent["threshold"].partition(":")
        by_share = one.method not in ("schulze", "transferable")
        assert one.threshold == (Fraction(share) if by_share else 0)
        assert one.threshold_of == (of or "chose")
        options = db.session.execute(
            select(QuestionOption.key, QuestionOption.ratio).order_by(QuestionOption.place)
        ).all()
        keys = ["yes", "no"] if one.method == "yes_no" else ["o1", "o2", "o3"]
        assert [key for key, _ratio in options] == [*keys, *(["none"] if one.default_key else []), "abstain"]
        assert {ratio for key, ratio in options if key in keys} == {int(sent["ratio"])}
        page = f"/votes/{one.id}"
    for language in ("en", "zh"):
        assert world.as_(world.square.neighbours[0], language).get(page).status_code == 200


WRONG = [
    ({"options": ""}, "two to nineteen answers", "2到19个选项"),
    ({"options": "长椅"}, "two to nineteen answers", "2到19个选项"),
    ({"options": "\n".join(f"第{number}处" for number in range(20))}, "two to nineteen answers", "2到19个选项"),
    ({"options": "长椅\n路灯\n 长 椅"}, "stands on the paper twice", "出现了两次"),
    ({"options": "A bench\na BENCH"}, "stands on the paper twice", "出现了两次"),
    ({"options": "长椅\n弃权"}, "stands on the paper twice", "出现了两次"),
    ({"options": "长椅\nNone of these", "method": "schulze", "none_of_these": "y"}, "on the paper twice", "出现了两次"),
    ({"options": "长椅\n| 放在北门"}, "no answer before its | sign", "前面没有选项"),
    ({"options": f"长椅\n{'很' * 61}"}, "At most 60 characters an answer", "每个选项最多60个字"),
    ({"method": "yes_no", "options": "", "threshold": "0/1"}, "a single yes would do", "有一票赞成就算通过"),
    ({"method": "yes_no"}, "You wrote answers, but people are to answer yes or no", "您写了选项"),
    ({"method": "guess"}, "Not a valid choice", "不是有效的选择"),
    ({"days": "0"}, "A whole number from 1 to 60", "1到60"),
    ({"days": "-3"}, "A whole number from 1 to 60", "1到60"),
    ({"days": "soon"}, "A whole number from 1 to 60", "1到60"),
    ({"quorum": "0"}, "Not a valid choice", "不是有效的选择"),
    ({"quorum": "101/100"}, "Not a valid choice", "不是有效的选择"),
    ({"threshold": "2"}, "Not a valid choice", "不是有效的选择"),
    ({"method": "transferable", "seats": "3"}, "more answers than seats", "选项数要多于名额"),
    ({"method": "transferable", "seats": "0"}, "A whole number from 1 to 9", "1到9"),
    ({"seats": "2"}, "Only the transferable vote elects several", "只有"),
    ({"method": "score", "best": "0"}, "A whole number from 1 to 10", "1到10"),
    ({"best": "3"}, "Only scores have a highest one", "只有打分"),
    ({"none_of_these": "y"}, "only with the ranking in which each two are compared", "两两比较"),
    ({"method": "schulze", "ratio": "2"}, "among the answers: tick it", "以上都不选"),
    ({"roles": ["mayor"]}, "Choose them from the list", "从列表中选"),
    ({"wording": "What?"}, "Between 6 and 200 characters", "6到200"),
]  # fmt: skip


@pytest.mark.parametrize(("values", "says", "in_chinese"), WRONG, ids=lambda one: str(one)[:40])
def test_what_is_wrong_is_told_in_both_languages_and_all_that_was_typed_stays(
    world: World, values: dict[str, Any], says: str, in_chinese: str
) -> None:
    sent = {**TYPED, "secret": "y", **values}

    for page in told_and_kept(world.asks, sent, says, in_chinese, fields=("wording", "days")):
        for name in ("method", "quorum", "threshold", "ratio"):
            value = re.escape(sent[name])
            chosen = re.search(rf'<select[^>]* name="{name}".*?</select>', page, re.DOTALL)
            assert chosen is not None
            offered = f'value="{sent[name]}"' in chosen[0]
            assert not offered or re.search(rf'<option selected value="{value}">', chosen[0]), name
        typed = re.search(r'<textarea[^>]* name="options"[^>]*>\s*(.*?)</textarea>', page, re.DOTALL)
        assert typed is not None
        assert typed[1].replace("\r\n", "\n").strip() == sent["options"].strip()
    assert world.count(Question) == 0


@pytest.mark.parametrize("values", [{"ties": "lot"}, {"roles": ["council"]}, {"method": "transferable", "seats": "2"}])
def test_finer_rules_that_were_chosen_are_in_sight_when_something_else_is_wrong(
    world: World, values: dict[str, Any]
) -> None:
    plain, chosen = world.asks(wording=""), world.asks(**{"wording": ""} | values)

    assert "<details>" in plain.text.partition('name="ties"')[0]
    assert "<details open>" in chosen.text.partition('name="ties"')[0]


def test_a_ballot_for_roles_that_nobody_holds_is_put_with_an_empty_roll_and_carries_nothing(world: World) -> None:
    answer = world.asks(method="yes_no", options="", roles=["supervisor"])

    assert answer.status_code == 303
    with world.inside():
        assert world.question().roll_size == 0
