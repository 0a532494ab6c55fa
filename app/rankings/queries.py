"""Reads of standings: one window over the whole field, whatever part of it is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import CTE, ColumnElement, ScalarSelect, Select, and_, case, func, literal, or_, select, union_all

from app.cases import queries as cases
from app.kit import clock
from app.kit.db import db
from app.kit.paging import Slice, slice_of
from app.kit.periods import Period
from app.kit.words import Words
from app.people.models import Household, Resident
from app.people.rules import FULL_AGE, Anyone, Person, age
from app.places.models import Place
from app.places.queries import COMMUNITY_KINDS
from app.points import queries as points
from app.points.models import Transfer
from app.rankings.models import Listing
from app.rankings.rules import CONSTANT, FIELDS, MOST_LISTED, Standing, may_be_listed

SHOWN_PERIODS = 6
MOST_FIELDS = 60
LONGEST_ID = 10  # digits; longer ones are codes


@dataclass(frozen=True)
class Field:
    """A place whose households are ranked together."""

    id: int
    kind: str
    code: str
    name: Words

    @property
    def column(self) -> ColumnElement[int]:
        """The column of a household that says whether it belongs to this field."""
        return getattr(Household, FIELDS[self.kind])


@dataclass(frozen=True)
class Shown:
    """One line of a list: `before` is the place one period earlier; names and community serve the masked name."""

    standing: Standing
    before: int | None
    shown_as: str | None
    nickname: str
    family_name: str
    family_name_en: str
    community: Words | None
    mine: bool = False


@dataclass(frozen=True)
class Board:
    """What is shown of a field: its size, the lines of the public list, and the reader's own line."""

    size: int
    listed: Sequence[Shown] = ()
    mine: Shown | None = None


def fields_for(person: Anyone, wish: str | None) -> tuple[list[Field], Field | None]:
    """The fields to offer somebody, the smallest first, and the one to show; None when the wish names none.

    Residents get their own group, grid, community and street; others the street and its communities. `wish` is the
    code of a place or its id.
    """
    own = [int(part) for part in person.path.split("/") if part]
    whole_street = and_(Place.kind.in_(("street", *COMMUNITY_KINDS)), Place.households > 0)
    offered_here = Place.id.in_(own) if own else whole_street
    wished = Place.code == (wish or "")
    if wish and wish.isascii() and wish.isdigit() and len(wish) < LONGEST_ID:
        wished = or_(wished, Place.id == int(wish))
    rows = db.session.execute(
        select(Place.id, Place.kind, Place.code, Place.name, offered_here.label("offered"))
        .where(Place.kind.in_(FIELDS), or_(offered_here, wished))
        .order_by(Place.path.desc() if own else Place.path)
        .limit(MOST_FIELDS)
    ).all()
    found = [(Field(row.id, row.kind, row.code, row.name), bool(row.offered)) for row in rows]
    named = [place for place, _ in found if wish in (place.code, str(place.id))]
    offered = [place for place, is_offered in found if is_offered or place in named]
    chosen = next((place for place in named if place.code == wish), None) or next(iter(named), None)
    return offered, chosen if wish else next(iter(offered), None)


def members(place: Field, period: Period) -> CTE:
    """Every household of the field with the honour of its standing; no entry counts as nothing.

    A pure function of the entries whose `effective_at` lies in the period; consent plays no part in it.
    """
    part = None if place.kind == "street" else select(Household.id).where(place.column == place.id)
    earned = points.honour_entries(period.starts, period.ends, of=part).subquery()
    honour = (CONSTANT[period.kind] + func.coalesce(earned.c.honour, 0)).label("honour")
    return (
        select(Household.id.label("household_id"), Household.community_id, honour)
        .outerjoin(earned, earned.c.household_id == Household.id)
        .where(place.column == place.id, Household.joined_on <= period.last_day)
        .cte(f"members_{period.key.replace('-', '_')}")
    )


