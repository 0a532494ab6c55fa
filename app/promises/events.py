"""What promises announce."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from app.kit.words import Words


@dataclass(frozen=True)
class PromiseMade:
    """Somebody is to do this by the end of that local day. `owner_id` is None where only a body owns it."""

    promise_id: int
    subject: str
    what: Words
    owner_id: int | None
    by_id: int | None
    due_on: date
    href: str
    at: datetime


@dataclass(frozen=True)
class PromiseEnded:
    """A promise is `done` or was `dropped`."""

    promise_id: int
    subject: str
    what: Words
    outcome: str
    owner_id: int | None
    href: str
    at: datetime
