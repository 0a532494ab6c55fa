"""Malformed requests, made from a seed: the same seed makes the same request, so a finding can be sent again."""

# ruff: noqa: E501 - tables of odd bytes

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_from_bytes, quote_plus

# What stands in for a value, as bytes on the wire before percent-encoding.
NASTY: tuple[bytes, ...] = (
    b"", b" ", b"\x00", b"a\x00b", b"\xff\xfe", b"\xc3\x28", b"\xed\xa0\x80", b"\xf0\x9f\xa7\xa8", b"\r\nX: a",
    b"'", b'"', b"' OR 1=1 --", b"; DROP TABLE residents", b"%", b"%%", b"_", b"\\", b"../../etc/passwd", b"..%2f..%2f",
    b"<script>alert(1)</script>", b"<b hx-get=/me hx-trigger=load>x</b>", b"{{7*7}}", b"{% include 'x' %}", b"${7*7}",
    b"%s%s%n", b"%(name)s", b"{0}", b"0", b"-1", b"-0", b"+1", b"1.5", b"1e3", b"1e400", b"NaN", b"Infinity", b"0x10",
    b"9" * 400, b"-" + b"9" * 400, b"9" * 5000, b"2147483647", b"2147483648", b"9223372036854775807",
    b"9223372036854775808", b"99999999999999999999", "１２".encode(), "٣".encode(), "一".encode(), "²".encode(),
    b"0000-00-00", b"9999-12-31", b"9999-99-99", b"0001-01-01", b"2026-02-30", b"-2026-01-01", b"2026-01-01T00:00:00",
    b"+10000-01-01", b"24:00", b"25:61", b"08:30", b"2026-01-01", "\u202eabc".encode(), "\u200b".encode(),
    "\ufeff".encode(), "e\u0301".encode() * 50, "\U0001f468\u200d\U0001f469\u200d\U0001f467".encode(),
    "村".encode() * 3000, b"[]", b"{}", b"null", b"true", b"[1,2]", b"a" * 300, b"a" * 5000, b"=HYPERLINK(1)",
    b"javascript:0", b"//x", b"\t", b"\n", b"1,2", b"1|2", b"1~2", b"1_2", b"yes", b"zh", b"month", b"open", b"food",
    b"WyIyMDI2IiwgMV0=", b"eyJhIjoxfQ", b"2026-11-22T00:00:00+00:00.5", b"2026-11-22T00:00:00+00:00,5", b"1.1",
)  # fmt: skip
# What a person could have typed there.
PLAIN: tuple[bytes, ...] = (
    b"1", b"2", b"3", b"7", b"yes", b"no", b"neutral", b"for", b"a neighbour's word", "长廊的灯坏了一个月".encode(), b"2026-12-24",
    b"08:30", b"18:00", b"10", b"environment", b"V01", b"123456", b"123456789012", b"facilities", b"household", b"yes_no",
    b"1/2", b"one\ntwo", b"grid", b"en", b"large", b"13912345678", b"four quiet herons",
)  # fmt: skip
ARGUMENTS = (
    "after", "asset", "category", "code", "kind", "next", "period", "place", "q", "room", "shift", "state", "voucher",
    "when", "reply", "page", "sort", "order", "after[]", "",
)  # fmt: skip
METHODS = (
    "GET",
    "POST",
    "HEAD",
    "OPTIONS",
    "PUT",
    "PATCH",
    "DELETE",
    "TRACE",
    "PROPFIND",
    "CONNECT",
    "G\u00c4T",
    "post",
)
KINDS = ("form", "form", "form", "form", "multipart", "cut", "json", "text", "raw", "many", "huge", "none")
HEADERS: tuple[dict[str, str], ...] = (
    {"HX-Request": "true"}, {"HX-Request": "true", "HX-Target": "vote-box"}, {"HX-Request": "true", "HX-Target": "talk"},
    {"HX-Request": "yes", "HX-Target": "\"><script>"}, {"HX-Request": "true", "HX-Boosted": "true"},
    {"HX-Request": "true", "HX-Current-URL": "%%%", "HX-Trigger": "x" * 4000}, {"Accept": "application/json"},
    {"Accept": "*/*;q=zz,,"}, {"Accept-Language": "zh-CN;q=abc,,;;=,en"}, {"Accept-Language": "x" * 4000},
    {"Origin": "null"}, {"Origin": "http://["}, {"Origin": "http://evil.test"}, {"Sec-Fetch-Site": "cross-site"},
    {"Referer": "http://[::bad"}, {"Range": "bytes=9-1"}, {"If-None-Match": '"'}, {"If-Modified-Since": "yesterday"},
    {"X-Forwarded-For": "' OR 1"}, {"X-HTTP-Method-Override": "DELETE"}, {"Cookie": "language=../zz; session=abc.def"},
    {"Cookie": "text=%00"}, {"Content-Encoding": "gzip"}, {"Accept-Encoding": "br;q=x"}, {"X-CSRFToken": "\x7f"},
    {"Host": "evil.test"}, {"Host": "127.0.0.1:99999"}, {"Host": "["}, {"User-Agent": ""},
)  # fmt: skip


@dataclass(frozen=True)
class Route:
    """Where to: an address with `<...>` in it, and the fields that its form takes."""

    path: str
    methods: Sequence[str]
    fields: Sequence[str]


