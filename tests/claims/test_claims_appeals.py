"""Appeals of claims: once, until a stored day, looked at by people who took no part, and final."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.claims import operations, proof, queries, waiting
from app.claims.models import Claim, ClaimAppeal, ClaimDecision, ClaimDraw, ClaimEnd, ClaimReview
from app.kit.db import db
from app.kit.refusal import Refused
from app.kit.words import Words
from app.merits import proof as merits_proof
from app.merits.models import Award
from app.messages.models import Message
from app.notices import operations as notices
from app.notices import queries as notice_queries
from app.people.models import Household, Resident
from app.people.rules import Person
from app.points import proof as points_proof
from tests.claims.panel import DAY, GOES_UP, TODAY, WHY, Panel, a_claim, a_panel, on_notice, reviewed, state_of
from tests.makers import NOON, a_household, a_resident, as_person, give

SECOND = timedelta(seconds=1)
UNTIL = datetime(2026, 11, 25, 16, 0, tzinfo=UTC)  # the end of the seventh day after NOON in the village
SEEN = Words(zh="清理后的照片在第二张", en="The second photo shows it afterwards")


@pytest.fixture
def panel(context: Flask) -> Panel:
    return a_panel(reviewers=6)


def not_confirmed(panel: Panel, code: str = "E07", **values: Any) -> Claim:
    claim = a_claim(panel, code, **values)
    reviewed(panel, claim.id, "not_confirmed")
    return claim


def objected_to(panel: Panel, *, by: Person, answered_by: Person) -> Claim:
    """On notice, objected to, and the objection upheld two days later."""
    claim = on_notice(panel)
    notice = notice_queries.notice_of(queries.subject_about(claim.id) or "", GOES_UP)
    assert notice is not None
    said = notices.object_to(notice.id, str(claim.id), text=WHY, by=by, at=GOES_UP + DAY)
    notices.answer(said.id, upheld=True, text=WHY, by=answered_by, at=GOES_UP + 2 * DAY)
    return claim


def appealed(panel: Panel, claim: Claim, *, at: datetime = NOON, **values: Any) -> Claim:
    return operations.appeal(claim.id, text=SEEN, by=values.get("by", panel.neighbours[0]), at=at)


def one_who_lives_with(panel: Panel, person: Person) -> Resident:
    """Another reviewer."""
    at_home = a_resident(db.session.get_one(Household, person.household_id))
    give("reviewer", at_home, panel.street.community)
    return at_home


def told(who: Person) -> list[str]:
    return list(db.session.scalars(select(Message.kind).where(Message.resident_id == who.id).order_by(Message.id)))


def in_order() -> None:
    assert [*proof.faults(), *merits_proof.faults(), *points_proof.faults()] == []


def test_i26_the_same_deed_is_claimed_once_more_for_two_who_took_no_part(panel: Panel) -> None:
    claim = not_confirmed(panel)
    decision = db.session.get_one(ClaimDecision, claim.id)
    assert (decision.confirmed, decision.appeal_until) == (False, UNTIL)

    again = appealed(panel, claim, at=UNTIL - SECOND)

    filed = db.session.get_one(ClaimAppeal, claim.id)
    assert (filed.again_id, filed.text, filed.due_at) == (again.id, SEEN, datetime(2026, 12, 2, 16, 0, tzinfo=UTC))
    assert (again.attempt, again.needs, again.title, again.deed_on) == (1, 2, claim.title, claim.deed_on)
    before = {one.household_id for one in queries.draws(claim.id)}
    assert len(panel.drawn(again.id)) == 2
    assert before.isdisjoint(one.household_id for one in panel.drawn(again.id))
    (task,) = waiting.tasks_for(panel.drawn(again.id)[0], UNTIL)
    assert task.due_at == filed.due_at
    in_order()


def test_i26_a_second_before_the_stored_end_and_not_at_it(panel: Panel) -> None:
    claim = not_confirmed(panel)
    panel.street.community.settings = {"appeal_days": 30}  # moves no running one
    db.session.flush()

    with pytest.raises(Refused, match="The last day to appeal was"):
        appealed(panel, claim, at=UNTIL)
    appealed(panel, claim, at=UNTIL - SECOND)


def test_the_setting_of_the_place_says_how_many_days(panel: Panel) -> None:
    panel.street.community.settings = {"appeal_days": 3}
    db.session.flush()

    claim = not_confirmed(panel)

    assert db.session.get_one(ClaimDecision, claim.id).appeal_until == UNTIL - 4 * DAY


def test_an_appeal_is_filed_once_by_whoever_claimed(panel: Panel) -> None:
    claim = not_confirmed(panel)
    for who in (panel.spouse, panel.neighbours[1], panel.staff):
        with pytest.raises(Refused, match="Only whoever made a claim appeals"):
            appealed(panel, claim, by=who)
    again = appealed(panel, claim)

    with pytest.raises(Refused, match="appealed already"):
        appealed(panel, claim)
    row = {"claim_id": claim.id, "again_id": again.id + 1, "text": SEEN, "at": NOON, "due_at": NOON + DAY}
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(ClaimAppeal.__table__.insert(), row)
    with pytest.raises(Refused, match="each deed counts once"):
        a_claim(panel)


def test_whoever_moved_since_is_told_whom_to_ask(panel: Panel) -> None:
    claim = not_confirmed(panel)
    db.session.get_one(Resident, panel.neighbours[0].id).household_id = panel.neighbours[1].household_id
    db.session.flush()

    with pytest.raises(Refused, match="household you have left"):
        appealed(panel, claim, by=as_person(db.session.get_one(Resident, panel.neighbours[0].id)))


@pytest.mark.parametrize("stands", ["under review", "confirmed", "withdrawn"])
def test_where_nothing_was_decided_against_it_there_is_nothing_to_appeal(panel: Panel, stands: str) -> None:
    claim = a_claim(panel)
    if stands == "confirmed":
        reviewed(panel, claim.id)
    elif stands == "withdrawn":
        operations.withdraw(claim.id, by=panel.neighbours[0], at=NOON)

    with pytest.raises(Refused, match="Nothing was decided here"):
        appealed(panel, claim)


def test_i10_an_appeal_fits_under_the_limits_as_they_are_now(panel: Panel) -> None:
    claim = not_confirmed(panel, "E05")
    other = a_claim(panel, "E05", deed_on=TODAY - DAY)  # it took the room of this month

    with pytest.raises(Refused, match="used up"):
        appealed(panel, claim)
    operations.withdraw(other.id, by=panel.neighbours[0], at=NOON)
    appealed(panel, claim)


def test_an_appeal_that_is_confirmed_goes_on_notice_and_is_posted(panel: Panel) -> None:
    claim = not_confirmed(panel)
    again = appealed(panel, claim)
    reviewed(panel, again.id)
    operations.put_up_due(GOES_UP)

    assert operations.post_due(GOES_UP + 30 * DAY) == 1

    assert [state_of(one.id, GOES_UP + 30 * DAY) for one in (claim, again)] == ["not_confirmed", "posted"]
    awards = db.session.scalars(select(Award).order_by(Award.id)).all()
    assert [(one.because, one.posted_at is None) for one in awards] == [
        (f"claim:{claim.id}", True), (f"claim:{again.id}", False),
    ]  # fmt: skip
    in_order()


def test_what_comes_of_an_appeal_is_final(panel: Panel) -> None:
    claim = not_confirmed(panel)
    again = appealed(panel, claim)

    reviewed(panel, again.id, "not_confirmed")

    assert db.session.get_one(ClaimDecision, again.id).appeal_until is None
    assert told(panel.neighbours[0]) == ["claims.not_confirmed", "claims.final"]
    with pytest.raises(Refused, match="Nothing was decided here that can be appealed"):
        appealed(panel, again)
    with pytest.raises(Refused, match="appealed already"):
        appealed(panel, claim)
    in_order()


def test_an_appeal_that_is_withdrawn_is_over(panel: Panel) -> None:
    claim = not_confirmed(panel)
    again = appealed(panel, claim)
    operations.withdraw(again.id, by=panel.neighbours[0], at=NOON)

    with pytest.raises(Refused, match="each deed counts once"):
        a_claim(panel)
    with pytest.raises(Refused, match="appealed already"):
        appealed(panel, claim)


# Who took part -----------------------------------------------------------------------------------------------------


def test_i26_an_upheld_objection_is_appealed_though_its_month_is_settled(panel: Panel) -> None:
    """Neither the reviewer, nor who objected, nor who answered looks at it, nor anybody of their households."""
    objector = panel.reviewers[0]
    claim = objected_to(panel, by=objector, answered_by=panel.staff)
    give("reviewer", db.session.get_one(Resident, panel.staff.id), panel.street.community)
    at_home = one_who_lives_with(panel, panel.staff)
    ended = db.session.get_one(ClaimEnd, claim.id)
    assert (ended.outcome, ended.appeal_until) == ("upheld", datetime(2026, 12, 4, 16, 0, tzinfo=UTC))

    again = appealed(panel, claim, at=GOES_UP + 3 * DAY)
    second = not_confirmed(panel, "F03", by=panel.neighbours[1])

    part = {objector.id, panel.staff.id, at_home.id, *(one.reviewer_id for one in queries.draws(claim.id))}
    assert second.id > again.id
    for _ in range(4):  # whoever is drawn leaves, until nobody is left
        for one in queries.draws(again.id):
            assert one.reviewer_id not in part
            if one.stepped_back is None:
                person = as_person(db.session.get_one(Resident, one.reviewer_id))
                operations.step_back(again.id, why=WHY, by=person, at=GOES_UP + 3 * DAY)
    in_order()


def test_i26_whoever_lives_with_an_earlier_reviewer_is_not_drawn(context: Flask) -> None:
    panel = a_panel(reviewers=1)
    claim = not_confirmed(panel)
    one_who_lives_with(panel, panel.reviewers[0])

    again = appealed(panel, claim)

    assert [one.reviewer_id for one in queries.draws(again.id)] == [panel.staff.id]
    assert operations.fill_due(NOON) == 0
    new = a_resident(a_household(panel.street.group))
    give("reviewer", new, panel.street.community)
    assert operations.fill_due(NOON) == 1
    assert [one.reviewer_id for one in queries.draws(again.id)] == [panel.staff.id, new.id]


def test_i26_those_of_an_attempt_that_was_withdrawn_took_part_too(panel: Panel) -> None:
    first = a_claim(panel)
    (knows,) = panel.drawn(first.id)
    operations.review(first.id, verdict="returned", amount=None, why=WHY, by=knows, at=NOON)
    operations.withdraw(first.id, by=panel.neighbours[0], at=NOON)
    second = a_claim(panel)
    operations.step_back(second.id, why=WHY, by=knows, at=NOON)
    reviewed(panel, second.id, "not_confirmed")

    again = appealed(panel, second)

    assert again.attempt == 2
    assert knows not in panel.drawn(again.id)


# What must hold ----------------------------------------------------------------------------------------------------


def test_verify_names_an_appeal_that_an_earlier_reviewer_looked_at(panel: Panel) -> None:
    claim = not_confirmed(panel)
    again = appealed(panel, claim)
    draw = ClaimDraw(claim_id=again.id, reviewer_id=queries.draws(claim.id)[0].reviewer_id, pool="own", at=NOON)
    db.session.add(draw)
    db.session.flush()
    db.session.add(ClaimReview(draw_id=draw.id, round=0, verdict="returned", why=WHY, at=NOON))
    db.session.flush()

    assert [(fault.invariant, fault.where) for fault in proof.faults()] == [("I26", f"claim:{again.id}")]


def test_verify_names_an_appeal_that_came_too_late(panel: Panel) -> None:
    claim, other = not_confirmed(panel), a_claim(panel, by=panel.neighbours[1])
    db.session.add(ClaimAppeal(claim_id=claim.id, again_id=other.id, text=SEEN, at=UNTIL, due_at=UNTIL + DAY))
    db.session.flush()

    assert [(fault.invariant, fault.where) for fault in proof.faults()] == [("I26", f"claim:{claim.id}")]


def test_an_appeal_cannot_be_changed(panel: Panel) -> None:
    appealed(panel, not_confirmed(panel))

    with pytest.raises(DBAPIError, match="append-only"), db.session.begin_nested():
        db.session.execute(ClaimAppeal.__table__.update().values(at=NOON - DAY))
