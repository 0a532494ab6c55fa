"""Signing in and out; what a stolen cookie, a guesser and a forged address get."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from argon2 import Parameters, PasswordHasher, extract_parameters
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from app import create_app
from app.config import Settings
from app.kit import clock
from app.kit.db import db
from app.kit.pages import own_path
from app.people import operations, passwords
from app.people.models import FailedAttempt, Resident, Role, SignIn
from tests.conftest import let_go
from tests.makers import NOON, PASSWORD, post, token_of
from tests.people.village import Village


@pytest.fixture
def village(app: Flask) -> Village:
    return Village(app)


def signs_in(client: FlaskClient, name: str, password: str = PASSWORD, **more: Any) -> Any:
    return client.post("/sign-in", data={"csrf_token": token_of(client), "name": name, "password": password, **more})


def is_signed_in(client: FlaskClient) -> bool:
    return bool(client.get("/me/sessions").status_code == 200)


def name_of(village: Village, who: str) -> str:
    return str(village.resident(who)["sign_in_name"])


def copied(client: FlaskClient, app: Flask) -> FlaskClient:
    """Another browser with the same cookie."""
    cookie = client.get_cookie("session")
    assert cookie is not None
    other = app.test_client()
    other.set_cookie("session", cookie.value)
    return other


def test_name_and_password_open_the_door(village: Village) -> None:
    client = village.browser()

    answer = signs_in(client, name_of(village, "resident"), next="/activities")

    assert (answer.status_code, answer.location) == (303, "/activities")
    assert is_signed_in(client)


@pytest.mark.parametrize("what", ["password", "disabled"])
def test_a_sign_in_under_way_does_not_outlive_what_it_was_let_in_by(
    village: Village, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """Comparing a password takes a while; what changes meanwhile ends all sign-ins, and must end this one too."""

    def slowly(kept: str | None, typed: str) -> bool:
        right = passwords.matches(kept, typed)
        with village.inside():
            if what == "disabled":
                operations.disable(village.ids["resident"], by=village.person("staff"), at=NOON)
            else:
                operations.change_password(PASSWORD, "seven loud geese", by=village.person("resident"), at=NOON)
        return right

    name = name_of(village, "resident")
    monkeypatch.setattr("app.people.views.signing_in.passwords", type("Slow", (), {"matches": staticmethod(slowly)}))
    client = village.browser()

    assert signs_in(client, name).status_code == 422
    assert not is_signed_in(client)


@pytest.mark.parametrize("typed", ["13800000001", "１３８ ００００ ０００１", "+86 138-0000-0001"])
def test_the_telephone_number_opens_it_too(village: Village, typed: str) -> None:
    with village.inside():
        db.session.get_one(Resident, village.ids["resident"]).phone = "13800000001"

    assert signs_in(village.browser(), typed).status_code == 303


def test_the_password_is_kept_as_argon2id(village: Village) -> None:
    assert str(village.resident("resident")["password_hash"]).startswith("$argon2id$")


def test_unknown_wrong_and_closed_get_the_same_answer(village: Village) -> None:
    with village.inside():
        operations.disable(village.ids["spouse"], by=village.person("staff"), at=NOON)

    answers = [
        signs_in(village.browser(), name, password)
        for name, password in [
            ("nobody-here", PASSWORD),
            (name_of(village, "resident"), "wrong password"),
            (name_of(village, "spouse"), PASSWORD),
        ]
    ]

    assert [answer.status_code for answer in answers] == [422, 422, 422]
    refusals = {answer.get_data(as_text=True).split('data-tone="alert"')[1].split("</div>")[0] for answer in answers}
    assert len(refusals) == 1


def test_what_was_typed_stays_but_never_the_password(village: Village) -> None:
    page = signs_in(village.browser(), "nobody-here", "my secret words").get_data(as_text=True)

    assert 'value="nobody-here"' in page
    assert "my secret words" not in page


def test_an_unknown_name_costs_the_same_work_as_a_known_one(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    """One hash of the same cost for either; a stopwatch would only measure how busy the machine is."""
    costs: list[Parameters] = []
    verify = PasswordHasher.verify

    def noted(hasher: PasswordHasher, hashed: str, password: str) -> bool:
        costs.append(extract_parameters(hashed))
        return bool(verify(hasher, hashed, password))

    monkeypatch.setattr(PasswordHasher, "verify", noted)

    answers = [
        signs_in(village.app.test_client(), name, "wrong words").status_code
        for name in (name_of(village, "resident"), "nobody")
    ]

    assert answers == [422, 422]
    assert len(costs) == 2
    assert costs[0] == costs[1]


def test_guesses_are_slowed_in_every_worker_and_nobody_is_locked_out(
    village: Village, settings: Settings, at: Callable[[Any], Any]
) -> None:
    at(NOON)
    other = create_app(settings)
    workers = [village.app, other]
    name = name_of(village, "resident")
    try:
        tries = [signs_in(workers[turn % 2].test_client(), name, "wrong words").status_code for turn in range(5)]
        slowed = signs_in(other.test_client(), name)

        assert tries == [422] * 5
        assert slowed.status_code == 429
        assert 1 <= int(slowed.headers["Retry-After"]) <= 31

        at(NOON + timedelta(seconds=31))
        assert signs_in(village.browser(), name).status_code == 303
    finally:
        let_go(other)


def test_a_burst_of_guesses_gets_no_further_than_one_after_another(village: Village) -> None:
    """All are sent before the first is answered: each is counted before the password is looked at."""
    name, guesses = name_of(village, "resident"), 12
    clients = [village.browser() for _ in range(guesses)]
    tokens, start = [token_of(client) for client in clients], Barrier(guesses)

    def guess(number: int) -> int:
        fields = {"csrf_token": tokens[number], "name": name, "password": "wrong words"}
        start.wait()
        return clients[number].post("/sign-in", data=fields).status_code

    with ThreadPoolExecutor(guesses) as pool:
        assert Counter(pool.map(guess, range(guesses))) == {422: 5, 429: guesses - 5}


def test_a_right_password_is_not_counted_among_the_wrong_ones(village: Village) -> None:
    name = name_of(village, "resident")

    answers = [signs_in(village.browser(), name).status_code for _turn in range(6)]

    assert answers == [303] * 6
    with village.inside():
        assert db.session.scalars(select(FailedAttempt.key)).all() == []


def test_a_try_that_is_replayed_counts_once(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    """A deadlock is nobody's guess."""
    deadlocks = [OperationalError("SELECT", {}, type("Deadlock", (Exception,), {"sqlstate": "40P01"})()) for _ in "123"]

    def sometimes(kept: str | None, typed: str) -> bool:
        if deadlocks:
            raise deadlocks.pop()
        return passwords.matches(kept, typed)

    monkeypatch.setattr("app.people.views.signing_in.passwords", type("Slow", (), {"matches": staticmethod(sometimes)}))

    assert signs_in(village.browser(), name_of(village, "resident"), "wrong words").status_code == 422
    with village.inside():
        assert len(db.session.scalars(select(FailedAttempt.key)).all()) == 2


