"""Pages of the whole house: front pages, work list, search, comparison, open data. They never write."""

from app.home.views import communities, front, open_data, searching, work
from app.home.views.blueprint import bp

__all__ = ["bp", "communities", "front", "open_data", "searching", "work"]
