"""What may be said, agreed with, adopted or hidden; and how a conversation is ordered and drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from app.kit.refusal import N_, Refusal, refusal

STANCES = ("for", "against", "neutral")
MOST_SIGNS = 2000

# Four signs in base 36 hold 1.6 million comments a thread; 400 signs of path hold a chain of a hundred answers.
STEP = 4
MOST_DEPTH = 99
MOST_NUMBER = 36**STEP - 1

# Beyond the fourth level a phone has no room left: deeper answers stand below each other and name whom they answer.
MOST_SHOWN_DEPTH = 3

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def step(number: int) -> str:
    """The number of a comment in its thread as four signs that sort like the number: 37 is `0011`."""
    if not 0 < number <= MOST_NUMBER:
        raise ValueError(number)
    signs = ""
    for _ in range(STEP):
        number, rest = divmod(number, 36)
        signs = _DIGITS[rest] + signs
    return signs


def depth_of(path: str) -> int:
    """0 for a comment that answers nobody."""
    return len(path) // STEP - 1


def path_below(parent: str, number: int) -> str:
    """Where an answer stands. At the deepest level it stands beside what it answers rather than be refused."""
    if parent and depth_of(parent) >= MOST_DEPTH:
        parent = parent[:-STEP]
    return parent + step(number)


def support_refusal(*, hidden: bool, own: bool) -> Refusal | None:
    """Why somebody may not say that they are of the same mind."""
    if hidden:
        return refusal(
            N_("This comment has been hidden, so nothing can be added to it. The reason stands in its place.")
        )
    if own:
        return refusal(N_("This is your own comment. Your neighbours can say whether they agree."))
    return None


def reply_refusal(*, hidden: bool) -> Refusal | None:
    """Why this comment takes no answer."""
    if hidden:
        return refusal(
            N_("This comment has been hidden, so nothing can be added to it. The reason stands in its place.")
        )
    return None


def adopt_refusal(*, hidden: bool, adopted: bool, official: bool, own: bool) -> Refusal | None:
    """Why a suggestion may not be marked as adopted."""
    if official:
        return refusal(N_("This is an official answer. Only suggestions of residents can be adopted."))
    if hidden:
        return refusal(
            N_("This comment has been hidden, so nothing can be added to it. The reason stands in its place.")
        )
    if own:
        return refusal(N_("This is your own suggestion. Another member of the staff decides whether it is adopted."))
    if adopted:
        return refusal(N_("This suggestion is already marked as adopted. There is nothing more to do."))
    return None


def hide_refusal(*, hidden: bool, official: bool) -> Refusal | None:
    """Why a comment may not be hidden. What the committee itself answered stays."""
    if official:
        return refusal(N_("An official answer cannot be hidden. Write another answer that puts it right."))
    if hidden:
        return refusal(N_("This comment is already hidden."))
    return None


@dataclass
class Said:
    """One comment as it is drawn, with the answers below it. `answers_to` is set where the drawing does not show it."""

    row: Any
    replies: list[Said] = field(default_factory=list)
    answers_to: bool = False


def conversation(rows: Sequence[Any], *, nested: bool = True) -> list[Said]:
    """Rows in the order of their paths as a tree, at most four levels high; what hangs deeper joins the last level.

    A page may begin in the middle of a conversation, and a list by stance has gaps: there a comment stands alone.
    """
    tops: list[Said] = []
    way: list[Said] = []  # from a top down to the comment before this one
    for row in rows:
        said = Said(row)
        while way and not (nested and row.path.startswith(way[-1].row.path)):
            way.pop()
        shown_below = way[:MOST_SHOWN_DEPTH] or []
        (shown_below[-1].replies if shown_below else tops).append(said)
        parent = way[-1] if way else None
        drawn = parent is not None and parent.row.id == row.parent_id and len(way) <= MOST_SHOWN_DEPTH
        said.answers_to = not drawn and (row.parent_id is not None or row.missing_parent)
        way.append(said)
    return tops
