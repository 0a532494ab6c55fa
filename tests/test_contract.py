"""The contract with outsiders (contract.md), row by row: what is built answers as written, what is not yet says 404.

Whoever builds a row moves it from `LATER` to `BUILT`; whoever changes one adds a redirect and a note in the README.
"""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.config import Settings
from tests.examples import PASSWORD, VISITOR, numbers
from tests.test_journeys import Forms, Walker

ROOT = Path(__file__).resolve().parent.parent

# Who opens the page, its path, and the status.
BUILT = (
    (VISITOR, "/", 200),
    ("resident", "/", 200),
    (VISITOR, "/sign-in", 200),
    (VISITOR, "/me", 401),
    ("resident", "/me", 200),
    ("resident", "/me/household", 200),
    ("resident", "/me/messages", 200),
    ("resident", "/me/sessions", 200),
    (VISITOR, "/language/en", 303),
    (VISITOR, "/language/zh", 303),
    (VISITOR, "/topics", 200),
    ("resident", "/topics/new", 200),
    (VISITOR, "/topics/{voting}", 200),
    (VISITOR, "/votes/{question_desk}", 200),
    ("staff", "/votes/{question_desk}/desk", 200),
    ("resident", "/votes/{question_desk}/desk", 403),
    ("b-staff", "/votes/{question_desk}/desk/{entry_typed}", 403),
    ("resident", "/votes/{question_desk}/proxy/{entry_proxy}", 200),
    ("voter001", "/votes/{question_desk}/proxy/{entry_proxy}", 403),
    ("voter001", "/votes/{question_desk}/proxies/{proxy}/{proxy_paper}", 404),
    (VISITOR, "/activities", 200),
    (VISITOR, "/activities/{today}", 200),
    ("organiser", "/activities/{today}/desk", 200),
    ("resident", "/activities/{today}/desk", 403),
    ("resident", "/points", 200),
    (VISITOR, "/points/tariff", 200),
    (VISITOR, "/points/budget", 200),
    (VISITOR, "/points/expiry", 200),
    (VISITOR, "/points/cases", 401),
    ("neighbour", "/points/cases/{reminded}", 200),
    ("resident", "/points/cases/{reminded}", 404),  # not theirs: as if it were not there
    (VISITOR, "/points/cases/figures", 200),
    (VISITOR, "/points/claims", 200),
    ("resident", "/points/claims/new", 200),
    (VISITOR, "/points/claims/new", 401),
    (VISITOR, "/points/claims/batches/{claim_batch}", 200),
    ("voter001", "/points/claims/{claim}", 404),  # not theirs
    ("resident", "/points/claims/desk", 403),
    ("resident", "/points/claims/enter", 403),
    (VISITOR, "/rewards", 200),
    (VISITOR, "/rewards/{rice}", 200),
    ("resident", "/orders/{held}", 200),
    ("voter001", "/orders/{held}", 404),  # not theirs: as if it were not there
    ("merchant", "/counter", 200),
    ("resident", "/counter", 403),
    (VISITOR, "/rankings", 200),
    (VISITOR, "/rankings?period={month}&place=a", 200),
    (VISITOR, "/requests", 200),
    ("resident", "/requests/new", 200),
    (VISITOR, "/requests/new", 401),
    (VISITOR, "/requests/{answered}", 200),
    (VISITOR, "/requests/{private}", 404),
    (VISITOR, "/sittings", 200),
    (VISITOR, "/sittings/{sitting_minutes}", 200),
    (VISITOR, "/open-days", 200),
    ("resident", "/sittings/{sitting_in_session}/attendance", 403),
    (VISITOR, "/notices", 200),
    (VISITOR, "/notices/{on_notice}", 200),
    (VISITOR, "/notices/0", 404),
    (VISITOR, "/promises", 200),
    (VISITOR, "/promises/{overdue}", 200),
    (VISITOR, "/promises/0", 404),
    (VISITOR, "/service-team", 200),
    ("resident", "/settings", 200),
    ("resident", "/settings/messages", 200),
    (VISITOR, "/settings/messages", 401),
    (VISITOR, "/messages/leave/nothing", 404),
    (VISITOR, "/join/ABCD-EFGH", 200),
    (VISITOR, "/agreements", 200),
    (VISITOR, "/agreements/{agreed}", 200),
    (VISITOR, "/agreements/{agreed}/versions/1", 200),
    (VISITOR, "/agreements/{consulted}", 200),
    (VISITOR, "/agreements/{penned}", 404),  # a text that is being written
    (VISITOR, "/disclosures", 200),
    (VISITOR, "/disclosures/{finances}", 200),
    (VISITOR, "/disclosures/calendar", 200),
    (VISITOR, "/feed.atom", 200),
    ("resident", "/disclosures/desk", 403),
    ("staff", "/work", 200),
    ("resident", "/work", 403),
    ("supervisor", "/audit", 200),
    ("resident", "/audit", 403),
    (VISITOR, "/search", 200),
    (VISITOR, "/search?q=停车", 200),
    (VISITOR, "/communities", 200),
    (VISITOR, "/places/a", 200),
    (VISITOR, "/places/a1", 404),
    (VISITOR, "/open-data", 200),
    (VISITOR, "/healthz", 200),
    (VISITOR, "/readyz", 200),
)

