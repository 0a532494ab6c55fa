"""The tariff, for everybody to read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flask import Response, request
from flask_babel import gettext as _
from flask_login import current_user

from app.kit import access, audit, clock
from app.kit.open_data import publish
from app.kit.pages import found, page
from app.kit.refusal import N_
from app.kit.words import Words
from app.merits import queries, reckoning
from app.merits.banned import TOPICS
from app.merits.showing import LineShown, line_shown
from app.merits.views.blueprint import bp
from app.places import queries as places
from app.places.models import Place
from app.points import clauses, workings
from app.points.rules import HEADINGS, STAR_LIGHTS_AT, STARS

audit.describe("merits.load_tariff", N_("published a points tariff"))
audit.describe("tariff", N_("tariff no."))
audit.describe("version", N_("version"))

publish(
    "/points/tariff.json",
    N_("Points tariff in force"),
    {
        "code": N_("Code of the line; with its version it names the rule that an entry was posted under"),
        "version": N_("Version of the tariff"),
        "place_id": N_("Number of the place that the line belongs to"),
        "place": N_("Name of that place; a line of the street counts in each community without one of its own"),
        "heading": N_("Heading under which a star counts it"),
        "behaviour": N_("What is done, in both languages"),
        "unit": N_("How often it counts, in words"),
        "assets": N_(
            "Amount of honour, points or minutes: a whole number, a range that reviewers choose from, or a factor"
        ),
        "caps": N_("Limits: how many, of what, in which window, per household or resident"),
        "per": N_("Whether a resident or a household earns it"),
        "per_minutes": N_("The amount is for each full so many minutes"),
        "factor": N_("What the lines in applies_to are multiplied by"),
        "applies_to": N_("Codes of the lines that the factor multiplies"),
        "earn": N_("How it is earned: automatic, by claim, deduction or correction"),
        "entered_by": N_("Office that enters what is claimed: grid, panel or leader; null where residents claim it"),
        "confirmer": N_("Who confirms it"),
        "evidence": N_("What shows that it happened"),
        "clause": N_("Article of an agreement that set the line; null for the tariff's own"),
        "clause_href": N_("Where that article stands"),
        "effective_from": N_("First day on which the line counts"),
        "effective_until": N_("First day on which the line no longer counts; null while it has no end"),
    },
)

clauses.answered_by(queries.clauses)
workings.answered_by(reckoning.of_entry)

_NAMED = ("behaviour", "unit", "confirmer", "evidence")


@dataclass(frozen=True)
class Chapter:
    """The lines under one heading, with the star they count for."""

    key: str
    name: str
    star: str | None
    lines: Sequence[LineShown]


@bp.get("/points/tariff.json")
@bp.get("/points/tariff")
@access.anyone
def tariff() -> Response:
    """The lines in force today: at my community, at the place asked for, or for the whole street.

    A street without lines of its own shows a visitor those of its first community.
    """
    path, today = _path(), clock.today()
    communities = places.communities()
    rows = queries.tariff_in_force(path, today)
    if not rows and not current_user.community_path and not request.args.get("place"):
        path = next((one.path for one in communities), path)
        rows = queries.tariff_in_force(path, today)
    above = places.ancestors(path)
    return page(
        "merits/tariff.html",
        place=next(reversed(above), None),
        tabs=_tabs(above, communities, rows),
        twin=lambda: {"items": [_item(row, {one.id: one.name for one in above}) for row in rows], "next": None},
        chapters=_chapters(rows),
        spanning=rows[0].tariff_caps if rows else [],
        effective_from=max((row.effective_from for row in rows), default=None),
        lights_at=STAR_LIGHTS_AT,
        topics=[topic.name for topic in TOPICS],
    )


@dataclass(frozen=True)
class Tab:
    """A place whose tariff can be read here; `current` where it is the one shown."""

    place_id: int
    name: Words
    current: bool


def _tabs(above: Sequence[Place], communities: Sequence[Any], rows: Sequence[Any]) -> list[Tab]:
    """The communities of the street, after the street itself when some of these lines are its own."""
    shown = {one.id for one in above}
    siblings = [one for one in communities if above and one.path.startswith(above[0].path)]
    tabs = [Tab(one.id, one.name, one.id in shown) for one in siblings]
    if above and any(row.place_id == above[0].id for row in rows):
        tabs.insert(0, Tab(above[0].id, above[0].name, not any(tab.current for tab in tabs)))
    return tabs if len(tabs) > 1 else []


def _path() -> str:
    """The path of the place whose tariff is asked for; an unknown place is not found."""
    wish = request.args.get("place", "")
    if wish:
        return found(places.place(int(wish)) if wish.isascii() and wish.isdigit() and len(wish) < 10 else None).path
    if current_user.community_path:
        return str(current_user.community_path)
    street = places.the_street()
    return street.path if street else ""


def _chapters(rows: Sequence[Any]) -> list[Chapter]:
    star_of = {heading: name for name, headings in STARS.values() for heading in headings}
    order = list(HEADINGS)
    by_heading = sorted(rows, key=lambda row: (order.index(row.heading), row.position))
    return [
        Chapter(key, _(HEADINGS[key]), _(star_of[key]) if key in star_of else None, [line_shown(row) for row in lines])
        for key, lines in groupby(by_heading, key=lambda row: str(row.heading))
    ]


def _item(row: Any, names: Mapping[int, Words]) -> dict[str, Any]:
    plain = {
        name: getattr(row, name)
        for name in (
            "code",
            "version",
            "heading",
            "assets",
            "caps",
            "per",
            "per_minutes",
            "factor",
            "applies_to",
            "earn",
            "entered_by",
        )
    }
    said = {name: getattr(row, name) for name in _NAMED}
    until = row.effective_until
    return plain | said | {
        "clause": row.clause, "clause_href": row.href,
        "place_id": row.place_id, "place": names[row.place_id],
        "effective_from": row.effective_from,
        "effective_until": until,
    }  # fmt: skip
