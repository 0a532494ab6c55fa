"""The blueprint of the ledger."""

from flask import Blueprint

from app.kit import audit
from app.kit.refusal import N_

bp = Blueprint("points", __name__)
audit.describe("points.bring_in", N_("brought opening balances in from a file"))
