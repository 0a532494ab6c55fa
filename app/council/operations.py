"""Writes of topics: propose, support, take steps, put to the vote, record how it ended."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import delete, literal, select
from sqlalchemy.dialects import postgresql, sqlite

from app.ballots import operations as ballots
from app.ballots import queries as ballot_queries
from app.ballots.rules import Option
from app.council import queries, rules
from app.council.events import SuggestionAdopted, TopicTakenUp
from app.council.models import Topic, TopicChange, TopicCount, TopicSupport
from app.discussion import operations as discussion
from app.discussion.models import Comment
from app.kit import audit, clock
from app.kit.bus import announce
from app.kit.db import db, locked
from app.kit.refusal import Refusal, refuse_if
from app.kit.words import Words
from app.people import queries as people
from app.people.models import Household, Resident
from app.people.rules import Person
from app.places.models import Place
from app.places.queries import ancestors


def propose(
    *, place: Place, kind: str, title: Words, body: Words, by: Person, at: datetime, as_draft: bool = False
) -> Topic:
    """Bring up a matter of that place; as a draft only its author sees it."""
    refuse_if(rules.propose_refusal(by, place.path))
    topic = new_topic(place=place, kind=kind, title=title, body=body, state="draft", at=at, proposer_id=by.id)
    if not as_draft:
        _move(topic, "propose", by=by, at=at)
    return topic


def new_topic(
    *, place: Place, kind: str, title: Words, body: Words, state: str, at: datetime, proposer_id: int | None,
    **more: Any,
) -> Topic:  # fmt: skip
    """A topic with its thread. Its street and its community are found among the places above."""
    above = {one.kind: one.id for one in ancestors(place.path)}
    known = {"support_needed": rules.support_needed(place.settings), "support_count": 0}
    topic = Topic(
        place_id=place.id, place_path=place.path, street_id=above.get("street", place.id),
        community_id=above.get("community", above.get("village")), kind=kind, title=title, body=body, state=state,
        proposer_id=proposer_id, opened_at=at, state_since=at, **(known | more),
    )  # fmt: skip
    db.session.add(topic)
    db.session.flush()
    topic.thread_id = discussion.open_thread(f"topic:{topic.id}").id
    return topic


def give_number(topic: Topic, at: datetime) -> None:
    """The next number of the street in the village's year; the counting row is locked by counting up."""
    year = clock.local(at).year
    count = (
        _dialect()
        .insert(TopicCount)
        .values(street_id=topic.street_id, year=year, last=1)
        .on_conflict_do_update(
            index_elements=[TopicCount.street_id, TopicCount.year], set_={"last": TopicCount.last + 1}
        )
        .returning(TopicCount.last)
    )
    topic.number = f"{year}-{db.session.scalar(count):03d}"


def support(topic_id: int, *, by: Person, at: datetime) -> Topic:
    """Want this discussed; once per person. The neighbour who completes the number takes the topic up, exactly once."""
    topic = _locked_topic(topic_id)
    _refuse_support(topic, by)
    added = (
        _dialect()
        .insert(TopicSupport)
        .values(topic_id=topic_id, resident_id=by.id, at=at)
        .on_conflict_do_nothing()
        .returning(TopicSupport.topic_id)
    )
    if db.session.scalar(added) is not None:
        topic.support_count += 1
    _take_up_when_enough(topic, at)
    db.session.flush()
    return topic


def withdraw_support(topic_id: int, *, by: Person) -> Topic:
    """Take the support back while the topic still gathers it."""
    topic = _locked_topic(topic_id)
    _refuse_support(topic, by)
    mine = delete(TopicSupport).where(TopicSupport.topic_id == topic_id, TopicSupport.resident_id == by.id)
    if db.session.scalar(mine.returning(TopicSupport.topic_id)) is not None:
        topic.support_count -= 1
    db.session.flush()
    return topic


def _refuse_support(topic: Topic, by: Person) -> None:
    refuse_if(rules.support_refusal(by, state=topic.state, place_path=topic.place_path, proposer_id=topic.proposer_id))


def _take_up_when_enough(topic: Topic, at: datetime) -> None:
    if topic.state == "proposed" and topic.support_count >= topic.support_needed:
        _move(topic, "gather", by=None, at=at)


