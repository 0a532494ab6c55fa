"""flask tick: write down what has come due. Late, early or twice gives the same result."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import click
from flask.cli import with_appcontext

from app.council.operations import record_results
from app.grid.operations import write_due
from app.kit import clock
from app.kit.db import transaction
from app.rewards.operations import release_lapsed

# What may be due, and the words for how much of it was. Each is written in a transaction of its own.
DUE: tuple[tuple[str, Callable[[datetime], int]], ...] = (
    ("results of ballots that closed", record_results),
    ("reservations that ran out", release_lapsed),
    ("requests that went up or closed by themselves", write_due),
)


@click.command("tick")
@with_appcontext
def tick() -> None:
    """Record closed ballots, release reservations that ran out; one line for each kind."""
    at = clock.now()
    for what, act in DUE:
        with transaction():
            done = act(at)
        click.echo(f"{done:>6,} {what}")
