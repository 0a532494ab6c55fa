"""What people typed stays in the form when something in it is wrong: each text field of the house, one at a time."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from app.kit import clock
from app.kit.db import db
from app.kit.words import Words
from app.notices import operations as notices
from app.places.models import Place
from app.promises import operations as promises
from tests.makers import post, sign_in
from tests.races.village import Village, now

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
    ("resident", "/notices/{notice}/objections", {"text": TYPED, "line": "nothing"}),
    ("staff", "/notices/{notice}/objections/{objection}/answer", {"text": TYPED, "outcome": "maybe"}),
    ("staff", "/promises/{promise}/progress", {"note": TYPED, "percent": "100"}),
    ("staff", "/promises/{promise}/finish", {"done_note": TYPED + "x" * 1000}),
    ("staff", "/promises/{promise}/drop", {"why": TYPED + "x" * 500}),
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
    numbers = {"topic": topic, "activity": activity, **_following(village)}
    client = app.test_client()
    with app.app_context():
        sign_in(client, person)
    for htmx in (False, True):
        said: Any = post(client, path.format(**numbers), htmx=htmx, **fields)
        assert said.status_code in (409, 422), said.status_code
        assert any(shown in said.text for shown in SHOWN), said.text[-3000:]


def _following(village: Village) -> dict[str, int]:
    """What follows from decisions: a notice with an objection, and a promise."""
    words = Words(zh="换十二盏路灯", en="Replace twelve street lamps")
    with village.kept():
        place = db.session.get_one(Place, village.community)
        about: dict[str, Any] = {"subject": "fuzz:1", "place_id": place.id, "place_path": place.path, "href": "/"}
        notice = notices.put_up(
            title=words, lines=[("1", words)], starts_at=now(), days=7, by_id=None, at=now(), **about
        ).id
        by = village.person(village.neighbours[0])
        objection = notices.object_to(notice, "1", text=words, by=by, at=now()).id
        due_on = clock.local(now()).date()
        promise = promises.make(what=words, owner=words, owner_id=None, due_on=due_on, by_id=None, at=now(), **about).id
    return {"notice": notice, "objection": objection, "promise": promise}
