"""How a ballot is shown, whichever room put it: the stamp and the sentence for its outcome, and its JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from app.ballots.queries import VoteBox
from app.kit.i18n import language
from app.kit.refusal import N_

OUTCOME_WORDS = {
    "carried": N_("The vote carried"),
    "not_carried": N_("The vote did not carry"),
    "no_quorum": N_("Too few voted, so nothing was decided"),
}
_SEALS = {
    "carried": (N_("Carried"), "done"),
    "not_carried": (N_("Not carried"), "no"),
    "no_quorum": (N_("No quorum"), "no"),
}


def seal_of(result: str | None) -> tuple[str, str] | None:
    """The four characters of the stamp for an outcome, and their tone; None while there is none."""
    return _SEALS.get(result or "")


def outcome_words(box: VoteBox) -> str:
    """How it ended, in a sentence; for one of several it names what was chosen."""
    if box.outcome is None:
        return ""
    won = [one.label.into(language()) for key in box.outcome.winners for one in box.answers if one.key == key]
    if won and box.method != "yes_no":
        return _("Chosen: %(answer)s", answer=_(", ").join(won))
    return _(OUTCOME_WORDS[box.outcome.result])


def twin(box: VoteBox | None) -> dict[str, Any] | None:
    """The question and, once voting has closed, its tally."""
    if box is None:
        return None
    return {
        "question": box.wording, "method": box.method, "electorate": box.electorate, "phase": box.phase,
        "opens_at": box.opens_at, "closes_at": box.closes_at, "quorum": str(box.quorum),
        "threshold": str(box.threshold), "roll_size": box.roll_size, "roll_hash": box.roll_hash, "cast": box.cast,
        "options": [
            {
                "key": one.key, "label": one.label, "votes": one.votes,
                "means": one.means.into(language()) if one.means else None,
            }
            for one in box.answers
        ],
        "outcome": box.outcome.result if box.outcome else None,
        "winners": list(box.outcome.winners) if box.outcome else None,
        "extensions": [
            {"at": one.at, "closes_at": one.closes_at, "why": one.why}
            for one in box.extensions
        ],
    }  # fmt: skip


# What `bundle` says, for the data dictionary.
BUNDLE = {
    "ballot": N_("the question with its options, its rules and its result"),
    "items.receipt_hash": N_("SHA-256 of the receipt, in capitals and without dashes"),
    "items.choice": N_("key of the option"),
    "receipt_hash": N_("how the hash of a receipt is made"),
}


def bundle(box: VoteBox | None, listed: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Every counted ballot without a name, as it is published after closing: anyone can recount it."""
    return {
        "ballot": twin(box),
        "receipt_hash": "SHA-256 of the receipt without its dashes",
        "items": [{"receipt_hash": digest, "choice": choice} for digest, choice in listed],
        "next": None,
    }
