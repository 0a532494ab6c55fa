"""What people are told about their account."""

from __future__ import annotations

from app.kit.refusal import N_
from app.messages import operations as messages
from app.messages.rules import describe, describe_group
from app.people.events import AddressConfirmed

describe_group("people", N_("My account"))
describe(
    "people.confirmed",
    name=N_("My address is confirmed"),
    subject=N_("Your address is confirmed"),
    text=N_("You can discuss, support, vote and take part from now on."),
    way="now",
)


def address_confirmed(event: AddressConfirmed) -> None:
    messages.tell(
        [event.resident_id], "people.confirmed", values={},
        href="/me/household", because=f"address-confirmed:{event.resident_id}:{event.household_id}", at=event.at,
    )  # fmt: skip
