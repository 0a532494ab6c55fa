"""Square codes that a camera reads: drawn as one path, dark on light in every scheme, no style attribute."""

from __future__ import annotations

from importlib import import_module

from markupsafe import Markup

QUIET = 4  # modules of light ground that a reader needs round the code (ISO/IEC 18004)


def drawing(text: str, *, says: str, size: str = "") -> Markup:
    """An inline SVG of class `qr`. `says` is the text alternative; `size="l"` is for a screen seen from afar."""
    # Loaded by the first code that a worker draws: most pages have none.
    rows = import_module("segno").make(text, error="m", micro=False).matrix
    side = len(rows) + 2 * QUIET
    shape = Markup(' data-size="{}"').format(size) if size else ""
    return Markup(
        '<svg class="qr"{} viewBox="0 0 {} {}" width="216" height="216" role="img" aria-label="{}" '
        'shape-rendering="crispEdges"><path d="{}"/></svg>'
    ).format(shape, side, side, says, "".join(_runs(row, y + QUIET) for y, row in enumerate(rows)))


def _runs(row: bytearray, y: int) -> str:
    """One row as rectangles, each a run of dark modules."""
    path, start = "", None
    for x, dark in enumerate([*row, 0]):
        if dark and start is None:
            start = x
        elif not dark and start is not None:
            path += f"M{start + QUIET} {y}h{x - start}v1h-{x - start}z"
            start = None
    return path
