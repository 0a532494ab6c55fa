"""The wall of the service hall: who serves each grid, and what is handled where."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask import Response, request
from flask_babel import gettext as _
from flask_login import current_user

from app.grid import directory, twins
from app.grid.views.blueprint import bp
from app.kit import access, clock, say
from app.kit.fields import tidy
from app.kit.i18n import language
from app.kit.pages import page
from app.kit.words import Words
from app.people.rules import masked
from app.places import queries as places

MOST_SEARCH = 40
A_MONDAY = date(2024, 1, 1)


@bp.get("/service-team.json")
@bp.get("/service-team")
@access.anyone
def service_team() -> Response:
    """For each grid who is there, for what, how to reach them, and who stands in (公示牌)."""
    communities = places.communities()
    code = request.args.get("place")
    own = next((one for one in communities if one.id == current_user.community_id), None)
    asked = next((one for one in communities if one.code == code), None)
    chosen: Any = asked or own or (communities[0] if communities else None)
    teams = directory.teams(chosen.path) if chosen else []
    teams.sort(key=lambda one: one.grid.id != current_user.grid_id)  # one's own first, the others as they stood
    return page(
        "grid/team.html", twin=lambda: twins.teams(teams), communities=communities, chosen=chosen, teams=teams,
        at=clock.now(), name=_name, weekdays=_weekdays,
    )  # fmt: skip


def _name(row: Any, prefix: str = "") -> str:
    """袁*: as public pages show names; empty for those who are not on our register."""
    family_name = getattr(row, f"{prefix}family_name")
    return masked(family_name, getattr(row, f"{prefix}family_name_en"), language()) if family_name else ""


def _weekdays(numbers: Sequence[int]) -> str:
    """周一、周四; Monday, Thursday: from numbers that begin with 0 for Monday."""
    return _(", ").join(say.weekday(A_MONDAY + timedelta(days=number)) for number in numbers)


@bp.get("/service-guide.json")
@bp.get("/service-guide")
@access.anyone
def service_guide() -> Response:
    """What is handled at which window, with which papers, in how many days."""
    text = (tidy(request.args.get("q")) or "")[:MOST_SEARCH]
    street = places.the_street()
    matters = directory.matters(street.id, text) if street else []
    return page("grid/guide.html", twin=lambda: twins.guide(matters), matters=matters, text=text, words_of=Words.of)
