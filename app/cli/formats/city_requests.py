"""Service requests of cities, in English: Baltimore's and New York's tables, Chicago's Open311 list with its notes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.cli.formats.reading import BadLine, cell, shortened, text_of

_BALTIMORE = frozenset("ServiceRequestNum SRType MethodReceived CreatedDate SRStatus DueDate CloseDate Agency".split())
_NEW_YORK = frozenset({"Unique Key", "Created Date", "Closed Date", "Agency", "Complaint Type", "Descriptor", "Status"})
_CHICAGO = frozenset("service_request_id status service_name requested_datetime notes".split())
_EASTERN = ZoneInfo("America/New_York")
LONGEST_TEXT, LONGEST_NAME, LONGEST_NUMBER = 2_000, 120, 40

# Their words for where a request stands, and ours.
_STATES = {
    "New": "received", "Open": "handling", "Assigned": "assigned", "In Progress": "handling", "Pending": "handling",
    "Closed": "closed", "Closed (Duplicate)": "closed", "Open (Duplicate)": "linked", "open": "handling",
    "closed": "closed",
}  # fmt: skip
# Kinds of notes on an Open311 request, and our steps.
NOTE_STEPS = {
    "submitted": "submit", "opened": "receive", "activity": "note", "follow_on_created": "call_in",
    "follow_on_closed": "reply", "closed": "close",
}  # fmt: skip


@dataclass(frozen=True)
class Note:
    """One line of the history that a city publishes: its kind, and what it says."""

    kind: str
    at: datetime
    text: str


@dataclass(frozen=True)
class CityRequest:
    """One request. `status`, `agency`, `kind` and `method` are the city's own words; `state` is ours.

    `where` is a neighbourhood or street without the number of a house. `answer` is what the city told.
    """

    line: int
    city: str
    number: str
    kind: str
    text: str
    where: str
    agency: str
    method: str
    status: str
    state: str
    received_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    answer: str
    notes: Sequence[Note] = ()


def knows(columns: tuple[str, ...]) -> bool:
    return any(needed <= frozenset(columns) for needed in (_BALTIMORE, _NEW_YORK, _CHICAGO))


def request(line: int, fields: dict[str, Any]) -> CityRequest:
    """Read one request of whichever city has such columns. Raises `BadLine`."""
    for needed, read in ((_CHICAGO, _chicago), (_NEW_YORK, _new_york), (_BALTIMORE, _baltimore)):
        if fields.keys() >= needed:
            return read(line, fields)
    raise BadLine(f"it lacks {', '.join(sorted(_CHICAGO - fields.keys()))[:120]}")


def _baltimore(line: int, fields: dict[str, str]) -> CityRequest:
    kind, status = text_of(fields, "SRType", most=LONGEST_NAME), text_of(fields, "SRStatus", most=LONGEST_NAME)
    return CityRequest(
        line, "Baltimore", text_of(fields, "ServiceRequestNum", most=LONGEST_NUMBER), kind, kind.partition("-")[2],
        text_of(fields, "Neighborhood", most=LONGEST_NAME, needed=False),
        text_of(fields, "Agency", most=LONGEST_NAME), text_of(fields, "MethodReceived", most=LONGEST_NAME),
        status, _state(status), _needed(fields, "CreatedDate"), _moment(fields, "DueDate"),
        _moment(fields, "CloseDate"), "",
    )  # fmt: skip


def _new_york(line: int, fields: dict[str, str]) -> CityRequest:
    status = text_of(fields, "Status", most=LONGEST_NAME)
    street, borough = (
        text_of(fields, name, most=LONGEST_NAME, needed=False) if name in fields else ""
        for name in ("Street Name", "Borough")
    )
    return CityRequest(
        line, "New York", text_of(fields, "Unique Key", most=LONGEST_NUMBER),
        text_of(fields, "Complaint Type", most=LONGEST_NAME), text_of(fields, "Descriptor", most=400, needed=False),
        ", ".join(part for part in (street.title(), borough.title()) if part),
        text_of(fields, "Agency", most=LONGEST_NAME), _channel(fields),
        status, _state(status), _needed(fields, "Created Date"),
        _moment(fields, "Due Date") if "Due Date" in fields else None, _moment(fields, "Closed Date"),
        text_of(fields, "Resolution Description", most=LONGEST_TEXT, needed=False)
        if "Resolution Description" in fields else "",
    )  # fmt: skip


def _channel(fields: dict[str, str]) -> str:
    name = "Open Data Channel Type"
    return cell(fields, name)[:LONGEST_NAME] if name in fields else ""


def _chicago(line: int, fields: dict[str, Any]) -> CityRequest:
    """GeoReport v2 with notes (wiki.open311.org/GeoReport_v2); instants carry their own zone."""
    status = _text(fields, "status")
    notes = [_note(one) for one in _list(fields, "notes")]
    closed = [one.at for one in notes if one.kind == "closed"]
    extended: Any = fields.get("extended_attributes")
    return CityRequest(
        line, "Chicago", _text(fields, "service_request_id")[:LONGEST_NUMBER], _text(fields, "service_name"),
        _text(fields, "description", needed=False), _without_door(_text(fields, "address", needed=False)),
        _text(fields, "agency_responsible", needed=False),
        str(extended.get("channel", ""))[:LONGEST_NAME] if isinstance(extended, dict) else "",
        status, _state(status), _instant(_text(fields, "requested_datetime")), None, closed[-1] if closed else None,
        _text(fields, "status_notes", needed=False), notes,
    )  # fmt: skip


def _note(fields: Any) -> Note:
    if not isinstance(fields, dict):
        raise BadLine("a note is not an object")
    kind = _text(fields, "type")
    if kind not in NOTE_STEPS:
        raise BadLine(f"a note has the type {shortened(kind)!r}; known are {', '.join(NOTE_STEPS)}")
    parts = (_text(fields, name, needed=False) for name in ("summary", "description"))
    return Note(kind, _instant(_text(fields, "datetime")), ": ".join(part for part in parts if part))


def _state(status: str) -> str:
    if status not in _STATES:
        raise BadLine(f"the status {shortened(status)!r} is not known; known are {', '.join(_STATES)}")
    return _STATES[status]


def _needed(fields: dict[str, str], column: str) -> datetime:
    moment = _moment(fields, column)
    if moment is None:
        raise BadLine(f"{column} is empty")
    return moment


def _moment(fields: dict[str, str], column: str) -> datetime | None:
    """01/31/2014 03:53:10 AM on the clocks of the East Coast; None for an empty field."""
    text = cell(fields, column)
    if not text:
        return None
    try:
        local = datetime.strptime(text, "%m/%d/%Y %I:%M:%S %p").replace(tzinfo=_EASTERN)
    except ValueError as error:
        raise BadLine(f"{column} is {shortened(text)!r}; it must read like 01/31/2014 03:53:10 AM") from error
    return _possible(local, column)


def _instant(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadLine(f"{shortened(text)!r} is not a moment like 2014-05-09T19:02:21-05:00") from error
    if moment.tzinfo is None:
        raise BadLine(f"{shortened(text)!r} does not say its time zone")
    return _possible(moment, "a moment")


def _possible(moment: datetime, name: str) -> datetime:
    if not 1990 <= moment.year <= 2100:
        raise BadLine(f"{name} lies outside what can be: {moment:%Y-%m-%d}")
    return moment.astimezone(UTC)


def _text(fields: dict[str, Any], name: str, *, needed: bool = True) -> str:
    value = fields.get(name)
    text = value.strip() if isinstance(value, str) else ""
    if needed and not text:
        raise BadLine(f"{name} is missing")
    if len(text) > LONGEST_TEXT or "\0" in text:
        raise BadLine(f"{name} has {len(text)} characters; at most {LONGEST_TEXT} fit")
    return text


def _list(fields: dict[str, Any], name: str) -> list[Any]:
    value = fields[name]
    if not isinstance(value, list):
        raise BadLine(f"{name} is not a list")
    return value


def _without_door(address: str) -> str:
    """The street of an address: what stands before its first letter is the number of a house."""
    street = address.partition(",")[0]
    return re.sub(r"^[\d\s\-]+", "", street)[:LONGEST_NAME]
