"""Notices: a household objects to a line once, an objection ends once, whoever presses at the same moment."""

from __future__ import annotations

from functools import partial
from itertools import count

import pytest
from sqlalchemy import select

from app.kit.db import db
from app.kit.words import Words
from app.notices import operations
from app.notices.models import Objection, ObjectionEnd
from app.places.models import Place
from tests.races.harness import Answer, Client, rounds, rush, statuses
from tests.races.village import Village, now

pytestmark = pytest.mark.race

HOMES, DEVICES, STAFF = 5, 4, 12  # devices of each of two people of a home
OUTCOMES = ("upheld", "not_upheld")
LAMPS = Words(zh="换十二盏路灯", en="Replace twelve street lamps")
GLARE = "The lamp would shine into my bedroom"

_number = count(1)


def a_notice(village: Village) -> int:
    """One line, on notice from now for a week."""
    with village.kept():
        place = db.session.get_one(Place, village.community)
        return operations.put_up(
            subject=f"race:{next(_number)}", title=LAMPS, lines=[("1", LAMPS)], place_id=place.id,
            place_path=place.path, starts_at=now(), days=7, href="/", by_id=village.staff, at=now(),
        ).id  # fmt: skip


def an_objection(village: Village) -> tuple[int, str]:
    """Filed by a neighbour, and its address."""
    notice = a_notice(village)
    with village.kept():
        by = village.person(village.neighbours[0])
        filed = operations.object_to(notice, "1", text=Words(en=GLARE), by=by, at=now()).id
    return filed, f"/notices/{notice}/objections/{filed}"


def test_a_household_objects_once_when_two_of_it_object_at_once(village: Village) -> None:
    people = [one for pair in zip(village.neighbours[:HOMES], village.spouses[:HOMES], strict=True) for one in pair]
    devices = [device for one in village.clients(people) for device in one.copies(DEVICES)]
    for _ in range(rounds()):
        notice = a_notice(village)
        answers = rush(devices, lambda one, _n: one.send(f"/notices/{notice}/objections", line="1", text=GLARE))  # noqa: B023
        assert village.count(Objection, Objection.notice_id == notice) == HOMES
        of_a_home = 2 * DEVICES
        for first in range(0, len(answers), of_a_home):
            assert statuses(answers[first : first + of_a_home]) == {303: 1, 409: of_a_home - 1}


def test_an_objection_is_answered_or_taken_back_but_once(village: Village) -> None:
    staff, filer = village.clients(village.more_staff(STAFF)), village.client(village.neighbours[0])
    for _ in range(rounds()):
        objection, path = an_objection(village)
        answers = rush([*staff, filer], partial(_end, path))
        assert statuses(answers) == {303: 1, 409: STAFF}
        assert village.count(ObjectionEnd, ObjectionEnd.objection_id == objection) == 1
        winner = next(number for number, one in enumerate(answers) if one.applied)
        outcome = select(ObjectionEnd.outcome).where(ObjectionEnd.objection_id == objection)
        assert village.scalar(outcome) == ("withdrawn" if winner == STAFF else OUTCOMES[winner % 2])


def _end(path: str, client: Client, number: int) -> Answer:
    """One of the staff answers, in one way or the other; who filed it, the last of all, takes it back."""
    if number == STAFF:
        return client.send(f"{path}/withdraw")
    return client.send(f"{path}/answer", outcome=OUTCOMES[number % 2], text="The shade points down.")
