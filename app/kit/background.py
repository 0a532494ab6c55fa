"""Work that takes longer than a page may: one of our own commands, started in a process of its own.

Nothing depends on it: `flask tick` does what was started and never came to its end. So nobody keeps a queue or a
service beside the program.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys

from app.config import ROOT, Settings

log = logging.getLogger(__name__)


def start(settings: Settings, *command: str) -> None:
    """Start `flask COMMAND ...` on the same database, and do not wait. In tests, whoever tests it runs the command."""
    if settings.env == "test":
        return
    try:
        subprocess.Popen(  # noqa: S603 - our own command; its arguments are numbers of rows
            [sys.executable, "-m", "flask", "--app", "wsgi", *command],
            cwd=ROOT, env=os.environ | {"DATABASE_URL": settings.database_url}, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    except OSError as error:
        log.warning("%s is left to flask tick: %s", command[0], error)
