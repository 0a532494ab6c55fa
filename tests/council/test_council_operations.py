"""Topics on the real database: proposed, supported, merged, voted on, recorded, carried out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.ballots import operations as ballots
from app.council import operations, queries
from app.council.bringing_in import PastChange, bring_in_topic, merge_past
from app.council.events import SuggestionAdopted, SuggestionCarriedOut, TopicTakenUp
from app.council.models import Topic, TopicChange, TopicSupport
from app.discussion.models import Comment
from app.kit import bus
from app.kit.audit import AuditEntry
from app.kit.db import db
from app.kit.refusal import Refused
from app.kit.words import Words
from app.people.models import Household
from app.people.rules import Held, Person, Stranger
from tests.council.square import CLOSES, DAY, SECOND, Square, a_square, a_topic, asked, in_voting, under_discussion
from tests.makers import NOON, a_resident, as_person
from tests.statements import statements

WHY = Words(zh="已有同样的议题", en="There is one already")


@pytest.fixture
def square(context: Flask) -> Square:
    return a_square()


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every event of the council that is announced."""
    told: list[Any] = []
    monkeypatch.setattr(
        bus, "_reactions", dict.fromkeys((TopicTakenUp, SuggestionAdopted, SuggestionCarriedOut), (told.append,))
    )
    return told


def household(household_id: int | None) -> Household:
    return db.session.get_one(Household, household_id)


def actions(topic: Topic) -> list[str]:
    return [row.action for row in queries.timeline(topic.id)]


def test_a_topic_is_numbered_when_it_is_proposed_within_the_year_of_the_village(square: Square) -> None:
    first, second = a_topic(square), a_topic(square)
    draft = a_topic(square, as_draft=True)
    new_year = a_topic(square, at=datetime(2026, 12, 31, 16, 0, tzinfo=UTC))  # already 2027 in the village

    assert [first.number, second.number, draft.number, new_year.number] == ["2026-001", "2026-002", None, "2027-001"]


def test_a_draft_is_seen_by_its_author_alone(square: Square) -> None:
    draft = a_topic(square, as_draft=True)

    assert queries.topic_visible_to(square.neighbours[9], draft.id) is not None
    assert queries.topic_visible_to(square.staff, draft.id) is None
    with pytest.raises(Refused, match="not yours"):
        operations.take_step(draft.id, "propose", by=square.staff, at=NOON)
    assert operations.take_step(draft.id, "propose", by=square.neighbours[9], at=NOON).number == "2026-001"


def test_a_draft_is_not_proposed_by_an_author_who_has_moved_away(square: Square) -> None:
    draft = a_topic(square, as_draft=True)
    elsewhere = replace(square.neighbours[9], path=square.villager.path, community_id=square.villager.community_id)

    with pytest.raises(Refused, match="places you live in"):
        operations.take_step(draft.id, "propose", by=elsewhere, at=NOON)


def test_enough_support_takes_a_topic_up_exactly_once(square: Square, heard: list[Any]) -> None:
    square.community.settings = {"topic_support": 3}
    topic = a_topic(square)

    for person in square.neighbours[:2]:
        operations.support(topic.id, by=person, at=NOON)
        operations.support(topic.id, by=person, at=NOON)
    assert (topic.state, topic.support_count) == ("proposed", 2)
    operations.support(topic.id, by=square.neighbours[2], at=NOON)

    assert topic.state == "deliberating"
    assert heard == [TopicTakenUp(topic.id, square.neighbours[9].id, NOON)]
    with pytest.raises(Refused, match="no longer gathering support"):
        operations.support(topic.id, by=square.neighbours[3], at=NOON)
    assert actions(topic) == ["propose", "gather"]


def test_support_can_be_taken_back_while_it_is_gathered(square: Square) -> None:
    topic = a_topic(square)
    operations.support(topic.id, by=square.neighbours[0], at=NOON)

    operations.withdraw_support(topic.id, by=square.neighbours[0])
    operations.withdraw_support(topic.id, by=square.neighbours[0])

    assert topic.support_count == 0
    assert db.session.scalar(select(func.count()).select_from(TopicSupport)) == 0


def test_staff_take_a_topic_up_and_it_is_on_file(square: Square, heard: list[Any]) -> None:
    topic = under_discussion(square)

    assert topic.state == "deliberating"
    assert [event.topic_id for event in heard] == [topic.id]
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "council.accept")).one()
    assert (entry.subject, entry.actor_id) == (f"topic:{topic.id}", square.staff.id)


