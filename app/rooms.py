"""The rooms that have pages."""

from app.home.views import bp as home
from app.people.views import bp as people
from app.rewards.views import bp as rewards

BLUEPRINTS = (home, people, rewards)
