"""The methods of counting: papers and terms in, a count out. Nothing else is read, so anybody can do it again.

Stand-alone, and written a second time, in `tools/verify_tally.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from app.ballots import pairwise, papers, runoff
from app.ballots.counting import (
    CARRIED,
    LOT,
    NO_QUORUM,
    NOT_CARRIED,
    Count,
    Papers,
    Terms,
    Tie,
    chose,
    first_of,
    reaches,
)
from app.ballots.papers import ABSTAIN


def count(terms: Terms, cast: Papers) -> Count:
    """Count these papers. Abstentions count towards the quorum, never towards the threshold.

    Without the quorum nothing is carried; the sums are told all the same.
    """
    chosen = {paper: number for paper, number in cast.items() if paper != ABSTAIN and number}
    counted = replace(_METHODS[terms.method](terms, chosen), cast=sum(cast.values()))
    if counted.cast < terms.quorum:
        return replace(counted, result=NO_QUORUM, winners=(), ties=(), tied=())
    return counted


def _blank(terms: Terms, cast: Papers, sums: Counter[str]) -> Count:
    number = chose(cast)
    return Count(NOT_CARRIED, (), number, number, terms.quorum, {key: sums[key] for key in terms.options})


def _yes_no(terms: Terms, cast: Papers) -> Count:
    """Yes is carried or is not; no needs no share of its own."""
    counted = _blank(terms, cast, Counter(cast))
    return _ended(terms, counted, ["yes"], counted.sums["yes"])


def _single_choice(terms: Terms, cast: Papers) -> Count:
    return _most(terms, _blank(terms, cast, Counter(cast)))


def _approval(terms: Terms, cast: Papers) -> Count:
    sums: Counter[str] = Counter()
    for paper, number in cast.items():
        for key in papers.approved(paper):
            sums[key] += number
    return _most(terms, _blank(terms, cast, sums))


def _score(terms: Terms, cast: Papers) -> Count:
    """The highest sum; its threshold is a share of all points that could have been given."""
    sums: Counter[str] = Counter()
    for paper, number in cast.items():
        for key, score in papers.scores(paper).items():
            sums[key] += score * number
    return _most(terms, _blank(terms, cast, sums), each=terms.best)


def _most(terms: Terms, counted: Count, *, each: int = 1) -> Count:
    """The option with the highest sum; `each` is what one paper can add to it."""
    top = max(counted.sums.values())
    return _ended(terms, counted, [key for key in terms.options if counted.sums[key] == top], top, each=each)


def _ended(terms: Terms, counted: Count, first: Sequence[str], votes: int, *, each: int = 1) -> Count:
    """Who stands first is carried when the votes reach the threshold; several who do are a tie for the result."""
    whole = (terms.roll_size if terms.of_roll else counted.chose) * each
    if not votes or not reaches(votes, whole, terms.threshold):
        return counted
    if len(first) == 1:
        return replace(counted, result=CARRIED, winners=first)
    if terms.ties != LOT:
        return replace(counted, tied=first)
    taken = first_of(first, terms.lot)
    return replace(counted, result=CARRIED, winners=[taken], ties=[*counted.ties, Tie("result", first, taken)])


def _schulze(terms: Terms, cast: Papers) -> Count:
    """Debian's order: first those options are dropped that fail the quorum or their majority over the default.

    Constitution of the Debian project, A.6; the default wins when nothing is left, and then nothing is carried.
    """
    compared = pairwise.compare(terms, cast)
    counted = replace(
        _blank(terms, cast, Counter({key: compared.firsts[key] for key in terms.options})),
        matrix=compared.matrix, strengths=compared.strengths, dropped=compared.dropped,
    )  # fmt: skip
    first = compared.winners if counted.chose else []
    if len(first) > 1 and terms.ties != LOT:
        return replace(counted, tied=first)
    taken = first_of(first, terms.lot) if len(first) > 1 else first[0] if first else terms.default
    ties = [Tie("result", first, str(taken))] if len(first) > 1 else []
    if taken == terms.default:
        return replace(counted, ties=ties)
    return replace(counted, result=CARRIED, winners=[str(taken)], ties=ties)


def _run_off(terms: Terms, cast: Papers) -> Count:
    """Whoever has more than half of the votes that still name somebody; measured against all who chose."""
    rounds, ties, first = runoff.instant(terms, cast)
    counted = replace(_blank(terms, cast, _first_places(cast)), rounds=rounds, ties=ties)
    if not rounds:
        return counted
    return _ended(terms, counted, first, int(max(rounds[-1].votes.values())))


def _transferable(terms: Terms, cast: Papers) -> Count:
    """So many seats, each with its share of the votes."""
    elected = runoff.transferable(terms, cast)
    counted = replace(
        _blank(terms, cast, _first_places(cast)), rounds=elected.rounds, ties=elected.ties, share_needed=elected.quota
    )  # fmt: skip
    return replace(counted, result=CARRIED, winners=elected.winners) if elected.winners else counted


def _first_places(cast: Papers) -> Counter[str]:
    firsts: Counter[str] = Counter()
    for paper, number in cast.items():
        firsts[papers.tiers(paper)[0][0]] += number
    return firsts


_METHODS: dict[str, Callable[[Terms, Papers], Count]] = {
    "yes_no": _yes_no, "single_choice": _single_choice, "approval": _approval, "score": _score,
    "schulze": _schulze, "run_off": _run_off, "transferable": _transferable,
}  # fmt: skip
