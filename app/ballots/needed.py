"""What an answer needed to be carried, as a number and in words."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from flask_babel import gettext as _

from app.ballots.counting import HALF, Count
from app.ballots.labels import electors_words, figure, sum_words, votes_words
from app.ballots.queries import VoteBox
from app.kit import say

# The methods whose sums are measured against a whole; the rounds of a run-off are, in their end.
MEASURED = ("yes_no", "single_choice", "approval", "score")


@dataclass(frozen=True)
class Line:
    """Where it is enough: `at` from 0 to 1 of the width of a bar, and what it stands for."""

    at: float
    words: str


def whole_of(box: VoteBox, count: Count) -> int:
    """What the threshold is a share of: those who chose, or the roll; of a score all points that could be given."""
    return (box.roll_size if box.terms.of_roll else count.chose) * (box.terms.best if box.method == "score" else 1)


def votes_needed(box: VoteBox, count: Count) -> int:
    """The least number that reaches the threshold; never less than one."""
    whole, threshold = whole_of(box, count), box.threshold
    return int(whole * threshold) + 1 if threshold == HALF else max(1, ceil(whole * threshold))


def line_of(box: VoteBox, count: Count) -> Line | None:
    """The threshold; None where the most votes are enough, or nobody chose."""
    if not box.threshold or not whole_of(box, count) or box.method not in (*MEASURED, "run_off"):
        return None
    words = _("Line: %(share)s of %(whole)s, that is %(needed)s", share=share_words(box.threshold),
              whole=_whole_words(box, count), needed=sum_words(box, votes_needed(box, count)))  # fmt: skip
    return Line(float(box.threshold), words)


def share_words(threshold: Fraction) -> str:
    """More than half, two thirds or more, 60% or more."""
    if threshold == HALF:
        return _("more than half")
    known = {Fraction(1, 3): _("a third or more"), Fraction(2, 3): _("two thirds or more"),
             Fraction(3, 4): _("three quarters or more"), Fraction(1): _("all")}  # fmt: skip
    percent = say.share(threshold.numerator, threshold.denominator)
    return known.get(threshold) or _("%(percent)s or more", percent=percent)


def threshold_words(box: VoteBox) -> str:
    """What was fixed of it when voting opened: what an answer needs to be carried."""
    if box.method == "transferable":
        return _seat_words(box)
    if box.method == "schulze":
        if box.terms.default:
            return _("more papers for it than for none of these")
        return _("to come first when each two are compared")
    if not box.threshold:
        return _("the most points") if box.method == "score" else _("the most votes")
    share = share_words(box.threshold)
    if box.method == "score":
        return _("%(share)s of all points that could be given", share=share)
    return _("%(share)s of the roll", share=share) if box.terms.of_roll else _("%(share)s of the votes", share=share)


def _seat_words(box: VoteBox) -> str:
    """Droop's quota: of two seats each takes more than a third of the votes; once they are counted, the number."""
    words = _("for each seat more than 1/%(parts)s of the votes that choose", parts=box.terms.seats + 1)
    if box.outcome is None or not box.outcome.share_needed:
        return words
    needed = votes_words(box.outcome.share_needed)
    return _("%(share)s, that is %(needed)s", share=words, needed=needed)


def _whole_words(box: VoteBox, count: Count) -> str:
    whole = figure(whole_of(box, count))
    if box.method == "score":
        if box.terms.of_roll:
            return _("the %(told)s points that the whole roll could give", told=whole)
        return _("the %(told)s points that could be given", told=whole)
    if box.terms.of_roll:
        return _("the roll of %(electors)s", electors=electors_words(box, box.roll_size))
    if box.method == "yes_no":
        return _("the %(told)s votes for or against", told=whole)
    return _("the %(told)s papers that chose", told=whole)
