"""Rows in batches of a thousand, one transaction each, so that an import never holds the database for long.

An import that was interrupted is continued by running it again: what is there already is counted, not doubled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

from app.cli.formats.reading import BadLine, Items, Row, Sheet, Trouble
from app.kit.db import transaction

BATCH = 1_000
Record = TypeVar("Record")


@dataclass
class Count:
    """What became of the lines. Troubles are told batch by batch, each in the order of its lines."""

    new: int = 0
    there: int = 0
    skipped: int = 0
    tell: Callable[[Trouble], None] = field(default=lambda _trouble: None)
    _troubles: list[Trouble] = field(default_factory=list)

    def skip(self, line: int, why: str) -> None:
        self.skipped += 1
        self.mention(line, why)

    def mention(self, line: int, what: str) -> None:
        """Something about a line that is taken in all the same."""
        self._troubles.append(Trouble(line, what))
        if len(self._troubles) >= BATCH:
            self.tell_all()

    def tell_all(self) -> None:
        for trouble in sorted(self._troubles, key=lambda one: one.line):
            self.tell(trouble)
        self._troubles.clear()


def take_in(
    sheet: Sheet | Items,
    read: Callable[[int, dict[str, Any]], Record],
    keep: Callable[[Sequence[Record], Count], None],
    count: Count,
) -> None:
    """Read every line with `read` and hand what fits to `keep`, a thousand at a time, each in its own transaction."""
    records = _records(sheet.rows(), read, count)
    while batch := list(islice(records, BATCH)):
        with transaction():
            keep(batch, count)
        count.tell_all()
    count.tell_all()


def _records(
    rows: Iterator[Row | Trouble], read: Callable[[int, dict[str, Any]], Record], count: Count
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
