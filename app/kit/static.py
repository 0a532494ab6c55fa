"""Style sheets, scripts and drawings: served by WhiteNoise under a name that changes whenever one of them does.

A cheap phone pays for each file it asks for, so the style sheets go out as one. They are joined and squeezed once for
each state of the folder, into a folder of its own, at the first start after a change.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
from pathlib import Path
from wsgiref.headers import Headers

from flask import Flask
from whitenoise import WhiteNoise
from whitenoise.compress import Compressor

from app.kit.security import FILE_POLICY, headers

SHEET = "css/house.css"
FIRST = "tokens.css"  # it names the order of the layers, so the order of the rest does not matter


def digest(folder: Path) -> str:
    """Twelve hex digits of everything in the folder, and of the way it is made ready."""
    whole = hashlib.sha256(Path(__file__).read_bytes())
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            whole.update(path.relative_to(folder).as_posix().encode())
            whole.update(path.read_bytes())
    return whole.hexdigest()[:12]


def make(folder: Path, ready: Path) -> None:
    """Copy the folder to `ready`, with one joined style sheet, and every file also squeezed."""
    ready.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(dir=ready.parent))
    shutil.copytree(folder, work, dirs_exist_ok=True)
    sheets = sorted((work / "css").glob("*.css"), key=lambda path: (path.name != FIRST, path.name))
    (work / SHEET).write_text("\n".join(_lean(sheet.read_text()) for sheet in sheets))
    compressor = Compressor(quiet=True)
    for path in sorted(work.rglob("*")):
        if path.is_file() and compressor.should_compress(path.name):
            compressor.compress(str(path))
    work.chmod(0o755)
    try:
        work.rename(ready)
    except OSError:  # another worker was faster; its copy is the same
        shutil.rmtree(work)


def _lean(sheet: str) -> str:
    """Without what only its writers need: comments and the space at the start of lines.

    More would save a kilobyte and needs a parser: rcssmin 1.3 turns `:lang(en) :is(h2)` into another selector.
    """
    return re.sub(r"\s*\n\s*", "\n", re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL))


def init_app(app: Flask, folder: Path, made: Path, *, over_tls: bool) -> None:
    """Serve `folder` below /static/<digest>/ for ever, and give templates `asset('css/house.css')`."""
    name = digest(folder)
    if not (made / name).is_dir():
        make(folder, made / name)
    prefix = f"/static/{name}/"
    # The page says what a sheet or script may do; the file itself carries the short policy, five times a first visit.
    common = headers(over_tls=over_tls) | {"Content-Security-Policy": FILE_POLICY}

    def add_headers(answer: Headers, _path: str, _url: str) -> None:
        for header, value in common.items():
            answer[header] = value

    noise = WhiteNoise(
        app.wsgi_app,
        immutable_file_test=lambda _path, url: url.startswith(prefix),
        allow_all_origins=False,
        add_headers_function=add_headers,
    )
    noise.add_files(str(made / name), prefix=prefix)
    app.wsgi_app = noise  # type: ignore[method-assign]
    app.jinja_env.globals["asset"] = lambda path: prefix + path
