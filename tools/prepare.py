"""Everything between the checkout and the first request: compile the templates, migrate, load the sample street once.

One process instead of `flask db upgrade` and `flask demo` one after the other: loading the program twice is most of
what a second `make demo` would wait for.
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from alembic.runtime.migration import MigrationContext  # noqa: E402
from alembic.script import ScriptDirectory  # noqa: E402
from flask import Flask  # noqa: E402
from flask_migrate import upgrade  # noqa: E402

from app import cli, create_app  # noqa: E402
from app.kit.db import db  # noqa: E402


def main() -> None:
    app = create_app()
    cli.init_app(app)
    compile_templates(app)
    migrate(app)
    app.cli.main(args=["demo"], prog_name="flask", obj=_script_info(app))


def compile_templates(app: Flask) -> None:
    """Fill the store of compiled templates, so that no worker needs the compiler."""
    for name in app.jinja_env.list_templates(extensions=["html"]):
        app.jinja_env.get_template(name)


def migrate(app: Flask) -> None:
    """Bring the database to the newest migration; nothing at all when it is there already."""
    scripts = ScriptDirectory(str(ROOT / "migrations"))
    with app.app_context():
        with db.engine.connect() as connection:
            there = set(MigrationContext.configure(connection).get_current_heads())
        if there != set(scripts.get_heads()):
            logging.getLogger("alembic").setLevel(logging.WARNING)
            upgrade()
        db.engine.dispose()


def _script_info(app: Flask) -> object:
    from flask.cli import ScriptInfo  # noqa: PLC0415

    return ScriptInfo(create_app=lambda: app)


if __name__ == "__main__":
    main()
