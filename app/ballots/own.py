"""What a person finds on the page of a vote beside the own paper: what others entered for them, and written proxies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.ballots import channel_queries
from app.ballots.queries import VoteBox
from app.people.rules import Anyone, Person


@dataclass(frozen=True)
class Own:
    """Rows of `channel_queries`: the vote that others `entered`, the proxy that was `given`, those `held`; names by id.

    `contestable`: what was entered can still be taken out.
    """

    entered: Any = None
    given: Any = None
    held: Sequence[Any] = ()
    names: dict[int, str] = field(default_factory=dict)
    contestable: bool = False
    may_end: bool = False


def own_of(box: VoteBox, person: Anyone, at: datetime) -> Own:
    """Nothing for strangers, and nothing of a secret ballot: nobody votes for others there."""
    if box.secret or not isinstance(person, Person):
        return Own()
    entered = channel_queries.entered_for(box.id, person)
    given = channel_queries.proxy_given(box.id, person)
    held = channel_queries.proxies_held(person, at, question_id=box.id)
    acted = [entered.entered_by, entered.confirmed_by] if entered else []
    names = channel_queries.names_of([*acted, *([given.holder_id] if given else []), *(one.granted_by for one in held)])
    return Own(
        entered, given, held, names, contestable=box.phase == "open" and entered is not None,
        may_end=box.phase != "closed",
    )  # fmt: skip
