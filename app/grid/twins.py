"""The public pages of the grid as open data; described in the data dictionary. No names, no doors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.grid.directory import Team
from app.grid.figures import Figures
from app.grid.models import GuideMatter
from app.grid.showing import RequestPage
from app.kit.open_data import ID, publish
from app.kit.paging import Slice
from app.kit.refusal import N_


def ledger(rows: Slice, at: datetime) -> dict[str, Any]:
    return {"items": [_row(row, at) for row in rows.rows], "next": rows.next}


def _row(row: Any, at: datetime) -> dict[str, Any]:
    return {
        "id": row.id, "number": row.number, "title": row.title, "category": row.category,
        "place": row.place, "state": row.state_now, "level": row.level_now,
        "received_at": row.received_at, "promised_at": row.promised_at,
        "overdue": row.state_now in ("received", "assigned", "handling", "reopened") and row.promised_at <= at,
        "resolved_at": row.resolved_at, "minutes_taken": row.minutes_taken, "outcome": row.outcome,
        "verdict": row.verdict, "stars": row.stars, "followers": row.followers,
    }  # fmt: skip


def request(here: RequestPage) -> dict[str, Any]:
    """One request with its history."""
    row = here.request
    return {
        "id": row.id, "number": row.number, "title": row.title, "text": row.text,
        "category": row.category, "place": row.place, "spot": row.spot, "state": here.state,
        "level": here.now.level, "overdue": here.is_overdue, "received_at": row.received_at,
        "promised_at": row.promised_at, "goes_up_at": here.rises_at,
        "resolved_at": row.resolved_at, "minutes_taken": row.minutes_taken, "outcome": row.outcome,
        "answer": row.answer, "verdict": row.verdict, "stars": row.stars, "followers": row.followers,
        "linked_to": row.linked_to,
        "history": [
            {
                "step": line["action"], "at": line["at"], "level": line["level"], "why": line["why"],
                "department": line["department"],
            }
            for line in here.changes
        ],
    }  # fmt: skip


def figures(whole: Figures | None, tables: Mapping[str, Sequence[Figures]]) -> dict[str, Any]:
    return {"whole": _figures(whole) if whole else None} | {
        name: [_figures(one) for one in rows] for name, rows in tables.items()
    }


def _figures(one: Figures) -> dict[str, Any]:
    return {
        "key": one.key, "name": one.name, "number": one.number, "answered": one.answered,
        "solved": one.solved, "on_time": one.on_time, "rated": one.rated, "satisfaction": one.satisfaction,
        "median_minutes": one.median_minutes,
    }  # fmt: skip


def teams(rows: Sequence[Team]) -> dict[str, Any]:
    return {
        "items": [
            {
                "code": one.grid.code, "name": one.grid.name,
                "members": [
                    {
                        "role": who.role, "duty": who.duty, "reach": who.reach,
                        "stand_in": who.stand_in,
                    }
                    for who in one.members
                ],
                "night_days": one.roster.night_days if one.roster else [],
                "night_from": one.roster.night_from if one.roster else None,
                "night_to": one.roster.night_to if one.roster else None,
            }
            for one in rows
        ],
        "next": None,
    }  # fmt: skip


def guide(matters: Sequence[GuideMatter]) -> dict[str, Any]:
    return {
        "items": [
            {
                "key": one.key, "name": one.name, "window": one.window, "papers": one.papers,
                "working_days": one.working_days,
            }
            for one in matters
        ],
        "next": None,
    }  # fmt: skip


_REQUEST = {
    "id": ID,
    "number": N_("number of the request within its year"),
    "title": N_("the matter in one line"),
    "category": N_("what it is about"),
    "place": N_("the place it concerns"),
    "state": N_("where it stands"),
    "level": N_("who has it: grid, community or street"),
    "received_at": N_("when it was reported"),
    "promised_at": N_("when its deadline is over"),
    "overdue": N_("whether it is still open after its deadline"),
    "resolved_at": N_("when the handler reported back"),
    "minutes_taken": N_("minutes from reporting to the answer"),
    "outcome": N_("how it ended, by the handler: solved, partly, not_solved or explained"),
    "verdict": N_("how it ended, by the reporter: solved, partly or not_solved"),
    "stars": N_("how it was handled, by the reporter: 1 to 5"),
    "followers": N_("how many other neighbours it concerns"),
}
publish("/requests.json", N_("Public requests, without names"), _REQUEST)
publish(
    "/requests/<id>.json",
    N_("One request with its history"),
    {
        **_REQUEST,
        "text": N_("the whole text"),
        "spot": N_("the spot in words"),
        "goes_up_at": N_("when it goes up by itself"),
        "answer": N_("the handler's answer"),
        "linked_to": N_("the request in which it goes on"),
        "history": N_("every step: what, when, at which level, and why"),
    },
)
publish(
    "/requests/figures.json",
    N_("How requests were handled, by category and by grid; rows under five are left out"),
    {
        "whole": N_("all requests of a year together; null when there are fewer than five"),
        "by_category": N_("a row for each kind of matter"),
        "by_category.key": N_("the kind of matter, or the number of the grid"),
        "by_category.name": N_("name of the grid"),
        "by_category.number": N_("how many were reported"),
        "by_category.answered": N_("how many were answered"),
        "by_category.solved": N_("how many of those are solved, by the reporter's word where there is one"),
        "by_category.on_time": N_("how many of those were answered within their deadline"),
        "by_category.rated": N_("how many were rated"),
        "by_category.satisfaction": N_("the mean of the ratings, 1 to 5"),
        "by_category.median_minutes": N_("the middle one of the times from reporting to the answer, in minutes"),
        "by_grid": N_("a row for each grid, with the same fields"),
    },
)
publish(
    "/service-team.json",
    N_("The service team of each grid"),
    {
        "code": N_("code of the grid"),
        "name": N_("name of the grid"),
        "members": N_("who serves there"),
        "members.role": N_("as what somebody serves"),
        "members.duty": N_("what for"),
        "members.reach": N_("when and how to reach them"),
        "members.stand_in": N_("who stands in"),
        "night_days": N_("weekdays on duty in the evening, 0 for Monday"),
        "night_from": N_("from what time in the evening"),
        "night_to": N_("until what time"),
    },
)
publish(
    "/service-guide.json",
    N_("What is handled at which window"),
    {
        "key": N_("key of the matter, which does not change"),
        "name": N_("the matter"),
        "window": N_("where"),
        "papers": N_("what to bring"),
        "working_days": N_("in how many working days"),
    },
)
