"""The life of an activity: what somebody decided is stored; full, under way, finished are read from its shifts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.activities.spans import Span
from app.kit.refusal import N_
from app.kit.states import LifeCycle, Step

# Stored is what somebody decided. `full`, `running` and `finished` are an open activity at a certain moment (state_at).
PUBLIC_STATES = ("open", "reported", "cancelled")
STATES = {
    "draft": N_("Draft"),
    "review": N_("Awaiting approval"),
    "open": N_("Open for sign-up"),
    "full": N_("Full"),
    "running": N_("Under way"),
    "finished": N_("Finished"),
    "reported": N_("Reported"),
    "cancelled": N_("Cancelled"),
}
OWNER, STAFF = frozenset({"owner"}), frozenset({"staff"})
EITHER = OWNER | STAFF
LIFE = LifeCycle(
    {
        ("draft", "hand_in"): Step("review", OWNER),
        ("draft", "approve"): Step("open", STAFF),
        ("review", "approve"): Step("open", STAFF),
        ("review", "send_back"): Step("draft", STAFF, reason_needed=True),
        ("draft", "call_off"): Step("cancelled", EITHER, reason_needed=True),
        ("review", "call_off"): Step("cancelled", EITHER, reason_needed=True),
        ("open", "call_off"): Step("cancelled", EITHER, reason_needed=True),
        ("open", "report"): Step("reported", EITHER, reason_needed=True),
    }
)


def state_at(stored: str, *, begun: bool, over: bool, left: int) -> str:
    """The state people read: of an open activity, time and places decide.

    `begun`: a shift is under way; `over`: the last one has ended; `left`: free places on shifts that have not ended.
    """
    if stored != "open":
        return stored
    if over:
        return "finished"
    if begun:
        return "running"
    return "open" if left > 0 else "full"


def state_of(stored: str, shifts: Sequence[Span], *, at: datetime) -> str:
    """As `state_at`, from all the shifts."""
    coming = [shift for shift in shifts if shift.ends_at > at]
    begun = any(shift.starts_at <= at for shift in coming)
    return state_at(stored, begun=begun, over=not coming, left=sum(shift.left for shift in coming))
