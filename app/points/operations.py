"""Writes of the ledger: post, hold, settle, release, reverse.

Whatever limits a household is read after `lock_household`; every operation that looks at a limit takes that lock first,
so that there is one order of locks and no deadlock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.engine import Row

from app.kit import once
from app.kit.db import ask, db, locked
from app.kit.refusal import refuse_if
from app.kit.words import Words
from app.points import expiring, lots, queries, rules, sweeping
from app.points.giving import community_of, deduct, grant
from app.points.models import Account, Hold, HoldEnd, Transfer
from app.points.posting import Posted, grant_entry, open_accounts, post
from app.points.rules import Entry, Outcome, Owner

__all__ = [
    "Held",
    "Locked",
    "Posted",
    "deduct",
    "expire_points",
    "grant",
    "grant_entry",
    "hold",
    "lock_household",
    "post",
    "release",
    "reverse",
    "settle",
]


@dataclass(frozen=True)
class Held:
    """A hold that was accepted."""

    id: int
    household_id: int
    amount: int
    expires_at: datetime


@dataclass(frozen=True)
class Locked:
    """A household's account of points, which nobody else can change before this transaction ends."""

    account_id: int
    balance: int
    held: int

    @property
    def available(self) -> int:
        return self.balance - self.held


def lock_household(household_id: int) -> Locked:
    """Keep everybody else away from what this household has, to the end of the transaction; opens its account.

    `held` still counts holds that lapsed and that nobody noted yet.
    """
    row = ask(_OWN_POINTS, household_id=household_id).one_or_none()
    if row is None:
        open_accounts([("points", "household", household_id, "own")])
        row = ask(_OWN_POINTS, household_id=household_id).one()
    return Locked(*row)


_OWN_POINTS: Any = locked(
    select(Account.id, Account.balance, Account.held).where(
        Account.asset == "points", Account.owner_kind == "household", Account.owner_id == bindparam("household_id"),
        Account.purpose == "own",
    )
)  # fmt: skip


def hold(
    *,
    household_id: int,
    amount: int,
    because: str,
    expires_at: datetime,
    by_id: int | None,
    at: datetime,
    resident_id: int | None = None,
    what: Words | None = None,
) -> Held:
    """Keep points back for an order until `expires_at`. Raises `Refused` when there are too few.

    Holds of this household that lapsed are noted first, so that what they kept back counts again; and what expired.
    """
    if not 1 <= amount <= rules.MOST or expires_at <= at:
        raise ValueError(f"a hold keeps 1 to {rules.MOST} points back, for some time")  # else no entry could post it
    account = _swept(household_id, at=at)
    refuse_if(rules.short_refusal(amount=amount, available=account.available))
    hold_id = db.session.scalars(
        insert(Hold)
        .values(
            account_id=account.account_id, household_id=household_id, resident_id=resident_id, amount=amount,
            because=because, what=what, made_by=by_id, made_at=at, expires_at=expires_at,
            request_id=once.current() or f"auto:{because}",
        )
        .returning(Hold.id)
    ).one()  # fmt: skip
    _change(account.account_id, held=amount)
    return Held(hold_id, household_id, amount, expires_at)


def settle(
    hold_id: int,
    *,
    merchant_id: int,
    because: str,
    by_id: int | None,
    at: datetime,
    amount: int | None = None,
    code: str = "redeem",
) -> Posted:
    """Post what was held, or a part of it, to the merchant who hands the goods over; the rest is free again.

    Raises `Refused` when the hold has ended.
    """
    held = _lock_hold(hold_id, at=at)
    refuse_if(rules.ended_refusal(held.outcome, expires_at=held.expires_at, at=at))
    amount = held.amount if amount is None else amount
    _end(held, "posted", amount=amount, ended_at=at, by_id=by_id)
    posted = post(
        [
            Entry(
                asset="points", amount=amount, debit=Owner("household", held.household_id),
                credit=Owner("merchant", merchant_id), code=code, heading="reward", because=because,
                community_id=community_of(held.household_id), household_id=held.household_id,
                resident_id=held.resident_id, by_id=by_id, effective_at=at, posted_at=at, hold_id=held.id,
                what=held.what,
            )
        ]
    )  # fmt: skip
    if amount < held.amount:
        sweeping.write_due(held.household_id, at=at, since=at)
    return posted[0]


def release(hold_id: int, *, at: datetime, outcome: Outcome, by_id: int | None = None) -> None:
    """Give back what was held: `voided` by somebody's wish, `expired` because its time is over.

    Raises `Refused` for a hold that ended otherwise. Noting once more that a hold expired changes nothing. Points whose
    time ran out while they were held are over at once.
    """
    held = _lock_hold(hold_id, at=at)
    if outcome == "voided":
        refuse_if(rules.ended_refusal(held.outcome, expires_at=held.expires_at, at=at))
        _end(held, "voided", ended_at=at, by_id=by_id)
        sweeping.write_due(held.household_id, at=at, since=at)
    elif held.outcome is None:
        refuse_if(rules.early_refusal(expires_at=held.expires_at, at=at))
    elif held.outcome != "expired":
        refuse_if(rules.ended_refusal(held.outcome, expires_at=held.expires_at, at=at))


