"""Two texts word by word, and two versions article by article.

A word is a run of Latin letters or digits, or one Chinese character: Chinese is written without gaps, and what differs
there is found character by character. Single characters that two longer changes have in common by chance are taken
into the change, or it could not be read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

_WORD = re.compile(r"[A-Za-z0-9À-ɏ'’]+|\s+|.", re.S)
LEAST_KEPT = 2  # signs between two changes

Kind = Literal["same", "added", "removed"]


@dataclass(frozen=True)
class Part:
    """A stretch of text that both have, or only the newer (`added`) or the older one (`removed`)."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class Compared:
    """One article in two versions: `same`, `changed`, `added` or `removed`. `old` and `new` are its rows."""

    kind: Literal["same", "changed", "added", "removed"]
    old: Any
    new: Any
    parts: Sequence[Part] = ()


def parts(old: str, new: str) -> list[Part]:
    """What was removed and added, in the order of reading; what was removed comes before what stands in its place."""
    before, after = _WORD.findall(old), _WORD.findall(new)
    runs: list[tuple[bool, str, str]] = []  # whether both have it; of the old text, of the new one
    for tag, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        same = tag == "equal"
        run = "".join(before[i:j]), "".join(after[k:m])
        if runs and not same and not runs[-1][0]:
            runs[-1] = (False, runs[-1][1] + run[0], runs[-1][2] + run[1])
        else:
            runs.append((same, *run))
    found: list[Part] = []
    for same, removed, added in _joined(runs):
        both: list[tuple[Kind, str]] = [("same", added)] if same else [("removed", removed), ("added", added)]
        found += [Part(kind, text) for kind, text in both if text]
    return found


def _joined(runs: Sequence[tuple[bool, str, str]]) -> list[tuple[bool, str, str]]:
    """Changes with less than two signs in common between them become one."""
    joined: list[tuple[bool, str, str]] = []
    for number, (same, removed, added) in enumerate(runs):
        by_chance = same and 0 < number < len(runs) - 1 and len(added.strip()) < LEAST_KEPT
        if joined and not joined[-1][0] and (by_chance or not same):
            joined[-1] = (False, joined[-1][1] + removed, joined[-1][2] + added)
        else:
            joined.append((same, removed, added))
    return joined


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
    return Compared("same", was, row) if one == other else Compared("changed", was, row, parts(one, other))
