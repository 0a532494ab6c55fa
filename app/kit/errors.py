"""What people see when something is not right: one sentence, what to do next, and their page kept where it can be."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, DBAPIError, TimeoutError
from werkzeug.exceptions import HTTPException, SecurityError

from app.kit.db import Busy, breaks_a_limit, is_out_of_reach, is_passing, refused
from app.kit.i18n import sentence
from app.kit.logs import log
from app.kit.pages import own_path, wants_fragment, wants_json
from app.kit.refusal import Refused

SHOWN = (400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503)


def init_app(app: Flask) -> None:
    app.register_error_handler(HTTPException, lambda error: answer(_known(error.code or 500), said(error), error))
    app.register_error_handler(SecurityError, _foreign_host)
    app.register_error_handler(CSRFError, lambda _error: answer(403, _expired()))
    app.register_error_handler(Refused, lambda error: answer(error.refusal.status, sentence(error.refusal)))
    app.register_error_handler(Busy, lambda _error: _unavailable())
    app.register_error_handler(TimeoutError, lambda _error: _unavailable())
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(Exception, _unexpected)


def _foreign_host(_error: SecurityError) -> Response:
    """Somebody asked under a name that is not ours: no link can be drawn, so there is one plain line."""
    answer = make_response(_odd(), 400)
    answer.mimetype = "text/plain"
    return answer


def _known(status: int) -> int:
    return status if status in SHOWN else 400 if status < 500 else 500


def _database(error: DBAPIError) -> Response:
    """A limit in the database said no; the database is away; or the program is wrong.

    Raised inside a view it goes on to the dispatch, which undoes everything and comes back here.
    """
    if not getattr(error, "undone", False):
        error.undone = True  # type: ignore[attr-defined]
        raise error
    if breaks_a_limit(error):
        log.info("limit", constraint=str(error.orig).splitlines()[0][:120])
        return answer(
            409,
            _(
                "Somebody was a moment faster, or this was done already. "
                "Nothing has changed; please look at the page again."
            ),
        )
    if is_out_of_reach(error) or is_passing(error):
        log.warning("database away", error=type(error.orig).__name__)
        return _unavailable()
    if isinstance(error, DataError):  # a sign that no text may hold, a sum that no column can: what was sent is odd
        log.warning("odd value", route=str(request.url_rule), error=type(error.orig).__name__)
        return answer(400, _odd())
    return _unexpected(error)


def _unexpected(error: Exception) -> Response:
    log.error("unexpected", route=str(request.url_rule), exc_info=error)
    return answer(
        500,
        _("Something went wrong on our side. Nothing was changed. The committee's office has been told what happened."),
    )


def _unavailable() -> Response:
    """The database cannot be asked who this is: the page is drawn as for a stranger, in the browser's language."""
    g._login_user = current_app.login_manager.anonymous_user()  # type: ignore[attr-defined]
    return answer(503, _busy())


def _odd() -> str:
    return _("That request could not be understood. Please start from Home.")


def _busy() -> str:
    return _("The system is busy. This step was not taken and your points are untouched. Please try again in a moment.")


def _expired() -> str:
    return _("This page was open in another sign-in, so the step was not taken. Open the page again and repeat it.")


def said(error: HTTPException) -> str:
    """The sentence for a status that carries none of its own."""
    return {
        401: _("Please sign in first; then you come back to this page."),
        403: _("This page is not open to you. If you think it should be, ask the committee's office."),
        404: _(
            "That page is not here. It may have been taken down, or it may not be open to you. "
            "Start from Home, or ask the committee's office."
        ),
        405: _("This address cannot be used in that way. Start from Home."),
        409: _("Things have changed meanwhile. Please look at the page again."),
        413: _("What you sent is too large. Please send less at once, or a smaller file."),
        422: _("Some of what was sent could not be understood. Please look at the form again."),
        429: _("That was a little fast. Please wait a moment and try again."),
        503: _busy(),
    }.get(error.code or 500, _odd())


def answer(status: int, words: str, error: HTTPException | None = None, **more: Any) -> Response:
    """The error as a page, as a note inside the page that htmx shows, or as JSON. Nothing of the request is kept."""
    refused()
    if wants_json():
        response = make_response({"error": words}, status)
    elif wants_fragment():
        response = make_response(render_template("errors/note.html", words=words), status)
        response.headers["HX-Retarget"] = "#notice"
        response.headers["HX-Reswap"] = "innerHTML show:top"
    else:
        response = make_response(render_template("errors/page.html", status=status, words=words, **more), status)
    if status in (429, 503):
        after = getattr(error, "retry_after", None)
        response.headers["Retry-After"] = str(after or 5)
    if status == 401 and wants_fragment():
        response.headers["HX-Redirect"] = url_for("people.sign_in", next=_page_around())
    if status == 405 and error is not None and error.get_response().headers.get("Allow"):
        response.headers["Allow"] = error.get_response().headers["Allow"]
    return response


def _page_around() -> str | None:
    """The page that holds the part which htmx asked for, to come back to; None when the browser does not say."""
    here = urlsplit(request.headers.get("HX-Current-URL", ""))
    return own_path(f"{here.path}?{here.query}" if here.query else here.path) if here.path else None
