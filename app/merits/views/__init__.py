"""Pages of merits."""

from app.merits.views import score, simulations, tariff
from app.merits.views.blueprint import bp

__all__ = ["bp", "score", "simulations", "tariff"]
