"""Files at the house as it is really run: what is far too large is answered, and many at once stay within bounds."""

from __future__ import annotations

import http.client
import io
import threading
import uuid
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit

import psutil
import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from app import create_app
from app.config import DEMO_SECRET, Settings
from app.kit import apart
from app.kit.filetypes import MEBIBYTE
from app.kit.uploads import Upload
from tests.conftest import let_go
from tests.databases import Databases, ensure_template
from tests.kit import sent_files as sent
from tests.races.harness import BROKEN, Answer, Client, rush
from tests.races.village import Village
from tests.run import Run
from tests.serving import Served, serving

WORKERS, AT_ONCE = 2, 12
CHILD_MB = 512
NEW = "/requests/new"


@pytest.fixture(scope="module")
def house(run: Run, databases: Databases) -> Iterator[Served]:
    ensure_template(databases, "empty", run.folder)
    name = f"uploads-{run.worker}"
    databases.copy("empty", name)
    with serving(databases.url(name), workers=WORKERS, threads=8) as served:
        yield served
    databases.drop(name)


@pytest.fixture(scope="module")
def village(run: Run, databases: Databases, house: Served) -> Iterator[Village]:
    url = databases.url(f"uploads-{run.worker}")
    app = create_app(Settings(env="test", database_url=url, secret_key=DEMO_SECRET, password_memory=64))
    yield Village.settle(app, house.address, neighbours=AT_ONCE)
    let_go(app)


def report(village: Village, client: Client, content: bytes, name: str = "photo.jpg") -> Answer:
    """Report a lamp that is out, with a photo of it."""
    fields = {
        "csrf_token": client.token, "request_id": str(uuid.uuid4()), "category": "lamp",
        "place": str(village.community), "title": "Lamps out on the walk", "text": "All four of them.",
        "openness": "public", "photo": FileStorage(io.BytesIO(content), name),
    }  # fmt: skip
    boundary, body = encode_multipart(fields)
    return send(village, client, body, len(body), boundary)


def send(village: Village, client: Client, body: bytes, length: int, boundary: str) -> Answer:
    client.close()  # what it has ready is for forms without a file
    connection = http.client.HTTPConnection(urlsplit(village.address).netloc, timeout=60)
    headers = {
        "Content-Type": f"multipart/form-data; boundary={boundary}", "Content-Length": str(length),
        "Accept-Language": "en", "Cookie": f"session={client.cookies['session']}", "Connection": "close",
    }  # fmt: skip
    try:
        connection.request("POST", NEW, body, headers)
        answer = connection.getresponse()
        return Answer(answer.status, answer.read().decode(errors="replace"), answer.headers.get("Location", ""))
    except OSError:
        return BROKEN
    finally:
        connection.close()


@pytest.mark.parametrize("size", [50, 60])
def test_fifty_megabytes_are_answered_with_a_page(village: Village, house: Served, size: int) -> None:
    client = village.client(village.neighbours[0])
    before = rss(house)

    answer = send(village, client, bytes(size * MEBIBYTE), size * MEBIBYTE, "x")

    assert answer.status == 413
    assert "Together that is too large (limit 30 MB, and 10 MB for one file)." in answer.body
    assert "<h1" in answer.body
    assert rss(house) - before < 16, "it is read away, not kept"
    assert client.get(NEW).status == 200


def rss(house: Served) -> float:
    return float(max(one.memory_info().rss for one in house.worker_processes()) / MEBIBYTE)


def test_files_that_come_at_once_are_looked_at_a_few_at_a_time(village: Village, house: Served) -> None:
    """Honest photos, pictures that would fill the memory and a bomb, together: no child more than may be."""
    large = sent.picture(size=(6000, 4000), quality=60)
    sorts = ((large, 303), (sent.huge_png(), 422), (b"<svg onload=alert(1)>", 422))
    watch = Watch(house)

    with watch:
        answers = rush(
            village.clients(village.neighbours),
            lambda one, n: report(village, one, sorts[n % len(sorts)][0], f"{n}.jpg"),
        )

    told = Counter(one.status for one in answers)
    assert set(told) <= {303, 422, 503}, told
    for number, answer in enumerate(answers):
        assert answer.status in (sorts[number % len(sorts)][1], 503)
        if answer.status == 503:
            assert "Please try again in a moment" in answer.body or "could not be checked in time" in answer.body
    assert told[303] >= 1
    assert village.count(Upload) == told[303]
    assert 1 <= watch.most_children <= WORKERS * apart.AT_ONCE
    assert watch.most_memory <= CHILD_MB
    assert [one for worker in house.worker_processes() for one in worker.children()] == []


class Watch:
    """Counts the children of the workers, and what the largest of them holds, until the block ends."""

    def __init__(self, house: Served) -> None:
        self._workers = house.worker_processes()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self.most_children, self.most_memory = 0, 0.0

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_error: object) -> None:
        self._end.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._end.wait(0.02):
            sizes = []
            for worker in self._workers:
                for child in worker.children():
                    try:
                        sizes.append(child.memory_info().rss / MEBIBYTE)
                    except psutil.NoSuchProcess:
                        continue
            self.most_children = max(self.most_children, len(sizes))
            self.most_memory = max(self.most_memory, *sizes, 0.0)
