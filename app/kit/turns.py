"""Whose turn it is to write to SQLite, which takes one writer at a time.

Left to itself it lets those who wait sleep longer and longer, up to a tenth of a second each time: the unlucky wait
for seconds while others pass them (performance.md). So writers queue here first, those of a process one behind the
other and one of each process at a lock on a file beside the database, and find it free when they come to it. Whoever
writes without queueing, a shell for one, is waited for by the database as ever.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.engine import Connection

LONGEST_SECONDS = 5.0  # after that the database itself says that it is busy
_PAUSE_SECONDS = 0.001
_MARK = "turn"


@dataclass
class _Door:
    """The queue of this process for one database, and the file at which processes meet."""

    file: int
    inside: threading.Lock = field(default_factory=threading.Lock)

    def enter(self, until: float) -> bool:
        if not self.inside.acquire(timeout=max(0.0, until - time.monotonic())):
            return False
        while True:
            try:
                fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > until:
                    self.inside.release()
                    return False
                time.sleep(_PAUSE_SECONDS)
            else:
                return True

    def leave(self) -> None:
        fcntl.flock(self.file, fcntl.LOCK_UN)
        self.inside.release()


_doors: dict[tuple[int, str], _Door] = {}
_opening = threading.Lock()


def take(connection: Connection) -> None:
    """Wait until it is this connection's turn; kept until it goes back to the pool. Not for a database in memory."""
    kept: Any = connection.connection.record_info  # unlike `info` it outlives a connection that broke
    path = connection.engine.url.database
    if path and path != ":memory:" and _MARK not in kept:
        door = _door(path)
        if door.enter(time.monotonic() + LONGEST_SECONDS):
            kept[_MARK] = door


def give_back(_raw: object, record: Any) -> None:
    """The next one may write. Called when the connection goes back to the pool, after commit or rollback."""
    door = record.record_info.pop(_MARK, None)
    if door is not None:
        door.leave()


def _door(path: str) -> _Door:
    """A process that was forked opens the file anew: a lock belongs to whoever opened it."""
    key = os.getpid(), path
    with _opening:
        if key not in _doors:
            _doors[key] = _Door(os.open(f"{path}-turn", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        return _doors[key]
