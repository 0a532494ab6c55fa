"""Whether this program may serve: the last look before the doors open.

Settings refuse by themselves (`Settings.check`); here stands what only the database can tell: production starts
neither with demo accounts, nor on tables that are not the newest (security F8), nor on a PostgreSQL that may forget
what it acknowledged.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import NoReturn

import click
from flask import Flask
from sqlalchemy import inspect, text
from sqlalchemy.exc import OperationalError

from app.config import ROOT, BadSettings, Settings
from app.kit.db import db
from app.people import queries as people

# Without any of these a power cut may take entries of the ledger along that people were told are there. On SQLite the
# house sets what corresponds to them itself, for each connection (kit/connections.py).
DURABLE = ("fsync", "full_page_writes", "synchronous_commit")
# What gunicorn's own workers end with when they cannot start: the master then ends too instead of trying for ever.
NOT_READY = 3


def ready_or_refuse(create: Callable[[], Flask]) -> Flask:
    """The application, ready to serve. Where it must not, one line says why and the process ends.

    Commands other than `flask run` do not serve: `flask db upgrade` has to work before the tables are there.
    """
    try:
        app = create()
    except BadSettings as error:
        _end(str(error))
    if _for_a_command():
        import_module("app.cli").init_app(app)
    elif reason := refusal(app):
        _end(reason)
    return app


def refusal(app: Flask) -> str | None:
    """Why this database may not be served in production; None when it may, and for every other environment."""
    settings: Settings = app.config["SETTINGS"]
    if settings.env != "production":
        return None
    with app.app_context():
        try:
            if not _is_migrated():
                return "The database is not at the newest migration; run: flask --app wsgi db upgrade"
            if people.demo_accounts_exist():
                return "The database holds the demo accounts of the sample street; production needs one of its own."
            if off := durability_switched_off():
                return f"The database may forget what it acknowledged; switch on in PostgreSQL: {', '.join(off)}."
        except OperationalError:
            return "The database cannot be reached; check DATABASE_URL."
        finally:
            db.session.remove()
            db.engine.dispose()  # whoever forks after this must not share a connection
    return None


def _is_migrated() -> bool:
    """Scripts stand in one line and their names begin with their dates, so the last name is the newest one's.

    Read without Alembic, which would stay in the memory of every worker.
    """
    names = sorted(path.name for path in (ROOT / "migrations" / "versions").glob("*.py"))
    if not names or not inspect(db.engine).has_table("alembic_version"):
        return False
    return db.session.scalars(text("SELECT version_num FROM alembic_version")).all() == [names[-1].split("_")[2]]


def durability_switched_off() -> Sequence[str]:
    """Those of PostgreSQL's settings for durability that are off, as they count for the house's own connections."""
    if db.engine.dialect.name != "postgresql":
        return ()
    off = text("SELECT name FROM pg_settings WHERE name = ANY(:names) AND setting = 'off' ORDER BY name")
    return db.session.scalars(off, {"names": list(DURABLE)}).all()


def _for_a_command() -> bool:
    command = click.get_current_context(silent=True)
    return command is not None and command.info_name != "run"


def _end(reason: str) -> NoReturn:
    print(reason, file=sys.stderr)
    sys.exit(NOT_READY)
