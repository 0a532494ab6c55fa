"""How a ballot is shown, whichever room put it: the stamp and the sentence for its outcome, and its JSON."""

from __future__ import annotations

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
        "secret": box.secret, "quorum_of": box.quorum_of, "parts": box.parts, "roles": box.roles,
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


# What a bundle says, for the data dictionary.
BUNDLE = {
    "bundle": N_("the kind of bundle"),
    "question": N_("the question with its options, the text voted on and the voting time"),
    "terms": N_("how it is counted, as fixed at opening"),
    "papers": N_("every paper: SHA-256 of its receipt (in capitals and without dashes), and what stands on it"),
    "result": N_("the count, number by number"),
    "digest": N_("SHA-256 over question, terms and papers"),
}
# What `twin` says.
TWIN = {
    "question": N_("what is asked"),
    "method": N_("how people answer and how it is counted"),
    "electorate": N_("person or household: who has one vote"),
    "phase": N_("scheduled, open or closed"),
    "opens_at": N_("from when on votes are taken"),
    "closes_at": N_("until when votes are taken, this instant not included"),
    "quorum": N_("the share that must vote, exactly"),
    "quorum_of": N_("of whom: all on the roll, or those active lately"),
    "threshold": N_("the share that it needs to carry, exactly"),
    "roll_size": N_("how many people or households are on the roll"),
    "roll_hash": N_("check sum of the roll as it was fixed at opening"),
    "parts": N_("the paths of those places whose people vote, where it is not the whole place"),
    "roles": N_("the roles whose holders vote, where it is not everybody who lives there"),
    "cast": N_("how many have voted; where only part of a community votes, nothing is said before closing"),
    "secret": N_("whether what was voted is kept apart from the names"),
    "text": N_("the text that is voted on: its name, the address of its file, SHA-256 of that file"),
    "terms": N_("how it is counted, as fixed at opening"),
    "options": N_("the answers in the order of the paper; votes only after closing"),
    "outcome": N_("how its ballot ended: carried, not_carried or no_quorum"),
    "winners": N_("what was carried, by key"),
    "count": N_("the count, number by number"),
    "extensions": N_("every later closing time, with its reason"),
}
