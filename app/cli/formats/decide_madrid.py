"""Proposals of Decide Madrid and the threads of comments below them, in Spanish."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.cli.formats.reading import BadLine, cell, text_of, whole_number

_PROPOSALS = frozenset(
    "id url code title userId date summary text numComments status numSupports isAssociation".split()
)
_COMMENTS = frozenset(
    "id parentId proposalId page userId userType date time text numVotes numPositiveVotes numNegativeVotes".split()
)
_CLOCK = re.compile(r"(?:0 days )?(\d\d):(\d\d):(\d\d)")
_MADRID = ZoneInfo("Europe/Madrid")
LONGEST_TITLE, LONGEST_TEXT, LONGEST_COMMENT, LONGEST_NAME = 200, 10_000, 4_000, 64


@dataclass(frozen=True)
class Proposal:
    """One proposal. `supports` is the city's count; whoever supported has no account with us."""

    line: int
    number: int
    title: str
    text: str
    author: str
    opened_at: datetime
    is_open: bool
    supports: int


@dataclass(frozen=True)
class Remark:
    """One comment. `parent` is the number of the comment it answers, None when it stands alone."""

    line: int
    number: int
    proposal: int
    parent: int | None
    text: str
    author: str
    written_at: datetime
    approved: int
    disapproved: int


def knows(columns: tuple[str, ...]) -> bool:
    return frozenset(columns) in (_PROPOSALS, _COMMENTS)


def has_comments(columns: tuple[str, ...]) -> bool:
    return frozenset(columns) == _COMMENTS


def proposal(line: int, fields: dict[str, str]) -> Proposal:
    """Read one proposal. Its day starts at midnight in Madrid. Raises `BadLine`."""
    parts = (text_of(fields, name, most=LONGEST_TEXT, needed=False) for name in ("summary", "text"))
    status = text_of(fields, "status", most=20)
    if status not in ("open", "archived"):
        raise BadLine(f"status is {status!r}; it must be open or archived")
    return Proposal(
        line,
        whole_number(fields, "id", least=1),
        text_of(fields, "title", most=LONGEST_TITLE),
        "\n\n".join(part for part in parts if part),
        text_of(fields, "userId", most=LONGEST_NAME),
        _instant(_day(fields), time.min),
        status == "open",
        whole_number(fields, "numSupports"),
    )


def remark(line: int, fields: dict[str, str]) -> Remark:
    """Read one comment; its text may be empty and still have answers and votes. Raises `BadLine`."""
    clock = _CLOCK.fullmatch(cell(fields, "time"))
    if clock is None or int(clock[1]) > 23 or int(clock[2]) > 59 or int(clock[3]) > 59:
        raise BadLine(f"time is {fields['time'][:40]!r}; it must read like 0 days 10:50:19")
    parent = whole_number(fields, "parentId", least=-1)
    if parent == 0:
        raise BadLine("parentId is 0; it must be -1 or the id of a comment")
    return Remark(
        line,
        whole_number(fields, "id", least=1),
        whole_number(fields, "proposalId", least=1),
        None if parent == -1 else parent,
        text_of(fields, "text", most=LONGEST_COMMENT, needed=False),
        text_of(fields, "userId", most=LONGEST_NAME),
        _instant(_day(fields), time(int(clock[1]), int(clock[2]), int(clock[3]))),
        whole_number(fields, "numPositiveVotes"),
        whole_number(fields, "numNegativeVotes"),
    )


def _day(fields: dict[str, str]) -> date:
    text = cell(fields, "date")
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise BadLine(f"date is {text[:40]!r}; it must read like 2015-09-15") from error
    if not date(2000, 1, 1) <= day <= datetime.now(UTC).date() + timedelta(days=1):
        raise BadLine(f"date is {text}; it lies outside what can be")
    return day


def _instant(day: date, at: time) -> datetime:
    return datetime.combine(day, at, tzinfo=_MADRID).astimezone(UTC)
