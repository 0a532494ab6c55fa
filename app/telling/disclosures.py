"""What people are told about what they asked."""

from __future__ import annotations

from app.disclosures.events import QuestionAnswered
from app.kit.refusal import N_
from app.messages import operations as messages
from app.messages.rules import describe, describe_group

describe_group("disclosures", N_("Disclosures"))
describe(
    "disclosures.answered",
    name=N_("The committee answers my question about a disclosure"),
    subject=N_('Your question about "%(title)s" is answered'),
    text=N_("The answer stands below your question. If something is still unclear, you can ask once more."),
)


def question_answered(event: QuestionAnswered) -> None:
    """Whoever asked."""
    messages.tell(
        [event.asker_id], "disclosures.answered", values={"title": event.title},
        href=f"/disclosures/{event.disclosure_id}#question-{event.question_id}",
        because=f"disclosure-question:{event.question_id}", at=event.at,
    )  # fmt: skip
