"""What waits for one person, as each room tells it to the work list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Waiting:
    """One thing to do: `kind` names what it is, `since` when it came, `due_at` by when it is to be done."""

    kind: str
    title: Any  # Words, or plain text
    href: str
    since: datetime | None
    due_at: datetime | None
