"""Pages of claims."""

from app.claims.views import batch, claiming, entering, neighbour, reviewing
from app.claims.views.blueprint import bp

__all__ = ["batch", "bp", "claiming", "entering", "neighbour", "reviewing"]
