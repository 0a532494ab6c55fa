"""Activities: shifts of the past year and the coming weeks, who signed up, who came, what was confirmed."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from app.activities.models import Activity, Attendance, Shift, SignUp
from app.activities.repeating import ShiftPlan
from app.activities.spans import Span, served
from app.kit.db import db
from app.sample.content import Content
from app.sample.deeds import Deed, Deeds
from app.sample.homes import Someone
from app.sample.planning import COMING, Planned, bring_in, end_stages, plan, plan_stages
from app.sample.seasons import plan_months, report_on
from app.sample.street_people import Street
from app.sample.writing import insert_all

MOST_AT_ONCE = 24  # who come to one shift of the sample, whatever its capacity
MOST_BEFORE = 10  # in the months before the last one
# Shifts that ended within this time still wait for their organiser to confirm the hours.
WAITING = timedelta(hours=30)
# Where accounts helped lately: what fills their statements and makes a close race in one building group.
_HELPED = {
    "resident": ("raingarden", "cleanup", "library", "creek", "vegboat"),
    "spouse": ("dance", "swap", "seed"),
    "neighbour": ("raingarden", "cleanup", "train", "ebike", "library", "phone", "blood", "vegboat", "plog"),
    "leader": ("homefix", "cleanup", "council_sit", "firewatch", "plog", "library"),
}
# For trying the desk at any hour: templates whose line earns the same however long one stays.
_TODAY = (("drill", 0, 60), ("cleanup", 60, 180))
_ANY_DAY = {"zh": "邻里大扫除", "en": "Neighbourhood clean-up"}  # the template's own title names a Saturday


class Calendar:
    """Who is where when: nobody stands in two places at once, in the past or to come."""

    def __init__(self) -> None:
        self._busy: defaultdict[Someone, list[tuple[datetime, datetime]]] = defaultdict(list)

    def is_free(self, who: Someone, shift: Any) -> bool:
        return all(ends <= shift.starts_at or shift.ends_at <= starts for starts, ends in self._busy[who])

    def take(self, who: Someone, shift: Any) -> None:
        self._busy[who].append((shift.starts_at, shift.ends_at))


def load_activities(street: Street, content: Content, deeds: Deeds) -> None:
    """All templates with their shifts, sign-ups, attendances and confirmed hours."""
    templates = [one for one in content["templates"] if street.is_first or one["place"] != "s"]
    planned = [plan(street, template) for template in templates]
    stages = plan_stages(street, content) if street.is_first else []
    helpers = _Helpers(street, deeds)
    helpers.help(planned)
    helpers.fill(stages, rng=random.Random(len(stages)))  # noqa: S311 - the others stay the same people
    end_stages(street, stages)
    if street.is_first:
        lay_on_today(street, content)
    before = plan_months(street, templates)
    helpers.fill(before, rng=random.Random(len(before)), most=MOST_BEFORE)  # noqa: S311 - as above
    report_on(before)


def lay_on_today(street: Street, content: Content) -> None:
    """Two shifts of `organiser` that follow each other: `resident` has a place on the first, not on the second.

    Both take check-ins at the moment of loading (from half an hour before they begin) and for some time after it.
    """
    by_key = {one["key"]: one for one in content["templates"]}
    by_key["cleanup"] = by_key["cleanup"] | {"title": _ANY_DAY}
    start = street.at.replace(second=0, microsecond=0) - timedelta(minutes=30)
    organiser = street.account("organiser").id
    for key, begins, ends in _TODAY:
        hours = ShiftPlan(start + timedelta(minutes=begins), start + timedelta(minutes=ends), 80, 1)
        today = bring_in(street, by_key[key], [hours], source_id=f"{key}:today", organiser=organiser)
        if begins == 0:
            row = {"shift_id": today.shifts[0].id, "resident_id": street.account("resident").id, "state": "confirmed"}
            insert_all(SignUp, [row | {"signed_up_at": street.at - timedelta(days=2)}])
            db.session.execute(update(Shift).where(Shift.id == today.shifts[0].id).values(taken=1))


class _Helpers:
    """Draws who helps: registered volunteers of each community, the same people again and again."""

    def __init__(self, street: Street, deeds: Deeds) -> None:
        self.street, self.deeds, self.rng = street, deeds, street.rng
        self.calendar, self.most = Calendar(), MOST_AT_ONCE
        self.sign_ups: list[dict[str, Any]] = []
        self.taken: defaultdict[int, int] = defaultdict(int)
        self.came: list[tuple[dict[str, Any], Planned, Someone]] = []
        self.pools = {key: self._pool(key) for key in ("a", "b")}

    def _pool(self, community: str) -> list[Someone]:
        """Volunteers of a community, without the accounts: those are free for trying things."""
        homes = [home for home in self.street.village.homes if home.community == community]
        adults = [one for home in homes for one in home.adults if one.age <= 76 and one.account is None]
        count = 486 if community == "a" else 212
        return self.rng.sample(adults, count)

    def help(self, planned: list[Planned]) -> None:
        for name, keys in _HELPED.items():
            for prefix in ("", "b-"):
                self._accounts(prefix + name, [one for one in planned if one.template["key"] in keys])
        self._resident_to_come(planned)
        self.fill(planned, rng=self.rng)

    def fill(self, planned: list[Planned], *, rng: random.Random, most: int = MOST_AT_ONCE) -> None:
        """People for these activities, so many to a shift at most; what was drawn until now is written down."""
        self.rng, self.most = rng, most
        for one in planned:
            for shift in one.shifts:
                self._fill(one, shift)
        insert_all(SignUp, self.sign_ups)
        if taken := [{"id": shift_id, "taken": number} for shift_id, number in self.taken.items()]:
            db.session.execute(update(Shift), taken)
        self._attend()
        self.sign_ups, self.came, self.taken = [], [], defaultdict(int)

    def _accounts(self, name: str, planned: list[Planned]) -> None:
        """An account was at past shifts of these activities that its community offers."""
        who = self.street.account(name)
        community = self.street.village.home_of[who].community
        for one in planned:
            if one.template["place"][0] in (community, "s"):
                for shift in one.shifts:
                    if shift.ends_at < self.street.at - WAITING and self.calendar.is_free(who, shift):
                        self._place(one, shift, who, came=True)

    def _resident_to_come(self, planned: list[Planned]) -> None:
        """`resident` has a place in the coming days, not today."""
        for name, key in (("resident", "raingarden"), ("b-resident", "vegboat")):
            one = next(one for one in planned if one.template["key"] == key)
            shift = next(shift for shift in one.shifts if shift.starts_at > self.street.at + timedelta(days=1))
            self._place(one, shift, self.street.account(name), came=False)

    def _fill(self, one: Planned, shift: Any) -> None:
        if shift.starts_at > self.street.at + COMING + timedelta(days=1):
            return  # months away: nobody has signed up yet
        over = shift.ends_at < self.street.at
        place = one.template["place"]
        pool = self.pools["a"] + self.pools["b"] if place == "s" else self.pools[place[0]]
        share = self.rng.uniform(0.4, 0.9) if over else self.rng.uniform(0.1, 0.6)
        wanted = max(1, min(round(min(shift.capacity, self.most) * share), shift.capacity - 1))
        full = one.template.get("stage") == "full"
        wanted, asked = (shift.capacity, len(pool)) if full else (wanted, min(wanted * 2, len(pool)))
        for who in self.rng.sample(pool, asked):
            if self.taken[shift.id] >= wanted:
                return
            if self.calendar.is_free(who, shift) and who.age >= (one.template.get("age_from") or 0):
                self._place(one, shift, who, came=over and self.rng.random() > 0.04)

    def _place(self, one: Planned, shift: Any, who: Someone, *, came: bool) -> None:
        at = self.street.at
        over = shift.ends_at < at
        missed = over and not came and shift.ends_at < at - WAITING
        signed_up = min(shift.starts_at, at) - timedelta(minutes=self.rng.randrange(300, 8000))
        self.sign_ups.append(
            {
                "shift_id": shift.id, "resident_id": who.id, "state": "no-show" if missed else "confirmed",
                "signed_up_at": signed_up,
            }
        )  # fmt: skip
        self.taken[shift.id] += 1
        self.calendar.take(who, shift)
        if came:
            self.came.append((self._attendance(one, shift, who), one, who))

    def _attendance(self, one: Planned, shift: Any, who: Someone) -> dict[str, Any]:
        """When somebody came and left; confirmed by the organiser, or by the staff where they live together."""
        came = shift.starts_at + timedelta(minutes=self.rng.randrange(-12, 6))
        left = min(shift.ends_at + timedelta(minutes=self.rng.randrange(-4, 15)), self.street.at)
        confirmed = shift.ends_at < self.street.at - WAITING
        confirmer = one.organiser_id
        if any(one.id == confirmer for one in self.street.village.home_of[who].people):
            confirmer = self.street.account("staff" if one.template["place"][0] in "as" else "b-staff").id
        return {
            "shift_id": shift.id, "resident_id": who.id, "checked_in_at": came, "checked_out_at": left,
            "method": "code" if self.rng.random() < 0.8 else "roster",
            "minutes": served(Span(shift.starts_at, shift.ends_at, shift.capacity, 0), came, left),
            "confirmed_at": shift.ends_at + timedelta(minutes=self.rng.randrange(60, 1500)) if confirmed else None,
            "confirmed_by": confirmer if confirmed else None,
        }  # fmt: skip

    def _attend(self) -> None:
        """Write the attendances; what was confirmed earns, by the same cause as on the page."""
        shifts = {shift.id: shift for shift in self._shifts()}
        ids = insert_all(Attendance, [row for row, _, _ in self.came])
        for attendance_id, (row, one, who) in zip(ids, self.came, strict=True):
            code = one.template["tariff"]
            if row["confirmed_at"] is None or code is None:
                continue
            self.deeds.add(
                Deed(
                    code, who, f"activity-hours:{attendance_id}", shifts[row["shift_id"]].starts_at,
                    row["confirmed_at"], row["confirmed_by"], minutes=row["minutes"],
                    marks=tuple(one.template.get("marks", ())), event=f"shift:{row['shift_id']}",
                )
            )  # fmt: skip

    def _shifts(self) -> Sequence[Any]:
        columns: tuple[Any, ...] = (Shift.id, Shift.starts_at)
        return db.session.execute(select(*columns).join(Activity).where(Activity.source == self.street.source)).all()
