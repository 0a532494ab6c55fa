"""A rule that says no: a sentence for the person, never an error of the program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


def N_(text: str) -> str:
    """Mark a sentence for translation where no reader is known yet; it is put into words when it is shown."""
    return text


@dataclass(frozen=True)
class Refusal:
    """Why not: why, what to do next, who to ask (words.md 15). `values` fill the %(name)s places when shown.

    A value may be a number, text, an instant, a date or `Words`; each is put into the reader's language.
    `href` is our page of what stands in the way, where the reader may open it.
    """

    text: str
    values: tuple[tuple[str, Any], ...] = ()
    status: int = 409
    href: str | None = None


def refusal(text: str, *, status: int = 409, href: str | None = None, **values: Any) -> Refusal:
    """Make a refusal; `text` is an `N_(...)` sentence with %(name)s places."""
    return Refusal(text, tuple(values.items()), status, href)


class Refused(Exception):
    """Raised by an operation when its rule said no. Nothing of the request is kept."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason.text)
        self.refusal = reason


def refuse_if(reason: Refusal | None) -> None:
    """Stop the operation with that reason. Raises `Refused`; does nothing for None."""
    if reason is not None:
        raise Refused(reason)
