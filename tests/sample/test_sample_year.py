"""A year of the sample street: something true in every month, in both languages, and everything adds up."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.activities.models import Activity, Attendance, Shift
from app.ballots.models import Question
from app.ballots.papers import METHODS
from app.ballots.results import bundle
from app.ballots.secret_models import CountedPaper, SecretPaper
from app.council.models import Topic
from app.disclosures.models import Disclosure, FinanceLine
from app.discussion.models import Comment
from app.grid.models import Request
from app.kit import clock
from app.kit.columns import WordsColumn
from app.kit.db import Base, db
from app.kit.periods import period_of
from app.kit.words import Words
from app.people.models import Household
from app.places.queries import place_by_code
from app.points.models import Transfer
from app.rankings.queries import by_community
from app.rewards.models import Order
from app.sample.loading import WEEK
from tools import verify_tally

# A telephone number, the number of an identity card, a door.
PRIVATE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)|(?<!\d)\d{17}[\dXx]|\d+单元\d+室|号楼\d{3,4}室")
# What is public, by the columns that hold it.
PUBLIC = ("topics", "comments", "activities", "activity_changes", "disclosure_revisions", "disclosure_questions")


def _loaded_at() -> datetime:
    street = place_by_code("s")
    assert street is not None
    return datetime.fromisoformat(street.settings["sample"])


def _months() -> list[tuple[int, int]]:
    """The twelve calendar months up to that of the loading."""
    day = clock.local(_loaded_at()).date().replace(day=1)
    months = []
    for _ in range(12):
        months.append((day.year, day.month))
        day = (day - timedelta(days=1)).replace(day=1)
    return months


def _by_month(instants: Any) -> Counter[tuple[int, int]]:
    days = (clock.local(one) for one in db.session.scalars(instants))
    return Counter((day.year, day.month) for day in days)


@pytest.mark.parametrize(
    ("what", "instants", "least"),
    [
        ("topics", select(Topic.opened_at).where(Topic.opened_at.is_not(None)), 1),
        ("comments", select(Comment.said_at), 2),
        ("shifts", select(Shift.starts_at), 200),
        ("confirmed hours", select(Attendance.confirmed_at).where(Attendance.confirmed_at.is_not(None)), 500),
        ("transfers", select(Transfer.posted_at), 3000),
        ("orders handed over", select(Order.ended_at).where(Order.state == "posted"), 50),
        ("requests", select(Request.received_at), 12),
        ("ratings", select(Request.resolved_at).where(Request.stars.is_not(None), Request.resolved_at.is_not(None)), 5),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_every_month_has_its(year: Flask, what: str, instants: Any, least: int) -> None:
    found = _by_month(instants)
    this_month, *before = _months()  # the loading may come on the first of a month

    assert {month: found[month] for month in before if found[month] < least} == {}
    assert found[before[0]] + found[this_month] >= least


def test_finances_are_published_month_by_month_by_both_communities(year: Flask) -> None:
    for code in ("a", "b"):
        place = place_by_code(code)
        assert place is not None
        mine = Disclosure.place_id == place.id, Disclosure.kind == "finances"
        periods = db.session.scalars(select(Disclosure.period).where(*mine).distinct()).all()
        assert len(periods) == 12
    assert (db.session.scalar(select(func.count()).select_from(FinanceLine)) or 0) > 250


def test_every_quarter_of_the_year_has_a_ranking(year: Flask) -> None:
    period = period_of(clock.local(_loaded_at()).date(), "quarter")
    for _ in range(3):
        period = period.previous
        for row in by_community(period.starts, period.ends):
            assert row.honour > 0
            assert row.taking_part > row.households / 10


def test_activities_of_months_gone_are_reported_on_and_a_few_were_called_off(year: Flask) -> None:
    before = _loaded_at() - timedelta(days=70)
    states = Counter(db.session.scalars(select(Activity.state).where(Activity.ends_at < before)))

    assert set(states) == {"reported", "cancelled"}
    assert states["reported"] > 20 * states["cancelled"] > 0
    assert None not in set(db.session.scalars(select(Activity.report).where(Activity.state == "reported")))


def test_statements_read_in_the_order_in_which_things_happened(year: Flask) -> None:
    lately = _loaded_at() - timedelta(days=30 + WEEK)
    query = (
        select(Transfer.household_id, Transfer.asset, Transfer.posted_at)
        .where(Transfer.household_id.is_not(None), Transfer.posted_at < lately)
        .order_by(Transfer.household_id, Transfer.asset, Transfer.id)
    )
    before: tuple[Any, ...] = (None, None, None)
    for row in db.session.execute(query):
        assert tuple(row[:2]) != before[:2] or row.posted_at >= before[2]
        before = tuple(row)


def test_the_year_has_closed_ballots_of_every_method_and_what_is_secret_is_sealed(year: Flask) -> None:
    closed = db.session.execute(
        select(Question.id, Question.method, Question.secret, Topic.outcome)
        .join(Topic, Topic.question_id == Question.id)
        .where(Question.closes_at <= _loaded_at())
    ).all()

    assert {one.method for one in closed} | {"single_choice"} == set(METHODS)  # that one runs
    for one in closed:
        told = bundle(one.id, _loaded_at())
        assert told is not None
        assert verify_tally.check(told, digest=told["digest"]).startswith(f"{len(told['papers'])} papers counted again")
        assert (one.outcome, told["result"]["result"]) == ("carried", "carried")
        urn, sealed = (
            db.session.scalar(select(func.count()).where(table.question_id == one.id))
            for table in (SecretPaper, CountedPaper)
        )
        assert (urn, sealed) == (0, len(told["papers"]) if one.secret else 0)
    assert sum(one.secret for one in closed) == 2


def test_verify_finds_the_year_in_order(year_app: Flask) -> None:
    told = year_app.test_cli_runner().invoke(args=["verify"])

    assert told.exit_code == 0, told.output
    assert "Everything is in order" in told.output


def _words() -> Iterator[tuple[str, Any]]:
    """Every text in two languages, with the table and column it stands in."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, WordsColumn):
                where = f"{table.name}.{column.name}"
                for words in db.session.scalars(select(column).where(column.is_not(None))):
                    if words not in (None, Words()):  # a list of payments needs no text beside it
                        yield where, words


def test_everything_written_is_there_in_both_languages(year: Flask) -> None:
    lacking = Counter(where for where, words in _words() if not (words.zh.strip() and words.en.strip()))

    assert lacking == {}


def test_no_door_and_no_number_of_anybody_stands_in_a_public_text(year: Flask) -> None:
    found = [
        (where, words.zh)
        for where, words in _words()
        if where.partition(".")[0] in PUBLIC and (PRIVATE.search(words.zh) or PRIVATE.search(words.en))
    ]
    open_requests = select(Request.title, Request.text, Request.answer, Request.comment).where(Request.is_public)
    for row in db.session.execute(open_requests):
        found += [("requests", words.zh) for words in row if words and PRIVATE.search(words.zh + words.en)]

    assert found == []


def test_nobody_moved_in_after_today(year: Flask) -> None:
    latest: date | None = db.session.scalar(select(func.max(Household.joined_on)))

    assert latest is not None
    assert latest <= clock.local(_loaded_at()).date()
