"""Schulze's method: every two options compared on every paper, and the strongest path between them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations

from app.ballots import papers
from app.ballots.counting import Dropped, Papers, Terms

Strength = tuple[int, int]  # papers for it, and less the papers against it: (136, -129)
NONE = (0, 0)


@dataclass(frozen=True)
class Compared:
    """`matrix[a][b]`: papers that rank a above b. `winners` are those whom nobody beats along a stronger path."""

    matrix: Mapping[str, Mapping[str, int]]
    firsts: Counter[str]
    dropped: Sequence[Dropped]
    strengths: Mapping[str, Mapping[str, int]]
    winners: Sequence[str]


def compare(terms: Terms, cast: Papers) -> Compared:
    matrix, firsts = _matrix(terms.options, cast)
    dropped = _dropped(terms, matrix)
    out = {one.option for one in dropped}
    left = [key for key in terms.options if key not in out]
    paths = _paths(left, matrix)
    winners = [a for a in left if all(paths[a, b] >= paths[b, a] for b in left if b != a)]
    strengths = {a: {b: paths[a, b][0] for b in left if b != a} for a in left}
    return Compared(matrix, firsts, dropped, strengths, winners)


def _matrix(options: Sequence[str], cast: Papers) -> tuple[dict[str, dict[str, int]], Counter[str]]:
    number = {key: place for place, key in enumerate(options)}
    above = [[0] * len(options) for _ in options]
    firsts: Counter[str] = Counter()
    pairs = list(combinations(range(len(options)), 2))
    for paper, times in cast.items():
        ranks = [len(options)] * len(options)  # what is left out stands below all
        for place, tier in enumerate(papers.tiers(paper)):
            for key in tier:
                ranks[number[key]] = place
                if not place:
                    firsts[key] += times
        for a, b in pairs:
            if ranks[a] < ranks[b]:
                above[a][b] += times
            elif ranks[b] < ranks[a]:
                above[b][a] += times
    return {a: {b: above[number[a]][number[b]] for b in options if b != a} for a in options}, firsts


def _dropped(terms: Terms, matrix: Mapping[str, Mapping[str, int]]) -> list[Dropped]:
    """Fewer papers than the quorum rank it above the default, or not *more* than so many to one as it needs.

    Constitution of the Debian project, A.6.2 and A.6.3.
    """
    default = terms.default
    if default is None:
        return []
    dropped = []
    for key in terms.options:
        if key == default:
            continue
        for_, against = matrix[key][default], matrix[default][key]
        if for_ < terms.quorum:
            dropped.append(Dropped(key, "quorum", for_, against))
        elif for_ <= terms.ratio(key) * against:
            dropped.append(Dropped(key, "majority", for_, against))
    return dropped


def _paths(left: Sequence[str], matrix: Mapping[str, Mapping[str, int]]) -> dict[tuple[str, str], Strength]:
    """The strength of the strongest path from each to each: as strong as its weakest defeat.

    A defeat is the stronger, the more papers are for it; of two with as many, the one with fewer against it (A.6.7).
    """
    paths = {(a, b): _defeat(matrix[a][b], matrix[b][a]) for a, b in permutations(left, 2)}
    for by in left:
        for a, b in permutations(left, 2):
            if by not in (a, b):
                paths[a, b] = max(paths[a, b], min(paths[a, by], paths[by, b]))
    return paths


def _defeat(for_: int, against: int) -> Strength:
    return (for_, -against) if for_ > against else NONE
