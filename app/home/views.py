"""Pages of the whole house."""

from __future__ import annotations

from flask import Blueprint, Response

from app.kit import access
from app.kit.pages import page

bp = Blueprint("home", __name__)


@bp.get("/")
@access.anyone
def index() -> Response:
    return page("home/index.html")


@bp.get("/me")
@access.signed_in
def me() -> Response:
    return page("home/index.html")


@bp.get("/work")
@access.role("staff", "street", "grid", "leader", "organiser", "admin", "supervisor")
def work() -> Response:
    return page("home/index.html")


@bp.get("/open-data")
@access.anyone
def open_data() -> Response:
    return page("home/index.html")
