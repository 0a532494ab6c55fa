"""A child of `apart`: reads a table from xlsx, or from csv in the encodings that Chinese offices write.

    keep             writes one line of JSON (media_type) and the file to keep: xlsx as it came, csv as UTF-8
    rows MOST_ROWS   writes the rows that hold anything, as JSON: {"sheet": "its name, of a csv none",
                     "rows": [[7, ["text in A7", "in B7", ...]], ...]}

Gives up with `not_a_table`, `old_table` (xls), `too_large` when unpacked, `acts` (macros or embedded things),
`too_long ROWS`, `too_wide COLUMNS`, or `formula C7`: one whose result nobody has worked out.
"""

from __future__ import annotations

import csv
import io
import json
import sys
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from openpyxl import load_workbook

MOST_ENTRIES = 400
MOST_UNPACKED = 80 * 1024 * 1024
MOST_RATIO, RATIO_FROM = 200, 1024 * 1024  # plain tables pack to about a tenth; small parts may pack better
MOST_COLUMNS, LONGEST_TEXT, LONGEST_NAME = 100, 4_000, 31  # Excel, too, names a sheet with 31 signs at most
ZIP, OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
NEEDED = {"[Content_Types].xml", "xl/workbook.xml"}
ACTING = ("xl/vbaproject", "xl/embeddings/", "xl/activex/", "xl/externallinks/", "xl/ctrlprops/")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Row = tuple[int, list[str]]  # its number in the sheet, and the text of its cells from A on


def main() -> None:
    file = sys.stdin.buffer.read()
    if file.startswith(OLD_OFFICE):
        sys.exit("old_table")
    packed = file.startswith(ZIP)
    if packed:
        _check_package(file)
    text = "" if packed else _decoded(file)
    if sys.argv[1] == "rows":
        name, rows = _of_workbook(file) if packed else ("", _of_csv(text))
        json.dump({"sheet": name, "rows": list(_within_limits(rows, int(sys.argv[2])))}, sys.stdout)
        return
    head = {"media_type": XLSX if packed else "text/csv"}
    # With its mark, so that Excel and WPS do not take UTF-8 for GBK.
    kept = file if packed else text.encode("utf-8-sig")
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + kept)


def _check_package(file: bytes) -> None:
    """Only a workbook, and nothing that would fill the memory when unpacked."""
    try:
        entries = zipfile.ZipFile(io.BytesIO(file)).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        sys.exit("not_a_table")
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        sys.exit("too_large")
    if any(
        entry.file_size > RATIO_FROM and entry.file_size > MOST_RATIO * max(1, entry.compress_size) for entry in entries
    ):
        sys.exit("too_large")
    names = [entry.filename for entry in entries]
    if not set(names) >= NEEDED:
        sys.exit("not_a_table")
    if any(name.lower().startswith(ACTING) for name in names):
        sys.exit("acts")


def _decoded(file: bytes) -> str:
    """Text, by its mark or by what it can be: UTF-8, UTF-16 with a mark, or GB 18030 (and so GBK and GB 2312)."""
    encodings = ("utf-16",) if file.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = file.decode(encoding)
        except UnicodeDecodeError:
            continue
        if any(sign < " " and sign not in "\t\r\n" for sign in set(text)) or text.lstrip().startswith("<"):
            break
        return text
    sys.exit("not_a_table")


def _of_workbook(file: bytes) -> tuple[str, Iterator[Row]]:
    """The name of the first sheet that is not hidden, and its rows."""
    try:
        values, formulas = (load_workbook(io.BytesIO(file), read_only=True, data_only=wish) for wish in (True, False))
        number = next(place for place, sheet in enumerate(values.worksheets) if sheet.sheet_state == "visible")
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - its readers raise whatever a broken file leads them to
        sys.exit("not_a_table")
    sheet = values.worksheets[number]
    return sheet.title[:LONGEST_NAME], _rows_of(sheet, formulas.worksheets[number])


def _rows_of(values: Any, formulas: Any) -> Iterator[Row]:
    """One sheet twice: the results of its formulas, and the formulas."""
    try:
        for sheet in (values, formulas):
            sheet.reset_dimensions()  # what a file says of its own size need not be true
        pairs = zip(values.iter_rows(), formulas.iter_rows(), strict=True)
        for number, (worked_out, written) in enumerate(pairs, start=1):
            yield number, [_worked_out(*cells) for cells in zip(worked_out, written, strict=True)]
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001
        sys.exit("not_a_table")


def _worked_out(cell: Any, as_written: Any) -> str:
    if cell.value is None and as_written.value is not None:
        sys.exit(f"formula {as_written.coordinate}")
    return _text(cell.value)


def _text(value: Any) -> str:
    """As people see it: 1200 and not 1200.0, 0.3 and not 0.30000000000000004, dates as 2026-11-22."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return f"{Decimal(f'{value:.15g}').normalize():f}"  # Excel, too, shows 15 digits of the 17 it stores
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time.min else value.isoformat(" ", "seconds")
    if isinstance(value, time):
        return value.isoformat("seconds")
    if isinstance(value, date | timedelta | int):
        return str(value)
    return str(value).strip()


def _of_csv(text: str) -> Iterator[Row]:
    csv.field_size_limit(LONGEST_TEXT * 4)
    first = text.partition("\n")[0]
    sign = max(",\t;", key=first.count)
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=sign), start=1):
            yield number, [cell.strip() for cell in row]
    except csv.Error:
        sys.exit("not_a_table")


def _within_limits(rows: Iterable[Row], most_rows: int) -> Iterator[Row]:
    """Rows with anything in them, each up to the last cell with anything in it."""
    count = 0
    for number, cells in rows:
        filled = [place for place, text in enumerate(cells, start=1) if text]
        if not filled:
            continue
        count += 1
        if count > most_rows:
            sys.exit(f"too_long {most_rows}")
        if filled[-1] > MOST_COLUMNS:
            sys.exit(f"too_wide {MOST_COLUMNS}")
        yield number, [text[:LONGEST_TEXT] for text in cells[: filled[-1]]]


if __name__ == "__main__":
    main()
