"""Written proxies over their pages: registered at the desk, voted with, ended and contested by who gave them."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import update

from app.ballots.channel_models import Proxy
from app.ballots.models import Ballot
from app.kit.db import db
from app.people.models import Resident
from app.people.rules import Person
from tests.ballots.offices import THREE, Office, main_of, sent
from tests.council.square import CLOSES, DAY
from tests.makers import NOON, a_household, a_resident, as_person, post, token_of
from tests.worlds import Hold, words


@pytest.fixture
def office(app: Flask, at: Hold) -> Office:
    at(NOON)
    return Office(app)


def register(office: Office, path: str, granter: Person, holder: Person, **fields: Any) -> Any:
    """Written down by staff; the page that it leads to."""
    known = {"holder": holder.id, "sought": holder.full_name}
    return sent(office.as_(office.staff), f"{office.door(path, granter)}/proxy", **known, **fields)


def test_a_proxy_is_registered_voted_with_and_replaced_by_the_own_vote(office: Office) -> None:
    path, (elder, holder) = office.question(method="single_choice", options=THREE), office.square.neighbours[:2]
    door, staff = office.door(path, elder), office.as_(office.staff)
    first = staff.get(f"{door}?way=proxy")
    assert "Name of who votes for the elector" in words(first)
    assert 'name="holder"' not in main_of(first)
    chosen = staff.get(f"{door}?way=proxy&sought={holder.full_name}")
    assert f'name="holder" value="{holder.id}"' in main_of(chosen)
    told = register(office, path, elder, holder)
    assert "The proxy is registered" in words(told)
    assert f"{holder.full_name} votes for them" in words(staff.get(f"{path}/desk"))

    own, held = office.as_(elder), office.as_(holder)
    assert "Your written proxy is registered" in words(own.get("/me/messages"))
    assert "You hold a written proxy" in words(held.get("/me/messages"))
    way = f"{path}/proxy/{office.row(path, elder)}"
    assert f'href="{way}"' in held.get(path).text
    assert elder.full_name in words(held.get(way))
    wrong = post(held, f"{way}/vote")
    assert (wrong.status_code, "choose one of the answers" in words(wrong)) == (422, True)
    voted = sent(held, f"{way}/vote", choice="o1")
    assert "You have voted for them" in words(voted)
    assert "Receipt" in words(voted)
    assert office.stands(path, elder) == ("proxy", "o1")
    again = held.get(way)
    assert "You have voted for them" in words(again)
    assert "checked" not in main_of(again)
    assert f"{holder.full_name} voted for you by your written proxy" in words(own.get(path))

    post(own, f"{path}/vote", choice="o2")
    assert office.stands(path, elder) == ("web", "o2")
    assert "has voted without you" in words(held.get(way))
    assert "voted themselves" in words(held.get(path))
    refused = post(held, f"{way}/vote", choice="o1")
    assert (refused.status_code, office.stands(path, elder)) == (409, ("web", "o2"))


def test_who_gave_it_contests_the_vote_and_the_proxy_ends_with_it(office: Office) -> None:
    path, (elder, holder) = office.question(), office.square.neighbours[:2]
    register(office, path, elder, holder)
    way = f"{path}/proxy/{office.row(path, elder)}"
    sent(office.as_(holder), f"{way}/vote", choice="yes")

    own = office.as_(elder)
    assert "taken out" in words(sent(own, f"{path}/contest"))

    assert office.stands(path, elder) is None
    assert office.as_(holder).get(way).status_code == 403
    assert "Your written proxy" not in words(own.get(path))


def test_who_gave_it_and_staff_end_a_proxy(office: Office) -> None:
    path, (one, two, three, four) = office.question(), office.square.neighbours[:4]
    register(office, path, one, two)
    register(office, path, three, four)
    own, staff = office.as_(one), office.as_(office.staff)

    assert f'action="{path}/proxy/end"' in own.get(path).text
    assert "Your proxy is ended" in words(sent(own, f"{path}/proxy/end"))
    again = post(own, f"{path}/proxy/end")
    assert (again.status_code, "Nothing waits here" in words(again)) == (409, True)
    proxy_id = max(office.all_of(Proxy.id))
    assert post(office.as_(office.far), f"{path}/desk/proxies/{proxy_id}/end").status_code == 403
    other = office.question(subject="topic:2")
    assert post(staff, f"{other}/desk/proxies/{proxy_id}/end").status_code == 404
    assert "The proxy is ended" in words(sent(staff, f"{path}/desk/proxies/{proxy_id}/end"))

    assert None not in office.all_of(Proxy.ended_at)
    assert office.as_(four).get(f"{path}/proxy/{office.row(path, three)}").status_code == 403


def test_nobody_else_opens_the_paper_of_a_proxy(office: Office, at: Hold) -> None:
    path, (elder, holder, other) = office.question(opens_at=NOON + DAY, at=NOON), office.square.neighbours[:3]
    register(office, path, elder, holder)  # it may be handed in before opening
    way = f"{path}/proxy/{office.row(path, elder)}"
    assert office.as_(holder).get(way).status_code == 403  # voting has not opened
    at(NOON + DAY)

    assert office.as_(holder).get(way).status_code == 200
    for who, status in ((other, 403), (elder, 403), (office.staff, 403), (None, 401)):
        assert office.as_(who).get(way).status_code == status
    for nothing in (f"{path}/proxy/999999", f"{path}/proxy/{office.row(path, other)}"):
        assert office.as_(holder).get(nothing).status_code == 403
    assert office.as_(holder).get("/votes/999/proxy/1").status_code == 404
    assert post(office.as_(other), f"{way}/vote", choice="yes").status_code == 403
    at(CLOSES)
    assert office.as_(holder).get(way).status_code == 403
    assert office.count(Ballot) == 0


def test_holders_are_found_at_the_places_of_staff_alone(office: Office) -> None:
    path, elder = office.question(), office.square.neighbours[0]
    with office.inside():
        away = as_person(a_resident(a_household(office.square.street.village_group), family_name="欧阳"))
    door = office.door(path, elder)

    for who, found in ((office.staff, False), (office.street, True)):
        page = office.as_(who).get(f"{door}?way=proxy&sought={away.full_name}")
        assert (f'value="{away.id}"' in main_of(page)) is found
    refused = post(office.as_(office.staff), f"{door}/proxy", holder=away.id, sought=away.full_name)
    assert refused.status_code == 422
    assert away.given_name not in main_of(refused).replace(f'value="{away.full_name}"', "")
    for nobody in (office.square.child, office.square.newcomer):
        page = office.as_(office.staff).get(f"{door}?way=proxy&sought={nobody.full_name}")
        assert f'value="{nobody.id}"' not in main_of(page)
        assert "No verified resident" in words(page)


def test_a_proxy_that_is_refused_keeps_what_was_chosen(office: Office) -> None:
    path, (one, two, holder) = office.question(), office.square.neighbours[:3]
    register(office, path, one, holder)

    door = office.door(path, two)
    refused = post(office.as_(office.staff), f"{door}/proxy", holder=holder.id, sought=holder.family_name)
    assert refused.status_code == 409
    assert "holds a proxy in this ballot already" in words(refused)
    assert f'name="holder" value="{holder.id}" checked' in refused.text
    assert f'name="sought" value="{holder.family_name}"' in refused.text
    page = office.as_(office.staff).get(f"{office.door(path, one)}?way=proxy")
    assert "has given a proxy that stands" in words(page)


def test_a_closed_account_holds_no_proxy(office: Office) -> None:
    path, (elder, holder) = office.question(), office.square.neighbours[:2]
    register(office, path, elder, holder)
    with office.inside():
        db.session.execute(update(Resident).where(Resident.id == elder.id).values(disabled_at=NOON))

    refused = post(office.as_(holder), f"{path}/proxy/{office.row(path, elder)}/vote", choice="yes")
    assert (refused.status_code, "nobody votes for them" in words(refused)) == (403, True)
    door = office.door(path, office.square.neighbours[2])
    page = office.as_(office.staff).get(f"{door}?way=proxy&sought={elder.full_name}")
    assert f'name="holder" value="{elder.id}"' not in main_of(page)


def test_the_photo_of_the_paper_is_for_staff_and_who_gave_it(office: Office) -> None:
    path, (elder, holder) = office.question(), office.square.neighbours[:2]
    picture = BytesIO()
    Image.new("RGB", (40, 30), "white").save(picture, "JPEG")
    picture.seek(0)
    client = office.as_(office.staff)
    fields = {"csrf_token": token_of(client), "holder": holder.id, "sought": holder.full_name}
    answer = client.post(f"{office.door(path, elder)}/proxy", data=fields | {"photo": (picture, "paper.jpg")})
    assert answer.status_code == 303, words(answer)
    (proxy_id,), (upload_id,) = office.all_of(Proxy.id), office.all_of(Proxy.upload_id)

    photo = f"{path}/proxies/{proxy_id}/{upload_id}"
    for who, status in ((office.staff, 200), (elder, 200), (holder, 404), (office.far, 404), (None, 401)):
        assert office.as_(who).get(photo).status_code == status
    assert f'href="{photo}"' in office.as_(office.staff).get(f"{path}/desk").text
    assert f'href="{photo}"' in office.as_(elder).get(path).text
    assert office.as_(office.staff).get(f"{path}/proxies/{proxy_id}/{upload_id + 1}").status_code == 404


@pytest.mark.parametrize("electorate", ["person", "household"])
def test_of_a_household_the_one_who_signed_gives_the_proxy(office: Office, electorate: str) -> None:
    path, (elder, holder) = office.question(electorate=electorate), office.square.neighbours[:2]
    voter = {"voter": elder.id} if electorate == "household" else {}
    register(office, path, elder, holder, **voter)

    assert office.all_of(Proxy.granted_by) == [elder.id]
    assert "Your written proxy" in words(office.as_(elder).get(path))
    assert "Your written proxy" not in words(office.as_(office.square.spouse).get(path))
    assert elder.full_name in words(office.as_(holder).get(f"{path}/proxy/{office.row(path, elder)}"))
