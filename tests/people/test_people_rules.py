"""Names, numbers, waits and who may look after whom."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.people import names, passwords, rules
from app.people.rules import Held, Person
from tests.makers import NOON


@pytest.mark.parametrize(
    "typed",
    [
        "13800000001",
        "138 0000 0001",
        "１３８０００００００１",
        "+86 138-0000-0001",
        "0086 13800000001",
        "138\u200b00000001",
    ],
)
def test_one_number_however_it_is_typed(typed: str) -> None:
    assert names.plain_phone(typed) == "13800000001"


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("13800000001", True),
        ("+447700900123", True),
        ("12345678901", False),
        ("1380000", False),
        ("abc", False),
        ("", False),
    ],
)
def test_what_is_a_number(typed: str, right: bool) -> None:
    assert names.is_phone(typed) is right


@pytest.mark.parametrize(
    "typed", ["1234 5678 9012", "123456789012", "１２３４-５６７８-９０１２", " 1234\u200b56789012\n"]
)
def test_one_code_however_it_is_typed(typed: str) -> None:
    assert names.plain_code(typed) == "123456789012"


def test_a_code_is_printed_in_fours() -> None:
    assert names.printed_code("123456789012") == "1234 5678 9012"


@pytest.mark.parametrize(
    "parts",
    [
        ("管理员",), ("管", "理员"), ("管\u200b理\u2060员",), ("居委会", "张姐"), ("系统", "管理"),
        ("admin",), ("ADMIN2",), ("ａｄｍｉｎ",),
        ("аdmin",), ("a\u00addmin",), ("Official", "News"), ("Staff", ""), ("ad", "min"), ("Xiangyue", ""),
        ("社区工作者", ""), ("网格员", "小王"),
    ],
)  # fmt: skip
def test_a_name_that_sounds_like_an_office_is_refused(parts: tuple[str, ...]) -> None:
    refusal = rules.name_refusal(*parts)

    assert refusal is not None
    assert refusal.status == 422


@pytest.mark.parametrize(
    "parts",
    [
        ("张", "秀英"),
        ("欧阳", "海"),
        ("Stafford", "Anne"),
        ("阿依古丽", "买买提"),
        ("管", "仲"),
        ("Root", "Joe"),
        ("Иванов", "Пётр"),
    ],
)
def test_a_name_of_a_person_is_fine(parts: tuple[str, ...]) -> None:
    assert rules.name_refusal(*parts) is None


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("张", True),
        ("阿依古丽·买买提", True),
        ("O’Brien-Smith", True),
        ("<b>", False),
        ("张3", False),
        ("=1", False),
        ("-", False),
    ],
)
def test_what_is_a_name(typed: str, right: bool) -> None:
    assert names.is_name(typed) is right


@pytest.mark.parametrize(
    ("typed", "right"), [("wang.fang", True), ("13800000001", False), ("ab", False), ("Wang", False), ("w" * 31, False)]
)
def test_what_is_a_sign_in_name(typed: str, right: bool) -> None:
    assert names.is_sign_in_name(typed) is right


@pytest.mark.parametrize(
    "password", ["short", "1234567890", "aaaaaaaaaaaa", "xx13800000001x", "Zhang is my name", "a" * 129, "qwertyuiop"]
)
def test_a_password_that_others_guess_is_refused(password: str) -> None:
    assert (
        rules.password_refusal(password, names=("13800000001", "张秀英", "Zhang"), common=passwords.COMMON) is not None
    )


def test_a_few_words_make_a_password() -> None:
    assert rules.password_refusal("four quiet herons", names=("13800000001",), common=passwords.COMMON) is None


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 0), (4, 0), (5, 30), (6, 60), (7, 120), (9, 480), (10, 900), (500, 900)]
)
def test_waits_grow_and_end(failures: int, seconds: int) -> None:
    assert rules.wait_after(failures, NOON, now=NOON) == timedelta(seconds=seconds)
    assert rules.wait_after(failures, NOON, now=NOON + rules.LONGEST_WAIT) == timedelta(0)


@pytest.mark.parametrize(
    ("born_on", "right"), [(date(1980, 5, 1), True), (date(2026, 11, 19), False), (date(1900, 1, 1), False)]
)
def test_a_birthday_lies_behind_but_not_too_far(born_on: date, right: bool) -> None:
    assert (rules.birthday_refusal(born_on, on=date(2026, 11, 18)) is None) is right


def somebody(role: str, path: str, *, id_: int = 1) -> Person:
    return Person(id=id_, family_name="方", given_name="文静", roles=(Held(role, 4, path),))


ADMIN, STAFF, GRID = somebody("admin", "/1/"), somebody("staff", "/1/4/"), somebody("grid", "/1/4/9/")


@pytest.mark.parametrize(
    ("by", "role", "path", "kind", "may"),
    [
        (ADMIN, "staff", "/1/4/", "community", True),
        (ADMIN, "admin", "/1/", "street", True),
        (ADMIN, "admin", "/1/4/", "community", False),
        (ADMIN, "staff", "/2/5/", "community", False),
        (STAFF, "organiser", "/1/4/", "community", True),
        (STAFF, "leader", "/1/4/9/12/", "group", True),
        (STAFF, "leader", "/1/4/", "community", False),
        (STAFF, "staff", "/1/4/", "community", False),
        (STAFF, "grid", "/1/4/9/", "grid", False),
        (STAFF, "organiser", "/1/5/", "community", False),
        (STAFF, "organiser", "/1/", "street", False),
        (GRID, "leader", "/1/4/9/12/", "group", False),
    ],
)
def test_who_gives_which_role_where(by: Person, role: str, path: str, kind: str, may: bool) -> None:
    assert (rules.role_refusal(role, 99, household_id=None, by=by, path=path, kind=kind) is None) is may


@pytest.mark.parametrize("by", [ADMIN, STAFF])
def test_nobody_gives_a_role_to_themselves(by: Person) -> None:
    assert rules.role_refusal("organiser", by.id, household_id=None, by=by, path="/1/4/", kind="community") is not None


@pytest.mark.parametrize(
    ("by", "holds", "path", "may"),
    [
        (ADMIN, {"staff"}, "/1/4/9/12/", True),
        (ADMIN, set(), "", True),
        (ADMIN, set(), "/2/5/", False),
        (STAFF, {"organiser"}, "/1/4/9/12/", True),
        (STAFF, {"supervisor"}, "/1/4/9/12/", False),
        (STAFF, {"admin"}, "/1/4/9/12/", False),
        (STAFF, set(), "/1/5/9/", False),
        (STAFF, set(), "", False),
        (GRID, set(), "/1/4/9/12/", False),
    ],
)
def test_whose_account_somebody_closes(by: Person, holds: set[str], path: str, may: bool) -> None:
    assert (rules.account_refusal(99, by=by, holds=frozenset(holds), path=path) is None) is may
    assert rules.account_refusal(by.id, by=by, holds=frozenset(holds), path=path) is not None


def test_an_address_is_confirmed_by_the_grid_member_of_that_place_once() -> None:
    assert rules.confirming_refusal(99, by=GRID, is_verified=False, path="/1/4/9/12/") is None
    assert rules.confirming_refusal(99, by=GRID, is_verified=True, path="/1/4/9/12/") is not None
    assert rules.confirming_refusal(99, by=GRID, is_verified=False, path="/1/4/10/12/") is not None
    assert rules.confirming_refusal(GRID.id, by=GRID, is_verified=False, path="/1/4/9/12/") is not None
    assert rules.confirming_refusal(99, by=ADMIN, is_verified=False, path="/1/4/9/12/") is not None
