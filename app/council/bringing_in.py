"""Topics from elsewhere or from before: other sites' open data, and the past of the sample street. No events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from app.council.models import Topic, TopicChange
from app.council.operations import give_number, new_topic
from app.council.operations.holding import make_findable
from app.kit.db import db
from app.kit.words import Words
from app.places.models import Place


@dataclass(frozen=True)
class PastChange:
    """One line of a brought-in timeline; `by_id` None with `as_staff` reads as the committee."""

    to_state: str
    at: datetime
    why: Words | None = None
    by_id: int | None = None
    as_staff: bool = True


@dataclass(frozen=True)
class BroughtIn:
    """Which topic it is here, its thread, and whether this call made it."""

    topic_id: int
    thread_id: int
    new: bool


# The step that leads to a state, for the words of the timeline.
_ACTIONS = {
    "proposed": "propose", "deliberating": "accept", "voting": "open_ballot", "decided": "record",
    "implementing": "carry_out", "closed": "close", "declined": "decline", "withdrawn": "withdraw", "merged": "merge",
}  # fmt: skip


def bring_in_topic(
    *, source: str, source_id: str, place: Place, kind: str, title: Words, body: Words, state: str,
    opened_at: datetime, proposer_id: int | None = None, proposer_name: str = "", support_count: int = 0,
    support_needed: int = 10, changes: Sequence[PastChange] = (),
) -> BroughtIn:  # fmt: skip
    """Store a topic as it stands elsewhere, with its timeline and an empty thread; the same one a second time is found.

    `changes` come oldest first, after the opening line, which is always written.
    """
    there = db.session.execute(
        select(Topic.id, Topic.thread_id).where(Topic.source == source, Topic.source_id == source_id)
    ).one_or_none()
    if there is not None:
        assert there.thread_id is not None
        return BroughtIn(there.id, there.thread_id, new=False)
    topic = new_topic(
        place=place, kind=kind, title=title, body=body, state=state, at=opened_at, proposer_id=proposer_id,
        proposer_name=proposer_name, source=source, source_id=source_id, support_count=support_count,
        support_needed=support_needed,
    )  # fmt: skip
    if state != "draft":
        give_number(topic, opened_at)
        _write_timeline(topic, changes)
        make_findable(topic)
    db.session.flush()
    assert topic.thread_id is not None
    return BroughtIn(topic.id, topic.thread_id, new=True)


def _write_timeline(topic: Topic, changes: Sequence[PastChange]) -> None:
    opening = PastChange("proposed", topic.opened_at, by_id=topic.proposer_id, as_staff=False)
    before = "draft"
    rows = []
    for change in (opening, *changes):
        action = "reopen" if (before, change.to_state) == ("closed", "implementing") else _ACTIONS[change.to_state]
        rows.append(
            {
                "topic_id": topic.id, "at": change.at, "action": action, "from_state": before,
                "to_state": change.to_state, "by_id": change.by_id, "as_staff": change.as_staff, "why": change.why,
            }
        )  # fmt: skip
        before, topic.state_since = change.to_state, change.at
        topic.decided_at = change.at if change.to_state == "decided" else topic.decided_at
    db.session.execute(insert(TopicChange), rows)


def attach_past_ballot(topic_id: int, *, question_id: int, outcome: str | None = None) -> None:
    """Name the question that was put on a brought-in topic, and how it ended if it has."""
    db.session.execute(update(Topic).where(Topic.id == topic_id).values(question_id=question_id, outcome=outcome))


def merge_past(topic_id: int, *, into_id: int) -> None:
    """Say in which topic a brought-in merged one goes on."""
    db.session.execute(update(Topic).where(Topic.id == topic_id).values(merged_into=into_id))
