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
class SuggestionAdopted:
    """Staff marked a resident's suggestion as adopted."""

    comment_id: int
    author_id: int | None
    at: datetime
