"""Claims on the real database: limits, reviewers, the notice with the time left, posting whenever tick runs."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.claims import batches, drawing, operations, proof, queries, waiting
from app.claims.models import Claim, ClaimBatch, ClaimDecision, ClaimDraw, ClaimEnd
from app.kit import causes
from app.kit.audit import AuditEntry
from app.kit.db import db
from app.kit.periods import Period
from app.kit.refusal import Refused
from app.kit.words import Words
from app.merits import proof as merits_proof
from app.merits.models import Award
from app.messages.models import Message
from app.notices import lists as notice_lists
from app.notices import operations as notices
from app.notices import queries as notice_queries
from app.notices.models import ObjectionEnd
from app.notices.rules import period_end
from app.people import operations as people
from app.people.models import Resident, Role
from app.points import proof as points_proof
from app.points import queries as ledger
from app.points.models import Transfer
from tests.claims.panel import (
    DAY,
    DEED,
    GOES_UP,
    MEETING,
    NOTICE_ENDS,
    SPOT,
    TEXT,
    TODAY,
    WHY,
    Panel,
    a_claim,
    a_panel,
    confirmed,
    on_notice,
    reviewed,
    state_of,
)
from tests.makers import NOON, a_household, a_resident, as_person, give

SECOND = timedelta(seconds=1)
NOVEMBER = Period("month", 2026, 11)


@pytest.fixture
def panel(context: Flask) -> Panel:
    return a_panel()


def award_of(claim: Claim) -> Award:
    return db.session.scalars(select(Award).where(Award.because == f"claim:{claim.id}")).one()


def points_of(panel: Panel, number: int = 0) -> tuple[int, int]:
    """Honour and points of a neighbour's household."""
    home = panel.neighbours[number].household_id
    assert home is not None
    balances = ledger.balances(home, at=NOTICE_ENDS)
    return balances.honour_earned, balances.points


def told(who: Any) -> list[str]:
    return list(db.session.scalars(select(Message.kind).where(Message.resident_id == who.id).order_by(Message.id)))


def in_order() -> None:
    assert [*proof.faults(), *merits_proof.faults(), *points_proof.faults()] == []


# Claiming and its limits -------------------------------------------------------------------------------------------


def test_a_claim_keeps_room_and_posts_nothing(panel: Panel) -> None:
    claim = a_claim(panel)

    waiting = award_of(claim)
    assert (waiting.honour, waiting.points, waiting.posted_at) == (3, 3, None)
    assert state_of(claim.id, NOON) == "submitted"
    assert len(panel.drawn(claim.id)) == claim.needs == 1
    assert told(panel.drawn(claim.id)[0]) == ["claims.waits"]
    assert points_of(panel) == (0, 0)
    in_order()


def test_i10_claims_that_wait_fill_the_limit_and_the_next_is_refused(panel: Panel) -> None:
    for back in range(3):
        a_claim(panel, deed_on=TODAY - back * DAY)

    with pytest.raises(Refused, match="for that month is used up"):
        a_claim(panel, deed_on=TODAY - 3 * DAY)
    assert db.session.scalar(select(func.sum(Award.points))) == 9
    a_claim(panel, deed_on=date(2026, 10, 31))  # another month has room of its own


def test_i10_what_is_withdrawn_or_not_confirmed_frees_its_room(panel: Panel) -> None:
    first, second, _third = (a_claim(panel, deed_on=TODAY - back * DAY) for back in range(3))
    operations.withdraw(first.id, by=panel.neighbours[0], at=NOON)
    reviewed(panel, second.id, "not_confirmed")

    for back in (3, 4):
        a_claim(panel, deed_on=TODAY - back * DAY)
    with pytest.raises(Refused, match="used up"):
        a_claim(panel, deed_on=TODAY - 5 * DAY)
    in_order()


def test_i10_the_limit_of_two_households_counts_what_waits(panel: Panel) -> None:
    other = panel.neighbours[1].household_id
    a_claim(panel, "N09", other_household_id=other)

    with pytest.raises(Refused, match="used up"):
        a_claim(panel, "N09", other_household_id=panel.neighbours[0].household_id, by=panel.neighbours[1])
    a_claim(panel, "N09", other_household_id=panel.neighbours[2].household_id, deed_on=TODAY - DAY)


