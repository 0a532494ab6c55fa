"""Where the cause of an entry stands: some room knows what `activity-hours:913` is, who shows it, and who looked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

Find = Callable[[list[int]], str | None]
FindPeople = Callable[[Collection[int]], Mapping[int, Collection[int]]]

_known: dict[str, Find] = {}
_looked: dict[str, FindPeople] = {}


def shown_at(kind: str, find: Find) -> None:
    """Say where causes of this kind are shown: `find` takes the numbers in the cause, and answers with a path."""
    _known[kind] = find


def looked_at_by(kind: str, find: FindPeople) -> None:
    """Say who looked at causes of this kind before they earned: `find` answers with the residents of each number."""
    _looked[kind] = find


def href_of(because: str) -> str | None:
    """The page of what led to an entry; that of an undone award is that of the award. None when no page shows it."""
    kind, numbers = _parts(because)
    find = _known.get(kind)
    return find(numbers) if find is not None and numbers else None


def people_who_looked(causes: Collection[str]) -> Mapping[str, Collection[int]]:
    """For each of these causes the residents who looked whether it was so; each room is asked once."""
    found: dict[str, Collection[int]] = {}
    for kind, find in _looked.items():
        of_kind = {one: numbers[0] for one in causes for name, numbers in [_parts(one)] if name == kind and numbers}
        people = find(set(of_kind.values())) if of_kind else {}
        found |= {one: people.get(number, ()) for one, number in of_kind.items()}
    return found


def _parts(because: str) -> tuple[str, list[int]]:
    kind, *numbers = because.removeprefix("undo:").split(":")
    return kind, [int(one) for one in numbers if one.isascii() and one.isdigit()]
