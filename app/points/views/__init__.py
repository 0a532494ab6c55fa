"""Pages of the ledger."""

from app.points.views import entry, papers, seals, statement
from app.points.views.blueprint import bp

__all__ = ["bp", "entry", "papers", "seals", "statement"]