def test_i11_the_last_day_of_a_month_and_the_first_of_the_next_fill_two_months(panel: Panel) -> None:
    a_claim(panel, "E05", deed_on=date(2026, 10, 31))
    a_claim(panel, "E05", deed_on=date(2026, 11, 1))

    with pytest.raises(Refused, match="used up"):
        a_claim(panel, "E05", deed_on=date(2026, 11, 2))


def test_the_same_deed_is_claimed_once(panel: Panel) -> None:
    a_claim(panel)

    with pytest.raises(Refused, match="each deed counts once"):
        a_claim(panel)
    a_claim(panel, by=panel.spouse)  # somebody else of the household
    twice = {column.name: 1 for column in Claim.__table__.columns if not column.nullable and column.name != "id"}
    row = db.session.execute(select(Claim.__table__).order_by(Claim.id).limit(1)).mappings().one()
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(Claim.__table__.insert(), {name: row[name] for name in twice})


def test_what_was_withdrawn_can_be_claimed_anew(panel: Panel) -> None:
    first = a_claim(panel)
    operations.withdraw(first.id, by=panel.neighbours[0], at=NOON)

    again = a_claim(panel)

    assert (again.attempt, state_of(first.id, NOON), state_of(again.id, NOON)) == (1, "withdrawn", "submitted")
    assert award_of(first).undone_at == NOON


@pytest.mark.parametrize("code", ["E99", "E04", "F06", "V01", "K01", "D01"])
def test_other_lines_are_not_claimed(panel: Panel, code: str) -> None:
    with pytest.raises(Refused) as no:
        a_claim(panel, code)

    assert no.value.refusal.status == 422


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"deed_on": TODAY + DAY}, "not come yet"),
        ({"deed_on": date(2026, 10, 24)}, "Deeds since"),
        ({"photos": 1}, "has agreed"),
    ],
)
def test_a_claim_that_cannot_be_taken_leaves_nothing(panel: Panel, values: dict[str, Any], said: str) -> None:
    with pytest.raises(Refused, match=said):
        a_claim(panel, **values)

    assert db.session.scalar(select(func.count(Claim.id))) == 0
    assert db.session.scalar(select(func.count(Award.id))) == 0


# Who reviews -------------------------------------------------------------------------------------------------------


def test_i22_nobody_concerned_is_ever_drawn(panel: Panel) -> None:
    claimant, helped = panel.neighbours[0], panel.neighbours[1]
    for one in (panel.spouse, helped):
        give("reviewer", db.session.get_one(Resident, one.id), panel.street.community)
    operations.declare_conflict(claimant.household_id, by=panel.reviewers[0], at=NOON)

    drawn = []
    for back in range(6):
        code = "N09" if back < 1 else "F03"
        other = helped.household_id if code == "N09" else None
        claim = a_claim(panel, code, deed_on=TODAY - back * DAY, other_household_id=other)
        drawn += [one.reviewer_id for one in queries.draws(claim.id)]

    assert set(drawn) <= {one.id for one in panel.reviewers[1:]} | {helped.id}
    first = queries.draws(db.session.scalars(select(func.min(Claim.id))).one())
    assert helped.id not in [one.reviewer_id for one in first]


def test_whoever_had_least_to_do_is_drawn_first(panel: Panel) -> None:
    for number in range(6):
        for back in range(2):
            a_claim(panel, by=panel.neighbours[number], deed_on=TODAY - back * DAY)

    work = db.session.execute(select(ClaimDraw.reviewer_id, func.count()).group_by(ClaimDraw.reviewer_id)).all()

    assert [number for _who, number in work] == [3, 3, 3, 3]


def test_the_lot_can_be_drawn_again_by_anybody(panel: Panel) -> None:
    claim = a_claim(panel)

    expected = min(panel.reviewers, key=lambda one: drawing.lot(claim.id, one.id))

    assert panel.drawn(claim.id) == [expected]


def test_without_a_reviewer_of_its_own_another_group_then_the_committee_is_asked(context: Flask) -> None:
    panel = a_panel(reviewers=0)
    neighbour = a_resident(a_household(panel.street.village_group))
    give("reviewer", neighbour, panel.street.village)

    claim = a_claim(panel, "F04")

    assert [(one.reviewer_id, one.pool) for one in queries.draws(claim.id)] == [
        (neighbour.id, "other"), (panel.staff.id, "committee"),
    ]  # fmt: skip
    assert told(panel.staff) == ["claims.waits", "claims.too_few"]


