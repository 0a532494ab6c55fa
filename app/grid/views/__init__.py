"""Routes of the grid: the ledger and one's own requests, what a level does with them, the wall of the service hall."""

from app.grid.views import desk, hall, ledger, rating, request
from app.grid.views.blueprint import bp

__all__ = ["bp", "desk", "hall", "ledger", "rating", "request"]
