"""Reads of the tariff and of awards."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.engine import Row
from sqlalchemy.orm import aliased

from app.kit.db import db
from app.kit.words import Words
from app.merits.claiming import claim_refusal
from app.merits.drafts import line_from
from app.merits.models import Award, SimulatedHousehold, Simulation, Tariff, TariffLine
from app.merits.rules import ANYONE, HIGHEST, OCCASIONS, Cap, Done, Line, Used, window_bounds
from app.merits.together import bound
from app.places.models import Place
from app.points import queries as points

MOST_SIMULATIONS = 50
_Near = aliased(Tariff)  # made once: to make one takes longer than to ask


def line_in_force(code: str, path: str, on: date) -> Line | None:
    """The line with that code that counts on a local day at a place; the nearest place's own goes first."""
    return lines_for(code, path, on)[0]


def lines_for(code: str, path: str, on: date) -> tuple[Line | None, list[Line]]:
    """That line, with those that count instead of it known; and the lines that multiply what others earn."""
    which = or_(TariffLine.code == code, TariffLine.factor.is_not(None), TariffLine.exclusive.is_not(None))
    lines = [line_from(row._asdict()) for row in _in_force(path, on, which)]
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
    ids = [int(part) for part in path.split("/") if part]
    row = db.session.execute(select(Tariff.caps).where(Tariff.id == _nearest_tariff(ids, on))).first()
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
    return db.session.scalar(select(Award).where(Award.because == because))


def _in_force(path: str, on: date, *conditions: ColumnElement[bool]) -> list[Row[Any]]:
    """Lines in force; of several with one code only that of the nearest place, and there an agreement's own.

    What an article set falls under the limits that span the tariff of that day.
    """
    ids = [int(part) for part in path.split("/") if part]
    if not ids:
        return []
    columns: tuple[Any, ...] = (*TariffLine.__table__.columns, Tariff.caps.label("tariff_caps"))
    rows = db.session.execute(
        select(*columns)
        .outerjoin(Tariff, Tariff.id == func.coalesce(TariffLine.tariff_id, _nearest_tariff(ids, on)))
        .where(
            TariffLine.place_id.in_(ids),
            TariffLine.effective_from <= on,
            or_(TariffLine.effective_until.is_(None), TariffLine.effective_until > on),
            *conditions,
        )
    ).all()
    nearest: dict[str, Row[Any]] = {}
    for row in sorted(rows, key=lambda row: (ids.index(row.place_id), row.set_by is not None)):
        nearest[row.code] = row
    return list(nearest.values())


def _nearest_tariff(ids: Sequence[int], on: date) -> Any:
    """The tariff in force on a local day at the nearest of these places, which come from the top down."""
    near = case({place_id: depth for depth, place_id in enumerate(ids)}, value=_Near.place_id)
    return (
        select(_Near.id)
        .where(
            _Near.place_id.in_(ids), _Near.effective_from <= on,
            or_(_Near.effective_until.is_(None), _Near.effective_until > on),
        )
        .order_by(near.desc())
        .limit(1)
        .scalar_subquery()
    )  # fmt: skip


def used_under(line: Line, done: Done, *, household_id: int) -> list[tuple[Cap, Used]]:
    """For each cap of the line, what its window holds already. Read after the household is locked.

    One statement for all caps. What is proposed counts as what is posted does (I10); what was undone no longer does.
    """
    caps = [cap for cap in line.caps if cap.of != "factor"]
    if not caps:
        return []
    pair = and_(Award.household_id == done.other_household_id, Award.other_household_id == household_id)
    whose = {
        "household": Award.household_id == household_id,
        "resident": Award.resident_id == done.resident_id,
        "household_pair": or_(
            and_(Award.household_id == household_id, Award.other_household_id == done.other_household_id), pair
        ),
        ANYONE: Award.event == done.occasion,
    }
    sums: list[Any] = []
    for number, cap in enumerate(caps):
        within = and_(whose[cap.per], *_within(cap, line, done))
        sums += [
            func.coalesce(func.sum(column).filter(within), 0).label(f"{name}{number}") for name, column in _SUMS.items()
        ]
    concerned = [whose["household"], whose["resident"], pair, *(whose[cap.per] for cap in caps if cap.per == ANYONE)]
    row = db.session.execute(select(*sums).where(or_(*concerned), Award.undone_at.is_(None))).one()
    used = [Used(**{name: int(getattr(row, f"{name}{number}")) for name in _SUMS}) for number in range(len(caps))]
    return [
        (cap, Used(served=points.minutes_of(done.resident_id)) if cap.window == "balance" else so_far)
        for cap, so_far in zip(caps, used, strict=True)
    ]


_SUMS: dict[str, Any] = {"honour": Award.honour, "points": Award.points, "served": Award.served, "count": 1}


def _within(cap: Cap, line: Line, done: Done) -> list[ColumnElement[bool]]:
    """Which awards fall under a cap: the line's own or all that it spans, in its window. Empty awards count nothing."""
    conditions: list[ColumnElement[bool]] = [Award.honour + Award.points + Award.minutes > 0]
    if cap.spans:
        conditions.append(Award.heading.not_in(cap.outside))
    else:
        conditions.append(Award.code.in_(cap.together or (line.code,)))
    bounds = window_bounds(cap.window, done.effective_at)
    if bounds:
        conditions += [Award.effective_at >= bounds[0], Award.effective_at < bounds[1]]
    elif cap.window in OCCASIONS:
        conditions.append(Award.event == done.occasion)
    return conditions


def holder(line: Line, done: Done, *, household_id: int) -> str | None:
    """Of the lines with which this one is bound together, the one that earned the most in the window they share."""
    cap = next((cap for cap in line.caps if cap.of == HIGHEST), None)
    if cap is None:
        return None
    whose = Award.resident_id == done.resident_id if cap.per == "resident" else Award.household_id == household_id
    held = select(Award.code).where(whose, Award.undone_at.is_(None), *_within(cap, line, done))
    return db.session.scalar(held.order_by((Award.honour + Award.points).desc(), Award.id).limit(1))


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
