"""Pages of activities: the menu, one activity, planning one, coming and going, and the organiser's screen."""

from app.activities.views import activity, desk, menu, planning, presence
from app.activities.views.doors import bp

__all__ = ["activity", "bp", "desk", "menu", "planning", "presence"]
