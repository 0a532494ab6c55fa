"""The pages of disclosures, as browsers, feed readers and scripts see them."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from app.disclosures import operations
from app.disclosures.models import Disclosure, Draft, DraftAttachment, DraftWriter, Question
from app.disclosures.views import drafts
from app.kit.db import db
from app.kit.periods import named
from app.kit.uploads import Upload
from app.kit.words import Words
from tests import worlds
from tests.disclosures.hall import (
    Hall,
    a_draft,
    a_duty,
    a_fund,
    a_hall,
    a_line,
    a_table,
    an_item,
    finance_draft,
    finances,
    signed,
)
from tests.makers import NOON, post, token_of
from tests.worlds import Hold

DAY = timedelta(days=1)


class World(worlds.World):
    """A hall behind the pages."""

    hall: Hall

    def furnish(self) -> None:
        self.hall = a_hall()
        self.place_id, self.code = self.hall.place.id, self.hall.place.code

    def make(self, maker: Callable[..., Any], *arguments: Any, **values: Any) -> int:
        with self.inside():
            self.hall.place = db.session.get_one(type(self.hall.place), self.place_id)
            return int(maker(self.hall, *arguments, **values).id)


@pytest.fixture
def world(app: Flask, at: Hold) -> World:
    at(NOON)
    return World(app)


def a_month(hall: Hall) -> Any:
    lines = (a_line("厂房租金", income=30_00), a_line("=电费", expenditure=10_00))
    return finances(hall, "2026-10", a_table(lines=lines))


def send_file(client: FlaskClient, path: str, field: str, content: bytes, name: str) -> Any:
    fields = {"csrf_token": token_of(client), field: (io.BytesIO(content), name)}
    return client.post(path, data=fields, content_type="multipart/form-data")


def test_the_list_shows_what_is_published_by_subject_and_place(world: World) -> None:
    world.make(an_item)
    world.make(a_month)
    visitor = world.as_(None, "zh")

    everything = visitor.get("/disclosures").text
    assert "实事安排" in everything
    assert "财务收支" in everything
    finance = visitor.get("/disclosures?subject=finance").text
    assert "实事安排" not in finance
    assert "财务收支" in finance
    assert "实事安排" not in visitor.get("/disclosures?place=nowhere&subject=party").text
    assert "实事安排" in visitor.get("/disclosures?subject=nonsense").text


def test_drafts_are_seen_by_their_place_alone(world: World) -> None:
    draft = world.make(a_draft)
    hall = world.hall

    assert "实事安排" not in world.as_(None, "zh").get("/disclosures").text
    for person, status in ((hall.staff, 200), (hall.supervisor, 200), (hall.villager, 404), (hall.resident, 403)):
        assert world.as_(person).get(f"/disclosures/drafts/{draft}").status_code == status


def test_a_page_shows_table_drawing_and_the_same_numbers(world: World) -> None:
    item = world.make(a_month)

    page = world.as_(None).get(f"/disclosures/{item}").text

    assert 'role="img"' in page
    assert "income 30.00, expenditure 10.00" in page
    assert page.count("120.00") >= 2
    assert "Zhang*" in page
    assert "the sums are checked" in page


def test_the_twin_says_the_same_in_exact_decimals(world: World) -> None:
    item = world.make(a_month)

    told = world.as_(None).get(f"/disclosures/{item}.json").json
    listed = world.as_(None).get("/disclosures.json").json

    assert told is not None
    assert told["finances"]["total"] == {
        "opening": "100.00", "income": "30.00", "expenditure": "10.00", "closing": "120.00",
    }  # fmt: skip
    assert listed is not None
    assert listed["items"][0]["id"] == item


def test_the_csv_is_harmless_and_can_be_sent_in_again(world: World) -> None:
    item = world.make(a_month)
    answer = world.as_(None, "zh").get(f"/disclosures/{item}/table.csv")

    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert [row[3] for row in rows if row[3:4] and "电费" in row[3]] == ["'=电费"]
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row)

    draft = world.make(lambda hall: operations.correct(item, by=hall.staff, at=NOON))
    staff = world.as_(world.hall.staff, "zh")
    assert send_file(staff, f"/disclosures/drafts/{draft}/sheet", "sheet", answer.data, "十月.csv").status_code == 303


def test_an_item_without_a_table_has_no_csv(world: World) -> None:
    assert world.as_(None).get(f"/disclosures/{world.make(an_item)}/table.csv").status_code == 404


def test_old_and_new_are_readable_with_the_difference(world: World) -> None:
    item = world.make(an_item)

    def correct(hall: Hall) -> Any:
        draft = operations.correct(item, by=hall.staff, at=NOON)
        text = Words(zh="九件实事都写明了责任人。")
        reason = Words(zh="漏了一件")
        operations.write(draft.id, title=draft.title, text=text, cells=None, reason=reason, by=hall.staff, at=NOON)
        return signed(hall, draft, NOON + DAY)

    world.make(correct)
    visitor = world.as_(None, "zh")

    page = visitor.get(f"/disclosures/{item}").text
    assert re.search(r"<del><span[^>]*>删去：\s*</span>八</del><ins><span[^>]*>增加：\s*</span>九</ins>", page), (
        "told, too"
    )
    assert "漏了一件" in page
    assert "八件实事都写明了责任人。" in visitor.get(f"/disclosures/{item}?revision=1").text
    assert "较早的一版" in visitor.get(f"/disclosures/{item}?revision=1").text
    assert visitor.get(f"/disclosures/{item}?revision=3").status_code == 404
    assert visitor.get(f"/disclosures/{item}.json?revision=1").json["revision"] == 1  # type: ignore[index]


# The table


def _sheet(closing: str = "120", income: str = "30") -> bytes:
    return f"期间,2026-10\n资金,期初,收入,支出,期末\n经营资金,100,{income},10,{closing}\n".encode()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (_sheet(closing="119"), "单元格 E3"),
        (_sheet(income="3O"), "单元格 C3"),
        (_sheet().replace(b"2026-10", b"2026-09"), "2026年9月"),
        (b"", "空"),
        (b"<svg onload=alert(1)>", "不是"),
        ("收入".encode("gbk"), "表样"),
    ],
)  # fmt: skip
def test_a_file_that_is_wrong_is_named_and_nothing_is_kept(world: World, content: bytes, told: str) -> None:
    draft = world.make(lambda hall: operations.begin(
        hall.place, subject="finance", kind="finances", period=named("2026-10"), by=hall.staff, at=NOON
    ))  # fmt: skip
    staff = world.as_(world.hall.staff, "zh")

    answer = send_file(staff, f"/disclosures/drafts/{draft}/sheet", "sheet", content, "十月.csv")

    assert answer.status_code == 422
    assert told in answer.text
    with world.inside():
        assert db.session.get_one(Draft, draft).finances is None
    assert world.count(Upload) == 0


def test_a_table_in_gbk_is_read(world: World) -> None:
    draft = world.make(finance_draft, "2026-10", a_table(a_fund(1)))
    staff = world.as_(world.hall.staff, "zh")

    content = _sheet().decode().encode("gbk")

    assert send_file(staff, f"/disclosures/drafts/{draft}/sheet", "sheet", content, "十月.csv").status_code == 303
    with world.inside():
        assert db.session.get_one(Draft, draft).finances["funds"][0][-1] == 120_00  # type: ignore[index]


def test_the_table_can_be_typed_row_by_row(world: World) -> None:
    draft = world.make(finance_draft, "2026-10", a_table())
    staff, path = world.as_(world.hall.staff), f"/disclosures/drafts/{draft}/table"
    page = staff.get(path).text
    assert 'name="funds-0-opening" value="100.00"' in page
    typed = {
        "funds-0-fund": "经营资金", "funds-0-opening": "100", "funds-0-income": "31", "funds-0-expenditure": "10",
        "funds-0-closing": "120", "lines-0-fund": "经营资金", "lines-0-text": "rent", "lines-0-income": "31",
        "lines-1-fund": "经营资金", "lines-1-text": "power", "lines-1-expenditure": "10",
    }  # fmt: skip

    more = post(staff, path, more="1", **typed)
    assert more.status_code == 200
    assert 'value="rent"' in more.text
    assert 'name="lines-5-text"' in more.text

    wrong = post(staff, path, **typed)
    assert wrong.status_code == 422
    assert "Closing in row 1 of the funds: opening ¥100.00 plus income ¥31.00" in wrong.text
    assert 'value="rent"' in wrong.text
    assert (
        'name="funds-0-closing" value="120" autocomplete="off" inputmode="decimal" class="n" aria-invalid' in wrong.text
    )

    assert post(staff, path, **typed | {"funds-0-closing": "121"}).status_code == 303


def test_the_form_to_download_opens_with_last_months_balances(world: World) -> None:
    world.make(a_month)
    draft = world.make(lambda hall: operations.begin(
        hall.place, subject="finance", kind="finances", period=named("2026-11"), by=hall.staff, at=NOON
    ))  # fmt: skip

    text = world.as_(world.hall.staff, "zh").get(f"/disclosures/drafts/{draft}/template.csv").data.decode("utf-8-sig")

    assert "期间,2026-11" in text
    assert "经营资金,,,,120.00,0.00,0.00,120.00" in text


# Files beside an item


def test_a_file_is_looked_through_kept_and_served_by_its_item(world: World) -> None:
    draft = world.make(a_draft)
    staff, path = world.as_(world.hall.staff, "zh"), f"/disclosures/drafts/{draft}/attachments"

    refused = send_file(staff, path, "file", "姓名,电话\n张三,13812345678\n".encode(), "名单.csv")
    assert refused.status_code == 422
    assert "单元格 B2" in refused.text
    assert send_file(staff, path, "file", b"a,b\n1,2\n", "13812345678.csv").status_code == 422
    assert world.count(Upload) == 0

    assert send_file(staff, path, "file", "品名,数量\n大米,3\n".encode(), "../结算.csv").status_code == 303
    with world.inside():
        upload = db.session.scalars(select(DraftAttachment.upload_id)).one()
    assert world.as_(world.hall.resident).get(f"{path}/{upload}").status_code == 403
    item = world.make(lambda hall: signed(hall, db.session.get_one(Draft, draft)))
    other = world.make(an_item)

    answer = world.as_(None).get(f"/disclosures/{item}/attachments/{upload}")
    assert "大米" in answer.data.decode("utf-8-sig")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert world.as_(None).get(f"/disclosures/{other}/attachments/{upload}").status_code == 404


# Questions


def test_a_resident_asks_the_committee_answers_and_both_stand_there(world: World) -> None:
    item = world.make(a_month)
    resident, path = world.as_(world.hall.resident), f"/disclosures/{item}"

    asked = post(resident, f"{path}/questions", htmx=True, text="Why so much?", line="line:2")
    assert asked.status_code == 200
    assert 'id="questions"' in asked.text
    assert "<html" not in asked.text
    assert "Awaiting an answer" in asked.text
    with world.inside():
        question = db.session.scalars(select(Question)).one()
        assert question.line_name == Words(zh="=电费")
        number = question.id

    staff = world.as_(world.hall.staff)
    assert post(staff, f"{path}/questions/{number}/answer", answer="").status_code == 422
    told = post(staff, f"{path}/questions/{number}/answer", answer="The pumps ran all night.")
    assert told.headers["Location"].endswith(f"{path}#question-{number}")
    page = resident.get(path).text
    assert "The pumps ran all night." in page
    assert "Official answer" in page
    assert post(resident, f"{path}/questions/{number}/again", again="Both of them?").status_code == 303


def test_overdue_is_public_at_reading(world: World, at: Hold) -> None:
    item = world.make(an_item)
    world.make(lambda hall: operations.ask(item, text=Words(zh="电梯呢？"), by=hall.resident, at=NOON))

    assert "Overdue" not in world.as_(None).get(f"/disclosures/{item}").text
    at(NOON + 8 * DAY)
    assert "Overdue, not answered" in world.as_(None).get(f"/disclosures/{item}").text
    assert "Answer overdue" in world.as_(None).get("/disclosures").text
    assert world.as_(None).get(f"/disclosures/{item}.json").json["questions_asked"][0]["state"] == "overdue"  # type: ignore[index]


def test_asking_twice_with_one_request_id_asks_once(world: World) -> None:
    item = world.make(an_item)
    resident, path = world.as_(world.hall.resident), f"/disclosures/{item}/questions"

    for _ in range(2):
        assert post(resident, path, text="Why so much?", line="", request_id="the-same-one").status_code == 303
    assert post(resident, path, text="Another", line="", request_id="the-same-one").status_code == 409
    assert world.count(Question) == 1


@pytest.mark.parametrize(("who", "status"), [(None, 401), ("newcomer", 403), ("resident", 422)])
def test_who_may_ask(world: World, who: str | None, status: int) -> None:
    item = world.make(an_item)
    client = world.as_(getattr(world.hall, who) if who else None)

    assert (
        post(client, f"/disclosures/{item}/questions", text="" if status == 422 else "Why?", line="").status_code
        == status
    )


def test_a_question_belongs_to_its_item(world: World) -> None:
    one, other = world.make(an_item), world.make(an_item)
    question = world.make(lambda hall: operations.ask(one, text=Words(zh="电梯呢？"), by=hall.resident, at=NOON))
    staff = world.as_(world.hall.staff)

    assert post(staff, f"/disclosures/{other}/questions/{question}/answer", answer="Yes, soon.").status_code == 404


# Calendar


def test_the_calendar_takes_any_year(world: World) -> None:
    visitor = world.as_(None)

    for wish in ("", "?year=2026", "?year=1", "?year=99999", "?year=x", "?year=2199", "?year=2000"):
        assert visitor.get(f"/disclosures/calendar{wish}").status_code == 200
    assert json.loads(visitor.get("/disclosures/calendar.json?year=2026").data)["year"] == 2026


# Signing


def test_pressed_twice_it_is_signed_once_and_both_presses_lead_to_the_item(world: World) -> None:
    draft = world.make(a_draft)
    staff, supervisor = world.as_(world.hall.staff), world.as_(world.hall.supervisor)
    for who, step in ((staff, "send"), (supervisor, "countersign")):
        page = who.get(f"/disclosures/drafts/{draft}").text
        request_id = page.partition('name="request_id"')[2].partition('value="')[2].partition('"')[0]
        assert len(request_id) > 20
        answers = [post(who, f"/disclosures/drafts/{draft}/{step}", request_id=request_id) for _ in range(2)]
        assert [one.status_code for one in answers] == [303, 303]
        assert answers[0].headers["Location"] == answers[1].headers["Location"]

    assert world.count(Disclosure) == 1
    assert post(supervisor, f"/disclosures/drafts/{draft}/countersign").status_code == 404
    assert post(staff, "/disclosures/drafts/99/send", request_id="?").status_code == 404


def test_what_was_published_while_somebody_wrote_leads_to_the_desk_with_the_reason(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The draft was there when the request came, and gone when its lock was had."""
    draft = world.make(a_draft)
    seen = drafts.draft_row

    def gone_meanwhile(draft_id: int) -> Any:
        row = seen(draft_id)
        db.session.execute(delete(DraftWriter))
        db.session.execute(delete(Draft))
        return row

    monkeypatch.setattr(drafts, "draft_row", gone_meanwhile)
    monkeypatch.setattr("app.kit.fields.db.rollback", lambda: None)
    answer = post(world.as_(world.hall.staff), f"/disclosures/drafts/{draft}/discard")

    assert answer.status_code == 409
    assert "published or discarded meanwhile" in answer.text


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2200-01-01", "0000-01-01", "10000-01-01", "2026-02-30"])
def test_an_event_of_no_possible_year_is_not_begun_and_no_page_breaks(world: World, day: str) -> None:
    duty = world.make(a_duty, key="talks", rhythm="on_occasion", due_day=None, due_in=None, working_days=5)
    staff = world.as_(world.hall.staff)

    refused = post(staff, "/disclosures/drafts", duty=duty, event_on=day)

    assert refused.status_code == 422
    assert world.count(Draft) == 0
    for page in ("/disclosures/desk", "/disclosures/calendar", "/disclosures/calendar.json", "/work", "/communities"):
        assert staff.get(page).status_code == 200, page


@pytest.mark.parametrize("place", ["9" * 20, str(2**63), str(2**31), "-1", "1e3", "NaN"])
def test_a_place_that_cannot_be_is_refused_like_any_other(world: World, place: str) -> None:
    refused = post(world.as_(world.hall.staff), "/disclosures/drafts", place=place, what="village")

    assert refused.status_code == 422
    assert world.count(Draft) == 0
