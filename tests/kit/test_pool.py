"""A pool of connections outlives its server."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text

from app.kit.db import db, transaction
from tests import postgres


@pytest.mark.postgresql
def test_connections_whose_server_went_away_are_left_for_new_ones(app: Flask) -> None:
    """Nobody is asked whether the server is there: of one that went away there is something to read, its end."""

    def mine() -> int:
        with app.app_context(), transaction(writing=False):
            return db.session.scalar(text("SELECT pg_backend_pid()")) or 0

    with app.app_context():
        db.engine.dispose()  # there may be several from before, which take turns
    before, again = mine(), mine()
    with app.app_context():
        address = db.engine.url.render_as_string(hide_password=False)
    postgres.admin(address, f"SELECT pg_terminate_backend({before}, 5000)")

    assert again == before
    assert mine() not in (0, before)
