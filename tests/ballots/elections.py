"""Random elections of every method, for tests by property."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

from app.ballots.bundle import bundle_of
from app.ballots.counting import TIES, Terms, ballots_needed, lot_of
from app.ballots.papers import ABSTAIN, EQUAL_RANKS, KINDS, MANY, METHODS, ONE, SCORES, of_approved, of_ranks, of_scores

QUESTION = {"wording": {"zh": "选哪一个？", "en": "Which one?"}}
THRESHOLDS = ("0", "1/3", "1/2", "2/3", "3/4")


def an_election(seed: int, *, papers: int | None = None) -> dict[str, Any]:
    """The bundle of an election: small ones, so that ties, quorums and thresholds are met often."""
    draw = random.Random(seed)
    method = draw.choice(METHODS)
    options = ["yes", "no"] if method == "yes_no" else [f"o{number}" for number in range(1, draw.randint(2, 6) + 1)]
    cast = draw.randint(0, 14) if papers is None else papers
    roll, roll_hash, quorum = cast + draw.randint(0, 5) or 1, f"{seed:064x}", Fraction(draw.choice(("0", "1/5", "1/2")))
    default = draw.choice([None, options[-1]]) if method == "schulze" else None
    terms = Terms(
        method, options, roll, ballots_needed(quorum, roll), Fraction(draw.choice(THRESHOLDS)),
        of_roll=draw.random() < 0.2, default=default, lot=lot_of(roll_hash, options), ties=draw.choice(TIES),
        ratios={key: Fraction(3) for key in options[:-1] if draw.random() < 0.2} if default else {},
        seats=draw.randint(1, 3) if method == "transferable" else 1,
    )  # fmt: skip
    listed = [(f"{draw.getrandbits(256):064x}", a_paper(draw, terms)) for _ in range(cast)]
    return bundle_of(QUESTION, terms, listed, roll_hash=roll_hash, quorum=quorum, quorum_of=roll)


def a_paper(draw: random.Random, terms: Terms) -> str:
    options, kind = list(terms.options), KINDS[terms.method]
    if draw.random() < 0.1:
        return ABSTAIN
    if kind == ONE:
        return draw.choice(options)
    if kind == MANY:
        return of_approved(draw.sample(options, draw.randint(1, len(options))), options)
    if kind == SCORES:
        return of_scores({key: draw.randint(0, terms.best) for key in options}, options)
    named = draw.sample(options, draw.randint(1, len(options)))
    places = [draw.randint(1, 3) for _ in named] if terms.method in EQUAL_RANKS else range(1, len(named) + 1)
    return of_ranks(dict(zip(named, places, strict=True)), options)
