"""A child of `apart`: looks whether a PDF is one to be read, and nothing that acts, hides a file or needs a password.

Writes the file as it came. Gives up with `not_a_paper`, `acts NAME`, `locked`, or `too_large` when unpacked. What is
packed is unpacked and looked at too, since newer files keep their objects in packed streams. It is a first look and no
proof: the answer that carries the file forbids it everything (kit/sending.py).
"""

from __future__ import annotations

import re
import sys
import zlib
from collections.abc import Iterator

ACTING = (
    "JavaScript", "Launch", "EmbeddedFile", "EmbeddedFiles", "RichMedia", "SubmitForm", "ImportData", "GoToE",
)  # fmt: skip
MOST_UNPACKED = 200 * 1024 * 1024
PIECE = 1024 * 1024
LONGEST_NAME = 64  # bytes of a name with every letter written as #xx, with room to spare


def _name(word: str) -> bytes:
    """A name as a PDF may write it: each letter plain or as # and two hex digits."""
    return "".join(f"(?:{letter}|#(?i:{ord(letter):02x}))" for letter in word).encode()


# One slash for all: the search leaps from slash to slash.
_ACTS = re.compile(b"/(?:(" + b")|(".join(map(_name, ACTING)) + b"))(?![A-Za-z0-9#])")
_LOCKED = re.compile(b"/" + _name("Encrypt") + b"(?![A-Za-z0-9#])")
_STREAM = re.compile(rb"stream\r?\n")


def main() -> None:
    paper = sys.stdin.buffer.read()
    if not paper.startswith(b"%PDF-") or b"%%EOF" not in paper[-2048:]:
        sys.exit("not_a_paper")
    _look_at(paper)
    if _LOCKED.search(paper):
        sys.exit("locked")
    for piece in _unpacked(paper):
        _look_at(piece)
    sys.stdout.buffer.write(paper)


def _look_at(piece: bytes) -> None:
    if found := _ACTS.search(piece):
        sys.exit(f"acts {ACTING[(found.lastindex or 1) - 1]}")


def _unpacked(paper: bytes) -> Iterator[bytes]:
    """What zlib makes of each stream, in pieces that overlap by a name's length."""
    total = 0
    for start in _STREAM.finditer(paper):
        unpacker = zlib.decompressobj()
        packed, before = paper[start.end() : start.end() + PIECE], b""
        position = start.end() + len(packed)
        while packed:
            try:
                piece = unpacker.decompress(packed, PIECE)
            except zlib.error:
                break  # not packed, or the end of what was
            total += len(piece)
            if total > MOST_UNPACKED:
                sys.exit("too_large")
            yield before + piece
            before = piece[-LONGEST_NAME:]
            packed = unpacker.unconsumed_tail
            if not packed and not unpacker.eof:
                packed = paper[position : position + PIECE]
                position += len(packed)


if __name__ == "__main__":
    main()
