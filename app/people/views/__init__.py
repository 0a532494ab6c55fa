"""Pages of people: signing in, one's own account and household, and what staff look after."""

from app.people.views import account, audit, households, joining, residents, signing_in
from app.people.views.blueprint import bp

__all__ = ["account", "audit", "bp", "households", "joining", "residents", "signing_in"]
