"""The pages that the benches open: the one list of them. `resident` of the sample street may see each."""

from __future__ import annotations

from dataclasses import dataclass

PASSWORD = "xiangyue-demo"
READER = "resident"


@dataclass(frozen=True)
class Page:
    """One address. A `listing` shows many rows and has a tighter limit on statements."""

    path: str
    listing: bool = False


PAGES: tuple[Page, ...] = (
    Page("/"),
    Page("/me"),
)
