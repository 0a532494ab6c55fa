"""Whether a search finds every public text as it reads now, and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from app.home.finding import all_documents
from app.home.rules import KINDS
from app.kit import search
from app.kit.proof import Fault
from app.kit.search import Document

INVARIANT = "search"


def counts() -> dict[str, int]:
    return {"texts that can be found": sum(search.number_of(kind) for kind in KINDS)}


def faults() -> Iterator[Fault]:
    """The first text that is not found as it reads now; each kind of which more is found than there is."""
    there: Counter[str] = Counter()

    def counted() -> Iterator[Document]:
        for one in all_documents():
            there[one.kind] += 1
            yield one

    differing = list(search.differences(counted()))
    for kind, ref in differing[:1]:
        yield Fault(INVARIANT, f"{kind}:{ref}", f"{len(differing)} texts are not found as they read now")
    for kind in KINDS:
        found = search.number_of(kind)
        if found > there[kind]:
            yield Fault(INVARIANT, kind, f"{found} can be found, {there[kind]} are public")
    if not search.is_whole():
        yield Fault(INVARIANT, "index", "it does not hold the texts that are kept beside it: flask search-rebuild")
