"""The pages on which a claim names its occasion, and the other household says whether it was so."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.claims.models import Claim, ClaimNeighbour
from tests.claims.panel import TEXT, Panel, a_claim
from tests.claims.test_claims_views import DEED, House
from tests.claims.test_claims_views import house as house
from tests.makers import post

Houses = Callable[..., House]


def helped(panel: Panel) -> Claim:
    return a_claim(panel, "N08", other_household_id=panel.neighbours[1].household_id)


def words(browser: FlaskClient, path: str, language: str = "en") -> str:
    answer = browser.get(path, headers={"Accept-Language": language})
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", answer.text)))


def test_only_the_other_household_has_the_page_on_which_it_answers(house: Houses) -> None:
    here = house(helped)
    panel, path = here.panel, f"/points/claims/{here.claim_id}/neighbour"

    seen = {
        who: here.as_(person).get(path).status_code
        for who, person in {
            "the other": panel.neighbours[1], "claimant": panel.neighbours[0], "spouse": panel.spouse,
            "another": panel.neighbours[2], "staff": panel.staff, "newcomer": panel.newcomer,
        }.items()
    }  # fmt: skip

    assert seen == {
        "the other": 200, "claimant": 404, "spouse": 404, "another": 404, "staff": 404, "newcomer": 404,
    }  # fmt: skip
    assert here.visitor().get(path).status_code == 401
    assert post(here.as_(panel.neighbours[2]), path, answer="yes").status_code == 404
    assert here.as_(panel.neighbours[1]).get(f"/points/claims/{here.claim_id}").status_code == 404
    assert here.count(ClaimNeighbour) == 0


def test_a_neighbour_finds_the_question_and_answers_it(house: Houses) -> None:
    here = house(helped)
    browser, mine = here.as_(here.panel.neighbours[1]), here.as_(here.panel.neighbours[0])
    path = f"/points/claims/{here.claim_id}/neighbour"
    assert "Waiting for the neighbour" in words(mine, f"/points/claims/{here.claim_id}")
    for page in ("/", "/points/claims"):
        assert path in browser.get(page).text
        assert "Neighbours ask your household: was it so?" in words(browser, page)
        assert path not in mine.get(page).text
    assert TEXT.en in words(browser, path)
    assert TEXT.zh in words(browser, path, "zh-CN")
    assert "一位邻居申报说，为您家做了这件事。" in words(browser, path, "zh-CN")

    assert post(browser, path, answer="perhaps").status_code == 422
    assert "Please say what was not so" in post(browser, path, answer="no").text
    assert post(browser, path, answer="yes").status_code == 303

    assert "Yes, it was so" in words(browser, path)
    assert path not in browser.get("/").text
    assert "The neighbour confirmed it" in words(mine, f"/points/claims/{here.claim_id}")
    assert "Awaiting review" in words(mine, f"/points/claims/{here.claim_id}")
    assert post(browser, path, answer="no", why="Too late").status_code == 409


def test_the_claimant_reads_why_a_neighbour_said_no(house: Houses) -> None:
    here = house(helped)

    post(here.as_(here.panel.neighbours[1]), f"/points/claims/{here.claim_id}/neighbour", answer="no", why="Not us.")

    shown = words(here.as_(here.panel.neighbours[0]), f"/points/claims/{here.claim_id}")
    assert "Not confirmed" in shown
    assert "The neighbour did not confirm it" in shown
    assert "Not us." in shown


@pytest.mark.parametrize(
    ("code", "label"),
    [("A05", "Which one? Its name or number"), ("N08", "that household is asked first"), ("E07", None)],
)
def test_the_form_asks_for_what_the_line_needs(house: Houses, code: str, label: str | None) -> None:
    here = house()
    shown = words(here.as_(here.panel.neighbours[0]), f"/points/claims/new?line={code}")

    for one in ("Which one? Its name or number", "that household is asked first"):
        assert (one in shown) is (one == label)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"line": "E08"}, "asks for a photo"),
        ({"line": "A05"}, "name or number of the certificate"),
        ({"line": "A05", "occasion": " \u3000 "}, "name or number of the certificate"),
        ({"line": "N08"}, "counts between two households"),
        ({"line": "N09"}, "counts between two households"),
    ],
)
def test_what_is_missing_gets_a_sentence_and_what_was_typed_stays(
    house: Houses, changes: dict[str, Any], said: str
) -> None:
    here = house()

    answer = post(here.as_(here.panel.neighbours[0]), "/points/claims/new", **(DEED | changes))

    assert answer.status_code == 422
    assert said in answer.text
    for typed in (DEED["title"], DEED["text"], DEED["spot"]):
        assert typed in answer.text
    assert here.count(Claim) == 0


def test_a_certificate_is_typed_and_its_reviewer_reads_it(house: Houses) -> None:
    here = house()
    mine = here.as_(here.panel.neighbours[0])

    answer = post(mine, "/points/claims/new", **(DEED | {"line": "A05", "occasion": "City 2026-17"}))

    assert answer.status_code == 303
    assert "City 2026-17" in words(mine, answer.headers["Location"])
    again = post(
        here.as_(here.panel.spouse), "/points/claims/new", **(DEED | {"line": "A05", "occasion": "city 2026-17"})
    )
    assert again.status_code == 409
    assert "counts each certificate once" in again.text
