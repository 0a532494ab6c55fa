"""The feed, read as strictly as RFC 4287 is written: by expat, element by element."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from flask import Flask

from app.disclosures import operations
from app.kit.db import db
from app.kit.words import Words
from tests.disclosures.hall import TEXT, Hall, a_draft, a_hall, a_table, finances, signed
from tests.makers import NOON, kept
from tests.worlds import Hold

ATOM, LANG = "{http://www.w3.org/2005/Atom}", "{http://www.w3.org/XML/1998/namespace}lang"
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
HOUR = timedelta(hours=1)
# What must stand in a feed and in an entry, and how often.
FEED = {"id": 1, "title": 1, "updated": 1, "author": 1, "link": 2}
ENTRY = {"id": 1, "title": 1, "updated": 1, "published": 1, "author": 1, "category": 1, "link": 1, "summary": 1}
HOSTILE = "</title><script>alert(1)</script> ]]> &amp; \"'\u202e\x0b\ufffe\U00020bb7 <b>"


def strictly(body: bytes) -> Xml.Element:
    """The feed, after every element was looked at."""
    assert body.startswith(b"<?xml version='1.0' encoding='utf-8'?>")
    root = Xml.fromstring(body)
    assert root.tag == f"{ATOM}feed"
    assert all(one.tag.startswith(ATOM) for one in root.iter())
    entries = root.findall(f"{ATOM}entry")
    assert Counter(one.tag.removeprefix(ATOM) for one in root if one.tag != f"{ATOM}entry") == FEED
    for entry in entries:
        assert Counter(one.tag.removeprefix(ATOM) for one in entry) == ENTRY
        assert entry.find(f"{ATOM}category").get("term") in ("party", "village", "finance")  # type: ignore[union-attr]
        assert told(entry, "published") <= told(entry, "updated")
    for one in root.iter():
        name = one.tag.removeprefix(ATOM)
        if name in ("id", "title", "name", "summary"):
            assert one.text
            assert one.text.strip()
            assert one.get("type", "text") == "text"
        elif name in ("updated", "published"):
            assert INSTANT.fullmatch(one.text or "")
        elif name == "link":
            assert re.match(r"https?://[^ <>\"]+$", one.get("href", ""))
    assert len({told(one, "id") for one in entries}) == len(entries)
    assert [told(one, "updated") for one in entries] == sorted((told(one, "updated") for one in entries), reverse=True)
    assert not entries or told(root, "updated") == told(entries[0], "updated")
    assert {one.get("rel") for one in root.findall(f"{ATOM}link")} == {"self", "alternate"}
    return root


def told(parent: Xml.Element, name: str) -> str:
    return parent.findtext(f"{ATOM}{name}") or ""


def ids(root: Xml.Element) -> list[str]:
    return [told(one, "id") for one in root.findall(f"{ATOM}entry")]


class Board:
    """Items of a hall, published one after the other, and the feed about them."""

    def __init__(self, app: Flask) -> None:
        self.app, self.hours = app, 0
        with app.app_context(), kept():
            self.hall: Hall = a_hall()
            self.place_id, self.code = self.hall.place.id, self.hall.place.code
            db.session.expunge_all()

    def _publish(self, make: Callable[[datetime], Any]) -> int:
        self.hours += 1
        with self.app.app_context(), kept():
            self.hall.place = db.session.get_one(type(self.hall.place), self.place_id)
            return int(make(NOON + self.hours * HOUR).id)

    def item(self, **values: Any) -> int:
        return self._publish(lambda at: signed(self.hall, a_draft(self.hall, **values), at))

    def month(self) -> int:
        return self._publish(lambda at: finances(self.hall, "2026-10", a_table(), at))

    def correct(self, item: int, title: Words) -> int:
        def write(at: datetime) -> Any:
            draft = operations.correct(item, by=self.hall.staff, at=at)
            operations.write(draft.id, title=title, text=TEXT, cells=None, reason=TEXT, by=self.hall.staff, at=at)
            return signed(self.hall, draft, at)

        return self._publish(write)

    def feed(self, language: str = "zh", place: str = "", **headers: str) -> Any:
        client = self.app.test_client()
        client.set_cookie("language", language)
        return client.get(f"/feed.atom?place={place or self.code}", headers=headers)


@pytest.fixture
def board(app: Flask, at: Hold) -> Board:
    at(NOON + 12 * HOUR)
    return Board(app)


def test_it_is_valid_empty_full_and_whatever_is_written_in_it(board: Board) -> None:
    assert ids(strictly(board.feed().data)) == []
    board.item(title=Words(zh=HOSTILE), text=Words(zh=HOSTILE * 30))
    board.month()

    for language in ("zh", "en"):
        for place in (board.code, "s", "nowhere"):
            answer = board.feed(language, place)
            root = strictly(answer.data)
            assert answer.content_type == "application/atom+xml; charset=utf-8"
            assert root.get(LANG) == {"zh": "zh-CN", "en": "en"}[language]
            assert {"Cookie", "Accept-Language"} <= {one.strip() for one in answer.headers["Vary"].split(",")}
    title = told(root.findall(f"{ATOM}entry")[1], "title")
    assert title == "</title><script>alert(1)</script> ]]> &amp; \"'\U00020bb7 <b>"


def test_a_correction_keeps_its_id_and_comes_first(board: Board) -> None:
    first, second = board.item(), board.month()
    before = strictly(board.feed().data)
    board.correct(first, Words(zh="更正后的实事安排", en="Corrected"))
    after = strictly(board.feed().data)

    assert [one.rpartition("/")[2] for one in ids(before)] == [str(second), str(first)]
    assert ids(after) == ids(before)[::-1]
    assert ids(strictly(board.feed("en").data)) == ids(after), "the same in every language"
    old, new = (next(one for one in root.findall(f"{ATOM}entry") if told(one, "id") == ids(after)[0])
                for root in (before, after))  # fmt: skip
    assert told(old, "published") == told(new, "published") == told(old, "updated") < told(new, "updated")
    assert told(new, "title") == "更正后的实事安排"
    assert told(strictly(board.feed("en").data).findall(f"{ATOM}entry")[0], "title") == "Corrected"


def test_who_has_it_already_is_told_so_in_one_line(board: Board) -> None:
    item = board.item()
    first = board.feed()
    again = board.feed(**{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")

    board.correct(item, Words(zh="另一个题目"))
    assert board.feed(**{"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_drafts_and_names_are_not_in_it(board: Board) -> None:
    board.item()
    with board.app.app_context(), kept():
        board.hall.place = db.session.get_one(type(board.hall.place), board.place_id)
        a_draft(board.hall, title=Words(zh="还在写"))

    text = board.feed().text
    assert len(ids(strictly(text.encode()))) == 1
    assert "还在写" not in text
