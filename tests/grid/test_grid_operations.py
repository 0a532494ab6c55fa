"""Requests in a real database: who has them, what is written, what happens by itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from app.grid import events, lists, operations, queries
from app.grid.models import Request, RequestChange, RequestFollower
from app.grid.proof import faults
from app.kit import bus, clock, working_days
from app.kit.audit import AuditEntry
from app.kit.db import db
from app.kit.refusal import Refused
from app.kit.words import Words
from tests.grid.hall import DAY, DONE, HOUR, WHY, Hall, a_hall, a_request, in_hand, rated, resolved
from tests.makers import NOON


@pytest.fixture
def hall(context: Flask) -> Hall:
    return a_hall()


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every event that was announced."""
    heard: list[Any] = []
    kinds = (
        events.RequestReceived, events.RequestPassedUp, events.RequestResolved, events.RequestReopened,
        events.RequestRated, events.RequestLinked,
    )  # fmt: skip
    monkeypatch.setattr(bus, "_reactions", dict.fromkeys(kinds, (heard.append,)))
    return heard


def lines(request: Request) -> Sequence[tuple[str, str, str]]:
    db.session.flush()
    query = select(RequestChange.action, RequestChange.to_state, RequestChange.to_level)
    return [tuple(one) for one in db.session.execute(query.where(RequestChange.request_id == request.id)
            .order_by(RequestChange.number))]  # fmt: skip


def test_a_report_begins_at_the_lowest_level_with_its_deadline(hall: Hall, told: list[Any]) -> None:
    request = a_request(hall)

    assert (request.state, request.level, request.number) == ("received", "grid", "2026-0001")
    assert request.promised_at == working_days.end_after(NOON, 3)
    assert a_request(hall).number == "2026-0002"
    assert a_request(hall, place=hall.street.community, category="road").level == "community"
    assert told[0] == events.RequestReceived(request.id, hall.reporter.id, "grid", NOON)


def test_only_verified_residents_of_the_street_and_its_handlers_report(hall: Hall) -> None:
    with pytest.raises(Refused):
        a_request(hall, by=hall.newcomer)

    assert a_request(hall, by=hall.villager).reporter_id == hall.villager.id


def test_it_goes_up_a_level_and_comes_back_solved_and_rated(hall: Hall, told: list[Any]) -> None:
    request = in_hand(hall)
    operations.pass_up(request.id, why=WHY, seen=None, by=hall.grid, at=NOON + HOUR)
    assert (request.state, request.level, request.handler_id) == ("received", "community", None)
    assert request.due_community_at == working_days.end_after(NOON + HOUR, 3)

    operations.take(request.id, seen=None, by=hall.staff, at=NOON + 2 * HOUR)
    operations.start(request.id, seen=None, by=hall.staff, at=NOON + 2 * HOUR)
    operations.resolve(request.id, outcome="solved", answer=DONE, seen=None, by=hall.staff, at=NOON + DAY)
    rated(hall, request, "solved", at=NOON + DAY + HOUR, stars=5)
    operations.assess(request.id, why=DONE, seen=None, by=hall.supervisor, at=NOON + 2 * DAY)

    assert [one[0] for one in lines(request)] == [
        "receive", "take", "start", "pass_up", "take", "start", "resolve", "rate", "assess",
    ]  # fmt: skip
    assert (request.state, request.stars, request.verdict, request.minutes_taken) == ("closed", 5, "solved", 24 * 60)
    assert [type(one).__name__ for one in told] == [
        "RequestReceived", "RequestPassedUp", "RequestResolved", "RequestRated",
    ]  # fmt: skip
    assert list(faults()) == []


def test_no_level_is_skipped_and_the_street_is_the_last(hall: Hall) -> None:
    request = a_request(hall)
    operations.pass_up(request.id, why=WHY, seen=None, by=hall.grid, at=NOON)
    with pytest.raises(Refused):
        operations.pass_up(request.id, why=WHY, seen=None, by=hall.grid, at=NOON)
    operations.pass_up(request.id, why=WHY, seen=None, by=hall.staff, at=NOON)
    assert request.level == "street"
    with pytest.raises(Refused):
        operations.pass_up(request.id, why=WHY, seen=None, by=hall.above, at=NOON)

    operations.send_down(request.id, why=WHY, seen=None, by=hall.above, at=NOON + HOUR)
    assert (request.level, request.due_community_at) == ("community", working_days.end_after(NOON + HOUR, 3))


