"""Why somebody may not file, look, confirm or decide. Whoever confirms has not filed; whoever decides took no part."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from app.cases.rules.standing import FALSE_CLAIM, OPEN, AppealSeen, CureSeen, Facts, state
from app.kit import clock
from app.kit.refusal import N_, Refusal, refusal
from app.kit.words import Words
from app.people.rules import OFFICE, Anyone

FILE = ("grid", "staff")
CONFIRM = ("staff", "reviewer")
DECIDE = ("staff", "reviewer", "supervisor", "street")
READ = tuple(dict.fromkeys((*FILE, *CONFIRM, *DECIDE)))

LONGEST_CURE, LATEST = timedelta(days=30), timedelta(days=30)  # to put it right; to file what was found
CARRIER = Words(zh="没有参与过这件事的同事", en="a colleague who took no part")

_OWN = N_("This concerns your own household, so somebody else does it. Please ask a colleague.")


def file_refusal(by: Anyone, *, household_id: int, place_path: str) -> Refusal | None:
    """Why somebody does not file a case: the grid members and staff of the place do, never on their own household."""
    if not by.holds(*FILE, at=place_path):
        return refusal(
            N_("Reminders are given by the grid member or the committee of that place. Please tell them what you saw."),
            status=403,
        )
    return _own_household(by, household_id)


def line_refusal(line: Any, *, false_claim: bool) -> Refusal | None:
    """Why a line is none that this is filed under: one of deductions in force, of a household; or that of false claims.

    `line` is a row of `queries.lines`. What counts by person is not filed by hand.
    """
    if line is not None and (line.code == FALSE_CLAIM) is false_claim and type(line.assets.get("honour")) is int:
        return None
    return refusal(N_("Choose one of the deduction lines of the tariff in force."), status=422)


def photo_refusal(*, needed: bool, sent: bool, masked: bool) -> Refusal | None:
    """Why the picture will not do: the line asks for one, and nobody may be known from it."""
    if needed and not sent:
        return refusal(N_("This line asks for a photo of the place. Please add one."), status=422)
    if sent and not masked:
        return refusal(N_("Cover faces and number plates in the photo first, and then tick that you have."), status=422)
    return None


def days_refusal(*, happened_on: date, cure_on: date, today: date) -> Refusal | None:
    """Why these days cannot be: found at most 30 days ago, to be put right today or within 30 days."""
    if not today - LATEST <= happened_on <= today:
        return refusal(
            N_("A case is filed within %(days)s days of what was found, and not ahead of it."),
            status=422, days=LATEST.days,
        )  # fmt: skip
    if not today <= cure_on <= today + LONGEST_CURE:
        return refusal(
            N_("Give a day for putting it right that is today or at most %(days)s days ahead."),
            status=422, days=LONGEST_CURE.days,
        )  # fmt: skip
    return None


def ladder_refusal(earlier: Sequence[Facts], *, happened_at: datetime, at: datetime) -> Refusal | None:
    """Why the next step is not taken yet: the household still has time to put the last one right, or was not heard."""
    if not earlier:
        return None
    last = earlier[-1]
    if last.cure_by > at or happened_at < last.cure_by:
        return refusal(
            N_("The last step under this line gave time until %(day)s. What was found after that day can be filed."),
            day=clock.last_day(last.cure_by),
        )  # fmt: skip
    if any(one.pending_cure for one in earlier):
        return refusal(N_("The household says that it is put right. Please look at what it sent first."))
    if any(state(one, at) == "proposed" for one in earlier):
        return refusal(N_("A deduction under this line waits for its second person. It is decided first."))
    return None


def claim_refusal(*, known: bool, filed: bool) -> Refusal | None:
    """Why this is no false claim to be filed: it is not the household's, waits or was taken back, or has a case."""
    if not known:
        return refusal(
            N_("Choose the award that was claimed falsely; it must be posted and still stand. A claim that waits is "
               "answered in its review, or by an objection to its notice."),
            status=422,
        )  # fmt: skip
    return refusal(N_("This award has a case already. Each false claim counts once.")) if filed else None


def absence_refusal(by: Anyone, *, household_id: int | None, line: Any, filed: bool) -> Refusal | None:
    """Why a missed shift is not filed: nobody's household any more, one's own, no such line there, or filed before."""
    if household_id is None or line is None:
        return refusal(
            N_("No line of the tariff where this person lives is about missed shifts, so there is nothing to file.")
        )
    if no := _own_household(by, household_id):
        return no
    return refusal(N_("This missed shift is on file already. Each counts once.")) if filed else None


def cancel_refusal(facts: Facts, by: Anyone, at: datetime) -> Refusal | None:
    """Why a mistake is not taken back: those who file may, until somebody decided or it was put right."""
    if no := file_refusal(by, household_id=facts.household_id, place_path=facts.place_path):
        return no
    return None if facts.outcome is None and state(facts, at) in OPEN else moved_on()


