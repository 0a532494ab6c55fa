"""The drawings in photos/ that came with a request, a reminder, a claim or a proxy."""

from __future__ import annotations

from datetime import datetime

from app.kit import uploads
from app.kit.uploads import Checked
from app.sample.content import STREET

_SIZE = (960, 640)  # pixels


def keep_drawing(name: str, *, by_id: int, at: datetime) -> int:
    """Keep the drawing of that name as a picture that somebody sent; the id of the upload."""
    drawn = Checked("image/jpeg", (STREET / "photos" / f"{name}.jpg").read_bytes(), *_SIZE)
    return uploads.store(drawn, f"{name}.jpg", by_id=by_id, at=at).id
