"""The calendar of duties: what is due, was published on time or late, or is missing, all decided at reading."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, null, or_, select, union_all

from app.disclosures import rules
from app.disclosures.models import Disclosure, Draft, Duty, rhythm_of
from app.kit import clock
from app.kit.db import db
from app.kit.periods import Period, named
from app.kit.words import Words
from app.places.models import Place

MOST_DUTIES = 400


@dataclass(frozen=True)
class Due:
    """One duty at one time: for a period, or for an event. `disclosure_id` is what fulfilled it first.

    `draft` is the text that somebody began for it, and how far that is: draft, awaiting or sent back.
    """

    duty: Any
    place: Words
    period: Period | None
    event_on: date | None
    due_on: date
    published_at: datetime | None
    disclosure_id: int | None
    state: str
    draft: tuple[int, str] | None = None


def dues(where: ColumnElement[bool], *, first: date, last: date, at: datetime) -> list[Due]:
    """What falls due in this span of local days, both included, the earliest first. Two statements."""
    duties = db.session.execute(
        select(Duty, Place.name)
        .join(Place, Place.id == Duty.place_id)
        .where(where)
        .order_by(Duty.id)
        .limit(MOST_DUTIES)
    ).all()
    published = _published([duty for duty, _name in duties], first)
    found = [
        due
        for duty, place in duties
        for due in (*_regular(duty, place, published, first, last, at), *_of_events(duty, place, published, at))
        if first <= due.due_on <= last
    ]
    return sorted(found, key=lambda due: (due.due_on, due.duty.id))


def at_place(place_id: int) -> ColumnElement[bool]:
    return Duty.place_id == place_id


def below(paths: Sequence[str]) -> ColumnElement[bool]:
    return or_(*(Duty.place_path.startswith(path, autoescape=True) for path in paths))


_Row = tuple[datetime | None, int | None, date | None, tuple[int, str] | None]
_Published = dict[tuple[str, int, str], list[_Row]]


def _published(duties: Sequence[Duty], first: date) -> _Published:
    """Items and begun drafts of these duties, by what they fulfil: (kind of key, id, period)."""
    found: _Published = defaultdict(list)
    places = {duty.place_id for duty in duties}
    since = f"{first.year - 2}"
    columns: tuple[Any, ...] = (
        Disclosure.id, Disclosure.place_id, Disclosure.duty_id, Disclosure.kind, Disclosure.period,
        Disclosure.event_on, Disclosure.published_at,
    )  # fmt: skip
    timely = or_(Disclosure.period >= since, Disclosure.event_on.is_not(None))
    items = select(*columns, null().label("draft_id"), null().label("draft_state")).where(
        Disclosure.place_id.in_(places), timely
    )
    progress = case((Draft.why_back.is_not(None) & (Draft.state == "draft"), "back"), else_=Draft.state)
    begun: Any = select(
        null(), Draft.place_id, Draft.duty_id, Draft.kind, Draft.period, Draft.event_on, null(), Draft.id, progress
    ).where(Draft.place_id.in_(places), Draft.disclosure_id.is_(None))
    # A draft has no instant of publishing: it comes after what is published, so that this counts first.
    for item in sorted(db.session.execute(union_all(items, begun)), key=_published_first):
        draft = (item.draft_id, item.draft_state) if item.draft_id else None
        row = item.published_at, item.id, item.event_on, draft
        if item.duty_id is not None:
            found["duty", item.duty_id, item.period or ""].append(row)
        if item.kind == "finances":
            found["finances", item.place_id, item.period or ""].append(row)
    return found


def _published_first(item: Any) -> tuple[bool, float, int]:
    at: datetime | None = item.published_at
    return at is None, at.timestamp() if at else 0.0, item.id or 0


def _regular(duty: Duty, place: Words, published: _Published, first: date, last: date, at: datetime) -> list[Due]:
    made = []
    for period, due_on in rhythm_of(duty).due_between(first, last):
        if period.first_day < duty.since:
            continue
        by_finances = duty.fulfilled_by == "finances"
        done = published.get(("finances", duty.place_id, period.key) if by_finances else ("duty", duty.id, period.key))
        when, item_id = done[0][:2] if done else (None, None)
        state = rules.duty_state(due_on, when, at)
        draft = next((one[3] for one in done if one[3]), None) if done else None
        made.append(Due(duty, place, period, None, due_on, when, item_id, state, draft))
    return made


def _of_events(duty: Duty, place: Words, published: _Published, at: datetime) -> list[Due]:
    """On occasion: each event that somebody wrote down, published or not yet."""
    rhythm = rhythm_of(duty)
    made = []
    for when, item_id, event_on, draft in published.get(("duty", duty.id, ""), ()) if rhythm.kind is None else ():
        if event_on is None:
            continue
        due_on = rules.event_due_on(event_on, rhythm)
        state = rules.duty_state(due_on, when, at)
        made.append(Due(duty, place, None, event_on, due_on, when, item_id, state, draft))
    return made


def state_of(row: Any, at: datetime) -> str | None:
    """Whether a published item came on time or late; None where no day was set."""
    due_on = due_of(row)
    return rules.duty_state(due_on, row.published_at, at) if due_on else None


def due_of(row: Any) -> date | None:
    """The last day for an item, from its row with the columns of its duty."""
    if row.rhythm is None:
        return None
    rhythm, period = rhythm_of(row), named(row.period)
    if rhythm.kind is None:
        return rules.event_due_on(row.event_on, rhythm) if row.event_on else None
    return rhythm.due_on(period) if period is not None and period.kind == rhythm.kind else None


def duties_of(paths: Sequence[str]) -> list[tuple[Duty, Words]]:
    """Every duty of the places below these paths, with the name of the place."""
    if not paths:
        return []
    query = select(Duty, Place.name).join(Place, Place.id == Duty.place_id).where(below(paths))
    return [
        (duty, name) for duty, name in db.session.execute(query.order_by(Duty.place_id, Duty.id).limit(MOST_DUTIES))
    ]


def near(paths: Sequence[str], at: datetime) -> list[Due]:
    """What staff of these places have to publish: due within ten days, or missing for less than a quarter."""
    today = clock.local(at).date()
    span = {"first": today - timedelta(days=92), "last": today + timedelta(days=rules.NEAR)}
    return [due for due in dues(below(paths), **span, at=at) if due.published_at is None] if paths else []
