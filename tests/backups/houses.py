"""Houses to back up and to fill again, and what they hold."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from click.testing import Result
from flask import Flask

from app import cli, create_app
from app.cli.keeping.manifest import every_row, line, tables
from app.config import Settings
from app.kit.db import db
from app.kit.words import Words
from app.points import operations, sealing
from tests.conftest import let_go
from tests.makers import NOON, a_household, a_resident, a_street, kept

DAY = timedelta(days=1)


@contextmanager
def house_over(settings: Settings) -> Iterator[Flask]:
    """An application with its commands over that database."""
    app = create_app(settings)
    cli.init_app(app)
    yield app
    let_go(app)


def settle_a_few(app: Flask) -> None:
    """Two neighbours with points of three days, two of the days sealed."""
    with app.app_context(), kept():
        street = a_street()
        for resident in (a_resident(a_household(street.group)), a_resident(a_household(street.other_group))):
            for number in range(3):
                earn(resident, f"topic-taken-up:{resident.id}{number}", NOON + number * DAY)
        sealing.seal_days(NOON + 2 * DAY)


def earn(who: Any, because: str, at: Any = NOON) -> None:
    operations.grant(
        "points", 10, household_id=who.household_id, resident_id=who.id, code="D02", heading="council",
        because=because, effective_at=at, at=at, by_id=None, what=Words(zh="提出议题", en="Topic taken up"),
    )  # fmt: skip


def run(app: Flask, *arguments: object) -> Result:
    return app.test_cli_runner().invoke(args=[str(one) for one in arguments])


def everything(app: Flask) -> dict[str, list[bytes]]:
    """All that stands in the tables, as a backup would write it."""
    with app.app_context(), kept():
        return {table.name: sorted(line(row) for row in db.session.execute(every_row(table))) for table in tables()}


def manifest_of(file: Path) -> dict[str, Any]:
    with zipfile.ZipFile(file) as packed:
        return dict(json.loads(packed.read("manifest.json")))


def rewritten(file: Path, change: Callable[[dict[str, bytes]], None], *, summed: bool = True) -> Path:
    """The backup with its members changed; the sums of the manifest follow, as somebody who forges one would do."""
    with zipfile.ZipFile(file) as packed:
        members, comment = {name: packed.read(name) for name in packed.namelist()}, packed.comment
    change(members)
    told = json.loads(members["manifest.json"])
    for one in told["tables"] if summed else ():
        content = members.get(f"rows/{one['name']}.jsonl", b"")
        one |= {"sha256": sha256(content).hexdigest(), "rows": content.count(b"\n")}
    members["manifest.json"] = json.dumps(told).encode()
    made = file.with_name("changed.zip")
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
        packed.comment = comment
    return made
