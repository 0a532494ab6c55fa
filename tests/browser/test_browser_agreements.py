"""An agreement as people live it in a browser: written, talked about, voted on, adopted, earning, signed, printed.

Days pass between the steps: what stands in the database is moved that far into the past. So few households as a
browser can be for do not reach a quorum: the others vote as the sample street's do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.agreements.models import Version
from app.ballots import bringing_in as past_ballots
from app.ballots.models import Question
from app.kit import clock
from app.kit.db import db
from app.merits.models import TariffLine
from app.people.models import Household, Resident
from app.places.models import Place
from tests.browser.behind import Behind, earlier
from tests.browser.people import Street
from tests.browser.test_browser_journeys import Way, database_url, form, fresh, known, press, resident_id, street
from tests.examples import VISITOR

__all__ = ["database_url", "fresh", "known", "street"]

BEFORE, OURS = 5, 7  # honour of a clean-up: by the community's agreement, and by the one that is adopted here
TITLES = {"zh": "庭院公约", "en": "Courtyard agreement"}
TEXTS = {"zh": ("清洁日大家一起来。", "楼道不堆物。"), "en": ("On clean-up day we come.", "The stairs are free.")}


@pytest.fixture(params=[(True, "zh"), (False, "en")], ids=lambda one: "script-zh" if one[0] else "plain-en")
def way(
    request: pytest.FixtureRequest, street: Street, trouble: list[str], axe: Callable[[Page], list[str]]
) -> Iterator[Way]:
    js, language = request.param
    yield Way(street, js, language, trouble, axe)
    assert not trouble, "\n".join(trouble)


class Days(Behind):
    """The database behind the pages, in which days pass and neighbours vote."""

    def compound_of(self, name: str) -> int:
        """Where somebody lives: the compound."""
        with self.behind():
            query = select(Place.path).join(Household, Household.group_id == Place.id)
            path = db.session.scalars(
                query.join(Resident, Resident.household_id == Household.id).where(Resident.sign_in_name == name)
            ).one()
            above = [int(part) for part in path.split("/") if part]
            return db.session.scalars(select(Place.id).where(Place.kind == "compound", Place.id.in_(above))).one()

    def comments_end(self, agreement_id: int) -> None:
        with self.behind():
            self._version(agreement_id).consulting_until = clock.now() - timedelta(minutes=1)

    def others_vote(self, agreement_id: int) -> None:
        with self.behind():
            question = self._question(agreement_id)
            number = question.roll_size // 2
            past_ballots.fill(question.id, {"yes": number, "no": number // 5}, at=question.opens_at)

    def voting_ends(self, agreement_id: int) -> None:
        """Two days pass for the ballot; what was decided takes effect in two days, should midnight come meanwhile."""
        with self.behind():
            earlier(self._question(agreement_id), timedelta(days=2))
            self._version(agreement_id).effective_from = clock.today() + timedelta(days=2)

    def day_comes(self, agreement_id: int) -> None:
        """The day of effect is here."""
        with self.behind():
            self._version(agreement_id).effective_from = clock.today()
            set_by = TariffLine.set_by == f"agreement:{agreement_id}"
            for line in db.session.scalars(select(TariffLine).where(set_by)):
                line.effective_from = clock.today()

    def ends(self, agreement_id: int) -> None:
        """Its lines count no longer: the next walk sets the same one, and no two agreements of a place may."""
        with self.behind():
            for line in db.session.scalars(select(TariffLine).where(TariffLine.set_by == f"agreement:{agreement_id}")):
                line.effective_until = line.effective_from

    def _version(self, agreement_id: int) -> Version:
        return db.session.scalars(select(Version).where(Version.agreement_id == agreement_id)).one()

    def _question(self, agreement_id: int) -> Question:
        return db.session.get_one(Question, self._version(agreement_id).question_id)


def test_an_agreement_is_adopted_signed_and_earns_from_its_day_on(
    way: Way, known: dict[str, str], fresh: Callable[[], str], database_url: str
) -> None:
    days, voter, helper = Days(database_url), fresh(), fresh()
    with way.as_("staff") as staff, way.as_(voter) as page:
        front = written(way, staff, days.compound_of(voter))
        agreement_id, version = int(front.rpartition("/")[2]), f"{front}/versions/1"
        talked_about(way, page, version)
        days.comments_end(agreement_id)
        put_to_the_vote(way, staff, version)
        votes(way, page, version)
        days.others_vote(agreement_id)
        days.voting_ends(agreement_id)

        staff.goto(version)
        opens(staff, "/steps/record")
        page.goto(front)
        expect(page.locator(f"form[action='{front}/sign']")).to_have_count(0)
        assert earned(way, helper, known["next"], database_url) == BEFORE, "not before its day"
        days.day_comes(agreement_id)
        assert earned(way, voter, known["next"], database_url) == OURS, "from its day on"

        page.goto(front)
        expect(page.locator(".page-head .seal")).to_be_visible()
        with way.step(page):
            press(form(page, "/sign"))
        expect(page.locator("#sign-box form")).to_have_count(0)
        printed(way, front)
        days.ends(agreement_id)


def written(way: Way, page: Page, compound: int) -> str:
    """Staff begin an agreement, write two articles, let the first one earn, and put it out for comment."""
    page.goto("/agreements")
    way.follow(page, "main a[href='/agreements/new']")
    new = form(page, "/agreements/new")
    new.locator("[name=title]").fill(TITLES[way.language])
    new.locator("[name=preamble]").fill(TEXTS[way.language][1])
    new.locator("[name=place]").select_option(str(compound))
    press(new)
    page.wait_for_url(re.compile(r"/edit$"))
    front = re.sub(r"^https?://[^/]+|/versions/.*$", "", page.url)
    for text in TEXTS[way.language]:
        form(page, "/articles").locator("[name=text]").fill(text)
        press(form(page, "/articles"))
        expect(page.locator("main .article", has_text=text)).to_have_count(1)
    way.looks(page)
    way.follow(page, "main a[href*='/articles/']")
    rule = form(page, "/rules")
    rule.locator("[name=code]").select_option("E04")
    rule.locator("summary").click()
    rule.locator("[name=honour]").fill(str(OURS))
    rule.locator("[name=points]").fill(str(OURS))
    way.looks(page)
    press(rule)
    expect(page.locator("main .entries", has_text="E04")).to_be_visible()
    page.goto(f"{front}/versions/1")
    opens(page, "/consult")
    way.looks(page)
    return front


def opens(page: Page, ending: str) -> None:
    """Unfold what a step will do, and press its button."""
    page.locator("details", has=page.locator(f"form[action$='{ending}']")).locator("summary").first.click()
    with page.expect_navigation():
        press(form(page, ending))


def talked_about(way: Way, page: Page, version: str) -> None:
    mine = f"{way.language} {way.js}: and who sweeps the cellar?"
    page.goto(version)
    with way.step(page):
        form(page, "/comments").locator("textarea").fill(mine)
        form(page, "/comments").locator("input[value=for]").check()
        press(form(page, "/comments"))
    page.goto(version)
    expect(page.locator("#talk .comment", has_text=mine)).to_have_count(1)


def put_to_the_vote(way: Way, page: Page, version: str) -> None:
    page.goto(f"{version}/ballot")
    ballot = form(page, "/ballot")
    ballot.locator("[name=days]").fill("1")
    ballot.locator("[name=effective_from]").fill(clock.today().isoformat())
    press(ballot)
    expect(page.locator("main .wrong, main [aria-invalid=true], main .note[data-tone=alert]")).not_to_have_count(0)
    ballot.locator("[name=effective_from]").fill((clock.today() + timedelta(days=2)).isoformat())
    way.looks(page)
    press(ballot)
    expect(page.locator("#vote-box")).to_be_visible()


def votes(way: Way, page: Page, version: str) -> None:
    page.goto(version)
    with way.step(page):
        form(page, "/vote").locator("input[value=yes]").check()
        press(form(page, "/vote"))
    expect(page.locator("#vote-box .note[data-tone=done]")).not_to_have_count(0)


def earned(way: Way, who: str, activity: str, database_url: str) -> int:
    """What today's clean-up brings somebody in honour, as the statement says."""
    path = f"/activities/{activity}"
    with way.as_(who) as page, way.as_("organiser") as desk:
        page.goto(path)
        with way.step(page):
            press(form(page, "/sign-up"))
        desk.goto(f"{path}/desk")
        digits = re.sub(r"\D", "", desk.locator(".digits").inner_text())
        page.goto(path)
        with way.step(page):
            form(page, "/check-in").locator("[name=code]").fill(digits)
            press(form(page, "/check-in"))
        with way.step(page):
            press(form(page, "/check-out"))
        desk.goto(f"{path}/desk")
        with way.step(desk):
            desk.locator(f"#activities-confirm-{resident_id(database_url, who)}").click()
        page.goto("/points?asset=honour")
        return int(page.locator("table.ledger td.amount strong").first.inner_text().lstrip("+"))


def printed(way: Way, front: str) -> None:
    """The sheet for the wall: whatever is not the poster stays off the paper, and it fits on one."""
    with way.as_(VISITOR) as page:
        page.goto(f"{front}/poster?size=a4")
        way.looks(page)
        page.emulate_media(media="print")
        expect(page.locator(".poster")).to_be_visible()
        expect(page.locator("header.top, nav.tabs, footer.foot").first).not_to_be_visible()
        paper = page.pdf(prefer_css_page_size=True, print_background=True)
        assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1
