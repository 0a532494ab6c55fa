"""A community that writes its own rules, for the tests of agreements."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from app.agreements import operations
from app.agreements.models import Agreement, Article, Version
from app.agreements.operations import OwnLine
from app.ballots import operations as ballots
from app.ballots.rules import Asked
from app.kit import clock
from app.kit.db import db
from app.kit.words import Words
from app.merits import operations as merits
from tests.makers import NOON, a_street
from tests.merits.documents import tariff_document
from tests.neighbours import Neighbours

DAY = timedelta(days=1)
TODAY = clock.local(NOON).date()
CONSULTED = NOON + 15 * DAY
CLOSES = NOON + 20 * DAY
EFFECT = TODAY + timedelta(days=25)
TEXTS = (
    Words(zh="清洁日大家一起来。", en="On clean-up day we all come."),
    Words(zh="楼道不堆物。", en="Nothing is left on the stairs."),
)


class Compact(Neighbours):
    """Six neighbours who write their own rules, where a tariff is in force."""


def a_compact() -> Compact:
    street = a_street()
    compact = Compact(street)
    compact.settle(6)
    merits.load_tariff(
        tariff_document(), place_id=street.community.id, effective_from=date(2026, 1, 1), by_id=None, at=NOON
    )
    db.session.flush()
    return compact


def drafted(compact: Compact, **values: Any) -> Version:
    """A first version with two articles, still being written; the title and the place can be others."""
    known: dict[str, Any] = {
        "place": compact.street.community, "title": Words(zh="楼道公约", en="Stairs agreement"),
        "preamble": Words(zh="楼道是大家的路。", en="The stairs are everyone's way."), "by": compact.staff, "at": NOON,
    }  # fmt: skip
    agreement = operations.begin_agreement(**(known | values))
    version = db.session.query(Version).filter_by(agreement_id=agreement.id).one()
    for text in TEXTS:
        operations.write_article(version.id, text=text, by=compact.staff)
    return version


def article(version: Version, number: int) -> Article:
    return db.session.query(Article).filter_by(version_id=version.id, number=number).one()


def set_line(compact: Compact, version: Version, code: str = "E04", honour: int = 7, **values: Any) -> None:
    """Let the first article set a line: seven of honour and of points instead of five."""
    own = OwnLine(honour=honour, points=honour, **values)
    operations.add_rule(article(version, 1).id, code=code, own=own, by=compact.staff, at=NOON)


def consulted(compact: Compact, version: Version | None = None, *, at: datetime = NOON) -> Version:
    version = version or drafted(compact)
    return operations.consult(version.id, until=at + 15 * DAY, by=compact.staff, at=at)


def put_up(compact: Compact, version: Version | None = None, **values: Any) -> Version:
    """Up for adoption from the end of the comments, closing five days later, in force from the tenth day on."""
    version = consulted(compact, version)
    asked: dict[str, Any] = {
        "wording": Words(zh="是否通过？", en="Adopt it?"), "quorum": Fraction(1, 3), "threshold": Fraction(1, 2),
        "closes_at": CLOSES,
    }  # fmt: skip
    known = {"effective_from": EFFECT, "by": compact.staff, "at": CONSULTED}
    own = {key: values.pop(key) for key in list(values) if key not in known}
    return operations.put_to_vote(version.id, Asked(**(asked | own)), **(known | values))


def vote(compact: Compact, version: Version, *choices: str, at: datetime = CONSULTED) -> None:
    assert version.question_id is not None
    for who, choice in zip(compact.neighbours, choices, strict=False):
        ballots.cast(version.question_id, choice=choice, by=who, at=at)


def adopted(compact: Compact, version: Version | None = None, **values: Any) -> Version:
    """Carried by four households to one, and written down."""
    version = put_up(compact, version, **values)
    vote(compact, version, "yes", "yes", "yes", "yes", "no")
    operations.record_results(values.get("closes_at", CLOSES))
    db.session.refresh(version)
    return version


def agreement_of(version: Version) -> Agreement:
    return db.session.get_one(Agreement, version.agreement_id)


def on(day: date) -> datetime:
    """Noon of that day."""
    return clock.at_local(day) + timedelta(hours=12)
