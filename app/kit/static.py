"""Style sheets, scripts and drawings: served by WhiteNoise under a name that changes whenever one of them does."""

from __future__ import annotations

import hashlib
from pathlib import Path
from wsgiref.headers import Headers

from flask import Flask
from whitenoise import WhiteNoise

from app.kit.security import headers

_SQUEEZED = {".gz", ".br"}


def digest(folder: Path) -> str:
    """Twelve hex digits of everything in the folder; files squeezed from others do not count."""
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix not in _SQUEEZED:
            whole.update(path.relative_to(folder).as_posix().encode())
            whole.update(path.read_bytes())
    return whole.hexdigest()[:12]


def init_app(app: Flask, folder: Path, *, over_tls: bool) -> None:
    """Serve `folder` below /static/<digest>/ for ever, and give templates `asset('css/base.css')`."""
    prefix = f"/static/{digest(folder)}/"
    common = headers(over_tls=over_tls)

    def add_headers(answer: Headers, _path: str, _url: str) -> None:
        for name, value in common.items():
            answer[name] = value

    noise = WhiteNoise(
        app.wsgi_app,
        immutable_file_test=lambda _path, url: url.startswith(prefix),
        allow_all_origins=False,
        add_headers_function=add_headers,
    )
    noise.add_files(str(folder), prefix=prefix)
    app.wsgi_app = noise  # type: ignore[method-assign]
    app.jinja_env.globals["asset"] = lambda name: prefix + name
