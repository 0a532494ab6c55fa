"""Messages as people live them, from outside: told, read, sent by mail, left again."""

from __future__ import annotations

import re
from dataclasses import replace

from flask import Flask

from tests.messages.post_office import SENDER, plain_part, post_office
from tests.test_journeys import Walker, Walkers, walker

__all__ = ["walker"]  # the fixture: each journey in both languages


def unread(resident: Walker) -> int:
    """What the bell of the frame says."""
    resident.opens("/me")
    found = re.search(r'<span class="count">(\d+)<', resident.html)
    return int(found.group(1)) if found else 0


def test_a_message_is_read_by_opening_what_it_is_about(walker: Walkers) -> None:
    resident = walker("resident")
    before = unread(resident)
    assert before > 0
    resident.opens("/me/messages").fills("/open")
    assert resident.path != "/me/messages"
    assert unread(resident) == before - 1

    resident.opens("/me/messages").fills("/read-all")
    assert unread(resident) == 0


def test_an_address_is_confirmed_and_what_happens_comes_by_mail(street_app: Flask, walker: Walkers) -> None:
    resident = walker("resident")
    before = street_app.config["SETTINGS"]
    with post_office() as office:
        street_app.config["SETTINGS"] = replace(before, smtp_url=office.url, mail_from=SENDER)
        try:
            resident.opens("/settings/messages").fills("/address", address="me@example.org")
            tick(street_app)
            digits = re.search(r"(\d{4}) (\d{4})", plain_part(office.arrived[0]))
            assert digits is not None
            resident.fills("/address/confirm", status=409, digits="0000 0000")
            resident.fills("/address/confirm", digits="".join(digits.groups()))
            ways = dict.fromkeys(re.findall(r'name="(way-[\w.]+)"', resident.html), "now")
            resident.fills("/settings/messages", **ways)

            soap = resident.opens("/rewards?category=daily").first(r'href="(/rewards/\d+)"[^>]*>[^<]*(?:Soap|香皂)')
            resident.opens(soap).fills("/reserve")
            tick(street_app)
            tick(street_app)
            told = [mail for mail in office.arrived if re.search("Reserved: |已预约：", str(mail["Subject"]))]
            assert len(told) == 1
            voucher = resident.first(r'class="digits"[^>]*>([\d ]+)<')
            assert voucher not in plain_part(told[0]), "a mail never holds the code"

            leave = re.search(r"http://127.0.0.1:8000(/messages/leave/\S+)", plain_part(told[0]))
            assert leave is not None
            stranger = Walker(street_app.test_client()).opens(leave.group(1))
            stranger.fills(leave.group(1), status=200)
            resident.opens(soap).fills("/reserve")
            tick(street_app)
            assert len([mail for mail in office.arrived if mail["Subject"] == told[0]["Subject"]]) == 1
        finally:
            street_app.config["SETTINGS"] = before


def tick(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["tick"])
    assert result.exit_code == 0, result.output
