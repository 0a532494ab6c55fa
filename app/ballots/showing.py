"""How a ballot is shown, whichever room put it: the stamp and the sentence for its outcome, and its JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from app.ballots.bundle import terms_told, told
from app.ballots.counting import NO_QUORUM
from app.ballots.labels import Labels
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
    """How it ended, in a sentence; of several answers it names what was chosen, or who stood equal."""
    count, labels = box.outcome, Labels(box)
    if count is None:
        return ""
    if box.method == "yes_no" or count.result == NO_QUORUM:
        return _(OUTCOME_WORDS[count.result])
    won = _(", ").join(labels.plain(key) for key in count.winners)
    if won:
        elected = box.method == "transferable"
        return _("Elected: %(names)s", names=won) if elected else _("Chosen: %(answer)s", answer=won)
    if count.tied:
        return _("%(answers)s stood equal, so nothing was decided", answers=labels.listed(count.tied))
    if box.terms.default and count.chose:
        return _("Nothing was chosen: %(answer)s came first", answer=labels.quoted(box.terms.default))
    return _("Nothing was chosen: no answer reached what it needed")


def twin(box: VoteBox | None) -> dict[str, Any] | None:
    """The question with its terms and, once voting has closed, its whole count."""
    if box is None:
        return None
    return {
        "question": box.wording, "method": box.method, "electorate": box.electorate, "phase": box.phase,
        "opens_at": box.opens_at, "closes_at": box.closes_at, "quorum": str(box.quorum),
        "threshold": str(box.threshold), "roll_size": box.roll_size, "roll_hash": box.roll_hash, "cast": box.cast,
        "secret": box.secret, "quorum_of": box.quorum_of,
        "text": {"name": box.text.name, "href": box.text.href, "sha256": box.text.hash} if box.text else None,
        "terms": terms_told(box.terms, roll_hash=box.roll_hash, quorum=box.quorum, quorum_of=box.quorum_size),
        "options": [
            {
                "key": one.key, "label": one.label, "votes": one.votes,
                "means": one.means.into(language()) if one.means else None,
            }
            for one in box.answers
        ],
        "outcome": box.outcome.result if box.outcome else None,
        "winners": list(box.outcome.winners) if box.outcome else None,
        "count": told(box.outcome) if box.outcome else None,
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