def test_staff_earn_nothing_by_taking_up_what_they_or_their_household_proposed(
    square: Square, heard: list[Any]
) -> None:
    relative = as_person(a_resident(household(square.staff.household_id)))
    own, of_home = (a_topic(square, by=replace(who, roles=square.staff.roles)) for who in (square.staff, relative))

    for topic in (own, of_home, a_topic(square)):
        operations.take_step(topic.id, "accept", by=square.staff, at=NOON)

    assert [event.proposer_id for event in heard] == [None, None, square.neighbours[9].id]


def test_supporters_from_elsewhere_do_not_carry_over(square: Square) -> None:
    one = a_topic(square, place=square.street.village, by=square.villager)
    villager = as_person(a_resident(household(square.villager.household_id)))
    operations.support(one.id, by=villager, at=NOON)
    goal = a_topic(square)
    staff = replace(square.staff, roles=(Held("street", square.street.street.id, square.street.street.path),))

    operations.merge(one.id, into_id=goal.id, why=WHY, by=staff, at=NOON)

    assert goal.support_count == 0


def test_nobody_reads_a_draft_without_an_author(square: Square) -> None:
    draft = a_topic(square, as_draft=True)
    draft.proposer_id = None
    db.session.flush()

    assert queries.topic_visible_to(Stranger(), draft.id) is None
    assert not queries.topics(path="", tab="draft", reader=Stranger(), at=NOON, after=None).rows


@pytest.mark.parametrize("action", ["decline", "withdraw"])
def test_an_exit_carries_its_reason_in_public(square: Square, action: str) -> None:
    topic = a_topic(square)
    by = square.staff if action == "decline" else square.neighbours[9]

    with pytest.raises(Refused, match="reason"):
        operations.take_step(topic.id, action, by=by, at=NOON)
    operations.take_step(topic.id, action, by=by, at=NOON, why=WHY)

    assert topic.state == {"decline": "declined", "withdraw": "withdrawn"}[action]
    assert queries.timeline(topic.id)[-1].why == WHY


def test_merged_supporters_carry_over_once_each(square: Square) -> None:
    one, goal = a_topic(square), a_topic(square, by=square.neighbours[8])
    for person in square.neighbours[:4]:
        operations.support(one.id, by=person, at=NOON)
    operations.support(one.id, by=square.neighbours[8], at=NOON)  # proposed the other one
    operations.support(goal.id, by=square.neighbours[0], at=NOON)

    operations.merge(one.id, into_id=goal.id, why=WHY, by=square.staff, at=NOON)

    assert (one.state, one.merged_into, goal.support_count) == ("merged", goal.id, 4)
    supporters = set(db.session.scalars(select(TopicSupport.resident_id).where(TopicSupport.topic_id == goal.id)))
    assert supporters == {person.id for person in square.neighbours[:4]}
    with pytest.raises(Refused, match="Choose another topic"):
        operations.merge(goal.id, into_id=goal.id, why=WHY, by=square.staff, at=NOON)


def test_a_ballot_is_opened_by_staff_of_the_place_on_a_topic_under_discussion(square: Square) -> None:
    topic = in_voting(square)

    assert topic.state == "voting"
    with pytest.raises(Refused, match="moved on"):
        operations.put_to_vote(topic.id, asked(), by=square.staff, at=NOON)
    with pytest.raises(Refused, match="not yours"):
        in_voting(square, by=square.neighbours[0])


def test_an_extension_stands_on_the_timeline(square: Square) -> None:
    topic = in_voting(square)

    operations.extend_vote(topic.id, closes_at=CLOSES + DAY, why=WHY, by=square.staff, at=NOON + DAY)

    assert actions(topic)[-1] == "extend"
    with pytest.raises(Refused, match="not yours"):
        operations.extend_vote(topic.id, closes_at=CLOSES + 2 * DAY, why=WHY, by=square.neighbours[0], at=NOON + DAY)


def vote_all(square: Square, topic: Topic, choice: str = "yes") -> None:
    assert topic.question_id is not None
    for person in square.neighbours:
        ballots.cast(topic.question_id, choice=choice, by=person, at=NOON)


def test_results_are_recorded_late_or_often_as_of_the_closing_instant(square: Square) -> None:
    topic = in_voting(square)
    vote_all(square, topic)

    assert operations.record_results(CLOSES - SECOND) == 0
    assert operations.record_results(CLOSES + 5 * DAY) == 1
    assert operations.record_results(CLOSES + 6 * DAY) == 0

    assert (topic.state, topic.outcome, topic.decided_at, topic.state_since) == ("decided", "carried", CLOSES, CLOSES)
    last = queries.timeline(topic.id)[-1]
    assert (last.action, last.at, last.by_id) == ("record", CLOSES, None)


