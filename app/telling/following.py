"""What people are told about notices and promises: what follows from a decision."""

from __future__ import annotations

from app.kit.refusal import N_
from app.messages import operations as messages
from app.messages.rules import Phrase, describe, describe_group
from app.notices.events import ObjectionAnswered
from app.promises.events import PromiseMade

describe_group("following", N_("What follows from decisions"))
describe(
    "following.objection",
    name=N_("My objection is answered"),
    subject=N_('Your objection to "%(title)s": %(outcome)s'),
    text=N_("Read the answer to it; it stands beneath the notice."),
)
describe(
    "following.promise",
    name=N_("Something is put into my hands"),
    subject=N_("Yours to see through: %(what)s"),
    text=N_("It is to be done by %(due)s. Say how far it is as you go along; everybody can read it."),
    way="now",
)
_UPHELD, _NOT_UPHELD = Phrase(N_("it is upheld")), Phrase(N_("it is not upheld"))


def objection_answered(event: ObjectionAnswered) -> None:
    messages.tell(
        [event.filed_by], "following.objection",
        values={"title": event.title, "outcome": _UPHELD if event.upheld else _NOT_UPHELD},
        href=f"/notices/{event.notice_id}", because=f"objection:{event.objection_id}", at=event.at,
    )  # fmt: skip


def promise_made(event: PromiseMade) -> None:
    """Whoever is to do it, unless they took it on themselves."""
    if event.owner_id is None or event.owner_id == event.by_id:
        return
    messages.tell(
        [event.owner_id], "following.promise", values={"what": event.what, "due": event.due_on},
        href=f"/promises/{event.promise_id}", because=f"promise:{event.promise_id}", at=event.at,
    )  # fmt: skip
