"""Rounds: the last one drops out and the papers move on, until one has more than half, or all seats are taken."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from app.ballots import papers
from app.ballots.counting import Papers, Round, Terms, Tie, last_of

ONE = Fraction(1)
NOTHING = Fraction(0)
NOBODY = ""

Ranking = tuple[str, ...]


class Piles:
    """The papers in piles, each paper with the first option that it names of those still in."""

    def __init__(self, options: Sequence[str], cast: Papers) -> None:
        self.inside = list(options)
        # What papers are worth; they know it by its place here, since to hash a fraction takes longer than to add it.
        self._worths = [ONE]
        # Of each option: ranking, place in it, and which worth a paper has, to how many such papers there are.
        self._piles: dict[str, Counter[tuple[Ranking, int, int]]] = defaultdict(Counter)
        for paper, number in cast.items():
            self._put(tuple(tier[0] for tier in papers.tiers(paper)), 0, 0, number)

    def _put(self, ranking: Ranking, place: int, worth: int, number: int) -> None:
        while place < len(ranking) and ranking[place] not in self.inside:
            place += 1
        self._piles[ranking[place] if place < len(ranking) else NOBODY][ranking, place, worth] += number

    def votes(self) -> dict[str, Fraction]:
        return {key: self._sum(key) for key in self.inside}

    def exhausted(self) -> Fraction:
        return self._sum(NOBODY)

    def _sum(self, key: str) -> Fraction:
        of_worth: Counter[int] = Counter()
        for (_ranking, _place, worth), number in self._piles[key].items():
            of_worth[worth] += number
        return sum((self._worths[worth] * number for worth, number in of_worth.items()), NOTHING)

    def leave(self, keys: Sequence[str], part: dict[str, Fraction] | None = None) -> None:
        """These leave together; their papers move on, each worth `part` of what it was (all of it, unless given)."""
        self.inside = [key for key in self.inside if key not in keys]
        for key in keys:
            share = part[key] if part is not None else ONE
            if not share:
                self._piles.pop(key, None)
                continue
            after: dict[int, int] = {}
            for (ranking, place, worth), number in self._piles.pop(key, Counter()).items():
                if worth not in after:
                    after[worth] = self._worth(self._worths[worth] * share)
                self._put(ranking, place, after[worth], number)

    def _worth(self, part: Fraction) -> int:
        if part not in self._worths:
            self._worths.append(part)
        return self._worths.index(part)


def instant(terms: Terms, cast: Papers) -> tuple[list[Round], list[Tie], Sequence[str]]:
    """The rounds, the ties that the lot broke, and who is first in the end: two when they end alike.

    Who has fewest votes drops out, of several the one whom the lot leaves out.
    """
    rounds: list[Round] = []
    ties: list[Tie] = []
    piles = Piles(terms.options, cast)
    while cast:
        votes, exhausted = piles.votes(), piles.exhausted()
        top = max(votes.values())
        first = [key for key in piles.inside if votes[key] == top]
        if 2 * top > sum(votes.values()) or len(first) == len(piles.inside) <= 2:
            rounds.append(Round(votes, exhausted, elected=first if len(first) == 1 else ()))
            return rounds, ties, first
        out = _fewest(piles.inside, votes, terms.lot, ties)
        rounds.append(Round(votes, exhausted, out=[out]))
        piles.leave([out])
    return rounds, ties, []


@dataclass
class Elected:
    """Who took the seats, in that order; `quota` is the number of votes that takes one."""

    quota: int
    winners: list[str] = field(default_factory=list)
    rounds: list[Round] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)


def transferable(terms: Terms, cast: Papers) -> Elected:
    """Single transferable vote: Droop's quota, and surpluses move on as parts of all papers of whoever was elected.

    The quota is votes / (seats + 1), rounded down, and one more. All who reach it in a round are elected in it, and
    their surpluses move on together (weighted inclusive Gregory). Whoever is left when there are as many seats as
    people takes one without it.
    """
    number = sum(cast.values())
    elected = Elected(number // (terms.seats + 1) + 1)
    piles = Piles(terms.options, cast)
    while cast and piles.inside and len(elected.winners) < terms.seats:
        votes, exhausted = piles.votes(), piles.exhausted()
        free = terms.seats - len(elected.winners)
        takes = [key for key in piles.inside if votes[key] >= elected.quota or len(piles.inside) <= free]
        takes.sort(key=lambda key: (-votes[key], list(terms.lot).index(key)))
        out = [] if takes else [_fewest(piles.inside, votes, terms.lot, elected.ties)]
        elected.rounds.append(Round(votes, exhausted, elected=takes, out=out))
        elected.winners += takes
        piles.leave(
            takes, {key: max(NOTHING, 1 - elected.quota / votes[key]) if votes[key] else NOTHING for key in takes}
        )
        piles.leave(out)
    return elected


def _fewest(inside: Sequence[str], votes: dict[str, Fraction], lot: Sequence[str], ties: list[Tie]) -> str:
    least = min(votes[key] for key in inside)
    fewest = [key for key in inside if votes[key] == least]
    out = last_of(fewest, lot) if len(fewest) > 1 else fewest[0]
    if len(fewest) > 1:
        ties.append(Tie("eliminated", fewest, out))
    return out
