"""Accounts of a community currency as Sarafu (Kenya) published them: what each member has, and what went in and out.

Balances have up to fifteen decimals, and are kept as exact as they are written. A member is a person or a group; the
accounts of the system (ADMIN) issue what the others have.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.cli.formats.reading import BadLine, cell, shortened, text_of, whole_number
from app.points.rules import MOST

VOLUMES = ("ovol_in", "ovol_out", "svol_in", "svol_out")  # all of them, and those of trade among members
TIMES = (
    "otxns_in", "otxns_out", "ounique_in", "ounique_out", "stxns_in", "stxns_out", "sunique_in", "sunique_out",
)  # fmt: skip
_ABOUT = ("start", "location", "held_roles", "business_type", "confidence")
_COLUMNS = frozenset(("id", "bal", *_ABOUT, *VOLUMES, *TIMES))
_MEMBERS, _ISSUER = ("BENEFICIARY", "GROUP_ACCOUNT"), "ADMIN"
_DECIMAL = re.compile(r"-?(0|[1-9]\d{0,11})(\.\d{1,18})?", re.ASCII)
NOWHERE = "Unknown location"
LONGEST_VILLAGE, LONGEST_ID, LONGEST_TEXT = 24, 20, 60
FIRST_YEAR, LAST_YEAR = 1990, 2100


@dataclass(frozen=True)
class CommunityAccount:
    """One account. `issues`: it belongs to the system and not to a member. `origin`: the other columns as they are."""

    line: int
    number: str
    since: date
    village: str
    issues: bool
    balance: str
    origin: dict[str, str]

    @property
    def whole(self) -> int:
        """The whole points that a member takes along; an issuer takes none."""
        return 0 if self.issues else int(Decimal(self.balance))


def knows(columns: tuple[str, ...]) -> bool:
    return frozenset(columns) == _COLUMNS


def account(line: int, fields: dict[str, str]) -> CommunityAccount:
    """Read one account. Raises `BadLine`, also for a member with less than nothing: nobody here begins in debt."""
    role = text_of(fields, "held_roles", most=LONGEST_TEXT)
    if role not in (*_MEMBERS, _ISSUER):
        raise BadLine(f"held_roles is {shortened(role)!r}; known are {', '.join((*_MEMBERS, _ISSUER))}")
    for name in VOLUMES:
        _decimal(fields, name)
    for name in TIMES:
        whole_number(fields, name)
    one = CommunityAccount(
        line, str(whole_number(fields, "id", least=1)), _day(text_of(fields, "start", most=LONGEST_TEXT)),
        text_of(fields, "location", most=LONGEST_VILLAGE, needed=False) or NOWHERE, role == _ISSUER,
        _decimal(fields, "bal", below_zero=role == _ISSUER),
        {name: fields[name] for name in (*_ABOUT, *VOLUMES, *TIMES)},
    )  # fmt: skip
    if one.whole > MOST:
        raise BadLine(f"bal is {one.balance}; one entry moves at most {MOST:,} points")
    return one


def _decimal(fields: dict[str, str], column: str, *, below_zero: bool = False) -> str:
    """A number as it is written: nothing is rounded."""
    text = cell(fields, column)
    if not _DECIMAL.fullmatch(text):
        raise BadLine(f"{column} is {shortened(text)!r}; a number like 11737.7260015591 is needed")
    if text.startswith("-") and not below_zero:
        raise BadLine(f"{column} is {shortened(text)}; only the balance of an account that issues is below zero")
    return text


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        raise BadLine(f"start is {shortened(text)!r}; a day like 2018-10-21 is needed") from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise BadLine(f"start lies outside what can be: {text}")
    return day
