"""What is written stays, says whose it is, and is put right by its opposite: I19, I22, I24, I25 of points.md.

I20, I21 and I23 stand with the seals. Each test says what must be taken away for it to fail; each was seen to fail.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.config import Settings
from app.kit import append_only
from app.kit.db import db
from app.kit.refusal import Refused
from app.people.models import Resident
from app.points import operations
from app.points.models import Account, Hold, HoldEnd, Transfer
from app.points.sealing import seal_days
from tests import postgres
from tests.makers import NOON, a_household, a_resident, a_street, kept
from tests.points.ledger import DAY, GUARDED, give, has, keep_back, life_of, rows, settle, transfer

ANOTHER = {"id": 10**6, "hold_id": 10**6, "because": "another:1"}  # on SQLite, who is there already is told first
KEYS = {"transfers": "id", "holds": "id", "hold_ends": "hold_id", "seals": "number", "sealed_entries": "number"}


@pytest.fixture
def written(app: Flask) -> Flask:
    """A journal with a row in each of its tables, committed."""
    with app.app_context(), kept():
        home = a_resident(a_household(a_street().group))
        give(home, 50, "a:1")
        settle(keep_back(home, 40, "order:1").id)
        seal_days(NOON + DAY)
    return app


@pytest.mark.parametrize("change", ["UPDATE {table} SET {key} = {key}", "DELETE FROM {table}"])
@pytest.mark.parametrize("table", GUARDED)
def test_i19_the_journal_refuses_change_and_removal(written: Flask, table: str, change: str) -> None:
    """Fails for a table that is not `append_only`."""
    statement = change.format(table=table, key=KEYS[table])
    with written.app_context():
        with pytest.raises(DBAPIError, match="append-only"), db.session.begin_nested():
            db.session.execute(text(statement))
        assert rows(f"SELECT COUNT(*) FROM {table}")[0][0] > 0
        db.session.rollback()


def test_i19_nor_does_it_from_a_connection_that_knows_nothing_of_the_house(written: Flask, settings: Settings) -> None:
    """Fails without the triggers: they are the database's own, whoever comes."""
    address = settings.database_url
    if address.startswith("sqlite"):
        raw: Any = sqlite3.connect(address.removeprefix("sqlite:///"))
    else:
        raw = psycopg.connect(postgres.plain(address))
    try:
        for table in GUARDED:
            for change in (f"UPDATE {table} SET {KEYS[table]} = 99", f"DELETE FROM {table}"):
                with pytest.raises((sqlite3.IntegrityError, psycopg.Error), match="append-only"):
                    raw.execute(change)
                raw.rollback()
    finally:
        raw.close()


@pytest.fixture
def outsider(street_app: Flask) -> Iterator[sqlite3.Connection]:
    """A connection to the sample street that knows nothing of the house; nothing of what it does stays."""
    with street_app.app_context():
        file = db.engine.url.database
        db.session.remove()
    raw = sqlite3.connect(str(file), isolation_level=None)
    raw.execute("PRAGMA ignore_check_constraints = ON")
    raw.execute("BEGIN")
    yield raw
    raw.rollback()
    raw.close()


def columns_and_keys(raw: sqlite3.Connection, table: str) -> tuple[list[str], list[set[str]]]:
    """The columns of a table and those of each of its keys; a key that is one whole number goes by its other name."""
    told = raw.execute(f"PRAGMA table_info({table})").fetchall()
    whole_numbers = [name for _, name, kind, *_, key in told if key and kind == "INTEGER"]
    alias = whole_numbers[0] if len([one for one in told if one[-1]]) == 1 and whole_numbers else None
    indexes = [name for _, name, unique, *_ in raw.execute(f"PRAGMA index_list({table})") if unique]
    keys = [{name for *_, name in raw.execute(f"PRAGMA index_info({index})")} for index in indexes]
    (without,) = raw.execute("SELECT wr FROM pragma_table_list WHERE name = ?", [table]).fetchone()
    if without:  # its primary key is an index like the others
        return [name for _, name, *_ in told], keys
    columns = ["rowid", *(name for _, name, *_ in told if name != alias)]
    return columns, [{"rowid"}, *({"rowid" if name == alias else name for name in key} for key in keys)]


@pytest.mark.sqlite
def test_i19_nor_is_anything_replaced(outsider: sqlite3.Connection) -> None:
    """Fails for a table without `not_replaced`, for each key that it forgets: REPLACE goes past all other triggers."""
    tried = 0
    for table in sorted(append_only.GUARDED | {"accounts"}):
        columns, keys = columns_and_keys(outsider, table)
        look = f"SELECT {', '.join(columns)} FROM {table}"
        replace = f"INSERT OR REPLACE INTO {table} ({', '.join(columns)})"
        row = outsider.execute(f"{look} LIMIT 1").fetchone()
        for key in keys if row else ():
            same = key | {"kind"} if table == "disclosures" else key  # a key of theirs is over some kinds only
            forged = [one if name in same else 77777 for name, one in zip(columns, row, strict=True)]
            with suppress(sqlite3.IntegrityError):  # or nothing happens
                outsider.execute(f"{replace} VALUES ({', '.join('?' * len(columns))})", forged)
            assert row in outsider.execute(look).fetchall(), (table, key)
            tried += 1
    assert tried > 60


def test_i19_what_an_account_is_stays(home: Resident) -> None:
    """Fails without `stay` of `models.Account`: nothing else would show whose the entries are."""
    give(home, 50, "a:1")
    changes = ("asset = 'honour'", "owner_kind = 'merchant'", "owner_id = 7", "purpose = 'redeemed'", "bounded = false")

    for change in (*(f"UPDATE accounts SET {one}" for one in changes), "DELETE FROM accounts"):
        with pytest.raises(DBAPIError, match="append-only"), db.session.begin_nested():
            db.session.execute(text(change))
    db.session.execute(text("UPDATE accounts SET balance = balance + 1, held = 1 WHERE balance > 0"))


