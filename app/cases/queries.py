"""Reads of cases. Where one stands is decided at reading; lists read the facts of all their rows at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, or_, select
from sqlalchemy.engine import Row
from sqlalchemy.orm import aliased

from app.cases import rules, taking_part
from app.cases.models import Appeal, Case, CaseDecision, Cure, CureLook, Deduction, Opinion
from app.cases.rules import AppealSeen, CureSeen, Facts
from app.kit.db import db
from app.kit.paging import Slice, slice_of
from app.people.models import Household, Resident
from app.people.rules import Anyone
from app.places.models import Place
from app.points.models import Transfer

AnyRow = Row[*tuple[Any, ...]]


def facts_of(case_ids: Iterable[int]) -> dict[int, Facts]:
    """What rules ask of these cases, in the order of their ids: a few statements, however many there are.

    Who took part before is asked only where somebody appealed: it matters to those who decide on that.
    """
    ids = sorted(set(case_ids))
    if not ids:
        return {}
    cures, appeals = _cures(ids), _appeals(ids)
    filer, decider = aliased(Resident), aliased(Resident)
    columns: tuple[Any, ...] = (
        Case.id, Case.step, Case.amount, Case.award_because, Case.household_id, Case.place_path, Case.filed_by,
        Case.cure_by, CaseDecision.outcome, CaseDecision.by_id.label("decided_by"), CaseDecision.appeal_until,
        Deduction.case_id.is_not(None).label("is_posted"), filer.household_id.label("filed_home"),
        decider.household_id.label("decided_home"),
    )  # fmt: skip
    rows = db.session.execute(
        select(*columns)
        .join(filer, filer.id == Case.filed_by)
        .outerjoin(CaseDecision, CaseDecision.case_id == Case.id)
        .outerjoin(decider, decider.id == CaseDecision.by_id)
        .outerjoin(Deduction, Deduction.case_id == Case.id)
        .where(Case.id.in_(ids))
        .order_by(Case.id)
    ).all()
    before = taking_part.before({row.id: row.award_because for row in rows if row.id in appeals})
    known: dict[int, Facts] = {}
    for row in rows:
        known[row.id] = Facts(
            **row._asdict(), cures=cures.get(row.id, ()), appeals=appeals.get(row.id, ()),
            took_part_before=frozenset(before.get(row.id, ())),
        )  # fmt: skip
    return known


def facts(case_id: int) -> Facts:
    return facts_of([case_id])[case_id]


def _cures(ids: Sequence[int]) -> Mapping[int, list[CureSeen]]:
    found: dict[int, list[CureSeen]] = defaultdict(list)
    columns: tuple[Any, ...] = (Cure.case_id, Cure.id, Cure.sent_at, CureLook.accepted, CureLook.by_id)
    query = select(*columns).outerjoin(CureLook, CureLook.cure_id == Cure.id).where(Cure.case_id.in_(ids))
    for case_id, *seen in db.session.execute(query.order_by(Cure.id)):
        found[case_id].append(CureSeen(*seen))
    return found


def _appeals(ids: Sequence[int]) -> Mapping[int, list[AppealSeen]]:
    columns: tuple[Any, ...] = (
        Appeal.case_id, Appeal.id, Appeal.kind, Appeal.deciders, Appeal.by_id, Appeal.due_at,
        Opinion.by_id.label("said_by"), Opinion.upheld, Opinion.at, Resident.household_id.label("home"),
    )  # fmt: skip
    query = select(*columns).outerjoin(Opinion, Opinion.appeal_id == Appeal.id)
    query = query.outerjoin(Resident, Resident.id == Opinion.by_id).where(Appeal.case_id.in_(ids))
    said: dict[int, list[tuple[int, bool, datetime]]] = defaultdict(list)
    homes: dict[int, set[int | None]] = defaultdict(set)
    first: dict[int, AnyRow] = {}
    for row in db.session.execute(query.order_by(Appeal.id, Opinion.at, Opinion.by_id)):
        first.setdefault(row.id, row)
        if row.said_by is not None:
            said[row.id].append((row.said_by, row.upheld, row.at))
            homes[row.id].add(row.home)
    found: dict[int, list[AppealSeen]] = defaultdict(list)
    for row in first.values():
        own = row.id, row.kind, row.deciders, row.by_id, row.due_at
        found[row.case_id].append(AppealSeen(*own, said[row.id], frozenset(homes[row.id])))
    return found


def on_ladder(household_id: int, code: str, *, resident_id: int | None, since: datetime, at: datetime) -> list[Facts]:
    """The steps that count under a line, of what was found since then, the first one first. Read after the lock."""
    who = Case.resident_id.is_(None) if resident_id is None else Case.resident_id == resident_id
    mine = Case.household_id == household_id, Case.code == code, Case.happened_at >= since, who
    ids = db.session.scalars(select(Case.id).where(*mine)).all()
    return [one for one in facts_of(ids).values() if rules.counts(one, at)]


# One case ---------------------------------------------------------------------------------------------------------


def case_visible_to(reader: Anyone, case_id: int) -> AnyRow | None:
    """A case with what its page says; None for all but its household and those who work on cases at its place."""
    own = Case.household_id == (reader.household_id or 0) if reader.is_verified else false()
    reach = [Case.place_path.startswith(path, autoescape=True) for path in reader.reaches(*rules.READ)]
    columns: tuple[Any, ...] = (
        *Case.__table__.columns, Household.door, Place.name.label("group_name"), Resident.family_name,
        Resident.given_name, CaseDecision.outcome, CaseDecision.why.label("decided_why"),
        CaseDecision.at.label("decided_at"), CaseDecision.appeal_until, Deduction.amount.label("posted"),
        Deduction.transfer_id, Deduction.due_at,
    )  # fmt: skip
    return db.session.execute(
        select(*columns)
        .join(Household, Household.id == Case.household_id)
        .join(Place, Place.id == Household.group_id)
        .outerjoin(Resident, Resident.id == Case.resident_id)
        .outerjoin(CaseDecision, CaseDecision.case_id == Case.id)
        .outerjoin(Deduction, Deduction.case_id == Case.id)
        .where(Case.id == case_id, or_(own, *reach))
    ).one_or_none()


def cures_of(case_id: int) -> Sequence[AnyRow]:
    """What was sent to show that it is put right, with what was found, the first one first."""
    columns: tuple[Any, ...] = (
        Cure.id,
        Cure.text,
        Cure.upload_id,
        Cure.sent_at,
        Cure.by_id,
        CureLook.accepted,
        CureLook.why,
        CureLook.at,
    )
    query = select(*columns).outerjoin(CureLook, CureLook.cure_id == Cure.id)
    return db.session.execute(query.where(Cure.case_id == case_id).order_by(Cure.id)).all()


def appeals_of(case_id: int) -> Sequence[AnyRow]:
    columns: tuple[Any, ...] = (
        Appeal.id,
        Appeal.kind,
        Appeal.text,
        Appeal.upload_id,
        Appeal.filed_at,
        Appeal.due_at,
        Appeal.deciders,
    )
    return db.session.execute(select(*columns).where(Appeal.case_id == case_id).order_by(Appeal.id)).all()


def opinions_of(case_id: int) -> Sequence[AnyRow]:
    columns: tuple[Any, ...] = (Opinion.appeal_id, Opinion.upheld, Opinion.text, Opinion.at)
    query = select(*columns).join(Appeal, Appeal.id == Opinion.appeal_id).where(Appeal.case_id == case_id)
    return db.session.execute(query.order_by(Opinion.at, Opinion.by_id)).all()


def files_of(case_id: int) -> set[int]:
    """The pictures that belong to a case."""
    each = [
        select(Case.upload_id).where(Case.id == case_id),
        select(Cure.upload_id).where(Cure.case_id == case_id),
        select(Appeal.upload_id).where(Appeal.case_id == case_id),
    ]
    found = db.session.scalars(each[0].union(*each[1:]))
    return {one for one in found if one is not None}


# Lists ------------------------------------------------------------------------------------------------------------


def _listed() -> Select[*tuple[Any, ...]]:
    columns: tuple[Any, ...] = (
        Case.id,
        Case.title,
        Case.code,
        Case.step,
        Case.cure_by,
        Case.filed_at,
        Case.happened_at,
        Household.door,
        Place.name.label("group_name"),
    )
    return (
        select(*columns).join(Household, Household.id == Case.household_id).join(Place, Place.id == Household.group_id)
    )


def of_household(household_id: int, *, after: str | None) -> Slice:
    """The cases of a household, the latest first."""
    return slice_of(_listed().where(Case.household_id == household_id), Case.id, after=after)


def at_work(person: Anyone, *, after: str | None) -> Slice:
    """The cases at the places where somebody works on them, the latest first; their own household's are not there."""
    reach = [Case.place_path.startswith(path, autoescape=True) for path in person.reaches(*rules.READ)]
    others = Case.household_id != (person.household_id or 0)
    return slice_of(_listed().where(or_(false(), *reach), others), Case.id, after=after)


