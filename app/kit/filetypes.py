"""Kinds of files that people may send: what each may be, how it is named in both languages, and why one is refused."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from typing import Literal

from app.kit.refusal import N_, Refusal, refusal
from app.kit.words import Words

Kind = Literal["image", "pdf", "sheet"]

MEBIBYTE = 1024 * 1024
MOST_BYTES = 10 * MEBIBYTE
MOST_BYTES_TOGETHER = 3 * MOST_BYTES  # no form takes more than three files
LONGEST_NAME = 120

NAMES: dict[Kind, Words] = {
    "image": Words(zh="照片（JPEG、PNG、WebP）", en="photos (JPEG, PNG, WebP)"),
    "pdf": Words(zh="PDF文件", en="PDF papers"),
    "sheet": Words(zh="表格（xlsx、csv）", en="tables (xlsx, csv)"),
}
# What a browser offers to choose from: a help for the person, never a check.
ACCEPTED: dict[Kind, str] = {
    "image": "image/jpeg,image/png,image/webp",
    "pdf": "application/pdf,.pdf",
    "sheet": ".xlsx,.csv,text/csv",
}
ENDINGS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "text/csv": ".csv",
}
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"RIFF")

_TIRED = N_("The file could not be checked in time. Nothing was changed. Try again in a moment, or send a smaller one.")
_SENTENCES = {
    "empty": N_("The file arrived empty. Choose it again; if it stays so, open it first to see whether it is whole."),
    "other": N_("This file is not of a kind that is taken here, whatever its name says. Send %(kinds)s."),
    "too_large_image": N_(
        "The photo is too large (limit %(size)s). Choose a smaller one, or take a screenshot of it and send that."
    ),
    "too_large": N_(
        "The file is too large (limit %(size)s). Choose a smaller one; of a photo, take a screenshot and send that."
    ),
    "too_large_together": N_(
        "Together that is too large (limit %(together)s, and %(size)s for one file). "
        "Send fewer files or smaller ones; of a photo, take a screenshot and send that."
    ),
    "not_a_picture": N_("The photo cannot be read. Open it on your phone, take a screenshot of it and send that."),
    "too_many_pixels": N_(
        "The photo has more pixels than can be taken (limit 50 million). Take a screenshot of it and send that."
    ),
    "not_a_paper": N_("The PDF cannot be read. Open it and save it again as PDF, then send the new one."),
    "locked": N_("The PDF is locked with a password. Save it without one and send it again."),
    "acts": N_(
        "The file holds more than pages and cells: a program, a form that sends, or another file inside (%(what)s). "
        "Save it as a plain PDF or table and send that."
    ),
    "not_a_table": N_("The table cannot be read. Open it in WPS or Excel, save it as xlsx or csv, and send that."),
    "old_table": N_("The old xls form cannot be read. Open it in WPS or Excel, save it as xlsx, and send that."),
    "unpacks": N_("The table unpacks to far more than a table needs. Copy the cells into a new one and send that."),
    "too_long": N_("The table has more rows than can be taken at once (limit %(limit)s). Split it and send the parts."),
    "too_wide": N_("The table has more columns than can be taken (limit %(limit)s). Leave out the ones not needed."),
    "formula": N_(
        "Cell %(cell)s holds a formula whose result is not in the file. "
        "Open the table in WPS or Excel, save it once, and send it again."
    ),
}


def size_refusal(size: int, kinds: Collection[Kind]) -> Refusal | None:
    """Why a file of so many bytes is not taken; None when it is."""
    if size == 0:
        return refusal(_SENTENCES["empty"], status=422)
    if size <= MOST_BYTES:
        return None
    return refusal(
        _SENTENCES["too_large_image" if set(kinds) == {"image"} else "too_large"], status=422, size=size_limit()
    )


def body_refusal() -> Refusal:
    """Why a request that was to bring files was not even read."""
    together = size_limit(MOST_BYTES_TOGETHER)
    return refusal(_SENTENCES["too_large_together"], status=413, together=together, size=size_limit())


def size_limit(most: int = MOST_BYTES) -> str:
    """10 MB, the same in both languages."""
    return f"{most // MEBIBYTE} MB"


def kind_refusal(kinds: Collection[Kind]) -> Refusal:
    """What may be sent, where something else came."""
    return refusal(_SENTENCES["other"], status=422, kinds=names_of(kinds))


def names_of(kinds: Collection[Kind]) -> Words:
    """Photos (JPEG, PNG, WebP) or PDF papers, in the order of this file."""
    wanted = [words for kind, words in NAMES.items() if kind in kinds]
    return Words(zh="或".join(words.zh for words in wanted), en=" or ".join(words.en for words in wanted))


def failure(reason: str, detail: str, kind: Kind) -> Refusal:
    """The sentence for the way in which a check came to its end (`apart.Failed`)."""
    if reason == "too_large":
        reason = "unpacks" if kind == "sheet" else "not_a_paper"
    unreadable = {"image": "not_a_picture", "pdf": "not_a_paper", "sheet": "not_a_table"}[kind]
    if reason in ("memory", "output", "broke"):
        reason = "too_many_pixels" if reason == "memory" and kind == "image" else unreadable
    values = {"acts": {"what": detail}, "formula": {"cell": detail}}.get(reason, {"limit": detail} if detail else {})
    return refusal(_SENTENCES.get(reason, _TIRED), status=422, **values)


def kind_of(beginning: bytes) -> Kind | None:
    """What a file seems to be, by its first bytes and never by its name. A child then looks at all of it.

    Text may be a csv; what begins like SVG, HTML or XML is nothing that is taken.
    """
    if beginning.startswith(b"%PDF-"):
        return "pdf"
    if beginning.startswith(_PICTURES):
        return "image"
    return None if beginning.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") else "sheet"


def shown_name(name: str, media_type: str) -> str:
    """The name to show and to save under: no folder, no sign that hides or breaks anything, the ending it deserves."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    stem = last.rpartition(".")[0] or last
    plain = "".join(sign for sign in stem if unicodedata.category(sign)[0] not in "CZ" or sign == " ")
    plain = " ".join("".join(sign for sign in plain if sign not in '<>:"|?*').split()).strip(". ")
    ending = ENDINGS[media_type]
    return (plain[: LONGEST_NAME - len(ending)].rstrip() or "file") + ending
