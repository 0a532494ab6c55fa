"""Writing, signing, correcting, asking and answering, on the real tables."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import IntegrityError

from app.disclosures import books, calendar, operations, proof, queries, waiting
from app.disclosures.events import DraftSent, Published, QuestionAnswered, QuestionAsked
from app.disclosures.models import Answer, Disclosure, Draft, FinanceFund, Question, Revision
from app.disclosures.rules import SUPERVISOR
from app.kit import audit, clock
from app.kit.audit import AuditEntry
from app.kit.bus import Reactions, listen
from app.kit.db import db
from app.kit.periods import named
from app.kit.refusal import Refused
from app.kit.words import Words
from app.points import operations as ledger
from app.points.models import Seal
from app.points.sealing import seal_days
from app.reactions import REACTIONS
from tests.disclosures.hall import (
    TEXT,
    Hall,
    a_draft,
    a_duty,
    a_fund,
    a_hall,
    a_line,
    a_table,
    an_item,
    finance_draft,
    finances,
    signed,
)
from tests.makers import NOON, a_household, a_resident, as_person, give

DAY = timedelta(days=1)


@pytest.fixture
def hall(context: Flask) -> Hall:  # noqa: ARG001 - the tables
    return a_hall()


def refused(act: Any, *, status: int = 409) -> str:
    with pytest.raises(Refused) as no:
        act()
    assert no.value.refusal.status == status
    return no.value.refusal.text


def test_an_item_is_written_countersigned_and_published(hall: Hall) -> None:
    draft = a_draft(hall)
    operations.send(draft.id, by=hall.staff, at=NOON)
    item = operations.countersign(draft.id, by=hall.supervisor, at=NOON + DAY)

    row = queries.disclosure(item.id, NOON + DAY)
    assert row is not None
    assert (row.title.zh, row.number, row.published_at) == ("实事安排", 1, NOON + DAY)
    revision = queries.latest_revision(item.id)
    assert (revision.author_id, revision.countersigned_by) == (hall.staff.id, hall.supervisor.id)
    assert db.session.scalar(select(func.count(Draft.id))) == 0
    acts = set(db.session.scalars(select(AuditEntry.act)))
    assert {"disclosures.begin", "disclosures.send", "disclosures.countersign"} <= acts


def test_nobody_countersigns_what_they_wrote(hall: Hall) -> None:
    both = a_resident(a_household(db.session.get_one(type(hall.place), hall.resident.group_id)))
    give("staff", both, hall.place)
    give(SUPERVISOR, both, hall.place)
    person = as_person(both)
    draft = a_draft(hall)
    operations.send(draft.id, by=person, at=NOON)

    refused(lambda: operations.countersign(draft.id, by=person, at=NOON), status=403)
    assert operations.countersign(draft.id, by=hall.supervisor, at=NOON)


def test_nobody_countersigns_what_they_once_wrote_on(hall: Hall) -> None:
    """A colleague who writes or sends last makes no second pair of eyes of the first writer."""
    both = a_resident(a_household(db.session.get_one(type(hall.place), hall.resident.group_id)))
    give("staff", both, hall.place)
    give(SUPERVISOR, both, hall.place)
    person = as_person(both)
    draft = a_draft(hall)
    operations.write(draft.id, title=draft.title, text=TEXT, cells=None, reason=None, by=person, at=NOON)
    operations.send(draft.id, by=hall.staff, at=NOON)

    assert draft.author_id == hall.staff.id
    assert waiting.draft_seen_by(person, draft.id).wrote  # type: ignore[union-attr]
    assert "disclosures.countersign" not in {one.kind for one in waiting.tasks_for(person, NOON)}
    refused(lambda: operations.countersign(draft.id, by=person, at=NOON), status=403)
    refused(lambda: operations.send_back(draft.id, why=TEXT, by=person, at=NOON), status=403)
    assert operations.countersign(draft.id, by=hall.supervisor, at=NOON)


def test_the_database_too_wants_two_people(hall: Hall) -> None:
    item = an_item(hall)
    db.session.add(
        Revision(
            disclosure_id=item.id, number=2, title=Words(zh="x"), reason=Words(zh="x"), author_id=hall.staff.id,
            countersigned_by=hall.staff.id, published_at=NOON, digest="x",
        )
    )  # fmt: skip
    with pytest.raises(IntegrityError):
        db.session.flush()


@pytest.mark.parametrize("who", ["resident", "supervisor", "villager"])
def test_only_staff_of_the_place_write(hall: Hall, who: str) -> None:
    person = getattr(hall, who)

    refused(lambda: operations.begin(hall.place, subject="village", kind="item", by=person, at=NOON), status=403)
    refused(lambda: operations.send(a_draft(hall).id, by=person, at=NOON), status=403)


def test_only_a_supervisor_signs_and_only_what_was_sent(hall: Hall) -> None:
    draft = a_draft(hall)

    refused(lambda: operations.countersign(draft.id, by=hall.supervisor, at=NOON))
    operations.send(draft.id, by=hall.staff, at=NOON)
    refused(lambda: operations.countersign(draft.id, by=hall.colleague, at=NOON), status=403)


def test_what_waits_is_not_changed_until_it_comes_back(hall: Hall) -> None:
    draft = a_draft(hall)
    operations.send(draft.id, by=hall.staff, at=NOON)

    refused(lambda: operations.discard(draft.id, by=hall.staff, at=NOON))
    back = operations.send_back(draft.id, why=Words(zh="缺日期"), by=hall.supervisor, at=NOON)
    assert (back.state, back.why_back) == ("draft", Words(zh="缺日期"))
    operations.discard(draft.id, by=hall.colleague, at=NOON)
    refused(lambda: operations.send(draft.id, by=hall.staff, at=NOON))


def test_a_place_may_do_without_a_countersignature(hall: Hall) -> None:
    hall.place.settings = {"disclosure_countersign": False}
    item = operations.send(a_draft(hall).id, by=hall.staff, at=NOON)

    assert isinstance(item, Disclosure)
    assert queries.latest_revision(item.id).countersigned_by is None


@pytest.mark.parametrize(
    "change",
    [
        {"title": Words()},
        {"text": None},
        {"text": Words(zh="请打13812345678")},
        {"title": Words(zh="11010519491231002X")},
    ],
)
def test_what_is_not_fit_is_not_sent(hall: Hall, change: dict[str, Any]) -> None:
    draft = a_draft(hall, **change)

    refused(lambda: operations.send(draft.id, by=hall.staff, at=NOON), status=422)


def test_personal_numbers_are_looked_for_again_before_signing(hall: Hall) -> None:
    draft = a_draft(hall)
    operations.send(draft.id, by=hall.staff, at=NOON)
    draft.text = Words(zh="卡号6222021234567894")

    refused(lambda: operations.countersign(draft.id, by=hall.supervisor, at=NOON), status=422)


@pytest.mark.parametrize("model", [Disclosure, Revision, FinanceFund, Question, Answer])
def test_the_database_refuses_to_change_what_was_published(hall: Hall, model: Any) -> None:
    item = finances(hall, "2026-10", a_table())
    question = operations.ask(item.id, text=Words(zh="电费？"), line="fund:1", by=hall.resident, at=NOON)
    operations.answer(question.id, text=Words(zh="见附件"), by=hall.staff, at=NOON)
    key = model.__mapper__.primary_key[0]
    for statement in (update(model).values({key.name: key}), delete(model)):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.execute(statement)


def test_the_database_refuses_figures_that_do_not_add_up(hall: Hall) -> None:
    item = an_item(hall)
    revision = queries.latest_revision(item.id)
    db.session.add(
        FinanceFund(
            revision_id=revision.id, position=1, name=Words(zh="x"), opening=1, income=1, expenditure=0, closing=3
        )
    )
    with pytest.raises(IntegrityError):
        db.session.flush()


# Corrections


def test_a_correction_is_a_new_revision_and_the_old_one_stays(hall: Hall) -> None:
    item = an_item(hall)
    draft = operations.correct(item.id, by=hall.staff, at=NOON + DAY)
    assert draft.title == Words(zh="实事安排")
    new = Words(zh="九件实事。")
    operations.write(draft.id, title=draft.title, text=new, cells=None, reason=None, by=hall.staff, at=NOON + DAY)
    refused(lambda: operations.send(draft.id, by=hall.staff, at=NOON + DAY), status=422)
    operations.write(
        draft.id, title=draft.title, text=new, cells=None, reason=Words(zh="漏了一件"), by=hall.staff, at=NOON + DAY
    )

    again = signed(hall, draft, NOON + DAY)

    assert again.id == item.id
    first, second = queries.revisions(item.id)
    assert (first.number, first.text.zh, second.number, second.text) == (1, "八件实事都写明了责任人。", 2, new)
    assert first.digest != second.digest
    row = queries.disclosure(item.id, NOON + DAY)
    assert row is not None
    assert (row.number, row.published_at, row.revised_at) == (2, NOON, NOON + DAY)


def test_one_correction_at_a_time(hall: Hall) -> None:
    item = an_item(hall)

    assert (
        operations.correct(item.id, by=hall.staff, at=NOON).id
        == operations.correct(item.id, by=hall.colleague, at=NOON).id
    )


# Finances


def test_months_go_on_from_each_other(hall: Hall) -> None:
    finances(hall, "2026-09", a_table(a_fund(100_00, 30_00, 10_00)))

    refused(lambda: finance_draft(hall, "2026-10", a_table(a_fund(119_00))), status=422)
    refused(lambda: finance_draft(hall, "2026-11", a_table(a_fund(120_00))))
    finances(hall, "2026-10", a_table(a_fund(120_00, 0, 20_00)))
    refused(lambda: finance_draft(hall, "2026-10", a_table()))
    assert books.finances_of(hall.place.id, named("2026-10")) is not None  # type: ignore[arg-type]
    assert list(proof.faults()) == []


def test_a_refused_table_leaves_the_one_before(hall: Hall) -> None:
    draft = finance_draft(hall, "2026-10", a_table())
    before = draft.finances

    refused(lambda: operations.put_table(draft.id, a_table(a_fund(1, closing=2)), by=hall.staff, at=NOON), status=422)
    refused(
        lambda: operations.put_table(draft.id, a_table(), period=named("2026-09"), by=hall.staff, at=NOON), status=422
    )
    db.session.refresh(draft)
    assert draft.finances == before


def test_a_fund_known_from_before_keeps_its_name_in_both_languages(hall: Hall) -> None:
    both = Words(zh="经营资金", en="Operating money")
    first = a_fund(1)
    finances(hall, "2026-09", a_table(type(first)(both, 100, 0, 0, 100)))

    draft = finance_draft(hall, "2026-10", a_table(a_fund(100)))

    assert draft.finances is not None
    assert draft.finances["funds"][0][0] == both.as_dict()


def test_a_correction_of_a_month_keeps_what_the_next_went_on_from(hall: Hall) -> None:
    item = finances(hall, "2026-09", a_table(lines=(a_line("租金", income=30_00), a_line("电", expenditure=10_00))))
    finances(hall, "2026-10", a_table(a_fund(120_00)))
    draft = operations.correct(item.id, by=hall.staff, at=NOON)

    refused(
        lambda: operations.put_table(draft.id, a_table(a_fund(100_00, 31_00, 10_00)), by=hall.staff, at=NOON),
    )
    lines = (a_line("租金", income=30_00), a_line("水", expenditure=10_00))
    operations.put_table(draft.id, a_table(lines=lines), by=hall.staff, at=NOON)
    operations.write(
        draft.id, title=draft.title, text=None, cells=None, reason=Words(zh="写错了"), by=hall.staff, at=NOON
    )
    signed(hall, draft)
    assert books.table_of(queries.latest_revision(item.id).id).lines[1].text == Words(zh="水")


def test_two_drafts_of_one_month_end_in_one_item(hall: Hall) -> None:
    first, second = finance_draft(hall, "2026-10", a_table()), finance_draft(hall, "2026-10", a_table())
    operations.send(second.id, by=hall.staff, at=NOON)
    signed(hall, first)

    refused(lambda: operations.countersign(second.id, by=hall.supervisor, at=NOON))


def test_verify_names_a_revision_that_says_something_else(hall: Hall) -> None:
    item = finances(hall, "2026-10", a_table())
    revision = queries.latest_revision(item.id)
    db.session.add(
        FinanceFund(
            revision_id=revision.id, position=9, name=Words(zh="多出来"), opening=0, income=0, expenditure=0, closing=0
        )
    )
    db.session.flush()

    assert [fault.invariant for fault in proof.faults()] == ["digest"]


def test_i20_a_ledger_whose_end_was_cut_off_is_told_by_what_was_printed(hall: Hall) -> None:
    ledger.grant(
        "honour", 5, household_id=hall.resident.household_id or 0, resident_id=hall.resident.id, code="E04",
        heading="environment", because="a:1", effective_at=NOON - DAY, at=NOON - DAY, by_id=None,
    )  # fmt: skip
    seal_days(NOON)
    item = an_item(hall)
    head = db.session.scalars(select(Seal.head).order_by(Seal.number.desc()).limit(1)).one()

    assert queries.latest_revision(item.id).ledger_head == head
    assert list(proof.faults()) == []
    off = {"sqlite": "DROP TRIGGER seals_no_delete", "postgresql": "SET LOCAL session_replication_role = replica"}
    db.session.execute(text(off[db.engine.dialect.name]))
    db.session.execute(text("DELETE FROM seals"))
    assert [fault.invariant for fault in proof.faults()] == ["I20"]


# Questions


def test_a_question_is_answered_within_its_term_and_asked_once_more(hall: Hall) -> None:
    item = an_item(hall)
    question = operations.ask(item.id, text=Words(zh="电梯呢？"), by=hall.resident, at=NOON)
    assert question.due_at == clock.day_bounds(date(2026, 11, 25))[1]  # asked on a Wednesday: five working days
    refused(lambda: operations.ask_again(question.id, text=Words(zh="还有？"), by=hall.resident, at=NOON))

    operations.answer(question.id, text=Words(zh="由业主定。"), by=hall.staff, at=NOON + DAY)

    refused(lambda: operations.answer(question.id, text=Words(zh="再答"), by=hall.staff, at=NOON + DAY))
    refused(lambda: operations.ask_again(question.id, text=Words(zh="?"), by=hall.neighbour, at=NOON + DAY), status=403)
    second = operations.ask_again(question.id, text=Words(zh="谁来牵头？"), by=hall.resident, at=NOON + DAY)
    assert second.follows_id == question.id
    refused(lambda: operations.ask_again(question.id, text=Words(zh="再问"), by=hall.resident, at=NOON + DAY))
    operations.answer(second.id, text=Words(zh="业委会。"), by=hall.staff, at=NOON + DAY)
    refused(lambda: operations.ask_again(second.id, text=Words(zh="再问"), by=hall.resident, at=NOON + DAY))


def test_a_question_may_be_about_one_line(hall: Hall) -> None:
    item = finances(hall, "2026-10", a_table(lines=(a_line("租金", income=30_00), a_line("电费", expenditure=10_00))))

    about = operations.ask(item.id, text=Words(zh="多了？"), line="line:2", by=hall.resident, at=NOON)
    odd = operations.ask(item.id, text=Words(zh="多了？"), line="line:99", by=hall.resident, at=NOON)

    assert (about.line, about.line_name) == ("line:2", Words(zh="电费"))
    assert odd.line is None


@pytest.mark.parametrize("who", ["newcomer"])
def test_only_verified_residents_ask(hall: Hall, who: str) -> None:
    item = an_item(hall)

    refused(lambda: operations.ask(item.id, text=Words(zh="？？"), by=getattr(hall, who), at=NOON), status=403)


@pytest.mark.parametrize("who", ["resident", "supervisor", "villager"])
def test_only_staff_of_the_place_answer(hall: Hall, who: str) -> None:
    question = operations.ask(an_item(hall).id, text=Words(zh="电梯呢？"), by=hall.resident, at=NOON)

    refused(lambda: operations.answer(question.id, text=Words(zh="好"), by=getattr(hall, who), at=NOON), status=403)


def test_neither_question_nor_answer_takes_a_personal_number(hall: Hall) -> None:
    item = an_item(hall)

    refused(lambda: operations.ask(item.id, text=Words(zh="请打13812345678"), by=hall.resident, at=NOON), status=422)
    question = operations.ask(item.id, text=Words(zh="电梯呢？"), by=hall.resident, at=NOON)
    refused(lambda: operations.answer(question.id, text=Words(zh="找13812345678"), by=hall.staff, at=NOON), status=422)


def test_the_room_announces_what_others_may_tell(hall: Hall) -> None:
    heard: list[Any] = []
    table: Reactions = dict.fromkeys((DraftSent, Published, QuestionAsked, QuestionAnswered), (heard.append,))
    listen(table)
    try:
        item = an_item(hall)
        question = operations.ask(item.id, text=Words(zh="电梯呢？"), by=hall.resident, at=NOON)
        operations.answer(question.id, text=Words(zh="由业主定。"), by=hall.staff, at=NOON)
    finally:
        listen(REACTIONS)

    assert [type(one) for one in heard] == [DraftSent, Published, QuestionAsked, QuestionAnswered]
    assert heard[2].asker_id == heard[3].asker_id == hall.resident.id


# The calendar and the work list


def _states(hall: Hall, at: Any) -> dict[str, str]:
    span = {"first": date(2026, 8, 1), "last": date(2026, 12, 31)}
    found = calendar.dues(calendar.at_place(hall.place.id), **span, at=at)
    return {due.period.key if due.period else str(due.event_on): due.state for due in found}


def test_the_calendar_tells_due_on_time_late_and_missing(hall: Hall) -> None:
    a_duty(hall, fulfilled_by="finances")
    finances(hall, "2026-09", a_table(), at=clock.at_local(date(2026, 10, 10)))
    finances(hall, "2026-10", a_table(a_fund(120_00)), at=clock.at_local(date(2026, 11, 11)))

    assert _states(hall, NOON) == {
        "2026-08": "missing", "2026-09": "on_time", "2026-10": "late", "2026-11": "due",
    }  # fmt: skip
    assert _states(hall, NOON + 30 * DAY)["2026-11"] == "missing"


def test_an_event_that_somebody_began_to_write_about_is_due(hall: Hall) -> None:
    duty = a_duty(hall, rhythm="on_occasion", due_day=None, due_in=None, working_days=5, subject="village")
    draft = operations.begin(
        hall.place, subject="village", kind="item", duty=duty, event_on=date(2026, 11, 13), by=hall.staff, at=NOON
    )
    operations.write(
        draft.id, title=Words(zh="决议"), text=Words(zh="同意"), cells=None, reason=None, by=hall.staff, at=NOON
    )

    assert _states(hall, NOON) == {"2026-11-13": "due"}
    assert _states(hall, NOON + 7 * DAY) == {"2026-11-13": "missing"}
    signed(hall, draft, NOON + DAY)
    assert _states(hall, NOON + 7 * DAY) == {"2026-11-13": "on_time"}


def test_the_work_list_names_what_waits_for_whom(hall: Hall) -> None:
    a_duty(hall, due_day=20)
    item = an_item(hall)
    operations.ask(item.id, text=Words(zh="电梯呢？"), by=hall.resident, at=NOON)
    operations.send(a_draft(hall).id, by=hall.staff, at=NOON)

    kinds = sorted(one.kind for one in waiting.tasks_for(hall.staff, NOON))
    assert kinds.count("disclosures.answer") == 1
    assert "disclosures.publish" in kinds
    assert "disclosures.countersign" not in kinds
    assert [one.kind for one in waiting.tasks_for(hall.supervisor, NOON)] == ["disclosures.countersign"]
    assert waiting.tasks_for(hall.resident, NOON) == []
    assert waiting.tasks_for(hall.villager, NOON) == []


def test_what_is_due_follows_its_draft_until_it_is_on_its_way(hall: Hall) -> None:
    """Nobody is told to write what somebody writes, or what the supervisor has."""
    duty = a_duty(hall, due_day=20)

    def lines() -> list[tuple[str, str]]:
        return [(one.kind, one.href) for one in waiting.tasks_for(hall.staff, NOON)]

    (due, *rest) = [one for one in calendar.near(hall.staff.reaches("staff"), NOON) if one.period]
    draft = operations.begin(
        hall.place, subject="finance", kind="item", duty=duty, period=due.period, by=hall.staff, at=NOON
    )
    page = f"/disclosures/drafts/{draft.id}"
    assert lines()[0] == ("disclosures.go_on", page)
    operations.write(draft.id, title=TEXT, text=TEXT, cells=None, reason=None, by=hall.staff, at=NOON)
    operations.send(draft.id, by=hall.staff, at=NOON)
    assert len(lines()) == len(rest)
    operations.send_back(draft.id, why=TEXT, by=hall.supervisor, at=NOON)
    assert ("disclosures.rewrite", page) in lines()


def test_every_act_has_words_in_the_log(app: Flask) -> None:
    for act in ("begin", "correct", "send", "send_back", "countersign", "discard", "answer", "bring_in"):
        assert audit.words_of(f"disclosures.{act}") != f"disclosures.{act}"
