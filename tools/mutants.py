"""Remove each guard in turn and see its race test fail: a race test that stays green without its guard proves nothing.

    python tools/mutants.py [NAME ...]      MUTANT_RUNS=10 runs each; at least nine tenths must be red

Works in copies of the checkout, MUTANT_JOBS=2 at a time; prints `mutant:NAME reds/runs goal ok|short`.
"""

from __future__ import annotations

import math
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from queue import Queue
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests import postgres  # noqa: E402
from tests.postgres import OwnServer  # noqa: E402
from tests.races.mutants import MUTANTS, Change, Mutant  # noqa: E402

JOBS = int(os.environ.get("MUTANT_JOBS", "2"))
RUNS = int(os.environ.get("MUTANT_RUNS", "10"))
# Without migrations the tables come from the models, where the constraints are that a mutant removes.
LEAVE = shutil.ignore_patterns(
    "versions", ".git", ".venv", "instance", "build", "__pycache__", ".*_cache", ".hypothesis"
)


def main() -> int:
    chosen = [mutant for mutant in MUTANTS if not sys.argv[1:] or mutant.name in sys.argv[1:]]
    server = OwnServer()  # one for all runs: to start one takes as long as a test
    try:
        postgres.make_durable(server.url)
        with tempfile.TemporaryDirectory(prefix="xy-mutants-") as folder, ThreadPoolExecutor(JOBS) as pool:
            desks = [Desk(Path(folder) / str(number), server.url) for number in range(JOBS)]
            done = list(pool.map(partial(examine, queue_of(desks)), by_test(chosen)))
    finally:
        server.stop()
    short = sum(not well for each in done for well in each)
    print(f"{len(chosen) - short} passed, {short} failed")
    return 1 if short else 0


def by_test(chosen: list[Mutant]) -> list[list[Mutant]]:
    """Those that are about one test stand together: that it is green with all guards is seen once."""
    found: dict[tuple[str, str], list[Mutant]] = {}
    for mutant in chosen:
        found.setdefault((mutant.test, mutant.database), []).append(mutant)
    return list(found.values())


def queue_of(desks: list[Desk]) -> Queue[Desk]:
    free: Queue[Desk] = Queue()
    for desk in desks:
        free.put(desk)
    return free


def examine(free: Queue[Desk], mutants: list[Mutant]) -> list[bool]:
    """Run all mutants of one test in a copy that nobody works in; which of them reached their goal."""
    desk = free.get()
    try:
        healthy = desk.reds(mutants[0], turns=1) == 0
        return [report(desk, mutant, healthy=healthy) for mutant in mutants]
    finally:
        free.put(desk)


class Desk:
    """A copy of the checkout, in which one mutant is made at a time."""

    def __init__(self, checkout: Path, server_url: str) -> None:
        shutil.copytree(ROOT, checkout, ignore=LEAVE)
        self.checkout = checkout
        self._environment = {**os.environ, "TEST_DATABASE_URL": server_url}

    def reds(self, mutant: Mutant, *, turns: int) -> int | None:
        """How often its test failed by an assertion of its own; None when it could not be run so often.

        One process runs all turns, each with a database and a server of its own.
        """
        results = self.checkout / "mutant-results.xml"
        results.unlink(missing_ok=True)
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", f"--turns={turns}",
             "--database", mutant.database, f"--junitxml={results}", mutant.test],
            cwd=self.checkout, env=self._environment, capture_output=True, text=True, timeout=1800, check=False,
        )  # fmt: skip
        suite = ElementTree.parse(results).getroot().find("testsuite") if results.exists() else None  # noqa: S314 - our own
        if suite is None or int(suite.get("errors", "0")) or int(suite.get("tests", "0")) != turns:
            print(done.stdout[-1500:] + done.stderr[-1500:], file=sys.stderr)
            return None
        return int(suite.get("failures", "0"))


def report(desk: Desk, mutant: Mutant, *, healthy: bool) -> bool:
    """Run one mutant and print its line; whether it reached its goal."""
    goal = math.ceil(RUNS * 0.9)
    if not healthy:
        print(f"mutant:{mutant.name} its test fails with the guard in place {goal}/{RUNS} short", flush=True)
        return False
    checkout = desk.checkout
    before = {change.file: (checkout / change.file).read_text() for change in mutant.changes}
    try:
        for change in mutant.changes:
            if not take_away(checkout, change, mutant.name):
                return False
        reds = desk.reds(mutant, turns=RUNS) or 0
    finally:
        for file, text in before.items():
            (checkout / file).write_text(text)
    print(f"mutant:{mutant.name} {reds}/{RUNS} {goal}/{RUNS} {'ok' if reds >= goal else 'short'}", flush=True)
    return reds >= goal


def take_away(checkout: Path, change: Change, name: str) -> bool:
    """Replace one text; whether it was there exactly once."""
    source = checkout / change.file
    text = source.read_text()
    if text.count(change.guard) != 1:
        print(f"mutant:{name} {change.file}: guard found {text.count(change.guard)} times 0/{RUNS} short", flush=True)
        return False
    changed = text.replace(change.guard, change.replacement)
    if source.suffix == ".py":
        compile(changed, change.file, "exec")  # a mutant that does not even load would look red
    source.write_text(changed)
    return True


if __name__ == "__main__":
    sys.exit(main())
