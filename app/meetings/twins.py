"""The public pages of meetings as open data; described in the data dictionary."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.kit.open_data import ID, publish
from app.kit.paging import Slice
from app.kit.refusal import N_
from app.meetings import queries
from app.meetings.showing import MeetingPage

_MEETING = {
    "id": ID,
    "kind": N_("sitting, open_day or on_site"),
    "title": N_("the meeting in one line"),
    "place": N_("the place it concerns"),
    "where": N_("the room or spot where it is held"),
    "state": N_("called, put_off, in_session, owing (minutes to come), late (minutes overdue), minutes or cancelled"),
    "starts_at": N_("when it begins"),
    "ends_at": N_("when it ends"),
    "capacity": N_("how many seats there are; null where as many as want may come"),
    "signed_up": N_("how many have signed up"),
    "about": N_("the page of what it is about"),
}
publish("/sittings.json", N_("Council sittings"), _MEETING)
publish("/open-days.json", N_("Open Days and On-site Meetings"), _MEETING)
publish(
    "/sittings/<id>.json",
    N_("One meeting with its agenda and minutes"),
    _MEETING
    | {
        "agenda": N_("its points, in their order"),
        "put_off": N_("every time it was put off: when, from when, to when and why"),
        "cancelled": N_("why it was called off"),
        "present": N_("how many were there, by the part they came in"),
        "conclusions": N_("what was agreed"),
        "minutes": N_("all texts of the minutes, the one that counts first, with what each corrects"),
    },
)


def meeting_list(rows: Slice, at: datetime) -> dict[str, Any]:
    return {"items": [_row(row, at) for row in rows.rows], "next": rows.next}


def _row(row: Any, at: datetime) -> dict[str, Any]:
    return {
        "id": row.id, "kind": row.kind, "title": row.title, "place": row.place,
        "where": row.venue, "state": queries.state_of(row, at), "starts_at": row.starts_at,
        "ends_at": row.ends_at, "capacity": row.capacity, "signed_up": row.taken, "about": row.href,
    }  # fmt: skip


def meeting(here: MeetingPage) -> dict[str, Any]:
    return _row(here.row, here.at) | {
        "agenda": list(here.agenda),
        "put_off": [
            {
                "at": move.at, "from": move.from_starts_at, "to": move.to_starts_at,
                "why": move.why,
            }
            for move in here.moves
        ],
        "cancelled": here.row.cancelled_why if here.cancelled else None,
        "present": here.parts,
        "conclusions": list(here.conclusions),
        "minutes": [
            {
                "number": text.number, "text": text.text, "published_at": text.published_at,
                "corrects": text.corrects,
            }
            for text in here.texts
        ],
    }  # fmt: skip
