"""Agreements with their versions, adoptions, comments and signatures, as the street's files tell them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from fractions import Fraction

from sqlalchemy import insert

from app.agreements.models import Agreement, AgreementEditor, Article, ArticleRule, Version, VersionChange
from app.agreements.operations.adopting import adopted
from app.agreements.operations.drafting import new_agreement, new_version
from app.agreements.text import voted_on
from app.ballots import bringing_in as past_ballots
from app.ballots import operations as ballots
from app.ballots import results as counted
from app.ballots.rules import Asked
from app.discussion.bringing_in import Incoming, bring_in_comments
from app.discussion.operations import open_thread
from app.kit import clock
from app.kit.db import db
from app.kit.words import Words
from app.reactions import rules_agreed
from app.sample.content import Content
from app.sample.deeds import Deeds
from app.sample.homes import Someone
from app.sample.signing import keep, sign, undecided
from app.sample.speakers import Speakers
from app.sample.street_people import Street

SEED = 1076  # the year of the first community compact; own numbers, so that the rest of the street stays as it is
CLOSES = time(18)
# How many days before its day of effect a version's ballot closed; then, before that, each step of its way.
LEAD, VOTED, COMMENTED, WRITTEN = 12, 9, 15, 10
QUORUM, THRESHOLD = Fraction(1, 3), Fraction(1, 2)
SO_FAR = 0.24  # of the households, in the ballot that is open
STANCES = {"replace": "for", "insert": "for", "delete": "against"}
NEWEST = "parking"  # whose newest text some have yet to sign
ADOPTED = ("in_force", "superseded", "coming", "repealed")


def load_agreements(street: Street, content: Content, more: Content, tariff: Content, deeds: Deeds) -> None:
    """All agreements, the oldest first, and who signed; the first signature of a household earns it something."""
    rng = random.Random(SEED)  # noqa: S311 - the same street on every load
    signatures: list[Content] = []
    for one in more["agreements"] + content["agreements"]:
        loading = _Loading(street, one, content, more, tariff, rng)
        loading.load()
        signatures += loading.signatures
    keep(street, signatures, deeds)


class _Loading:
    """One agreement on its way into the room."""

    def __init__(
        self, street: Street, one: Content, content: Content, more: Content, tariff: Content, rng: random.Random
    ) -> None:
        self.street, self.one, self.rng = street, one, rng
        self.key, self.place = one["key"], street.places[one["place"]]
        self.versions = [*one["versions"], *(new for new in more["versions"] if new["agreement"] == self.key)]
        self.notes, self.sets = more["notes"].get(self.key, {}), set(more["sets"].get(self.key, ()))
        self.lines = {line["code"]: line for line in tariff["lines"]}
        self.confirmers = {who["key"]: who["name"] for who in tariff["confirmers"]}
        self.amendments = [change for change in content["amendments"] if change["agreement"] == self.key]
        self.speakers = Speakers(street, one["place"], [], rng)
        self.staff = street.account("staff" if one["place"].startswith("a") else "b-staff").id
        self.homes = [home for home in street.village.homes if one["place"] in home.places]
        self.texts: dict[int, list[Content]] = {}
        self.signatures: list[Content] = []

    def load(self) -> None:
        begun = self._day(self.versions[0]) - timedelta(days=LEAD + VOTED + COMMENTED + WRITTEN)
        agreement = new_agreement(
            place=self.place, title=Words.of(self.one["title"]), preamble=Words.of(self.one["preamble"]),
            at=clock.at_local(begun, time(10)), source=self.street.source, source_id=self.key,
        )  # fmt: skip
        for role in self.one.get("editors", ()):
            db.session.add(AgreementEditor(agreement_id=agreement.id, resident_id=self.speakers.of(role).id))
        signing: list[tuple[int, Content]] = []
        for version in self.versions:
            loaded = self._version(agreement, version)
            if version["state"] in ("superseded", "in_force") and self._day(version) <= self._today():
                signing.append((loaded.id, version))
        for version_id, version in signing[-2:]:  # under the one in force and the one before
            first = clock.at_local(self._day(version), time(8))
            newest = self.key == NEWEST and version["state"] == "in_force"
            number = round(self.one["signed_share"] * len(self.homes))
            but = undecided(self.street) if newest else set()
            self.signatures += sign(self.street, self.homes, version_id, number, first=first, but=but, rng=self.rng)

    def _today(self) -> date:
        return clock.local(self.street.at).date()

    def _day(self, version: Content) -> date:
        """The day of effect; for a version on its way the day on which it would be."""
        if "effective_days_ago" in version:
            return self._today() - timedelta(days=version["effective_days_ago"])
        if "closed_days_ago" in version:
            return self._today() - timedelta(days=version["closed_days_ago"] - LEAD)
        return self._today() + timedelta(days=version.get("effective_in_days", LEAD))

    def _version(self, agreement: Agreement, one: Content) -> Version:
        steps = list(self._steps(one))
        note = self.notes.get(one["version"])
        version = new_version(
            agreement, number=one["version"], at=steps[0][1], repeals=one.get("repeals", False),
            note=Words.of(note) if note else None,
        )  # fmt: skip
        self._write(agreement, version, one)
        if one["state"] != "drafting":
            version.consulting_until = self._at(steps[1][1], COMMENTED)
            version.thread_id = open_thread(f"agreement-version:{version.id}").id
        if one["state"] == "consulting":
            first, last = one["consulting_days"]
            version.consulting_until = self._at(self.street.at, last)
            self._talk(version, self.street.at + timedelta(days=first))
        if len(steps) > 2:
            self._vote(agreement, version, one, steps[2][1])
        self._tell(version, steps)
        db.session.flush()
        if version.stage == "adopted":
            rules_agreed(adopted(agreement, version))
        return version

    def _steps(self, one: Content) -> Iterator[tuple[str, datetime]]:
        """What happened to a version and when, oldest first."""
        state = one["state"]
        closes = self._day(one) - timedelta(days=LEAD)
        if state in ("adopting", "consulting", "drafting"):
            ago = one.get("opened_days_ago", -one.get("consulting_days", [-one.get("begun_days_ago", 0)])[0])
            opens = self._today() - timedelta(days=ago)
        else:
            opens = closes - timedelta(days=VOTED)
        commented = opens if state == "consulting" else opens - timedelta(days=COMMENTED + 1)
        written = opens if state == "drafting" else commented - timedelta(days=WRITTEN)
        yield "begin", clock.at_local(written, time(10))
        if state != "drafting":
            yield "consult", clock.at_local(commented, time(10))
        if state in ("adopting", "dropped", *ADOPTED):
            yield "put_up", clock.at_local(opens, time(10))
        if state in ("dropped", *ADOPTED):
            yield "fail" if state == "dropped" else "carry", clock.at_local(closes, CLOSES)

    @staticmethod
    def _at(moment: datetime, days: int) -> datetime:
        return clock.at_local(clock.local(moment).date() + timedelta(days=days), CLOSES)

    def _tell(self, version: Version, steps: list[tuple[str, datetime]]) -> None:
        stages = {"begin": "drafting", "consult": "consulting", "put_up": "adopting", "carry": "adopted"}
        rows = [
            {
                "version_id": version.id, "at": at, "action": action, "to_stage": stages.get(action, "dropped"),
                "by_id": None if action in ("carry", "fail") else self.staff,
                "as_staff": action not in ("carry", "fail"),
            }
            for action, at in steps
        ]  # fmt: skip
        db.session.execute(insert(VersionChange), rows)
        version.stage, version.stage_since = str(rows[-1]["to_stage"]), steps[-1][1]

    def _write(self, agreement: Agreement, version: Version, one: Content) -> None:
        """The articles; one that says nearly the same as one before it is the same article."""
        for number, article in enumerate(self._text(one), 1):
            if "lineage" not in article:
                agreement.last_lineage += 1
                article["lineage"] = agreement.last_lineage
            row = Article(
                version_id=version.id, number=number, lineage=article["lineage"], text=Words.of(article["text"])
            )
            db.session.add(row)
            db.session.flush()
            for code in article.get("points", ()):
                db.session.add(self._rule(row.id, code, one))

    def _text(self, one: Content) -> list[Content]:
        """Copies of the articles of a version: as written, or the text of another one with changes."""
        if one.get("repeals"):
            return []
        changes = one.get("changes", ())
        if "articles" in one:
            before = self.texts.get(one["version"] - 1, [])
            text = _continued([dict(article) for article in one["articles"]], before)
            changes = [change for change in self.amendments if change["state"] == "accepted"]
            changes = changes if one["state"] == "consulting" else ()
        else:
            text = [dict(article) for article in self.texts[one["from"]]]
        self.texts[one["version"]] = text
        for change in changes:
            place = change["article"] - 1
            if change["operation"] == "insert":
                text.insert(place + 1, {"text": change["text"]})
            else:
                text[place] = {**text[place], "text": change["text"]}
        return text

    def _rule(self, article_id: int, code: str, one: Content) -> ArticleRule:
        line = None
        if code in self.sets:
            line = {**self.lines[code], "confirmer": self.confirmers[self.lines[code]["confirmer"]]}
            line |= {"assets": one["amounts"][code]} if code in one.get("amounts", {}) else {}
        behaviour = Words.of(self.lines[code]["behaviour"])
        return ArticleRule(article_id=article_id, code=code, behaviour=behaviour, line=line)

    def _vote(self, agreement: Agreement, version: Version, one: Content, opens_at: datetime) -> None:
        """The adoption with a roll of the households that live there, and the votes that the file counted."""
        days = one.get("closes_in_days", None)
        closes_at = self._at(self.street.at, days) if days else self._at(opens_at, VOTED)
        title, number = Words.of(self.one["title"]), one["version"]
        zh, en = f"是否通过《{title.zh}》第{number}版？", f'Shall version {number} of "{title.en}" be adopted?'
        if one.get("repeals"):
            zh, en = f"是否废止《{title.zh}》？", f'Shall "{title.en}" be repealed?'
        version.effective_from = self._day(one)
        question = ballots.open_question(
            Asked(Words(zh=zh, en=en), closes_at, QUORUM, THRESHOLD, electorate="household"),
            subject=f"agreement-version:{version.id}", place_path=self.place.path, opens_at=opens_at, by=None,
            at=opens_at, text=voted_on(agreement, version),
        )  # fmt: skip
        version.question_id = question.id
        tally = one.get("adopted") or {"yes": round(question.roll_size * SO_FAR), "no": 31, "abstain": 12}
        votes = {key: tally[key] for key in ("yes", "no", "abstain")}
        theirs = {home.id for home in self.homes if any(who.account for who in home.people)}
        but = theirs if one["state"] == "adopting" else ()
        past_ballots.fill(question.id, votes, at=opens_at + timedelta(hours=30), but=but, seed=SEED)
        if one["state"] in ("dropped", *ADOPTED):
            version.decided_at = closes_at
            version.outcome = counted.outcomes([question.id], self.street.at)[question.id].result
            if (version.outcome == "carried") is (one["state"] == "dropped"):
                raise ValueError(f"{self.key} {number}: {version.outcome}")

    def _talk(self, version: Version, began: datetime) -> None:
        """What neighbours propose to change, as comments; the editors' answers below those that they answered."""
        said: list[Incoming] = []
        for one in self.amendments:
            at = max(began + timedelta(hours=4), self.street.at - timedelta(days=one["days_ago"], hours=5))
            said.append(
                Incoming(
                    source_id=one["key"], parent_source_id=None, said_at=at, author_id=self._speaker(one).id,
                    stance=STANCES[one["operation"]], text=_proposal(one),
                )
            )  # fmt: skip
            if "editors_reason" in one:
                said.append(
                    Incoming(
                        source_id=f"{one['key']}.1", parent_source_id=one["key"], said_at=at + timedelta(days=1),
                        author_id=self.staff, official=True, text=Words.of(one["editors_reason"]),
                        signed_as=self.street.community(self.one["place"]).committee,
                    )
                )  # fmt: skip
        bring_in_comments(version.thread_id or 0, self.street.source, said)

    def _speaker(self, one: Content) -> Someone:
        return self.speakers.of(one["proposed_by"])


