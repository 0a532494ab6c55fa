"""What follows from a vote that carried: the notice, objections, promises, and what must be settled before closing."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from flask import Flask

from app.ballots import operations as ballots
from app.ballots.rules import Option
from app.council import following, operations, queries, resolutions, rules
from app.council.models import Topic
from app.kit.refusal import Refused
from app.kit.words import Words
from app.notices import operations as notices
from app.notices import queries as notice_queries
from app.notices.queries import NoticeView
from app.promises import operations as promises
from app.promises.models import Promise
from tests.council.square import CLOSES, DAY, SECOND, Square, a_square, in_voting
from tests.makers import NOON

POINTS = [Words(zh="建一座棚", en="Build one shed"), Words(zh="夜里锁门", en="Lock it at night")]
WHY = Words(zh="太靠近窗户", en="It is too close to the windows")
OVER = CLOSES + 8 * DAY


@pytest.fixture
def square(context: Flask) -> Square:
    return a_square()


def carried(square: Square, **values: object) -> Topic:
    """Voted for by everybody and not written down yet."""
    topic = in_voting(square, **({"points": POINTS} | values))
    assert topic.question_id is not None
    for voter in square.neighbours:
        ballots.cast(topic.question_id, choice="west" if "options" in values else "yes", by=voter, at=NOON)
    return topic


def notice_of(topic: Topic, at: object) -> NoticeView:
    view = notice_queries.notice_of(f"topic:{topic.id}", at)  # type: ignore[arg-type]
    assert view is not None
    return view


def test_a_carried_vote_goes_up_for_notice_from_the_instant_it_closed(square: Square) -> None:
    early, late = carried(square), carried(square)

    operations.record_result(early.id, by=square.staff, at=CLOSES)
    operations.record_results(CLOSES + 3 * DAY)
    operations.record_results(CLOSES + 4 * DAY)

    for topic in (early, late):
        view = notice_of(topic, CLOSES)
        assert (view.starts_at, view.days, view.working) == (CLOSES, 7, False)
        assert [line.text for line in view.lines] == POINTS
        assert (view.title.en, view.href) == ("Resolution: Build a charging shed", f"/topics/{topic.id}")


def test_the_place_sets_how_long_it_hangs(square: Square) -> None:
    square.community.settings = {"resolution_notice_days": 10}
    topic = carried(square)

    operations.record_results(CLOSES)

    assert notice_of(topic, CLOSES).days == 10


@pytest.mark.parametrize(
    ("settings", "days"),
    [({}, 7), ({"resolution_notice_days": 0}, 1), ({"resolution_notice_days": 999}, 60), (None, 7)],
)
def test_a_notice_hangs_for_a_day_at_least(settings: object, days: int) -> None:
    assert rules.notice_days(settings) == days


def test_without_points_the_question_is_the_point_and_a_choice_names_what_was_chosen(square: Square) -> None:
    plain = carried(square, points=())
    west = Option("west", Words(zh="西门", en="West gate"), Words(zh="省电缆", en="saves cable"))
    chosen = carried(
        square, method="single_choice", options=[west, Option("east", Words(zh="东门", en="East gate"), None)],
        threshold=Fraction(0),
    )  # fmt: skip
    operations.record_results(CLOSES)

    assert [line.text.en for line in notice_of(plain, CLOSES).lines] == ["Do you agree?"]
    texts = [line.text.en for line in notice_of(chosen, CLOSES).lines]
    assert texts == ["West gate: saves cable", "Build one shed", "Lock it at night"]


def test_a_vote_that_did_not_carry_hangs_nowhere_and_closes_at_once(square: Square) -> None:
    topic = in_voting(square, points=POINTS)

    operations.take_step(topic.id, "close", by=square.staff, at=CLOSES, why=WHY)

    assert notice_queries.notice_of(f"topic:{topic.id}", CLOSES) is None
    assert topic.state == "closed"


def test_nothing_is_carried_out_or_closed_while_residents_can_object(square: Square) -> None:
    topic = carried(square)
    operations.record_results(CLOSES)
    ends = notice_of(topic, CLOSES).ends_at

    for step in ("carry_out", "close"):
        with pytest.raises(Refused, match="on notice until"):
            operations.take_step(topic.id, step, by=square.staff, at=ends - SECOND, why=WHY)
    assert operations.take_step(topic.id, "carry_out", by=square.staff, at=ends).state == "implementing"


def test_an_open_objection_holds_the_topic_until_it_is_answered(square: Square) -> None:
    topic = carried(square)
    filed = following.object_to(topic.id, "2", text=WHY, by=square.neighbours[0], at=CLOSES + DAY)  # nobody recorded it

    assert (topic.state, topic.decided_at) == ("decided", CLOSES)
    with pytest.raises(Refused, match="waits for its answer"):
        operations.take_step(topic.id, "carry_out", by=square.staff, at=OVER)
    notices.answer(filed.id, upheld=True, text=WHY, by=square.staff, at=OVER)
    assert operations.take_step(topic.id, "carry_out", by=square.staff, at=OVER).state == "implementing"


def test_a_resolution_of_which_nothing_stands_can_only_be_closed(square: Square) -> None:
    topic = carried(square, points=())
    filed = following.object_to(topic.id, "1", text=WHY, by=square.neighbours[0], at=CLOSES)
    notices.answer(filed.id, upheld=True, text=WHY, by=square.staff, at=CLOSES)

    with pytest.raises(Refused, match="nothing to carry out"):
        operations.take_step(topic.id, "carry_out", by=square.staff, at=OVER)
    assert operations.take_step(topic.id, "close", by=square.staff, at=OVER, why=WHY).state == "closed"


def test_nobody_objects_where_nothing_hangs(square: Square) -> None:
    topic = in_voting(square)

    with pytest.raises(Refused, match="no resolution on notice"):
        following.object_to(topic.id, "1", text=WHY, by=square.neighbours[0], at=NOON)


def test_the_page_shows_the_notice_before_anybody_wrote_the_result_down(square: Square) -> None:
    topic = carried(square)
    row = queries.topic_visible_to(square.neighbours[0], topic.id)

    unwritten = resolutions.notice_of(row, CLOSES, carried=True)
    operations.record_results(CLOSES)
    written = notice_of(topic, CLOSES)

    assert unwritten is not None
    for field in ("title", "starts_at", "ends_at", "days", "state", "lines", "place", "committee", "href"):
        assert getattr(unwritten, field) == getattr(written, field), field
    assert resolutions.notice_of(row, CLOSES - SECOND, carried=True) is None
    assert resolutions.notice_of(row, CLOSES, carried=False) is None


def test_decided_topics_wait_for_staff_once_their_notice_is_over(square: Square) -> None:
    topic = carried(square)
    operations.record_results(CLOSES)
    filed = following.object_to(topic.id, "1", text=WHY, by=square.neighbours[0], at=CLOSES)

    assert queries.waiting_for_staff(square.staff, CLOSES) == []
    assert queries.waiting_for_staff(square.staff, OVER) == []
    notices.answer(filed.id, upheld=False, text=WHY, by=square.staff, at=OVER)
    assert [row.waits_for for row in queries.waiting_for_staff(square.staff, OVER)] == ["carry_out"]


def a_promise(square: Square, topic: Topic) -> Promise:
    return following.promise(
        topic.id, what=POINTS[0], owner=Words(en="property company"), owner_id=None, due_on=date(2026, 12, 24),
        by=square.staff, at=OVER,
    )  # fmt: skip


def test_things_are_promised_by_staff_while_a_topic_is_carried_out(square: Square) -> None:
    topic = carried(square)
    operations.record_results(CLOSES)

    with pytest.raises(Refused, match="while a topic is being carried out"):
        a_promise(square, topic)
    operations.take_step(topic.id, "carry_out", by=square.staff, at=OVER)
    promise = a_promise(square, topic)

    assert (promise.subject, promise.place_path, promise.href) == (
        f"topic:{topic.id}", topic.place_path, f"/topics/{topic.id}"
    )  # fmt: skip
    no = rules.promise_refusal("implementing", frozenset({"owner"}))
    assert no is not None
    assert no.status == 403


def test_a_topic_closes_once_everything_promised_is_done_or_dropped(square: Square) -> None:
    topic = carried(square)
    operations.take_step(topic.id, "carry_out", by=square.staff, at=OVER)
    done, dropped = a_promise(square, topic), a_promise(square, topic)

    with pytest.raises(Refused, match="neither done nor dropped"):
        operations.take_step(topic.id, "close", by=square.staff, at=OVER)
    promises.finish(done.id, by=square.staff, at=OVER)
    promises.drop(dropped.id, why=WHY, by=square.staff, at=OVER)

    assert operations.take_step(topic.id, "close", by=square.staff, at=OVER).state == "closed"
