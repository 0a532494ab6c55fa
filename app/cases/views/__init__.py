"""Pages of cases: my household's, those at work, filing one, and the figures of a year."""

from app.cases.views import case, deciding, figures, filing, lists
from app.cases.views.blueprint import bp

__all__ = ["bp", "case", "deciding", "figures", "filing", "lists"]
