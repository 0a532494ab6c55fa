"""flask import KIND FILE: real data of others, line by line; what does not fit is named, the rest comes in once."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from app.cli.formats import city_requests, community_accounts, decide_madrid, divisions, nyc, payments
from app.cli.formats.reading import Items, NotReadable, Sheet, Trouble, open_list
from app.cli.intake.accounts import take_in_accounts
from app.cli.intake.activities import Opportunities
from app.cli.intake.batches import Count, take_in
from app.cli.intake.finances import take_in_finances
from app.cli.intake.payments import CURRENCIES, take_in_payments
from app.cli.intake.places import Divisions
from app.cli.intake.requests import CityRequests
from app.cli.intake.topics import Proposals, Remarks
from app.kit.db import transaction
from app.places.models import Place
from app.places.queries import place_by_code, the_street

KINDS = ("places", "topics", "activities", "requests", "finances", "payments", "accounts")


@click.command("import")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--place", "code", help="Places: only codes that begin so. Others: the place they belong to.")
@click.option("--month", help="Finances: which month, for example 2026-10, where the file does not say.")
@click.option("--currency", type=click.Choice(CURRENCIES), default="CNY", help="Payments: in which money they are.")
@with_appcontext
def import_file(kind: str, file: Path, code: str | None, month: str | None, currency: str) -> None:
    """Bring in FILE: division codes, Decide Madrid proposals or comments, NYC volunteer opportunities, 311 requests.

    Also the finances of a month (csv or xlsx, in the form that the page offers), lists of payments, and the accounts of
    a community currency with their opening balances: each of these whole, or not.

    The form of the file is known by its columns. Rows come in by the thousand, each thousand in one transaction: an
    import that was interrupted is continued by running it again, and what is there already is counted, not doubled.
    """
    count = Count(tell=_tell)
    try:
        if kind == "finances":
            take_in_finances(file, _place(code), month, count)
        else:
            with _progress(file) as bar, open_list(file, passed=bar.update) as sheet:
                if kind == "payments":
                    _known(sheet, payments.knows)
                    take_in_payments(sheet, _place(code), currency, count)
                elif kind == "accounts":
                    _accounts(sheet, code, count)
                else:
                    _KINDS[kind](sheet, code, count)
    except NotReadable as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{count.new:,} new, {count.there:,} already there, {count.skipped:,} skipped.")
    if count.skipped and not count.new and not count.there:
        raise click.ClickException("nothing in the file could be used.")


def _tell(trouble: Trouble) -> None:
    click.echo(f"line {trouble.line:,}: {trouble.why}.")


def _progress(file: Path) -> Any:
    """A bar that follows the bytes read; on a terminal only, beside the messages."""
    size = file.stat().st_size if file.is_file() else 0
    return click.progressbar(length=size, label=file.name, file=sys.stderr, hidden=not sys.stderr.isatty())


def _places(sheet: Sheet | Items, code: str | None, count: Count) -> None:
    _known(sheet, divisions.knows)
    take_in(sheet, divisions.division, Divisions(within=code).keep, count)


def _topics(sheet: Sheet | Items, code: str | None, count: Count) -> None:
    _known(sheet, decide_madrid.knows)
    place = _place(code)
    if not decide_madrid.has_comments(sheet.columns):
        take_in(sheet, decide_madrid.proposal, Proposals(place).keep, count)
        return
    remarks = Remarks()
    take_in(sheet, decide_madrid.remark, remarks.keep, count)
    with transaction():
        remarks.finish(count)


def _activities(sheet: Sheet | Items, code: str | None, count: Count) -> None:
    _known(sheet, nyc.knows)
    take_in(sheet, nyc.opportunity, Opportunities(_place(code)).keep, count)


def _requests(sheet: Sheet | Items, code: str | None, count: Count) -> None:
    _known(sheet, city_requests.knows)
    take_in(sheet, city_requests.request, CityRequests(_place(code)).keep, count)


def _accounts(sheet: Sheet | Items, code: str | None, count: Count) -> None:
    _known(sheet, community_accounts.knows)
    sums = take_in_accounts(sheet, _place(code), count)
    click.echo(
        f"{sums.accounts:,} accounts stand at {sums.stood:f} in all: {sums.posted:,} points were posted to households, "
        f"{sums.fractions:f} is less than a point each, {sums.issuers:f} stood at accounts that issue."
    )


def _known(sheet: Sheet | Items, knows: Callable[[tuple[str, ...]], bool]) -> None:
    if not knows(sheet.columns):
        shown = ", ".join(sheet.columns)[:120]
        raise NotReadable(f"{sheet.path} has a form that is not known for this kind; its columns are: {shown}")


def _place(code: str | None) -> Place:
    """The place that was named, or the street of this installation."""
    with transaction(writing=False):
        place = the_street() if code is None else place_by_code(code)
    if place is None:
        known = f"no place has the code {code}" if code else "there is no street yet"
        raise NotReadable(f"{known}; import places or load the sample street first.")
    return place


_KINDS: dict[str, Callable[[Sheet | Items, str | None, Count], None]] = {
    "places": _places,
    "topics": _topics,
    "activities": _activities,
    "requests": _requests,
}
