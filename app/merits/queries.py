"""Reads of the tariff and of awards."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, bindparam, case, func, or_, select
from sqlalchemy.engine import Row
from sqlalchemy.orm import aliased

from app.kit.db import ask, built_once, db
from app.kit.words import Words
from app.merits.claiming import claim_refusal
from app.merits.drafts import line_from
from app.merits.models import Award, SimulatedHousehold, Simulation, Tariff, TariffLine
from app.merits.rules import Line
from app.merits.together import bound
from app.places.models import Place

MOST_SIMULATIONS = 50
_Near = aliased(Tariff)
_ON = bindparam("on", type_=Date)


def line_in_force(code: str, path: str, on: date) -> Line | None:
    """The line with that code that counts on a local day at a place; the nearest place's own goes first."""
    return lines_for(code, path, on)[0]


def lines_for(code: str, path: str, on: date) -> tuple[Line | None, list[Line]]:
    """That line, with those that count instead of it known; and the lines that multiply what others earn."""
    lines = [line_from(row._asdict()) for row in _nearest(_one_line_in_force, path, on, code=code)]
    if named := {code for line in lines for code in line.exclusive_with} - {line.code for line in lines}:
        lines += [line_from(row._asdict()) for row in _in_force(path, on, TariffLine.code.in_(named))]
    found = bound(lines)
    return next((one for one in found if one.code == code), None), [one for one in found if one.factor is not None]


def all_lines(path: str, on: date, *, but: str | None = None) -> tuple[dict[str, Line], list[Line]]:
    """The same for every code at once; `but` leaves out what an agreement set."""
    others = () if but is None else (or_(TariffLine.set_by.is_(None), TariffLine.set_by != but),)
    found = bound(line_from(row._asdict()) for row in _in_force(path, on, *others))
    return {one.code: one for one in found}, [one for one in found if one.factor is not None]


def spanning_caps(path: str, on: date) -> list[Any]:
    """The caps that span the tariff in force at a place on a local day."""
    places = _ids(path)
    if not places:
        return []
    query = select(Tariff.caps).where(Tariff.id == _nearest_tariff(len(places)))
    row = ask(query, **_filled_in(places), on=on).first()
    return list(row.caps) if row else []


def places_with_lines() -> set[int]:
    """Places that have lines of their own, or had."""
    return set(db.session.scalars(select(TariffLine.place_id).distinct()))


def claim_lines(path: str, on: date) -> list[tuple[Row[Any], Line]]:
    """The lines in force that residents claim under, in the order of the tariff: as they are read and as they count."""
    rows = tariff_in_force(path, on)
    found = zip(rows, bound(line_from(row._asdict()) for row in rows), strict=True)
    return [(row, line) for row, line in found if claim_refusal(line) is None]


def lines_to_enter(path: str, on: date) -> list[Row[Any]]:
    """The lines in force whose deeds an office enters, in the order of the tariff."""
    found = tariff_in_force(path, on)
    return [row for row in found if row.entered_by is not None and claim_refusal(row, entered=True) is None]


def line_by_id(line_id: int) -> TariffLine:
    return db.session.get_one(TariffLine, line_id)


def turning_days() -> list[date]:
    """Every local day on which some line begins or ceases to count, the first one first."""
    ends = select(TariffLine.effective_until).where(TariffLine.effective_until.is_not(None))
    return sorted(db.session.scalars(select(TariffLine.effective_from).union(ends)))


def tariff_in_force(path: str, on: date) -> Sequence[Row[Any]]:
    """All lines that count at a place on a local day, in the order of the tariff, for reading."""
    return sorted(_in_force(path, on), key=lambda row: (row.position, row.code))


def tariff(place_id: int, version: int) -> Tariff | None:
    return db.session.scalar(select(Tariff).where(Tariff.place_id == place_id, Tariff.version == version))


def has_lines(set_by: str, version: int) -> bool:
    """Whether the articles of that version of an agreement set their lines already."""
    return db.session.scalar(
        select(TariffLine.id).where(TariffLine.set_by == set_by, TariffLine.version == version).limit(1)
    ) is not None  # fmt: skip


def set_elsewhere(codes: Collection[str], *, place_id: int, but: str, on: date) -> tuple[str, Words] | None:
    """The first of these lines that another agreement of the place sets on that local day or later, and its clause."""
    columns: tuple[Any, ...] = (TariffLine.code, TariffLine.clause)
    row = db.session.execute(
        select(*columns)
        .where(
            TariffLine.code.in_(codes), TariffLine.place_id == place_id, TariffLine.set_by != but,
            or_(TariffLine.effective_until.is_(None), TariffLine.effective_until > on),
        )
        .order_by(TariffLine.code)
        .limit(1)
    ).one_or_none()  # fmt: skip
    return None if row is None else (row.code, row.clause)


def clauses(line_ids: Collection[int]) -> dict[int, tuple[Words, str]]:
    """For lines that an article of an agreement set: what the article is called, and where it stands."""
    rows = db.session.execute(
        select(TariffLine.id, TariffLine.clause, TariffLine.href).where(
            TariffLine.id.in_(line_ids), TariffLine.set_by.is_not(None)
        )
    )
    return {row.id: (row.clause, row.href) for row in rows}


