"""The passbook 积分存折: a household's entries as a paper, for people without a phone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Response, current_app, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.config import Settings
from app.kit import access, clock, printing, say
from app.kit.i18n import html_lang, language
from app.kit.pages import found
from app.kit.words import Words
from app.points import clauses, queries
from app.points.views.blueprint import bp
from app.points.views.papers import download
from app.points.views.statement import OLDEST, Entry, amount_words, asset_wished, entry_of

MOST = 1_000  # lines of one passbook: some seventy sheets, made within two seconds
FORM = "points/passbook.typ"


@bp.get("/points/passbook.pdf")
@access.signed_in
def passbook() -> Response:
    """The entries of one asset, the first one first: of all years, the latest of them, or of the year asked for."""
    household_id = found(current_user.household_id if current_user.is_verified else None)
    asset, year = asset_wished(), _year_wished()
    rows, earlier = queries.last_entries(
        household_id, asset, resident_id=current_user.id, within=_span(year), most=MOST
    )
    known = clauses.of({row.line_id for row in rows if row.line_id})
    opening = _opening(rows, household_id, asset, year)
    lines = [entry_of(row, asset, known, day=date.isoformat) for row in rows]
    paper = {
        **_front(household_id, asset, year),
        "figures": _figures(rows, asset, opening),
        "sentences": _sentences(rows, year=year, earlier=earlier),
        "columns": [_("Date"), _("What for"), _("Change"), *([] if asset == "honour" else [_("Balance")])],
        "before": _before(asset, opening),
        "lines": [_line(one) for one in lines],
        "after": _after(rows, asset, opening),
        "seal": _seal(),
    }
    return download(printing.pdf(FORM, paper), "pdf", printing.PDF, name="passbook")


def _year_wished() -> int | None:
    """The year that the address asks for; None without one, or with one that cannot be."""
    wish = request.args.get("year", "")
    plain = int(wish) if wish.isascii() and wish.isdigit() and len(wish) == len("2026") else 0
    return plain if OLDEST.year <= plain <= clock.today().year else None


def _span(year: int | None) -> tuple[Any, Any] | None:
    return (clock.at_local(date(year, 1, 1)), clock.at_local(date(year + 1, 1, 1))) if year else None


def _front(household_id: int, asset: str, year: int | None) -> dict[str, Any]:
    """What stands before the lines, and below each page."""
    names = {"points": _("Points to spend"), "honour": _("Honour"), "minutes": _("Service hours")}
    lang, _dash, region = html_lang().partition("-")
    community = _said(current_user.community_name)
    today = clock.today()
    return {
        "lang": lang,
        "region": region or None,
        "title": _("Points passbook"),
        "asset": names[asset],
        "community": community,
        "facts": [
            [_("In the name of"), f"{current_user.full_name} · {queries.door_of(household_id)}"],
            [_("Issued in"), community],
            [_("Years"), str(year) if year else _("All years")],
            [_("Printed on"), f"{today.isoformat()} {say.clock_time(clock.now())}"],
        ],
        "foot": f"{community} · {today.isoformat()}",
        "page": _("Page %(now)s of %(all)s", now="{now}", all="{all}"),
    }


def _opening(rows: Sequence[Any], household_id: int, asset: str, year: int | None) -> int:
    """What was there before the first line, or in a year without entries all the time."""
    if rows:
        return int(rows[0].balance - rows[0].change)
    span = _span(year)
    if span is None:
        return 0
    return queries.as_of(household_id, asset, resident_id=current_user.id, until=span[1])[0]


def _figures(rows: Sequence[Any], asset: str, opening: int) -> list[list[str]]:
    """What came in, what went out, and what is there: the sums of the lines below them."""
    came, went = (sum(row.change for row in rows if (row.change > 0) is plus) for plus in (True, False))
    sums = [[_("All that came in"), _amount(came, asset)], [_("All that went out"), _amount(went, asset)]]
    return sums if asset == "honour" else [*sums, [_("Balance"), _plain(opening + came + went, asset)]]


def _sentences(rows: Sequence[Any], *, year: int | None, earlier: bool) -> list[str]:
    if not rows:
        return [_("No entries in %(year)s.", year=year) if year else _("There are no entries yet.")]
    if not earlier:
        return []
    if year:
        return [_("These are the last %(most)s entries of the year. The table on the website has all.", most=len(rows))]
    return [_("These are the last %(most)s entries. For earlier ones, ask for the passbook of a year.", most=len(rows))]


def _before(asset: str, opening: int) -> list[str] | None:
    """What was there before the first line; nothing where the passbook begins with the first entry of all."""
    return ["", _("Brought forward"), "", _plain(opening, asset)] if opening and asset != "honour" else None


def _after(rows: Sequence[Any], asset: str, opening: int) -> list[str]:
    change = sum(row.change for row in rows)
    total = ["", _("Total"), _amount(change, asset)]
    return total if asset == "honour" else [*total, _plain(opening + change, asset)]


def _line(one: Entry) -> dict[str, Any]:
    base = _settings().base_url
    return {
        "on": one.on.isoformat(),
        "title": _said(one.title),
        "notes": [*one.notes, *([one.clause[0].into(language())] if one.clause else [])],
        "href": base + url_for(".entry", entry_id=one.id) if one.id else None,
        "change": one.amount,
        "balance": one.balance,
    }


def _seal() -> dict[str, Any]:
    """The head of the last seal, so that the paper bears witness to the ledger; and where to compare it."""
    last = queries.last_seal()
    where = _settings().base_url + url_for(".seals")
    if last is None:
        told = [_("No day of the ledger is sealed yet. From tomorrow on the seals stand at %(where)s.", where=where)]
        return {"title": _("Seal of the ledger"), "sentences": told, "head": None}
    day = clock.last_day(last.until).isoformat()
    return {
        "title": _("Seal of the ledger"),
        "sentences": [
            _("Entries up to %(day)s stand in seal %(number)s. Who changes one later breaks the seal.", day=day,
              number=last.number),
            _("Compare these signs with those at %(where)s:", where=where),
        ],
        "head": last.head,
    }  # fmt: skip


def _amount(change: int, asset: str) -> str:
    return amount_words(change, asset) if change else _plain(0, asset)


def _plain(amount: int, asset: str) -> str:
    return say.hours(amount) if asset == "minutes" else say.number(amount)


def _said(words: Words | str | None) -> str:
    return words.into(language()) if isinstance(words, Words) else words or ""


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings
