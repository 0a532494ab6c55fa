"""Comments in the order of the talk, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.discussion import operations, queries
from app.discussion.bringing_in import Incoming, bring_in_comments
from app.discussion.models import Comment, CommentSupport
from app.kit.db import db
from app.kit.refusal import Refused
from app.kit.words import Words
from app.people.rules import Stranger
from tests.council.square import Square, a_square
from tests.makers import NOON
from tests.statements import statements

TEXT = Words(zh="同意", en="Agreed")


@pytest.fixture
def square(context: Flask) -> Square:
    return a_square()


@pytest.fixture
def thread(square: Square) -> int:
    return operations.open_thread("topic:1").id


def say(thread: int, square: Square, *, parent: Comment | None = None, by: int = 0, stance: str = "for") -> Comment:
    return operations.comment(
        thread, text=TEXT, stance=stance, parent_id=parent.id if parent else None, by=square.neighbours[by], at=NOON
    )


def test_a_talk_thirty_deep_reads_in_its_order(square: Square, thread: int) -> None:
    first = say(thread, square)
    other = say(thread, square)
    deep = [first]
    for _ in range(30):
        deep.append(say(thread, square, parent=deep[-1]))
    late = say(thread, square, parent=first)

    rows = queries.comments(thread, Stranger()).rows

    assert [row.id for row in rows] == [*(one.id for one in deep), late.id, other.id]
    assert max(row.depth for row in rows) == 30


def test_a_page_holds_fifty_and_the_next_goes_on(square: Square, thread: int) -> None:
    for _ in range(60):
        say(thread, square)

    with statements() as seen:
        first = queries.comments(thread, square.neighbours[1])
    second = queries.comments(thread, square.neighbours[1], after=first.next)

    assert len(seen) == 1
    assert (len(first.rows), len(second.rows), second.next) == (50, 10, None)
    assert [row.number for row in (*first.rows, *second.rows)] == list(range(1, 61))


def test_only_one_stance_when_asked(square: Square, thread: int) -> None:
    say(thread, square, stance="against")
    say(thread, square)

    assert [row.stance for row in queries.comments(thread, Stranger(), stance="against").rows] == ["against"]
    assert queries.stances(thread) == {"for": 1, "against": 1, "neutral": 0, "all": 2}


def test_agreeing_counts_once_and_can_be_taken_back(square: Square, thread: int) -> None:
    said, neighbour = say(thread, square), square.neighbours[1]

    for _ in range(3):
        operations.support(said.id, by=neighbour, at=NOON)
    assert said.support_count == 1
    for _ in range(2):
        operations.withdraw_support(said.id, by=neighbour)

    assert said.support_count == 0
    assert db.session.scalar(select(func.count()).select_from(CommentSupport)) == 0
    with pytest.raises(Refused, match="your own comment"):
        operations.support(said.id, by=square.neighbours[0], at=NOON)


def test_a_hidden_comment_gives_its_reason_and_not_its_text(square: Square, thread: int) -> None:
    said, because = say(thread, square), Words(zh="写了门牌", en="It named a door")

    operations.hide(said.id, because=because, by=square.staff, at=NOON)

    (row,) = queries.comments(thread, Stranger()).rows
    assert (row.text, row.hidden_because) == (None, because)
    for act in (
        lambda: say(thread, square, parent=said),
        lambda: operations.support(said.id, by=square.neighbours[1], at=NOON),
        lambda: operations.adopt(said.id, by=square.staff, at=NOON),
        lambda: operations.hide(said.id, because=because, by=square.staff, at=NOON),
    ):
        with pytest.raises(Refused, match="hidden"):
            act()


def test_an_official_answer_is_neither_adopted_nor_hidden(square: Square, thread: int) -> None:
    said = operations.comment(thread, text=TEXT, by=square.staff, official=True, at=NOON)

    with pytest.raises(Refused, match="official answer"):
        operations.hide(said.id, because=TEXT, by=square.staff, at=NOON)
    with pytest.raises(Refused, match="official answer"):
        operations.adopt(said.id, by=square.staff, at=NOON)


def incoming(source_id: str, parent: str | None) -> Incoming:
    return Incoming(
        source_id, parent, TEXT, NOON + timedelta(minutes=int(source_id)), author_name="u1", support_count=3
    )


def test_bringing_in_twice_doubles_nothing_and_new_ones_go_on(square: Square, thread: int) -> None:
    mine = say(thread, square)
    batch = [incoming("3", "2"), incoming("1", None), incoming("2", "1"), incoming("4", "99")]

    assert bring_in_comments(thread, "elsewhere", batch) == 4
    assert bring_in_comments(thread, "elsewhere", batch) == 0
    assert bring_in_comments(thread, "elsewhere", [*batch, incoming("5", "3")]) == 1

    rows = queries.comments(thread, Stranger()).rows
    assert rows[0].number == mine.number
    depth = dict(db.session.execute(select(Comment.source_id, Comment.depth)).all())
    assert (depth["1"], depth["2"], depth["3"], depth["4"], depth["5"]) == (0, 1, 2, 1, 3)
    orphan = db.session.scalars(select(Comment).where(Comment.source_id == "4")).one()
    assert (orphan.missing_parent, orphan.parent_id, orphan.source_parent_id) == (True, None, "99")
    parents = dict(db.session.execute(select(Comment.source_id, Comment.parent_id)).all())
    ids = dict(db.session.execute(select(Comment.source_id, Comment.id)).all())
    assert (parents["3"], parents["5"]) == (ids["2"], ids["3"])


def test_ten_thousand_comments_cost_one_statement_a_page(square: Square, thread: int) -> None:
    bring_in_comments(thread, "elsewhere", [incoming(str(n), str(n - 1) if n % 7 else None) for n in range(1, 2001)])

    with statements() as seen:
        page = queries.comments(thread, Stranger())

    assert len(page.rows) == 50
    assert len(seen) == 1
