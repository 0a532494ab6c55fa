"""Pages of claims."""

from app.claims.views import batch, claiming, reviewing
from app.claims.views.blueprint import bp

__all__ = ["batch", "bp", "claiming", "reviewing"]
