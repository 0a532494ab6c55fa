"""Where the cause of an entry stands: some room knows what `activity-hours:913` is, and which page shows it."""

from __future__ import annotations

from collections.abc import Callable

Find = Callable[[list[int]], str | None]

_known: dict[str, Find] = {}


def shown_at(kind: str, find: Find) -> None:
    """Say where causes of this kind are shown: `find` takes the numbers in the cause, and answers with a path."""
    _known[kind] = find


def href_of(because: str) -> str | None:
    """The page of what led to an entry; that of an undone award is that of the award. None when no page shows it."""
    kind, *numbers = because.removeprefix("undo:").split(":")
    find = _known.get(kind)
    plain = [int(one) for one in numbers if one.isascii() and one.isdigit()]
    return find(plain) if find is not None and plain else None