def test_one_telephone_number_typed_in_many_ways_is_one_account_to_guesses(village: Village) -> None:
    ways = ("13812345670", "138-1234-5670", "138 1234 5670", "+86 138 1234 5670", "1-3812345670", "(138)12345670")

    answers = [signs_in(village.browser(), way, "a wrong password").status_code for way in ways]

    assert answers == [422] * 5 + [429]


def test_a_wait_is_not_made_longer_by_trying_during_it(village: Village, at: Callable[[Any], Any]) -> None:
    at(NOON)
    name = name_of(village, "resident")
    for _turn in range(30):
        signs_in(village.browser(), name, "wrong words")

    at(NOON + timedelta(seconds=31))

    assert signs_in(village.browser(), name).status_code == 303


def test_neighbours_behind_one_router_still_get_in(village: Village) -> None:
    for turn in range(40):
        signs_in(village.browser(), f"somebody{turn}", "wrong words")

    assert signs_in(village.browser(), name_of(village, "resident")).status_code == 303


def test_one_address_cannot_try_a_hundred_accounts(village: Village, at: Callable[[Any], Any]) -> None:
    at(NOON)
    answers = [signs_in(village.browser(), f"somebody{turn}", "wrong words").status_code for turn in range(61)]

    assert answers[:60] == [422] * 60
    assert answers[60] == 429


