"""The main chain as people live it, by plain forms, from outside: no script, no shortcut, no look into the database.

A resident reads, comments and votes; a volunteer signs up, checks in and has the hours confirmed; honour, points and
minutes are posted; the family's place follows; points turn into a bag of rice.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.kit import clock
from tools import verify_tally

PASSWORD = "xiangyue-demo"


class Forms(HTMLParser):
    """The forms of a page: where they go, and what their hidden fields and first choices hold."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if tag == "form":
            self.found.append((known.get("action") or "", {}))
        elif tag == "input" and self.found and known.get("type") == "hidden" and known.get("name"):
            self.found[-1][1][str(known["name"])] = known.get("value") or ""


class Walker:
    """Somebody with a browser: opens pages, fills in the forms that stand on them, follows where they lead."""

    def __init__(self, client: FlaskClient, language: str = "en") -> None:
        self.client = client
        self.headers = {"Accept-Language": language}
        self.page: TestResponse | None = None

    @property
    def html(self) -> str:
        assert self.page is not None
        return self.page.text

    @property
    def path(self) -> str:
        """Where this page stands."""
        assert self.page is not None
        return self.page.request.path

    @property
    def text(self) -> str:
        assert self.page is not None
        return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", self.page.text))

    def opens(self, path: str, status: int = 200) -> Walker:
        self.page = self.client.get(path, headers=self.headers)
        assert self.page.status_code == status, (path, self.page.status_code, self.text[:400])
        return self

    def fills(self, action: str, status: int = 303, **fields: str) -> Walker:
        """Send the form on this page whose address ends in `action`, and follow the 303."""
        assert self.page is not None
        forms = [
            (where, hidden) for where, hidden in Forms(self.page.text).found if where.split("?")[0].endswith(action)
        ]
        assert forms, f"no form to {action} on the page: {self.text[:600]}"
        where, hidden = forms[0]
        self.page = self.client.post(where, data={**hidden, **fields}, headers=self.headers)
        assert self.page.status_code == status, (where, self.page.status_code, self.text[:800])
        if status == 303:
            self.opens(self.page.headers["Location"])
        return self

    def signs_in(self, name: str) -> Walker:
        return self.opens("/sign-in").fills("/sign-in", name=name, password=PASSWORD)

    def first(self, pattern: str) -> str:
        assert self.page is not None
        found = re.search(pattern, self.page.text)
        assert found, f"{pattern} is not on the page: {self.text[:600]}"
        return found.group(1)


Walkers = Callable[[str], Walker]
RICE = 40  # points
CLEAN_UP = 5  # honour, line E04
OFFERED = r'href="(/topics/\d+)"'
RECEIPT = r">[^<>]*\b([0-9A-Z]{4}(?:-[0-9A-Z]{4}){4})"  # as it is shown, not as the value of a field


@pytest.fixture(params=["zh", "en"])
def walker(request: pytest.FixtureRequest, street_app: Flask) -> Walkers:
    """`walker("resident")` is that account of the sample street, signed in, reading in this language; "" a visitor."""

    def walks(name: str) -> Walker:
        visitor = Walker(street_app.test_client(), request.param)
        return visitor.signs_in(name) if name else visitor

    return walks


def test_a_resident_reads_comments_answers_and_votes(walker: Walkers) -> None:
    resident = walker("resident").opens("/topics?state=voting")
    topic = resident.first(rf"{OFFERED}[^>]*>[^<]*(?:充电棚|charging shed)")
    resident.opens(topic).fills("/comments", status=422, text="Near the gate, please.")
    assert "Near the gate, please." in resident.html, "what was typed is still there"
    resident.fills("/comments", text="Near the gate, please.", stance="for")
    assert "Near the gate, please." in resident.text

    resident.opens(resident.first(r'href="(/topics/\d+\?reply=\d+)').replace("&amp;", "&"))
    resident.fills("/comments", text="And lit at night.")
    assert "And lit at night." in resident.text

    resident.opens(topic).fills("/vote", status=422)
    resident.fills("/vote", choice="west")
    before = resident.first(RECEIPT)
    resident.fills("/vote", choice="b6")
    after = resident.first(RECEIPT)
    assert before != after, "a changed vote has another receipt"


def test_a_secret_vote_is_cast_changed_with_its_receipt_and_found_again_after_closing(walker: Walkers) -> None:
    resident = walker("resident").opens("/topics?state=voting")
    topic = next(one for one in topics_offered(resident.html) if "score-" in resident.opens(one).html)
    keys = sorted(set(re.findall(r'name="score-(\w+)"', resident.html)))
    resident.fills("/vote", status=422)
    resident.fills("/vote", status=200, **{f"score-{key}": "5" for key in keys})
    receipt = resident.first(RECEIPT)

    resident.opens(topic)
    assert receipt not in resident.html, "it is shown once"
    changed = {f"score-{key}": "1" for key in keys}
    resident.fills("/vote", status=409, receipt="0000-0000-0000-0000-0000", **changed)
    resident.opens(topic).fills("/vote", status=200, receipt=receipt, **changed)
    vote = resident.opens(topic).first(r'href="(/votes/\d+)"')
    resident.opens(f"{vote}/bundle.json", status=404)

    with clock.fixed(clock.now() + timedelta(days=60)):
        visitor = walker("").opens(vote)
        visitor.fills("/receipt", status=200, receipt="0000-0000-0000-0000-0000")
        assert " 1, " not in visitor.first(r"data-said>(.*?)</div>")
        visitor.fills("/receipt", status=200, receipt=receipt.replace("-", " ").lower())
        assert visitor.first(r"data-said>(.*?)</div>").count(" 1") == len(keys), "as it was changed"
        assert verify_tally.own_paper(visitor.client.get(f"{vote}/bundle.json").json, receipt).count("1") == len(keys)


