"""What views of other rooms say of themselves: a ballot fixed what they would change, so tries of staff are kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.ballots import operations
from app.kit import tries
from app.kit.fields import narrow
from app.kit.tries import Tried, View

Find = Callable[[Mapping[str, Any]], int | None]  # from the gaps of an address to the ballot, if one was put


def fixed(find: Find, what: str, *, phase: str | None = None) -> Callable[[View], View]:
    """Once there is a ballot this is refused, and whoever of the staff tries is written down.

    `what` is a name with words in the audit, gaps of the address filled in. `phase`: only while the ballot is `open`,
    or once it is `closed`.
    """

    def write(tried: Tried) -> None:
        operations.note_try(find(tried.address), what.format(**tried.address), by=tried.by, at=tried.at, phase=phase)

    return tries.noted(write)


def extends(find: Find) -> Callable[[View], View]:
    """Voting may run longer, and never shorter: a form with `days` below one is written down, too."""

    def write(tried: Tried) -> None:
        shorter = (narrow(tried.sent.get("days")) or "").startswith(("-", "0"))
        operations.note_extension_try(find(tried.address), shorter=shorter, by=tried.by, at=tried.at)

    return tries.noted(write)
