"""Once voting is open staff can change nothing but a later closing time; who tries stands in the audit (V6)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.agreements.models import AgreementEditor
from app.ballots.models import Ballot, Extension, Question
from app.kit import audit
from app.kit.audit import AuditEntry
from app.kit.db import SAFE_METHODS, db
from app.people.models import Resident
from app.places.models import Place
from tests.agreements.compact import CLOSES
from tests.ballots.under_vote import OPEN, SENTENCE, Door, World, send, token
from tests.makers import give
from tests.worlds import Hold

OFFICES = ("staff", "street", "admin", "elsewhere")
PEN = ("say_what_is_new", "write_article", "change_article", "remove_article", "add_rule", "remove_rule")
EXTENDING = {"council_desk.extend", "agreements_desk.extend"}
STEPS = {"council_desk.take_step", "agreements_desk.take_step"}
DESK = {
    "type_paper", "vote_at_counter", "register_proxy", "hand_in", "take_back", "end_proxy", "take_count_back",
    "add_papers", "count",
}  # fmt: skip
KEPT = (
    STEPS | EXTENDING | {"council_desk.open_ballot", "agreements_desk.open_ballot", "agreements_desk.consult"}
    | {f"agreements_pen.{name}" for name in PEN}
)  # fmt: skip


def shorter(door: Door) -> dict[str, str]:
    """Days that no form of its kind may take."""
    return {"days": "-1"} if door.endpoint in EXTENDING else {"days": "3"}


@pytest.fixture
def world(app: Flask, at: Hold) -> World:
    at(OPEN)
    return World(app)


def tried(world: World, office: str, door: Door, **fields: str) -> list[Any]:
    """Send it, see that nothing that was fixed has changed, and answer with what the audit keeps of it."""
    client, before, known = world.as_(world.offices[office]), world.fixed(), world.tries()
    answer = send(client, door, token(client), **fields)
    assert answer.status_code < 500, door
    assert world.fixed() == before, door
    if door.kept:
        assert 400 <= answer.status_code < 500, (door, answer.status_code)
        assert SENTENCE.search(answer.text.partition("<main")[2]), door
    return world.tries()[len(known) :]


def as_kept(world: World, office: str, door: Door, found: list[Any]) -> bool:
    """One entry: who, and on which ballot; or none where none is due."""
    due = [(world.offices[office].id, f"ballot:{world.questions[door.question]}")] if door.kept else []
    return [entry[:2] for entry in found] == due


@pytest.mark.parametrize("office", OFFICES)
def test_no_form_of_the_house_changes_an_open_ballot_and_every_try_is_kept(world: World, office: str) -> None:
    doors = list(world.doors())
    assert {door.endpoint for door in doors if door.kept} == KEPT
    assert len(doors) > 60
    assert left_out(world, {door.endpoint for door in doors}) == []

    wrong = [door for door in doors if not as_kept(world, office, door, tried(world, office, door, **shorter(door)))]

    assert wrong == []


def left_out(world: World, walked: set[str]) -> list[str]:
    """Forms about topics, agreements and votes that nobody sent, for want of a number to fill in."""
    about = ("/topics/<", "/agreements/<", "/votes/<")
    rules = [rule for rule in world.app.url_map.iter_rules() if rule.rule.startswith(about)]
    return [one.rule for one in rules if not (one.methods or set()) <= SAFE_METHODS and one.endpoint not in walked]


@pytest.mark.parametrize("office", OFFICES)
def test_nor_once_it_has_closed(world: World, at: Hold, office: str) -> None:
    """A second ballot, more days, another text. Steps go on from here and are nobody's try."""
    at(CLOSES)
    doors = [door for door in world.doors() if door.kept and door.endpoint not in STEPS]
    assert len(doors) == 11

    wrong = [door for door in doors if not as_kept(world, office, door, tried(world, office, door, days="3"))]

    assert wrong == []


@pytest.mark.parametrize("office", OFFICES)
def test_nothing_is_entered_for_others_after_closing_and_who_tries_is_kept(world: World, at: Hold, office: str) -> None:
    """What is not there, as a proxy that nobody gave, is nothing that could be changed."""
    at(CLOSES)
    doors = [door for door in world.doors() if door.late]
    assert {door.endpoint.partition(".")[2] for door in doors} == DESK

    for door in doors:
        client, known = world.as_(world.offices[office]), world.tries()
        answer = send(client, door, token(client))
        assert 400 <= answer.status_code < 500, door
        due = [(world.offices[office].id, f"ballot:{world.questions[door.question]}", "try_entry")]
        assert world.tries()[len(known) :] == (due if answer.status_code != 404 else []), door
    assert len(world.tries()) >= 8
    with world.inside():
        assert not db.session.scalars(select(Ballot.id)).all()


