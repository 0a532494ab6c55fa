"""How an entry of the journal is written down to be sealed: one line, the same on every machine (I21).

A line is a JSON array without spaces: the kind, then the columns in the order below. Whole numbers stand as they are,
instants in UTC with microseconds, text in two languages as an object with its keys in order, what is not there as
null; UTF-8. The first lines of `tests/points/golden.json` show it. A change of this form is a new form: what was
sealed before is checked by the old one.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from app.kit.words import Words

COLUMNS = {
    "transfer": (
        "id", "asset", "debit_id", "credit_id", "amount", "change", "balance_after", "code", "heading", "because",
        "what", "why", "cut_by", "line_id", "reverses_id", "hold_id", "community_id", "household_id", "resident_id",
        "by_id", "effective_at", "posted_at", "request_id",
    ),
    "hold": (
        "id", "account_id", "household_id", "resident_id", "amount", "because", "what", "made_by", "made_at",
        "expires_at", "request_id",
    ),
    "hold_end": ("hold_id", "held", "outcome", "amount", "by_id", "ended_at", "request_id"),
}  # fmt: skip
BEGINNING = "0" * 64  # the head before the first


def line(kind: str, row: Any) -> bytes:
    """The canonical line of an entry; `row` has its columns as attributes."""
    values = [kind, *(_plain(getattr(row, name)) for name in COLUMNS[kind])]
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return instant(value)
    return value.as_dict() if isinstance(value, Words) else value


def instant(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def head(before: str, *, number: int, until: datetime, first: int, entries: int, root: str) -> str:
    """The head of a seal: it stands for this day and, by the head before it, for all that came earlier."""
    said = f"xiangyue-seal-1\n{before}\n{number}\n{instant(until)}\n{first}\n{entries}\n{root}\n"
    return sha256(said.encode()).hexdigest()
