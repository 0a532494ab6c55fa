"""Whether deductions have two people, their steps and their entries, and whether appeals were kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from app.cases.models import Appeal, Case, CaseDecision, Cure, CureLook, Deduction, Opinion
from app.kit.db import db
from app.kit.proof import Fault, first_faults
from app.merits.models import TariffLine
from app.points.models import Transfer
from app.points.rules import HONOUR_AT_START

_back, _before, _entry = aliased(Transfer), aliased(Case), aliased(Transfer)
_decided, _answered, _said = aliased(CaseDecision), aliased(Appeal), aliased(Opinion)


def counts() -> dict[str, int]:
    tables = {"cases": Case.id, "deductions": Deduction.case_id, "appeals": Appeal.id}
    return {name: db.session.scalar(select(func.count(column))) or 0 for name, column in tables.items()}


def faults() -> Iterator[Fault]:
    """The first fault of every kind."""
    yield from first_faults(
        ("I22", "transfer", _unexplained()),
        ("I22", "case", _without_second_person()),
        ("I22", "case", _without_steps()),
        ("I9", "case", _differs()),
        ("I9", "case", _below_zero()),
        ("I26", "case", _posted_too_early()),
        ("I26", "case", _posted_while_appealed()),
        ("I26", "appeal", _filed_too_late()),
        ("I26", "appeal", _decided_by_party()),
        ("I26", "appeal", _not_restored()),
        ("I24", "case", _not_reversed()),
    )


def _select(*columns: Any) -> Select[Any]:
    return select(*columns)


def _unexplained() -> Select[Any]:
    """An entry under a deduction line that no case explains."""
    return (
        _select(Transfer.id, Transfer.because, Transfer.code, Transfer.change)
        .join(TariffLine, TariffLine.id == Transfer.line_id)
        .outerjoin(Deduction, Deduction.transfer_id == Transfer.id)
        .where(TariffLine.earn == "deduction", Deduction.case_id.is_(None))
        .order_by(Transfer.id)
    )


def _without_second_person() -> Select[Any]:
    """A deduction in effect that nobody confirmed, or whoever filed the case."""
    wrong = or_(
        CaseDecision.case_id.is_(None), CaseDecision.outcome != "confirmed", CaseDecision.by_id == Case.filed_by,
        Case.step.not_in(("third", "proven")),
    )  # fmt: skip
    return (
        _select(Deduction.case_id, CaseDecision.outcome, CaseDecision.by_id, Case.filed_by)
        .join(Case, Case.id == Deduction.case_id)
        .outerjoin(CaseDecision, CaseDecision.case_id == Deduction.case_id)
        .where(wrong)
        .order_by(Deduction.case_id)
    )


def _without_steps() -> Select[Any]:
    """A written notice without a reminder, a third time without a notice, of the same household and line, before it."""
    expected = or_(
        and_(Case.step == "notice", _before.step == "reminder"),
        and_(Case.step == "third", _before.step.in_(("notice", "third"))),
    )
    same_person = _before.resident_id.is_not_distinct_from(Case.resident_id)
    fits = and_(
        expected, _before.household_id == Case.household_id, _before.code == Case.code,
        _before.cure_by <= Case.happened_at, same_person,
    )  # fmt: skip
    return (
        _select(Case.id, Case.step, Case.after_id)
        .outerjoin(_before, _before.id == Case.after_id)
        .where(Case.step.in_(("notice", "third")), func.coalesce(fits, False).is_(False))
        .order_by(Case.id)
    )


def _differs() -> Select[Any]:
    """The entry must be honour alone, of the household, the amount and the moment of the case, and no more than it."""
    wrong = or_(
        Deduction.amount > Case.amount,
        and_(Deduction.amount > 0, Transfer.id.is_(None)),
        Transfer.asset != "honour",
        Transfer.change != -Deduction.amount,
        Transfer.household_id != Case.household_id,
        Transfer.effective_at != Case.happened_at,
        Transfer.line_id != Case.line_id,
    )
    return (
        _select(Deduction.case_id, Deduction.amount, Transfer.change)
        .join(Case, Case.id == Deduction.case_id)
        .outerjoin(Transfer, Transfer.id == Deduction.transfer_id)
        .where(wrong)
        .order_by(Deduction.case_id)
    )


def _below_zero() -> Select[Any]:
    """A deduction that took more than the quarter had when it was posted."""
    had = (
        select(func.sum(_entry.change))
        .where(
            _entry.household_id == Transfer.household_id, _entry.asset == "honour", _entry.id <= Transfer.id,
            _entry.effective_at >= Deduction.period_starts, _entry.effective_at < Deduction.period_ends,
        )
        .scalar_subquery()
    )  # fmt: skip
    left = had + HONOUR_AT_START
    return (
        _select(Deduction.case_id, left.label("left"))
        .join(Transfer, Transfer.id == Deduction.transfer_id)
        .where(left < 0)
        .order_by(Deduction.case_id)
    )


def _posted_too_early() -> Select[Any]:
    """A deduction in effect within the time to appeal, though nobody had appealed; or posted before it was."""
    appealed = select(Appeal.id).where(Appeal.case_id == Deduction.case_id, Appeal.kind == "appeal").exists()
    return (
        _select(Deduction.case_id, Deduction.due_at, CaseDecision.appeal_until)
        .join(CaseDecision, CaseDecision.case_id == Deduction.case_id)
        .outerjoin(Transfer, Transfer.id == Deduction.transfer_id)
        .where(
            or_(and_(~appealed, Deduction.due_at < CaseDecision.appeal_until), Transfer.posted_at < Deduction.due_at)
        )
        .order_by(Deduction.case_id)
    )


def _posted_while_appealed() -> Select[Any]:
    """A deduction in effect though its appeal was not decided by then, or was upheld."""
    upheld = select(Opinion.appeal_id).where(Opinion.appeal_id == Appeal.id, Opinion.upheld).exists()
    said = select(func.count()).where(Opinion.appeal_id == Appeal.id, Opinion.at <= Deduction.due_at)
    return (
        _select(Deduction.case_id, Appeal.id.label("appeal"), Deduction.due_at)
        .join(Appeal, and_(Appeal.case_id == Deduction.case_id, Appeal.kind == "appeal"))
        .where(or_(upheld, said.correlate(Appeal, Deduction).scalar_subquery() < Appeal.deciders))
        .order_by(Deduction.case_id)
    )


def _filed_too_late() -> Select[Any]:
    return (
        _select(Appeal.id, Appeal.filed_at, CaseDecision.appeal_until)
        .join(CaseDecision, CaseDecision.case_id == Appeal.case_id)
        .where(Appeal.kind == "appeal", Appeal.filed_at >= CaseDecision.appeal_until)
        .order_by(Appeal.id)
    )


def _decided_by_party() -> Select[Any]:
    """An appeal decided by somebody who filed the case or a step before it, confirmed it, looked at it or judged it."""
    at_hand = select(_before.id).outerjoin(_decided, _decided.case_id == _before.id)
    looked = select(CureLook.cure_id).join(Cure, Cure.id == CureLook.cure_id)
    looked = looked.where(Cure.case_id == _before.id, CureLook.by_id == Opinion.by_id, CureLook.at <= Opinion.at)
    looked = looked.correlate(_before, Opinion)
    judged = select(_said.appeal_id).join(_answered, _answered.id == _said.appeal_id)
    judged = judged.where(_answered.case_id == _before.id, _before.id < Case.id, _said.by_id == Opinion.by_id)
    judged = judged.correlate(_before, Case, Opinion)
    ladder = and_(_before.household_id == Case.household_id, _before.code == Case.code, Case.step != "proven")
    party = at_hand.where(
        or_(_before.id == Case.id, and_(ladder, _before.id < Case.id)),
        or_(_before.filed_by == Opinion.by_id, _decided.by_id == Opinion.by_id, looked.exists(), judged.exists()),
    ).correlate(Case, Opinion).exists()  # fmt: skip
    return (
        _select(Opinion.appeal_id, Opinion.by_id)
        .join(Appeal, Appeal.id == Opinion.appeal_id)
        .join(Case, Case.id == Appeal.case_id)
        .where(party)
        .order_by(Opinion.appeal_id)
    )


def _not_restored() -> Select[Any]:
    """An upheld appeal whose deduction still stands."""
    said = select(func.count()).where(Opinion.appeal_id == Appeal.id).correlate(Appeal).scalar_subquery()
    upheld = select(Opinion.appeal_id).where(Opinion.appeal_id == Appeal.id, Opinion.upheld).exists()
    return (
        _select(Appeal.id, Deduction.transfer_id)
        .join(Deduction, Deduction.case_id == Appeal.case_id)
        .outerjoin(_back, _back.reverses_id == Deduction.transfer_id)
        .where(upheld, said >= Appeal.deciders, Deduction.transfer_id.is_not(None), _back.id.is_(None))
        .order_by(Appeal.id)
    )


def _not_reversed() -> Select[Any]:
    """A deduction that stands although it was put right in time."""
    return (
        _select(Deduction.case_id, Deduction.transfer_id)
        .join(Case, Case.id == Deduction.case_id)
        .join(Cure, and_(Cure.case_id == Case.id, Cure.sent_at < Case.cure_by))
        .join(CureLook, and_(CureLook.cure_id == Cure.id, CureLook.accepted))
        .outerjoin(_back, _back.reverses_id == Deduction.transfer_id)
        .where(Deduction.transfer_id.is_not(None), _back.id.is_(None))
        .order_by(Deduction.case_id)
    )
