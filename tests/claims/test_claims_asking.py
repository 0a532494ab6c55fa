"""What a line asks of a claim: which certificate it was, photos, the other household and its word."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from app.claims import asking, neighbours, operations, proof, queries
from app.claims.models import Claim, ClaimDecision, ClaimDraw, ClaimNeighbour
from app.kit.db import db
from app.kit.refusal import Refused
from app.merits.models import Award
from app.messages.models import Message
from tests.claims.panel import DAY, TODAY, WHY, Panel, a_claim, a_panel, confirmed, reviewed, state_of
from tests.makers import NOON, a_resident, as_person


@pytest.fixture
def panel(context: Flask) -> Panel:
    return a_panel()


def kept(panel: Panel) -> int:
    """What the first household's claims have or wait for."""
    mine = Award.household_id == panel.neighbours[0].household_id, Award.undone_at.is_(None)
    return db.session.scalar(select(func.coalesce(func.sum(Award.points), 0)).where(*mine)) or 0


def refused(panel: Panel, code: str, **values: Any) -> dict[str, Any] | None:
    """What the sentence names that refuses a claim; None for one that is taken."""
    try:
        a_claim(panel, code, **values)
    except Refused as no:
        return dict(no.refusal.values)
    return None


def told(who: Any) -> list[str]:
    return list(db.session.scalars(select(Message.kind).where(Message.resident_id == who.id).order_by(Message.id)))


# Which one it was --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["CITY 2026-17", "city2026-17", "Ｃｉｔｙ　２０２６－１７", " City  2026-17 "])
def test_i10_the_same_certificate_counts_once_in_a_household_however_it_is_typed(panel: Panel, typed: str) -> None:
    a_claim(panel, "A50", occasion="City 2026-17")

    for by, back in ((panel.spouse, 0), (panel.neighbours[0], 1)):
        with pytest.raises(Refused, match="each certificate once"):
            a_claim(panel, "A50", occasion=typed, by=by, deed_on=TODAY - back * DAY)
    a_claim(panel, "A50", occasion="City 2026-18", by=panel.spouse)
    a_claim(panel, "A50", occasion=typed, by=panel.neighbours[1])  # another household has one of its own


@pytest.mark.parametrize("typed", [None, "", " \u3000"])
def test_a_line_that_counts_each_occasion_once_asks_which_it_was(panel: Panel, typed: str | None) -> None:
    with pytest.raises(Refused, match="name or number") as no:
        a_claim(panel, "A05", occasion=typed)

    assert no.value.refusal.status == 422
    assert db.session.scalar(select(func.count(Claim.id))) == 0


def test_an_occasion_is_kept_as_typed_and_compared_within_its_street(panel: Panel) -> None:
    claim = a_claim(panel, "A05", occasion="Street 9 ")

    path = panel.neighbours[0].community_path
    award = db.session.scalars(select(Award)).one()
    assert claim.occasion == "Street 9 "
    assert award.event == asking.occasion_key("street9", path) == f"/{path.split('/')[1]}/street9"
    assert len(asking.occasion_key("\ufdfa" * 60, path)) == asking.LONGEST_OCCASION


@pytest.mark.parametrize("order", [("A05", "A10"), ("A10", "A05")])
def test_i10_for_one_certificate_the_highest_line_counts(panel: Panel, order: tuple[str, str]) -> None:
    no = [refused(panel, code, occasion="Kind neighbours") for code in order]

    assert no == [None, None if order[0] == "A05" else {"code": "A05", "other": "A10"}]
    assert kept(panel) == 10
    a_claim(panel, "A05", occasion="Another one", deed_on=TODAY - DAY)
    assert kept(panel) == 15


def test_i10_what_reviewers_choose_comes_on_top_of_a_lower_line(panel: Panel) -> None:
    a_claim(panel, "A10", occasion="Reading family")
    claim = a_claim(panel, "A50", occasion="Reading family")
    assert (claim.honour, claim.points) == (40, 40)

    for amount in (9, 41):
        with pytest.raises(Refused, match="choose from"):
            reviewed(panel, claim.id, amount=amount)
    reviewed(panel, claim.id, amount=10)  # as if the line alone had earned twenty

    assert kept(panel) == 20


@pytest.mark.parametrize("order", [("M03", "M05"), ("M05", "M03")])
def test_i10_of_two_lines_that_exclude_each_other_the_higher_counts_in_a_month(
    panel: Panel, order: tuple[str, str]
) -> None:
    no = [refused(panel, code, deed_on=TODAY - number * DAY) for number, code in enumerate(order)]

    assert no == [None, None if order[0] == "M03" else {"code": "M03", "other": "M05"}]
    assert kept(panel) == 5


def test_i10_a_hazard_is_counted_for_whoever_reported_it_first(panel: Panel) -> None:
    first = a_claim(panel, "S01", occasion="HT-2026-000123")

    with pytest.raises(Refused, match="claimed already"):
        a_claim(panel, "S01", occasion="ht-2026-000123", by=panel.neighbours[1])
    a_claim(panel, "S01", occasion="HT-2026-000124", by=panel.neighbours[1])
    operations.withdraw(first.id, by=panel.neighbours[0], at=NOON)
    a_claim(panel, "S01", occasion="HT-2026-000123", by=panel.neighbours[2])


# Photos ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "photos", "said"),
    [("E08", 0, "asks for a photo"), ("E09", 0, "before and after"), ("E09", 1, "before and after")],
)
def test_a_line_whose_evidence_is_a_photo_asks_for_it(panel: Panel, code: str, photos: int, said: str) -> None:
    with pytest.raises(Refused, match=said) as no:
        a_claim(panel, code, photos=photos, agreed=True)

    assert no.value.refusal.status == 422
    assert db.session.scalar(select(func.count(Claim.id))) == 0


