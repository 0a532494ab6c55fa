"""flask verify: finds nothing in an honest ledger, and names the place where somebody tampered."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import insert, select, text

from app.config import Settings
from app.kit.db import db
from app.kit.proof import Fault
from app.merits import operations as merits
from app.merits import proof as merits_proof
from app.merits.models import Award
from app.people.models import Household
from app.points import operations
from app.points import proof as ledger_proof
from app.points.models import Account, Hold, Transfer
from tests import postgres
from tests.makers import NOON, a_household, a_resident, a_street, kept
from tests.merits.documents import tariff_document

# A tamperer with the owner's rights switches the guards off first.
_OFF = {
    "sqlite": [
        "PRAGMA defer_foreign_keys=ON",
        "PRAGMA ignore_check_constraints=ON",
        "DROP TRIGGER transfers_no_update",
        "DROP TRIGGER transfers_no_delete",
        "DROP TRIGGER holds_no_update",
        "DROP TRIGGER hold_ends_no_update",
        "DROP TRIGGER accounts_stays",
    ],
    "postgresql": [
        "SET LOCAL session_replication_role = replica",
        "ALTER TABLE accounts DROP CONSTRAINT ck_accounts_never_short",
    ],
}


@pytest.fixture
def ledger(app: Flask) -> Flask:
    """A household that earned, spent, let a hold lapse and had an award undone."""
    with app.app_context(), kept():
        street = a_street()
        merits.load_tariff(
            tariff_document(), place_id=street.street.id, effective_from=NOON.date(), by_id=None, at=NOON
        )
        home = a_resident(a_household(street.group))
        a_resident(db.session.get_one(Household, home.household_id))  # the last one, who earns nothing
        common: dict[str, Any] = {"resident_id": home.id, "effective_at": NOON, "at": NOON, "by_id": None}
        for number in range(3):
            merits.award("E06", because=f"swap:{number}", **common)
        merits.award("V01", because="hours:1", minutes=120, **common)
        for number in range(2):
            held = operations.hold(
                household_id=home.household_id, amount=30, because=f"order:{number}",
                expires_at=NOON.replace(year=2027), by_id=home.id, at=NOON,
            )  # fmt: skip
        operations.settle(held.id, merchant_id=1, because="collected:1", by_id=None, at=NOON)
        merits.undo("swap:0", by_id=None, at=NOON)
    return app


def verify(app: Flask) -> dict[str, Any]:
    result = app.test_cli_runner().invoke(args=["verify", "--json"])
    told = json.loads(result.output)
    assert result.exit_code == (0 if told["ok"] else 1)
    return told


def test_an_honest_ledger_is_in_order(ledger: Flask) -> None:
    told = verify(ledger)

    assert told["faults"] == []
    looked_at = {what: number for what, number in told["counts"].items() if number}
    assert looked_at == {"accounts": 8, "transfers": 8, "holds": 2, "hold ends": 1, "awards": 4, "deeds": 4}
    assert "in order" in ledger.test_cli_runner().invoke(args=["verify"]).output


@pytest.mark.parametrize(
    ("tampering", "invariant", "where"),
    [
        ("UPDATE transfers SET amount = 49, change = 49 WHERE id = T1", "I16", "award:A1"),
        ("UPDATE transfers SET change = -change WHERE id = T2", "I2", "transfer:T2"),
        ("UPDATE transfers SET asset = 'honour' WHERE id = T1", "I2", "transfer:T1"),
        ("UPDATE transfers SET household_id = 99 WHERE id = T2", "I2", "transfer:T2"),
        ("DELETE FROM transfers WHERE id = T2", "I16", "award:A2"),
        ("UPDATE transfers SET amount = 20, change = 20 WHERE reverses_id IS NOT NULL", "I24", "transfer:T8"),
        ("UPDATE transfers SET because = 'undo:other:corrected' WHERE id = T7", "I25", "transfer:T7"),
        (
            "UPDATE accounts SET balance = balance + 1 WHERE asset = 'minutes' AND owner_kind = 'resident'",
            "I4",
            "account:",
        ),
        ("UPDATE accounts SET held = held + 1 WHERE held > 0", "I4", "account:"),
        ("UPDATE accounts SET balance = 5 WHERE owner_kind = 'household' AND asset = 'points'", "I7", "account:"),
        (
            "INSERT INTO hold_ends SELECT id, amount, 'posted', amount, NULL, made_at, '' FROM holds WHERE id = H1",
            "I12",
            "hold:H1",
        ),
        ("UPDATE hold_ends SET outcome = 'voided', amount = 0 WHERE hold_id = H2", "I12", "hold:H2"),
        ("UPDATE hold_ends SET amount = 29 WHERE hold_id = H2", "I12", "hold:H2"),
        ("UPDATE transfers SET balance_after = balance_after + 1 WHERE id = T2", "I5", "transfer:T2"),
        ("UPDATE holds SET amount = 29 WHERE id = H2", "I12", "hold:H2"),
        ("UPDATE awards SET points = 51 WHERE id = A2", "I16", "award:A2"),
        ("DELETE FROM awards WHERE id = A2", "I22", "transfer:T2"),
        ("UPDATE awards SET by_id = resident_id WHERE id = A2", "I22", "award:A2"),
        ("UPDATE awards SET by_id = (SELECT MAX(id) FROM residents) WHERE id = A2", "I22", "award:A2"),
        ("UPDATE transfers SET by_id = 1 WHERE id = T2", "I16", "award:A2"),
        ("UPDATE awards SET undone_at = posted_at WHERE id = A2", "I24", "award:A2"),
        ("UPDATE awards SET undone_at = NULL WHERE id = A1", "I24", "award:A1"),
        ("DELETE FROM deeds WHERE because = 'swap:1'", "I16", "award:A2"),
        ("UPDATE deeds SET undone_at = announced_at WHERE because = 'swap:1'", "I16", "award:A2"),
    ],
)
def test_what_was_tampered_with_is_named(ledger: Flask, tampering: str, invariant: str, where: str) -> None:
    """T2 is the second transfer, H the holds, A the awards."""
    with ledger.app_context():
        ids = {
            f"{letter}{number}": str(one)
            for letter, table in (("T", Transfer), ("H", Hold), ("A", Award))
            for number, one in enumerate(db.session.scalars(select(table.id).order_by(table.id)), start=1)
        }
        tampering, where = (re.sub(r"\b[THA]\d", lambda name: ids[name[0]], text) for text in (tampering, where))
        for statement in (*_OFF[db.engine.dialect.name], tampering):
            db.session.connection().exec_driver_sql(statement)
        told = [*ledger_proof.faults(), *merits_proof.faults()]
        db.session.rollback()

    assert any(one.invariant == invariant and one.where.startswith(where) for one in told), told


def test_i22_who_confirmed_an_award_and_moved_in_with_its_earner_later_is_no_fault(ledger: Flask) -> None:
    with ledger.app_context():
        for statement in (
            *_OFF[db.engine.dialect.name],
            "UPDATE residents SET verified_at = '2026-12-24 12:00:00' WHERE id = (SELECT MAX(id) FROM residents)",
            "UPDATE awards SET by_id = (SELECT MAX(id) FROM residents)",
            "UPDATE transfers SET by_id = (SELECT MAX(id) FROM residents)",
        ):
            db.session.connection().exec_driver_sql(statement)
        told = list(merits_proof.faults())
        db.session.rollback()

    assert told == []


def swapped(column: str, one: str, other: str) -> list[str]:
    """Statements by which two accounts take each other's place."""
    first, second = (f"(SELECT id FROM accounts WHERE {which})" for which in (one, other))
    return [
        f"CREATE TEMPORARY TABLE swap AS SELECT {first} AS a, {second} AS b, a.{column} AS was_a, b.{column} AS was_b "
        f"FROM accounts a, accounts b WHERE a.id = {first} AND b.id = {second}",
        f"UPDATE accounts SET {column} = {{away}} WHERE id = (SELECT a FROM swap)",
        f"UPDATE accounts SET {column} = (SELECT was_a FROM swap) WHERE id = (SELECT b FROM swap)",
        f"UPDATE accounts SET {column} = (SELECT was_b FROM swap) WHERE id = (SELECT a FROM swap)",
    ]


