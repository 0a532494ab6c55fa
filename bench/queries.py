"""How many SQL statements a page costs, transaction control left out."""

from __future__ import annotations

import sys

from flask.testing import FlaskClient

from app import create_app
from app.config import Settings
from app.kit.db import db
from bench.pages import PASSWORD, READER, pages
from bench.result import Result
from bench.street import street_database
from tests.races.harness import hidden_fields
from tests.statements import statements

LISTING, OTHER = 6, 12


def measure() -> list[Result]:
    """The dearest listing and the dearest other page; each page over its limit is named."""
    worst = {True: 0, False: 0}
    with street_database() as database:
        app = create_app(Settings(env="test", database_url=database, secret_key="bench" * 10))
        reader = _signed_in(app.test_client())
        for page in pages(database):
            reader.get(page.path)  # what a worker keeps after its first request is not the page's cost
            with statements() as seen:
                status = reader.get(page.path).status_code
            if status != 200:
                raise RuntimeError(f"GET {page.path} answered {status}")
            if len(seen) > (LISTING if page.listing else OTHER):
                print(f"# {page.path}: {len(seen)} statements", *seen, sep="\n#   ", file=sys.stderr)
            worst[page.listing] = max(worst[page.listing], len(seen))
        with app.app_context():
            db.engine.dispose()
    return [Result("queries-listing", worst[True], LISTING), Result("queries-other", worst[False], OTHER)]


def _signed_in(client: FlaskClient) -> FlaskClient:
    token = hidden_fields(client.get("/sign-in").text)["csrf_token"]
    answer = client.post("/sign-in", data={"name": READER, "password": PASSWORD, "csrf_token": token})
    if answer.status_code != 303:
        raise RuntimeError(f"{READER} could not sign in: {answer.status_code}")
    return client
