"""What people do with meetings."""

from app.meetings.operations.attending import mark_present, note_guest, take_back
from app.meetings.operations.calling import call, call_off, change, put_off
from app.meetings.operations.minuting import publish_minutes
from app.meetings.operations.signing_up import sign_up, withdraw

__all__ = [
    "call",
    "call_off",
    "change",
    "mark_present",
    "note_guest",
    "publish_minutes",
    "put_off",
    "sign_up",
    "take_back",
    "withdraw",
]
