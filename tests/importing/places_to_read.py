"""Where the files to import lie, and how the command is run."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = Path(__file__).parent / "samples"
REAL = ROOT.parent / "shared" / "data"


def real(name: str) -> Path:
    """A folder of real data; the test is skipped, loudly, where it is absent."""
    folder = REAL / name
    if not folder.is_dir():
        pytest.skip(f"REAL DATA IS ABSENT: {folder} was not found, so nothing real was imported")
    return folder


def run(app: Flask, *arguments: str | Path) -> Result:
    """`flask import ...`, as somebody types it."""
    return app.test_cli_runner().invoke(args=["import", *map(str, arguments)])
