"""Who may vote and when, what must be fixed before opening, and how a vote ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from math import ceil

from app.kit import clock
from app.kit.refusal import N_, Refusal, refusal
from app.kit.words import Words
from app.people.rules import FULL_AGE, OFFICE, Anyone

METHODS = ("yes_no", "single_choice")
ELECTORATES = ("person", "household")
ABSTAIN = "abstain"
HALF = Fraction(1, 2)

CLOSING_TIME = time(18)  # when people are home from work, and staff still at their desks

# Crockford's alphabet without I, L, O and U: 20 signs are 100 bits, and read well over a telephone.
RECEIPT_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RECEIPT_LENGTH = 20


@dataclass(frozen=True)
class Option:
    """One answer on the paper and what it means."""

    key: str
    label: Words
    means: Words | None = None


YES_NO = (
    Option("yes", Words(zh="赞成", en="Yes")),
    Option("no", Words(zh="反对", en="No")),
    Option(
        ABSTAIN, Words(zh="弃权", en="Abstain"),
        Words(zh="计入参与数，不影响赞成与反对的比例", en="Counts towards the quorum, not towards the result"),
    ),
)  # fmt: skip


def phase(opens_at: datetime, closes_at: datetime, at: datetime) -> str:
    """`scheduled`, `open` or `closed`: votes are taken from `opens_at` up to, not including, `closes_at`."""
    if at < opens_at:
        return "scheduled"
    return "open" if at < closes_at else "closed"


def closing(at: datetime, days: int) -> datetime:
    """So many days later, at the hour at which ballots close."""
    return clock.at_local(clock.local(at).date() + timedelta(days=days), CLOSING_TIME)


def full_age_born_until(on: date, age: int = FULL_AGE) -> date:
    """The latest birthday of somebody who is of age on that local date. Born on 29 February: of age from 1 March."""
    try:
        return on.replace(year=on.year - age)
    except ValueError:  # today is 29 February and that year had none
        return date(on.year - age, 2, 28)


def opening_refusal(
    *, method: str, electorate: str, options: Sequence[Option], quorum: Fraction, threshold: Fraction, secret: bool,
    opens_at: datetime, closes_at: datetime, at: datetime,
) -> Refusal | None:  # fmt: skip
    """Why a question may not be put like this."""
    if secret:
        return refusal(
            N_("Secret ballots cannot be held here yet, because nobody could promise their secrecy. "
               "Hold this one on paper, or put it as an open ballot; %(contact)s can advise."),
            contact=OFFICE,
        )  # fmt: skip
    keys = {option.key for option in options}
    if method not in METHODS or electorate not in ELECTORATES:
        return refusal(N_("This way of voting is not known here. Choose yes or no, or one of several."), status=422)
    if len(keys) != len(options) or len(keys - {ABSTAIN}) < 2 or (method == "yes_no" and not {"yes", "no"} <= keys):
        return refusal(N_("A ballot needs at least two different answers."), status=422)
    if not 0 <= quorum <= 1 or not 0 <= threshold <= 1:
        return refusal(N_("Quorum and threshold are shares between 0 and 100 per cent."), status=422)
    if not at <= opens_at < closes_at:
        return refusal(N_("A ballot opens now or later, and closes after it has opened."), status=422)
    return None


def vote_refusal(
    *, phase: str, closes_at: datetime, opens_at: datetime, electorate: str, person: Anyone, on_roll: bool,
    taken: bool, on: date,
) -> Refusal | None:  # fmt: skip
    """Why this person may not vote now; None when they may. Sentences 1 to 3 of words.md 15.

    `taken`: somebody else of the household has voted for it. `on` is the local date.
    """
    if phase == "closed":
        return refusal(
            N_("This ballot closed on %(day)s, so it takes no more votes. Once the result is out you can check "
               "your vote with your receipt; questions go to %(contact)s."),
            day=closes_at, contact=OFFICE,
        )  # fmt: skip
    if phase == "scheduled":
        return refusal(
            N_("Voting has not opened yet. Come back on %(day)s; questions go to %(contact)s."),
            day=opens_at, contact=OFFICE,
        )  # fmt: skip
    if no := _elector_refusal(person, on):
        return no
    if not on_roll:
        return refusal(
            N_("Your name is not on the roll of this ballot: it was fixed when voting opened, for the place it "
               "concerns. If you think this is wrong, ask %(contact)s."),
            status=403, contact=OFFICE,
        )  # fmt: skip
    if electorate == "household" and taken:
        return refusal(
            N_("This ballot gives one vote to each household, and someone in yours has already voted. "
               "That person can change it until it closes.")
        )  # fmt: skip
    return None


def _elector_refusal(person: Anyone, on: date) -> Refusal | None:
    if not person.is_verified:
        return refusal(
            N_("Only verified residents can vote. Enter your household's invitation code first, or ask your "
               "grid member to confirm your address."),
            status=403,
        )  # fmt: skip
    if not person.is_of_age(on):
        return refusal(
            N_("Voting is for residents of 18 and older. You can say what you think below; it will be read."),
            status=403,
        )
    return None


def elsewhere_refusal() -> Refusal:
    """Somebody who voted for one household moved and wants to vote for the next."""
    return refusal(
        N_("You have already voted in this ballot, for the household you lived in then. Another adult of this "
           "household can vote for it; questions go to %(contact)s."),
        contact=OFFICE,
    )  # fmt: skip


def extension_refusal(*, closes_at: datetime, wish: datetime, at: datetime) -> Refusal | None:
    """An extension comes before closing, or not at all (V6)."""
    if at >= closes_at:
        return refusal(N_("Voting has closed, so it can no longer be extended. A new ballot is the only way."))
    if wish <= closes_at:
        return refusal(N_("A new closing time must be later than the present one, %(day)s."), status=422, day=closes_at)
    return None


@dataclass(frozen=True)
class Outcome:
    """How a closed ballot ended: `carried`, `not_carried` or `no_quorum`; `winner` is the option carried, if any."""

    result: str
    winner: str | None
    cast: int
    counted: int  # without abstentions
    needed: int  # ballots for the quorum


def ballots_needed(quorum: Fraction, roll_size: int) -> int:
    """The least number of ballots that reaches the quorum; never fewer than one."""
    return max(1, ceil(quorum * roll_size))


def reaches(votes: int, counted: int, threshold: Fraction) -> bool:
    """Whether these votes reach the threshold. One half means *more* than half (过半数), any other share *at least* it.

    Civil Code of the PRC, art. 1259: 以上 includes the number itself; 过半 does not.
    """
    share = Fraction(votes, counted) if counted else Fraction(0)
    return share > threshold if threshold == HALF else share >= threshold


def outcome(method: str, tally: Mapping[str, int], *, roll_size: int, quorum: Fraction, threshold: Fraction) -> Outcome:
    """How the ballot ends. Abstentions count towards the quorum, never towards the threshold.

    yes_no: yes among yes and no. single_choice: the option with most votes, alone at the top, among all but
    abstentions; a threshold of 0 asks for no more than that.
    """
    cast = sum(tally.values())
    counted = cast - tally.get(ABSTAIN, 0)
    needed = ballots_needed(quorum, roll_size)
    if cast < needed:
        return Outcome("no_quorum", None, cast, counted, needed)
    if method == "yes_no":
        winner, alone = "yes", True
    else:
        votes = {key: number for key, number in tally.items() if key != ABSTAIN}
        winner = max(votes, key=lambda key: votes[key], default="")
        alone = list(votes.values()).count(votes.get(winner, 0)) == 1
    won = tally.get(winner, 0)
    if won and alone and reaches(won, counted, threshold):
        return Outcome("carried", winner, cast, counted, needed)
    return Outcome("not_carried", None, cast, counted, needed)


def plain_receipt(text: str) -> str:
    """A receipt as it was made, however it was copied down: spaces and dashes dropped, O read as 0, I and L as 1."""
    plain = "".join(sign for sign in text.upper() if sign.isalnum())
    return plain.translate(str.maketrans("OIL", "011"))


def spaced_receipt(signs: str) -> str:
    """7C1E-90AB-42D8-...: in fours, as people copy it."""
    return "-".join(signs[start : start + 4] for start in range(0, len(signs), 4))
