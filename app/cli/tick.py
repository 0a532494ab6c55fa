"""flask tick: write down what has come due. Late, early or twice gives the same result.

Late, a notice of claims hangs for its whole period all the same, and so begins and is posted later.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import OperationalError

from app.agreements.operations import record_results as record_adoptions
from app.ballots.operations import empty_urns
from app.ballots.secret_models import SecretPaper
from app.cases.operations import write_due as write_deductions
from app.claims.operations import fill_due, post_due, put_up_due
from app.cli import mailing, simulating
from app.cli.finding import make_findable
from app.config import Settings
from app.council.operations import record_results
from app.grid.operations import write_due
from app.kit import clock
from app.kit.db import Busy, replayed
from app.kit.mail import OutOfReach
from app.kit.traces import leave_no_trace
from app.messages.operations import take_back_what_passed, write_digests
from app.points.operations import expire_points
from app.points.sealing import seal_days
from app.rewards.operations import release_lapsed
from app.telling.activities import remind_of_shifts
from app.telling.agreements import remind_to_sign
from app.telling.ballots import remind_of_papers
from app.telling.council import remind_voters
from app.telling.grid import remind_of_due, tell_overdue
from app.telling.meetings import remind_of_meetings
from app.telling.points import remind_of_expiry, warn_of_budgets
from app.telling.rewards import remind_to_collect

URNS = "secret ballots whose papers were written anew"
# What may be due, and the words for how much of it was. Each is written in a transaction of its own.
DUE: tuple[tuple[str, Callable[[datetime], int]], ...] = (
    # First what moves anything in the ledger, then its seals.
    ("texts of an older house made findable", make_findable),
    ("results of ballots that closed", record_results),
    ("adoptions that were decided", record_adoptions),
    (URNS, empty_urns),
    ("reservations that ran out", release_lapsed),
    ("households looked through for points that expired", expire_points),
    ("batches of claims put on notice", put_up_due),
    ("claims whose notice has ended", post_due),
    ("requests that went up or closed by themselves", write_due),
    ("deductions that took effect", write_deductions),
    ("days of the journal that are sealed", seal_days),
    ("claims that others are drawn to review", fill_due),
    # What has been settled or has passed by now needs no reminder, and a digest holds what was told: so they come last.
    ("reminders of what has passed", take_back_what_passed),
    ("reminders to vote", remind_voters),
    ("reminders of voting papers that wait", remind_of_papers),
    ("reminders to sign", remind_to_sign),
    ("reminders of requests that are due", remind_of_due),
    ("requests that are overdue", tell_overdue),
    ("reminders of shifts", remind_of_shifts),
    ("reminders of meetings", remind_of_meetings),
    ("reminders to collect", remind_to_collect),
    ("households looked through for points that expire soon", remind_of_expiry),
    ("warnings about goods funds", warn_of_budgets),
    ("digests", write_digests),
)
# These do a portion at a time, so that nobody waits long for what they hold; they are called until nothing is left.
IN_PORTIONS = (expire_points, remind_of_expiry)


@click.command("tick")
@with_appcontext
def tick() -> None:
    """Record closed ballots, release reservations that ran out, remind people, send mail; one line for each kind.

    What could not be had in time is left to the next run, and says so; the other kinds are done. The run then fails.
    """
    left = 0 if written_down(clock.now()) else 1
    left += not _tried()
    settings: Settings = current_app.config["SETTINGS"]
    if settings.sends_mail:
        left += not _mailed(settings)
    if left:
        raise click.ClickException("Not all could be written down; the next run does it.")


def written_down(at: datetime) -> bool:
    """Write down all that is due by then, each kind by itself; whether all could be had.

    Days are left open while anything before their seals is missing: it may still belong to one of them.
    """
    left = 0
    for what, act in DUE:
        if act is seal_days and left:
            click.echo(f"     - {what}: left open until all before them is written down", err=True)
        else:
            left += not _written(what, act, at)
    return not left


def _written(what: str, act: Callable[[datetime], int], at: datetime) -> bool:
    """Write down one kind of what is due; whether it could be had."""
    try:
        done = part = replayed(partial(act, at))
        while part and act in IN_PORTIONS:
            part = replayed(partial(act, at))
            done += part
    except (OperationalError, Busy) as error:
        click.echo(f"     - {what}: {_in_short(error)}", err=True)
        return False
    if what == URNS and done:
        leave_no_trace(SecretPaper.__tablename__)
    click.echo(f"{done:>6,} {what}")
    return True


def _tried() -> bool:
    """Go through trials of the tariff that nobody works on; whether the database let us."""
    try:
        done = simulating.run_waiting()
    except (OperationalError, Busy) as error:
        click.echo(f"     - trials of the tariff: {_in_short(error)}", err=True)
        return False
    click.echo(f"{done:>6,} trials of the tariff")
    return True


def _mailed(settings: Settings) -> bool:
    """Send the mail that waits; whether the mail server was there."""
    try:
        sent = mailing.send_waiting(settings)
    except OutOfReach as away:
        click.echo(f"     - mails: the mail server is out of reach, mail waits: {away}", err=True)
        return False
    click.echo(f"{sent:>6,} mails")
    return True


def _in_short(error: OperationalError | Busy) -> str:
    """Why, in one line."""
    return "the database stayed busy" if isinstance(error, Busy) else str(error.orig).splitlines()[0]
