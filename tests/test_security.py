"""Headers, cookies, limits and errors of every answer, exactly as promised (security.md 3)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from app import create_app
from app.config import ROOT, Settings
from app.kit import security
from app.kit.db import Busy
from app.kit.refusal import Refused, refusal
from tests.conftest import let_go
from tests.makers import a_household, a_resident, a_street, give, kept, sign_in, token_of

CHINESE, ENGLISH = {"Accept-Language": "zh-CN"}, {"Accept-Language": "en"}
MEBIBYTE = 1024 * 1024

EVERY_ANSWER = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; media-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; "
        "base-uri 'none'; object-src 'none'; frame-src 'none'; frame-ancestors 'none'; report-uri /csp-report"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
NEVER = ("Access-Control-Allow-Origin", "X-Powered-By", "Server")


@pytest.fixture
def resident(app: Flask) -> FlaskClient:
    return someone(app)


def someone(app: Flask, role: str | None = None) -> FlaskClient:
    with app.app_context(), kept():
        street = a_street()
        who = a_resident(a_household(street.group))
        if role:
            give(role, who, street.street)
        resident_id = who.id
    with app.app_context():
        return sign_in(app.test_client(), resident_id)


@contextmanager
def behind(app: Flask, endpoint: str, act: Callable[[], Any]) -> Iterator[None]:
    """Let a view do something else for a moment; its door stays."""
    view = app.view_functions[endpoint]
    stand_in: Any = lambda **_values: act()  # noqa: E731 - it must be a new function, with the same door
    stand_in.door = view.door  # type: ignore[attr-defined]
    app.view_functions[endpoint] = stand_in
    try:
        yield
    finally:
        app.view_functions[endpoint] = view


def breaks(error: Exception) -> Callable[[], Any]:
    def act() -> Any:
        raise error

    return act


def away() -> OperationalError:
    return OperationalError("SELECT 1", {}, Exception("the server is gone"))


def asked(app: Flask, status: int, **options: Any) -> Any:
    """One way to each status."""
    client = app.test_client()
    ways: dict[int, Callable[[], Any]] = {
        200: lambda: client.get("/sign-in", **options),
        303: lambda: client.get("/language/en", **options),
        400: lambda: client.get("/sign-in", headers={**options.get("headers", {}), "Host": "evil.example"}),
        401: lambda: client.get("/settings", **options),
        403: lambda: client.post("/sign-in", data={"name": "x", "password": "y"}, **options),
        404: lambda: client.get("/nothing-here", **options),
        405: lambda: client.delete("/sign-in", **options),
        409: lambda: broken(Refused(refusal("Things have changed meanwhile. Please look at the page again."))),
        413: lambda: client.post("/sign-in", data={"name": "x" * (security.MOST_FIELD_BYTES + 1)}, **options),
        422: lambda: sign_in_as(""),
        429: lambda: [sign_in_as("nobody") for _turn in range(6)][-1],
        500: lambda: broken(ValueError("a secret of the program")),
        503: lambda: broken(Busy()),
    }

    def sign_in_as(name: str) -> Any:
        fields = {"csrf_token": token_of(client), "name": name, "password": "wrong words"}
        return client.post("/sign-in", data=fields, **options)

    def broken(error: Exception) -> Any:
        with behind(app, "people.sign_in", breaks(error)):
            return client.get("/sign-in", **options)

    return ways[status]()


STATUSES = (200, 303, 400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503)


@pytest.mark.parametrize("fragment", [False, True])
@pytest.mark.parametrize("status", STATUSES)
def test_every_answer_carries_the_headers(app: Flask, status: int, fragment: bool) -> None:
    expected = 200 if status == 303 and fragment else status  # a redirect of htmx travels in a header

    answer = asked(app, status, headers={"HX-Request": "true"} if fragment else {})

    assert answer.status_code == expected
    assert {name: answer.headers.get(name) for name in EVERY_ANSWER} == EVERY_ANSWER
    assert answer.headers["Cache-Control"] == "no-cache"
    assert not [name for name in NEVER if name in answer.headers]
    if answer.mimetype == "text/html" or status != 400:
        assert {"Cookie", "HX-Request"} <= set(answer.vary)
    if status in (429, 503):
        assert int(answer.headers["Retry-After"]) >= 1


def test_pages_of_somebody_are_kept_by_no_cache(resident: FlaskClient) -> None:
    for path in ("/settings", "/", "/nothing-here", "/audit"):
        answer = resident.get(path)
        assert answer.headers["Cache-Control"] == "no-store", path
        assert {name: answer.headers.get(name) for name in EVERY_ANSWER} == EVERY_ANSWER


@pytest.mark.parametrize("name", ["css/base.css", "js/house.js", "js/htmx-2.0.11.min.js", "img/icons.svg"])
def test_files_carry_them_with_the_policy_of_files_and_are_kept_for_ever(app: Flask, name: str) -> None:
    path = app.jinja_env.globals["asset"](name)  # type: ignore[operator]

    with app.test_client().get(path) as answer:
        assert answer.status_code == 200
        expected = EVERY_ANSWER | {"Content-Security-Policy": security.FILE_POLICY}
        assert {header: answer.headers.get(header) for header in EVERY_ANSWER} == expected
        assert answer.headers["Cache-Control"] == "max-age=315360000, public, immutable"
        assert "Access-Control-Allow-Origin" not in answer.headers
    assert app.test_client().get(f"/static/{name}").status_code == 404


@pytest.fixture
def over_tls(app: Flask, settings: Settings) -> Iterator[Flask]:
    """The same house behind https."""
    secured = create_app(
        Settings(
            env="test", database_url=settings.database_url, secret_key=settings.secret_key, base_url="https://street.example",
            password_memory=64, password_rounds=1, trusted_proxies=1,
        )
    )  # fmt: skip
    yield secured
    let_go(secured)


BEHIND_PROXY = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "street.example", "X-Forwarded-For": "203.0.113.7"}


def test_over_https_everything_stays_on_https(over_tls: Flask) -> None:
    answer = over_tls.test_client().get("/sign-in", headers=BEHIND_PROXY)

    assert answer.status_code == 200
    assert answer.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
    assert (
        answer.headers["Content-Security-Policy"]
        == EVERY_ANSWER["Content-Security-Policy"] + "; upgrade-insecure-requests"
    )


def cookies_of(answer: Any) -> dict[str, Any]:
    jar: SimpleCookie = SimpleCookie()
    for line in answer.headers.getlist("Set-Cookie"):
        jar.load(line)
    return dict(jar)


def test_over_https_the_session_is_a_host_cookie(over_tls: Flask) -> None:
    with over_tls.app_context(), kept():
        who = a_resident(a_household(a_street().group))
        name = who.sign_in_name
    client = over_tls.test_client()
    page = client.get("/sign-in", headers=BEHIND_PROXY, base_url="https://street.example")
    token = page.get_data(as_text=True).split('name="csrf_token" value="')[1].split('"')[0]

    answer = client.post(
        "/sign-in",
        data={"csrf_token": token, "name": name, "password": "four quiet herons"},
        headers=BEHIND_PROXY,
        base_url="https://street.example",
    )

    assert answer.status_code == 303
    for response in (page, answer):
        (cookie,) = cookies_of(response).values()
        assert cookie.key == "__Host-session"
        assert (cookie["secure"], cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (
            True, True, "Lax", "/", "",
        )  # fmt: skip


@pytest.mark.parametrize("path", ["/language/en", "/text/large"])
def test_other_cookies_are_as_careful(over_tls: Flask, path: str) -> None:
    answer = over_tls.test_client().get(path, headers=BEHIND_PROXY, base_url="https://street.example")

    (cookie,) = cookies_of(answer).values()
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, True, "Lax", "/")


@pytest.mark.parametrize("status", STATUSES)
def test_cookies_of_every_answer_are_hidden_from_scripts(app: Flask, status: int) -> None:
    for cookie in cookies_of(asked(app, status)).values():
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert cookie.key in ("session", "language", "text")


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "evil.example:8000", "[::1", "a b"]
)
def test_another_host_is_turned_away(app: Flask, host: str) -> None:
    answer = app.test_client().get("/sign-in", headers={"Host": host})

    assert answer.status_code == 400
    assert host not in answer.get_data(as_text=True)


def test_a_forwarded_host_counts_only_from_a_proxy_of_ours(app: Flask) -> None:
    forged = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}

    answer = app.test_client().get("/settings", headers=forged)

    assert answer.status_code == 401
    assert "evil.example" not in answer.get_data(as_text=True)
    assert "evil.example" not in str(answer.headers)


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "PATCH", "PUT", "DELETE", "XYZZY"])
@pytest.mark.parametrize("path", ["/", "/sign-in", "/healthz"])
def test_methods_that_nobody_uses_are_refused(app: Flask, path: str, method: str) -> None:
    answer = app.test_client().open(path, method=method)

    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"])
def test_the_method_is_the_one_that_was_sent(resident: FlaskClient, header: str) -> None:
    assert resident.get("/sign-out", headers={header: "POST"}).status_code == 405
    assert resident.post("/settings", headers={header: "GET"}, data={"_method": "GET"}).status_code == 403
    assert resident.get("/settings").status_code == 200


def test_a_body_has_at_most_six_mebibytes(app: Flask) -> None:
    client = app.test_client()

    exactly = client.post("/sign-in", data=b"x" * (6 * MEBIBYTE), content_type="application/octet-stream")
    over = client.post("/sign-in", data=b"x" * (6 * MEBIBYTE + 1), content_type="application/x-www-form-urlencoded")
    part = b'--x\r\nContent-Disposition: form-data; name="big"\r\n\r\n' + b"x" * (6 * MEBIBYTE) + b"\r\n--x--\r\n"
    in_parts = client.post("/sign-in", data=part, content_type="multipart/form-data; boundary=x")

    assert exactly.status_code == 403  # only the token is missing
    assert (over.status_code, in_parts.status_code) == (413, 413)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"name": "x" * security.MOST_FIELD_BYTES}, 403),
        ({"name": "x" * (security.MOST_FIELD_BYTES + 1)}, 413),
        ({"name": "字" * (security.MOST_FIELD_BYTES // 3 + 1)}, 413),
        ({f"field{number}": "x" for number in range(security.MOST_FIELDS)}, 403),
        ({f"field{number}": "x" for number in range(security.MOST_FIELDS + 1)}, 413),
        ({"name": ["x"] * (security.MOST_FIELDS + 1)}, 413),
        ({"x" * (security.MOST_FIELD_BYTES + 1): "name"}, 413),
    ],
    ids=["64 KiB", "a byte more", "in Chinese", "200 fields", "one more", "one name often", "a long name"],
)
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_form_has_its_limits(app: Flask, fields: dict[str, Any], status: int, kind: str) -> None:
    assert app.test_client().post("/sign-in", data=fields, content_type=kind).status_code == status


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xfe=\xff",
        b"name=%ff%fe%00&password=%ed%a0%80",
        b"%",
        b"=" * 1000,
        b"&" * 5000,
        b"name[]=1&name[a][b]=2",
        b'{"name": 1}',
    ],
    ids=repr,
)
@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json", "", "x/y"]
)
def test_bytes_that_are_no_form_break_nothing(app: Flask, body: bytes, kind: str) -> None:
    client = app.test_client()
    token = token_of(client)

    answer = client.post("/sign-in", data=body, content_type=kind, headers={"X-CSRFToken": token})

    assert 400 <= answer.status_code < 500


@pytest.mark.parametrize(
    "path",
    [
        "/%00", "/%ff", "/residents/99999999999999999999", "/residents/2147483648", "/join/%00%ff", "/language/%0a",
        "/..%2f..%2fetc/passwd", "/join/" + "9" * 3000, "/static/../app/config.py", "/sign-in?next=%00",
        "/text/large?next=%0d%0aX:%201", "/sign-in?next=" + "/a" * 4000,
    ],
    ids=lambda path: path[:30],
)  # fmt: skip
def test_odd_addresses_break_nothing(app: Flask, path: str) -> None:
    answer = app.test_client().get(path)

    assert answer.status_code < 500
    assert "X" not in answer.headers


@pytest.mark.parametrize("headers", [CHINESE, ENGLISH], ids=["zh", "en"])
@pytest.mark.parametrize("status", [status for status in STATUSES if status > 400])
def test_errors_are_told_in_the_readers_language(app: Flask, status: int, headers: dict[str, str]) -> None:
    page = asked(app, status, headers=headers).get_data(as_text=True)

    inside = re.sub(r"<[^>]*>", " ", page.split('<main id="main"')[1].split("</main>")[0])
    is_chinese = bool(re.search(r"[\u4e00-\u9fff]", inside))
    assert f'<html lang="{"zh-CN" if headers is CHINESE else "en"}">' in page
    assert is_chinese is (headers is CHINESE)
    assert "href=" in page.split('<main id="main"')[1]  # a way on


def test_a_failure_tells_nothing_of_the_program(app: Flask) -> None:
    page = asked(app, 500).get_data(as_text=True)

    for inside in ("a secret of the program", "ValueError", "Traceback", "/app/", "SELECT"):
        assert inside not in page


def test_an_htmx_request_without_a_sign_in_is_sent_to_it(app: Flask) -> None:
    answer = app.test_client().get("/settings", headers={"HX-Request": "true"})

    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/sign-in"
    assert answer.headers["HX-Retarget"] == "#notice"
    assert "<html" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("who", [None, "resident"])
def test_when_the_database_is_away_there_is_still_a_page(
    app: Flask, monkeypatch: pytest.MonkeyPatch, who: str | None
) -> None:
    client = someone(app) if who else app.test_client()

    def gone(*_args: Any, **_more: Any) -> Any:
        raise away()

    monkeypatch.setattr("sqlalchemy.orm.Session.execute", gone)
    monkeypatch.setattr("sqlalchemy.orm.Session.scalar", gone)
    page, health, ready = client.get("/settings"), client.get("/healthz"), client.get("/readyz")

    assert (page.status_code, health.status_code, ready.status_code) == (503 if who else 401, 200, 503)
    assert {name: page.headers.get(name) for name in EVERY_ANSWER} == EVERY_ANSWER
    assert "<h1>" in page.get_data(as_text=True)


TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
FORBIDDEN = {
    "a script inside the page": r"<script(?![^>]*\bsrc=)",
    "a style inside the page": r"<style\b|\sstyle\s*=",
    "an event attribute": r"\son[a-z]+\s*=(?!=)|\bhx-on\b|\bdata-hx-on\b",
    "a javascript address": r"javascript:",
    "code in an htmx attribute": r"hx-(?:vals|headers)\s*=\s*[\"']\s*js:|hx-trigger\s*=\s*[\"'][^\"']*\[",
    "a token for everybody below": r"hx-headers",
    "an address elsewhere": r"(?:src|href|action|hx-\w+)\s*=\s*[\"'](?:https?:)?//",
}
BELIEVED = r"\|\s*safe\b|\bMarkup\b|autoescape\s+false"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT / "templates").as_posix())
def test_no_template_holds_code_or_style(path: Path) -> None:
    text = path.read_text()
    html = re.sub(r"\{%.*?%\}|\{#.*?#\}|\{\{.*?\}\}", " ", text, flags=re.DOTALL)

    assert not re.search(BELIEVED, text, re.IGNORECASE)
    assert [what for what, pattern in FORBIDDEN.items() if re.search(pattern, html, re.IGNORECASE)] == []


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("<script>1</script>", "a script inside the page"), ('<p style="x">', "a style inside the page"),
        ('<p onclick="x">', "an event attribute"), ('<p hx-on:click="x">', "an event attribute"),
        ('<a href="//evil">', "an address elsewhere"), ('<a href="javascript:x">', "a javascript address"),
    ],
)  # fmt: skip
def test_the_search_for_them_does_find_them(text: str, what: str) -> None:
    assert re.search(FORBIDDEN[what], text, re.IGNORECASE)


@pytest.mark.parametrize(
    "path",
    ["/", "/sign-in", "/join", "/register", "/settings", "/me/household", "/me/sessions", "/residents", "/audit"],
)
def test_no_drawn_page_holds_them_either(app: Flask, path: str) -> None:
    page = someone(app, "admin").get(path, follow_redirects=True).get_data(as_text=True)

    assert [what for what, pattern in FORBIDDEN.items() if re.search(pattern, page, re.IGNORECASE)] == []


def test_a_cookie_nobody_used_for_two_weeks_is_worth_nothing(app: Flask) -> None:
    assert app.config["PERMANENT_SESSION_LIFETIME"] == timedelta(days=14)
