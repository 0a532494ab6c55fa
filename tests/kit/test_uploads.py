"""Whatever is sent is made harmless, or refused with a sentence."""

from __future__ import annotations

import io
import subprocess
import sys
from typing import BinaryIO

import pytest
from flask import Flask
from PIL import Image

from app.config import ROOT
from app.kit import filetypes, uploads
from app.kit.apart import papers
from app.kit.db import db
from app.kit.filetypes import Kind
from app.kit.i18n import sentence
from app.kit.refusal import Refused
from tests.kit import sent_files as sent
from tests.makers import NOON

ALL: tuple[Kind, ...] = ("image", "pdf", "sheet")
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><script>alert(1)</script></svg>"
HTML = b"\xef\xbb\xbf \n<!doctype html><script>alert(1)</script>"


def refused(content: bytes, *kinds: Kind) -> str:
    with pytest.raises(Refused) as no:
        uploads.checked(content, kinds=kinds or ALL)
    assert no.value.refusal.status == 422
    return no.value.refusal.text


def seen(content: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(content))
    picture.load()
    return picture


def test_a_photo_loses_its_place_and_its_camera_and_stands_upright() -> None:
    before = sent.photo_with_a_past()
    assert seen(before).getexif().get_ifd(sent.GPS)

    kept = uploads.checked(before, kinds=["image"])

    after = seen(kept.content)
    assert (kept.media_type, kept.width, kept.height, after.size) == ("image/jpeg", 300, 400, (300, 400))
    assert not after.getexif()
    assert not {"exif", "xmp", "comment", "icc_profile"} & set(after.info)
    assert sent.SECRET.encode() not in kept.content
    assert sent.CAMERA.encode() not in kept.content
    top, bottom = after.getpixel((150, 20)), after.getpixel((150, 380))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert (top[1] > 100, bottom[0] > 200) == (True, True)


def test_a_drawing_loses_what_was_written_beside_it() -> None:
    kept = uploads.checked(sent.drawing_with_a_past(), kinds=["image"])

    assert kept.media_type == "image/png"
    assert sent.SECRET.encode() not in kept.content
    assert not set(seen(kept.content).info) & {"Author", "Comment", "exif"}


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("JPEG", {"size": (5000, 2000)}),
        ("JPEG", {"size": (2000, 5000), "progressive": True}),
        ("WEBP", {"size": (4000, 1600)}),
        ("PNG", {"size": (4000, 1600), "mode": "L"}),
    ],
)
def test_a_picture_is_made_as_small_as_a_screen_needs(kind: str, options: dict[str, object]) -> None:
    kept = uploads.checked(sent.picture(kind, **options), kinds=["image"])  # type: ignore[arg-type]

    assert max(seen(kept.content).size) == 1600
    assert sorted(seen(kept.content).size) == [640, 1600]


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "I;16", "CMYK", "1"])
def test_pictures_of_every_colour_are_taken(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    made = io.BytesIO()
    Image.new(mode, (30, 20)).save(made, kind)

    assert seen(uploads.checked(made.getvalue(), kinds=["image"]).content).size == (30, 20)


@pytest.mark.parametrize("content", [SVG, HTML, b"  <?xml version='1.0'?><svg/>"], ids=["svg", "html", "xml"])
@pytest.mark.parametrize("kinds", [("image",), ("sheet",), ALL])
def test_markup_is_nothing_that_is_taken_whatever_its_name(content: bytes, kinds: tuple[Kind, ...]) -> None:
    assert refused(content, *kinds).startswith("This file is not of a kind")


def test_a_page_behind_the_beginning_of_a_picture_is_no_picture() -> None:
    assert refused(b"\xff\xd8\xff" + HTML).startswith("The photo cannot be read")
    assert refused(b"RIFF\x00\x00\x00\x00WEBP" + SVG).startswith("The photo cannot be read")
    assert refused(b"GIF89a" + HTML).startswith("The photo cannot be read")


def test_half_a_photo_is_no_photo() -> None:
    assert refused(sent.picture(size=(900, 900))[:4000]).startswith("The photo cannot be read")


def test_a_page_hidden_in_a_picture_is_gone() -> None:
    kept = uploads.checked(sent.picture() + HTML, kinds=["image"])

    assert b"script" not in kept.content


@pytest.mark.parametrize("make", [sent.huge_png, sent.huge_jpeg])
@pytest.mark.parametrize("side", [50_000, 8_000])
def test_a_picture_too_large_to_unpack_is_known_by_its_header(make: object, side: int) -> None:
    content = make(side)  # type: ignore[operator]

    assert len(content) < 1024 * 1024
    assert refused(content).startswith("The photo has more pixels")


def test_nothing_and_too_much_are_refused_before_anybody_looks_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads.apart, "run", None)

    assert refused(b"").startswith("The file arrived empty")
    assert refused(b"\xff\xd8\xff" + bytes(50 * filetypes.MEBIBYTE), "image").startswith("The photo is too large")
    assert refused(b"%PDF-" + bytes(50 * filetypes.MEBIBYTE)).startswith("The file is too large")


