"""Rows in batches of a thousand, one transaction each, so that an import never holds the database for long.

An import that was interrupted is continued by running it again: what is there already is counted, not doubled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

from app.cli.formats.reading import BadLine, Row, Sheet, Trouble
from app.kit.db import transaction

BATCH = 1_000
Record = TypeVar("Record")


@dataclass
class Count:
    """What became of the lines. `troubles` are told as they are found, so that a long list is not kept."""

    new: int = 0
    there: int = 0
    skipped: int = 0
    tell: Callable[[Trouble], None] = field(default=lambda _trouble: None)

    def skip(self, line: int, why: str) -> None:
        self.skipped += 1
        self.tell(Trouble(line, why))


def take_in(
    sheet: Sheet,
    read: Callable[[int, dict[str, str]], Record],
    keep: Callable[[Sequence[Record], Count], None],
    count: Count,
) -> None:
    """Read every line with `read` and hand what fits to `keep`, a thousand at a time, each in its own transaction."""
    records = _records(sheet.rows(), read, count)
    while batch := list(islice(records, BATCH)):
        with transaction():
            keep(batch, count)


def _records(
    rows: Iterator[Row | Trouble], read: Callable[[int, dict[str, str]], Record], count: Count
) -> Iterator[Record]:
    for row in rows:
        if isinstance(row, Trouble):
            count.skip(row.line, row.why)
            continue
        try:
            record = read(row.line, row.fields)
        except BadLine as error:
            count.skip(row.line, str(error))
        else:
            yield record
