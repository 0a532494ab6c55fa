"""What must not slip out or slip through in the kit: people's data in logs, headers no wire carries, reused forms."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.kit.db import db, transaction
from app.kit.fields import OnceForm
from app.kit.logs import log
from app.kit.refusal import Refused
from tests.kit.lines import logged
from tests.makers import kept

PHONE = "13812345678"


def test_the_log_of_an_error_names_no_values(app: Flask) -> None:
    person = {"phone": PHONE, "family": "欧阳"}
    with app.app_context(), pytest.raises(DBAPIError) as failed, transaction():
        db.session.execute(text("INSERT INTO residents (phone, family_name) VALUES (:phone, :family)"), person)

    with logged() as lines:
        log.error("unexpected", exc_info=failed.value)
    (line,) = lines

    told = json.loads(line)["exception"]
    assert "residents" in told[0]["exc_value"] or "null value" in told[0]["exc_value"]
    assert PHONE not in line
    assert "欧阳" not in json.dumps(told, ensure_ascii=False)


def test_the_way_to_a_chinese_address_fits_into_a_header(app: Flask) -> None:
    answer = app.test_client().get("/language/zh?next=/议题", headers={"HX-Request": "true"})

    assert answer.headers["HX-Redirect"] == "/%E8%AE%AE%E9%A2%98"


def test_a_form_sent_again_elsewhere_is_another_act(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.kit.fields.current_user", type("Somebody", (), {"id": 1}))
    done: list[str] = []
    with app.app_context(), kept():
        for path in ("/rewards/1/reserve", "/rewards/1/reserve"):
            with app.test_request_context(path, method="POST", data={"request_id": "same-one-1"}):
                assert OnceForm().carries_out(lambda: done.append("first"))
        with app.test_request_context("/rewards/2/reserve", method="POST", data={"request_id": "same-one-1"}):
            form = OnceForm()
            with pytest.raises(Refused):
                form._perform(lambda: done.append("second"))

    assert done == ["first"]
