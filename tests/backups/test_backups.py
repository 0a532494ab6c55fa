"""flask backup and flask restore: everything comes back, on either database, or nothing does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import JSON, func, select, text
from sqlalchemy.exc import DBAPIError

from app.config import Settings
from app.kit import clock, search
from app.kit.audit import AuditEntry
from app.kit.db import db
from app.kit.uploads import Upload, UploadContent
from app.people.models import Household, Resident
from app.points import queries as points
from app.points.models import Transfer
from tests.backups.houses import earn, everything, house_over, manifest_of, run
from tests.conftest import SECRET
from tests.databases import ROOT, Databases, SqliteFiles, ensure_template, house_environment
from tests.makers import kept


def test_a_village_comes_back_row_by_row(street_app: Flask, other: Flask, tmp_path: Path) -> None:
    file = tmp_path / "village.zip"

    kept_in = run(street_app, "backup", file)
    restored = run(other, "restore", file)

    assert (kept_in.exit_code, restored.exit_code) == (0, 0), kept_in.output + restored.output
    assert everything(other) == everything(street_app)
    head = manifest_of(file)["head"]["head"]
    assert head in kept_in.output
    assert head in restored.output
    verified = run(other, "verify", "--head", head)
    assert verified.exit_code == 0, verified.output
    with other.app_context():
        assert search.is_whole()
        assert search.number_of("topic") > 0


def test_the_file_names_the_head_and_holds_no_secret(kept_file: Path, app: Flask) -> None:
    told = manifest_of(kept_file)

    with app.app_context():
        last = points.last_seal()
    assert last is not None
    assert told["head"] == {"seal": 2, "until": "2026-11-19 16:00:00.000000", "entries": 4, "head": last.head}
    with zipfile.ZipFile(kept_file) as packed:
        assert last.head.encode() in packed.comment
        assert not any(SECRET.encode() in packed.read(name) for name in packed.namelist())
    assert kept_file.stat().st_mode & 0o777 == 0o600


@pytest.mark.postgresql
def test_a_village_moves_to_sqlite_and_back(
    street_app: Flask, other: Flask, tmp_path: Path, make_settings: Callable[[str], Settings]
) -> None:
    files = SqliteFiles(tmp_path)
    ensure_template(files, "empty", tmp_path)
    away, back = tmp_path / "away.zip", tmp_path / "back.zip"

    assert run(street_app, "backup", away).exit_code == 0
    with house_over(make_settings(files.url("empty"))) as sqlite:
        assert run(sqlite, "restore", away).exit_code == 0
        assert everything(sqlite) == everything(street_app)
        assert run(sqlite, "verify").exit_code == 0
        assert run(sqlite, "backup", back).exit_code == 0
    assert run(other, "restore", back).exit_code == 0

    assert everything(other) == everything(street_app)
    assert run(other, "verify", "--head", manifest_of(away)["head"]["head"]).exit_code == 0


def test_odd_values_come_back_as_they_were(app: Flask, other: Flask, kept_file: Path, tmp_path: Path) -> None:
    moment = datetime(2026, 2, 28, 23, 59, 59, 999_999, tzinfo=UTC)
    with app.app_context(), kept():
        one = db.session.scalars(select(Resident)).first()
        assert one is not None
        detail = {"said": '𠮷㛃 "quoted" \\ \u2028\n', "share": 0.1 + 0.2, "none": None, "many": [1, True]}
        db.session.add(AuditEntry(at=moment, actor_id=one.id, act="x", subject="resident:1", detail=detail))
        db.session.add(AuditEntry(at=moment, actor_id=None, act="y", subject="resident:1", detail=JSON.NULL))
        held = Upload(name="a\tb.pdf", media_type="application/pdf", size=256, sha256="0" * 64, at=moment)
        db.session.add(held)
        db.session.flush()
        db.session.add(UploadContent(upload_id=held.id, content=bytes(range(256))))
    file = tmp_path / "odd.zip"

    assert run(app, "backup", file).exit_code == 0
    assert run(other, "restore", file).exit_code == 0

    assert everything(other) == everything(app)
    with other.app_context():
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "x")).one()
        assert (entry.detail, entry.at) == (detail, moment)
        assert db.session.scalar(select(UploadContent.content)) == bytes(range(256))


def test_life_goes_on_after_a_restore(other: Flask, kept_file: Path) -> None:
    assert run(other, "restore", kept_file).exit_code == 0

    with other.app_context(), kept():
        one = db.session.scalars(select(Resident).order_by(Resident.id)).first()
        assert one is not None
        last = db.session.scalar(select(func.max(Transfer.id)))
        earn(one, "topic-taken-up:again")
        assert db.session.scalar(select(func.max(Transfer.id))) == (last or 0) + 1
        db.session.add(Household(**_as_new(Household, one.household_id)))
    with other.app_context(), pytest.raises(DBAPIError, match=r"append-only|permission denied"):
        db.session.execute(text("UPDATE transfers SET amount = 1"))


def _as_new(model: Any, key: int) -> dict[str, Any]:
    """The values of a row, for another one beside it."""
    row = db.session.execute(select(model.__table__).where(model.id == key)).mappings().one()
    return {name: value for name, value in row.items() if name != "id"} | {"door": "9-909"}


def test_a_backup_is_of_one_moment_whatever_is_written_meanwhile(
    street_app: Flask, other: Flask, databases: Databases, run_name: str, tmp_path: Path
) -> None:
    file = tmp_path / "village.zip"
    with _flask(databases.url(run_name), "backup", file) as keeping:
        earned = 0
        while keeping.poll() is None:
            with street_app.app_context(), kept():
                one = db.session.scalars(select(Resident).where(Resident.household_id.is_not(None))).first()
                assert one is not None
                earn(one, f"topic-taken-up:9{earned:06d}", clock.now())
            earned += 1
    assert keeping.returncode == 0
    assert earned > 5

    assert run(other, "restore", file).exit_code == 0

    verified = run(other, "verify")
    assert verified.exit_code == 0, verified.output
    with other.app_context():
        there = db.session.scalar(select(func.count()).where(Transfer.because.like("topic-taken-up:9______")))
        assert 0 < (there or 0) <= earned


def test_a_backup_that_is_killed_leaves_nothing_under_its_name(
    street_app: Flask, databases: Databases, run_name: str, tmp_path: Path
) -> None:
    file = tmp_path / "village.zip"
    with _flask(databases.url(run_name), "backup", file) as keeping:
        while not (unfinished := list(tmp_path.glob(".village.zip.*"))):
            assert keeping.poll() is None
            time.sleep(0.005)
        os.kill(keeping.pid, signal.SIGKILL)
        assert keeping.wait() == -signal.SIGKILL

    assert unfinished[0].name.endswith(".unfinished")
    assert not file.exists()
    assert run(street_app, "backup", file).exit_code == 0


@pytest.fixture
def run_name(run: Any) -> str:
    """The database of `street_app`."""
    return f"street-{run.worker}"


def _flask(url: str, *arguments: object) -> subprocess.Popen[bytes]:
    """A command of the house in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", *(str(one) for one in arguments)],
        cwd=ROOT,
        env=house_environment(url, env="test"),
        stdout=subprocess.DEVNULL,
    )


def test_a_file_that_is_there_is_not_written_over(app: Flask, kept_file: Path) -> None:
    before = kept_file.read_bytes()

    done = run(app, "backup", kept_file)

    assert done.exit_code == 1
    assert "there is a file" in done.output
    assert kept_file.read_bytes() == before


def test_a_folder_that_is_not_there_is_said(app: Flask, tmp_path: Path) -> None:
    done = run(app, "backup", tmp_path / "nowhere" / "village.zip")

    assert done.exit_code == 1
    assert done.output == "Error: Nothing was written: No such file or directory.\n"
