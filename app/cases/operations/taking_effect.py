"""Deductions take effect, and are taken back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.cases import queries, rules
from app.cases.events import DeductionTookEffect
from app.cases.models import Case, Deduction
from app.cases.rules import Facts
from app.kit.bus import announce
from app.kit.db import db
from app.merits import operations as merits
from app.merits.models import TariffLine
from app.merits.rules import window_bounds
from app.points import operations as points
from app.points import queries as ledger
from app.points.rules import quarter_bounds


def write_due(at: datetime) -> int:
    """For `flask tick`: deductions whose time to appeal is over, or whose appeal was not upheld; how many."""
    return sum(_write_due(case_id, at) for case_id in queries.due(at))


def _write_due(case_id: int, at: datetime) -> bool:
    was = queries.facts(case_id).is_posted
    return opened(case_id, at)[1].is_posted and not was


def opened(case_id: int, at: datetime) -> tuple[Case, Facts]:
    """A case while nobody else can touch its household, with what took effect by then written down."""
    household_id = db.session.scalars(select(Case.household_id).where(Case.id == case_id)).one()
    points.lock_household(household_id)
    case = db.session.get_one(Case, case_id)
    facts = queries.facts(case_id)
    if rules.is_due(facts, at):
        _post(case, facts, at)
        facts = queries.facts(case_id)
    return case, facts


def _post(case: Case, facts: Facts, at: datetime) -> None:
    """Lower the honour of the quarter in which it was found, as far as the limits leave room (I9).

    What a false claim earned is taken back first, so that the quarter is counted without it. It is posted when it is
    written down and deducts what it would have at the instant at which it took effect: what somebody once read as
    posted by some moment stays so (I6).
    """
    due_at = rules.takes_effect_at(facts)
    assert due_at is not None
    if case.award_because is not None:
        merits.undo(case.award_because, by_id=facts.decided_by, at=at)
    line = db.session.get_one(TariffLine, case.line_id)
    left = _left(case, line)
    amount = rules.deducted(case.amount, honour=_honour(case, due_at), left=left.values())
    cut_by = (
        next((window for window, rest in left.items() if rest == amount), "quarter") if amount < case.amount else None
    )
    entry = points.deduct(
        amount, household_id=case.household_id, resident_id=case.resident_id, code=case.code, heading=line.heading,
        because=case.cause, effective_at=case.happened_at, at=at, by_id=facts.decided_by, line_id=line.id,
        what=line.behaviour, cut_by=cut_by,
    ) if amount else None  # fmt: skip
    starts, ends = quarter_bounds(case.happened_at)
    db.session.add(
        Deduction(
            case_id=case.id, amount=amount, transfer_id=entry.id if entry else None, period_starts=starts,
            period_ends=ends, due_at=due_at,
        )
    )  # fmt: skip
    db.session.flush()
    announce(DeductionTookEffect(case_id=case.id, amount=amount, at=due_at))


def _honour(case: Case, due_at: datetime) -> int:
    """The quarter as it stood then, and no more than it has now: something may have been taken back since.

    What took effect before counts from when it did, though it may have been written down later.
    """
    taken = [cause for one in (*queries.in_effect(case.household_id, due_at), case) for cause in one.taking]
    whose = case.household_id, case.happened_at
    return min(ledger.honour_of_quarter(*whose, until=due_at, and_because=taken), ledger.honour_of_quarter(*whose))


def _left(case: Case, line: TariffLine) -> dict[str, int]:
    """For each window that the line caps, what may still be deducted in it: `limit` is the lowest sum there may be."""
    left: dict[str, int] = {}
    for cap in line.caps:
        bounds = window_bounds(cap["window"], case.happened_at)
        if cap["of"] == "amount" and bounds is not None:
            left[cap["window"]] = -cap["limit"] - queries.deducted_within(case.household_id, case.code, bounds)
    return left


def take_back(case: Case, *, by_id: int, at: datetime) -> None:
    """The exact opposite of what was posted (I24), and of what a false claim had taken; nothing where nothing was."""
    deduction = db.session.get(Deduction, case.id)
    if deduction is None:
        return
    if deduction.transfer_id is not None:
        points.reverse(deduction.transfer_id, because=f"undo:{case.cause}", by_id=by_id, at=at)
    if case.award_because is not None:
        merits.give_back(case.award_because, cause=f"{case.cause}:right", by_id=by_id, at=at)
