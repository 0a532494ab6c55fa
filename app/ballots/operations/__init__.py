"""Writes of ballots: put a question, vote, extend, close."""

from app.ballots.operations.casting import Cast, cast, new_receipt, wait_for_turn
from app.ballots.operations.closing import empty_urns, extend, lock_closed, seal
from app.ballots.operations.opening import open_question
from app.ballots.operations.secret import cast_secretly

__all__ = [
    "Cast",
    "cast",
    "cast_secretly",
    "empty_urns",
    "extend",
    "lock_closed",
    "new_receipt",
    "open_question",
    "seal",
    "wait_for_turn",
]
