"""Lines that never count one beside the other: one behaviour earns under one of them, and the highest wins.

What such lines earned in the window that they share is taken off what the next of them earns. So a household ends with
the highest of them, whichever came first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from app.merits.rules import HIGHEST, Cap, Line


def bound(lines: Iterable[Line]) -> list[Line]:
    """The same lines; each that has others beside it knows them and the window they share. Twice is once."""
    known = [_loose(line) for line in lines]
    groups = _groups(known)
    return [replace(line, caps=(*line.caps, *_shared(groups.get(line.code, frozenset()), known))) for line in known]


def _loose(line: Line) -> Line:
    return replace(line, caps=tuple(cap for cap in line.caps if cap.of != HIGHEST))


def _groups(lines: Sequence[Line]) -> dict[str, frozenset[str]]:
    """For each code, all with which it is bound: it is enough that one of them names the other, or their group."""
    groups: dict[str, frozenset[str]] = {}
    for line in lines:
        named = {one.code for one in lines if line.group and one.group == line.group}
        together = frozenset({line.code, *line.exclusive_with, *named})
        together = together.union(*(groups.get(code, ()) for code in together))
        groups |= dict.fromkeys(together, together)
    return groups


def _shared(codes: frozenset[str], lines: Sequence[Line]) -> list[Cap]:
    """The window of the first of them by code, as its own limit has it; a day where it has none."""
    members = sorted((line for line in lines if line.code in codes), key=lambda line: line.code)
    if len(members) < 2:
        return []
    per = "resident" if members[0].per == "resident" else "household"
    window = next((cap.window for cap in members[0].caps if not cap.spans), "day")
    return [Cap(0, HIGHEST, window, per, together=tuple(sorted(codes)))]
