"""The activity menu: what is coming, by kind and place, and what is over."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from flask_login import current_user

from app.activities import queries
from app.activities.life import STATES, state_at
from app.activities.rules import KINDS, PUBLISHER_ROLES
from app.activities.views.doors import bp
from app.kit import access, clock
from app.kit.open_data import publish
from app.kit.pages import page
from app.kit.refusal import N_
from app.places import queries as places

TONES = {
    "draft": ("", "pencil"),
    "review": ("waiting", "clock"),
    "open": ("done", "circle-check"),
    "full": ("waiting", "users-round"),
    "running": ("know", "clock"),
    "finished": ("", "check"),
    "reported": ("", "file-text"),
    "cancelled": ("alert", "x"),
}

publish(
    "/activities.json",
    N_("Activities that are coming, soonest first"),
    {
        "id": N_("number of the activity"),
        "title": N_("title, in each language there is"),
        "kind": N_("kind of activity"),
        "state": N_("state of the activity at this moment"),
        "place": N_("name of the place"),
        "spot": N_("where people meet"),
        "organisation": N_("who offers it, when it came from elsewhere"),
        "starts_at": N_("when the next shift begins"),
        "ends_at": N_("when the next shift ends"),
        "capacity": N_("places on the next shift"),
        "taken": N_("places taken on the next shift"),
        "shifts": N_("number of shifts that are not over"),
        "tariff": N_("line of the points tariff"),
    },
)


@bp.get("/activities.json")
@bp.get("/activities")
@access.anyone
def menu() -> Response:
    at = clock.now()
    communities = places.communities()
    kind = request.args.get("kind") if request.args.get("kind") in KINDS else None
    here = _community([row.id for row in communities])
    over = request.args.get("when") == "past"
    read = queries.past if over else queries.menu
    found = read(kind=kind, community_id=here, after=request.args.get("after"), at=at)
    items = [_item(row, at) for row in found.rows]
    chosen: dict[str, Any] = {
        "kind": kind,
        "place": here or request.args.get("place"),
        "when": "past" if over else None,
    }
    return page(
        "activities/menu.html",
        twin=lambda: {"items": [_plain(item) for item in items], "next": found.next},
        items=items,
        next_page=url_for(".menu", after=found.next, **chosen) if found.next else None,
        communities=communities,
        chosen=chosen,
        here=here,
        kinds=KINDS,
        mine=queries.waiting(current_user) if _works() else [],
        may_plan=_works(),
    )


def _works() -> bool:
    return bool(current_user.role_names & set(PUBLISHER_ROLES))


def _community(known: list[int]) -> int | None:
    """The community asked for; somebody's own when nothing is asked; None for the whole street."""
    wish = request.args.get("place", "")
    if wish.isascii() and wish.isdigit() and len(wish) < 10:
        return int(wish) if int(wish) in known else None
    return current_user.community_id if not wish and current_user.community_id in known else None


def _item(row: Any, at: Any) -> dict[str, Any]:
    """A row of the menu with its state at this moment."""
    item = row._asdict()
    left = item.get("left", 0)
    state = state_at(row.state, begun=row.starts_at <= at, over=row.ends_at <= at, left=left)
    return item | {"state": state, "state_words": STATES[state], "tone": TONES[state], "free": left}


def _plain(item: dict[str, Any]) -> dict[str, Any]:
    """The same for other software."""
    names = ("id", "kind", "state", "organisation", "capacity", "taken", "shifts")
    return {name: item.get(name) for name in names} | {
        "title": item["title"],
        "place": item["place_name"],
        "spot": item["spot_name"] if item["spot_name"] else None,
        "starts_at": item["starts_at"],
        "ends_at": item["ends_at"],
        "tariff": item["tariff_code"],
    }
