"""The addresses of this room."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("activities", __name__)

RUNNERS = ("organiser", "leader", "staff", "street")  # who may stand at the screen of some activity