def test_who_steps_back_is_replaced_and_never_drawn_again(panel: Panel) -> None:
    claim = a_claim(panel)
    (first,) = panel.drawn(claim.id)

    operations.step_back(claim.id, why=WHY, by=first, at=NOON)

    (second,) = panel.drawn(claim.id)
    assert second != first
    assert told(first) == []
    with pytest.raises(Refused, match="those who were drawn"):
        operations.review(claim.id, verdict="confirm", amount=None, why=None, by=first, at=NOON)


def test_a_declared_conflict_hands_over_what_waits(panel: Panel) -> None:
    claim = a_claim(panel)
    (first,) = panel.drawn(claim.id)

    for _ in range(2):
        operations.declare_conflict(panel.neighbours[0].household_id, by=first, at=NOON)

    assert first not in panel.drawn(claim.id)
    assert len(panel.drawn(claim.id)) == 1


@pytest.mark.parametrize("way", ["the role ends", "the account is closed"])
def test_whoever_may_review_no_longer_hands_over_what_waits(panel: Panel, way: str) -> None:
    claim, admin = a_claim(panel), as_person(a_resident(None))
    give("admin", db.session.get_one(Resident, admin.id), panel.street.street)
    (first,) = panel.drawn(claim.id)

    if way == "the role ends":
        role = db.session.scalars(select(Role.id).where(Role.resident_id == first.id)).one()
        people.end_role(role, by=as_person(db.session.get_one(Resident, admin.id)), at=NOON)
    else:
        people.disable(first.id, by=as_person(db.session.get_one(Resident, admin.id)), at=NOON)

    (second,) = panel.drawn(claim.id)
    assert second != first
    assert told(first) == []
    assert queries.draws(claim.id)[0].stepped_back is not None


def test_whoever_has_reviewed_stays_on_the_claim_when_the_role_ends(panel: Panel) -> None:
    claim = a_claim(panel, "F03")
    panel.street.community.settings = {"claim_second_reviewer_above": 10}
    claim = a_claim(panel, "F03", by=panel.neighbours[1])
    first, other = panel.drawn(claim.id)
    operations.review(claim.id, verdict="confirm", amount=None, why=None, by=first, at=NOON)

    operations.leave_office(first.id, at=NOON)
    db.session.execute(update(Role).where(Role.resident_id == first.id).values(ended_at=NOON))
    operations.leave_office(first.id, at=NOON)

    assert panel.drawn(claim.id) == [first, other]


# Reviewing ---------------------------------------------------------------------------------------------------------


def test_one_reviewer_confirms_a_small_claim(panel: Panel) -> None:
    claim = confirmed(panel)

    assert state_of(claim.id, NOON) == "confirmed"
    assert told(panel.neighbours[0]) == ["claims.confirmed"]
    entry = db.session.query(AuditEntry).filter_by(act="claims.review").one()
    assert (entry.actor_id, entry.detail) == (panel.drawn(claim.id)[0].id, {"outcome": "confirm"})
    assert points_of(panel) == (0, 0)
    in_order()


def test_above_the_limit_two_confirm_and_the_smaller_amount_holds(panel: Panel) -> None:
    claim = a_claim(panel, "F04")
    first, second = panel.drawn(claim.id)
    assert award_of(claim).points == 50

    operations.review(claim.id, verdict="confirm", amount=40, why=None, by=first, at=NOON)
    assert state_of(claim.id, NOON) == "second"
    operations.review(claim.id, verdict="confirm", amount=25, why=None, by=second, at=NOON)

    decision = db.session.get_one(ClaimDecision, claim.id)
    assert (decision.honour, decision.points, award_of(claim).points) == (25, 25, 25)
    in_order()


@pytest.mark.parametrize("amount", [None, 0, -1, 19, 51, 2**63])
def test_an_amount_outside_its_range_is_refused(panel: Panel, amount: int | None) -> None:
    claim = a_claim(panel, "F04")

    with pytest.raises(Refused, match="leaves the amount"):
        operations.review(claim.id, verdict="confirm", amount=amount, why=None, by=panel.drawn(claim.id)[0], at=NOON)

    assert state_of(claim.id, NOON) == "submitted"


