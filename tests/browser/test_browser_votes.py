"""A vote as people live it in a browser: opened by staff, cast and changed, secret, for a household, closed, recounted.

With a script and without one, in both languages; axe looks at each page on the way.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.ballots import operations as ballots
from app.ballots.models import Question, RollEntry
from app.council import operations as council
from app.council.models import Topic
from app.kit import clock
from app.kit.db import db
from app.kit.words import Words
from app.people import queries as people
from app.people.models import Resident
from app.people.rules import Person
from app.places.models import Place
from tests.browser.behind import Behind, earlier
from tests.browser.test_browser_journeys import Way, database_url, form, fresh, known, press, street, way
from tests.databases import ROOT
from tests.examples import VISITOR

__all__ = ["database_url", "fresh", "known", "street", "way"]

RECEIPT = re.compile(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){4}")
ANSWERS = {
    "zh": ("西门边 | 省电缆", "6号楼旁", "先不建"),
    "en": ("By the west gate | saves cable", "Beside building 6", "Not yet"),
}
NEVER_GIVEN = "0000-0000-0000-0000-0000"


class Votes(Behind):
    """The database behind the pages, in which topics come up and ballots close."""

    def topic(self, title: str) -> int:
        """A topic of community a that is under discussion."""
        with self.behind():
            place = db.session.scalars(select(Place).where(Place.code == "a")).one()
            words = Words(zh=title, en=title)
            body = Words(zh="两楼之间，天天有人问。", en="Between the two buildings; people ask every day.")
            by, at = account("staff"), clock.now()
            topic = council.propose(place=place, kind="facilities", title=words, body=body, by=by, at=at)
            if topic.state != "discussion":
                council.take_step(topic.id, "accept", by=by, at=at)
            return topic.id

    def question(self, topic_id: int) -> int:
        """The number of what was put to the vote."""
        with self.behind():
            return int(db.session.scalars(select(Topic.question_id).where(Topic.id == topic_id)).one() or 0)

    def name(self, account: str) -> str:
        with self.behind():
            query = select(Resident.family_name + Resident.given_name).where(Resident.sign_in_name == account)
            return db.session.scalars(query).one()

    def row(self, question_id: int, account: str) -> int:
        """This resident's number on the roll: a clerk tells two of one name apart by their doors."""
        with self.behind():
            query = select(RollEntry.id).join(Resident, Resident.id == RollEntry.resident_id)
            mine = RollEntry.question_id == question_id, Resident.sign_in_name == account
            return db.session.scalars(query.where(*mine)).one()

    def last_day_comes(self, question_id: int) -> None:
        """From now on the urn may be counted, whatever the hour of this test."""
        with self.behind():
            question = db.session.get_one(Question, question_id)
            earlier(question, question.closes_at - clock.now() - timedelta(hours=12))

    def closes(self, topic_id: int) -> int:
        """Two days pass, the minute's work is done; the number of the question."""
        question_id = self.question(topic_id)
        with self.behind():
            earlier(db.session.get_one(Question, question_id), timedelta(days=2))
            db.session.flush()
            ballots.empty_urns(clock.now())
        return question_id


def account(name: str) -> Person:
    person = people.person(db.session.scalars(select(Resident.id).where(Resident.sign_in_name == name)).one())
    assert person is not None
    return person


@pytest.fixture(scope="module")
def votes(database_url: str) -> Votes:
    return Votes(database_url)


@pytest.fixture
def put(way: Way, votes: Votes) -> Callable[..., int]:
    """`put(title, method, ...)` is the number of a topic that staff have put to the vote on the page for it."""

    def asks(title: str, method: str = "single_choice", *, electorate: str = "person", secret: bool = False) -> int:
        topic = votes.topic(f"{title} {way.language} {way.js}")
        with way.as_("staff") as page:
            page.goto(f"/topics/{topic}")
            way.follow(page, f"main a[href='/topics/{topic}/ballot']")
            ask = form(page, "/ballot")
            ask.locator("[name=method]").select_option(method)
            ask.locator("[name=electorate]").select_option(electorate)
            ask.locator("[name=days]").fill("1")
            if secret:
                ask.locator("[name=secret]").check()
            press(ask)  # two answers at least: refused, and what was filled in is still there
            expect(ask.locator("[name=method]")).to_have_value(method)
            expect(page.locator("main .wrong")).not_to_have_count(0)
            ask.locator("[name=options]").fill("\n".join(ANSWERS[way.language]))
            way.looks(page)
            press(ask)
            expect(page.locator("#vote-box")).to_be_visible()
        return topic

    return asks


