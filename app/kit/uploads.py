"""Files that people send: checked by content, made anew where they can be, kept beside the rows that speak of them.

They stand in the database, so that a file and its row live in one transaction and one backup. There is no general
address: each room serves its own files, after its own permission, with `app.kit.sending`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, select
from sqlalchemy.orm import Mapped, mapped_column

from app.kit import apart, filetypes
from app.kit.db import Base, db
from app.kit.filetypes import Kind
from app.kit.refusal import Refused, refuse_if

LONGEST_SIDE = 1600  # pixels: fills a wide screen, and is a quarter of a megabyte
# Shorter than others wait for the database (Settings.lock_wait_seconds): on SQLite this runs inside the one write.
SECONDS = 8
_CHECKS: dict[Kind, tuple[str, tuple[str, ...]]] = {
    "image": ("app.kit.apart.pictures", (str(LONGEST_SIDE),)),
    "pdf": ("app.kit.apart.papers", ()),
    "sheet": ("app.kit.apart.tables", ("keep",)),
}


class Upload(Base):
    """What is known of a file. `name` is tidied and only shown; `width` and `height` are pixels of a picture.

    `sha256` is that of the bytes kept, not of those sent. `by_id` is the resident who sent it.
    """

    __tablename__ = "uploads"
    __table_args__ = (CheckConstraint("size > 0", name="size"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    media_type: Mapped[str] = mapped_column(String(80))
    size: Mapped[int]
    width: Mapped[int | None]
    height: Mapped[int | None]
    name: Mapped[str] = mapped_column(String(filetypes.LONGEST_NAME))
    by_id: Mapped[int | None] = mapped_column(index=True)
    at: Mapped[datetime]

    @property
    def is_image(self) -> bool:
        return self.media_type.startswith("image/")


class UploadContent(Base):
    """The bytes, apart from what lists of files read."""

    __tablename__ = "upload_contents"

    upload_id: Mapped[int] = mapped_column(ForeignKey("uploads.id", ondelete="CASCADE"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


@dataclass(frozen=True)
class Checked:
    """A file that may be kept."""

    media_type: str
    content: bytes
    width: int | None = None
    height: int | None = None


def keep(stream: BinaryIO, name: str | None, *, kinds: Collection[Kind], by_id: int | None, at: datetime) -> Upload:
    """Check a file that was sent, and keep it. Raises `Refused` with a sentence for whoever sent it."""
    stream.seek(0)  # a request that is done again reads its files again
    return store(checked(stream.read(filetypes.MOST_BYTES + 1), kinds=kinds), name or "", by_id=by_id, at=at)


def checked(content: bytes, *, kinds: Collection[Kind]) -> Checked:
    """The file as it may be kept: of one of these kinds by its content. Raises `Refused`."""
    refuse_if(filetypes.size_refusal(len(content), kinds))
    kind = filetypes.kind_of(content[:16])
    if kind is None or kind not in kinds:
        raise Refused(filetypes.kind_refusal(kinds))
    module, arguments = _CHECKS[kind]
    try:
        made = apart.run(module, content, seconds=SECONDS, arguments=arguments)
    except apart.Failed as failed:
        raise Refused(filetypes.failure(failed.reason, failed.detail, kind)) from failed
    if kind == "pdf":
        return Checked("application/pdf", made)
    head, _, rest = made.partition(b"\n")
    return Checked(content=rest, **json.loads(head))


def store(file: Checked, name: str, *, by_id: int | None, at: datetime) -> Upload:
    """Keep a file that was checked."""
    upload = Upload(
        sha256=hashlib.sha256(file.content).hexdigest(), media_type=file.media_type, size=len(file.content),
        width=file.width, height=file.height, name=filetypes.shown_name(name, file.media_type), by_id=by_id, at=at,
    )  # fmt: skip
    db.session.add(upload)
    db.session.flush()
    db.session.add(UploadContent(upload_id=upload.id, content=file.content))
    db.session.flush()
    return upload


def content(upload_id: int) -> bytes:
    """The bytes of a file. The room that asks has looked whether they may be seen."""
    return db.session.execute(select(UploadContent.content).where(UploadContent.upload_id == upload_id)).scalar_one()
