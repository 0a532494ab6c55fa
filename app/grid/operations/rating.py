"""The reporter has the last word: solved, partly, or not solved, which opens the request again."""

from __future__ import annotations

from datetime import datetime

from app.grid import rules
from app.grid.escalation import above
from app.grid.events import RequestRated, RequestReopened
from app.grid.models import Request
from app.grid.operations.handling import rating_ends
from app.grid.operations.moving import begin_level, opened, take_step
from app.kit import working_days
from app.kit.bus import announce
from app.kit.db import db
from app.kit.refusal import refuse_if
from app.kit.words import Words
from app.people.rules import Person


def rate(
    request_id: int, *, verdict: str, stars: int, comment: Words | None, seen: int | None, by: Person, at: datetime
) -> Request:
    """Rate how it was handled; "not solved" opens it again, from the second time on one level up."""
    request = opened(request_id, seen=seen, at=at)
    handler_id = request.resolved_by
    if verdict == "not_solved":
        _reopen(request, comment, by=by, at=at)
    else:
        take_step(request, "rate", by=by, at=at, why=comment)
        request.closes_at = rating_ends(request, at)
    request.verdict, request.stars, request.comment = verdict, stars, comment
    db.session.flush()
    announce(RequestRated(request_id=request.id, handler_id=handler_id, verdict=verdict, stars=stars, at=at))
    return request


def _reopen(request: Request, why: Words | None, *, by: Person, at: datetime) -> None:
    again = request.reopened > 0
    level = (above(request.level) or request.level) if again else request.level
    answered_at, handler_id = request.resolved_at, request.resolved_by
    take_step(request, "reopen", by=by, at=at, why=why, to_level=level)
    refuse_if(rules.reopen_refusal(answered_at, at))
    request.reopened += 1
    request.outcome = request.answer = request.resolved_at = request.minutes_taken = request.closes_at = None
    request.promised_at = working_days.end_after(at, request.days)
    begin_level(request, request.level, at)
    db.session.flush()
    announce(
        RequestReopened(
            request_id=request.id, handler_id=handler_id, level=request.level, times=request.reopened, at=at
        )
    )
