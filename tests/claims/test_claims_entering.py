"""Lines of an office: residents do not claim them; grid member, panel or leader enter them for the household."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from app.claims import entries, operations, proof, queries
from app.claims.models import Claim, ClaimDraw
from app.claims.showing import ClaimPage
from app.kit.audit import AuditEntry
from app.kit.db import db
from app.kit.refusal import Refused
from app.merits import operations as merits
from app.merits import queries as merits_queries
from app.merits.models import Award
from app.messages.models import Message
from app.people.models import Resident
from app.people.rules import Person
from app.points.models import Transfer
from tests.claims.offices import SHEET, Offices, office_tariff, offices
from tests.claims.panel import DAY, GOES_UP, NOTICE_ENDS, TODAY, WHY, a_claim, reviewed, state_of
from tests.makers import NOON, a_household, a_resident, as_person, give

Clock = Callable[[datetime], datetime]


@pytest.fixture
def here(context: Flask) -> Offices:
    return offices()


def told(who: Person) -> list[str]:
    return list(db.session.scalars(select(Message.kind).where(Message.resident_id == who.id).order_by(Message.id)))


def number_of(table: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def entered_in_the_log() -> int:
    return db.session.scalar(select(func.count(AuditEntry.id)).where(AuditEntry.act == "claims.enter")) or 0


# Who claims, who enters ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "office"),
    [("E01", "the grid member"), ("E02", "the points review group"), ("F07", "the building or group leader")],
)
def test_a_resident_does_not_claim_what_an_office_enters_and_hears_which(here: Offices, code: str, office: str) -> None:
    with pytest.raises(Refused, match="you need not claim it") as no:
        a_claim(here.panel, code)

    assert (no.value.refusal.status, dict(no.value.refusal.values)["office"].en) == (422, office)
    assert (number_of(Claim), number_of(Award)) == (0, 0)
    assert a_claim(here.panel, "E08").entered_by_id is None  # `resident` is as if nothing were said


def test_a_line_of_an_office_stays_one_when_an_article_sets_it(here: Offices) -> None:
    path = here.panel.street.group.path
    row = next(one for one in merits_queries.tariff_in_force(path, TODAY) if one.code == "E01")

    assert merits_queries.as_document(row)["entered_by"] == "grid"
    assert [one.code for one in merits_queries.lines_to_enter(path, TODAY)] == ["E01", "S01", "E02", "S05", "F07"]
    assert "E01" not in [line.code for _row, line in merits_queries.claim_lines(path, TODAY)]


def test_a_tariff_that_names_an_unknown_office_is_refused(here: Offices) -> None:
    document = office_tariff() | {"tariff": {"name": {"zh": "新"}, "version": 2}}
    document["lines"][0]["entered_by"] = "mayor"

    with pytest.raises(Refused, match="cannot be understood"):
        merits.load_tariff(document, place_id=here.panel.street.community.id, effective_from=TODAY, by_id=None, at=NOON)


@pytest.mark.parametrize(
    ("who", "values", "said"),
    [
        ("resident", {}, "by the grid member, the leader"),
        ("staff", {}, "by the grid member, the leader"),
        ("village_grid", {}, "by the grid member, the leader"),
        ("grid", {"household_id": 999_999}, "by the grid member, the leader"),
        ("grid", {"code": "E02"}, "lines that your office enters"),
        ("leader", {"code": "E01"}, "lines that your office enters"),
        ("reviewer", {"code": "F07"}, "lines that your office enters"),
        ("grid", {"code": "E08"}, "lines that your office enters"),
        ("grid", {"code": "V01"}, "lines that your office enters"),
        ("grid", {"code": "' OR 1"}, "lines that your office enters"),
        ("grid", {"deed_on": TODAY + DAY}, "not come yet"),
        ("grid", {"deed_on": date(2026, 10, 24)}, "Deeds since"),
        ("grid", {"deed_on": date(2025, 12, 31)}, "not in force on that day"),
        ("grid", {"photos": 1}, "has agreed"),
        ("grid", {"code": "S01"}, "choose who of the household"),
        ("grid", {"code": "S01", "resident_id": "neighbour"}, "choose who of the household"),
    ],
)
def test_what_is_not_theirs_to_enter_is_refused_and_leaves_nothing(
    here: Offices, who: str, values: dict[str, Any], said: str
) -> None:
    panel = here.panel
    by = {
        "resident": panel.neighbours[1], "staff": panel.staff, "village_grid": here.village_grid, "grid": here.grid,
        "leader": here.leader, "reviewer": panel.reviewers[0],
    }[who]  # fmt: skip
    if values.get("resident_id") == "neighbour":  # of another household, by address
        values = values | {"resident_id": panel.neighbours[1].id}

    with pytest.raises(Refused, match=said):
        here.enters(by=by, **values)

    assert (number_of(Claim), number_of(Award), entered_in_the_log()) == (0, 0, 0)


def test_i22_nobody_enters_anything_for_their_own_household(here: Offices) -> None:
    give("grid", db.session.get_one(Resident, here.panel.spouse.id), here.panel.street.grid)

    with pytest.raises(Refused, match="your own household"):
        here.enters(by=as_person(db.session.get_one(Resident, here.panel.spouse.id)))


# For whom it counts -------------------------------------------------------------------------------------------------


def test_what_is_the_households_counts_for_the_longest_standing_of_age(here: Offices) -> None:
    panel = here.panel
    db.session.execute(
        update(Resident).where(Resident.id == panel.child.id).values(verified_at=NOON - 9 * DAY)
    )  # stands longest, but is a child
    db.session.execute(update(Resident).where(Resident.id == panel.spouse.id).values(verified_at=NOON - 5 * DAY))

    claim = here.enters()

    assert (claim.resident_id, claim.household_id, claim.entered_by_id) == (panel.spouse.id, here.home, here.grid.id)


def test_what_is_the_households_counts_for_its_representative(here: Offices) -> None:
    panel = here.panel
    give("household_rep", db.session.get_one(Resident, panel.neighbours[1].id), panel.street.group)  # another home's
    give("household_rep", db.session.get_one(Resident, panel.spouse.id), panel.street.group)

    assert here.enters().resident_id == panel.spouse.id


def test_what_counts_by_person_counts_for_whom_was_chosen(here: Offices) -> None:
    claim = here.enters("S01", resident_id=here.panel.child.id)

    assert claim.resident_id == here.panel.child.id
    assert told(here.panel.child) == ["claims.entered"]
    assert told(here.panel.neighbours[0]) == []


def test_a_household_without_anybody_registered_gets_a_kind_refusal(here: Offices) -> None:
    empty = a_household(here.panel.street.group)
    a_resident(empty, verified=False)

    for code in ("E01", "S01"):
        with pytest.raises(Refused, match="Nobody is registered behind this door"):
            here.enters(code, household_id=empty.id)


# The way of every claim ---------------------------------------------------------------------------------------------


def test_an_entry_is_the_households_claim_with_its_limits_and_reviewers(here: Offices) -> None:
    claim = here.enters()

    award = db.session.scalars(select(Award).where(Award.because == f"claim:{claim.id}")).one()
    assert (award.points, award.posted_at, award.household_id) == (1, None, here.home)
    assert state_of(claim.id, NOON) == "submitted"
    assert told(here.panel.neighbours[0]) == told(here.panel.spouse) == ["claims.entered"]
    assert told(here.panel.newcomer) == told(here.panel.neighbours[1]) == []
    note = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "claims.enter")).one()
    assert (note.actor_id, note.subject) == (here.grid.id, f"claim:{claim.id}")
    with pytest.raises(Refused, match="for that week is used up"):
        here.enters(deed_on=TODAY - DAY)
    with pytest.raises(Refused, match="each deed counts once"):
        here.enters()
    assert list(proof.faults()) == []


def test_i22_whoever_entered_it_is_never_drawn(here: Offices) -> None:
    panel = here.panel
    for number, one in enumerate(panel.reviewers):
        claim = here.enters("S05", resident_id=panel.neighbours[0].id, by=one, deed_on=TODAY - number * DAY)
        drawn = [row.reviewer_id for row in queries.draws(claim.id)]
        assert len(drawn) == claim.needs == 2
        assert one.id not in drawn


def test_i22_verify_finds_an_entry_that_was_reviewed_by_whoever_entered_it(here: Offices) -> None:
    claim = here.enters()
    (reviewer,) = here.panel.drawn(claim.id)
    assert operations.review(claim.id, verdict="confirm", amount=None, why=None, by=reviewer, at=NOON)
    assert list(proof.faults()) == []

    own = Claim(
        **{column.name: getattr(claim, column.name) for column in Claim.__table__.columns if column.name != "id"}
    )
    own.attempt, own.entered_by_id = 7, reviewer.id
    db.session.add(own)
    db.session.flush()
    draw = ClaimDraw(claim_id=own.id, reviewer_id=reviewer.id, pool="own", at=NOON)
    db.session.add(draw)
    db.session.flush()
    said = operations.reviewing.ClaimReview(draw_id=draw.id, round=0, verdict="confirm", at=NOON)
    db.session.add(said)
    db.session.flush()

    assert "I22" in [fault.invariant for fault in proof.faults()]


def test_what_is_missing_is_told_to_and_added_by_whoever_entered_it(here: Offices) -> None:
    panel = here.panel
    claim = here.enters()
    reviewed(panel, claim.id, "returned")

    assert told(here.grid) == ["claims.entry_returned"]
    assert "claims.returned" not in told(panel.neighbours[0])
    with pytest.raises(Refused, match="Only whoever made a claim adds"):
        operations.complete(claim.id, text=WHY, by=panel.neighbours[0], at=NOON)
    operations.complete(claim.id, text=SHEET, by=here.grid, at=NOON)
    assert state_of(claim.id, NOON) == "submitted"


def test_anybody_of_the_household_withdraws_it_and_nobody_else(here: Offices) -> None:
    panel = here.panel
    claim = here.enters()

    for one in (here.grid, panel.neighbours[1], panel.newcomer, panel.staff):
        with pytest.raises(Refused, match="Only whoever made a claim withdraws"):
            operations.withdraw(claim.id, by=one, at=NOON)
    operations.withdraw(claim.id, by=panel.spouse, at=NOON)

    assert state_of(claim.id, NOON) == "withdrawn"
    by_person = here.enters("S01", resident_id=panel.spouse.id)
    with pytest.raises(Refused, match="Only whoever made a claim withdraws"):
        operations.withdraw(by_person.id, by=panel.neighbours[0], at=NOON)
    operations.withdraw(by_person.id, by=panel.spouse, at=NOON)


def test_what_an_activity_counted_that_day_is_not_entered_again(here: Offices) -> None:
    merits.award(
        "F07", by_id=None, at=NOON, resident_id=here.panel.spouse.id, because="activity-hours:7", effective_at=NOON
    )

    with pytest.raises(Refused, match="An activity on"):
        here.enters("F07", by=here.leader)
    assert here.enters("F07", by=here.leader, deed_on=TODAY - DAY).points == 2


def test_an_entry_is_posted_after_its_notice_to_the_household(here: Offices) -> None:
    claim = here.enters("E02", by=here.panel.reviewers[0])
    reviewed(here.panel, claim.id)
    operations.put_up_due(GOES_UP)
    assert state_of(claim.id, GOES_UP) == "on_notice"

    operations.post_due(NOTICE_ENDS)

    rows = db.session.execute(select(Transfer.asset, Transfer.change, Transfer.household_id)).all()
    mine = [(row.asset, row.change) for row in rows if row.household_id == here.home]
    assert sorted(mine) == [("honour", 3), ("points", 3)]
    page = ClaimPage(queries.claim(claim.id), here.panel.neighbours[0], NOTICE_ENDS)
    assert page.office is not None
    assert page.office.en == "the points review group"
    assert list(proof.faults()) == []


def test_an_officer_is_offered_the_lines_of_their_office_at_that_place(here: Offices) -> None:
    path = here.panel.street.group.path

    offered = {
        name: [row.code for row in entries.lines(who, path, TODAY)]
        for name, who in {
            "grid": here.grid, "reviewer": here.panel.reviewers[0], "leader": here.leader, "staff": here.panel.staff,
            "village": here.village_grid,
        }.items()
    }  # fmt: skip

    assert offered == {
        "grid": ["E01", "S01"], "reviewer": ["E02", "S05"], "leader": ["F07"], "staff": [], "village": []
    }  # fmt: skip