def test_where_two_disagree_a_third_is_drawn_and_decides(panel: Panel) -> None:
    claim = a_claim(panel, "F04")
    first, second = panel.drawn(claim.id)
    operations.review(claim.id, verdict="confirm", amount=30, why=None, by=first, at=NOON)
    operations.review(claim.id, verdict="not_confirmed", amount=None, why=WHY, by=second, at=NOON)

    (third,) = [one for one in panel.drawn(claim.id) if one not in (first, second)]
    operations.review(claim.id, verdict="not_confirmed", amount=None, why=WHY, by=third, at=NOON)

    assert state_of(claim.id, NOON) == "not_confirmed"
    assert award_of(claim).undone_at == NOON
    in_order()


def test_what_is_sent_back_comes_to_the_same_reviewers_again(panel: Panel) -> None:
    claim = a_claim(panel)
    (reviewer,) = panel.drawn(claim.id)
    operations.review(claim.id, verdict="returned", amount=None, why=WHY, by=reviewer, at=NOON)
    assert state_of(claim.id, NOON) == "returned"
    assert waiting.waiting_for(reviewer) == []
    assert told(panel.neighbours[0]) == ["claims.returned"]
    assert award_of(claim).undone_at is None  # its room is kept meanwhile

    operations.complete(claim.id, text=TEXT, by=panel.neighbours[0], at=NOON + DAY)

    assert state_of(claim.id, NOON + DAY) == "submitted"
    assert [row.id for row in waiting.waiting_for(reviewer)] == [claim.id]
    operations.review(claim.id, verdict="confirm", amount=None, why=None, by=reviewer, at=NOON + DAY)
    assert state_of(claim.id, NOON + DAY) == "confirmed"


@pytest.mark.parametrize("verdict", ["not_confirmed", "returned"])
def test_whoever_does_not_confirm_says_why(panel: Panel, verdict: str) -> None:
    claim = a_claim(panel)

    with pytest.raises(Refused, match="say why"):
        operations.review(claim.id, verdict=verdict, amount=None, why=None, by=panel.drawn(claim.id)[0], at=NOON)


def test_i22_a_reviewer_who_moved_in_does_not_decide(panel: Panel) -> None:
    claim = a_claim(panel)
    (reviewer,) = panel.drawn(claim.id)
    db.session.get_one(Resident, reviewer.id).household_id = panel.neighbours[0].household_id
    db.session.flush()

    with pytest.raises(Refused, match="their own household"):
        operations.review(
            claim.id, verdict="confirm", amount=None, why=None,
            by=as_person(db.session.get_one(Resident, reviewer.id)), at=NOON,
        )  # fmt: skip


def test_nobody_reviews_twice_or_unasked_or_afterwards(panel: Panel) -> None:
    claim = a_claim(panel, "F04")
    first, second = panel.drawn(claim.id)
    operations.review(claim.id, verdict="confirm", amount=30, why=None, by=first, at=NOON)

    for who, said in ((first, "already"), (panel.neighbours[2], "drawn"), (panel.neighbours[0], "own household")):
        with pytest.raises(Refused, match=said):
            operations.review(claim.id, verdict="confirm", amount=30, why=None, by=who, at=NOON)
    operations.withdraw(claim.id, by=panel.neighbours[0], at=NOON)
    with pytest.raises(Refused, match="moved on"):
        operations.review(claim.id, verdict="confirm", amount=30, why=None, by=second, at=NOON)


# Notice and posting ------------------------------------------------------------------------------------------------


def test_a_batch_goes_up_by_hand_on_its_day(panel: Panel) -> None:
    claim = confirmed(panel)
    place, by = panel.street.community, panel.reviewers[0]

    with pytest.raises(Refused, match="is settled on"):
        operations.put_up(place, NOVEMBER, by=by, at=MEETING - DAY)
    batch = operations.put_up(place, NOVEMBER, by=by, at=MEETING)

    notice = notice_queries.notice_of(f"claim-batch:{batch.id}", MEETING)
    assert notice is not None
    assert (notice.days, notice.working, notice.starts_at, notice.ends_at) == (5, True, MEETING, NOTICE_ENDS)
    words = notice.lines[0].text
    assert words.zh == "张*家：11月18日，好事E07（清走三楼的旧家具），荣誉分3分，兑换分3分"
    assert words.en.startswith("The Zhang* household, 18 November: Deed E07 (Cleared")
    assert state_of(claim.id, MEETING) == "on_notice"
    assert told(panel.neighbours[0])[-1] == "claims.put_up"
    with pytest.raises(Refused, match="already"):
        operations.put_up(place, NOVEMBER, by=by, at=MEETING)


