"""The cases of my household, and those at the places where I work."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from flask_login import current_user

from app.cases import queries, rules
from app.cases.views.blueprint import bp
from app.kit import access, clock
from app.kit.pages import page
from app.kit.paging import Slice


@bp.get("/points/cases")
@access.signed_in
def mine() -> Response:
    """What my household was reminded of, and what came of it. Nobody else sees it."""
    if not current_user.is_verified:
        return page("cases/mine.html", rows=(), more=None, verified=False, works=_works())
    found = queries.of_household(current_user.household_id, after=request.args.get("after"))
    return page("cases/mine.html", rows=_with_states(found), more=found.next, verified=True, works=_works())


@bp.get("/points/cases/desk")
@access.role(*rules.READ)
def desk() -> Response:
    """The cases at my places, the latest first."""
    found = queries.at_work(current_user, after=request.args.get("after"))
    files = bool(current_user.reaches(*rules.FILE))
    return page("cases/desk.html", rows=_with_states(found), more=found.next, files=files)


def _works() -> bool:
    return bool(current_user.reaches(*rules.READ))


def _with_states(found: Slice) -> list[dict[str, Any]]:
    """Each row with its state now: words, tone and drawing."""
    at, known = clock.now(), queries.facts_of(row.id for row in found.rows)
    states = [rules.state(known[row.id], at) for row in found.rows]
    return [
        {"case": row, "state": state, "words": rules.STATE_WORDS[state], "sign": rules.STATE_SIGNS[state]}
        for row, state in zip(found.rows, states, strict=True)
    ]
