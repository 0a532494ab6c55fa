"""Which lines are earned by a claim, how much they leave to the reviewers, and what is left under their limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.kit.refusal import N_, Refusal, refusal
from app.merits.rules import ATTENDED, Line

# Which limit is used up, by its window.
_USED_UP = {
    "day": N_(
        "The limit of line %(code)s for that day is used up, counting what still waits. Other lines remain open; "
        "the tariff shows them."
    ),
    "week": N_(
        "The limit of line %(code)s for that week is used up, counting what still waits. A deed of another week can be "
        "claimed in its time."
    ),
    "month": N_(
        "The limit of line %(code)s for that month is used up, counting what still waits. A deed of another month can "
        "be claimed in its time."
    ),
    "quarter": N_(
        "The limit of line %(code)s for that quarter is used up, counting what still waits. A deed of the next quarter "
        "can be claimed in its time."
    ),
    "year": N_(
        "The limit of line %(code)s for that year is used up, counting what still waits. A deed of the next year can "
        "be claimed in its time."
    ),
}
_ALL_USED_UP = N_(
    "The limit of line %(code)s is used up, counting what still waits. Other lines remain open; the tariff shows them."
)


def claim_refusal(line: Any) -> Refusal | None:
    """Why nobody claims under this line: it posts by itself, or activities take attendance for it.

    `line` is a `Line`, or a row of the tariff.
    """
    amounts = line.factor is None and line.per_minutes is None and set(line.assets) <= {"honour", "points"}
    if line.earn == "claim" and amounts and line.evidence_kind not in ATTENDED:
        return None
    return refusal(
        N_(
            "Line %(code)s is not earned by a claim. The tariff shows how each line is earned; what an activity counts "
            "is posted from its attendance."
        ),
        status=422,
        code=line.code,
    )


def no_line_refusal(code: str) -> Refusal:
    """There was no such line at that place on the day of the deed."""
    return refusal(
        N_("Line %(code)s of the tariff was not in force on that day. Please choose another line or check the day."),
        status=422,
        code=code,
    )


def span_of(assets: Mapping[str, Any]) -> tuple[int, int] | None:
    """The least and the most that reviewers may choose under a line; None where all its amounts are fixed."""
    ranges = [value for value in assets.values() if not isinstance(value, int)]
    return (max(int(low) for low, _ in ranges), min(int(high) for _, high in ranges)) if ranges else None


def used_up_refusal(line: Line, window: str | None) -> Refusal:
    """Nothing is left under a limit of the line (I10); `window` is that of the limit."""
    return refusal(_USED_UP.get(window or "", _ALL_USED_UP), code=line.code)
