"""The guards that race tests are about. `tools/mutants.py` removes each in a copy and expects its test to fail.

A guard is named by its exact source text, so that moving it without moving this line is noticed at once.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """One guard taken away. `test` is a pytest id; `database` is where the guard must show."""

    name: str
    file: str
    guard: str
    replacement: str
    test: str
    database: str = "sqlite"


MUTANTS: tuple[Mutant, ...] = ()
