"""Pages of merits."""

from app.merits.views import simulations, tariff
from app.merits.views.blueprint import bp

__all__ = ["bp", "simulations", "tariff"]
