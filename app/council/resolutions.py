"""The resolution 决议 that comes of a vote: its points, its notice, and what must be settled before a topic goes on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.ballots import results as ballots
from app.ballots.models import Question, QuestionOption
from app.council import rules
from app.council.models import ResolutionPoint, Topic
from app.kit import clock
from app.kit.db import db
from app.kit.refusal import Refusal
from app.kit.words import Words
from app.notices import operations as notices
from app.notices import queries as notice_queries
from app.notices.queries import Line, NoticeView
from app.notices.rules import line_state, period_end
from app.people.rules import Person
from app.places.models import Place
from app.promises import queries as promises


def subject(topic_id: int) -> str:
    return f"topic:{topic_id}"


def keep_points(topic_id: int, points: Sequence[Words]) -> None:
    """The text that is put to the vote, point by point."""
    for number, text in enumerate(points, start=1):
        db.session.add(ResolutionPoint(topic_id=topic_id, number=number, text=text))
    db.session.flush()


def points_of(topic_id: int) -> list[Words]:
    query = select(ResolutionPoint.text).where(ResolutionPoint.topic_id == topic_id).order_by(ResolutionPoint.number)
    return list(db.session.scalars(query))


def put_up(topic: Topic, *, by: Person | None, at: datetime) -> None:
    """Put the resolution of a vote that carried on notice, from the instant at which voting closed."""
    if topic.outcome != "carried" or topic.decided_at is None or topic.question_id is None:
        return
    place = db.session.get_one(Place, topic.place_id)
    notices.put_up(
        subject=subject(topic.id), title=title_of(topic.title), lines=_lines(topic.id, topic.question_id, at),
        place_id=topic.place_id, place_path=topic.place_path, starts_at=topic.decided_at,
        days=rules.notice_days(place.settings), href=f"/topics/{topic.id}", by_id=by.id if by else None,
        at=topic.decided_at,
    )  # fmt: skip


def title_of(title: Words) -> Words:
    return Words(
        zh=f"决议：{title.zh}" if title.zh else "", en=f"Resolution: {title.en}" if title.en else "", other=title.other
    )


def _lines(topic_id: int, question_id: int, at: datetime) -> list[tuple[str, Words]]:
    """What was decided: the answer that was chosen among several, then the points; without either the question."""
    question = db.session.get_one(Question, question_id)
    texts = points_of(topic_id)
    if question.method != "yes_no":
        winners = ballots.outcomes([question_id], at)[question_id].winners
        texts[:0] = [_chosen(db.session.get_one(QuestionOption, (question_id, key))) for key in winners]
    return [(str(number), text) for number, text in enumerate(texts or [question.wording], start=1)]


def _chosen(option: QuestionOption) -> Words:
    """The answer with what it means."""
    label, means = option.label, option.means or Words()
    return Words(
        zh=f"{label.zh}：{means.zh}" if label.zh and means.zh else label.zh,
        en=f"{label.en}: {means.en}" if label.en and means.en else label.en,
        other=label.other,
    )


def notice_of(topic: Any, at: datetime, *, carried: bool) -> NoticeView | None:
    """The notice of a topic's resolution as it stands, from the instant at which its vote closed.

    Where nobody has written the result down yet it is drawn as it will be (`id` 0): what people see hangs on no job.
    """
    if topic.state != "voting":
        return notice_queries.notice_of(subject(topic.id), at)
    if not carried or topic.closes_at is None or topic.closes_at > at:
        return None
    place = db.session.get_one(Place, topic.place_id)
    days = rules.notice_days(place.settings)
    ends_at = period_end(topic.closes_at, days, working=False)
    state = line_state(ends_at, (), at)
    lines = _lines(topic.id, topic.question_id, at)
    return NoticeView(
        id=0, subject=subject(topic.id), title=title_of(topic.title), href=f"/topics/{topic.id}",
        place_id=topic.place_id, place_path=topic.place_path, place=place.name, committee=place.committee, days=days,
        working=False, starts_at=topic.closes_at, ends_at=ends_at, at=at,
        lines=[
            Line(key, number, text, state, [])
            for number, (key, text) in enumerate(lines, start=1)
        ],
    )  # fmt: skip


def step_refusal(topic: Any, action: str, *, at: datetime) -> Refusal | None:
    """Why the topic may not take this step yet, for what its notice or its promises leave open."""
    if topic.state == "decided" and action in ("carry_out", "close"):
        return standing_refusal(action, notice_queries.notice_of(subject(topic.id), at))
    if topic.state == "implementing" and action == "close":
        return rules.unfinished_refusal(promises.unfinished(subject(topic.id)))
    return None


def standing_refusal(action: str, notice: NoticeView | None) -> Refusal | None:
    """As `step_refusal`, for a notice that was read already; None where there was none."""
    if notice is None:
        return None
    last_day = clock.last_day(notice.ends_at)
    return rules.notice_refusal(action, state=notice.state, last_day=last_day, standing=len(notice.standing))
