"""What points.md promises of the ledger by number is tested under that number."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parent
NAMED = re.compile(r"^def test_(i\d+)_", re.M)
PROMISED = {f"i{number:02}" for number in range(1, 31)}


def test_every_invariant_has_a_test_named_after_it() -> None:
    named = {name for file in TESTS.rglob("test_*.py") for name in NAMED.findall(file.read_text())}

    assert PROMISED - named == set()
    assert {name for name in named if len(name) != 3} == set(), "two digits, so that they can be found"
