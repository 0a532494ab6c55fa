"""One gate: the tests of a marker in their full dose, closed with a line `name value goal ok|short`.

    python tools/gate.py NAME -m MARKER [--database sqlite|postgresql]      both databases when none is named

Value and goal are the databases on which all tests of the gate passed, and those that it ran on.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    name, *arguments = sys.argv[1:]
    databases = ["sqlite", "postgresql"]
    if "--database" in arguments:
        databases = [arguments.pop(arguments.index("--database") + 1)]
        arguments.remove("--database")
    statuses = [_pytest(database, arguments) for database in databases]
    passed = statuses.count(0)
    verdict = "ok" if passed == len(databases) else "short"
    print(f"{name}:{'+'.join(databases)} {passed} {len(databases)} {verdict}")
    return 0 if verdict == "ok" else 1


def _pytest(database: str, arguments: list[str]) -> int:
    command = [sys.executable, "-m", "pytest", "-q", "-s", "--database", database, "tests", *arguments]
    return subprocess.run([*command, "--ignore=tests/browser"], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
