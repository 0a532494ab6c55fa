"""The life of a topic (domain.md 2), and who may do what with it."""

from __future__ import annotations

from datetime import date, datetime

from app.kit.refusal import N_, Refusal, refusal
from app.kit.states import LifeCycle, Step
from app.people.rules import OFFICE, Anyone, taking_part_refusal

STATE_WORDS = {
    "draft": N_("Draft"),
    "proposed": N_("Gathering support"),
    "deliberating": N_("Under discussion"),
    "voting": N_("Voting"),
    "decided": N_("Decided"),
    "implementing": N_("Being carried out"),
    "closed": N_("Closed"),
    "declined": N_("Not taken up"),
    "withdrawn": N_("Withdrawn"),
    "merged": N_("Merged"),
}
# Tone and drawing of the chip for each state.
STATE_SIGNS = {
    "draft": ("", "pencil"),
    "proposed": ("know", "users-round"),
    "deliberating": ("know", "messages-square"),
    "voting": ("waiting", "vote"),
    "decided": ("done", "stamp"),
    "implementing": ("waiting", "wrench"),
    "closed": ("done", "circle-check"),
    "declined": ("", "circle-minus"),
    "withdrawn": ("", "x"),
    "merged": ("", "arrow-up"),
}
KINDS = {
    "environment": N_("Clean surroundings"),
    "facilities": N_("Facilities"),
    "parking": N_("Parking and charging"),
    "safety": N_("Peace and safety"),
    "elderly": N_("For the old"),
    "children": N_("For the young"),
    "order": N_("Living together"),
    "culture": N_("Culture and customs"),
    "governance": N_("Self-government"),
    "budget": N_("Use of funds"),
    "other": N_("Other matters"),
}

# Roles that act for the committee on a topic of their place. An administrator looks after settings, not after topics.
STAFF = ("staff", "street")
_STAFF, _OWNER, _HOUSE = frozenset({"staff"}), frozenset({"owner"}), frozenset({"house"})

# `house` is what happens by itself: enough support, or a ballot that closed.
LIFE = LifeCycle(
    {
        ("draft", "propose"): Step("proposed", _OWNER),
        ("proposed", "gather"): Step("deliberating", _HOUSE),
        ("proposed", "accept"): Step("deliberating", _STAFF),
        ("proposed", "decline"): Step("declined", _STAFF, reason_needed=True),
        ("proposed", "merge"): Step("merged", _STAFF, reason_needed=True),
        ("proposed", "withdraw"): Step("withdrawn", _OWNER, reason_needed=True),
        ("deliberating", "open_ballot"): Step("voting", _STAFF),
        ("deliberating", "decline"): Step("declined", _STAFF, reason_needed=True),
        ("deliberating", "merge"): Step("merged", _STAFF, reason_needed=True),
        ("deliberating", "withdraw"): Step("withdrawn", _OWNER, reason_needed=True),
        ("voting", "extend"): Step("voting", _STAFF, reason_needed=True),
        ("voting", "record"): Step("decided", _STAFF | _HOUSE),
        ("decided", "carry_out"): Step("implementing", _STAFF),
        ("decided", "close"): Step("closed", _STAFF, reason_needed=True),
        ("implementing", "close"): Step("closed", _STAFF),
        ("closed", "reopen"): Step("implementing", _STAFF, reason_needed=True),
    }
)
# Where neighbours may still say something.
TALKED_ABOUT = ("proposed", "deliberating", "voting", "decided", "implementing")
SAT_OVER = ("deliberating", "voting", "decided", "implementing")  # while a sitting can be called
STILL_OPEN = ("proposed", "deliberating", "voting")

LEAST_SUPPORT, USUAL_SUPPORT = 1, 10
LEAST_NOTICE, USUAL_NOTICE, MOST_NOTICE = 1, 7, 60  # days for which a resolution is on notice


def support_needed(settings: object) -> int:
    """How many neighbours a proposal needs, as the place has set it; 10 unless it says otherwise."""
    wish = settings.get("topic_support") if isinstance(settings, dict) else None
    return max(LEAST_SUPPORT, wish) if isinstance(wish, int) else USUAL_SUPPORT


def notice_days(settings: object) -> int:
    """For how many days a resolution is on notice, as the place has set it; 7 unless it says otherwise."""
    wish = settings.get("resolution_notice_days") if isinstance(settings, dict) else None
    return min(max(LEAST_NOTICE, wish), MOST_NOTICE) if isinstance(wish, int) else USUAL_NOTICE


def who_is(person: Anyone, *, place_path: str, proposer_id: int | None) -> frozenset[str]:
    """What somebody is to a topic: `owner`, `staff`, both or neither."""
    owner = person.id is not None and person.id == proposer_id
    return frozenset(name for name, true in (("owner", owner), ("staff", person.holds(*STAFF, at=place_path))) if true)


def shown_state(state: str, closes_at: datetime | None, at: datetime) -> str:
    """A ballot that has closed is decided, whether or not its result has been written down yet."""
    return "decided" if state == "voting" and closes_at is not None and closes_at <= at else state


