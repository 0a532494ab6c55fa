"""What disclosures announce."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.kit.words import Words


@dataclass(frozen=True)
class Published:
    """An item, or a new revision of one, can be read by everybody."""

    disclosure_id: int
    revision: int
    draft_id: int
    subject: str
    title: Words
    text: Words
    place_id: int
    place_path: str
    at: datetime


@dataclass(frozen=True)
class DraftSent:
    """A draft waits for a supervisor to countersign it."""

    draft_id: int
    title: Words
    place_path: str
    at: datetime


@dataclass(frozen=True)
class DraftSentBack:
    """A supervisor gave a draft back to its author with a note."""

    draft_id: int
    title: Words
    author_id: int
    place_path: str
    at: datetime


@dataclass(frozen=True)
class QuestionAsked:
    """A resident asked about an item; the committee is to answer before `due_at`."""

    question_id: int
    disclosure_id: int
    title: Words
    asker_id: int
    place_path: str
    due_at: datetime
    at: datetime


@dataclass(frozen=True)
class QuestionAnswered:
    """The committee answered; the asker may ask once more."""

    question_id: int
    disclosure_id: int
    title: Words
    asker_id: int
    at: datetime
