"""flask tick is killed for good between sending a mail and writing that down, as a failing machine would do it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage

import pytest
from flask import Flask

from app.config import Settings
from app.kit import clock
from tests.databases import ROOT, house_environment
from tests.makers import a_household, a_resident, a_street, kept
from tests.messages.post_office import SENDER, PostOffice, post_office
from tests.messages.test_messages_mail import mails, send, tell, with_address

PATIENCE_SECONDS = 60


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as opened:
        yield opened


def a_tick(app: Flask, office: PostOffice) -> subprocess.Popen[bytes]:
    """`flask tick` in a process of its own, over the database of `app`."""
    settings: Settings = app.config["SETTINGS"]
    more = {"XIANGYUE_SMTP_URL": office.url, "XIANGYUE_MAIL_FROM": SENDER, "SECRET_KEY": settings.secret_key}
    environment = house_environment(settings.database_url, env="test", **more)
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "tick"]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )  # fmt: skip


def test_a_mail_whose_sender_was_killed_comes_again_with_the_same_id(app: Flask, office: PostOffice) -> None:
    at = clock.now()
    with app.app_context(), kept():
        reader = with_address(a_resident(a_household(a_street().group), language="en"), "reader@example.org").id
        for number in (1, 2):
            tell(reader, number, at=at)
    killed: list[int] = []

    def kill(_mail: EmailMessage) -> None:
        if not killed:
            killed.append(ticking.pid)
            os.kill(ticking.pid, signal.SIGKILL)  # the mail arrives all the same

    office.to_data = kill
    ticking = a_tick(app, office)
    assert ticking.wait(PATIENCE_SECONDS) == -signal.SIGKILL

    # The first is out, and nobody knows; the second still waits, and goes with the next tick.
    assert mails(app) == [("waiting", 1, ""), ("waiting", 0, "")]
    assert a_tick(app, office).wait(PATIENCE_SECONDS) == 0
    assert mails(app) == [("waiting", 1, ""), ("sent", 1, "")]
    assert send(app, office, at + timedelta(minutes=10)) == 1

    assert mails(app) == [("sent", 2, ""), ("sent", 1, "")]
    first, _second, again = office.arrived
    assert again["Message-ID"] == first["Message-ID"]
