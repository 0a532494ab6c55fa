"""Pages of the ledger."""

from app.points.views import entry, papers, passbook, seals, statement
from app.points.views.blueprint import bp

__all__ = ["bp", "entry", "papers", "passbook", "seals", "statement"]
