"""One line of JSON for each request: which route, how it went, how long it took. No person, address, path or text."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import MutableMapping
from typing import Any

import structlog
from flask import Flask, Response, g, request
from structlog.tracebacks import ExceptionDictTransformer

log = structlog.get_logger()


def set_up() -> None:
    """Lines go to standard error; a line is one line, whatever a name contains."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            # Never the values of variables: they hold people's words, telephone numbers and the secret.
            structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
            _without_rows,
            structlog.processors.JSONRenderer(ensure_ascii=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def _without_rows(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Of an error's text only the first line: PostgreSQL tells the failing row, with all it holds, below it."""
    for error in event.get("exception", ()):
        error["exc_value"] = str(error["exc_value"]).partition("\n")[0][:200]
    return event


def init_app(app: Flask) -> None:
    @app.before_request
    def start() -> None:
        g.started = time.perf_counter()

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
