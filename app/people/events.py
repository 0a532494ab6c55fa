"""What people announces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class AddressConfirmed:
    """A grid member or staff found somebody at the door where they said they live."""

    resident_id: int
    household_id: int
    by_id: int
    at: datetime


@dataclass(frozen=True)
class LeftOffice:
    """Somebody holds a role no longer, or nobody may use their account any more."""

    resident_id: int
    at: datetime
