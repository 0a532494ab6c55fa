"""Which community a page of the ledger is about, and who keeps its settings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import request
from flask_login import current_user

from app.kit.pages import found
from app.places import queries as places

KEEPERS = ("staff", "street")


def community_asked(code: str | None = None) -> tuple[Sequence[Any], Any]:
    """All communities, and the one named by `?place=`, else the reader's own, else the first; 404 without any."""
    communities = places.communities()
    wish = code or request.args.get("place")
    if wish is not None:
        return communities, found(next((one for one in communities if one.code == wish), None))
    own = next((one for one in communities if one.id == current_user.community_id), None)
    return communities, found(own or next(iter(communities), None))


def community_of(code: str) -> Any:
    """The community with that code, when this person keeps its settings; any other is not there."""
    place = next((one for one in places.communities() if one.code == code), None)
    return found(place if place is not None and current_user.holds(*KEEPERS, at=place.path) else None)
