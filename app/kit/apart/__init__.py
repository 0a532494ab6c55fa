"""What is heavy or dangerous runs in a process of its own: pictures, spreadsheets and papers that strangers made.

A child is one module of this folder that stands alone: it imports nothing of the house, reads standard input, writes
standard output, and gives up with `sys.exit("reason")` or `sys.exit("reason detail")`. It has limits on time, memory
and output, no settings, no secret and no database. So a worker neither loads Pillow nor dies of a picture.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess  # nosec B404
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryFile
from threading import BoundedSemaphore

START = Path(__file__).with_name("start.py")
ENVIRONMENT = {"PATH": os.defpath, "LANG": "C.UTF-8"}
MOST_OUTPUT = 48 * 1024 * 1024
AT_ONCE = 2  # children of one worker: more would only wait for the same processors, and hold memory meanwhile

_places = BoundedSemaphore(AT_ONCE)
_SAID = re.compile(r"([a-z_]{2,40})(?: (.{1,200}))?")
_KILLED_FOR_TIME = (-signal.SIGXCPU, -signal.SIGKILL)


class Failed(Exception):
    """Nothing came of it. `reason` is busy, time, memory, output, broke, or the child's own, with its detail."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason} {detail}".strip())
        self.reason = reason
        self.detail = detail


def run(module: str, data: bytes, *, seconds: float = 20, memory_mb: int = 512, arguments: Sequence[str] = ()) -> bytes:
    """What the module makes of the bytes. Raises `Failed`; a child that runs longer than `seconds` is killed."""
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(module)
    limits = (str(int(seconds) + 1), str(memory_mb * 1024 * 1024), str(MOST_OUTPUT))
    # -I: neither the folder nor the environment of whoever started us has a say in what is imported.
    command = [sys.executable, "-I", "-B", str(START), spec.origin, *limits, *arguments]
    if not _places.acquire(timeout=seconds):
        raise Failed("busy")
    try:
        return _wait_for(command, data, seconds)
    finally:
        _places.release()


def _wait_for(command: list[str], data: bytes, seconds: float) -> bytes:
    """Our own interpreter on a module of ours, no shell. Files, not pipes: it cannot block us nor fill our memory."""
    with TemporaryFile() as given, TemporaryFile() as made, TemporaryFile() as complaint:
        given.write(data)
        given.seek(0)
        child = subprocess.Popen(  # noqa: S603 # nosec B603
            command, stdin=given, stdout=made, stderr=complaint, cwd="/", env=ENVIRONMENT, start_new_session=True
        )
        try:
            code = child.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Failed("time") from None
        finally:
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
        made.seek(0)
        if code == 0:
            return made.read()
        complaint.seek(0)
        raise _failure(code, complaint.read(64 * 1024).decode(errors="replace").strip())


def _failure(code: int, complaint: str) -> Failed:
    """Put the end of a child into a word."""
    if code in _KILLED_FOR_TIME:
        return Failed("time")
    if said := _SAID.fullmatch(complaint):
        return Failed(said[1], said[2] or "")
    last = complaint.rpartition("\n")[2]
    if last.startswith("MemoryError"):
        return Failed("memory")
    if "File too large" in last:
        return Failed("output")
    return Failed("broke", last.partition(":")[0][:80])  # the kind of error: its text may hold what people wrote
