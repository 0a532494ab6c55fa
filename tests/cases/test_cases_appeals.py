"""Appeals: held back until decided by people who took no part, restored exactly, refused after the stored end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.cases import operations, proof, queries, rules
from app.cases.models import Appeal, Case, CaseDecision, Deduction, Opinion
from app.kit import causes, working_days
from app.kit.db import db
from app.kit.refusal import Refused
from app.points import proof as ledger_proof
from tests.cases.block import (
    BOXES,
    DAY,
    NOT_OURS,
    TODAY,
    WHY,
    Block,
    a_block,
    a_case,
    an_award,
    appealed,
    confirmed,
    give_at,
    once_more,
    third,
)
from tests.makers import NOON, as_person

pytestmark = pytest.mark.usefixtures("context")

SECOND = timedelta(seconds=1)


@pytest.fixture
def block(context: Any) -> Block:
    return a_block()


def ends(case: Case) -> Any:
    return db.session.get_one(CaseDecision, case.id).appeal_until


def state(case: Case, at: Any) -> str:
    return rules.state(queries.facts(case.id), at)


def refused(act: Any) -> Refused:
    with pytest.raises(Refused) as no:
        act()
    return no.value


def test_i26_an_appeal_holds_the_deduction_back_until_it_is_decided(block: Block) -> None:
    case = confirmed(block)
    filed = appealed(block, case)

    assert operations.write_due(NOON + 99 * DAY) == 0
    assert state(case, NOON + 99 * DAY) == "held"
    assert filed.due_at == working_days.end_after(NOON + DAY, 5)
    assert block.entries() == []


def test_i26_upheld_nothing_is_ever_posted(block: Block) -> None:
    case = confirmed(block)
    filed = appealed(block, case)

    operations.say_opinion(filed.id, upheld=True, text=WHY, by=block.reviewer2, at=NOON + 2 * DAY)

    assert operations.write_due(NOON + 99 * DAY) == 0
    assert state(case, NOON + 99 * DAY) == "upheld"
    assert block.entries() == []
    assert list(proof.faults()) == []


def test_i26_not_upheld_it_takes_effect_with_the_decision_and_nothing_else_changes(block: Block) -> None:
    case = confirmed(block)
    filed = appealed(block, case)

    operations.say_opinion(filed.id, upheld=False, text=WHY, by=block.supervisor, at=NOON + 12 * DAY)

    assert db.session.get_one(Deduction, case.id).due_at == NOON + 12 * DAY
    assert block.entries() == [(f"case:{case.id}", -2)]
    assert operations.write_due(NOON + 99 * DAY) == 0
    assert list(proof.faults()) == []


def test_i26_new_evidence_after_the_end_takes_the_deduction_back_exactly(block: Block) -> None:
    an_award(block)
    had = [(asset, block.sum(asset)) for asset in ("honour", "points")]
    case = confirmed(block)
    late = ends(case) + DAY

    evidence = operations.hand_in_evidence(case.id, text=NOT_OURS, upload_id=None, by=block.staff, at=late)
    assert block.honour() == had[0][1] - 2, "the deduction stands while it is looked at"
    operations.say_opinion(evidence.id, upheld=True, text=WHY, by=block.reviewer2, at=late)

    assert [(asset, block.sum(asset)) for asset in ("honour", "points")] == had
    assert block.entries()[-2:] == [(f"case:{case.id}", -2), (f"undo:case:{case.id}", 2)]
    assert state(case, late) == "upheld"
    assert [*proof.faults(), *ledger_proof.faults()] == []
    refused(lambda: operations.hand_in_evidence(case.id, text=NOT_OURS, upload_id=None, by=block.staff, at=late))


def test_new_evidence_that_does_not_convince_changes_nothing(block: Block) -> None:
    case = confirmed(block)
    late = ends(case) + DAY
    evidence = operations.hand_in_evidence(case.id, text=NOT_OURS, upload_id=None, by=block.staff, at=late)

    operations.say_opinion(evidence.id, upheld=False, text=WHY, by=block.reviewer2, at=late)

    assert block.entries() == [(f"case:{case.id}", -2)]
    assert state(case, late) == "posted"


@pytest.mark.parametrize(("early", "accepted"), [(SECOND, True), (0 * SECOND, False), (-DAY, False)])
def test_i26_an_appeal_is_taken_up_to_its_stored_end_and_not_after(block: Block, early: Any, accepted: bool) -> None:
    case = confirmed(block)
    at = ends(case) - early

    if accepted:
        appealed(block, case, at=at)
        assert state(case, ends(case)) == "held"
    else:
        no = refused(lambda: appealed(block, case, at=at))
        assert "The time to appeal ended on" in no.refusal.text
        assert db.session.scalar(select(func.count(Appeal.id))) == 0


def test_i26_what_is_written_down_as_in_effect_takes_no_appeal_of_a_moment_before(block: Block) -> None:
    """Whoever pressed the button in time but came to the lock after the tick is told so; nothing is half done."""
    case = confirmed(block)
    operations.write_due(ends(case))

    no = refused(lambda: appealed(block, case, at=ends(case) - SECOND))

    assert "The time to appeal ended on" in no.refusal.text
    assert list(proof.faults()) == []


@pytest.mark.parametrize(
    ("who", "said"),
    [("child", "adults"), ("neighbour", "household concerned"), ("officer", "household concerned"),
     ("newcomer", "household concerned")],
)  # fmt: skip
def test_the_adults_of_the_household_appeal_and_nobody_else(block: Block, who: str, said: str) -> None:
    case = confirmed(block)

    no = refused(lambda: operations.appeal(case.id, text=NOT_OURS, upload_id=None, by=getattr(block, who), at=NOON))

    assert said in no.refusal.text
    assert no.refusal.status == 403


def test_a_household_appeals_once_whoever_of_it_does(block: Block) -> None:
    case = confirmed(block)
    appealed(block, case)

    no = refused(lambda: operations.appeal(case.id, text=NOT_OURS, upload_id=None, by=block.spouse, at=NOON + DAY))

    assert "already" in no.refusal.text


def test_there_is_nothing_to_appeal_before_a_deduction_is_confirmed(block: Block) -> None:
    case = third(block)

    assert "no confirmed deduction" in refused(lambda: appealed(block, case)).refusal.text


@pytest.mark.parametrize("who", ["officer", "officer2", "reviewer", "neighbour", "village_staff", "adult"])
def test_i26_whoever_took_part_does_not_decide_on_the_appeal(block: Block, who: str) -> None:
    """officer filed it, officer2 the steps before it, reviewer confirmed it."""
    case = confirmed(block)
    filed = appealed(block, case)

    no = refused(
        lambda: operations.say_opinion(filed.id, upheld=False, text=WHY, by=getattr(block, who), at=NOON + DAY)
    )

    assert no.refusal.status == 403
    assert db.session.scalar(select(func.count()).select_from(Opinion)) == 0


def test_i26_nor_does_whoever_had_a_hand_in_any_step_before(block: Block) -> None:
    """reviewer2 looked at the cure of the reminder; reviewer and staff decided on an earlier deduction."""
    first = a_case(block, at=NOON - 40 * DAY)
    sent = operations.send_cure(first.id, text=NOT_OURS, upload_id=None, by=block.adult, at=NOON - 40 * DAY)
    operations.look(sent.id, accepted=False, why=WHY, by=block.reviewer2, at=NOON - 40 * DAY)
    a_case(block, at=NOON - 38 * DAY)
    earlier = once_more(block, at=NOON - 36 * DAY)
    answered = appealed(block, earlier, at=NOON - 35 * DAY)
    operations.say_opinion(answered.id, upheld=False, text=WHY, by=block.staff, at=NOON - 34 * DAY)
    case = a_case(block, at=NOON)
    operations.decide(case.id, confirmed=True, why=WHY, by=block.reviewer3, at=NOON)
    filed = appealed(block, case)

    for by in (block.reviewer, block.reviewer2, block.reviewer3, block.staff):
        no = refused(lambda: operations.say_opinion(filed.id, upheld=False, text=WHY, by=by, at=NOON + DAY))  # noqa: B023
        assert "You took part" in no.refusal.text
    operations.say_opinion(filed.id, upheld=False, text=WHY, by=block.supervisor, at=NOON + DAY)
    assert list(proof.faults()) == []


def test_i26_of_a_false_claim_nor_does_whoever_confirmed_or_looked_at_it(
    block: Block, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(causes._looked, "hours", lambda ids: {one: {block.reviewer3.id} for one in ids})
    award = an_award(block, by_id=block.reviewer2.id)
    case = operations.file_false_claim(
        block.household, line_id=block.line("K06"), award_id=award, text=BOXES, happened_on=TODAY, by=block.staff,
        at=NOON,
    )  # fmt: skip
    operations.decide(case.id, confirmed=True, why=WHY, by=block.reviewer, at=NOON)
    filed = appealed(block, case)

    for by in (block.reviewer2, block.reviewer3):
        no = refused(lambda: operations.say_opinion(filed.id, upheld=False, text=WHY, by=by, at=NOON + DAY))  # noqa: B023
        assert "You took part" in no.refusal.text


def test_i22_who_files_confirms_and_decides_come_from_as_many_households(block: Block) -> None:
    case = confirmed(block, "K04")
    filed = appealed(block, case)
    operations.say_opinion(filed.id, upheld=False, text=WHY, by=block.reviewer2, at=NOON + DAY)

    for one in (block.officer, block.reviewer, block.reviewer2):
        spouse = as_person(give_at(one.household_id, "reviewer", block))
        no = refused(lambda: operations.say_opinion(filed.id, upheld=False, text=WHY, by=spouse, at=NOON + DAY))  # noqa: B023
        assert "Somebody of your household" in no.refusal.text
    operations.say_opinion(filed.id, upheld=False, text=WHY, by=block.reviewer3, at=NOON + DAY)
    assert db.session.get_one(Deduction, case.id).due_at == NOON + DAY


def test_of_a_large_deduction_two_decide_and_where_they_differ_the_household_is_right(block: Block) -> None:
    award = an_award(block)
    case = operations.file_false_claim(
        block.household, line_id=block.line("K06"), award_id=award, text=BOXES, happened_on=TODAY, by=block.staff,
        at=NOON,
    )  # fmt: skip
    operations.decide(case.id, confirmed=True, why=WHY, by=block.reviewer, at=NOON)
    filed = appealed(block, case)
    decide = {"appeal_id": filed.id, "text": WHY, "at": NOON + 2 * DAY}

    operations.say_opinion(upheld=False, by=block.reviewer2, **decide)
    assert state(case, NOON + 99 * DAY) == "held"
    assert (
        "decided already"
        in refused(lambda: operations.say_opinion(upheld=True, by=block.reviewer2, **decide)).refusal.text
    )
    operations.say_opinion(upheld=True, by=block.reviewer3, **decide)

    assert state(case, NOON + 99 * DAY) == "upheld"
    assert (block.honour(), block.sum("points")) == (4, 4)
    refused(lambda: operations.say_opinion(upheld=True, by=block.supervisor, **decide))


def test_those_of_the_first_appeal_do_not_decide_on_the_new_evidence(block: Block) -> None:
    case = confirmed(block)
    filed = appealed(block, case)
    operations.say_opinion(filed.id, upheld=False, text=WHY, by=block.reviewer2, at=NOON + 2 * DAY)
    late = NOON + 20 * DAY
    evidence = operations.hand_in_evidence(case.id, text=NOT_OURS, upload_id=None, by=block.staff, at=late)

    for by in (block.reviewer2, block.staff):
        assert (
            refused(
                lambda: operations.say_opinion(evidence.id, upheld=True, text=WHY, by=by, at=late)  # noqa: B023
            ).refusal.status
            == 403
        )
    operations.say_opinion(evidence.id, upheld=True, text=WHY, by=block.reviewer3, at=late)
    assert block.honour() == 0


def test_put_right_in_time_the_appeal_has_nothing_left_to_decide(block: Block) -> None:
    case = confirmed(block)
    filed = appealed(block, case, at=NOON)
    operations.note_cured(case.id, text=WHY, by=block.officer, at=NOON)

    assert state(case, NOON) == "cured"
    refused(lambda: operations.say_opinion(filed.id, upheld=False, text=WHY, by=block.reviewer2, at=NOON))
    assert operations.write_due(NOON + 99 * DAY) == 0
