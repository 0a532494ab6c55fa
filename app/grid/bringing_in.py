"""Requests from elsewhere or from before: other cities' open data, and the past of the sample street. No events."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from app.grid.models import Request, RequestChange, RequestCount
from app.grid.operations.reporting import number_of
from app.kit import clock
from app.kit.db import db
from app.kit.words import Words
from app.places.models import Place
from app.places.numbering import reserve_numbers
from app.places.queries import ancestors


@dataclass(frozen=True)
class PastStep:
    """One line of a brought-in history: `level` is where it stood after it."""

    action: str
    at: datetime
    state: str
    level: str
    capacity: str = "house"
    by_id: int | None = None
    why: Words | None = None
    department_id: int | None = None


@dataclass(frozen=True)
class PastRequest:
    """One request as it stands elsewhere, with its history, oldest first; the last line says how it stands.

    `values` are further columns of the request: rating, handler, deadlines.
    """

    source_id: str
    place: Place
    category: str
    title: Words
    text: Words
    received_at: datetime
    promised_at: datetime
    steps: Sequence[PastStep]
    values: dict[str, Any]


def already_there(source: str, source_ids: Sequence[str]) -> dict[str, int]:
    """Which of these are stored, with their ids."""
    query = select(Request.source_id, Request.id).where(Request.source == source, Request.source_id.in_(source_ids))
    return {str(source_id): one for source_id, one in db.session.execute(query)}


def bring_in(source: str, requests: Sequence[PastRequest]) -> int:
    """Store those that are not stored yet, in few statements; how many were new."""
    there = already_there(source, [one.source_id for one in requests])
    new = list({one.source_id: one for one in requests if one.source_id not in there}.values())
    if not new:
        return 0
    places = {one.place.id: _where(one.place) for one in new}
    numbers = _numbers([(places[one.place.id]["street_id"], one) for one in new])
    rows = [_row(one, numbers[one.source_id]) | places[one.place.id] | {"source": source} for one in new]
    db.session.execute(insert(Request), rows)
    ids = already_there(source, [one.source_id for one in new])
    db.session.execute(insert(RequestChange), [line for one in new for line in _lines(one, ids[one.source_id])])
    return len(new)


def _where(place: Place) -> dict[str, Any]:
    above = {one.kind: one.id for one in ancestors(place.path)}
    return {
        "place_id": place.id, "place_path": place.path, "street_id": above.get("street", place.id),
        "community_id": above.get("community", above.get("village")), "grid_id": above.get("grid"),
    }  # fmt: skip


def _numbers(requests: Sequence[tuple[int, PastRequest]]) -> dict[str, str]:
    """A number for each, in the order in which they came, street by street and year by year."""
    groups: defaultdict[tuple[int, int], list[PastRequest]] = defaultdict(list)
    for street_id, one in sorted(requests, key=lambda pair: pair[1].received_at):
        groups[street_id, clock.local(one.received_at).year].append(one)
    numbers: dict[str, str] = {}
    for (street_id, year), those in groups.items():
        first = reserve_numbers(RequestCount, street_id=street_id, year=year, many=len(those))
        numbers |= {one.source_id: number_of(one.received_at, number) for number, one in enumerate(those, first)}
    return numbers


def link_past(request_id: int, *, goal_id: int) -> None:
    """Say with which earlier request a brought-in one belongs together."""
    db.session.execute(update(Request).where(Request.id == request_id).values(linked_to=goal_id))


_COLUMNS: dict[str, Any] = {
    "intake": "collected", "is_public": True, "on_behalf": False, "name_kept": False, "spot": None, "contact": "",
    "reporter_id": None, "days": 1, "handler_id": None, "department_id": None, "reply_due_at": None,
    "due_grid_at": None, "due_community_at": None, "due_street_at": None, "resolved_at": None, "resolved_by": None,
    "closes_at": None, "minutes_taken": None, "outcome": None, "answer": None, "verdict": None, "stars": None,
    "comment": None, "reopened": 0, "linked_to": None, "origin": None,
}  # fmt: skip


def _row(one: PastRequest, number: str) -> dict[str, Any]:
    last = one.steps[-1]
    moved = [step.at for before, step in zip(one.steps, one.steps[1:], strict=False) if step.level != before.level]
    return _COLUMNS | {
        "number": number, "source_id": one.source_id, "category": one.category, "title": one.title, "text": one.text,
        "received_at": one.received_at, "promised_at": one.promised_at, "state": last.state, "level": last.level,
        "version": len(one.steps), "state_since": last.at, "level_since": moved[-1] if moved else one.received_at,
    } | one.values  # fmt: skip


def _lines(one: PastRequest, request_id: int) -> list[dict[str, Any]]:
    lines, before = [], one.steps[0]
    for number, step in enumerate(one.steps, 1):
        lines.append(
            {
                "request_id": request_id, "number": number, "at": step.at, "action": step.action,
                "from_state": before.state, "to_state": step.state, "from_level": before.level,
                "to_level": step.level, "by_id": step.by_id, "capacity": step.capacity, "why": step.why,
                "department_id": step.department_id,
            }
        )  # fmt: skip
        before = step
    return lines
