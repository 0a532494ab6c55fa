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

from tests.races.mutants import MUTANTS, Mutant  # noqa: E402

RUNS = int(os.environ.get("MUTANT_RUNS", "10"))
LEAVE = shutil.ignore_patterns(".git", ".venv", "instance", "build", "__pycache__", ".*_cache", ".hypothesis")


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
    source = checkout / mutant.file
    text = source.read_text()
    if text.count(mutant.guard) != 1:
        print(f"mutant:{mutant.name} guard found {text.count(mutant.guard)} times {goal}/{RUNS} short", flush=True)
        return False
    changed = text.replace(mutant.guard, mutant.replacement)
    if source.suffix == ".py":
        compile(changed, mutant.file, "exec")  # a mutant that does not even load would look red
    source.write_text(changed)
    try:
        reds = sum(is_red(checkout, mutant) is True for _ in range(RUNS))
    finally:
        source.write_text(text)
    print(f"mutant:{mutant.name} {reds}/{RUNS} {goal}/{RUNS} {'ok' if reds >= goal else 'short'}", flush=True)
    return reds >= goal


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
