"""Remove each guard in turn and see its race test fail: a race test that stays green without its guard proves nothing.

    python tools/mutants.py [NAME ...]      MUTANT_RUNS=10 runs each; at least nine tenths must be red

Works in a copy of the checkout; prints `mutant:NAME reds/runs goal ok|short`.
"""

from __future__ import annotations

import math
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.races.mutants import MUTANTS, Change, Mutant  # noqa: E402

RUNS = int(os.environ.get("MUTANT_RUNS", "10"))
# Without migrations the tables come from the models, where the constraints are that a mutant removes.
LEAVE = shutil.ignore_patterns(
    "versions", ".git", ".venv", "instance", "build", "__pycache__", ".*_cache", ".hypothesis"
)


def main() -> int:
    chosen = [mutant for mutant in MUTANTS if not sys.argv[1:] or mutant.name in sys.argv[1:]]
    short = 0
    with tempfile.TemporaryDirectory(prefix="xy-mutants-") as folder:
        checkout = Path(folder) / "checkout"
        shutil.copytree(ROOT, checkout, ignore=LEAVE)
        green: dict[tuple[str, str], bool] = {}
        for mutant in chosen:
            test = (mutant.test, mutant.database)
            if test not in green:
                green[test] = is_red(checkout, mutant) is False
            short += not report(checkout, mutant, healthy=green[test])
    print(f"{len(chosen) - short} passed, {short} failed")
    return 1 if short else 0


def report(checkout: Path, mutant: Mutant, *, healthy: bool) -> bool:
    """Run one mutant and print its line; whether it reached its goal."""
    goal = math.ceil(RUNS * 0.9)
    if not healthy:
        print(f"mutant:{mutant.name} its test fails with the guard in place {goal}/{RUNS} short", flush=True)
        return False
    before = {change.file: (checkout / change.file).read_text() for change in mutant.changes}
    try:
        for change in mutant.changes:
            if not take_away(checkout, change, mutant.name):
                return False
        reds = sum(is_red(checkout, mutant) is True for _ in range(RUNS))
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


def is_red(checkout: Path, mutant: Mutant) -> bool | None:
    """Whether the test failed by an assertion of its own; None when it could not be run at all."""
    results = checkout / "mutant-results.xml"
    results.unlink(missing_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist",
         "--database", mutant.database, f"--junitxml={results}", mutant.test],
        cwd=checkout, capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip
    suite = ElementTree.parse(results).getroot().find("testsuite") if results.exists() else None  # noqa: S314 - our own
    if suite is None or int(suite.get("errors", "0")) or not int(suite.get("tests", "0")):
        print(done.stdout[-1500:] + done.stderr[-1500:], file=sys.stderr)
        return None
    return int(suite.get("failures", "0")) > 0


if __name__ == "__main__":
    sys.exit(main())
