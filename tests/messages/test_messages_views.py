"""The inbox, the settings and the link of a mail, as a browser meets them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.kit.db import db
from app.kit.refusal import N_
from app.kit.words import Words
from app.messages import operations, rules
from app.messages.models import AddressClaim, Choice, Mail, Message
from app.people.models import Resident
from tests.makers import NOON, a_household, a_resident, a_street, as_person, kept, noon, post, sign_in
from tests.messages.post_office import SENDER

rules.describe_group("test", N_("Topics and votes"))
rules.describe("test.now", subject=N_("Voting soon: %(title)s"), text=N_("It ends %(until)s."), way="now")
rules.describe("test.daily", subject=N_("News: %(title)s"), text=N_("See it."), way="digest")

MAIL = {"smtp_url": "smtp://127.0.0.1:1", "mail_from": SENDER}
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def with_mail(app: Flask) -> Any:
    """The same street with e-mail set up."""
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(before, **MAIL)
    yield app
    app.config["SETTINGS"] = before


@pytest.fixture
def me(app: Flask) -> int:
    with app.app_context(), kept():
        resident = a_resident(a_household(a_street().group), language="en")
        for number in (1, 2):
            values = {"title": Words(zh=f"第{number}件", en=f"Matter {number}"), "until": NOON + timedelta(days=1)}
            at = NOON - timedelta(hours=3 - number)
            operations.tell(
                [resident.id], "test.now", values=values, href=f"/topics?x={number}", because=f"t:{number}", at=at
            )
        return resident.id


@pytest.fixture
def browser(app: Flask, client: FlaskClient, me: int) -> FlaskClient:
    with app.app_context():
        sign_in(client, me)
    client.set_cookie("language", "en")
    return client


def unread(app: Flask, me: int) -> list[str]:
    with app.app_context(), kept():
        mine = select(Message.because).where(Message.resident_id == me, Message.read_at.is_(None))
        return list(db.session.scalars(mine.order_by(Message.id)))


def test_the_inbox_shows_the_newest_first_and_counts_what_is_unread(browser: FlaskClient) -> None:
    with noon():
        html = browser.get("/me/messages").text

    assert html.index("Voting soon: Matter 2") < html.index("Voting soon: Matter 1")
    assert html.count("data-unread") == 2
    assert html.count("Unread") == 2
    assert '<span class="count">2<span class="only-heard"> unread</span></span>' in html
    assert 'It ends <time datetime="2026-11-19T12:00+08:00">tomorrow 12:00 (1 day left)</time>.' in html


def test_looking_changes_nothing_and_opening_marks_as_read(app: Flask, browser: FlaskClient, me: int) -> None:
    browser.get("/me/messages")
    assert unread(app, me) == ["t:1", "t:2"]

    first = re.findall(r'action="(/me/messages/\d+/open)"', browser.get("/me/messages").text)[1]
    answer = post(browser, first)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/topics?x=1")
    assert unread(app, me) == ["t:2"]
    assert browser.get(first).status_code == 405


def test_all_are_read_at_once_but_not_what_came_meanwhile(app: Flask, browser: FlaskClient, me: int) -> None:
    newest = re.search(r'name="newest" value="(\d+)"', browser.get("/me/messages").text)
    assert newest is not None
    with app.app_context(), kept():
        operations.tell([me], "test.daily", values={"title": "x"}, href="/", because="t:3", at=NOON)
    assert post(browser, "/me/messages/read-all", newest=newest.group(1)).status_code == 303

    assert unread(app, me) == ["t:3"]


def test_a_message_of_somebody_else_is_not_there(app: Flask, browser: FlaskClient) -> None:
    with app.app_context(), kept():
        other = a_resident(a_household(a_street().group)).id
        operations.tell([other], "test.now", values={}, href="/secret", because="other", at=NOON)
        message_id = db.session.scalars(select(Message.id).where(Message.because == "other")).one()

    assert post(browser, f"/me/messages/{message_id}/open").status_code == 404
    assert unread(app, other) == ["other"]


def test_a_message_leads_nowhere_else(app: Flask, browser: FlaskClient, me: int) -> None:
    with app.app_context(), kept():
        operations.tell([me], "test.now", values={}, href="https://evil.example/", because="evil", at=NOON)
        message_id = db.session.scalars(select(Message.id).where(Message.because == "evil")).one()

    assert post(browser, f"/me/messages/{message_id}/open").headers["Location"] == "/"
    assert browser.get("/me/messages").status_code == 200, "its values are missing; the others are shown"


def test_what_people_typed_stays_text_and_bears_its_language(app: Flask, browser: FlaskClient, me: int) -> None:
    with app.app_context(), kept():
        values = {"title": Words(zh="<b hx-get=/x>长椅</b>%(until)s")}
        operations.tell([me], "test.daily", values=values, href="/", because="typed", at=NOON)
    html = browser.get("/me/messages").text

    assert '<span lang="zh-CN">&lt;b hx-get=/x&gt;长椅&lt;/b&gt;%(until)s</span>' in html


def test_an_old_kind_that_nobody_describes_any_more_still_has_a_sentence(
    app: Flask, browser: FlaskClient, me: int
) -> None:
    with app.app_context(), kept():
        operations.tell([me], "gone.kind", values={"a": 1}, href="/", because="gone", at=NOON)

    assert "Something has changed" in browser.get("/me/messages").text


def test_an_empty_inbox_says_what_will_stand_there(app: Flask, client: FlaskClient) -> None:
    with app.app_context(), kept():
        nobody = a_resident().id
    with app.app_context():
        sign_in(client, nobody)

    assert "还没有消息" in client.get("/me/messages", headers={"Accept-Language": "zh-CN"}).text


# Settings --------------------------------------------------------------------------------------------------------


def test_without_a_mail_server_the_page_says_so(browser: FlaskClient) -> None:
    html = browser.get("/settings/messages").text

    assert "does not send e-mail yet" in html
    assert "Send digits" not in html


def test_an_address_is_named_confirmed_and_forgotten(with_mail: Flask, browser: FlaskClient, me: int) -> None:
    key = str(with_mail.config["SECRET_KEY"]).encode()
    assert post(browser, "/settings/messages/address", address=" Reader@EXAMPLE.org ").status_code == 303
    assert "Reader@example.org" in browser.get("/settings/messages").text
    with with_mail.app_context(), kept():
        claim = db.session.scalars(select(AddressClaim)).one()
        digits = rules.digits(key, claim.nonce, claim.address)
        assert db.session.get_one(Resident, me).email is None
    wrong = f"{(int(digits) + 1) % 10**8:08d}"

    assert post(browser, "/settings/messages/address/confirm", digits=wrong).status_code == 409
    assert post(browser, "/settings/messages/address/confirm", digits=f"{digits[:4]} {digits[4:]}").status_code == 303
    html = browser.get("/settings/messages").text
    assert "confirmed" in html
    assert digits not in html
    assert post(browser, "/settings/messages/address/confirm", digits=digits).status_code == 409, "used up"

    assert post(browser, "/settings/messages/address/forget").status_code == 303
    with with_mail.app_context(), kept():
        assert db.session.get_one(Resident, me).email is None
        assert db.session.scalars(select(AddressClaim.address)).all() == [""]
        assert db.session.execute(select(Mail.address, Mail.state)).all() == [("", "dropped")]


@pytest.mark.parametrize(
    "typed",
    ["", "reader", "a@b", "a b@@c.example", "a@b.example\nBcc: c@d.example", "张@例子.公司", "a@-b.example",
     "x" * 250 + "@b.example", '"a"@b.example', "a@b.example,c@d.example", "<a@b.example>"],
)  # fmt: skip
def test_what_is_no_address_is_said(with_mail: Flask, browser: FlaskClient, typed: str) -> None:
    answer = post(browser, "/settings/messages/address", address=typed)

    assert answer.status_code == 422
    with with_mail.app_context(), kept():
        assert db.session.scalars(select(Mail.id)).all() == []


def test_wrong_digits_soon_have_to_wait(with_mail: Flask, browser: FlaskClient) -> None:
    post(browser, "/settings/messages/address", address="reader@example.org")
    statuses = [post(browser, "/settings/messages/address/confirm", digits="1").status_code for _ in range(6)]

    assert statuses == [409] * 5 + [429]


def test_nobody_is_buried_in_digits(with_mail: Flask, browser: FlaskClient) -> None:
    statuses = [
        post(browser, "/settings/messages/address", address="stranger@example.org").status_code for _ in range(6)
    ]

    assert statuses == [303] * 5 + [429]


def test_old_digits_do_not_open_a_new_claim(with_mail: Flask, browser: FlaskClient) -> None:
    key = str(with_mail.config["SECRET_KEY"]).encode()
    post(browser, "/settings/messages/address", address="one@example.org")
    post(browser, "/settings/messages/address", address="two@example.org")
    with with_mail.app_context(), kept():
        first = db.session.scalars(select(AddressClaim).order_by(AddressClaim.id)).first()
        assert first is not None
        old = rules.digits(key, first.nonce, first.address)

    assert post(browser, "/settings/messages/address/confirm", digits=old).status_code == 409


def test_ways_are_chosen_and_stick(app: Flask, browser: FlaskClient, me: int) -> None:
    all_now = {f"way-{kind.key}": "now" for _heading, kinds in rules.switches(staff=True) for kind in kinds}
    assert post(browser, "/settings/messages", **all_now | {"way-test.now": "off"}).status_code == 303
    html = browser.get("/settings/messages").text
    with app.app_context(), kept():
        chosen = dict(db.session.execute(select(Choice.kind, Choice.way).where(Choice.resident_id == me)).all())

    assert chosen["test.now"] == "off"
    assert chosen["test.daily"] == "now"
    shown = re.search(r'<select[^>]*name="way-test.now"[^>]*>([\s\S]*?)</select>', html)
    assert shown is not None
    assert '<option selected value="off">' in shown.group(1)


def test_a_way_that_there_is_not_is_refused(browser: FlaskClient) -> None:
    all_now = {f"way-{kind.key}": "now" for _heading, kinds in rules.switches(staff=True) for kind in kinds}

    assert post(browser, "/settings/messages", **all_now | {"way-test.now": "loud"}).status_code == 422


# The link of a mail ----------------------------------------------------------------------------------------------


def test_a_mail_is_left_without_signing_in_by_a_button(app: Flask, client: FlaskClient, me: int) -> None:
    code = rules.unsubscribe_code(str(app.config["SECRET_KEY"]).encode(), me, "test.now")
    path = f"/messages/leave/{code}"
    assert "Voting soon" in client.get(path, headers=ENGLISH).text
    with app.app_context(), kept():
        assert db.session.scalars(select(Choice.way)).all() == []
    assert post(client, path).status_code == 200

    with app.app_context(), kept():
        assert db.session.execute(select(Choice.kind, Choice.way)).all() == [("test.now", "off")]


def test_the_digest_is_left_as_a_whole_and_all_mail_with_the_address(app: Flask, client: FlaskClient, me: int) -> None:
    code = rules.unsubscribe_code(str(app.config["SECRET_KEY"]).encode(), me, "digest")
    with app.app_context(), kept():
        resident = db.session.get_one(Resident, me)
        resident.email, resident.email_confirmed_at = "reader@example.org", NOON
        operations.choose_ways({"test.now": "digest"}, resident_id=me)
    post(client, f"/messages/leave/{code}")
    with app.app_context(), kept():
        chosen = dict(db.session.execute(select(Choice.kind, Choice.way)).all())
        assert (chosen["test.daily"], chosen["test.now"]) == ("off", "off")
        assert db.session.get_one(Resident, me).email is not None
    post(client, f"/messages/leave/{code}", all="1")
    with app.app_context(), kept():
        assert db.session.get_one(Resident, me).email is None


@pytest.mark.parametrize(
    "code", ["1.test.now.", "1..0", "x", "9999999999.digest.0", "0.digest.0", "1.digest." + "0" * 32]
)
def test_a_made_up_link_is_not_there(client: FlaskClient, me: int, code: str) -> None:
    assert client.get(f"/messages/leave/{code}").status_code == 404
    assert post(client, f"/messages/leave/{code}").status_code == 404


def test_told_twice_at_once_stands_once(app: Flask, me: int) -> None:
    with app.app_context(), kept():
        person = as_person(db.session.get_one(Resident, me))
        assert person.unread == 0, "counted for whoever is signed in alone"
        assert operations.tell([me], "test.now", values={}, href="/", because="t:1", at=NOON) == 0
