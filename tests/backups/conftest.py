"""Fixtures for backups."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.config import Settings
from tests.backups.houses import house_over, run, settle_a_few
from tests.databases import Databases, ensure_template
from tests.run import Run


@pytest.fixture
def other(run: Run, databases: Databases, make_settings: Callable[[str], Settings]) -> Iterator[Flask]:
    """A second house, empty, on the same kind of database."""
    ensure_template(databases, "empty", run.folder)
    name = f"other-{run.worker}"
    databases.copy("empty", name)
    with house_over(make_settings(databases.url(name))) as app:
        yield app
    databases.drop(name)


@pytest.fixture
def kept_file(app: Flask, tmp_path: Path) -> Path:
    """A backup of a few neighbours, whose house is `app`."""
    settle_a_few(app)
    file = tmp_path / "village.zip"
    done = run(app, "backup", file)
    assert done.exit_code == 0, done.output
    return file
