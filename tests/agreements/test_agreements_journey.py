"""The journey that must hold: an agreement is adopted, signed, and its rule earns from its day on, not before.

By plain forms, with the clock moved from step to step. Nobody runs `flask tick` on the way: time decides at reading.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from flask import Flask

from app.activities import codes
from app.activities import operations as activities
from app.agreements.models import Signature
from app.cli.verify import ROOMS
from app.kit import clock
from app.kit.db import db
from app.kit.words import Words
from app.people.rules import Person
from app.places.models import Place
from tests.activities.planned import a_plan, shift_ids
from tests.agreements.compact import DAY, TODAY, Compact, a_compact
from tests.makers import NOON, a_household, a_resident, as_person, give, kept, sign_in
from tests.test_journeys import Walker
from tests.worlds import Hold

CONSULTED = clock.at_local(TODAY + 10 * DAY) + timedelta(hours=18)
CLOSES = clock.at_local(TODAY + 15 * DAY) + timedelta(hours=18)
EFFECT = TODAY + 20 * DAY
SECOND = timedelta(seconds=1)
SWEEPING = Words(zh="清扫楼道", en="Sweeping the stairs")
LAW, OURS = 5, 7  # honour and points of a clean-up: by the tariff, and by the agreement


@dataclass
class Yard:
    """A community, its browsers, and clean-ups on any day."""

    app: Flask
    compact: Compact
    organiser: Person
    community: int

    def as_(self, who: Person) -> Walker:
        """That person's browser, reading English."""
        with self.app.app_context():
            return Walker(sign_in(self.app.test_client(), who.id))

    def visitor(self) -> Walker:
        return Walker(self.app.test_client())

    def clean_up(self, day: date) -> tuple[str, int]:
        """A clean-up under line E04 in the morning of that day; its address and its shift."""
        starts = clock.at_local(day) + timedelta(hours=9)
        with self.app.app_context(), kept():
            activity = activities.bring_in(
                source="test", source_id=day.isoformat(), place=db.session.get_one(Place, self.community),
                kind="environment", title=SWEEPING, description=SWEEPING, organisation="", tariff_code="E04",
                shifts=[a_plan(starts, starts + timedelta(hours=2))], organiser_id=self.organiser.id,
                at=starts - 9 * DAY,
            )  # fmt: skip
            assert activity is not None
            return f"/activities/{activity.id}", shift_ids(activity)[0]

    def code(self, shift_id: int, at: datetime) -> str:
        return codes.current_code(shift_id, at, str(self.app.config["SECRET_KEY"]).encode())


@pytest.fixture
def yard(app: Flask, at: Hold) -> Yard:
    at(NOON)
    with app.app_context(), kept():
        compact = a_compact()
        organiser = a_resident(a_household(compact.street.other_group))
        give("organiser", organiser, compact.street.community)
        made = Yard(app, compact, as_person(organiser), compact.street.community.id)
        db.session.expunge_all()
    return made


def test_an_agreement_is_adopted_signed_and_earns_from_its_day_on(yard: Yard, at: Hold) -> None:
    front = written(yard)
    version = f"{front}/versions/1"
    discussed(yard, version, at)
    voted(yard, version, at)

    at(CLOSES)  # decided, and nobody has written it down
    staff = yard.as_(yard.compact.staff).opens(version)
    assert state_of(yard, version) == "coming"
    staff.fills("/steps/record")
    begins = clock.at_local(EFFECT)
    at(begins - SECOND)
    assert state_of(yard, version) == "coming"
    assert f"{front}/sign" not in yard.as_(yard.compact.neighbours[0]).opens(front).html
    at(begins)
    assert state_of(yard, version) == "in_force"

    helper = yard.compact.neighbours[1]
    assert earned(yard, helper, EFFECT - DAY, at) == LAW, "although confirmed when the agreement was in force"
    assert earned(yard, helper, EFFECT, at) == OURS
    assert f'href="{version}#article-1"' in yard.as_(helper).opens("/points").html, "the entry leads to the clause"

    signed(yard, front)
    printed(yard, front)
    renewed(yard, front, at)
    with yard.app.app_context():
        assert [fault for room in ROOMS for fault in room.faults()] == []


