"""Questions, their options, the frozen roll, the ballots, and extensions."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.ballots.guards import fixed_at_opening
from app.ballots.papers import METHODS
from app.kit.append_only import append_only
from app.kit.db import Base
from app.kit.words import Words

# The most signs on a paper: the keys of all options with what stands between them.
LONGEST_KEY, MOST_OPTIONS = 24, 20
LONGEST_PAPER = MOST_OPTIONS * (LONGEST_KEY + 5)
CHANNELS = ("web", "paper", "counter", "proxy")


def _one_of(column: str, words: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(map(repr, words))})"


class Question(Base):
    """What is voted on, by whom, from when until when. Nothing of it changes after opening but a later `closes_at`.

    `subject` is what the vote is about, like `topic:12`; `text_name`, `text_href` and `text_hash` say which text is
    voted on, as it was then. `scope` lists who is on the roll: `[path, role]`, without a role whoever lives there.
    Quorum and threshold are exact fractions: of the roll or of the electors `active` lately (`quorum_size` many), and
    of the votes that choose or of the roll. `default_key` is the option "none of these"; `ties` says what ends a tie
    for the result. A secret question has no `ballots`, but marks and papers without a name (`secret_models`).
    """

    __tablename__ = "questions"
    __table_args__ = (
        CheckConstraint(_one_of("method", METHODS), name="method"),
        CheckConstraint("electorate IN ('person', 'household')", name="electorate"),
        CheckConstraint("quorum_of IN ('roll', 'active')", name="quorum_of"),
        CheckConstraint("threshold_of IN ('chose', 'roll')", name="threshold_of"),
        CheckConstraint("ties IN ('again', 'lot')", name="ties"),
        CheckConstraint("opens_at < closes_at AND planned_close <= closes_at", name="times"),
        CheckConstraint("quorum_part >= 0 AND quorum_part <= quorum_whole AND quorum_whole > 0", name="quorum"),
        CheckConstraint(
            "threshold_part >= 0 AND threshold_part <= threshold_whole AND threshold_whole > 0", name="threshold"
        ),
        CheckConstraint("seats > 0 AND best > 0", name="seats"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(64), index=True)
    place_path: Mapped[str] = mapped_column(String(120))
    scope: Mapped[list[Any]]
    wording: Mapped[Words]
    text_name: Mapped[Words | None]
    text_href: Mapped[str | None] = mapped_column(String(200))
    text_hash: Mapped[str | None] = mapped_column(String(64))
    method: Mapped[str] = mapped_column(String(16))
    electorate: Mapped[str] = mapped_column(String(16))
    secret: Mapped[bool] = mapped_column(default=False)
    quorum_part: Mapped[int]
    quorum_whole: Mapped[int]
    quorum_of: Mapped[str] = mapped_column(String(8), default="roll")
    quorum_size: Mapped[int] = mapped_column(default=0)
    threshold_part: Mapped[int]
    threshold_whole: Mapped[int]
    threshold_of: Mapped[str] = mapped_column(String(8), default="chose")
    default_key: Mapped[str | None] = mapped_column(String(LONGEST_KEY))
    seats: Mapped[int] = mapped_column(default=1)
    best: Mapped[int] = mapped_column(default=5)
    ties: Mapped[str] = mapped_column(String(8), default="again")
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime] = mapped_column(index=True)
    planned_close: Mapped[datetime]  # as published at opening
    roll_size: Mapped[int] = mapped_column(default=0)
    roll_hash: Mapped[str] = mapped_column(String(64), default="")
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))

    @property
    def quorum(self) -> Fraction:
        return Fraction(self.quorum_part, self.quorum_whole)

    @property
    def threshold(self) -> Fraction:
        return Fraction(self.threshold_part, self.threshold_whole)


class QuestionOption(Base):
    """One answer and what it means, as published at opening. `ratio`: by how many to one it must beat the default."""

    __tablename__ = "question_options"
    __table_args__ = (
        UniqueConstraint("question_id", "place"),
        CheckConstraint("ratio > 0", name="ratio"),
    )

    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(LONGEST_KEY), primary_key=True)
    place: Mapped[int]  # in the order of the paper
    label: Mapped[Words]
    means: Mapped[Words | None]
    ratio: Mapped[int] = mapped_column(default=1)


class RollEntry(Base):
    """One elector: a person or a household, as it was the moment voting opened.

    `representative_id` votes for the household, where it had named somebody by then.
    """

    __tablename__ = "roll_entries"
    __table_args__ = (
        UniqueConstraint("question_id", "resident_id"),
        UniqueConstraint("question_id", "household_id"),
        CheckConstraint("(resident_id IS NULL) <> (household_id IS NULL)", name="elector"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"))
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"), index=True)
    household_id: Mapped[int | None] = mapped_column(ForeignKey("households.id"), index=True)
    representative_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))


class Ballot(Base):
    """The one counted vote of an elector in an open ballot; a changed vote replaces it.

    `choice` is the paper (`papers`). Only a digest of the receipt is kept. `cast_by` is whose vote it is; where others
    brought it in, `entered_by` is who typed it or held the proxy, `confirmed_by` the second of two who read a paper.
    """

    __tablename__ = "ballots"
    __table_args__ = (
        UniqueConstraint("roll_entry_id"),  # one elector, one counted vote
        UniqueConstraint("question_id", "cast_by"),  # nobody votes for two households, whichever way people move
        UniqueConstraint("question_id", "receipt_hash"),
        CheckConstraint(_one_of("channel", CHANNELS), name="channel"),
        CheckConstraint("(channel = 'web') = (entered_by IS NULL)", name="entered"),
        CheckConstraint("(channel = 'paper') = (confirmed_by IS NOT NULL)", name="confirmed"),
        CheckConstraint("confirmed_by <> entered_by", name="two_people"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"))
    roll_entry_id: Mapped[int] = mapped_column(ForeignKey("roll_entries.id"))
    choice: Mapped[str] = mapped_column(String(LONGEST_PAPER))
    receipt_hash: Mapped[str] = mapped_column(String(64))
    cast_by: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))
    channel: Mapped[str] = mapped_column(String(8), default="web")
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))
    cast_at: Mapped[datetime]
    changed_at: Mapped[datetime | None]


class Extension(Base):
    """A later closing time, given before closing, with its public reason."""

    __tablename__ = "question_extensions"

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"), index=True)
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))
    closed_at: Mapped[datetime]  # as it was until then
    closes_at: Mapped[datetime]
    why: Mapped[Words]


for _table in (QuestionOption, RollEntry, Extension):
    append_only(_table.__table__)  # type: ignore[arg-type]
fixed_at_opening(Question.__table__)  # type: ignore[arg-type]
