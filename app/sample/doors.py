"""Doors: building, unit and flat in a compound; a number in a hamlet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import ceil

from app.sample.content import Content

_FLOORS = {"a1": 6, "a2": 6, "a3": 7, "a4": 18, "b4": 6}
_FLATS_A_LANDING = {"a4": 3}


def doors_of(grid: Content, compound: Content, *, before: int) -> Iterator[str]:
    """The doors of one grid, each once; `before` of its compound stand in other grids."""
    if compound["kind"] == "hamlet":
        for number in range(before + 1, before + 1 + grid["households"]):
            yield f"{compound['name']['zh']}{number}号"
        return
    buildings = buildings_in(grid["covers"]["en"])
    floors, flats = _FLOORS[compound["key"]], _FLATS_A_LANDING.get(compound["key"], 2)
    each = ceil(grid["households"] / len(buildings))
    for building in buildings:
        for number in range(each):
            unit, rest = divmod(number, floors * flats)
            floor, flat = divmod(rest, flats)
            yield f"{building}号楼{unit + 1}单元{floor + 1}{flat + 1:02d}室"


def buildings_in(covers: str) -> list[int]:
    """3, 4 and 5 for "Buildings 3–5" as well as for "Buildings 3, 4 and 5"."""
    numbers = [int(text) for text in re.findall(r"\d+", covers)]
    return list(range(numbers[0], numbers[-1] + 1))
