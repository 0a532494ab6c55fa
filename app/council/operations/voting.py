"""Put a topic to the vote, write down how it ended, and take the other steps of its life."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.ballots import operations as ballots
from app.ballots import results
from app.ballots.rules import Asked
from app.council import queries, resolutions, rules
from app.council.events import ResultRecorded
from app.council.models import Topic
from app.council.operations.holding import locked_topic, move, step_refusal
from app.council.operations.thanking import thank_for_suggestions
from app.council.text import voted_on
from app.kit.bus import announce
from app.kit.db import db
from app.kit.refusal import refuse_if
from app.kit.words import Words
from app.people.rules import Person


def take_step(topic_id: int, action: str, *, by: Person, at: datetime, why: Words | None = None) -> Topic:
    """One step of the topic's life: propose, accept, decline, withdraw, carry_out, close or reopen.

    A ballot that has closed is written down first. Raises `Refused` when the step is not this person's, or not now.
    """
    topic = locked_topic(topic_id)
    if action != "record":
        write_result(topic, at=at)
    if action == "propose":  # a draft may have waited while its author moved away
        refuse_if(rules.propose_refusal(by, topic.place_path))
    refuse_if(step_refusal(topic, action, by, why) or resolutions.step_refusal(topic, action, at=at))
    move(topic, action, by=by, at=at, why=why)
    db.session.flush()
    if action == "carry_out":
        thank_for_suggestions(topic, at=at)
    return topic


def put_to_vote(topic_id: int, asked: Asked, *, by: Person, at: datetime, points: Sequence[Words] = ()) -> Topic:
    """Open the ballot on a topic under discussion: from now on nothing of the question and its text changes.

    `points` say what is decided if it carries; each can be objected to by itself.
    """
    topic = locked_topic(topic_id)
    refuse_if(step_refusal(topic, "open_ballot", by, None))
    resolutions.keep_points(topic_id, points)
    question = ballots.open_question(
        asked, subject=f"topic:{topic_id}", place_path=topic.place_path, opens_at=at, by=by, at=at,
        text=voted_on(topic),
    )  # fmt: skip
    topic.question_id = question.id
    move(topic, "open_ballot", by=by, at=at)
    db.session.flush()
    return topic


def extend_vote(topic_id: int, *, closes_at: datetime, why: Words | None, by: Person, at: datetime) -> Topic:
    """Let voting run longer, before it closes, with a public reason."""
    topic = locked_topic(topic_id)
    refuse_if(step_refusal(topic, "extend", by, why))
    assert topic.question_id is not None
    assert why is not None
    ballots.extend(topic.question_id, closes_at=closes_at, why=why, by=by, at=at, place_id=topic.place_id)
    move(topic, "extend", by=by, at=at, why=why)
    db.session.flush()
    return topic


def record_result(topic_id: int, *, by: Person, at: datetime) -> Topic:
    """Write down how a closed ballot ended, by hand; the page has shown it since it closed."""
    topic = locked_topic(topic_id)
    refuse_if(step_refusal(topic, "record", by, None))
    refuse_if(None if write_result(topic, by=by, at=at) else rules.still_voting())
    db.session.flush()
    return topic


def record_results(at: datetime) -> int:
    """For `flask tick`: write down every ballot that has closed; answers how many. Late or repeated runs do no harm."""
    # Locked in the order of their ids, as merging does.
    return sum(write_result(locked_topic(topic_id), at=at) for topic_id in sorted(queries.closed_unrecorded(at)))


def write_result(topic: Topic, *, at: datetime, by: Person | None = None) -> bool:
    """Voting that has closed becomes decided, as of the closing instant. Whether there was anything to do.

    `at` is now: the audit keeps when somebody of the staff did it.
    """
    if topic.state != "voting" or topic.question_id is None:
        return False
    closed_at = ballots.lock_closed(topic.question_id, at=at)
    if closed_at is None:
        return False
    topic.outcome = results.outcomes([topic.question_id], at)[topic.question_id].result
    topic.decided_at = closed_at
    move(topic, "record", by=by, at=closed_at, pressed_at=at)
    resolutions.put_up(topic, by=by, at=at)
    announce(ResultRecorded(topic.id, topic.question_id, outcome=topic.outcome, at=closed_at))
    return True
