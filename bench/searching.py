"""Search over 100,000 texts in both languages: the dearest of many queries, and whether each found the right ones."""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text

from app import create_app
from app.config import Settings
from app.kit import search
from app.kit.db import db, transaction
from app.kit.search import Document
from app.kit.search.tables import SearchDocument
from app.kit.words import Words
from app.sample import content
from bench.result import Result
from tests.postgres import OwnServer

DOCUMENTS = 100_000
GOAL_MS = 5
TIMES = 15
BEGAN = datetime(2016, 1, 1, tzinfo=UTC)
# What is looked for, and in how many of a hundred texts it was put. The rest stands in them by itself, or nowhere.
FREQUENT = (("这里停车不方便", "parking", 75), ("大家的社区花园", "garden", 8), ("儿童滑梯要修了", "slide", 2))
RARE = {500: ("社区温室和鹭", "greenhouse"), 70_000: ("社区温室和鹭", "greenhouse")}
QUERIES = (
    "车", "停", "鹭", "鱻", "停车", "社区", "花园", "滑梯", "温室", "鱻鱻", "停车不方便", "社区花园", "儿童滑梯",
    "社区温室", "不方便停车", "parking", "gardens", "slide", "greenhouse", "nowhere", "p", "停车 parking",
    "停车 greenhouse", "花园 slide",
)  # fmt: skip
NARROW: tuple[dict[str, Any], ...] = ({}, {"kinds": ["agreement"]}, {"place_path": "/1/2/"})


@dataclass(frozen=True)
class Case:
    """One query as it is asked; `after` is where its page begins."""

    query: str
    narrow: dict[str, Any]
    expected: list[int]


def measure() -> list[Result]:
    documents = list(generated(DOCUMENTS))
    texts = [read(one) for one in documents]
    cases = [Case(query, narrow, naive(query, texts, **narrow)) for query in QUERIES for narrow in NARROW]
    found = []
    for name, database in (("sqlite", _sqlite), ("postgresql", _postgresql)):
        with database() as url:
            found.append(Result(f"search-{name}-ms", round(_dearest(url, documents, cases), 2), GOAL_MS))
    return found


def _dearest(url: str, documents: list[Document], cases: list[Case]) -> float:
    app = create_app(Settings(env="test", database_url=url, secret_key="bench" * 10))
    with app.app_context():
        SearchDocument.__table__.create(db.engine)  # type: ignore[attr-defined]
        with transaction():
            search.fill(documents)
        if not url.startswith("sqlite"):
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("VACUUM ANALYZE"))  # as the server does by itself within minutes
        with transaction(writing=False):
            return max(map(_milliseconds, cases))


def _milliseconds(case: Case) -> float:
    """Its first page, or its second if that is dearer. Raises when what it finds is not right.

    The quickest of some times: what others do on the same processor meanwhile is not the time of the database.
    """
    first = search.find(case.query, **case.narrow)
    pages: list[str | None] = [None] if first.next is None else [None, first.next]
    rows = [row.ref for after in pages for row in search.find(case.query, after=after, **case.narrow).rows]
    if rows != case.expected[: 20 * len(pages)] or (first.next is None) != (len(case.expected) <= 20):
        raise RuntimeError(f"{case.query} {case.narrow}: found {rows[:5]}..., not {case.expected[:5]}...")
    dearest = max(min(_once(case, after) for _ in range(TIMES)) for after in pages)
    if dearest > GOAL_MS:
        print(f"# {case.query} {case.narrow}: {dearest:.1f} ms, {len(case.expected):,} texts", file=sys.stderr)
    return dearest


def _once(case: Case, after: str | None) -> float:
    began = time.perf_counter()
    search.find(case.query, after=after, **case.narrow)
    return (time.perf_counter() - began) * 1000


def generated(number: int) -> Iterator[Document]:
    """Texts of about 400 signs: sentences of the sample street, with a long tail of words that few of them share."""
    rng = random.Random(6)
    chinese, english = _sentences()
    signs = [sign for sentence in chinese for sign in sentence if "\u4e00" <= sign <= "\u9fff"]
    tail = [rng.choice(signs) + rng.choice(signs) for _ in range(20_000)]
    for ref in range(number):
        zh = [part for _ in range(5) for part in (rng.choice(chinese), tail[int(20_000 * rng.random() ** 3)])]
        en = [rng.choice(english)[:120] for _ in range(2)]
        for signs_in, word, per_cent in FREQUENT:
            if rng.random() * 100 < per_cent:
                zh.append(signs_in)
                en.append(word)
        zh.extend(RARE.get(ref, ("",))[:1])
        en.extend(RARE.get(ref, ("", ""))[1:])
        title = ("停车" if rng.random() < 0.01 else "") + rng.choice(chinese)[:12]
        kind = "agreement" if ref % 100 == 0 else ("topic", "activity", "disclosure")[ref % 3]
        yield Document(
            kind, ref, f"/1/{2 + ref % 2}/", Words(zh=title), Words(zh="。".join(zh), en=" ".join(en)), f"/x/{ref}",
            BEGAN + timedelta(minutes=50 * ref),
        )  # fmt: skip


def _sentences() -> tuple[list[str], list[str]]:
    """What people say in the sample street, for being looked for in other orders."""
    found: list[str] = []
    for name in ("activities", "council", "requests", "rewards", "tariff"):
        _collect(content.read(name), found)
    chinese = [one for one in found if sum("\u4e00" <= sign <= "\u9fff" for sign in one) > 8]
    return chinese, [one for one in found if one.isascii() and len(one.split()) > 4]


def _collect(value: Any, found: list[str]) -> None:
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            _collect(one, found)
    elif isinstance(value, str):
        found.append(value)


@dataclass(frozen=True)
class Read:
    """A text as somebody has it in mind who read it: signs, and the words in both of their numbers."""

    ref: int
    kind: str
    place_path: str
    title: str
    whole: str
    words: frozenset[str]

    def holds(self, part: str) -> bool:
        return part in self.words if part.isascii() else part in self.whole


def read(one: Document) -> Read:
    words = set("".join(sign if sign.isascii() and sign.isalnum() else " " for sign in one.text.en).lower().split())
    words |= {word[0] for word in words} | {f"{word}s" for word in words} | {word.removesuffix("s") for word in words}
    whole = f"{one.title.zh}\n{one.text.zh}"
    return Read(one.ref, one.kind, one.place_path, one.title.zh, whole, frozenset(words))


def naive(query: str, texts: list[Read], *, kinds: Any = None, place_path: str = "") -> list[int]:
    """What somebody finds who reads everything: titles first, then the newest."""
    parts = query.split()
    hits = [
        one
        for one in reversed(texts)
        if (kinds is None or one.kind in kinds)
        and one.place_path.startswith(place_path)
        and all(one.holds(part) for part in parts)
    ]
    titled = [one.ref for one in hits if all(part in one.title for part in parts)]
    known = set(titled)
    return titled + [one.ref for one in hits if one.ref not in known]


@contextmanager
def _sqlite() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="xy-bench-") as folder:
        yield f"sqlite:///{Path(folder) / 'search.sqlite'}"


@contextmanager
def _postgresql() -> Iterator[str]:
    server = OwnServer()
    try:
        yield server.url
    finally:
        server.stop()
