"""Pages of the ledger."""

from app.points.views import budget, entry, expiry, papers, passbook, seals, statement
from app.points.views.blueprint import bp

__all__ = ["bp", "budget", "entry", "expiry", "papers", "passbook", "seals", "statement"]
