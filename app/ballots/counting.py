"""The terms of a count, fixed when a ballot opens, and what a count comes to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from hashlib import sha256
from math import ceil

from app.ballots.papers import ABSTAIN

HALF = Fraction(1, 2)
CARRIED, NOT_CARRIED, NO_QUORUM = "carried", "not_carried", "no_quorum"
# How a tie for the result itself ends: by the lot of the ballot, or with nothing carried.
LOT, AGAIN = "lot", "again"
TIES = (LOT, AGAIN)

Papers = Mapping[str, int]  # each paper that was cast, as one line, and how often


@dataclass(frozen=True)
class Terms:
    """How a ballot is counted.

    `options` are the keys on the paper in its order, without abstention. `quorum` is the least number of papers;
    `of_roll` measures the threshold against the roll instead of the votes that chose. `default` is the option that
    means "none of these", and `ratios` by how many to one each other option must be ranked above it (Schulze only).
    `lot` is the order in which ties are broken, first wins.
    """

    method: str
    options: Sequence[str]
    roll_size: int
    quorum: int
    threshold: Fraction
    of_roll: bool = False
    default: str | None = None
    ratios: Mapping[str, Fraction] = field(default_factory=dict)
    seats: int = 1
    best: int = 5
    ties: str = AGAIN
    lot: Sequence[str] = ()

    def ratio(self, option: str) -> Fraction:
        return self.ratios.get(option, Fraction(1))


@dataclass(frozen=True)
class Tie:
    """Options that stood equal where one had to be taken, and the one that the lot took.

    `why`: for the `result`, or to be `eliminated`.
    """

    why: str
    tied: Sequence[str]
    taken: str


@dataclass(frozen=True)
class Round:
    """One round of a run-off: votes of each who is still in (whole, or parts of votes after a surplus moved on).

    `elected` and `out` are who leaves after it, `exhausted` the votes that name nobody who is still in.
    """

    votes: Mapping[str, Fraction]
    exhausted: Fraction
    elected: Sequence[str] = ()
    out: Sequence[str] = ()


@dataclass(frozen=True)
class Dropped:
    """An option of Schulze's method that is out before the comparison: too few papers prefer it to the default."""

    option: str
    why: str  # quorum, majority
    for_: int
    against: int


@dataclass(frozen=True)
class Count:
    """What a count came to. `winners` in the order in which they won; none unless something was carried.

    `sums` are votes, approvals or points of each option, or first places in a ranking. `matrix[a][b]` is how many
    papers rank a above b, `strengths` the strongest paths of those not dropped, `rounds` those of a run-off.
    """

    result: str
    winners: Sequence[str]
    cast: int
    chose: int  # without abstentions
    needed: int  # papers for the quorum
    sums: Mapping[str, int]
    rounds: Sequence[Round] = ()
    share_needed: int = 0  # STV: the votes that elect
    matrix: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    strengths: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    dropped: Sequence[Dropped] = ()
    ties: Sequence[Tie] = ()
    tied: Sequence[str] = ()  # who stood equal where nothing was carried


def ballots_needed(quorum: Fraction, size: int) -> int:
    """The least number of papers that reaches the quorum of a roll of that size; never fewer than one."""
    return max(1, ceil(quorum * size))


def reaches(votes: int, whole: int, threshold: Fraction) -> bool:
    """Whether these votes reach the threshold. One half means *more* than half (过半数), any other share *at least* it.

    Civil Code of the PRC, art. 1259: 以上 includes the number itself; 过半 does not.
    """
    share = Fraction(votes, whole) if whole else Fraction(0)
    return share > threshold if threshold == HALF else share >= threshold


def lot_of(roll_hash: str, options: Sequence[str]) -> tuple[str, ...]:
    """The order in which this ballot breaks its ties: nobody can steer it, and everybody can draw it again.

    By SHA-256 of the published hash of the roll, a colon and the option's key, the smallest first.
    """
    return tuple(sorted(options, key=lambda key: sha256(f"{roll_hash}:{key}".encode()).digest()))


def first_of(tied: Sequence[str], lot: Sequence[str]) -> str:
    """Whom the lot takes."""
    return min(tied, key=list(lot).index)


def last_of(tied: Sequence[str], lot: Sequence[str]) -> str:
    """Whom the lot leaves out."""
    return max(tied, key=list(lot).index)


def chose(papers: Papers) -> int:
    return sum(papers.values()) - papers.get(ABSTAIN, 0)
