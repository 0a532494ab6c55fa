"""One measured figure beside its goal, printed as every gate prints: `name value goal ok|short`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """`at_most` unless the figure is one to be reached."""

    name: str
    value: float
    goal: float
    at_most: bool = True

    @property
    def ok(self) -> bool:
        return self.value <= self.goal if self.at_most else self.value >= self.goal

    def __str__(self) -> str:
        return f"{self.name} {self.value:g} {self.goal:g} {'ok' if self.ok else 'short'}"
