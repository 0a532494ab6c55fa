"""A CSV file read line by line: what fits is handed on, what does not is named with its line and a plain sentence."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

# The longest field; without a limit one forgotten quotation mark would swallow the rest of the file.
LONGEST_FIELD = 20_000
MOST_JSON = 20_000_000  # bytes
_SURROGATES = "\udc80", "\udcff"  # what Python puts where bytes are not UTF-8


class NotReadable(Exception):
    """The file as a whole cannot be read, or has a form that nobody here knows; the text says which."""


class BadLine(Exception):
    """One line does not fit; the text is a plain sentence."""


@dataclass(frozen=True)
class Trouble:
    """A line that was skipped. `line` counts from 1, the line of column names included."""

    line: int
    why: str


@dataclass(frozen=True)
class Row:
    """One record of the file: where it begins, and its fields by column name."""

    line: int
    fields: dict[str, Any]


class Sheet:
    """One CSV file in UTF-8, with column names in its first line. Use it in a `with` block.

    `passed` is told how many bytes were read, so that a progress bar can follow.
    """

    def __init__(self, path: Path, *, passed: Callable[[int], None] = lambda _count: None) -> None:
        self.path = path
        self._passed = passed
        self._file: BinaryIO | None = None

    def __enter__(self) -> Sheet:
        csv.field_size_limit(LONGEST_FIELD)
        try:
            self._file = self.path.open("rb")
            self._reader = csv.reader(self._texts(self._file), strict=True)
            self.columns = tuple(name.strip() for name in next(self._reader, []))
        except (OSError, csv.Error) as error:
            self.__exit__()
            raise NotReadable(f"{self.path} cannot be read: {_why(error)}.") from error
        if not self.columns:
            self.__exit__()
            raise NotReadable(f"{self.path} is empty.")
        return self

    def __exit__(self, *_error: object) -> None:
        if self._file is not None:
            self._file.close()

    def rows(self) -> Iterator[Row | Trouble]:
        """Each record after the column names, empty lines left out."""
        while True:
            line = self._reader.line_num + 1
            try:
                values = next(self._reader, None)
                if values is None:
                    return
                if values:
                    yield Row(line, self._named(values))
            except csv.Error as error:
                to = self._reader.line_num
                lines = f" (up to line {to})" if to > line else ""
                yield Trouble(line, f"the quotation marks or the length of a field are wrong{lines}: {error}")
            except BadLine as error:
                yield Trouble(line, str(error))

    def _named(self, values: list[str]) -> dict[str, str]:
        if len(values) != len(self.columns):
            raise BadLine(f"it has {len(values)} columns; the first line names {len(self.columns)}")
        whole = "".join(values)
        if not whole.isascii() and any(_SURROGATES[0] <= sign <= _SURROGATES[1] for sign in whole):
            raise BadLine("it is not UTF-8")
        if "\0" in whole:
            raise BadLine("it contains a NUL byte")
        return dict(zip(self.columns, values, strict=True))

    def _texts(self, file: BinaryIO) -> Iterator[str]:
        for number, raw in enumerate(file):
            self._passed(len(raw))
            yield raw.decode("utf-8-sig" if number == 0 else "utf-8", "surrogateescape")


class Items:
    """One list of objects in JSON, read as a whole: the forms that cities publish are small. Use it like a `Sheet`.

    `line` of a row or a trouble counts the objects from 1.
    """

    def __init__(self, path: Path, *, passed: Callable[[int], None] = lambda _count: None) -> None:
        self.path = path
        self._passed = passed

    def __enter__(self) -> Items:
        try:
            raw = self.path.read_bytes()
            found = json.loads(raw[: MOST_JSON + 1].decode("utf-8-sig"))
        except (OSError, ValueError, RecursionError) as error:
            raise NotReadable(f"{self.path} cannot be read: {_why(error)[:120]}.") from error
        if not isinstance(found, list) or not found or not isinstance(found[0], dict):
            raise NotReadable(f"{self.path} is not a list of objects.")
        self._passed(len(raw))
        self._found = found
        self.columns = tuple(found[0])
        return self

    def __exit__(self, *_error: object) -> None:
        self._found = []

    def rows(self) -> Iterator[Row | Trouble]:
        """Each object of the list; what it must have is for whoever reads it to say."""
        for line, one in enumerate(self._found, 1):
            yield Row(line, one) if isinstance(one, dict) else Trouble(line, "it is not an object")


def open_list(path: Path, *, passed: Callable[[int], None]) -> Sheet | Items:
    """A table or a list of objects, by the name of the file."""
    return (Items if path.suffix.lower() == ".json" else Sheet)(path, passed=passed)


def cell(fields: dict[str, Any], column: str) -> str:
    """What stands in a column, without spaces round it. A list of objects may lack it. Raises `BadLine`."""
    value = fields.get(column)
    if not isinstance(value, str) or "\0" in value:
        raise BadLine(f"{column} is missing, or no text")
    return value.strip()


def whole_number(fields: dict[str, str], column: str, *, least: int = 0, most: int = 2**31 - 1) -> int:
    """A whole number within bounds. Raises `BadLine`."""
    text = cell(fields, column)
    if not text.removeprefix("-").isdecimal() or not text.isascii():
        raise BadLine(f"{column} is {shortened(text)!r}; a whole number is needed")
    number = int(text) if len(text) < 20 else most + 1
    if not least <= number <= most:
        raise BadLine(f"{column} is {shortened(text)}; it must be {least} to {most}")
    return number


def text_of(fields: dict[str, str], column: str, *, most: int, needed: bool = True) -> str:
    """A text of bounded length. Raises `BadLine`."""
    text = cell(fields, column)
    if needed and not text:
        raise BadLine(f"{column} is empty")
    if len(text) > most:
        raise BadLine(f"{column} has {len(text)} characters; at most {most} fit")
    return text


def shortened(text: str) -> str:
    return text if len(text) <= 40 else text[:40] + "..."


def _why(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error).lower()
