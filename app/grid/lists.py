"""Lists of requests, a page at a time: the public ledger, and what concerns one person.

However many requests there are, a page is read in the order of an index: of the place, of the category, or of what is
not finished yet.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, text, true, union

from app.grid.escalation import OPEN, WAITING_TO_CLOSE
from app.grid.models import LINKED, UNFINISHED, Request, RequestFollower
from app.grid.queries import level_now, state_now
from app.kit.paging import Slice, slice_of
from app.people.rules import Person
from app.places.models import Place

# What a tab of the ledger shows. Of all but the closed ones there are few; each has an index of its own.
TABS = ("open", "overdue", "resolved", "closed", "linked")
_FEW = {"open": UNFINISHED, "overdue": UNFINISHED, "resolved": UNFINISHED, "linked": LINKED}


def ledger(*, place: Any, tab: str | None, category: str | None, at: datetime, after: str | None) -> Slice:
    """One page of the public requests at a place or below it, the newest first; `place` None: everywhere."""
    query = _rows(at).where(Request.is_public, _in_tab(tab, at))
    if tab in _FEW:
        query = query.where(text(_FEW[tab]))
    if place is not None:
        query = query.where(_at_place(place, few=tab in _FEW))
    if category:
        query = query.where(Request.category == category)
    return slice_of(query, Request.received_at, Request.id, after=after)


def _at_place(place: Any, *, few: bool) -> ColumnElement[bool]:
    """By the number of a community or grid, which an index knows; by the path where few are left to look through."""
    if not few and place.kind in ("community", "village"):
        return Request.community_id == place.id
    if not few and place.kind == "grid":
        return Request.grid_id == place.id
    return Request.place_path.startswith(place.path, autoescape=True)


def mine(person: Person, *, at: datetime, after: str | None) -> Slice:
    """What this person reported, or said that it concerns them too."""
    reported = select(Request.id).where(Request.reporter_id == person.id)
    followed = (
        select(RequestFollower.request_id)
        .join(Request, Request.id == RequestFollower.request_id)
        .where(RequestFollower.resident_id == person.id, Request.is_public)
    )
    query = _rows(at).where(Request.id.in_(union(reported, followed)))
    return slice_of(query, Request.received_at, Request.id, after=after)


def _rows(at: datetime) -> Select[*tuple[Any, ...]]:
    followers = select(func.count()).where(RequestFollower.request_id == Request.id).scalar_subquery()
    return select(
        Request.id, Request.number, Request.title, Request.category, Request.received_at, Request.promised_at,
        state_now(at).label("state_now"), level_now(at).label("level_now"), Request.is_public, Request.closes_at,
        Request.resolved_at, Request.minutes_taken, Request.outcome, Request.verdict, Request.stars,
        Place.name.label("place"), followers.label("followers"),
    ).join(Place, Place.id == Request.place_id)  # fmt: skip


def _in_tab(tab: str | None, at: datetime) -> ColumnElement[bool]:
    if tab == "open":
        return Request.state.in_(OPEN)
    if tab == "overdue":
        return and_(Request.state.in_(OPEN), Request.promised_at <= at)
    if tab == "resolved":
        return and_(Request.state.in_(WAITING_TO_CLOSE), Request.closes_at > at)
    if tab == "closed":
        return or_(Request.state == "closed", and_(Request.state.in_(WAITING_TO_CLOSE), Request.closes_at <= at))
    return true()