def take_step(topic_id: int, action: str, *, by: Person, at: datetime, why: Words | None = None) -> Topic:
    """One step of the topic's life: propose, accept, decline, withdraw, carry_out, close or reopen.

    A ballot that has closed is written down first. Raises `Refused` when the step is not this person's, or not now.
    """
    topic = _locked_topic(topic_id)
    if action != "record":
        write_result(topic, at=at)
    if action == "propose":  # a draft may have waited while its author moved away
        refuse_if(rules.propose_refusal(by, topic.place_path))
    _move(topic, action, by=by, at=at, why=why)
    db.session.flush()
    return topic


def merge(topic_id: int, *, into_id: int, why: Words | None, by: Person, at: datetime) -> Topic:
    """Let one topic go on in another of the same street; its supporters who live there carry over, once each."""
    # Locked in the order of their ids, or two merges could wait for each other.
    both = {one: _locked_topic(one) for one in sorted({topic_id, into_id})}
    topic, goal = both[topic_id], both[into_id]
    refuse_if(rules.merge_refusal(same=topic is goal, state=_state_in_reach(topic, goal)))
    topic.merged_into = goal.id
    _move(topic, "merge", by=by, at=at, why=why)
    mine = (
        select(literal(goal.id), TopicSupport.resident_id, TopicSupport.at)
        .join(Resident, Resident.id == TopicSupport.resident_id)
        .join(Household, Household.id == Resident.household_id)
        .join(Place, Place.id == Household.group_id)
        .where(TopicSupport.topic_id == topic.id, TopicSupport.resident_id != (goal.proposer_id or 0))
        .where(Place.path.startswith(goal.place_path, autoescape=True))
        .order_by(TopicSupport.resident_id)
    )
    carried = (
        _dialect()
        .insert(TopicSupport)
        .from_select(["topic_id", "resident_id", "at"], mine)
        .on_conflict_do_nothing()
        .returning(TopicSupport.resident_id)
    )
    goal.support_count += len(db.session.scalars(carried).all())
    _take_up_when_enough(goal, at)
    db.session.flush()
    return topic


def _state_in_reach(topic: Topic, goal: Topic) -> str | None:
    return goal.state if goal.street_id == topic.street_id else None


def put_to_vote(
    topic_id: int, *, wording: Words, method: str, options: list[Option], electorate: str,
    quorum: Fraction, threshold: Fraction, closes_at: datetime, by: Person, at: datetime,
) -> Topic:  # fmt: skip
    """Open the ballot on a topic under discussion: from now on nothing of the question changes."""
    topic = _locked_topic(topic_id)
    refuse_if(_step_refusal(topic, "open_ballot", by, None))
    question = ballots.open_question(
        subject=f"topic:{topic_id}", wording=wording, method=method, options=options, electorate=electorate,
        place_path=topic.place_path, quorum=quorum, threshold=threshold, opens_at=at, closes_at=closes_at, by=by, at=at,
    )  # fmt: skip
    topic.question_id = question.id
    _move(topic, "open_ballot", by=by, at=at)
    db.session.flush()
    return topic


def extend_vote(topic_id: int, *, closes_at: datetime, why: Words | None, by: Person, at: datetime) -> Topic:
    """Let voting run longer, before it closes, with a public reason."""
    topic = _locked_topic(topic_id)
    refuse_if(_step_refusal(topic, "extend", by, why))
    assert topic.question_id is not None
    assert why is not None
    ballots.extend(topic.question_id, closes_at=closes_at, why=why, by=by, at=at, place_id=topic.place_id)
    _move(topic, "extend", by=by, at=at, why=why)
    db.session.flush()
    return topic


def record_result(topic_id: int, *, by: Person, at: datetime) -> Topic:
    """Write down how a closed ballot ended, by hand; the page has shown it since it closed."""
    topic = _locked_topic(topic_id)
    refuse_if(_step_refusal(topic, "record", by, None))
    refuse_if(None if write_result(topic, by=by, at=at) else rules.still_voting())
    db.session.flush()
    return topic


def record_results(at: datetime) -> int:
    """For `flask tick`: write down every ballot that has closed; answers how many. Late or repeated runs do no harm."""
    # Locked in the order of their ids, as merging does.
    return sum(write_result(_locked_topic(topic_id), at=at) for topic_id in sorted(queries.closed_unrecorded(at)))


