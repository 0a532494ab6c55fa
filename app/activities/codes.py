"""The code on the organiser's screen: six digits that belong to one shift and one half minute (security A2).

Nothing is stored. A code is a keyed digest of the shift and the number of the half minute since 1970, so it can be
made again whenever somebody types it; the current and the previous half minute are taken.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

STEP_SECONDS = 30
DIGITS = 6


def step_of(at: datetime) -> int:
    """The number of the half minute."""
    return int(at.timestamp()) // STEP_SECONDS


def seconds_left(at: datetime) -> int:
    """How long the code of this moment stays on the screen: 30 down to 1."""
    return STEP_SECONDS - int(at.timestamp()) % STEP_SECONDS


def code_for(shift_id: int, step: int, secret: bytes) -> str:
    digest = hmac.digest(secret, f"check-in:{shift_id}:{step}".encode(), hashlib.sha256)
    return f"{int.from_bytes(digest[:8], 'big') % 10**DIGITS:0{DIGITS}d}"


def current_code(shift_id: int, at: datetime, secret: bytes) -> str:
    return code_for(shift_id, step_of(at), secret)


def fits(code: str, shift_id: int, at: datetime, secret: bytes) -> bool:
    """Whether this is the code of that shift now or half a minute ago. Always does the same work."""
    now = step_of(at)
    typed = code.encode()
    answers = [hmac.compare_digest(typed, code_for(shift_id, step, secret).encode()) for step in (now, now - 1)]
    return any(answers)
