"""Text as the index sees it: signs of Chinese two by two, other words one by one, none of it tied to a database.

A *unit* is one Chinese (or Japanese, Korean) sign or one word of letters and figures. A *run* is what stands between
spaces, punctuation and changes of script. Large and small letters, accents, full and half width are the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# Positions in a tsvector end at 16,383. A text of a village is shorter; what comes after is not found.
MOST_SIGNS = 12_000
LONGEST_WORD = 64  # letters; what is longer is no word

_HAN = "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\U00020000-\U0003ffff"
_RUN = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+")
_FIRST_HAN = re.compile(rf"[{_HAN}]")


class _Folded(dict[int, str]):
    """Each sign as it is compared, worked out once."""

    def __missing__(self, code: int) -> str:
        plain = "".join(c for c in unicodedata.normalize("NFKD", chr(code)) if not unicodedata.combining(c))
        folded = unicodedata.normalize("NFKC", plain.casefold())
        self[code] = folded
        return folded


_FOLDED = _Folded()


def folded(text: str) -> str:
    """Without case, accents and width."""
    return text.translate(_FOLDED)


@dataclass(frozen=True)
class Run:
    """A run of Chinese signs, or one other word; `start` and `end` are its place in the folded text."""

    text: str
    is_han: bool
    start: int
    end: int


def runs(folded_text: str) -> Iterator[Run]:
    for match in _RUN.finditer(folded_text):
        text = match.group()
        yield Run(text, bool(_FIRST_HAN.match(text)), match.start(), match.end())


def stem(word: str) -> str:
    """The singular of an English word, roughly and always the same: three rules for the s (Harman 1991)."""
    if len(word) < 4 or not word.isascii():
        return word
    if word.endswith("ies") and not word.endswith(("eies", "aies")):
        return word[:-3] + "y"
    if word.endswith("es") and not word.endswith(("aes", "ees", "oes")):
        return word[:-1]
    if word.endswith("s") and not word.endswith(("us", "ss")):
        return word[:-1]
    return word


@dataclass(frozen=True)
class Indexed:
    """What is written into the index for one text.

    `placed` are tokens in their order, None where a run ends: a phrase never reaches over such a gap. `starts` are the
    single signs, and the first letters of words, that a query of one sign finds.
    """

    placed: Sequence[str | None]
    starts: frozenset[str]


def indexed(text: str) -> Indexed:
    placed: list[str | None] = []
    starts: set[str] = set()
    for run in runs(folded(text[:MOST_SIGNS])):
        if run.is_han:
            starts.update(run.text)
            placed += [*pairs(run.text), None]
        else:
            starts.add(run.text[0])
            placed.append(stem(run.text[:LONGEST_WORD]))
    return Indexed(placed, frozenset(starts))


def pairs(signs: str) -> list[str]:
    """停车位: 停车, 车位. One sign alone has none."""
    return [signs[at : at + 2] for at in range(len(signs) - 1)]


@dataclass(frozen=True)
class Wanted:
    """One part of what somebody looks for; every part must be there.

    Its tokens stand next to each other. `is_start`: it is one sign alone, or the first letter of a word.
    """

    tokens: tuple[str, ...]
    is_start: bool = False


MOST_PARTS = 8


def wanted(query: str) -> list[Wanted]:
    """The parts of a query; nothing when it holds neither letter nor sign. More than eight parts are not read."""
    parts = (_part(run) for run in runs(folded(query)))
    return list(dict.fromkeys(parts))[:MOST_PARTS]


def _part(run: Run) -> Wanted:
    if len(run.text) == 1:
        return Wanted((run.text,), is_start=True)
    return Wanted(tuple(pairs(run.text)) if run.is_han else (stem(run.text[:LONGEST_WORD]),))
