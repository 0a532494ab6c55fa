"""Papers to print: a form of a room, and what it is to say, set as PDF in a process of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from app.config import ROOT
from app.kit import apart
from app.kit.refusal import N_, Refused, refusal

PDF = "application/pdf"
MEMORY_MB = 1024  # reserved, most of it never touched: a thousand lines need a fifth
_LATER = {"busy", "time"}


def pdf(form: str, paper: Mapping[str, Any], *, seconds: float = 10) -> bytes:
    """The paper; `form` is a typst file below templates/. Raises `Refused` where too many are wanted at once."""
    asked = {"form": (ROOT / "templates" / form).read_text(), "paper": paper}
    return made("app.kit.apart.paper_out", json.dumps(asked).encode(), seconds=seconds, memory_mb=MEMORY_MB)


def made(module: str, asked: bytes, **limits: Any) -> bytes:
    """What a child of `apart` makes of it; whoever would have to wait too long is asked to come again."""
    try:
        return apart.run(module, asked, **limits)
    except apart.Failed as failed:
        if failed.reason not in _LATER:
            raise
        busy = N_("Many papers and tables are being made just now. Please try again in a minute.")
        raise Refused(refusal(busy, status=503)) from failed
