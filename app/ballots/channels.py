"""The ways into a ballot beside the web: who enters a vote for whom, which vote stands before which, and when.

An open ballot takes papers typed by two of staff, votes at the counter and written proxies, on the one roll. A secret
one takes sealed papers that are opened and counted together by two, and no proxies. Sentences here speak to staff.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from app.ballots.rules import phase
from app.kit.refusal import N_, Refusal, refusal
from app.people.rules import OFFICE, Anyone, Person

STAFF = ("staff", "street")  # of the place that is asked
# How staff enter votes of an open ballot, and of a secret one.
WAYS_OPEN, WAYS_SECRET = ("paper", "counter", "proxy"), ("hand_in",)

# Which votes give way to which: the elector's own before what others bring, the own web vote before all.
REPLACES = {
    "web": ("web", "counter", "paper", "proxy"),
    "counter": ("counter", "paper", "proxy"),
    "paper": ("proxy",),
    "proxy": ("proxy",),
}
# Fewer papers than this say what each of them said, so they wait for more, except in the last hours.
LEAST_TOGETHER, LAST_HOURS = 5, timedelta(hours=24)

_OWN = N_("This concerns your own household, so somebody else does it. Please ask a colleague.")
_STANDING = {
    "web": N_("This elector has voted on the web already, and the own vote stands: what was brought here is not "
              "counted. Until the ballot closes they can change it there themselves."),
    "counter": N_("This elector has voted at the counter already, and that vote stands. They can change it at the "
                  "counter or on the web until the ballot closes."),
    "paper": N_("A paper of this elector is counted already. They can change their vote at the counter or on the web "
                "until the ballot closes."),
}  # fmt: skip


def staff_refusal(by: Anyone, *, place_path: str) -> Refusal | None:
    """Why somebody does not enter votes for others: the staff of the place do."""
    return None if by.holds(*STAFF, at=place_path) else not_staff()


def not_staff() -> Refusal:
    """What whoever does not work for that place is told; the ballot itself is no secret."""
    return refusal(N_("Votes that are not cast on the web are entered by the staff of that place. Please ask "
                      "%(contact)s."), status=403, contact=OFFICE)  # fmt: skip


def kind_refusal(*, secret: bool, wanted: bool) -> Refusal | None:
    """Why this way is none of this ballot: `wanted` is whether it is a way into secret ones."""
    if secret == wanted:
        return None
    if secret:
        return refusal(N_("This ballot is secret: papers go into the urn unopened, and nobody votes for somebody "
                          "else. Please hand in the sealed paper."))  # fmt: skip
    return refusal(N_("This ballot is open, so there is no urn: two of staff type each paper."))


def time_refusal(*, opens_at: datetime, closes_at: datetime, at: datetime, early: bool = False) -> Refusal | None:
    """Why nothing is entered now: from opening up to, not including, closing. `early`: before opening as well."""
    now = phase(opens_at, closes_at, at)
    if now == "closed":
        return refusal(N_("This ballot closed on %(day)s, so nothing is entered or changed any more."), day=closes_at)
    if now == "scheduled" and not early:
        return refusal(
            N_("Voting has not opened yet. Come back on %(day)s; questions go to %(contact)s."),
            day=opens_at, contact=OFFICE,
        )  # fmt: skip
    return None


def unknown_elector() -> Refusal:
    return refusal(N_("This elector is not on the roll of this ballot. Please look for the name again."), status=404)


def own_refusal(by: Anyone, *, resident_id: int | None, household_id: int | None) -> Refusal | None:
    """Why staff leave this vote to a colleague: it is their own, or that of their household."""
    return refusal(_OWN, status=403) if by.is_or_lives_with(resident_id, household_id) else None


def voter_refusal(voter: Person | None, *, household_id: int | None, stands_in: int | None, on: date) -> Refusal | None:
    """Why this is nobody who votes for that elector: `household_id` and its representative, where it is a household."""
    if voter is None:
        return refusal(N_("This ballot gives one vote to each household. Please say which adult of it this is."),
                       status=422)  # fmt: skip
    if household_id is not None and voter.household_id != household_id:
        return refusal(N_("This person does not live in that household, so somebody else votes for it."), status=403)
    if not voter.is_verified or not voter.is_of_age(on):
        return refusal(N_("Only verified residents of 18 and older vote. Please check the register."), status=403)
    return closed_refusal(voter.full_name, voter.disabled_at) or representative_refusal(stands_in, voter.id)


def closed_refusal(name: str, closed_at: datetime | None) -> Refusal | None:
    """Why nobody votes for somebody whose account was closed, in no way: on the web they could not vote either."""
    if closed_at is None:
        return None
    return refusal(
        N_("The account of %(name)s is closed, as it is when somebody has died or moved away, so nobody votes for "
           "them. If that is a mistake, it is opened again among the residents first."),
        status=403, name=name,
    )  # fmt: skip


def nobody_left_refusal(adults: int) -> Refusal | None:
    """Why a paper without a name is not counted for a household: none of its adults could vote on the web either."""
    if adults:
        return None
    return refusal(N_("Nobody of this household may vote: it has no verified adult with an open account. Please check "
                      "the register."), status=403)  # fmt: skip


def representative_refusal(stands_in: int | None, voter_id: int | None) -> Refusal | None:
    """Why a household's vote is not this person's, or nobody's: it had named its representative."""
    if stands_in in (None, voter_id):
        return None
    return refusal(N_("This household had named its representative when voting opened, and only that person votes for "
                      "it."), status=403)  # fmt: skip


