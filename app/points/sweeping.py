"""Writing down what expired: by whoever writes to the household next, and by `flask tick` household by household."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update

from app.kit import clock
from app.kit.db import db, insert_into, locked
from app.people.models import Household
from app.places.models import Place
from app.points import expiring, lots
from app.points.lots import Held, Lots
from app.points.models import Account, LotMark, PointsRun
from app.points.posting import post
from app.points.rules import Entry, Owner

MARK_AFTER = 500  # entries: so many are read again and again before what they led to is noted
PORTION = 200  # households of one transaction, so that nobody waits for all of them


def write_due(household_id: int, *, at: datetime, since: datetime | None = None, lapsed: Sequence[Held] = ()) -> int:
    """Post what expired of this household's points by then, as of the moments it did; how many points.

    The caller has locked the household: the amount is found after that. Twice is once. `lapsed`: holds whose end was
    noted just now; `since` as in `lots.expirings`.
    """
    columns: tuple[Any, ...] = (Household.community_id, Place.settings)
    home = select(*columns).join(Place, Place.id == Household.community_id).where(Household.id == household_id)
    community_id, settings = db.session.execute(home).one()
    rule = lots.rule_from(settings)
    if rule is None:
        return 0
    now = expiring.lots_of(household_id)
    _mark(household_id, now)
    gone = lots.expirings(now.left, [*lapsed, *expiring.open_holds(household_id)], rule, at=at, since=since)
    if gone:
        post([_entry(household_id, community_id, *one, after=now.last, at=at) for one in gone])
    return sum(points for _, points in gone)


def _entry(household_id: int, community_id: int, moment: datetime, points: int, *, after: int, at: datetime) -> Entry:
    """The cause names the entry that was the last one: two that saw the same journal cannot both be written (I29)."""
    return Entry(
        asset="points", amount=points, debit=Owner("household", household_id),
        credit=Owner("community", community_id, "expired"), code=lots.EXPIRY, heading="expiry",
        because=f"expiry:{household_id}:{clock.local(moment):%Y%m%d%H%M%S%f}:{after}", community_id=community_id,
        household_id=household_id, resident_id=None, by_id=None, effective_at=moment, posted_at=at,
    )  # fmt: skip


def _mark(household_id: int, now: Lots) -> None:
    """Note the lots of a household with many entries, so that the next one need not read them all again."""
    if now.steps < MARK_AFTER:
        return
    left = [[year, amount] for year, amount in sorted(now.left.items())]
    mark = insert_into(LotMark.__table__).values(household_id=household_id, entry_id=now.last, lots=left)
    db.session.execute(mark.on_conflict_do_nothing())


# By portions ----------------------------------------------------------------------------------------------------


def households_to_remind(at: datetime, days: int) -> tuple[int, datetime, Sequence[int]] | None:
    """The next portion of households to be reminded so many days before points expire: community, when, households.

    None when all were. A reminder that comes too late, when the next one is due or all is over, is not made at all.
    """
    later = max((one for one in lots.AHEAD if one < days), default=0)
    for place_id, rule in expiring.places_with_expiry():
        for moment in rule.moments(at + timedelta(days=days)) if rule.is_on(at) else ():
            if moment - timedelta(days=later) > at:
                portion = next_portion(place_id, f"remind-{days}", moment, at=at)
                if portion:
                    return place_id, moment, portion
    return None


def next_portion(place_id: int, kind: str, due_at: datetime, *, at: datetime) -> Sequence[int]:
    """The next households of a community that have points, each once for this kind and instant; none at the end.

    The row of the run is locked: two ticks take one portion after the other.
    """
    mine = PointsRun.place_id == place_id, PointsRun.kind == kind, PointsRun.due_at == due_at
    if db.session.scalar(select(PointsRun.finished_at).where(*mine)) is not None:
        return []
    begun = insert_into(PointsRun.__table__).values(place_id=place_id, kind=kind, due_at=due_at, reached=0)
    db.session.execute(begun.on_conflict_do_nothing())
    reached = db.session.execute(locked(select(PointsRun.reached).where(*mine))).scalar_one()
    portion = db.session.scalars(
        select(Account.owner_id)
        .join(Household, Household.id == Account.owner_id)
        .where(
            Account.asset == "points", Account.owner_kind == "household", Account.purpose == "own",
            Account.balance > 0, Account.owner_id > reached, Household.community_id == place_id,
        )
        .order_by(Account.owner_id)
        .limit(PORTION)
    ).all()  # fmt: skip
    so_far = {"reached": portion[-1]} if portion else {"finished_at": at}
    db.session.execute(update(PointsRun).where(*mine).values(**so_far).execution_options(synchronize_session=False))
    return portion


def is_first_look(place_id: int, kind: str, due_at: datetime) -> bool:
    """Whether nobody did that for this community and instant yet; from now on somebody has."""
    mine = insert_into(PointsRun.__table__).values(
        place_id=place_id, kind=kind, due_at=due_at, reached=0, finished_at=due_at
    )
    return db.session.scalar(mine.on_conflict_do_nothing().returning(PointsRun.place_id)) is not None


def latest_looks(kind: str) -> dict[int, datetime]:
    """By community: the latest instant for which that was done."""
    query = select(PointsRun.place_id, func.max(PointsRun.due_at)).where(PointsRun.kind == kind)
    found = db.session.execute(query.group_by(PointsRun.place_id))
    return {row[0]: row[1] for row in found}
