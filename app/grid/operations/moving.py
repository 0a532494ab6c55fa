"""One step of a request: locked, what came by itself written first, refused or taken, and written into its history."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.grid import queries, rules
from app.grid.escalation import deadlines, due_steps
from app.grid.events import RequestPassedUp
from app.grid.models import Request, RequestChange
from app.kit import audit
from app.kit.bus import announce
from app.kit.db import db, locked
from app.kit.refusal import Refused, refuse_if
from app.kit.words import Words
from app.people.rules import Person
from app.places.models import Place


def opened(request_id: int, *, seen: int | None, at: datetime) -> Request:
    """The request, locked, with what came by itself until now written down.

    `seen` is the version that the page showed, None for whoever did not look. Raises `Refused` when it has moved on
    since: of two who act at once one wins.
    """
    request = locked_request(request_id)
    if seen is not None and request.version != seen:
        raise Refused(rules.too_slow())
    settle(request, at)
    return request


def locked_request(request_id: int) -> Request:
    query = locked(select(Request).where(Request.id == request_id)).execution_options(populate_existing=True)
    return db.session.scalars(query).one()


def take_step(
    request: Request, action: str, *, by: Person, at: datetime, why: Words | None = None, **more: Any
) -> None:
    """Refuse it or take it. `more`: `to_level`, `department_id`, `handler_id`."""
    known = facts(request)
    refuse_if(rules.step_refusal(known, action, by, reasoned=why is not None))
    capacity = _capacity(action, known, by)
    write(request, action, by_id=by.id, capacity=capacity, at=at, why=why, **more)
    if capacity != "reporter":
        audit.note(f"grid.{action}", f"request:{request.id}", actor_id=by.id, at=at, place_id=request.place_id)


def _capacity(action: str, known: rules.Facts, by: Person) -> str:
    """As what somebody acts: reporter, supervisor, or the level whose role they hold."""
    needed, who = rules.LIFE.steps[known.state, action].who, rules.who_is(by, known)
    if "reporter" in needed:
        return "reporter"
    if "supervisor" in who and action == "assess":
        return "supervisor"
    if "desk" in who:
        return known.level
    return next(level for level, role in rules.LEVEL_ROLES.items() if by.holds(role, at=known.place_path))


def write(
    request: Request, action: str, *, at: datetime, by_id: int | None, capacity: str, why: Words | None = None,
    to_level: str | None = None, department_id: int | None = None, handler_id: int | None = None,
) -> None:  # fmt: skip
    """Change state and level as the table says, and add the line to the history. The limits were asked before.

    `handler_id` is in charge from now on; None keeps who was, as far as the new state has somebody in charge.
    """
    state, level = request.state, request.level
    request.state = rules.LIFE.after(state, action)
    request.version += 1
    if to_level is not None and to_level != level:
        request.level, request.level_since = to_level, at
    if request.state != state or request.level != level:
        request.state_since = at
    if request.state in ("received", "reopened", "linked"):
        request.handler_id = None
    request.handler_id = handler_id or request.handler_id
    db.session.add(
        RequestChange(
            request_id=request.id, number=request.version, at=at, action=action, from_state=state,
            to_state=request.state, from_level=level, to_level=request.level, by_id=by_id, capacity=capacity, why=why,
            department_id=department_id,
        )
    )  # fmt: skip
    db.session.flush()


def begin_level(request: Request, level: str, at: datetime) -> None:
    """The time of this level and of those above it begins now."""
    for one, due_at in deadlines(level, at, request.days).items():
        setattr(request, f"due_{one}_at", due_at)
    request.department_id = request.reply_due_at = None


def settle(request: Request, at: datetime) -> int:
    """Write down what came by itself, each at its own instant; how many steps there were."""
    steps = due_steps(queries.kept_standing(request), at)
    for step in steps:
        goes_up, handler_id = step.action == "rise", request.handler_id
        level = step.after.level if goes_up else None
        write(request, step.action, at=step.at, by_id=None, capacity="house", to_level=level)
        if goes_up:
            request.department_id = request.reply_due_at = None
            tell_passed_up(request, handler_id=handler_id, by_itself=True, at=step.at)
    return len(steps)


def tell_passed_up(request: Request, *, handler_id: int | None, by_itself: bool, at: datetime) -> None:
    announce(
        RequestPassedUp(
            request_id=request.id, reporter_id=request.reporter_id, level=request.level, by_itself=by_itself, at=at,
            handler_id=handler_id,
        )
    )  # fmt: skip


def write_due(at: datetime) -> int:
    """For `flask tick`: what went up or closed by itself; how many steps. Late or repeated runs write the same."""
    return sum(settle(locked_request(one), at) for one in queries.due_now(at))


def facts(request: Request) -> rules.Facts:
    """What rules ask of a request that is settled."""
    place = db.session.get_one(Place, request.place_id)
    return rules.Facts(
        state=request.state, level=request.level, lowest=rules.first_level(place.kind), place_path=request.place_path,
        reporter_id=request.reporter_id, reporter_household=queries.household_of(request.reporter_id),
        handler_id=request.handler_id, resolved_by=request.resolved_by,
        department_waits=request.reply_due_at is not None,
    )  # fmt: skip
