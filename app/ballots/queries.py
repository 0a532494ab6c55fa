"""Reads of ballots: what one person sees of a question at one moment. Results are in `results`."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, Integer, bindparam, case, false, func, literal, select
from sqlalchemy.engine import Row
from sqlalchemy.orm import aliased

from app.ballots import channels, results, rules
from app.ballots.counting import Count, Terms
from app.ballots.models import Ballot, Extension, Question, QuestionOption, RollEntry
from app.ballots.papers import ABSTAIN
from app.ballots.secret_models import SecretMark
from app.kit import clock
from app.kit.db import ask, db
from app.kit.refusal import Refusal
from app.kit.words import Words
from app.people.models import Resident
from app.people.rules import Anyone
from app.places.models import Place

AnyRow = Row[*tuple[Any, ...]]
_Named = aliased(Resident)  # whom a household had named


def _voted_for_by(resident_id: Any, household_id: Any) -> ColumnElement[bool]:
    """The own rows of the rolls, and those of the household. These are parameters: of no household there is no row."""
    return (RollEntry.resident_id == resident_id) | (RollEntry.household_id == household_id)


MINE = _voted_for_by(bindparam("resident_id"), bindparam("household_id"))


@dataclass(frozen=True)
class Answer:
    """One option as the page shows it; `votes` (votes, approvals, points, first places) is None until closing."""

    key: str
    label: Words
    means: Words | None
    ratio: int
    votes: int | None


@dataclass(frozen=True)
class Blank:
    """A blank paper: what it takes to read what somebody filled in."""

    id: int
    subject: str
    wording: Words
    secret: bool
    terms: Terms

    @property
    def method(self) -> str:
        return self.terms.method


@dataclass(frozen=True)
class VoteBox(Blank):
    """Everything a page shows of one question to one person at one moment.

    `parts` are the paths of those who vote where it is not the whole place. `cast`: how many have voted; None where
    that is said after closing only (`rules.shows_turnout`). `my_choice` is the paper of an open ballot; of a secret
    one only `my_mark` is known, the channel by which one voted.
    `outcome` is None until voting has closed.
    """

    text: rules.Text | None
    electorate: str
    parts: Sequence[str]
    roles: Sequence[str]
    phase: str
    opens_at: datetime
    closes_at: datetime
    planned_close: datetime
    roll_hash: str
    quorum: Fraction
    quorum_of: str
    quorum_size: int
    cast: int | None
    answers: Sequence[Answer]
    refusal: Refusal | None
    my_choice: str | None
    my_mark: str | None
    outcome: Count | None
    extensions: Sequence[AnyRow]
    desk: bool  # whether this person enters votes of others here
    entered: bool  # whether others entered the vote that stands for this person; until closing it can be contested

    @property
    def roll_size(self) -> int:
        return self.terms.roll_size

    @property
    def needed(self) -> int:
        return self.terms.quorum

    @property
    def threshold(self) -> Fraction:
        return self.terms.threshold

    @property
    def voted(self) -> bool:
        """Whether the elector that this person votes for has voted, and this person did it."""
        return self.my_choice is not None or self.my_mark is not None


def sealed_roll(question_id: int) -> tuple[int, str]:
    """How many electors there are, and SHA-256 over `resident:12` or `household:7`, one a line, in the order of ids."""
    query = (
        select(RollEntry.resident_id, RollEntry.household_id)
        .where(RollEntry.question_id == question_id)
        .order_by(RollEntry.resident_id, RollEntry.household_id)
    )
    lines = [f"resident:{one}" if one else f"household:{other}" for one, other in db.session.execute(query)]
    return len(lines), hashlib.sha256("\n".join(lines).encode()).hexdigest()


def elector(person: Anyone) -> ColumnElement[bool]:
    """The rows of the rolls that this person votes for: the own ones, and those of the household."""
    return _voted_for_by(literal(person.id, Integer), literal(person.household_id, Integer))


def stands_in() -> Any:
    """Who votes for the household of a row of the roll: whom it had named, as long as they still live there.

    A closed account is that of somebody who died or moved away.
    """
    lives_there = _Named.id == RollEntry.representative_id, _Named.household_id == RollEntry.household_id
    named = select(_Named.id).where(*lives_there, _Named.disabled_at.is_(None))
    return named.correlate(RollEntry).scalar_subquery()


def is_nobodys(cast_by: int | None, channel: str) -> bool:
    """Whether a household's vote came on a paper without a name: whoever votes for the household may change it."""
    return cast_by is None and channel == "paper"


def options_of(question_id: int) -> Sequence[AnyRow]:
    """The options in the order of the paper."""
    query = select(*QuestionOption.__table__.c).where(QuestionOption.question_id == question_id)
    return db.session.execute(query.order_by(QuestionOption.place)).all()


def turnout() -> Any:
    """For another statement on `Question`: how many electors have voted."""
    openly = select(func.count()).select_from(Ballot).where(Ballot.question_id == Question.id)
    secretly = select(func.count()).select_from(SecretMark).where(SecretMark.question_id == Question.id)
    return case(
        (Question.secret, secretly.correlate(Question).scalar_subquery()),
        else_=openly.correlate(Question).scalar_subquery(),
    )


def blank_paper(question_id: int) -> Blank | None:
    """For whoever sends one in: one statement, however many have voted."""
    row = ask(_BLANK, question_id=question_id).one_or_none()
    if row is None:
        return None
    terms = results.terms_of(row, results.ratios_of(row.options))
    return Blank(id=question_id, subject=row.subject, wording=row.wording, secret=row.secret, terms=terms)


