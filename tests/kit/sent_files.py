"""Files as strangers send them: honest ones, and ones that are not what they say."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import Any

from openpyxl import Workbook
from PIL import Image, PngImagePlugin

GPS, ORIENTATION, MAKE = 0x8825, 0x0112, 0x010F
CAMERA, SECRET = "A camera of Zhang Xiuying", "behind the pixels"


def picture(kind: str = "JPEG", size: tuple[int, int] = (400, 300), mode: str = "RGB", **options: Any) -> bytes:
    """Green to the left, red to the right: one can tell when it was turned."""
    drawn = Image.radial_gradient("L").resize(size).convert(mode)
    drawn.paste("green", (0, 0, size[0] // 2, size[1]))
    drawn.paste("red", (size[0] // 2, 0, *size))
    made = io.BytesIO()
    drawn.save(made, kind, **options)
    return made.getvalue()


def photo_with_a_past() -> bytes:
    """Held upright, with place, camera and remarks."""
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKE] = 6, CAMERA
    exif.get_ifd(GPS).update({1: "N", 2: (31.0, 14.0, 3.0), 3: "E", 4: (121.0, 28.0, 9.0)})
    xmp = b"<x:xmpmeta>" + SECRET.encode() + b"</x:xmpmeta>"
    return picture(exif=exif, comment=SECRET, xmp=xmp, icc_profile=SECRET.encode()) + SECRET.encode()


def drawing_with_a_past() -> bytes:
    said = PngImagePlugin.PngInfo()
    said.add_text("Author", CAMERA)
    said.add_itxt("Comment", SECRET, zip=True)
    exif = Image.Exif()
    exif[MAKE] = CAMERA
    return picture("PNG", pnginfo=said, exif=exif) + SECRET.encode()


def huge_png(side: int = 50_000) -> bytes:
    """One bit a pixel, all of it there: a third of a megabyte that unpacks to three hundred."""
    squeeze = zlib.compressobj(9)
    row = bytes(side // 8 + 2)
    packed = b"".join(squeeze.compress(row * 1000) for _ in range(side // 1000)) + squeeze.flush()

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def huge_jpeg(side: int = 50_000) -> bytes:
    """A small picture whose header says otherwise."""
    small = picture(size=(40, 30))
    frame = small.index(b"\xff\xc0")
    return small[: frame + 5] + struct.pack(">HH", side, side) + small[frame + 9 :]


def workbook(*rows: list[Any]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def package(changes: dict[str, bytes], base: bytes = b"") -> bytes:
    """A workbook with some parts added or put in the place of others."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(base or workbook(["a"]))) as old,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name not in changes:
                new.writestr(name, old.read(name))
        for name, content in changes.items():
            new.writestr(name, content)
    return made.getvalue()


def paper(inside: bytes = b"", packed: bytes = b"") -> bytes:
    """A PDF of one empty page, with something among its objects, or packed away in a stream."""
    stream = zlib.compress(packed)
    return (
        b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R " + inside + b">>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n"
        b"4 0 obj<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length " + str(len(stream)).encode() + b">>stream\n"
        + stream + b"\nendstream endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
    )  # fmt: skip
