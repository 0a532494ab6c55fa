"""The text that is voted on: a file behind a link, whose check sum stands with the vote and in the bundle."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.agreements import operations as agreements
from app.agreements import proof as of_agreements
from app.agreements.models import Article, Version
from app.ballots.models import Question
from app.ballots.texts import written
from app.council import proof as of_topics
from app.council.models import Topic
from app.kit.db import db
from app.kit.refusal import Refused
from app.kit.words import Words
from tests import worlds
from tests.agreements.compact import CLOSES as ADOPTED
from tests.agreements.compact import CONSULTED, EFFECT, Compact, a_compact, article, drafted, put_up, set_line
from tests.council.square import CLOSES, Square, a_square, in_voting
from tests.makers import NOON
from tests.worlds import Hold

POINTS = [Words(zh="三十二个位", en="32 places"), Words(zh="不向住户摊派", en="No household is charged")]


class World(worlds.World):
    square: Square
    compact: Compact

    def furnish(self) -> None:
        self.square, self.compact = a_square(), a_compact()

    def a_topic(self) -> int:
        with self.inside():
            return in_voting(self.square, points=POINTS).id

    def a_version(self) -> str:
        """The address of a version that sets a line, up for adoption."""
        with self.inside():
            version = drafted(self.compact)
            set_line(self.compact, version)
            put_up(self.compact, version)
            return f"/agreements/{version.agreement_id}/versions/{version.number}"

    def voted_on(self, page: str) -> dict[str, Any]:
        """What the JSON of that page says of the text."""
        found: dict[str, Any] = self.as_(None).get(f"{page}.json").get_json()["ballot"]["text"]
        return found


@pytest.fixture
def world(app: Flask, at: Hold) -> World:
    at(NOON)
    return World(app)


def test_a_file_is_the_paragraphs_in_every_language_that_there_is() -> None:
    assert written(Words(zh="一", en="One"), "two", Words(en="Three")) == "一\nOne\n\ntwo\n\nThree\n"


def test_anybody_computes_the_check_sum_of_a_topics_text_again(world: World) -> None:
    topic = world.a_topic()
    text, visitor = world.voted_on(f"/topics/{topic}"), world.as_(None)

    file = visitor.get(text["href"])

    assert (file.status_code, file.mimetype) == (200, "text/plain")
    assert "attachment" not in file.headers["Content-Disposition"]
    assert sha256(file.data).hexdigest() == text["sha256"]
    assert file.text == (
        "建充电棚\nBuild a charging shed\n\n两楼之间建一座棚。\nA shed between the two buildings.\n\n"
        "表决通过即决定：\nDecided if it carries:\n\n1. 三十二个位\n1. 32 places\n\n"
        "2. 不向住户摊派\n2. No household is charged\n"
    )


def test_anybody_computes_the_check_sum_of_a_versions_text_again(world: World, at: Hold) -> None:
    page = world.a_version()
    at(CONSULTED)
    text = world.voted_on(page)

    file = world.as_(None).get(text["href"])

    assert sha256(file.data).hexdigest() == text["sha256"]
    for part in (
        "《楼道公约》第1版\nStairs agreement, version 1", "楼道是大家的路。", f"Day of effect: {EFFECT.isoformat()}",
        "1. 清洁日大家一起来。\n1. On clean-up day we all come.", '"honour": 7', "2. 楼道不堆物。",
    ):  # fmt: skip
        assert part in file.text, part


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_of_the_vote_shows_name_link_and_check_sum_and_says_how_to_compute_it(
    world: World, at: Hold, language: str
) -> None:
    topic, version = f"/topics/{world.a_topic()}", world.a_version()
    at(CONSULTED)

    for page in (topic, version):
        text = world.voted_on(page)
        reader = world.as_(None, language)
        vote = re.search(r"/votes/\d+", reader.get(page).text)
        assert vote is not None
        shown = reader.get(vote[0]).text
        assert f'<a href="{text["href"]}">' in shown
        assert text["sha256"] in shown
        assert "sha256sum" in shown
        assert ("文件" if language == "zh" else "as a file") in shown


def test_the_bundle_names_the_text(world: World, at: Hold) -> None:
    topic = world.a_topic()
    at(CLOSES)
    with world.inside():
        question_id = db.session.scalars(select(Question.id)).one()

    bundle = world.as_(None).get(f"/votes/{question_id}/bundle.json").get_json()

    assert bundle["question"]["text"] == {
        "name": {"zh": "建充电棚", "en": "Build a charging shed"}, "href": f"/topics/{topic}/text.txt",
        "sha256": world.voted_on(f"/topics/{topic}")["sha256"],
    }  # fmt: skip


def test_tries_to_change_an_agreement_after_opening_leave_the_text_as_it_is(world: World, at: Hold) -> None:
    page = world.a_version()
    at(CONSULTED)
    before = world.as_(None).get(f"{page}/text.txt").data
    with world.inside():
        version = db.session.scalars(select(Version)).one()
        first, by = article(version, 1).id, world.compact.staff
        tries = (
            lambda: agreements.change_article(first, text=Words(zh="另一条", en="Another"), by=by),
            lambda: agreements.remove_article(first, by=by),
            lambda: agreements.write_article(version.id, text=Words(zh="又一条", en="One more"), by=by),
            lambda: agreements.remove_rule(first, code="E04", by=by),
            lambda: agreements.take_step(version.id, "revise", why=Words(zh="改", en="Change"), by=by, at=CONSULTED),
            lambda: agreements.take_step(version.id, "drop", why=Words(zh="改", en="Change"), by=by, at=CONSULTED),
        )
        for act in tries:
            with pytest.raises(Refused), db.session.begin_nested():
                act()

    assert world.as_(None).get(f"{page}/text.txt").data == before
    at(ADOPTED)
    assert world.as_(None).get(f"{page}/text.txt").data == before


def test_who_changes_the_rows_behind_a_text_is_found(world: World) -> None:
    world.a_topic(), world.a_version()
    with world.inside():
        assert [*of_topics.faults(), *of_agreements.faults()] == []
        db.session.execute(update(Topic).values(body=Words(zh="另一座棚。", en="Another shed.")))
        db.session.execute(update(Article).where(Article.number == 2).values(text=Words(zh="楼道可堆物。")))

        found = [*of_topics.faults(), *of_agreements.faults()]

        assert [(one.invariant, one.where.partition(":")[0]) for one in found] == [
            ("text", "topic"),
            ("text", "version"),
        ]
        db.session.rollback()


def test_a_topic_or_a_version_that_nobody_votes_on_has_no_such_file(world: World) -> None:
    with world.inside():
        version = drafted(world.compact)
        page = f"/agreements/{version.agreement_id}/versions/{version.number}"

    assert world.as_(world.compact.staff).get(f"{page}/text.txt").status_code == 404
    assert world.as_(None).get("/topics/999/text.txt").status_code == 404
