"""What happened in the ledger that others tell people about. Instants are UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class ExpirySwitchedOff:
    """From `at` on no more points of this community expire; `moments` are those that were to come."""

    place_id: int
    moments: tuple[datetime, ...]
    at: datetime
