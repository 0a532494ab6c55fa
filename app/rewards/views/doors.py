"""What the pages of rewards have in common."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app

from app.rewards.rules import Standing

bp = Blueprint("rewards", __name__)


def secret() -> bytes:
    """From which vouchers are derived."""
    return str(current_app.config["SECRET_KEY"]).encode()


def standing(row: Any) -> Standing:
    """Where the order of a row stands."""
    return Standing(row.state, row.expires_at, row.ended_at)
