"""Volunteer opportunities of NYC Service, in English."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from app.cli.formats.reading import BadLine, cell, text_of, whole_number

_NEEDED = frozenset(
    """opportunity_id vol_requests title summary category_desc org_title locality recurrence_type start_date_date
    end_date_date created_date status""".split()
)
LONGEST_TITLE, LONGEST_TEXT, LONGEST_NAME = 200, 4_000, 200
MOST_PLACES = 100_000


@dataclass(frozen=True)
class Opportunity:
    """One opportunity to help. It runs from `starts_on` to `ends_on`, both days included, local to New York."""

    line: int
    number: int
    title: str
    summary: str
    category: str
    organisation: str
    where: str
    capacity: int
    is_ongoing: bool
    starts_on: date
    ends_on: date
    published_on: date
    is_approved: bool


def knows(columns: tuple[str, ...]) -> bool:
    return frozenset(columns) >= _NEEDED


def opportunity(line: int, fields: dict[str, str]) -> Opportunity:
    """Read one line. Raises `BadLine`."""
    recurrence = cell(fields, "recurrence_type")
    if recurrence not in ("onetime", "ongoing"):
        raise BadLine(f"recurrence_type is {recurrence[:40]!r}; it must be onetime or ongoing")
    starts_on, ends_on = _day(fields, "start_date_date"), _day(fields, "end_date_date")
    if ends_on < starts_on:
        raise BadLine(f"it ends on {ends_on} before it starts on {starts_on}")
    return Opportunity(
        line,
        whole_number(fields, "opportunity_id", least=1),
        text_of(fields, "title", most=LONGEST_TITLE),
        text_of(fields, "summary", most=LONGEST_TEXT, needed=False),
        text_of(fields, "category_desc", most=LONGEST_NAME, needed=False),
        text_of(fields, "org_title", most=LONGEST_NAME),
        text_of(fields, "locality", most=LONGEST_TEXT, needed=False).partition("\n(")[0],
        whole_number(fields, "vol_requests", least=1, most=MOST_PLACES),
        recurrence == "ongoing",
        starts_on,
        ends_on,
        _day(fields, "created_date"),
        cell(fields, "status") == "approved",
    )


def _day(fields: dict[str, str], column: str) -> date:
    text = cell(fields, column)
    try:
        return datetime.strptime(text, "%B %d %Y").date()  # noqa: DTZ007 - a day without a clock
    except ValueError as error:
        raise BadLine(f"{column} is {text[:40]!r}; it must read like January 30 2011") from error