def test_staff_record_a_result_by_hand_only_once_voting_has_closed(square: Square) -> None:
    topic = in_voting(square)

    with pytest.raises(Refused, match="still running"):
        operations.record_result(topic.id, by=square.staff, at=CLOSES - SECOND)
    operations.record_result(topic.id, by=square.staff, at=CLOSES)

    assert topic.outcome == "no_quorum"


def test_a_result_counts_from_the_closing_and_the_log_says_when_staff_pressed(square: Square) -> None:
    topic = in_voting(square)

    operations.record_result(topic.id, by=square.staff, at=CLOSES + DAY)

    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "council.record")).one()
    assert (topic.decided_at, queries.timeline(topic.id)[-1].at, entry.at) == (CLOSES, CLOSES, CLOSES + DAY)


def test_carrying_out_records_the_result_first_and_a_closed_topic_can_come_back(square: Square) -> None:
    topic = in_voting(square)
    vote_all(square, topic)

    operations.take_step(topic.id, "carry_out", by=square.staff, at=CLOSES + 8 * DAY)
    operations.take_step(topic.id, "close", by=square.staff, at=CLOSES + 9 * DAY)
    with pytest.raises(Refused, match="reason"):
        operations.take_step(topic.id, "reopen", by=square.staff, at=CLOSES + 10 * DAY)
    operations.take_step(topic.id, "reopen", by=square.staff, at=CLOSES + 10 * DAY, why=WHY)

    assert actions(topic) == ["propose", "accept", "open_ballot", "record", "carry_out", "close", "reopen"]
    assert topic.outcome == "carried"


def test_adopted_suggestions_are_carried_out_with_their_topic(square: Square, heard: list[Any]) -> None:
    """Also one that is adopted later; not one that was hidden, nor that of somebody who lives with the adopter."""
    topic = in_voting(square)
    row = queries.topic_visible_to(square.staff, topic.id)
    assert row is not None
    first, second, hidden = (
        operations.comment(row, text=WHY, stance="for", parent_id=None, official=False, by=one, at=NOON)
        for one in square.neighbours[:3]
    )
    vote_all(square, topic)
    for said in (first, hidden):
        operations.adopt(row, said.id, by=square.staff, at=NOON)
    operations.hide(row, hidden.id, because=WHY, by=square.staff, at=NOON)
    heard.clear()

    operations.take_step(topic.id, "carry_out", by=square.staff, at=CLOSES + 8 * DAY)
    assert heard == [carried_out(first, square.staff, CLOSES + 8 * DAY)]

    heard.clear()
    operations.take_step(topic.id, "close", by=square.staff, at=CLOSES + 9 * DAY)
    operations.adopt(row, second.id, by=square.staff, at=CLOSES + 9 * DAY)
    assert carried_out(second, square.staff, CLOSES + 9 * DAY) in heard


def test_nobody_is_thanked_by_whom_they_live_with(square: Square, heard: list[Any]) -> None:
    topic = in_voting(square)
    row = queries.topic_visible_to(square.staff, topic.id)
    assert row is not None
    at_home = as_person(a_resident(household(square.staff.household_id)))
    said = operations.comment(row, text=WHY, stance="for", parent_id=None, official=False, by=at_home, at=NOON)
    vote_all(square, topic)
    operations.adopt(row, said.id, by=square.staff, at=NOON)

    operations.take_step(topic.id, "carry_out", by=square.staff, at=CLOSES + 8 * DAY)

    assert not [one for one in heard if isinstance(one, SuggestionCarriedOut)]


def carried_out(said: Comment, by: Person, at: datetime) -> SuggestionCarriedOut:
    assert said.author_id is not None
    return SuggestionCarriedOut(said.id, said.author_id, by.id, at)


def test_an_adopted_suggestion_is_told_once(square: Square, heard: list[Any]) -> None:
    topic = under_discussion(square)
    row = queries.topic_visible_to(square.staff, topic.id)
    assert row is not None
    author = square.neighbours[0]
    said = operations.comment(row, text=WHY, stance="for", parent_id=None, official=False, by=author, at=NOON)

    with pytest.raises(Refused, match="staff of that place"):
        operations.adopt(row, said.id, by=author, at=NOON)
    operations.adopt(row, said.id, by=square.staff, at=NOON)
    with pytest.raises(Refused, match="already marked"):
        operations.adopt(row, said.id, by=square.staff, at=NOON)

    assert heard[1:] == [SuggestionAdopted(said.id, author.id, NOON)]
    noted = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "discussion.adopt")).one()
    assert noted.place_id == topic.place_id  # or its supervisors would not read it

    mine = operations.comment(row, text=WHY, stance="for", parent_id=None, official=False, by=square.staff, at=NOON)
    with pytest.raises(Refused, match="your own suggestion"):
        operations.adopt(row, mine.id, by=square.staff, at=NOON)


