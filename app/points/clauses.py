"""Which clause of the neighbours' own rules an entry was earned under: a room above knows it by the id of the line."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from app.kit.words import Words

# What the clause is called, and where it stands.
Clauses = Mapping[int, tuple[Words, str]]

_find: Callable[[Collection[int]], Clauses] = lambda _line_ids: {}  # noqa: E731 - a place for the one that answers


def answered_by(find: Callable[[Collection[int]], Clauses]) -> None:
    """Say who knows the clauses: one statement for all lines of a page; lines that no clause set are left out."""
    global _find  # noqa: PLW0603 - the answer is a constant of the program
    _find = find


def of(line_ids: Collection[int]) -> Clauses:
    """The clauses of these lines."""
    return _find(line_ids) if line_ids else {}
