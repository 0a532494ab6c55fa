"""Pages of agreements: what they show, what they refuse, in both languages and without script."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.agreements import operations
from app.agreements.models import AgreementEditor, ArticleRule, Signature, Version
from app.ballots.models import Ballot
from app.kit.db import db
from app.kit.words import Words
from tests import worlds
from tests.agreements.compact import (
    CLOSES,
    CONSULTED,
    DAY,
    EFFECT,
    TEXTS,
    Compact,
    a_compact,
    adopted,
    article,
    consulted,
    drafted,
    on,
    put_up,
    set_line,
    vote,
)
from tests.makers import NOON, post
from tests.statements import statements
from tests.worlds import Hold

SECOND = timedelta(seconds=1)


class World(worlds.World):
    """A community behind the pages."""

    compact: Compact

    def furnish(self) -> None:
        self.compact = a_compact()

    def make(self, how: Any, **values: Any) -> str:
        """Make a version and answer the address of its page."""
        with self.inside():
            version: Version = how(self.compact, **values)
            return f"/agreements/{version.agreement_id}/versions/{version.number}"


@pytest.fixture
def world(app: Flask, at: Hold) -> World:
    at(NOON)
    return World(app)


def front(path: str) -> str:
    return path.split("/versions/")[0]


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))


def test_the_list_shows_what_is_in_force_and_how_many_signed(world: World, at: Hold, client: FlaskClient) -> None:
    path = world.make(adopted)
    at(on(EFFECT))
    post(world.as_(world.compact.neighbours[0]), f"{front(path)}/sign", version="1")

    english = text_of(client.get("/agreements", headers={"Accept-Language": "en"}).text)
    chinese = text_of(client.get("/agreements", headers={"Accept-Language": "zh"}).text)

    assert "Stairs agreement" in english
    assert "In force" in english
    assert "1 household has signed" in english
    assert "16.7%" in english
    assert "楼道公约" in chinese
    assert "施行中" in chinese


def test_a_text_that_is_being_written_is_seen_by_those_who_hold_the_pen(world: World, at: Hold) -> None:
    path = world.make(drafted)
    staff, stranger, editor = (
        world.as_(who) for who in (world.compact.staff, world.compact.neighbours[0], world.compact.neighbours[1])
    )
    with world.inside():
        agreement_id = int(path.split("/")[2])
        db.session.add(AgreementEditor(agreement_id=agreement_id, resident_id=world.compact.neighbours[1].id))

    for page in (path, f"{path}.json", f"{path}/edit", front(path)):
        assert stranger.get(page).status_code == 404, page
        assert staff.get(page).status_code == 200, page
        assert editor.get(page).status_code == 200, page
    assert "Stairs agreement" not in stranger.get("/agreements", headers={"Accept-Language": "en"}).text


def test_staff_begin_write_and_put_out_for_comment_by_plain_forms(world: World, at: Hold) -> None:
    staff = world.as_(world.compact.staff)
    place = str(world.compact.street.community.id)

    begun = post(staff, "/agreements/new", place=place, title="停车公约", preamble="让一让，就够用。")
    edit = begun.headers["Location"]
    version = edit.removesuffix("/edit")
    assert post(staff, f"{version}/articles", text="").status_code == 422
    assert post(staff, f"{version}/articles", text="车停划线内。", other="Park within the lines.").status_code == 303
    assert post(staff, f"{version}/articles", text="先来先停。").status_code == 303
    assert post(staff, f"{version}/note", note="第一次写").status_code == 303
    first = re.findall(rf'href="({version}/articles/\d+)"', staff.get(edit).text)[0]
    assert post(staff, first, text="车停在划线内。", other="Park within the lines.").status_code == 303
    rule = post(staff, f"{first}/rules", code="E04", honour="6", points="6", limit="2", window="month", per="resident")
    assert rule.status_code == 303
    named = post(staff, f"{first}/rules", code="V01", window="month", per="resident")
    assert named.status_code == 303
    assert post(staff, f"{first}/rules/remove", code="V01").status_code == 303
    assert post(staff, f"{version}/consult", days="10").status_code == 303

    page = world.app.test_client().get(version, headers={"Accept-Language": "en"}).text
    assert "Park within the lines." in page
    assert "E04 Deed E04, +6 honour, +6 to spend" in page
    assert "V01" not in page
    assert "Out for comment" in page


def test_an_amount_beside_an_empty_one_is_asked_for(world: World, at: Hold) -> None:
    path = world.make(drafted)
    with world.inside():
        version_id = db.session.query(Version.id).scalar()
        first = article(db.session.get_one(Version, version_id), 1).id
    staff = world.as_(world.compact.staff)

    answer = post(staff, f"{path}/articles/{first}/rules", code="E04", limit="2", window="month", per="resident")

    assert answer.status_code == 422
    assert 'value="2"' in answer.text


@pytest.mark.parametrize("amount", ["-5至-50", "+10至50", "5～50", "20-50", "五", "-5", "1.5", "1e3", "NaN", "9" * 40])
def test_a_range_is_not_taken_for_an_amount(world: World, at: Hold, amount: str) -> None:
    path = world.make(drafted)
    with world.inside():
        version_id = db.session.query(Version.id).scalar()
        first = article(db.session.get_one(Version, version_id), 1).id
    staff = world.as_(world.compact.staff)

    answer = post(staff, f"{path}/articles/{first}/rules", code="E04", honour=amount, window="month", per="resident")

    assert answer.status_code == 422
    assert "whole number" in answer.text
    assert f'value="{amount}"' in answer.text
    with world.inside():
        assert db.session.query(ArticleRule).filter_by(article_id=first).count() == 0


def test_the_comments_can_be_read_said_agreed_with_and_hidden(world: World, at: Hold, client: FlaskClient) -> None:
    path = world.make(consulted)
    one, other, staff = (
        world.as_(who) for who in (world.compact.neighbours[0], world.compact.neighbours[1], world.compact.staff)
    )

    assert post(one, f"{path}/comments", text="很好", stance="").status_code == 422
    said = post(one, f"{path}/comments", text="很好", stance="for")
    assert said.status_code == 303
    comment = re.findall(rf'action="({path}/comments/\d+)/support"', other.get(path).text)[0]
    assert post(other, f"{comment}/support").status_code == 303
    assert 'aria-pressed="true"' in other.get(path).text
    assert post(other, f"{comment}/support/withdraw").status_code == 303
    assert post(one, f"{comment}/hide", because="不行的").status_code == 403
    assert post(staff, f"{comment}/hide", because="说了别家的事").status_code == 303
    page = client.get(path, headers={"Accept-Language": "zh"}).text
    assert "很好" not in page
    assert "说了别家的事" in page
    assert client.get(comment).status_code == 200


def test_no_comment_after_the_end(world: World, at: Hold) -> None:
    path = world.make(consulted)
    at(CONSULTED)

    answer = post(world.as_(world.compact.neighbours[0]), f"{path}/comments", text="太晚", stance="for")

    assert answer.status_code == 409


def test_a_forbidden_rule_is_refused_with_the_plain_reason_and_keeps_what_was_typed(world: World, at: Hold) -> None:
    def with_a_banned_rule(compact: Compact) -> Version:
        version = drafted(compact)
        set_line(compact, version, behaviour=Words(zh="不信教", en="no religion"))
        return consulted(compact, version)

    path = world.make(with_a_banned_rule)
    at(CONSULTED)
    staff = world.as_(world.compact.staff, "zh")

    answer = staff.post(
        f"{path}/ballot",
        data={
            "csrf_token": re.findall(r'name="csrf_token" value="([^"]+)"', staff.get(f"{path}/ballot").text)[0],
            "wording": "是否通过这一版？", "days": "5", "effective_from": EFFECT.isoformat(), "quorum": "1/3",
            "threshold": "1/2",
        },
    )  # fmt: skip

    assert answer.status_code == 409
    assert "宗教信仰（“信教”、“religion”）" in answer.text
    assert "是否通过这一版？" in answer.text


def test_no_count_is_told_before_closing_anywhere(world: World, at: Hold, client: FlaskClient) -> None:
    path = world.make(put_up)
    with world.inside():
        version = db.session.query(Version).one()
        vote(world.compact, version, "yes", "yes", "no")
    at(CLOSES - SECOND)

    for reader in (client, world.as_(world.compact.staff)):
        twin = reader.get(f"{path}.json").json
        assert [one["votes"] for one in twin["ballot"]["options"]] == [None] * 3
        assert twin["version"]["outcome"] is None
        assert reader.get(f"{path}/ballots.json").status_code == 404
        assert "3 households have voted" in text_of(reader.get(path, headers={"Accept-Language": "en"}).text)
    assert post(world.as_(world.compact.staff), f"{path}/steps/record").status_code == 409

    at(CLOSES)
    twin = client.get(f"{path}.json").json
    assert [one["votes"] for one in twin["ballot"]["options"]] == [2, 1, 0]
    assert len(client.get(f"{path}/ballots.json", follow_redirects=True).json["papers"]) == 3


def test_a_household_votes_and_finds_its_vote_by_the_receipt(world: World, at: Hold) -> None:
    path = world.make(put_up)
    at(CONSULTED)
    one = world.as_(world.compact.neighbours[0])

    assert post(one, f"{path}/vote").status_code == 422
    told = post(one, f"{path}/vote", htmx=True, choice="yes").text
    receipt = re.findall(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){4}", told)[0]
    assert 'id="vote-box"' in told
    assert "<html" not in told
    assert post(world.as_(world.compact.spouse), f"{path}/vote", choice="no").status_code == 409
    assert world.count(Ballot) == 1

    at(CLOSES)
    answer = post(world.as_(world.compact.spouse), f"{path}/receipt", receipt=receipt)
    assert "data-said" in answer.text
    assert answer.status_code == 200


def test_staff_write_the_result_down_once(world: World, at: Hold) -> None:
    path = world.make(put_up)
    with world.inside():
        vote(world.compact, db.session.query(Version).one(), "yes", "yes", "yes")
    at(CLOSES + DAY)
    staff = world.as_(world.compact.staff)

    assert post(staff, f"{path}/steps/record").status_code == 303
    assert post(staff, f"{path}/steps/record").status_code == 409
    assert post(staff, f"{path}/steps/dance").status_code == 404


def test_a_household_signs_with_a_form_and_the_share_is_told(world: World, at: Hold) -> None:
    path = front(world.make(adopted))
    at(on(EFFECT))
    one, spouse = world.as_(world.compact.neighbours[0]), world.as_(world.compact.spouse)
    assert "Sign for my household" in spouse.get(path, headers={"Accept-Language": "en"}).text

    fragment = one.post(
        f"{path}/sign", headers={"HX-Request": "true", "Accept-Language": "en"},
        data={"csrf_token": re.findall(r'name="csrf_token" value="([^"]+)"', one.get(path).text)[0], "version": "1"},
    )  # fmt: skip
    assert fragment.status_code == 200
    assert 'id="sign-box"' in fragment.text
    assert "<html" not in fragment.text
    assert "16.7% of households have now signed" in text_of(fragment.text)
    refused = post(spouse, f"{path}/sign", version="1")
    assert refused.status_code == 409
    page = text_of(spouse.get(path, headers={"Accept-Language": "en"}).text)
    assert "Your household signed on" in page
    assert world.count(Signature) == 1


def test_the_same_form_sent_twice_signs_once_and_says_the_same(world: World, at: Hold) -> None:
    path = front(world.make(adopted))
    at(on(EFFECT))
    one = world.as_(world.compact.neighbours[0])
    sent = {"request_id": "a-form-sent-twice", "version": "1"}

    answers = [post(one, f"{path}/sign", **sent).status_code for _ in range(2)]

    assert answers == [303, 303]


def test_a_version_that_came_into_force_meanwhile_is_not_signed_unread(world: World, at: Hold) -> None:
    path = front(world.make(adopted))
    at(on(EFFECT))

    answer = post(world.as_(world.compact.neighbours[0]), f"{path}/sign", version="9")

    assert answer.status_code == 409
    assert world.count(Signature) == 0


def test_the_next_version_stands_in_front_with_what_is_new(world: World, at: Hold, client: FlaskClient) -> None:
    path = world.make(adopted)
    at(on(EFFECT))
    with world.inside():
        second = operations.begin_version(int(path.split("/")[2]), by=world.compact.staff, at=on(EFFECT))
        operations.change_article(
            article(second, 2).id, text=Words(zh="楼道、平台不堆物。", en="Nothing on stairs or landings."),
            by=world.compact.staff,
        )  # fmt: skip
        operations.consult(second.id, until=on(EFFECT) + 9 * DAY, by=world.compact.staff, at=on(EFFECT))

    chinese = {"Accept-Language": "zh"}
    shown = client.get(front(path), headers=chinese).text
    changed = client.get(f"{front(path)}/versions/2", headers=chinese).text
    compared = client.get(f"{front(path)}/compare?from=1&to=2", headers=chinese).text

    assert "第2版正在路上" in shown
    assert '<ins><span class="only-heard">增加： </span>、平台</ins>' in changed
    assert '<ins><span class="only-heard">增加： </span>、平台</ins>' in compared
    assert TEXTS[0].zh in compared
    for odd in ("from=7&to=x", "from=2&to=1", ""):
        assert client.get(f"{front(path)}/compare?{odd}").status_code == 200


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", ["a4", "a3", "a0"])
def test_the_poster_has_the_text_and_a_code_that_opens_it(
    world: World, at: Hold, client: FlaskClient, language: str, size: str
) -> None:
    path = front(world.make(adopted))
    at(on(EFFECT))

    answer = client.get(f"{path}/poster?size={size}", headers={"Accept-Language": language})

    assert answer.status_code == 200
    for text in TEXTS:
        assert getattr(text, language) in answer.text
    assert f"http://127.0.0.1:8000{path}" in answer.text
    assert '<svg class="qr"' in answer.text
    assert f'data-size="{"a4" if size == "a0" else size}"' in answer.text


def test_there_is_no_poster_of_what_is_not_in_force(world: World, at: Hold, client: FlaskClient) -> None:
    path = front(world.make(consulted))

    assert client.get(f"{path}/poster").status_code == 404


def test_the_statement_leads_from_the_entry_to_the_clause(world: World, at: Hold) -> None:
    def with_a_rule(compact: Compact) -> Version:
        version = drafted(compact)
        set_line(compact, version, code="D04", honour=2)
        return adopted(compact, version)

    path = world.make(with_a_rule)
    at(on(EFFECT))
    with world.inside():
        other = drafted(world.compact, title=Words(zh="清洁公约", en="Cleaning agreement"))
        put_up(world.compact, other, closes_at=on(EFFECT) + DAY, effective_from=EFFECT + timedelta(days=9))
    one = world.as_(world.compact.neighbours[0], "zh")
    assert post(one, f"/agreements/{other_id(path)}/versions/1/vote", choice="no").status_code == 303

    page = one.get("/points").text

    assert f'<a href="{path}#article-1">《楼道公约》第1版第1条</a>' in page
    assert 'id="article-1"' in one.get(path).text
    assert "《楼道公约》第1版第1条" in one.get("/points/tariff").text


def other_id(path: str) -> int:
    return int(path.split("/")[2]) + 1


def test_no_name_and_no_door_is_on_a_public_page(world: World, at: Hold, client: FlaskClient) -> None:
    path = world.make(adopted)
    at(on(EFFECT))
    post(world.as_(world.compact.neighbours[0]), f"{front(path)}/sign", version="1")
    who = world.compact.neighbours[0]

    for page in ("/agreements", front(path), path, f"{front(path)}/poster", f"{front(path)}.json"):
        html = client.get(page).text
        assert who.full_name not in html
        assert world.compact.staff.full_name not in html
        assert world.compact.homes[0].door not in html


def test_pages_cost_few_statements(world: World, at: Hold, client: FlaskClient) -> None:
    path = world.make(put_up)
    at(CONSULTED)
    reader = world.as_(world.compact.neighbours[0])
    pages: list[tuple[str, datetime, int]] = [
        ("/agreements", CONSULTED, 6), (path, CONSULTED, 12), (path, CLOSES, 12), (front(path), on(EFFECT), 12),
        (f"{front(path)}/compare", on(EFFECT), 12), (f"{front(path)}/poster", on(EFFECT), 12),
    ]  # fmt: skip

    for page, moment, most in pages:
        at(moment)
        with statements() as seen:
            reader.get(page)
        assert len(seen) <= most, (page, moment, *seen)
