"""The life of a version (domain.md 3), which one is in force, and who may write, put up, sign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from app.kit import clock
from app.kit.refusal import N_, Refusal, refusal
from app.kit.states import LifeCycle, Step
from app.kit.words import Words
from app.merits import line_rules
from app.merits.rules import EARNING
from app.people.rules import OFFICE, Anyone, taking_part_refusal

# Roles that act for the committee on the agreements of their place.
STAFF = ("staff", "street")

STATE_WORDS = {
    "drafting": N_("Drafting"),
    "consulting": N_("Out for comment"),
    "adopting": N_("Up for adoption"),
    "coming": N_("Adopted, not yet in force"),
    "in_force": N_("In force"),
    "superseded": N_("Superseded"),
    "dropped": N_("Version dropped"),
    "repealed": N_("Repealed"),
}
# Tone and drawing of the chip for each state.
STATE_SIGNS = {
    "drafting": ("", "pencil"),
    "consulting": ("know", "messages-square"),
    "adopting": ("waiting", "vote"),
    "coming": ("done", "stamp"),
    "in_force": ("done", "circle-check"),
    "superseded": ("", "scroll-text"),
    "dropped": ("", "x"),
    "repealed": ("", "circle-minus"),
}

_STAFF, _PEN, _HOUSE = frozenset({"staff"}), frozenset({"staff", "editor"}), frozenset({"house"})

# `house` is what happens by itself: a ballot that closed.
LIFE = LifeCycle(
    {
        ("drafting", "consult"): Step("consulting", _PEN),
        ("drafting", "drop"): Step("dropped", _STAFF, reason_needed=True),
        ("consulting", "put_up"): Step("adopting", _STAFF),
        ("consulting", "revise"): Step("drafting", _PEN, reason_needed=True),
        ("consulting", "drop"): Step("dropped", _STAFF, reason_needed=True),
        ("adopting", "extend"): Step("adopting", _STAFF, reason_needed=True),
        ("adopting", "carry"): Step("adopted", _STAFF | _HOUSE),
        ("adopting", "fail"): Step("dropped", _STAFF | _HOUSE),
    }
)

USUAL_DAYS, MOST_DAYS = 15, 60  # for which a version is out for comment, and for which a ballot may run
FURTHEST = timedelta(days=366)  # from the earliest day of effect
MOST_ARTICLES, MOST_SIGNS = 60, 1000


@dataclass(frozen=True)
class Facts:
    """What decides where a version stands; `result` is that of its ballot once that has closed."""

    id: int
    stage: str
    repeals: bool = False
    effective_from: date | None = None
    closes_at: datetime | None = None
    result: str | None = None


def states(versions: Sequence[Facts], at: datetime) -> dict[int, str]:
    """Where each version of one agreement stands at this moment, whether anybody wrote it down or not.

    A ballot that closed has decided. Of those adopted, the one with the latest effective day so far is in force.
    """
    found = {one.id: _settled(one, at) for one in versions}
    begins = {one.id: one.effective_from for one in versions if found[one.id] == "adopted"}
    today = clock.local(at).date()
    begun = sorted((day, one) for one, day in begins.items() if day is not None and day <= today)
    found |= dict.fromkeys(begins, "coming") | {one: "superseded" for _, one in begun}
    if begun:
        last = next(one for one in versions if one.id == begun[-1][1])
        found[last.id] = "repealed" if last.repeals else "in_force"
        if last.repeals and len(begun) > 1:  # the text that ended by it
            found[begun[-2][1]] = "repealed"
    return found


def _settled(version: Facts, at: datetime) -> str:
    if version.stage == "adopting" and version.closes_at is not None and version.closes_at <= at:
        return "adopted" if version.result == "carried" else "dropped"
    return version.stage


def who_is(person: Anyone, *, place_path: str, edits: bool) -> frozenset[str]:
    """What somebody is to an agreement: `staff` of its place, `editor`, both or neither."""
    staff = person.holds(*STAFF, at=place_path)
    return frozenset(name for name, true in (("staff", staff), ("editor", edits)) if true)


def step_refusal(stage: str, action: str, who: frozenset[str], *, reasoned: bool) -> Refusal | None:
    """Why this step may not be taken now by somebody who is all of `who`."""
    no = LIFE.refusal(stage, action, who)
    if no is None and LIFE.steps[stage, action].reason_needed and not reasoned:
        return refusal(N_("Please give a reason: it stands on the version for everybody to read."), status=422)
    return no


def reason_needed(action: str) -> bool:
    return any(step.reason_needed for (_stage, name), step in LIFE.steps.items() if name == action)


def begin_refusal(person: Anyone, place_path: str) -> Refusal | None:
    """Why somebody may not begin an agreement for that place, or repeal one: staff of the place do."""
    if person.holds(*STAFF, at=place_path):
        return None
    return refusal(
        N_("Agreements are begun by the staff of the place. Tell %(contact)s what is on your mind, "
           "or propose a topic."),
        status=403, contact=OFFICE,
    )  # fmt: skip


def draft_refusal(who: frozenset[str], *, under_way: int | None, repeals: bool, in_force: bool) -> Refusal | None:
    """Why no new version can be begun: only those who hold the pen do, and one at a time. `under_way` is its number."""
    if not who & (_STAFF if repeals else _PEN):
        return _not_the_pen()
    if under_way is not None:
        return refusal(
            N_("Version %(number)s is still under way, and one version at a time is written. "
               "Bring it to its end first."),
            number=under_way,
        )  # fmt: skip
    if repeals and not in_force:
        return refusal(N_("Nothing is in force that could be repealed. The list of versions shows where each stands."))
    return None


def pen_refusal(who: frozenset[str], *, stage: str, repeals: bool) -> Refusal | None:
    """Why the text may not be changed: it is written by those who hold the pen, while it is drafted."""
    if not who & _PEN:
        return _not_the_pen()
    if stage != "drafting":
        return refusal(
            N_("The text is fixed while people comment and vote on it. Take the version back to drafting first; "
               "if it is adopted already, begin the next version.")
        )  # fmt: skip
    if repeals:
        return refusal(N_("This version repeals the agreement, so it has no articles. Drop it to keep the agreement."))
    return None


def _not_the_pen() -> Refusal:
    return refusal(
        N_("The text is written by the editors and the staff of the place. While it is out for comment everybody can "
           "say something; %(contact)s can help."),
        status=403, contact=OFFICE,
    )  # fmt: skip


def more_refusal(articles: int) -> Refusal | None:
    if articles >= MOST_ARTICLES:
        return refusal(N_("An agreement has at most %(most)s articles: longer ones are not read."), most=MOST_ARTICLES)
    return None


def consult_refusal(*, articles: int, repeals: bool) -> Refusal | None:
    """Why a version cannot be put out for comment: there is nothing to read."""
    if not articles and not repeals:
        return refusal(N_("There is no article yet. Write at least one; then neighbours have something to comment on."))
    return None


def put_up_refusal(
    *, consulting_until: datetime | None, closes_at: datetime, effective_from: date, latest: date | None, at: datetime
) -> Refusal | None:
    """Why a version cannot be put to the vote like this. `latest` is the day of effect of the last one adopted."""
    if consulting_until is not None and consulting_until > at:
        return refusal(
            N_("Comments are taken until %(until)s. Put the version to the vote after that."), until=consulting_until
        )
    return effect_refusal(closes_at=closes_at, effective_from=effective_from, latest=latest)


def effect_refusal(*, closes_at: datetime, effective_from: date, latest: date | None) -> Refusal | None:
    """The day of effect comes after the day on which voting closes, and after that of the version before."""
    earliest = clock.local(closes_at).date() + timedelta(days=1)
    if latest is not None:
        earliest = max(earliest, latest + timedelta(days=1))
    if effective_from < earliest:
        return refusal(
            N_("The day of effect must come after the vote has closed and after that of the version before: "
               "%(day)s at the earliest. Choose that day or a later one."),
            status=422, day=earliest,
        )  # fmt: skip
    if effective_from > earliest + FURTHEST:
        return refusal(N_("That is more than a year ahead. Please choose an earlier day."), status=422)
    return None


def line_refusal(line: Mapping[str, Any]) -> Refusal | None:
    """Why an article may not set this line: forbidden, not to be understood, or not earned by a fixed amount."""
    fixed = all(isinstance(amount, int) for amount in line["assets"].values())
    if line["earn"] in EARNING and fixed and not line.get("factor"):
        return line_rules.line_refusal(line)
    return refusal(
        N_("Line %(code)s cannot be set by an article: only lines that earn a fixed amount can. Name the line without "
           "amounts of its own."),
        status=422, code=line["code"],
    )  # fmt: skip


def elsewhere_refusal(code: str, clause: Words) -> Refusal:
    """Another article, of this version or of another agreement, sets this line already."""
    return refusal(
        N_("Line %(code)s is set by %(clause)s, and one deed earns under one line only. Name the line without amounts "
           "of its own, or change it there."),
        status=422, code=code, clause=clause,
    )  # fmt: skip


def moderate_refusal(person: Anyone, place_path: str) -> Refusal | None:
    """Why somebody may not answer officially or hide a comment: only staff of that place may."""
    if person.holds(*STAFF, at=place_path):
        return None
    return refusal(N_("This step is for the staff of that place. %(contact)s can help."), status=403, contact=OFFICE)


def taken_out() -> Refusal:
    """Somebody was faster with this article."""
    return refusal(N_("This article was taken out meanwhile. The text shows what stands there now."))


def still_voting() -> Refusal:
    """A result is asked for before voting has closed."""
    return refusal(N_("Voting is still running, and nobody sees the count before it closes. Come back afterwards."))


def comment_refusal(
    person: Anyone, *, state: str, until: datetime | None, place_path: str, street_id: int, at: datetime
) -> Refusal | None:
    """Why somebody may not comment on a version: it is not, or no longer, out for comment, or they live elsewhere."""
    if state != "consulting" or (until is not None and until <= at):
        return refusal(
            N_("This version is not out for comment now. What is said about it goes to %(contact)s, or into a topic."),
            contact=OFFICE,
        )
    if person.holds(*STAFF, at=place_path):
        return None
    if no := taking_part_refusal(person):
        return no
    if person.street_id != street_id:
        return refusal(
            N_("Only residents of this street can take part. Your own street has its own agreements."), status=403
        )
    return None


def sign_refusal(
    person: Anyone, *, state: str, wish: int | None, number: int, place_path: str, signed: bool, on: date
) -> Refusal | None:
    """Why a household cannot sign this version through this person.

    Any verified adult signs for the household, as with its vote. `wish` is the number of the version they read.
    """
    if state != "in_force" or (wish is not None and wish != number):
        return refusal(
            N_("This is not the version in force. Read that one on the page of the agreement, see what changed, "
               "and sign it.")
        )  # fmt: skip
    if no := taking_part_refusal(person):
        return no
    if not person.is_of_age(on):
        return refusal(N_("Residents of 18 and older sign for their household. Ask one of your family."), status=403)
    if not person.lives_in(place_path):
        return refusal(
            N_("This agreement is signed by the households of its place. Your own community has its own agreements."),
            status=403,
        )
    if signed:
        return refusal(N_("Your household has already signed this version. There is nothing more to do."))
    return None


def clause_of(title: Words, number: int, article: int) -> Words:
    """《垃圾分类公约》第2版第9条: what an article is called wherever it is named."""
    return Words(
        zh=f"《{title.into('zh')}》第{number}版第{article}条",
        en=f"{title.into('en')}, version {number}, article {article}",
    )
