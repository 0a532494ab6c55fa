"""Files as strangers send them, at every door that takes files: refused or handled with a sentence, never kept as sent.

Through the real forms of the rooms, on the sample street.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from app.kit import clock, filetypes
from app.kit.db import db
from app.kit.filetypes import Kind
from app.kit.uploads import Upload, UploadContent
from tests.examples import numbers
from tests.kit import sent_files as sent
from tests.test_journeys import Forms, Walker

SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><script>alert(1)</script></svg>"
HTML = b"<!doctype html><script>alert(1)</script>"
TODAY = clock.today()
POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"


@dataclass(frozen=True)
class Door:
    """One form that takes a file: whose page it stands on, where it is sent to, and what is typed beside the file."""

    who: str
    page: str
    action: str
    field: str
    kinds: tuple[Kind, ...]
    beside: tuple[tuple[str, str], ...] = ()
    rule: str = ""  # the last part of its rule, where that has a name in it
    choose: tuple[str, ...] = ()  # lists and choices on the page of which the first entry is taken


REPORT = (
    ("category", "lamp"), ("title", "Lamps out on the walk"), ("text", "All four of them."), ("openness", "public"),
)  # fmt: skip
DOORS = {
    "a request": Door("resident", "/requests/new", "/requests/new", "photo", ("image",), REPORT),
    "more of a request": Door("resident", "", "/add", "photo", ("image",), (("text", "One more thing."),)),
    "a report": Door(
        "staff", "/promises/{overdue}", "/progress", "photo", ("image",),
        (("percent", "70"), ("note", "Nearly there now.")),
    ),
    "what is done": Door(
        "staff", "/promises/{overdue}", "/finish", "done_photo", ("image",), (("done_note", "All of it is done."),)
    ),
    "beside a disclosure": Door(
        "staff", "/disclosures/drafts/{writing}", "/attachments", "file", ("image", "pdf", "sheet")
    ),
    "minutes": Door(
        "staff", "/sittings/{sitting_owing}/minutes/new", "/minutes", "file", ("image", "pdf"),
        (("text", "The lamps were talked about."),),
    ),
    "a claim": Door(
        "resident", "/points/claims/new?line=F05", "/points/claims/new", "photo", ("image",),
        (
            ("title", "Two old fridges"), ("deed_on", TODAY.isoformat()), ("spot", "By the gate"),
            ("text", "Carried down and handed over."), ("agreed", "y"),
        ),
    ),
    "more of a claim": Door(
        "resident", "/points/claims/{claim}", "/points/claims/{claim}/add", "photo", ("image",),
        (("text", "As it looks now."), ("agreed", "y")), rule="add",
    ),
    "what an office saw": Door(
        "grid", "/points/claims/enter?household={own_home}", "/points/claims/enter/{own_home}", "photo", ("image",),
        (
            ("line", "S02"), ("person", "0"), ("title", "Charged in the shed"), ("deed_on", TODAY.isoformat()),
            ("spot", "The shed"), ("text", "Seen in the shed at the spot check."), ("agreed", "y"),
        ),
        rule="<int:household_id>",
    ),
    "a case": Door(
        "grid", "/points/cases/new?household={own_home}", "/points/cases/new/{own_home}", "photo", ("image",),
        (
            ("title", "Boxes on the stairs"), ("text", "On the second landing."), ("masked", "y"),
            ("happened_on", TODAY.isoformat()), ("cure_on", (TODAY + timedelta(days=7)).isoformat()),
        ),
        rule="<int:household_id>", choose=("line",),
    ),
    "what is put right": Door(
        "neighbour", "/points/cases/{reminded}", "/cures", "cure_photo", ("image",), (("cure_text", "It is gone."),)
    ),
    "an appeal": Door(
        "voter004", "/points/cases/{confirmed_case}", "/appeal", "appeal_photo", ("image",),
        (("appeal_text", "It was not our car."),),
    ),
    "evidence": Door(
        "staff", "/points/cases/{in_effect}", "/evidence", "evidence_photo", ("image",),
        (("evidence_text", "A bill of that evening."),),
    ),
    "a proxy": Door(
        "staff", "/votes/{question_open}/desk/{entry_typed}?way=proxy&sought=王", "/proxy", "photo", ("image",),
        choose=("holder",),
    ),
    "a finance table": Door("b-staff", "/disclosures/drafts/{keeping_books}", "/sheet", "sheet", ("sheet",)),
}  # fmt: skip
FOR_PICTURES = [name for name, door in DOORS.items() if "image" in door.kinds]


class Sender(Walker):
    """Somebody who stands before a door with a file in hand."""

    def __init__(self, app: Flask, door: Door) -> None:
        super().__init__(app.test_client())
        self.app, self.door, self.beside = app, door, dict(door.beside)
        self.signs_in(door.who)
        known = numbers(app.config["SETTINGS"].database_url, secret=app.config["SECRET_KEY"])
        page, self.action = door.page.format(**known), door.action.format(**known)
        if not page or "category" in self.beside:
            self.opens("/requests/new")
            place = self.first(r'<option selected value="(\d+)"')
        if not page:
            self.fills("/requests/new", place=place, **dict(REPORT))
            page = self.path
        elif "category" in self.beside:
            self.beside["place"] = place
        self.opens(page)
        for name in door.choose:
            entry = rf'(?s)(?:<select[^>]*name="{name}".*?<option|<input[^>]*name="{name}")[^>]*value="(\d+)"'
            self.beside[name] = self.first(entry)
        self.before = self.kept()

    def sends(self, content: bytes, name: str) -> int:
        """Send the form of the door with that file; the status. What was typed beside it stands in `html`."""
        where, hidden = next(one for one in Forms(self.html).found if one[0].endswith(self.action))
        file = FileStorage(io.BytesIO(content), name)
        boundary, body = encode_multipart({**hidden, **self.beside, self.door.field: file})
        kind = f"multipart/form-data; boundary={boundary}"
        self.page = self.client.post(where, data=body, headers=self.headers, content_type=kind)
        return self.page.status_code

    def kept(self) -> int:
        with self.app.app_context():
            return db.session.scalar(select(func.count(Upload.id))) or 0

    def follows(self) -> Sender:
        assert self.page is not None
        self.opens(self.page.headers["Location"])
        return self


Open = Callable[[str], Sender]


@pytest.fixture
def door(street_app: Flask) -> Open:
    return lambda name: Sender(street_app, DOORS[name])


def test_every_route_that_takes_a_file_is_tried_here(street_app: Flask) -> None:
    tried = {door.rule or door.action.rpartition("/")[2] for door in DOORS.values()}
    taking = {
        rule.rule.rpartition("/")[2]
        for rule in street_app.url_map.iter_rules()
        if getattr(street_app.view_functions[rule.endpoint], "takes_files", False)
    }

    assert taking == tried


# What no door takes, what no door for pictures takes, what no door for tables takes: name, content, sentence.
ANYTHING = (
    ("photo.jpg", SVG, "whatever its name says"),
    ("photo.jpg", HTML, "whatever its name says"),
    ("photo.jpg", b"", "The file arrived empty"),
    ("photo.jpg", b"MZ\x90\x00" + bytes(4000), ""),
    ("photo.jpg", b"\xff\xd8\xff" + bytes(filetypes.MOST_BYTES), "too large (limit 10 MB)"),
)
PICTURES = (
    ("photo.png", sent.huge_png(), "more pixels than can be taken"),
    ("photo.jpg", sent.huge_jpeg(), "more pixels than can be taken"),
    ("photo.jpg", sent.picture()[:300], "The photo cannot be read"),
)
TABLES = (
    ("table.xlsx", sent.package({"xl/worksheets/sheet1.xml": b" " * 90_000_000}), "unpacks to far more"),
    ("table.xlsx", sent.package({"xl/vbaProject.bin": b"x"}), "The file holds more than pages and cells"),
    ("table.xlsx", b"PK\x03\x04 and no more", "The table cannot be read"),
)


@pytest.mark.parametrize("name", DOORS)
def test_what_would_harm_is_refused_with_a_sentence_and_the_text_stays(door: Open, name: str) -> None:
    sender = door(name)
    kinds = sender.door.kinds
    trials = ANYTHING + ("image" in kinds) * PICTURES + ("sheet" in kinds) * TABLES

    for called, content, sentence in trials:
        assert sender.sends(content, called) == 422, sentence
        assert sentence in sender.text
        for typed in dict(sender.door.beside).values():
            assert typed in sender.html, "what was typed is still there"
    assert sender.kept() == sender.before


@pytest.mark.parametrize("name", FOR_PICTURES)
def test_a_photo_loses_its_past_and_its_name_its_tricks(door: Open, name: str) -> None:
    sender = door(name)
    address = r'(?:src|href)="(/[^"]*/(?:photos|attachments|minutes|proxies/\d+)/\d+)"'
    known = set(re.findall(address, sender.html))

    assert sender.sends(sent.photo_with_a_past(), '../../etc/<script>alert(1)</script>我家".svg') == 303
    sender.follows()

    assert "<script>alert" not in sender.html
    path = max(set(re.findall(address, sender.html)) - known, key=lambda one: int(one.rpartition("/")[2]))
    file = sender.client.get(path)
    assert (file.status_code, file.mimetype) == (200, "image/jpeg")
    assert file.headers["Content-Security-Policy"] == POLICY
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert "script>" not in file.headers["Content-Disposition"]
    assert "/" not in file.headers["Content-Disposition"].partition("''")[0]
    after = Image.open(io.BytesIO(file.data))
    assert not after.getexif()
    assert not {"exif", "xmp", "comment", "icc_profile"} & set(after.info)
    for hidden in (sent.CAMERA, sent.SECRET):
        assert hidden.encode() not in file.data
    with sender.app.app_context():
        assert all(sent.SECRET.encode() not in one for one in db.session.scalars(select(UploadContent.content)))


def test_a_table_in_gbk_is_taken_in_and_kept_as_every_program_reads_it(door: Open) -> None:
    sender = door("beside a disclosure")

    assert sender.sends("项目,金额\r\n长廊换灯,1280.50\r\n".encode("gbk"), "账目.csv") == 303
    sender.follows()

    with sender.app.app_context():
        kept = db.session.scalars(select(UploadContent.content).order_by(UploadContent.upload_id.desc())).first()
    assert kept == "项目,金额\r\n长廊换灯,1280.50\r\n".encode("utf-8-sig")


def test_a_finance_table_in_gbk_is_read_cell_by_cell(door: Open) -> None:
    sender = door("a finance table")
    form = sender.client.get(f"{sender.path}/template.csv", headers={"Accept-Language": "zh"}).data.decode("utf-8-sig")

    status = sender.sends(form.encode("gbk"), "账目.csv")

    assert status in (303, 422)
    assert status == 303 or re.search(r"[A-Z]\d+", sender.text), "taken in, or the cell is named"
    assert "cannot be read" not in sender.text


def statuses(client: FlaskClient, *paths: str) -> list[int]:
    return [client.get(path).status_code for path in paths]


def test_a_file_is_served_after_the_permission_of_its_room_and_at_no_address_that_can_be_guessed(
    street_app: Flask, door: Open
) -> None:
    sender = door("a request")
    sender.beside["openness"] = "private"
    assert sender.sends(sent.picture(), "mine.jpg") == 303
    sender.follows()
    mine = sender.first(r'src="(/requests/\d+/photos/\d+)"')
    upload = mine.rpartition("/")[2]
    known = numbers(street_app.config["SETTINGS"].database_url, secret=street_app.config["SECRET_KEY"])
    elsewhere = [
        f"/requests/{known['in_grid']}/photos/{upload}",
        f"/promises/{known['photographed']}/photos/{upload}",
        f"/disclosures/{known['with_paper']}/attachments/{upload}",
        f"/uploads/{upload}", f"/files/{upload}", f"/static/uploads/{upload}",
    ]  # fmt: skip

    assert statuses(sender.client, mine) == [200]
    assert statuses(street_app.test_client(), mine) == [404]
    assert statuses(Walker(street_app.test_client()).signs_in("neighbour").client, mine) == [404]
    for client in (sender.client, street_app.test_client()):
        assert statuses(client, *elsewhere) == [404] * len(elsewhere)


def test_a_file_of_a_draft_is_for_those_who_write_and_sign_it(street_app: Flask) -> None:
    known = numbers(street_app.config["SETTINGS"].database_url, secret=street_app.config["SECRET_KEY"])
    path = f"/disclosures/drafts/{known['writing']}/attachments/{known['rota']}"
    answers = {
        who: Walker(street_app.test_client()).signs_in(who).client.get(path).status_code
        for who in ("staff", "supervisor", "b-staff", "resident")
    }

    assert answers == {"staff": 200, "supervisor": 200, "b-staff": 404, "resident": 403}
    assert street_app.test_client().get(path).status_code == 401
    published = f"/disclosures/{known['with_paper']}/attachments/{known['rota']}"
    assert street_app.test_client().get(published).status_code == 404
