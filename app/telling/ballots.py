"""What electors are told of votes that others enter for them, and staff of what was contested or still waits."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, or_, select

from app.ballots.channel_models import PaperBatch, TypedPaper
from app.ballots.channels import LAST_HOURS
from app.ballots.events import ProxyRegistered, VoteContested, VoteEntered, VotingExtended
from app.ballots.models import Question
from app.ballots.secret_models import SecretMark
from app.kit.db import db, locked
from app.kit.refusal import N_
from app.messages import operations as messages
from app.messages.operations import Ids
from app.messages.rules import describe
from app.people.models import Resident
from app.telling.matter import Matter
from app.telling.whom import adults_of, holders

_CONTEST = N_("If this is right, nothing needs to be done. If it is not your vote, contest it on the page of the "
              "ballot before %(until)s; it is taken out and you can vote yourself.")  # fmt: skip
_NAME = N_("A vote is entered for me")
describe(
    "council.entered_paper",
    name=_NAME,
    subject=N_('Your paper is counted: "%(wording)s"'),
    text=_CONTEST,
    way="now",
    switchable=False,
)
describe(
    "council.entered_counter",
    name=_NAME,
    subject=N_('Your vote at the counter is counted: "%(wording)s"'),
    text=_CONTEST,
    way="now",
    switchable=False,
)
describe(
    "council.entered_proxy",
    name=_NAME,
    subject=N_('Your written proxy has voted for you: "%(wording)s"'),
    text=_CONTEST,
    way="now",
    switchable=False,
)
describe(
    "council.handed_in",
    name=N_("My sealed paper is in the urn"),
    subject=N_('Your sealed paper was handed in: "%(wording)s"'),
    text=N_("You are marked on the roll as having voted, and nobody can read what. If you handed in none, please tell "
            "a supervisor before %(until)s."),
    way="now",
    switchable=False,
)  # fmt: skip
describe(
    "council.proxy_given",
    name=N_("A written proxy of mine is registered"),
    subject=N_('Your written proxy is registered: "%(wording)s"'),
    text=N_(
        "Somebody votes for you by a paper that you signed; your own vote always comes first. If you signed none, "
        "end the proxy on the page of the ballot and tell the committee's office."
    ),
    way="now",
    switchable=False,
)
describe(
    "council.proxy_held",
    name=N_("I am asked to vote for somebody by written proxy"),
    subject=N_('You hold a written proxy: "%(wording)s"'),
    text=N_("A neighbour asks you to vote for them before %(until)s. Talk it over with them, then vote on the page of "
            "the ballot."),
    way="now",
    switchable=False,
)  # fmt: skip
describe(
    "council.papers_wait",
    name=N_("Papers wait although a vote closes soon"),
    subject=N_('Papers still wait: "%(wording)s"'),
    text=N_("Voting ends %(until)s. What a second person has not typed or counted by then is not in the result."),
    way="now",
    duty=True,
)
describe(
    "council.contested",
    name=N_("A vote that staff entered is contested"),
    subject=N_('A vote was contested: "%(wording)s"'),
    text=N_("An elector said that a vote entered for them was not theirs. It is taken out. Please look into it; the "
            "audit says who entered it."),
    way="now",
    duty=True,
)  # fmt: skip


def entered(event: VoteEntered) -> None:
    """Whose vote it is; of a household every adult, since it is the vote of all of them."""
    kind = "council.handed_in" if event.secret else f"council.entered_{event.channel}"
    because = f"vote-entered:{event.question_id}:{event.roll_entry_id}:{event.at:%Y%m%d%H%M%S%f}"
    _tell(_electors(event), kind, event.question_id, because, event.at, until=event.closes_at)


def proxy_registered(event: ProxyRegistered) -> None:
    """Who gave it, so that nobody's name is used behind their back, and who is to vote."""
    for person, kind in ((event.granter_id, "council.proxy_given"), (event.holder_id, "council.proxy_held")):
        who = select(Resident.id).where(Resident.id == person)
        because = f"proxy-registered:{event.proxy_id}"
        href = _page(event.question_id)
        if kind == "council.proxy_held":
            href += f"/proxy/{event.roll_entry_id}"
        _tell(who, kind, event.question_id, because, event.at, href=href, until=event.closes_at)


def contested(event: VoteContested) -> None:
    """The staff of the place, who look into it at the desk, and the supervisors, who read the audit."""
    because = f"vote-contested:{event.contested_id}"
    for role, href in (("staff", f"{_page(event.question_id)}/desk"), ("supervisor", "/audit")):
        who = holders(role, at=event.place_path)
        _tell(who, "council.contested", event.question_id, because, event.at, href=href)


def voting_extended(event: VotingExtended) -> None:
    """The time that was told is not right any more; a new reminder comes before the new end."""
    messages.take_back(_papers(event.question_id))


def remind_of_papers(at: datetime) -> int:
    """For `flask tick`: from a day before a vote closes, the staff of its place while papers wait for a second person
    or lie uncounted in the urn; how many people. What is done by then is taken back.
    """
    soon = Question.closes_at > at, Question.closes_at <= at + LAST_HOURS, Question.opens_at <= at
    return sum(_remind(question_id, at) for question_id in db.session.scalars(select(Question.id).where(*soon)).all())


def _remind(question_id: int, at: datetime) -> int:
    columns = Question.opens_at, Question.closes_at, Question.place_path, _papers_wait().label("waits")
    question = db.session.execute(locked(select(*columns).where(Question.id == question_id))).one()
    if not question.waits or question.closes_at <= at:
        messages.take_back(_papers(question_id))
        return 0
    who = holders("staff", at=question.place_path).union(holders("street", at=question.place_path, exactly=True))
    due = max(question.closes_at - LAST_HOURS, question.opens_at)
    return _tell(
        who, "council.papers_wait", question_id, _papers(question_id), due,
        href=f"{_page(question_id)}/desk", holds_until=question.closes_at, until=question.closes_at,
    )  # fmt: skip


def _papers_wait() -> Any:
    """For a statement on `Question`: whether a paper was typed once only, or lies in the urn."""
    on_paper = SecretMark.question_id == Question.id, SecretMark.channel == "paper"
    handed_in = select(func.count()).select_from(SecretMark).where(*on_paper).correlate(Question).scalar_subquery()
    batches = select(func.coalesce(func.sum(PaperBatch.papers), 0)).where(PaperBatch.question_id == Question.id)
    return or_(
        exists().where(TypedPaper.question_id == Question.id),
        handed_in > batches.correlate(Question).scalar_subquery(),
    )


def _papers(question_id: int) -> str:
    return f"papers-wait:{question_id}"


def _page(question_id: int) -> str:
    return f"/votes/{question_id}"


def _electors(event: VoteEntered) -> Ids:
    if event.household_id is None:
        return select(Resident.id).where(Resident.id == event.voter_id)
    return adults_of(event.household_id, event.at)


def _tell(
    who: Ids, kind: str, question_id: int, because: str, at: datetime, *, href: str = "",
    holds_until: datetime | None = None, **values: Any,
) -> int:  # fmt: skip
    wording = db.session.scalars(select(Question.wording).where(Question.id == question_id)).one()
    matter = Matter(href or _page(question_id), {"wording": wording})
    return matter.tell(kind, who, because=because, at=at, holds_until=holds_until, **values)
