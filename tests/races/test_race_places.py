"""Places on a shift, coming, and hours: with fifty at once, as with one."""

from __future__ import annotations

import json
import random
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.activities import codes
from app.activities.models import Attendance, Shift, SignUp
from app.kit.audit import AuditEntry
from app.merits.models import Award
from app.points.models import Transfer
from tests.races.harness import Answer, Client, rounds, rush, statuses
from tests.races.village import KEY, Village, now

pytestmark = pytest.mark.race


def confirmed(village: Village, shift: int) -> int:
    return village.count(SignUp, SignUp.shift_id == shift, SignUp.state == "confirmed")


def taken(village: Village, shift: int) -> int:
    return int(village.scalar(select(Shift.taken).where(Shift.id == shift)))


def on_the_page(client: Client, activity: int) -> dict[str, int]:
    shift: dict[str, int] = json.loads(client.get(f"/activities/{activity}.json").body)["shifts"][0]
    return shift


def test_of_fifty_who_want_ten_places_ten_get_one(village: Village) -> None:
    clients = village.clients(village.neighbours)
    for _ in range(rounds()):
        activity, shift = village.a_shift(10)
        answers = rush(clients, lambda one, _n: one.send(f"/activities/{activity}/sign-up", shift=str(shift)))  # noqa: B023
        assert statuses(answers) == {303: 10, 409: 40}
        assert (confirmed(village, shift), taken(village, shift)) == (10, 10)
        assert on_the_page(clients[0], activity)["places_left"] == 0


def test_one_person_who_asks_twenty_times_has_one_place(village: Village) -> None:
    for number in range(rounds()):
        activity, shift = village.a_shift(10)
        me = village.client(village.neighbours[number % len(village.neighbours)])
        answers = rush(me.copies(20), lambda one, _n: one.send(f"/activities/{activity}/sign-up", shift=str(shift)))  # noqa: B023
        assert statuses(answers) == {303: 1, 409: 19}
        assert (confirmed(village, shift), taken(village, shift)) == (1, 1)


def test_places_are_counted_right_while_people_come_and_go(village: Village) -> None:
    """Ten people on two devices each, who sign up and give up as it comes, and one who watches."""
    people = village.clients(village.neighbours[:10])
    devices = [copy for one in people for copy in one.copies(2)]
    for number in range(rounds()):
        activity, shift = village.a_shift(5)
        luck = [random.Random(f"{number}:{device}") for device in range(len(devices))]
        watcher = Client(village.address)

        def come_and_go(one: Client, device: int) -> Answer:
            if one is watcher:  # noqa: B023
                seen = [on_the_page(one, activity)["taken"] for _ in range(3)]  # noqa: B023
                assert all(0 <= count <= 5 for count in seen), seen
                return Answer(200, "")
            for _ in range(2):
                step = luck[device].choice(("sign-up", "cancel"))  # noqa: B023
                answer = one.send(f"/activities/{activity}/{step}", shift=str(shift))  # noqa: B023
                assert answer.status in (303, 409), answer
            return answer

        rush([*devices, watcher], come_and_go)
        assert 0 <= taken(village, shift) == confirmed(village, shift) <= 5
        assert on_the_page(watcher, activity)["taken"] == confirmed(village, shift)


def test_one_person_comes_once_however_often_the_code_is_sent(village: Village) -> None:
    for _ in range(rounds()):
        activity, shift = village.a_shift(5, starts_at=now() - timedelta(minutes=10))
        me = village.client(village.a_family())
        assert me.send(f"/activities/{activity}/sign-up", shift=str(shift)).status == 303
        code = codes.current_code(shift, now(), KEY)
        answers = rush(me.copies(24), lambda one, _n: one.send(f"/activities/{activity}/check-in", code=code))  # noqa: B023
        # Tries that came too late count as wrong codes; the ninth is told to wait.
        assert statuses(answers)[303] == 1
        assert set(statuses(answers)) <= {303, 409, 429}
        assert village.count(Attendance, Attendance.shift_id == shift) == 1


def test_hours_that_two_people_confirm_at_once_earn_once(village: Village) -> None:
    desks = [*village.client(village.organiser).copies(10), *village.client(village.staff).copies(10)]
    for number in range(rounds()):
        activity, shift = village.a_shift(5, starts_at=now() - timedelta(days=number + 2))
        who = village.a_family()
        came = village.hours_to_confirm(shift, who)
        fields = {"shift": str(shift), "resident": str(who)}
        answers = rush(desks, lambda one, _n: one.send(f"/activities/{activity}/desk/confirm", **fields))  # noqa: B023
        assert statuses(answers) == {303: 20}
        subject = AuditEntry.subject == f"activity:{activity}"
        assert village.count(AuditEntry, subject, AuditEntry.act == "activities.confirm_hours") == 1
        because = f"activity-hours:{came}"
        assert village.count(Award, Award.because == because) == 1
        assert village.scalars(
            select(Transfer.amount).where(Transfer.because == because, Transfer.asset == "points")
        ) == [2]
        assert village.client(who).get("/points").status == 200
    village.refuse_fault()


def test_a_daily_limit_holds_when_all_hours_of_a_day_are_confirmed_at_once(village: Village) -> None:
    """Twelve hours on one day, at two activities, confirmed at one moment: four count, as the tariff says."""
    desks = [*village.client(village.organiser).copies(6), *village.client(village.staff).copies(6)]
    for _ in range(rounds()):
        who, begins = village.a_family(), now() - timedelta(days=40)
        shifts = [village.a_shift(5, starts_at=begins + timedelta(seconds=one)) for one in range(len(desks))]
        for _activity, shift in shifts:
            village.hours_to_confirm(shift, who)

        def confirm(one: Client, number: int) -> Answer:
            activity, shift = shifts[number]  # noqa: B023
            return one.send(f"/activities/{activity}/desk/confirm", shift=str(shift), resident=str(who))  # noqa: B023

        answers = rush(desks, confirm)
        assert statuses(answers) == {303: 12}
        got = {
            asset: village.scalar(
                select(func.sum(Transfer.change)).where(Transfer.resident_id == who, Transfer.asset == asset)
            )
            for asset in ("points", "honour", "minutes")
        }
        assert got == {"points": 8, "honour": 8, "minutes": 240}
    village.refuse_fault()