ISSUED = "asset = 'points' AND owner_kind = 'community' AND purpose = 'issued'"


@pytest.mark.parametrize(
    ("tampering", "where"),
    [
        (swapped("purpose", ISSUED, ISSUED.replace("issued", "corrected")), "transfer:"),
        (swapped("purpose", ISSUED, ISSUED.replace("issued", "redeemed")), "transfer:"),
        (
            ["UPDATE accounts SET owner_id = owner_id + 1 WHERE asset = 'honour' AND owner_kind = 'community'"],
            "transfer:",
        ),
        (["UPDATE accounts SET bounded = NOT bounded WHERE owner_kind = 'merchant'"], "account:"),
        (["UPDATE accounts SET purpose = 'issued' WHERE owner_kind = 'merchant'"], "account:"),
        (["UPDATE accounts SET owner_kind = 'household' WHERE owner_kind = 'resident'"], "account:"),
        (["UPDATE holds SET account_id = (SELECT id FROM accounts WHERE asset = 'honour' AND balance > 0)"], "hold:"),
    ],
)
def test_i02_whose_an_account_is_and_what_for_is_what_the_entries_say(
    ledger: Flask, tampering: list[str], where: str
) -> None:
    """Fails when an account is taken for what it says of itself: no seal is over it."""
    with ledger.app_context():
        points = {
            "asset": "points",
            "owner_kind": "community",
            "owner_id": 1,
            "bounded": False,
            "balance": 0,
            "held": 0,
        }
        db.session.execute(insert(Account), [points | {"purpose": "redeemed"}])
        for statement in (*_OFF[db.engine.dialect.name], *tampering):
            db.session.connection().exec_driver_sql(statement.format(away="'expired'"))
        told = list(ledger_proof.faults())
        db.session.rollback()

    assert any(one.invariant == "I2" and one.where.startswith(where) for one in told), told