def due(at: datetime) -> Sequence[int]:
    """Confirmed deductions that took effect by then and are not written down, in the order in which they did."""
    written = select(Deduction.case_id).where(Deduction.case_id == CaseDecision.case_id).exists()
    said = select(Opinion.appeal_id).join(Appeal, Appeal.id == Opinion.appeal_id).where(Opinion.upheld)
    upheld = said.where(Appeal.case_id == CaseDecision.case_id).exists()
    waiting = select(CaseDecision.case_id).where(CaseDecision.outcome == "confirmed", ~written, ~upheld)
    known = facts_of(db.session.scalars(waiting).all())
    due = [one for one in known.values() if rules.is_due(one, at)]
    return [one.id for one in sorted(due, key=lambda one: (rules.takes_effect_at(one), one.id))]


def open_headings(household_ids: Collection[int], starts: datetime, ends: datetime) -> dict[int, set[str]]:
    """For each of these households the headings in which a case, found within that time, is open still.

    As `rules.is_open` has it, in one statement: it asks nothing of the clock.
    """
    found: dict[int, set[str]] = {one: set() for one in household_ids}
    columns: tuple[Any, ...] = (Case.household_id, Case.blocks)
    rows = db.session.execute(
        select(*columns).where(
            Case.household_id.in_(household_ids), Case.happened_at >= starts, Case.happened_at < ends,
            Case.blocks.is_not(None), is_open(),
        )
    )  # fmt: skip
    for household_id, heading in rows:
        found[household_id].add(heading)
    return found


