"""Migrations lead to exactly the tables of the models, guards included, and back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import CheckConstraint, MetaData, Table, inspect, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from app import cli, create_app
from app.config import Settings
from app.kit.append_only import GUARDED
from app.kit.db import db
from app.kit.search.tables import is_of_the_index
from tests.databases import Databases


@pytest.fixture
def bare(databases: Databases, settings: Settings, make_settings, run) -> Iterator[Flask]:  # type: ignore[no-untyped-def]
    """The application over a database without any table."""
    name = f"bare-{run.worker}"
    databases.create(name)
    app = create_app(make_settings(databases.url(name)))
    cli.init_app(app)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def guards() -> dict[str, str]:
    """The triggers against change by name, as they were made."""
    sqlite = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    postgresql = "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
    with db.engine.connect() as connection:
        found = connection.execute(text(sqlite if db.engine.dialect.name == "sqlite" else postgresql))
        return {row[0]: row[1] for row in found}


def guards_of_the_models() -> set[str]:
    """Their names: of tables that only grow, and of accounts and questions, of which some columns stay."""
    some = {"accounts_stays", "questions_fixed"}
    if db.engine.dialect.name == "postgresql":
        return {f"{table}_{guard}" for table in GUARDED for guard in ("append_only", "no_truncate")} | some
    some |= {f"{table}_no_{verb}" for table in ("accounts", "questions") for verb in ("delete", "replace")}
    return {f"{table}_no_{verb}" for table in GUARDED for verb in ("update", "delete", "replace")} | some


def checks() -> set[str]:
    """Names of all CHECK constraints; Alembic compares none."""
    inspector = inspect(db.engine)
    return {
        one["name"] or "" for table in inspector.get_table_names() for one in inspector.get_check_constraints(table)
    }


def checks_of_the_models() -> set[str]:
    tables = db.metadata.sorted_tables
    return {str(one.name) for table in tables for one in table.constraints if isinstance(one, CheckConstraint)}


def is_of_the_models(name: str | None, kind: str, _parents: Any) -> bool:
    return not (kind == "table" and name and is_of_the_index(name))


def test_migrations_make_the_tables_of_the_models_and_take_them_away_again(bare: Flask) -> None:
    upgrade()
    with db.engine.connect() as connection:
        options = {"compare_type": True, "include_name": is_of_the_models}
        differences = compare_metadata(MigrationContext.configure(connection, opts=options), db.metadata)
        assert connection.scalar(text("SELECT COUNT(*) FROM search_words")) == 0
    assert differences == []
    assert guards().keys() == guards_of_the_models()
    assert checks() == checks_of_the_models()

    downgrade(revision="base")
    assert inspect(db.engine).get_table_names() == ["alembic_version"]

    upgrade()
    assert guards().keys() == guards_of_the_models()


def test_migrations_make_the_guards_of_the_models(bare: Flask) -> None:
    """Fails where one of them looks at other keys or columns than the other."""
    upgrade()
    migrated = guards()
    downgrade(revision="base")
    db.create_all()
    assert guards() == migrated


PARTIAL = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE '% WHERE %'",
    "postgresql": "SELECT indexname FROM pg_indexes WHERE schemaname = 'public' AND indexdef LIKE '% WHERE %'",
}


def test_an_index_over_a_part_of_the_rows_is_one_on_both_databases(bare: Flask) -> None:
    """Fails without `_limit_indexes`: on PostgreSQL the models' unique ones would hold for all rows."""
    upgrade()
    kind = db.engine.dialect.name
    indexes = [one for table in db.metadata.tables.values() for one in table.indexes]
    told = {one.name for one in indexes if one.dialect_options[kind]["where"] is not None}

    assert len(told) > 5
    assert set(db.session.scalars(text(PARTIAL[kind]))) == told


LANDED = "000000000001"  # what others have running
PLAIN: dict[type, Any] = {
    int: 1,
    str: "x",
    bool: False,
    object: {},  # JSON
    date: date(2026, 1, 1),
    datetime: datetime(2026, 1, 1, tzinfo=UTC),
}


def plant(name: str, **values: Any) -> None:
    """A row with these values; whatever else must be there is 1, "x" or the like."""
    table = Table(name, MetaData(), autoload_with=db.session.connection())
    needed = [column for column in table.columns if not column.nullable and column.name not in values]
    db.session.execute(table.insert(), {one.name: PLAIN[one.type.python_type] for one in needed} | values)


def rows_of(*names: str) -> dict[str, list[dict[str, Any]]]:
    """What these tables hold, without what only one of the two states has."""
    later = {"email", "email_confirmed_at", "set_by", "clause", "href", "entered_by", "exclusive"}
    found = {name: db.session.execute(text(f"SELECT * FROM {name} ORDER BY id")).mappings() for name in names}
    return {name: [{key: row[key] for key in row if key not in later} for row in rows] for name, rows in found.items()}


