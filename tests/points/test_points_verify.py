"""flask verify: finds nothing in an honest ledger, and names the place where somebody tampered."""

from __future__ import annotations

import json
import re
from importlib import import_module
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.kit.db import db
from app.kit.proof import Fault
from app.merits import operations as merits
from app.merits import proof as merits_proof
from app.merits.models import Award
from app.points import operations
from app.points import proof as ledger_proof
from app.points.models import Hold, Transfer
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


def test_the_command_says_where_and_fails(ledger: Flask) -> None:
    with ledger.app_context(), kept():
        tampering = "UPDATE accounts SET balance = balance + 1 WHERE asset = 'honour' AND balance > 0"
        db.session.connection().exec_driver_sql(tampering)

    told = verify(ledger)
    result = ledger.test_cli_runner().invoke(args=["verify"])

    assert [one["invariant"] for one in told["faults"]] == ["I4", "I1", "I3"]
    assert result.exit_code == 1
    assert "I4 does not hold at account:" in result.output


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
