"""What agreements announce."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.kit.words import Words


@dataclass(frozen=True)
class AgreedLine:
    """A line of the tariff as an article sets it: the whole document, and how the article is called and found."""

    document: Mapping[str, Any]
    clause: Words
    href: str


@dataclass(frozen=True)
class Adopted:
    """The ballot on a version carried: from that local day on it is in force, with the lines that its articles set.

    `at` is the closing of the ballot, however late it was written down.
    """

    agreement_id: int
    version_id: int
    number: int
    title: Words
    place_id: int
    place_path: str
    effective_from: date
    lines: tuple[AgreedLine, ...]
    at: datetime


@dataclass(frozen=True)
class Signed:
    """A household signed the version in force; `first`: it had never signed an agreement before."""

    signature_id: int
    agreement_id: int
    version_id: int
    household_id: int
    resident_id: int
    first: bool
    at: datetime


@dataclass(frozen=True)
class ConsultationOpened:
    """A version is out for comment."""

    agreement_id: int
    version_id: int
    number: int
    title: Words
    place_path: str
    until: datetime
    at: datetime


@dataclass(frozen=True)
class AdoptionOpened:
    """A version is put to the vote."""

    agreement_id: int
    version_id: int
    number: int
    title: Words
    place_path: str
    closes_at: datetime
    effective_from: date
    at: datetime
