"""Who sits on a claim: different households, nobody who cannot speak any more, nobody chosen by claiming anew."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import update

from app.claims import operations, queries
from app.claims.models import Claim, ClaimReview, ReviewConflict
from app.kit.db import db
from app.kit.refusal import Refused
from app.messages.models import Message
from app.people.models import Resident, Role
from app.people.rules import Person
from tests.claims.panel import DAY, TEXT, WHY, Panel, a_claim, a_panel, reviewed, state_of
from tests.makers import NOON, a_household, a_resident, as_person, give


@pytest.fixture
def panel(context: Flask) -> Panel:
    return a_panel()


def a_couple(panel: Panel) -> tuple[Person, Person]:
    """Two reviewers of one household."""
    home = a_household(panel.street.other_group)
    for _ in range(2):
        one = a_resident(home)
        give("reviewer", one, panel.street.community)
        panel.reviewers.append(as_person(one))
    return panel.reviewers[-2], panel.reviewers[-1]


def say(claim: Claim, by: Person, verdict: str) -> ClaimReview:
    why, amount = (None, 30) if verdict == "confirm" else (WHY, None)
    amount = amount if claim.code == "F04" else None
    return operations.review(claim.id, verdict=verdict, amount=amount, why=why, by=by, at=NOON)


def as_now(person: Person) -> Person:
    return as_person(db.session.get_one(Resident, person.id))


# What keeps somebody from speaking, as it comes about behind the back of this room.


def role_ends(_panel: Panel, one: Person) -> None:
    db.session.execute(update(Role).where(Role.resident_id == one.id).values(ended_at=NOON))


def account_is_closed(_panel: Panel, one: Person) -> None:
    db.session.get_one(Resident, one.id).disabled_at = NOON


def conflict(panel: Panel, one: Person) -> None:
    db.session.add(ReviewConflict(reviewer_id=one.id, household_id=panel.neighbours[0].household_id, at=NOON))


def moves_in_with_the_claimant(panel: Panel, one: Person) -> None:
    db.session.get_one(Resident, one.id).household_id = panel.neighbours[0].household_id


def moves_in_with_the_household_helped(panel: Panel, one: Person) -> None:
    db.session.get_one(Resident, one.id).household_id = panel.neighbours[1].household_id


SILENT = (role_ends, account_is_closed, conflict, moves_in_with_the_claimant, moves_in_with_the_household_helped)
Happens = Callable[[Panel, Person], None]


def helped(panel: Panel) -> Claim:
    return a_claim(panel, "N09", other_household_id=panel.neighbours[1].household_id)


@pytest.mark.parametrize("happens", SILENT)
def test_the_seat_of_whoever_cannot_speak_any_more_goes_to_another_by_the_next_tick(
    panel: Panel, happens: Happens
) -> None:
    claim = helped(panel)
    (first,) = panel.drawn(claim.id)
    assert operations.fill_due(NOON) == 0
    happens(panel, first)
    db.session.flush()

    assert [operations.fill_due(NOON + DAY) for _ in range(3)] == [1, 0, 0]

    (second,) = panel.drawn(claim.id)
    assert second != first
    assert queries.draws(claim.id)[0].stepped_back == NOON + DAY
    say(claim, second, "confirm")
    assert state_of(claim.id, NOON) == "confirmed"


@pytest.mark.parametrize("happens", SILENT)
def test_what_was_sent_back_comes_to_those_who_still_may_look(panel: Panel, happens: Happens) -> None:
    claim = helped(panel)
    (first,) = panel.drawn(claim.id)
    say(claim, first, "returned")
    happens(panel, first)
    db.session.flush()
    assert operations.fill_due(NOON) == 0  # it waits for its claimant

    operations.complete(claim.id, text=TEXT, by=panel.neighbours[0], at=NOON + DAY)

    (second,) = panel.drawn(claim.id)
    assert second != first
    waits = db.session.query(Message).filter_by(because=f"claim-waits:{claim.id}").one()
    assert waits.resident_id == second.id


@pytest.mark.parametrize(
    ("happens", "said"),
    [
        (conflict, "cannot judge this claim any more"),
        (moves_in_with_the_household_helped, "cannot judge this claim any more"),
        (moves_in_with_the_claimant, "their own household"),
    ],
)
def test_i22_whoever_is_concerned_does_not_review_even_when_seated(panel: Panel, happens: Happens, said: str) -> None:
    claim = helped(panel)
    (first,) = panel.drawn(claim.id)
    happens(panel, first)
    db.session.flush()

    with pytest.raises(Refused, match=said):
        say(claim, as_now(first), "confirm")
    assert state_of(claim.id, NOON) == "submitted"


def test_a_conflict_declared_while_a_claim_is_sent_back_hands_it_over(panel: Panel) -> None:
    claim = a_claim(panel)
    (first,) = panel.drawn(claim.id)
    say(claim, first, "returned")
    operations.declare_conflict(panel.neighbours[0].household_id, by=first, at=NOON)

    operations.complete(claim.id, text=TEXT, by=panel.neighbours[0], at=NOON)

    with pytest.raises(Refused, match="those who were drawn"):
        say(claim, first, "confirm")


def test_a_new_reviewer_is_drawn_for_what_waits_for_one(context: Flask) -> None:
    panel = a_panel(reviewers=0)
    claim = a_claim(panel, "F04")
    assert [one.pool for one in queries.draws(claim.id)] == ["committee"]
    assert operations.fill_due(NOON) == 0

    new = panel.reviewer()
    assert [operations.fill_due(NOON + DAY) for _ in range(2)] == [1, 0]

    assert panel.drawn(claim.id) == [panel.staff, new]
    told = db.session.query(Message).filter_by(resident_id=panel.staff.id, kind="claims.too_few").all()
    assert len(told) == 1


def test_i22_the_reviewers_of_a_claim_come_from_different_households(context: Flask) -> None:
    panel = a_panel(reviewers=1)
    couple = a_couple(panel)
    claim = a_claim(panel, "F04")

    first, second = panel.drawn(claim.id)
    assert len({first.household_id, second.household_id}) == 2
    say(claim, first, "confirm")
    say(claim, second, "not_confirmed")

    third = panel.drawn(claim.id)[2]
    assert third == panel.staff  # and not the other of the couple
    assert third not in couple


def test_i22_of_two_who_move_together_one_leaves_the_claim(panel: Panel) -> None:
    claim = a_claim(panel, "F04")
    first, second = panel.drawn(claim.id)
    say(claim, first, "confirm")
    db.session.get_one(Resident, second.id).household_id = first.household_id
    db.session.flush()

    with pytest.raises(Refused, match="somebody you live with reviews it"):
        say(claim, as_now(second), "confirm")
    assert operations.fill_due(NOON) == 1

    assert second not in panel.drawn(claim.id)
    assert len({as_now(one).household_id for one in panel.drawn(claim.id)}) == 2


# Withdrawn and claimed anew ----------------------------------------------------------------------------------------


def test_i22_nobody_goes_on_to_other_reviewers_after_one_has_not_confirmed(panel: Panel) -> None:
    claim = a_claim(panel, "F04")
    say(claim, panel.drawn(claim.id)[0], "not_confirmed")
    operations.withdraw(claim.id, by=panel.neighbours[0], at=NOON)

    with pytest.raises(Refused, match="so nobody else is asked") as no:
        a_claim(panel, "F04")

    assert "committee's office" in no.value.refusal.text
    a_claim(panel, "F03")  # another deed


def test_i22_nor_when_it_was_not_confirmed_in_an_earlier_round(panel: Panel) -> None:
    claim = a_claim(panel, "F04")
    first, second = panel.drawn(claim.id)
    say(claim, first, "not_confirmed")
    say(claim, second, "returned")
    operations.complete(claim.id, text=TEXT, by=panel.neighbours[0], at=NOON)
    operations.withdraw(claim.id, by=panel.neighbours[0], at=NOON)

    with pytest.raises(Refused, match="so nobody else is asked"):
        a_claim(panel, "F04")


@pytest.mark.parametrize("said", [None, "returned"])
def test_claimed_anew_it_goes_back_to_those_who_know_it(panel: Panel, said: str | None) -> None:
    claim = a_claim(panel)
    (first,) = panel.drawn(claim.id)
    for number in range(6):  # first has had more to do than others
        one = a_claim(panel, by=panel.neighbours[1], deed_on=claim.deed_on - number * DAY, code="F03")
        reviewed(panel, one.id)
    if said:
        say(claim, first, said)
    operations.withdraw(claim.id, by=panel.neighbours[0], at=NOON)

    again = a_claim(panel)

    assert panel.drawn(again.id) == [first]