def test_an_official_answer_is_signed_by_the_committee(square: Square) -> None:
    topic = under_discussion(square)
    row = queries.topic_visible_to(square.staff, topic.id)
    assert row is not None

    answer = operations.comment(
        row, text=WHY, stance="against", parent_id=None, official=True, by=square.staff, at=NOON
    )

    assert (answer.signed_as, answer.stance) == (square.community.committee, "neutral")
    with pytest.raises(Refused, match="staff of that place"):
        operations.comment(row, text=WHY, stance="for", parent_id=None, official=True, by=square.neighbours[0], at=NOON)


def test_bringing_in_twice_doubles_nothing(square: Square) -> None:
    def bring() -> Any:
        return bring_in_topic(
            source="elsewhere", source_id="7", place=square.street.street, kind="other", title=WHY, body=WHY,
            state="closed", opened_at=NOON - 400 * DAY, proposer_name="u1", support_count=6560,
            changes=[PastChange("deliberating", NOON - 300 * DAY), PastChange("decided", NOON - 200 * DAY),
                     PastChange("implementing", NOON - 100 * DAY), PastChange("closed", NOON, why=WHY)],
        )  # fmt: skip

    first, second = bring(), bring()

    assert (first.new, second.new, first.topic_id) == (True, False, second.topic_id)
    topic = db.session.get_one(Topic, first.topic_id)
    assert (topic.number, topic.decided_at, topic.state_since) == ("2025-001", NOON - 200 * DAY, NOON)
    assert actions(topic) == ["propose", "accept", "record", "carry_out", "close"]
    assert db.session.scalar(select(func.count()).select_from(TopicChange)) == 5
    goal = a_topic(square)
    merge_past(topic.id, into_id=goal.id)
    row = queries.topic_visible_to(square.staff, topic.id)
    assert row is not None
    assert row.goal_number == goal.number


# What home asks ---------------------------------------------------------------------------------------------------


def test_open_for_me_are_the_votes_i_have_not_cast(square: Square) -> None:
    topic, home = in_voting(square), in_voting(square, electorate="household")
    me, spouse = square.neighbours[0], square.spouse
    assert home.question_id is not None

    assert {row.id for row in queries.open_for_me(me, NOON)} == {topic.id, home.id}
    ballots.cast(home.question_id, choice="yes", by=me, at=NOON)

    with statements() as seen:
        assert [row.id for row in queries.open_for_me(spouse, NOON)] == [topic.id]
    assert len(seen) == 1
    assert list(queries.open_for_me(square.villager, NOON)) == []
    assert list(queries.open_for_me(me, CLOSES)) == []


def test_lately_decided_knows_the_result_before_it_is_written_down(square: Square) -> None:
    topic = in_voting(square)
    vote_all(square, topic, "no")
    path = square.neighbours[0].community_path

    assert queries.lately_decided(path, CLOSES - SECOND) == []
    with statements() as seen:
        (before,) = queries.lately_decided(path, CLOSES)
    operations.record_results(CLOSES + DAY)
    (after,) = queries.lately_decided(path, CLOSES + DAY)

    assert len(seen) == 3
    assert before == after
    assert (before.state, before.outcome, before.decided_at) == ("decided", "not_carried", CLOSES)
    assert queries.lately_decided(square.street.village.path, CLOSES + DAY) == []


def test_being_discussed_here_below_and_above(square: Square) -> None:
    here = a_topic(square)
    above = bring_in_topic(
        source="x", source_id="1", place=square.street.street, kind="other", title=WHY, body=WHY,
        state="deliberating", opened_at=NOON,
    )  # fmt: skip
    group = a_topic(square, place=square.street.group)

    ids = {row.id for row in queries.being_discussed(square.community.path, NOON)}

    assert ids == {here.id, above.topic_id, group.id}
    assert {row.id for row in queries.being_discussed(square.street.village.path, NOON)} == {above.topic_id}


def test_what_waits_for_staff_is_theirs_and_the_oldest_first(square: Square) -> None:
    voting, proposed = in_voting(square), a_topic(square, at=NOON + DAY)

    assert [row.waits_for for row in queries.waiting_for_staff(square.staff, NOON + DAY)] == ["accept"]
    waiting = queries.waiting_for_staff(square.staff, CLOSES)

    assert [(row.id, row.waits_for) for row in waiting] == [(proposed.id, "accept"), (voting.id, "record")]
    assert list(queries.waiting_for_staff(square.neighbours[0], CLOSES)) == []
