"""What the people of a level do: take on, give to a colleague, handle, pass up or down, call in, resolve, assess."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.grid import rules
from app.grid.escalation import above, below
from app.grid.events import RequestGiven, RequestLinked, RequestResolved, RequestSentDown
from app.grid.models import Department, Request
from app.grid.operations.moving import begin_level, facts, locked_request, opened, settle, take_step, tell_passed_up
from app.grid.operations.reporting import add_followers
from app.kit import clock, working_days
from app.kit.bus import announce
from app.kit.db import db
from app.kit.refusal import refuse_if
from app.kit.words import Words
from app.people import queries as people
from app.people.rules import Person
from app.places.queries import ancestors


def take(request_id: int, *, seen: int | None, by: Person, at: datetime) -> Request:
    """Take a request of one's own level on; from now on one is in charge of it."""
    request = opened(request_id, seen=seen, at=at)
    take_step(request, "take", by=by, at=at, handler_id=by.id)
    _tell_given(request, by, at)
    return request


def _tell_given(request: Request, by: Person, at: datetime) -> None:
    given = RequestGiven(request_id=request.id, handler_id=request.handler_id or by.id, by_id=by.id, at=at)
    announce(given)


def assign(request_id: int, *, handler_id: int, seen: int | None, by: Person, at: datetime) -> Request:
    """Give it to somebody of its level, to oneself for one."""
    request = opened(request_id, seen=seen, at=at)
    known = facts(request)
    take_step(request, "assign", by=by, at=at, handler_id=handler_id)
    refuse_if(rules.assignee_refusal(request.level, people.person(handler_id), known))
    _tell_given(request, by, at)
    return request


def start(request_id: int, *, seen: int | None, by: Person, at: datetime) -> Request:
    """Begin handling what one is in charge of."""
    return _plain(request_id, "start", seen=seen, by=by, at=at)


def write_note(request_id: int, *, text: Words | None, seen: int | None, by: Person, at: datetime) -> Request:
    """Say how it is getting on."""
    return _plain(request_id, "note", seen=seen, by=by, at=at, why=text)


def _plain(
    request_id: int, action: str, *, seen: int | None, by: Person, at: datetime, why: Words | None = None
) -> Request:
    request = opened(request_id, seen=seen, at=at)
    take_step(request, action, by=by, at=at, why=why)
    return request


def pass_up(request_id: int, *, why: Words | None, seen: int | None, by: Person, at: datetime) -> Request:
    """To the next level, never over it, with a reason; its own time begins there."""
    request = opened(request_id, seen=seen, at=at)
    handler_id = request.handler_id
    take_step(request, "pass_up", by=by, at=at, why=why, to_level=above(request.level))
    begin_level(request, request.level, at)
    tell_passed_up(request, handler_id=handler_id, by_itself=False, at=at)
    db.session.flush()
    return request


def send_down(request_id: int, *, why: Words | None, seen: int | None, by: Person, at: datetime) -> Request:
    """Back to the level below, with a reason: it can be handled there."""
    request = opened(request_id, seen=seen, at=at)
    take_step(request, "send_down", by=by, at=at, why=why, to_level=below(request.level))
    begin_level(request, request.level, at)
    db.session.flush()
    announce(RequestSentDown(request_id=request.id, level=request.level, at=at))
    return request


def call_in(
    request_id: int, *, department_id: int, days: int, why: Words | None, seen: int | None, by: Person, at: datetime
) -> Request:
    """Call in a department (吹哨报到): it owes an answer within so many working days."""
    request = opened(request_id, seen=seen, at=at)
    department = db.session.get(Department, department_id)
    known = department is not None and department.street_id == request.street_id
    refuse_if(None if known else rules.department_refusal())
    take_step(request, "call_in", by=by, at=at, why=why, department_id=department_id)
    request.department_id, request.reply_due_at = department_id, working_days.end_after(at, days)
    db.session.flush()
    return request


def reply(request_id: int, *, text: Words | None, seen: int | None, by: Person, at: datetime) -> Request:
    """Write down what the department answered."""
    request = opened(request_id, seen=seen, at=at)
    take_step(request, "reply", by=by, at=at, why=text, department_id=request.department_id)
    request.reply_due_at = None
    db.session.flush()
    return request


def resolve(
    request_id: int, *, outcome: str, answer: Words | None, seen: int | None, by: Person, at: datetime
) -> Request:
    """Report back how it ended; the reporter has some days to rate it."""
    request = opened(request_id, seen=seen, at=at)
    take_step(request, "resolve", by=by, at=at, why=answer)
    request.outcome, request.answer = outcome, answer
    request.resolved_at, request.resolved_by = at, by.id
    request.minutes_taken = int((at - request.received_at).total_seconds() // 60)
    request.closes_at = rating_ends(request, at)
    request.reply_due_at = None
    db.session.flush()
    announce(
        RequestResolved(request_id=request.id, reporter_id=request.reporter_id, closes_at=request.closes_at, at=at)
    )
    return request


def rating_ends(request: Request, at: datetime) -> datetime:
    """The end of the seventh day after, or as the place has set it."""
    settings = {name: value for one in ancestors(request.place_path) for name, value in one.settings.items()}
    last = clock.local(at).date() + timedelta(days=rules.rating_days(settings))
    return clock.day_bounds(last)[1]


def assess(request_id: int, *, why: Words | None, seen: int | None, by: Person, at: datetime) -> Request:
    """Look at how it was handled, and close it; never by whoever handled it."""
    return _plain(request_id, "assess", seen=seen, by=by, at=at, why=why)


def link(
    request_id: int, *, goal_id: int | None, why: Words | None, seen: int | None, by: Person, at: datetime
) -> Request:
    """Let it go on in another request of the street about the same matter; its reporter follows that one (并案)."""
    goal_id = goal_id or request_id
    # Locked in the order of their ids, or two links could wait for each other.
    for one in sorted({request_id, goal_id}):
        locked_request(one)
    request, goal = opened(request_id, seen=seen, at=at), locked_request(goal_id)
    settle(goal, at)
    in_reach = goal.street_id == request.street_id and (goal.is_public or by.holds(*rules.READERS, at=goal.place_path))
    take_step(request, "link", by=by, at=at, why=why)
    refuse_if(rules.link_refusal(same=goal is request, state=goal.state if in_reach else None))
    request.linked_to = goal.id
    add_followers(goal, request, at)
    db.session.flush()
    announce(RequestLinked(request_id=request.id, reporter_id=request.reporter_id, goal_id=goal.id, at=at))
    return request
