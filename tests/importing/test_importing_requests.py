"""Requests of three cities: the real files against their oracles, and lines that do not fit."""

from __future__ import annotations

import json
import statistics
from collections import Counter
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.cli.intake.requests import category_of
from app.grid.models import Request, RequestChange
from app.grid.proof import faults
from app.kit.db import db
from app.kit.words import Words
from tests.importing.places_to_read import real, run
from tests.makers import a_street, kept

EASTERN = ZoneInfo("America/New_York")


def _with_street(app: Flask) -> None:
    with app.app_context(), kept():
        a_street()


def _brought_in(app: Flask, file: str, oracle: str) -> tuple[list[Request], dict[str, Any]]:
    """Everything of one city after two runs, and what the oracle says of it."""
    folder = real("requests-311")
    _with_street(app)
    first, second = (run(app, "requests", folder / file) for _ in range(2))
    expected: dict[str, Any] = json.loads((folder / oracle).read_text())
    rows = expected.get("rows", expected.get("requests"))
    assert first.output == f"{rows:,} new, 0 already there, 0 skipped.\n", first.output[-500:]
    assert second.output == f"0 new, {rows:,} already there, 0 skipped.\n"
    with app.app_context():
        found = list(db.session.scalars(select(Request).order_by(Request.received_at, Request.id)))
        assert list(faults()) == []
        db.session.expunge_all()
    assert len({one.number for one in found}) == rows, "each has a number of its own"
    return found, expected


def _of(found: list[Request], name: str) -> Counter[str]:
    return Counter(str((one.origin or {})[name]) for one in found)


def _hours(one: Request) -> float:
    """From receiving to answering on the clocks of the East Coast, as the oracle took the difference."""
    assert one.resolved_at is not None
    ends, begins = (moment.astimezone(EASTERN).replace(tzinfo=None) for moment in (one.resolved_at, one.received_at))
    return (ends - begins).total_seconds() / 3600


def test_every_request_of_baltimore_is_kept_with_its_deadline(app: Flask) -> None:
    found, oracle = _brought_in(app, "baltimore_311.csv", "baltimore_311.oracle.json")

    assert _of(found, "status") == oracle["status"]
    assert _of(found, "agency") == oracle["agency"]
    assert _of(found, "method") == oracle["method"]
    kinds = _of(found, "kind")
    assert len(kinds) == oracle["types"]
    assert {kind: kinds[kind] for kind in oracle["top10_types"]} == oracle["top10_types"]
    closed = [one for one in found if one.resolved_at]
    due = [one for one in closed if (one.origin or {})["due"]]
    late = [one for one in due if one.resolved_at and one.resolved_at > one.promised_at]
    assert (len(late), len(due)) == (oracle["closed_late"], oracle["closed_with_due"])
    early = [one for one in closed if one.resolved_at and one.resolved_at < one.received_at]
    assert len(early) == oracle["close_before_create"]
    assert round(statistics.median(map(_hours, closed)), 4) == oracle["median_hours_to_close"]
    months = Counter(f"{one.received_at.astimezone(EASTERN):%Y-%m}" for one in found)
    assert months == oracle["by_month"]


def test_every_request_of_new_york_is_kept(app: Flask) -> None:
    found, oracle = _brought_in(app, "nyc_311_2018.csv", "nyc_311_2018.oracle.json")

    assert _of(found, "status") == oracle["status"]
    assert _of(found, "agency") == oracle["agency"]
    kinds = _of(found, "kind")
    assert {kind: kinds[kind] for kind in oracle["top10"]} == oracle["top10"]
    boroughs = Counter((one.spot or Words()).en.rpartition(", ")[2].upper() for one in found)
    boroughs["Unspecified"] = boroughs.pop("UNSPECIFIED")
    assert boroughs == oracle["borough"]
    assert round(statistics.median(_hours(one) for one in found if one.resolved_at), 4) == oracle["median_hours"]


