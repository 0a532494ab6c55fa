"""A production that is none does not start: one line says why, and the process ends."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from app.config import ROOT
from tests.databases import house_environment

READY = {"SECRET_KEY": "f" * 40, "XIANGYUE_BASE_URL": "https://xiangyue.example", "XIANGYUE_TRUSTED_PROXIES": "1"}
START = ("-c", "import wsgi; print('ready')")


def _start(url: str, *command: str, env: str = "production", **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *(command or START)],
        cwd=ROOT,
        env=house_environment(url, env=env, **settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def empty(tmp_path: Path) -> str:
    """A database without any table."""
    return f"sqlite:///{tmp_path / 'empty.sqlite'}"


def _refused(done: subprocess.CompletedProcess[str], word: str) -> None:
    assert done.returncode == 3
    assert word in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"SECRET_KEY": "demo-only-secret-never-in-production"}, "SECRET_KEY"),
        ({"FLASK_DEBUG": "1"}, "FLASK_DEBUG"),
        ({"XIANGYUE_BASE_URL": "http://xiangyue.example"}, "XIANGYUE_BASE_URL"),
        ({"XIANGYUE_BASE_URL": "http://127.0.0.1:8000"}, "XIANGYUE_BASE_URL"),
        ({"XIANGYUE_ENV": "live"}, "XIANGYUE_ENV"),
        ({"XIANGYUE_TRUSTED_PROXIES": "0"}, "XIANGYUE_TRUSTED_PROXIES"),
    ],
)
def test_settings_that_must_not_serve_end_the_process(empty: str, changed: dict[str, str], word: str) -> None:
    settings = READY | changed
    env = settings.pop("XIANGYUE_ENV", "production")

    _refused(_start(empty, env=env, **settings), word)


def test_missing_migrations_end_the_process(empty: str) -> None:
    _refused(_start(empty, **READY), "flask --app wsgi db upgrade")


def test_a_database_that_is_away_ends_the_process() -> None:
    _refused(_start("postgresql://127.0.0.1:9/nowhere", **READY), "DATABASE_URL")


def test_a_command_still_works_where_the_house_may_not_serve(empty: str) -> None:
    done = _start(empty, "-m", "flask", "--app", "wsgi", "matrix", **READY)

    assert done.returncode == 0, done.stderr


def test_flask_run_serves_and_so_is_refused(empty: str) -> None:
    done = _start(empty, "-m", "flask", "--app", "wsgi", "run", "--port", "0", **READY)

    assert done.returncode == 3
    assert "db upgrade" in done.stderr


def test_gunicorn_gives_up_instead_of_trying_for_ever(empty: str) -> None:
    done = _start(empty, "-m", "gunicorn", "-c", "gunicorn.conf.py", "wsgi:app", PORT="0", WEB_WORKERS="1", **READY)

    assert done.returncode == 3
    assert "db upgrade" in done.stderr


def test_demo_and_test_start_without_all_that(empty: str) -> None:
    assert _start(empty, env="demo").stdout == "ready\n"


@pytest.mark.skipif(
    not any((ROOT / "migrations" / "versions").glob("*.py")), reason="no migration has been written yet"
)
def test_demo_accounts_end_the_process_and_a_clean_database_serves(empty: str) -> None:
    migrated = _start(empty, "-m", "flask", "--app", "wsgi", "db", "upgrade", **READY)
    clean = _start(empty, **READY)
    one = (
        "-c",
        "from app import create_app; from app.kit.db import db, transaction; from app.people.models import Resident\n"
        "with create_app().app_context(), transaction():\n"
        "    db.session.add(Resident(family_name='张', given_name='三', demo=True))",
    )
    _start(empty, *one, **READY)

    assert (migrated.returncode, clean.stdout) == (0, "ready\n")
    _refused(_start(empty, **READY), "demo accounts")
