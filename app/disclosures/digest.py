"""The check sum of a revision: anybody who has its JSON can compute it again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from app.disclosures.finances import FinanceTable
from app.kit.words import Words


def digest(
    *, title: Words, text: Words | None, cells: Mapping[str, Any] | None, reason: Words | None,
    finances: FinanceTable | None = None, payments: Iterable[tuple[str, int, str, str]] = (), files: Iterable[str] = (),
) -> str:  # fmt: skip
    """SHA-256 over the content as JSON with sorted keys. `payments`: (day, hundredths, payee, unit)."""
    whole = hashlib.sha256()
    content = {
        "title": title.as_dict(), "text": text.as_dict() if text else None, "cells": cells,
        "reason": reason.as_dict() if reason else None, "finances": finances.as_json() if finances else None,
        "files": sorted(files),
    }  # fmt: skip
    whole.update(_plain(content))
    for payment in payments:
        whole.update(_plain(payment))
    return whole.hexdigest()


def _plain(content: Any) -> bytes:
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
