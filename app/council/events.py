"""What the council announces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class TopicTakenUp:
    """A proposal came under discussion: enough neighbours support it, or staff accepted it.

    `proposer_id` is None for imported topics, and where staff accepted what their own household proposed.
    """

    topic_id: int
    proposer_id: int | None
    at: datetime


@dataclass(frozen=True)
class ResultRecorded:
    """How a closed ballot ended is written down: carried, not_carried or no_quorum, as of its closing."""

    topic_id: int
    question_id: int
    outcome: str
    at: datetime


@dataclass(frozen=True)
class OfficialAnswerGiven:
    """The committee answered under a topic."""

    topic_id: int
    comment_id: int
    by_id: int
    at: datetime


@dataclass(frozen=True)
class CommentHidden:
    """Staff hid what was said."""

    comment_id: int
    at: datetime


@dataclass(frozen=True)
class SuggestionAdopted:
    """Staff marked a resident's suggestion as adopted."""

    comment_id: int
    author_id: int | None
    at: datetime


@dataclass(frozen=True)
class SuggestionCarriedOut:
    """An adopted suggestion is carried out with its topic, or was when it was adopted. May be announced again.

    Not of somebody who lives with the member of staff who adopted it.
    """

    comment_id: int
    author_id: int
    adopted_by: int | None
    at: datetime
