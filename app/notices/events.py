"""What notices announce."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.kit.words import Words


@dataclass(frozen=True)
class ObjectionFiled:
    """A resident objected to one line: it is held until the objection is answered."""

    objection_id: int
    notice_id: int
    subject: str
    line_key: str
    title: Words
    place_path: str
    href: str
    filed_by: int
    at: datetime


@dataclass(frozen=True)
class ObjectionAnswered:
    """Staff answered an objection; `upheld`: its line does not take effect."""

    objection_id: int
    notice_id: int
    subject: str
    line_key: str
    title: Words
    href: str
    upheld: bool
    filed_by: int
    at: datetime
