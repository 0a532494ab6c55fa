"""The ledger for tests: earn, keep back, settle, some of a household's life, and the hands of a tamperer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, text

from app.kit import clock
from app.kit.db import db
from app.people.models import Household, Resident
from app.places.models import Place
from app.points import operations, queries
from app.points.models import Transfer
from tests.makers import NOON

DAY, WEEK = timedelta(days=1), timedelta(days=7)
SPRING = clock.at_local(date(2027, 4, 2))  # points of the year before may be over
GUARDED = ("transfers", "holds", "hold_ends", "seals", "sealed_entries")

# Every account with what it keeps, and with what the journal says of it.
NET = """
SELECT a.id, a.asset, a.owner_kind, a.purpose, a.balance, a.held,
       COALESCE((SELECT SUM(amount) FROM transfers WHERE credit_id = a.id), 0)
     - COALESCE((SELECT SUM(amount) FROM transfers WHERE debit_id = a.id), 0)
FROM accounts a ORDER BY a.id
"""


def give(home: Any, amount: int, because: str, asset: Any = "points", **more: Any) -> operations.Posted:
    values = {"code": "E04", "heading": "environment", "effective_at": NOON, "at": NOON, "by_id": None} | more
    return operations.grant(
        asset, amount, household_id=home.household_id, resident_id=home.id, because=because, **values
    )


def keep_back(home: Any, amount: int, because: str, at: datetime = NOON) -> operations.Held:
    return operations.hold(
        household_id=home.household_id, amount=amount, because=because, expires_at=at + WEEK, by_id=home.id, at=at
    )


def settle(hold_id: int, because: str = "collected:1", at: datetime = NOON, amount: int | None = None) -> Any:
    return operations.settle(hold_id, merchant_id=1, because=because, by_id=None, at=at, amount=amount)


def has(home: Any, at: datetime = NOON) -> queries.Balances:
    return queries.balances(home.household_id, at=at)


def rows(statement: str, **values: Any) -> list[Any]:
    """What the database itself says, without the house's own queries."""
    return [tuple(row) for row in db.session.execute(text(statement), values)]


def transfer(entry_id: int) -> dict[str, Any]:
    """All columns of an entry."""
    return db.session.execute(select(Transfer.__table__).where(Transfer.id == entry_id)).one()._asdict()


def life_of(home: Resident) -> list[Callable[[], Any]]:
    """Steps after which a household has earned of each asset, paid a part of a hold, given one back, let one lapse,
    keeps one, had an award undone of which 12 points were gone, brought goods back, let points expire that nobody
    noted yet and then a tick did, kept one more back, and had that expiry taken back."""
    kept: dict[str, Any] = {}
    over = NOON + WEEK

    def note(name: str, act: Callable[[], Any]) -> Callable[[], None]:
        return lambda: kept.update({name: act()})

    return [
        note("earned", lambda: give(home, 60, "a:1")),
        lambda: give(home, 5, "a:1", asset="honour"),
        lambda: give(home, 90, "a:1", asset="minutes"),
        lambda: give(home, 40, "a:2"),
        note("paid", lambda: keep_back(home, 40, "order:1")),
        note("goods", lambda: settle(kept["paid"].id, amount=25)),
        note("given back", lambda: keep_back(home, 30, "order:2")),
        lambda: operations.release(kept["given back"].id, at=NOON, outcome="voided"),
        note("lapsed", lambda: keep_back(home, 20, "order:3")),
        lambda: keep_back(home, 27, "order:4", at=over),
        lambda: operations.reverse(kept["earned"].id, because="mistake:1", by_id=None, at=over),
        lambda: give(home, 12, "a:3", at=over),
        lambda: operations.reverse(kept["goods"].id, because="returned:1", by_id=None, at=over),
        lambda: points_expire(home, since=over),
        lambda: give(home, 9, "a:4", at=SPRING),
        lambda: operations.expire_points(SPRING),
        lambda: keep_back(home, 5, "order:5", at=SPRING),
        lambda: operations.reverse(entry_of("X02"), because="mistake:2", by_id=None, at=SPRING),
    ]


def points_expire(home: Any, *, since: datetime) -> None:
    """From that moment on, as if somebody had switched it on in time."""
    household = db.session.get_one(Household, home.household_id)
    place = db.session.get_one(Place, household.community_id)
    place.settings = {"points_expiry": {"from": since.isoformat()}}
    db.session.flush()


def entry_of(code: str) -> int:
    return db.session.scalars(select(Transfer.id).where(Transfer.code == code)).one()


def guards_off() -> None:
    """What a tamperer with the owner's rights does first; undone with the transaction, or with its savepoint."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SET LOCAL session_replication_role = replica"))
        return
    db.session.execute(text("PRAGMA defer_foreign_keys = ON"))
    for table in GUARDED:
        for verb in ("update", "delete"):
            db.session.execute(text(f"DROP TRIGGER {table}_no_{verb}"))
    db.session.execute(text("DROP TRIGGER accounts_stays"))