def test_a_failure_is_kept_although_the_request_is_undone(village: Village) -> None:
    signs_in(village.browser(), "nobody-here", "wrong words")

    with village.inside():
        keys = db.session.scalars(select(FailedAttempt.key)).all()
    assert len(keys) == 2  # the account and the address, as keyed digests
    assert all(len(key) == 64 and "nobody" not in key for key in keys)


ELSEWHERE = [
    "//evil.example", "///evil.example", "////evil.example", "/\\evil.example", "\\\\evil.example",
    "/\\/evil.example", "\\/evil.example", "https://evil.example", "http://evil.example", "HTTPS://evil.example",
    "https:evil.example", "https:/evil.example", "http:///evil.example", "javascript:alert(1)",
    "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "mailto:a@b", "ftp://evil.example",
    "//evil.example/%2e%2e", "/\t/evil.example", "/\n/evil.example", "/\r/evil.example", "\t//evil.example",
    " //evil.example", "\n//evil.example", "/ /evil.example", "/\x00/evil.example", "/\x0b/evil.example",
    "/a\r\nSet-Cookie: x=1", "/a\nLocation: //evil.example", "//user@evil.example", "@evil.example",
    "user:pass@evil.example", "evil.example", "evil.example/path", "//[::1]/", "//127.0.0.1:8000@evil.example",
    "//evil%E3%80%82example", "//evil\u3002example", "https://127.0.0.1:8000.evil.example", "..//evil.example",
    "?next=//evil.example", "#//evil.example", "", "/\\\\evil.example", "/path\\..\\..//evil", ".", "..", "//",
    "/\u2028/evil.example\x7f\n",
]  # fmt: skip


@pytest.mark.parametrize("wish", ELSEWHERE, ids=repr)
def test_after_signing_in_one_stays_on_this_site(wish: str) -> None:
    assert own_path(wish) == "/"


def test_the_corpus_is_worth_its_name() -> None:
    assert len(set(ELSEWHERE)) >= 40


@pytest.mark.parametrize(
    "wish", ["/", "/topics/12", "/topics?after=3&x=%2F%2Fevil", "/%2f%2fevil.example", "/@evil", "/a:b"]
)
def test_own_paths_are_kept(wish: str) -> None:
    assert own_path(wish) == wish


@pytest.mark.parametrize("wish", ["//evil.example", "/\\evil.example", "https:evil.example", "/\t/evil.example"])
def test_no_forged_address_comes_through_the_form(village: Village, wish: str) -> None:
    client = village.browser()

    assert signs_in(client, name_of(village, "resident"), next=wish).location == "/"
    assert client.get("/sign-in", query_string={"next": wish}).location == "/"
    htmx = village.browser("resident").get("/sign-in", query_string={"next": wish}, headers={"HX-Request": "true"})
    assert htmx.headers["HX-Redirect"] == "/"


def test_the_session_before_the_sign_in_is_worth_nothing_after_it(village: Village) -> None:
    """Session fixation: whoever planted a cookie, or knows its token, gains nothing."""
    client = village.browser()
    planted_token = token_of(client)
    planted = copied(client, village.app)

    signs_in(client, name_of(village, "resident"))

    assert is_signed_in(client)
    assert not is_signed_in(planted)
    forged = client.post("/settings", data={"csrf_token": planted_token, "language": "en", "text": "plain"})
    assert forged.status_code == 403


def test_the_cookie_holds_a_token_and_the_server_only_its_digest(village: Village) -> None:
    client = village.browser()
    signs_in(client, name_of(village, "resident"))

    with client.session_transaction() as session:
        token = session["_user_id"]
    with village.inside():
        kept = db.session.scalars(select(SignIn.token_hash)).all()
    assert len(token) >= 22  # 128 bits and more
    assert token not in kept


# Whatever ends a sign-in ends it for every copy of its cookie, with the very next request.


def sign_out(village: Village, client: FlaskClient) -> None:
    post(client, "/sign-out")


def end_from_another_device(village: Village, client: FlaskClient) -> None:
    post(village.browser("resident"), "/me/sessions/end-others")


def change_the_password(village: Village, client: FlaskClient) -> None:
    post(client, "/settings/password", current=PASSWORD, new="seven brown sparrows")


def change_the_password_elsewhere(village: Village, client: FlaskClient) -> None:
    post(village.browser("resident"), "/settings/password", current=PASSWORD, new="seven brown sparrows")


