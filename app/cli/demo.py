"""flask demo: the sample street, loaded once, and how to get in."""

from __future__ import annotations

import sys

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from app.config import Settings
from app.kit import clock
from app.kit.db import transaction
from app.sample import loading
from app.sample.accounts import PASSWORD, VOTERS
from app.sample.living import LATELY
from app.sample.street_people import YEAR

_ACCOUNTS = """
  resident, spouse, neighbour      neighbours; resident and spouse share a household
  newcomer                         an address that nobody has confirmed yet
  leader, grid                     building leader, grid member
  staff, staff2, supervisor        the committee and who watches over it
  organiser                        runs activities
  reviewer, reviewer2              the points review group
  merchant, merchant2              counters where points are redeemed
  street, admin                    street staff, administrator
"""


MOST = 100  # times the sample; more would not fit into an evening


@click.command("demo")
@click.option("--scale", type=click.IntRange(1, MOST), default=1, help="How many times the households and their year.")
@click.option("--days", type=click.IntRange(LATELY, YEAR), default=YEAR, help="Days of life.")
@with_appcontext
def demo(scale: int, days: int) -> None:
    """Load the sample street once; then say how to sign in."""
    settings: Settings = current_app.config["SETTINGS"]
    if settings.env not in ("demo", "test"):
        raise click.ClickException("The sample street is for XIANGYUE_ENV=demo; everybody knows its passwords.")
    try:
        _load_once(scale, days)
    except (OperationalError, ProgrammingError) as error:
        raise click.ClickException(
            f"The database is not ready ({str(error.orig).splitlines()[0]}); run: flask --app wsgi db upgrade"
        ) from error
    except IntegrityError as error:
        raise click.ClickException(
            "Other data bears the same names, or another `flask demo` is at work; nothing was changed."
        ) from error
    click.echo(f"\n{settings.base_url}   password of all accounts: {PASSWORD}")
    click.echo(_ACCOUNTS + f"  voter001 ... voter{VOTERS:03d}            verified residents of one compound\n")
    click.echo("The same names with b- in front belong to the village (b-resident, b-staff, ...).")


def _load_once(scale: int, days: int) -> None:
    """Look and load in one write transaction: of two commands at once, the second finds the street there."""
    with transaction(writing=False):
        if loading.is_loaded():
            click.echo("The sample street is there already; nothing was loaded.")
            return
    with (
        transaction(),
        click.progressbar(
            length=loading.steps(scale), label="Loading the sample street", file=sys.stderr, show_eta=False,
            hidden=not sys.stderr.isatty(), item_show_func=lambda step: step or "",
        ) as bar,
    ):  # fmt: skip
        if loading.is_loaded():
            return

        def tell(step: str) -> None:
            """On a terminal the bar moves; elsewhere, as in a log, each step is a line."""
            bar.update(1, step)
            if not sys.stderr.isatty():
                click.echo(step, err=True)

        key = str(current_app.config["SECRET_KEY"]).encode()
        loading.load(at=clock.now(), key=key, days=days, scale=scale, tell=tell)
