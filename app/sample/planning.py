"""Activities as they are planned: those that repeat, by their rule, and one for each stage that those are never in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.activities import operations as activities
from app.activities.models import Shift
from app.activities.repeating import ShiftPlan, between, clock_time, occurrences
from app.kit import clock
from app.kit.db import db
from app.kit.words import Words
from app.people.queries import person
from app.people.rules import Person
from app.sample.content import Content
from app.sample.street_people import Street

PAST, COMING = timedelta(days=31), timedelta(days=21)
NOTICE = timedelta(days=9)  # how long before its first shift an activity is published
_ENDS = {"cancelled": "call_off", "reported": "report"}  # the step that leads to a stage


@dataclass(frozen=True)
class Planned:
    """An activity as it was loaded, with its shifts in the order of time."""

    template: Content
    activity_id: int
    organiser_id: int
    shifts: list[Any]


def plan(street: Street, template: Content) -> Planned:
    """An activity that repeats, a month back and three weeks ahead."""
    today = clock.local(street.at).date()
    shifts = template["shifts"]
    plans = occurrences(template["rrule"], today - PAST, shifts, today + COMING)
    if not plans:  # once a year: its next day
        plans = occurrences(template["rrule"], today, shifts, today + timedelta(days=800))[: len(shifts)]
    return bring_in(street, template, plans, source_id=template["key"], organiser=organiser_of(street, template))


def organiser_of(street: Street, template: Content) -> int:
    """`organiser` runs a third of what the community offers; what is the whole street's is run by `street`."""
    place = template["place"]
    if place == "s":
        return street.account("street").id
    holders = street.village.holders("organiser", place[0])
    return holders[0 if sum(map(ord, template["key"])) % 3 == 0 else sum(map(ord, template["key"])) % len(holders)].id


def bring_in(
    street: Street, template: Content, plans: Sequence[ShiftPlan], *, source_id: str, organiser: int
) -> Planned:
    """Publish these shifts of a template, some days before the first of them."""
    activity = activities.bring_in(
        source=street.source, source_id=source_id, place=street.places[template["place"]], kind=template["kind"],
        title=Words.of(template["title"]), description=Words.of(template["description"]), organisation="",
        shifts=plans, at=min(street.at, *(one.starts_at for one in plans)) - NOTICE, by_id=organiser,
        spot_id=street.spots[template["spot"]], organiser_id=organiser, tariff_code=template["tariff"],
        marks=template.get("marks", ()), age_from=template.get("age_from"),
    )  # fmt: skip
    assert activity is not None
    columns: tuple[Any, ...] = (Shift.id, Shift.starts_at, Shift.ends_at, Shift.capacity, Shift.minimum)
    shifts = select(*columns).where(Shift.activity_id == activity.id).order_by(Shift.starts_at)
    return Planned(template, activity.id, organiser, list(db.session.execute(shifts)))


def plan_stages(street: Street, content: Content) -> list[Planned]:
    """The single activities of `organiser`; those published are returned, to be filled and then ended.

    What is not public waits for the committee, or was sent back by it.
    """
    organiser, staff = _person(street, "organiser"), _person(street, "staff")
    published = []
    for one in content["stages"]:
        plans = [_single(street, one)]
        if one["stage"] not in ("review", "draft"):
            published.append(bring_in(street, one, plans, source_id=one["key"], organiser=organiser.id))
            continue
        handed_in = activities.plan(
            place=street.places[one["place"]], kind=one["kind"], title=Words.of(one["title"]),
            description=Words.of(one["description"]), shifts=plans, by=organiser, at=street.at - timedelta(days=2),
            spot_id=street.spots[one["spot"]], tariff_code=one["tariff"],
        )  # fmt: skip
        if one["stage"] == "draft":
            back_at = street.at - timedelta(days=1)
            activities.take_step(handed_in.id, "send_back", by=staff, at=back_at, why=Words.of(one["words"]))
    return published


def _single(street: Street, one: Content) -> ShiftPlan:
    day = clock.local(street.at).date() + timedelta(days=one["in_days"])
    shift = one["shifts"][0]
    starts, ends = clock_time(shift["starts"]), clock_time(shift["ends"])
    return between(day, starts, ends, capacity=shift["capacity"], minimum=shift["minimum"])


def end_stages(street: Street, published: Sequence[Planned]) -> None:
    """Call off and report on what the file says, once people have signed up and come."""
    organiser = _person(street, "organiser")
    for one in published:
        if (action := _ENDS.get(one.template["stage"])) is not None:
            at = min(street.at, one.shifts[-1].ends_at + timedelta(days=2)) - timedelta(hours=2)
            why = Words.of(one.template["words"])
            activities.take_step(one.activity_id, action, by=organiser, at=at, why=why)


def _person(street: Street, name: str) -> Person:
    found = person(street.account(name).id)
    assert found is not None
    return found
