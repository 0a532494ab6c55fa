"""One line for each event: for machines to read, with nothing of anybody in it."""

from __future__ import annotations

import io
import json
import logging
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from app.kit import clock, logs
from app.kit.logs import log
from tests.kit.lines import logged, the_handler

SECRET = "张秀英 13812345678"


def told(lines: list[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines]


def test_a_request_is_one_line_without_its_words(app: Flask) -> None:
    with logged() as lines:
        app.test_client().get(f"/topics?q={SECRET}", headers={"Cookie": "language=en"})
        app.test_client().get("/healthz")

    (line,) = told(lines)
    assert set(line) == {"event", "level", "timestamp", "request", "method", "route", "status", "ms"}
    assert (line["event"], line["level"], line["method"], line["route"], line["status"]) == (
        "request", "info", "GET", "/topics", 200,
    )  # fmt: skip
    assert abs(datetime.fromisoformat(line["timestamp"]) - clock.now()) < timedelta(minutes=1)
    assert "138" not in lines[0]


def test_all_lines_of_one_request_bear_its_mark_and_no_other(app: Flask) -> None:
    with logged() as lines:
        for _turn in range(2):
            app.test_client().post("/csp-report", data="{}")

    marks = [line["request"] for line in told(lines)]
    assert [line["event"] for line in told(lines)] == ["csp-report", "request"] * 2
    assert marks[0] == marks[1] != marks[2] == marks[3]


@pytest.mark.parametrize(
    "value", ["a\nb", "a\r\nb", "\x1b[31mred", "\u2028\u202e\x85", "\ud800", '"}{', "长廊", b"\xff"], ids=ascii
)
def test_a_line_stays_one_line_of_plain_signs(app: Flask, value: Any) -> None:
    with logged() as lines:
        log.warning("odd", value=value)

    (line,) = lines
    assert line.isascii()
    assert line.isprintable()
    assert told(lines)[0]["value"] == (value if isinstance(value, str) else str(value))


def test_an_error_tells_kinds_and_places_of_all_that_led_to_it(app: Flask) -> None:
    def fail() -> None:
        household = SECRET
        try:
            raise KeyError("first")
        except KeyError as first:
            raise ValueError(f"second\nDETAIL: {household}") from first

    with pytest.raises(ValueError, match="second") as failed:
        fail()
    with logged() as lines:
        log.error("unexpected", exc_info=failed.value, route="/x")

    (line,) = told(lines)
    assert [error["exc_type"] for error in line["exception"]] == ["ValueError", "KeyError"]
    assert [error["exc_value"] for error in line["exception"]] == ["second", "'first'"]
    assert line["exception"][0]["frames"][-1].endswith(" fail")
    assert "138" not in lines[0]


def test_an_error_that_leads_to_itself_ends(app: Flask) -> None:
    one, other = ValueError("one"), ValueError("other")
    one.__cause__, other.__cause__ = other, one

    with logged() as lines:
        log.error("unexpected", exc_info=one)

    assert len(told(lines)[0]["exception"]) == 2


def test_a_line_that_cannot_be_written_is_lost_in_silence(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    handler = the_handler()
    usual, handler.stream = handler.stream, io.StringIO()
    handler.stream.close()
    try:
        log.info("request", value=SECRET)
    finally:
        handler.stream = usual

    assert capsys.readouterr().err == ""


def test_setting_up_again_does_not_double_the_lines(app: Flask) -> None:
    logs.set_up()
    logs.set_up()

    with logged() as lines:
        log.info("once")

    assert len(lines) == 1
    assert not logging.getLogger("xiangyue").propagate
