"""The house as it is really run: gunicorn in processes of its own on a free port of this machine."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psutil

from tests.databases import ROOT, house_environment

PATIENCE_SECONDS = 120.0
FRAMES = 12
READY = "worker ready"  # what gunicorn.conf.py writes for each worker that has loaded the application


class Served:
    """One gunicorn with its workers. `address` is what a browser opens."""

    def __init__(
        self, database_url: str, *, workers: int, threads: int, env: str, root: Path, beside: Mapping[str, str],
        program: str = "wsgi:app",
    ) -> None:  # fmt: skip
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.workers = workers
        self.log_file = Path(tempfile.mkstemp(prefix="xy-served-", suffix=".log")[1])
        self._root, self._program = root, program
        self._environment = house_environment(
            database_url,
            env=env,
            PORT=str(self.port),
            WEB_WORKERS=str(workers),
            WEB_THREADS=str(threads),
            WEB_LOG_LEVEL="info",
            **beside,
        )
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        return self.log_file.read_text(errors="replace")

    def troubles(self, most: int = 3) -> list[str]:
        """The last errors that it wrote of: a line for the kind, then the places of ours that led to it."""
        lines = [json.loads(line) for line in self.log.splitlines() if line.startswith("{") and '"error"' in line]
        found = [one for line in lines if line["level"] == "error" for one in line.get("exception", [])]
        return [
            "\n  ".join([f"{one['exc_type']}: {one['exc_value']}", *one["frames"][-FRAMES:]]) for one in found[-most:]
        ]

    def start(self) -> float:
        """Start and wait until every worker is ready; the seconds that took."""
        began = time.monotonic()
        self.log_file.write_text("")
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", self._program],
                cwd=self._root,
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # so that `kill` reaches the workers and nobody else
            )
        while not (self.log.count(READY) >= self.workers and self.answers()):
            if self.process.poll() is not None or time.monotonic() - began > PATIENCE_SECONDS:
                self.stop()
                raise RuntimeError(f"gunicorn did not start:\n{self.log[-4000:]}")
            time.sleep(0.05)
        return time.monotonic() - began

    def answers(self) -> bool:
        """Whether /healthz says 200."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def worker_processes(self) -> list[psutil.Process]:
        assert self.process is not None
        return psutil.Process(self.process.pid).children()

    def kill(self) -> None:
        """End master and workers at once with SIGKILL, as a crash would. `start` brings them back on the same port."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """End it in good order; nothing of it stays behind."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.kill()


@contextmanager
def serving(
    database_url: str,
    *,
    workers: int = 2,
    threads: int = 4,
    env: str = "demo",
    root: Path = ROOT,
    beside: Mapping[str, str] | None = None,
    program: str = "wsgi:app",
) -> Iterator[Served]:
    """Serve this database until the block ends; `beside` is what the processes have in their environment as well.

    `program` is what gunicorn serves: the house, or what a bench holds it against.
    """
    known = {"workers": workers, "threads": threads, "env": env, "root": root, "program": program}
    served = Served(database_url, beside=beside or {}, **known)  # type: ignore[arg-type]
    served.start()
    try:
        yield served
    finally:
        served.stop()
        served.log_file.unlink(missing_ok=True)


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
