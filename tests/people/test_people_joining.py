"""Invitation codes, new accounts, and saying where one lives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.kit import clock
from app.kit.db import db
from app.kit.refusal import Refused
from app.people import names, operations
from app.people.models import FailedAttempt, Household, Invitation, Resident
from tests.makers import NOON, PASSWORD, post, token_of
from tests.people.village import Village

ABOUT = {
    "family_name": "王", "given_name": "芳", "family_name_en": "Wang", "phone": "１３９ ００００ ０００２",
    "born_on": "1990-03-01", "password": "three green bicycles",
}  # fmt: skip
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def village(app: Flask) -> Village:
    return Village(app)


def a_code(village: Village, household_id: int | None = None, *, by: str = "grid", made_at: Any = None) -> str:
    with village.inside():
        household = db.session.get_one(Household, household_id or village.home_id)
        return operations.invite(household, by=village.person(by), at=made_at or NOON).code


def resident_by_phone(village: Village, phone: str) -> Resident | None:
    with village.inside():
        found = db.session.scalar(select(Resident).where(Resident.phone == phone))
        db.session.expunge_all()
        return found


def test_a_stranger_with_a_code_is_a_verified_member_and_signed_in(village: Village, at: Callable[[Any], Any]) -> None:
    at(NOON)
    client = village.browser()

    answer = post(client, "/join", code=names.printed_code(a_code(village)), **ABOUT)

    assert (answer.status_code, answer.location) == (303, "/me/household")
    page = client.get("/me/household", headers=ENGLISH).get_data(as_text=True)
    assert "Address confirmed" in page
    assert "王芳" in page
    new = resident_by_phone(village, "13900000002")
    assert new is not None
    assert (new.household_id, new.verified_at, new.verified_by) == (village.home_id, NOON, village.ids["grid"])


def test_who_was_confirmed_a_moment_ago_uses_no_code_up(village: Village) -> None:
    code = a_code(village)
    with village.inside():
        newcomer = village.person("newcomer")
        operations.confirm_address(newcomer.id, village.empty_id, by=village.person("grid"), at=NOON)

        with pytest.raises(Refused):
            operations.join_by_code(code, by=newcomer, at=NOON)
        with pytest.raises(Refused):
            operations.say_where(village.grid_id, "9", by=newcomer)

    assert village.resident("newcomer")["household_id"] == village.empty_id


def test_a_newcomer_with_a_code_joins_at_once(village: Village, at: Callable[[Any], Any]) -> None:
    at(NOON)

    answer = post(village.browser("newcomer"), "/join", code=a_code(village))

    assert answer.status_code == 303
    kept = village.resident("newcomer")
    assert (kept["household_id"], kept["claimed_grid_id"], kept["claimed_door"]) == (village.home_id, None, "")


def test_opening_the_link_uses_nothing_up(village: Village, at: Callable[[Any], Any]) -> None:
    at(NOON)
    code = a_code(village)

    for _preview in range(3):
        page = village.browser().get(f"/join/{code}").get_data(as_text=True)
        assert names.printed_code(code) in page

    assert post(village.browser(), "/join", code=code, **ABOUT).status_code == 303


def test_unknown_used_and_expired_codes_get_the_same_answer(village: Village, at: Callable[[Any], Any]) -> None:
    at(NOON)
    used, expired = a_code(village), a_code(village, made_at=NOON - timedelta(days=30))
    post(village.browser("newcomer"), "/join", code=used)

    answers = [post(village.browser(), "/join", code=code, **ABOUT) for code in (used, expired, "999999999999")]

    assert [answer.status_code for answer in answers] == [409] * 3
    pages = [answer.get_data(as_text=True) for answer in answers]
    said = {page.split('data-tone="alert"')[1].split("</div></div>")[0] for page in pages}
    assert len(said) == 1
    assert all('value="芳"' in page for page in pages)
    assert resident_by_phone(village, "13900000002") is None


def test_a_refused_account_leaves_the_code_good(village: Village, at: Callable[[Any], Any]) -> None:
    at(NOON)
    code = a_code(village)

    weak = post(village.browser(), "/join", code=code, **(ABOUT | {"password": "1234567890"}))
    official = post(village.browser(), "/join", code=code, **(ABOUT | {"family_name": "管理", "given_name": "员"}))

    assert (weak.status_code, official.status_code) == (422, 422)
    assert post(village.browser(), "/join", code=code, **ABOUT).status_code == 303


def test_a_known_number_does_not_open_a_second_account(village: Village, at: Callable[[Any], Any]) -> None:
    at(NOON)
    with village.inside():
        db.session.get_one(Resident, village.ids["far"]).phone = "13900000002"
    code = a_code(village)

    assert post(village.browser(), "/join", code=code, **ABOUT).status_code == 409
    assert post(village.browser("newcomer"), "/join", code=code).status_code == 303  # the code is still good


def test_guessing_codes_is_slowed(village: Village, at: Callable[[Any], Any]) -> None:
    at(NOON)
    client = village.browser("newcomer")

    answers = [post(client, "/join", code=f"{number:012d}") for number in range(6)]

    assert [answer.status_code for answer in answers] == [409] * 5 + [429]
    assert int(answers[-1].headers["Retry-After"]) >= 1


@pytest.mark.parametrize("who", [None, "newcomer"])
@pytest.mark.parametrize("typed", ["1234", "1234 5678 901", "1234 5678 9012 3", "1234 5678 901O", "x"])
def test_a_slip_in_copying_is_told_at_once_and_is_no_guess(village: Village, who: str | None, typed: str) -> None:
    client = village.browser(who)
    client.set_cookie("language", "en")
    account = {} if who else ABOUT | {"phone": "12"}

    for _turn in range(6):
        answer = post(client, "/join", code=typed, **account)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert page.count('aria-invalid="true"') == (1 if who else 2)  # in one round with what else is wrong
    assert "An invitation code has 12 figures." in page
    assert f'value="{typed.replace(" ", "")}"' in page
    with village.inside():
        assert db.session.scalar(select(func.count()).select_from(FailedAttempt)) == 0


def test_a_code_may_be_typed_with_gaps_dashes_and_wide_figures(village: Village, at: Callable[[Any], Any]) -> None:
    at(NOON)
    code = a_code(village)
    wide = str.maketrans("0123456789", "０１２３４５６７８９")

    answer = post(village.browser("newcomer"), "/join", code=f"{code[:4]}-{code[4:8].translate(wide)} {code[8:]}")

    assert answer.status_code == 303


def test_a_verified_resident_needs_no_code(village: Village, at: Callable[[Any], Any]) -> None:
    at(NOON)
    answer = post(village.browser("far"), "/join", code=a_code(village))

    assert answer.status_code == 409
    assert village.resident("far")["household_id"] == village.far_id


def test_of_many_people_with_one_code_one_gets_in(village: Village) -> None:
    """Everybody starts at once; the guard is the UPDATE that finds the code unused (V1, Z11)."""
    with village.inside():
        household = db.session.get_one(Household, village.home_id)
        code = operations.invite(household, by=village.person("grid"), at=clock.now()).code
    racers = 8
    start = Barrier(racers)

    def join(number: int) -> int:
        client = village.browser()
        own = {"csrf_token": token_of(client, "/join"), "code": code, "phone": f"1390000{number:04d}"}
        start.wait()
        return client.post("/join", data=ABOUT | own).status_code

    with ThreadPoolExecutor(racers) as pool:
        answers = Counter(pool.map(join, range(racers)))

    assert answers == {303: 1, 409: racers - 1}
    with village.inside():
        assert db.session.scalar(select(func.count()).where(Resident.phone.startswith("1390000"))) == 1


def test_without_a_code_one_waits_for_the_grid_member(village: Village) -> None:
    client = village.browser()

    answer = post(client, "/register", grid_id=village.grid_id, door="1号楼202", **ABOUT)

    assert (answer.status_code, answer.location) == (303, "/sign-in")
    new = resident_by_phone(village, "13900000002")
    assert new is not None
    assert (new.household_id, new.verified_at, new.claimed_grid_id, new.claimed_door) == (
        None,
        None,
        village.grid_id,
        "1号楼202",
    )
    signed_in = client.post(
        "/sign-in", data={"csrf_token": token_of(client), "name": "13900000002", "password": ABOUT["password"]}
    )
    assert signed_in.status_code == 303


def test_registering_does_not_tell_who_has_an_account(village: Village) -> None:
    with village.inside():
        db.session.get_one(Resident, village.ids["resident"]).phone = "13900000002"
    where = {"grid_id": village.grid_id, "door": "1号楼202"}

    known = post(village.browser(), "/register", **where, **ABOUT)
    unknown = post(village.browser(), "/register", **where, **(ABOUT | {"phone": "13900000003"}))

    assert (known.status_code, known.location) == (unknown.status_code, unknown.location) == (303, "/sign-in")
    kept = village.resident("resident")
    assert (kept["family_name"], kept["phone"]) == ("张", "13900000002")


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("grid_id", "999999"), ("grid_id", ""), ("grid_id", "１"), ("grid_id", "x"), ("door", ""), ("door", "x" * 41),
        ("family_name", ""), ("family_name", "<b>"), ("given_name", "x" * 41), ("phone", "12"), ("phone", "9" * 400),
        ("born_on", "0000-00-00"), ("born_on", "9999-12-31"), ("born_on", "2026-13-01"), ("born_on", ""),
        ("password", ""), ("password", "x" * 5000), ("family_name", "\u0000\u200b"),
    ],
)  # fmt: skip
def test_bad_input_gets_a_sentence_and_loses_nothing(village: Village, field: str, typed: str) -> None:
    sent = {"grid_id": str(village.grid_id), "door": "1号楼202", **ABOUT, "phone": "13900000002", field: typed}

    answer = post(village.browser(), "/register", **sent)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert ('aria-invalid="true"' in page) or ('role="alert"' in page)
    assert field == "given_name" or 'value="芳"' in page
    assert resident_by_phone(village, "13900000002") is None


def test_a_newcomer_says_where_they_live(village: Village) -> None:
    client = village.browser("newcomer")

    answer = post(client, "/me/household/address", grid_id=village.grid_id, door="１号楼\u200b303")

    assert answer.status_code == 303
    assert village.resident("newcomer")["claimed_door"] == "１号楼303"
    assert (
        post(village.browser("resident"), "/me/household/address", grid_id=village.grid_id, door="x").status_code == 409
    )


def test_family_members_see_of_each_other_only_the_name(village: Village) -> None:
    with village.inside():
        spouse = db.session.get_one(Resident, village.ids["spouse"])
        spouse.phone, spouse.sign_in_name = "13912345678", "spouse-sign-in"
        name = spouse.family_name + spouse.given_name

    page = village.browser("resident").get("/me/household").get_data(as_text=True)

    assert name in page
    for secret in ("13912345678", "spouse-sign-in", "1980", PASSWORD):
        assert secret not in page


def test_codes_are_kept_as_digests(village: Village) -> None:
    code = a_code(village)

    with village.inside():
        kept = db.session.scalar(select(Invitation.code_hash))
    assert kept is not None
    assert code not in kept


EXTRA = {
    "role": "admin", "roles": "admin", "points": "9999", "honour": "9999", "household_id": "1", "community_id": "1",
    "is_verified": "1", "verified_at": "2026-01-01", "verified_by": "1", "demo": "1", "disabled_at": "",
    "password_hash": "x", "id": "1",
}  # fmt: skip


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/me/household/address", {"grid_id": "grid", "door": "1号楼202"}),
        ("/settings", {"language": "en", "text": "plain"}),
        ("/settings/sign-in-name", {"sign_in_name": "wang.fang"}),
        ("/me/sessions/end-others", {}),
    ],
)
def test_fields_that_nobody_asked_for_change_nothing(village: Village, path: str, fields: dict[str, Any]) -> None:
    sent = {name: village.grid_id if value == "grid" else value for name, value in fields.items()}
    before = village.resident("newcomer")

    answer = post(village.browser("newcomer"), path, **EXTRA, **sent)

    assert answer.status_code == 303
    after = village.resident("newcomer")
    asked_for = {"claimed_grid_id", "claimed_door", "language", "sign_in_name"}
    assert {name for name in after if after[name] != before[name]} <= asked_for
    assert village.browser("newcomer").get("/audit").status_code == 403


def test_nobody_registers_as_something_else(village: Village) -> None:
    post(village.browser(), "/register", **EXTRA, grid_id=village.grid_id, door="1号楼202", **ABOUT)

    new = resident_by_phone(village, "13900000002")
    assert new is not None
    assert (new.household_id, new.verified_at, new.verified_by, new.demo, new.disabled_at) == (
        None,
        None,
        None,
        False,
        None,
    )
    assert new.id != 1


@pytest.mark.parametrize("name", ["guanliyuan", "admin", "ab", "13800000001", "x y", "", "official1"])
def test_a_sign_in_name_that_misleads_is_refused(village: Village, name: str) -> None:
    assert post(village.browser("resident"), "/settings/sign-in-name", sign_in_name=name).status_code == 422


def test_a_sign_in_name_belongs_to_one_person(village: Village) -> None:
    assert post(village.browser("resident"), "/settings/sign-in-name", sign_in_name="Wang.Fang").status_code == 303
    assert post(village.browser("spouse"), "/settings/sign-in-name", sign_in_name="wang.fang").status_code == 422
    assert village.resident("resident")["sign_in_name"] == "wang.fang"


def test_language_and_large_text_are_kept(village: Village) -> None:
    client = village.browser("resident")

    answer = post(client, "/settings", language="en", text="large")

    assert answer.status_code == 303
    assert village.resident("resident")["language"] == "en"
    page = client.get("/settings", headers={"Accept-Language": "zh-CN"}).get_data(as_text=True)
    assert '<html lang="en" data-text="large">' in page
    elsewhere = village.browser("resident").get("/settings", headers={"Accept-Language": "zh-CN"})
    assert '<html lang="en">' in elsewhere.get_data(as_text=True)  # the account remembers, on other devices, too
