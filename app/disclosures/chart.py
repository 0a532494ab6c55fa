"""Income and expenditure by month as bars: x in per cent, y in units, so that words never shrink with the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.disclosures.finances import Fund
from app.kit.periods import Period

BASE, HIGH = 186.0, 168.0  # the line that bars stand on, and the tallest bar
LINES = 4
STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True)
class Month:
    """One month: figures in fen, None where nothing was published, and the two bars."""

    period: Period
    figures: Fund | None
    x_in: str
    x_out: str
    x_name: str
    income: tuple[str, str]  # y and height
    expenditure: tuple[str, str]


@dataclass(frozen=True)
class Chart:
    months: Sequence[Month]
    grid: Sequence[tuple[str, int]]  # y, and the sum in yuan that it stands for
    wide: str


def chart(months: Sequence[tuple[Period, Fund | None]]) -> Chart:
    """The drawing for these months, the oldest first."""
    most = max((max(one.income, one.expenditure) for _period, one in months if one), default=0)
    step = _step(most / 100 / LINES)
    top = step * LINES * 100
    each = 100 / max(1, len(months))
    drawn = []
    for place, (period, figures) in enumerate(months):
        left = each * place
        drawn.append(
            Month(
                period, figures, f"{left + each * 0.16:.2f}", f"{left + each * 0.54:.2f}", f"{left + each / 2:.2f}",
                _bar(figures.income if figures else 0, top), _bar(figures.expenditure if figures else 0, top),
            )
        )  # fmt: skip
    grid = [(f"{BASE - HIGH * line / LINES:.1f}", int(step * line)) for line in range(1, LINES + 1)]
    return Chart(drawn, grid, f"{each * 0.3:.2f}")


def _bar(amount: int, top: float) -> tuple[str, str]:
    """A refund that outweighs the rest stands at nothing: the table beside the drawing tells it."""
    height = HIGH * max(0, amount) / top
    return f"{BASE - height:.1f}", f"{height:.1f}"


def _step(least: float) -> float:
    """The smallest round step in yuan that reaches."""
    size = 1.0
    while True:
        for step in STEPS:
            if step * size >= max(1.0, least):
                return step * size
        size *= 10
