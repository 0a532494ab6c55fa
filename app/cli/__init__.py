"""Commands: flask demo, tick, import, matrix, verify. Each exits non-zero when it did not do what it says."""

from __future__ import annotations

from collections.abc import Sequence

import click
from flask import Flask

from app.cli.demo import demo
from app.cli.importing import import_file
from app.cli.matrix import matrix
from app.cli.tick import tick
from app.cli.verify import verify

COMMANDS: Sequence[click.Command] = (demo, import_file, matrix, tick, verify)


def init_app(app: Flask) -> None:
    """Add the commands to `flask`."""
    for command in COMMANDS:
        app.cli.add_command(command)