_BLANK: Any = select(*Question.__table__.c, results.options_in_one().label("options")).where(
    Question.id == bindparam("question_id")
)


def vote_box(question_id: int, person: Anyone, at: datetime) -> VoteBox | None:
    """The question as this person sees it at this moment: two statements; more once it was extended or closed."""
    found = _question_and_own_row(question_id, person)
    if found is None:
        return None
    phase, own = rules.phase(found.opens_at, found.closes_at, at), found if found.roll_entry_id else None
    options = options_of(question_id)
    terms = results.terms_of(found, {one.key: one.ratio for one in options if one.key != ABSTAIN})
    outcome = results.counted(question_id, terms) if phase == "closed" else None
    mine = own is not None and (found.electorate == "person" or own.cast_by == person.id)
    parts = list(dict.fromkeys(path for path, _role in found.scope if path != found.place_path))
    return VoteBox(
        id=question_id, subject=found.subject, wording=found.wording, text=_text(found), electorate=found.electorate,
        secret=found.secret, parts=parts, roles=list(dict.fromkeys(role for _path, role in found.scope if role)),
        phase=phase, opens_at=found.opens_at,
        closes_at=found.closes_at, planned_close=found.planned_close, roll_hash=found.roll_hash,
        quorum=results.quorum_of(found), quorum_of=found.quorum_of, quorum_size=found.quorum_size,
        terms=terms, cast=found.cast if rules.shows_turnout(found.place_kind, parts, phase) else None,
        answers=answers(options, outcome),
        refusal=_refusal(found, own, person, mine=mine, phase=phase, at=at),
        my_choice=own.choice if own and mine else None, my_mark=own.channel if own and mine and found.secret else None,
        outcome=outcome, extensions=extensions(question_id) if found.closes_at != found.planned_close else (),
        desk=channels.staff_refusal(person, place_path=found.place_path) is None,
        entered=not found.secret and own is not None and _is_entered(own, mine=mine),
    )  # fmt: skip


def _is_entered(own: AnyRow, *, mine: bool) -> bool:
    return own.channel not in (None, "web") and (mine or is_nobodys(own.cast_by, own.channel))


def _text(found: AnyRow) -> rules.Text | None:
    return rules.Text(found.text_name, found.text_href, found.text_hash) if found.text_hash else None


def _refusal(found: AnyRow, own: AnyRow | None, person: Anyone, *, mine: bool, phase: str, at: datetime) -> Any:
    """The rule that keeps this person from voting now."""
    taken = own is not None and own.channel is not None and not mine and not is_nobodys(own.cast_by, own.channel)
    return rules.vote_refusal(
        phase=phase, opens_at=found.opens_at, closes_at=found.closes_at, electorate=found.electorate, person=person,
        on_roll=own is not None, taken=taken, on=clock.local(at).date(),
        stands_in=own is None or own.stands_in in (None, person.id),
    )  # fmt: skip


def _question_and_own_row(question_id: int, person: Anyone) -> AnyRow | None:
    """The question, and the row of the roll that this person votes for, with what was voted (openly) and by whom."""
    mine = elector(person) if person.is_verified else false()
    place_kind = select(Place.kind).where(Place.path == Question.place_path).correlate(Question).scalar_subquery()
    columns: tuple[Any, ...] = (
        *Question.__table__.c, turnout().label("cast"), place_kind.label("place_kind"),
        RollEntry.id.label("roll_entry_id"), Ballot.choice,
        func.coalesce(Ballot.cast_by, SecretMark.cast_by).label("cast_by"),
        func.coalesce(Ballot.channel, SecretMark.channel).label("channel"), stands_in().label("stands_in"),
    )  # fmt: skip
    query = (
        select(*columns)
        .select_from(Question)
        .outerjoin(RollEntry, (RollEntry.question_id == Question.id) & mine)
        .outerjoin(Ballot, Ballot.roll_entry_id == RollEntry.id)
        .outerjoin(SecretMark, SecretMark.roll_entry_id == RollEntry.id)
        .where(Question.id == question_id)
    )
    return db.session.execute(query).one_or_none()


def answers(options: Sequence[AnyRow], outcome: Count | None) -> list[Answer]:
    """The options in the order of the paper, with their sums once voting has closed."""
    sums = {**outcome.sums, ABSTAIN: outcome.cast - outcome.chose} if outcome else {}
    return [Answer(row.key, row.label, row.means, row.ratio, sums.get(row.key)) for row in options]


def extensions(question_id: int) -> Sequence[AnyRow]:
    """Every later closing time, oldest first: at, closed_at (until then), closes_at, why."""
    return db.session.execute(
        select(Extension.at, Extension.closed_at, Extension.closes_at, Extension.why)
        .where(Extension.question_id == question_id)
        .order_by(Extension.id)
    ).all()


def open_questions(person: Anyone, at: datetime, *, uncast: bool = True) -> ColumnElement[bool]:
    """A condition on `Question`: open now, this person on the roll, and (`uncast`) no vote of theirs yet."""
    openly = select(Ballot.id).where(Ballot.roll_entry_id == RollEntry.id).exists()
    voted = openly | select(SecretMark.roll_entry_id).where(SecretMark.roll_entry_id == RollEntry.id).exists()
    mine = (
        select(RollEntry.id)
        .where(
            RollEntry.question_id == Question.id,
            elector(person),
            ~voted if uncast else RollEntry.id.is_not(None),
        )
        .exists()
    )
    return (Question.opens_at <= at) & (Question.closes_at > at) & mine


def subject_of(question_id: int) -> str | None:
    """What a vote is about, like `topic:12`."""
    return db.session.scalar(select(Question.subject).where(Question.id == question_id))
