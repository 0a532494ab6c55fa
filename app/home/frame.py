"""What stands round every page: whose page it is, the five places, and the other rooms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, g, request
from flask_babel import gettext as _
from flask_login import current_user

from app.kit.db import SAFE_METHODS
from app.kit.i18n import shown
from app.kit.words import Words
from app.places import queries as places

HOUSE = Words(zh="乡约", en="Xiangyue")


@dataclass(frozen=True)
class Door:
    """One entry of the navigation."""

    href: str
    icon: str
    words: str
    here: bool


def _door(href: str, icon: str, words: str, *also: str) -> Door:
    """`also`: further addresses of the same room."""
    here = any(request.path == one or (one != "/" and request.path.startswith(one + "/")) for one in (href, *also))
    return Door(href, icon, words, here)


def frame() -> dict[str, Any]:
    """For every template: `frame.place`, `frame.line`, `frame.places`, `frame.rooms`, `frame.house`.

    The rooms stand at the side of a wide screen, and as tiles on the front pages of a phone: each room of the house
    is no more than two steps from home.
    """
    place, line = current_user.community_name, current_user.street_name
    if place is None:
        street = _street()
        place, line = (street or HOUSE), None
    serves = "merchant" in current_user.role_names
    return {
        "frame": {
            "place": place,
            "line": f"{shown(line).striptags()} · {_('Xiangyue')}" if line else _("Xiangyue"),
            "house": place,
            # The answer to a form may stand at an address that only takes posts: nothing to come back to.
            "here": request.full_path.rstrip("?") if request.method in SAFE_METHODS else "/",
            "places": [
                _door("/", "house", _("Home")),
                _door("/topics", "messages-square", _("Discuss")),
                _door("/activities", "calendar-heart", _("Activities")),
                _door("/points", "gift", _("Points")),
                _door("/me", "user-round", _("Me")),
            ],
            "rooms": [
                _door("/requests", "wrench", _("Requests"), "/service-team", "/service-guide"),
                _door("/disclosures", "file-text", _("Disclosures")),
                _door("/agreements", "scroll-text", _("Agreements")),
                _door("/rankings", "medal", _("Rankings")),
                _door("/sittings", "users-round", _("Meetings"), "/open-days"),
                _door("/notices", "book-open-text", _("Notices")),
                _door("/promises", "flag", _("Promises")),
                _door("/rewards", "heart-handshake", _("Rewards"), "/orders"),
                *([_door("/counter", "stamp", _("Redemption counter"))] if serves else []),
            ],
        }
    }


def _street() -> Words | None:
    """The street's name for visitors; error pages must not ask a database that may be away."""
    if "street_name" not in g:
        try:
            street = places.the_street()
        except Exception:  # noqa: BLE001 - the page that tells of the trouble must still be drawn
            street = None
        g.street_name = street.name if street else None
    name: Words | None = g.street_name
    return name


def init_app(app: Flask) -> None:
    app.context_processor(frame)
