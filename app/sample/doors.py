"""Doors: building, unit and flat in a compound; a number in a hamlet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import ceil

from app.sample.content import Content

_FLOORS = {"a1": 6, "a2": 6, "a3": 7, "a4": 18, "b4": 6}
_FLATS_A_LANDING = {"a4": 3}
# Buildings that are not like the others of their grid: how many flats they have, and how many on a landing.
_UNLIKE = {("a1", 7): (18, 3)}  # its lift is voted on by eighteen households


def doors_of(grid: Content, compound: Content, *, before: int) -> Iterator[str]:
    """The doors of one grid, each once; `before` of its compound stand in other grids."""
    if compound["kind"] == "hamlet":
        for number in range(before + 1, before + 1 + grid["households"]):
            yield f"{compound['name']['zh']}{number}号"
        return
    buildings = buildings_in(grid["covers"]["en"])
    key, floors = compound["key"], _FLOORS[compound["key"]]
    unlike = {one: _UNLIKE[key, one] for one in buildings if (key, one) in _UNLIKE}
    rest_of_it = grid["households"] - sum(number for number, _flats in unlike.values())
    like_the_others = ceil(rest_of_it / (len(buildings) - len(unlike))), _FLATS_A_LANDING.get(key, 2)
    for building in buildings:
        homes, flats = unlike.get(building, like_the_others)
        for number in range(homes):
            unit, rest = divmod(number, floors * flats)
            floor, flat = divmod(rest, flats)
            yield f"{building}号楼{unit + 1}单元{floor + 1}{flat + 1:02d}室"


def buildings_in(covers: str) -> list[int]:
    """3, 4 and 5 for "Buildings 3–5" as well as for "Buildings 3, 4 and 5"."""
    numbers = [int(text) for text in re.findall(r"\d+", covers)]
    return list(range(numbers[0], numbers[-1] + 1))
