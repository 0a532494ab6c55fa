"""Claims against plain dictionaries: whatever is done in whatever order, both agree after every step.

Two neighbours claim deeds of a week under a line that pays for three a month; reviewers confirm, turn down and send
back; claims are completed and withdrawn; the batch goes up at its hour, lines are objected to, answered and posted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import select

from app.claims import operations, proof
from app.claims.models import ClaimBatch
from app.kit.db import db
from app.kit.refusal import Refused
from app.merits import proof as proof_of_merits
from app.notices import operations as notices
from app.notices import queries as notice_queries
from app.notices.models import ObjectionEnd
from app.points import proof as proof_of_points
from app.points import queries as ledger
from tests.claims.panel import DAY, DEED, GOES_UP, NOTICE_ENDS, SPOT, TEXT, WHY, Panel, a_panel, state_of
from tests.makers import NOON

POINTS, MOST = 3, 3  # of a deed; deeds of a month that count
FIRST_DAY, DAYS = date(2026, 11, 12), 7  # all of them over at noon
LAST_CLAIMS = datetime(2026, 11, 24, 16, tzinfo=NOON.tzinfo)  # the end of the 24th: then the month is settled
SETTLED = ("posted", "withdrawn", "upheld", "not_confirmed")
TICK = timedelta(microseconds=1)


@dataclass
class ClaimModel:
    id: int
    who: int
    day: date
    state: str = "submitted"
    ends_at: datetime | None = None  # of its line, once it is on notice
    objection: int | None = None
    was_objected: bool = False

    @property
    def fills_room(self) -> bool:
        return self.state not in ("withdrawn", "upheld", "not_confirmed")


class Claims(RuleBasedStateMachine):
    """`panel` is made once; each history begins there, and is forgotten with its savepoint."""

    panel: Panel

    def __init__(self) -> None:
        super().__init__()
        self.at, self.history = NOON, db.session.begin_nested()
        self.claims: list[ClaimModel] = []
        for who in range(2):
            for day in range(2):
                self._claimed(who, FIRST_DAY + day * DAY)
        for one in self.claims[::2]:
            self._reviewed(one, "confirm")

    def teardown(self) -> None:
        try:
            self.goes_on(max(self.at, NOTICE_ENDS))
            self.tick(1)
            self.what_is_posted_agrees()
            assert [*proof.faults(), *proof_of_merits.faults(), *proof_of_points.faults()] == []
        finally:
            self.history.rollback()

    # What the model knows -------------------------------------------------------------------------------------------

    def now(self, claim: ClaimModel) -> str:
        """Where it stands by the clock: a line whose time is over waits to be posted."""
        over = claim.state == "on_notice" and claim.ends_at is not None and claim.ends_at <= self.at
        return "posting" if over else claim.state

    def put_up(self) -> None:
        for one in self.claims:
            if one.state == "confirmed":
                one.state, one.ends_at = "on_notice", NOTICE_ENDS

    def goes_on(self, until: datetime) -> None:
        """The hour at which a batch goes up by itself is not missed; what is confirmed later waits for the next."""
        if self.at < GOES_UP <= until:
            self.at = GOES_UP
            self.tick(1)
        self.at = max(self.at, until)

    def accepted(self, act: Callable[[], Any]) -> Any:
        """What it answered; None for a refusal, which undoes all of it."""
        try:
            with db.session.begin_nested():
                return act()
        except Refused:
            return None

    def draw(self, which: st.DataObject) -> ClaimModel:
        return which.draw(st.sampled_from(self.claims))

    # What people do -------------------------------------------------------------------------------------------------

    @rule(who=st.integers(0, 1), day=st.integers(0, DAYS - 1))
    def claim(self, who: int, day: int) -> None:
        deed_on = FIRST_DAY + day * DAY
        mine = [one for one in self.claims if one.who == who]
        known = any(one.day == deed_on and one.state != "withdrawn" for one in mine)
        room = sum(one.fills_room for one in mine) < MOST

        assert self._claimed(who, deed_on) is (self.at < LAST_CLAIMS and room and not known), "I10, I16"

    def _claimed(self, who: int, deed_on: date) -> bool:
        made = self.accepted(
            lambda: operations.claim(
                "E07", deed_on=deed_on, title=DEED, text=TEXT, spot=SPOT, by=self.panel.neighbours[who], at=self.at
            )
        )
        if made is not None:
            self.claims.append(ClaimModel(made.id, who, deed_on))
        return made is not None

    @rule(which=st.data(), verdict=st.sampled_from(["confirm", "confirm", "not_confirmed", "returned"]))
    def review(self, which: st.DataObject, verdict: str) -> None:
        one = self.draw(which)
        waits = one.state == "submitted"

        assert self._reviewed(one, verdict) is waits, "I22"

    def _reviewed(self, one: ClaimModel, verdict: str) -> bool:
        by, why = self.panel.drawn(one.id)[-1], None if verdict == "confirm" else WHY
        said = self.accepted(
            lambda: operations.review(one.id, verdict=verdict, amount=None, why=why, by=by, at=self.at)
        )
        if said is not None:
            one.state = "confirmed" if verdict == "confirm" else verdict
        return said is not None

    @rule(which=st.data(), by=st.integers(0, 1))
    def complete(self, which: st.DataObject, by: int) -> None:
        one = self.draw(which)

        added = self.accepted(lambda: operations.complete(one.id, text=TEXT, by=self.panel.neighbours[by], at=self.at))

        assert (added is not None) is (one.state == "returned" and one.who == by)
        if added is not None:
            one.state = "submitted"

    @rule(which=st.data(), by=st.integers(0, 1))
    def withdraw(self, which: st.DataObject, by: int) -> None:
        one = self.draw(which)

        ended = self.accepted(lambda: operations.withdraw(one.id, by=self.panel.neighbours[by], at=self.at))

        assert (ended is not None) is (self.now(one) not in (*SETTLED, "posting") and one.who == by)
        if ended is not None:
            one.state = "withdrawn"

    @precondition(lambda self: any(one.ends_at and not one.was_objected for one in self.claims))
    @rule(which=st.data())
    def object(self, which: st.DataObject) -> None:
        """I27: it holds that line alone, and only while the line hangs."""
        one = which.draw(st.sampled_from([one for one in self.claims if one.ends_at and not one.was_objected]))
        batch = db.session.scalars(select(ClaimBatch.id)).one()
        notice = notice_queries.notice_of(f"claim-batch:{batch}", self.at)
        assert notice is not None

        objection = self.accepted(
            lambda: notices.object_to(notice.id, str(one.id), text=WHY, by=self.panel.neighbours[3], at=self.at)
        )

        assert (objection is not None) is (self.now(one) == "on_notice")
        if objection is not None:
            one.state, one.objection, one.was_objected = "held", objection.id, True

    @precondition(lambda self: any(one.state == "held" for one in self.claims))
    @rule(which=st.data(), upheld=st.booleans())
    def answer(self, which: st.DataObject, upheld: bool) -> None:
        """I27: a line whose objection was not upheld goes on with the time it had left."""
        one = which.draw(st.sampled_from([one for one in self.claims if one.state == "held"]))
        assert one.objection is not None
        notices.answer(one.objection, upheld=upheld, text=WHY, by=self.panel.staff, at=self.at)
        if upheld:
            one.state = "upheld"
            return
        ends_at = db.session.get_one(ObjectionEnd, one.objection).line_ends_at
        assert ends_at is not None
        assert ends_at > self.at
        one.state, one.ends_at = "on_notice", ends_at

    @rule(times=st.integers(1, 2))
    def tick(self, times: int) -> None:
        for _ in range(times):
            operations.put_up_due(self.at)
            operations.post_due(self.at)
        if self.at == GOES_UP:
            self.put_up()
        for one in self.claims:
            if self.now(one) == "posting":
                one.state = "posted"

    # Time -----------------------------------------------------------------------------------------------------------

    @rule(hours=st.sampled_from([1, 30, 24 * 5]))
    def time_passes(self, hours: int) -> None:
        if self.at < NOTICE_ENDS + 15 * DAY:  # before the next batch goes up
            self.goes_on(self.at + timedelta(hours=hours))

    @precondition(lambda self: any(one.state in ("confirmed", "on_notice", "held") for one in self.claims))
    @rule(moment=st.sampled_from([GOES_UP, NOTICE_ENDS]), before=st.sampled_from([timedelta(0), TICK]))
    def an_hour_comes(self, moment: datetime, before: timedelta) -> None:
        self.goes_on(max(self.at, moment - before))

    # What holds after every step ------------------------------------------------------------------------------------

    @invariant()
    def i27_each_claim_stands_where_the_model_says(self) -> None:
        for one in self.claims:
            assert state_of(one.id, self.at) == self.now(one)

    @invariant()
    def what_is_posted_agrees(self) -> None:
        """I10, I27: what came to the end of its notice, and no more than the limit."""
        for who in range(2):
            posted = sum(one.who == who and one.state == "posted" for one in self.claims)
            has = ledger.balances(self.panel.neighbours[who].household_id or 0, at=self.at)
            assert has.points == posted * POINTS <= MOST * POINTS


@pytest.fixture
def machine(app: Flask) -> Iterator[type[Claims]]:
    with app.app_context():

        class OfThisPanel(Claims):
            panel = a_panel()

        yield OfThisPanel
        db.session.rollback()


def test_claims_agree_with_their_model(machine: type[Claims]) -> None:
    run_state_machine_as_test(machine)


def test_the_model_would_notice(machine: type[Claims], monkeypatch: pytest.MonkeyPatch) -> None:
    """A house that forgets what stands under a limit already is seen through."""
    monkeypatch.setattr("app.merits.windows.used_under", lambda *_asked, **_more: [])

    with pytest.raises(AssertionError):
        run_state_machine_as_test(machine, settings=settings(report_multiple_bugs=False, phases=[Phase.generate]))
