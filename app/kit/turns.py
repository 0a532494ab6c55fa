"""Whose turn it is to write to SQLite, which takes one writer at a time.

Left to itself it lets those who wait sleep longer and longer, up to a tenth of a second each time: the unlucky wait
for seconds while others pass them (performance.md). So writers queue here first, those of a process one behind the
other and one of each process at a lock on a file beside the database, and find it free when they come to it. Whoever
has just written lets those pass who wait; whoever writes without queueing, a shell for one, is waited for by the
database as ever.
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
_PAUSE_SECONDS = 0.0005
_MARK = "turn"


@dataclass
class _Door:
    """The queue of this process for one database, and the file at which processes meet."""

    file: int
    bench: int  # a second file, which those hold together who wait at the first
    inside: threading.Lock = field(default_factory=threading.Lock)
    others_wait: bool = False  # when this process last left

    def enter(self, until: float) -> bool:
        if not self.inside.acquire(timeout=max(0.0, until - time.monotonic())):
            return False
        if self.others_wait:
            time.sleep(_PAUSE_SECONDS)  # after you: whoever has just written would always be the first again
        while not _lock(self.file):
            if time.monotonic() > until:
                self._stand_up()
                self.inside.release()
                return False
            fcntl.flock(self.bench, fcntl.LOCK_SH)
            time.sleep(_PAUSE_SECONDS)
        self._stand_up()
        return True

    def leave(self) -> None:
        self.others_wait = not _lock(self.bench)
        self._stand_up()
        fcntl.flock(self.file, fcntl.LOCK_UN)
        self.inside.release()

    def _stand_up(self) -> None:
        fcntl.flock(self.bench, fcntl.LOCK_UN)


def _lock(file: int) -> bool:
    """Whether it is ours alone now."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


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
            _doors[key] = _Door(_opened(f"{path}-turn"), _opened(f"{path}-wait"))
        return _doors[key]


def _opened(path: str) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
