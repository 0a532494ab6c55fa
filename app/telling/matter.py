"""What a message is about: the page where it stands and the names of things in its sentences, said once for a room."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.messages import operations as messages
from app.messages.operations import Ids


@dataclass(frozen=True)
class Matter:
    """A case, a meeting, a ballot. `href` is its page; `named` fills the sentences of every message about it."""

    href: str
    named: Mapping[str, Any]

    def tell(
        self, kind: str, who: Ids | Collection[int], *, because: str, at: datetime,
        holds_until: datetime | None = None, **values: Any,
    ) -> int:  # fmt: skip
        """Tell these people, each once for this cause; how many had not been told."""
        filled: dict[str, Any] = {
            "values": {**self.named, **values}, "href": self.href, "because": because, "at": at,
            "holds_until": holds_until,
        }  # fmt: skip
        if isinstance(who, Collection):
            return messages.tell(who, kind, **filled)
        return messages.tell_all(who, kind, **filled)
