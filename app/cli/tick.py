"""flask tick: write down what has come due. Late, early or twice gives the same result."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import OperationalError

from app.council.operations import record_results
from app.kit import clock
from app.kit.db import Busy, replayed
from app.rewards.operations import release_lapsed

# What may be due, and the words for how much of it was. Each is written in a transaction of its own.
DUE: tuple[tuple[str, Callable[[datetime], int]], ...] = (
    ("results of ballots that closed", record_results),
    ("reservations that ran out", release_lapsed),
)


@click.command("tick")
@with_appcontext
def tick() -> None:
    """Record closed ballots, release reservations that ran out; one line for each kind.

    What could not be had in time is left to the next run, and says so; the other kinds are done. The run then fails.
    """
    at, left = clock.now(), 0
    for what, act in DUE:
        try:
            done = replayed(partial(act, at))
        except (OperationalError, Busy) as error:
            left += 1
            click.echo(f"     - {what}: {_in_short(error)}", err=True)
        else:
            click.echo(f"{done:>6,} {what}")
    if left:
        raise click.ClickException("Not all could be written down; the next run does it.")


def _in_short(error: OperationalError | Busy) -> str:
    """Why, in one line."""
    return "the database stayed busy" if isinstance(error, Busy) else str(error.orig).splitlines()[0]
