"""The communities of the street: the front page of each, and all of them side by side."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_babel import gettext as _
from flask_login import current_user

from app.home import comparing, queries
from app.home.comparing import Compared
from app.home.views.blueprint import bp
from app.kit import access, clock, say
from app.kit.open_data import publish
from app.kit.pages import found, page
from app.kit.refusal import N_
from app.rankings.rules import rise
from app.rankings.telling import household_name, period_words

# Each measure: its name, what it counts, and its picture.
MEASURES = {
    "taking_part": (N_("Households taking part"), N_("households that earned honour within a year"), "users-round"),
    "topics": (N_("Topics decided"), N_("within a year"), "stamp"),
    "signed": (N_("Agreements signed"), N_("households that signed an agreement in force"), "scroll-text"),
    "on_time": (N_("Published on time"), N_("of what had to be published within a year"), "file-text"),
    "solved": (N_("Requests solved"), N_("of those answered within a year, by the reporter's word"), "wrench"),
    "median_minutes": (N_("Time to an answer"), N_("half of the requests were answered sooner"), "clock"),
    "honour": (N_("Honour per household"), N_("earned within a year"), "medal"),
}

publish(
    "/communities.json",
    N_("The communities side by side: a year of each; figures about fewer than five are null"),
    {
        "code": N_("code of the community"),
        "kind": N_("community or village"),
        "name": N_("name of the place"),
        "households": N_("how many households it has"),
        "taking_part": N_("share of households that earned honour, 0 to 1"),
        "topics": N_("how many topics were decided"),
        "signed": N_("share of households that signed an agreement in force, 0 to 1"),
        "on_time": N_("share of duties to publish that were fulfilled on time, 0 to 1"),
        "solved": N_("share of answered requests that are solved, 0 to 1"),
        "median_minutes": N_("the middle one of the times from reporting to the answer, in minutes"),
        "honour": N_("honour earned per household"),
    },
)
publish(
    "/places/<code>.json",
    N_("The front page of one community"),
    {
        "code": N_("code of the community"),
        "kind": N_("community or village"),
        "name": N_("name of the place"),
        "intro": N_("what it says of itself"),
        "topics": N_("what is being discussed: id, title and state"),
        "agreements": N_("agreements in force: id, title, version and first day"),
        "disclosures": N_("what was published last: id, title, subject and when"),
        "requests": N_("requests of a year: how many, answered, solved, and the middle time in minutes"),
        "activities": N_("coming activities: id, title and when"),
        "grids": N_("codes of its grids"),
    },
)


@bp.get("/communities")
@bp.get("/communities.json", endpoint="communities_json")
@access.anyone
def communities() -> Response:
    compared = comparing.communities(clock.now())
    return page(
        "home/communities.html",
        twin=lambda: {"items": [_line(one) for one in compared], "next": None},
        compared=compared,
        measures=MEASURES,
        lengths=comparing.lengths(compared),
        figure=figure,
    )


@bp.get("/places/<code>.json", endpoint="place_json")
@bp.get("/places/<code>")
@access.anyone
def place(code: str) -> Response:
    at = clock.now()
    front = found(queries.front_of(code, current_user, at))
    return page(
        "home/place.html",
        twin=lambda: _front(front),
        front=front,
        household_name=household_name,
        period_words=period_words,
        rise=rise,
        took=_time,
        at=at,
    )


def figure(name: str, value: float | None) -> str:
    """A measure in words; a dash where it stays unsaid."""
    if value is None:
        return "—"
    if name in comparing.SHARES:
        return say.share(round(value * 1000), 1000)
    return _time(value) if name == "median_minutes" else say.number(value)


def _time(minutes: float) -> str:
    """A long time in days, a short one in hours and minutes."""
    if minutes < 2 * 24 * 60:
        return say.hours(round(minutes))
    return _("%(num)s days", num=say.number(round(minutes / 24 / 60, 1)))


def _line(one: Compared) -> dict[str, Any]:
    figures = {name: round(value, 3) if value is not None else None for name, value in one.figures.items()}
    return {"code": one.code, "kind": one.kind, "name": one.name, "households": one.households, **figures}


def _front(front: queries.Front) -> dict[str, Any]:
    place, requests = front.place, front.requests
    return {
        "code": place.code, "kind": place.kind, "name": place.name,
        "intro": place.intro,
        "topics": [{"id": row.id, "title": row.title, "state": row.state} for row in front.topics],
        "agreements": [
            {
                "id": row.id, "title": row.title, "version": version.number,
                "effective_from": version.effective_from,
            }
            for row, version in front.agreements
        ],
        "disclosures": [
            {
                "id": row.id, "title": row.title, "subject": row.subject,
                "published_at": row.published_at,
            }
            for row in front.disclosures
        ],
        "requests": requests and {
            "number": requests.number, "answered": requests.answered, "solved": requests.solved,
            "median_minutes": requests.median_minutes,
        },
        "activities": [
            {"id": row.id, "title": row.title, "starts_at": row.starts_at}
            for row in front.coming
        ],
        "grids": [grid.code for grid in front.grids],
    }  # fmt: skip
