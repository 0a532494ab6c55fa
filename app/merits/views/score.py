"""How is my score computed? One page with each entry, its rule, the limit that bit, and what would count next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flask import Response, request
from flask_babel import gettext as _
from flask_login import current_user

from app.kit import access, clock
from app.kit.pages import found, page
from app.kit.periods import Period, named, period_of
from app.kit.refusal import N_
from app.merits import scoring
from app.merits.showing import way_words
from app.merits.views.blueprint import bp
from app.points import clauses
from app.points.rules import HEADINGS, HONOUR_AT_START, STAR_LIGHTS_AT, STARS
from app.points.views.statement import Entry, cut_words, entry_of

NEXT_SHOWN = 6
_REACHED = {
    "day": N_("the day's limit was reached before"),
    "week": N_("the week's limit was reached before"),
    "month": N_("the month's limit was reached before"),
    "quarter": N_("the quarter's limit was reached before"),
    "year": N_("the year's limit was reached before"),
    "highest": N_("another line counts for the same already, and the highest wins"),
}
_REACHED_OTHERWISE = N_("the limit of this line was reached before")


@dataclass(frozen=True)
class Chapter:
    """The honour under one heading: its sum, the entries, and deeds of which a limit left nothing."""

    name: str
    honour: int
    entries: Sequence[Entry]
    nothing_left: Sequence[Any]


@dataclass(frozen=True)
class Star:
    """A star of the quarter, how much honour it still lacks, and the lines that count for it."""

    name: str
    missing: int
    lines: Sequence[scoring.Next]


@bp.get("/points/score")
@access.resident
def score() -> Response:
    """The quarter that the address names, the running one otherwise; 404 for one that has not begun."""
    at = clock.now()
    quarter = _quarter()
    sums = scoring.sums(current_user.household_id, quarter)
    running = quarter.is_running(at)
    return page(
        "merits/score.html",
        quarter=quarter,
        running=running,
        start=HONOUR_AT_START,
        earned=sum(sums.values()),
        chapters=_chapters(sums, quarter),
        stars=_stars(sums, scoring.next_deeds(current_user, at=at)) if running else [],
        lights_at=STAR_LIGHTS_AT,
        cut_words=cut_words,
        reached_words=_reached_words,
        way_words=way_words,
    )


def _reached_words(window: str) -> str:
    """Why nothing is left of a deed."""
    return _(_REACHED.get(window, _REACHED_OTHERWISE))


def _quarter() -> Period:
    wish = request.args.get("period")
    quarter = named(wish) if wish else period_of(clock.today(), "quarter")
    return found(quarter if quarter and quarter.kind == "quarter" and quarter.first_day <= clock.today() else None)


def _chapters(sums: dict[str, int], quarter: Period) -> list[Chapter]:
    """One for each heading that anything happened under, in the order of the tariff."""
    rows = scoring.entries(current_user.household_id, quarter)
    known = clauses.of({row.line_id for row in rows if row.line_id})
    entries = _by_heading(rows)
    nothing = _by_heading(scoring.nothing_left(current_user.household_id, quarter))
    headings = [one for one in (*HEADINGS, "adjustment") if one in sums or one in nothing]
    return [
        Chapter(
            _(HEADINGS.get(one, one)), sums.get(one, 0),
            [entry_of(row, "honour", known) for row in entries.get(one, ())], nothing.get(one, ()),
        )
        for one in dict.fromkeys(headings)
    ]  # fmt: skip


def _by_heading(rows: Sequence[Any]) -> dict[str, list[Any]]:
    ordered = sorted(rows, key=lambda row: row.heading)
    return {heading: list(part) for heading, part in groupby(ordered, key=lambda row: str(row.heading))}


def _stars(sums: dict[str, int], ahead: Sequence[scoring.Next]) -> list[Star]:
    """Stars that are not lit yet, the nearest first, each with the lines that bring honour to it."""
    found_stars = []
    for name, headings in STARS.values():
        missing = STAR_LIGHTS_AT - max(0, sum(sums.get(one, 0) for one in headings))
        lines = [one for one in ahead if one.heading in headings]
        if missing > 0:
            found_stars.append(Star(_(name), missing, lines[:NEXT_SHOWN]))
    return sorted(found_stars, key=lambda star: star.missing)
