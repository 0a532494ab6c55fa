"""Requests: of several handlers who act at once one wins; whoever reports at once gets a number of their own."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.grid import operations
from app.grid.models import Request, RequestChange
from app.kit.db import db
from app.kit.words import Words
from app.places.models import Place
from tests.races.harness import rounds, rush, statuses
from tests.races.village import Village, now

pytestmark = pytest.mark.race

HANDLERS = 20
LAMP = Words(zh="长廊的灯不亮", en="Lamps out on the walk")


def a_request(village: Village) -> int:
    """A matter of the whole community, which its staff handles."""
    with village.kept():
        place, by = db.session.get_one(Place, village.community), village.person(village.neighbours[0])
        return operations.report(
            place=place, category="lamp", title=LAMP, text=LAMP, is_public=True, by=by, at=now()
        ).id  # fmt: skip


def test_of_twenty_handlers_who_act_at_once_one_does(village: Village) -> None:
    staff = village.more_staff(HANDLERS)
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
        lines = village.rows(
            select(RequestChange.number, RequestChange.action, RequestChange.by_id)
            .where(RequestChange.request_id == request)
            .order_by(RequestChange.number)
        )
        assert [tuple(line)[1:] for line in lines[1:]] == [(("take", "pass_up")[winner % 2], staff[winner])]
        assert village.scalar(select(Request.version).where(Request.id == request)) == 2


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
