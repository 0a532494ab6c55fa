"""What a line asks of a claim beside its words: the occasion, photos, the other household and its answer."""

from __future__ import annotations

import unicodedata
from datetime import date

from app.claims.rules import moved_on
from app.kit.refusal import N_, Refusal, refusal
from app.kit.words import Words
from app.merits.rules import Line
from app.people.rules import Anyone, taking_part_refusal

PHOTOS = {"photo": 1, "monthly": 1, "ba": 2}  # by evidence: at least so many; before and after are two
BOTH_CONFIRM = "two"
LONGEST_OCCASION = 80


def photos_needed(line: Line) -> int:
    return PHOTOS.get(line.evidence_kind, 0)


def asks_neighbour(line: Line) -> bool:
    """Whether the other household says first that it was so."""
    return line.evidence_kind == BOTH_CONFIRM


def asks_other_home(line: Line) -> bool:
    return line.of_a_pair or asks_neighbour(line)


def missing_refusal(line: Line, *, named: bool, paired: bool, photos: int) -> Refusal | None:
    """Why a claim under this line is not taken: something is missing without which nobody can judge it."""
    if asks_other_home(line) and not paired:
        return refusal(
            N_("Line %(code)s counts between two households: please choose the group of the other one and type its "
               "door."), status=422, code=line.code,
        )  # fmt: skip
    if line.of_an_occasion and not named:
        return refusal(
            N_("Line %(code)s counts each occasion once: please give the name or number of the certificate or event."),
            status=422, code=line.code,
        )  # fmt: skip
    return _photos_refusal(photos_needed(line), photos)


def _photos_refusal(needed: int, photos: int) -> Refusal | None:
    if photos >= needed:
        return None
    if needed == 1:
        return refusal(N_("This line asks for a photo: please add one. What you typed is still here."), status=422)
    return refusal(
        N_("This line asks for photos of before and after: please add both. What you typed is still here; photos have "
           "to be chosen again."), status=422,
    )  # fmt: skip


def occasion_key(typed: str | None, community_path: str) -> str:
    """What is compared: in one street the same certificate or event, however case, width and spaces are typed."""
    folded = "".join(unicodedata.normalize("NFKC", typed or "").casefold().split())
    street = "/".join(community_path.split("/")[:-2]) + "/"
    return (street + folded)[:LONGEST_OCCASION] if folded else ""


def answer_refusal(
    by: Anyone, *, claimant_id: int, other_household_id: int | None, today: date, now: str
) -> Refusal | None:
    """Why somebody does not say whether a deed was so: adults of the other household do, once, while it is asked."""
    if no := taking_part_refusal(by):
        return no
    at_home = other_household_id is not None and by.household_id == other_household_id
    if not at_home or not by.is_of_age(today) or by.id == claimant_id:
        return refusal(N_("An adult of the household for which it was done answers this."), status=403)
    return None if now == "neighbour" else moved_on()


def no_reason_refusal(yes: bool, why: Words | None) -> Refusal | None:
    """Why an answer is not taken: whoever says that it was not so says why."""
    if yes or why is not None:
        return None
    return refusal(N_("Please say what was not so: the claimant reads it."), status=422)


def other_home_refusal(*, found: bool, own: bool) -> Refusal | None:
    """Why the other household of a deed is not taken: unknown in that group, or one's own."""
    if own:
        return refusal(N_("The other household is your own. Please name the one that you helped."), status=422)
    if not found:
        return refusal(
            N_("No household is known behind that door in this group. Please check both."),
            status=422,
        )
    return None
