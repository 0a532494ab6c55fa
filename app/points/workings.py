"""How the amount of an entry came about: a room above knows the deed and what its line gives."""

from __future__ import annotations

from collections.abc import Callable

Find = Callable[[str, str], str | None]

_find: Find = lambda _because, _asset: None  # noqa: E731 - a place for the one that answers


def answered_by(find: Find) -> None:
    """Say who knows how an amount came about: `find` takes the cause and the asset, and answers with a sentence."""
    global _find  # noqa: PLW0603 - the answer is a constant of the program
    _find = find


def of(because: str, asset: str) -> str | None:
    """The sentence about this entry; None where there is nothing to compute."""
    return _find(because, asset)
