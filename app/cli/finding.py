"""flask search-rebuild: make the index of the search anew from what the rooms hold."""

from __future__ import annotations

from datetime import datetime

import click
from flask.cli import with_appcontext

from app.home.finding import ROOMS, all_documents
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
    """Fill the index where the oldest texts are missing, as after the upgrade that brought it; how many it holds."""
    oldest = [one for room in ROOMS for one in room.documents(limit=1)]
    return search.fill(all_documents()) if any(search.differences(oldest)) else 0
