"""flask seal and flask journal: close the days of the ledger that are over, and hand the sealed journal out."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext

from app.cli.tick import written_down
from app.kit import clock
from app.kit.db import transaction
from app.points import exporting, queries


@click.command("seal")
@with_appcontext
def seal() -> None:
    """Seal every day of the ledger that is over, after all else that is due; say the last head, to be noted down."""
    if not written_down(clock.now()):
        raise click.ClickException("Not all could be written down; run it again.")
    with transaction(writing=False):
        last = queries.last_seal()
    if last is None:
        click.echo("No day of the ledger is over yet.")
    else:
        click.echo(f"Seal {last.number}, {last.first + last.entries - 1:,} entries in all: {last.head}")


@click.command("journal")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@with_appcontext
def journal(file: Path) -> None:
    """Write the sealed journal into FILE, for tools/verify_ledger.py: one entry a line, each day's seal below it."""
    with transaction(writing=False), file.open("wb") as out:
        lines = sum(1 for line in exporting.journal() if out.write(line + b"\n"))
    click.echo(f"{lines:,} lines in {file}")