def state_of(yard: Yard, version: str) -> str:
    told = yard.visitor().client.get(f"{version}.json").json
    assert told is not None
    return str(told["version"]["state"])


def written(yard: Yard) -> str:
    """Staff write two articles, the first with a rule of its own, and put them out for comment."""
    staff = yard.as_(yard.compact.staff).opens("/agreements/new")
    place = staff.first(r'<option[^>]*value="(\d+)"[^>]*>Wutongli')
    staff.fills("/agreements/new", status=422, place=place, title="Pa", preamble="The stairs are everyone's way.")
    staff.fills("/agreements/new", place=place, title="Stairs agreement", preamble="The stairs are everyone's way.")
    front = staff.path.split("/versions/")[0]
    assert yard.visitor().client.get(front).status_code == 404, "only those who hold the pen see it"

    staff.fills("/articles", text="On clean-up day we all come.")
    staff.fills("/articles", text="Nothing is left on the stairs.")
    staff.opens(staff.first(r'href="([^"]*/articles/\d+)"'))
    rule = {"code": "E04", "window": "month", "per": "resident"}
    staff.fills("/rules", status=422, limit="2", **rule)
    staff.fills("/rules", honour=str(OURS), points=str(OURS), **rule)
    assert "E04 Deed E04, +7 honour, +7 to spend" in staff.text
    staff.opens(f"{front}/versions/1").fills("/consult", days="10")
    return front


def discussed(yard: Yard, version: str, at: Hold) -> None:
    """A resident says something, staff answer it, and the text stays as it is."""
    at(NOON + DAY)
    resident = yard.as_(yard.compact.neighbours[2]).opens(version)
    resident.fills("/comments", stance="for", text="And who sweeps the cellar?")
    staff = yard.as_(yard.compact.staff).opens(version)
    assert "And who sweeps the cellar?" in staff.text
    assert "/ballot" not in staff.html, "not while comments are taken"
    staff.opens(staff.first(rf'href="({version}\?reply=\d+)'))
    staff.fills("/comments", text="The cellar has its own group.", official="y")
    resident.opens(version)
    assert "The cellar has its own group." in resident.text

    at(CONSULTED)
    assert 'name="text"' not in resident.opens(version).html, "the comments have ended"


def voted(yard: Yard, version: str, at: Hold) -> None:
    """One vote a household of the roll; the day of effect comes after the closing; nobody sees a count before it."""
    staff = yard.as_(yard.compact.staff).opens(f"{version}/ballot")
    terms = {"wording": "Shall it be adopted?", "days": "5", "quorum": "1/2", "threshold": "1/2"}
    staff.fills("/ballot", status=422, effective_from=(TODAY + 15 * DAY).isoformat(), **terms)
    staff.fills("/ballot", effective_from=EFFECT.isoformat(), **terms)
    for who, choice in zip(yard.compact.neighbours, ("yes", "yes", "no", "yes"), strict=False):
        yard.as_(who).opens(version).fills("/vote", choice=choice)
    assert '/vote"' not in yard.as_(yard.compact.spouse).opens(version).html, "the household has voted"

    at(CLOSES - SECOND)
    page = yard.visitor().opens(version).text
    assert "4 households have voted" in page
    assert "Yes 3" not in page
    at(CLOSES)
    page = yard.visitor().opens(version).text
    assert re.search(r"Yes 3.*No 1", page)