def test_a_department_is_called_in_and_answers(hall: Hall) -> None:
    request = in_hand(hall)
    call = {"department_id": hall.department, "days": 2, "why": WHY, "seen": None}
    with pytest.raises(Refused):
        operations.call_in(request.id, by=hall.grid, at=NOON, **call)
    operations.pass_up(request.id, why=WHY, seen=None, by=hall.grid, at=NOON)
    operations.take(request.id, seen=None, by=hall.staff, at=NOON)
    operations.start(request.id, seen=None, by=hall.staff, at=NOON)

    operations.call_in(request.id, by=hall.staff, at=NOON, **call)

    assert request.reply_due_at == working_days.end_after(NOON, 2)
    operations.reply(request.id, text=DONE, seen=None, by=hall.staff, at=NOON + DAY)
    assert request.reply_due_at is None
    with pytest.raises(Refused):
        operations.reply(request.id, text=DONE, seen=None, by=hall.staff, at=NOON + DAY)
    with pytest.raises(Refused):
        operations.call_in(request.id, by=hall.staff, at=NOON, **(call | {"department_id": 999_999}))


def test_of_two_who_saw_the_same_page_one_is_told_that_somebody_was_faster(hall: Hall) -> None:
    request = a_request(hall)
    operations.take(request.id, seen=1, by=hall.grid, at=NOON)

    with pytest.raises(Refused) as no:
        operations.take(request.id, seen=1, by=hall.grid2, at=NOON)

    assert no.value.refusal.status == 409
    assert "faster" in no.value.refusal.text


def test_it_is_given_only_to_somebody_of_its_level_who_did_not_report_it(hall: Hall) -> None:
    mine = a_request(hall, by=hall.grid2)
    for wrong in (hall.staff.id, hall.neighbour.id, hall.grid2.id, 0):
        with pytest.raises(Refused):
            operations.assign(mine.id, handler_id=wrong, seen=None, by=hall.staff, at=NOON)
        db.session.refresh(mine)

    request = a_request(hall)
    operations.assign(request.id, handler_id=hall.grid2.id, seen=None, by=hall.staff, at=NOON)
    assert (request.state, request.handler_id) == ("assigned", hall.grid2.id)


def test_not_solved_opens_it_again_and_the_second_time_one_level_up(hall: Hall, told: list[Any]) -> None:
    request = resolved(hall)
    with pytest.raises(Refused):
        rated(hall, request, "not_solved", words=None)
    rated(hall, request, "not_solved", at=NOON + HOUR)
    assert (request.state, request.level, request.reopened) == ("reopened", "grid", 1)
    assert request.promised_at == working_days.end_after(NOON + HOUR, 3)

    at = NOON + 2 * HOUR
    operations.take(request.id, seen=None, by=hall.grid2, at=at)
    operations.start(request.id, seen=None, by=hall.grid2, at=at)
    operations.resolve(request.id, outcome="solved", answer=DONE, seen=None, by=hall.grid2, at=at)
    rated(hall, request, "not_solved", at=at + HOUR)

    assert (request.state, request.level, request.reopened) == ("reopened", "community", 2)
    assert told[-2].level == "community"
    assert list(faults()) == []


def test_a_rated_or_filed_request_can_be_opened_again_for_some_weeks(hall: Hall) -> None:
    request = rated(hall, resolved(hall), "solved")
    rated(hall, request, "not_solved", at=NOON + 29 * DAY)
    assert request.state == "reopened"

    other = rated(hall, resolved(hall), "solved")
    with pytest.raises(Refused):
        rated(hall, other, "not_solved", at=NOON + 30 * DAY)


def test_what_nobody_handles_goes_up_by_itself_whenever_it_is_written_down(hall: Hall, told: list[Any]) -> None:
    request = in_hand(hall)
    due = request.due_grid_at or NOON

    assert operations.write_due(due - timedelta(seconds=1)) == 0
    assert operations.write_due(due + 40 * DAY) == 2
    assert operations.write_due(due + 41 * DAY) == 0

    written = db.session.execute(
        select(RequestChange.action, RequestChange.at, RequestChange.to_level).where(RequestChange.capacity == "house")
    ).all()
    assert [tuple(one) for one in written] == [
        ("rise", due, "community"), ("rise", request.due_community_at, "street"),
    ]  # fmt: skip
    assert (request.state, request.handler_id) == ("received", None)
    assert [(one.level, one.by_itself, one.at) for one in told[-2:]] == [
        ("community", True, due), ("street", True, request.due_community_at),
    ]  # fmt: skip
    assert list(faults()) == []


def test_the_page_and_the_work_list_do_not_wait_for_the_tick(hall: Hall) -> None:
    request = in_hand(hall)
    at = (request.due_grid_at or NOON) + HOUR
    row = queries.request_visible_to(hall.staff, request.id)
    listed = lists.ledger(place=None, tab="open", category=None, at=at, after=None).rows[0]

    assert queries.standing(row, at).level == "community"
    assert (listed.level_now, listed.state_now) == ("community", "received")
    assert queries.tasks_for(hall.grid, at) == []
    assert [one.kind for one in queries.tasks_for(hall.staff, at)] == ["request_assign"]
    with pytest.raises(Refused):
        operations.resolve(request.id, outcome="solved", answer=DONE, seen=None, by=hall.grid, at=at)
    db.session.rollback()