@pytest.mark.parametrize(("code", "photos"), [("E08", 1), ("E09", 2), ("E09", 3), ("E07", 0)])
def test_with_its_photos_a_claim_is_taken(panel: Panel, code: str, photos: int) -> None:
    assert a_claim(panel, code, photos=photos, agreed=True).id


# The other household -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["N08", "N09"])
def test_i10_a_line_that_counts_between_two_households_asks_for_the_other(panel: Panel, code: str) -> None:
    with pytest.raises(Refused, match="between two households"):
        a_claim(panel, code)

    assert db.session.scalar(select(func.count(Claim.id))) == 0


def helped(panel: Panel, **values: Any) -> Claim:
    """The first neighbour claims to have helped the second."""
    return a_claim(panel, "N08", **({"other_household_id": panel.neighbours[1].household_id} | values))


def answers(panel: Panel, claim: Claim, *, yes: bool, by: Any = None, why: Any = None) -> ClaimNeighbour:
    return operations.answer_neighbour(claim.id, yes=yes, why=why, by=by or panel.neighbours[1], at=NOON)


def test_the_other_household_is_asked_before_anybody_reviews(panel: Panel) -> None:
    claim = helped(panel)

    assert state_of(claim.id, NOON) == "neighbour"
    assert queries.draws(claim.id) == []
    assert told(panel.neighbours[1]) == ["claims.neighbour"]
    assert [row.id for row in neighbours.waiting_for(panel.neighbours[1])] == [claim.id]
    assert neighbours.waiting_for(panel.neighbours[0]) == []
    assert kept(panel) == 3
    assert [*proof.faults()] == []

    answers(panel, claim, yes=True)

    assert state_of(claim.id, NOON) == "submitted"
    assert [told(one) for one in panel.drawn(claim.id)] == [["claims.waits"]]
    assert (told(panel.neighbours[1]), neighbours.waiting_for(panel.neighbours[1])) == ([], [])
    reviewed(panel, claim.id)
    assert state_of(claim.id, NOON) == "confirmed"
    assert [*proof.faults()] == []


def test_what_the_other_household_denies_is_not_confirmed_for_its_reason(panel: Panel) -> None:
    claim = helped(panel)
    with pytest.raises(Refused, match="what was not so"):
        answers(panel, claim, yes=False)

    answers(panel, claim, yes=False, why=WHY)

    row = queries.claim(claim.id)
    assert row is not None
    assert (state_of(claim.id, NOON), row.neighbour_why) == ("not_confirmed", WHY)
    assert (kept(panel), queries.draws(claim.id)) == (0, [])
    assert told(panel.neighbours[0]) == ["claims.not_confirmed"]
    assert [*proof.faults()] == []


def test_an_adult_of_the_other_household_answers_once_and_nobody_else(panel: Panel) -> None:
    claim = helped(panel)
    home = panel.homes[1]
    child = as_person(a_resident(home, born_on=panel.child.born_on))
    newcomer = as_person(a_resident(home, verified=False))

    for who in (panel.neighbours[0], panel.neighbours[2], panel.spouse, panel.staff, child, newcomer):
        with pytest.raises(Refused) as no:
            answers(panel, claim, yes=True, by=who)
        assert no.value.refusal.status == 403
    answers(panel, claim, yes=True)
    with pytest.raises(Refused, match="moved on"):
        answers(panel, claim, yes=False, why=WHY)


def test_a_claimant_withdraws_while_the_neighbour_is_asked(panel: Panel) -> None:
    claim = helped(panel)

    operations.withdraw(claim.id, by=panel.neighbours[0], at=NOON)

    assert (state_of(claim.id, NOON), kept(panel)) == ("withdrawn", 0)
    assert (told(panel.neighbours[1]), neighbours.waiting_for(panel.neighbours[1])) == ([], [])
    with pytest.raises(Refused, match="moved on"):
        answers(panel, claim, yes=True)


def test_other_lines_ask_no_neighbour(panel: Panel) -> None:
    claim = a_claim(panel, "N09", other_household_id=panel.neighbours[1].household_id)

    assert state_of(claim.id, NOON) == "submitted"
    with pytest.raises(Refused, match="moved on"):
        answers(panel, claim, yes=True)


def test_verify_names_a_claim_that_was_confirmed_past_the_neighbour(panel: Panel) -> None:
    claim = helped(panel)
    db.session.add(ClaimDecision(claim_id=claim.id, confirmed=True, honour=3, points=3, by_id=panel.staff.id, at=NOON))
    db.session.flush()

    assert {fault.invariant for fault in proof.faults()} == {"I22"}


@pytest.mark.parametrize("change", ["UPDATE claim_neighbours SET yes = NOT yes", "DELETE FROM claim_neighbours"])
def test_what_a_neighbour_said_stays(panel: Panel, change: str) -> None:
    answers(panel, helped(panel), yes=True)

    with pytest.raises(DBAPIError, match="append-only"), db.session.begin_nested():
        db.session.execute(text(change))


def test_i22_nobody_of_either_household_is_drawn(panel: Panel) -> None:
    confirmed(panel)
    claim = helped(panel)
    answers(panel, claim, yes=True)

    drawn = set(db.session.scalars(select(ClaimDraw.reviewer_id).where(ClaimDraw.claim_id == claim.id)))
    assert drawn <= {one.id for one in panel.reviewers}
