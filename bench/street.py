"""The sample street for a bench: loaded once, copied for each, gone at the end."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from tests.databases import SqliteFiles, ensure_template

_folder = tempfile.TemporaryDirectory(prefix="xy-bench-")


@cache
def _files() -> SqliteFiles:
    files = SqliteFiles(Path(_folder.name))
    ensure_template(files, "street", Path(_folder.name))
    return files


@contextmanager
def street_database() -> Iterator[str]:
    """The address of a private copy of the sample street, on SQLite."""
    files = _files()
    files.copy("street", "bench")
    try:
        yield files.url("bench")
    finally:
        files.drop("bench")
