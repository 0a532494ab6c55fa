"""A child of `apart`: makes an xlsx from JSON, {"title": ..., "widths": [...], "rows": [head, row, ...]}.

Text stays text, whatever it begins with: nothing that people wrote is taken for a formula.
"""

from __future__ import annotations

import io
import json
import sys

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter


def main() -> None:
    asked = json.load(sys.stdin)
    book = Workbook()
    sheet = book.active
    sheet.title = asked["title"][:31]
    for row in asked["rows"]:
        sheet.append(row)
    for line in sheet.iter_rows():
        for cell in line:
            if isinstance(cell.value, str):
                cell.data_type = "s"
    for number, width in enumerate(asked["widths"], start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "A2"
    made = io.BytesIO()
    book.save(made)
    sys.stdout.buffer.write(made.getvalue())


main()
