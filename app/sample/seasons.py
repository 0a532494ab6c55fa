"""Activities of the months before: one for each month and template, over and reported on, a few called off."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from app.activities.models import Activity, ActivityChange, Attendance, Shift
from app.activities.repeating import ShiftPlan, occurrences
from app.kit import clock
from app.kit.db import db
from app.kit.words import Words
from app.sample.content import Content
from app.sample.planning import NOTICE, PAST, Planned, organiser_of
from app.sample.street_people import Street
from app.sample.writing import insert_all

SEED = 45
LATELY = timedelta(days=60)
# What is held so many days in a row, and from when on: a holiday nursery in July, a flood watch when the rain comes.
IN_SEASON = {"summer": (7, 6), "flood": (6, 20)}
CALLED_OFF = 0.05  # of what has one day in a month
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_WHY = (
    Words(
        zh="当天有暴雨预警，室外场次取消，下月照常。",
        en="A rainstorm warning stood for that day. Next month as usual.",
    ),
    Words(
        zh="场地临时检修，本次取消，已逐一告知报名的邻居。",
        en="The place was under repair. Everybody on the list has been told.",
    ),
    Words(zh="报名人数不足，本次不办，欢迎下月再来。", en="Too few signed up this time. You are welcome next month."),
)


@dataclass(frozen=True)
class _Month:
    """One template in one month."""

    template: Content
    first: date
    plans: list[ShiftPlan]
    organiser_id: int
    called_off: bool

    @property
    def ends_at(self) -> datetime:
        return max(one.ends_at for one in self.plans)

    @property
    def published_at(self) -> datetime:
        return min(one.starts_at for one in self.plans) - NOTICE


def plan_months(street: Street, templates: Sequence[Content]) -> list[Planned]:
    """All of them, published; those that took place are returned, to be filled and then reported on."""
    if street.days <= LATELY.days:
        return []
    rng = random.Random(SEED)  # noqa: S311 - the same on every load
    months = [one for template in templates for one in _months(street, template, rng)]
    ids = insert_all(Activity, [_row(street, one) for one in months])
    db.session.execute(insert(ActivityChange), list(_steps(months, ids)))
    db.session.execute(
        insert(Shift),
        [
            {
                "activity_id": activity_id, "starts_at": plan.starts_at, "ends_at": plan.ends_at,
                "capacity": plan.capacity, "minimum": plan.minimum, "taken": 0, "in_charge_id": one.organiser_id,
            }
            for one, activity_id in zip(months, ids, strict=True)
            for plan in one.plans
        ],
    )  # fmt: skip
    held = {activity_id: one for one, activity_id in zip(months, ids, strict=True) if not one.called_off}
    return _planned(held)


def _months(street: Street, template: Content, rng: random.Random) -> Iterator[_Month]:
    """The months of a template before the last one; what the street offers as a whole it offers once."""
    if template["place"] == "s" and not street.is_first:
        return
    first, end = street.today - timedelta(days=street.days), street.today - PAST
    by_month: defaultdict[tuple[int, int], list[ShiftPlan]] = defaultdict(list)
    for plan in _occurrences(template, first, end):
        day = clock.local(plan.starts_at).date()
        if day < end:
            by_month[day.year, day.month].append(plan)
    for (year, month), plans in by_month.items():
        called_off = len(plans) == 1 and rng.random() < CALLED_OFF
        yield _Month(template, date(year, month, 1), plans, organiser_of(street, template), called_off)


def _occurrences(template: Content, first: date, end: date) -> list[ShiftPlan]:
    if template["key"] not in IN_SEASON:
        return occurrences(template["rrule"], first, template["shifts"], end)
    begins = [date(year, *IN_SEASON[template["key"]]) for year in range(first.year, end.year + 1)]
    return [
        plan for day in begins if first <= day
        for plan in occurrences(template["rrule"], day, template["shifts"], end)
    ]  # fmt: skip


def _row(street: Street, one: _Month) -> dict[str, Any]:
    template = one.template
    place = street.places[template["place"]]
    title = Words.of(template["title"])
    return {
        "street_id": street.places["s"].id, "place_id": place.id, "spot_id": street.spots[template["spot"]],
        "community_id": street.community(template["place"]).id if template["place"] != "s" else None,
        "kind": template["kind"], "description": Words.of(template["description"]), "organisation": "",
        "title": Words(zh=f"{title.zh}（{one.first.month}月）", en=f"{title.en}, {MONTHS[one.first.month - 1]}"),
        "organiser_id": one.organiser_id, "tariff_code": template["tariff"], "marks": template.get("marks", []),
        "age_from": template.get("age_from"), "state": "cancelled" if one.called_off else "reported",
        "report": None, "source": street.source, "source_id": f"{template['key']}:{one.first:%Y-%m}",
        "starts_at": min(plan.starts_at for plan in one.plans), "ends_at": one.ends_at,
    }  # fmt: skip


def _steps(months: Sequence[_Month], ids: Sequence[int]) -> Iterator[dict[str, Any]]:
    for one, activity_id in zip(months, ids, strict=True):
        step = {"activity_id": activity_id, "by_id": one.organiser_id, "why": None}
        yield step | {"was": None, "became": "open", "at": one.published_at}
        if one.called_off:
            why = _WHY[activity_id % len(_WHY)]
            yield step | {"was": "open", "became": "cancelled", "at": one.ends_at - timedelta(days=1), "why": why}
        else:
            yield step | {"was": "open", "became": "reported", "at": one.ends_at + timedelta(days=2)}


def _planned(held: dict[int, _Month]) -> list[Planned]:
    columns: tuple[Any, ...] = (
        Shift.activity_id, Shift.id, Shift.starts_at, Shift.ends_at, Shift.capacity, Shift.minimum
    )  # fmt: skip
    shifts: defaultdict[int, list[Any]] = defaultdict(list)
    query = select(*columns).where(Shift.activity_id >= min(held, default=0)).order_by(Shift.starts_at, Shift.id)
    for row in db.session.execute(query):
        shifts[row.activity_id].append(row)
    return [Planned(one.template, number, one.organiser_id, shifts[number]) for number, one in held.items()]


def report_on(planned: Sequence[Planned]) -> None:
    """What the organiser wrote: how often, how many came, how many hours they gave."""
    came: dict[int, list[int]] = {}
    query = select(Shift.activity_id, Attendance.minutes).join(Shift, Shift.id == Attendance.shift_id)
    for activity_id, minutes in db.session.execute(query):
        came.setdefault(activity_id, []).append(minutes or 0)
    rows = [
        {"id": one.activity_id, "report": _report(len(one.shifts), came.get(one.activity_id, []))} for one in planned
    ]
    if rows:
        db.session.execute(update(Activity), rows)


def _report(times: int, minutes: Sequence[int]) -> Words:
    people, hours = len(minutes), sum(minutes) // 60
    thanks = Words(zh="谢谢每一位到场的邻居。", en="Thank you to every neighbour who came.")
    if times == 1:
        return Words(
            zh=f"到场{people}人，服务时长合计{hours}小时。{thanks.zh}",
            en=f"Attendance: {people}, hours given: {hours}. {thanks.en}",
        )
    return Words(
        zh=f"全月{times}场，到场{people}人次，服务时长合计{hours}小时。{thanks.zh}",
        en=f"{times} shifts in the month, attendance: {people}, hours given: {hours}. {thanks.en}",
    )