# Posts, and the fields that the contract names for them.
POSTS = (
    ("/sign-in", {"csrf_token"}),
    ("/sign-out", set()),
    ("/topics/<int:topic_id>/support", set()),
    ("/topics/<int:topic_id>/comments", {"csrf_token", "request_id"}),
    ("/topics/<int:topic_id>/vote", {"csrf_token", "request_id"}),
    ("/votes/<int:question_id>/contest", {"csrf_token", "request_id"}),
    ("/votes/<int:question_id>/desk/<int:entry_id>/paper", {"csrf_token", "request_id", "choice", "voter"}),
    ("/votes/<int:question_id>/desk/<int:entry_id>/counter", {"csrf_token", "request_id", "choice", "voter"}),
    ("/votes/<int:question_id>/desk/<int:entry_id>/proxy", {"csrf_token", "request_id", "holder", "voter"}),
    ("/votes/<int:question_id>/desk/<int:entry_id>/hand-in", {"csrf_token", "request_id", "voter"}),
    ("/votes/<int:question_id>/desk/urn/count", {"csrf_token", "request_id", "tally", "salt"}),
    ("/votes/<int:question_id>/proxy/<int:entry_id>/vote", {"csrf_token", "request_id", "choice"}),
    ("/activities/<int:activity_id>/sign-up", {"csrf_token", "request_id"}),
    ("/activities/<int:activity_id>/cancel", {"csrf_token", "request_id"}),
    ("/activities/<int:activity_id>/check-in", {"csrf_token", "request_id", "code"}),
    ("/activities/<int:activity_id>/check-out", {"csrf_token", "request_id"}),
    ("/agreements/<int:agreement_id>/sign", {"csrf_token", "request_id", "version"}),
    ("/notices/<int:notice_id>/objections", {"csrf_token", "request_id", "line", "text"}),
    ("/topics/<int:topic_id>/objections", {"csrf_token", "request_id", "line", "text"}),
    ("/promises/<int:promise_id>/finish", {"csrf_token", "request_id", "done_note"}),
    ("/disclosures/<int:disclosure_id>/questions", {"csrf_token", "request_id", "text", "line"}),
    (
        "/points/claims/new",
        {"csrf_token", "request_id", "line", "deed_on", "title", "text", "spot", "group", "door", "agreed"},
    ),
    ("/points/claims/<int:claim_id>/review", {"csrf_token", "request_id", "verdict", "amount", "why"}),
    ("/rewards/<int:item_id>/reserve", {"csrf_token", "request_id"}),
    ("/counter/redeem", {"csrf_token", "request_id", "voucher"}),
)

