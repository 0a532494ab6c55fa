"""The search follows what the rooms do; `flask verify` notices when it does not, and the command mends it."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text

from app.home import proof
from app.kit import search
from app.kit.db import db, transaction
from app.kit.search.tables import INDEX
from tests.test_journeys import Walker

TOPIC = {"title": "在石榴亭放一张鱻字棋桌", "body": "下棋的人多，桌子少。", "kind": "other"}


def found(app: Flask, query: str, kind: str) -> list[int]:
    with app.app_context():
        return [row.ref for row in search.find(query, kinds=[kind]).rows]


def faults(app: Flask) -> list[str]:
    with app.app_context():
        return [fault.where for fault in proof.faults()]


def test_the_sample_street_is_found_as_it_reads(street_app: Flask) -> None:
    assert faults(street_app) == []
    with street_app.app_context():
        assert proof.counts()["texts that can be found"] > 100


def test_a_topic_is_found_from_its_proposal_on(street_app: Flask) -> None:
    walker = Walker(street_app.test_client()).signs_in("resident").opens("/topics/new")
    topic = {**TOPIC, "place": walker.first(r'<option[^>]* value="(\d+)"')}
    walker.fills("/topics/new", **topic, as_draft="1")
    assert found(street_app, "鱻字棋桌", "topic") == []  # a draft is its author's

    walker.opens("/topics/new").fills("/topics/new", **topic)

    assert found(street_app, "鱻字棋桌", "topic") == [int(walker.path.split("/")[-1])]
    assert faults(street_app) == []


@pytest.mark.parametrize(
    ("harm", "where"),
    [
        ("DELETE FROM search_documents WHERE kind = 'topic'", "topic:"),
        ("UPDATE search_documents SET href = '/elsewhere' WHERE kind = 'agreement'", "agreement:"),
        ("UPDATE search_documents SET ref = -1 WHERE id = (SELECT MIN(id) FROM search_documents)", "index"),
        (f"DELETE FROM {INDEX}", "index"),
    ],
)
def test_what_is_not_found_as_it_reads_is_told_and_mended(street_app: Flask, harm: str, where: str) -> None:
    with street_app.app_context(), transaction():
        db.session.execute(text(harm))
    told = faults(street_app)
    assert told

    done = street_app.test_cli_runner().invoke(args=["search-rebuild"])

    assert done.exit_code == 0, done.output
    assert "texts can be found" in done.output
    assert faults(street_app) == []
    assert where == "index" or any(one.startswith(where) for one in told)


def test_tick_finds_what_was_there_before_the_index_came(street_app: Flask) -> None:
    """After an upgrade the index may hold a new topic and none of the older ones."""
    with street_app.app_context(), transaction():
        db.session.execute(text("DELETE FROM search_documents WHERE id <> (SELECT MAX(id) FROM search_documents)"))
    told = street_app.test_cli_runner().invoke(args=["tick"]).output
    assert "0 texts of an older house made findable" not in told
    assert faults(street_app) == []
    assert "     0 texts of an older house made findable" in street_app.test_cli_runner().invoke(args=["tick"]).output