def earned(yard: Yard, who: Person, day: date, at: Hold) -> int:
    """What a clean-up on that day brings this person's household: honour and points alike."""
    path, shift = yard.clean_up(day)
    at(clock.at_local(day) - timedelta(hours=4))
    helper = yard.as_(who).opens(path)
    before = yard_honour(helper)
    helper.opens(path).fills("/sign-up")
    came = at(clock.at_local(day) + timedelta(hours=9))
    helper.opens(path).fills("/check-in", code=yard.code(shift, came))
    at(came + timedelta(hours=2))
    helper.opens(path).fills("/check-out")
    at(came + 3 * DAY)  # confirmed days later: it counts for the day of the deed
    yard.as_(yard.organiser).opens(f"{path}/desk").fills("/desk/confirm-all")
    honour, points = (now - then for now, then in zip(yard_honour(helper), before, strict=True))
    assert honour == points
    return honour


def yard_honour(walker: Walker) -> tuple[int, int]:
    """Honour and points of the household, as its statements say."""
    figures = []
    for asset in ("honour", "points"):
        html = walker.opens(f"/points?asset={asset}").html
        figures.append(sum(int(one) for one in re.findall(r'<strong class="plus">\+(\d+)', html)))
    return figures[0], figures[1]


def signed(yard: Yard, front: str) -> None:
    """The household signs once; its share is told; the first signature earns."""
    resident, spouse = (yard.as_(who).opens(front) for who in (yard.compact.neighbours[0], yard.compact.spouse))
    resident.fills("/sign")
    assert "Your household signed on" in resident.text
    spouse.fills("/sign", status=409)
    assert "Your household has already signed this version." in spouse.text
    assert "R01" in resident.opens("/points?asset=honour").text
    with yard.app.app_context():
        assert db.session.query(Signature).count() == 1


def printed(yard: Yard, front: str) -> None:
    """The sheet for the wall has the text in force and a code that opens it."""
    poster = yard.visitor().opens(f"{front}/poster?size=a3")
    assert "On clean-up day we all come." in poster.text
    assert "Version 1, in force since" in poster.text
    assert "<svg" in poster.html
    assert front in poster.text


def renewed(yard: Yard, front: str, at: Hold) -> None:
    """The next version begins with the text in force, is compared with it, and takes its place on its day."""
    now = at(clock.at_local(EFFECT + 30 * DAY) + timedelta(hours=10))
    staff = yard.as_(yard.compact.staff).opens(front).fills("/versions")
    version = f"{front}/versions/2"
    articles = re.findall(r'href="([^"]*/articles/\d+)"', staff.html)
    staff.opens(articles[1]).fills(articles[1], text="Nothing is left on the stairs, and nothing in the cellar.")
    staff.opens(version).fills("/consult", days="1")
    at(now + 2 * DAY)
    closes, effect = clock.local(now).date() + 7 * DAY, EFFECT + 40 * DAY
    yard.as_(yard.compact.staff).opens(f"{version}/ballot").fills(
        "/ballot", wording="Shall it be adopted?", days="5", quorum="1/2", threshold="1/2",
        effective_from=effect.isoformat(),
    )  # fmt: skip
    for who in yard.compact.neighbours[:4]:
        yard.as_(who).opens(version).fills("/vote", choice="yes")
    at(clock.at_local(closes) + timedelta(hours=18))

    reader = yard.as_(yard.compact.neighbours[0]).opens(f"{front}/compare?from=1&to=2")
    assert re.search(r"<ins>.*, and nothing in the cellar.*</ins>", reader.html)
    for moment, states in (
        (clock.at_local(effect) - SECOND, ["in_force", "coming"]),
        (clock.at_local(effect), ["superseded", "in_force"]),
    ):
        at(moment)
        assert [state_of(yard, f"{front}/versions/{number}") for number in (1, 2)] == states
    assert earned(yard, yard.compact.neighbours[3], effect, at) == OURS, "the rule went along"
    at(clock.at_local(effect) + 5 * DAY)
    reader = yard.as_(yard.compact.neighbours[0]).opens(front)
    assert "This one is newer" in reader.text
    reader.fills("/sign")
    assert "Your household signed on" in reader.text
