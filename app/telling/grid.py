"""What people are told about requests: their reporters how they go on, and whoever handles them what waits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, case, select, text

from app.grid import queries
from app.grid.escalation import OPEN
from app.grid.events import (
    RequestGiven,
    RequestLinked,
    RequestPassedUp,
    RequestReceived,
    RequestReopened,
    RequestResolved,
    RequestSentDown,
)
from app.grid.models import LEVELS, UNFINISHED, Request
from app.kit import clock
from app.kit.db import db, locked
from app.kit.refusal import N_
from app.kit.words import Words
from app.messages import operations as messages
from app.messages.rules import Phrase, describe, describe_group

REMIND_BEFORE = timedelta(hours=24)

describe_group("grid", N_("Requests"))
describe(
    "grid.resolved",
    name=N_("A request of mine is reported as resolved"),
    subject=N_('"%(title)s" is reported as resolved'),
    text=N_('Please rate it, or choose "Not solved, open again". Without a rating by %(until)s it closes.'),
    way="now",
)
describe(
    "grid.followed",
    name=N_("A request that concerns me too is answered"),
    subject=N_('"%(title)s" is answered'),
    text=N_("You said that it concerns you too. Its page says how it was handled."),
)
describe(
    "grid.passed_up",
    name=N_("A request of mine is passed up"),
    subject=N_('"%(title)s" is passed up'),
    text=N_("%(level)s looks after it now. You see on its page by when an answer is due."),
)
describe(
    "grid.overdue",
    name=N_("A request of mine is not answered in time"),
    subject=N_('"%(title)s" is overdue'),
    text=N_("It should have been answered by now. Its page says who has it, and where it goes next."),
)
describe(
    "grid.linked",
    name=N_("A request of mine goes on in another one"),
    subject=N_('"%(title)s" goes on in another request'),
    text=N_("Somebody reported the same before. You follow that request now and are told how it ends."),
)
describe(
    "grid.reopened",
    name=N_("A request that I handled is opened again"),
    subject=N_('"%(title)s" is opened again'),
    text=N_("The reporter says that it is not solved. Please look at it again."),
    way="now",
    duty=True,
)
describe(
    "grid.waits",
    name=N_("A request waits at my level"),
    subject=N_('"%(title)s" waits to be taken on'),
    text=N_("Whoever takes it on is in charge of it. What nobody handles in time goes up by itself."),
    duty=True,
)
describe(
    "grid.given",
    name=N_("A request is given to me"),
    subject=N_('"%(title)s" is given to you'),
    text=N_("You are in charge of it now. Its page says by when it is to be answered."),
    way="now",
    duty=True,
)
describe(
    "grid.due",
    name=N_("A request at my level is due"),
    subject=N_('"%(title)s" is due'),
    text=N_("Its time at your level is over at the end of %(due)s."),
    way="now",
    duty=True,
)
describe(
    "grid.gone_up",
    name=N_("A request in my hands went up by itself"),
    subject=N_('"%(title)s" went up by itself'),
    text=N_("It was not answered in time at your level. %(level)s looks after it now."),
    duty=True,
)
_LEVELS = {
    "grid": Phrase(N_("The grid")), "community": Phrase(N_("The committee")), "street": Phrase(N_("The street")),
}  # fmt: skip


# The reporter, and whoever it concerns too ------------------------------------------------------------------------


def resolved(event: RequestResolved) -> None:
    request = _request(event.request_id)
    messages.take_back(_overdue(request), *_due(request))
    because = f"resolved:{request.id}:{event.at:%Y%m%d%H%M%S}"  # it may be opened again and resolved anew
    _tell("grid.resolved", request, [event.reporter_id], because, event.at, until=event.closes_at)
    _tell("grid.followed", request, queries.followers(request.id) if request.is_public else [], because, event.at)


def passed_up(event: RequestPassedUp) -> None:
    """What goes up by itself on the day that was promised is overdue."""
    request = _request(event.request_id)
    if event.by_itself and event.at == request.promised_at:
        _tell_overdue(request)
        return
    because = f"passed-up:{request.id}:{event.level}:{event.at:%Y%m%d%H%M%S}"
    _tell("grid.passed_up", request, [event.reporter_id], because, event.at, level=_LEVELS[event.level])


def linked(event: RequestLinked) -> None:
    request = _request(event.request_id)
    messages.take_back(_overdue(request), *_due(request), *_waits(request))
    _tell("grid.linked", request, [event.reporter_id], f"linked:{request.id}:{event.goal_id}", event.at)


def tell_overdue(at: datetime) -> int:
    """For `flask tick`: whose request is still open after its day; how many. It is taken back with the answer."""
    is_open = queries.state_now(at).in_(OPEN), Request.promised_at <= at, Request.reporter_id.is_not(None)
    late = select(Request.id).where(text(UNFINISHED), *is_open)
    return sum(_tell_overdue(one) for one in _locked_one_by_one(late) if one.state in OPEN and one.promised_at <= at)


def _tell_overdue(request: Request) -> int:
    return _tell("grid.overdue", request, [request.reporter_id], _overdue(request), request.promised_at)


def _overdue(request: Request) -> str:
    return f"overdue:{request.id}:{request.promised_at:%Y%m%d%H%M}"


# Whoever handles it -----------------------------------------------------------------------------------------------


def waits(event: RequestReceived | RequestPassedUp | RequestSentDown | RequestReopened) -> None:
    """The people of its level, until somebody takes it on. Who handled it before hears that by itself."""
    request = _request(event.request_id)
    messages.take_back(*_waits(request), *_due(request))
    knows = event.handler_id if isinstance(event, RequestReopened) else None
    who = [one for one in _people_of(request) if one != knows]
    _tell("grid.waits", request, who, _wait(request, request.level), event.at)


def gone_up(event: RequestPassedUp) -> None:
    if event.by_itself:
        because = f"gone-up:{event.request_id}:{event.level}:{event.at:%Y%m%d%H%M%S}"
        request, level = _request(event.request_id), _LEVELS[event.level]
        _tell("grid.gone_up", request, [event.handler_id], because, event.at, level=level)


def given(event: RequestGiven) -> None:
    """Nobody else need look at it; who took it on themselves knows."""
    request = _request(event.request_id)
    messages.take_back(*_waits(request))
    if event.by_id != event.handler_id:
        because = f"given:{request.id}:{request.version}"
        _tell("grid.given", request, [event.handler_id], because, event.at)


def reopened(event: RequestReopened) -> None:
    because = f"reopened:{event.request_id}:{event.times}"
    _tell("grid.reopened", _request(event.request_id), [event.handler_id], because, event.at)


def remind_of_due(at: datetime) -> int:
    """For `flask tick`: a day before the time of its level is over, whoever is in charge, else all of the level."""
    level = queries.level_now(at)
    due = case(
        (level == "grid", Request.due_grid_at), (level == "community", Request.due_community_at),
        else_=Request.due_street_at,
    )  # fmt: skip
    soon = and_(queries.state_now(at).in_(OPEN), due > at, due <= at + REMIND_BEFORE)
    query = select(Request.id).where(text(UNFINISHED), soon)
    return sum(_remind(one, at) for one in _locked_one_by_one(query))


def _remind(request: Request, at: datetime) -> int:
    """Asked again after the lock: it may have been answered meanwhile."""
    due_at = queries.kept_standing(request).due_at
    if request.state not in OPEN or due_at is None or not at < due_at <= at + REMIND_BEFORE:
        return 0
    who = [request.handler_id] if request.handler_id else _people_of(request)
    day = clock.last_day(due_at)
    because = _due_at(request, request.level, due_at)
    return _tell("grid.due", request, who, because, due_at - REMIND_BEFORE, holds_until=due_at, due=day)


def _people_of(request: Request) -> list[int]:
    """Who handles requests of that place at its level, without those who reported it."""
    household = queries.household_of(request.reporter_id)
    return [
        one.id for one in queries.handlers(request.level, request.place_path)
        if one.id != request.reporter_id and (household is None or one.household_id != household)
    ]  # fmt: skip


def _waits(request: Request) -> list[str]:
    return [_wait(request, level) for level in LEVELS]


def _wait(request: Request, level: str) -> str:
    return f"waits:{request.id}:{level}"


def _due(request: Request) -> list[str]:
    """What a reminder of each level goes by."""
    due = queries.kept_standing(request).due
    return [_due_at(request, level, ends_at) for level, ends_at in due.items() if ends_at is not None]


def _due_at(request: Request, level: str, ends_at: datetime) -> str:
    return f"due:{request.id}:{level}:{ends_at:%Y%m%d%H%M}"


def _locked_one_by_one(query: Any) -> Iterator[Request]:
    """Each as it stands when it is its turn: whoever acts on it is waited for."""
    for one in db.session.scalars(query.order_by(Request.id)).all():
        mine = locked(select(Request).where(Request.id == one)).execution_options(populate_existing=True)
        yield db.session.scalars(mine).one()


def _request(request_id: int) -> Request:
    return db.session.get_one(Request, request_id)


def _tell(
    kind: str, request: Request, who: list[int | None] | list[int], because: str, at: datetime,
    holds_until: datetime | None = None, **values: Any,
) -> int:  # fmt: skip
    """Nobody is told of an imported request. Handlers' mail does not carry the words of what is not public."""
    known = [one for one in who if one is not None]
    own = request.is_public or known == [request.reporter_id]
    title = request.title if own else Words(zh=request.number, en=request.number)
    return messages.tell(
        known, kind, values={"title": title, **values}, href=f"/requests/{request.id}", because=because, at=at,
        holds_until=holds_until,
    )  # fmt: skip
