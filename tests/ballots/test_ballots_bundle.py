"""The bundle of a closed vote: anybody counts it again with a program that shares nothing with the house."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from copy import deepcopy
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ballots.papers import ABSTAIN
from app.config import ROOT
from tests.ballots.elections import an_election
from tools import verify_tally

CLEAN = ALTERED = 1000
Bundle = dict[str, Any]


def sealed_anew(bundle: Bundle) -> Bundle:
    """With a digest of its own, as whoever altered it would make one."""
    bundle["papers"].sort()
    return bundle | {"digest": verify_tally.digest_of(bundle)}


def flipped(bundle: Bundle, draw: random.Random) -> None:
    paper = draw.choice(bundle["papers"])
    others = sorted({one for _, one in bundle["papers"]} | {ABSTAIN} - {paper[1]})
    paper[1] = draw.choice([one for one in others if one != paper[1]])


def dropped(bundle: Bundle, draw: random.Random) -> None:
    bundle["papers"].remove(draw.choice(bundle["papers"]))


def added(bundle: Bundle, draw: random.Random) -> None:
    bundle["papers"].append([f"{draw.getrandbits(256):064x}", draw.choice(bundle["papers"])[1]])


def swapped(bundle: Bundle, draw: random.Random) -> None:
    """Two receipts find each other's paper: no number of the result changes."""
    one, other = draw.sample(bundle["papers"], 2)
    if one[1] == other[1]:
        flipped(bundle, draw)
    one[1], other[1] = other[1], one[1]


@given(st.integers(0, 10**9))
def test_the_house_and_the_verifier_count_alike(seed: int) -> None:
    """Two programs written apart; elections of every method, with ties, quorums, thresholds and abstentions."""
    verify_tally.check(json.loads(json.dumps(an_election(seed))))


def test_clean_bundles_are_accepted_with_their_printed_digest() -> None:
    for seed in range(CLEAN):
        bundle = an_election(seed)

        assert verify_tally.check(bundle, digest=bundle["digest"]).startswith(f"{len(bundle['papers'])} papers")


@pytest.mark.parametrize("alter", [flipped, dropped, added, swapped])
@pytest.mark.parametrize("anew", [False, True])
def test_altered_bundles_are_rejected(alter: Any, anew: bool) -> None:
    """However it was altered, and though it was sealed anew: the printed digest is another one."""
    rejected = 0
    for seed in range(ALTERED // 4):
        bundle, draw = an_election(seed, papers=8), random.Random(seed)
        printed, altered = bundle["digest"], deepcopy(bundle)
        alter(altered, draw)
        if altered["papers"] == bundle["papers"]:
            continue
        altered = sealed_anew(altered) if anew else altered
        with pytest.raises(verify_tally.Wrong):
            verify_tally.check(altered, digest=printed)
        rejected += 1
    assert rejected == ALTERED // 4


@pytest.mark.parametrize(("name", "value"), [
    ("needed", 99), ("lot", ["no", "yes"]), ("roll_size", 1), ("threshold", "1/100"), ("of_roll", True),
])  # fmt: skip
def test_terms_that_were_changed_afterwards_do_not_fit(name: str, value: Any) -> None:
    bundle = next(b for b in map(an_election, range(999)) if b["terms"]["method"] == "yes_no" and len(b["papers"]) > 5)
    if bundle["terms"][name] == value:
        value = list(reversed(value))
    bundle["terms"][name] = value

    with pytest.raises(verify_tally.Wrong):
        verify_tally.check(sealed_anew(bundle) | {"result": bundle["result"] | {"cast": 0}})
    with pytest.raises(verify_tally.Wrong):
        verify_tally.check(bundle)


def test_on_the_command_line_it_says_what_it_found(tmp_path: Path) -> None:
    receipt = "7C1E-90AB-42D8-XYZ0-11QQ"
    bundle = next(b for b in map(an_election, range(999)) if b["terms"]["method"] == "yes_no" and len(b["papers"]) > 5)
    bundle["papers"][0] = [sha256(receipt.replace("-", "").encode()).hexdigest(), bundle["papers"][0][1]]
    file = tmp_path / "bundle.json"
    file.write_text(json.dumps(sealed_anew(bundle), ensure_ascii=False))

    good = run(file, "--receipt", receipt.lower(), "--digest", sealed_anew(bundle)["digest"])
    unknown = run(file, "--receipt", "0000")
    other = run(file, "--digest", "0" * 64)

    assert good.returncode == 0, good.stderr
    assert "papers counted again" in good.stdout
    assert "your paper says" in good.stdout
    assert (unknown.returncode, "no paper" in unknown.stdout) == (1, True)
    assert (other.returncode, "another file" in other.stdout) == (1, True)
    for text in ("{}", "[]", "", '{"bundle": "xiangyue-tally-1", "question": 1, "terms": 2, "papers": 3, "digest": 4}'):
        file.write_text(text)
        assert run(file).returncode in (1, 2)
        assert "Traceback" not in run(file).stderr


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", ROOT / "tools" / "verify_tally.py", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)
