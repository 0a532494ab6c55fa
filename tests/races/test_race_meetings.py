"""Seats at a meeting: with fifty at once, as with one."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.kit.words import Words
from app.meetings import operations
from app.meetings.models import Meeting, MeetingSignUp
from app.places.queries import place
from tests.races.harness import Answer, Client, rounds, rush, statuses
from tests.races.village import Village, now

pytestmark = pytest.mark.race


def a_meeting(village: Village, seats: int) -> int:
    with village.kept():
        community = place(village.community)
        assert community is not None
        begins = now() + timedelta(days=2)
        return operations.call(
            kind="open_day", subject=None, href=None, title=Words(en="Open Day"), place_id=community.id,
            place_path=community.path, where=Words(en="Hall"), starts_at=begins, ends_at=begins + timedelta(hours=1),
            agenda=[Words(en="The books")], capacity=seats, by=village.person(village.staff), at=now(),
        ).id  # fmt: skip


def signed_up(village: Village, meeting: int) -> int:
    return village.count(MeetingSignUp, MeetingSignUp.meeting_id == meeting, MeetingSignUp.withdrawn_at.is_(None))


def taken(village: Village, meeting: int) -> int:
    return int(village.scalar(select(Meeting.taken).where(Meeting.id == meeting)))


def test_of_fifty_who_want_ten_seats_ten_get_one(village: Village) -> None:
    clients = village.clients(village.neighbours)
    for _ in range(rounds()):
        meeting = a_meeting(village, 10)
        answers = rush(clients, lambda one, _n: one.send(f"/sittings/{meeting}/sign-up"))  # noqa: B023
        assert statuses(answers) == {303: 10, 409: 40}
        assert (signed_up(village, meeting), taken(village, meeting)) == (10, 10)
        assert json.loads(clients[0].get(f"/sittings/{meeting}.json").body)["signed_up"] == 10


def test_one_person_who_comes_and_goes_on_ten_devices_holds_one_seat_or_none(village: Village) -> None:
    for number in range(rounds()):
        meeting = a_meeting(village, 10)
        me = village.client(village.neighbours[number % len(village.neighbours)])

        def come_and_go(one: Client, device: int) -> Answer:
            step = "sign-up" if device % 2 else "withdraw"
            answer = one.send(f"/sittings/{meeting}/{step}")  # noqa: B023
            assert answer.status in (303, 409), answer
            return answer

        rush(me.copies(10), come_and_go)
        assert signed_up(village, meeting) == taken(village, meeting) <= 1
