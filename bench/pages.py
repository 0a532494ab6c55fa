"""The pages that the benches open: the one list of them. `resident` of the sample street may see each."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tests.examples import numbers

PASSWORD = "xiangyue-demo"
READER = "resident"


@dataclass(frozen=True)
class Page:
    """One address. A `listing` shows many rows and has a tighter limit on statements."""

    path: str
    listing: bool = False


_PAGES: tuple[Page, ...] = (
    Page("/"),
    Page("/me"),
    Page("/me/household"),
    Page("/topics", listing=True),
    Page("/topics/{voting}"),
    Page("/topics/{lively}"),
    Page("/topics/{counted}"),
    Page("/activities", listing=True),
    Page("/activities/{today}"),
    Page("/activities/{regular}"),
    Page("/points"),
    Page("/points/tariff"),
    Page("/rewards", listing=True),
    Page("/rewards/{rice}"),
    Page("/orders", listing=True),
    Page("/orders/{held}"),
    Page("/rankings"),
    Page("/rankings/household"),
    Page("/open-data"),
    Page("/settings"),
)


def pages(database_url: str) -> list[Page]:
    """The pages, with the numbers that things have in this database of the sample street."""
    known = numbers(database_url)
    return [replace(page, path=page.path.format(**known)) for page in _PAGES]
