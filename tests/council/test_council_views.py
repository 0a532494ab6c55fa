"""The pages of the council, as browsers and scripts see them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.ballots.models import Ballot
from app.ballots.operations import casting
from app.ballots.operations import secret as secretly
from app.ballots.secret_models import SecretMark, SecretPaper
from app.council import operations, queries
from app.council.models import Topic
from app.discussion.models import Comment
from app.kit.db import db
from tests import worlds
from tests.council.square import CLOSES, DAY, Square, a_square, a_topic, in_voting, under_discussion
from tests.makers import NOON, a_household, a_resident, as_person, give, post
from tests.statements import statements
from tests.worlds import Hold, words


class World(worlds.World):
    """A square behind the pages."""

    square: Square

    def furnish(self) -> None:
        self.square = a_square()

    def make(self, maker: Callable[..., Topic], **values: Any) -> int:
        with self.inside():
            return maker(self.square, **values).id

    def comments(self) -> list[int]:
        """Ids of all comments, in the order in which they were said."""
        with self.inside():
            return list(db.session.scalars(select(Comment.id).order_by(Comment.id)))

    def state(self, topic_id: int) -> str:
        with self.inside():
            return str(db.session.scalar(select(Topic.state).where(Topic.id == topic_id)))


@pytest.fixture
def world(app: Flask, at: Hold) -> World:
    at(NOON)
    return World(app)


def test_a_neighbour_proposes_and_reads_the_own_words_again(world: World) -> None:
    client = world.as_(world.square.neighbours[0])

    answer = post(
        client, "/topics/new", title="A bench at the gate", body="There is nowhere to rest on the way home.",
        place=world.square.community.id, kind="elderly",
    )  # fmt: skip

    assert answer.status_code == 303
    page = client.get(answer.location)
    assert page.status_code == 200
    assert "A bench at the gate" in page.text
    assert "Gathering support" in page.text
    assert "There is nowhere to rest" in page.text


def test_the_other_button_of_a_form_that_was_used_is_no_repetition(world: World) -> None:
    client = world.as_(world.square.neighbours[0])
    typed = {"title": "A bench at the gate", "body": "There is nowhere to rest.", "kind": "elderly"}
    typed |= {"place": world.square.community.id, "request_id": "typed-once"}

    draft = post(client, "/topics/new", as_draft="1", **typed)
    again = post(client, "/topics/new", as_draft="1", **typed)
    proposed = post(client, "/topics/new", **typed)

    assert (draft.status_code, again.status_code, proposed.status_code) == (303, 303, 409)
    assert draft.location == again.location
    assert world.count(Topic) == 1


def test_a_form_that_is_wrong_keeps_what_was_typed(world: World) -> None:
    client = world.as_(world.square.neighbours[0])

    answer = post(client, "/topics/new", title="", body="There is nowhere to rest.", place=99999, kind="x")

    assert answer.status_code == 422
    assert "There is nowhere to rest." in answer.text
    assert "marked below" in answer.text


def test_a_place_that_is_not_ones_own_is_no_choice(world: World) -> None:
    answer = post(
        world.as_(world.square.neighbours[0]), "/topics/new", title="A bench", body="There is nowhere to rest.",
        place=world.square.street.village.id, kind="elderly",
    )  # fmt: skip

    assert answer.status_code == 422
    assert world.count(Topic) == 0


def test_support_swaps_its_box_and_the_last_one_moves_the_topic_on(world: World) -> None:
    topic = world.make(a_topic)
    first = post(world.as_(world.square.neighbours[0]), f"/topics/{topic}/support", htmx=True)

    assert first.status_code == 200
    assert first.text.lstrip().startswith('<section class="card stack" data-weight="lead" id="support-box"')
    assert "Take my support back" in first.text
    for person in world.square.neighbours[1:9]:
        assert post(world.as_(person), f"/topics/{topic}/support").status_code == 303
    last = post(world.as_(world.square.spouse), f"/topics/{topic}/support", htmx=True)

    assert last.headers["HX-Redirect"] == f"/topics/{topic}"
    assert world.state(topic) == "deliberating"
    late = post(world.as_(world.square.neighbours[0]), f"/topics/{topic}/support")
    assert late.status_code == 409
    assert "no longer gathering support" in words(late)


def test_the_page_says_why_not_with_the_sentence_of_the_rule(world: World) -> None:
    topic = world.make(a_topic)

    assert "Sign in to support it" in world.as_(None).get(f"/topics/{topic}").text
    assert "Only verified residents" in world.as_(world.square.newcomer).get(f"/topics/{topic}").text
    outsider = post(world.as_(world.square.villager), f"/topics/{topic}/support")
    assert outsider.status_code == 403
    assert "Only residents of the place" in words(outsider)


def test_a_draft_is_not_there_for_anybody_else(world: World) -> None:
    draft = world.make(a_topic, as_draft=True)

    assert world.as_(world.square.neighbours[9]).get(f"/topics/{draft}").status_code == 200
    for person in (None, world.square.neighbours[0], world.square.staff):
        assert world.as_(person).get(f"/topics/{draft}").status_code == 404
        assert world.as_(person).get(f"/topics/{draft}.json").status_code == 404
    assert post(world.as_(world.square.neighbours[0]), f"/topics/{draft}/support").status_code == 404


def receipt_in(text: str) -> str:
    found = re.search(r"receipt ([0-9A-Z-]{24})", text)
    assert found is not None
    return found[1]


def test_a_vote_swaps_the_box_with_its_receipt_and_no_count(world: World) -> None:
    topic = world.make(in_voting)
    client = world.as_(world.square.neighbours[0])
    page = client.get(f"/topics/{topic}")
    assert 'name="choice" value="yes" checked' not in page.text
    assert "required><b>Yes</b>" in page.text

    answer = post(client, f"/topics/{topic}/vote", htmx=True, choice="yes")

    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<section class="card stack" data-weight="lead" id="vote-box"')
    assert "You voted: Yes" in words(answer)
    assert receipt_in(words(answer))
    assert "1 person has voted" in words(answer)
    assert "tally" not in answer.text.lower()
    again = client.get(f"/topics/{topic}")
    assert not re.search(r"receipt [0-9A-Z]{4}-", words(again))


def test_without_script_the_receipt_comes_once_after_the_redirect(world: World) -> None:
    topic = world.make(in_voting)
    client = world.as_(world.square.neighbours[0])

    answer = post(client, f"/topics/{topic}/vote", choice="no")

    assert (answer.status_code, answer.location) == (303, f"/topics/{topic}")
    assert receipt_in(words(client.get(f"/topics/{topic}")))
    assert not re.search(r"receipt [0-9A-Z]{4}-", words(client.get(f"/topics/{topic}")))


def test_the_same_form_sent_twice_votes_once_and_other_content_is_refused(world: World) -> None:
    topic = world.make(in_voting)
    client = world.as_(world.square.neighbours[0])

    first = post(client, f"/topics/{topic}/vote", choice="no", request_id="abcd-1234")
    second = post(client, f"/topics/{topic}/vote", choice="no", request_id="abcd-1234")
    other = post(client, f"/topics/{topic}/vote", choice="yes", request_id="abcd-1234")

    assert (first.status_code, second.status_code, other.status_code) == (303, 303, 409)
    with world.inside():
        assert db.session.scalars(select(Ballot.choice)).all() == ["no"]


@pytest.mark.parametrize("choice", ["", "west", "yes\x00", "9" * 300])
def test_a_choice_that_is_not_on_the_paper_is_told(world: World, choice: str) -> None:
    topic = world.make(in_voting)

    answer = post(world.as_(world.square.neighbours[0]), f"/topics/{topic}/vote", htmx=True, choice=choice)

    assert answer.status_code == 422
    assert 'id="vote-box"' in answer.text
    assert world.count(Ballot) == 0


def test_a_late_vote_is_refused_and_the_page_shows_how_it_ended(world: World, at: Hold) -> None:
    topic = world.make(in_voting)
    clients = [world.as_(person) for person in world.square.neighbours[:3]]
    told = [words(post(one, f"/topics/{topic}/vote", htmx=True, choice="yes")) for one in clients]
    assert world.as_(None).get(f"/topics/{topic}/ballots.json").status_code == 404
    at(CLOSES)
    late_client = world.as_(world.square.neighbours[4])

    late = post(late_client, f"/topics/{topic}/vote", htmx=True, choice="no")

    assert late.status_code == 409
    assert "This ballot closed on" in words(late)
    page = words(world.as_(None).get(f"/topics/{topic}"))
    assert "The vote carried" in page
    assert "Decided" in page
    assert world.state(topic) == "voting"  # nothing was written by reading
    bundle = world.as_(None).get(f"/topics/{topic}/ballots.json", follow_redirects=True).get_json()
    assert [paper for _receipt, paper in bundle["papers"]] == ["yes"] * 3
    checked = post(world.as_(None), f"/topics/{topic}/receipt", receipt=receipt_in(told[0]))
    assert "This vote is in the count, as: Yes." in words(checked)
    unknown = post(world.as_(None), f"/topics/{topic}/receipt", htmx=True, receipt="0000-1111")
    assert "No counted vote has this receipt" in words(unknown)


def test_who_cannot_vote_gets_the_sentence(world: World) -> None:
    topic = world.make(in_voting)

    for person, says in (
        (world.square.newcomer, "Only verified residents can vote"),
        (world.square.child, "Voting is for residents of 18"),
        (world.square.villager, "not on the roll"),
    ):
        client = world.as_(person)
        assert says in words(client.get(f"/topics/{topic}"))
        answer = post(client, f"/topics/{topic}/vote", choice="yes")
        assert answer.status_code == 403
        assert says in words(answer)
    assert world.count(Ballot) == 0


def test_a_comment_is_swapped_in_with_a_fresh_form_and_answers_find_their_place(world: World) -> None:
    topic = world.make(under_discussion)
    client = world.as_(world.square.neighbours[0])

    said = post(client, f"/topics/{topic}/comments", htmx=True, text="Fine by me", stance="for")
    (first,) = world.comments()
    form = client.get(f"/topics/{topic}?reply={first}", headers={"HX-Request": "true", "HX-Target": "say"})
    answer = post(world.as_(world.square.villager), f"/topics/{topic}/comments", text="Why?", parent=first)

    assert said.status_code == 200
    assert said.text.lstrip().startswith('<section class="card stack" id="say"')
    assert "Fine by me" in said.text
    assert "My answer" in form.text
    assert f'name="parent" type="hidden" value="{first}"' in form.text
    assert (answer.status_code, answer.location) == (303, f"/topics/{topic}#c-2")
    page = client.get(f"/topics/{topic}").text
    assert page.index("Fine by me") < page.index('class="replies"') < page.index("Why?")


def test_a_comment_that_is_wrong_keeps_its_text(world: World) -> None:
    topic = world.make(under_discussion)
    client = world.as_(world.square.neighbours[0])

    no_stance = post(client, f"/topics/{topic}/comments", htmx=True, text="I am not sure")
    too_long = post(client, f"/topics/{topic}/comments", text="x" * 2001, stance="for")
    elsewhere = post(client, f"/topics/{topic}/comments", text="Hello", parent=4711)

    assert no_stance.status_code == 422
    assert "I am not sure" in no_stance.text
    assert too_long.status_code == 422
    assert "x" * 2001 in too_long.text
    assert elsewhere.status_code == 404
    assert world.count(Comment) == 0


def test_agreeing_swaps_one_line(world: World) -> None:
    topic = world.make(under_discussion)
    post(world.as_(world.square.neighbours[0]), f"/topics/{topic}/comments", text="Fine by me", stance="for")
    (said,) = world.comments()
    client = world.as_(world.square.neighbours[1])

    answer = post(client, f"/topics/{topic}/comments/{said}/support", htmx=True)
    back = post(client, f"/topics/{topic}/comments/{said}/support/withdraw")

    assert answer.text.lstrip().startswith('<div class="acts" id="c-1-acts">')
    assert "You agree 1" in words(answer)
    assert (back.status_code, back.location) == (303, f"/topics/{topic}#c-1")
    own = post(world.as_(world.square.neighbours[0]), f"/topics/{topic}/comments/{said}/support", htmx=True)
    assert own.status_code == 409
    assert "your own comment" in words(own)
    assert post(client, f"/topics/{topic}/comments/{said + 99}/support").status_code == 404


def test_staff_hide_with_a_reason_and_adopt(world: World) -> None:
    topic = world.make(under_discussion)
    for text in ("My neighbour in 3-101 is loud", "Plant a tree"):
        post(world.as_(world.square.neighbours[0]), f"/topics/{topic}/comments", text=text, stance="for")
    loud, tree = world.comments()
    staff = world.as_(world.square.staff)

    no_reason = post(staff, f"/topics/{topic}/comments/{loud}/hide", because="")
    hidden = post(staff, f"/topics/{topic}/comments/{loud}/hide", because="It names a door")
    adopted = post(staff, f"/topics/{topic}/comments/{tree}/adopt")

    assert (no_reason.status_code, hidden.status_code, adopted.status_code) == (422, 303, 303)
    page = world.as_(None).get(f"/topics/{topic}").text
    assert "3-101" not in page
    assert "3-101" not in world.as_(None).get(f"/topics/{topic}.json").text
    assert "It names a door" in page
    assert "Adopted suggestion" in page
    assert post(world.as_(world.square.neighbours[0]), f"/topics/{topic}/comments/{tree}/adopt").status_code == 403


def test_staff_carry_a_topic_from_proposal_to_the_end(world: World, at: Hold) -> None:
    topic = world.make(a_topic)
    staff = world.as_(world.square.staff)

    assert post(staff, f"/topics/{topic}/steps/accept").status_code == 303
    assert staff.get(f"/topics/{topic}/ballot").status_code == 200
    wrong = post(
        staff, f"/topics/{topic}/ballot", wording="Where shall it stand?", method="single_choice", options="only one",
        electorate="household", days="5", quorum="1/5", threshold="0/1",
    )  # fmt: skip
    opened = post(
        staff, f"/topics/{topic}/ballot", wording="Where shall it stand?", method="single_choice",
        options="West gate | saves cable\nEast gate", electorate="household", days="5", quorum="1/5", threshold="0/1",
    )  # fmt: skip
    extended = post(staff, f"/topics/{topic}/ballot/extend", days="2", why="Some notices came late")
    page = words(staff.get(f"/topics/{topic}"))
    at(NOON + 9 * DAY)
    staff = world.as_(world.square.staff)
    recorded = post(staff, f"/topics/{topic}/steps/record")
    closed = post(staff, f"/topics/{topic}/steps/close", why="Too few voted")

    assert wrong.status_code == 422
    assert "only one" in wrong.text
    assert (opened.status_code, extended.status_code) == (303, 303)
    assert "Voting was extended" in page
    assert "Some notices came late" in page
    assert "saves cable" in page
    assert (recorded.status_code, closed.status_code) == (303, 303)
    assert world.state(topic) == "closed"


def test_a_step_without_its_reason_or_not_ones_own_is_refused(world: World) -> None:
    topic = world.make(a_topic)

    no_reason = post(world.as_(world.square.staff), f"/topics/{topic}/steps/decline")
    not_theirs = post(world.as_(world.square.neighbours[0]), f"/topics/{topic}/steps/accept")
    unknown = post(world.as_(world.square.staff), f"/topics/{topic}/steps/abolish")
    not_now = post(world.as_(world.square.staff), f"/topics/{topic}/steps/reopen", why="Once more")

    assert (no_reason.status_code, not_theirs.status_code, unknown.status_code) == (422, 403, 404)
    assert "Please give a reason" in words(no_reason)
    assert not_now.status_code == 409
    assert world.state(topic) == "proposed"


def test_lists_filter_and_page_by_key(world: World) -> None:
    for _ in range(23):
        world.make(a_topic)
    voting = world.make(in_voting)
    client = world.as_(world.square.neighbours[0])

    first = client.get("/topics.json").get_json()
    second = client.get(f"/topics.json?after={first['next']}").get_json()
    votes = client.get("/topics.json?state=voting").get_json()

    assert (len(first["items"]), len(second["items"]), second["next"]) == (20, 4, None)
    assert len({one["id"] for one in first["items"] + second["items"]}) == 24
    assert [one["id"] for one in votes["items"]] == [voting]
    assert client.get("/topics?after=nonsense&state=nonsense&place=nonsense").status_code == 200
    assert "No topics here yet" in client.get("/topics?state=closed").text
    assert "张秀" not in json.dumps(first, ensure_ascii=False)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pages_stay_within_their_statements(world: World, language: str) -> None:
    topic = world.make(in_voting)
    with world.inside():
        row = queries.topic_visible_to(world.square.staff, topic)
        assert row is not None
        for number in range(60):
            operations.comment(
                row, text=row.title, stance="for", parent_id=None, official=False,
                by=world.square.neighbours[number % 10], at=NOON,
            )  # fmt: skip
    client = world.as_(world.square.neighbours[0], language)

    for path, most in (
        ("/topics", 6),
        (f"/topics/{topic}", 10),
        (f"/topics/{topic}?stance=for", 10),
        ("/topics/new", 4),
    ):
        client.get(path)
        with statements() as seen:
            assert client.get(path).status_code == 200
        assert len(seen) <= most, (path, *seen)


@pytest.mark.parametrize("secret", [False, True])
@pytest.mark.parametrize("waited_for", ["wait_for_turn", "own_entry", "told"])
def test_a_vote_that_waited_past_the_closing_is_too_late(
    world: World, at: Hold, monkeypatch: pytest.MonkeyPatch, waited_for: str, secret: bool
) -> None:
    """For whoever counts, for the elector's row, or for what follows a vote: it must not come after the count."""
    topic = world.make(in_voting, secret=secret)
    client = world.as_(world.square.neighbours[0])
    paper = {"choice": "yes", "receipt": "0000-1111-2222-3333-4444"}
    at(CLOSES - timedelta(seconds=1))
    for room in (casting, secretly) if waited_for != "wait_for_turn" else (casting,):
        monkeypatch.setattr(room, waited_for, waits(getattr(room, waited_for), lambda: at(CLOSES)))

    late = post(client, f"/topics/{topic}/vote", **paper)

    assert late.status_code == 409
    assert "takes no more votes" in words(late)
    assert (world.count(Ballot), world.count(SecretMark), world.count(SecretPaper)) == (0, 0, 0)
    monkeypatch.undo()
    at(CLOSES - timedelta(seconds=1))
    assert post(client, f"/topics/{topic}/vote", **paper).status_code in (200, 303)


