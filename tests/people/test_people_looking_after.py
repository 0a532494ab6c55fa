"""What grid members, leaders and staff see and do, and where it ends; the audit that keeps it."""

from __future__ import annotations

import re
import sqlite3
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from app.kit import audit
from app.kit.audit import AuditEntry
from app.kit.db import db
from app.kit.refusal import Refused
from app.people import operations, queries
from app.people.models import Household, Invitation, Resident, Role
from app.people.rules import MOST_LIVING_CODES
from app.places.models import Place
from tests.makers import NOON, a_household, a_resident, kept, post
from tests.people.village import Village
from tests.statements import statements

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def village(app: Flask) -> Village:
    return Village(app)


def text_of(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


def audit_of(village: Village, act: str) -> list[tuple[int | None, str]]:
    with village.inside():
        query = select(AuditEntry.actor_id, AuditEntry.subject).where(AuditEntry.act == act)
        return [tuple(row) for row in db.session.execute(query)]  # type: ignore[misc]


def test_everybody_sees_the_households_of_their_own_place_only(village: Village) -> None:
    with village.inside():
        far = db.session.get_one(Household, village.far_id).door

    for who in ("leader", "grid", "staff"):
        page = text_of(village.browser(who).get("/households"))
        assert "1号楼101" in page
        assert far not in page


def test_a_leader_prints_codes_for_their_group_alone(village: Village) -> None:
    leader = village.browser("leader")
    with village.inside():
        beside = db.session.scalar(select(Household.id).where(Household.group_id == village.other_group_id))

    assert post(leader, f"/households/{village.home_id}/invitation").status_code == 200
    assert post(leader, f"/households/{beside}/invitation").status_code == 404
    assert post(leader, f"/households/{village.far_id}/invitation").status_code == 404
    assert post(leader, f"/groups/{village.other_group_id}/invitations").status_code == 404


def test_the_sheet_shows_the_code_large_and_as_a_square(village: Village) -> None:
    answer = post(village.browser("grid"), f"/households/{village.home_id}/invitation")

    page = text_of(answer)
    found = re.search(r'class="digits">(\d{4} \d{4} \d{4})<', page)
    assert found is not None
    assert '<svg class="qr"' in page
    assert "http://127.0.0.1:8000/join" in page  # the address of the settings, not of the request
    with village.inside():
        kept_as = db.session.scalar(select(Invitation.code_hash))
    assert kept_as == queries.digest(found[1].replace(" ", ""))
    assert audit_of(village, "people.invite") == [(village.ids["grid"], f"household:{village.home_id}")]


def test_the_sheet_of_a_group_has_one_code_for_each_household(village: Village) -> None:
    page = text_of(post(village.browser("staff"), f"/groups/{village.group_id}/invitations"))

    codes = re.findall(r'class="digits">([\d ]+)<', page)
    assert len(codes) == len(set(codes)) == 2
    assert "1号楼101" in page
    assert "1号楼202" in page


def test_a_household_does_not_collect_codes(village: Village) -> None:
    grid = village.browser("grid")
    for _turn in range(MOST_LIVING_CODES):
        assert post(grid, f"/households/{village.home_id}/invitation").status_code == 200

    assert post(grid, f"/households/{village.home_id}/invitation").status_code == 409
    page = text_of(post(grid, f"/groups/{village.group_id}/invitations"))  # the other household still gets one
    assert page.count('class="digits"') == 1


def test_staff_find_residents_of_their_place_by_name_or_whole_number(village: Village) -> None:
    with village.inside():
        here, far = (db.session.get_one(Resident, village.ids[who]) for who in ("resident", "far"))
        here.phone, far.phone = "13900000001", "13900000009"
        here_name, far_name = here.family_name + here.given_name, far.family_name + far.given_name
    staff = village.browser("staff")

    assert here_name in text_of(staff.get("/residents", query_string={"q": here_name}))
    assert here_name in text_of(staff.get("/residents", query_string={"q": "139 0000 0001"}))
    assert here_name not in text_of(staff.get("/residents", query_string={"q": "1390000"}))  # no fishing with parts
    looked = text_of(staff.get("/residents", query_string={"q": far_name})).split("<main", 1)[1]
    assert far_name not in looked.split("</form>", 1)[1]
    assert far_name in text_of(village.browser("street").get("/residents", query_string={"q": far_name}))


@pytest.mark.parametrize("wish", ["%", "_", "'", '"', "\\", "x" * 500, "\u0000", "张%", "-1", "1e999"])
def test_any_search_gets_a_page(village: Village, wish: str) -> None:
    answer = village.browser("staff").get("/residents", query_string={"q": wish, "after": wish})

    assert answer.status_code == 200


def test_telephone_numbers_stay_masked(village: Village) -> None:
    with village.inside():
        db.session.get_one(Resident, village.ids["resident"]).phone = "13912345678"

    page = text_of(village.browser("staff").get(f"/residents/{village.ids['resident']}"))

    assert "139****5678" in page
    assert "13912345678" not in page


def test_who_is_not_yours_is_not_there(village: Village) -> None:
    staff, grid = village.browser("staff"), village.browser("grid")

    assert staff.get(f"/residents/{village.ids['far']}").status_code == 404
    assert staff.get("/residents/999999").status_code == 404
    assert grid.get(f"/residents/{village.ids['resident']}").status_code == 404
    assert grid.get(f"/residents/{village.ids['newcomer']}").status_code == 200
    for act in ("disable", "enable", "end-sessions", "roles"):
        assert post(staff, f"/residents/{village.ids['far']}/{act}").status_code == 404


def test_somebody_waiting_stands_in_the_list_of_the_grid_member_and_staff(village: Village) -> None:
    with village.inside():
        waiting = {
            who: [one.id for one in queries.waiting_for_verification(village.person(who))]
            for who in ("grid", "staff", "leader", "street", "resident")
        }

    newcomer = [village.ids["newcomer"]]
    assert waiting == {"grid": newcomer, "staff": newcomer, "leader": [], "street": [], "resident": []}


def test_the_grid_member_confirms_an_address(village: Village) -> None:
    grid = village.browser("grid")
    path = f"/residents/{village.ids['newcomer']}"
    page = text_of(grid.get(path))
    assert f'selected value="{village.empty_id}"' in page  # the door they wrote is chosen already

    answer = post(grid, f"{path}/confirm", household_id=village.empty_id)

    assert answer.status_code == 303
    kept_now = village.resident("newcomer")
    assert (kept_now["household_id"], kept_now["verified_by"]) == (village.empty_id, village.ids["grid"])
    assert audit_of(village, "people.confirm") == [(village.ids["grid"], f"resident:{village.ids['newcomer']}")]
    with village.inside():
        assert queries.waiting_for_verification(village.person("staff")) == []


@pytest.mark.parametrize("household", ["far_id", "home_id", "nothing"])
def test_an_address_is_confirmed_within_ones_own_grid_only(village: Village, household: str) -> None:
    household_id = getattr(village, household, 999999)

    answer = post(village.browser("grid"), f"/residents/{village.ids['newcomer']}/confirm", household_id=household_id)

    assert answer.status_code == (303 if household == "home_id" else 422)


def test_street_and_leader_do_not_confirm_addresses(village: Village) -> None:
    for who in ("street", "leader", "admin"):
        answer = post(
            village.browser(who), f"/residents/{village.ids['newcomer']}/confirm", household_id=village.empty_id
        )
        assert answer.status_code == 403


def roles_of(village: Village, who: str) -> set[str]:
    with village.inside():
        return {held.role for held in queries.roles_of(village.ids[who])}


@pytest.mark.parametrize(
    ("by", "role", "place", "status"),
    [
        ("staff", "organiser", "community_id", 303),
        ("staff", "leader", "group_id", 303),
        ("staff", "leader", "community_id", 422),
        ("staff", "grid", "grid_id", 422),
        ("staff", "staff", "community_id", 422),
        ("staff", "admin", "street_id", 422),
        ("staff", "organiser", "street_id", 422),
        ("staff", "leader", "village_group_id", 422),
        ("staff", "emperor", "community_id", 422),
        ("admin", "staff", "community_id", 303),
        ("admin", "admin", "street_id", 303),
        ("street", "organiser", "community_id", 403),
        ("grid", "leader", "group_id", 403),
        ("resident", "leader", "group_id", 403),
    ],
)
def test_who_gives_which_role(village: Village, by: str, role: str, place: str, status: int) -> None:
    path = f"/residents/{village.ids['resident']}/roles"

    answer = post(village.browser(by), path, role=role, place_id=getattr(village, place))

    assert answer.status_code == status
    assert roles_of(village, "resident") == ({role} if status == 303 else set())


@pytest.mark.parametrize("who", ["admin", "staff"])
def test_nobody_makes_themselves_more(village: Village, who: str) -> None:
    post(village.browser(who), f"/residents/{village.ids[who]}/roles", role="organiser", place_id=village.community_id)

    assert roles_of(village, who) == {who}


def test_a_role_is_held_once_and_its_end_stays_as_history(village: Village) -> None:
    admin, path = village.browser("admin"), f"/residents/{village.ids['resident']}/roles"
    assert post(admin, path, role="reviewer", place_id=village.community_id).status_code == 303
    assert post(admin, path, role="reviewer", place_id=village.community_id).status_code == 409
    with village.inside():
        role_id = db.session.scalar(select(Role.id).where(Role.resident_id == village.ids["resident"]))

    assert post(admin, f"{path}/{role_id}/end").status_code == 303
    assert post(admin, path, role="reviewer", place_id=village.community_id).status_code == 303

    with village.inside():
        assert db.session.scalar(select(func.count()).where(Role.resident_id == village.ids["resident"])) == 2
    assert len(audit_of(village, "people.give_role")) == 2
    assert audit_of(village, "people.end_role") == [(village.ids["admin"], f"resident:{village.ids['resident']}")]


def test_the_database_has_the_last_word_on_a_role_held_twice(village: Village) -> None:
    def hold() -> None:
        with village.inside():
            role = Role(resident_id=village.ids["resident"], role="reviewer", place_id=village.community_id, since=NOON)
            db.session.add(role)

    hold()
    with pytest.raises(DBAPIError):
        hold()


def test_a_role_of_somebody_else_is_not_ended_through_this_person(village: Village) -> None:
    with village.inside():
        role_id = db.session.scalar(select(Role.id).where(Role.resident_id == village.ids["leader"]))

    assert (
        post(village.browser("admin"), f"/residents/{village.ids['resident']}/roles/{role_id}/end").status_code == 404
    )
    assert roles_of(village, "leader") == {"leader"}


@pytest.mark.parametrize(
    ("by", "whom", "status"),
    [("staff", "resident", 303), ("staff", "supervisor", 403), ("staff", "admin", 403), ("staff", "staff", 403),
     ("admin", "staff", 303), ("admin", "admin", 403), ("street", "resident", 403)],
)  # fmt: skip
def test_who_closes_whose_account(village: Village, by: str, whom: str, status: int) -> None:
    answer = post(village.browser(by), f"/residents/{village.ids[whom]}/disable")

    assert answer.status_code == status
    assert (village.resident(whom)["disabled_at"] is not None) is (status == 303)


def test_a_closed_account_opens_again(village: Village) -> None:
    staff, path = village.browser("staff"), f"/residents/{village.ids['resident']}"
    post(staff, f"{path}/disable")

    assert post(staff, f"{path}/enable").status_code == 303

    assert village.resident("resident")["disabled_at"] is None
    assert village.browser("resident").get("/me/household").status_code == 200


def test_the_operation_refuses_even_without_the_page(village: Village) -> None:
    with village.inside():
        by, whom = village.person("staff"), village.ids["far"]
        for act in (
            lambda: operations.disable(whom, by=by, at=NOON),
            lambda: operations.end_sign_ins_of(whom, by=by, at=NOON),
            lambda: operations.give_role(village.ids["resident"], "admin", village.street_id, by=by, at=NOON),
            lambda: operations.confirm_address(village.ids["newcomer"], village.far_id, by=by, at=NOON),
        ):
            with pytest.raises(Refused):
                act()


def test_the_audit_is_read_by_those_who_watch_each_for_their_place(village: Village) -> None:
    post(village.browser("staff"), f"/households/{village.home_id}/invitation")
    with village.inside():
        audit.note("people.confirm", "resident:7", actor_id=None, at=NOON, place_id=village.village_group_id)
        audit.note("people.enable", "resident:8", actor_id=None, at=NOON)

    seen = {
        who: text_of(village.browser(who).get("/audit", headers=ENGLISH)) for who in ("supervisor", "street", "admin")
    }

    assert all("printed invitation codes" in page for page in seen.values())
    assert ["confirmed an address" in seen[who] for who in ("supervisor", "street", "admin")] == [False, True, True]
    assert ["opened an account again" in seen[who] for who in ("supervisor", "street", "admin")] == [False, False, True]
    for who in ("staff", "grid", "leader", "resident", "newcomer"):
        assert village.browser(who).get("/audit").status_code == 403


@pytest.mark.parametrize("sql", ["UPDATE audit_entries SET act = 'nothing'", "DELETE FROM audit_entries"])
def test_the_database_itself_keeps_the_audit(village: Village, sql: str) -> None:
    """By a connection of one's own, which knows nothing of the application."""
    with village.inside():
        audit.note("people.enable", "resident:8", actor_id=None, at=NOON)
    raw = outside(village.app.config["SQLALCHEMY_DATABASE_URI"])
    try:
        cursor = raw.cursor()
        with pytest.raises(Exception, match="audit_entries is append-only"):
            cursor.execute(sql)
        raw.rollback()
        cursor.execute("SELECT count(*) FROM audit_entries WHERE act = 'people.enable'")
        assert cursor.fetchone() == (1,)
    finally:
        raw.close()


def outside(url: str) -> Any:
    if url.startswith("sqlite:///"):
        return sqlite3.connect(url.removeprefix("sqlite:///"))
    return psycopg.connect(url.replace("+psycopg", "", 1))


@pytest.mark.postgresql
def test_postgresql_does_not_empty_the_audit_either(village: Village) -> None:
    with pytest.raises(DBAPIError, match="append-only"), village.inside():
        db.session.execute(text("TRUNCATE audit_entries"))


LISTS = [("staff", "/households"), ("staff", "/residents"), ("admin", "/audit"), ("street", "/residents?q=张")]


@pytest.mark.parametrize(("who", "path"), LISTS)
def test_a_list_asks_six_questions_however_long_it_is(village: Village, who: str, path: str) -> None:
    with village.app.app_context(), kept():
        group = db.session.get_one(Place, village.group_id)
        for _turn in range(45):
            a_resident(a_household(group), password_hash=None)
            audit.note("people.enable", "resident:8", actor_id=village.ids["staff"], at=NOON, place_id=group.id)
    client = village.browser(who)

    with statements() as seen:
        page = text_of(client.get(path))

    assert 'rel="next"' in page
    assert len([one for one in seen if one.lstrip().upper().startswith("SELECT")]) <= 6


@pytest.mark.parametrize(("who", "path"), LISTS)
def test_pages_follow_each_other_without_gap_or_repetition(village: Village, who: str, path: str) -> None:
    with village.app.app_context(), kept():
        group = db.session.get_one(Place, village.group_id)
        for turn in range(45):
            a_resident(a_household(group, door=f"D-{turn}-"), password_hash=None, given_name=f"门{turn}号")
            audit.note("people.enable", f"resident:{turn}0000", actor_id=None, at=NOON, place_id=group.id)
    client, seen, next_path = village.browser(who), [], path
    while next_path:
        page = text_of(client.get(next_path)).partition("<main")[2]  # a token in the frame may look like one of these
        seen += re.findall(r"(?:<b>D-\d+-|<small>[^<]* · D-\d+-|\d+0000\b)", page)
        found = re.search(r'href="([^"]+)" rel="next"', page)
        next_path = found[1].replace("&amp;", "&") if found else ""

    assert len(seen) == len(set(seen)) == 45


@pytest.mark.parametrize(
    ("who", "path"),
    [("resident", "/me/household"), ("newcomer", "/me/household"), ("resident", "/me/sessions"),
     ("resident", "/settings"), ("staff", "newcomer"), ("admin", "leader")],
)  # fmt: skip
def test_a_page_asks_twelve_questions_at_most(village: Village, who: str, path: str) -> None:
    client = village.browser(who)

    with statements() as seen:
        answer = client.get(path if path.startswith("/") else f"/residents/{village.ids[path]}")

    assert answer.status_code == 200
    assert len([one for one in seen if one.lstrip().upper().startswith("SELECT")]) <= 12
