"""What `make test` runs once everything is set up: the checks, then the tests on both databases, then the browser.

    python tools/run_tests.py [checks] [unit] [races] [browser]     all of them when none is named

Everything is run even when something failed, so that one run shows all there is to mend. The last lines say what
failed, each with what it said, and how many tests ran on each database: whoever sees only the end sees all that counts.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HERE = Path(sys.executable).parent
DATABASES = ("sqlite", "postgresql")
CHECKS = (
    ("ruff", "check", "."),
    ("lint-imports", "--no-cache"),
    ("mypy",),
)
NO_TESTS = 5  # pytest's word for "nothing collected"
COUNTED = re.compile(r"^(\d+) tests on (\w+)$")
CLOSING = re.compile(r"(\d+) (passed|failed|error|skipped)")
TOLD = re.compile(r"^(FAILED|ERROR) tests/|^E  ")
TOLD_AT_MOST = 60


@dataclass
class Report:
    """What failed, and how many tests ran where."""

    failed: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    tests: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)


def main() -> int:
    wanted = sys.argv[1:] or ["checks", "unit", "races", "browser"]
    report = Report()
    for part in wanted:
        {"checks": checks, "unit": unit, "races": races, "browser": browser}[part](report)
    for database in DATABASES:
        if report.tests[database]:
            print(f"{report.tests[database]} tests on {database} in all")
    for line in report.told:
        print(line)
    for name in report.failed:
        print(f"FAILED: {name}")
    outcomes = report.outcomes
    print(
        f"{outcomes['passed']} passed, {outcomes['failed'] + outcomes['error']} failed, {outcomes['skipped']} skipped"
    )
    return 1 if report.failed else 0


def checks(report: Report) -> None:
    for command in CHECKS:
        began = time.monotonic()
        status = subprocess.run([str(HERE / command[0]), *command[1:]], cwd=ROOT, check=False).returncode
        print(f"-- {command[0]}: {'ok' if status == 0 else 'FAILED'} in {time.monotonic() - began:.1f} s", flush=True)
        if status:
            report.failed.append(command[0])
    status = subprocess.run([sys.executable, "tools/words.py", "check"], cwd=ROOT, check=False).returncode
    if status:
        report.failed.append("words: translations are not complete")


def unit(report: Report) -> None:
    """Everything but the browser, the races, the crashes and the faults, on as many processes as there are cores."""
    for database in DATABASES:
        apart = [f"--ignore=tests/{folder}" for folder in ("browser", "races", "crash", "faults")]
        pytest(report, database, "tests", *apart, "-n", "auto")


def races(report: Report) -> None:
    """Alone on the machine: they need its cores for the server processes."""
    for database in DATABASES:
        pytest(report, database, "tests/races", "tests/crash", "tests/faults")


def browser(report: Report) -> None:
    for database in DATABASES:
        pytest(report, database, "tests/browser", "-n", "auto", "--dist", "worksteal")


def pytest(report: Report, database: str, *arguments: str) -> None:
    """Run pytest once, pass on what it prints, and count its tests."""
    if not any((ROOT / arguments[0]).rglob("test_*.py")):
        print(f"-- {arguments[0]}: no tests yet", flush=True)
        return
    name = f"pytest {arguments[0]} on {database}"
    print(f"-- {name}", flush=True)
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", "-q", "--database", database, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    last, told = "", []
    for line in process.stdout:
        print(line, end="", flush=True)
        if TOLD.match(line):
            told.append(line.rstrip())
        if counted := COUNTED.match(line.strip()):
            report.tests[counted[2]] += int(counted[1])
        last = line
    for count, outcome in CLOSING.findall(last):
        report.outcomes[outcome] += int(count)
    if process.wait() not in (0, NO_TESTS):
        report.failed.append(name)
        report.told += [f"-- {name}", *told[-TOLD_AT_MOST:]]


if __name__ == "__main__":
    sys.exit(main())