def give_a_role(village: Village, client: FlaskClient) -> None:
    post(
        village.browser("staff"),
        f"/residents/{village.ids['resident']}/roles",
        role="organiser",
        place_id=village.community_id,
    )


def disable(village: Village, client: FlaskClient) -> None:
    post(village.browser("staff"), f"/residents/{village.ids['resident']}/disable")


def end_by_staff(village: Village, client: FlaskClient) -> None:
    post(village.browser("admin"), f"/residents/{village.ids['resident']}/end-sessions")


@pytest.mark.parametrize(
    "act",
    [
        sign_out,
        end_from_another_device,
        change_the_password,
        change_the_password_elsewhere,
        give_a_role,
        disable,
        end_by_staff,
    ],
)
def test_a_copied_cookie_is_refused_on_the_next_request(
    village: Village, act: Callable[[Village, FlaskClient], None]
) -> None:
    client = village.browser("resident")
    thief = copied(client, village.app)
    assert is_signed_in(thief)

    act(village, client)

    assert thief.get("/me/sessions").status_code == 401
    assert thief.get("/me/sessions", headers={"HX-Request": "true"}).status_code == 401


def test_ending_a_role_ends_the_sign_ins_that_had_it(village: Village) -> None:
    thief = copied(village.browser("leader"), village.app)
    assert thief.get("/households").status_code == 200
    with village.inside():
        role_id = db.session.scalar(select(Role.id).where(Role.resident_id == village.ids["leader"]))

    answer = post(village.browser("staff"), f"/residents/{village.ids['leader']}/roles/{role_id}/end")

    assert answer.status_code == 303
    assert thief.get("/households").status_code == 401


def test_a_new_password_keeps_this_device_alone(village: Village) -> None:
    client, other = village.browser("resident"), village.browser("resident")

    answer = post(client, "/settings/password", current=PASSWORD, new="seven brown sparrows")

    assert answer.status_code == 303
    assert is_signed_in(client)
    assert not is_signed_in(other)
    assert signs_in(village.browser(), name_of(village, "resident")).status_code == 422
    assert signs_in(village.browser(), name_of(village, "resident"), "seven brown sparrows").status_code == 303


def test_the_current_password_is_asked_for_and_guesses_are_slowed(village: Village) -> None:
    client = village.browser("resident")

    answers = [
        post(client, "/settings/password", current="wrong words", new="seven brown sparrows").status_code
        for _turn in range(6)
    ]

    assert answers == [422] * 5 + [429]


def test_one_ends_own_devices_only(village: Village) -> None:
    mine, theirs = village.browser("resident"), village.browser("spouse")
    with village.inside():
        sign_in_id = db.session.scalar(select(SignIn.id).where(SignIn.resident_id == village.ids["spouse"]))

    post(mine, f"/me/sessions/{sign_in_id}/end")

    assert is_signed_in(theirs)


def test_the_list_of_devices_names_the_kind_of_machine_only(village: Village) -> None:
    client = village.app.test_client()
    agent = "Mozilla/5.0 (Linux; Android 14; SM-S918B Build/UP1A.231005.007)"
    client.environ_base["HTTP_USER_AGENT"] = agent
    signs_in(client, name_of(village, "resident"))

    page = client.get("/me/sessions", headers={"Accept-Language": "en"}).get_data(as_text=True)

    assert "Android phone or tablet" in page
    assert "SM-S918B" not in page


def test_staff_who_were_idle_sign_in_again(village: Village, at: Callable[[Any], Any]) -> None:
    at(NOON)
    staff, resident = village.browser("staff"), village.browser("resident")
    assert is_signed_in(staff)
    assert is_signed_in(resident)

    at(NOON + timedelta(minutes=31))

    assert not is_signed_in(staff)
    assert is_signed_in(resident)


def test_every_sign_in_runs_out(village: Village, at: Callable[[Any], Any]) -> None:
    at(NOON)
    client = village.browser("resident")

    at(NOON + timedelta(days=30))

    assert not is_signed_in(client)
    assert clock.now() > NOON


def test_signing_out_clears_what_the_browser_keeps(village: Village) -> None:
    answer = post(village.browser("resident"), "/sign-out")

    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