def step_refusal(state: str, action: str, who: frozenset[str], *, reasoned: bool) -> Refusal | None:
    """Why this step may not be taken now by somebody who is all of `who`."""
    no = LIFE.refusal(state, action, who)
    if no is None and LIFE.steps[state, action].reason_needed and not reasoned:
        return refusal(N_("Please give a reason: it stands on the topic for everybody to read."), status=422)
    return no


def notice_refusal(action: str, *, state: str, last_day: date, standing: int) -> Refusal | None:
    """Why a decided topic may not go on while its resolution is on notice or an objection waits.

    `state` is that of the notice, `standing` how many of its points stand.
    """
    if state in ("coming", "running"):
        return refusal(
            N_("The resolution is on notice until %(day)s, so that residents can still object. This step opens after "
               "that."),
            day=last_day,
        )  # fmt: skip
    if state == "held":
        return refusal(
            N_("An objection to the resolution waits for its answer. Please answer it first; then this step opens.")
        )
    if action == "carry_out" and not standing:
        return refusal(
            N_("Objections to every point were upheld, so there is nothing to carry out. Please close the topic and "
               "say why.")
        )  # fmt: skip
    return None


def nothing_on_notice() -> Refusal:
    """Somebody objects where no resolution is on notice."""
    return refusal(
        N_("There is no resolution on notice here. The timeline shows where this topic stands; you can say what you "
           "think below.")
    )  # fmt: skip


def unfinished_refusal(number: int) -> Refusal | None:
    """Why a topic that is being carried out may not be closed: something promised is neither done nor dropped."""
    if not number:
        return None
    return refusal(
        N_("Of what was promised here %(num)s is neither done nor dropped. Report it as done, or drop it with a "
           "reason; then close the topic."),
        num=number,
    )  # fmt: skip


def promise_refusal(state: str, who: frozenset[str]) -> Refusal | None:
    """Why nothing can be promised on this topic now: staff do it while the topic is being carried out."""
    if "staff" not in who:
        return refusal(
            N_("Who does what by when is written down by the committee of that place. %(contact)s can help."),
            status=403, contact=OFFICE,
        )  # fmt: skip
    if state != "implementing":
        return refusal(
            N_("Things are promised while a topic is being carried out. The timeline shows where this one stands.")
        )
    return None


def sitting_refusal(state: str, who: frozenset[str]) -> Refusal | None:
    """Why no sitting can be called on this topic now: staff call one from the discussion to the carrying out."""
    if "staff" not in who:
        return refusal(
            N_("Sittings are called by the committee of that place. %(contact)s can help."), status=403, contact=OFFICE
        )
    if state not in SAT_OVER:
        return refusal(
            N_("Sittings are called while a topic is discussed, voted on or carried out. The timeline shows where "
               "this one stands.")
        )  # fmt: skip
    return None


def still_voting() -> Refusal:
    """A result is asked for before voting has closed."""
    return refusal(N_("Voting is still running, and nobody sees the count before it closes. Come back afterwards."))


def propose_refusal(person: Anyone, place_path: str) -> Refusal | None:
    """Why somebody may not propose a topic for that place."""
    if person.holds(*STAFF, at=place_path) or (person.is_verified and person.lives_in(place_path)):
        return None
    if no := taking_part_refusal(person):
        return no
    return refusal(
        N_("You can propose topics for the places you live in. Choose your community, compound or group; "
           "for another place ask %(contact)s."),
        status=403, contact=OFFICE,
    )  # fmt: skip


def support_refusal(person: Anyone, *, state: str, place_path: str, proposer_id: int | None) -> Refusal | None:
    """Why somebody may not support this proposal, or take the support back."""
    if state != "proposed":
        return refusal(
            N_("This topic is no longer gathering support. The timeline shows where it stands; "
               "you can still say what you think.")
        )  # fmt: skip
    if no := taking_part_refusal(person):
        return no
    if person.id == proposer_id:
        return refusal(N_("You proposed this topic yourself. Now your neighbours decide whether to support it."))
    if not person.lives_in(place_path):
        return refusal(
            N_("Only residents of the place it concerns can support this topic. You can say what you think below."),
            status=403,
        )
    return None


def comment_refusal(person: Anyone, *, state: str, place_path: str, street_id: int) -> Refusal | None:
    """Why somebody may not say something here: residents of the same street may, and staff of the place."""
    if state not in TALKED_ABOUT:
        return refusal(N_("The discussion of this topic has ended. If something is still open, propose a new topic."))
    if person.holds(*STAFF, at=place_path):
        return None
    if no := taking_part_refusal(person):
        return no
    if person.street_id != street_id:
        return refusal(
            N_("Only residents of this street can take part. Your own street has its own topics."), status=403
        )
    return None


def moderate_refusal(person: Anyone, place_path: str) -> Refusal | None:
    """Why somebody may not answer officially, adopt a suggestion or hide a comment: only staff of that place may."""
    if person.holds(*STAFF, at=place_path):
        return None
    return refusal(N_("This step is for the staff of that place. %(contact)s can help."), status=403, contact=OFFICE)


def merge_refusal(*, same: bool, state: str | None) -> Refusal | None:
    """Why a topic may not be merged into that one; `state` is None when there is no such topic in reach."""
    if same or state is None or state not in STILL_OPEN:
        return refusal(
            N_("Choose another topic of the same street that is still gathering support, under discussion or voting."),
            status=422,
        )
    return None
