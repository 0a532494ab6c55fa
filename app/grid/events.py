"""What the grid announces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class RequestReceived:
    """Somebody reported a matter. `level` is who has it first: grid, community or street."""

    request_id: int
    reporter_id: int | None
    level: str
    at: datetime


@dataclass(frozen=True)
class RequestGiven:
    """Somebody is in charge of it from now on: they took it on, or `by_id` gave it to them."""

    request_id: int
    handler_id: int
    by_id: int | None
    at: datetime


@dataclass(frozen=True)
class RequestPassedUp:
    """It went to the next level. `by_itself`: its deadline passed; `at` is then that deadline.

    `handler_id` was in charge until then.
    """

    request_id: int
    reporter_id: int | None
    level: str
    by_itself: bool
    at: datetime
    handler_id: int | None = None


@dataclass(frozen=True)
class RequestSentDown:
    """It is back at `level`, one lower, with a reason."""

    request_id: int
    level: str
    at: datetime


@dataclass(frozen=True)
class RequestResolved:
    """The handler reported back. Without a rating it closes at `closes_at`."""

    request_id: int
    reporter_id: int | None
    closes_at: datetime
    at: datetime


@dataclass(frozen=True)
class RequestReopened:
    """The reporter says that it is not solved, for the `times`-th time; it goes on at `level`."""

    request_id: int
    handler_id: int | None
    level: str
    times: int
    at: datetime


@dataclass(frozen=True)
class RequestRated:
    """The reporter's word (solved, partly or not_solved) and one to five stars."""

    request_id: int
    handler_id: int | None
    verdict: str
    stars: int
    at: datetime


@dataclass(frozen=True)
class RequestLinked:
    """The same matter as another request, in which it goes on; its reporter follows that one."""

    request_id: int
    reporter_id: int | None
    goal_id: int
    at: datetime
