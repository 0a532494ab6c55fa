"""What runs apart is held to its limits, and every end has a name."""

from __future__ import annotations

import importlib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import psutil
import pytest

from app.kit import apart

Child = Callable[[str], str]


@pytest.fixture
def child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Child]:
    """`child(code)` is the name of a module with that code."""
    monkeypatch.syspath_prepend(tmp_path)

    def write(code: str) -> str:
        name = f"a_child_{len(list(tmp_path.iterdir()))}"
        (tmp_path / f"{name}.py").write_text(f"import sys\n{code}\n")
        importlib.invalidate_caches()
        return name

    yield write
    assert not [name for name in sys.modules if name.startswith("a_child_")], "a child was imported here"


def failure(module: str, data: bytes = b"", **limits: float) -> apart.Failed:
    with pytest.raises(apart.Failed) as failed:
        apart.run(module, data, **limits)  # type: ignore[arg-type]
    return failed.value


def own_children() -> list[psutil.Process]:
    return [one for one in psutil.Process().children() if "start.py" in " ".join(one.cmdline())]


def test_bytes_go_in_and_bytes_come_out(child: Child) -> None:
    turn_round = child("sys.stdout.buffer.write(sys.stdin.buffer.read()[::-1] + sys.argv[1].encode())")

    assert apart.run(turn_round, b"\x00\xff" * 300_000, arguments=("水",)) == b"\xff\x00" * 300_000 + "水".encode()


def test_a_child_gives_its_own_reason(child: Child) -> None:
    refused = failure(child("sys.exit('formula C7')"))

    assert (refused.reason, refused.detail) == ("formula", "C7")


def test_a_child_that_takes_too_long_is_ended_and_gone(child: Child) -> None:
    began = time.monotonic()

    assert failure(child("import time; time.sleep(60)"), seconds=0.5).reason == "time"
    assert time.monotonic() - began < 5
    assert own_children() == []


def test_a_child_whose_worker_died_ends_by_itself(tmp_path: Path) -> None:
    (tmp_path / "counts.py").write_text("while True: pass")
    command = [sys.executable, "-I", str(apart.START), str(tmp_path / "counts.py"), "1", str(2**30), "1000"]

    ended = subprocess.run(command, check=False, timeout=60)

    assert apart._failure(ended.returncode, "").reason == "time"


def test_a_child_that_eats_memory_is_refused_it(child: Child) -> None:
    assert failure(child("kept = [bytearray(2**20) for _ in range(1000)]"), memory_mb=128).reason == "memory"


def test_a_child_that_never_stops_talking_is_cut_off(child: Child, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "MOST_OUTPUT", 1000)

    assert failure(child("sys.stdout.write('x' * 100_000); sys.stdout.flush()")).reason == "output"


def test_what_breaks_in_a_child_says_what_but_not_with_which_words(child: Child) -> None:
    broken = failure(child("raise ValueError(sys.stdin.read())"), "张秀英 13812345678".encode())

    assert (broken.reason, broken.detail) == ("broke", "ValueError")


def test_garbage_on_the_error_stream_is_only_broken(child: Child) -> None:
    assert failure(child("sys.stderr.buffer.write(b'\\xff\\x00' * 99); sys.exit(3)")).reason == "broke"


def test_a_child_knows_no_setting_of_the_house(child: Child, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "of the house")
    tells = child("import os; print(os.environ.get('SECRET_KEY'), os.getcwd(), 'app' in sys.modules)")

    assert apart.run(tells, b"") == b"None / False\n"


def test_a_child_that_is_not_there_is_a_fault_of_ours() -> None:
    with pytest.raises(ModuleNotFoundError):
        apart.run("nobody_of_that_name", b"")


def test_a_few_at_once_and_the_rest_wait_for_their_turn(child: Child) -> None:
    sleeper = child("import time; time.sleep(1.5)")
    others = [Thread(target=apart.run, args=(sleeper, b"")) for _ in range(apart.AT_ONCE)]
    for other in others:
        other.start()
    time.sleep(0.3)

    assert failure(sleeper, seconds=0.2).reason == "busy"

    for other in others:
        other.join()
    assert apart.run(child("print('mine')"), b"") == b"mine\n"
