"""The check-in screen asks for news by itself: that keeps nobody signed in."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.activities.planned import STARTS, a_village, an_activity
from tests.makers import kept, post, sign_in
from tests.worlds import Hold


@pytest.fixture
def screen(app: Flask, at: Hold) -> tuple[FlaskClient, str]:
    """Staff at the screen as the shift begins, and its address."""
    at(STARTS)
    client = app.test_client()
    with app.app_context(), kept():
        village = a_village()
        activity = an_activity(village).id
    with app.app_context():
        sign_in(client, village.staff.id)
    return client, f"/activities/{activity}/desk"


@pytest.mark.parametrize("script", [True, False])
def test_a_screen_that_nobody_touches_keeps_nobody_signed_in(
    screen: tuple[FlaskClient, str], at: Hold, script: bool
) -> None:
    client, address = screen
    drawn = client.get(address).get_data(as_text=True)
    pattern = r'hx-get="([^"]+)" hx-trigger="every' if script else r'http-equiv="refresh" content="30; url=([^"]+)"'
    path = re.findall(pattern, drawn)[0].replace("&amp;", "&")
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://localhost{address}?shift=1"} if script else {}

    answers = []
    for minutes in (10, 20, 29, 31):
        at(STARTS + timedelta(minutes=minutes))
        answers.append(client.get(path, headers=headers))

    assert [answer.status_code for answer in answers] == [200, 200, 200, 401]
    if script:  # and after signing in one is back at the screen
        assert answers[-1].headers["HX-Redirect"] == f"/sign-in?next={address}?shift%3D1"


def test_a_screen_that_somebody_touches_keeps_them_signed_in(screen: tuple[FlaskClient, str], at: Hold) -> None:
    client, address = screen

    for minutes in (0, 20, 40, 60):
        at(STARTS + timedelta(minutes=minutes))
        pressed = post(client, f"{address}/tick?poll=1", htmx=True)
        assert pressed.status_code != 401
        at(STARTS + timedelta(minutes=minutes + 10))
        assert client.get(address).status_code == 200
