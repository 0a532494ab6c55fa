"""Run the benches: all of them, or those that `ONLY` names (`ONLY=memory,queries`).

Each figure is one line `name value goal ok|short`; lines that begin with # explain. Exits non-zero when one is short.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from bench import importing, ledger, memory, queries, searching, statement, verifying, votes, wire
from bench.result import Result

BENCHES: dict[str, Callable[[], list[Result]]] = {
    "page-first": wire.measure_first,
    "page-later": wire.measure_later,
    "memory": memory.measure,
    "queries": queries.measure,
    "search": searching.measure,
    "ledger": ledger.measure,
    "statement": statement.measure,
    "votes": votes.measure,
    "verify": verifying.measure,
    "import": importing.measure,
}


def main() -> int:
    wanted = [name for name in os.environ.get("ONLY", "").split(",") if name] or list(BENCHES)
    unknown = [name for name in wanted if name not in BENCHES]
    if unknown:
        print(f"no such bench: {', '.join(unknown)}; there are {', '.join(BENCHES)}", file=sys.stderr)
        return 2
    short = 0
    for name in wanted:
        for result in BENCHES[name]():
            print(result, flush=True)
            short += not result.ok
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