def test_i22_the_database_takes_no_entry_without_cause_code_form_and_instants(home: Resident) -> None:
    """Fails for a column of the journal that may be left empty."""
    give(home, 50, "a:1")
    settle(keep_back(home, 40, "order:1").id)
    needed = {
        Transfer: ("because", "code", "heading", "request_id", "community_id", "effective_at", "posted_at"),
        Hold: ("because", "account_id", "household_id", "request_id", "made_at", "expires_at"),
        HoldEnd: ("outcome", "request_id", "ended_at"),
    }

    for model, columns in needed.items():
        table: Any = model.__table__
        whole = db.session.execute(select(table)).first()._asdict()  # type: ignore[union-attr]
        whole |= {name: new for name, new in ANOTHER.items() if name in whole}
        for column in columns:
            with pytest.raises(IntegrityError, match=r"(?i)null"), db.session.begin_nested():
                db.session.execute(table.insert().values(whole | {column: None}))


NOT_EXPLAINED = {
    "no rule, no entry it reverses, no order, no correction, no fund that somebody set for a reason": """
        SELECT id, because FROM transfers
        WHERE line_id IS NULL AND reverses_id IS NULL AND hold_id IS NULL AND heading <> 'adjustment'
            AND NOT (asset = 'goods' AND code = 'goods' AND because LIKE 'goods:order:_%')
            AND NOT (asset = 'goods' AND code = 'fund' AND by_id IS NOT NULL AND why IS NOT NULL)
    """,
    "neither a form nor a cause led to it": """
        SELECT id, request_id FROM transfers WHERE request_id NOT LIKE 'form:%:%' AND request_id <> 'auto:' || because
    """,
    "nothing it refers to": "SELECT id, because FROM transfers WHERE because NOT LIKE '%_:_%'",
    "whoever earned confirmed it": """
        SELECT id, because, by_id FROM transfers
        WHERE by_id = resident_id AND line_id IS NOT NULL AND change > 0
    """,
}


@pytest.mark.parametrize("fault", NOT_EXPLAINED)
def test_i22_every_entry_of_the_sample_street_says_why_who_and_by_which_rule(street_app: Flask, fault: str) -> None:
    """Fails when a room posts without line, or lets people confirm their own deeds."""
    with street_app.app_context():
        found, there = rows(NOT_EXPLAINED[fault]), rows("SELECT COUNT(*) FROM transfers")
        db.session.rollback()

    assert there[0][0] > 100
    assert found == []


def test_i24_a_reversal_is_the_exact_opposite_and_happens_once(home: Resident) -> None:
    """Fails when reverse posts from and to the same accounts as the entry, for another day, or asks no rule."""
    earning = give(home, 5, "a:1", asset="honour", effective_at=NOON - 90 * DAY)

    back = operations.reverse(earning.id, because="mistake:1", by_id=None, at=NOON)

    first, second = transfer(earning.id), transfer(back.id)
    assert (second["debit_id"], second["credit_id"]) == (first["credit_id"], first["debit_id"])
    assert (second["amount"], second["change"]) == (first["amount"], -first["change"])
    assert (second["reverses_id"], second["effective_at"]) == (first["id"], first["effective_at"])
    for again in (earning.id, back.id):
        with pytest.raises(Refused):
            operations.reverse(again, because=f"mistake:{again}", by_id=None, at=NOON)


def test_i24_the_database_itself_refuses_a_second_reversal(home: Resident) -> None:
    """Fails without unique(reverses_id) of `models.Transfer`."""
    back = transfer(operations.reverse(give(home, 5, "a:1").id, because="mistake:1", by_id=None, at=NOON).id)
    del back["id"]

    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(Transfer.__table__.insert().values(back | {"because": "mistake:2"}))


def test_i24_a_reversal_is_put_right_by_a_new_correction(home: Resident) -> None:
    """Fails when causes of corrections could not be told from those of deeds."""
    earning = give(home, 5, "a:1")
    operations.reverse(earning.id, because="mistake:1", by_id=None, at=NOON)

    again = give(home, 5, "correction:1", code="X01", heading="adjustment")

    assert has(home).points == 5
    assert operations.reverse(again.id, because="mistake:2", by_id=None, at=NOON).entry.amount == 5


@pytest.mark.parametrize(("spent", "held"), [(0, 0), (40, 0), (0, 40), (30, 20), (50, 0)])
def test_i25_what_was_spent_or_is_held_before_a_reversal_is_borne_by_the_community(
    home: Resident, spent: int, held: int
) -> None:
    """Fails without `missing` in operations.reverse: the constraint of the database would stop it with an error."""
    earning = give(home, 50, "a:1")
    if spent:
        settle(keep_back(home, spent, "order:1").id)
    if held:
        keep_back(home, held, "order:2")

    operations.reverse(earning.id, because="mistake:1", by_id=None, at=NOON)

    borne = db.session.scalars(
        select(Transfer.amount).join(Account, Account.id == Transfer.debit_id).where(Account.purpose == "corrected")
    ).all()
    assert borne == ([spent + held] if spent + held else [])
    assert (has(home).points, has(home).held, has(home).available) == (held, held, 0)


def test_i25_nobody_is_ever_in_debt(home: Resident) -> None:
    """Fails when a reversal takes the points of the household below zero at any step."""
    for step in life_of(home):
        step()
        assert rows("SELECT COUNT(*) FROM accounts WHERE owner_kind = 'household' AND balance < held") == [(0,)]
        assert rows("SELECT COUNT(*) FROM transfers WHERE asset = 'points' AND balance_after < 0") == [(0,)]
