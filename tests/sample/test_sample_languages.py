"""On English pages whatever is Chinese says so, and on Chinese pages whatever is English: screen readers need it."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from flask import Flask
from sqlalchemy import select

from app.activities.models import Activity, Shift, SignUp
from app.council.models import Topic
from app.discussion.models import Comment
from app.kit.db import db
from app.people.models import Household, Resident
from tests.makers import sign_in

HAN = re.compile(r"[\u3400-\u9fff]")
VOID = frozenset(("area", "base", "br", "hr", "img", "input", "link", "meta", "use", "path", "circle", "rect"))
CANNOT_SAY = frozenset(("option", "title", "textarea", "code"))  # these hold plain text


class Unmarked(HTMLParser):
    """Texts with Chinese signs that stand in an element of another language."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            here = self.open[-1][1] if self.open else ""
            self.open.append((tag, dict(attrs).get("lang") or here))

    def handle_endtag(self, tag: str) -> None:
        while any(one == tag for one, _ in self.open):
            if self.open.pop()[0] == tag:
                return

    def handle_data(self, data: str) -> None:
        tag, lang = self.open[-1] if self.open else ("", "")
        if HAN.search(data) and lang != "zh-CN" and tag not in CANNOT_SAY:
            self.found.append(data.strip())


def addresses() -> dict[str, list[str]]:
    """Pages where names and doors of people stand, by who sees them."""
    topic = db.session.scalars(
        select(Comment.thread_id).join(Topic, Topic.thread_id == Comment.thread_id).limit(1)
    ).one()
    topic_id = db.session.scalars(select(Topic.id).where(Topic.thread_id == topic)).one()
    helped = select(Activity.id).join(Shift).join(SignUp, SignUp.shift_id == Shift.id).order_by(SignUp.id.desc())
    activity = db.session.scalars(helped.limit(1)).one()
    waiting = select(Resident.id).where(Resident.claimed_door != "").limit(1)
    at_home = select(Resident.id).join(Household, Household.id == Resident.household_id).limit(1)
    return {
        "resident": ["/", "/me", "/me/household", "/rankings", "/rankings/consent", "/rankings/household",
                     f"/topics/{topic_id}", "/topics", "/points", "/rewards", "/orders", "/activities",
                     f"/activities/{activity}", "/settings"],
        "newcomer": ["/", "/me", "/me/household"],
        "supervisor": ["/audit"],
        "merchant": ["/counter"],
        "grid": ["/households", "/work"],
        "staff": ["/", "/work", "/residents", f"/activities/{activity}/desk",
                  *(f"/residents/{db.session.scalars(one).one()}" for one in (waiting, at_home))],
    }  # fmt: skip


@pytest.mark.sqlite
def test_no_chinese_stands_unmarked_on_an_english_page(street_app: Flask) -> None:
    found: dict[str, list[str]] = {}
    with street_app.app_context():
        pages = addresses()
    for who, paths in pages.items():
        client = street_app.test_client()
        client.set_cookie("language", "en")
        with street_app.app_context():
            sign_in(client, db.session.scalars(select(Resident.id).where(Resident.sign_in_name == who)).one())
        for path in paths:
            answer = client.get(path)
            assert answer.status_code == 200, (who, path)
            reader = Unmarked()
            reader.feed(answer.get_data(as_text=True))
            if reader.found:
                found[f"{who} {path}"] = reader.found[:8]

    assert found == {}
