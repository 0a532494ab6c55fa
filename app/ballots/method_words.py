"""How a ballot was counted and why it ended so, in words that everybody understands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flask_babel import gettext as _

from app.ballots.counting import LOT, NO_QUORUM, NOT_CARRIED, Count
from app.ballots.labels import Labels, electors_words, papers_words, sum_words, voted_words
from app.ballots.needed import MEASURED, votes_needed
from app.ballots.queries import VoteBox


@dataclass(frozen=True)
class Note:
    """A sentence that stands out, with its tone and icon."""

    words: str
    tone: str = ""
    icon: str = "info"


def how_counted(box: VoteBox, *, lots: bool) -> list[str]:
    """The method, then what it takes to be carried, how ties end, and the lot where it had to decide (`lots`)."""
    said = [_METHODS[box.method](box), *_default_words(box)]
    if box.method in (*MEASURED, "run_off"):
        line = _("It is carried when it reaches the line.") if box.threshold else _("It needs no share of the votes.")
        said.append(line)
    if box.method not in ("yes_no", "transferable"):
        said.append(_ties_words(box))
    return [*said, *([_lot_words(box)] if lots else [])]


def _ties_words(box: VoteBox) -> str:
    if box.terms.ties == LOT:
        return _("Where the result is equal, the lot decides that was fixed when voting opened.")
    return _("Where the result is equal, nothing is carried.")


def _lot_words(box: VoteBox) -> str:
    labels = Labels(box)
    return _(
        "The order of the lot: %(order)s. Nobody chose it, and everybody can draw it again: for each answer take "
        "SHA-256 of the roll's check sum, a colon and the answer's key; the smallest comes first.",
        order=_(", ").join(labels.quoted(key) for key in box.terms.lot),
    )  # fmt: skip


def _yes_no(_box: VoteBox) -> str:
    return _("Yes and no are counted. Whoever abstains has taken part, and stands on neither side.")


def _single_choice(_box: VoteBox) -> str:
    return _("Each paper names one answer. The answer with the most votes comes first.")


def _approval(_box: VoteBox) -> str:
    return _("Each paper ticks every answer that its voter can live with. The answer with the most ticks comes first.")


def _score(box: VoteBox) -> str:
    return _("Each paper gives every answer 0 to %(best)s points. The answer with the most points comes first.",
             best=box.terms.best)  # fmt: skip


def _schulze(_box: VoteBox) -> str:
    return _(
        "Each paper puts the answers in order. Then every two answers are compared as if there were only these two: "
        "the one that more papers put higher beats the other. Whoever beats every other comes first. Where answers "
        "beat each other in a circle, the strongest chain of wins decides (Schulze's method)."
    )


def _default_words(box: VoteBox) -> list[str]:
    if box.terms.default is None:
        return []
    return [
        _("An answer is compared at all only when at least %(papers)s put it above %(none)s, and more put it above "
          "than below.", papers=papers_words(box.needed), none=Labels(box).quoted(box.terms.default))
    ]  # fmt: skip


def _run_off(_box: VoteBox) -> str:
    return _(
        "Each paper puts the answers in order, and counts for the highest that is still in. While none has more than "
        "half, the one with the fewest votes drops out, and its papers go on to whom they name next (instant run-off)."
    )


def _transferable(box: VoteBox) -> str:
    return _(
        "Seats: %(seats)s. Each paper is one vote and puts the names in order. Whoever has as many votes as a "
        "seat takes is elected, and what is more than that goes on, in equal parts of all these papers, to whom they "
        "name next. When nobody reaches it, the one with the fewest votes drops out and those papers go on "
        "(single transferable vote). Parts of "
        "votes are shown with two digits, the rest is cut.",
        seats=box.terms.seats,
    )  # fmt: skip


_METHODS: dict[str, Callable[[VoteBox], str]] = {
    "yes_no": _yes_no, "single_choice": _single_choice, "approval": _approval, "score": _score,
    "schulze": _schulze, "run_off": _run_off, "transferable": _transferable,
}  # fmt: skip


def notes(box: VoteBox, count: Count) -> list[Note]:
    """What must be known to read the figures: no quorum, a tie, a line that was not reached."""
    return [*_why_not(box, count), *_ties(box, count)]


def _why_not(box: VoteBox, count: Count) -> Iterator[Note]:
    if not count.cast:
        words = _("Nobody voted; %(needed)s were needed. Nothing is decided.", needed=electors_words(box, count.needed))
        yield Note(words, "waiting", "users-round")
    elif count.result == NO_QUORUM:
        yield Note(
            _("%(voted)s; %(needed)s were needed. Nothing is decided; the figures are shown all the same.",
              voted=voted_words(box, count.cast), needed=electors_words(box, count.needed)),
            "waiting", "users-round",
        )  # fmt: skip
    elif not count.chose:
        yield Note(_("No paper chose an answer, so nothing is carried."), "waiting")
    elif count.tied:
        yield Note(_("Nothing is carried. The question can be put again."), "waiting")
    elif count.result == NOT_CARRIED and (words := _below(box, count)):
        yield Note(words, "waiting")


def _below(box: VoteBox, count: Count) -> str:
    """Who came first and what was missing."""
    labels = Labels(box)
    if box.method == "schulze":
        return _("%(answer)s came first, so nothing is carried.", answer=labels.quoted(str(box.terms.default)))
    if box.method not in (*MEASURED, "run_off"):
        return ""
    votes = count.rounds[-1].votes if box.method == "run_off" else count.sums
    first = ["yes"] if box.method == "yes_no" else [key for key, sum_ in votes.items() if sum_ == max(votes.values())]
    return _("%(answers)s had %(votes)s, and %(needed)s were needed.", answers=labels.listed(first),
             votes=sum_words(box, votes[first[0]]), needed=sum_words(box, votes_needed(box, count)))  # fmt: skip


def _ties(box: VoteBox, count: Count) -> Iterator[Note]:
    labels = Labels(box)
    for tie in count.ties:
        if tie.why == "result":
            yield Note(
                _("%(answers)s stood equal. The lot that was fixed when voting opened took %(taken)s.",
                  answers=labels.listed(tie.tied), taken=labels.quoted(tie.taken)),
                "know",
            )  # fmt: skip