TWINS = (
    "/topics", "/topics/{voting}", "/activities", "/activities/{today}", "/points/tariff", "/points/budget",
    "/points/expiry", "/rewards",
    "/rewards/{rice}", "/rankings", "/requests", "/requests/{answered}", "/service-team", "/service-guide",
    "/disclosures", "/disclosures/{finances}", "/disclosures/calendar", "/agreements", "/agreements/{agreed}",
    "/notices", "/notices/{objected}", "/promises", "/promises/{overdue}", "/agreements/{consulted}",
    "/sittings", "/sittings/{sitting_minutes}", "/open-days",
    "/communities", "/places/a", "/seals", "/points/simulations/{simulation}", "/points/claims",
    "/points/claims/batches", "/points/claims/batches/{claim_batch}",
)  # fmt: skip
PAGED = (
    "/sittings.json",
    "/open-days.json",
    "/topics.json",
    "/activities.json",
    "/rewards.json",
    "/rankings.json",
    "/requests.json",
    "/disclosures.json",
    "/agreements.json",
    "/notices.json",
    "/promises.json",
    "/seals.json",
    "/points/claims/batches.json",
)

# Rows of later issues.
LATER = (
    "/honours",
    "/reminders", "/open311/v2/services.json", "/check/1",
    "/calendar.ics", "/metrics",
)  # fmt: skip
COMMANDS = ("demo", "tick", "import", "matrix", "verify", "seal", "backup", "restore")
DONE = ("tick", "demo", "matrix", "matrix --json", "verify", "verify --json")
LATER_COMMANDS = ("close-period",)
TARGETS = ("demo", "test", "bench", "races", "crash", "faults", "fuzz", "mutants", "gates")
LATER_TARGETS = ("scale",)
KINDS = ("places", "topics", "activities", "requests", "finances", "payments", "accounts")

NAMES = (
    "resident", "spouse", "neighbour", "newcomer", "leader", "grid", "staff", "staff2", "supervisor", "organiser",
    "reviewer", "reviewer2", "merchant", "merchant2", "street", "admin",
)  # fmt: skip


