"""The figures of the ledger: how many, how fast, how well, by grid or by category.

Only public requests are counted: everybody can list those one by one, so nothing follows from subtracting. Rows under
five stay unsaid all the same (security P10). The median is taken in the database, of whole minutes from receiving to
resolving.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select

from app.grid.models import Request
from app.grid.rules import suppressed
from app.kit.db import db
from app.kit.words import Words
from app.places.models import Place


@dataclass(frozen=True)
class Figures:
    """One row: `solved` of `answered` requests are solved, by the reporter's word where there is one.

    `stars` is the sum of the `rated` ones. `median_minutes` is None while nothing was resolved.
    """

    key: str
    name: Words | None
    number: int
    answered: int
    solved: int
    on_time: int
    rated: int
    stars: int
    median_minutes: float | None

    @property
    def satisfaction(self) -> float | None:
        """One to five, to one place."""
        return round(self.stars / self.rated, 1) if self.rated else None


def whole(*, path: str, since: datetime, category: str | None = None) -> Figures | None:
    """All of a place together; None when there are fewer than five."""
    one: Any = Request.street_id
    found = _figures(one, _chosen(path, since, category))
    return found[0] if len(found) == 1 and found[0].number >= 5 else None


def by_category(*, path: str, since: datetime) -> list[Figures]:
    return _spoken(_figures(Request.category, _chosen(path, since, None)))


def by_grid(*, path: str, since: datetime, category: str | None = None) -> list[Figures]:
    """Each grid in the order of its code; what concerns more than one grid counts for none."""
    found = _figures(Request.grid_id, [*_chosen(path, since, category), Request.grid_id.is_not(None)])
    names = {one.id: one for one in db.session.execute(_grids(path))}
    rows = [Figures(**{**vars(one), "name": names[int(one.key)].name}) for one in found if int(one.key) in names]
    return sorted(_spoken(rows), key=lambda one: str(names[int(one.key)].code))


def _grids(path: str) -> Any:
    query = select(Place.id, Place.code, Place.name).where(Place.kind == "grid")
    return query.where(Place.path.startswith(path, autoescape=True)) if path else query


def _spoken(rows: Sequence[Figures]) -> list[Figures]:
    hidden = suppressed([(one.key, one.number) for one in rows])
    return [one for one in rows if one.key not in hidden]


def _chosen(path: str, since: datetime, category: str | None) -> list[ColumnElement[bool]]:
    """Public requests of that place since then; a linked one counts with the one it went into."""
    where: list[ColumnElement[bool]] = [
        Request.is_public.is_(True), Request.received_at >= since, Request.state != "linked",
    ]  # fmt: skip
    if path:
        where.append(Request.place_path.startswith(path, autoescape=True))
    if category:
        where.append(Request.category == category)
    return where


def _figures(key: Any, where: Sequence[ColumnElement[bool]]) -> list[Figures]:
    """Two statements, whatever the number of requests."""
    answered = Request.resolved_at.is_not(None)
    solved = and_(answered, func.coalesce(Request.verdict, Request.outcome).in_(("solved", "explained")))
    on_time = and_(answered, Request.resolved_at <= Request.promised_at)
    rows = db.session.execute(
        select(
            key.label("key"), func.count().label("number"), _sum(answered).label("answered"),
            _sum(solved).label("solved"), _sum(on_time).label("on_time"),
            func.count(Request.stars).label("rated"), func.coalesce(func.sum(Request.stars), 0).label("stars"),
        )
        .where(*where)
        .group_by(key)
        .order_by(func.count().desc(), key)
    ).all()  # fmt: skip
    medians = dict(db.session.execute(_medians(key, where)).all())
    return [
        Figures(
            str(row.key), None, row.number, row.answered, row.solved, row.on_time, row.rated, row.stars,
            float(medians[row.key]) if medians.get(row.key) is not None else None,
        )
        for row in rows
    ]  # fmt: skip


def _medians(key: Any, where: Sequence[ColumnElement[bool]]) -> Any:
    """The middle one of each group, or the mean of the two in the middle."""
    ranked = (
        select(
            key.label("key"), Request.minutes_taken.label("minutes"),
            func.row_number().over(partition_by=key, order_by=Request.minutes_taken).label("place"),
            func.count().over(partition_by=key).label("number"),
        )
        .where(*where, Request.minutes_taken.is_not(None))
        .subquery()
    )  # fmt: skip
    place, number = ranked.c.place, ranked.c.number
    middle = and_(2 * place >= number, 2 * place <= number + 2)
    return select(ranked.c.key, func.avg(ranked.c.minutes)).where(middle).group_by(ranked.c.key)


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def by_community(*, since: datetime) -> dict[int, Figures]:
    """Each community by its id; what concerns the whole street counts for none."""
    found = _figures(Request.community_id, [*_chosen("", since, None), Request.community_id.is_not(None)])
    return {int(one.key): one for one in _spoken(found)}
