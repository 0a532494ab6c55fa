"""What follows from a decision as people live it, by plain forms on the sample street.

A resident objects, staff answer, the topic is carried out, what is promised is done, the topic is closed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from app.kit import clock
from tests.examples import numbers
from tests.test_journeys import Walker

TOPIC = r'href="(/topics/\d+)"'
Walkers = Callable[[str], Walker]


@pytest.fixture
def walker(street_app: Flask) -> Walkers:
    return lambda name: Walker(street_app.test_client()).signs_in(name)


def test_an_objection_holds_the_topic_until_its_answer_and_a_promise_until_it_is_done(
    street_app: Flask, walker: Walkers
) -> None:
    held = numbers(street_app.config["SETTINGS"].database_url)["objected"]
    staff = walker("staff").opens(f"/notices/{held}")
    topic = staff.first(TOPIC)
    assert "waits for its answer" in staff.opens(topic).text
    assert "/steps/carry_out" not in staff.html

    staff.fills("/answer", status=422, text="")
    staff.fills("/answer", outcome="not_upheld", text="The morning stays; a hotline keeps loud work off after nights.")
    staff.opens(topic).fills("/steps/carry_out")
    staff.opens(f"{topic}/promises/new")
    due = clock.today() + timedelta(days=14)
    staff.fills(
        "/promises", what="Print the note for every stairwell", owner="Committee", owner_id="0", due_on=f"{due}"
    )
    assert "neither done nor dropped" in staff.text

    staff.opens(staff.first(r'href="(/promises/\d+)"')).fills("/progress", percent="50", note="Half are printed.")
    assert "Half are printed." in staff.text
    staff.fills("/finish", done_note="All stairwells have one.")
    staff.opens(topic).fills("/steps/close")
    assert "Closed" in staff.text


def test_a_resident_objects_to_one_point_of_what_was_decided(street_app: Flask, walker: Walkers) -> None:
    notice = numbers(street_app.config["SETTINGS"].database_url)["on_notice"]
    resident = walker("resident").opens(f"/notices/{notice}")
    resident.opens(resident.first(TOPIC))

    resident.fills("/objections", line="1", text="The ramp ends right at the lane.")

    assert "The ramp ends right at the lane." in resident.text
    assert "Held by an objection" in resident.text
    assert "On notice" in resident.text  # all other points
    assert "The ramp ends right at the lane." in walker("voter001").opens(resident.path).text
