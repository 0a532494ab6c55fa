"""Tables that people send, cell by cell: each with its text and the name by which the sheet itself calls it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from app.kit import apart, filetypes
from app.kit.refusal import Refused, refuse_if

MOST_ROWS = 2_000
SECONDS = 8


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell, as people see it: 1200, 0.3, 2026-11-22, or nothing; and where: C7, of which sheet."""

    text: str
    at: str
    sheet: str = ""  # of a workbook


def rows(content: bytes, name: str = "", *, most_rows: int = MOST_ROWS) -> list[list[Cell]]:
    """The rows of a csv or of the first sheet of an xlsx that hold anything, each as wide as the widest.

    Results of formulas are read, never worked out. `name` decides nothing. Raises `Refused` with a sentence.
    """
    refuse_if(filetypes.size_refusal(len(content), {"sheet"}))
    if filetypes.kind_of(content[:16]) != "sheet":
        raise Refused(filetypes.kind_refusal({"sheet"}))
    try:
        made = apart.run("app.kit.apart.tables", content, seconds=SECONDS, arguments=("rows", str(most_rows)))
    except apart.Failed as failed:
        raise Refused(filetypes.failure(failed.reason, failed.detail, "sheet")) from failed
    found = json.loads(made)
    sheet: str = found["sheet"]
    read: list[tuple[int, list[str]]] = found["rows"]
    width = max((len(texts) for _, texts in read), default=0)
    letters = [_letter(place) for place in range(width)]
    return [
        [
            Cell(text, f"{letter}{number}", sheet)
            for letter, text in zip(letters, texts + [""] * (width - len(texts)), strict=True)
        ]
        for number, texts in read
    ]


def _letter(place: int) -> str:
    """A, B ... Z, AA, AB ..."""
    before, last = divmod(place, 26)
    return (_letter(before - 1) if before else "") + chr(ord("A") + last)
