"""Two texts woven into one: what stayed, what went, what came.

A word is a run of Latin letters, a number with its signs (8:30, 1,200.50) or one Chinese character: Chinese is written
without gaps, and what differs there is found character by character. Single characters that two longer changes have in
common by chance are taken into the change, or it could not be read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

_WORD = re.compile(r"[A-Za-z0-9À-ɏ](?:[A-Za-z0-9À-ɏ.,:'’-]*[A-Za-z0-9À-ɏ])?|\s+|.", re.S)
LEAST_KEPT = 2  # signs between two changes
MOST_WORDS = 6_000  # comparing is quadratic at worst: beyond this the two texts stand one after the other

Kind = Literal["same", "added", "removed"]


@dataclass(frozen=True)
class Part:
    """A stretch of text that both have, or only the newer (`added`) or the older one (`removed`)."""

    kind: Kind
    text: str


def woven(old: str, new: str) -> list[Part]:
    """Both texts in the order of reading; what was removed comes before what stands in its place."""
    before, after = _WORD.findall(old), _WORD.findall(new)
    if max(len(before), len(after)) > MOST_WORDS:
        return [Part("removed", old), Part("added", new)]
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
