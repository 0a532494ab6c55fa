"""The least that can take a vote behind the same server: one row, one transaction, the same driver. A floor.

It knows nobody, asks nothing and shows nothing; it waits for the disk as the house does.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import psycopg
from flask import Flask, Response, make_response, request

from tests.postgres import plain

_TABLE = """CREATE TABLE IF NOT EXISTS bare_votes (
    question_id INTEGER NOT NULL, elector_id INTEGER NOT NULL, choice VARCHAR(580) NOT NULL,
    cast_at VARCHAR(40) NOT NULL,
    PRIMARY KEY (question_id, elector_id)
)"""
_INSERT = "INSERT INTO bare_votes (question_id, elector_id, choice, cast_at) VALUES ({0}, {0}, {0}, {0})"
_SECONDS = 10.0

app = Flask(__name__)
_url = os.environ.get("DATABASE_URL", "")
_mine = threading.local()
_turn = threading.Lock()  # SQLite takes one writer; those who only ask again and again starve each other


def prepare(url: str) -> None:
    """Make its table in that database."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as file:
            file.execute(_TABLE)
        return
    with psycopg.connect(plain(url)) as server:
        server.execute(_TABLE)


@app.get("/healthz")
def healthz() -> str:
    return "ok"


@app.post("/vote")
def vote() -> Response:
    sent = request.form
    row = (int(sent["question"]), int(sent["elector"]), sent["choice"], datetime.now(UTC).isoformat())
    _keep(row)
    return make_response("", 204)


def _on_sqlite(row: tuple[Any, ...]) -> None:
    if not hasattr(_mine, "connection"):
        path = _url.removeprefix("sqlite:///")
        _mine.connection = sqlite3.connect(path, timeout=_SECONDS, isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            _mine.connection.execute(f"PRAGMA {pragma}")
    with _turn:
        _mine.connection.execute("BEGIN IMMEDIATE")
        _mine.connection.execute(_INSERT.format("?"), row)
        _mine.connection.execute("COMMIT")


def _on_postgresql(row: tuple[Any, ...]) -> None:
    if not hasattr(_mine, "connection"):
        _mine.connection = psycopg.connect(plain(_url))
    _mine.connection.execute(_INSERT.format("%s"), row)
    _mine.connection.commit()


_keep: Callable[[tuple[Any, ...]], None] = _on_sqlite if _url.startswith("sqlite") else _on_postgresql
