"""The community that a list is about: one that the address names, or the reader's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import request
from flask_login import current_user

from app.kit.pages import wants_json
from app.places import queries


def chosen_place(*, own: bool = True) -> tuple[Sequence[Any], Any]:
    """All communities, and the one that `?place=` names by its code; None for the whole street.

    When none is named it is the reader's `own`, except in JSON: data is the same for everybody.
    """
    communities, wish = queries.communities(), request.args.get("place")
    if wish is not None:
        return communities, next((one for one in communities if one.code == wish), None)
    own_id = current_user.community_id if own and not wants_json() else None
    return communities, next((one for one in communities if one.id == own_id), None)
