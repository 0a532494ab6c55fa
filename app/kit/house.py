"""Routes that belong to no room: whether the house stands, language, large text, reports of the browser."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify, make_response, request
from sqlalchemy import text

from app.kit import access
from app.kit.db import db
from app.kit.logs import log
from app.kit.pages import found, own_path, to_path
from app.kit.security import csrf
from app.kit.words import LANGUAGES

bp = Blueprint("house", __name__)

YEAR = 365 * 24 * 3600


@bp.get("/healthz")
@access.anyone
def healthz() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@bp.get("/readyz")
@access.anyone
def readyz() -> Response:
    """The process answers and reaches its database."""
    db.session.execute(text("SELECT 1"))
    return jsonify(status="ready")


@bp.get("/language/<code>")
@access.anyone
def choose_language(code: str) -> Response:
    """Read the pages in that language from now on, on this device."""
    return _remember("language", found(code if code in LANGUAGES else None))


@bp.get("/text/<size>")
@access.anyone
def choose_text(size: str) -> Response:
    """Large text, or plain, from now on, on this device."""
    return _remember("text", found(size if size in ("large", "plain") else None))


def _remember(name: str, value: str) -> Response:
    answer = make_response(to_path(own_path(request.args.get("next"))))
    answer.set_cookie(
        name, value, max_age=YEAR, httponly=True, samesite="Lax", secure=current_app.config["SESSION_COOKIE_SECURE"]
    )
    return answer


@bp.post("/csp-report")
@csrf.exempt
@access.anyone
def csp_report() -> Response:
    """A browser met something that the policy forbids: worth a line, never with the content."""
    log.warning("csp-report")
    return make_response("", 204)