def write_result(topic: Topic, *, at: datetime, by: Person | None = None) -> bool:
    """Voting that has closed becomes decided, as of the closing instant. Whether there was anything to do."""
    if topic.state != "voting" or topic.question_id is None:
        return False
    closed_at = ballots.lock_closed(topic.question_id, at=at)
    if closed_at is None:
        return False
    topic.outcome = ballot_queries.outcomes([topic.question_id], at)[topic.question_id].result
    topic.decided_at = closed_at
    _move(topic, "record", by=by, at=closed_at)
    return True


def adopt(topic: queries.AnyRow, comment_id: int, *, by: Person, at: datetime) -> Comment:
    """Mark a suggestion under this topic as adopted."""
    refuse_if(rules.moderate_refusal(by, topic.place_path))
    said = discussion.adopt(comment_id, by=by, at=at, place_id=topic.place_id)
    announce(SuggestionAdopted(comment_id=said.id, author_id=said.author_id, at=at))
    return said


def hide(topic: queries.AnyRow, comment_id: int, *, because: Words, by: Person, at: datetime) -> Comment:
    """Hide a comment under this topic, with a public reason."""
    refuse_if(rules.moderate_refusal(by, topic.place_path))
    return discussion.hide(comment_id, because=because, by=by, at=at, place_id=topic.place_id)


def comment(
    topic: queries.AnyRow, *, text: Words, stance: str, parent_id: int | None, official: bool, by: Person, at: datetime
) -> Comment:
    """Say something under a topic; an official answer is signed by the committee of the place."""
    refuse_if(rules.comment_refusal(by, state=topic.state, place_path=topic.place_path, street_id=topic.street_id))
    refuse_if(rules.moderate_refusal(by, topic.place_path) if official else None)
    said = discussion.comment(
        topic.thread_id, text=text, stance="neutral" if official else stance, parent_id=parent_id, by=by,
        official=official, signed_as=topic.committee if official else None, at=at,
    )  # fmt: skip
    if official:
        audit.note("council.answer", f"topic:{topic.id}", actor_id=by.id, at=at, place_id=topic.place_id)
    return said


def agree(topic: queries.AnyRow, comment_id: int, *, by: Person, at: datetime, withdraw: bool = False) -> None:
    """Be of the same mind as a comment under this topic, or no longer."""
    refuse_if(rules.comment_refusal(by, state=topic.state, place_path=topic.place_path, street_id=topic.street_id))
    if withdraw:
        discussion.withdraw_support(comment_id, by=by)
    else:
        discussion.support(comment_id, by=by, at=at)


def _move(topic: Topic, action: str, *, by: Person | None, at: datetime, why: Words | None = None) -> None:
    """Take one step of the life cycle and write it on the timeline. `by` None: the house itself."""
    refuse_if(_step_refusal(topic, action, by, why))
    before, topic.state = topic.state, rules.LIFE.after(topic.state, action)
    as_staff = by is not None and "staff" in rules.LIFE.steps[before, action].who
    topic.state_since = at
    if action == "propose":
        topic.opened_at = at
        give_number(topic, at)
    db.session.add(
        TopicChange(
            topic_id=topic.id, at=at, action=action, from_state=before, to_state=topic.state,
            by_id=by.id if by else None, as_staff=as_staff, why=why,
        )
    )  # fmt: skip
    if as_staff and by is not None:
        audit.note(f"council.{action}", f"topic:{topic.id}", actor_id=by.id, at=at, place_id=topic.place_id)
    if action in ("gather", "accept"):
        announce(TopicTakenUp(topic_id=topic.id, proposer_id=_to_be_thanked(topic, by), at=at))


def _to_be_thanked(topic: Topic, by: Person | None) -> int | None:
    """The proposer; nobody when staff take up what they themselves or their own household proposed."""
    proposer = people.person(topic.proposer_id) if topic.proposer_id else None
    if proposer is None or by is None:
        return topic.proposer_id
    related = proposer.id == by.id or (by.household_id is not None and proposer.household_id == by.household_id)
    return None if related else proposer.id


def _step_refusal(topic: Topic, action: str, by: Person | None, why: Words | None) -> Refusal | None:
    who = rules.who_is(by, place_path=topic.place_path, proposer_id=topic.proposer_id) if by else frozenset({"house"})
    return rules.step_refusal(topic.state, action, who, reasoned=why is not None)


def _locked_topic(topic_id: int) -> Topic:
    query = locked(select(Topic).where(Topic.id == topic_id)).execution_options(populate_existing=True)
    return db.session.scalars(query).one()


def _dialect() -> Any:
    return postgresql if db.engine.dialect.name == "postgresql" else sqlite