def voted(way: Way, page: Page, *answers: str, again: bool = False, receipt: str = "") -> str:
    """Cast a vote on the page, or change it; the receipt, where one is shown."""
    with way.step(page):
        if again:
            page.locator("#vote-box details", has=page.locator("form[action$='/vote']")).locator("summary").click()
        for answer in ("o1", "o2", "o3"):
            box = form(page, "/vote").locator(f"input[value={answer}]")
            if box.get_attribute("type") == "radio" and answer not in answers:
                continue
            box.set_checked(answer in answers)
        if receipt:
            form(page, "/vote").locator("[name=receipt]").fill(receipt)
        form(page, "/vote").locator("button:not([name=abstain])").click()
    found = RECEIPT.search(page.locator("main").inner_text())
    return found[0] if found else ""


def looked_for(way: Way, page: Page, receipt: str) -> str:
    """What the page says about a receipt, after closing."""
    page.locator("#vote-box details", has=page.locator("form[action$='/receipt']")).locator("summary").click()
    with way.step(page):
        form(page, "/receipt").locator("[name=receipt]").fill(receipt.lower().replace("-", " "))
        press(form(page, "/receipt"))
    return page.locator("form[action$='/receipt'] .note").inner_text()


def test_an_open_vote_is_changed_and_the_last_one_counts(
    way: Way, put: Callable[..., int], votes: Votes, fresh: Callable[[], str]
) -> None:
    topic = put("Charging shed")
    with way.as_(fresh()) as page:
        page.goto(f"/topics/{topic}")
        first = voted(way, page, "o1")
        last = voted(way, page, "o2", again=True)
        assert first != last != ""
        expect(page.locator("#vote-box .note", has_text=ANSWERS[way.language][1])).not_to_have_count(0)
        votes.closes(topic)

        page.goto(f"/topics/{topic}")
        expect(page.locator("#vote-box [data-seal]")).to_be_visible()
        assert ANSWERS[way.language][1] in looked_for(way, page, last)
        page.goto(f"/topics/{topic}")
        assert ANSWERS[way.language][0].partition(" |")[0] not in looked_for(way, page, first)


def test_a_secret_vote_is_changed_with_its_receipt_found_again_and_counted_by_anybody(
    way: Way, put: Callable[..., int], votes: Votes, fresh: Callable[[], str], tmp_path: Path
) -> None:
    topic = put("Night light", "approval", secret=True)
    with way.as_(fresh()) as page, way.as_(fresh()) as other:
        page.goto(f"/topics/{topic}")
        receipt = voted(way, page, "o1", "o2")
        other.goto(f"/topics/{topic}")
        assert voted(way, other, "o3") not in ("", receipt)

        page.goto(f"/topics/{topic}")
        assert receipt not in page.content(), "the receipt is shown once"
        expect(page.locator("#vote-box .note", has_text=ANSWERS[way.language][1])).to_have_count(0)
        voted(way, page, "o3", again=True, receipt=NEVER_GIVEN)
        expect(page.locator("#vote-box .note[data-tone=alert], #vote-box .wrong")).not_to_have_count(0)
        page.goto(f"/topics/{topic}")
        voted(way, page, "o2", "o3", again=True, receipt=receipt)
        question = votes.closes(topic)

        page.goto(f"/votes/{question}")
        way.looks(page)
        assert ANSWERS[way.language][2] in looked_for(way, page, receipt)
    with way.as_(VISITOR) as page:
        told = taken_home_and_counted(way, page, question, tmp_path)
    assert "2" in told


