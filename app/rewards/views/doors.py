"""What the pages of rewards have in common."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app

from app.kit import audit, causes
from app.kit.refusal import N_
from app.rewards.rules import Standing

bp = Blueprint("rewards", __name__)

audit.describe("rewards.hand_over", N_("handed an order over"))
audit.describe("rewards.restock", N_("added to the stock of a reward"))
audit.describe("rewards.withdraw", N_("took a reward out of the catalogue"))
audit.describe("rewards.put_back", N_("put a reward back into the catalogue"))
audit.describe("order", N_("order no."))
audit.describe("reward", N_("reward no."), "/rewards/")
audit.describe("quantity", N_("pieces:"))
causes.shown_at("order", lambda ids: f"/orders/{ids[0]}")


def secret() -> bytes:
    """From which vouchers are derived."""
    return str(current_app.config["SECRET_KEY"]).encode()


def standing(row: Any) -> Standing:
    """Where the order of a row stands."""
    return Standing(row.state, row.expires_at, row.ended_at)
