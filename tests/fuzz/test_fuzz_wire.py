"""Malformed on the wire: what a test client cannot send, to a server as it is really run."""

# ruff: noqa: E501 - tables of odd bytes

from __future__ import annotations

import random
import re
import socket
from collections.abc import Iterator

import pytest

from tests.databases import Databases, ensure_template
from tests.fuzz.test_fuzz_requests import INSIDES, SEED, requests_wanted
from tests.run import Run
from tests.serving import Served, serving

pytestmark = pytest.mark.fuzz

FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
PARTS = b"Content-Type: multipart/form-data; boundary=cut\r\n"


@pytest.fixture
def house(run: Run, databases: Databases) -> Iterator[Served]:
    ensure_template(databases, "empty", run.folder)
    name = f"wire-{run.worker}"
    databases.copy("empty", name)
    with serving(databases.url(name), workers=1, threads=2) as served:
        yield served
    databases.drop(name)


def head(line: bytes, *more: bytes) -> bytes:
    return line + b"\r\nHost: 127.0.0.1\r\nConnection: close\r\n" + b"".join(more) + b"\r\n"


def post(path: bytes, body: bytes, *more: bytes, length: int | None = None) -> bytes:
    size = len(body) if length is None else length
    return head(b"POST " + path + b" HTTP/1.1", b"Content-Length: %d\r\n" % size, *more) + body


