"""The journey that must hold: a deed is claimed, reviewed, hangs on notice, and is posted. By plain forms only."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask

from app.cli.tick import written_down
from app.kit.db import transaction
from app.people.rules import Person
from tests.claims.panel import GOES_UP, MEETING, NOTICE_ENDS, TODAY, Panel, a_panel
from tests.kit.sent_files import picture
from tests.makers import NOON, kept, sign_in
from tests.test_journeys import Forms, Walker

Clock = Callable[[datetime], datetime]


class World:
    """A panel under `app`, and browsers of its people; each signs in anew when time has moved on."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context(), kept():
            self.panel: Panel = a_panel()
            self.panel.street.community.committee.into("en")

    def as_(self, person: Person) -> Walker:
        with self.app.app_context():
            return Walker(sign_in(self.app.test_client(), person.id))

    def drawn(self, claim_id: int) -> Person:
        with self.app.app_context(), transaction(writing=False):
            return self.panel.drawn(claim_id)[0]

    def tick(self, at: datetime) -> None:
        with self.app.app_context():
            assert written_down(at)


@pytest.fixture
def world(app: Flask, at: Clock) -> World:
    at(NOON)
    return World(app)


def test_a_deed_is_claimed_reviewed_put_up_and_posted(world: World, at: Clock) -> None:
    claimant, panel = world.as_(world.panel.neighbours[0]), world.panel
    claimant.opens("/points/tariff")
    claimant.opens(claimant.first(r'href="(/points/claims/new\?line=E07)"'))
    assert "at most 9 points a month per person" in claimant.text
    assert "left today: 9 points" in claimant.text
    claim_id = int(_sends_photo(claimant).rsplit("/", 1)[1])
    assert "Awaiting review" in claimant.text
    photo = claimant.first(r'src="(/points/claims/\d+/photos/\d+)"')
    assert claimant.client.get(photo).status_code == 200

    reviewer = world.as_(world.drawn(claim_id)).opens("/points/claims/desk")
    assert "Cleared the stairs" in reviewer.text
    reviewer.opens(f"/points/claims/{claim_id}")
    assert reviewer.client.get(photo).status_code == 200
    reviewer.fills("/review", verdict="returned", why="One photo of afterwards, please.")

    claimant.opens(f"/points/claims/{claim_id}")
    assert "One photo of afterwards, please." in claimant.text
    claimant.fills("/add", text="It was dark then; here it is.")
    reviewer.opens(f"/points/claims/{claim_id}").fills("/review", verdict="confirm")
    assert "goes on public notice on Wed 25 November" in claimant.opens(f"/points/claims/{claim_id}").text

    at(MEETING)
    settler = world.as_(panel.reviewers[0]).opens("/points/claims/desk")
    settler.opens(settler.first(r'href="(/points/claims/settlement\?[^"]+)"').replace("&amp;", "&"))
    settler.fills("/settlement")
    batch = settler.path
    assert world.panel.neighbours[0].full_name in settler.text

    neighbour = world.as_(panel.neighbours[4]).opens(batch)
    assert "Zhang*" in neighbour.text
    assert world.panel.neighbours[0].full_name not in neighbour.text
    neighbour.opens(neighbour.first(r'href="(/notices/\d+)"'))
    neighbour.fills("/objections", line=str(claim_id), text="That was my furniture.")
    neighbour.fills("/withdraw")
    assert "goes on with the time it had left" in neighbour.text

    at(NOTICE_ENDS)
    claimant = world.as_(panel.neighbours[0]).opens(f"/points/claims/{claim_id}")
    assert "Notice ended, being posted" in claimant.text
    world.tick(NOTICE_ENDS)
    assert "Posted" in claimant.opens(f"/points/claims/{claim_id}").text
    claimant.opens("/points")
    assert "+3" in claimant.text
    claimant.opens(claimant.first(r'href="(/points/entries/\d+)"'))
    assert claimant.first(rf'href="(/points/claims/{claim_id})"')
    claimant.opens("/me/messages")
    assert "is posted" in claimant.text


