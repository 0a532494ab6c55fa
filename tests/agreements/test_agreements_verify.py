"""flask verify of agreements: adoptions, lines and signatures are read again, and whoever tampers is found."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from app.agreements import operations, proof
from app.agreements.models import ArticleRule, Signature, Version, VersionChange
from app.ballots.models import Ballot
from app.kit.db import db
from app.merits.models import TariffLine
from tests.agreements.compact import (
    DAY,
    EFFECT,
    Compact,
    a_compact,
    adopted,
    article,
    drafted,
    on,
    put_up,
    set_line,
    vote,
)
from tests.makers import NOON

# A tamperer with the owner's rights switches the guards off first.
_OFF = {
    "sqlite": "DROP TRIGGER {table}_no_{act}",
    "postgresql": "SET LOCAL session_replication_role = replica",
}


@pytest.fixture
def compact(context: Flask) -> Compact:
    return a_compact()


@pytest.fixture
def version(compact: Compact, at: Any) -> Version:
    """Adopted with a line of its own, in force, signed by one household; a second version replaces it later."""
    version = drafted(compact)
    set_line(compact, version)
    adopted(compact, version)
    at(on(EFFECT) + 30 * DAY)
    operations.sign(version.agreement_id, wish=None, by=compact.neighbours[0], at=on(EFFECT))
    return version


def tamper(statement: Any, *guards: tuple[str, str]) -> list[str]:
    """Do it behind the house's back; what `flask verify` finds then."""
    db.session.flush()
    for table, act in guards:
        guard = _OFF[db.engine.dialect.name].format(table=table, act=act)
        db.session.connection().exec_driver_sql(guard)
    db.session.execute(statement.execution_options(synchronize_session=False))
    db.session.expire_all()
    return [fault.where for fault in proof.faults()]


def test_what_is_in_order_is_said_to_be(compact: Compact, version: Version) -> None:
    second = operations.begin_version(version.agreement_id, by=compact.staff, at=on(EFFECT) + DAY)
    later = on(EFFECT) + 20 * DAY
    put_up(compact, second, closes_at=later, effective_from=EFFECT + 25 * DAY, at=on(EFFECT) + 17 * DAY)
    vote(compact, second, "yes", "yes", "yes", at=on(EFFECT) + 18 * DAY)
    operations.record_results(later)

    assert list(proof.faults()) == []
    assert proof.counts() == {"versions of agreements": 2, "signatures": 1}


def test_a_line_that_is_missing_or_that_nobody_set_is_found(version: Version) -> None:
    assert tamper(update(TariffLine).where(TariffLine.set_by.is_not(None)).values(code="E05")) == [
        f"version:{version.id}", f"tariff-line:{db.session.query(TariffLine.id).filter_by(code='E05').scalar()}",
    ]  # fmt: skip


def test_a_rule_added_after_the_vote_is_found(version: Version) -> None:
    line = db.session.get_one(ArticleRule, (article(version, 1).id, "E04")).line
    db.session.add(
        ArticleRule(article_id=article(version, 2).id, code="V01", behaviour=article(version, 1).text, line=line)
    )

    found = tamper(update(Version).where(Version.id == 0).values(number=9))
    assert found == [f"version:{version.id}"] * 2  # the tariff lacks its line, and the text is another one


def test_a_line_that_ends_on_another_day_is_found(version: Version) -> None:
    ends = update(TariffLine).where(TariffLine.set_by.is_not(None)).values(effective_until=EFFECT + DAY)

    assert [where.partition(":")[0] for where in tamper(ends)] == ["tariff-line"]


def test_an_outcome_that_the_ballots_do_not_bear_out_is_found(version: Version) -> None:
    assert tamper(update(Ballot).values(choice="no")) == [f"version:{version.id}"]


def test_a_stage_that_no_step_led_to_is_found(version: Version) -> None:
    assert tamper(update(VersionChange).values(to_stage="dropped"), ("version_changes", "update")) == [
        f"version:{version.id}"
    ]


@pytest.mark.parametrize("moment", [NOON, on(EFFECT) - DAY])
def test_a_signature_before_the_day_of_effect_is_found(version: Version, moment: Any) -> None:
    assert tamper(update(Signature).values(signed_at=moment), ("signatures", "update")) == [f"version:{version.id}"]