def levels(field: CTE) -> CTE:
    """Each sum of honour there is, and the place of all who have it: equal honour shares one (1, 2, 2, 4).

    Windows run over the few sums, not over the many households: this is what keeps a whole street quick.
    """
    sums = select(field.c.honour, func.count().label("shared")).group_by(field.c.honour).subquery()
    down = sums.c.honour.desc()
    up_to_here = func.sum(sums.c.shared).over(order_by=down, rows=(None, 0))
    return select(
        sums.c.honour,
        sums.c.shared,
        (up_to_here - sums.c.shared + 1).label("place"),
        func.sum(sums.c.shared).over().label("field"),
        func.lag(sums.c.honour).over(order_by=down).label("next_honour"),
        func.lag(sums.c.shared).over(order_by=down).label("next_shared"),
    ).cte(f"levels_{field.name}")


def ranked(place: Field, period: Period) -> Select[*tuple[Any, ...]]:
    """Every household of the field with its place, and the place above."""
    field = members(place, period)
    level = levels(field)
    return select(*_line(field, level)).outerjoin(level, level.c.honour == field.c.honour)


def _line(field: CTE, level: CTE) -> tuple[Any, ...]:
    return (
        field.c.household_id, field.c.community_id, field.c.honour, level.c.shared, level.c.place, level.c.field,
        level.c.next_honour, level.c.next_shared,
    )  # fmt: skip


def board(place: Field, period: Period, *, household_id: int | None = None, at: datetime) -> Board:
    """The public list of a field and the place of one household, from one statement.

    Names come out of the database only with a consent that still stands; the first household comes along to tell
    the size of the field.
    """
    constant = CONSTANT[period.kind]
    now, then = members(place, period), members(place, period.previous)
    level = levels(now)
    whole_on_top = level.c.place + level.c.shared - 1 <= MOST_LISTED
    enough = select(func.min(level.c.honour)).where(whole_on_top).scalar_subquery()
    agreed = and_(now.c.honour >= enough, Resident.id.is_not(None))
    first = select(func.min(now.c.household_id)).scalar_subquery()
    query = (
        select(
            *_line(now, level), _place_in(then, now.c.household_id, constant).label("before"), Listing.shown_as,
            Listing.nickname, Resident.family_name, Resident.family_name_en, Resident.born_on,
            Place.name.label("community"),
        )
        .outerjoin(level, level.c.honour == now.c.honour)
        .outerjoin(Listing, Listing.household_id == now.c.household_id)
        .outerjoin(Resident, _speaks_for(now.c.household_id))
        .outerjoin(Place, Place.id == now.c.community_id)
        .where(or_(now.c.household_id.in_((household_id or 0, first)), agreed))
        .order_by(now.c.honour.desc(), now.c.household_id)
    )  # fmt: skip
    lines = [_shown(row, household_id, clock.local(at).date()) for row in db.session.execute(query)]
    listed = [one for one in lines if one.shown_as and may_be_listed(one.standing, constant=constant)]
    size = lines[0].standing.field if lines else 0
    return Board(size, listed, next((one for one in lines if one.mine), None))


def _place_in(field: CTE, household_id: ColumnElement[int], constant: int) -> ScalarSelect[Any]:
    """The place of one household in another period; NULL when it was not there, or when nobody earned anything."""
    own, other = field.alias(), field.alias()
    better = select(func.count()).where(field.c.honour > own.c.honour).scalar_subquery()
    anybody = select(other.c.honour).where(other.c.honour != constant).exists()
    return select(better + 1).where(own.c.household_id == household_id, anybody).scalar_subquery()


def own_standing(person: Person, place: Field, period: Period, *, at: datetime) -> Shown | None:
    """The place of somebody's household, and how it is shown; None when it was not there in that period."""
    return board(place, period, household_id=person.household_id, at=at).mine


def history(place: Field, period: Period, household_id: int) -> list[tuple[Period, Standing | None]]:
    """The household's place in this period and the five before it, the oldest first; one statement.

    None stands for a period in which it was not there, or in which nobody of the field had earned anything.
    """
    periods = period.last(SHOWN_PERIODS)
    each: list[Any] = []
    for number, wanted in enumerate(periods):
        field = ranked(place, wanted).subquery(f"p{number}")
        each.append(select(literal(number).label("period"), field).where(field.c.household_id == household_id))
    standings = ((row.period, _standing(row)) for row in db.session.execute(union_all(*each)))
    found = {number: one for number, one in standings if not one.is_blank(CONSTANT[period.kind])}
    return [(wanted, found.get(number)) for number, wanted in enumerate(periods)]


