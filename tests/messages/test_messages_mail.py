"""Mail as it travels, through a real server on this machine: at once, later, never; once, whoever sends."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.cli import mailing
from app.config import BadSettings, Settings
from app.kit import clock
from app.kit.db import db
from app.kit.mail import Letter, OutOfReach, Server, compose
from app.kit.refusal import N_
from app.kit.words import Words
from app.messages import operations, rules
from app.messages.models import Choice, Mail, Message
from app.people.models import Resident
from tests.conftest import let_go
from tests.makers import NOON, a_household, a_resident, a_street, as_person, kept
from tests.messages.post_office import (
    SENDER,
    PostOffice,
    html_part,
    plain_part,
    post_office,
    trusting_context,
)

rules.describe("test.now", subject=N_("Voting soon: %(title)s"), text=N_("It ends %(until)s."), way="now")
rules.describe("test.daily", subject=N_("News: %(title)s"), text=N_("See it."), way="digest")

MINUTE = timedelta(minutes=1)


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as opened:
        yield opened


@pytest.fixture
def reader(app: Flask) -> int:
    """Somebody with a confirmed address who reads English."""
    with app.app_context(), kept():
        return with_address(a_resident(a_household(a_street().group), language="en"), "reader@example.org").id


def with_address(resident: Resident, address: str) -> Resident:
    resident.email, resident.email_confirmed_at = address, NOON - timedelta(days=30)
    db.session.flush()
    return resident


def tell(resident_id: int, number: int, kind: str = "test.now", at: datetime = NOON, **values: Any) -> None:
    known = {"title": Words(zh=f"第{number}件", en=f"Matter {number}"), "until": NOON + timedelta(days=1)} | values
    operations.tell([resident_id], kind, values=known, href=f"/topics/{number}", because=f"test:{number}", at=at)


def send(app: Flask, office: PostOffice, at: datetime = NOON, **options: Any) -> int:
    with app.app_context(), clock.fixed(at):
        return mailing.send_waiting(options.pop("settings", office.settings(app)), **options)


def mails(app: Flask) -> list[tuple[str, int, str]]:
    with app.app_context(), kept():
        return [tuple(row) for row in db.session.execute(select(Mail.state, Mail.tries, Mail.answer).order_by(Mail.id))]


def test_a_message_goes_out_once_with_what_a_reader_needs(app: Flask, office: PostOffice, reader: int) -> None:
    with app.app_context(), kept():
        tell(reader, 1)
        tell(reader, 1)

    assert send(app, office) == 1
    assert send(app, office, NOON + timedelta(hours=1)) == 0

    (mail,) = office.arrived
    assert mail["Subject"] == "Voting soon: Matter 1"
    assert mail["To"] == "reader@example.org"
    assert mail["From"] == SENDER
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "It ends tomorrow 12:00 (1 day left)." in plain_part(mail)
    assert "http://127.0.0.1:8000/topics/1" in plain_part(mail)
    assert '<a href="http://127.0.0.1:8000/topics/1">' in html_part(mail)
    assert re.fullmatch(
        r"<http://127.0.0.1:8000/messages/leave/\d+\.test\.now\.[0-9a-f]{32}>", mail["List-Unsubscribe"]
    )
    assert mails(app) == [("sent", 1, "")]


def test_it_is_written_in_the_language_of_its_reader(app: Flask, office: PostOffice, reader: int) -> None:
    with app.app_context(), kept():
        db.session.get_one(Resident, reader).language = "zh"
        tell(reader, 1)
    send(app, office)

    (mail,) = office.arrived
    assert "第1件" in mail["Subject"]
    assert mail["Content-Language"] == "zh-CN"
    assert "不再接收这类邮件：" in plain_part(mail)


def test_nothing_is_sent_to_an_address_that_nobody_confirmed(app: Flask, office: PostOffice, reader: int) -> None:
    with app.app_context(), kept():
        db.session.get_one(Resident, reader).email_confirmed_at = None
        tell(reader, 1)

    assert send(app, office) == 0
    assert mails(app) == []


def test_digits_alone_go_to_a_new_address_and_confirm_it(app: Flask, office: PostOffice) -> None:
    with app.app_context(), kept():
        person = as_person(a_resident(a_household(a_street().group), language="en"))
        operations.claim_address("new@example.org", by=person, at=NOON)
    send(app, office)

    text = plain_part(office.arrived[0])
    digits = re.search(r"\b(\d{4}) (\d{4})\b", text)
    assert digits is not None
    assert office.arrived[0]["List-Unsubscribe"] is None
    key = str(app.config["SECRET_KEY"]).encode()
    with app.app_context(), kept():
        operations.confirm_address("".join(digits.groups()), key=key, by=person, at=NOON + MINUTE)
        resident = db.session.get_one(Resident, person.id)
        assert (resident.email, resident.email_confirmed_at) == ("new@example.org", NOON + MINUTE)


def test_a_server_that_is_down_leaves_the_mail_waiting_as_it_was(app: Flask, reader: int) -> None:
    with post_office() as gone:
        pass
    with app.app_context(), kept():
        tell(reader, 1)
        tell(reader, 2)

    with pytest.raises(OutOfReach):
        send(app, gone)
    assert mails(app) == [("waiting", 0, ""), ("waiting", 0, "")]

    with post_office() as office:
        assert send(app, office, NOON + MINUTE) == 2


def test_tick_says_when_the_server_is_out_of_reach(app: Flask, reader: int) -> None:
    with post_office() as gone:
        pass
    with app.app_context(), kept():
        tell(reader, 1, at=clock.now())
    before, app.config["SETTINGS"] = app.config["SETTINGS"], gone.settings(app)
    try:
        result = app.test_cli_runner().invoke(args=["tick"])
    finally:
        app.config["SETTINGS"] = before

    assert result.exit_code == 1
    assert "the mail server is out of reach, mail waits" in result.output


def test_not_now_is_tried_again_after_growing_pauses_and_then_given_up(
    app: Flask, office: PostOffice, reader: int
) -> None:
    office.to_recipient = lambda _address: "451 try later"
    with app.app_context(), kept():
        tell(reader, 1)
    at = NOON
    for number, pause in enumerate(rules.PAUSES, start=1):
        send(app, office, at)
        send(app, office, at + pause - MINUTE)
        last = number == len(rules.PAUSES)
        assert mails(app) == [("failed" if last else "waiting", number, "SMTP 451")]
        at += pause

    assert send(app, office, at) == 0
    assert at - NOON < rules.TOO_LATE


def test_not_now_and_then_yes_is_sent_with_the_same_id(app: Flask, office: PostOffice, reader: int) -> None:
    seen: list[str] = []
    office.to_data = lambda mail: seen.append(mail["Message-ID"]) or ("452 full" if len(seen) == 1 else None)
    with app.app_context(), kept():
        tell(reader, 1)

    assert send(app, office) == 0
    assert send(app, office, NOON + 4 * MINUTE) == 0
    assert send(app, office, NOON + 5 * MINUTE) == 1
    assert len(seen) == 2
    assert seen[0] == seen[1]


def test_a_mail_that_is_refused_for_good_is_not_tried_again(app: Flask, office: PostOffice, reader: int) -> None:
    office.to_data = lambda _mail: "554 no"
    with app.app_context(), kept():
        tell(reader, 1)
    send(app, office)
    send(app, office, NOON + timedelta(hours=2))

    assert mails(app) == [("failed", 1, "SMTP 554")]
    with app.app_context(), kept():
        assert db.session.get_one(Resident, reader).email_confirmed_at is not None


def test_an_address_that_takes_no_mail_is_set_aside_and_its_owner_told(
    app: Flask, office: PostOffice, reader: int
) -> None:
    office.to_recipient = lambda _address: "550 no such mailbox"
    with app.app_context(), kept():
        tell(reader, 1)
        tell(reader, 2)
    send(app, office)

    assert [state for state, _tries, _answer in mails(app)] == ["failed", "dropped"]
    with app.app_context(), kept():
        assert db.session.get_one(Resident, reader).email_confirmed_at is None
        assert "messages.returned" in db.session.scalars(select(Message.kind)).all()
        tell(reader, 3)
    assert len(mails(app)) == 2


def test_one_refused_mail_does_not_hold_up_the_others(app: Flask, office: PostOffice, reader: int) -> None:
    office.to_data = lambda mail: "554 no" if "Matter 1" in mail["Subject"] else None
    with app.app_context(), kept():
        for number in (1, 2, 3):
            tell(reader, number)

    assert send(app, office) == 2
    assert office.subjects == ["Voting soon: Matter 2", "Voting soon: Matter 3"]


def test_many_senders_at_once_send_each_mail_once(app: Flask, office: PostOffice, reader: int) -> None:
    with app.app_context(), kept():
        for number in range(40):
            tell(reader, number)
    start, sent = threading.Barrier(4), []

    def one() -> None:
        start.wait()
        sent.append(send(app, office))
        with app.app_context():
            db.session.remove()

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(sent) == 40
    assert len(set(office.subjects)) == len(office.subjects) == 40
    let_go(app)


def test_a_sender_that_dies_in_between_leaves_the_mail_to_the_next(app: Flask, office: PostOffice, reader: int) -> None:
    with app.app_context(), kept():
        tell(reader, 1)
    with app.app_context(), kept():
        assert operations.take_next(NOON) is not None

    assert send(app, office, NOON + 4 * MINUTE) == 0
    assert send(app, office, NOON + 5 * MINUTE) == 1


def test_what_was_read_taken_back_or_switched_off_meanwhile_is_not_sent(
    app: Flask, office: PostOffice, reader: int
) -> None:
    with app.app_context(), kept():
        for number in (1, 2, 3):
            tell(reader, number)
        message = db.session.scalars(select(Message).where(Message.because == "test:1")).one()
        message.read_at = NOON
        operations.take_back("test:2")
        db.session.add(Choice(resident_id=reader, kind="test.now", way="off"))

    assert send(app, office) == 0
    assert {state for state, _tries, _answer in mails(app)} == {"dropped"}


@pytest.mark.parametrize("change", [{"disabled_at": NOON}, {"email": "other@example.org"}])
def test_a_closed_account_or_a_changed_address_gets_nothing(
    app: Flask, office: PostOffice, reader: int, change: dict[str, Any]
) -> None:
    with app.app_context(), kept():
        tell(reader, 1)
        db.session.execute(update(Resident).where(Resident.id == reader).values(**change))

    assert send(app, office) == 0


def test_what_waited_for_days_is_given_up(app: Flask, office: PostOffice, reader: int) -> None:
    with app.app_context(), kept():
        tell(reader, 1)

    assert send(app, office, NOON + rules.TOO_LATE) == 0
    assert mails(app) == [("failed", 0, "too late")]


@pytest.mark.parametrize(
    "evil",
    [
        "Bench\r\nBcc: everybody@example.org",
        "Bench\nX-Evil: 1\n\nbody",
        "Bench\u2028Bcc: a@b.example",
        "Bench\x00\x1b[2J",
    ],
)
def test_a_title_cannot_add_a_header(app: Flask, office: PostOffice, reader: int, evil: str) -> None:
    with app.app_context(), kept():
        tell(reader, 1, title=Words(en=evil.replace("\x00", "")))
    send(app, office)

    (mail,) = office.arrived
    assert mail["Bcc"] is None
    assert mail["X-Evil"] is None
    assert mail["Subject"].startswith("Voting soon: Bench")
    assert [envelope.rcpt_tos for envelope in office.envelopes] == [["reader@example.org"]]


def test_markup_in_a_title_stays_text(app: Flask, office: PostOffice, reader: int) -> None:
    with app.app_context(), kept():
        tell(reader, 1, title=Words(en="<script>alert(1)</script> {{ 7*7 }}"))
    send(app, office)

    html = html_part(office.arrived[0])
    assert "<script>" not in html
    assert "{{ 7*7 }}" in html


def test_it_speaks_tls_and_proves_who_it_is(app: Flask, reader: int) -> None:
    with post_office(over_tls=True, passwords={"village": "p@ss word"}) as office, app.app_context(), kept():
        tell(reader, 1)
    with post_office(over_tls=True, passwords={"village": "p@ss word"}) as office:
        server = Server("127.0.0.1", office.port, "starttls", "village", "p@ss word")
        url = f"smtp://village:p%40ss%20word@localhost:{office.port}"
        assert replace(Server.at(url), host="127.0.0.1", security="starttls") == server
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Server, "at", lambda _url: server)
            with pytest.raises(OutOfReach, match="SSLCertVerificationError"):
                send(app, office)
            assert send(app, office, context=trusting_context()) == 1


def test_a_wrong_password_or_a_server_without_tls_takes_no_mail_along(app: Flask, reader: int) -> None:
    with app.app_context(), kept():
        tell(reader, 1)
    with post_office(passwords={"village": "right"}) as office:
        settings = replace(office.settings(app), smtp_url=f"smtp://village:wrong@127.0.0.1:{office.port}")
        with pytest.raises(OutOfReach, match="535"):
            send(app, office, settings=settings)
    with post_office() as office, pytest.MonkeyPatch.context() as patch:
        patch.setattr(Server, "at", lambda _url: Server("127.0.0.1", office.port, "starttls"))
        with pytest.raises(OutOfReach):
            send(app, office)
    assert mails(app) == [("waiting", 0, "")]


def test_addresses_of_servers_are_read() -> None:
    assert Server.at("smtps://a:b@mail.example") == Server("mail.example", 465, "tls", "a", "b")
    assert Server.at("smtp://mail.example") == Server("mail.example", 587, "starttls")
    assert Server.at("smtp://localhost:1025").security == "plain"


@pytest.mark.parametrize(
    ("url", "sender"),
    [("mail.example", "a@b.example"), ("http://mail.example", "a@b.example"), ("smtp://", "a@b.example"),
     ("smtp://mail.example:x", "a@b.example"), ("smtp://mail.example", ""), ("smtp://mail.example", "Village")],
)  # fmt: skip
def test_half_of_the_settings_does_not_start(url: str, sender: str) -> None:
    with pytest.raises(BadSettings, match="XIANGYUE_"):
        Settings(smtp_url=url, mail_from=sender).check()


def test_the_password_of_the_mail_server_is_not_printed() -> None:
    assert "hidden" not in repr(Settings(smtp_url="smtp://a:hidden@mail.example", mail_from="a@b.example"))


def test_a_long_chinese_subject_arrives_whole() -> None:
    subject = "您的班次：" + "集中清洁日" * 30
    letter = Letter("a@b.example", subject, "正文\n", "<p>正文</p>", "zh-CN", "mail-1@b.example")
    raw = compose(letter, sender=SENDER, at=NOON).as_bytes()

    assert max(len(line) for line in raw.split(b"\r\n")) < 999
    assert raw.isascii()
