"""Deductions and appeals against plain dictionaries: whatever is done in whatever order, both agree after every step.

A household with little honour left earns, loses and appeals while time passes and ticks come never, late or often. The
model says beforehand what must be accepted, and what a punctual tick would have deducted (I9, I24, I26).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar

import pytest
from flask import Flask
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from app.cases import operations, queries
from app.cases import proof as proof_of_cases
from app.kit.db import db
from app.kit.refusal import Refused
from app.people.rules import Person
from app.points import operations as points
from app.points import proof as proof_of_points
from app.points import queries as ledger
from app.points.rules import HONOUR_AT_START, quarter_bounds
from tests.cases.block import DAY, NOT_OURS, WHY, Block, a_block, a_case, lower, third
from tests.makers import NOON

LEFT = 6  # honour of the quarter at noon
AMOUNTS = {"K01": 2, "K04": 8}
TICK = timedelta(microseconds=1)


@dataclass
class Entry:
    """Something that changed the honour of the quarter that begins at `quarter`."""

    id: int | None
    change: int
    quarter: datetime
    posted_at: datetime
    undone: bool = False


@dataclass
class CaseModel:
    id: int
    code: str
    found_at: datetime
    appeal_until: datetime
    written: Entry | None = None
    is_written: bool = False
    appeals: dict[str, dict[int, bool]] = field(default_factory=dict)  # kind: who said whether it is right
    ids: dict[str, int] = field(default_factory=dict)
    decided_at: datetime | None = None

    @property
    def deciders(self) -> int:
        return 2 if AMOUNTS[self.code] > 5 else 1

    def upheld(self, kind: str) -> bool | None:
        said = self.appeals.get(kind)
        return None if said is None or len(said) < self.deciders else any(said.values())

    @property
    def is_upheld(self) -> bool:
        return any(self.upheld(kind) for kind in self.appeals)

    @property
    def due_at(self) -> datetime | None:
        if "appeal" not in self.appeals:
            return self.appeal_until
        return self.decided_at if self.upheld("appeal") is False else None

    def is_due(self, at: datetime) -> bool:
        return not self.is_written and not self.is_upheld and self.due_at is not None and self.due_at <= at


class Deductions(RuleBasedStateMachine):
    """`block` is made once; each history begins there, and is forgotten with its savepoint."""

    block: Block
    found: Mapping[str, int]  # the third time of each line, at noon

    def __init__(self) -> None:
        super().__init__()
        self.at, self.history = NOON, db.session.begin_nested()
        self.entries = [Entry(None, LEFT - HONOUR_AT_START, quarter_bounds(NOON)[0], NOON)]
        self.cases: list[CaseModel] = []
        self.number = 0
        for code, case_id in self.found.items():
            self._confirm(case_id, code)

    def teardown(self) -> None:
        try:
            self.tick(1)
            assert [*proof_of_points.faults(), *proof_of_cases.faults()] == []
        finally:
            self.history.rollback()

    # What the model knows -------------------------------------------------------------------------------------------

    def honour(self, instant: datetime, *, until: datetime | None = None) -> int:
        quarter = quarter_bounds(instant)[0]
        of_it = [one for one in self.entries if one.quarter == quarter and (until is None or one.posted_at <= until)]
        return HONOUR_AT_START + sum(one.change for one in of_it)

    def write(self, case: CaseModel) -> None:
        assert case.due_at is not None
        most = min(self.honour(case.found_at, until=case.due_at), self.honour(case.found_at))
        amount = max(0, min(AMOUNTS[case.code], most))
        case.is_written = True
        case.written = Entry(None, -amount, quarter_bounds(case.found_at)[0], case.due_at)
        self.entries.append(case.written)

    def opened(self, case: CaseModel) -> None:
        """Whoever acts on a case writes down first what took effect."""
        if case.is_due(self.at):
            self.write(case)

    def accepted(self, act: Callable[[], Any]) -> Any:
        """What it answered; None for a refusal, which undoes all of it."""
        try:
            with db.session.begin_nested():
                return act()
        except Refused:
            return None

    def _confirm(self, case_id: int, code: str) -> None:
        operations.decide(case_id, confirmed=True, why=WHY, by=self.block.reviewer, at=self.at)
        known = queries.facts(case_id)
        assert known.appeal_until is not None
        self.cases.append(CaseModel(case_id, code, self.at, known.appeal_until))

    # What people do -------------------------------------------------------------------------------------------------

    @rule(amount=st.integers(1, 12))
    def earn(self, amount: int) -> None:
        self.number += 1
        posted = points.grant(
            "honour", amount, household_id=self.block.household, resident_id=self.block.adult.id, code="E04",
            heading="environment", because=f"deed:{self.number}", effective_at=self.at, at=self.at, by_id=None,
        )  # fmt: skip
        self.entries.append(Entry(posted.id, amount, quarter_bounds(self.at)[0], self.at))

    @precondition(lambda self: any(one.id for one in self.entries))
    @rule(which=st.data())
    def take_an_earning_back(self, which: st.DataObject) -> None:
        """What a deduction has taken of it is made up: the quarter does not fall below nothing (I9)."""
        one = which.draw(st.sampled_from([one for one in self.entries if one.id]))
        self.number += 1
        act = lambda: points.reverse(one.id, because=f"undo:{self.number}", by_id=None, at=self.at)  # noqa: E731
        assert (self.accepted(act) is not None) is not one.undone, "I24"
        if not one.undone:
            one.undone = True
            left = max(0, self.honour(one.quarter) - one.change)
            self.entries.append(Entry(None, left - self.honour(one.quarter), one.quarter, self.at))

    @rule(code=st.sampled_from(sorted(AMOUNTS)))
    def found_once_more(self, code: str) -> None:
        """Each time in its own right, from the day after the one that was given to put the last one right."""
        last = max(one.found_at for one in self.cases if one.code == code)
        if self.at >= last + 2 * DAY:
            self._confirm(a_case(self.block, code, at=self.at).id, code)

    @rule(which=st.data())
    def appeal(self, which: st.DataObject) -> None:
        case = which.draw(st.sampled_from(self.cases))
        in_time = self.at < case.appeal_until and "appeal" not in case.appeals and not case.is_upheld
        filed = self.accepted(
            lambda: operations.appeal(case.id, text=NOT_OURS, upload_id=None, by=self.block.adult, at=self.at)
        )
        assert (filed is not None) is in_time, "I26"
        if filed is not None:
            case.appeals["appeal"], case.ids["appeal"] = {}, filed.id

    @rule(which=st.data())
    def hand_in_new_evidence(self, which: st.DataObject) -> None:
        case = which.draw(st.sampled_from(self.cases))
        in_effect = (case.is_written or case.is_due(self.at)) and not case.is_upheld and "evidence" not in case.appeals
        filed = self.accepted(
            lambda: operations.hand_in_evidence(case.id, text=NOT_OURS, upload_id=None, by=self.block.staff, at=self.at)
        )
        assert (filed is not None) is in_effect, "I26"
        if filed is not None:
            self.opened(case)
            case.appeals["evidence"], case.ids["evidence"] = {}, filed.id

    @precondition(lambda self: any(one.appeals for one in self.cases))
    @rule(which=st.data(), upheld=st.booleans())
    def decide(self, which: st.DataObject, upheld: bool) -> None:
        case = which.draw(st.sampled_from([one for one in self.cases if one.appeals]))
        kind = which.draw(st.sampled_from(sorted(case.appeals)))
        by: Person = which.draw(st.sampled_from([*self.strangers(), self.block.reviewer, self.block.adult]))
        takes_part = by in self.strangers() and not any(
            by.id in said for one, said in case.appeals.items() if one != kind and case.upheld(one) is not None
        )
        allowed = takes_part and by.id not in case.appeals[kind] and case.upheld(kind) is None
        said = self.accepted(lambda: operations.say_opinion(case.ids[kind], upheld=upheld, text=WHY, by=by, at=self.at))
        assert (said is not None) is allowed, "I26"
        if said is not None:
            self.opened(case)
            case.appeals[kind][by.id or 0] = upheld
            self._concluded(case, kind)

    def strangers(self) -> list[Person]:
        block: Block = self.block
        return [block.reviewer2, block.reviewer3, block.supervisor]

    def _concluded(self, case: CaseModel, kind: str) -> None:
        if case.upheld(kind) and case.written is not None:
            self.entries.append(Entry(None, -case.written.change, case.written.quarter, self.at))
        elif case.upheld(kind) is False and kind == "appeal":
            case.decided_at = self.at
            self.opened(case)

    @rule(times=st.integers(0, 2))
    def tick(self, times: int) -> None:
        due = sorted((one for one in self.cases if one.is_due(self.at)), key=lambda one: (one.due_at, one.id))
        written = [operations.write_due(self.at) for _ in range(times)]
        if times:
            for one in due:
                self.write(one)
            assert written == [len(due), *[0] * (times - 1)]

    @rule(hours=st.sampled_from([1, 30, 24 * 9]))
    def time_passes(self, hours: int) -> None:
        self.at += timedelta(hours=hours)

    @rule(which=st.data(), before=st.sampled_from([timedelta(0), TICK]))
    def the_end_of_an_appeal_comes(self, which: st.DataObject, before: timedelta) -> None:
        self.at = max(self.at, which.draw(st.sampled_from(self.cases)).appeal_until - before)

    # What holds after every step ------------------------------------------------------------------------------------

    @invariant()
    def i9_each_quarter_agrees_and_is_never_below_nothing(self) -> None:
        for quarter in {one.quarter for one in self.entries}:
            assert ledger.honour_of_quarter(self.block.household, quarter) == self.honour(quarter) >= 0

    @invariant()
    def i26_what_is_written_is_what_the_model_wrote(self) -> None:
        for case in self.cases:
            assert queries.facts(case.id).is_posted is case.is_written


@pytest.fixture
def machine(app: Flask) -> Iterator[type[Deductions]]:
    with app.app_context():
        place = a_block()
        lower(place.household, HONOUR_AT_START - LEFT, at=NOON)

        class OfThisBlock(Deductions):
            block = place
            found: ClassVar = {code: third(place, code).id for code in AMOUNTS}

        yield OfThisBlock
        db.session.rollback()


def test_deductions_agree_with_their_model(machine: type[Deductions]) -> None:
    run_state_machine_as_test(machine)


def test_the_model_would_notice(machine: type[Deductions], monkeypatch: pytest.MonkeyPatch) -> None:
    """A house that deducts more than the quarter holds is seen through."""
    monkeypatch.setattr("app.cases.rules.deducted", lambda amount, **_limits: amount)

    with pytest.raises(AssertionError):
        run_state_machine_as_test(machine, settings=settings(report_multiple_bugs=False, phases=[Phase.generate]))
