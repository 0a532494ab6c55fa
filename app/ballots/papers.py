"""What stands on a paper, in one line of text: that line is stored, published in the bundle, and counted by anybody.

    yes_no, single_choice   the key of one option                      yes
    approval                the keys of those approved                 bench,lamp
    score                   each option with its score                 bench:5,lamp:0,shed:2
    schulze                 from best to worst; a comma means equal    bench>lamp,shed
    run_off, transferable   from best to worst                         lamp>bench

Options that a ranking leaves out stand together below all that it names. `abstain` alone is an abstention, whatever the
method. A paper is written in one way only: what lies at the same height stands in the order of the options.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

ABSTAIN = "abstain"
ONE, MANY, SCORES, RANKING = "one", "many", "scores", "ranking"
# How a paper of each method is filled in.
KINDS = {
    "yes_no": ONE, "single_choice": ONE, "approval": MANY, "score": SCORES,
    "schulze": RANKING, "run_off": RANKING, "transferable": RANKING,
}  # fmt: skip
METHODS = tuple(KINDS)
EQUAL_RANKS = ("schulze",)
LIKED, BETTER, WORTH = ",", ">", ":"

Tiers = tuple[tuple[str, ...], ...]


class Unreadable(ValueError):
    """A line that is no paper of this method, or not written in the one way."""


def approved(paper: str) -> tuple[str, ...]:
    return tuple(paper.split(LIKED))


def scores(paper: str) -> dict[str, int]:
    """Key to score."""
    return {key: int(score) for key, _sign, score in (one.partition(WORTH) for one in paper.split(LIKED))}


def tiers(paper: str) -> Tiers:
    """Of a ranking: the keys from best to worst, equal ones together."""
    return tuple(tuple(tier.split(LIKED)) for tier in paper.split(BETTER))


def of_approved(keys: Sequence[str], options: Sequence[str]) -> str:
    return LIKED.join(key for key in options if key in keys)


def of_scores(given: Mapping[str, int], options: Sequence[str]) -> str:
    """What has no score has 0."""
    return LIKED.join(f"{key}{WORTH}{given.get(key, 0)}" for key in options)


def of_ranks(ranks: Mapping[str, int], options: Sequence[str]) -> str:
    """From the place that each option was given, 1 being the best; the same number means equal."""
    given = sorted(set(ranks.values()))
    return BETTER.join(LIKED.join(key for key in options if ranks.get(key) == place) for place in given)


def check(method: str, paper: str, options: Sequence[str], *, best: int = 0) -> None:
    """Raise `Unreadable` unless the line is a paper of this method, written in the one way. `best` is the top score."""
    if paper == ABSTAIN:
        return
    try:
        again = _AGAIN[KINDS[method]](paper, options)
    except ValueError as error:
        raise Unreadable(paper) from error
    if again != paper or not paper:
        raise Unreadable(paper)
    if method == "score" and not all(0 <= score <= best for score in scores(paper).values()):
        raise Unreadable(paper)
    if KINDS[method] == RANKING and method not in EQUAL_RANKS and LIKED in paper:
        raise Unreadable(paper)


def _one(paper: str, options: Sequence[str]) -> str:
    return paper if paper in options else ""


def _ranking(paper: str, options: Sequence[str]) -> str:
    ranks: dict[str, int] = {}
    for place, tier in enumerate(tiers(paper)):
        for key in tier:
            if key in ranks or key not in options:
                raise Unreadable(paper)
            ranks[key] = place
    return of_ranks(ranks, options)


_AGAIN = {
    ONE: _one,
    MANY: lambda paper, options: of_approved(approved(paper), options),
    SCORES: lambda paper, options: of_scores(scores(paper), options),
    RANKING: _ranking,
}
