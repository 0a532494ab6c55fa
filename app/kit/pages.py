"""Answers: a page, a named block of it for htmx, or its JSON twin; and the way to another page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Response, abort, jsonify, make_response, redirect, render_template, request, url_for
from htmx_flask import Htmx
from jinja2_fragments.flask import render_block
from werkzeug.urls import iri_to_uri

T = TypeVar("T")

_htmx = Htmx()
init_app = _htmx.init_app


def wants_fragment() -> bool:
    """Whether htmx asks for a part of a page; a boosted link or a restored history wants the whole."""
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def asks_by_itself() -> bool:
    """Whether the page asks for news by a clock of its own (its template adds `poll=1`): nobody pressed anything."""
    return request.method == "GET" and request.args.get("poll") == "1"


def wants_json() -> bool:
    return request.path.endswith(".json")


def page(
    template: str,
    *,
    fragment: str | None = None,
    status: int = 200,
    twin: Callable[[], Mapping[str, Any]] | None = None,
    **context: Any,
) -> Response:
    """The page; only the block `fragment` of it when htmx asks; the JSON of `twin` where the path ends in `.json`."""
    if wants_json() and twin is not None:
        return jsonify(twin())
    if fragment and wants_fragment():
        body = render_block(template, fragment, **context)
    else:
        body = render_template(template, **context)
    return make_response(body, status)


def to_page(endpoint: str, **values: Any) -> Response:
    """After a plain post: 303 to a page of ours. After an htmx post that leads to another page: the same by header."""
    return to_path(url_for(endpoint, **values))


def to_path(path: str) -> Response:
    """As `to_page`, for a path that was checked with `own_path`."""
    if wants_fragment():
        answer = make_response("", 200)
        answer.headers["HX-Redirect"] = iri_to_uri(path)  # a header holds no Chinese
        return answer
    return make_response(redirect(path, 303))


def found(thing: T | None) -> T:
    """The thing, or 404: what is not yours looks just like what is not there."""
    if thing is None:
        abort(404)
    return thing


def own_path(wish: str | None, otherwise: str = "/") -> str:
    """A path inside this site to go back to; anything that could lead elsewhere becomes `otherwise` (security Z8)."""
    if not wish or not wish.startswith("/") or wish.startswith(("//", "/\\")):
        return otherwise
    if any(ord(sign) < 33 or sign == "\\" for sign in wish):
        return otherwise
    parts = urlsplit(wish)
    return wish if not parts.scheme and not parts.netloc else otherwise
