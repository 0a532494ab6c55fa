"""Reporting a matter, adding to it, and saying that it concerns oneself too."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete

from app.grid import queries, rules
from app.grid.escalation import deadlines
from app.grid.events import RequestReceived
from app.grid.models import Request, RequestChange, RequestCount, RequestFollower, RequestPhoto
from app.grid.operations.moving import opened, take_step
from app.kit import audit, clock
from app.kit.bus import announce
from app.kit.db import db, insert_into
from app.kit.refusal import refuse_if
from app.kit.words import Words
from app.people.rules import Person
from app.places.models import Place
from app.places.numbering import reserve_numbers
from app.places.queries import ancestors


def report(
    *, place: Place, category: str, title: Words, text: Words, is_public: bool, by: Person, at: datetime,
    spot: Words | None = None, intake: str = "resident", on_behalf: bool = False, name_kept: bool = False,
    contact: str = "",
) -> Request:  # fmt: skip
    """Report a matter at that place; it begins at the lowest level that reaches it.

    `on_behalf`: for somebody else; who reported it then stands in the audit log only.
    """
    line = ancestors(place.path)
    above = {one.kind: one.id for one in line}
    street_id = above.get("street", place.id)
    refuse_if(rules.report_refusal(by, street_id=street_id, place_path=place.path))
    settings = {name: value for one in line for name, value in one.settings.items()}
    level, days = rules.first_level(place.kind), rules.days_for(category, settings)
    due = deadlines(level, at, days)
    number = reserve_numbers(RequestCount, street_id=street_id, year=clock.local(at).year)
    request = Request(
        number=number_of(at, number), place_id=place.id,
        place_path=place.path, street_id=street_id, community_id=above.get("community", above.get("village")),
        grid_id=above.get("grid"), category=category, intake=intake, is_public=is_public, on_behalf=on_behalf,
        name_kept=name_kept, title=title, text=text, spot=spot, contact=contact, reporter_id=by.id, state="received",
        level=level, version=1, days=days, received_at=at, state_since=at, level_since=at, promised_at=due[level],
        due_grid_at=due.get("grid"), due_community_at=due.get("community"), due_street_at=due.get("street"),
    )  # fmt: skip
    db.session.add(request)
    db.session.flush()
    _first_line(request, by, at)
    if on_behalf:
        audit.note("grid.report_for", f"request:{request.id}", actor_id=by.id, at=at, place_id=place.id)
    elif intake != "resident":
        audit.note("grid.report", f"request:{request.id}", actor_id=by.id, at=at, place_id=place.id)
    announce(RequestReceived(request_id=request.id, reporter_id=by.id, level=level, at=at))
    return request


def _first_line(request: Request, by: Person, at: datetime) -> None:
    db.session.add(
        RequestChange(
            request_id=request.id, number=1, at=at, action="receive", from_state="received", to_state="received",
            from_level=request.level, to_level=request.level, by_id=by.id, capacity="reporter",
        )
    )  # fmt: skip
    db.session.flush()


def number_of(received_at: datetime, number: int) -> str:
    """2026-0042: the year on the village's clock, and the number within it."""
    return f"{clock.local(received_at).year}-{number:04d}"


def add(request_id: int, *, text: Words | None, by: Person, at: datetime) -> Request:
    """The reporter adds something to an open request."""
    request = opened(request_id, seen=None, at=at)
    take_step(request, "add", by=by, at=at, why=text)
    return request


def attach(request: Request, upload_id: int, *, at: datetime) -> None:
    """Put a picture to a request, for everybody who can read it."""
    db.session.add(RequestPhoto(request_id=request.id, upload_id=upload_id, at=at))
    db.session.flush()


def follow(request_id: int, *, by: Person, at: datetime) -> Request:
    """Say that it concerns oneself too; once per person."""
    request = opened(request_id, seen=None, at=at)
    refuse_if(
        rules.follow_refusal(
            by, state=request.state, is_public=request.is_public, street_id=request.street_id,
            mine=by.id == request.reporter_id,
        )
    )  # fmt: skip
    _add_follower(request.id, by.id, at)
    return request


def unfollow(request_id: int, *, by: Person, at: datetime) -> Request:
    """It no longer concerns oneself."""
    request = opened(request_id, seen=None, at=at)
    mine = RequestFollower.request_id == request_id, RequestFollower.resident_id == by.id
    db.session.execute(delete(RequestFollower).where(*mine))
    return request


def add_followers(goal: Request, request: Request, at: datetime) -> None:
    """Whoever waits for this request waits for that one: its reporter and its followers, once each."""
    waiting = {*queries.followers(request.id), *([request.reporter_id] if request.reporter_id else [])}
    for resident_id in sorted(waiting - {goal.reporter_id}):
        _add_follower(goal.id, resident_id, at)


def _add_follower(request_id: int, resident_id: int, at: datetime) -> None:
    row = {"request_id": request_id, "resident_id": resident_id, "at": at}
    db.session.execute(insert_into(RequestFollower).values(**row).on_conflict_do_nothing())
