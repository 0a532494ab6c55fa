"""Writes of ballots: put a question, vote on the web or by another channel, extend, close."""

from app.ballots.operations.casting import Cast, cast, in_time, new_receipt
from app.ballots.operations.closing import empty_urns, extend, lock_closed, seal
from app.ballots.operations.contesting import contest
from app.ballots.operations.counter import vote_at_counter
from app.ballots.operations.opening import open_question
from app.ballots.operations.paper import take_paper_back, type_paper
from app.ballots.operations.proxies import end_proxy, register_proxy, vote_by_proxy
from app.ballots.operations.secret import cast_secretly
from app.ballots.operations.trying import note_extension_try, note_try
from app.ballots.operations.urn import count_urn, hand_in, take_count_back

__all__ = [
    "Cast",
    "cast",
    "cast_secretly",
    "contest",
    "count_urn",
    "empty_urns",
    "end_proxy",
    "extend",
    "hand_in",
    "in_time",
    "lock_closed",
    "new_receipt",
    "note_extension_try",
    "note_try",
    "open_question",
    "register_proxy",
    "seal",
    "take_count_back",
    "take_paper_back",
    "type_paper",
    "vote_at_counter",
    "vote_by_proxy",
]
