"""Lines that do not fit are named and skipped; files that do not fit are refused in one line."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.activities.models import Activity
from app.council.models import Topic
from app.discussion.models import Comment
from app.kit.db import db
from app.places.models import Place
from tests.importing.places_to_read import SAMPLES, run
from tests.makers import a_street, kept

Add = Callable[..., Path]


@pytest.fixture
def with_lines(tmp_path: Path) -> Add:
    """A sample file with these lines after it."""

    def add(name: str, *lines: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes((SAMPLES / name).read_bytes() + b"".join(line + b"\n" for line in lines))
        return path

    return add


def _with_streets(app: Flask) -> None:
    for name in ("cities", "areas", "streets"):
        assert run(app, "places", SAMPLES / f"{name}.csv").exit_code == 0


def _with_street(app: Flask) -> None:
    with app.app_context(), kept():
        a_street()


def _skipped(output: str) -> dict[int, str]:
    """The sentence about each line that was skipped."""
    return {int(number): why for number, why in re.findall(r"^line (\d+): (.*)$", output, re.MULTILINE)}


def _count(app: Flask, model: type) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model)) or 0


BAD_VILLAGES = {
    b"990102001003,xx,990102001,99,9901": "columns",
    b"99010200100,short,990102001,99,9901,990102": "12 digits",
    b"99010200100x,letter,990102001,99,9901,990102": "12 digits",
    b"990102001004,,990102001,99,9901,990102": "name is empty",
    b"990102001005," + "长".encode() * 61 + b",990102001,99,9901,990102": "61 characters",
    b"990102001006,a\x00b,990102001,99,9901,990102": "NUL",
    b"990102001007,\xb4\xe5,990102001,99,9901,990102": "UTF-8",
    b"990102001008,beside,990123100,99,9901,990102": "does not begin with",
    b"990199001001,nowhere,990199001,99,9901,990199": "is not there",
    b'990102001009,"unfinished"quote,990102001,99,9901,990102': "quotation",
    b"990102001010," + b"y" * 30_000 + b",990102001,99,9901,990102": "length",
}


def test_bad_lines_are_named_by_number_and_the_rest_comes_in(app: Flask, with_lines: Add) -> None:
    _with_streets(app)
    file = with_lines("villages.csv", *BAD_VILLAGES, "990102001011,好的社区居委会,990102001,99,9901,990102".encode())

    done = run(app, "places", file)

    skipped = _skipped(done.output)
    assert done.exit_code == 0, done.output
    assert list(skipped) == list(range(8, 8 + len(BAD_VILLAGES)))
    for why, sentence in zip(BAD_VILLAGES.values(), skipped.values(), strict=True):
        assert why in sentence
    assert done.output.endswith(f"7 new, 0 already there, {len(BAD_VILLAGES)} skipped.\n")


def test_a_second_run_doubles_nothing(app: Flask) -> None:
    _with_streets(app)
    run(app, "places", SAMPLES / "villages.csv")
    before = _count(app, Place)

    done = run(app, "places", SAMPLES / "villages.csv")

    assert done.exit_code == 0
    assert "0 new, 6 already there, 0 skipped." in done.output
    assert _count(app, Place) == before


def test_places_stand_under_each_other_with_a_name_in_chinese_only(app: Flask) -> None:
    _with_streets(app)
    run(app, "places", SAMPLES / "villages.csv")

    with app.app_context():
        found = {one.code: one for one in db.session.scalars(select(Place))}
        kinds = {code: one.kind for code, one in found.items() if len(code) == 12}
        village = found["990123100201"]
        above = [found[code].id for code in ("9901", "990123", "990123100")]
        assert village.path == "/" + "".join(f"{one}/" for one in (*above, village.id))
        assert village.name.as_dict() == {"zh": "石桥村委会"}
    assert kinds == {
        "990102001001": "community", "990102001002": "community", "990123100201": "village",
        "990123100202": "village", "990123100498": "community", "990123100598": "village",
    }  # fmt: skip


def test_only_codes_under_a_place_when_one_is_named(app: Flask) -> None:
    _with_streets(app)

    done = run(app, "places", SAMPLES / "villages.csv", "--place", "990123")

    assert "4 new, 0 already there, 0 skipped." in done.output


BAD_COMMENTS = {
    b"201,-1,3,1,u,,2016-02-30,0 days 09:30:00,x,0,0,0": "date",
    b"202,-1,3,1,u,,2016-02-03,0 days 25:30:00,x,0,0,0": "time",
    b"203,-1,3,1,u,,2016-02-03,0 days 09:30:00,x,0,many,0": "numPositiveVotes",
    b"204,-1,3,1,u,,2016-02-03,0 days 09:30:00,x,0,-5,0": "numPositiveVotes",
    b"205,zero,3,1,u,,2016-02-03,0 days 09:30:00,x,0,0,0": "parentId",
    b"206,-1,99,1,u,,2016-02-03,0 days 09:30:00,x,0,0,0": "the proposal 99 is not there",
    b"207,-1,3,1,u,,2016-02-03,0 days 09:30:00," + b"y" * 4_001 + b",0,0,0": "4001 characters",
    b"99999999999999999999999,-1,3,1,u,,2016-02-03,0 days 09:30:00,x,0,0,0": "id",
}


def test_bad_comments_are_named_and_the_rest_comes_in(app: Flask, with_lines: Add) -> None:
    _with_street(app)
    run(app, "topics", SAMPLES / "proposals.csv")

    done = run(app, "topics", with_lines("comments.csv", *BAD_COMMENTS))

    skipped = _skipped(done.output)
    assert done.exit_code == 0
    assert [
        expected in sentence for expected, sentence in zip(BAD_COMMENTS.values(), skipped.values(), strict=True)
    ] == [True] * len(BAD_COMMENTS)
    assert _count(app, Comment) == 7


def test_comments_without_their_proposals_are_all_named_and_that_is_a_failure(app: Flask) -> None:
    _with_street(app)

    done = run(app, "topics", SAMPLES / "comments.csv")

    assert done.exit_code == 1
    assert "0 new, 0 already there, 7 skipped." in done.output
    assert _count(app, Comment) == 0


def test_answers_keep_their_place_and_orphans_say_that_theirs_is_missing(app: Flask) -> None:
    _with_street(app)
    run(app, "topics", SAMPLES / "proposals.csv")

    run(app, "topics", SAMPLES / "comments.csv")

    with app.app_context():
        said = {one.source_id: one for one in db.session.scalars(select(Comment))}
        numbers = {one.id: source_id for source_id, one in said.items()}
        answers = {source_id: numbers.get(one.parent_id) for source_id, one in said.items() if one.parent_id}
        assert answers == {"102": "101", "103": "102", "104": "103", "106": "105"}
        assert [source_id for source_id, one in said.items() if one.missing_parent] == ["105"]
        assert said["105"].source_parent_id == "77"
        assert (said["101"].support_count, said["101"].against_count) == (4, 1)


def test_spanish_is_neither_chinese_nor_english_and_writers_are_not_accounts(app: Flask) -> None:
    _with_street(app)
    run(app, "topics", SAMPLES / "proposals.csv")
    run(app, "topics", SAMPLES / "comments.csv")

    with app.app_context():
        words = [*db.session.scalars(select(Topic.title)), *db.session.scalars(select(Topic.body))]
        words += db.session.scalars(select(Comment.text)).all()
        writers = db.session.execute(select(Comment.author_id, Comment.author_name)).all()
        topics = db.session.execute(select(Topic.proposer_id, Topic.proposer_name, Topic.support_count)).all()
    assert all(set(one.as_dict()) == {"other"} and one.language_for("zh") == "und" for one in words)
    assert all(author is None and name for author, name in writers)
    assert sorted(topics, key=str) == [(None, "uaaa", 120), (None, "ubbb", 15)]


def test_a_second_run_of_topics_doubles_nothing(app: Flask) -> None:
    _with_street(app)
    for _ in range(2):
        proposals = run(app, "topics", SAMPLES / "proposals.csv")
        comments = run(app, "topics", SAMPLES / "comments.csv")

    assert "0 new, 2 already there, 0 skipped." in proposals.output
    assert "0 new, 7 already there, 0 skipped." in comments.output
    assert (_count(app, Topic), _count(app, Comment)) == (2, 7)


def _opportunity(number: int, places: str, begins: str, ends: str, **more: str) -> bytes:
    values = {"recurrence": "onetime", "title": "T", "organisation": "O", "status": "approved"} | more
    return (
        f"{number},1,{places},0,{values['title']},1,S,,1,Health,{values['organisation']},1,1,,NY,,/x,"
        f"{values['recurrence']},0,March 01 2012,March 01 2012,{begins},{ends},{values['status']}"
    ).encode()


def test_activities_that_end_before_they_start_or_have_no_places_are_refused(app: Flask, with_lines: Add) -> None:
    _with_street(app)
    bad = {
        _opportunity(21, "5", "May 02 2012", "May 01 2012"): "before it starts",
        _opportunity(22, "0", "May 01 2012", "May 02 2012"): "vol_requests",
        _opportunity(23, "5.5", "May 01 2012", "May 02 2012"): "vol_requests",
        _opportunity(24, "5", "2012-05-01", "May 02 2012"): "start_date_date",
        _opportunity(25, "5", "May 01 2012", "May 02 2012", recurrence="often"): "recurrence_type",
        _opportunity(26, "5", "May 01 2012", "May 02 2012", title=""): "title",
        _opportunity(27, "5", "May 01 2012", "May 02 2012", title="t" * 201): "201 characters",
        _opportunity(28, "5", "May 01 2012", "May 02 2012", status="draft"): "not approved",
    }

    done = run(app, "activities", with_lines("opportunities.csv", *bad))

    skipped = _skipped(done.output)
    assert done.exit_code == 0
    assert [why in sentence for why, sentence in zip(bad.values(), skipped.values(), strict=True)] == [True] * len(bad)
    assert "2 new, 0 already there, 8 skipped." in done.output
    assert _count(app, Activity) == 2


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "cannot be read"),
        (b"", "is empty"),
        (b"colour,shape\nred,round\n", "a form that is not known"),
        (b"\x89PNG\r\n\x1a\n\x00\xff\xfe", "a form that is not known"),
        (b"a" * 30_000, "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_one_line(
    app: Flask, tmp_path: Path, content: bytes | None, says: str
) -> None:
    file = tmp_path / "some.csv"
    if content is not None:
        file.write_bytes(content)

    done = run(app, "places", file)

    assert done.exit_code == 1
    assert says in done.output
    assert done.output.count("\n") == 1


def test_a_file_for_another_kind_is_refused(app: Flask) -> None:
    assert "a form that is not known" in run(app, "topics", SAMPLES / "cities.csv").output


def test_topics_and_activities_need_a_place_to_belong_to(app: Flask) -> None:
    none = run(app, "topics", SAMPLES / "proposals.csv")
    unknown = run(app, "activities", SAMPLES / "opportunities.csv", "--place", "nowhere")

    assert (none.exit_code, unknown.exit_code) == (1, 1)
    assert "there is no street yet" in none.output
    assert "no place has the code nowhere" in unknown.output


def test_a_folder_is_not_a_file(app: Flask, tmp_path: Path) -> None:
    assert "cannot be read" in run(app, "places", tmp_path).output


def test_a_byte_order_mark_is_not_part_of_the_first_column(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "cities.csv"
    file.write_bytes(b"\xef\xbb\xbf" + (SAMPLES / "cities.csv").read_bytes().replace(b"\n", b"\r\n"))

    assert "1 new" in run(app, "places", file).output


def test_an_import_by_the_thousand_goes_on_where_it_was_interrupted(app: Flask, tmp_path: Path) -> None:
    _with_streets(app)
    lines = [f"990123100{number:03d},第{number}村委会,990123100,99,9901,990123" for number in range(1000)]
    more = [f"990102001{number:03d},第{number}居委会,990102001,99,9901,990102" for number in range(500)]
    header = (SAMPLES / "villages.csv").read_text().splitlines()[0]
    file = tmp_path / "villages.csv"
    file.write_text("\n".join([header, *lines[:700], ""]))
    run(app, "places", file)

    file.write_text("\n".join([header, *lines, *more, ""]))
    done = run(app, "places", file)

    assert "800 new, 700 already there, 0 skipped." in done.output


PAID = {"Payment Date": "2026-01-01", "Amount": "1", "Organisational Unit": "a", "Beneficiary Name": "b"}
DIVISION = {"code": "1101", "name": "市辖区", "provinceCode": "11"}
REQUESTED = dict.fromkeys(
    "ServiceRequestNum SRType MethodReceived CreatedDate SRStatus DueDate CloseDate Agency".split(), "x"
)


@pytest.mark.parametrize(
    ("kind", "objects", "exit_code"),
    [
        ("payments", [{**PAID, "Payment Date": 5, "Amount": None}], 1),
        ("payments", [PAID, {"Amount": "1"}], 1),
        ("payments", [{**PAID, "Payment Date": "0001-01-01"}], 1),
        ("payments", [{**PAID, "Beneficiary Name": "a\0b"}], 1),
        ("places", [DIVISION, {"code": 5}], 0),
        ("requests", [REQUESTED], 1),
        ("requests", [{**REQUESTED, "SRType": ["x"]}], 1),
    ],
)
def test_a_list_of_objects_in_place_of_a_table_is_refused_in_one_line(
    app: Flask, tmp_path: Path, kind: str, objects: list[dict[str, Any]], exit_code: int
) -> None:
    with app.app_context(), kept():
        code = a_street().village.code
    path = tmp_path / "list.json"
    path.write_text(json.dumps(objects))

    came = run(app, kind, path, *([] if kind == "places" else ["--place", str(code)]))

    assert came.exit_code == exit_code, came.output
    assert "line " in came.output
    assert came.exception is None or isinstance(came.exception, SystemExit)
