"""What people do with activities."""

from app.activities.operations.absences import excuse, file_absence
from app.activities.operations.attending import (
    check_in,
    check_out,
    confirm_all,
    confirm_hours,
    note_absence,
    see_off,
    tick,
)
from app.activities.operations.planning import (
    add_shift,
    amend,
    bring_in,
    change_capacity,
    plan,
    take_step,
)
from app.activities.operations.signing_up import give_up, sign_up

__all__ = [
    "add_shift",
    "amend",
    "bring_in",
    "change_capacity",
    "check_in",
    "check_out",
    "confirm_all",
    "confirm_hours",
    "excuse",
    "file_absence",
    "give_up",
    "note_absence",
    "plan",
    "see_off",
    "sign_up",
    "take_step",
    "tick",
]
