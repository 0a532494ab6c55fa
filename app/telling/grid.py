"""What people are told about requests."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.grid import queries
from app.grid.events import RequestLinked, RequestPassedUp, RequestReopened, RequestResolved
from app.grid.models import Request
from app.kit.db import db
from app.kit.refusal import N_
from app.messages import operations as messages
from app.messages.rules import Phrase, describe, describe_group

describe_group("grid", N_("Requests"))
describe(
    "grid.resolved",
    name=N_("A request of mine is reported as resolved"),
    subject=N_('"%(title)s" is reported as resolved'),
    text=N_('Please rate it, or choose "Not solved, open again". Without a rating it closes %(until)s.'),
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
)
_LEVELS = {
    "grid": Phrase(N_("The grid")), "community": Phrase(N_("The committee")), "street": Phrase(N_("The street")),
}  # fmt: skip


def resolved(event: RequestResolved) -> None:
    because = f"resolved:{event.request_id}:{event.at:%Y%m%d%H%M%S}"  # it may be opened again and resolved anew
    _tell("grid.resolved", event.request_id, event.reporter_id, because, event.at, until=event.closes_at)
    request = db.session.get_one(Request, event.request_id)
    waiting = queries.followers(request.id) if request.is_public else []
    href = f"/requests/{request.id}"
    messages.tell(waiting, "grid.followed", values={"title": request.title}, href=href, because=because, at=event.at)


def passed_up(event: RequestPassedUp) -> None:
    because = f"passed-up:{event.request_id}:{event.level}:{event.at:%Y%m%d%H%M%S}"
    _tell("grid.passed_up", event.request_id, event.reporter_id, because, event.at, level=_LEVELS[event.level])


def linked(event: RequestLinked) -> None:
    because = f"linked:{event.request_id}:{event.goal_id}"
    _tell("grid.linked", event.request_id, event.reporter_id, because, event.at)


def reopened(event: RequestReopened) -> None:
    because = f"reopened:{event.request_id}:{event.times}"
    _tell("grid.reopened", event.request_id, event.handler_id, because, event.at)


def _tell(kind: str, request_id: int, who: int | None, because: str, at: datetime, **values: Any) -> None:
    """Nobody is told of an imported request."""
    if who is None:
        return
    request = db.session.get_one(Request, request_id)
    messages.tell(
        [who], kind, values={"title": request.title, **values}, href=f"/requests/{request_id}", because=because, at=at
    )
