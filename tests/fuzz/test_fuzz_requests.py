"""Whatever is sent, the house answers in its own words: never 5xx, never a trace of its insides, never by accident."""

# ruff: noqa: E501 - tables of odd bytes

from __future__ import annotations

import logging
import os
import random
import re
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, func, select
from werkzeug.test import run_wsgi_app

from app.cli.matrix import routes as routes_of
from app.kit.db import Base, db, transaction
from app.kit.logs import log
from app.people.models import FailedAttempt, Resident
from app.places.models import Place
from tests.fuzz.malformed import Request, Route, request_for
from tests.makers import give, sign_in, token_of
from tests.races.village import Village

pytestmark = [
    pytest.mark.fuzz,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # werkzeug leaves the parts of a torn form to the collector
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

ROOT = Path(__file__).resolve().parents[2]
SEED = int(os.environ.get("FUZZ_SEED", "20261122"))
BATCH = 40  # requests between two sign-ins: some of them sign people out
INSIDES = re.compile(
    rf"Traceback|sqlalchemy|psycopg|sqlite3|werkzeug\.|{re.escape(str(ROOT))}|SELECT .* FROM |INSERT INTO |File \"",
    re.I,
)
# Tables that answers to refused requests may write to: what was tried, and who is signed in.
NOTED = {"failed_attempts", "sign_ins", "requests_done"}


@dataclass(frozen=True)
class Visitor:
    """Somebody's cookie and a token that fits it."""

    app: Flask
    cookie: str
    token: str


@dataclass(frozen=True)
class Answer:
    status: int
    body: str


def requests_wanted() -> int:
    return int(os.environ.get("FUZZ_REQUESTS", "500"))


@pytest.fixture
def village(app: Flask) -> Village:
    """A village with something of everything, so that the first ids of every kind are there."""
    village = Village.settle(app, "", neighbours=6)
    for one in range(3):
        village.a_ballot(("person", "household")[one % 2])
        village.a_topic(village.neighbours[one])
        village.a_shift(3)
        village.a_voucher(village.an_item(), village.neighbours[one])
    return village


@pytest.fixture
def people(village: Village) -> dict[str, int | None]:
    with village.app.app_context(), transaction():
        admin = db.session.get_one(Resident, village.spouses[5])
        give("admin", admin, db.session.get_one(Place, village.community))
        ids = {"admin": admin.id}
    return {
        "nobody": None, "resident": village.neighbours[0], "spouse": village.spouses[0], "staff": village.staff,
        "merchant": village.clerks[0], "organiser": village.organiser, "newcomer": village.a_newcomer(), **ids,
    }  # fmt: skip


@pytest.fixture
def routes(app: Flask) -> list[Route]:
    with app.app_context():
        return [Route(one.path, one.methods, one.fields) for one in routes_of(app)]


def test_nothing_malformed_breaks_the_house(
    app: Flask, village: Village, people: dict[str, int | None], routes: list[Route]
) -> None:
    """Half of the requests carry a valid token. What they changed by being valid still adds up."""
    found: dict[str, str] = {}
    for number, request, visitor in _requests(app, people, routes, tokens=True):
        with _errors_told() as errors:
            problem = _problem(_send(visitor, request))
        if problem:
            found.setdefault(f"{problem} {_cause(errors)}", f"request {number}: {request}")
    assert not found, "\n\n".join(f"{name}: {what}" for name, what in found.items())
    village.refuse_fault()


def test_what_has_no_valid_token_changes_nothing(
    app: Flask, people: dict[str, int | None], routes: list[Route]
) -> None:
    with app.app_context():
        before = _counts()
    for _number, request, visitor in _requests(app, people, routes, tokens=False, share=0.3):
        assert _problem(_send(visitor, request)) == "", str(request)
    with app.app_context():
        assert _counts() == before


def _requests(
    app: Flask, people: dict[str, int | None], routes: list[Route], *, tokens: bool, share: float = 1.0
) -> Iterator[tuple[int, Request, Visitor]]:
    visitors: list[Visitor] = []
    first = int(os.environ.get("FUZZ_FIRST", "0"))
    for number in range(first, first + int(requests_wanted() * share)):
        if number % BATCH == 0 or not visitors:
            visitors = [_visitor(app, who) for who in people.values()]
        luck = random.Random(f"{SEED}:{tokens}:{number}")
        visitor = luck.choice(visitors)
        token = visitor.token if tokens and luck.random() < 0.6 else ""
        yield number, request_for(routes, luck, token=token), visitor


def _visitor(app: Flask, who: int | None) -> Visitor:
    client = app.test_client()
    with app.app_context():
        with transaction():
            db.session.execute(delete(FailedAttempt))
            if who is not None:
                db.session.get_one(Resident, who).disabled_at = None
        if who is not None:
            sign_in(client, who)
    token = token_of(client, "/" if who else "/sign-in")
    cookie = client.get_cookie("session")
    return Visitor(app, cookie.value if cookie else "", token)


def _send(visitor: Visitor, request: Request) -> Answer:
    """Straight into the application: a test client would refuse to send some of these."""
    headers = {"Host": "127.0.0.1", **request.headers}
    cookies = [f"session={visitor.cookie}"] * bool(visitor.cookie) + [headers.pop("Cookie", "")]
    environ = {
        "REQUEST_METHOD": request.method, "SCRIPT_NAME": "", "PATH_INFO": _unquoted(request.path),
        "QUERY_STRING": request.query, "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1", "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.errors": sys.stderr,
        "wsgi.input": BytesIO(request.body), "wsgi.multithread": False, "wsgi.multiprocess": False,
        "wsgi.run_once": False, "CONTENT_LENGTH": str(len(request.body)), "HTTP_COOKIE": "; ".join(filter(None, cookies)),
        **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()},
    }  # fmt: skip
    if request.content_type:
        environ["CONTENT_TYPE"] = request.content_type
    parts, status, answered = run_wsgi_app(visitor.app.wsgi_app, environ, buffered=True)
    body = b"".join(parts)
    return Answer(int(status[:3]), "" if "Content-Encoding" in answered else body.decode(errors="replace"))


def _unquoted(path: str) -> str:
    """As a WSGI server hands it over: percent signs undone, bytes as Latin-1."""
    raw = re.sub(rb"%([0-9a-fA-F]{2})", lambda one: bytes([int(one.group(1), 16)]), path.encode())
    return raw.decode("latin-1")


def _problem(said: Answer) -> str:
    if said.status >= 500:
        return f"status {said.status}"
    inside = INSIDES.search(said.body)
    return f"shows {inside.group(0)!r}" if inside else ""


class _Listener(logging.Handler):
    """Hears the errors that the house tells its keeper."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.errors: list[BaseException] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info and record.exc_info[1]:
            self.errors.append(record.exc_info[1])


@contextmanager
def _errors_told() -> Iterator[list[BaseException]]:
    listener = _Listener()
    usual, log.logger.handlers = log.logger.handlers, [listener]
    try:
        yield listener.errors
    finally:
        log.logger.handlers = usual


def _cause(errors: Sequence[BaseException]) -> str:
    """What went wrong and where in our code: one finding for each kind."""
    if not errors:
        return ""
    frames = traceback.extract_tb(errors[-1].__traceback__)
    ours = [f"{frame.filename}:{frame.lineno}" for frame in frames if f"{ROOT}/app/" in frame.filename]
    return f"{errors[-1]!r:.300} in {' '.join(ours[-2:])}"


def _counts() -> dict[str, int]:
    tables = [table for table in Base.metadata.sorted_tables if table.name not in NOTED]
    return {table.name: db.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}
