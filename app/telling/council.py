"""What people are told about topics and votes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, literal, or_, select, union

from app.agreements.models import Agreement, Version
from app.ballots.events import VoteCast, VotingExtended
from app.ballots.models import Ballot, Question, RollEntry
from app.ballots.secret_models import SecretMark
from app.council.events import CommentHidden, OfficialAnswerGiven, ResultRecorded, SuggestionAdopted, TopicTakenUp
from app.council.models import Topic, TopicSupport
from app.discussion.models import Comment
from app.kit.db import db, locked
from app.kit.refusal import N_
from app.messages import operations as messages
from app.messages.operations import Ids
from app.messages.rules import Phrase, describe, describe_group
from app.people.models import Resident
from app.telling.whom import grown_up

REMIND_BEFORE = timedelta(hours=24)

describe_group("council", N_("Topics and votes"))
describe(
    "council.closing",
    name=N_("A vote is about to close and I have not voted"),
    subject=N_('Voting on "%(title)s" ends soon'),
    text=N_('Voting on "%(title)s" ends %(until)s. You have not voted yet.'),
    way="now",
)
describe(
    "council.result",
    name=N_("The result of a vote that I could take part in"),
    subject=N_('"%(title)s": %(outcome)s'),
    text=N_("Voting has ended. You can see the count and what happens next."),
)
describe(
    "council.taken_up",
    name=N_("A topic that I proposed or supported is under discussion"),
    subject=N_('"%(title)s" is under discussion'),
    text=N_("Enough neighbours want it, or the committee took it up. Say what you think."),
)
describe(
    "council.answered",
    name=N_("The committee answers my topic or my comment"),
    subject=N_('The committee has answered on "%(title)s"'),
    text=N_("Read the answer; you can ask again beneath it."),
)
describe(
    "council.adopted",
    name=N_("A suggestion of mine is adopted"),
    subject=N_("Your suggestion is adopted"),
    text=N_('It belongs to the topic "%(title)s". Thank you for it.'),
)
_OUTCOMES = {
    "carried": Phrase(N_("the vote was carried")),
    "not_carried": Phrase(N_("the vote was not carried")),
    "no_quorum": Phrase(N_("too few took part in the vote")),
}


def topic_taken_up(event: TopicTakenUp) -> None:
    """Whoever proposed the topic, and whoever wanted it with them."""
    topic = db.session.get_one(Topic, event.topic_id)
    both = union(
        select(TopicSupport.resident_id).where(TopicSupport.topic_id == topic.id),
        select(Topic.proposer_id).where(Topic.id == topic.id, Topic.proposer_id.is_not(None)),
    ).subquery()
    messages.tell_all(
        select(both.c.resident_id), "council.taken_up",
        values={"title": topic.title}, href=f"/topics/{topic.id}", because=f"taken-up:{topic.id}", at=event.at,
    )  # fmt: skip


def result_recorded(event: ResultRecorded) -> None:
    """Everybody on the roll. Who has not voted needs no reminder any more."""
    topic = db.session.get_one(Topic, event.topic_id)
    messages.take_back(_closing(event.question_id))
    messages.tell_all(
        _electors(select(RollEntry).where(RollEntry.question_id == event.question_id), event.at), "council.result",
        values={"title": topic.title, "outcome": _OUTCOMES[event.outcome]},
        href=f"/topics/{topic.id}", because=f"result:{event.question_id}", at=event.at,
    )  # fmt: skip


def official_answer(event: OfficialAnswerGiven) -> None:
    """Whoever proposed the topic, and whoever is answered; not the one who answers."""
    topic, said = db.session.get_one(Topic, event.topic_id), db.session.get_one(Comment, event.comment_id)
    answered = select(Comment.author_id).where(Comment.id == said.parent_id)
    people = {topic.proposer_id, db.session.scalar(answered)} - {None, event.by_id}
    messages.tell(
        [one for one in people if one is not None], "council.answered", values={"title": topic.title},
        href=f"/topics/{topic.id}/comments/{said.id}", because=f"answer:{said.id}", at=event.at,
    )  # fmt: skip


def comment_hidden(event: CommentHidden) -> None:
    """Nobody is led to what was hidden. An official answer cannot be."""
    messages.take_back(f"adopted:{event.comment_id}")


def suggestion_adopted(event: SuggestionAdopted) -> None:
    if event.author_id is None:
        return
    found = select(Topic.id, Topic.title).join(Comment, Comment.thread_id == Topic.thread_id)
    topic = db.session.execute(found.where(Comment.id == event.comment_id)).one()
    messages.tell(
        [event.author_id], "council.adopted", values={"title": topic.title},
        href=f"/topics/{topic.id}/comments/{event.comment_id}", because=f"adopted:{event.comment_id}", at=event.at,
    )  # fmt: skip


def vote_cast(event: VoteCast) -> None:
    """Whoever voted, or whose household did, is not reminded any more. Nobody is reminded earlier than a day before."""
    if not event.first or event.closes_at > event.at + REMIND_BEFORE:
        return
    if event.household_id is not None and event.electorate == "household":
        messages.take_back(_closing(event.question_id), households=[event.household_id])
    elif event.resident_id is not None:
        messages.take_back(_closing(event.question_id), residents=[event.resident_id])


def voting_extended(event: VotingExtended) -> None:
    """The time that was told is not right any more; a new reminder comes before the new end."""
    messages.take_back(_closing(event.question_id))


def remind_voters(at: datetime) -> int:
    """For `flask tick`: whoever has not voted a day before a ballot on a topic or an agreement closes; how many.

    A ballot that is open for no longer than that reminds nobody.
    """
    soon = and_(Question.closes_at > at, Question.closes_at <= at + REMIND_BEFORE)
    return sum(_remind(ballot, at) for ballot in [*_on_topics(soon), *_on_agreements(soon)])


def _on_topics(which: ColumnElement[bool]) -> Sequence[Any]:
    query = select(
        Question.id, Question.opens_at, Topic.title, Topic.id.label("subject_id"), literal("topics").label("room")
    )
    return db.session.execute(
        query.join(Topic, Topic.question_id == Question.id).where(which).order_by(Question.id)
    ).all()


def _on_agreements(which: ColumnElement[bool]) -> Sequence[Any]:
    query = (
        select(Question.id, Question.opens_at, Agreement.title, Agreement.id.label("subject_id"),
               literal("agreements").label("room"))
        .join(Version, Version.question_id == Question.id)
        .join(Agreement, Agreement.id == Version.agreement_id)
    )  # fmt: skip
    return db.session.execute(query.where(which).order_by(Question.id)).all()


def _remind(ballot: Any, at: datetime) -> int:
    # Votes on their way in are waited for, and later ones see the reminder that they take back.
    closes_at = db.session.scalars(locked(select(Question.closes_at).where(Question.id == ballot.id))).one()
    due = closes_at - REMIND_BEFORE
    if not ballot.opens_at < due <= at < closes_at:
        return 0
    voted = or_(*(exists().where(urn.roll_entry_id == RollEntry.id) for urn in (Ballot, SecretMark)))
    open_rows = select(RollEntry).where(RollEntry.question_id == ballot.id, ~voted)
    return messages.tell_all(
        _electors(open_rows, ballot.opens_at), "council.closing",
        values={"title": ballot.title, "until": closes_at},
        href=f"/{ballot.room}/{ballot.subject_id}", because=_closing(ballot.id), at=due,
        holds_until=closes_at,
    )  # fmt: skip


def _closing(question_id: int) -> str:
    return f"ballot-closing:{question_id}"


def _electors(rows: Select[Any], at: datetime) -> Ids:
    """The people of these rows of a roll; of a household everybody who may vote for it."""
    roll = rows.subquery()
    at_home = and_(Resident.household_id == roll.c.household_id, grown_up(at))
    return union(
        select(roll.c.resident_id.label("id")).where(roll.c.resident_id.is_not(None)),
        select(Resident.id).join(roll, at_home),
    )