class Visits:
    """Browsers of accounts of the sample street, each signed in once, reading English."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.known = numbers(app.config["SETTINGS"].database_url, secret=app.config["SECRET_KEY"])
        self._walkers: dict[str, Walker] = {VISITOR: Walker(app.test_client())}

    def by(self, who: str) -> Walker:
        if who not in self._walkers:
            self._walkers[who] = Walker(self.app.test_client()).signs_in(who)
        return self._walkers[who]

    def client(self, who: str) -> FlaskClient:
        return self.by(who).client

    def path(self, path: str) -> str:
        return path.format(**self.known)


@pytest.fixture
def visits(street_app: Flask) -> Visits:
    return Visits(street_app)


def test_each_page_answers_as_written(visits: Visits) -> None:
    seen = [(who, path, visits.client(who).get(visits.path(path)).status_code) for who, path, _ in BUILT]

    assert seen == list(BUILT)


def test_a_refused_page_offers_a_way_to_sign_in(visits: Visits) -> None:
    assert "/sign-in?next=" in visits.client(VISITOR).get("/me").text


def test_each_post_takes_the_fields_that_are_written(street_app: Flask) -> None:
    printed = street_app.test_cli_runner().invoke(args=["matrix", "--json"])
    taken = {row["path"]: set(row["fields"]) for row in json.loads(printed.output) if "POST" in row["methods"]}

    for path, fields in POSTS:
        assert path in taken, path
        assert fields <= taken[path], path


def test_forms_that_move_something_carry_token_and_request_id(visits: Visits) -> None:
    carried = {
        **_forms(visits, "voter001", "/topics/{voting}", "/vote", "/comments"),
        **_forms(visits, "voter001", "/activities/{next}", "/sign-up"),
        **_forms(visits, "resident", "/activities/{today}", "/check-in"),
        **_forms(visits, "voter001", "/rewards/{rice}", "/reserve"),
        **_forms(visits, "voter001", "/notices/{on_notice}", "/objections"),
    }

    for ending, hidden in carried.items():
        assert hidden.get("csrf_token"), ending
        assert hidden.get("request_id"), ending


def _forms(visits: Visits, who: str, path: str, *endings: str) -> dict[str, dict[str, str]]:
    shown = Forms(visits.by(who).opens(visits.path(path)).html).found
    return {ending: next(hidden for action, hidden in shown if action.endswith(ending)) for ending in endings}


def test_the_same_request_twice_acts_once_and_other_content_is_refused(visits: Visits) -> None:
    client, path = visits.client("voter001"), visits.path("/topics/{voting}")
    hidden = _forms(visits, "voter001", path, "/comments")["/comments"]
    sent = {**hidden, "text": "Said once", "stance": "for"}

    first = client.post(f"{path}/comments", data=sent)
    again = client.post(f"{path}/comments", data=sent)
    other = client.post(f"{path}/comments", data={**sent, "text": "Something else"})

    assert (first.status_code, again.status_code, other.status_code) == (303, 303, 409)
    assert first.headers["Location"] == again.headers["Location"]
    assert client.get(path).text.count("Said once") == 1


def test_status_codes_say_what_is_wrong(visits: Visits) -> None:
    newcomer, client, path = visits.client("newcomer"), visits.client("voter001"), visits.path("/topics/{voting}")
    decided = visits.path("/topics/{decided}")
    theirs = _forms(visits, "newcomer", "/settings", "/settings")["/settings"]["csrf_token"]
    token = _forms(visits, "voter001", path, "/comments")["/comments"]["csrf_token"]

    assert newcomer.post(f"{path}/vote", data={"csrf_token": theirs, "choice": "west"}).status_code == 403
    assert client.post(f"{decided}/support", data={"csrf_token": token}).status_code == 409
    assert client.post(f"{path}/comments", data={"csrf_token": token, "stance": "for"}).status_code == 422
    assert client.post(f"{path}/comments", data={"csrf_token": token, "text": "x" * 5_000_000}).status_code == 413
    assert client.get("/topics/999999999").status_code == 404


def test_many_wrong_passwords_are_slowed(visits: Visits) -> None:
    client = visits.client(VISITOR)
    token = Forms(client.get("/sign-in").text).found[-1][1]["csrf_token"]
    sent = {"csrf_token": token, "name": "resident", "password": "not this one"}

    statuses = [client.post("/sign-in", data=sent).status_code for _ in range(12)]

    assert 429 in statuses
    assert set(statuses) <= {401, 409, 422, 429}


@pytest.mark.parametrize("path", TWINS)
def test_a_public_page_has_a_twin_with_the_same_data(visits: Visits, path: str) -> None:
    page, twin = visits.path(path), visits.client(VISITOR).get(f"{visits.path(path)}.json")
    data = twin.json
    assert isinstance(data, dict)
    shown = html.unescape(visits.by(VISITOR).opens(page).html + Walker(visits.client(VISITOR), "zh").opens(page).html)

    assert twin.mimetype == "application/json"
    things = data.get("items", [data])
    assert things
    for name in [_name(thing) for thing in things[:5]]:
        assert name in shown, name


def _name(thing: dict[str, Any]) -> str:
    """What a thing is called in English on its page: of whatever it has one of."""
    words: Any = next(thing[key] for key in ("title", "name", "behaviour", "code", "head") if key in thing)
    text = words if isinstance(words, str) else words["en"]
    return str(text)


@pytest.mark.parametrize("path", PAGED)
def test_a_list_is_paged_by_after_until_its_end(visits: Visits, path: str) -> None:
    client, seen, after, pages = visits.client(VISITOR), [], "", 0
    while after is not None and pages < 40:
        data = client.get(path, query_string={"after": after} if after else {}).json
        assert set(data) >= {"items", "next"}
        seen += [json.dumps(item, sort_keys=True) for item in data["items"]]
        after, pages = data["next"], pages + 1

    assert after is None
    assert seen
    if "rankings" not in path:  # two households may look the same there
        assert len(seen) == len(set(seen))


def test_the_data_dictionary_describes_every_twin(visits: Visits) -> None:
    page = visits.by(VISITOR).opens("/open-data").html

    for rule in visits.app.url_map.iter_rules():
        if rule.rule.endswith(".json"):
            assert re.sub(r"<[^>]*?(\w+)>", "", rule.rule).rstrip("/") in re.sub(r"&lt;[^&]*&gt;", "", page), rule.rule


@pytest.mark.parametrize("path", LATER)
def test_what_is_not_built_yet_is_not_there(visits: Visits, path: str) -> None:
    """A row that answers something else than 404 has been built: move it up."""
    assert visits.client("admin").get(path).status_code == 404


def test_the_commands_are_there(street_app: Flask) -> None:
    assert set(COMMANDS) <= set(street_app.cli.commands)
    assert not set(LATER_COMMANDS) & set(street_app.cli.commands)


@pytest.mark.parametrize(
    "arguments", [["tick"], ["demo"], ["matrix"], ["matrix", "--json"], ["verify"], ["verify", "--json"]]
)
def test_a_command_that_did_it_ends_with_nought(street_app: Flask, arguments: list[str]) -> None:
    done = street_app.test_cli_runner().invoke(args=arguments)

    assert done.exit_code == 0, done.output


@pytest.mark.parametrize("kind", KINDS)
def test_a_command_that_could_not_says_why_in_one_line(street_app: Flask, kind: str) -> None:
    done = street_app.test_cli_runner().invoke(args=["import", kind, "/no/such/file"])

    assert done.exit_code != 0
    assert len(done.output.strip().splitlines()) == 1


def test_an_unknown_kind_of_import_is_refused(street_app: Flask) -> None:
    assert street_app.test_cli_runner().invoke(args=["import", "opinions", "x"]).exit_code != 0


def test_the_targets_of_make_are_there() -> None:
    phony = set(re.findall(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.M)[0].split())

    assert set(TARGETS) <= phony
    assert not set(LATER_TARGETS) & phony


def test_the_environment_has_its_names() -> None:
    environment = {
        "DATABASE_URL": "sqlite:///x.sqlite",
        "SECRET_KEY": "s" * 40,
        "XIANGYUE_ENV": "production",
        "XIANGYUE_TIMEZONE": "Asia/Urumqi",
        "XIANGYUE_BASE_URL": "https://xiangyue.example",
    }
    settings = Settings.from_environment({**environment, "XIANGYUE_TRUSTED_PROXIES": "1"})

    assert (settings.database_url, settings.secret_key, settings.env, settings.timezone, settings.base_url) == tuple(
        environment.values()
    )
    assert Settings.from_environment({"PORT": "9000"}).base_url == "http://127.0.0.1:9000"
    assert Settings.from_environment({}).timezone == "Asia/Shanghai"
    served = (ROOT / "gunicorn.conf.py").read_text()
    assert 'environ.get("PORT", "8000")' in served.replace("'", '"')
    assert 'environ.get("WEB_WORKERS", "2")' in served


def test_the_accounts_of_the_sample_street_open(street_app: Flask) -> None:
    """All with the one password; `newcomer` alone is not verified."""
    names = [*NAMES, *(f"b-{name}" for name in NAMES), "voter001", "voter060", "voter120"]
    for name in names:
        walker = Walker(street_app.test_client()).signs_in(name)
        assert walker.path == "/", name
        assert walker.client.get("/orders").status_code == (403 if name.endswith("newcomer") else 200), name
    assert PASSWORD == "xiangyue-demo"
