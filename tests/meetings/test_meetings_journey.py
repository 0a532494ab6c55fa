"""A sitting as people live it, by plain forms: called on a topic, signed up for, put off, held, minuted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.kit import clock
from tests.council.square import DAY, under_discussion
from tests.council.test_council_views import World
from tests.makers import NOON
from tests.test_journeys import Walker
from tests.worlds import Hold


@pytest.fixture
def world(app: Flask, at: Hold) -> World:
    at(NOON)
    return World(app)


def test_a_sitting_from_its_call_to_its_minutes_on_the_topic(world: World, at: Hold) -> None:
    square = world.square
    topic = f"/topics/{world.make(under_discussion)}"
    staff, first, second = (
        Walker(world.as_(one)) for one in (square.staff, square.neighbours[0], square.neighbours[1])
    )

    # Staff call a sitting with one seat.
    staff.opens(topic)
    day = clock.local(NOON + 7 * DAY).date()
    staff.opens(staff.first(rf'href="({topic}/sittings/new)"')).fills(
        "/sittings", title="Where the shed may stand", where="Service hall, room 2", day=f"{day}", starts="19:00",
        ends="20:30", capacity="1", agenda="The two places\nWhat it costs",
    )  # fmt: skip
    assert "Where the shed may stand" in staff.opens(topic).text
    sitting = staff.first(r'href="(/sittings/\d+)"')

    # A neighbour takes the seat, the next one is told clearly that there is none.
    assert "What it costs" in first.opens(sitting).text
    first.fills("/sign-up", question="Who pays for the power?")
    assert "You are signed up" in first.text
    second.opens(sitting)
    assert "All seats are taken" in second.text
    assert "/sign-up" not in second.html

    # It is put off: who signed up is told, and keeps the seat.
    later = day + timedelta(days=1)
    staff.opens(sitting).fills(
        "/put-off", day=f"{later}", starts="19:00", ends="20:30", why="The hall is being painted until then."
    )
    assert "Put off" in first.opens("/me/messages").text
    assert "The hall is being painted" in first.opens(sitting).text
    assert "You are signed up" in first.text

    # Reminded once at noon of the day before, however often the clock runs.
    at(NOON + 7 * DAY + timedelta(hours=1))
    for _ in range(2):
        assert world.app.test_cli_runner().invoke(args=["tick"]).exit_code == 0
    assert first.opens("/me/messages").text.count("Tomorrow: Where the shed may stand") == 1

    # Staff note who came: by the list, by name without a sign-up, and a guest.
    at(clock.at_local(later) + timedelta(hours=19, minutes=5))
    staff = Walker(world.as_(square.staff))
    staff.opens(f"{sitting}/attendance")
    assert "Who pays for the power?" in staff.text
    staff.fills("/presences", resident=f"{square.neighbours[0].id}")
    staff.fills("/presences/typed", who=square.neighbours[2].full_name, part="representative")
    staff.fills("/presences/typed", who="Engineer Wu", part="expert", guest="y")
    assert "3 people" in staff.text

    # The minutes stand on the sitting and its conclusions on the topic.
    at(clock.at_local(later) + timedelta(hours=21))
    staff = Walker(world.as_(square.staff))
    staff.opens(sitting)
    staff.opens(f"{sitting}/minutes/new").fills(
        "/minutes",
        text="Both places were looked at.",
        conclusions="The west side is measured by Friday\nA list of costs",
    )
    first = Walker(world.as_(square.neighbours[0]))
    assert "The west side is measured by Friday" in first.opens(topic).text
    assert "Both places were looked at." in first.opens(sitting).text
    assert "The minutes are out" in first.opens("/me/messages").text
