"""flask search-rebuild: make the index of the search anew from what the rooms hold."""

from __future__ import annotations

from datetime import datetime

import click
from flask.cli import with_appcontext

from app.home.finding import all_documents
from app.kit import search
from app.kit.db import transaction


@click.command("search-rebuild")
@with_appcontext
def search_rebuild() -> None:
    """Make the index of the search anew; needed when `flask verify` finds it wanting, and after an upgrade of it."""
    with transaction():
        number = search.fill(all_documents())
    click.echo(f"{number:,} texts can be found.")


def make_findable(_at: datetime) -> int:
    """Fill the index where it is still empty, as after the upgrade that brought it; how many texts that were."""
    return 0 if search.has_any() else search.fill(all_documents())