def test_an_empty_batch_is_not_put_up(panel: Panel) -> None:
    with pytest.raises(Refused, match="nothing to put on notice"):
        operations.put_up(panel.street.community, NOVEMBER, by=panel.staff, at=MEETING)
    assert operations.put_up_due(GOES_UP) == 0


LATE = GOES_UP + 9 * DAY


@pytest.mark.parametrize("by_hand", [True, False])
def test_i27_a_late_batch_holds_what_was_confirmed_by_its_hour_and_hangs_for_its_whole_period(
    panel: Panel, by_hand: bool
) -> None:
    claim = confirmed(panel)
    late = confirmed(panel, by=panel.neighbours[1], deed_on=date(2026, 11, 25), at=GOES_UP + SECOND)
    assert operations.put_up_due(GOES_UP - SECOND) == 0

    if by_hand:
        operations.put_up(panel.street.community, NOVEMBER, by=panel.staff, at=LATE)
    else:
        assert [operations.put_up_due(LATE) for _ in range(2)] == [1, 0]

    batch = db.session.scalars(select(ClaimBatch)).one()
    assert (batch.opened_at, batch.month) == (LATE, "2026-11")
    assert [row.id for row in batches.batch_lines(batch.id)] == [claim.id]
    assert [row.id for row in batches.ready(panel.street.community.id, LATE)] == [late.id]
    notice = batches.notice_of(batch.id, LATE)
    assert notice is not None
    assert (notice.starts_at, notice.ends_at) == (LATE, period_end(LATE, 5, working=True))
    assert state_of(claim.id, LATE) == "on_notice"
    in_order()


def test_i27_one_run_of_tick_never_puts_up_and_posts(panel: Panel) -> None:
    confirmed(panel)
    later = NOTICE_ENDS + 30 * DAY

    assert (operations.put_up_due(later), operations.post_due(later)) == (1, 0)
    assert operations.post_due(later) == 0
    ends_at = period_end(later, 5, working=True)
    assert (operations.post_due(ends_at - SECOND), operations.post_due(ends_at)) == (0, 1)
    in_order()


def test_i27_verify_names_a_notice_that_began_before_it_was_written(panel: Panel) -> None:
    confirmed(panel)
    batch = ClaimBatch(place_id=panel.street.community.id, month="2026-11", opened_at=LATE)
    db.session.add(batch)
    db.session.flush()
    notices.put_up(
        subject=f"claim-batch:{batch.id}", title=DEED, lines=[("1", DEED)], place_id=panel.street.community.id,
        place_path=panel.street.community.path, starts_at=GOES_UP, working_days=5, href="/", by_id=None, at=LATE,
    )  # fmt: skip

    assert [(fault.invariant, fault.where) for fault in proof.faults()] == [("I27", f"claim-batch:{batch.id}")]


@pytest.mark.parametrize("ticks", [[0], [30], [0, 0, 1], [3, 3]])
def test_i27_a_claim_is_posted_when_its_notice_has_ended_and_not_before(panel: Panel, ticks: list[int]) -> None:
    claim = on_notice(panel)
    assert operations.post_due(NOTICE_ENDS - SECOND) == 0
    assert state_of(claim.id, NOTICE_ENDS) == "posting"

    for days in ticks:
        operations.post_due(NOTICE_ENDS + days * DAY)

    written = NOTICE_ENDS + ticks[0] * DAY
    rows = db.session.execute(select(Transfer.asset, Transfer.posted_at, Transfer.effective_at, Transfer.by_id)).all()
    reviewer = panel.drawn(claim.id)[0]
    starts = datetime.fromisoformat("2026-11-17T16:00:00+00:00")
    assert sorted(rows) == [(asset, written, starts, reviewer.id) for asset in ("honour", "points")]
    assert (award_of(claim).posted_at, db.session.get_one(ClaimEnd, claim.id).at) == (written, written)
    assert points_of(panel) == (3, 3)
    assert state_of(claim.id, NOTICE_ENDS) == "posted"
    assert told(panel.neighbours[0])[-1] == "claims.posted"
    in_order()


