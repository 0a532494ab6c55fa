"""Two versions of an agreement article by article."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from app.kit.weaving import Part, woven


@dataclass(frozen=True)
class Compared:
    """One article in two versions: `same`, `changed`, `added` or `removed`. `old` and `new` are its rows."""

    kind: Literal["same", "changed", "added", "removed"]
    old: Any
    new: Any
    parts: Sequence[Part] = ()


def compared(old: Sequence[Any], new: Sequence[Any], language: str) -> list[Compared]:
    """Two versions article by article, in the order of the newer one; what was removed stands where it stood.

    Rows have `lineage`, `number` and `text` (Words); the same lineage is the same article.
    """
    before = {row.lineage: row for row in old}
    after = {row.lineage for row in new}
    waiting = [row for row in old if row.lineage not in after]
    found: list[Compared] = []
    for row in new:
        was = before.get(row.lineage)
        if was is not None:
            while waiting and waiting[0].number < was.number:
                found.append(Compared("removed", waiting.pop(0), None))
        found.append(_one(was, row, language))
    return found + [Compared("removed", row, None) for row in waiting]


def _one(was: Any, row: Any, language: str) -> Compared:
    if was is None:
        return Compared("added", None, row)
    one, other = was.text.into(language), row.text.into(language)
    return Compared("same", was, row) if one == other else Compared("changed", was, row, woven(one, other))
