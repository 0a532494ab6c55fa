"""Reading a backup: whether it is whole, then its rows, a table at a time."""

from __future__ import annotations

import json
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from io import BufferedReader
from pathlib import Path
from typing import Any

from app.cli.keeping.manifest import MANIFEST, MOST, Kept, Manifest, NotUsable, member

# What the readers of zip make of bytes that somebody turned over, wherever they lie.
_BROKEN = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, RuntimeError, ValueError, OverflowError,
)  # fmt: skip
PIECE = 1024 * 1024


class Backup:
    """An opened backup with its manifest."""

    def __init__(self, packed: zipfile.ZipFile) -> None:
        names = packed.namelist()
        if MANIFEST not in names or packed.getinfo(MANIFEST).file_size > MOST:
            raise NotUsable("it is not a backup of Xiangyue.")
        self._packed = packed
        self.manifest = Manifest.read(packed.read(MANIFEST))
        if sorted(names) != sorted([MANIFEST, *(member(one.name) for one in self.manifest.tables)]):
            raise NotUsable("it has other tables than its manifest says: the file is damaged.")
        if packed.comment != self.manifest.comment:
            raise NotUsable("its end is not what was written: the file is damaged or cut off.")

    def check(self) -> None:
        """Unpack everything once. Raises `NotUsable` where a table is not what was written."""
        for one in self.manifest.tables:
            digest, rows = sha256(), 0
            with self._packed.open(member(one.name)) as packed:
                while piece := packed.read(PIECE):
                    digest.update(piece)
                    rows += piece.count(b"\n")
            if digest.hexdigest() != one.sha256 or rows != one.rows:
                raise NotUsable(f"the rows of {one.name} are not what was written: the file is damaged.")

    @contextmanager
    def rows(self, one: Kept) -> Iterator[Iterator[Sequence[Any]]]:
        """The rows of a table as they were written. Whoever stops half way lets go of the file as well."""
        with self._packed.open(member(one.name)) as packed, BufferedReader(packed, PIECE) as lines:  # type: ignore[type-var]
            yield map(json.loads, lines)


@contextmanager
def opened(path: Path) -> Iterator[Backup]:
    """The backup, looked through from end to end. Raises `NotUsable` for anything that is not a whole one."""
    with _told():
        packed = zipfile.ZipFile(path)
    with packed:
        with _told():
            backup = Backup(packed)
            backup.check()
        yield backup


@contextmanager
def _told() -> Iterator[None]:
    """What goes wrong with a file, in words."""
    try:
        yield
    except _BROKEN as error:
        raise NotUsable("it is not a whole backup: the file is damaged or cut off.") from error
    except OSError as error:
        raise NotUsable(f"it cannot be read: {error.strerror or error}.") from error