def test_the_notes_of_chicago_become_the_history_of_who_had_it(app: Flask) -> None:
    found, oracle = _brought_in(app, "chicago_open311_requests.json", "chicago_open311.oracle.json")
    steps = {"submit": "submitted", "receive": "opened", "note": "activity", "call_in": "follow_on_created",
             "reply": "follow_on_closed", "close": "closed"}  # fmt: skip

    assert _of(found, "status") == oracle["status"]
    assert _of(found, "agency") == oracle["agencies"]
    with app.app_context():
        lines = db.session.execute(select(RequestChange.action, func.count()).group_by(RequestChange.action))
        called = select(func.count(RequestChange.request_id.distinct())).where(RequestChange.action == "call_in")
        assert {steps[action]: count for action, count in lines} == oracle["note_types"]
        assert db.session.scalar(called) == oracle["with_follow_on"]
    assert Counter(one.state for one in found) == {"closed": 15, "handling": 1}
    assert not any((one.spot or Words()).en[:1].isdigit() for one in found), "no numbers of houses"


GOOD = {
    "service_request_id": "1", "status": "closed", "service_name": "Pothole", "requested_datetime":
    "2014-05-09T19:02:21-05:00", "notes": [{"type": "opened", "datetime": "2014-05-09T19:02:21-05:00", "summary": "x"}],
}  # fmt: skip


def test_objects_that_do_not_fit_are_named_and_the_rest_comes_in(app: Flask, tmp_path: Path) -> None:
    _with_street(app)
    bad: list[tuple[Any, str]] = [
        (GOOD | {"status": "asleep"}, "the status 'asleep' is not known"),
        (GOOD | {"requested_datetime": "2014-05-09T19:02:21"}, "does not say its time zone"),
        (GOOD | {"requested_datetime": "yesterday"}, "is not a moment"),
        (GOOD | {"requested_datetime": "1014-05-09T19:02:21-05:00"}, "outside what can be"),
        (GOOD | {"notes": "none"}, "notes is not a list"),
        (GOOD | {"notes": [{"type": "sung", "datetime": "2014-05-09T19:02:21-05:00"}]}, "has the type 'sung'"),
        ({"status": "closed"}, "it lacks notes, requested_datetime"),
        (["not an object"], "it is not an object"),
        (GOOD | {"service_name": "x" * 3000}, "3000 characters"),
    ]
    file = tmp_path / "requests.json"
    file.write_text(json.dumps([GOOD, *(one for one, _why in bad), GOOD | {"service_request_id": "2"}]))

    done = run(app, "requests", file)

    told = done.output.splitlines()
    assert done.exit_code == 0
    assert [line.split(":")[0] for line in told[:-1]] == [f"line {number}" for number in range(2, 2 + len(bad))]
    assert [why in line for line, (_one, why) in zip(told, bad, strict=False)] == [True] * len(bad)
    assert told[-1] == f"2 new, 0 already there, {len(bad)} skipped."


@pytest.mark.parametrize("content", ["", "{}", "[]", "[1]", "[" * 100_000, '[{"colour": "red"}]', "\ud800"])
def test_a_list_that_cannot_be_used_is_refused_in_one_line(app: Flask, tmp_path: Path, content: str) -> None:
    _with_street(app)
    file = tmp_path / "requests.json"
    file.write_bytes(content.encode("utf-8", "surrogatepass"))

    done = run(app, "requests", file)

    assert done.exit_code == 1
    assert done.output.count("\n") == 1


def test_kinds_of_cities_find_a_category_of_ours() -> None:
    kinds = ("BGE-StLight(s) Out", "Noise - Residential", "TRS-Parking Complaint", "WW-Sewer Water In Basement",
             "SW-Rat Rubout", "Something unheard of")  # fmt: skip

    assert [category_of(kind) for kind in kinds] == ["lamp", "noise", "parking", "drain", "waste", "other"]
