"""Databases for tests: templates built once a run by the real commands, and private copies of them within milliseconds.

Three templates: `empty` (all migrations, no rows), `street` (the sample street with two months of life, which has
everything that can be met on a page) and `year` (the sample street as `flask demo` loads it). Every name stands for a
file on SQLite and for a database on PostgreSQL.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, Protocol

from tests import postgres

ROOT = Path(__file__).resolve().parent.parent
Kind = Literal["sqlite", "postgresql"]
Template = Literal["empty", "street", "year"]
# `tools/mutants.py` copies the house without its migrations, to take constraints out of the models.
TABLES_FROM_MODELS = "from wsgi import app; from app.kit.db import db; app.app_context().push(); db.create_all()"
DEMO = {"street": ("demo", "--days", "60"), "year": ("demo",)}


class Databases(Protocol):
    """What the fixtures need of either kind."""

    kind: Kind

    def url(self, name: str) -> str: ...

    def copy(self, source: str, name: str) -> None:
        """Make `name` equal to `source`, which nobody has open."""

    def create(self, name: str) -> None:
        """A database without any table."""

    def clear(self, name: str) -> None:
        """Take every row out of `name`, a copy of the template `empty`."""

    def settle(self, name: str) -> None:
        """Make `name` fit to be copied."""

    def drop(self, name: str) -> None: ...


class SqliteFiles:
    """Each database is a file in one folder."""

    kind: Kind = "sqlite"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def url(self, name: str) -> str:
        return f"sqlite:///{self._file(name)}"

    def copy(self, source: str, name: str) -> None:
        self.drop(name)
        shutil.copyfile(self._file(source), self._file(name))

    def create(self, name: str) -> None:
        self.drop(name)

    def clear(self, name: str) -> None:
        self.copy("empty", name)

    def settle(self, name: str) -> None:
        # What still lies in the -wal file would be missing in a copy.
        connection = sqlite3.connect(self._file(name))
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()

    def drop(self, name: str) -> None:
        for ending in ("", "-wal", "-shm"):
            Path(f"{self._file(name)}{ending}").unlink(missing_ok=True)

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.sqlite"


class PostgresDatabases:
    """Each database is one on the run's server; a prefix keeps runs on a shared server apart."""

    kind: Kind = "postgresql"

    def __init__(self, server_url: str, prefix: str) -> None:
        self.server_url = server_url
        self.prefix = prefix

    def url(self, name: str) -> str:
        return postgres.renamed(self.server_url, self._database(name))

    def copy(self, source: str, name: str) -> None:
        self.drop(name)
        postgres.admin(
            self.server_url,
            f'CREATE DATABASE "{self._database(name)}" TEMPLATE "{self._database(source)}" STRATEGY FILE_COPY',
        )

    def create(self, name: str) -> None:
        self.drop(name)
        postgres.admin(self.server_url, f'CREATE DATABASE "{self._database(name)}"')

    def clear(self, name: str) -> None:
        postgres.empty_all_tables(self.url(name))

    def settle(self, name: str) -> None:
        """Nothing to do: a copy holds all that was committed."""

    def drop(self, name: str) -> None:
        postgres.admin(self.server_url, f'DROP DATABASE IF EXISTS "{self._database(name)}" WITH (FORCE)')

    def drop_all(self) -> None:
        """Leave nothing of this run on a server that is not ours."""
        for database in postgres.databases_like(self.server_url, self.prefix):
            postgres.admin(self.server_url, f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def _database(self, name: str) -> str:
        return f"{self.prefix}{name}"


def ensure_template(databases: Databases, template: Template, folder: Path) -> None:
    """Build the template unless this run has it; workers that come meanwhile wait. `folder` is shared by the run."""
    if template in DEMO:
        ensure_template(databases, "empty", folder)
    done = folder / f"{databases.kind}-{template}.done"
    with _lock(folder / f"{databases.kind}-{template}.lock"):
        if not done.exists():
            _build(databases, template)
            databases.settle(template)
            done.touch()


def _build(databases: Databases, template: Template) -> None:
    if template in DEMO:
        databases.copy("empty", template)
        _run("-m", "flask", "--app", "wsgi", *DEMO[template], url=databases.url(template), env="demo")
    else:
        databases.create("empty")
        migrations = any((ROOT / "migrations" / "versions").glob("*.py"))
        command = ("-m", "flask", "--app", "wsgi", "db", "upgrade") if migrations else ("-c", TABLES_FROM_MODELS)
        _run(*command, url=databases.url("empty"), env="test")


def _run(*command: str, url: str, env: str) -> None:
    """Run a command of the house in a process of its own, as people run it. Raises with its words when it fails."""
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=house_environment(url, env=env),
        capture_output=True,
        text=True,
        timeout=900,  # seconds; the whole year takes some twenty on a quiet machine
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")


def house_environment(url: str, *, env: str, **more: str) -> dict[str, str]:
    """The environment of a process of the house: ours, without whatever settings the caller's shell holds.

    Docstrings and columns of the source are left out as `make demo` does; the first process writes that down for all
    later ones.
    """
    mine = {name: value for name, value in os.environ.items() if not name.startswith(("XIANGYUE_", "FLASK_", "WEB_"))}
    mine.pop("SECRET_KEY", None)
    mine.pop("PORT", None)
    mine.pop("PYTHONDONTWRITEBYTECODE", None)  # or each of them would compile the whole house again: two seconds
    lean = {"PYTHONOPTIMIZE": "2", "PYTHONNODEBUGRANGES": "1"}
    return {**mine, **lean, "DATABASE_URL": url, "XIANGYUE_ENV": env, **more}


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
