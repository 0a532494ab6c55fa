"""What the log says while something happens."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager

from app.kit import logs


def the_handler() -> logs.Lines:
    """The one handler of ours; pytest may listen beside it."""
    (handler,) = (one for one in logs.log.logger.handlers if isinstance(one, logs.Lines))
    return handler


@contextmanager
def logged() -> Iterator[list[str]]:
    """The lines that the keeper of the house reads, complete at the end of the block."""
    handler = the_handler()
    lines: list[str] = []
    paper, usual = io.StringIO(), handler.stream
    handler.stream = paper
    try:
        yield lines
    finally:
        handler.stream = usual
        lines += paper.getvalue().split("\n")[:-1]
