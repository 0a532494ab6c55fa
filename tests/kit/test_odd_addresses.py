"""Addresses that nobody would follow are answered like any other mistake, never as a fault of ours."""

from __future__ import annotations

import pytest
from flask import Flask


@pytest.mark.parametrize("key", ["0001-01-01T00:00:00%2B14:00~1", "9999-12-31T23:59:59-14:00~1", "x~1", "1~2~3"])
def test_a_key_outside_all_time_shows_the_first_page(app: Flask, key: str) -> None:
    for path in ("/topics", "/activities", "/activities?when=past"):
        address = f"{path}{'&' if '?' in path else '?'}after={key}"
        assert app.test_client().get(address).status_code == 200, address


@pytest.mark.parametrize("address", ["/rankings?place=%00", "/topics?after=a%00b", "/rewards?%00=1", "/join/%00"])
def test_a_sign_that_one_database_cannot_hold_is_no_fault_of_ours(app: Flask, address: str) -> None:
    assert app.test_client().get(address).status_code in (200, 400, 404)
