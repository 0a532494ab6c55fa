"""Every kind of person before every door of the house: the printed matrix is what the doors do."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.routing import Rule

from app.cli.matrix import Route, fields_of, routes
from app.kit.access import Door
from app.kit.db import SAFE_METHODS
from app.kit.security import csrf
from app.people.rules import KINDS_OF_PEOPLE, ROLES
from tests.makers import a_household, a_resident, a_street, give, kept, sign_in

# The browser itself posts these, without a token.
WITHOUT_TOKEN = {"house.csp_report"}
ANSWER = "the door was open"
SEED = "0123456789abcdef0123456789abcdef01234567"


@dataclass(frozen=True)
class Way:
    """One way to knock: an address with something in its gaps, and one method."""

    rule: Rule
    method: str

    @property
    def endpoint(self) -> str:
        return str(self.rule.endpoint)

    def path(self, app: Flask) -> str:
        return path_of(self.rule, app)


def path_of(rule: Rule, app: Flask) -> str:
    """An address that fits the rule: 1 for a number, "x" for text, the first of a choice."""
    values = {}
    for name, converter in rule._converters.items():
        items = getattr(converter, "items", None)
        number = getattr(converter, "num_convert", None)
        values[name] = sorted(items)[0] if items else 1 if number else "x"
    with app.test_request_context():
        built = rule.build(values, append_unknown=False)
    assert built is not None
    return built[1]


def ways(app: Flask) -> list[Way]:
    return [
        Way(rule, method)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"OPTIONS"})
    ]


@pytest.fixture
def people(app: Flask) -> dict[str, FlaskClient]:
    """One browser for each kind of person; role holders are verified residents."""
    with app.app_context(), kept():
        street = a_street()
        at = {"household_rep": street.group, "leader": street.group, "grid": street.grid, "street": street.street}
        at["admin"] = street.street
        ids = {"newcomer": a_resident(None).id, "resident": a_resident(a_household(street.group)).id}
        for role in ROLES:
            resident = a_resident(a_household(street.group))
            give(role, resident, at.get(role, street.community))
            ids[role] = resident.id
    browsers = {"visitor": app.test_client()}
    for kind, resident_id in ids.items():
        with app.app_context():
            browsers[kind] = sign_in(app.test_client(), resident_id)
    return browsers


@pytest.fixture
def open_doors(app: Flask) -> Iterator[Flask]:
    """Behind every door a view that only says that it was reached: what is tested is the door itself."""
    views = dict(app.view_functions)

    for endpoint, view in views.items():
        app.view_functions[endpoint] = stand_in(getattr(view, "door", None))
    yield app
    app.view_functions.update(views)


def stand_in(door: Door | None) -> Callable[..., str]:
    def reached(**_values: object) -> str:
        return ANSWER

    reached.door = door  # type: ignore[attr-defined]
    return reached


def test_the_matrix_names_every_route(app: Flask) -> None:
    listed = {(route.path, method) for route in routes(app) for method in route.methods}
    known = {
        (rule.rule, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }

    assert listed == known


@pytest.mark.parametrize("kind", KINDS_OF_PEOPLE)
def test_each_door_opens_to_whom_it_says(open_doors: Flask, people: dict[str, FlaskClient], kind: str) -> None:
    """Page and fragment, every method: open means reached, shut means 401 for a visitor and 403 for anybody else."""
    client, wrong = people[kind], []
    token = token_of_session(client)
    for way in ways(open_doors):
        door: Door = open_doors.view_functions[way.endpoint].door  # type: ignore[attr-defined]
        is_open = door.opens_to_kind(kind) or door.kind == "loopback"  # the test client calls from 127.0.0.1
        expected = 200 if is_open else 401 if kind == "visitor" else 403
        for headers in ({}, {"HX-Request": "true"}):
            fields = {} if way.method in SAFE_METHODS else {"csrf_token": token}
            answer = client.open(way.path(open_doors), method=way.method, data=fields, headers=headers)
            reached = answer.get_data(as_text=True) == ANSWER or (is_open and way.method == "HEAD")
            if answer.status_code != expected or reached != is_open:
                wrong.append(f"{way.method} {way.rule.rule} {headers}: {answer.status_code}, expected {expected}")

    assert wrong == []


def token_of_session(client: FlaskClient) -> str:
    """A token for the client's session, made as a page would make it."""
    with client.session_transaction() as session:
        session["csrf_token"] = SEED
    signer = URLSafeTimedSerializer(client.application.config["SECRET_KEY"], salt="wtf-csrf-token")
    return str(signer.dumps(SEED))


@pytest.mark.parametrize("kind", KINDS_OF_PEOPLE)
def test_no_page_fails_whoever_asks(app: Flask, people: dict[str, FlaskClient], kind: str) -> None:
    """The real pages over an almost empty street: shut doors stay shut, open ones answer, and nothing breaks."""
    wrong = []
    for way in ways(app):
        door: Door = app.view_functions[way.endpoint].door  # type: ignore[attr-defined]
        if way.method != "GET" or door.kind == "loopback":
            continue
        status = people[kind].get(way.path(app)).status_code
        shut = 401 if kind == "visitor" else 403
        fine = status not in (401, 403) and status < 500 if door.opens_to_kind(kind) else status == shut
        if not fine:
            wrong.append(f"{way.rule.rule}: {status}")

    assert wrong == []