def decide_refusal(facts: Facts, by: Anyone, at: datetime) -> Refusal | None:
    """Why somebody is not the second person: in the review group or the staff, of another home, and than who filed."""
    if not by.holds(*CONFIRM, at=facts.place_path):
        return refusal(
            N_("A deduction is confirmed by the review group or the committee of that place. Please ask them."),
            status=403,
        )
    if no := _own_household(by, facts.household_id):
        return no
    if by.id == facts.filed_by:
        return refusal(
            N_("You proposed this deduction, so a second person decides. Please ask a colleague."), status=403
        )
    if by.is_or_lives_with(None, facts.filed_home):
        return _of_one_home()
    return None if state(facts, at) == "proposed" else moved_on()


def cure_refusal(facts: Facts, by: Anyone, at: datetime) -> Refusal | None:
    """Why nothing is sent to show that it is put right: those of the household may, while it is open."""
    if no := _of_household(by, facts):
        return no
    if not _can_be_put_right(facts, at):
        return moved_on()
    if facts.pending_cure:
        return refusal(N_("What you sent has arrived and waits to be looked at. Nothing more is needed for now."))
    return None


def look_refusal(facts: Facts, cure: CureSeen | None, by: Anyone, at: datetime) -> Refusal | None:
    """Why somebody does not say whether it is put right. `cure` is None for what they saw themselves."""
    if not by.holds(*FILE, *CONFIRM, at=facts.place_path):
        return refusal(
            N_("Whether it is put right is looked at by the grid member or the committee of that place."), status=403
        )
    if no := _own_household(by, facts.household_id):
        return no
    looked = cure is not None and cure.accepted is not None
    return moved_on() if looked or not _can_be_put_right(facts, at) else None


def appeal_refusal(facts: Facts, by: Anyone, at: datetime) -> Refusal | None:
    """Why the household cannot appeal now: its adults may, once, before the stored end (words.md sentence 14)."""
    if no := _of_household(by, facts):
        return no
    if not by.is_of_age(clock.local(at).date()):
        return refusal(N_("The adults of your household appeal. Please talk with them."), status=403)
    if (appeal := facts.appeal()) is not None:
        if appeal.upheld is not None:
            return refusal(N_("Your household has appealed, and it was decided. The decision stands on this page."))
        return refusal(N_("Your household has appealed already. The decision will stand here, with its reason."))
    if facts.outcome != "confirmed" or facts.appeal_until is None:
        return refusal(
            N_("There is no confirmed deduction to appeal. If something is wrong, tell the committee's office.")
        )
    if at >= facts.appeal_until or facts.is_posted:
        return refusal(
            N_("The time to appeal ended on %(day)s. If you have new evidence, hand it in at %(place)s; %(contact)s "
               "will take it."),
            day=clock.last_day(facts.appeal_until), place=OFFICE, contact=CARRIER,
        )  # fmt: skip
    return None if state(facts, at) == "confirmed" else moved_on()


def evidence_refusal(facts: Facts, by: Anyone, at: datetime) -> Refusal | None:
    """Why new evidence is not written down: staff of the place do, once, when the deduction is in effect."""
    if not by.holds("staff", at=facts.place_path):
        return refusal(N_("New evidence is handed in at the committee's office. Its staff write it down."), status=403)
    if no := _own_household(by, facts.household_id):
        return no
    if facts.appeal("evidence") is not None:
        return refusal(N_("New evidence was handed in already; its decision stands on this page."))
    return None if state(facts, at) == "posted" else moved_on()


def opinion_refusal(facts: Facts, appeal: AppealSeen, by: Anyone) -> Refusal | None:
    """Why somebody does not decide on an appeal: whoever took part or lives there leaves it to others.

    Those who filed, confirmed and decide come from as many households.
    """
    if not by.holds(*DECIDE, at=facts.place_path):
        return refusal(
            N_("Appeals are decided by the review group, the committee, its supervisors or the street."), status=403
        )
    if no := _own_household(by, facts.household_id):
        return no
    if by.id in facts.took_part:
        return refusal(
            N_("You took part in this case, so others decide on the appeal. Please ask a colleague."), status=403
        )
    if any(who == by.id for who, _upheld, _at in appeal.opinions):
        return refusal(N_("You have decided already. A second person of the review group decides as well."))
    if any(by.is_or_lives_with(None, home) for home in (facts.filed_home, facts.decided_home, *appeal.homes)):
        return _of_one_home()
    return moved_on() if appeal.upheld is not None or facts.is_cured else None


def moved_on() -> Refusal:
    return refusal(N_("Things have moved on, so this step is no longer possible. The page shows where it stands now."))


def _can_be_put_right(facts: Facts, at: datetime) -> bool:
    return facts.step != "proven" and state(facts, at) in OPEN and not facts.is_put_right


def _of_one_home() -> Refusal:
    return refusal(
        N_("Somebody of your household has a say in this case, so people of other households decide. Please ask a "
           "colleague."),
        status=403,
    )  # fmt: skip


def _own_household(by: Anyone, household_id: int) -> Refusal | None:
    return refusal(_OWN, status=403) if by.is_or_lives_with(None, household_id) else None


def _of_household(by: Anyone, facts: Facts) -> Refusal | None:
    if by.is_verified and by.household_id == facts.household_id:
        return None
    return refusal(N_("Only the household concerned can do this. The committee's office can help."), status=403)
