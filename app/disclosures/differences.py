"""What changed from one revision to the next: words that came and went, figures that are others now."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from app.disclosures.finances import FinanceTable
from app.kit.words import Words

_TOKENS = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.,:'-]*[A-Za-z0-9])?|\s+|.", re.DOTALL)
MOST_TOKENS = 6_000  # comparing is quadratic at worst


@dataclass(frozen=True)
class Part:
    """A stretch of text that stayed (`same`), came (`new`) or went (`old`)."""

    kind: Literal["same", "new", "old"]
    text: str


def of_texts(old: str, new: str) -> list[Part]:
    """Both texts woven into one. A Chinese sign is a word, a Latin word or a number is one too."""
    before, after = _TOKENS.findall(old), _TOKENS.findall(new)
    if max(len(before), len(after)) > MOST_TOKENS:
        return [Part("old", old), Part("new", new)]
    parts = []
    for tag, i, j, k, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            parts.append(Part("same", "".join(before[i:j])))
            continue
        parts += [Part("old", "".join(before[i:j]))] if j > i else []
        parts += [Part("new", "".join(after[k:end]))] if end > k else []
    return parts


def told_lines(table: FinanceTable, language: str) -> str:
    """What stands beside the figures of each line, one line each: 2026-10-05 · 402 租金 · 厂房租金 · 经营资金."""
    return "\n".join(
        " · ".join(
            [
                *([line.on.isoformat()] if line.on else []),
                *([line.account.into(language)] if line.account else []),
                line.text.into(language),
                table.funds[line.fund].name.into(language),
            ]
        )
        for line in table.lines
    )


@dataclass(frozen=True)
class Changed:
    """One figure, in fen; None where the row was not there."""

    row: Words
    column: str
    old: int | None
    new: int | None


def of_tables(old: FinanceTable, new: FinanceTable) -> list[Changed]:
    """Every figure that is another one now, in the order of the new table; rows that went stand last."""
    before, after = dict(_figures(old)), dict(_figures(new))
    keys = [*after, *(key for key in before if key not in after)]
    return [
        Changed(Words(zh=key[0], en=key[1]), key[2], before.get(key), after.get(key))
        for key in keys
        if before.get(key) != after.get(key) and (before.get(key) or after.get(key))
    ]


_Key = tuple[str, str, str, int]


def _figures(table: FinanceTable) -> Iterator[tuple[_Key, int]]:
    """Each figure by the name of its row, its column, and which of several rows of that name it is."""
    seen: dict[tuple[str, str], int] = {}
    rows = [(fund.name, fund, ("opening", "income", "expenditure", "closing")) for fund in table.funds]
    rows += [(line.text, line, ("income", "expenditure")) for line in table.lines]  # type: ignore[misc]
    for words, row, columns in rows:
        name = words.zh, words.en
        number = seen[name] = seen.get(name, 0) + 1
        for column in columns:
            yield (*name, column, number), getattr(row, column)