@pytest.mark.parametrize("asset", ["points", "honour"])
def test_i06_a_late_posting_changes_nothing_that_was_read_by_posting_before(panel: Panel, asset: str) -> None:
    """Nobody ticks from the weekend on which the notice ended until Monday; on Sunday somebody asked for Saturday."""
    on_notice(panel)
    asked, written = NOTICE_ENDS + 2 * DAY, NOTICE_ENDS + 4 * DAY
    home = panel.neighbours[0]
    assert home.household_id is not None
    before = ledger.as_of(home.household_id, asset, resident_id=home.id, until=asked)

    operations.post_due(written)

    after = ledger.as_of(home.household_id, asset, resident_id=home.id, until=asked)
    assert (before, after) == ((0, 0), (0, 3))  # by posting, and by the day of the deed
    sealed_by_then = select(func.count(Transfer.id)).where(Transfer.posted_at < written)
    assert db.session.scalar(sealed_by_then) == 0


def test_i22_an_entry_names_who_confirmed_it_its_line_and_its_cause(panel: Panel) -> None:
    claim = on_notice(panel)
    operations.post_due(NOTICE_ENDS)

    for row in db.session.execute(select(Transfer.__table__)):
        assert (row.because, row.line_id, row.request_id) == (f"claim:{claim.id}", claim.line_id, f"auto:{row.because}")
        assert row.by_id not in (None, claim.resident_id)
    assert queries.path_of(claim.id) == f"/points/claims/{claim.id}"


def test_i27_an_objection_holds_its_own_line_alone(panel: Panel) -> None:
    first = confirmed(panel)
    second = on_notice(panel, by=panel.neighbours[1])
    objection = objected(panel, first, at=GOES_UP + DAY)
    assert told(panel.neighbours[0])[-1] == "claims.held"

    assert operations.post_due(NOTICE_ENDS) == 1

    assert [state_of(one.id, NOTICE_ENDS) for one in (first, second)] == ["held", "posted"]
    answered_at = NOTICE_ENDS + DAY
    notices.answer(objection.id, upheld=False, text=WHY, by=panel.staff, at=answered_at)
    held_for = answered_at - (GOES_UP + DAY)
    ends = NOTICE_ENDS + held_for
    assert db.session.get_one(ObjectionEnd, objection.id).line_ends_at == ends
    assert state_of(first.id, answered_at) == "on_notice"
    assert operations.post_due(ends - SECOND) == 0
    assert operations.post_due(ends) == 1
    assert db.session.get_one(ClaimEnd, first.id).outcome == "posted"
    in_order()


def test_i27_a_withdrawn_objection_lets_it_go_on_with_the_time_left(panel: Panel) -> None:
    claim = on_notice(panel)
    objection = objected(panel, claim, at=NOTICE_ENDS - 2 * DAY)
    notices.withdraw(objection.id, by=panel.neighbours[3], at=NOTICE_ENDS + 3 * DAY)

    ends = NOTICE_ENDS + 5 * DAY  # two days were left
    assert state_of(claim.id, ends - SECOND) == "on_notice"
    assert operations.post_due(ends - SECOND) == 0
    assert operations.post_due(ends) == 1


def test_i27_a_line_that_goes_on_takes_objections_until_its_own_end(panel: Panel) -> None:
    claim, other = confirmed(panel), on_notice(panel, by=panel.neighbours[1])
    objection = objected(panel, claim, at=NOTICE_ENDS - DAY)
    notices.withdraw(objection.id, by=panel.neighbours[3], at=NOTICE_ENDS + DAY)
    batch = db.session.scalars(select(ClaimBatch.id)).one()
    notice = notice_queries.notice_of(f"claim-batch:{batch}", NOTICE_ENDS + DAY)
    assert notice is not None
    assert (notice.state, notice.last_end) == ("running", NOTICE_ENDS + 2 * DAY)
    assert [row.id for row in notice_lists.notices(path="", tab="running", at=NOTICE_ENDS + DAY, after=None).rows]

    objected(panel, claim, at=NOTICE_ENDS + DAY, by=panel.neighbours[4])
    with pytest.raises(Refused, match="takes no more objections"):
        objected(panel, other, at=NOTICE_ENDS + DAY, by=panel.neighbours[4])


