"""The bundle of a closed vote: its terms, every paper without a name, the result, and one digest over it.

`tools/verify_tally.py` reads it on any machine and counts again.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from hashlib import sha256
from typing import Any

from app.ballots import methods
from app.ballots.counting import Count, Round, Terms

FORMAT = "xiangyue-tally-1"

Listed = Sequence[tuple[str, str]]  # hash of the receipt, and the paper


def digest_of(question: Mapping[str, Any], terms: Mapping[str, Any], papers: Listed) -> str:
    """SHA-256 over the three as canonical JSON: no spaces, keys in order, UTF-8."""
    sealed = {"question": question, "terms": terms, "papers": papers}
    return sha256(json.dumps(sealed, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()).hexdigest()


def bundle_of(
    question: Mapping[str, Any], terms: Terms, papers: Listed, *, roll_hash: str, quorum: Fraction, quorum_of: int
) -> dict[str, Any]:
    """What is published. `question` is plain JSON for people; `quorum_of` is what the quorum is a share of."""
    listed = sorted(papers)
    fixed = terms_told(terms, roll_hash=roll_hash, quorum=quorum, quorum_of=quorum_of)
    return {
        "bundle": FORMAT, "question": question, "terms": fixed, "papers": [list(one) for one in listed],
        "result": told(methods.count(terms, Counter(paper for _receipt, paper in listed))),
        "digest": digest_of(question, fixed, [list(one) for one in listed]),  # type: ignore[misc]
    }  # fmt: skip


def terms_told(terms: Terms, *, roll_hash: str, quorum: Fraction, quorum_of: int) -> dict[str, Any]:
    """The terms as plain JSON; shares are exact, like "3/10"."""
    return {
        "method": terms.method, "options": list(terms.options), "roll_size": terms.roll_size, "roll_hash": roll_hash,
        "quorum": str(quorum), "quorum_of": quorum_of, "needed": terms.quorum, "threshold": str(terms.threshold),
        "of_roll": terms.of_roll, "default": terms.default, "seats": terms.seats, "best": terms.best,
        "ratios": {key: str(ratio) for key, ratio in terms.ratios.items()}, "ties": terms.ties, "lot": list(terms.lot),
    }  # fmt: skip


def told(count: Count) -> dict[str, Any]:
    """A count as plain JSON; votes of a round may be parts, like "37/3"."""
    return {
        "result": count.result, "winners": list(count.winners), "cast": count.cast, "chose": count.chose,
        "needed": count.needed, "sums": dict(count.sums), "rounds": [_round(one) for one in count.rounds],
        "share_needed": count.share_needed, "matrix": {key: dict(row) for key, row in count.matrix.items()},
        "strengths": {key: dict(row) for key, row in count.strengths.items()},
        "dropped": [
            {"option": one.option, "why": one.why, "for": one.for_, "against": one.against} for one in count.dropped
        ],
        "ties": [{"why": one.why, "tied": list(one.tied), "taken": one.taken} for one in count.ties],
        "tied": list(count.tied),
    }  # fmt: skip


def _round(one: Round) -> dict[str, Any]:
    return {
        "votes": {key: str(votes) for key, votes in one.votes.items()}, "exhausted": str(one.exhausted),
        "elected": list(one.elected), "out": list(one.out),
    }  # fmt: skip
