"""What the windows of caps hold already, read after the household is locked.

What is proposed counts as what is posted does (I10); what was undone no longer does, and an empty award counts nothing.
The statement for a line is built once: it hangs on the caps of the line alone, and whoever earns fills it in.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select

from app.kit.db import ask, built_once
from app.merits.models import Award
from app.merits.rules import ANYONE, ENDLESS, HIGHEST, OCCASIONS, Cap, Done, Line, Used, window_bounds
from app.points import queries as points

_SUMS: dict[str, Any] = {"honour": Award.honour, "points": Award.points, "served": Award.served, "count": 1}
_PAIR = and_(
    Award.household_id == bindparam("other_household_id"), Award.other_household_id == bindparam("household_id")
)
_HOUSEHOLD, _RESIDENT = Award.household_id == bindparam("household_id"), Award.resident_id == bindparam("resident_id")
_OCCASION = Award.event == bindparam("occasion")
_BESIDE = and_(_HOUSEHOLD, Award.other_household_id.is_not_distinct_from(bindparam("other_household_id")))
_WHOSE: dict[str, ColumnElement[bool]] = {
    "household": _HOUSEHOLD, "resident": _RESIDENT, "household_pair": or_(_BESIDE, _PAIR), ANYONE: _OCCASION,
}  # fmt: skip


def used_under(line: Line, done: Done, *, household_id: int) -> list[tuple[Cap, Used]]:
    """For each cap of the line, what its window holds; one statement for all of them."""
    caps = tuple(cap for cap in line.caps if cap.of != "factor")
    if not caps:
        return []
    row = ask(_sums(line.code, caps), **_values(caps, done, household_id)).one()
    used = [Used(**{name: int(getattr(row, f"{name}{number}")) for name in _SUMS}) for number in range(len(caps))]
    return [
        (cap, Used(served=points.minutes_of(done.resident_id)) if cap.window == "balance" else so_far)
        for cap, so_far in zip(caps, used, strict=True)
    ]


def holder(line: Line, done: Done, *, household_id: int) -> str | None:
    """Of the lines with which this one is bound together, the one that earned the most in the window they share."""
    cap = next((cap for cap in line.caps if cap.of == HIGHEST), None)
    return ask(_highest(line.code, cap), **_values((cap,), done, household_id)).scalar() if cap else None


@built_once
def _sums(code: str, caps: tuple[Cap, ...]) -> Any:
    sums: list[Any] = []
    for number, cap in enumerate(caps):
        within = and_(_WHOSE[cap.per], *_within(code, cap, number))
        sums += [
            func.coalesce(func.sum(column).filter(within), 0).label(f"{name}{number}") for name, column in _SUMS.items()
        ]
    beside = [_OCCASION for cap in caps if cap.per == ANYONE]
    return select(*sums).where(or_(_HOUSEHOLD, _RESIDENT, _PAIR, *beside), Award.undone_at.is_(None))


@built_once
def _highest(code: str, cap: Cap) -> Any:
    whose = _RESIDENT if cap.per == "resident" else _HOUSEHOLD
    held = select(Award.code).where(whose, Award.undone_at.is_(None), *_within(code, cap, 0))
    return held.order_by((Award.honour + Award.points).desc(), Award.id).limit(1)


def _within(code: str, cap: Cap, number: int) -> list[ColumnElement[bool]]:
    """Which awards fall under a cap: those of the line itself or all that it spans, in its window."""
    conditions: list[ColumnElement[bool]] = [Award.honour + Award.points + Award.minutes > 0]
    if cap.spans:
        conditions.append(Award.heading.not_in(cap.outside))
    else:
        conditions.append(Award.code.in_(cap.together or (code,)))
    if cap.window in OCCASIONS:
        conditions.append(_OCCASION)
    elif cap.window not in ENDLESS:
        conditions += [
            Award.effective_at >= bindparam(f"from{number}"),
            Award.effective_at < bindparam(f"until{number}"),
        ]
    return conditions


def _values(caps: tuple[Cap, ...], done: Done, household_id: int) -> dict[str, Any]:
    values: dict[str, Any] = {
        "household_id": household_id, "resident_id": done.resident_id, "other_household_id": done.other_household_id,
        "occasion": done.occasion,
    }  # fmt: skip
    for number, cap in enumerate(caps):
        if bounds := window_bounds(cap.window, done.effective_at):
            values |= {f"from{number}": bounds[0], f"until{number}": bounds[1]}
    return values
