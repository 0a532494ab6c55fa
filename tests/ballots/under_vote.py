"""A topic and an agreement whose ballots are open at the same time, and the offices that could want them otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule

from app.agreements.desk import STEPS as STEPS_OF_VERSION
from app.agreements.models import Article, ArticleRule, Version
from app.ballots.models import Extension, Question, QuestionOption, RollEntry
from app.cli.matrix import fields_of
from app.council.desk import STEPS as STEPS_OF_TOPIC
from app.council.models import ResolutionPoint, Topic
from app.discussion import operations as discussion
from app.kit.audit import AuditEntry
from app.kit.db import SAFE_METHODS, db
from app.kit.words import Words
from app.merits import operations as merits
from app.people.rules import Person
from app.places.models import Place
from tests import worlds
from tests.agreements.compact import CLOSES, CONSULTED, put_up
from tests.council.square import Square, a_square, in_voting
from tests.makers import a_household, a_resident, as_person, give, token_of
from tests.merits.documents import tariff_document

OPEN = CONSULTED  # an instant at which both ballots are open
# A rule's or a form's, or that of a page which says nothing else.
SENTENCE = re.compile(r'(?:data-said>|class="narrow stack">)(?:(?!</div>).)*?<(?:div|p)>\s*[^<\s][^<]{15,}', re.DOTALL)
_WHOLE = (Question, QuestionOption, RollEntry, Extension, ResolutionPoint, Article, ArticleRule)
_FIXED: tuple[Any, ...] = (
    *(select(*table.__table__.c) for table in _WHOLE),
    select(Topic.id, Topic.title, Topic.body, Topic.state, Topic.question_id, Topic.merged_into),
    select(
        Version.id, Version.stage, Version.note, Version.question_id, Version.effective_from, Version.repeals,
        Version.consulting_until,
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Door:
    """One form that is sent to something with an open ballot. `kept`: a refused try of staff is written down.

    `late`: only one that comes after closing, as at the desk.
    """

    path: str
    endpoint: str
    fields: tuple[str, ...]
    question: str  # which of the ballots it is about
    kept: bool
    late: bool


class World(worlds.World):
    """`topic` and version `number` of `agreement` are under vote, each with something said about it."""

    square: Square

    def furnish(self) -> None:
        self.square = square = a_square()
        merits.load_tariff(
            tariff_document(), place_id=square.community.id, effective_from=date(2026, 1, 1), by_id=None, at=OPEN
        )
        topic = in_voting(square, closes_at=CLOSES, points=[Words(zh="建一座棚", en="A shed is built")])
        version = put_up(square)  # type: ignore[arg-type] # neighbours with their staff are all it asks for
        articles = select(Article.id).where(Article.version_id == version.id).order_by(Article.number)
        self.questions = {"topic": topic.question_id, "agreement": version.question_id}
        self.entries = {name: _somebody_on_the_roll(question) for name, question in self.questions.items()}
        self.gaps: dict[str, dict[str, Any]] = {
            "topic": {"topic_id": topic.id, "comment_id": self._said(topic.thread_id), "step": STEPS_OF_TOPIC},
            "agreement": {
                "agreement_id": version.agreement_id, "number": version.number, "step": STEPS_OF_VERSION,
                "comment_id": self._said(version.thread_id), "article_id": db.session.scalars(articles).first(),
            },
        }  # fmt: skip
        here = square.street
        self.offices = {"staff": square.staff} | {
            name: _holds(role, place, square)
            for name, role, place in (
                ("street", "street", here.street), ("admin", "admin", here.street),
                ("elsewhere", "staff", here.village),
            )
        }  # fmt: skip

    def _said(self, thread_id: int | None) -> int:
        words = Words(zh="我同意", en="I agree")
        by = self.square.neighbours[1]
        return discussion.comment(thread_id or 0, text=words, stance="for", by=by, at=OPEN).id

    def doors(self) -> Iterator[Door]:
        """Every form of the house whose address names the topic, the version or the ballot of either."""
        for rule in self.app.url_map.iter_rules():
            if (rule.methods or set()) <= SAFE_METHODS:
                continue
            for name, gaps in self.gaps.items():
                known = {**gaps, "question_id": self.questions[name], "entry_id": self.entries[name], "proxy_id": 1}
                if rule.arguments and rule.arguments <= set(known):
                    yield from self._filled(rule, known, name)

    def _filled(self, rule: Rule, known: dict[str, Any], question: str) -> Iterator[Door]:
        view = self.app.view_functions[rule.endpoint]
        wanted = {name: known[name] for name in sorted(rule.arguments)}
        choices = [value if isinstance(value, tuple) else (value,) for value in wanted.values()]
        fields = tuple(fields_of(view))
        for values in product(*choices):
            with self.app.test_request_context():
                built = rule.build(dict(zip(wanted, values, strict=True)), append_unknown=False)
            assert built is not None
            noted, late = hasattr(view, "noted"), str(rule.endpoint).startswith("ballots_desk.")
            yield Door(built[1], str(rule.endpoint), fields, question, noted and not late, noted and late)

    def fixed(self) -> list[str]:
        """All that was published at opening, row by row."""
        with self.inside():
            return [str(list(db.session.execute(query))) for query in _FIXED]

    def tries(self) -> list[tuple[int | None, str, Any]]:
        """Who tried what on which ballot, oldest first."""
        with self.inside():
            entries = db.session.scalars(
                select(AuditEntry).where(AuditEntry.act == "ballots.try").order_by(AuditEntry.id)
            )
            return [(one.actor_id, one.subject, one.detail["tried"]) for one in entries]


def _somebody_on_the_roll(question_id: int | None) -> int:
    mine = select(RollEntry.id).where(RollEntry.question_id == question_id)
    return db.session.scalars(mine.order_by(RollEntry.id.desc()).limit(1)).one()


def _holds(role: str, place: Place, square: Square) -> Person:
    """Somebody of a household of the village who holds it."""
    one = a_resident(a_household(square.street.village_group))
    give(role, one, place)
    return as_person(one)


# What is sent in each field; all others get a whole number, which many a field takes.
_SENT = {
    "wording": "Shall something else be asked?", "options": "West\nEast", "other": "Something quite different",
    "why": "Because we want it so", "text": "Something quite different", "note": "Something new",
    "quorum": "1/5", "quorum_of": "roll", "threshold": "1/2", "method": "yes_no", "electorate": "household",
    "ties": "lot", "secret": "y", "effective_from": "2026-12-31", "stance": "for", "because": "It names a number",
    "title": "Another title", "body": "Another text of the topic", "choice": "yes", "code": "E04",
    "behaviour": "Something else", "window": "month", "per": "resident", "honour": "1", "request_id": "",
}  # fmt: skip


def send(client: FlaskClient, door: Door, token: str, **fields: str) -> Any:
    """The form of that door filled in, with fields that no form of the house has beside it."""
    beside = {"closes_at": "2026-11-19T00:00", "opens_at": "2026-11-01T00:00", "roll_size": "1", "state": "closed"}
    sent = dict.fromkeys((name for name in door.fields if name != "roles"), "1") | _SENT | beside | fields
    return client.post(door.path, data=sent | {"csrf_token": token})


def token(client: FlaskClient) -> str:
    return token_of(client, "/settings")
