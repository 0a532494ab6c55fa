"""Many clients at once: real HTTP requests from threads that start together.

A race test signs its clients in, prepares one request for each, lets them go with `rush`, and counts what the house
answered and what the database holds. The guard that it tests is listed in `mutants.py`; without it the test must fail.
"""

from __future__ import annotations

import copy
import http.client
import os
import re
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Literal
from urllib.parse import urlencode, urlsplit

import pytest

CLIENTS = 50

Scope = Literal["module", "session", "function"]

_HIDDEN = re.compile(r"<input[^>]*>")
_ATTRIBUTE = re.compile(r'(name|value)="([^"]*)"')


def rounds() -> int:
    """How often a race is run: `RACE_ROUNDS`, few by default."""
    return int(os.environ.get("RACE_ROUNDS", "5"))


def kills() -> int:
    """How many crashes a crash test brings about: `KILLS`, few by default."""
    return int(os.environ.get("KILLS", "3"))


def lasting(usual: Scope) -> Callable[[str, pytest.Config], Scope]:
    """For fixtures of races: as long as usual, or with `--turns` for one turn, which has a database of its own."""
    return lambda fixture_name, config: "function" if config.getoption("--turns") else usual


@dataclass(frozen=True)
class Answer:
    """What the house said. `status` 0: the connection broke before there was an answer."""

    status: int
    body: str
    location: str = ""

    @property
    def applied(self) -> bool:
        """Whether the house acknowledged the act: 200, or 303 after a plain post."""
        return self.status in (200, 303)


BROKEN = Answer(0, "")


class Client:
    """One person's browser: an address and cookies. Not for two threads at once."""

    def __init__(self, address: str) -> None:
        self._host = urlsplit(address).netloc
        self._connection: http.client.HTTPConnection | None = None
        self.cookies: dict[str, str] = {}
        self.token = ""

    def copies(self, number: int) -> list[Client]:
        """The same browser in so many threads: each with the cookies of this one."""
        return [self._copy() for _ in range(number)]

    def _copy(self) -> Client:
        other = copy.copy(self)
        other._connection, other.cookies = None, dict(self.cookies)
        return other

    def connect(self) -> None:
        """Have a connection ready, so that a rush measures the house and not the handshake."""
        self.close()
        self._connection = http.client.HTTPConnection(self._host, timeout=60)
        self._connection.connect()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def get(self, path: str) -> Answer:
        return self._ask("GET", path)

    def post(self, path: str, fields: Mapping[str, str | Sequence[str]]) -> Answer:
        """Send a form as a browser without JavaScript would."""
        return self._ask("POST", path, urlencode(fields, doseq=True))

    def read_token(self, path: str) -> Client:
        """Keep the CSRF token that stands in the forms of that page: it is good as long as the sign-in."""
        self.token = hidden_fields(self.get(path).body)["csrf_token"]
        return self

    def send(self, path: str, **fields: str) -> Answer:
        """Send a form that carries the kept token and, unless one is given, a request id of its own."""
        return self.post(path, {"csrf_token": self.token, "request_id": str(uuid.uuid4()), **fields})

    def _ask(self, method: str, path: str, body: str | None = None) -> Answer:
        """One request on a connection of its own: the server closes idle ones when it likes."""
        if self._connection is None:
            self.connect()
        assert self._connection is not None
        headers = {"Connection": "close", "Accept-Language": "en", "Cookie": self._cookie_line()}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            self._connection.request(method, path, body, headers)
            response = self._connection.getresponse()
            text = response.read().decode(errors="replace")
        finally:
            self.close()
        self._keep_cookies(response.headers.get_all("Set-Cookie") or [])
        return Answer(response.status, text, response.headers.get("Location", ""))

    def _cookie_line(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def _keep_cookies(self, lines: list[str]) -> None:
        for line in lines:
            for name, morsel in SimpleCookie(line).items():
                if morsel["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value


def hidden_fields(page: str) -> dict[str, str]:
    """The fields that a page carries without showing them: csrf_token, request_id. The first form's win."""
    fields: dict[str, str] = {}
    for tag in _HIDDEN.findall(page):
        attributes = dict(_ATTRIBUTE.findall(tag))
        if 'type="hidden"' in tag and "name" in attributes:
            fields.setdefault(attributes["name"], attributes.get("value", ""))
    return fields


def sign_in(address: str, name: str, password: str) -> Client:
    """The browser of somebody who has signed in with name and password."""
    client = Client(address).read_token("/sign-in")
    answer = client.send("/sign-in", name=name, password=password)
    if answer.status != 303:
        raise RuntimeError(f"{name} could not sign in: {answer.status}")
    return client


def rush(clients: Sequence[Client], act: Callable[[Client, int], Answer]) -> list[Answer]:
    """Let every client do `act(client, its number)` at the same moment; the answers in the order of the clients.

    A connection that breaks gives `BROKEN`: a killed server may have applied the act or not. Any other exception of
    `act` is a mistake of the test and is raised.
    """
    barrier = threading.Barrier(len(clients))

    def one(number: int) -> Answer:
        barrier.wait(timeout=60)
        try:
            return act(clients[number], number)
        except (OSError, http.client.HTTPException):
            return BROKEN

    for client in clients:
        client.connect()
    with ThreadPoolExecutor(max_workers=len(clients)) as pool:
        return list(pool.map(one, range(len(clients))))


def statuses(answers: Sequence[Answer]) -> Counter[int]:
    """How many answers had which status."""
    return Counter(answer.status for answer in answers)
