"""Search finds what reading every text would find, in the right order, on both databases."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.kit import search
from app.kit.db import db
from app.kit.search import Document
from app.kit.search.tables import SearchDocument
from app.kit.words import Words

NOON = datetime(2026, 11, 18, 4, 0, tzinfo=UTC)
SHARED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
SIGNS = "停车位花园社区的"
WORDS = ("garden", "gardens", "lamp", "b", "3", "2026", "boxes", "city", "cities")

pieces = st.one_of(
    st.text(SIGNS, min_size=1, max_size=5), st.sampled_from(WORDS), st.sampled_from("，。 ！-·'\"*_"), st.just("𠮷㐀")
)
texts = st.lists(pieces, max_size=6).map(" ".join) | st.lists(pieces, max_size=4).map("".join)


def a_document(ref: int = 1, title: str = "", body: str = "", **values: object) -> Document:
    known = Document("topic", ref, "/1/2/", Words(zh=title), Words(zh=body), f"/topics/{ref}", NOON)
    return replace(known, **values)  # type: ignore[arg-type]


def found(query: str, **how: object) -> list[int]:
    """Refs of all finds, page by page, so that pages are tried as well."""
    refs: list[int] = []
    after: str | None = None
    while True:
        page = search.find(query, after=after, size=3, **how)  # type: ignore[arg-type]
        refs += [row.ref for row in page.rows]
        if page.next is None:
            return refs
        after = page.next


# The oracle: what somebody finds who reads everything. Signs stand together; a word is whole, one letter begins it.


def parts_of(text: str) -> list[str]:
    return re.findall(rf"[{SIGNS}𠮷㐀]+|[a-z0-9]+", text.lower())


def singular(word: str) -> str:
    return {"gardens": "garden", "boxes": "boxe", "cities": "city"}.get(word, word)


def holds(text: str, part: str) -> bool:
    if part[0] in SIGNS + "𠮷㐀":
        return part in text
    words = [word for word in parts_of(text) if word.isascii()]
    if len(part) == 1:
        return any(word.startswith(part) for word in words)
    return singular(part) in map(singular, words)


def naive(query: str, documents: list[Document]) -> list[int]:
    parts = parts_of(query)
    if not parts:
        return []
    hits = [one for one in documents if all(holds(f"{one.title.zh} {one.text.zh}", part) for part in parts)]
    titled = [one.ref for one in hits if all(holds(one.title.zh, part) for part in parts)]
    newest = [one.ref for one in sorted(hits, key=lambda one: one.at, reverse=True)]
    return [ref for ref in newest if ref in titled] + [ref for ref in newest if ref not in titled]


@settings(suppress_health_check=SHARED)
@given(
    bodies=st.lists(st.tuples(texts, texts), min_size=1, max_size=8), queries=st.lists(texts, min_size=4, max_size=4)
)
def test_a_search_finds_what_reading_everything_finds(
    context: Flask, bodies: list[tuple[str, str]], queries: list[str]
) -> None:
    documents = [
        a_document(ref, title, body, at=NOON - timedelta(hours=ref * 7 % 11))
        for ref, (title, body) in enumerate(bodies, start=1)
    ]
    search.fill(documents)

    for query in [*queries, *(body for _, body in bodies)]:
        assert found(query) == naive(query, documents)

    db.session.rollback()


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("停", "这里停车"), ("停车", "这里停车不便"), ("社区花园", "我们的社区花园。"), ("𠮷", "姓𠮷的人"),
        ("二〇二六", "二〇二六年"),
        ("garden", "The Gardens."), ("gardens", "a garden"), ("g", "a Garden"), ("CAFÉ", "the cafe"), ("３", "3号楼"),
        ("ＡＢ", "ab"), ("停车 lamp", "lamp 停车"), ("3号楼", "在3号楼下"), ("ガ", "カ"), ("naïve", "NAIVE"),
    ],
)  # fmt: skip
def test_it_finds(context: Flask, query: str, text: str) -> None:
    search.fill([a_document(1, "别的", text)])

    assert found(query) == [1]


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("停车位", "停车，车位"), ("花社", "花园社区"), ("gard", "garden"), ("arden", "garden"), ("停车 lamp", "停车"),
        ("!!", "!!"), ("", "停车"), ('"停车', "别的"), ("停车 OR 花园", "停车"),
        ("·ktopic", "停车"), ("%", "100%"), ("·", "·"),
    ],
)  # fmt: skip
def test_it_does_not_find(context: Flask, query: str, text: str) -> None:
    search.fill([a_document(1, "别的", text)])

    assert found(query) == []


def test_both_languages_of_a_text_are_found(context: Flask) -> None:
    search.fill([replace(a_document(), title=Words(zh="停车", en="Parking"), text=Words(zh="花园", en="A garden"))])

    assert found("花园") == found("garden") == found("parking 停车") == [1]


def test_places_and_kinds_narrow_the_search(context: Flask) -> None:
    search.fill(
        [
            a_document(1, "停车", place_path="/1/"),
            a_document(2, "停车", place_path="/1/2/"),
            a_document(3, "停车", place_path="/1/22/"),
            a_document(4, "停车", place_path="/1/2/5/", kind="activity"),
        ]
    )

    assert sorted(found("停车")) == [1, 2, 3, 4]
    assert sorted(found("停车", place_path="/1/2/")) == [2, 4]
    assert found("停车", place_path="/1/2/", kinds=["activity"]) == [4]
    assert sorted(found("停车", kinds=["activity", "topic"])) == [1, 2, 3, 4]


def test_a_text_is_found_as_it_reads_now_and_not_once_it_is_forgotten(context: Flask) -> None:
    search.renew("topic", 7, [a_document(7, "停车难")])
    search.renew("topic", 7, [a_document(7, "花园")])

    assert found("停车") == []
    assert found("花园") == [7]

    search.renew("topic", 7, [])

    assert found("花园") == []
    search.forget("topic", 7)


def test_what_is_forgotten_leaves_nothing_in_the_index(context: Flask) -> None:
    search.renew("topic", 7, [a_document(7, "停车难")])
    search.forget("topic", 7)

    assert db.session.scalar(text("SELECT COUNT(*) FROM search_words")) == 0
    assert db.session.query(SearchDocument).count() == 0


def test_texts_of_the_same_second_do_not_meet(context: Flask) -> None:
    search.fill(a_document(ref, "停车") for ref in range(1, 400))

    assert sorted(found("停车")) == list(range(1, 400))


def test_a_rare_word_is_found_behind_thousands_of_newer_texts(context: Flask) -> None:
    def body(ref: int) -> str:
        return "温室" if ref % 700 == 0 else "停车" if ref > 1800 else "花园"

    search.fill(a_document(ref, "", body(ref), at=NOON + timedelta(hours=ref)) for ref in range(1, 2101))

    assert found("温室") == [2100, 1400, 700]
    assert found("停车") == list(range(2099, 1800, -1))
    assert search.find("花园", size=5).rows[0].ref == 1800
    assert len(found("花园")) == 1798


@pytest.mark.parametrize("after", ["x", "1~", "~5", "2~9", "1~99999999999999999999999", "1~-4", "1~٣", "0~1~2"])
def test_a_key_that_cannot_be_read_shows_the_first_page(context: Flask, after: str) -> None:
    search.fill([a_document(1, "停车")])

    assert [row.ref for row in search.find("停车", after=after).rows] == [1]


def test_a_very_long_text_and_a_very_long_query_do_no_harm(context: Flask) -> None:
    search.fill([a_document(1, "长", "停车位" * 20_000 + "x" * 5000), a_document(2, "", "a " * 30_000 + "停车")])

    assert found("停车位" * 40) == [1]
    assert found("x" * 3000) == []
    assert found(" ".join(f"w{n}" for n in range(300))) == []


def test_differences_name_what_is_not_kept_as_it_is(context: Flask) -> None:
    documents = [a_document(ref, f"停车{ref}") for ref in (1, 2, 3)]
    search.fill(documents[:2])

    assert list(search.differences(documents)) == [("topic", 3)]
    assert list(search.differences([a_document(1, "别的"), documents[1]])) == [("topic", 1)]


@pytest.mark.parametrize(
    ("text", "query", "marked"),
    [
        ("这里停车不便", "停车", "这里<mark>停车</mark>不便"),
        ("停车位和车位", "停车 车位", "<mark>停车位</mark>和<mark>车位</mark>"),
        ("The Gardens & lamps", "garden", "The <mark>Gardens</mark> &amp; lamps"),
        ("A gate, a Garden", "g", "A <mark>gate</mark>, a <mark>Garden</mark>"),
        ("Ｃａｆé <b>", "cafe", "<mark>Ｃａｆé</mark> &lt;b&gt;"),
        ("姓𠮷的人", "𠮷", "姓<mark>𠮷</mark>的人"),
        ("车，车", "停车", "车，车"),
    ],
)
def test_what_was_looked_for_is_marked(text: str, query: str, marked: str) -> None:
    assert str(search.marked(Words(zh=text), query, "zh")) == marked


def test_a_snippet_shows_the_place_of_the_first_find_in_the_language_where_it_is() -> None:
    words = Words(zh="路" * 100 + "停车" + "灯" * 100, en="word " * 60 + "parking lot " + "end " * 60)

    chinese = str(search.snippet(words, "停车", "zh"))
    english = str(search.snippet(words, "parking", "zh"))

    assert chinese.startswith("……路")
    assert chinese.endswith("灯……")
    assert "<mark>停车</mark>" in chinese
    assert english.startswith('<span lang="en">…word word')
    assert "<mark>parking</mark> lot" in english
    assert str(search.snippet(Words(), "停车", "zh")) == ""
