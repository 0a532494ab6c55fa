"""Requests: of several handlers who act at once one wins; whoever reports at once gets a number of their own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select

from app.grid import operations
from app.grid.models import Request, RequestChange
from app.kit.db import db, replayed
from app.kit.words import Words
from app.messages.models import Message
from app.people.models import Resident
from app.places.models import Place
from tests.makers import give
from tests.races.harness import Answer, Client, lasting, rounds, rush, statuses
from tests.races.village import Village, now

pytestmark = pytest.mark.race

HANDLERS, TICKS = 20, 4
HALF = HANDLERS // 2
LAMP = Words(zh="长廊的灯不亮", en="Lamps out on the walk")
LONG_AGO = timedelta(days=60)


def a_request(village: Village, *, at: datetime | None = None) -> int:
    """A matter of the whole community, which its staff handles."""
    at = at or now()
    with village.kept():
        place, by = db.session.get_one(Place, village.community), village.person(village.neighbours[0])
        return operations.report(place=place, category="lamp", title=LAMP, text=LAMP, is_public=True, by=by, at=at).id


def in_hand(village: Village, handler: int) -> int:
    """One that this member of the staff handles: its version is 3."""
    request = a_request(village)
    with village.kept():
        for step in (operations.take, operations.start):
            step(request, seen=None, by=village.person(handler), at=now())
    return request


def answered(village: Village, handler: int) -> int:
    """One that waits for its rating."""
    request = in_hand(village, handler)
    with village.kept():
        by = village.person(handler)
        operations.resolve(request, outcome="solved", answer=LAMP, seen=None, by=by, at=now())
    return request


def lines(village: Village, request: int) -> Sequence[tuple[str, int | None]]:
    """What its history says from the first step on, and by whom."""
    query = select(RequestChange.action, RequestChange.by_id).where(RequestChange.request_id == request)
    return [tuple(line) for line in village.rows(query.order_by(RequestChange.number, RequestChange.id))][1:]


@pytest.fixture(scope=lasting("module"))
def staff(village: Village) -> list[int]:
    return village.more_staff(HANDLERS)


def test_of_twenty_handlers_who_act_at_once_one_does(village: Village, staff: list[int]) -> None:
    clients = village.clients(staff)
    for _ in range(rounds()):
        request = a_request(village)
        path = f"/requests/{request}/steps"
        answers = rush(
            clients,
            lambda one, n: one.send(f"{path}/{('take', 'pass_up')[n % 2]}", seen="1", why="To the street."),  # noqa: B023
        )
        assert statuses(answers) == {303: 1, 409: HANDLERS - 1}
        winner = next(number for number, one in enumerate(answers) if one.applied)
        assert lines(village, request) == [(("take", "pass_up")[winner % 2], staff[winner])]
        assert village.scalar(select(Request.version).where(Request.id == request)) == 2


def test_a_request_is_answered_or_passed_up_but_not_both(village: Village, staff: list[int]) -> None:
    """By whoever is in charge, on many devices, and by colleagues; pages that do not say which version they showed."""
    clients = [*village.client(staff[0]).copies(HALF), *village.clients(staff[1 : HALF + 1])]
    for _ in range(rounds()):
        path = f"/requests/{(request := in_hand(village, staff[0]))}/steps"
        answers = rush(clients, partial(_end, path))
        done = [number for number, one in enumerate(answers) if one.applied]
        assert len(done) == 1, statuses(answers)
        assert set(statuses(answers)) <= {303, 403, 409}
        answer = done[0] < HALF
        assert [action for action, _by in lines(village, request)] == [
            "take",
            "start",
            "resolve" if answer else "pass_up",
        ]
        row = village.rows(select(Request.state, Request.level, Request.outcome).where(Request.id == request))[0]
        assert tuple(row) == (("resolved", "community", "solved") if answer else ("received", "street", None))


def _end(path: str, client: Client, number: int) -> Answer:
    return client.send(f"{path}/{('resolve', 'pass_up')[number // HALF]}", outcome="solved", why="So be it.")


def test_a_request_is_rated_once_when_its_reporter_presses_on_many_devices(village: Village, staff: list[int]) -> None:
    clients = village.client(village.neighbours[0]).copies(HANDLERS)
    for _ in range(rounds()):
        request = answered(village, staff[0])
        answers = rush(
            clients,
            lambda one, n: one.send(f"/requests/{request}/rate", verdict="solved", stars=str(n % 5 + 1)),  # noqa: B023
        )
        assert statuses(answers) == {303: 1, 409: HANDLERS - 1}
        winner = next(number for number, one in enumerate(answers) if one.applied)
        assert village.scalar(select(Request.stars).where(Request.id == request)) == winner % 5 + 1
        assert [action for action, _by in lines(village, request)] == ["take", "start", "resolve", "rate"]


def test_what_goes_up_by_itself_is_written_once_by_many_hands_and_ticks(village: Village, staff: list[int]) -> None:
    """Its time was over long ago: the street has it, whoever writes that down; then one of the street takes it on."""
    with village.kept():
        street = db.session.get_one(Place, db.session.get_one(Place, village.community).parent_id)
        for one in staff:
            give("street", db.session.get_one(Resident, one), street)
    hands = village.clients(staff)
    for _ in range(rounds()):
        request = a_request(village, at=now() - LONG_AGO)
        answers = rush([*hands, *hands[0].copies(TICKS)], partial(_take, village, f"/requests/{request}/steps/take"))
        assert statuses(answers[:HANDLERS]) == {303: 1, 409: HANDLERS - 1}
        winner = next(number for number, one in enumerate(answers) if one.applied)
        assert lines(village, request) == [("rise", None), ("take", staff[winner])]
        told = Message.href == f"/requests/{request}", Message.kind == "grid.overdue"
        assert village.count(Message, *told) == 1


def _take(village: Village, path: str, client: Client, number: int) -> Answer:
    """The hand of one of the street; or a tick."""
    if number < HANDLERS:
        return client.send(path)
    client.close()
    with village.app.app_context():
        return Answer(200, str(replayed(partial(operations.write_due, now()))))


def test_requests_reported_at_once_get_numbers_of_their_own(village: Village) -> None:
    reporters = village.clients(village.neighbours[:20])
    fields = {
        "category": "lamp", "place": str(village.community), "title": "Lamps out on the walk",
        "text": "All four of them, since Monday.", "openness": "public",
    }  # fmt: skip
    for _ in range(rounds()):
        before = village.count(Request)
        answers = rush(reporters, lambda one, _n: one.send("/requests/new", **fields))
        assert statuses(answers) == {303: 20}
        numbers = village.scalars(select(Request.number).order_by(Request.id))[before:]
        assert len(numbers) == len(set(numbers)) == 20
