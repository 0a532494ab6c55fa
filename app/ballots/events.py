"""What ballots announce."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class VotingExtended:
    """Voting runs longer than it was said before."""

    question_id: int
    closes_at: datetime
    at: datetime


@dataclass(frozen=True)
class VoteCast:
    """An elector voted; `first` is False when an earlier vote was changed. Never says what the vote was."""

    question_id: int
    subject: str
    resident_id: int
    household_id: int | None
    secret: bool
    first: bool
    at: datetime
