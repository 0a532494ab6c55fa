"""The statement of a household."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.kit import access, clock, say
from app.kit.i18n import language
from app.kit.pages import page
from app.kit.refusal import N_
from app.kit.words import Words
from app.points import clauses, expiring, queries
from app.points.rules import HEADINGS, HONOUR_AT_START
from app.points.views.blueprint import bp

_CUT = {
    "day": N_("Cut short: the day's limit was reached"),
    "week": N_("Cut short: the week's limit was reached"),
    "month": N_("Cut short: the month's limit was reached"),
    "quarter": N_("Cut short: the quarter's limit was reached"),
    "year": N_("Cut short: the year's limit was reached"),
    "highest": N_("Less than its line says: another line counts for the same already, and the highest wins"),
}
PASSBOOK_YEARS = 10  # that the page offers; the address takes every year
SayDay = Callable[[date], str]
OLDEST = date(2000, 1, 1)  # no ledger of this house begins before
_KINDS = ("points", "honour", "minutes")  # as the statement lists them
_CUT_OTHERWISE = N_("Cut short: the limit of this line was reached")


@dataclass(frozen=True)
class Entry:
    """One line of the statement, as this reader may see it; `id` leads to its own page, None for a relative's."""

    id: int | None
    title: Words | str
    notes: Sequence[str]
    clause: tuple[Words, str] | None  # of the neighbours' agreement, and where it stands
    on: date
    change: int
    amount: str
    balance: str


@dataclass(frozen=True)
class Month:
    """The entries of one month, the latest first."""

    name: str
    entries: Sequence[Entry]


@bp.get("/points")
@access.signed_in
def statement() -> Response:
    """What my household has, and every entry that led there. Relatives' entries show heading and amount only."""
    if not current_user.is_verified:
        return page("points/newcomer.html")
    asset, at = asset_wished(), clock.now()
    balances, minutes, since = queries.figures(current_user.household_id, current_user.id, at=at)
    of = {"resident_id": current_user.id}
    entries = queries.statement(current_user.household_id, asset, after=request.args.get("after"), **of)
    today = clock.local(at).date()
    year = queries.earned_by_month(current_user.household_id, asset, until=today, **of)
    return page(
        "points/statement.html",
        balances=balances,
        minutes=minutes,
        start=HONOUR_AT_START,
        kind=asset,
        kinds=_KINDS,
        months=_months(entries.rows, asset, clauses.of({row.line_id for row in entries.rows if row.line_id})),
        more=url_for(".statement", asset=asset, after=entries.next) if entries.next else None,
        later=request.args.get("after"),
        year=[(first, max(0, amount)) for first, amount in year],
        month_name=say.month,
        years=_years(since, today),
        then=_then(asset),
        asked=request.args.get("on"),
        oldest=OLDEST,
        coming=expiring.outlook(current_user.household_id, at=at),
    )


def _years(since: datetime | None, today: date) -> Sequence[int]:
    """The years that the passbook offers: back to that of the first entry."""
    first = clock.local(since).year if since else today.year
    return range(today.year, max(first - 1, today.year - PASSBOOK_YEARS), -1)


def _then(asset: str) -> dict[str, Any] | None:
    """What there was at the end of the day that the address asks for; None without a day, or with one to come."""
    try:
        day = date.fromisoformat(request.args.get("on", ""))
    except ValueError:
        return None
    if not OLDEST <= day <= clock.today():
        return None
    until = clock.day_bounds(day)[1]
    posted, effective = queries.as_of(current_user.household_id, asset, resident_id=current_user.id, until=until)
    words = say.hours if asset == "minutes" else say.number
    return {"day": day, "posted": words(posted), "effective": words(effective), "differ": posted != effective}


def asset_wished() -> str:
    """Which asset the address asks for; points unless it names another."""
    wish = request.args.get("asset", "points")
    return wish if wish in _KINDS else "points"


def _months(rows: Sequence[Any], asset: str, known: clauses.Clauses) -> list[Month]:
    def month(row: Any) -> date:
        return clock.local(row.posted_at).date().replace(day=1)

    by_month = groupby(rows, key=month)
    return [Month(say.month(first), [entry_of(row, asset, known) for row in part]) for first, part in by_month]


def entry_of(row: Any, asset: str, known: clauses.Clauses, *, day: SayDay = say.day) -> Entry:
    """A row of the statement as this reader may see it: of a relative's, heading and amount alone."""
    mine = row.resident_id in (None, current_user.id)
    heading = _(HEADINGS.get(row.heading, row.heading))
    hidden = _("A relative's entry: only its heading and amount are shown")
    return Entry(
        id=row.id if mine else None,
        title=row.what if mine and row.what else heading,
        notes=notes(row, heading, day=day) if mine else [hidden],
        clause=known.get(row.line_id) if mine else None,
        on=clock.local(row.posted_at).date(),
        change=row.change,
        amount=amount_words(row.change, asset),
        balance=balance_words(row, asset),
    )


def balance_words(row: Any, asset: str) -> str:
    """What there was after it; of honour, which begins anew each quarter, nothing is said."""
    if asset == "honour":
        return ""
    return say.hours(row.balance) if asset == "minutes" else say.number(row.balance)


def notes(row: Any, heading: str, *, day: SayDay = say.day) -> list[str]:
    """Who and under which line; what it puts right; which day it is for; why it is less than the line says.

    `day` puts a day into words: on paper no day is yesterday.
    """
    whose = _("Whole household") if row.resident_id is None else _("You")
    said = [" · ".join((whose, row.code, heading) if row.code[:1].isupper() else (whose, heading))]
    deed = clock.local(row.effective_at).date()
    if row.reverses_id is not None:
        said.append(_("Correction: takes back the entry of %(day)s", day=day(deed)))
    elif row.because.endswith(":corrected"):
        said.append(_("Already spent, so the community bears this part of a correction"))
    elif deed != clock.local(row.posted_at).date():
        said.append(_("For %(day)s", day=day(deed)))
    if row.cut_by is not None:
        said.append(cut_words(row.cut_by))
    if row.why is not None:
        said.append(_("Reason: %(why)s", why=row.why.into(language())))
    return said


def cut_words(window: str) -> str:
    """Why an entry is less than its line says."""
    return _(_CUT.get(window, _CUT_OTHERWISE))


def amount_words(change: int, asset: str) -> str:
    if asset != "minutes":
        return say.signed(change)
    return ("+" if change > 0 else say.MINUS) + say.hours(abs(change))
