"""A file from the form to the page and back: its field, its limits, its answer."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, Response, render_template_string, request
from flask.testing import FlaskClient
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from app.cli.matrix import forms_of
from app.kit import access, clock, filetypes, security, uploads
from app.kit.db import db
from app.kit.fields import Form, OnceForm, _File, _told, file_field, text_field
from app.kit.sending import send_upload
from app.kit.uploads import Upload
from tests.kit import sent_files as sent
from tests.makers import token_of

PATH = "/sign-in"  # any address that anyone may open; its two views are put back after each test
ENGLISH = {"Accept-Language": "en"}
PAGE = """
{% import "components/forms.html" as forms with context %}
<form method="post" enctype="{{ form.enctype }}">{{ forms.head(form) }}
{{ forms.field(form.photo) }}{{ forms.field(form.note) }}</form>
"""


class PhotoForm(Form):
    photo = file_field(_l("A photo"), kinds=("image", "sheet"))
    note = text_field(_l("A note"), most=20, needed=False)


class NeededForm(Form):
    photo = file_field(_l("A photo"), kinds=("image",), needed=True)
    note = text_field(_l("A note"), most=20, needed=False)


class PhotoOnceForm(OnceForm):
    photo = file_field(_l("A photo"), kinds=("image",))


@access.anyone
def shows() -> Any:
    if "file" in request.args:
        return send_upload(int(request.args["file"]), attachment="save" in request.args)
    return render_template_string(PAGE, form=PhotoForm())


@access.anyone
@access.takes_files
def takes() -> Any:
    form = NeededForm() if "needed" in request.args else PhotoForm()
    kinds = ("image",) if "needed" in request.args else ("image", "sheet")
    photo = form.photo
    if form.validate_on_submit() and form.carries_out(
        lambda: (
            photo.data and uploads.keep(photo.data.stream, photo.data.filename, kinds=kinds, by_id=None, at=clock.now())
        )
    ):
        return {"id": form.result_id}
    return Response(render_template_string(PAGE, form=form), form.status)


@pytest.fixture
def room(app: Flask) -> Iterator[FlaskClient]:
    """A browser before a room that takes photos."""
    rules = {frozenset(rule.methods or ()): rule.endpoint for rule in app.url_map.iter_rules() if rule.rule == PATH}
    there = {endpoint: app.view_functions[endpoint] for endpoint in rules.values()}
    for methods, endpoint in rules.items():
        app.view_functions[endpoint] = takes if "POST" in methods else shows
    yield app.test_client()
    app.view_functions.update(there)


def post(client: FlaskClient, content: bytes | None, name: str = "a.jpg", path: str = PATH, **fields: Any) -> Any:
    photo = {"photo": FileStorage(io.BytesIO(content), name)} if content is not None else {}
    boundary, body = encode_multipart({"csrf_token": token_of(client, PATH), **photo, **fields})
    return client.post(path, data=body, headers=ENGLISH, content_type=f"multipart/form-data; boundary={boundary}")


def kept(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count(Upload.id))) or 0


def test_the_field_says_what_it_takes(room: FlaskClient) -> None:
    for language, words in (
        ("en", "Send photos (JPEG, PNG, WebP) or tables (xlsx, csv), up to 10 MB."),
        ("zh", "最大10 MB"),
    ):
        page = room.get(PATH, headers={"Accept-Language": language}).text

        assert words in page
        assert 'enctype="multipart/form-data"' in page
        assert 'type="file"' in page
        assert 'accept="image/jpeg,image/png,image/webp,.xlsx,.csv,text/csv"' in page
        assert 'aria-describedby="photo-hint' in page


def test_a_form_without_a_file_goes_as_before(app: Flask) -> None:
    with app.test_request_context():
        assert OnceForm().enctype == "application/x-www-form-urlencoded"


def test_a_photo_is_kept_and_shown_again(room: FlaskClient) -> None:
    answer = post(room, sent.photo_with_a_past(), "../../我家.svg")
    file = room.get(f"{PATH}?file={answer.json['id']}")

    assert answer.status_code == 200
    assert (file.status_code, file.mimetype) == (200, "image/jpeg")
    assert file.headers["Content-Disposition"] == "inline; filename=.jpg; filename*=UTF-8''%E6%88%91%E5%AE%B6.jpg"
    assert file.headers["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert file.headers["Cache-Control"] == "private, no-cache"
    assert file.get_etag() == (hashlib.sha256(file.data).hexdigest(), False)


def test_who_has_the_photo_is_told_so(room: FlaskClient) -> None:
    number = post(room, sent.picture()).json["id"]
    first = room.get(f"{PATH}?file={number}")

    again = room.get(f"{PATH}?file={number}", headers={"If-None-Match": first.headers["ETag"]})
    other = room.get(f"{PATH}?file={number}", headers={"If-None-Match": '"another"'})

    assert (again.status_code, again.data) == (304, b"")
    assert (other.status_code, other.data) == (200, first.data)


def test_anything_but_a_picture_is_saved_never_shown(room: FlaskClient) -> None:
    table, photo = (post(room, content).json["id"] for content in ("姓名,金额\n张,1\n".encode("gbk"), sent.picture()))

    assert room.get(f"{PATH}?file={table}").headers["Content-Disposition"].startswith("attachment;")
    assert room.get(f"{PATH}?file={table}").headers["Content-Type"] == "text/csv; charset=utf-8"
    assert room.get(f"{PATH}?file={photo}&save=1").headers["Content-Disposition"].startswith("attachment;")
    assert room.get(f"{PATH}?file={photo + 1}").status_code == 404


def test_a_refused_file_leaves_the_text_and_asks_for_another(app: Flask, room: FlaskClient) -> None:
    answer = post(room, b"<svg onload=alert(1)>", "photo.jpg", note="the lamp is out")

    assert answer.status_code == 422
    assert "This file is not of a kind that is taken here, whatever its name says." in answer.text
    assert 'value="the lamp is out"' in answer.text
    assert "Please choose the file again" in answer.text
    assert kept(app) == 0


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file arrived empty."),
        (sent.huge_jpeg(), "The photo has more pixels than can be taken"),
        (b"\xff\xd8\xff" + bytes(filetypes.MOST_BYTES), "The file is too large (limit 10 MB)."),
        (sent.package({"xl/worksheets/sheet1.xml": b" " * 90_000_000}), "The table unpacks to far more"),
    ],
    ids=["nothing", "pixels", "10 MB and a little", "a bomb"],
)
def test_what_is_not_taken_is_answered_with_a_sentence(
    app: Flask, room: FlaskClient, content: bytes, sentence: str
) -> None:
    answer = post(room, content)

    assert (answer.status_code, kept(app)) == (422, 0)
    assert sentence in answer.text


def test_a_file_of_ten_megabytes_passes_where_files_are_taken_and_nowhere_else(app: Flask, room: FlaskClient) -> None:
    most = sent.picture("PNG") + bytes(filetypes.MOST_BYTES - len(sent.picture("PNG")))

    assert post(room, most).status_code == 200
    boundary, body = encode_multipart({"x": FileStorage(io.BytesIO(most), "x")})
    elsewhere = app.test_client().post(
        "/csp-report", data=body, content_type=f"multipart/form-data; boundary={boundary}"
    )
    assert elsewhere.status_code == 413


def test_three_photos_of_a_telephone_pass_together(room: FlaskClient) -> None:
    photo = sent.picture("PNG") + bytes(filetypes.MOST_BYTES - len(sent.picture("PNG")))

    answer = post(room, photo, **{name: FileStorage(io.BytesIO(photo), name) for name in ("photo2", "photo3")})

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "Together that is too large (limit 30 MB,"), ("zh", "一次发来的文件太大了（合计最大30 MB，")],
)
def test_fifty_megabytes_are_read_away_and_answered(room: FlaskClient, language: str, sentence: str) -> None:
    body = io.BytesIO(bytes(50 * filetypes.MEBIBYTE))

    answer = room.post(
        PATH, input_stream=body, content_length=50 * filetypes.MEBIBYTE, content_type="multipart/form-data; boundary=x",
        headers={"Accept-Language": language},
    )  # fmt: skip

    assert answer.status_code == 413
    assert sentence in answer.text
    assert "data-back" in answer.text
    assert body.read(1) == b""


def test_no_more_is_read_away_than_a_patient_house_would(room: FlaskClient) -> None:
    body = io.BytesIO(bytes(security.MOST_READ_AWAY + 1000))

    answer = room.post(PATH, input_stream=body, content_length=10**12, content_type="multipart/form-data; boundary=x")

    assert answer.status_code == 413
    assert len(body.read()) == 1000


def test_without_a_file_the_form_says_so_only_where_one_is_needed(room: FlaskClient) -> None:
    missing, optional = post(room, None, path=f"{PATH}?needed"), post(room, None)

    assert (missing.status_code, optional.status_code) == (422, 200)
    assert "Please choose a file." in missing.text
    assert "Please choose the file again" not in missing.text


def test_a_form_that_sends_only_the_name_of_a_file_is_found_out(room: FlaskClient) -> None:
    fields = {"csrf_token": token_of(room, PATH), "photo": "photo.jpg"}

    answer = room.post(PATH, data=fields, headers=ENGLISH)

    assert answer.status_code == 422
    assert "The file did not arrive." in answer.text


def test_a_file_where_text_belongs_is_no_text(room: FlaskClient) -> None:
    data = {"csrf_token": token_of(room, PATH), "note": (io.BytesIO(b"x"), "note.txt")}

    assert room.post(PATH, data=data, content_type="multipart/form-data").status_code == 200


def test_the_same_press_with_another_photo_is_another_act(app: Flask) -> None:
    def told(content: bytes) -> Any:
        data = {"photo": (io.BytesIO(content), "a.jpg")}
        with app.test_request_context(PATH, method="POST", data=data):
            return _told(PhotoOnceForm(meta={"csrf": False}).photo.data)

    assert told(b"one") == told(b"one") != told(b"two")


def test_every_route_that_asks_for_a_file_may_be_sent_one(app: Flask) -> None:
    """And no other: a large body is for those who need it."""
    for rule in app.url_map.iter_rules():
        if "POST" not in (rule.methods or ()):
            continue
        view = app.view_functions[rule.endpoint]
        with app.test_request_context():
            asks = any(
                issubclass(getattr(getattr(form, name), "field_class", type(None)), _File)
                for form in forms_of(view)
                for name in dir(form)
            )
        assert asks == getattr(view, "takes_files", False), rule.rule