def is_open() -> ColumnElement[bool]:
    """Of a case: nobody saw it put right, and no decision or appeal has ended it."""
    ended = select(CaseDecision.case_id).where(
        CaseDecision.case_id == Case.id, CaseDecision.outcome.in_(("cancelled", "declined"))
    )
    accepted = select(Cure.id).join(CureLook, CureLook.cure_id == Cure.id)
    accepted = accepted.where(Cure.case_id == Case.id, CureLook.accepted)
    said = select(func.count()).where(Opinion.appeal_id == Appeal.id).correlate(Appeal).scalar_subquery()
    for_it = select(Opinion.appeal_id).where(Opinion.appeal_id == Appeal.id, Opinion.upheld).exists()
    upheld = select(Appeal.id).where(Appeal.case_id == Case.id, said >= Appeal.deciders, for_it)
    return ~or_(ended.exists(), accepted.exists(), upheld.exists())


# Limits -------------------------------------------------------------------------------------------------------------


def award_has_case(because: str, at: datetime) -> bool:
    """Whether a false claim is filed for this award and still stands."""
    ids = db.session.scalars(select(Case.id).where(Case.award_because == because)).all()
    return any(rules.counts(one, at) for one in facts_of(ids).values())


def in_effect(household_id: int, at: datetime) -> Sequence[Case]:
    """The cases of a household whose deductions had taken effect by then, whenever they were written down."""
    query = select(Case).join(Deduction, Deduction.case_id == Case.id)
    return db.session.scalars(query.where(Case.household_id == household_id, Deduction.due_at <= at)).all()


def absence_is_filed(absence: str) -> bool:
    return db.session.scalar(select(Case.id).where(Case.absence == absence)) is not None


def absences_on_file(absences: Collection[str], at: datetime) -> dict[str, bool]:
    """Of these missed shifts those that are on file, and whether they count."""
    rows = db.session.execute(select(Case.id, Case.absence).where(Case.absence.in_(absences))).all()
    known = facts_of(row.id for row in rows)
    return {row.absence: rules.counts(known[row.id], at) for row in rows}


def missed_before(resident_id: int, came_at: datetime) -> Sequence[int]:
    """The missed shifts of somebody on file that coming at that moment puts right."""
    mine = Case.resident_id == resident_id, Case.absence.is_not(None)
    in_time = Case.happened_at < came_at, Case.cure_by > came_at
    return db.session.scalars(select(Case.id).where(*mine, *in_time).order_by(Case.id)).all()


def deducted_within(household_id: int, code: str, bounds: tuple[datetime, datetime]) -> int:
    """What stands deducted from a household under a line for what was found within these instants."""
    back = select(Transfer.id).where(Transfer.reverses_id == Deduction.transfer_id).exists()
    found: tuple[ColumnElement[bool], ...] = (Case.happened_at >= bounds[0], Case.happened_at < bounds[1])
    query = select(func.coalesce(func.sum(Deduction.amount), 0)).join(Case, Case.id == Deduction.case_id)
    return db.session.scalar(query.where(Case.household_id == household_id, Case.code == code, *found, ~back)) or 0
