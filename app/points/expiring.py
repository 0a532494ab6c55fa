"""What of a household's points has expired or will: lots read from the journal. Nothing is written here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from app.kit import clock
from app.kit.db import db
from app.people.models import Household
from app.places.models import Place
from app.places.queries import COMMUNITY_KINDS
from app.points import lots
from app.points.lots import Held, Lots, Move, Rule
from app.points.models import Hold, HoldEnd, LotMark, Transfer

_original = aliased(Transfer)


class Coming(NamedTuple):
    """So many points are over at that instant."""

    expires_at: datetime
    points: int


def places_with_expiry() -> list[tuple[int, Rule]]:
    """Communities in which points expire or did, and since when."""
    query = select(Place.id, Place.settings).where(Place.kind.in_(COMMUNITY_KINDS)).order_by(Place.id)
    found = db.session.execute(query)
    return [(place_id, rule) for place_id, settings in found if (rule := lots.rule_from(settings)) is not None]


def settings_of(household_id: int) -> Any:
    """The settings of the household's community, as a column of a statement."""
    home = select(Place.settings).join(Household, Household.community_id == Place.id)
    return home.where(Household.id == household_id).scalar_subquery()


def over(household_id: int, settings: Any, *, at: datetime) -> int:
    """How many points have expired by then although nobody wrote it down yet: they count no longer.

    Costs nothing where points do not expire.
    """
    rule = lots.rule_from(settings)
    if rule is None or not rule.has_begun(at):
        return 0
    gone = lots.expirings(lots_of(household_id).left, open_holds(household_id), rule, at=at)
    return sum(points for _, points in gone)


def outlook(household_id: int, *, at: datetime) -> Sequence[Coming]:
    """What of the household's points expires when, the first one first; nothing where points do not expire."""
    rule = lots.rule_from(db.session.scalar(select(settings_of(household_id))))
    if rule is None or not rule.is_on(at):
        return []
    held = sum(one.amount for one in open_holds(household_id) if one.expires_at > at)
    ahead = lots.coming(lots_of(household_id).left, held=held, rule=rule, at=at)
    return [Coming(*one) for one in ahead]


def open_holds(household_id: int) -> list[Held]:
    """Holds without an end; those that lapsed meanwhile are among them."""
    columns: tuple[Any, ...] = (Hold.expires_at, Hold.amount)
    ended = HoldEnd.hold_id == Hold.id
    query = select(*columns).outerjoin(HoldEnd, ended).where(Hold.household_id == household_id)
    return [Held(*row) for row in db.session.execute(query.where(HoldEnd.hold_id.is_(None)))]


def lots_of(household_id: int) -> Lots:
    """The lots of a household now. Reads the entries since its last mark; all of them after a refund from before it."""
    mark = db.session.execute(
        select(LotMark.__table__)
        .where(LotMark.household_id == household_id).order_by(LotMark.entry_id.desc()).limit(1)
    ).one_or_none()  # fmt: skip
    if mark is not None:
        known = dict(mark.lots)
        try:
            return lots.lots_after(moves_of(household_id, after=mark.entry_id), known=known, last=mark.entry_id)
        except lots.Forgotten:
            pass
    return lots.lots_after(moves_of(household_id))


def moves_of(household_id: int, *, after: int = 0) -> Iterator[Move]:
    """The entries of a household's points in the order of their ids, as lots look at them."""
    for row in db.session.execute(entries().where(Transfer.household_id == household_id, Transfer.id > after)):
        yield move(row)


def entries() -> Select[Any]:
    """All entries that move points of households, with what each takes back."""
    columns: tuple[Any, ...] = (
        Transfer.id, Transfer.change, Transfer.code, Transfer.posted_at, Transfer.reverses_id, Transfer.household_id,
        Transfer.effective_at, _original.code.label("original_code"), _original.posted_at.label("original_posted_at"),
    )  # fmt: skip
    query = select(*columns).outerjoin(_original, _original.id == Transfer.reverses_id)
    return query.where(Transfer.asset == "points").order_by(Transfer.household_id, Transfer.id)


def move(row: Any) -> Move:
    """A row of `entries` as lots look at it."""
    original = row.original_posted_at
    return Move(
        row.id, row.change, clock.local(row.posted_at).year, row.code, row.reverses_id, row.original_code or "",
        clock.local(original).year if original else 0,
    )  # fmt: skip
