"""Tables are read cell by cell, exactly, in every encoding of an office; what would harm is refused."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from app.kit import filetypes, sheets, uploads
from app.kit.refusal import Refused
from tests.kit import sent_files as sent

FINANCES = [["项目", "金额", "日期"], ["物业费", 1280.5, date(2026, 3, 5)]]
AS_TEXT = "项目,金额,日期\r\n物业费,1280.5,2026-03-05\r\n"


def texts(content: bytes, **limits: int) -> list[list[str]]:
    return [[cell.text for cell in row] for row in sheets.rows(content, "x", **limits)]


def refused(content: bytes, **limits: int) -> str:
    with pytest.raises(Refused) as no:
        sheets.rows(content, "x", **limits)
    assert no.value.refusal.status == 422
    return no.value.refusal.text


def saved(book: Workbook) -> bytes:
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        sent.workbook(*FINANCES),
        AS_TEXT.encode(),
        AS_TEXT.encode("utf-8-sig"),
        AS_TEXT.encode("gbk"),
        AS_TEXT.encode("gb18030"),
        AS_TEXT.encode("utf-16"),
        AS_TEXT.replace(",", "\t").encode("gbk"),
        AS_TEXT.replace(",", ";").replace("\r\n", "\n").encode(),
    ],
    ids=["xlsx", "utf-8", "utf-8 with its mark", "gbk", "gb18030", "utf-16", "tabs", "semicolons"],
)
def test_the_same_table_in_every_form(content: bytes) -> None:
    assert texts(content) == [["项目", "金额", "日期"], ["物业费", "1280.5", "2026-03-05"]]


def test_each_cell_knows_its_place_and_rows_are_as_wide_as_the_widest() -> None:
    for content in (sent.workbook(["a"], [], [None, "b", None, "c"]), b"a\n\n,b,,c\n"):
        first, second = sheets.rows(content, "x")

        assert [(cell.text, cell.at) for cell in first] == [("a", "A1"), ("", "B1"), ("", "C1"), ("", "D1")]
        assert [cell.at for cell in second] == ["A3", "B3", "C3", "D3"]


def test_columns_go_on_after_z() -> None:
    (row,) = sheets.rows(("," * 79 + "x").encode(), "x")

    assert [row[place].at for place in (25, 26, 51, 52)] == ["Z1", "AA1", "AZ1", "BA1"]
    assert row[79] == sheets.Cell("x", "CB1")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1 + 0.2, "0.3"),
        (1200.0, "1200"),
        (-0.05, "-0.05"),
        (0.0, "0"),
        (1234567.89, "1234567.89"),
        (1e15, "1000000000000000"),
        (1.1e-7, "0.00000011"),
        ("310101199001011234", "310101199001011234"),
        (True, "TRUE"),
        ("  一行 ", "一行"),
        ("'+1", "'+1"),
        ("#REF!", "#REF!"),
        (date(2026, 11, 22), "2026-11-22"),
        (datetime(2026, 11, 22, 9, 30), "2026-11-22 09:30:00"),  # noqa: DTZ001 - sheets know no zones
        (time(9, 30), "09:30:00"),
        (timedelta(days=1, hours=2), "1 day, 2:00:00"),
    ],
)
def test_a_cell_reads_as_people_see_it(value: Any, text: str) -> None:
    assert texts(sent.workbook([value])) == [[text]]


def test_a_formula_counts_by_its_result_and_one_without_names_its_cell() -> None:
    book = Workbook()
    book.active["C7"] = "=1+2"
    unsolved = saved(book)
    with zipfile.ZipFile(io.BytesIO(unsolved)) as package:
        page = package.read("xl/worksheets/sheet1.xml")
    solved = sent.package({"xl/worksheets/sheet1.xml": re.sub(rb"<v ?/>|<v></v>", b"<v>3</v>", page)}, unsolved)

    assert texts(solved) == [["", "", "3"]]
    with pytest.raises(Refused) as no:
        sheets.rows(unsolved, "x")
    assert no.value.refusal.values == (("cell", "C7"),)


def test_a_hidden_sheet_is_passed_over() -> None:
    book = Workbook()
    book.active["A1"], book.active.sheet_state = "hidden", "hidden"
    book.create_sheet()["A1"] = "seen"
    book.active = 1

    assert texts(saved(book)) == [["seen"]]


def test_what_a_sheet_says_of_its_size_is_not_believed() -> None:
    content = sent.workbook(["a"], ["b"])
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        page = package.read("xl/worksheets/sheet1.xml")
    lying = sent.package({"xl/worksheets/sheet1.xml": page.replace(b'ref="A1:A2"', b'ref="A1:XFD1048576"')}, content)

    assert texts(lying) == [["a"], ["b"]]


def test_a_table_has_its_limits() -> None:
    assert len(texts(b"x\n" * 20, most_rows=20)) == 20
    assert refused(b"x\n" * 21, most_rows=20).startswith("The table has more rows")
    assert len(texts(b"x\n" + b"\n" * 5000 + b"x", most_rows=20)) == 2
    assert len(texts(b"," * 99 + b"x")[0]) == 100
    assert refused(b"," * 100 + b"x").startswith("The table has more columns")
    far = Workbook()
    far.active["XFD1"] = "x"
    assert refused(saved(far)).startswith("The table has more columns")
    deep = Workbook()
    deep.active["A1048576"] = "x"
    assert [[cell.at for cell in row] for row in sheets.rows(saved(deep), "x")] == [["A1048576"]]


ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c SYSTEM "file:///etc/passwd">]><worksheet><sheetData><row r="1">'
    b'<c r="A1" t="inlineStr"><is><t>&b;&c;</t>'
    b"</is></c></row></sheetData></worksheet>"
)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"xl/worksheets/sheet1.xml": b" " * 90_000_000}, "The table unpacks"),
        ({"xl/media/a.bin": bytes(30_000_000)}, "The table unpacks"),
        ({f"xl/{number}": b"" for number in range(500)}, "The table unpacks"),
        ({"xl/vbaProject.bin": b"x"}, "The file holds more"),
        ({"xl/embeddings/oleObject1.bin": b"x"}, "The file holds more"),
        ({"xl/externalLinks/externalLink1.xml": b"<x/>"}, "The file holds more"),
        ({"xl/worksheets/sheet1.xml": ENTITIES}, "The table cannot be read"),
        ({"xl/worksheets/sheet1.xml": b"<worksheet>"}, "The table cannot be read"),
        ({"xl/workbook.xml": b"no xml"}, "The table cannot be read"),
    ],
    ids=["90 MB", "ratio", "many parts", "macros", "embedded", "linked", "entities", "cut off", "garbage"],
)
def test_a_workbook_that_would_harm_is_refused(changes: dict[str, bytes], sentence: str) -> None:
    assert refused(sent.package(changes)).startswith(sentence)


def test_a_package_that_lies_about_its_sizes_is_refused() -> None:
    content = bytearray(sent.package({"xl/worksheets/sheet1.xml": b"<worksheet>" + b" " * 9_000_000}))
    place = content.rindex(b"xl/worksheets/sheet1.xml") - 46 + 24
    assert int.from_bytes(content[place : place + 4], "little") == 9_000_011
    content[place : place + 4] = (500).to_bytes(4, "little")

    assert refused(bytes(content)).startswith("The table cannot be read")


def test_what_is_no_table_is_refused() -> None:
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as package:
        package.writestr("word/document.xml", "<x/>")

    assert refused(other.getvalue()).startswith("The table cannot be read")
    assert refused(b"PK\x03\x04 and no more").startswith("The table cannot be read")
    assert refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)).startswith("The old xls form")
    assert refused(b"a,b\x00,c").startswith("The table cannot be read")
    assert refused(b"\x81\xff\xfe\xfd").startswith("The table cannot be read")
    assert refused(b'"' + b"x" * 20_000).startswith("The table cannot be read")
    assert refused(b"").startswith("The file arrived empty")
    assert refused(bytes(filetypes.MOST_BYTES + 1)).startswith("The file is too large")
    assert refused(sent.picture()).startswith("This file is not of a kind")


def test_a_table_in_gbk_is_kept_as_every_program_reads_it() -> None:
    kept = uploads.checked(AS_TEXT.encode("gbk"), kinds=["sheet"])

    assert (kept.media_type, kept.content) == ("text/csv", AS_TEXT.encode("utf-8-sig"))


def test_a_workbook_is_kept_as_it_came() -> None:
    content = sent.workbook(*FINANCES)

    assert uploads.checked(content, kinds=["sheet"]).content == content
    assert load_workbook(io.BytesIO(content)).active["A2"].value == "物业费"
