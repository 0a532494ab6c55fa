"""What is written in `street/*.yaml`, read once a load."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

STREET = Path(__file__).parent / "street"
# The parser in C reads the council's file in a tenth of the time; where it was not built the other one does.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Content = dict[str, Any]


def read(name: str) -> Content:
    """The content of one file, as plain lists, maps, numbers and texts."""
    with (STREET / f"{name}.yaml").open("rb") as file:
        content: Content = yaml.load(file, Loader=_Loader)  # noqa: S506 - a safe loader, and a file of ours
    return content