def test_without_a_rating_it_is_filed_after_seven_days_whenever_that_is_written(hall: Hall) -> None:
    request = resolved(hall)
    closes = clock.day_bounds(clock.local(NOON).date() + 7 * DAY)[1]
    assert request.closes_at == closes

    rows = lists.ledger(place=None, tab="closed", category=None, at=closes, after=None).rows
    assert [row.id for row in rows] == [request.id]
    assert operations.write_due(closes + 90 * DAY) == 1
    assert (request.state, request.state_since) == ("closed", closes)


def test_a_step_after_the_deadline_writes_first_what_came_by_itself(hall: Hall) -> None:
    request = a_request(hall)
    at = (request.due_grid_at or NOON) + HOUR

    operations.take(request.id, seen=1, by=hall.staff, at=at)

    assert lines(request) == [
        ("receive", "received", "grid"), ("rise", "received", "community"), ("take", "assigned", "community"),
    ]  # fmt: skip


def test_duplicates_go_on_in_one_and_all_who_wait_follow_it(hall: Hall, told: list[Any]) -> None:
    goal, twin = a_request(hall), a_request(hall, by=hall.neighbour)
    operations.follow(twin.id, by=hall.villager, at=NOON)

    operations.link(twin.id, goal_id=goal.id, why=WHY, seen=None, by=hall.grid, at=NOON)

    assert (twin.state, twin.linked_to) == ("linked", goal.id)
    assert queries.followers(goal.id) == sorted([hall.neighbour.id, hall.villager.id])
    assert told[-1].goal_id == goal.id
    with pytest.raises(Refused):
        operations.link(goal.id, goal_id=goal.id, why=WHY, seen=None, by=hall.grid, at=NOON)


def test_following_counts_once_and_can_be_taken_back(hall: Hall) -> None:
    request = a_request(hall)
    for _ in range(2):
        operations.follow(request.id, by=hall.neighbour, at=NOON)
    assert queries.followers(request.id) == [hall.neighbour.id]
    operations.unfollow(request.id, by=hall.neighbour, at=NOON)
    assert queries.followers(request.id) == []

    for person in (hall.reporter, hall.newcomer):
        with pytest.raises(Refused):
            operations.follow(request.id, by=person, at=NOON)
    with pytest.raises(Refused):
        operations.follow(a_request(hall, is_public=False).id, by=hall.neighbour, at=NOON)


def test_a_private_request_is_found_by_its_reporter_and_by_those_in_reach(hall: Hall) -> None:
    request = a_request(hall, is_public=False)
    seen = {
        name: queries.request_visible_to(person, request.id) is not None
        for name, person in vars(hall).items()
        if name not in ("street", "department")
    }

    assert {name for name, found in seen.items() if found} == {
        "reporter", "grid", "grid2", "staff", "staff2", "above", "supervisor",
    }  # fmt: skip


def test_reporting_for_somebody_else_stands_in_the_audit_log_only(hall: Hall) -> None:
    request = a_request(hall, on_behalf=True)
    db.session.flush()

    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "grid.report_for")).one()
    assert (entry.actor_id, entry.subject) == (hall.reporter.id, f"request:{request.id}")


def test_each_step_of_staff_is_in_the_audit_log(hall: Hall) -> None:
    resolved(hall)
    db.session.flush()

    acts = db.session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)).all()
    assert acts == ["grid.take", "grid.start", "grid.resolve"]


def test_the_history_refuses_to_be_changed(hall: Hall) -> None:
    a_request(hall)
    db.session.flush()

    with pytest.raises(DBAPIError):
        db.session.execute(update(RequestChange).values(action="take"))


def test_verify_names_a_request_that_stands_elsewhere(hall: Hall) -> None:
    request = a_request(hall)
    db.session.flush()
    db.session.execute(update(Request).where(Request.id == request.id).values(state="closed"))

    assert [fault.where for fault in faults()] == [f"request:{request.id}"]


def test_a_reporter_adds_a_word_and_nobody_else(hall: Hall) -> None:
    request = a_request(hall)
    operations.add(request.id, text=Words(en="It flickers now."), by=hall.reporter, at=NOON)
    with pytest.raises(Refused):
        operations.add(request.id, text=Words(en="Me too."), by=hall.neighbour, at=NOON)

    assert lines(request)[-1] == ("add", "received", "grid")
    assert db.session.scalars(select(RequestFollower)).all() == []


def test_a_supervisor_finds_what_is_rated_and_whoever_handled_it_does_not(hall: Hall) -> None:
    request = rated(hall, resolved(hall), "partly")

    assert [one.kind for one in queries.tasks_for(hall.supervisor, NOON + HOUR)] == ["request_assess"]
    assert queries.tasks_for(hall.grid, NOON + HOUR) == []
    with pytest.raises(Refused):
        operations.assess(request.id, why=DONE, seen=None, by=hall.grid, at=NOON + HOUR)
