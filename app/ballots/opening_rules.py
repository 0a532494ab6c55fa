"""What must be right before a question is put: afterwards nothing of it can be changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.ballots.counting import TIES
from app.ballots.papers import ABSTAIN, METHODS
from app.ballots.rules import (
    ELECTORATES,
    MOST_OPTIONS,
    MOST_RATIO,
    MOST_SCORE,
    QUORUMS_OF,
    THRESHOLDS_OF,
    Asked,
    Option,
)  # fmt: skip
from app.kit.refusal import N_, Refusal, refusal
from app.kit.words import Words


def opening_refusal(asked: Asked, *, place_path: str, opens_at: datetime, at: datetime) -> Refusal | None:
    """Why a question may not be put like this."""
    if asked.method not in METHODS or asked.electorate not in ELECTORATES:
        return refusal(N_("This way of voting is not known here. Choose one of the list."), status=422)
    if no := _answers_refusal(asked) or _terms_refusal(asked):
        return no
    if not all(path.startswith(place_path) for path in asked.parts):
        return refusal(N_("Not all of these lie in the place that the topic concerns. Choose them from the list."),
                       status=422)  # fmt: skip
    if not at <= opens_at < asked.closes_at:
        return refusal(N_("A ballot opens now or later, and closes after it has opened."), status=422)
    return None


def _answers_refusal(asked: Asked) -> Refusal | None:
    keys = [one.key for one in asked.paper if one.key != ABSTAIN]
    if len(set(keys)) != len(keys) or len(keys) < 2 or (asked.method == "yes_no" and keys != ["yes", "no"]):
        return refusal(N_("A ballot needs at least two different answers."), status=422)
    if len(keys) > MOST_OPTIONS:
        return refusal(N_("At most %(most)s answers, please: a longer paper is filled in wrongly."),
                       status=422, most=MOST_OPTIONS)  # fmt: skip
    if (twice := _said_twice(asked.paper)) is not None:
        return refusal(
            N_("“%(answer)s” stands on the paper twice. Please write each answer once; abstaining is always one of "
               "them."),
            status=422, answer=twice,
        )  # fmt: skip
    if asked.seats >= len(keys):
        return refusal(N_("There must be more answers than seats, otherwise there is nothing to choose."), status=422)
    if asked.default is not None and (asked.method != "schulze" or asked.default not in keys):
        return refusal(N_("“None of these” goes with the ranking by pairs only."), status=422)
    return None


def _said_twice(paper: Sequence[Option]) -> Words | None:
    """The first answer that another one before it says, too: in any language, whatever the capitals and spaces."""
    known: set[str] = set()
    for one in reversed(paper):  # what the house itself adds stands last, and is not the one to be struck
        said = {"".join(text.split()).casefold() for text in one.label.as_dict().values()}
        if said & known:
            return one.label
        known |= said
    return None


def _terms_refusal(asked: Asked) -> Refusal | None:
    if not 0 <= asked.quorum <= 1 or not 0 <= asked.threshold <= 1:
        return refusal(N_("Quorum and threshold are shares between 0 and 100 per cent."), status=422)
    known = asked.quorum_of in QUORUMS_OF and asked.threshold_of in THRESHOLDS_OF and asked.ties in TIES
    ratios = all(1 <= one.ratio <= MOST_RATIO for one in asked.options)
    if not known or not ratios or not 1 <= asked.best <= MOST_SCORE or asked.seats < 1:
        return refusal(N_("These rules of a ballot are not known here. Choose them from the list."), status=422)
    if asked.method == "yes_no" and not asked.threshold:
        return refusal(
            N_("Yes or no needs a share that carries it: without one, a single yes would do. Choose more than half, or "
               "more than that."),
            status=422,
        )  # fmt: skip
    if asked.seats > 1 and asked.method != "transferable":
        return refusal(N_("Several seats go with the transferable vote only."), status=422)
    return None
