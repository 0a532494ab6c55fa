"""Reminder, written notice, third time; two people; putting right; what is posted and what never is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from app.cases import doors, operations, proof, queries, rules
from app.cases.models import Case, CaseDecision, Cure, Deduction
from app.kit import uploads
from app.kit.db import db
from app.kit.refusal import Refused
from app.kit.uploads import Checked
from app.merits import operations as merits
from app.merits import proof as merits_proof
from app.merits.models import Award
from app.people.models import Resident
from app.places.models import Place
from app.points import proof as ledger_proof
from app.points import queries as ledger
from app.points.models import Transfer
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
    lower,
    once_more,
    third,
)
from tests.makers import NOON, as_person, give

pytestmark = pytest.mark.usefixtures("context")

SECOND = timedelta(seconds=1)


@pytest.fixture
def block(context: Any) -> Block:
    return a_block()


def ends(case: Case) -> Any:
    """The stored end of the time to appeal."""
    return db.session.get_one(CaseDecision, case.id).appeal_until


def state(case: Case, at: Any) -> str:
    return rules.state(queries.facts(case.id), at)


def faults() -> list[Any]:
    return [*ledger_proof.faults(), *merits_proof.faults(), *proof.faults()]


def refused(act: Any) -> Refused:
    with pytest.raises(Refused) as no:
        act()
    return no.value


# The steps ---------------------------------------------------------------------------------------------------------


def test_i22_a_deduction_is_proposed_only_after_a_reminder_and_a_written_notice(block: Block) -> None:
    cases = [a_case(block, at=NOON + days * DAY) for days in (0, 2, 4)]

    assert [one.step for one in cases] == ["reminder", "notice", "third"]
    assert [one.after_id for one in cases] == [None, cases[0].id, cases[1].id]
    assert state(cases[2], NOON + 4 * DAY) == "proposed"
    assert faults() == []


def test_the_next_step_waits_until_the_day_for_putting_it_right_is_over(block: Block) -> None:
    first = a_case(block)

    assert "gave time until" in refused(lambda: a_case(block, at=NOON + DAY)).refusal.text
    assert "gave time until" in refused(lambda: a_case(block, at=first.cure_by, happened_on=TODAY)).refusal.text
    assert a_case(block, at=first.cure_by).step == "notice"


def test_steps_count_within_one_line_one_household_and_one_year(block: Block) -> None:
    a_case(block, at=NOON - 366 * DAY)
    a_case(block, at=NOON - 10 * DAY)

    assert a_case(block, "K03").step == "reminder"
    assert a_case(block).step == "notice"


def test_a_community_may_let_steps_count_for_a_shorter_time(block: Block) -> None:
    place = db.session.get_one(Place, block.street.community.id)
    place.settings = {"deduction_ladder_days": 90}
    db.session.flush()
    a_case(block, at=NOON - 100 * DAY)

    assert a_case(block).step == "reminder"


@pytest.mark.parametrize("ending", ["cured", "cancelled", "declined"])
def test_what_left_no_trace_is_no_step(block: Block, ending: str) -> None:
    if ending == "declined":
        case = third(block)
        operations.decide(case.id, confirmed=False, why=WHY, by=block.reviewer, at=NOON)
        expected = "third"  # the two steps before it still count
    else:
        case = a_case(block)
        if ending == "cured":
            operations.note_cured(case.id, text=WHY, by=block.officer, at=NOON)
        else:
            operations.cancel(case.id, why=WHY, by=block.officer, at=NOON)
        expected = "reminder"

    assert state(case, NOON) == ending
    assert a_case(block, at=NOON + 3 * DAY).step == expected


def test_while_a_photo_waits_to_be_looked_at_no_further_step_is_taken(block: Block) -> None:
    case = a_case(block)
    operations.send_cure(case.id, text=None, upload_id=None, by=block.spouse, at=NOON)

    assert "look at what it sent" in refused(lambda: a_case(block, at=NOON + 3 * DAY)).refusal.text


def test_while_a_proposal_waits_for_its_second_person_there_is_no_other(block: Block) -> None:
    third(block)

    assert "second person" in refused(lambda: a_case(block, at=NOON + 3 * DAY)).refusal.text


@pytest.mark.parametrize("who", ["neighbour", "reviewer", "village_staff", "adult", "newcomer"])
def test_others_file_nothing(block: Block, who: str) -> None:
    no = refused(lambda: a_case(block, by=getattr(block, who)))

    assert no.refusal.status == 403
    assert db.session.scalar(select(func.count(Case.id))) == 0


def test_nobody_files_for_their_own_household(block: Block) -> None:
    give("grid", db.session.get_one(Resident, block.spouse.id), block.street.grid)

    no = refused(lambda: a_case(block, by=as_person(db.session.get_one(Resident, block.spouse.id))))

    assert "own household" in no.refusal.text


def test_a_line_with_a_photo_asks_for_one_in_which_nobody_is_known(block: Block) -> None:
    photo = uploads.store(Checked("image/png", b"x", 1, 1), "stairs.png", by_id=block.officer.id, at=NOON).id

    assert "photo" in refused(lambda: a_case(block, "K02")).refusal.text
    assert "Cover faces" in refused(lambda: a_case(block, "K02", upload_id=photo)).refusal.text
    assert a_case(block, "K02", upload_id=photo, masked=True).step == "reminder"
    row = db.session.execute(select(*Case.__table__.columns)).mappings().one()
    with pytest.raises(IntegrityError):
        db.session.execute(Case.__table__.insert().values({**row, "id": row["id"] + 1, "masked": False}))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"happened_on": TODAY + DAY}, "not ahead"),
        ({"happened_on": TODAY - 31 * DAY}, "not ahead"),
        ({"cure_on": TODAY - DAY}, "today or at most"),
        ({"cure_on": TODAY + 31 * DAY}, "today or at most"),
        ({"line_id": 0}, "deduction lines"),
    ],
)
def test_days_and_lines_that_cannot_be_are_refused(block: Block, values: dict[str, Any], said: str) -> None:
    no = refused(lambda: a_case(block, **values))

    assert said in no.refusal.text
    assert no.refusal.status == 422


@pytest.mark.parametrize("code", ["E04", "K05", "K06"])
def test_a_case_is_filed_under_a_deduction_line_of_households_only(block: Block, code: str) -> None:
    assert "deduction lines" in refused(lambda: a_case(block, code)).refusal.text


# Two people --------------------------------------------------------------------------------------------------------


def test_i22_a_second_person_of_another_household_confirms(block: Block) -> None:
    give("reviewer", db.session.get_one(Resident, block.officer.id), block.street.community)
    give("reviewer", db.session.get_one(Resident, block.spouse.id), block.street.community)
    case = third(block)
    officer, spouse = (as_person(db.session.get_one(Resident, one.id)) for one in (block.officer, block.spouse))

    for by, said in (
        (officer, "You proposed"), (spouse, "own household"), (block.officer2, "review group"),
        (block.neighbour, "review group"), (block.village_staff, "review group"),
    ):  # fmt: skip
        no = refused(lambda: operations.decide(case.id, confirmed=True, why=WHY, by=by, at=NOON))  # noqa: B023
        assert said in no.refusal.text
        assert no.refusal.status == 403
    operations.decide(case.id, confirmed=True, why=WHY, by=block.reviewer, at=NOON)
    assert refused(lambda: operations.decide(case.id, confirmed=True, why=WHY, by=block.staff, at=NOON))
    assert state(case, NOON) == "confirmed"


def test_i22_the_second_person_does_not_live_with_the_first(block: Block) -> None:
    officer = db.session.get_one(Resident, block.officer.id)
    wife = as_person(give_at(officer.household_id, "reviewer", block))
    case = third(block)

    no = refused(lambda: operations.decide(case.id, confirmed=True, why=WHY, by=wife, at=NOON))

    assert "Somebody of your household" in no.refusal.text
    assert (no.refusal.status, state(case, NOON)) == (403, "proposed")


def test_i22_the_database_itself_refuses_one_person_for_both(block: Block) -> None:
    case = third(block)

    with pytest.raises(IntegrityError):
        db.session.execute(
            CaseDecision.__table__.insert().values(
                case_id=case.id, filed_by=case.filed_by, outcome="confirmed", why=WHY, by_id=case.filed_by, at=NOON,
                appeal_until=NOON + DAY,
            )
        )  # fmt: skip


def test_a_reminder_is_not_confirmed(block: Block) -> None:
    case = a_case(block)

    refused(lambda: operations.decide(case.id, confirmed=True, why=WHY, by=block.reviewer, at=NOON))
    assert state(case, NOON) == "reminded"


# When it takes effect ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hours", [[0], [500], [0, 0, 1], range(-72, 96, 24)], ids=["due", "late", "twice", "often"])
def test_a_deduction_takes_effect_when_the_time_to_appeal_is_over(block: Block, hours: Any) -> None:
    case = confirmed(block)
    until = ends(case)

    written = [operations.write_due(until + hour * timedelta(hours=1)) for hour in hours]

    assert sum(written) == 1
    deduction = db.session.get_one(Deduction, case.id)
    entry = db.session.get_one(Transfer, deduction.transfer_id)
    assert (deduction.amount, deduction.due_at) == (2, until)
    assert (entry.because, entry.change, entry.code, entry.asset) == (f"case:{case.id}", -2, "K01", "honour")
    assert (entry.effective_at, entry.by_id, entry.line_id) == (case.happened_at, block.reviewer.id, case.line_id)
    assert entry.posted_at == next(until + hour * timedelta(hours=1) for hour in hours if hour >= 0)
    assert block.sum("points") == 0
    assert faults() == []


def test_i06_what_a_late_tick_writes_down_changes_nothing_that_was_read_as_posted_before(block: Block) -> None:
    case = a_false_claim(block)
    until = ends(case)

    def posted_by_then() -> list[tuple[int, int]]:
        mine = {"resident_id": block.adult.id, "until": until + DAY}
        return [ledger.as_of(block.household, asset, **mine) for asset in ("honour", "points", "minutes")]

    assert [posted for posted, _effective in posted_by_then()] == [4, 4, 120]
    assert state(case, until + DAY) == "posted", "the clock decides, not the tick"
    operations.write_due(until + 2 * DAY)

    assert posted_by_then() == [(4, -10), (4, 0), (120, 0)]
    assert db.session.get_one(Deduction, case.id).due_at == until
    assert block.honour() == -10
    assert faults() == []


def test_i09_a_late_tick_deducts_what_a_punctual_one_would_have(block: Block) -> None:
    lower(block.household, 54, at=NOON)
    cases = [confirmed(block, code) for code in ("K04", "K01")]
    an_award(block, at=ends(cases[1]) + DAY)

    operations.write_due(ends(cases[1]) + 2 * DAY)

    assert [db.session.get_one(Deduction, one.id).amount for one in cases] == [6, 0]


def test_i09_nor_does_it_deduct_of_what_a_false_claim_had_earned(block: Block) -> None:
    lower(block.household, 57, at=NOON)
    case = a_false_claim(block)
    an_award(block, "hours:2", at=ends(case) + DAY)

    operations.write_due(ends(case) + 2 * DAY)

    assert db.session.get_one(Deduction, case.id).amount == 3


def test_before_that_nothing_is_posted_and_reading_alone_writes_nothing(block: Block) -> None:
    case = confirmed(block)
    until = ends(case)

    assert operations.write_due(until - SECOND) == 0
    assert (state(case, until - SECOND), state(case, until)) == ("confirmed", "posted")
    assert block.entries() == []


def test_a_later_setting_moves_no_running_time_to_appeal(block: Block) -> None:
    case = confirmed(block)
    until = ends(case)
    place = db.session.get_one(Place, block.street.community.id)
    place.settings = {"appeal_days": 30}
    db.session.flush()

    assert ends(case) == until
    assert operations.write_due(until) == 1


def test_i09_only_honour_is_lowered_and_never_below_zero_in_the_quarter(block: Block) -> None:
    an_award(block)
    lower(block.household, 63, at=NOON)
    case = confirmed(block)
    operations.write_due(ends(case))
    entry = db.session.scalars(select(Transfer).where(Transfer.because == f"case:{case.id}")).one()

    assert (entry.change, entry.cut_by) == (-1, "quarter")
    assert 60 + block.honour() == 0
    assert block.sum("points") == 4
    again = once_more(block, at=NOON + 5 * DAY)
    operations.write_due(ends(again))
    assert db.session.get_one(Deduction, again.id).transfer_id is None, "what is left of it is not carried on"
    assert 60 + block.honour() == 0


def test_i09_what_earlier_quarters_left_does_not_count(block: Block) -> None:
    lower(block.household, 60, at=NOON - 60 * DAY)
    case = confirmed(block)

    operations.write_due(ends(case))

    assert db.session.get_one(Deduction, case.id).amount == 2


def test_the_limit_of_a_line_within_a_month_holds(block: Block) -> None:
    cases = [confirmed(block, "K03"), *(once_more(block, "K03", at=NOON + days * DAY) for days in (2, 4))]

    operations.write_due(NOON + 30 * DAY)

    assert [db.session.get_one(Deduction, one.id).amount for one in cases] == [2, 2, 0]
    assert faults() == []


# Put right ---------------------------------------------------------------------------------------------------------


def test_i24_what_was_put_right_in_time_is_taken_back_exactly_even_when_somebody_looks_late(block: Block) -> None:
    case = confirmed(block)
    sent = operations.send_cure(case.id, text=WHY, upload_id=None, by=block.spouse, at=NOON + SECOND)
    until = ends(case)
    operations.write_due(until)
    assert block.honour() == -2

    operations.look(sent.id, accepted=True, why=WHY, by=block.officer, at=until + DAY)

    assert block.entries() == [(f"case:{case.id}", -2), (f"undo:case:{case.id}", 2)]
    assert state(case, until + DAY) == "cured"
    assert faults() == []
    refused(lambda: operations.look(sent.id, accepted=True, why=WHY, by=block.officer, at=until + DAY))


def test_looked_at_before_it_took_effect_nothing_is_ever_posted(block: Block) -> None:
    case = confirmed(block)
    sent = operations.send_cure(case.id, text=WHY, upload_id=None, by=block.spouse, at=NOON)
    operations.look(sent.id, accepted=True, why=WHY, by=block.officer, at=NOON)

    assert operations.write_due(NOON + 30 * DAY) == 0
    assert block.entries() == []


@pytest.mark.parametrize("ticked", [False, True])
def test_it_makes_no_difference_whether_the_tick_came_before_the_look(block: Block, ticked: bool) -> None:
    case = confirmed(block)
    sent = operations.send_cure(case.id, text=WHY, upload_id=None, by=block.spouse, at=NOON)
    if ticked:
        operations.write_due(ends(case))

    operations.look(sent.id, accepted=True, why=WHY, by=block.officer, at=ends(case) + DAY)

    assert [change for _cause, change in block.entries()] == [-2, 2]


def test_put_right_after_its_day_it_stays_on_file_and_the_deduction_stands(block: Block) -> None:
    case = confirmed(block)
    operations.note_cured(case.id, text=WHY, by=block.officer, at=NOON + 3 * DAY)

    operations.write_due(ends(case))

    assert block.honour() == -2
    assert state(case, ends(case)) == "posted"
    assert faults() == []


def test_not_yet_put_right_the_household_sends_another_photo(block: Block) -> None:
    case = a_case(block)
    sent = operations.send_cure(case.id, text=None, upload_id=None, by=block.spouse, at=NOON)
    assert refused(lambda: operations.send_cure(case.id, text=None, upload_id=None, by=block.adult, at=NOON))
    operations.look(sent.id, accepted=False, why=WHY, by=block.officer, at=NOON)

    operations.send_cure(case.id, text=None, upload_id=None, by=block.adult, at=NOON)

    assert db.session.scalar(select(func.count(Cure.id))) == 2


@pytest.mark.parametrize("who", ["neighbour", "officer", "village_staff", "newcomer"])
def test_only_the_household_sends_that_it_is_put_right(block: Block, who: str) -> None:
    case = a_case(block)

    no = refused(lambda: operations.send_cure(case.id, text=None, upload_id=None, by=getattr(block, who), at=NOON))

    assert no.refusal.status == 403


@pytest.mark.parametrize("who", ["adult", "neighbour", "village_staff", "supervisor"])
def test_only_those_who_work_on_cases_look(block: Block, who: str) -> None:
    case = a_case(block)
    sent = operations.send_cure(case.id, text=None, upload_id=None, by=block.spouse, at=NOON)

    assert refused(lambda: operations.look(sent.id, accepted=True, why=WHY, by=getattr(block, who), at=NOON))


# Stars -------------------------------------------------------------------------------------------------------------


def test_an_open_case_keeps_the_star_of_its_heading_dark_until_it_is_put_right(block: Block) -> None:
    case = a_case(block)
    span = NOON - 40 * DAY, NOON + 40 * DAY

    def dark() -> set[str]:
        return queries.open_headings([block.household, 0], *span)[block.household]

    assert dark() == {"environment"}
    assert queries.open_headings([block.household], NOON + DAY, span[1])[block.household] == set()
    operations.note_cured(case.id, text=WHY, by=block.officer, at=NOON)
    assert dark() == set()


@pytest.mark.parametrize("ending", ["none", "declined", "late", "held", "upheld", "not upheld"])
def test_what_keeps_a_star_dark_is_what_the_rules_call_open(block: Block, ending: str) -> None:
    case = third(block)
    at = NOON + 3 * DAY
    if ending == "declined":
        operations.decide(case.id, confirmed=False, why=WHY, by=block.reviewer, at=NOON)
    elif ending == "late":
        operations.note_cured(case.id, text=WHY, by=block.officer, at=at)
    elif ending != "none":
        operations.decide(case.id, confirmed=True, why=WHY, by=block.reviewer, at=NOON)
        filed = appealed(block, case)
        if ending in ("upheld", "not upheld"):
            operations.say_opinion(filed.id, upheld=ending == "upheld", text=WHY, by=block.reviewer2, at=at)
    db.session.flush()

    by_query = db.session.scalars(select(Case.id).where(queries.is_open())).all()

    known = queries.facts_of(db.session.scalars(select(Case.id)))
    assert sorted(by_query) == [one.id for one in known.values() if rules.is_open(one, at)]


# False claims ------------------------------------------------------------------------------------------------------


def a_false_claim(block: Block) -> Case:
    award = an_award(block)
    case = operations.file_false_claim(
        block.household, line_id=block.line("K06"), award_id=award, text=BOXES, happened_on=TODAY, by=block.staff,
        at=NOON,
    )  # fmt: skip
    operations.decide(case.id, confirmed=True, why=WHY, by=block.reviewer, at=NOON)
    return case


def test_a_proven_false_claim_loses_what_it_earned_and_ten_honour_without_a_ladder(block: Block) -> None:
    case = a_false_claim(block)
    assert (block.honour(), block.sum("points")) == (4, 4), "nothing before the time to appeal is over"

    operations.write_due(ends(case))

    assert (block.honour(), block.sum("points"), block.sum("minutes")) == (-10, 0, 0)
    assert db.session.scalars(select(Award.undone_at)).one() == ends(case)
    assert faults() == []


def test_i26_new_evidence_gives_back_what_a_false_claim_lost_to_the_last_point(block: Block) -> None:
    an_award(block, "hours:0")
    case = a_false_claim(block)
    had = [(asset, block.sum(asset)) for asset in ("honour", "points", "minutes")]
    late = ends(case) + DAY
    evidence = operations.hand_in_evidence(case.id, text=NOT_OURS, upload_id=None, by=block.staff, at=late)

    for by in (block.reviewer2, block.reviewer3):
        operations.say_opinion(evidence.id, upheld=True, text=WHY, by=by, at=late)

    assert [(asset, block.sum(asset)) for asset in ("honour", "points", "minutes")] == had
    assert faults() == []


def test_a_false_claim_is_filed_once_and_for_an_award_of_the_household(block: Block) -> None:
    a_false_claim(block)
    award = db.session.scalars(select(Award.id)).one()
    filing = {"line_id": block.line("K06"), "text": BOXES, "happened_on": TODAY, "by": block.officer, "at": NOON}

    again = refused(lambda: operations.file_false_claim(block.household, award_id=award, **filing))
    other = refused(lambda: operations.file_false_claim(block.neighbour.household_id or 0, award_id=award, **filing))
    under = refused(
        lambda: operations.file_false_claim(
            block.household, award_id=award, **(filing | {"line_id": block.line("K01")})
        )
    )

    assert ["already" in again.refusal.text, "still stand" in other.refusal.text] == [True, True]
    assert "deduction lines" in under.refusal.text


def test_an_award_that_only_waits_is_answered_by_its_review_or_an_objection(block: Block) -> None:
    award = an_award(block)
    db.session.execute(update(Award).where(Award.id == award).values(posted_at=None))
    filing = {"line_id": block.line("K06"), "text": BOXES, "happened_on": TODAY, "by": block.staff, "at": NOON}

    no = refused(lambda: operations.file_false_claim(block.household, award_id=award, **filing))

    assert "must be posted" in no.refusal.text
    assert list(doors.awards_of(block.household, NOON - rules.YEAR)) == []


def test_an_award_that_was_undone_meanwhile_is_not_undone_twice(block: Block) -> None:
    case = a_false_claim(block)
    merits.undo("hours:1", by_id=None, at=NOON + DAY)

    operations.write_due(ends(case))

    assert (block.honour(), block.sum("points")) == (-10, 0)
    assert faults() == []


def test_what_is_on_file_cannot_be_changed(block: Block) -> None:
    case = a_case(block)

    with pytest.raises(IntegrityError):
        db.session.execute(update(Case).where(Case.id == case.id).values(step="third"))
