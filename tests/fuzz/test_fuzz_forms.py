"""What people typed stays in the form when something in it is wrong: each text field of the house, one at a time."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from tests.makers import post, sign_in
from tests.races.village import Village

pytestmark = [pytest.mark.fuzz, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

TYPED = 'Ada\'s "own" <b>words</b> 长廊 & more'
SHOWN = ("Ada&#39;s &#34;own&#34; &lt;b&gt;words&lt;/b&gt; 长廊 &amp; more", 'Ada\'s "own" &lt;b&gt;words')

# Who sends what where: something in it is missing or wrong, and `TYPED` must come back.
FORMS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("resident", "/topics/new", {"title": TYPED, "body": "", "kind": "order"}),
    ("resident", "/topics/new", {"title": "", "body": TYPED, "kind": "order"}),
    ("resident", "/topics/{topic}/comments", {"text": TYPED, "stance": ""}),
    ("resident", "/topics/{topic}/comments", {"text": TYPED, "stance": "sideways"}),
    ("staff", "/topics/{topic}/steps/merge", {"why": TYPED, "into": "x" * 40}),
    ("staff", "/topics/{topic}/ballot", {"wording": TYPED, "days": "0"}),
    ("organiser", "/activities/new", {"title": TYPED, "description": "", "day": "0000-00-00"}),
    ("organiser", "/activities/new", {"title": "", "description": TYPED, "starts": "25:61"}),
    ("organiser", "/activities/{activity}/words", {"title": TYPED, "description": ""}),
    ("organiser", "/activities/{activity}/words", {"title": "", "description": TYPED}),
    ("newcomer", "/me/household/address", {"door": TYPED, "grid_id": "0"}),
)


@pytest.fixture
def village(app: Flask) -> Village:
    return Village.settle(app, "", neighbours=2)


@pytest.mark.parametrize(("who", "path", "fields"), FORMS, ids=lambda value: value if isinstance(value, str) else "")
def test_what_was_typed_stays(app: Flask, village: Village, who: str, path: str, fields: dict[str, str]) -> None:
    proposed = village.a_topic(village.neighbours[0])
    voted, _question = village.a_ballot("person")
    activity, _shift = village.a_shift(3)
    topic = voted if path.endswith("comments") else proposed
    person = {
        "resident": village.neighbours[1], "staff": village.staff, "organiser": village.organiser,
        "newcomer": village.a_newcomer(),
    }[who]  # fmt: skip
    client = app.test_client()
    with app.app_context():
        sign_in(client, person)
    for htmx in (False, True):
        said: Any = post(client, path.format(topic=topic, activity=activity), htmx=htmx, **fields)
        assert said.status_code in (409, 422), said.status_code
        assert any(shown in said.text for shown in SHOWN), said.text[-3000:]