def unsafe(app: Flask) -> list[Way]:
    return [way for way in ways(app) if way.method not in SAFE_METHODS]


@pytest.fixture
def everything(app: Flask) -> FlaskClient:
    """Somebody to whom all doors open, so that only the token can be in the way."""
    with app.app_context(), kept():
        street = a_street()
        resident = a_resident(a_household(street.group))
        for role in ROLES:
            give(role, resident, street.street)
        resident_id = resident.id
    with app.app_context():
        return sign_in(app.test_client(), resident_id)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"HX-Request": "true"},
        {"Content-Type": "text/plain"},
        {"X-CSRFToken": "made up"},
        {"X-HTTP-Method-Override": "GET"},
    ],
    ids=str,
)
def test_nothing_changes_without_a_token(open_doors: Flask, everything: FlaskClient, headers: dict[str, str]) -> None:
    let_in = [
        way.rule.rule
        for way in unsafe(open_doors)
        if everything.open(way.path(open_doors), method=way.method, headers=headers).status_code != 403
    ]

    assert let_in == []


def test_only_the_reports_of_browsers_need_no_token(app: Flask) -> None:
    exempt = {
        endpoint
        for endpoint, view in app.view_functions.items()
        if f"{view.__module__}.{view.__name__}" in csrf._exempt_views
    }

    assert exempt == WITHOUT_TOKEN
    assert csrf._exempt_blueprints == set()


def test_the_token_of_somebody_else_or_in_the_address_opens_nothing(open_doors: Flask, everything: FlaskClient) -> None:
    own = token_of_session(everything)
    signer = URLSafeTimedSerializer(open_doors.config["SECRET_KEY"], salt="wtf-csrf-token")
    foreign = str(signer.dumps("f" * 40))
    let_in = []
    for way in unsafe(open_doors):
        path = way.path(open_doors)
        let_in += [
            f"{way.rule.rule} {sent}"
            for sent in ({"data": {"csrf_token": foreign}}, {"query_string": {"csrf_token": own}})
            if everything.open(path, method=way.method, **sent).status_code != 403
        ]

    assert let_in == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://evil.example/localhost"},
        {"Origin": "http://localhost:1"},
    ],
    ids=str,
)
def test_no_other_site_changes_anything(open_doors: Flask, everything: FlaskClient, headers: dict[str, str]) -> None:
    token = token_of_session(everything)
    let_in = [
        way.rule.rule
        for way in unsafe(open_doors)
        if everything.open(
            way.path(open_doors), method=way.method, headers=headers, data={"csrf_token": token}
        ).status_code
        != 403
    ]

    assert let_in == []


def test_with_its_own_token_the_same_requests_get_through(open_doors: Flask, everything: FlaskClient) -> None:
    """So that the tests above do not pass for another reason."""
    token = token_of_session(everything)
    shut = [
        way.rule.rule
        for way in unsafe(open_doors)
        if everything.open(
            way.path(open_doors),
            method=way.method,
            data={"csrf_token": token},
            headers={"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"},
        ).status_code
        != 200
    ]

    assert shut == []


def test_the_command_prints_the_same_as_json(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["matrix", "--json"])

    assert result.exit_code == 0
    listed = {(row["path"], *row["methods"]): row for row in json.loads(result.output)}
    sign_in_row = listed["/sign-in", "POST"]
    assert sign_in_row["fields"] == ["csrf_token", "name", "password", "next"]
    assert sign_in_row["open_to"] == dict.fromkeys(KINDS_OF_PEOPLE, True)
    assert {kind for kind, may in listed["/audit", "GET"]["open_to"].items() if may} == {
        "supervisor",
        "street",
        "admin",
    }


def test_the_command_prints_a_table(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["matrix"])

    assert result.exit_code == 0
    assert any(line.startswith("POST") and " /sign-in " in line for line in result.output.splitlines())


def test_the_command_fails_when_a_route_says_nothing(app: Flask) -> None:
    view = app.view_functions["house.healthz"]
    app.view_functions["house.healthz"] = lambda: ""
    try:
        result = app.test_cli_runner().invoke(args=["matrix"])
    finally:
        app.view_functions["house.healthz"] = view

    assert result.exit_code == 1
    assert "no door declared: /healthz" in result.output


def takes_a_form(app: Flask, route: Route) -> bool:
    return bool(fields_of(app.view_functions[route.endpoint]))


def test_every_form_of_people_is_declared(app: Flask) -> None:
    silent = [
        route.path
        for route in routes(app)
        if route.endpoint.startswith("people.") and "POST" in route.methods and not takes_a_form(app, route)
    ]

    assert silent == ["/sign-out"]  # a button with nothing but its token