ODD: tuple[bytes, ...] = (
    b"\r\n\r\n", b"GET\r\n\r\n", b"\x16\x03\x01\x02\x00\x01", b"\x00" * 200, head(b"GET / HTTP/9.9"), head(b"GET  / HTTP/1.1"),
    head(b"GET /\x00 HTTP/1.1"), head(b"GET /%00 HTTP/1.1"), head(b"GET /%ff%fe HTTP/1.1"), head(b"GET /\xff\xfe HTTP/1.1"),
    head(b"GET /%zz%2 HTTP/1.1"), head(b"GET /topics/%ed%a0%80 HTTP/1.1"), head(b"GET //evil.test/ HTTP/1.1"),
    head(b"GET http://evil.test/ HTTP/1.1"), head(b"GET /../../etc/passwd HTTP/1.1"), head(b"GET /static/..%2f..%2fapp/config.py HTTP/1.1"),
    head(b"GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1"), head(b"GET /" + b"a" * 9000 + b" HTTP/1.1"),
    head(b"GET /topics?after=" + b"%ff" * 800 + b" HTTP/1.1"), head(b"GET / HTTP/1.1", b"X: " + b"a" * 9000 + b"\r\n"),
    head(b"GET / HTTP/1.1", b"X: \x00\r\n"), head(b"GET / HTTP/1.1", b"Bad Header: 1\r\n"), head(b"GET / HTTP/1.1", b"Host: evil.test\r\n"),
    head(b"GET / HTTP/1.1", *(b"H%d: 1\r\n" % one for one in range(150))), head(b"GET / HTTP/1.1", b"Cookie: session=\xff\xfe; \x01\r\n"),
    head(b"GET /sign-in HTTP/1.1", b"Accept-Language: \xff\r\n"), b"GET / HTTP/1.1\r\nHost: [\r\nConnection: close\r\n\r\n",
    b"GET / HTTP/1.0\r\n\r\n", b"GET / HTTP/1.1\r\nHost: 127.0.0.1:99999\r\nConnection: close\r\n\r\n",
    head(b"TRACE / HTTP/1.1"), head(b"CONNECT 127.0.0.1:22 HTTP/1.1"), head(b"FOO / HTTP/1.1"), head(b"get / HTTP/1.1"), head(b"OPTIONS * HTTP/1.1"),
    post(b"/sign-in", b"name=a", FORM, length=0), post(b"/sign-in", b"name=a", FORM, length=2), post(b"/sign-in", b"", FORM, length=-1),
    head(b"POST /sign-in HTTP/1.1", FORM, b"Content-Length: 1e3\r\n"), head(b"POST /sign-in HTTP/1.1", FORM, b"Content-Length: 5\r\nContent-Length: 9\r\n") + b"name=",
    head(b"POST /sign-in HTTP/1.1", FORM, b"Transfer-Encoding: chunked\r\n") + b"zz\r\nname=a\r\n0\r\n\r\n",
    head(b"POST /sign-in HTTP/1.1", FORM, b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n") + b"1\r\na\r\n0\r\n\r\n",
    head(b"POST /sign-in HTTP/1.1", FORM, b"Transfer-Encoding: gzip\r\n") + b"aaaa", post(b"/sign-in", b"\xff\xfe=\x00&name=%ed%a0%80", FORM),
    post(b"/sign-in", b"name=" + b"9" * 5000, FORM), post(b"/sign-in", b"name=" + b"a" * 70_000, FORM), post(b"/join", b"a=1&" * 5000, FORM),
    post(b"/join", b"--cut\r\nContent-Disposition: form-data; name=\"code\"\r\n\r\n1234", PARTS), post(b"/join", b"--cut", PARTS),
    post(b"/join", b"--cut\r\n\r\n\r\n--cut--", PARTS), post(b"/join", b"--cut\r\nContent-Disposition: \xff\r\n\r\nx\r\n--cut--\r\n", PARTS),
    post(b"/join", b"x", b"Content-Type: multipart/form-data\r\n"), post(b"/join", b"{", b"Content-Type: application/json\r\n"),
    post(b"/csp-report", b"[" * 9000, b"Content-Type: application/csp-report\r\n"), post(b"/csp-report", b"\xff", b"Content-Type: application/json\r\n"),
    post(b"/csp-report", b'{"csp-report": 7}', b"Content-Type: application/csp-report\r\n"), post(b"/sign-in", b"name=a", FORM, b"Expect: 200-ok\r\n"),
    post(b"/sign-in", b"name=a", FORM, b"Origin: http://[\r\n"), post(b"/sign-in", b"name=a", FORM, b"Content-Encoding: gzip\r\n"),
)  # fmt: skip


def test_whatever_comes_over_the_wire_gets_an_answer_below_500(house: Served) -> None:
    wrong: list[str] = []
    for number, raw in enumerate(_all()):
        said = _send(house.port, raw)
        status = re.match(rb"HTTP/1\.[01] (\d{3})", said)
        # Not a request at all: gunicorn may close without a word. Methods and encodings it does not know get its 501.
        code = int(status.group(1)) if status else 0
        if code >= 500 and code not in (501, 505):
            wrong.append(f"{number}: {code} to {raw[:300]!r}: {said[-300:]!r}")
        inside = INSIDES.search(said.decode(errors="replace"))
        if inside:
            wrong.append(f"{number}: shows {inside.group(0)!r} to {raw[:300]!r}")
    assert wrong == []
    assert house.answers()
    assert "Traceback" not in house.log


def _all() -> Iterator[bytes]:
    """All of the odd ones, and mixtures of them made from the seed."""
    yield from ODD
    luck = random.Random(SEED)
    for _ in range(requests_wanted() // 10):
        raw = bytearray(luck.choice(ODD))
        for _change in range(luck.randint(1, 6)):
            where = luck.randrange(len(raw))
            if luck.random() < 0.5:
                raw[where] = luck.randrange(256)
            elif luck.random() < 0.5:
                del raw[where : where + luck.randint(1, 20)]
            else:
                raw[where:where] = luck.randbytes(luck.randint(1, 8))
            if not raw:
                break
        yield bytes(raw)


def _send(port: int, raw: bytes) -> bytes:
    """What comes back until the server closes, or until it has waited long enough for more from us."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as wire:
        said = b""
        try:
            wire.sendall(raw)
            wire.shutdown(socket.SHUT_WR)
            while part := wire.recv(65_536):
                said += part
        except (TimeoutError, ConnectionError):
            pass
        return said
