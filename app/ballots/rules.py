"""What is put to the vote, who may vote and when, and how a vote ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction

from app.ballots import papers
from app.ballots.counting import AGAIN
from app.ballots.papers import ABSTAIN, RANKING
from app.kit import clock
from app.kit.refusal import N_, Refusal, refusal
from app.kit.words import Words
from app.people.rules import FULL_AGE, OFFICE, Anyone

ELECTORATES = ("person", "household")
QUORUMS_OF, THRESHOLDS_OF = ("roll", "active"), ("chose", "roll")
MOST_OPTIONS, MOST_SCORE, MOST_RATIO = 20, 10, 9

WIDE = ("street", "community", "village")
CLOSING_TIME = time(18)  # when people are home from work, and staff still at their desks

# Crockford's alphabet without I, L, O and U: 20 signs are 100 bits, and read well over a telephone.
RECEIPT_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RECEIPT_LENGTH = 20


@dataclass(frozen=True)
class Option:
    """One answer on the paper and what it means. `ratio`: by how many to one it must be ranked above the default."""

    key: str
    label: Words
    means: Words | None = None
    ratio: int = 1


NONE_OF_THESE = "none"
YES_NO = (
    Option("yes", Words(zh="赞成", en="Yes")),
    Option("no", Words(zh="反对", en="No")),
)
ABSTENTION = Option(
    ABSTAIN, Words(zh="弃权", en="Abstain"),
    Words(zh="计入参与数，不影响赞成与反对的比例", en="Counts towards the quorum, not towards the result"),
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """A question as somebody puts it: all of it is fixed at opening and published.

    Quorum and threshold are shares, of what `quorum_of` and `threshold_of` say. `default` is the option that means
    "none of these" (Schulze only), `seats` how many are elected (transferable vote only), `best` the highest score,
    `ties` what ends a tie for the result. `parts` are paths below the place: only who lives at one of them; none: the
    whole place. `roles`: only who holds one of them at or below what votes; none: everybody who lives there.
    """

    wording: Words
    closes_at: datetime
    quorum: Fraction
    threshold: Fraction
    method: str = "yes_no"
    electorate: str = "person"
    options: Sequence[Option] = ()
    secret: bool = False
    quorum_of: str = "roll"
    threshold_of: str = "chose"
    default: str | None = None
    seats: int = 1
    best: int = 5
    ties: str = AGAIN
    parts: Sequence[str] = ()
    roles: Sequence[str] = ()

    def scope(self, place_path: str) -> list[list[str | None]]:
        """Who is on the roll: `[path, role]`. A part within another part is left out: it votes with that one."""
        widest = [one for one in sorted(set(self.parts)) if not any(_is_within(one, other) for other in self.parts)]
        return [[path, role] for path in widest or [place_path] for role in self.roles or (None,)]

    @property
    def paper(self) -> Sequence[Option]:
        """All answers in the order of the paper; abstention comes last."""
        given = [one for one in self.options or YES_NO if one.key != ABSTAIN]
        return (*given, ABSTENTION)


def _is_within(path: str, other: str) -> bool:
    return path != other and path.startswith(other)


def shows_turnout(place_kind: str | None, parts: Sequence[str], phase: str) -> bool:
    """Among few neighbours a turnout would tell who has voted: below a community it is said after closing only."""
    return phase == "closed" or (place_kind in WIDE and not parts)


@dataclass(frozen=True)
class Text:
    """The text that is voted on, as it is now: its name, where it stands, SHA-256 of its words."""

    name: Words
    href: str
    hash: str


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


def paper_refusal(method: str, paper: str, options: Sequence[str], *, best: int) -> Refusal | None:
    """Why what somebody wrote is no vote: another option, a score too high, a ranking that contradicts itself."""
    try:
        papers.check(method, paper, options, best=best)
    except papers.Unreadable:
        if papers.KINDS.get(method) == RANKING and paper:
            return refusal(N_("Please give each place once, from 1 on; what you leave empty stands last."), status=422)
        return refusal(N_("Please choose from the answers on the paper."), status=422)
    return None


def vote_refusal(
    *, phase: str, closes_at: datetime, opens_at: datetime, electorate: str, person: Anyone, on_roll: bool,
    taken: bool, on: date, stands_in: bool = True,
) -> Refusal | None:  # fmt: skip
    """Why this person may not vote now; None when they may. Sentences 1 to 3 of words.md 15.

    `taken`: somebody else of the household has voted for it; `stands_in`: False where the household has named somebody
    else as its representative. `on` is the local date.
    """
    if phase == "closed":
        return _closed(closes_at)
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
    if not stands_in:
        return refusal(
            N_("This ballot gives one vote to each household, and yours had named its representative when voting "
               "opened. Please talk it over at home; your representative casts the vote."),
            status=403,
        )  # fmt: skip
    if electorate == "household" and taken:
        return refusal(
            N_("This ballot gives one vote to each household, and someone in yours has already voted. "
               "That person can change it until it closes.")
        )  # fmt: skip
    return None


def late_refusal(closes_at: datetime, *, at: datetime) -> Refusal | None:
    """Why a vote that began in time is not counted: voting had closed by the moment at which it was to be kept."""
    return _closed(closes_at) if at >= closes_at else None


def _closed(closes_at: datetime) -> Refusal:
    return refusal(
        N_("This ballot closed on %(day)s, so it takes no more votes. Once the result is out you can check "
           "your vote with your receipt; questions go to %(contact)s."),
        day=closes_at, contact=OFFICE,
    )  # fmt: skip


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


def marked_refusal(*, on_paper: bool) -> Refusal:
    """In a secret ballot a mark says that an elector has voted, and nothing says what."""
    if on_paper:
        return refusal(N_("Your vote was handed in on paper, so it can no longer be changed here."))
    return refusal(
        N_("You have voted in this secret ballot. Only your receipt can change that vote, because nothing here says "
           "which one is yours: please enter the receipt.")
    )  # fmt: skip


def receipt_refusal() -> Refusal:
    """A receipt that finds no paper in the urn of a secret ballot."""
    return refusal(N_("No vote in this ballot has that receipt. Please check it sign by sign."), status=422)


def used_paper_refusal() -> Refusal:
    """Somebody else's paper has this receipt already."""
    return refusal(N_("This voting paper was used already. Please open the page again: you get a new one."))


def extension_refusal(*, closes_at: datetime, wish: datetime, at: datetime) -> Refusal | None:
    """An extension comes before closing, or not at all (V6)."""
    if at >= closes_at:
        return refusal(N_("Voting has closed, so it can no longer be extended. A new ballot is the only way."))
    if wish <= closes_at:
        return refusal(N_("A new closing time must be later than the present one, %(day)s."), status=422, day=closes_at)
    return None


def plain_receipt(text: str) -> str:
    """A receipt as it was made, however it was copied down: spaces and dashes dropped, O read as 0, I and L as 1."""
    plain = "".join(sign for sign in text.upper() if sign.isalnum())
    return plain.translate(str.maketrans("OIL", "011"))


def is_receipt(plain: str) -> bool:
    """Whether it has the length and the signs of a receipt."""
    return len(plain) == RECEIPT_LENGTH and set(plain) <= set(RECEIPT_SIGNS)


def spaced_receipt(signs: str) -> str:
    """7C1E-90AB-42D8-...: in fours, as people copy it."""
    return "-".join(signs[start : start + 4] for start in range(0, len(signs), 4))