@dataclass
class Request:
    """One request as a test client takes it."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes = b""
    content_type: str | None = None
    typed: dict[str, bytes] = field(default_factory=dict)

    def __str__(self) -> str:
        body = self.body if len(self.body) < 200 else self.body[:200] + b"..."
        return f"{self.method} {self.path[:150]}?{self.query[:150]} {self.headers} {self.content_type} {body!r}"


def request_for(routes: Sequence[Route], luck: random.Random, *, token: str = "") -> Request:
    """A request to one of these routes with something wrong in it; with `token` its form has a valid one."""
    route = luck.choice(routes)
    method = luck.choice(route.methods) if luck.random() < 0.9 else luck.choice(METHODS)
    headers = dict(luck.choice(HEADERS)) if luck.random() < 0.4 else {}
    made = Request(method, _path(route.path, luck), _query(luck), headers)
    if method not in ("GET", "HEAD", "OPTIONS"):
        _add_body(made, route, luck, token)
    return made


def _path(rule: str, luck: random.Random) -> str:
    parts = rule.split("<")
    path = parts[0]
    for part in parts[1:]:
        inside, _, rest = part.partition(">")
        path += _argument(inside, luck) + rest
    if luck.random() < 0.03:
        path += luck.choice(("%00", "%ff", "//", "/..", "%2e%2e/", "%", "%zz", "?", ";x=1", ".json", ".json/", "/."))
    return path


def _argument(inside: str, luck: random.Random) -> str:
    if inside.startswith("int:") and luck.random() < 0.75:
        return str(luck.choice((1, 1, 1, 2, 2, 3, 4, 5, 7, 9)))
    if inside.startswith("any(") and luck.random() < 0.85:
        return luck.choice(inside[4:].partition(")")[0].replace("'", "").replace('"', "").split(",")).strip()
    if luck.random() < 0.2:
        return str(luck.choice((0, -1, 2**31 - 1, 2**31, 2**63, 10**30, "1e3", "01", "1.json")))
    return quote_from_bytes(luck.choice(NASTY)[:2000], safe="") or "x"


def _query(luck: random.Random) -> str:
    if luck.random() < 0.5:
        return ""
    pairs = [(luck.choice(ARGUMENTS), _value(luck)) for _ in range(luck.randint(1, 4))]
    if luck.random() < 0.2:
        pairs += pairs  # the same ones twice
    return "&".join(f"{quote_plus(name)}={_encoded(value[:3000], luck)}" for name, value in pairs)


def _value(luck: random.Random) -> bytes:
    return luck.choice(NASTY if luck.random() < 0.7 else PLAIN)


def _encoded(value: bytes, luck: random.Random) -> str:
    if luck.random() < 0.05:
        return luck.choice(("%", "%zz", "%u0041", "%c0%af", "%ed%a0%80", "+%2", "%%30"))
    return quote_plus(value)


def _add_body(made: Request, route: Route, luck: random.Random, token: str) -> None:
    kind = luck.choice(KINDS)
    pairs = [(name, _value(luck)) for name in route.fields if name != "csrf_token" and luck.random() < 0.85]
    if luck.random() < 0.3:
        pairs.append(
            (luck.choice(("role", "points", "household_id", "is_verified", "__proto__", "a[b]", "")), _value(luck))
        )
    if luck.random() < 0.2 and pairs:
        pairs.append((luck.choice(pairs)[0], _value(luck)))  # one of them twice
    if luck.random() < 0.1 and pairs:
        pairs.append((luck.choice(pairs)[0] + "[]", _value(luck)))
    made.typed = dict(pairs)
    if token:
        pairs.insert(0, ("csrf_token", token.encode()))
    elif luck.random() < 0.3:
        pairs.insert(0, ("csrf_token", _value(luck)))
    _write(made, kind, pairs, luck)


def _write(made: Request, kind: str, pairs: list[tuple[str, bytes]], luck: random.Random) -> None:
    form = "&".join(f"{quote_plus(name)}={_encoded(value, luck)}" for name, value in pairs).encode()
    names: Any = pairs or [("text", b"x")]
    match kind:
        case "multipart" | "cut":
            whole = b"".join(
                b'--cut\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
                % (name.encode(), luck.choice((b"", b"", b'; filename="../a.svg"')), value)
                for name, value in pairs
            )
            made.body = whole + b"--cut--\r\n" if kind == "multipart" else whole[: luck.randint(0, len(whole))]
            made.content_type = luck.choice(("multipart/form-data; boundary=cut",) * 4 + ("multipart/form-data",))
        case "json":
            made.body = luck.choice((b'{"a": "\\ud800"}', b"{", b"[[[[", b"[" * 5000, b'{"text": 1e400}', form))
            made.content_type = luck.choice(("application/json", "application/json; charset=utf-7"))
        case "text":
            made.body, made.content_type = (
                form,
                luck.choice(("text/plain", "x", "application/x-www-form-urlencoded; charset=zz")),
            )
        case "raw":
            made.body = luck.randbytes(luck.randint(1, 400))
            made.content_type = "application/x-www-form-urlencoded"
        case "many":
            made.body = form + b"".join(b"&f%d=1" % number for number in range(luck.choice((100, 201, 5000))))
            made.content_type = "application/x-www-form-urlencoded"
        case "huge":
            name = quote_plus(luck.choice(names)[0]).encode()
            made.body = form + b"&" + name + b"=" + luck.choice((b"a", b"%00", b"%E6%9D%91")) * 70_000
            made.content_type = "application/x-www-form-urlencoded"
        case "form":
            made.body, made.content_type = form, "application/x-www-form-urlencoded"
