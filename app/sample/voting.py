"""Ballots of the council's file: put as they were put, with the papers that the file counts, or as are to be expected.

Nobody sees what has been cast in a ballot that is still open; how many took part so far follows people.yaml.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from sqlalchemy import select, union_all

from app.ballots import bringing_in as past_ballots
from app.ballots import operations as ballots
from app.ballots import results
from app.ballots.models import Ballot
from app.ballots.papers import (
    ABSTAIN,
    EQUAL_RANKS,
    KINDS,
    MANY,
    METHODS,
    ONE,
    RANKING,
    SCORES,
    of_approved,
    of_ranks,
    of_scores,
)
from app.ballots.rules import Asked, Option, Text
from app.ballots.secret_models import SecretMark
from app.kit import clock
from app.kit.db import db
from app.kit.words import Words
from app.places.models import Place
from app.sample.content import Content
from app.sample.deeds import Deed, Deeds
from app.sample.street_people import Street

# Shares of a roll that vote while a ballot runs (people.yaml, demo_behaviour), by whether it is secret.
TURNOUT = {False: 0.38, True: 0.31}
ABSTAINING = 0.03
BALLOT_DAYS = 9  # how long a ballot was open that closed before the loading


def can_be_put(ballot: Content) -> bool:
    """Whether the room of ballots has its method; equal shares is one of funds, and its topic is still discussed."""
    return ballot["method"] in METHODS


@dataclass(frozen=True)
class Poll:
    """A ballot of a topic on its way into the room; `key` is the topic's, `place` whose roll it is."""

    street: Street
    key: str
    ballot: Content
    place: Place

    @property
    def opens_at(self) -> datetime:
        if "closed_days_ago" in self.ballot:
            return self.closes_at - timedelta(days=BALLOT_DAYS)
        return self.street.at - timedelta(days=self.ballot["opened_days_ago"])

    @property
    def closes_at(self) -> datetime:
        days = -self.ballot["closed_days_ago"] if self.is_over else self.ballot["closes_in_days"]
        return self.street.at + timedelta(days=days)

    @property
    def is_over(self) -> bool:
        return "closed_days_ago" in self.ballot

    @property
    def cast_at(self) -> datetime:
        """When the votes came in, all at once: half way through."""
        return self.opens_at + (min(self.closes_at, self.street.at) - self.opens_at) / 2

    def put(self, topic_id: int, text: Text) -> tuple[int, str | None]:
        """Open it as it was opened and cast its papers; the question, and how it ended if it has."""
        question = ballots.open_question(
            self._asked(), subject=f"topic:{topic_id}", place_path=self.place.path, opens_at=self.opens_at, by=None,
            at=self.opens_at, text=text,
        )  # fmt: skip
        papers = self.ballot["tally"] if self.is_over else self._so_far(question.roll_size)
        but = () if self.is_over else self._accounts()
        past_ballots.fill(question.id, papers, at=self.cast_at, but=but, seed=topic_id)
        return question.id, self._ended(question.id) if self.is_over else None

    def thank(self, question_id: int, deeds: Deeds) -> None:
        """Each person's vote earns what voting earns, whatever it was (D04); of a secret one the day alone is known."""
        urns = (select(urn.cast_by).where(urn.question_id == question_id) for urn in (Ballot, SecretMark))
        cast = set(db.session.scalars(union_all(*urns)))
        day = clock.day_bounds(clock.local(self.cast_at).date())[0]
        at = day if self.ballot["secret"] else self.cast_at
        for home in self.street.village.homes:
            for one in home.adults:
                if one.id in cast:
                    deeds.add(Deed("D04", one, f"ballot:{question_id}:{one.id}", at, at, None))

    def _asked(self) -> Asked:
        ballot = self.ballot
        return Asked(
            Words.of(ballot["question"]), self.closes_at, Fraction(str(ballot["quorum"])),
            Fraction(str(ballot["threshold"].get("share", 0))), method=ballot["method"], secret=ballot["secret"],
            options=[_option(one) for one in ballot["options"] if one["key"] != ABSTAIN],
            electorate=ballot["electorate"], default=ballot.get("default"), seats=ballot.get("seats", 1),
            best=ballot.get("best", 5), ties=ballot.get("ties", "again"),
        )  # fmt: skip

    def _accounts(self) -> list[int]:
        """The electors for whom somebody can try voting out."""
        accounts = self.street.village.accounts.values()
        if self.ballot["electorate"] == "person":
            return [one.id for one in accounts]
        homes = self.street.village.home_of
        return [homes[one].id for one in accounts if one in homes]

    def _so_far(self, roll_size: int) -> Counter[str]:
        """Drawn apart, so that nothing else depends on it."""
        draw = random.Random(self.key)  # noqa: S311 - the same on every load
        number = round(roll_size * TURNOUT[self.ballot["secret"]])
        return papers_of(self._asked(), number, draw)

    def _ended(self, question_id: int) -> str:
        """As it is counted. What the file tells of it must be so."""
        if self.ballot["secret"]:
            ballots.seal(question_id, at=self.street.at)
        count = results.outcomes([question_id], self.street.at)[question_id]
        if count.result != "carried" or list(count.winners) != self.ballot.get("chosen", list(count.winners)):
            raise ValueError(f"{self.key}: {count.result}, {', '.join(count.winners)}")
        return count.result


def _option(one: Content) -> Option:
    return Option(one["key"], Words.of(one["label"]), Words.of(one["means"]) if "means" in one else None)


def papers_of(asked: Asked, number: int, draw: random.Random) -> Counter[str]:
    """So many papers as neighbours fill them in: what stands higher on the paper is liked better, more or less."""
    keys = [one.key for one in asked.paper if one.key != ABSTAIN]
    liked = dict(zip(keys, sorted((draw.uniform(0.2, 0.9) for _ in keys), reverse=True), strict=True))
    fill_in = _FILLED_IN[KINDS[asked.method]]
    return Counter(
        ABSTAIN if draw.random() < ABSTAINING else fill_in(asked, liked, draw) for _ in range(number)
    )  # fmt: skip


Liked = Mapping[str, float]


def _one(_asked: Asked, liked: Liked, draw: random.Random) -> str:
    return draw.choices(list(liked), list(liked.values()))[0]


def _ticked(_asked: Asked, liked: Liked, draw: random.Random) -> str:
    keys = list(liked)
    return of_approved([key for key in keys if draw.random() < liked[key]] or [draw.choice(keys)], keys)


def _scored(asked: Asked, liked: Liked, draw: random.Random) -> str:
    given = {key: round(draw.gauss(share * asked.best, 1)) for key, share in liked.items()}
    return of_scores({key: min(max(score, 0), asked.best) for key, score in given.items()}, list(liked))


def _ranked(asked: Asked, liked: Liked, draw: random.Random) -> str:
    """From best to worst, the last ones often left out; where it may be, two stand equal now and then."""
    felt = {key: share + draw.gauss(0, 0.3) for key, share in liked.items()}
    order: Sequence[str] = sorted(liked, key=lambda key: felt[key], reverse=True)[: draw.randint(2, len(liked))]
    places = {key: place for place, key in enumerate(order)}
    if asked.method in EQUAL_RANKS and draw.random() < 0.1:
        places[order[1]] = places[order[0]]
    return of_ranks(places, list(liked))


_FILLED_IN: Mapping[str, Callable[[Asked, Liked, random.Random], str]] = {
    ONE: _one, MANY: _ticked, SCORES: _scored, RANKING: _ranked,
}  # fmt: skip
