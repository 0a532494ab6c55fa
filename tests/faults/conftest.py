"""A house over SQLite whose disk can be made to fail, and a village in it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from app import create_app
from app.config import DEMO_SECRET, Settings
from tests.conftest import let_go
from tests.databases import Databases, ensure_template
from tests.races.village import Village
from tests.run import Run
from tests.serving import Served, serving

PEOPLE = 8


@dataclass(frozen=True)
class Disk:
    """The disk under the server processes: `library` stands before the C library, `sign` is what it looks for."""

    library: Path
    sign: Path

    @contextmanager
    def failing(self) -> Iterator[None]:
        self.sign.touch()
        try:
            yield
        finally:
            self.sign.unlink()


@pytest.fixture(scope="session")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Disk:
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None or not sys.platform.startswith("linux"):
        pytest.skip("no disk can be made to fail here: it takes Linux and a C compiler (apt-get install gcc libc6-dev)")
    folder = tmp_path_factory.mktemp("disk")
    source, library = Path(__file__).parent / "failing_disk.c", folder / "failing_disk.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", library, source], check=True)
    return Disk(library, folder / "fails")


@pytest.fixture
def house(run: Run, databases: Databases, disk: Disk) -> Iterator[Served]:
    """Two worker processes over a database of their own, on that disk."""
    ensure_template(databases, "empty", run.folder)
    name = f"faults-{run.worker}"
    databases.copy("empty", name)
    beside = {"LD_PRELOAD": str(disk.library), "XY_FAILING_DISK": str(disk.sign)}
    with serving(databases.url(name), workers=2, threads=4, beside=beside) as served:
        yield served
    databases.drop(name)


@pytest.fixture
def village(run: Run, databases: Databases, house: Served) -> Iterator[Village]:
    url = databases.url(f"faults-{run.worker}")
    app = create_app(Settings(env="test", database_url=url, secret_key=DEMO_SECRET, password_memory=64))
    yield Village.settle(app, house.address, neighbours=PEOPLE)
    let_go(app)
