"""Tables to take away, as csv and xlsx. What people wrote stays text, whatever a spreadsheet would make of it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any

from app.kit import printing

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ACTING = tuple("=+-@＝＋－＠")  # what a spreadsheet may take for the beginning of a formula, behind any blanks


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula (security.md 2.5, W4)."""
    return f"'{text}" if text.lstrip().startswith(_ACTING) else text


def as_csv(rows: Iterable[Iterable[Any]]) -> bytes:
    """Rows as UTF-8 with its mark, so that Excel and WPS show Chinese."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([harmless(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(rows: Iterable[Sequence[Any]], *, title: str, widths: Sequence[int]) -> bytes:
    """A head and its rows; `widths` in letters. Raises `Refused` where too many are wanted at once."""
    asked = {"title": title, "widths": widths, "rows": list(rows)}
    return printing.made("app.kit.apart.sheet_out", json.dumps(asked).encode())
