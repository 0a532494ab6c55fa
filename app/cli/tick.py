"""flask tick: write down what has come due. Late, early or twice gives the same result."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import click
from flask import current_app
from flask.cli import with_appcontext

from app.agreements.operations import record_results as record_adoptions
from app.cli import mailing
from app.config import Settings
from app.council.operations import record_results
from app.grid.operations import write_due
from app.kit import clock
from app.kit.db import transaction
from app.kit.mail import OutOfReach
from app.messages.operations import write_digests
from app.rewards.operations import release_lapsed
from app.telling.activities import remind_of_shifts
from app.telling.agreements import remind_to_sign
from app.telling.council import remind_voters
from app.telling.rewards import remind_to_collect

# What may be due, and the words for how much of it was. Each is written in a transaction of its own.
DUE: tuple[tuple[str, Callable[[datetime], int]], ...] = (
    ("results of ballots that closed", record_results),
    ("adoptions that were decided", record_adoptions),
    ("reservations that ran out", release_lapsed),
    ("requests that went up or closed by themselves", write_due),
    # What has been settled by now needs no reminder, and a digest holds what was told: so they come last.
    ("reminders to vote", remind_voters),
    ("reminders to sign", remind_to_sign),
    ("reminders of shifts", remind_of_shifts),
    ("reminders to collect", remind_to_collect),
    ("digests", write_digests),
)


@click.command("tick")
@with_appcontext
def tick() -> None:
    """Record closed ballots, release reservations that ran out, remind people, send mail; one line for each kind."""
    at = clock.now()
    for what, act in DUE:
        with transaction():
            done = act(at)
        click.echo(f"{done:>6,} {what}")
    settings: Settings = current_app.config["SETTINGS"]
    if settings.sends_mail:
        try:
            sent = mailing.send_waiting(settings)
        except OutOfReach as away:
            raise click.ClickException(f"The mail server is out of reach, mail waits: {away}") from away
        click.echo(f"{sent:>6,} mails")
