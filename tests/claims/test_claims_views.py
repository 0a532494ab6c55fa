"""Pages of claims: who sees what, what is typed wrongly, sheets and data."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.claims import operations
from app.claims.models import Claim, ClaimAppeal, ClaimReview, ReviewConflict
from app.kit.db import db, transaction
from app.people.rules import Person
from tests.claims.panel import GOES_UP, TEXT, TODAY, Panel, a_claim, a_panel, confirmed, on_notice, reviewed
from tests.kit.sent_files import huge_jpeg, huge_png
from tests.makers import NOON, a_household, kept, post, sign_in

Browsers = Callable[[Person], FlaskClient]
DEED = {
    "line": "E07", "title": "Cleared the stairs", "text": "Took old shelves to the yard.", "spot": "Building 3",
    "deed_on": TODAY.isoformat(), "group": "0", "door": "",
}  # fmt: skip


class House:
    """A panel in the database, and browsers of its people."""

    def __init__(self, app: Flask, make: Callable[[Panel], Any]) -> None:
        self.app = app
        with app.app_context(), kept():
            self.panel = a_panel()
            self.made = make(self.panel)
            self.claim_id = getattr(self.made, "id", None)
            self.community, self.group = self.panel.street.community.id, str(self.panel.street.group.id)
            self.doors = [home.door for home in self.panel.homes]

    def visitor(self) -> FlaskClient:
        """Reads English."""
        client = self.app.test_client()
        client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
        return client

    def as_(self, person: Person) -> FlaskClient:
        with self.app.app_context():
            return sign_in(self.visitor(), person.id)

    def drawn(self) -> Person:
        with self.app.app_context(), transaction(writing=False):
            return self.panel.drawn(self.claim_id)[0]

    def count(self, table: Any) -> int:
        with self.app.app_context(), transaction(writing=False):
            return db.session.scalar(select(func.count()).select_from(table)) or 0


@pytest.fixture
def house(app: Flask, at: Callable[[datetime], datetime]) -> Callable[..., House]:
    at(NOON)
    return lambda make=lambda _panel: None: House(app, make)


def test_a_claim_is_seen_by_its_claimant_its_reviewer_and_the_committee(house: Callable[..., House]) -> None:
    here = house(a_claim)
    panel, path = here.panel, f"/points/claims/{here.claim_id}"
    drawn = here.drawn()
    other = next(one for one in panel.reviewers if one.id != drawn.id)

    seen = {
        who: here.as_(person).get(path).status_code
        for who, person in {
            "claimant": panel.neighbours[0], "reviewer": drawn, "staff": panel.staff, "spouse": panel.spouse,
            "another reviewer": other, "neighbour": panel.neighbours[1], "newcomer": panel.newcomer,
            "villager": panel.villager,
        }.items()
    }  # fmt: skip

    assert seen == {
        "claimant": 200, "reviewer": 200, "staff": 200, "spouse": 404, "another reviewer": 404, "neighbour": 404,
        "newcomer": 404, "villager": 404,
    }  # fmt: skip
    assert here.visitor().get(path).status_code == 401


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"deed_on": "2026-11-19"}, 422, "not come yet"),
        ({"deed_on": "2026-10-24"}, 409, "can be claimed now"),
        ({"deed_on": "once"}, 422, "Not a valid date"),
        ({"line": "E04"}, 422, "not earned by a claim"),
        ({"line": "' OR 1"}, 422, "not earned by a claim"),
        ({"title": "Helped in 3单元402室"}, 422, "leave out door numbers"),
        ({"title": "Called 13812345678"}, 422, "leave out door numbers"),
        ({"door": "9号楼909"}, 422, "choose the group"),
        ({"title": ""}, 422, "fill this in"),
        ({"group": "999999"}, 422, "Not a valid choice"),
    ],
)
def test_what_is_typed_wrongly_gets_a_sentence_and_stays(
    house: Callable[..., House], changes: dict[str, str], status: int, said: str
) -> None:
    here = house()
    browser = here.as_(here.panel.neighbours[0])

    answer = post(browser, "/points/claims/new", **(DEED | changes))

    assert answer.status_code == status, answer.text
    assert said in answer.text.replace("&#39;", "'")
    assert here.count(Claim) == 0


def test_an_unknown_door_and_ones_own_are_refused(house: Callable[..., House]) -> None:
    here = house()
    browser, group = here.as_(here.panel.neighbours[0]), here.group

    for door, said in (("nowhere", "No household is known"), (here.doors[0], "is your own")):
        answer = post(browser, "/points/claims/new", **(DEED | {"group": group, "door": door}))
        assert answer.status_code == 422
        assert said in answer.text
    fine = post(browser, "/points/claims/new", **(DEED | {"group": group, "door": here.doors[1]}))

    assert fine.status_code == 303
    assert here.count(Claim) == 1


@pytest.mark.parametrize("photo", [huge_png(), huge_jpeg(), b"GIF89a" + bytes(99), b"%PDF-1.4\n", b"x"])
def test_a_giant_or_odd_photo_is_refused_and_nothing_is_claimed(house: Callable[..., House], photo: bytes) -> None:
    here = house()
    browser = here.as_(here.panel.neighbours[0])

    answer = post(browser, "/points/claims/new", **DEED, agreed="y", photo=(io.BytesIO(photo), "photo.png"))

    assert answer.status_code in (409, 413, 422), answer.status_code
    assert here.count(Claim) == 0


@pytest.mark.parametrize("amount", ["0", "-1", "1.5", "1e3", "NaN", "9223372036854775808", "٢٥", "", "19", "51"])
def test_a_reviewer_types_an_odd_amount(house: Callable[..., House], amount: str) -> None:
    here = house(lambda panel: a_claim(panel, "F04"))
    browser, path = here.as_(here.drawn()), f"/points/claims/{here.claim_id}"

    answer = post(browser, f"{path}/review", verdict="confirm", amount=amount)

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert here.count(ClaimReview) == 0


def test_whoever_chooses_an_amount_and_whoever_claimed_is_told_that_the_lowest_holds(
    house: Callable[..., House],
) -> None:
    here = house(lambda panel: a_claim(panel, "F04"))
    path, mine = f"/points/claims/{here.claim_id}", here.as_(here.panel.neighbours[0])
    with here.app.app_context(), transaction(writing=False):
        drawn = here.panel.drawn(here.claim_id)

    for one, amount in zip(drawn, ("40", "30"), strict=True):
        assert "Where reviewers choose differently, the lowest amount holds." in here.as_(one).get(path).text
        assert "The reviewers chose" not in mine.get(path).text
        assert post(here.as_(one), f"{path}/review", verdict="confirm", amount=amount).status_code == 303

    assert "The reviewers chose from 30 to 40; the lowest amount holds." in mine.get(path).text


def test_full_width_digits_are_digits(house: Callable[..., House]) -> None:
    here = house(lambda panel: a_claim(panel, "F04"))

    answer = post(here.as_(here.drawn()), f"/points/claims/{here.claim_id}/review", verdict="confirm", amount="２５")

    assert answer.status_code == 303
    assert here.count(ClaimReview) == 1


def test_nobody_else_reviews_and_an_odd_verdict_is_no_review(house: Callable[..., House]) -> None:
    here = house(a_claim)
    path = f"/points/claims/{here.claim_id}/review"

    assert post(here.as_(here.drawn()), path, verdict="perhaps").status_code == 422
    assert post(here.as_(here.panel.neighbours[0]), path, verdict="confirm").status_code == 403
    answer = post(here.as_(here.panel.staff), path, verdict="confirm")

    assert answer.status_code == 403
    assert "those who were drawn" in answer.text
    assert here.count(ClaimReview) == 0


def test_the_same_form_sent_twice_claims_once(house: Callable[..., House]) -> None:
    here = house()
    browser = here.as_(here.panel.neighbours[0])

    answers = [post(browser, "/points/claims/new", **DEED, request_id="the-same-form") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert here.count(Claim) == 1
    again = post(browser, "/points/claims/new", **DEED)
    assert again.status_code == 409
    assert "each deed counts once" in again.text
    assert f'<a href="{answers[0].headers["Location"]}">See it</a>' in again.text


def test_the_chosen_line_stands_above_the_form(house: Callable[..., House]) -> None:
    here = house()

    head = here.as_(here.panel.neighbours[0]).get("/points/claims/new?line=E07").text.partition("page-head")[2]

    assert "E07</small>" in head.partition("</div>")[0]


def test_groups_are_listed_below_their_grid(house: Callable[..., House]) -> None:
    here = house()
    places = here.panel.street
    with here.app.app_context(), transaction(writing=False):
        grid, group, other, community, village_group = (
            db.session.merge(one).name.into("en")
            for one in (places.grid, places.group, places.other_group, places.community, places.village_group)
        )
    claimant, reviewer = here.as_(here.panel.neighbours[0]), here.as_(here.panel.reviewers[0])

    own, all_of_them = (
        re.findall(r'<optgroup label="([^"]*)">(.*?)</optgroup>', page)
        for page in (
            claimant.get("/points/claims/new?line=E07").text, reviewer.get("/points/claims/conflicts").text,
        )
    )  # fmt: skip

    ((label, options),) = own
    assert re.fullmatch(rf"Court \d+ · {grid}", label)
    assert group in options
    assert other in options
    assert all_of_them[0][0] == f"{community} · {label}"
    assert [village_group in below for _label, below in all_of_them] == [False, True]


def test_a_claimant_withdraws_and_nobody_else(house: Callable[..., House]) -> None:
    here = house(a_claim)
    path = f"/points/claims/{here.claim_id}"

    assert post(here.as_(here.panel.staff), f"{path}/withdraw").status_code == 403
    assert post(here.as_(here.panel.neighbours[1]), f"{path}/withdraw").status_code == 404
    mine = here.as_(here.panel.neighbours[0])
    assert post(mine, f"{path}/withdraw").status_code == 303
    assert "Withdrawn" in mine.get(path).text
    assert post(mine, f"{path}/withdraw").status_code == 409


def test_a_reviewer_steps_back_and_declares_a_household(house: Callable[..., House]) -> None:
    here = house(a_claim)
    first, group = here.drawn(), here.group
    browser = here.as_(first)

    assert post(browser, f"/points/claims/{here.claim_id}/step-back", why="").status_code == 422
    assert post(browser, f"/points/claims/{here.claim_id}/step-back", why="My cousin").status_code == 303
    assert here.drawn().id != first.id
    door = here.doors[1]
    assert post(browser, "/points/claims/conflicts", group=group, door="nowhere").status_code == 422
    assert post(browser, "/points/claims/conflicts", group=group, door=door).status_code == 303
    assert door in browser.get("/points/claims/conflicts").text
    assert here.count(ReviewConflict) == 1


def put_up(panel: Panel) -> Any:
    confirmed(panel, "E05", by=panel.neighbours[1])
    return on_notice(panel)


def test_the_sheet_of_a_batch_masks_households_for_the_public(
    house: Callable[..., House], at: Callable[[datetime], datetime]
) -> None:
    here = house(put_up)
    at(GOES_UP)
    name = here.panel.neighbours[0].full_name
    visitor, staff = here.visitor(), here.as_(here.panel.staff)
    (listed,) = json.loads(visitor.get("/points/claims/batches.json").text)["items"]
    path = f"/points/claims/batches/{listed['id']}"

    public, full = visitor.get(path).text, staff.get(path).text
    table, whole = (one.get(f"{path}.csv").text for one in (visitor, staff))
    told = json.loads(staff.get(f"{path}.json").text)

    assert name not in public + table + json.dumps(told, ensure_ascii=False)
    assert name in full
    assert name in whole
    assert "Zhang*" in public
    assert (">18 November 2026<" in full, "today" in full) == (True, False)  # on paper, read on any day
    assert ("Reviewers" in whole, "Reviewers" in table) == (True, False)
    assert "兑换分" in visitor.get(f"{path}.csv", headers={"Accept-Language": "zh"}).text
    rows = list(csv.reader(io.StringIO(whole.lstrip("\ufeff"))))
    assert [row[4] for row in rows[1:]] == ["E05", "E07"]
    assert (told["points"], told["honour"], len(told["lines"])) == (9, 9, 2)
    assert visitor.get(f"{path}9").status_code == 404


def test_the_settlement_is_for_those_who_work_there(
    house: Callable[..., House], at: Callable[[datetime], datetime]
) -> None:
    here = house(confirmed)
    community = here.community
    path = f"/points/claims/settlement?place={community}&month=2026-11"
    staff = here.as_(here.panel.staff)

    early = post(staff, "/points/claims/settlement", place=str(community), month="2026-11")
    assert (early.status_code, "is settled on" in early.text) == (409, True)
    assert staff.get("/points/claims/settlement").status_code == 404
    assert staff.get("/points/claims/settlement?place=1&month=2026-Q3").status_code == 404
    assert here.as_(here.panel.neighbours[0]).get(path).status_code == 403
    at(GOES_UP)
    staff = here.as_(here.panel.staff)
    assert "Put this batch on notice" in staff.get(path).text
    assert post(staff, "/points/claims/settlement", place=str(community), month="2026-11").status_code == 303
    assert post(staff, "/points/claims/settlement", place=str(community), month="2026-11").status_code == 409


def test_the_address_of_a_settlement_leads_to_its_batch_and_to_no_month_to_come(
    house: Callable[..., House], at: Callable[[datetime], datetime]
) -> None:
    here = house(on_notice)
    at(GOES_UP)
    staff, path = here.as_(here.panel.staff), f"/points/claims/settlement?place={here.community}&month="

    settled = staff.get(f"{path}2026-11")

    assert settled.status_code == 303
    assert settled.headers["Location"].startswith("/points/claims/batches/")
    assert (staff.get(f"{path}2026-12").status_code, staff.get(f"{path}2027-01").status_code) == (200, 404)


def test_the_sheet_to_be_signed_is_the_batch_that_goes_up(
    house: Callable[..., House], at: Callable[[datetime], datetime]
) -> None:
    """A day after the hour: what was confirmed since is neither on the sheet nor on notice."""

    def both(panel: Panel) -> Any:
        confirmed(panel, "E05", by=panel.neighbours[1], deed_on=GOES_UP.date(), at=GOES_UP + timedelta(minutes=1))
        return confirmed(panel)

    here = house(both)
    place = str(here.community)
    at(GOES_UP + timedelta(days=1))
    staff = here.as_(here.panel.staff)

    sheet = staff.get(f"/points/claims/settlement?place={place}&month=2026-11").text
    batch = post(staff, "/points/claims/settlement", place=place, month="2026-11").headers["Location"]
    put_up = staff.get(batch).text

    for page in (sheet, put_up):
        assert ("E07</small>" in page, "E05</small>" in page) == (True, False)


def test_a_month_in_which_nothing_was_confirmed_by_its_hour_is_not_offered_for_settlement(
    house: Callable[..., House], at: Callable[[datetime], datetime]
) -> None:
    here = house(lambda panel: confirmed(panel, deed_on=GOES_UP.date(), at=GOES_UP + timedelta(minutes=1)))
    at(GOES_UP + timedelta(days=1))

    desk = here.as_(here.panel.staff).get("/points/claims/desk").text

    assert ("month=2026-12" in desk, "month=2026-11" in desk) == (True, False)


def test_sums_are_public_from_five_claims_on(house: Callable[..., House]) -> None:
    def decided(panel: Panel) -> None:
        for number, one in enumerate(panel.neighbours[:4]):
            confirmed(panel, by=one, deed_on=TODAY - timedelta(days=number))

    here = house(decided)
    visitor = here.visitor()
    assert json.loads(visitor.get("/points/claims.json").text)["items"] == []
    with here.app.app_context(), kept():
        last = a_claim(here.panel, by=here.panel.neighbours[4])
        (reviewer,) = here.panel.drawn(last.id)
        operations.review(
            last.id, verdict="not_confirmed", amount=None, why=last.text, by=reviewer, at=NOON + timedelta(days=2)
        )

    (one,) = json.loads(visitor.get("/points/claims.json").text)["items"]

    assert (one["confirmed"], one["not_confirmed"], one["sent_back"], one["median_days"]) == (4, 1, 0, 0.0)
    assert "without names" in visitor.get("/points/claims").text


def test_the_work_list_of_a_reviewer_has_the_claim(house: Callable[..., House]) -> None:
    here = house(a_claim)

    page = here.as_(here.drawn()).get("/work").text

    assert f"/points/claims/{here.claim_id}" in page
    assert "Review the claim" in page


# Appeals and conflicts ---------------------------------------------------------------------------------------------


def not_confirmed(panel: Panel) -> Any:
    claim = a_claim(panel)
    reviewed(panel, claim.id, "not_confirmed")
    return claim


def test_a_decision_is_appealed_on_its_page_until_its_day(
    house: Callable[..., House], at: Callable[[datetime], datetime]
) -> None:
    here = house(not_confirmed)
    path, reviewer = f"/points/claims/{here.claim_id}", here.drawn()
    mine = here.as_(here.panel.neighbours[0])
    assert "Until the end of Wed 25 November you can appeal, once." in plain(mine.get(path).text)
    assert "you can appeal" not in here.as_(reviewer).get(path).text

    assert post(mine, f"{path}/appeal", text="").status_code == 422
    assert post(here.as_(here.panel.staff), f"{path}/appeal", text="I did it").status_code == 403
    assert post(here.as_(here.panel.neighbours[1]), f"{path}/appeal", text="I did it").status_code == 404
    sent = [post(mine, f"{path}/appeal", text="It is on the second photo.", request_id="the-same-form") for _ in "12"]
    again = sent[0].headers["Location"]

    assert [one.status_code for one in sent] == [303, 303]
    assert here.count(ClaimAppeal) == 1
    assert post(mine, f"{path}/appeal", text="Once more, please.").status_code == 409
    assert f'href="{again}"' in mine.get(path).text
    html = mine.get(again).text
    page = plain(html)
    assert "It is on the second photo." in page
    assert "within 5 working days, by the end of Wed 25 November. What comes of it is final." in page
    assert f'href="{path}"' in html
    assert here.as_(reviewer).get(again).status_code == 404
    assert f'href="{again}"' not in here.as_(reviewer).get(path).text
    assert mine.get(again, headers={"Accept-Language": "zh"}).status_code == 200


def test_who_reviews_an_appeal_reads_what_was_decided_without_names(house: Callable[..., House]) -> None:
    here = house(lambda panel: operations.appeal(not_confirmed(panel).id, text=TEXT, by=panel.neighbours[0], at=NOON))
    panel, drawn = here.panel, here.drawn()
    browser, path = here.as_(drawn), f"/points/claims/{here.claim_id}"
    assert "Appeal" in browser.get("/points/claims/desk").text

    page = browser.get(path).text
    before = browser.get(f"/points/claims/{here.claim_id - 1}").text

    assert "Your review" in page
    assert "Not confirmed by a reviewer" in before
    assert [one.full_name for one in panel.reviewers if one.id != drawn.id and one.full_name in page + before] == []


def test_after_its_day_the_page_says_where_to_go(
    house: Callable[..., House], at: Callable[[datetime], datetime]
) -> None:
    here = house(not_confirmed)
    at(NOON + timedelta(days=8))
    mine, path = here.as_(here.panel.neighbours[0]), f"/points/claims/{here.claim_id}"

    assert "The last day to appeal was yesterday." in plain(mine.get(path).text)
    assert post(mine, f"{path}/appeal", text="It is on the second photo.").status_code == 409
    assert here.count(ClaimAppeal) == 0


def test_a_claim_that_one_reviewer_has_not_confirmed_says_that_it_cannot_be_made_anew(
    house: Callable[..., House],
) -> None:
    here = house(lambda panel: a_claim(panel, "F04"))
    mine, path = here.as_(here.panel.neighbours[0]), f"/points/claims/{here.claim_id}"
    assert "You can claim the deed anew" in mine.get(path).text
    post(here.as_(here.drawn()), f"{path}/review", verdict="not_confirmed", why="Nobody saw it.")

    assert "The deed cannot be claimed anew." in mine.get(path).text
    assert post(mine, f"{path}/withdraw").status_code == 303
    answer = post(mine, "/points/claims/new", **(DEED | {"line": "F04"}))

    assert answer.status_code == 409
    assert "nobody else is asked" in answer.text


def test_a_sister_in_another_community_can_be_declared(house: Callable[..., House]) -> None:
    here = house()
    with here.app.app_context(), kept():
        group = db.session.merge(here.panel.street.village_group)
        door, village = a_household(group).door, db.session.merge(here.panel.street.village).name.into("en")
        group_id = str(group.id)
    browser = here.as_(here.panel.reviewers[0])

    page = browser.get("/points/claims/conflicts").text
    answer = post(browser, "/points/claims/conflicts", group=group_id, door=door)

    assert f'<optgroup label="{village} · ' in page
    assert answer.status_code == 303
    assert here.count(ReviewConflict) == 1


def plain(html: str) -> str:
    """What stands on the page, without its marks."""
    return " ".join(re.sub(r"<[^>]*>", "", html).replace("&nbsp;", " ").split())
