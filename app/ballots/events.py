"""What ballots announce."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class VotingExtended:
    """Voting runs longer than it was said before."""

    question_id: int
    closes_at: datetime
    at: datetime


@dataclass(frozen=True)
class VoteCast:
    """An elector voted; `first` is False when an earlier vote was changed. Never says what the vote was.

    No `resident_id`: the paper of a household that bears no name.
    """

    question_id: int
    subject: str
    resident_id: int | None
    household_id: int | None
    secret: bool
    first: bool
    at: datetime
    electorate: str  # person or household: whose vote it was
    closes_at: datetime  # of the ballot, as it stood then


@dataclass(frozen=True)
class VoteEntered:
    """Somebody else entered an elector's vote, or put the sealed paper of a secret one into the urn.

    `channel` is `paper`, `counter` or `proxy`; `voter_id` whose vote it is, where that is known.
    """

    question_id: int
    roll_entry_id: int
    voter_id: int | None
    household_id: int | None
    channel: str
    secret: bool
    closes_at: datetime
    at: datetime


@dataclass(frozen=True)
class ProxyRegistered:
    """Staff wrote down a signed proxy: `holder_id` votes for whom `granter_id` votes for, until it is ended."""

    proxy_id: int
    question_id: int
    roll_entry_id: int
    granter_id: int
    holder_id: int
    closes_at: datetime
    at: datetime


@dataclass(frozen=True)
class VoteContested:
    """An elector said that a vote which others entered was not theirs; it is taken out."""

    question_id: int
    contested_id: int
    place_path: str
    at: datetime
