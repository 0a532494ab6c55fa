"""Commands: flask demo, tick, seal, verify and others. Each exits non-zero when it did not do what it says."""

from __future__ import annotations

from collections.abc import Sequence

import click
from flask import Flask
from flask_migrate import Migrate

from app.cli.backup import backup, restore
from app.cli.demo import demo
from app.cli.finding import search_rebuild
from app.cli.importing import import_file
from app.cli.matrix import matrix
from app.cli.sealing import journal, seal
from app.cli.simulating import simulate
from app.cli.tick import tick
from app.cli.verify import verify
from app.config import ROOT
from app.kit.db import db

COMMANDS: Sequence[click.Command] = (
    backup, demo, import_file, journal, matrix, restore, seal, search_rebuild, simulate, tick, verify,
)  # fmt: skip


def init_app(app: Flask) -> None:
    """Add the commands to `flask`, `flask db` among them. Who serves pages leaves this out: it saves 30 MB a worker."""
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True, compare_type=True)
    for command in COMMANDS:
        app.cli.add_command(command)