def _sends_photo(claimant: Walker) -> str:
    """The form with a picture, as a browser sends it; where the claim stands then."""
    hidden = next(fields for where, fields in Forms(claimant.html).found if where == "/points/claims/new")
    deed = {
        "title": "Cleared the stairs", "text": "Took old shelves to the yard.", "spot": "Stairs of Building 3",
        "deed_on": TODAY.isoformat(), "group": "0", "door": "",
    }  # fmt: skip
    without = claimant.client.post(
        "/points/claims/new", data={**hidden, **deed, "photo": (io.BytesIO(picture()), "stairs.jpg")},
        headers=claimant.headers,
    )  # fmt: skip
    assert without.status_code == 422
    assert "has agreed" in without.text
    sent = claimant.client.post(
        "/points/claims/new",
        data={**hidden, **deed, "agreed": "y", "photo": (io.BytesIO(picture()), "stairs.jpg")},
        headers=claimant.headers,
    )  # fmt: skip
    assert sent.status_code == 303, sent.text[:2000]
    claimant.opens(sent.headers["Location"])
    return claimant.path


def test_nobody_meets_and_the_batch_goes_up_by_itself(world: World, at: Clock) -> None:
    claimant = world.as_(world.panel.neighbours[0]).opens("/points/claims/new?line=E05")
    claimant.fills(
        "/points/claims/new", title="Flower box", text="Watered it all month.", spot="By the gate",
        deed_on=TODAY.isoformat(), group="0",
    )  # fmt: skip
    claim_id = int(claimant.path.rsplit("/", 1)[1])
    world.as_(world.drawn(claim_id)).opens(f"/points/claims/{claim_id}").fills("/review", verdict="confirm")

    at(GOES_UP)
    world.tick(GOES_UP)

    spouse = world.as_(world.panel.spouse).opens(f"/points/claims/{claim_id}")  # a line of the household
    assert "On public notice until" in spouse.text
    world.as_(world.panel.neighbours[4]).opens(f"/points/claims/{claim_id}", status=404)


def test_a_claim_that_was_not_confirmed_is_appealed_and_posted_after_all(world: World, at: Clock) -> None:
    panel = world.panel
    claimant = world.as_(panel.neighbours[0]).opens("/points/claims/new?line=E07")
    claimant.fills(
        "/points/claims/new", title="Cleared the stairs", text="Took old shelves to the yard.", spot="Building 3",
        deed_on=TODAY.isoformat(), group="0",
    )  # fmt: skip
    first = int(claimant.path.rsplit("/", 1)[1])
    strict = world.drawn(first)
    reviewer = world.as_(strict).opens(f"/points/claims/{first}")
    reviewer.fills("/review", verdict="not_confirmed", why="The shelves still stand there.")

    claimant.opens("/me/messages")
    assert "says until when you can appeal" in claimant.text
    claimant.opens(f"/points/claims/{first}")
    assert "The shelves still stand there." in claimant.text
    claimant.fills("/appeal", text="Those are other shelves; ours were green.")
    again = int(claimant.path.rsplit("/", 1)[1])
    assert again > first

    with world.app.app_context(), transaction(writing=False):
        others = panel.drawn(again)
    assert len(others) == 2
    assert strict not in others
    for one in others:
        walker = world.as_(one).opens("/work")
        walker.opens(f"/points/claims/{again}")
        assert "ours were green" in walker.text
        walker.opens(walker.first(rf'href="(/points/claims/{first})"'))
        assert "The shelves still stand there." in walker.text
        walker.opens(f"/points/claims/{again}").fills("/review", verdict="confirm")

    at(GOES_UP)
    world.tick(GOES_UP)
    at(NOTICE_ENDS)
    world.tick(NOTICE_ENDS)
    claimant = world.as_(panel.neighbours[0]).opens(f"/points/claims/{first}")
    assert "It was appealed." in claimant.text
    claimant.opens(claimant.first(rf'href="(/points/claims/{again})"'))
    assert "Posted" in claimant.text
    assert "+3" in claimant.opens("/points").text