class Endless(io.RawIOBase):
    """A stream that would fill any memory."""

    def read(self, size: int = -1) -> bytes:
        assert 0 < size < 20 * filetypes.MEBIBYTE
        return bytes(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        return offset


def test_of_a_stream_no_more_is_read_than_may_be_kept() -> None:
    endless: BinaryIO = Endless()  # type: ignore[assignment]

    with pytest.raises(Refused):
        uploads.keep(endless, "x.jpg", kinds=ALL, by_id=None, at=NOON)


def test_only_the_kinds_that_were_asked_for() -> None:
    assert refused(sent.picture(), "pdf", "sheet").startswith("This file is not of a kind")
    assert refused(sent.paper(), "image").startswith("This file is not of a kind")
    assert refused(sent.workbook(["a"]), "image").startswith("This file is not of a kind")


def test_a_paper_is_kept_as_it_is() -> None:
    content = sent.paper(packed=b"/Type /Font plain words about JavaScript and /JavaScripted")

    assert uploads.checked(content, kinds=["pdf"]).content == content


@pytest.mark.parametrize("acting", [*papers.ACTING, "J#61vaScript", "#4a#61#76#61#53#63#72#69#70#74", "L#61unch"])
def test_a_paper_that_acts_or_carries_a_file_is_refused(acting: str) -> None:
    word = b"/" + acting.encode()

    assert refused(sent.paper(inside=b"/OpenAction<</S" + word + b">>")).startswith("The file holds more than")
    assert refused(sent.paper(packed=bytes(3_000_000) + b"<</S" + word + b"/JS(x)>>")).startswith("The file holds more")


def test_a_name_cut_in_two_by_unpacking_is_still_found() -> None:
    for shift in range(-12, 2):
        packed = bytes(papers.PIECE + shift) + b"/JavaScript "
        assert refused(sent.paper(packed=packed)).startswith("The file holds more than"), shift


def test_papers_that_cannot_be_looked_into_are_refused() -> None:
    assert refused(sent.paper(inside=b"/Encrypt 9 0 R")).startswith("The PDF is locked")
    assert refused(b"%PDF-1.4 and nothing else").startswith("The PDF cannot be read")
    assert refused(sent.paper() + b"x" * 5000).startswith("The PDF cannot be read")
    assert refused(sent.paper(packed=bytes(papers.MOST_UNPACKED + 1))).startswith("The PDF cannot be read")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("路灯.JPG", "路灯.jpg"),
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\Users\\张\\长廊 的灯.jpeg", "长廊 的灯.jpg"),
        ("<svg onload=alert(1)>.jpg", "svg onload=alert(1).jpg"),
        ('"><script>alert(1)</script>.jpg', "script.jpg"),
        ("invoice\u202egpj.exe", "invoicegpj.jpg"),
        ("a\r\nSet-Cookie: x=1.jpg", "aSet-Cookie x=1.jpg"),
        ("a\x00b\u200b\ufeff.jpg", "ab.jpg"),
        ("..", "file.jpg"),
        ("", "file.jpg"),
        (".htaccess", "htaccess.jpg"),
        ("page.html", "page.jpg"),
        ("长" * 300 + ".jpg", "长" * 116 + ".jpg"),
        ("e\u0301.jpg", "\u00e9.jpg"),
        ("\ud800.jpg", "file.jpg"),
    ],
)
def test_a_name_is_tidied_and_only_shown(name: str, shown: str) -> None:
    assert filetypes.shown_name(name, "image/jpeg") == shown
    assert len(shown) <= filetypes.LONGEST_NAME


def test_a_file_is_kept_beside_its_row(context: Flask) -> None:
    upload = uploads.keep(io.BytesIO(sent.picture()), "../x.svg", kinds=ALL, by_id=7, at=NOON)

    assert (upload.name, upload.media_type, upload.by_id, upload.at) == ("x.jpg", "image/jpeg", 7, NOON)
    assert (upload.width, upload.height, upload.size) == (400, 300, len(uploads.content(upload.id)))
    db.session.rollback()
    assert db.session.get(uploads.Upload, upload.id) is None


def test_a_stream_is_read_from_its_beginning_when_a_request_is_done_again(context: Flask) -> None:
    stream = io.BytesIO(sent.picture())

    first, second = (uploads.keep(stream, "x.jpg", kinds=["image"], by_id=None, at=NOON) for _ in range(2))

    assert first.sha256 == second.sha256


@pytest.mark.parametrize("reason", ["busy", "time", "memory", "output", "broke", "too_large", "not_a_word"])
@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_end_of_a_check_has_a_sentence(app: Flask, reason: str, kind: Kind, language: str) -> None:
    with app.test_request_context(headers={"Accept-Language": language}):
        said = sentence(filetypes.failure(reason, "ValueError" if reason == "broke" else "", kind))

    assert said.endswith("。" if language == "zh" else ".")
    assert "%(" not in said


def test_a_worker_never_loads_what_reads_the_files_of_strangers() -> None:
    asks = "import sys, app; print(sorted({'PIL', 'openpyxl', 'defusedxml', 'typst'} & set(sys.modules)))"

    told = subprocess.run([sys.executable, "-c", asks], cwd=ROOT, capture_output=True, text=True, check=True)

    assert told.stdout == "[]\n"