def _continued(text: list[Content], before: list[Content]) -> list[Content]:
    """Give each article the lineage of the one before that it continues: the same opening, or mostly the same signs."""
    free = list(before)
    for article in text:
        likest = max(free, key=lambda one: _likeness(one, article), default=None)
        if likest is not None and _likeness(likest, article) >= LEAST_LIKE:
            article["lineage"] = likest["lineage"]
            free.remove(likest)
    return text


LEAST_LIKE = 0.4


def _likeness(one: Content, other: Content) -> float:
    """The share of pairs of signs that two texts have in common (Dice), from 0 to 1."""
    first, second = (_pairs(each["text"]["zh"]) for each in (one, other))
    return 2 * len(first & second) / (len(first) + len(second))


def _pairs(text: str) -> set[str]:
    return {text[place : place + 2] for place in range(len(text) - 1)}


def _proposal(one: Content) -> Words:
    """第3条：新的文字。理由。"""
    text, reason, number = Words.of(one["text"]), Words.of(one["reason"]), one["article"]
    head = {"replace": ("第{}条改为：", "Article {} instead: "), "insert": ("第{}条后加：", "After article {}: ")}
    zh, en = head.get(one["operation"], ("第{}条：", "Article {}: "))
    return Words(zh=f"{zh.format(number)}{text.zh}\n{reason.zh}", en=f"{en.format(number)}{text.en}\n{reason.en}")
