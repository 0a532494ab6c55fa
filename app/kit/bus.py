"""Events: a room announces what happened; `app/reactions.py` says what other rooms do about it.

Reactions run at once, in the transaction of the act. If one fails, the act did not happen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Reactions = Mapping[type, Sequence[Callable[[Any], None]]]

_reactions: Reactions = {}


def listen(reactions: Reactions) -> None:
    """Install the one table of reactions; called by `create_app`."""
    global _reactions  # noqa: PLW0603 - the table is a constant of the program
    _reactions = reactions


def announce(event: object) -> None:
    """Tell the other rooms, in the order in which the table lists them."""
    for react in _reactions.get(type(event), ()):
        react(event)