def topics_offered(html: str) -> list[str]:
    return list(dict.fromkeys(re.findall(OFFERED, html)))


def test_a_topic_is_proposed_and_supported(walker: Walkers) -> None:
    resident = walker("resident").opens("/topics/new")
    place = resident.first(r'<option[^>]*value="(\d+)"')
    resident.fills(
        "/topics/new", place=place, kind="facilities", title="A bench by the gate", body="For those who wait."
    )
    assert "A bench by the gate" in resident.text


def test_hours_turn_into_honour_points_and_a_better_place(walker: Walkers) -> None:
    organiser = walker("organiser")
    voters = (walker(f"voter{number}") for number in range(120, 90, -1))
    volunteer = next(one for one in voters if 0 < to_the_next_place(one) <= CLEAN_UP)
    points, (place, honour) = available(volunteer), standing(volunteer)
    activity = activity_of_today(organiser)

    volunteer.opens(activity).fills("/sign-up")
    organiser.opens(f"{activity}/desk")
    digits = organiser.first(r'class="digits">([\d ]+)<').replace(" ", "")
    volunteer.opens(activity).fills("/check-in", status=409, code="000000")
    assert 'value="000000"' in volunteer.html
    volunteer.fills("/check-in", code=digits).fills("/check-out")
    assert available(volunteer) == points, "nothing is posted before somebody confirms"
    organiser.opens(f"{activity}/desk").fills("/desk/confirm-all")

    assert available(volunteer) > points
    now, honour_now = standing(volunteer)
    assert honour_now > honour
    assert now < place


def test_points_turn_into_a_bag_of_rice(walker: Walkers) -> None:
    resident, merchant = walker("resident"), walker("merchant")
    points = available(resident)
    rice = resident.opens("/rewards?category=food").first(r'href="(/rewards/\d+)"[^>]*>[^<]*(?:Rice|大米)')
    left = shelf(resident, rice)
    resident.opens(rice).fills("/reserve")
    order = resident.path
    digits = resident.first(r'class="digits"[^>]*>([\d ]+)<')
    assert (available(resident), shelf(resident, rice)) == (points - RICE, left - 1), "held at once"

    merchant.opens("/counter").fills("/look-up", status=422, voucher="000000000000")
    assert "000000000000" in merchant.html
    merchant.fills("/look-up", status=200, voucher=digits).fills("/redeem")
    assert (available(resident), shelf(resident, rice)) == (points - RICE, left - 1), "and no second time"
    resident.opens(order)
    assert 'class="seal" data-tone="done"' in resident.html
    merchant.opens("/counter").fills("/look-up", status=409, voucher=digits)


def test_a_reservation_given_up_frees_points_and_stock(walker: Walkers) -> None:
    resident = walker("resident")
    points = available(resident)
    rice = resident.opens("/rewards?category=food").first(r'href="(/rewards/\d+)"[^>]*>[^<]*(?:Rice|大米)')
    left = shelf(resident, rice)
    resident.opens(rice).fills("/reserve").fills("/cancel")

    assert (available(resident), shelf(resident, rice)) == (points, left)


def available(walker: Walker) -> int:
    """The points that this person's household can spend, as its statement says."""
    return number(walker.opens("/points").first(r'<dl class="figures">\s*<div><dt>[^<]*</dt><dd>([\d,]+)'))


def standing(walker: Walker) -> tuple[int, int]:
    """Place and honour of this person's household in its group, as its page says."""
    figures = walker.opens("/rankings/household").first(r'<dl class="figures">([\s\S]*?)</dl>')
    place, honour = re.findall(r"</dt><dd>([\d,]+)", figures)[:2]
    return number(place), number(honour)


def to_the_next_place(walker: Walker) -> int:
    """How much honour is missing, as its page says; 0 for whoever stands first."""
    figures = walker.opens("/rankings/household").first(r'<dl class="figures">([\s\S]*?)</dl>')
    missing = re.search(r"\d[\d,]*", figures[figures.rindex("<dd>") :])
    return number(missing[0]) if missing else 0


def shelf(walker: Walker, item: str) -> int:
    return int(walker.client.get(f"{item}.json").json["left"])


def activity_of_today(organiser: Walker) -> str:
    """The activity on the organiser's list that takes check-ins and on which nobody is yet."""
    items = organiser.client.get("/activities.json").json["items"]
    for item in items:
        path = f"/activities/{item['id']}"
        if organiser.client.get(f"{path}/desk").status_code == 200:
            organiser.opens(f"{path}/desk")
            if 'class="digits"' in organiser.html and "desk/tick" not in organiser.html:
                return path
    raise AssertionError("no activity of `organiser` takes check-ins now")


def number(words: str) -> int:
    return int(words.replace(",", ""))
