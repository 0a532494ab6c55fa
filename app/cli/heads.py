"""Heads of the ledger's seals, noted in a file outside the database: who cuts the journal off cannot cut there too.

One line a head: the number of its seal, the day, the head. Lines are only ever added.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from sqlalchemy import select

from app.kit import clock
from app.kit.db import db
from app.kit.proof import Fault
from app.points import queries
from app.points.models import Seal

FILE = click.Path(path_type=Path, dir_okay=False)
_LINE = re.compile(r"([1-9][0-9]*) ([0-9]{4}-[0-9]{2}-[0-9]{2}) ([0-9a-f]{64})", re.ASCII)


class NotUsable(click.ClickException):
    """The file cannot be used; the sentence says why and what to do."""

    exit_code = 2


@dataclass(frozen=True)
class Noted:
    """The head of a seal as it was once seen."""

    seal: int
    day: str
    head: str

    def __str__(self) -> str:
        return f"{self.seal} {self.day} {self.head}"


def read(file: Path) -> list[Noted]:
    """What was noted so far; nothing where there is no such file yet. Raises `NotUsable`."""
    try:
        lines = file.read_text("ascii").splitlines() if file.exists() else []
    except OSError as error:
        raise NotUsable(f"Nothing was looked at: {file} cannot be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise NotUsable(f"Nothing was looked at: {file} is no list of heads. Is it the right file?") from error
    return [_noted(line, f"line {number} of {file}") for number, line in enumerate(lines, start=1) if line.strip()]


def _noted(line: str, where: str) -> Noted:
    parts = _LINE.fullmatch(line)
    if parts is None:
        raise NotUsable(
            f"Nothing was looked at: {where} should be the number of a seal, its day and a head of 64 hexadecimal "
            "digits. Is it the right file? A line that was cut short can be deleted."
        )
    return Noted(int(parts[1]), parts[2], parts[3])


def unknown(noted: Sequence[Noted]) -> list[Fault]:
    """Heads that their seals do not have: the end of the journal was cut off, or all of it replaced."""
    there = {row.number: row.head for row in db.session.execute(select(Seal.number, Seal.head))} if noted else {}
    return [
        Fault(
            "I20", f"seal:{one.seal}", f"the seal of {one.day} was noted with the head {one.head}, and has it no more"
        )
        for one in noted
        if there.get(one.seal) != one.head
    ]


def newest() -> Noted | None:
    """The head of the last seal; None before the first."""
    last = queries.last_seal()
    return None if last is None else Noted(last.number, clock.last_day(last.until).isoformat(), last.head)


def note(file: Path, head: Noted) -> None:
    """Write a head below the others; it is on disk for good when this returns. Raises `NotUsable`."""
    try:
        before = file.read_bytes() if file.exists() else b""
        line = f"{head}\n" if not before or before.endswith(b"\n") else f"\n{head}\n"
        with file.open("ab") as out:
            out.write(line.encode())
            out.flush()
            os.fsync(out.fileno())
        _on_disk(file.parent)
    except OSError as error:
        raise NotUsable(f"The head could not be noted: {file}: {error.strerror or error}.") from error


def _on_disk(folder: Path) -> None:
    """That a new file is there has to outlast a power cut as well."""
    there = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(there)
    finally:
        os.close(there)
