"""What one run of pytest owns: its folder and, on PostgreSQL, its server."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest

from app.config import plain_url
from tests.databases import Databases, PostgresDatabases, SqliteFiles
from tests.postgres import OwnServer


class Run:
    """One run of pytest on one database: the controlling process, or a worker of xdist that was told what it needs."""

    def __init__(self, config: pytest.Config) -> None:
        self.kind: str = config.getoption("database")
        self.worker_input: dict[str, Any] | None = getattr(config, "workerinput", None)
        self.own_server: OwnServer | None = None
        self.server_url = plain_url(os.environ.get("TEST_DATABASE_URL", ""))
        if self.worker_input is not None:
            self.folder = Path(self.worker_input["folder"])
            self.server_url = self.worker_input["server_url"]
            self.worker = str(self.worker_input["workerid"])
            return
        self.folder = Path(tempfile.mkdtemp(prefix="xy-tests-"))
        self.worker = "main"
        if self.kind == "postgresql" and not self.server_url and not config.option.collectonly:
            self.own_server = OwnServer()
            self.server_url = self.own_server.url

    @property
    def databases(self) -> Databases:
        if self.kind == "sqlite":
            return SqliteFiles(self.folder)
        return PostgresDatabases(self.server_url, prefix=self.folder.name.replace("-", "_") + "_")

    def end(self) -> None:
        """Leave nothing behind: no server, no database on an outsider's server, no folder."""
        if self.worker_input is not None:
            return
        if self.own_server is not None:
            self.own_server.stop()
        elif isinstance(self.databases, PostgresDatabases) and self.server_url:
            self.databases.drop_all()
        shutil.rmtree(self.folder, ignore_errors=True)
