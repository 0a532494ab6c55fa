"""The journey that must hold: a reminder that goes away; three times, two people, an appeal. By plain forms only."""

from __future__ import annotations

import io
import re

import pytest
from flask import Flask
from PIL import Image

from app.cli.tick import written_down
from app.people.rules import Person
from tests.cases.block import DAY, Block, a_block
from tests.makers import NOON
from tests.test_journeys import Walker
from tests.worlds import Hold
from tests.worlds import World as AnyWorld


class World(AnyWorld):
    block: Block

    def furnish(self) -> None:
        self.block = a_block()

    def walker(self, person: Person) -> Walker:
        return Walker(self.as_(person))


@pytest.fixture
def world(app: Flask, at: Hold) -> World:
    at(NOON)
    return World(app)


def a_picture() -> tuple[io.BytesIO, str]:
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(file, "PNG")
    file.seek(0)
    return file, "stairs.png"


def files(world: World, title: str = "Things left in the east stairs of Building 3") -> str:
    """The grid member walks to the door, fills the form in, and stands on the page of the case."""
    officer = world.walker(world.block.officer).opens("/points/cases/new")
    group = officer.first(r'<option value="(\d+)"')
    officer.opens(f"/points/cases/new?group={group}")
    officer.opens(officer.first(r'href="(/points/cases/new\?household=\d+)">(?:<span[^>]*>)?3号楼102<'))
    line = officer.first(r'<option[^>]*value="(\d+)">K02')
    days = {
        name: officer.first(rf'name="{name}"[^>]*value="([^"]+)"') for name in ("happened_on", "cure_on")
    }  # offered: today, and three days to put it right
    officer.fills("/new/" + str(world.block.household), status=422, line=line, title=title, text="Two boxes", **days)
    assert "Two boxes" in officer.html, "what was typed is still there"
    assert "asks for a photo" in officer.text
    officer.fills(
        "/new/" + str(world.block.household), line=line, title=title, text="Two boxes and a bicycle",
        photo=a_picture(), masked="y", **days,  # type: ignore[arg-type]
    )  # fmt: skip
    return officer.path


def test_a_reminder_is_seen_by_the_household_put_right_and_goes_away(world: World, at: Hold) -> None:
    path = files(world)

    home = world.walker(world.block.adult).opens("/me/messages")
    assert "needs to be put right by the end of" in home.text
    home.opens("/points/cases")
    assert "Things left in the east stairs of Building 3" in home.text
    home.opens(path).fills("/cures", status=422)
    home.fills("/cures", cure_photo=a_picture(), cure_text="All gone")  # type: ignore[arg-type]
    assert "waits to be looked at" in home.text
    at(NOON + DAY)
    officer = world.walker(world.block.officer2).opens("/work")
    assert "Said to be put right" in officer.text
    officer.opens(path)
    officer.fills("/look", look="yes", look_why="The stairs are clear")
    home = world.walker(world.block.spouse).opens(path)
    assert "nothing is left of it" in home.text
    home.opens("/me/messages")
    assert "needs to be put right by the end of" not in home.text


def test_three_times_two_people_an_appeal_and_what_the_ledger_says(world: World, at: Hold) -> None:
    for days in (0, 5, 10):
        at(NOON + days * DAY)
        path = files(world)
    officer = world.walker(world.block.officer).opens(path)
    assert "/decision" not in officer.html, "whoever filed it does not confirm it"

    reviewer = world.walker(world.block.reviewer).opens("/work")
    assert "A proposed deduction waits for a second person" in reviewer.text
    reviewer.opens(path).fills("/decision", decision="confirmed", decide_why="The third time, seen on the photo")
    home = world.walker(world.block.adult).opens("/me/messages")
    assert "A deduction is confirmed" in home.text
    home.opens(path)
    assert re.search(r"5 honour will be deducted after .*, unless your household appeals", home.text)
    home.fills("/appeal", appeal_text="The bicycle is not ours")
    assert "People who took no part decide" in home.text

    at(NOON + 40 * DAY)
    with world.app.app_context():
        assert written_down(NOON + 40 * DAY)
    home = world.walker(world.block.adult).opens("/points?asset=honour")
    assert "−5" not in home.text, "the appeal holds it back"
    other = world.walker(world.block.reviewer2).opens("/work").opens(path)
    other.fills("/opinion", opinion="not_upheld", opinion_text="It is registered to this household")
    home = world.walker(world.block.adult).opens("/me/messages")
    assert "Your appeal is not upheld" in home.text
    home.opens("/points?asset=honour")
    assert "−5" in home.text
    home.opens(home.first(r'href="(/points/entries/\d+)"'))
    home.opens(home.first(r'href="(/points/cases/\d+)"'))
    assert home.path == path
    assert "Deduction in effect" in home.text


def test_without_an_appeal_it_takes_effect_by_itself_on_its_day(world: World, at: Hold) -> None:
    for days in (0, 5, 10):
        at(NOON + days * DAY)
        path = files(world)
    world.walker(world.block.reviewer).opens(path).fills(
        "/decision", decision="confirmed", decide_why="The third time, seen on the photo"
    )

    at(NOON + 20 * DAY)
    home = world.walker(world.block.adult).opens(path)
    assert "Deduction in effect" in home.text, "by the clock, before anybody wrote it down"
    assert "The time to appeal ended on" in home.text
    with world.app.app_context():
        assert written_down(NOON + 20 * DAY)
        assert written_down(NOON + 21 * DAY)
    home.opens("/points?asset=honour")
    assert home.text.count("−5") == 1

    staff = world.walker(world.block.staff).opens(path)
    staff.fills("/evidence", evidence_text="A receipt shows that it was sold a month before")
    decider = world.walker(world.block.reviewer2).opens(path)
    decider.fills("/opinion", opinion="upheld", opinion_text="The receipt is clear")
    home.opens("/points?asset=honour")
    assert "−5" in home.text
    assert "+5" in home.text
    home.opens(path)
    assert "nothing stays deducted" in home.text