def test_an_upheld_objection_ends_the_claim_and_frees_its_room(panel: Panel) -> None:
    claim = on_notice(panel)
    objection = objected(panel, claim, at=GOES_UP + DAY)

    notices.answer(objection.id, upheld=True, text=WHY, by=panel.staff, at=GOES_UP + 2 * DAY)

    assert state_of(claim.id, GOES_UP + 2 * DAY) == "upheld"
    assert award_of(claim).undone_at == GOES_UP + 2 * DAY
    assert told(panel.neighbours[0])[-1] == "claims.upheld"
    assert operations.post_due(NOTICE_ENDS + 9 * DAY) == 0
    in_order()


def test_i22_whoever_has_a_part_in_a_claim_does_not_answer_what_is_said_against_it(panel: Panel) -> None:
    helped, place = panel.neighbours[1], panel.street.community
    claim = on_notice(panel, "N09", other_household_id=helped.household_id)
    (reviewer,) = panel.drawn(claim.id)
    other = next(one for one in panel.reviewers if one != reviewer)
    for one in (panel.neighbours[0], panel.spouse, helped, reviewer, other):
        give("staff", db.session.get_one(Resident, one.id), place)
    objection = objected(panel, claim, at=GOES_UP + DAY)

    for one in (panel.neighbours[0], panel.spouse, helped, reviewer):
        at_work = as_person(db.session.get_one(Resident, one.id))
        assert notice_lists.tasks_for(at_work, GOES_UP + DAY) == []
        with pytest.raises(Refused, match="have a part in this line"):
            notices.answer(objection.id, upheld=False, text=WHY, by=at_work, at=GOES_UP + DAY)
    colleague = as_person(db.session.get_one(Resident, other.id))
    assert len(notice_lists.tasks_for(colleague, GOES_UP + DAY)) == 1
    notices.answer(objection.id, upheld=False, text=WHY, by=colleague, at=GOES_UP + DAY)


def test_i22_whoever_did_not_confirm_a_claim_took_part_in_it_too(panel: Panel) -> None:
    claim = a_claim(panel, "F04")
    first, second = panel.drawn(claim.id)
    operations.review(claim.id, verdict="not_confirmed", amount=None, why=WHY, by=first, at=NOON)
    operations.review(claim.id, verdict="confirm", amount=30, why=None, by=second, at=NOON)
    (third,) = [one for one in panel.drawn(claim.id) if one not in (first, second)]
    operations.review(claim.id, verdict="confirm", amount=30, why=None, by=third, at=NOON)
    operations.put_up_due(GOES_UP)

    subject = queries.subject_about(claim.id)
    assert subject is not None
    notice = notice_queries.notice_of(subject, GOES_UP)
    assert notice is not None
    for one in (first, second, third):
        assert notice_queries.own_lines(one, notice.id) == {str(claim.id)}


def test_a_claim_is_withdrawn_until_its_notice_has_ended(panel: Panel) -> None:
    first, second = confirmed(panel), on_notice(panel, by=panel.neighbours[1])

    operations.withdraw(first.id, by=panel.neighbours[0], at=NOTICE_ENDS - SECOND)
    with pytest.raises(Refused, match="has been settled"):
        operations.withdraw(second.id, by=panel.neighbours[1], at=NOTICE_ENDS)
    with pytest.raises(Refused, match="Only whoever"):
        operations.withdraw(second.id, by=panel.neighbours[0], at=NOTICE_ENDS)

    assert operations.post_due(NOTICE_ENDS) == 1
    in_order()


