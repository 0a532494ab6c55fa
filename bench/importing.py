"""How fast `flask import accounts` brings members in: rows a second, the command as a whole."""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from app.cli.formats.community_accounts import TIMES, VOLUMES
from bench.result import Result
from bench.village import house, settle_down, sqlite_database
from tests.databases import ROOT, house_environment

ACCOUNTS = 20_000
GOAL = 1_000  # rows a second; a community of a few thousand comes in while one looks on


def measure() -> list[Result]:
    with sqlite_database() as url, tempfile.TemporaryDirectory(prefix="xy-bench-") as folder:
        settle_down(house(url))
        file = Path(folder) / "accounts.csv"
        file.write_text("\n".join(_lines()) + "\n")
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", "import", "accounts", str(file)],
            cwd=ROOT, env=house_environment(url, env="test"), capture_output=True, text=True, check=False,
        )  # fmt: skip
        took = time.monotonic() - began
    if f"{ACCOUNTS:,} new, 0 already there, 0 skipped." not in done.stdout:
        raise RuntimeError(f"flask import accounts: {done.stdout[-1000:]}{done.stderr[-2000:]}")
    return [Result("import-accounts-per-s", round(ACCOUNTS / took), GOAL, at_most=False)]


def _lines() -> list[str]:
    dice = random.Random(4)
    names = ("id", "start", "location", "held_roles", "business_type", "bal", "confidence", *VOLUMES, *TIMES)
    rest = ",".join("0" for _ in (*VOLUMES, *TIMES))
    return [
        ",".join(names),
        *(
            f"{one},2019-02-01 08:00:00,Village {one % 300},BENEFICIARY,Shop,{dice.random() * 1000:.9f},0,{rest}"
            for one in range(1, ACCOUNTS + 1)
        ),
    ]
