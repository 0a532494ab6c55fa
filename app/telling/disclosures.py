"""What people are told about disclosures: questions and answers, drafts that go to and fro, corrections.

What is published for the first time is told to nobody by name: it stands on the pages, in the search and in the feed.
"""

from __future__ import annotations

from sqlalchemy import select

from app.disclosures.events import DraftSent, DraftSentBack, Published, QuestionAnswered, QuestionAsked
from app.disclosures.models import DraftWriter, Question
from app.disclosures.rules import SUPERVISOR
from app.kit.refusal import N_
from app.messages import operations as messages
from app.messages.rules import describe, describe_group
from app.people.models import Role
from app.telling.whom import holders

describe_group("disclosures", N_("Disclosures"))
describe(
    "disclosures.answered",
    name=N_("The committee answers my question about a disclosure"),
    subject=N_('Your question about "%(title)s" is answered'),
    text=N_("The answer stands below your question. If something is still unclear, you can ask once more."),
)
describe(
    "disclosures.corrected",
    name=N_("A disclosure that I asked about is corrected"),
    subject=N_('"%(title)s" is corrected'),
    text=N_("You asked about it. The new revision says what changed and why; the old one stays readable."),
)
describe(
    "disclosures.asked",
    name=N_("A resident asks about a disclosure of ours"),
    subject=N_('A question about "%(title)s"'),
    text=N_("It is to be answered by %(until)s; after that it stands there as overdue."),
    duty=True,
)
describe(
    "disclosures.to_sign",
    name=N_("A disclosure waits for my countersignature"),
    subject=N_('"%(title)s" waits for your countersignature'),
    text=N_("Look at the sums, the text and the papers. It is published once you have signed."),
    duty=True,
)
describe(
    "disclosures.sent_back",
    name=N_("A disclosure that I wrote comes back"),
    subject=N_('"%(title)s" comes back to you'),
    text=N_("The supervisor left a note on what is to be changed."),
    duty=True,
)


def question_asked(event: QuestionAsked) -> None:
    """The staff of that place; taken back once one of them has answered."""
    staff = holders("staff", at=event.place_path).where(Role.resident_id != event.asker_id)
    messages.tell_all(
        staff, "disclosures.asked", values={"title": event.title, "until": event.due_at},
        href=f"/disclosures/{event.disclosure_id}#question-{event.question_id}", because=_asked(event.question_id),
        at=event.at,
    )  # fmt: skip


def question_answered(event: QuestionAnswered) -> None:
    """Whoever asked."""
    messages.take_back(_asked(event.question_id))
    messages.tell(
        [event.asker_id], "disclosures.answered", values={"title": event.title},
        href=f"/disclosures/{event.disclosure_id}#question-{event.question_id}",
        because=f"disclosure-question:{event.question_id}", at=event.at,
    )  # fmt: skip


def draft_sent(event: DraftSent) -> None:
    """The supervisors of that place who did not write on it."""
    writers = select(DraftWriter.resident_id).where(DraftWriter.draft_id == event.draft_id)
    messages.tell_all(
        holders(SUPERVISOR, at=event.place_path).where(Role.resident_id.not_in(writers)), "disclosures.to_sign",
        values={"title": event.title}, href=f"/disclosures/drafts/{event.draft_id}", because=_to_sign(event.draft_id),
        at=event.at,
    )  # fmt: skip


def draft_sent_back(event: DraftSentBack) -> None:
    """Its author. The desk is always there; the draft may be gone when the message is read."""
    messages.take_back(_to_sign(event.draft_id))
    messages.tell(
        [event.author_id], "disclosures.sent_back", values={"title": event.title}, href="/disclosures/desk",
        because=f"disclosure-back:{event.draft_id}:{event.at:%Y%m%d%H%M%S}", at=event.at,
    )  # fmt: skip


def published(event: Published) -> None:
    """A correction: whoever asked about the item."""
    messages.take_back(_to_sign(event.draft_id))
    if event.revision > 1:
        askers = select(Question.by_id).where(Question.disclosure_id == event.disclosure_id).distinct()
        messages.tell_all(
            askers, "disclosures.corrected", values={"title": event.title}, href=f"/disclosures/{event.disclosure_id}",
            because=f"disclosure-corrected:{event.disclosure_id}:{event.revision}", at=event.at,
        )  # fmt: skip


def _asked(question_id: int) -> str:
    return f"disclosure-asked:{question_id}"


def _to_sign(draft_id: int) -> str:
    return f"disclosure-sign:{draft_id}"
