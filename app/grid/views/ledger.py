"""The public ledger and its figures, and what one reported oneself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response, request
from flask_login import current_user

from app.grid import figures, lists, queries, rules, showing, twins
from app.grid.views.blueprint import bp
from app.kit import access, clock
from app.kit.pages import page
from app.places import queries as places

SPANS = (90, 365)  # days that the figures look back


@bp.get("/requests.json")
@bp.get("/requests")
@access.anyone
def requests() -> Response:
    """What neighbours reported, by place, state and category, the newest first."""
    at, tab, category = clock.now(), request.args.get("state"), request.args.get("category")
    tab = tab if tab in lists.TABS else None
    category = category if category in rules.CATEGORIES else None
    communities, community, grids, chosen = _places()
    rows = lists.ledger(place=chosen, tab=tab, category=category, at=at, after=request.args.get("after"))
    return page(
        "grid/requests.html", twin=lambda: twins.ledger(rows, at), rows=rows, tab=tab, tabs=lists.TABS,
        category=category, communities=communities, community=community, grids=grids, chosen=chosen, at=at,
        rules=rules, span_words=showing.span_words, may_report=may_report(),
    )  # fmt: skip


def _places() -> tuple[Any, Any, Any, Any]:
    """The communities, the one chosen, its grids, and the narrowest place chosen."""
    code = request.args.get("place")
    communities = places.communities()
    chosen: Any = places.place_by_code(code) if code and len(code) <= 32 else None
    community = next((one for one in communities if chosen is not None and chosen.path.startswith(one.path)), None)
    if community is None:
        return communities, None, (), None
    return communities, community, queries.grids_of(community.path), chosen


def may_report() -> bool:
    return bool(current_user.is_verified or current_user.reaches(*rules.HANDLERS))


@bp.get("/requests/figures.json")
@bp.get("/requests/figures")
@access.anyone
def request_figures() -> Response:
    """How many, how fast and how well, by category and by grid."""
    at = clock.now()
    days = 90 if request.args.get("days") == "90" else 365
    communities, community, _grids, _chosen = _places()
    path, since = community.path if community else "", at - timedelta(days=days)
    whole = figures.whole(path=path, since=since)
    tables = {
        "by_category": figures.by_category(path=path, since=since),
        "by_grid": figures.by_grid(path=path, since=since),
    }
    return page(
        "grid/figures.html", twin=lambda: twins.figures(whole, tables), whole=whole, tables=tables, days=days,
        spans=SPANS,
        communities=communities, community=community, rules=rules, span_words=showing.span_words,
    )  # fmt: skip


@bp.get("/requests/mine")
@access.signed_in
def mine() -> Response:
    """What this person reported, or said that it concerns them too."""
    at = clock.now()
    return page(
        "grid/mine.html", rows=lists.mine(current_user, at=at, after=request.args.get("after")), at=at, rules=rules,
        span_words=showing.span_words, may_report=may_report(),
    )  # fmt: skip
