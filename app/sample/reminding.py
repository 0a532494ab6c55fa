"""Reminders, proposed deductions, an appeal, a deduction in effect: filed and decided by the room, in their order."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.cases import operations
from app.kit import clock
from app.kit.words import Words
from app.merits.queries import line_in_force
from app.people import queries as people
from app.people.rules import Person
from app.sample.content import Content
from app.sample.photos import keep_drawing
from app.sample.street_people import Street


def load_cases(street: Street, content: Content) -> None:
    """All of the file that the loaded days reach back to; further pairs of communities have none."""
    if street.is_first:
        for one in content["cases"]:
            if one["steps"][0]["days_ago"] < street.days:
                _load(street, one)
        operations.write_due(street.at)


def _load(street: Street, one: Content) -> None:
    who = _person(street, one["household"])
    assert who.household_id is not None
    case_id = 0
    for step in one["steps"]:
        at = _ago(street, step)
        today = clock.local(at).date()
        line = line_in_force(one["line"], who.path, today)
        assert line is not None
        case_id = operations.file(
            who.household_id, line_id=line.id, title=Words.of(step["title"]), text=Words.of(step["text"]),
            happened_on=today, cure_on=today + timedelta(days=step["cure_days"]), by=_person(street, "staff"), at=at,
            upload_id=_photo(street, step, at), masked="photo" in step,
        ).id  # fmt: skip
    if seen := one.get("cured"):
        text, at = Words.of(seen["seen"]), _ago(street, seen)
        operations.note_cured(case_id, text=text, by=_person(street, "grid"), at=at)
    if decided := one.get("confirmed"):
        why, at = Words.of(decided["why"]), _ago(street, decided)
        operations.decide(case_id, confirmed=True, why=why, by=_person(street, "reviewer"), at=at)
    if said := one.get("appealed"):
        operations.appeal(case_id, text=Words.of(said["text"]), upload_id=None, by=who, at=_ago(street, said))


def _person(street: Street, account: str) -> Person:
    found = people.person(street.account(account).id)
    assert found is not None
    return found


def _photo(street: Street, step: Content, at: datetime) -> int | None:
    """A drawing of photos/ that came with it."""
    if "photo" not in step:
        return None
    return keep_drawing(step["photo"], by_id=street.account("staff").id, at=at)


def _ago(street: Street, what: Content) -> datetime:
    return street.at - timedelta(days=int(what["days_ago"]))
