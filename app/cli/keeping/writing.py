"""Making a backup: one look at the whole database, written beside its place and moved there when it is whole."""

from __future__ import annotations

import os
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Table

from app.cli.keeping import reading
from app.cli.keeping.manifest import (
    MANIFEST,
    Head,
    Kept,
    Manifest,
    NotUsable,
    every_row,
    instant,
    line,
    made_now,
    member,
    program,
    revision,
    tables,
)
from app.kit.db import db, take_your_time
from app.points import queries as points

AT_ONCE = 2_000  # rows in memory
_MOST_AS_MEMORY = 1 << 31  # bytes of the file; what lies behind is read as ever

Tell = Callable[[str], None]  # the table that is done now


def look_at_one_moment() -> None:
    """To be called first in a transaction that reads: all of it sees the same moment, whatever is written meanwhile.

    On SQLite every transaction does; on PostgreSQL only one that asks for it. SQLite reads the file as memory: with the
    small cache of our connections it would copy most pages again and again, which takes a third of the time.
    """
    if db.engine.dialect.name == "postgresql":
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    else:
        db.session.connection().exec_driver_sql(f"PRAGMA mmap_size={_MOST_AS_MEMORY}").close()
    take_your_time()


def write(path: Path, tell: Tell) -> Manifest:
    """Write the backup; it is there whole or not at all. Raises `NotUsable` when there is a file of that name."""
    with _moved_when_whole(path) as unfinished:
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as packed:
            of = revision()
            kept = [_pack(packed, table, tell) for table in tables()]
            made = Manifest(program(), of, made_now(), db.engine.dialect.name, _head(), kept)
            packed.writestr(MANIFEST, made.written())
            packed.comment = made.comment
        with reading.opened(unfinished):  # as a restore will read it
            return made


def _pack(packed: zipfile.ZipFile, table: Table, tell: Tell) -> Kept:
    """The rows flow through: a table need not fit into memory."""
    number, digest = 0, sha256()
    result = db.session.connection().execute(every_row(table), execution_options={"yield_per": AT_ONCE})
    with packed.open(member(table.name), "w", force_zip64=True) as out:
        for some in result.partitions():
            lines = b"".join(map(line, some))
            out.write(lines)
            digest.update(lines)
            number += len(some)
    tell(table.name)
    return Kept(table.name, [column.name for column in table.columns], number, digest.hexdigest())


def _head() -> Head | None:
    last = points.last_seal()
    if last is None:
        return None
    return Head(last.number, instant(last.until), last.first + last.entries - 1, last.head)


@contextmanager
def _moved_when_whole(path: Path) -> Iterator[Path]:
    """A file beside the wished one, for this user's eyes only, that gets its name once it is on disk."""
    if path.exists():
        raise NotUsable(f"there is a file {path} already; name another.")
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".unfinished", dir=path.parent)
    os.close(handle)
    unfinished = Path(name)
    try:
        yield unfinished
        _settle(unfinished)
        unfinished.rename(path)
    finally:
        unfinished.unlink(missing_ok=True)
    _settle(path.parent)


def _settle(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