def test_the_command_says_where_and_fails(ledger: Flask) -> None:
    with ledger.app_context(), kept():
        tampering = "UPDATE accounts SET balance = balance + 1 WHERE asset = 'honour' AND balance > 0"
        db.session.connection().exec_driver_sql(tampering)

    told = verify(ledger)
    result = ledger.test_cli_runner().invoke(args=["verify"])

    assert [one["invariant"] for one in told["faults"]] == ["I4", "I1", "I3"]
    assert result.exit_code == 1
    assert "I4 does not hold at account:" in result.output


def test_a_look_that_breaks_off_is_a_fault_beside_those_of_the_others(
    ledger: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when one error ends the command: then nothing is told of what was found."""

    def breaks() -> Iterator[Fault]:
        yield Fault("first", "here", "before it broke off")
        db.session.execute(text("SELECT no_such_column"))

    def goes_on() -> Iterator[Fault]:
        yield Fault("second", "there", "all the same")

    monkeypatch.setattr(import_module("app.cli.verify"), "LOOKS", [breaks, goes_on])

    told = verify(ledger)

    assert [one["invariant"] for one in told["faults"]] == ["first", "reading", "second"]
    assert "no_such_column" in told["faults"][1]["says"]


@pytest.mark.postgresql
def test_a_look_sees_all_as_of_one_moment(ledger: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails under READ COMMITTED: a day that is sealed between two statements of a look would look odd (I23)."""

    def look() -> Iterator[Fault]:
        db.session.scalar(text("SELECT COUNT(*) FROM transfers"))
        with psycopg.connect(postgres.plain(settings.database_url)) as another:
            another.execute("UPDATE accounts SET balance = balance + 1 WHERE asset = 'honour' AND balance > 0")
        yield from ledger_proof.faults()

    monkeypatch.setattr(import_module("app.cli.verify"), "LOOKS", [look])

    assert verify(ledger)["faults"] == []


@pytest.mark.postgresql
def test_no_statement_of_verify_is_cut_off(ledger: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page's limit would end it in a house with a million entries; the next transaction has that limit again."""

    def limit() -> str:
        return str(db.session.scalar(text("SHOW statement_timeout")))

    monkeypatch.setattr(
        import_module("app.cli.verify"), "LOOKS", [lambda: iter([Fault("limit", "statement", limit())])]
    )

    assert "limit does not hold at statement: 0\n" in ledger.test_cli_runner().invoke(args=["verify"]).output
    with ledger.app_context():
        assert limit() != "0"