def standing_refusal(channel: str, standing: str | None) -> Refusal | None:
    """Why a vote by this channel does not take the place of the one that stands (None: there is none)."""
    return None if standing is None or standing in REPLACES[channel] else refusal(_STANDING[standing])


def elsewhere_refusal() -> Refusal:
    return refusal(N_("This person has voted in this ballot already, for the household they lived in then. Another "
                      "adult of this household can vote for it."))  # fmt: skip


# Papers that two type ----------------------------------------------------------------------------------------------


def second_refusal(by: Anyone, *, first_id: int, first_home: int | None) -> Refusal | None:
    """Why the second of two is somebody else: the same person, or one of the same household."""
    if by.id == first_id:
        return refusal(N_("You did this first. A second person does it again without seeing yours; then it counts."),
                       status=403)  # fmt: skip
    if by.is_or_lives_with(None, first_home):
        return refusal(N_("Somebody of your household did this first, so a second person of another household does it "
                          "again. Please ask a colleague."), status=403)  # fmt: skip
    return None


def differs() -> Refusal:
    """Two read a paper, and not the same on it."""
    return refusal(N_("This is not what the first person typed. Please look at the paper together; either of you can "
                      "take the first entry back, and it is typed anew."))  # fmt: skip


def nothing_waits() -> Refusal:
    return refusal(N_("Nothing waits here for a second person any more. The page shows where it stands now."))


# Written proxies ---------------------------------------------------------------------------------------------------


def holder_refusal(holder: Person | None, *, granter_id: int, by: Anyone, on: date) -> Refusal | None:
    """Why this person does not hold the proxy."""
    if holder is None or not holder.is_verified or not holder.is_of_age(on):
        return refusal(N_("Whoever holds a proxy is a verified resident of 18 or older. Please check the register."),
                       status=422)  # fmt: skip
    if no := closed_refusal(holder.full_name, holder.disabled_at):
        return no
    if holder.id == granter_id:
        return refusal(N_("A proxy is given to somebody else. Who can vote themselves needs none."), status=422)
    return own_refusal(by, resident_id=holder.id, household_id=holder.household_id)


def taken_refusal(*, given: bool, held: bool) -> Refusal | None:
    """Why there is no further proxy: the elector has `given` one that stands, or the holder has one in this ballot."""
    if given:
        return refusal(N_("This elector has given a proxy that stands. Please end it first."))
    if held:
        return refusal(N_("This person holds a proxy in this ballot already, and each holds one at most. Please ask "
                          "the elector for another name."))  # fmt: skip
    return None


def no_proxy() -> Refusal:
    return refusal(N_("You hold no written proxy for this elector. If you think this is wrong, ask %(contact)s."),
                   status=403, contact=OFFICE)  # fmt: skip


def end_refusal(by: Anyone, *, granted_by: int, place_path: str) -> Refusal | None:
    """Why somebody does not end a proxy: who gave it does, or staff."""
    return None if by.id == granted_by else staff_refusal(by, place_path=place_path)


def contest_refusal(channel: str | None) -> Refusal | None:
    """Why there is nothing to contest: no vote stands for this person, or they cast it themselves."""
    if channel is None:
        return refusal(N_("No vote that others entered stands for you in this ballot. You can vote until it closes."))
    if channel == "web":
        return refusal(N_("You cast this vote yourself. You can change it until the ballot closes."))
    return None


def never_found() -> Refusal:
    """Somebody contests a vote of a secret ballot."""
    return refusal(N_("This ballot is secret: nothing here says which paper is yours, so none can be taken out. Please "
                      "talk with %(contact)s or a supervisor."), contact=OFFICE)  # fmt: skip


# Papers of a secret ballot -----------------------------------------------------------------------------------------


def marked_refusal(name: str, *, on_paper: bool) -> Refusal:
    """Somebody of this elector is marked on the roll already; staff see who."""
    if on_paper:
        return refusal(N_("%(name)s is marked on the roll already: a sealed paper was handed in. One elector has one "
                          "vote, so please give this paper back unopened."), name=name)  # fmt: skip
    return refusal(N_("%(name)s is marked on the roll already, having voted on the web. One elector has one vote, so "
                      "please give this paper back unopened."), name=name)  # fmt: skip


def count_refusal(tally: Mapping[str, int], *, papers: int) -> Refusal | None:
    """Why these numbers are no count of the urn: it holds so many papers that were handed in and not counted yet."""
    if papers == 0:
        return refusal(N_("No papers wait in the urn. The next count begins when some were handed in."))
    if any(number < 0 for number in tally.values()) or sum(tally.values()) != papers:
        return refusal(N_("The numbers must add up to the %(papers)s papers that were handed in. Please count again; "
                          "a paper that cannot be read counts as an abstention."), status=422,
                       papers=papers)  # fmt: skip
    return None


def is_few(papers: int) -> bool:
    """Whether so few papers, opened together, could tell what one of them said."""
    return 0 < papers < LEAST_TOGETHER


def few_refusal(papers: int, *, closes_at: datetime, at: datetime) -> Refusal | None:
    """Why the urn is not opened yet; in the last hours it is, and the page warns (`is_few`)."""
    if not is_few(papers) or closes_at - at <= LAST_HOURS:
        return None
    return refusal(N_("With only %(papers)s papers a count could tell who voted what. Please wait for more; in the "
                      "last 24 hours before the ballot closes the urn is opened however few there are."),
                   papers=papers)  # fmt: skip


def counts_differ() -> Refusal:
    return refusal(N_("This is not what the first person counted. Please count the papers together; either of you can "
                      "take the first count back, and both count anew."))  # fmt: skip
