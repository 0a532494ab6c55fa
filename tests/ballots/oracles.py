"""Votes of others with their published outcomes, read where they lie: Debian 2004-2008, New South Wales 2015."""

from __future__ import annotations

import csv
import json
from collections import Counter
from fractions import Fraction
from typing import Any

from app.ballots.papers import ABSTAIN, of_ranks
from app.config import ROOT

SHARED = ROOT.parent / "shared" / "data"
DEBIAN = SHARED / "ranked-votes-debian"
NSW = SHARED / "ranked-votes-nsw-irv"


def debian_votes() -> list[str]:
    return sorted(path.name.removesuffix(".outcome.json") for path in DEBIAN.glob("*.outcome.json"))


def nsw_votes() -> list[str]:
    return sorted(path.stem for path in NSW.glob("*.soi"))


def debian_outcome(name: str) -> dict[str, Any]:
    return json.loads((DEBIAN / f"{name}.outcome.json").read_text())  # type: ignore[no-any-return]


def debian_papers(name: str) -> tuple[list[str], Counter[str]]:
    """The options in their order, and the papers as our lines. An unranked option stands below all; blank abstains."""
    with (DEBIAN / "ballots" / f"{name}.csv").open() as file:
        rows = list(csv.DictReader(file))
    options = [column.removeprefix("rank_option_") for column in rows[0] if column.startswith("rank_option_")]
    cast: Counter[str] = Counter()
    for row in rows:
        ranks = {key: int(rank) for key in options if (rank := row[f"rank_option_{key}"])}
        cast[of_ranks(ranks, options) if ranks else ABSTAIN] += 1
    return options, cast


def debian_ratios(outcome: dict[str, Any]) -> dict[str, Fraction]:
    """By how many to one each option had to win. One that was dropped without its figures needed three to one."""
    needed = {key: Fraction(str(one["required"])) for key, one in outcome["official"]["majority"].items()}
    return {str(one["option"]): Fraction(3) for one in outcome["official"]["dropped"]} | needed


def strict(cast: Counter[str]) -> Counter[str]:
    """The papers that rank no two options alike: those on which the independent run-offs were counted."""
    return Counter({paper: number for paper, number in cast.items() if paper != ABSTAIN and "," not in paper})


def nsw_papers(name: str) -> tuple[list[str], Counter[str]]:
    options: list[str] = []
    cast: Counter[str] = Counter()
    for line in (NSW / f"{name}.soi").read_text().splitlines():
        if line.startswith("# ALTERNATIVE NAME "):
            options.append(line.removeprefix("# ALTERNATIVE NAME ").partition(":")[0])
        elif line and not line.startswith("#"):
            number, _, ranking = line.partition(": ")
            cast[">".join(ranking.split(","))] += int(number)
    return options, cast


def nsw_oracle(name: str) -> dict[str, Any]:
    return json.loads((NSW / f"{name}.soi.oracle.json").read_text())  # type: ignore[no-any-return]
