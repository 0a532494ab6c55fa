"""What is damaged, foreign or forged is refused in one line, and the database stays as it was."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from flask import Flask

from app.cli.keeping import reading
from app.cli.keeping.manifest import NotUsable
from app.config import Settings
from tests.backups.houses import everything, house_over, manifest_of, rewritten, run, settle_a_few
from tests.databases import Databases

Change = Callable[[dict[str, bytes]], None]


def refused(app: Flask, file: Path, *more: str) -> str:
    """The sentence; nothing may have come in, and nobody holds the file any more."""
    before = everything(app)
    done = run(app, "restore", file, *more)
    assert str(file) not in [one.path for one in psutil.Process().open_files()]
    assert done.exit_code == 1
    assert done.output.startswith("Error: Nothing was changed: ")
    assert done.output.count("\n") == 1
    assert everything(app) == before
    return str(done.output)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "damaged or cut off"),
        (b"SQLite format 3\x00" + bytes(200), "damaged or cut off"),
        (b"PK\x05\x06" + bytes(18), "not a backup of Xiangyue"),
    ],
    ids=["empty", "another file", "another zip"],
)
def test_what_is_no_backup_is_refused(other: Flask, tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "some.zip"
    file.write_bytes(content)

    assert said in refused(other, file)


def test_what_is_not_there_is_refused(other: Flask, tmp_path: Path) -> None:
    assert "No such file or directory" in refused(other, tmp_path / "nothing.zip")


def test_a_file_cut_off_anywhere_is_refused(other: Flask, kept_file: Path) -> None:
    whole = kept_file.read_bytes()

    for share in (0.1, 0.5, 0.9, 0.999):
        kept_file.write_bytes(whole[: int(len(whole) * share)])
        assert "damaged" in refused(other, kept_file)


def test_a_byte_turned_over_is_found_or_does_no_harm(kept_file: Path) -> None:
    """Some bytes of a zip say nothing of its content, such as the hour at which a member was packed."""
    whole, chance = kept_file.read_bytes(), random.Random(4)
    before, found = _rows_of(kept_file), 0
    for _ in range(400):
        place = chance.randrange(len(whole))
        kept_file.write_bytes(whole[:place] + bytes([whole[place] ^ (1 << chance.randrange(8))]) + whole[place + 1 :])
        try:
            assert _rows_of(kept_file) == before, place
        except NotUsable:
            found += 1
    assert found > 200


def _rows_of(file: Path) -> dict[str, list[Any]]:
    found = {}
    with reading.opened(file) as backup:
        for one in backup.manifest.tables:
            with backup.rows(one) as rows:
                found[one.name] = list(rows)
    return found


def _other_format(members: dict[str, bytes]) -> None:
    members["manifest.json"] = members["manifest.json"].replace(b"xiangyue-backup-1", b"xiangyue-backup-9")


def _other_migration(members: dict[str, bytes]) -> None:
    told = json.loads(members["manifest.json"])
    members["manifest.json"] = json.dumps(told | {"revision": "000000000000"}).encode()


def _no_manifest(members: dict[str, bytes]) -> None:
    members["manifest.json"] = b'{"format": "xiangyue-backup-1", "tables": [], "head": null}'


def _table_gone(members: dict[str, bytes]) -> None:
    del members["rows/seals.jsonl"]


def _table_more(members: dict[str, bytes]) -> None:
    members["rows/strangers.jsonl"] = b"[1]\n"


def _column_gone(members: dict[str, bytes]) -> None:
    told = json.loads(members["manifest.json"])
    next(one for one in told["tables"] if one["name"] == "seals")["columns"].remove("head")
    members["manifest.json"] = json.dumps(told).encode()


def _row(table: str, change: Callable[[list[Any]], list[Any]], at: int = 0) -> Change:
    def changed(members: dict[str, bytes]) -> None:
        rows = [json.loads(line) for line in members[f"rows/{table}.jsonl"].splitlines()]
        rows[at] = change(rows[at])
        members[f"rows/{table}.jsonl"] = b"".join(json.dumps(row).encode() + b"\n" for row in rows if row)

    return changed


FORGED: dict[str, tuple[Change, str]] = {
    "another format": (_other_format, "format"),
    "another migration": (_other_migration, "is of migration 000000000000"),
    "half a manifest": (_no_manifest, "manifest cannot be read"),
    "a table too few": (_table_gone, "other tables than its manifest"),
    "a table too many": (_table_more, "other tables than its manifest"),
    "a column too few": (_column_gone, "not the tables of its migration"),
    "a row too short": (_row("seals", lambda row: row[:-1]), "do not fit"),
    "no row at all": (_row("seals", lambda _: [[]]), "do not fit"),
    "a row twice": (_row("residents", lambda row: [2, *row[1:]]), "do not fit"),
    "a household that is not there": (_row("households", lambda _: []), "do not fit"),
    "a balance made larger": (_row("accounts", lambda row: [*row[:-2], row[-2] + 5, 0], 1), "ledger is not in order"),
    "the last seal cut off": (_row("seals", lambda _: [], -1), "last seal"),
    "a sealed entry cut off": (_row("sealed_entries", lambda _: [], -1), "ledger is not in order"),
}  # fmt: skip


@pytest.mark.parametrize("forged", FORGED)
def test_what_was_changed_is_refused_even_where_the_sums_fit(other: Flask, kept_file: Path, forged: str) -> None:
    change, said = FORGED[forged]

    assert said in refused(other, rewritten(kept_file, change))


def test_a_row_changed_without_its_sum_is_named(other: Flask, kept_file: Path) -> None:
    changed = rewritten(kept_file, _row("accounts", lambda row: [*row[:-1], row[-1] + 1]), summed=False)

    assert "the rows of accounts are not what was written" in refused(other, changed)


def test_a_faulty_ledger_comes_back_only_when_it_is_asked_for(other: Flask, kept_file: Path) -> None:
    faulty = rewritten(kept_file, FORGED["a sealed entry cut off"][0])

    done = run(other, "restore", faulty, "--with-faults")

    assert done.exit_code == 0
    assert "I23 does not hold" in done.output
    assert run(other, "verify").exit_code == 1


def test_a_head_that_was_noted_down_must_be_there(other: Flask, kept_file: Path) -> None:
    assert "no seal has it" in refused(other, kept_file, "--head", "ab" * 32)
    assert run(other, "restore", kept_file, "--head", manifest_of(kept_file)["head"]["head"]).exit_code == 0


def test_a_village_that_lives_is_not_written_over(app: Flask, other: Flask, kept_file: Path) -> None:
    assert "is not empty" in refused(app, kept_file)
    settle_a_few(other)
    assert "is not empty" in refused(other, kept_file)


def test_a_database_without_tables_says_which_command_makes_them(
    databases: Databases, make_settings: Callable[[str], Settings], kept_file: Path, run_name: str
) -> None:
    databases.create(run_name)
    try:
        with house_over(make_settings(databases.url(run_name))) as bare:
            for act in ("restore", "backup"):
                done = run(bare, act, kept_file if act == "restore" else kept_file.with_name("none.zip"))
                assert done.exit_code == 1
                assert "flask --app wsgi db upgrade" in done.output
    finally:
        databases.drop(run_name)


@pytest.fixture
def run_name(run: Any) -> str:
    return f"no-tables-{run.worker}"
