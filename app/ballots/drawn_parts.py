"""What a drawing of a result is made of: bars and tables, with every figure said as the reader reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.ballots.labels import Votes, cut, figure
from app.kit.words import Words


@dataclass(frozen=True)
class Bar:
    """One answer: its figure, its share of the whole in words, how much of the bar is filled (0 to 1), its mark.

    `part` is the colour of `components/charts.html`, `mark` the same in words; `line` is where it is enough.
    """

    label: Words
    figure: str
    share: str
    filled: float
    part: str
    mark: str
    icon: str
    says: str
    line: float | None

    @property
    def won(self) -> bool:
        return self.part == "yes" and bool(self.mark)

    @property
    def tone(self) -> str:
        """Of the chip with its mark."""
        return "done" if self.won else "waiting"


@dataclass(frozen=True)
class Cell:
    """A number or some words in a table. `mark` says why it stands out; `won` that it beats the other of its pair."""

    value: Votes | str | None
    mark: str = ""
    won: bool = False

    @property
    def text(self) -> str:
        return self.value or "" if isinstance(self.value, str) or self.value is None else figure(self.value)

    @property
    def plain(self) -> int | float | str:
        """For a spreadsheet: a number without commas, or the words."""
        if self.value is None or isinstance(self.value, str):
            return self.value or ""
        short = cut(self.value)
        return short if isinstance(short, int) else float(short)


@dataclass(frozen=True)
class Head:
    """The head of a column; `words` are said where only a number stands."""

    shown: str
    words: str = ""


@dataclass(frozen=True)
class Row:
    """A row of a table; `key` is the option that it belongs to, empty for another. `number` stands before the label."""

    key: str
    label: Words | str
    cells: Sequence[Cell]
    number: int | None = None


@dataclass(frozen=True)
class Table:
    """A table with its name; `corner` heads the labels."""

    caption: str
    corner: str
    heads: Sequence[Head]
    rows: Sequence[Row]
    feet: Sequence[Row] = ()
