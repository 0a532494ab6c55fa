"""flask backup and flask restore: the whole village in one file, and back into an empty database."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask.cli import with_appcontext

from app.cli.keeping import reading, refilling, writing
from app.cli.keeping.manifest import Head, Manifest, NotUsable, tables
from app.kit.db import transaction

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("backup")
@click.argument("file", type=FILE)
@with_appcontext
def backup(file: Path) -> None:
    """Write everything into FILE, as it is at one moment; the server may go on. Say the last head of the ledger."""
    with _ended("Nothing was written"), transaction(writing=False), _bar("Keeping") as tell:
        writing.look_at_one_moment()
        made = writing.write(file, tell)
    _told(made, f"kept in {file}, {file.stat().st_size:,} bytes")


@click.command("restore")
@click.argument("file", type=FILE)
@click.option("--head", "heads", multiple=True, help="The head of a seal that was printed: the ledger must have it.")
@click.option("--with-faults", is_flag=True, help="Even where the ledger was not in order when it was kept.")
@with_appcontext
def restore(file: Path, heads: tuple[str, ...], with_faults: bool) -> None:
    """Fill an empty database from FILE, made by `flask backup` on either database. All of it, or nothing."""
    with _ended("Nothing was changed"), reading.opened(file) as there:
        with transaction(), _bar("Restoring") as tell:
            faults = refilling.refill(there, heads=heads, with_faults=with_faults, tell=tell)
        for one in faults:
            click.echo(f"{one.invariant} does not hold at {one.where}: {one.says}")
        _told(there.manifest, f"restored from {file}, as of {there.manifest.made_at} UTC")


@contextmanager
def _ended(otherwise: str) -> Iterator[None]:
    """A reason in one line instead of a trace."""
    try:
        yield
    except NotUsable as error:
        raise click.ClickException(f"{otherwise}: {error}") from error
    except OSError as error:
        raise click.ClickException(f"{otherwise}: {error.strerror or error}.") from error


@contextmanager
def _bar(label: str) -> Iterator[writing.Tell]:
    """On a terminal a bar moves with the tables; elsewhere nothing is said."""
    with click.progressbar(
        length=len(tables()), label=label, file=sys.stderr, show_eta=False, hidden=not sys.stderr.isatty(),
        item_show_func=lambda name: name or "",
    ) as bar:  # fmt: skip
        yield lambda name: bar.update(1, name)


def _told(manifest: Manifest, what: str) -> None:
    click.echo(f"{manifest.rows:,} rows of {len(manifest.tables)} tables {what}")
    click.echo(_sealed(manifest.head))


def _sealed(head: Head | None) -> str:
    if head is None:
        return "No day of the ledger is sealed yet."
    return f"Seal {head.seal}, {head.entries:,} entries in all: {head.head}"
