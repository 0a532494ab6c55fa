"""Lists page by key: the next page begins after the last row shown, however long the list is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, tuple_
from sqlalchemy.engine import Row

from app.kit.db import db

PAGE = 20


@dataclass(frozen=True)
class Slice:
    """Rows of one page; `next` is what to pass as `after` for the following one, None at the end."""

    rows: Sequence[Row[Any]]
    next: str | None


def slice_of(statement: Any, *keys: Any, after: str | None, size: int = PAGE, ascending: bool = False) -> Slice:
    """One page in the order of `keys` (whole numbers, days or instants; together unique), newest or largest first.

    A key that cannot be read is as if none was given: a mistyped address shows the first page.
    """
    place = _read(after, keys)
    if place is not None:
        key, last = tuple_(*keys), tuple_(*place, types=[key.type for key in keys])
        statement = statement.where(key > last if ascending else key < last)
    order = [key.asc() if ascending else key.desc() for key in keys]
    named = (key.label(f"_key{n}") for n, key in enumerate(keys))
    found = db.session.execute(statement.add_columns(*named).order_by(*order).limit(size + 1)).all()
    rows = found[:size]
    following = _write([getattr(rows[-1], f"_key{n}") for n in range(len(keys))]) if len(found) > size else None
    return Slice(rows, following)


def _write(values: Sequence[Any]) -> str:
    return "~".join(_plain(value) for value in values)


def _plain(value: Any) -> str:
    """An instant ends in Z: a plus in an address would come back as a space."""
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else str(value)


def _read(after: str | None, keys: Sequence[ColumnElement[Any]]) -> list[Any] | None:
    parts = (after or "").split("~")
    if len(parts) != len(keys):
        return None
    try:
        return [_value(part, key) for part, key in zip(parts, keys, strict=True)]
    except (ValueError, OverflowError):
        return None


def _value(part: str, key: ColumnElement[Any]) -> Any:
    kind = key.type.python_type
    if kind is datetime:
        moment = datetime.fromisoformat(part)
        if moment.tzinfo is None:
            raise ValueError(part)
        return moment.astimezone(UTC)
    if kind is date:
        return date.fromisoformat(part)
    if kind is str:
        return part
    number = int(part)
    if not -(2**31) <= number < 2**31:
        raise ValueError(part)
    return number
