"""Notices on the real database: put up once, objected to line by line, answered once, never changed."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.kit import bus
from app.kit.audit import AuditEntry
from app.kit.db import db
from app.kit.refusal import Refused
from app.notices import lists, operations, queries
from app.notices.events import ObjectionAnswered, ObjectionFiled
from app.notices.rules import Part
from tests.council.square import DAY, Square, a_square
from tests.makers import NOON, a_household, a_resident, as_person, give
from tests.notices.board import ANSWER, LINES, WHY, a_notice

AFTER = NOON + 9 * DAY


@pytest.fixture
def square(context: Flask) -> Square:
    return a_square()


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    told: list[Any] = []
    monkeypatch.setattr(bus, "_reactions", {ObjectionFiled: (told.append,), ObjectionAnswered: (told.append,)})
    return told


def states(at: Any) -> dict[str, str]:
    view = queries.notice_of("topic:1", at)
    assert view is not None
    return {line.key: line.state for line in view.lines}


def test_a_notice_shows_its_lines_in_order_until_its_last_day(square: Square) -> None:
    a_notice(square)

    view = queries.notice_of("topic:1", NOON)

    assert view is not None
    assert [(line.key, line.number, line.text) for line in view.lines] == [
        (key, number, words) for number, (key, words) in enumerate(LINES, start=1)
    ]
    assert (view.state, view.days, view.working) == ("running", 7, False)
    assert queries.notice_of("topic:2", NOON) is None
    after = queries.notice_of("topic:1", AFTER)
    assert after is not None
    assert (after.is_settled, [line.key for line in after.standing]) == (True, ["lamps", "benches"])


def test_a_subject_is_put_up_once(square: Square) -> None:
    a_notice(square)

    with pytest.raises(IntegrityError), db.session.begin_nested():
        a_notice(square)


@pytest.mark.parametrize("values", [{"lines": []}, {"days": None}, {"working_days": 5}])
def test_a_notice_needs_lines_and_one_period(square: Square, values: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="a notice has lines"):
        a_notice(square, **values)


def test_an_objection_holds_its_own_line_alone_until_the_answer(square: Square, heard: list[Any]) -> None:
    notice = a_notice(square)

    filed = operations.object_to(notice.id, "lamps", text=WHY, by=square.neighbours[0], at=NOON + DAY)

    assert states(NOON + DAY) == {"lamps": "held", "benches": "on_notice"}
    assert states(AFTER) == {"lamps": "held", "benches": "clear"}
    operations.answer(filed.id, upheld=False, text=ANSWER, by=square.staff, at=AFTER)
    assert states(AFTER) == {"lamps": "clear", "benches": "clear"}
    assert [type(one) for one in heard] == [ObjectionFiled, ObjectionAnswered]
    assert (heard[1].filed_by, heard[1].upheld, heard[1].href) == (
        square.neighbours[0].id, False, f"/notices/{notice.id}"
    )  # fmt: skip
    entry = db.session.query(AuditEntry).filter_by(act="notices.answer").one()
    assert (entry.place_id, entry.detail["outcome"]) == (square.community.id, "not_upheld")


def test_an_upheld_objection_ends_its_line(square: Square) -> None:
    notice = a_notice(square)
    filed = operations.object_to(notice.id, "lamps", text=WHY, by=square.neighbours[0], at=NOON)

    operations.answer(filed.id, upheld=True, text=ANSWER, by=square.staff, at=NOON + DAY)

    assert states(NOON + DAY) == {"lamps": "upheld", "benches": "on_notice"}
    view = queries.notice_of("topic:1", AFTER)
    assert view is not None
    assert (view.state, [line.key for line in view.standing]) == ("over", ["benches"])


def test_a_withdrawn_objection_lets_its_line_go_on_with_the_remaining_time(square: Square) -> None:
    notice = a_notice(square)
    objector = square.neighbours[0]
    filed = operations.object_to(notice.id, "lamps", text=WHY, by=objector, at=NOON)

    with pytest.raises(Refused, match="Only the person"):
        operations.withdraw(filed.id, by=square.neighbours[1], at=NOON + DAY)
    operations.withdraw(filed.id, by=objector, at=NOON + DAY)

    assert states(NOON + DAY)["lamps"] == "on_notice"
    assert states(AFTER)["lamps"] == "clear"
    with pytest.raises(Refused, match="answered or taken back"):
        operations.answer(filed.id, upheld=True, text=ANSWER, by=square.staff, at=AFTER)


def test_a_household_objects_to_a_line_once_and_to_other_lines_besides(square: Square) -> None:
    notice = a_notice(square)
    objector = square.neighbours[0]
    operations.object_to(notice.id, "lamps", text=WHY, by=objector, at=NOON)

    for one in (objector, square.spouse):
        with pytest.raises(Refused, match="already"):
            operations.object_to(notice.id, "lamps", text=WHY, by=one, at=NOON)
    operations.object_to(notice.id, "benches", text=WHY, by=objector, at=NOON)
    operations.object_to(notice.id, "lamps", text=WHY, by=square.neighbours[1], at=NOON)

    view = queries.notice_of("topic:1", NOON)
    assert view is not None
    assert [len(line.objections) for line in view.lines] == [2, 1]


def test_a_line_that_is_not_there_cannot_be_objected_to(square: Square) -> None:
    with pytest.raises(Refused, match="choose the line"):
        operations.object_to(a_notice(square).id, "trees", text=WHY, by=square.neighbours[0], at=NOON)


def test_staff_do_not_answer_their_own_household(square: Square) -> None:
    home = a_household(square.street.group)
    wife, husband = a_resident(home), a_resident(home)
    give("staff", husband, square.community)
    notice = a_notice(square)
    filed = operations.object_to(notice.id, "lamps", text=WHY, by=as_person(wife), at=NOON)

    with pytest.raises(Refused, match="a colleague"):
        operations.answer(filed.id, upheld=False, text=ANSWER, by=as_person(husband), at=NOON)

    assert lists.tasks_for(as_person(husband), NOON) == []
    assert [one.href for one in lists.tasks_for(square.staff, NOON)] == [f"/notices/{notice.id}"]


def test_i22_whoever_has_a_part_in_a_line_leaves_it_to_others_and_answers_the_rest(square: Square) -> None:
    home, other = a_household(square.street.group), a_household(square.street.group)
    wife, husband, helped, judge = a_resident(home), a_resident(home), a_resident(other), a_resident(None)
    for one in (wife, husband, helped, judge):
        give("staff", one, square.community)
    parts = {"lamps": [Part(wife.id, home.id), Part(household_id=other.id), Part(judge.id)]}
    notice = a_notice(square, parts=parts)
    filed = {
        line: operations.object_to(notice.id, line, text=WHY, by=square.neighbours[0], at=NOON).id
        for line in ("lamps", "benches")
    }

    for one in (wife, husband, helped, judge):
        person = as_person(one)
        with pytest.raises(Refused, match="have a part in this line") as no:
            operations.answer(filed["lamps"], upheld=False, text=ANSWER, by=person, at=NOON)
        assert no.value.refusal.status == 403
        assert len(lists.tasks_for(person, NOON)) == 1
    assert len(lists.tasks_for(square.staff, NOON)) == 2
    operations.answer(filed["lamps"], upheld=False, text=ANSWER, by=square.staff, at=NOON)
    operations.answer(filed["benches"], upheld=False, text=ANSWER, by=as_person(wife), at=NOON)


@pytest.mark.parametrize("moves", ["staff to the claimant", "the claimant to staff"])
def test_a_part_is_shared_with_whom_one_lives_with_now(square: Square, moves: str) -> None:
    home, elsewhere = a_household(square.street.group), a_household(square.street.group)
    partaker, staff = a_resident(home), a_resident(elsewhere)
    give("staff", staff, square.community)
    notice = a_notice(square, parts={"lamps": [Part(partaker.id, home.id)]})
    operations.object_to(notice.id, "lamps", text=WHY, by=square.neighbours[0], at=NOON)
    assert len(lists.tasks_for(as_person(staff), NOON)) == 1

    if moves == "staff to the claimant":
        staff.household_id = home.id
    else:
        partaker.household_id = elsewhere.id
    db.session.flush()

    assert lists.tasks_for(as_person(staff), NOON) == []
    assert queries.own_lines(as_person(staff), notice.id) == {"lamps"}


def test_the_work_list_has_each_unanswered_objection_with_its_term(square: Square) -> None:
    notice = a_notice(square)
    first = operations.object_to(notice.id, "lamps", text=WHY, by=square.neighbours[0], at=NOON)
    operations.object_to(notice.id, "benches", text=WHY, by=square.neighbours[1], at=NOON + DAY)
    operations.answer(first.id, upheld=False, text=ANSWER, by=square.staff, at=NOON + DAY)

    tasks = lists.tasks_for(square.staff, NOON + DAY)

    assert [(one.kind, one.since, one.title) for one in tasks] == [("objection", NOON + DAY, notice.title)]
    assert lists.tasks_for(square.neighbours[0], NOON + DAY) == []


def test_lists_tell_what_runs_what_waits_and_what_is_over(square: Square) -> None:
    running = a_notice(square)
    held = a_notice(square, subject="topic:2", starts_at=NOON - 10 * DAY)
    operations.object_to(held.id, "lamps", text=WHY, by=square.neighbours[0], at=NOON - 9 * DAY)
    over = a_notice(square, subject="topic:3", starts_at=NOON - 10 * DAY)
    street = square.street

    def ids(path: str, tab: str) -> list[int]:
        return [row.id for row in lists.notices(path=path, tab=tab, at=NOON, after=None).rows]

    assert ids("", "running") == ids(street.community.path, "running") == [held.id, running.id]
    assert ids(street.group.path, "over") == [over.id]
    assert ids(street.village.path, "running") == []


@pytest.mark.parametrize("table", ["notices", "notice_lines", "notice_parts", "objections", "objection_ends"])
@pytest.mark.parametrize("change", ["UPDATE {} SET {}", "DELETE FROM {}"])
def test_nothing_that_was_put_up_or_said_can_be_changed(square: Square, table: str, change: str) -> None:
    notice = a_notice(square, parts={"lamps": [Part(square.villager.id)]})
    filed = operations.object_to(notice.id, "lamps", text=WHY, by=square.neighbours[0], at=NOON)
    operations.answer(filed.id, upheld=True, text=ANSWER, by=square.staff, at=NOON)
    numbers = {"notices": "days = 9", "notice_lines": "number = 9", "notice_parts": "household_id = 1"}
    column = numbers.get(table, "text = NULL")

    with pytest.raises(DBAPIError, match="append-only"), db.session.begin_nested():
        db.session.execute(text(change.format(table, column)))
