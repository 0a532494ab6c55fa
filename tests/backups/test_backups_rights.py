"""A restore needs no rights but those of the owner, who may only add to the ledger (I19)."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.kit.db import db
from tests.backups.houses import everything, manifest_of, run
from tests.points.test_points_rights import kept_by_keeper

__all__ = ["kept_by_keeper"]
pytestmark = pytest.mark.postgresql


def test_i19_the_owner_restores_without_more_rights_than_to_add(
    app: Flask, kept_file: Path, kept_by_keeper: Flask
) -> None:
    upgrade()
    db.session.remove()

    done = run(kept_by_keeper, "restore", kept_file)

    assert done.exit_code == 0, done.output
    assert everything(kept_by_keeper) == everything(app)
    assert run(kept_by_keeper, "verify", "--head", manifest_of(kept_file)["head"]["head"]).exit_code == 0
    with pytest.raises(DBAPIError, match="permission denied"):
        db.session.execute(text("UPDATE transfers SET amount = 1"))
    db.session.rollback()
    late = text("SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND condeferrable")
    assert db.session.scalar(late) == 0
    db.session.rollback()
