"""Meetings for tests: called for a week after noon of the test day, in the community of the square."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.kit.words import Words
from app.meetings import operations
from app.meetings.models import Meeting
from tests.council.square import DAY, Square
from tests.makers import NOON

HOUR = timedelta(hours=1)
STARTS, ENDS = NOON + 7 * DAY, NOON + 7 * DAY + 2 * HOUR
DOORS, OVER = STARTS - HOUR, ENDS + HOUR
WHY = Words(zh="会议室在粉刷", en="The room is being painted")
SAID = Words(zh="两处都看了。", en="Both places were looked at.")
AGENDA = [Words(zh="两处地方", en="The two places"), Words(zh="花多少钱", en="What it costs")]
AGREED = [Words(zh="量西边", en="Measure the west side")]


def a_meeting(square: Square, **values: Any) -> Meeting:
    """A sitting on topic 1 with two seats."""
    known: dict[str, Any] = {
        "kind": "sitting", "subject": "topic:1", "href": "/topics/1",
        "title": Words(zh="充电棚建在哪里", en="Where the shed may stand"), "place_id": square.community.id,
        "place_path": square.community.path, "where": Words(zh="议事厅", en="Council room"), "starts_at": STARTS,
        "ends_at": ENDS, "agenda": AGENDA, "capacity": 2, "by": square.staff, "at": NOON,
    }  # fmt: skip
    return operations.call(**(known | values))


def an_open_day(square: Square, **values: Any) -> Meeting:
    """About nothing but itself, for as many as want to come."""
    return a_meeting(square, **({"kind": "open_day", "subject": None, "href": None, "capacity": None} | values))
