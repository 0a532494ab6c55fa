"""A child of `apart`: sets a paper as PDF from JSON, {"form": "the text of a typst file", "paper": {...}}.

The form reads the paper with `json(bytes(sys.inputs.paper))`; text in it stays text, whatever it looks like. A sign
that the font has no picture of is told by its number, as 〔U+20BB7〕: a name never loses a part in silence. The font
is Noto Sans SC with all of the common Chinese signs and those of names; only those used go into the paper.
"""

from __future__ import annotations

import json
import os
import struct
import sys
from pathlib import Path

import typst
from pylopdf_fonts_zh_cn import sans_path

SEGMENTED = 12  # the one form of the table that reaches beyond 16 bits
UNSEEN = dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)])


def main() -> None:
    os.environ["RAYON_NUM_THREADS"] = "1"  # more threads would only reserve memory beyond our limit
    asked = json.load(sys.stdin)
    font = sans_path()
    text = json.dumps(asked["paper"], ensure_ascii=False).translate(UNSEEN)
    drawn = signs_of(font)
    told = {ord(sign): f"〔U+{ord(sign):X}〕" for sign in set(text) if ord(sign) not in drawn}
    made = typst.compile(
        asked["form"].encode(),
        font_paths=typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[font.parent]),
        sys_inputs={"paper": text.translate(told)},
        format="pdf",
        pdf_standards=["ua-1"],
    )
    sys.stdout.buffer.write(made)


def signs_of(font: Path) -> set[int]:
    """The numbers of all signs that an OpenType font can draw, by its table `cmap`."""
    content = font.read_bytes()
    (tables,) = struct.unpack_from(">H", content, 4)
    places = dict(struct.unpack_from(">4s4xL", content, 12 + 16 * number) for number in range(tables))
    start = places[b"cmap"]
    (parts,) = struct.unpack_from(">H", content, start + 2)
    for number in range(parts):
        part = start + struct.unpack_from(">4xL", content, start + 4 + 8 * number)[0]
        if struct.unpack_from(">H", content, part)[0] == SEGMENTED:
            (groups,) = struct.unpack_from(">L", content, part + 12)
            spans = [struct.unpack_from(">LL", content, part + 16 + 12 * group) for group in range(groups)]
            return {sign for first, last in spans for sign in range(first, last + 1)}
    sys.exit("no_signs")


if __name__ == "__main__":
    main()
