"""A notice with two lines in a community, for the tests of notices."""

from __future__ import annotations

from typing import Any

from app.kit.words import Words
from app.notices import operations
from app.notices.models import Notice
from tests.council.square import Square
from tests.makers import NOON

LINES = [
    ("lamps", Words(zh="换十二盏路灯", en="Replace twelve street lamps")),
    ("benches", Words(zh="添两张长椅", en="Add two benches")),
]
WHY = Words(zh="灯正对着我家卧室", en="The lamp would shine into my bedroom")
ANSWER = Words(zh="灯罩改为朝下", en="The shade will point down")


def a_notice(square: Square, **values: Any) -> Notice:
    """Put up at noon for seven days."""
    known: dict[str, Any] = {
        "subject": "topic:1", "title": Words(zh="路灯和长椅", en="Lamps and benches"), "lines": LINES,
        "place_id": square.community.id, "place_path": square.community.path, "starts_at": NOON, "days": 7,
        "href": "/topics/1", "by_id": square.staff.id, "at": NOON,
    }  # fmt: skip
    return operations.put_up(**(known | values))
