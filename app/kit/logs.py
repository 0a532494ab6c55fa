"""One line of JSON for each request: which route, how it went, how long it took. No person, address, path or text."""

from __future__ import annotations

import json
import logging
import secrets
import sys
import time
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from flask import Flask, Response, g, has_app_context, request

MOST_FRAMES = 50
LONGEST_TEXT = 200


class Line(logging.Formatter):
    """A record as one line of ASCII, whatever a name contains."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, Any] = {
            "event": record.msg,
            "level": record.levelname.lower(),
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
        }
        if has_app_context() and "request_mark" in g:
            told["request"] = g.request_mark
        told |= getattr(record, "facts", {})
        if record.exc_info and record.exc_info[1]:
            told["exception"] = list(_errors(record.exc_info[1]))
        return json.dumps(told, ensure_ascii=True, default=str)


def _errors(error: BaseException | None) -> Iterator[dict[str, Any]]:
    """The error and what led to it: kinds and places, never the values of variables, which hold people's words.

    Of an error's text only the first line: PostgreSQL tells the failing row, with all it holds, below it.
    """
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield {
            "exc_type": type(error).__name__,
            "exc_value": str(error).partition("\n")[0][:LONGEST_TEXT],
            "frames": _frames(error.__traceback__),
        }
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _frames(trace: TracebackType | None) -> list[str]:
    """file:line name, outermost first."""
    places = [(frame.f_code, line) for frame, line in traceback.walk_tb(trace)]
    return [f"{code.co_filename}:{line} {code.co_name}" for code, line in places[-MOST_FRAMES:]]


class Log:
    """What the house tells its keeper: an event in plain words, and facts by name."""

    def __init__(self, name: str) -> None:
        self.logger = logging.getLogger(name)

    def info(self, event: str, **facts: Any) -> None:
        self._tell(logging.INFO, event, facts)

    def warning(self, event: str, **facts: Any) -> None:
        self._tell(logging.WARNING, event, facts)

    def error(self, event: str, *, exc_info: BaseException | None = None, **facts: Any) -> None:
        self._tell(logging.ERROR, event, facts, exc_info)

    def _tell(self, level: int, event: str, facts: dict[str, Any], error: BaseException | None = None) -> None:
        self.logger.log(level, event, extra={"facts": facts}, exc_info=error)


log = Log("xiangyue")


class Lines(logging.StreamHandler[Any]):
    """Writes to standard error. A line that cannot be written is lost, and not told with all that was in it."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Nothing."""


def set_up() -> None:
    """Lines go to standard error, and nowhere else."""
    lines = Lines(sys.stderr)
    lines.setFormatter(Line())
    log.logger.handlers[:] = [lines]
    log.logger.setLevel(logging.INFO)
    log.logger.propagate = False


def init_app(app: Flask) -> None:
    @app.before_request
    def start() -> None:
        g.started = time.perf_counter()
        g.request_mark = secrets.token_hex(4)  # holds the lines of one request together; says nothing of anybody

    @app.after_request
    def line(answer: Response) -> Response:
        if request.endpoint not in ("house.healthz", "house.readyz"):
            took = 1000 * (time.perf_counter() - g.get("started", time.perf_counter()))
            log.info(
                "request",
                method=request.method,
                route=str(request.url_rule),
                status=answer.status_code,
                ms=round(took, 1),
            )
        return answer