def taken_home_and_counted(way: Way, page: Page, question: int, folder: Path) -> str:
    """Take the papers and the program from the page, and count on the command line, without the house."""
    page.goto(f"/votes/{question}")
    recount = page.locator("details", has=page.locator("a[href$='/bundle.json']"))
    recount.locator("summary").click()
    for link, name in (("a[href$='/bundle.json']", "bundle.json"), ("a[href$='verify_tally.py']", "verify_tally.py")):
        with page.expect_download() as download:
            recount.locator(link).click()
        download.value.save_as(folder / name)
    assert (folder / "verify_tally.py").read_bytes() == (ROOT / "tools" / "verify_tally.py").read_bytes()
    counts = [sys.executable, "-I", "verify_tally.py", "bundle.json"]
    done = subprocess.run(counts, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    papers = (folder / "bundle.json").read_text()
    (folder / "bundle.json").write_text(papers.replace('"o2,o3"', '"o1"', 1))
    assert papers != (folder / "bundle.json").read_text()
    assert subprocess.run(counts, cwd=folder, capture_output=True, check=False).returncode == 1
    return done.stdout


def test_a_household_votes_by_its_representative(way: Way, put: Callable[..., int], votes: Votes) -> None:
    topic = put("One for each door", electorate="household")
    with way.as_("spouse") as spouse, way.as_("resident") as page:
        spouse.goto(f"/topics/{topic}")
        expect(form(spouse, "/vote")).to_have_count(0)
        expect(spouse.locator("#vote-box .note")).to_be_visible()
        way.looks(spouse)
        page.goto(f"/topics/{topic}")
        assert voted(way, page, "o1")
        votes.closes(topic)
        spouse.goto(f"/topics/{topic}")
        expect(spouse.locator("#vote-box", has_text="1")).to_be_visible()


def test_sealed_papers_are_handed_in_and_counted_by_two(
    way: Way, put: Callable[..., int], votes: Votes, fresh: Callable[[], str]
) -> None:
    topic = put("Paper too", "approval", secret=True)
    voter, web = fresh(), fresh()
    question = votes.question(topic)
    desk = f"/votes/{question}/desk"
    with way.as_(web) as page:
        page.goto(f"/topics/{topic}")
        assert voted(way, page, "o3")
    with way.as_("staff") as page:
        page.goto(f"/votes/{question}")
        way.follow(page, f"main a[href='{desk}']")
        found_at_the_desk(way, page, votes.name(voter))
        way.follow(page, f"#found a[href^='{desk}/{votes.row(question, voter)}?']")
        with page.expect_navigation():
            press(form(page, "/hand-in"))
        expect(page.locator("#urn-box")).to_be_visible()
        votes.last_day_comes(question)
        page.reload()
        counted(way, page, "o1", "o2", number="2")  # one lies in the urn: refused, and what was typed stays
        expect(page.locator("#urn-box .note[data-tone=alert], #urn-box .wrong")).not_to_have_count(0)
        page.locator("#urn-box [name=times]").fill("1")
        counted(way, page)
    with way.as_("staff2") as page:
        page.goto(desk)
        counted(way, page, "o1", "o2", number="1")
        expect(page.locator("#urn-box [name=line]")).to_have_count(0)
    with way.as_(voter) as page:
        page.goto(f"/topics/{topic}")
        expect(form(page, "/vote")).to_have_count(0)
        votes.closes(topic)
        papers = page.request.get(f"/votes/{question}/bundle.json").json()["papers"]
        assert sorted(paper for _receipt, paper in papers) == ["o1,o2", "o3"]


def found_at_the_desk(way: Way, page: Page, name: str) -> None:
    way.looks(page)
    page.locator("main form[role=search] [name=q]").fill(name)
    with way.step(page, says=False):
        page.locator("main form[role=search] button").click()
    expect(page.locator("#found li")).not_to_have_count(0)


def counted(way: Way, page: Page, *answers: str, number: str = "") -> None:
    """Type what the papers in the urn say: one kind of them, if any, and then that these are all."""
    box = page.locator("#urn-box")
    if not box.locator("form[action*='/urn/count']").is_visible():
        box.locator("summary", has_not=page.locator("form[action*='take-back']")).last.click()
    if answers:
        for answer in answers:
            box.locator(f".spare input[value={answer}]").check()
        box.locator("[name=times-new]").fill(number)
        with way.step(page):
            box.locator("button[formaction*='/urn/add']").click()
    with way.step(page):
        box.locator("form[action*='/urn/count'] button[data-kind=primary]").click()