def expire_points(at: datetime) -> int:
    """Write down what expired in the next portion of households, as of the moments it did; how many were looked at.

    None once all have been. Late, often or early gives the same entries.
    """
    for place_id, rule in expiring.places_with_expiry():
        for moment in rule.moments(at):
            portion = sweeping.next_portion(place_id, "expiry", moment, at=at)
            for household_id in portion:
                _swept(household_id, at=at)
            if portion:
                return len(portion)
    return 0


def reverse(transfer_id: int, *, because: str, by_id: int | None, at: datetime, why: Words | None = None) -> Posted:
    """Post the exact opposite of an entry, at most once. Raises `Refused` for a reversal or a second try.

    It takes effect when the entry did, so that the pair is nothing in every period. What a household has spent or
    holds meanwhile, or of whose honour a deduction has taken, is made up from the community's `corrected` account
    first: nobody goes into debt (I9, I25).
    """
    entry = db.session.execute(select(Transfer.__table__).where(Transfer.id == transfer_id)).one()
    missing = 0
    if entry.household_id is not None:
        account = _swept(entry.household_id, at=at)
        if entry.asset == "points" and entry.change > 0:
            missing = max(0, entry.amount - account.available)
        elif entry.asset == "honour" and entry.change > 0:
            missing = max(0, entry.amount - queries.honour_of_quarter(entry.household_id, entry.effective_at))
    done = db.session.scalar(select(Transfer.id).where(Transfer.reverses_id == transfer_id))
    refuse_if(rules.reverse_refusal(reverses_id=entry.reverses_id, reversed_already=done is not None))
    debit, credit = _owner(entry.credit_id), _owner(entry.debit_id)
    common: dict[str, Any] = {
        "asset": entry.asset, "code": "X01", "heading": entry.heading, "community_id": entry.community_id,
        "household_id": entry.household_id, "resident_id": entry.resident_id, "by_id": by_id, "what": entry.what,
        "why": why, "effective_at": entry.effective_at, "posted_at": at,
    }  # fmt: skip
    entries = []
    if missing:
        made_up = {"because": f"{because}:corrected", "amount": missing, "heading": "adjustment", "what": None}
        corrected = Owner("community", entry.community_id, "corrected")
        entries.append(Entry(**(common | made_up), debit=corrected, credit=debit))
    entries.append(
        Entry(**common, amount=entry.amount, because=because, debit=debit, credit=credit, reverses_id=entry.id)
    )
    posted = post(entries)
    if entry.asset == "points" and entry.change < 0:
        sweeping.write_due(entry.household_id, at=at, since=at)
    return posted[-1]


def _swept(household_id: int, *, at: datetime) -> Locked:
    """The household's account of points, locked; holds that lapsed and points that expired by then are noted."""
    account = lock_household(household_id)
    lapsed = db.session.execute(
        queries.holds(Hold.household_id == household_id, Hold.expires_at <= at, HoldEnd.hold_id.is_(None))
    ).all()
    for one in lapsed:
        _end(one, "expired", ended_at=one.expires_at)
    held = [lots.Held(one.expires_at, one.amount) for one in lapsed]
    over = sweeping.write_due(household_id, at=at, lapsed=held)
    return Locked(account.account_id, account.balance - over, account.held - sum(one.amount for one in lapsed))


def _lock_hold(hold_id: int, *, at: datetime) -> Row[Any]:
    """The hold as it stands while nobody else can touch its household."""
    household_id = db.session.scalars(select(Hold.household_id).where(Hold.id == hold_id)).one()
    _swept(household_id, at=at)
    return db.session.execute(queries.holds(Hold.id == hold_id)).one()


def _end(held: Row[Any], outcome: str, *, ended_at: datetime, amount: int = 0, by_id: int | None = None) -> None:
    """End a hold, once: its end has the hold's own key, so that one is first even if the lock were not there (I14)."""
    db.session.execute(
        insert(HoldEnd).values(
            hold_id=held.id, held=held.amount, outcome=outcome, amount=amount, by_id=by_id, ended_at=ended_at,
            request_id=once.current() or f"auto:{held.because}:{outcome}",
        )
    )  # fmt: skip
    _change(held.account_id, held=-held.amount)


def _change(account_id: int, *, held: int) -> None:
    db.session.execute(
        update(Account)
        .where(Account.id == account_id)
        .values(held=Account.held + held)
        .execution_options(synchronize_session=False)
    )


def _owner(account_id: int) -> Owner:
    row = db.session.execute(
        select(Account.owner_kind, Account.owner_id, Account.purpose).where(Account.id == account_id)
    ).one()
    return Owner(*row)