def test_a_claim_withdrawn_on_notice_is_taken_back_there_too(panel: Panel) -> None:
    other, claim = confirmed(panel), on_notice(panel, by=panel.neighbours[1])
    objection = objected(panel, claim, at=GOES_UP + DAY)
    assert len(notice_lists.tasks_for(panel.staff, GOES_UP + DAY)) == 1

    operations.withdraw(claim.id, by=panel.neighbours[1], at=GOES_UP + 2 * DAY)

    assert line_of(claim, GOES_UP + 2 * DAY - SECOND).state == "held"
    assert line_of(claim, NOTICE_ENDS).state == "taken_back"
    assert line_of(other, NOTICE_ENDS).state == "clear"
    assert notice_lists.tasks_for(panel.staff, GOES_UP + 2 * DAY) == []
    assert [row.id for row in notice_lists.notices(path="", tab="over", at=NOTICE_ENDS, after=None).rows]
    with pytest.raises(Refused, match="taken back on"):
        objected(panel, claim, at=GOES_UP + 2 * DAY, by=panel.neighbours[4])
    with pytest.raises(Refused, match="answered or taken back already"):
        notices.answer(objection.id, upheld=True, text=WHY, by=panel.staff, at=GOES_UP + 2 * DAY)
    with pytest.raises(Refused, match="answered or taken back already"):
        notices.withdraw(objection.id, by=panel.neighbours[3], at=GOES_UP + 2 * DAY)
    assert operations.post_due(NOTICE_ENDS) == 1
    in_order()


def line_of(claim: Claim, at: datetime) -> notice_queries.Line:
    subject = queries.subject_about(claim.id)
    assert subject is not None
    return notice_queries.lines_of({subject}, {str(claim.id)}, at)[subject, str(claim.id)]


def objected(panel: Panel, claim: Claim, *, at: datetime, by: Any = None) -> Any:
    batch = db.session.scalars(select(ClaimBatch.id)).one()
    notice = notice_queries.notice_of(f"claim-batch:{batch}", at)
    assert notice is not None
    return notices.object_to(notice.id, str(claim.id), text=WHY, by=by or panel.neighbours[3], at=at)


# What must hold of the tables --------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["claims", "claim_draws", "claim_reviews", "claim_decisions", "claim_batches"])
@pytest.mark.parametrize("change", ["UPDATE {} SET {}", "DELETE FROM {}"])
def test_nothing_that_was_claimed_or_said_can_be_changed(panel: Panel, table: str, change: str) -> None:
    on_notice(panel)
    column = {"claims": "points = 9", "claim_decisions": "points = 9", "claim_reviews": "amount = 9"}.get(table)
    column = column or ("month = '2026-01'" if table == "claim_batches" else "pool = 'other'")

    with pytest.raises(DBAPIError, match="append-only"), db.session.begin_nested():
        db.session.execute(text(change.format(table, column)))


def test_verify_names_a_claim_whose_award_was_tampered_with(panel: Panel) -> None:
    claim = confirmed(panel)
    award_of(claim).points = 4
    db.session.flush()

    assert [(fault.invariant, fault.where) for fault in proof.faults()] == [("I10", f"claim:{claim.id}")]


def test_verify_names_an_award_that_was_posted_without_a_notice(panel: Panel) -> None:
    claim = confirmed(panel)
    db.session.add(ClaimEnd(claim_id=claim.id, outcome="posted", at=NOON))
    award_of(claim).posted_at = NOON
    db.session.flush()

    assert {fault.invariant for fault in [*proof.faults(), *merits_proof.faults()]} == {"I27", "I16"}


def test_settings_of_the_place_decide(panel: Panel) -> None:
    panel.street.community.settings = {"claim_until_day": 10, "claim_second_reviewer_above": 2}
    db.session.flush()

    claim = a_claim(panel)

    assert claim.needs == 2
    with pytest.raises(Refused, match="Deeds since"):
        a_claim(panel, deed_on=date(2026, 11, 10))


def test_words_of_a_claim_are_kept_as_typed(panel: Panel) -> None:
    claim = a_claim(panel, title=Words(en="Only English"))

    assert (claim.title, claim.text, claim.spot) == (Words(en="Only English"), TEXT, SPOT)
    assert DEED.en


def test_i26_the_rooms_know_who_reviewed_what_was_claimed(panel: Panel) -> None:
    claim = a_claim(panel)
    drawn = {one.id for one in panel.drawn(claim.id)}
    assert causes.people_who_looked([f"claim:{claim.id}"]) == {f"claim:{claim.id}": ()}

    reviewed(panel, claim.id, "returned")

    assert causes.people_who_looked([f"claim:{claim.id}", "ballot:1:2"]) == {f"claim:{claim.id}": drawn}
