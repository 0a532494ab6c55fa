"""Which lines are earned by a claim, how much they leave to the reviewers, and what is left under their limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.kit.refusal import N_, Refusal, refusal
from app.merits.rules import ATTENDED, HIGHEST, OFFICES, Line

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
    "event": N_(
        "Line %(code)s counts each occasion once, and this one has been claimed already. If yours is another one, "
        "please give its own name or number."
    ),
    "award": N_(
        "Line %(code)s counts each certificate once, and your household has claimed this one already. If yours is "
        "another one, please give its own name or number."
    ),
    HIGHEST: N_(
        "Line %(other)s already counts for the same, counting what still waits: of these lines the highest counts, so "
        "line %(code)s adds nothing to it."
    ),
}
_ALL_USED_UP = N_(
    "The limit of line %(code)s is used up, counting what still waits. Other lines remain open; the tariff shows them."
)


def claim_refusal(line: Any, *, entered: bool = False) -> Refusal | None:
    """Why nobody claims under this line: it posts by itself, activities take attendance for it, or an office enters it.

    `line` is a `Line`, or a row of the tariff. `entered`: it is the office of the line that asks.
    """
    amounts = line.factor is None and line.per_minutes is None and set(line.assets) <= {"honour", "points"}
    if line.earn == "claim" and amounts:
        if line.entered_by is not None:
            return None if entered else _office_refusal(line)
        if line.evidence_kind not in ATTENDED:
            return None
    return refusal(
        N_(
            "Line %(code)s is not earned by a claim. The tariff shows how each line is earned; what an activity counts "
            "is posted from its attendance."
        ),
        status=422,
        code=line.code,
    )


def _office_refusal(line: Any) -> Refusal:
    return refusal(
        N_(
            "What line %(code)s counts is entered for the households by %(office)s, so you need not claim it. "
            "If something was overlooked, please tell them, or the committee's office."
        ),
        status=422,
        code=line.code,
        office=OFFICES[line.entered_by].name,
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


def choice_left(span: tuple[int, int], most: int) -> tuple[int, int]:
    """The least and the most of that span where a limit or another line leaves `most`: both are lowered alike."""
    low, high = span
    return max(1, low - max(0, high - most)), min(high, most)


def used_up_refusal(line: Line, window: str | None, *, other: str | None = None) -> Refusal:
    """Nothing is left under a limit of the line (I10); `window` is that of the limit, `other` the line that counts."""
    return refusal(_USED_UP.get(window or "", _ALL_USED_UP), code=line.code, other=other)
