"""On PostgreSQL the house's own user may not change the ledger: neither the guards nor the rights allow it (I19)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from app import cli, create_app
from app.kit.db import db
from app.points import operations
from app.points.models import Transfer
from tests.databases import Databases
from tests.makers import NOON, a_household, a_resident, a_street, kept
from tests.postgres import admin

pytestmark = pytest.mark.postgresql

KEEPER = "xy_keeper"
CHANGES = (
    "UPDATE transfers SET amount = 1", "DELETE FROM transfers", "TRUNCATE transfers CASCADE",
    "UPDATE holds SET amount = 1", "DELETE FROM hold_ends", "UPDATE seals SET head = ''", "DELETE FROM sealed_entries",
)  # fmt: skip


@pytest.fixture
def kept_by_keeper(databases: Databases, make_settings: Any, run: Any) -> Iterator[Flask]:
    """The application over a database that belongs to a user without special rights, as in production."""
    name = f"kept-{run.worker}"
    databases.create(name)
    own, server = make_url(databases.url(name)), run.server_url
    admin(server, f"DROP ROLE IF EXISTS {KEEPER}", f"CREATE ROLE {KEEPER} LOGIN PASSWORD 'x'")
    admin(server, f'ALTER DATABASE "{own.database}" OWNER TO {KEEPER}')
    address = own.set(username=KEEPER, password="x").render_as_string(hide_password=False)
    app = create_app(make_settings(address))
    cli.init_app(app)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    databases.drop(name)
    admin(server, f"DROP ROLE {KEEPER}")


def test_i19_the_owner_of_the_tables_may_only_add_to_the_ledger(kept_by_keeper: Flask) -> None:
    upgrade()
    with kept():
        home = a_resident(a_household(a_street().group))
        common: dict[str, Any] = {"code": "E04", "heading": "environment", "effective_at": NOON, "at": NOON}
        operations.grant(
            "points", 50, household_id=home.household_id, resident_id=home.id, because="a:1", by_id=None, **common
        )
        held = operations.hold(
            household_id=home.household_id, amount=40, because="order:1", expires_at=NOON.replace(year=2027),
            by_id=home.id, at=NOON,
        )  # fmt: skip
        operations.settle(held.id, merchant_id=1, because="collected:1", by_id=None, at=NOON)
        first = db.session.scalars(select(Transfer.id).order_by(Transfer.id)).first()
        assert first is not None
        operations.reverse(first, because="undo:a:1", by_id=None, at=NOON)

    for change in CHANGES:
        with pytest.raises(DBAPIError) as no, db.engine.begin() as connection:
            connection.execute(text(change))
        assert "permission denied" in str(no.value), change
