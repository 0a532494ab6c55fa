"""Which figures of a finance table are others in the next revision, and the words beside its lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.disclosures.finances import FinanceTable
from app.kit.words import Words


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
