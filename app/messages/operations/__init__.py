"""Writes of messages: tell people, take back, read; choose how and where; the outbox of mail."""

from app.messages.operations.choosing import choose_ways, claim_address, confirm_address, forget_address
from app.messages.operations.outbox import (
    note_later,
    note_nothing_left,
    note_refused,
    note_sent,
    put_back,
    take_next,
    write_digests,
)
from app.messages.operations.telling import (
    Ids,
    open_message,
    read_all,
    take_back,
    take_back_what_passed,
    tell,
    tell_all,
)

__all__ = [
    "Ids",
    "choose_ways",
    "claim_address",
    "confirm_address",
    "forget_address",
    "note_later",
    "note_nothing_left",
    "note_refused",
    "note_sent",
    "open_message",
    "put_back",
    "read_all",
    "take_back",
    "take_back_what_passed",
    "take_next",
    "tell",
    "tell_all",
    "write_digests",
]