def test_a_village_of_the_landed_state_keeps_its_rows_and_its_guards(bare: Flask) -> None:
    kept = ("places", "households", "residents", "tariffs", "tariff_lines", "awards", "threads", "topics")
    upgrade(revision=LANDED)
    plant("places", path="/s/", kind="street")
    plant("households")
    plant("residents", household_id=1)
    plant("tariffs")
    plant("tariff_lines")
    plant("tariff_lines", id=2, code="V2", per="day")
    plant("awards", heading="public")
    plant("threads")
    plant("topics", state="proposed")
    db.session.commit()
    before = rows_of(*kept)
    db.session.rollback()

    upgrade()
    assert rows_of(*kept) == before
    with pytest.raises(IntegrityError):  # references are followed again
        db.session.execute(text("UPDATE residents SET household_id = 77"))
    db.session.rollback()
    with pytest.raises(IntegrityError):
        db.session.execute(text("UPDATE tariff_lines SET set_by = 'agreement:1'"))
    db.session.rollback()
    db.session.execute(text("UPDATE tariff_lines SET set_by = 'agreement:1', tariff_id = NULL WHERE id = 2"))
    db.session.commit()

    downgrade(revision=LANDED)
    before["tariff_lines"][1]["version"] = 1002  # what an agreement had set stands in the tariff again
    assert rows_of(*kept) == before


FUNDS = "000000000005"  # goods funds and points that expire


def test_a_ledger_with_entries_passes_to_goods_funds_and_back(bare: Flask) -> None:
    """What was there before is there afterwards; what goods funds wrote goes with them, though nothing is changed."""
    upgrade(revision=FUNDS)
    downgrade(revision=f"{FUNDS}@-1")
    plant("places", path="/s/", kind="street")
    account = {"asset": "points", "owner_kind": "community", "balance": 0, "held": 0}
    plant("accounts", id=1, purpose="issued", **account)
    plant("accounts", id=2, purpose="expired", **account)
    entry = {"asset": "points", "debit_id": 1, "credit_id": 2, "amount": 5, "change": 5}
    plant("transfers", because="a:1", **entry)
    db.session.commit()
    before = rows_of("accounts", "transfers")
    db.session.rollback()

    upgrade(revision=FUNDS)
    assert rows_of("accounts", "transfers") == before
    plant("accounts", id=3, purpose="issued", **(account | {"asset": "goods"}))
    plant("accounts", id=4, purpose="2026-Q4", **(account | {"asset": "goods"}))
    plant("transfers", id=2, because="fund:1", **(entry | {"asset": "goods", "debit_id": 3, "credit_id": 4}))
    db.session.commit()
    with pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(text("DELETE FROM transfers"))
    db.session.rollback()

    downgrade(revision=f"{FUNDS}@-1")
    assert rows_of("accounts", "transfers") == before
    for refused in ("UPDATE transfers SET amount = 6", "DELETE FROM transfers", "UPDATE accounts SET asset = 'goods'"):
        with pytest.raises(DBAPIError):
            db.session.execute(text(refused))
        db.session.rollback()


PARTS = "000000000010"  # who has a part in a line of a notice


def test_of_claims_that_are_on_notice_it_is_known_who_has_a_part(bare: Flask) -> None:
    """Else whoever claimed or reviewed could answer what is said against those that hang at the moment of upgrading."""
    upgrade(revision=PARTS)
    downgrade(revision=f"{PARTS}@-1")
    plant("places", path="/s/", kind="street")
    for home in (1, 2, 3):
        plant("households", id=home, door=str(home))
        plant("residents", id=home, household_id=home)
    plant("tariffs")
    plant("tariff_lines", tariff_id=1)
    plant("claims", household_id=1, resident_id=1, other_household_id=2)
    plant("claim_draws", reviewer_id=3, pool="own")
    for turn in (0, 1):
        plant("claim_reviews", round=turn, verdict="confirm")
    plant("claim_batches", id=7)
    plant("claim_batch_lines", batch_id=7)
    until = datetime(2026, 1, 9, tzinfo=UTC)
    for number, subject in ((4, "topic:7"), (5, "claim-batch:7")):
        plant("notices", id=number, subject=subject, ends_at=until)
        plant("notice_lines", notice_id=number, key="1")
    db.session.commit()

    upgrade(revision=PARTS)

    columns = "notice_id, line_key, resident_id, household_id"
    found = db.session.execute(text(f"SELECT {columns} FROM notice_parts ORDER BY household_id")).all()
    assert found == [(5, "1", 1, 1), (5, "1", None, 2), (5, "1", 3, 3)]
    db.session.rollback()
    with pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(text("DELETE FROM notice_parts"))
    db.session.rollback()
    downgrade(revision=f"{PARTS}@-1")
