"""Writers of SQLite queue: one holds the turn, the next gets it when the first is done, in whatever way that ends."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import OperationalError

from app.kit import turns
from app.kit.connections import prepare_engine
from tests.databases import ROOT


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "village.sqlite"


@pytest.fixture
def writer(file: Path) -> Iterator[Connection]:
    """A connection of the house to that database."""
    engine = create_engine(f"sqlite:///{file}")
    prepare_engine(engine)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def is_free(file: Path) -> bool:
    """Whether somebody of another process could write now."""
    question = f"import fcntl; fcntl.flock(open({str(file) + '-turn'!r}), fcntl.LOCK_EX | fcntl.LOCK_NB)"
    return subprocess.run([sys.executable, "-c", question], capture_output=True, check=False).returncode == 0


def test_a_turn_lasts_from_the_beginning_to_the_end_of_a_transaction(writer: Connection, file: Path) -> None:
    writer.execute(text("CREATE TABLE things (id INTEGER)"))
    assert not is_free(file)

    writer.commit()
    writer.close()
    assert is_free(file)


def test_a_turn_ends_with_a_mistake_too(writer: Connection, file: Path) -> None:
    with pytest.raises(OperationalError):
        writer.execute(text("INSERT INTO things VALUES (1)"))
    assert not is_free(file)

    writer.close()
    assert is_free(file)


def test_the_next_of_the_same_process_waits_too_but_not_for_ever(writer: Connection, file: Path) -> None:
    writer.execute(text("CREATE TABLE things (id INTEGER)"))
    door = turns._door(str(file))

    assert not door.enter(time.monotonic() + 0.01)
    writer.close()
    assert door.enter(time.monotonic() + 0.01)
    door.leave()


def test_whoever_is_killed_has_had_their_turn(writer: Connection, file: Path) -> None:
    take = f"import fcntl, time; file = open({str(file) + '-turn'!r}, 'a'); fcntl.flock(file, fcntl.LOCK_EX)"
    hold = f"{take}; print('has it', flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", hold], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "has it\n"
        assert not is_free(file)
        other.kill()
    writer.execute(text("CREATE TABLE things (id INTEGER)"))

    assert not is_free(file)


def test_whoever_writes_again_and_again_lets_others_pass(file: Path) -> None:
    busy = (
        "import sys, time; from app.kit import turns; door = turns._door(sys.argv[1]); print('at work', flush=True)\n"
        "while door.enter(time.monotonic() + 60):\n    time.sleep(0.005); door.leave()"
    )
    door = turns._door(str(file))
    with subprocess.Popen(
        [sys.executable, "-c", busy, str(file)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "at work\n"
        passed = []
        for _ in range(20):
            passed.append(door.enter(time.monotonic() + 0.5))
            if passed[-1]:
                door.leave()
        other.kill()
    assert all(passed)
