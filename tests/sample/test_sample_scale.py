"""`flask demo --scale N`: N times the households and what they did; the first of them are those of the plain street."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.kit.db import Base, db
from app.people.models import Household, Resident
from app.places.models import Place
from app.places.queries import place_by_code
from tests.worlds import Hold

# Drawn by chance on purpose: nobody may guess them. And what the whole street counts together.
BY_CHANCE = {
    "ballots.receipt_hash", "secret_papers.receipt_hash", "holds.because", "holds.request_id", "hold_ends.request_id",
    "orders.nonce", "orders.voucher_hash", "residents.password_hash", "places.households", "places.settings",
    # Disclosures are published when the one journal of all is sealed: numbered after the files of all streets.
    "disclosure_revisions.ledger_head", "uploads.id", "disclosure_attachments.upload_id",
    "disclosure_draft_attachments.upload_id", "upload_contents.upload_id",
}  # fmt: skip
# Told at the end, of everybody; or counted upwards by the street; or of the one journal of all.
AT_THE_END = {"messages", "request_counts", "topic_counts", "search_documents", "seals", "sealed_entries"}
DOUBLED = ("households", "residents", "agreements", "signatures", "disclosures", "requests", "tariffs", "team_members")


def _rows() -> dict[str, Counter[tuple[Any, ...]]]:
    found = {}
    for table in Base.metadata.sorted_tables:
        if table.name not in AT_THE_END:
            columns = [one for one in table.columns if f"{table.name}.{one.name}" not in BY_CHANCE]
            found[table.name] = Counter(map(repr, db.session.execute(select(*columns))))
    return found


def _loaded_at() -> datetime:
    street = place_by_code("s")
    assert street is not None
    return datetime.fromisoformat(street.settings["sample"])


@pytest.mark.sqlite
def test_twice_the_street_holds_the_street_itself_and_another_one_like_it(
    street_app: Flask, app: Flask, at: Hold
) -> None:
    with street_app.app_context():
        once, loaded_at = _rows(), _loaded_at()
    at(loaded_at)

    done = app.test_cli_runner().invoke(args=["demo", "--days", "60", "--scale", "2"])

    assert done.exit_code == 0, done.output
    with app.app_context():
        twice = _rows()
        assert {name: rows - twice[name] for name, rows in once.items() if rows - twice[name]} == {}
        assert {name: twice[name].total() / once[name].total() for name in DOUBLED} == dict.fromkeys(DOUBLED, 2.0)
        assert _count(Household) == 2 * 3284
        assert db.session.scalar(select(Place.households).where(Place.code == "s")) == 2 * 3284
        names = db.session.scalars(select(Resident.sign_in_name).where(Resident.sign_in_name.is_not(None))).all()
        assert len(names) == len(set(names)) == once_accounts(street_app)
        places = db.session.execute(select(Place.code, Place.name)).all()
        assert len({row.code for row in places}) == len(places)
        communities = [row.name.zh for row in places if row.code in ("a", "b", "2a", "2b")]
        assert len(set(communities)) == 4
    told = app.test_cli_runner().invoke(args=["verify"])
    assert "Everything is in order" in told.output


def once_accounts(street_app: Flask) -> int:
    with street_app.app_context():
        return _count(Resident, Resident.sign_in_name.is_not(None))


def _count(model: Any, *conditions: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0
