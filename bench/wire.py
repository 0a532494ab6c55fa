"""How much a page weighs on the wire: bytes of answers as gunicorn sends them, head and body, gzip where offered.

First view: an empty cache, so the page and everything it refers to. Later view: only what a browser must ask for again.
"""

from __future__ import annotations

import gzip
import http.client
import re
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

from bench.pages import PASSWORD, READER, pages
from bench.result import Result
from bench.street import street_database
from tests.races.harness import sign_in
from tests.serving import serving

FIRST_KB, LATER_KB = 40, 10
_CSS_ADDRESS = re.compile(r"""(?:url\(|@import\s+)["']?([^"')\s;]+)""")
_KEPT = re.compile(r"max-age=(\d+)")


@dataclass(frozen=True)
class Fetched:
    """One answer: its weight and that of its head in bytes, its text, and whether a browser keeps it."""

    weight: int
    head: int
    text: str
    kept: bool


class _Assets(HTMLParser):
    """Addresses that a browser fetches by itself when it shows the page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = dict(attributes)
        if tag == "link" and set((values.get("rel") or "").split()) & {"stylesheet", "icon", "preload", "manifest"}:
            self._add(values.get("href"))
        elif tag in ("script", "img", "source", "iframe"):
            self._add(values.get("src"))
        elif tag == "use":
            self._add(values.get("href") or values.get("xlink:href"))

    def _add(self, address: str | None) -> None:
        if address and not address.startswith(("#", "data:")):
            self.found.append(address)


def measure_first() -> list[Result]:
    """The front page of a visitor who was never here, in KB."""
    with street_database() as database, serving(database) as served:
        page = fetch(served.address + "/", cookie="")
        answers = [page, *assets(served.address + "/", page.text).values()]
    total, heads = sum(answer.weight for answer in answers), sum(answer.head for answer in answers)
    print(f"# page-first: {len(answers)} answers, heads {heads / 1024:.1f} KB, bodies {(total - heads) / 1024:.1f} KB")
    return [Result("page-first", round(total / 1024, 1), FIRST_KB)]


def measure_later() -> list[Result]:
    """The heaviest page of one who was here before, in KB: the page itself and what the browser may not keep."""
    with street_database() as database, serving(database) as served:
        cookies = sign_in(served.address, READER, PASSWORD).cookies
        cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
        heaviest = 0
        for page in pages(database):
            address = served.address + page.path
            answer = fetch(address, cookie=cookie)
            again = [asset for asset in assets(address, answer.text).values() if not asset.kept]
            weight = answer.weight + sum(asset.weight for asset in again)
            if weight > LATER_KB * 1024:
                print(f"# {page.path}: {weight / 1024:.1f} KB")
            heaviest = max(heaviest, weight)
    return [Result("page-later", round(heaviest / 1024, 1), LATER_KB)]


def assets(address: str, markup: str) -> dict[str, Fetched]:
    """Everything that the page draws in, each once, style sheets followed to what they name."""
    parser = _Assets()
    parser.feed(markup)
    waiting = [urljoin(address, found) for found in parser.found]
    fetched: dict[str, Fetched] = {}
    while waiting:
        asset = urldefrag(waiting.pop()).url
        if asset in fetched:
            continue
        fetched[asset] = fetch(asset, cookie="")
        if urlsplit(asset).path.endswith(".css"):
            waiting += [urljoin(asset, found) for found in _CSS_ADDRESS.findall(fetched[asset].text) if found[0] != "#"]
    return fetched


def fetch(address: str, *, cookie: str) -> Fetched:
    """One request as a browser sends it. Raises when the answer is not 200: a missing file would look light."""
    parts = urlsplit(address)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    connection = http.client.HTTPConnection(parts.netloc, timeout=30)
    try:
        connection.request("GET", path, headers={"Accept-Encoding": "gzip", "Cookie": cookie})
        answer = connection.getresponse()
        body = answer.read()
    finally:
        connection.close()
    if answer.status != 200:
        raise RuntimeError(f"GET {address} answered {answer.status}")
    head = sum(len(f"{name}: {value}\r\n") for name, value in answer.getheaders()) + len("HTTP/1.1 200 OK\r\n\r\n")
    kept = int(found[1]) if (found := _KEPT.search(answer.headers.get("Cache-Control", ""))) else 0
    return Fetched(head + len(body), head, _plain(body, answer.headers.get("Content-Encoding", "")), kept >= 3600)


def _plain(body: bytes, encoding: str) -> str:
    return (gzip.decompress(body) if encoding == "gzip" else body).decode(errors="replace")
