"""Plain tables of an item: columns and rows of short texts, each in one language or both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.kit.words import Words

MOST_COLUMNS, MOST_ROWS, LONGEST = 12, 200, 200
Cells = dict[str, Any]


def made(columns: Sequence[Words], rows: Sequence[Sequence[Words]]) -> Cells:
    return {"columns": [one.as_dict() for one in columns], "rows": [[one.as_dict() for one in row] for row in rows]}


def columns(cells: Cells) -> list[Words]:
    return [Words(**one) for one in cells["columns"]]


def rows(cells: Cells) -> list[list[Words]]:
    return [[Words(**one) for one in row] for row in cells["rows"]]


def as_text(cells: Cells | None, language: str) -> str:
    """One row a line, cells parted by |, the names of the columns first: as it is typed."""
    if cells is None:
        return ""
    return "\n".join(" | ".join(one.into(language) for one in row) for row in [columns(cells), *rows(cells)])


def parted(text: str) -> list[list[str]]:
    """What was typed, as rows of cells; a tab parts as well, as it comes from a spreadsheet."""
    lines = (line for line in text.replace("｜", "|").replace("\t", "|").split("\n") if line.strip())
    return [[one.strip() for one in line.split("|")] for line in lines]


def typed(text: str, language: str, before: Cells | None) -> Cells | None:
    """The table that was typed. A cell that reads as it did keeps its other language."""
    found = parted(text)
    if not found:
        return None
    width = max(len(row) for row in found)
    known = [columns(before), *rows(before)] if before else []
    told = [
        [_kept(known, line, place, row[place] if place < len(row) else "", language) for place in range(width)]
        for line, row in enumerate(found)
    ]
    return made(told[0], told[1:])


def _kept(known: list[list[Words]], line: int, place: int, text: str, language: str) -> Words:
    old = known[line][place] if line < len(known) and place < len(known[line]) else None
    return old if old is not None and old.into(language) == text else Words.typed(text, language)
