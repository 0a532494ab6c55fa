"""Promises on the real database: made, reported on, finished or dropped, with their timeline."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.kit import bus
from app.kit.audit import AuditEntry
from app.kit.db import db
from app.kit.refusal import Refused
from app.kit.words import Words
from app.promises import operations, proof, queries
from app.promises.events import PromiseEnded, PromiseMade
from app.promises.models import Promise
from tests.council.square import DAY, Square, a_square
from tests.makers import NOON

TODAY = date(2026, 11, 18)
NOTE = Words(zh="柱子已到货", en="The posts have arrived")


@pytest.fixture
def square(context: Flask) -> Square:
    return a_square()


def a_promise(square: Square, *, in_days: int = 10, **values: Any) -> Promise:
    """Owned by the first neighbour, due in ten days."""
    known: dict[str, Any] = {
        "subject": "topic:1", "what": Words(zh="装十四根柱子", en="Fit fourteen posts"),
        "owner": Words(zh="物业公司", en="property company"), "owner_id": square.neighbours[0].id,
        "due_on": TODAY + timedelta(days=in_days), "place_id": square.community.id,
        "place_path": square.community.path, "href": "/topics/1", "by_id": square.staff.id, "at": NOON,
    }  # fmt: skip
    return operations.make(**(known | values))


def test_owner_and_staff_say_how_it_goes(square: Square) -> None:
    promise = a_promise(square)

    operations.report_progress(promise.id, percent=40, note=NOTE, upload_ids=(), by=square.neighbours[0], at=NOON + DAY)
    operations.report_progress(promise.id, percent=60, note=NOTE, upload_ids=(), by=square.staff, at=NOON + 2 * DAY)
    operations.finish(promise.id, by=square.neighbours[0], at=NOON + 3 * DAY)

    assert (promise.state, promise.percent, promise.ended_at) == ("done", 100, NOON + 3 * DAY)
    told = [(row.act, row.percent) for row in queries.notes(promise.id)]
    assert told == [("make", 0), ("report", 40), ("report", 60), ("finish", 100)]
    acts = [entry.act for entry in db.session.query(AuditEntry).order_by(AuditEntry.id)]
    assert acts == ["promises.make", "promises.report", "promises.report", "promises.finish"]


def test_neighbours_do_not_report_for_others(square: Square) -> None:
    promise = a_promise(square)

    with pytest.raises(Refused, match="not yours"):
        operations.report_progress(promise.id, percent=40, note=NOTE, upload_ids=(), by=square.neighbours[1], at=NOON)
    with pytest.raises(Refused, match="not yours"):
        operations.drop(promise.id, why=NOTE, by=square.neighbours[0], at=NOON)


def test_a_dropped_promise_keeps_its_reason_and_takes_no_more(square: Square) -> None:
    promise = a_promise(square)

    with pytest.raises(Refused, match="give a reason"):
        operations.drop(promise.id, why=None, by=square.staff, at=NOON)
    db.session.refresh(promise)
    operations.drop(promise.id, why=NOTE, by=square.staff, at=NOON)

    assert queries.notes(promise.id)[-1].text == NOTE
    with pytest.raises(Refused, match="has ended"):
        operations.finish(promise.id, by=square.staff, at=NOON)


def test_what_is_made_and_ended_is_announced(square: Square, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[Any] = []
    monkeypatch.setattr(bus, "_reactions", {PromiseMade: (heard.append,), PromiseEnded: (heard.append,)})
    promise = a_promise(square)

    operations.report_progress(promise.id, percent=10, note=NOTE, upload_ids=(), by=square.staff, at=NOON)
    operations.finish(promise.id, by=square.staff, at=NOON)

    assert [type(one) for one in heard] == [PromiseMade, PromiseEnded]
    assert (heard[1].outcome, heard[1].owner_id) == ("done", square.neighbours[0].id)


def test_what_is_overdue_comes_first_and_what_has_ended_last(square: Square) -> None:
    late, soon, later = (a_promise(square, in_days=days) for days in (1, 3, 5))
    done = a_promise(square, in_days=1)
    operations.finish(done.id, by=square.staff, at=NOON)

    at = NOON + 2 * DAY

    assert [row.id for row in queries.promises_of("topic:1", at)] == [late.id, soon.id, later.id, done.id]
    tabs = {tab: [row.id for row in queries.promises(path="", tab=tab, at=at, after=None).rows] for tab in queries.TABS}
    assert tabs == {
        "running": [late.id, soon.id, later.id], "overdue": [late.id], "done": [done.id], "dropped": [],
    }  # fmt: skip
    assert queries.unfinished("topic:1") == 3


def test_lists_page_by_the_day(square: Square) -> None:
    made = [a_promise(square, in_days=number // 3).id for number in range(25)]

    first = queries.promises(path=square.community.path, tab="running", at=NOON, after=None)
    rest = queries.promises(path=square.community.path, tab="running", at=NOON, after=first.next)

    assert [row.id for row in (*first.rows, *rest.rows)] == made
    assert rest.next is None
    assert queries.promises(path=square.street.village.path, tab="running", at=NOON, after=None).rows == []


def test_the_work_list_names_what_is_overdue_or_near_to_owner_and_staff(square: Square) -> None:
    late, near = a_promise(square, in_days=1), a_promise(square, in_days=9)
    a_promise(square, in_days=10)

    tasks = queries.tasks_for(square.neighbours[0], NOON + 2 * DAY)

    assert [(one.kind, one.href) for one in tasks] == [
        ("overdue", f"/promises/{late.id}"), ("due", f"/promises/{near.id}"),
    ]  # fmt: skip
    assert queries.tasks_for(square.staff, NOON + 2 * DAY) == tasks
    assert queries.tasks_for(square.neighbours[1], NOON + 2 * DAY) == []


def test_the_timeline_only_grows(square: Square) -> None:
    a_promise(square)

    with pytest.raises(DBAPIError, match="append-only"), db.session.begin_nested():
        db.session.execute(text("UPDATE promise_notes SET percent = 90"))


@pytest.mark.parametrize("tampering", ["percent = 90", "state = 'under_way'"])
def test_verify_finds_a_promise_that_says_otherwise_than_its_timeline(square: Square, tampering: str) -> None:
    promise = a_promise(square)
    assert (list(proof.faults()), proof.counts()) == ([], {"promises": 1})

    db.session.execute(text(f"UPDATE promises SET {tampering}"))

    assert [fault.where for fault in proof.faults()] == [f"promise:{promise.id}"]
