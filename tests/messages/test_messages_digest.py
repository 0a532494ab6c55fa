"""The daily digest: one mail at 18:00 with what is new, whether `flask tick` came often, late or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.cli import mailing
from app.kit import clock
from app.kit.db import db
from app.messages import operations, rules
from app.messages.models import Mail, Message
from tests.makers import NOON, a_household, a_resident, a_street, as_person, kept
from tests.messages.post_office import PostOffice, plain_part, post_office
from tests.messages.test_messages_mail import tell, with_address

SIX = NOON + timedelta(hours=6)  # 18:00 in the village
DAY = timedelta(days=1)


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as opened:
        yield opened


@pytest.fixture
def readers(app: Flask) -> tuple[int, int]:
    with app.app_context(), kept():
        group = a_street().group
        return tuple(
            with_address(a_resident(a_household(group), language="en"), f"reader{number}@example.org").id
            for number in (1, 2)
        )  # type: ignore[return-value]


def tick(app: Flask, office: PostOffice, at: datetime) -> None:
    """As `flask tick` does it, with the clock held there."""
    with app.app_context(), clock.fixed(at):
        with kept():
            operations.write_digests(at)
        mailing.send_waiting(office.settings(app))


def daily(app: Flask, resident_id: int, number: int, at: datetime) -> None:
    with app.app_context(), kept():
        tell(resident_id, number, "test.daily", at)


def test_a_digest_holds_what_is_new_the_newest_first(app: Flask, office: PostOffice, readers: tuple[int, int]) -> None:
    for number, hours in ((1, 1), (2, 3), (3, 2)):
        daily(app, readers[0], number, NOON + timedelta(hours=hours))
    daily(app, readers[1], 4, NOON)
    tick(app, office, SIX - timedelta(minutes=1))
    assert office.arrived == []
    tick(app, office, SIX)

    first, second = office.arrived
    assert (first["To"], first["Subject"]) == ("reader1@example.org", "3 messages for you")
    text = plain_part(first)
    assert text.index("News: Matter 2") < text.index("News: Matter 3") < text.index("News: Matter 1")
    assert second["Subject"] == "News: Matter 4"
    assert "messages/leave" in first["List-Unsubscribe"]
    assert ".digest." in first["List-Unsubscribe"]


def test_no_news_no_mail_and_nothing_twice(app: Flask, office: PostOffice, readers: tuple[int, int]) -> None:
    tick(app, office, SIX - DAY)
    daily(app, readers[0], 1, NOON)
    for hours in range(0, 72, 4):
        tick(app, office, SIX + timedelta(hours=hours))

    assert office.subjects == ["News: Matter 1"]


def test_what_was_read_taken_back_or_sent_at_once_is_not_in_it(
    app: Flask, office: PostOffice, readers: tuple[int, int]
) -> None:
    for number in (1, 2, 3):
        daily(app, readers[0], number, NOON)
    with app.app_context(), kept():
        tell(readers[0], 4, "test.now", NOON)
        db.session.scalars(select(Message).where(Message.because == "test:1")).one().read_at = NOON
        operations.take_back("test:2")
    tick(app, office, SIX)

    assert sorted(office.subjects) == ["News: Matter 3", "Voting soon: Matter 4"]


def test_what_is_taken_back_between_writing_and_sending_is_not_sent(
    app: Flask, office: PostOffice, readers: tuple[int, int]
) -> None:
    daily(app, readers[0], 1, NOON)
    with app.app_context(), kept():
        assert operations.write_digests(SIX) == 1
        operations.take_back("test:1")
    tick(app, office, SIX)

    assert office.arrived == []
    with app.app_context(), kept():
        assert db.session.scalars(select(Mail.state)).all() == ["dropped"]


def _written(app: Flask) -> list[tuple[int, date | None, datetime, str]]:
    with app.app_context(), kept():
        rows = db.session.execute(
            select(Mail.resident_id, Mail.digest_on, Mail.due_at, Mail.address).order_by(Mail.digest_on, Mail.id)
        )
        return [tuple(row) for row in rows]


HOURS = {
    "each hour": range(-30, 31),
    "once, late": [30],
    "once, very late": [47],
    "just on time": [-24, 0, 24],
    "many times at once": [-24, -24, 0, 0, 0, 24, 24, 30, 30],
}


@pytest.mark.parametrize("hours", HOURS.values(), ids=HOURS.keys())
def test_late_often_or_once_the_same_is_written(app: Flask, readers: tuple[int, int], hours: list[int]) -> None:
    """Told all at once beforehand, so that only the clock differs: two days of news, three digests."""
    for number, when in enumerate((SIX - DAY - timedelta(hours=1), SIX - timedelta(hours=2), SIX + timedelta(hours=3))):
        daily(app, readers[0], number, when)
    for hour in hours:
        at = SIX + timedelta(hours=hour)
        with app.app_context(), kept():
            operations.write_digests(at)

    today = clock.local(SIX).date()
    days = [today - DAY, today, today + DAY]
    assert [(row[1], row[2]) for row in _written(app)] == [(day, rules.digest_due(day)) for day in days]


def test_what_commits_after_the_digest_was_written_comes_the_next_day(
    app: Flask, office: PostOffice, readers: tuple[int, int]
) -> None:
    tick(app, office, SIX)
    daily(app, readers[0], 1, SIX - timedelta(seconds=1))
    tick(app, office, SIX + timedelta(minutes=1))
    assert office.arrived == []
    tick(app, office, SIX + DAY)

    assert office.subjects == ["News: Matter 1"]


def test_two_ticks_at_once_write_one_digest(app: Flask, readers: tuple[int, int]) -> None:
    daily(app, readers[0], 1, NOON)
    with app.app_context(), kept():
        assert operations.write_digests(SIX) == 1
        assert operations.write_digests(SIX) == 0


def test_a_digest_in_which_nobody_wants_a_kind_leaves_it_out(
    app: Flask, office: PostOffice, readers: tuple[int, int]
) -> None:
    daily(app, readers[0], 1, NOON)
    with app.app_context(), kept():
        operations.choose_ways({"test.daily": "off"}, resident_id=readers[0])
    tick(app, office, SIX)

    assert office.arrived == []


def test_a_long_digest_says_how_much_more_there_is(app: Flask, office: PostOffice, readers: tuple[int, int]) -> None:
    for number in range(33):
        daily(app, readers[0], number, NOON - timedelta(minutes=number))
    tick(app, office, SIX)

    assert office.subjects == ["33 messages for you"]
    assert "3 more messages in your inbox:" in plain_part(office.arrived[0])


def test_thousands_are_told_in_one_statement(app: Flask) -> None:
    with app.app_context(), kept():
        home = a_household(a_street().group)
        people = [as_person(a_resident(home)).id for _ in range(3)]

        assert operations.tell([*people, *people], "test.now", values={}, href="/", because="all", at=NOON) == 3
        assert operations.tell(people, "test.now", values={}, href="/", because="all", at=NOON) == 0