def waits(act: Callable[..., Any], until: Callable[[], object]) -> Callable[..., Any]:
    def waited(*given: Any, **named: Any) -> Any:
        until()
        return act(*given, **named)

    return waited


def test_a_vote_costs_few_statements(world: World) -> None:
    topic = world.make(in_voting)
    client = world.as_(world.square.neighbours[0])
    token = client.get(f"/topics/{topic}").text.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]

    with statements() as seen:
        client.post(
            f"/topics/{topic}/vote", data={"csrf_token": token, "choice": "yes"}, headers={"HX-Request": "true"}
        )

    writing = [one for one in seen if "ballots" in one or "roll_entries" in one or "questions" in one]
    assert len(seen) <= 24, seen
    assert sum(one.startswith("INSERT INTO ballots") for one in writing) == 1


def test_the_ballot_paper_is_drawn_up_by_staff_of_the_place_alone(world: World) -> None:
    topic = world.make(under_discussion)
    with world.inside():
        elsewhere = a_resident(a_household(world.square.street.village_group))
        give("staff", elsewhere, world.square.street.village)
        person = as_person(elsewhere)

    answers = [world.as_(who).get(f"/topics/{topic}/ballot") for who in (world.square.staff, person)]

    assert [answer.status_code for answer in answers] == [200, 403]
    assert "not yours" in words(answers[1])
    assert world.as_(world.square.staff).get(f"/topics/{world.make(in_voting)}/ballot").status_code == 409


def test_the_quorum_counts_people_or_households(world: World) -> None:
    by_person, by_household = world.make(in_voting), world.make(in_voting, electorate="household")

    pages = [words(world.as_(None).get(f"/topics/{topic}")) for topic in (by_person, by_household)]

    assert "Quorum: 3 people" in pages[0]
    assert "Quorum: 2 households" in pages[1]


def test_chinese_pages_speak_chinese(world: World) -> None:
    topic = world.make(in_voting)

    page = world.as_(world.square.neighbours[0], "zh").get(f"/topics/{topic}").text

    for said in ("我的一票", "投出我的一票", "最低参与数：3人", "走到哪一步了", "大家怎么说", "管理员也一样"):
        assert said in page
