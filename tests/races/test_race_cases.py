"""Deductions: decided once, appealed once, in effect once, taken back once, and together never below zero."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import func, select

from app.cases import operations
from app.cases.models import Appeal, CaseDecision, CureLook, Deduction, Opinion
from app.kit import clock
from app.kit.words import Words
from app.merits.queries import line_in_force
from app.points.models import Transfer
from app.points.rules import quarter_bounds
from tests.cases.block import lower
from tests.races.harness import Answer, Client, rounds, rush, statuses
from tests.races.village import Village, now

pytestmark = pytest.mark.race

DAY = timedelta(days=1)
DEVICES, STAFF = 6, 10
WHAT = Words(zh="楼道堆物", en="Things left in the stairs")
OURS = "These things are not ours"


def found(village: Village, family: int, filer: int, times: int, *, days_ago: int) -> list[int]:
    """So many times within as many days and more, the last one so many days ago; ids of all."""
    by, home = village.person(filer), village.person(family)
    assert home.household_id is not None
    ids = []
    for number in range(times):
        at = now() - (days_ago + 2 * (times - 1 - number)) * DAY
        today = clock.local(at).date()
        line = line_in_force("K01", home.path, today)
        assert line is not None
        case = operations.file(
            home.household_id, line_id=line.id, title=WHAT, text=WHAT, happened_on=today, cure_on=today, by=by, at=at
        )
        if case.step == "third" and number < times - 1:
            confirm(village, case.id, days_ago=days_ago + 2 * (times - 1 - number))
        ids.append(case.id)
    return ids


def confirm(village: Village, case_id: int, *, days_ago: int) -> None:
    by = village.person(village.staff)
    operations.decide(case_id, confirmed=True, why=WHAT, by=by, at=now() - days_ago * DAY)


def test_a_proposal_has_one_second_person_whatever_many_decide(village: Village) -> None:
    staff = village.clients(village.more_staff(STAFF))
    filer = village.more_staff(1)[0]
    for _ in range(rounds()):
        family = village.a_family()
        with village.kept():
            case = found(village, family, filer, 3, days_ago=0)[-1]
        answers = rush(staff, partial(_decide, case))
        assert statuses(answers) == {303: 1, 409: STAFF - 1}
        assert village.count(CaseDecision, CaseDecision.case_id == case) == 1
        winner = next(number for number, one in enumerate(answers) if one.applied)
        outcome = select(CaseDecision.outcome).where(CaseDecision.case_id == case)
        assert village.scalar(outcome) == ("declined" if winner % 2 else "confirmed")


def _decide(case: int, client: Client, number: int) -> Answer:
    decision = "declined" if number % 2 else "confirmed"
    return client.send(f"/points/cases/{case}/decision", decision=decision, decide_why="Seen on the photo")


def test_a_household_appeals_once_when_two_of_it_do_so_at_once(village: Village) -> None:
    filer = village.more_staff(1)[0]
    for _ in range(rounds()):
        people = village.members_of_one_home(2)
        devices = [device for one in village.clients(people) for device in one.copies(DEVICES)]
        with village.kept():
            case = found(village, people[0], filer, 3, days_ago=0)[-1]
            confirm(village, case, days_ago=0)
        answers = rush(devices, lambda one, _n: one.send(f"/points/cases/{case}/appeal", appeal_text=OURS))  # noqa: B023
        assert village.count(Appeal, Appeal.case_id == case) == 1
        assert statuses(answers) == {303: 1, 409: 2 * DEVICES - 1}
    village.refuse_fault()


def test_two_deductions_that_take_effect_at_once_leave_the_quarter_at_zero(village: Village) -> None:
    filer, clients, days = village.more_staff(1)[0], village.clients(village.more_staff(2)), _within_a_quarter()
    for _ in range(rounds()):
        family = village.a_family()
        with village.kept():
            cases = found(village, family, filer, 4, days_ago=days)[-2:]
            confirm(village, cases[1], days_ago=days)
            lower(village.person(family).household_id or 0, 57, at=now() - days * DAY)
        rush(clients, partial(_hand_in, cases))
        rush(clients, partial(_hand_in, cases))  # both are settled now, whoever was refused before
        posted = village.scalars(select(Deduction.amount).where(Deduction.case_id.in_(cases)))
        assert len(posted) == 2
        assert sum(posted) <= 3, "the quarter had three left"
    village.refuse_fault()


def _within_a_quarter() -> int:
    """So many days ago, and two days before that, were in the same quarter."""
    return next(
        days for days in (9, 14) if quarter_bounds(now() - days * DAY) == quarter_bounds(now() - (days + 2) * DAY)
    )


def _hand_in(cases: Sequence[int], client: Client, number: int) -> Answer:
    return client.send(f"/points/cases/{cases[number % 2]}/evidence", evidence_text="A receipt shows it")


def test_what_many_look_at_is_taken_back_once(village: Village) -> None:
    staff = village.clients(village.more_staff(STAFF))
    filer = village.more_staff(1)[0]
    for _ in range(rounds()):
        family = village.a_family()
        with village.kept():
            case = found(village, family, filer, 3, days_ago=9)[-1]
            confirm(village, case, days_ago=9)
            by = village.person(family)
            cure = operations.send_cure(case, text=None, upload_id=None, by=by, at=now() - 9 * DAY).id
        path = f"/points/cases/{case}/cures/{cure}/look"
        answers = rush(staff, lambda one, _n: one.send(path, look="yes", look_why="It is clear"))  # noqa: B023
        assert statuses(answers) == {303: 1, 409: STAFF - 1}
        assert village.count(CureLook, CureLook.cure_id == cure) == 1
        causes = Transfer.because.in_((f"case:{case}", f"undo:case:{case}"))
        changes = village.scalars(select(Transfer.change).where(causes).order_by(Transfer.id))
        assert changes == [-2, 2]
    village.refuse_fault()


def test_an_appeal_that_many_decide_at_once_is_decided_once(village: Village) -> None:
    staff = village.clients(village.more_staff(STAFF))
    filer = village.more_staff(1)[0]
    for _ in range(rounds()):
        family = village.a_family()
        with village.kept():
            case = found(village, family, filer, 3, days_ago=0)[-1]
            confirm(village, case, days_ago=0)
            by = village.person(family)
            appeal = operations.appeal(case, text=WHAT, upload_id=None, by=by, at=now()).id
        answers = rush(staff, partial(_say, f"/points/cases/{case}/appeals/{appeal}/opinion"))
        assert statuses(answers) == {303: 1, 409: STAFF - 1}
        assert village.count(Opinion, Opinion.appeal_id == appeal) == 1
        upheld = village.scalar(select(Opinion.upheld).where(Opinion.appeal_id == appeal))
        sums = village.scalar(select(func.count(Deduction.case_id)).where(Deduction.case_id == case))
        assert sums == (0 if upheld else 1)
    village.refuse_fault()


def _say(path: str, client: Client, number: int) -> Answer:
    return client.send(path, opinion="not_upheld" if number % 2 else "upheld", opinion_text="The receipt is clear")
