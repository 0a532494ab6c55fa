"""Headers, cookies and the first questions asked of every request (security.md 3)."""

from __future__ import annotations

from flask import Flask, Response, abort, current_app, g, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.middleware.proxy_fix import ProxyFix

from app.config import Settings
from app.kit import filetypes
from app.kit.db import SAFE_METHODS
from app.kit.refusal import Refused

csrf = CSRFProtect()

MOST_BYTES = 6 * 1024 * 1024
MOST_BYTES_WITH_FILES = filetypes.MOST_BYTES_TOGETHER + 1024 * 1024  # the files and the text beside them
MOST_READ_AWAY = 64 * 1024 * 1024
MOST_FIELD_BYTES = 64 * 1024
MOST_FIELDS = 200

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; media-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; "
    "base-uri 'none'; object-src 'none'; frame-src 'none'; frame-ancestors 'none'; report-uri /csp-report"
)
# A file opened alone may do nothing at all, and belongs to no site.
FILE_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"


def headers(*, over_tls: bool) -> dict[str, str]:
    """What every answer carries, files and errors included."""
    always = {
        "Content-Security-Policy": POLICY + ("; upgrade-insecure-requests" if over_tls else ""),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "X-Frame-Options": "DENY",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if over_tls:
        always["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    return always


def init_app(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=MOST_BYTES,
        MAX_FORM_MEMORY_SIZE=MOST_BYTES,
        MAX_FORM_PARTS=MOST_FIELDS,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the sign-in: a page left open over lunch still works
        WTF_CSRF_SSL_STRICT=False,  # Origin and Sec-Fetch-Site are looked at below, on plain http too
        SESSION_COOKIE_NAME="__Host-session" if settings.over_tls else "session",
        SESSION_COOKIE_SECURE=settings.over_tls,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        TRUSTED_HOSTS=[settings.host, "127.0.0.1", "localhost"] if not settings.over_tls else [settings.host],
    )
    csrf.init_app(app)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    common = headers(over_tls=settings.over_tls)

    # Before the CSRF check, which reads the form: a foreign or oversized request ends here.
    app.before_request_funcs.setdefault(None, []).insert(0, _refuse_foreign)

    @app.after_request
    def add_headers(answer: Response) -> Response:
        for name, value in common.items():
            answer.headers.setdefault(name, value)
        # Whoever was not looked at is not on the page: /healthz must not ask a database that may be away.
        visitor = g.get("_login_user")
        answer.headers.setdefault("Cache-Control", "no-store" if visitor and visitor.is_authenticated else "no-cache")
        if answer.mimetype == "text/html":
            answer.vary.update(("Cookie", "HX-Request"))
        return answer


def _read_away() -> None:
    """Take in what is too large and forget it: a browser cut off while it sends shows an error of its own, no sentence.

    Only up to a limit, and only when the length was told, so that nothing waits for bytes that never come.
    """
    left = min(request.content_length or 0, MOST_READ_AWAY)
    if left <= (request.max_content_length or 0):
        return  # too large in another way, and part of it is read
    while left > 0 and (piece := request.environ["wsgi.input"].read(min(left, 256 * 1024))):
        left -= len(piece)


def _refuse_foreign() -> None:
    """A change of state must come from a page of ours; over-long fields are refused before anything reads them."""
    if request.method in SAFE_METHODS or request.endpoint is None:
        return  # no such page, or not our host: the router has the answer
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        abort(403)
    origin = request.headers.get("Origin")
    if origin and origin.partition("://")[2] != request.host:  # not urlsplit: it raises for "http://["
        abort(403)
    with_file = getattr(current_app.view_functions[request.endpoint], "takes_files", False)
    if with_file:
        request.max_content_length = MOST_BYTES_WITH_FILES
    try:
        fields = list(request.form.items(multi=True))
    except RequestEntityTooLarge:
        _read_away()
        if with_file:
            raise Refused(filetypes.body_refusal()) from None
        raise
    except HTTPException:
        raise
    except Exception:  # noqa: BLE001 - every server has an error of its own for a body that breaks off
        abort(400)
    if len(fields) > MOST_FIELDS or any(len(text.encode()) > MOST_FIELD_BYTES for field in fields for text in field):
        abort(413)