def as_document(row: Row[Any]) -> dict[str, Any]:
    """A line that `tariff_in_force` found as a document again, for an article to set its own from it."""
    plain = ("code", "heading", "assets", "caps", "per", "per_minutes", "factor", "applies_to", "earn")
    document: dict[str, Any] = {name: getattr(row, name) for name in plain}
    document |= {name: getattr(row, name).as_dict() for name in ("behaviour", "unit", "confirmer")}
    document["evidence"] = {"kind": row.evidence_kind, "text": row.evidence.as_dict()}
    document |= {"entered_by": row.entered_by} if row.entered_by else {}
    return document | (row.exclusive or {}) | ({"also_minutes": {"rate": 1}} if row.also_minutes else {})


def award_because(because: str) -> Award | None:
    return db.session.scalar(_AWARD, {"because": because})


_AWARD = select(Award).where(Award.because == bindparam("because"))


def _in_force(path: str, on: date, *conditions: ColumnElement[bool]) -> list[Row[Any]]:
    """Lines in force; of several with one code only that of the nearest place, and there an agreement's own.

    What an article set falls under the limits that span the tariff of that day.
    """
    return _nearest(lambda depth: _lines_in_force(depth).where(*conditions), path, on)


def _nearest(query: Callable[[int], Any], path: str, on: date, **values: Any) -> list[Row[Any]]:
    ids = _ids(path)
    if not ids:
        return []
    rows = ask(query(len(ids)), **_filled_in(ids), on=on, **values).all()
    nearest: dict[str, Row[Any]] = {}
    for row in sorted(rows, key=lambda row: (ids.index(row.place_id), row.set_by is not None)):
        nearest[row.code] = row
    return list(nearest.values())


@built_once
def _lines_in_force(depth: int) -> Any:
    columns: tuple[Any, ...] = (*TariffLine.__table__.columns, Tariff.caps.label("tariff_caps"))
    return (
        select(*columns)
        .outerjoin(Tariff, Tariff.id == func.coalesce(TariffLine.tariff_id, _nearest_tariff(depth)))
        .where(
            TariffLine.place_id.in_(_places(depth)), TariffLine.effective_from <= _ON,
            or_(TariffLine.effective_until.is_(None), TariffLine.effective_until > _ON),
        )
    )  # fmt: skip


@built_once
def _one_line_in_force(depth: int) -> Any:
    """The line with one code, those that multiply others, and those that stand beside others."""
    this = TariffLine.code == bindparam("code")
    return _lines_in_force(depth).where(or_(this, TariffLine.factor.is_not(None), TariffLine.exclusive.is_not(None)))


def _ids(path: str) -> list[int]:
    """The places of a path, from the top down."""
    return [int(part) for part in path.split("/") if part]


def _places(depth: int) -> list[Any]:
    return [bindparam(f"place{number}", type_=Integer) for number in range(depth)]


def _filled_in(ids: Sequence[int]) -> dict[str, Any]:
    return {f"place{number}": place_id for number, place_id in enumerate(ids)}


def _nearest_tariff(depth: int) -> Any:
    """The tariff in force on a local day at the nearest of the places of a path."""
    near = case(*((_Near.place_id == place, number) for number, place in enumerate(_places(depth))))
    return (
        select(_Near.id)
        .where(
            _Near.place_id.in_(_places(depth)), _Near.effective_from <= _ON,
            or_(_Near.effective_until.is_(None), _Near.effective_until > _ON),
        )
        .order_by(near.desc())
        .limit(1)
        .scalar_subquery()
    )  # fmt: skip


def simulations() -> Sequence[Row[Any]]:
    """The latest trials of drafts, the newest first."""
    columns: tuple[Any, ...] = (
        Simulation.id, Simulation.title, Simulation.starts, Simulation.asked_at, Simulation.finished_at,
        Place.name.label("place"),
    )  # fmt: skip
    newest = select(*columns).join(Place, Place.id == Simulation.place_id).order_by(Simulation.id.desc())
    return db.session.execute(newest.limit(MOST_SIMULATIONS)).all()


def simulation(simulation_id: int) -> Row[Any] | None:
    columns: tuple[Any, ...] = (*Simulation.__table__.columns, Place.name.label("place"))
    query = select(*columns).join(Place, Place.id == Simulation.place_id).where(Simulation.id == simulation_id)
    return db.session.execute(query).one_or_none()


def latest_simulation(href: str) -> int | None:
    """The last trial of a draft that stands there, done or not."""
    return db.session.scalar(select(func.max(Simulation.id)).where(Simulation.href == href))


def simulated_household(simulation_id: int, household_id: int | None) -> Row[Any] | None:
    """What one household would have earned; None where it earned nothing, or there is none."""
    one = SimulatedHousehold.__table__
    which = one.c.simulation_id == simulation_id, one.c.household_id == household_id
    return db.session.execute(select(one).where(*which)).one_or_none()


def behaviours(path: str, on: date) -> dict[str, Words]:
    """What each line in force is about."""
    return {row.code: row.behaviour for row in _in_force(path, on)}