def by_heading(household_ids: Sequence[int], period: Period) -> Mapping[int, Mapping[str, int]]:
    """For each of these households what each heading earned in the period."""
    found: dict[int, dict[str, int]] = {one: {} for one in household_ids}
    query = select(Transfer.household_id, Transfer.heading, func.sum(Transfer.change).label("honour"))
    query = query.where(Transfer.household_id.in_(household_ids), *_honour_in(period))
    for row in db.session.execute(query.group_by(Transfer.household_id, Transfer.heading)) if household_ids else ():
        found[row.household_id][row.heading] = row.honour
    return found


def open_in(household_ids: Sequence[int], period: Period) -> Mapping[int, set[str]]:
    """For each of these households the headings in which a case of the period is still to be put right."""
    return cases.open_headings(household_ids, period.starts, period.ends) if household_ids else {}


def entries(household_id: int, period: Period, *, after: str | None) -> Slice:
    """What made the standing: the household's honour entries that took effect in the period, the latest first."""
    query = select(
        Transfer.id, Transfer.change, Transfer.heading, Transfer.what, Transfer.resident_id, Transfer.effective_at
    ).where(Transfer.household_id == household_id, *_honour_in(period))
    return slice_of(query, Transfer.effective_at, Transfer.id, after=after)


def listing(household_id: int) -> Listing | None:
    """How a household is shown; None when it did not agree."""
    return db.session.get(Listing, household_id)


def nickname_taken(key: str, *, but: int) -> bool:
    """Whether another household goes by a nickname that looks like this one."""
    query = select(Listing.household_id).where(Listing.nickname_key == key, Listing.household_id != but)
    return db.session.scalar(query) is not None


def names_of(household_id: int, *, on: date) -> list[str]:
    """What a nickname must not tell: the full names of a household's people, and the given names of its minors."""
    people = select(Resident.family_name, Resident.given_name, Resident.born_on)
    names: list[str] = []
    for row in db.session.execute(people.where(Resident.household_id == household_id)):
        names.append(row.family_name + row.given_name)
        if row.born_on is not None and age(row.born_on, on) < FULL_AGE and len(row.given_name) > 1:
            names.append(row.given_name)
    return names


def _honour_in(period: Period) -> tuple[ColumnElement[bool], ...]:
    return Transfer.asset == "honour", Transfer.effective_at >= period.starts, Transfer.effective_at < period.ends


def _speaks_for(household_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Whoever agreed still lives there with an open, verified account; else the consent has lapsed."""
    return and_(
        Resident.id == Listing.agreed_by, Resident.household_id == household_id,
        Resident.verified_at.is_not(None), Resident.disabled_at.is_(None),
    )  # fmt: skip


def _shown(row: Any, household_id: int | None, today: date) -> Shown:
    stands = row.family_name is not None and row.born_on is not None and age(row.born_on, today) >= FULL_AGE
    return Shown(
        _standing(row), row.before, row.shown_as if stands else None, row.nickname if stands else "",
        row.family_name or "", row.family_name_en or "", row.community, mine=row.household_id == household_id,
    )  # fmt: skip


def _standing(row: Any) -> Standing:
    # PostgreSQL adds whole numbers up to decimals.
    place, shared, field = int(row.place), int(row.shared), int(row.field)
    above = None if row.next_honour is None else place - int(row.next_shared)
    return Standing(row.household_id, place, shared, int(row.honour), field, above, row.next_honour)


def by_community(starts: datetime, ends: datetime) -> Sequence[Any]:
    """community_id, its households, how many of them earned honour in that time, and the honour of all together."""
    earned = points.honour_entries(starts, ends).subquery()
    taking_part = func.coalesce(func.sum(case((earned.c.honour > 0, 1), else_=0)), 0)
    honour = func.coalesce(func.sum(earned.c.honour), 0)
    return db.session.execute(
        select(
            Household.community_id, func.count().label("households"), taking_part.label("taking_part"),
            honour.label("honour"),
        )
        .outerjoin(earned, earned.c.household_id == Household.id)
        .group_by(Household.community_id)
    ).all()  # fmt: skip
