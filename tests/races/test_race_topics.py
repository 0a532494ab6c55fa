"""Votes and support: one person, one vote, whatever the clicks; a topic moves on once."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app.ballots.models import Ballot
from app.council.models import Topic, TopicChange, TopicSupport
from app.discussion.models import Comment
from app.merits.models import Award
from app.points.models import Transfer
from tests.races.harness import CLIENTS, rounds, rush, statuses
from tests.races.village import Village

pytestmark = pytest.mark.race

CHOICES = ("yes", "no", "abstain")


def test_one_person_on_two_devices_has_one_vote(village: Village) -> None:
    for number in range(rounds()):
        me = village.neighbours[number % CLIENTS]
        topic, question = village.a_ballot("person")
        first, second = village.client(me), village.another_client(me)
        devices = [*first.copies(CLIENTS // 2), *second.copies(CLIENTS // 2)]
        answers = rush(devices, lambda one, n: one.send(f"/topics/{topic}/vote", choice=CHOICES[n % 3]))  # noqa: B023
        assert statuses(answers) == {303: CLIENTS}
        ballots = village.scalars(select(Ballot.choice).where(Ballot.question_id == question))
        assert len(ballots) == 1
        assert ballots[0] in CHOICES
        because = f"ballot:{question}:{me}"
        assert village.count(Award, Award.because == because) == 1
        assert village.count(Transfer, Transfer.because == because) <= 1
        page = first.get(f"/topics/{topic}")
        assert page.status == 200
    village.refuse_fault()


def test_a_household_has_one_vote_when_two_of_it_vote_at_once(village: Village) -> None:
    """Twenty-five families, two of each at the same moment: one is told thank you, the other that it is done."""
    homes = CLIENTS // 2
    pairs = [*village.clients(village.neighbours[:homes]), *village.clients(village.spouses[:homes])]
    for _ in range(rounds()):
        topic, question = village.a_ballot("household")
        answers = rush(pairs, lambda one, n: one.send(f"/topics/{topic}/vote", choice=("yes", "no")[n // homes]))  # noqa: B023
        assert statuses(answers) == {303: homes, 409: homes}
        for one in range(homes):
            assert {answers[one].status, answers[one + homes].status} == {303, 409}
        assert village.count(Ballot, Ballot.question_id == question) == homes
        said_yes = sum(answer.status == 303 for answer in answers[:homes])
        assert village.count(Ballot, Ballot.question_id == question, Ballot.choice == "yes") == said_yes
    village.refuse_fault()


def test_a_topic_that_thirty_support_at_once_is_taken_up_once(village: Village) -> None:
    supporters = village.clients(village.neighbours[:30])
    for _ in range(rounds()):
        topic = village.a_topic(village.neighbours[40])
        answers = rush(supporters, lambda one, _n: one.send(f"/topics/{topic}/support"))  # noqa: B023
        assert statuses(answers) == {303: 10, 409: 20}
        assert village.count(TopicSupport, TopicSupport.topic_id == topic) == 10
        assert village.scalar(select(Topic.support_count).where(Topic.id == topic)) == 10
        gathered = TopicChange.topic_id == topic, TopicChange.action == "gather"
        assert village.scalar(select(func.count()).select_from(TopicChange).where(*gathered)) == 1
        assert "Under discussion" in supporters[0].get(f"/topics/{topic}").body


def test_topics_proposed_at_once_get_numbers_of_their_own(village: Village) -> None:
    proposers = village.clients(village.neighbours[:20])
    fields = {"kind": "order", "title": "Lamps on the long walk", "body": "They have been dark for a month now."}
    for _ in range(rounds()):
        before = village.count(Topic)
        answers = rush(proposers, lambda one, _n: one.send("/topics/new", place=str(village.community), **fields))
        assert statuses(answers) == {303: 20}
        numbers = village.scalars(select(Topic.number).order_by(Topic.id))[before:]
        assert len(numbers) == len(set(numbers)) == 20


def test_suggestions_adopted_while_their_topic_goes_into_its_carrying_out_all_earn(village: Village) -> None:
    """Eight of the committee adopt one each while a ninth presses "carry out": whoever comes second pays."""
    suggesters = village.neighbours[:8]
    staff = village.clients(village.more_staff(1 + len(suggesters)))
    for _ in range(rounds()):
        topic, comments = village.a_decided_topic(suggesters)
        paths = ["steps/carry_out", *(f"comments/{one}/adopt" for one in comments)]
        answers = rush(staff, lambda one, n: one.send(f"/topics/{topic}/{paths[n]}"))  # noqa: B023
        assert statuses(answers) == {303: len(staff)}
        assert village.count(Comment, Comment.id.in_(comments), Comment.adopted_at.is_not(None)) == len(comments)
        paid = [f"suggestion-carried-out:{one}" for one in comments]
        assert village.count(Award, Award.because.in_(paid)) == len(comments)
    village.refuse_fault()
