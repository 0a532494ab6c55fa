"""The rooms that have pages."""

from app.home.views import bp as home
from app.people.views import bp as people

BLUEPRINTS = (home, people)
