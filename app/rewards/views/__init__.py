"""Pages of rewards: the catalogue, a household's orders, the counter, and the stock."""

from app.rewards.views import catalogue, counter, orders, stock
from app.rewards.views.doors import bp

__all__ = ["bp", "catalogue", "counter", "orders", "stock"]