@pytest.mark.parametrize("days", ["0", "-3", "－3", "-999999999999", "-0"])
def test_who_wants_voting_shorter_is_written_down(world: World, days: str) -> None:
    for door in extending(world):
        assert [one[2] for one in tried(world, "staff", door, days=days)] == ["try_extend"]


@pytest.mark.parametrize("fields", [{"days": "3", "why": ""}, {"days": "many"}, {"days": "31"}, {"days": ""}])
def test_a_form_that_is_filled_in_wrongly_is_no_try(world: World, fields: dict[str, str]) -> None:
    for door in extending(world):
        assert tried(world, "staff", door, **fields) == []


@pytest.mark.parametrize("office", ["staff", "street"])
def test_voting_runs_longer_publicly_and_nothing_else_of_it_changes(world: World, office: str) -> None:
    client = world.as_(world.offices[office])
    for door in extending(world):
        before = of_question(world, door)

        answer = send(client, door, token(client), days="2")

        assert answer.status_code == 303
        now = of_question(world, door)
        assert now.pop("closes_at") == before.pop("closes_at") + timedelta(days=2)
        assert now == before
        assert "Because we want it so" in world.as_(None).get(f"/votes/{before['id']}").text
    assert (world.count(Extension), world.tries()) == (2, [])
    with world.inside():
        acts = list(db.session.scalars(select(AuditEntry.act).where(AuditEntry.act.like("%.extend"))))
    assert sorted(acts) == ["agreements.extend", "ballots.extend", "ballots.extend", "council.extend"]


def extending(world: World) -> list[Door]:
    return [door for door in world.doors() if door.endpoint in EXTENDING]


def of_question(world: World, door: Door) -> dict[str, Any]:
    with world.inside():
        columns = select(*Question.__table__.c).where(Question.id == world.questions[door.question])
        return dict(db.session.execute(columns).one()._mapping)


def test_residents_who_are_refused_are_not_written_down(world: World) -> None:
    """Not even those who hold the pen of the agreement."""
    editor, voter = world.square.neighbours[:2]
    with world.inside():
        db.session.add(AgreementEditor(agreement_id=world.gaps["agreement"]["agreement_id"], resident_id=editor.id))
    before = world.fixed()

    for person in (editor, voter):
        client = world.as_(person)
        for door in world.doors():
            if door.kept:
                assert 400 <= send(client, door, token(client)).status_code < 500, door

    assert (world.tries(), world.fixed()) == ([], before)


def test_what_another_site_sent_in_somebodys_name_is_not_their_try(world: World) -> None:
    client = world.as_(world.offices["staff"])
    for door in world.doors():
        if door.kept:
            good = token(client)
            assert client.post(door.path, data={"csrf_token": "made up"}).status_code == 403
            elsewhere = client.post(door.path, data={"csrf_token": good}, headers={"Sec-Fetch-Site": "cross-site"})
            assert elsewhere.status_code == 403

    assert world.tries() == []


def test_a_step_that_is_none_is_not_there_and_is_no_try(world: World) -> None:
    client = world.as_(world.offices["staff"])

    answer = client.post(f"/topics/{world.gaps['topic']['topic_id']}/steps/forget", data={"csrf_token": token(client)})

    assert (answer.status_code, world.tries()) == (404, [])


def test_supervisors_read_who_tried_what_on_which_ballot(world: World) -> None:
    with world.inside():
        watcher = db.session.get_one(Resident, world.square.villager.id)
        give("supervisor", watcher, db.session.get_one(Place, world.square.neighbours[0].community_id))
    for door in world.doors():
        if door.kept:
            tried(world, "staff", door, **shorter(door))
    assert {word for _who, _ballot, word in world.tries()} <= set(audit._said)

    page = world.as_(world.square.villager).get("/audit").text

    entries = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert f'<a href="/votes/{world.questions["agreement"]}">' in page
    assert "tried to change what a ballot had fixed, and was refused" in entries
    assert "tried: to change the text that is voted on" in entries
    chinese = world.as_(world.square.villager, "zh").get("/audit").text
    assert "试图改动表决已经固定的内容，未被接受" in chinese


def test_what_becomes_of_people_after_opening_changes_no_roll(world: World) -> None:
    """New neighbours, a new representative, somebody who moves, somebody whose account is closed (V2)."""
    square, before = world.square, world.fixed()
    with world.inside():
        mover, gone, named, host = (db.session.get_one(Resident, one.id) for one in square.neighbours[3:7])
        mover.household_id = host.household_id
        gone.disabled_at = OPEN
        group = db.session.scalars(select(Place).where(Place.id == square.neighbours[0].group_id)).one()
        give("household_rep", named, group)
        db.session.get_one(Resident, square.newcomer.id).verified_at = OPEN

    assert world.fixed() == before
