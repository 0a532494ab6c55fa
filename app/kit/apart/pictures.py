"""A child of `apart`: makes a picture anew, so that only what the eye sees of it is left.

Reads a file, writes one line of JSON (media_type, width, height) and then the new picture: upright, its longest side
at most ARGUMENT pixels, without place, camera, owner, remarks or anything hidden behind the pixels. Gives up with
`not_a_picture` or `too_many_pixels`.
"""

from __future__ import annotations

import io
import json
import sys

from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
MOST_PIXELS = 50_000_000  # the largest of a common phone; told by the header before a pixel is unpacked
QUALITY = 82
FEW_COLOURS = 256


def main() -> None:
    longest_side = int(sys.argv[1])
    try:
        picture = Image.open(sys.stdin.buffer, formats=FORMATS)
    except Image.DecompressionBombError:
        sys.exit("too_many_pixels")
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - Pillow's readers raise whatever a broken file leads them to
        sys.exit("not_a_picture")
    if picture.width * picture.height > MOST_PIXELS:
        sys.exit("too_many_pixels")
    try:
        upright = _upright(picture, longest_side)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001
        sys.exit("not_a_picture")
    kind, made = _written(upright, drawn=picture.format != "JPEG")
    head = {"media_type": f"image/{kind.lower()}", "width": upright.width, "height": upright.height}
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + made)


def _upright(picture: Image.Image, longest_side: int) -> Image.Image:
    """The first frame in plain colours, turned as the camera was held, made smaller where it is too large."""
    # A JPEG is unpacked at a half, a quarter or an eighth of its size, as near as that comes: cheap for the largest.
    share = longest_side / max(picture.size)
    picture.draft("RGB", (int(picture.width * share), int(picture.height * share)))
    turned = ImageOps.exif_transpose(picture)
    if turned.mode.startswith(("I", "F")):
        turned = turned.point(lambda value: value / 256).convert("L")  # 16 bits of grey
    plain = turned.convert("RGBA" if turned.has_transparency_data else "RGB")
    plain.thumbnail((longest_side, longest_side))
    bare = Image.new(plain.mode, plain.size)  # no remark or profile of the old file can follow
    bare.paste(plain)
    return bare


def _written(picture: Image.Image, *, drawn: bool) -> tuple[str, bytes]:
    """JPEG; but PNG for what is see-through, and for drawings and screenshots of few colours: letters stay sharp."""
    made = io.BytesIO()
    if picture.mode == "RGBA" or (drawn and picture.getcolors(FEW_COLOURS) is not None):
        picture.save(made, "PNG")
        return "PNG", made.getvalue()
    picture.save(made, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return "JPEG", made.getvalue()


if __name__ == "__main__":
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2  # Pillow refuses at twice this
    main()
