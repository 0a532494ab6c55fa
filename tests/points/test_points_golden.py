"""Golden vectors: the form in which the journal is sealed, pinned for all machines and for ever (I21).

`golden.json` was made by hand, its hashes by another program than the house. The reference tree is that of Certificate
Transparency (google/certificate-transparency, cpp/merkletree/merkle_tree_test.cc), the leaves, roots and paths of which
other implementations of RFC 6962 and 9162 test themselves with.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select

from app.config import ROOT
from app.kit.db import db
from app.kit.words import Words
from app.points import canonical, merkle
from app.points.sealing import KINDS
from tests.points.ledger import guards_off

GOLDEN = Path(__file__).parent / "golden.json"
PINNED: dict[str, Any] = json.loads(GOLDEN.read_text(encoding="utf-8"))
LINES = [entry["line"].encode() for entry in PINNED["entries"]]
LEAVES = [bytes.fromhex(entry["leaf"]) for entry in PINNED["entries"]]
INSTANTS = ("effective_at", "posted_at", "made_at", "expires_at", "ended_at")

REFERENCE = [
    bytes.fromhex(leaf)
    for leaf in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
REFERENCE_ROOTS = """
    6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d
    fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125
    aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77
    d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7
    4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4
    76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef
    ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c
    5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328
""".split()
# The leaf at an index of the first so many, and what has to be joined to it.
REFERENCE_PATHS = {
    (0, 8): """96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7
               5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e
               6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4""",
    (5, 8): """bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b
               ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0
               d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7""",
    (2, 3): "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    (1, 5): """6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d
               5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e
               bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b""",
}


def row_of(entry: dict[str, Any]) -> dict[str, Any]:
    """The pinned columns as the house has them: instants with whatever zone they were given in, words as `Words`."""
    values: dict[str, Any] = dict(entry["row"])
    for name, value in values.items():
        if name in INSTANTS:
            values[name] = datetime.fromisoformat(value)
        elif isinstance(value, dict):
            values[name] = Words(**value)
    return values


def seal_after(before: str, seal: dict[str, Any], first: int) -> dict[str, Any]:
    """The seal that the house makes of these entries."""
    part = LEAVES[first - 1 : first - 1 + seal["entries"]]
    told: dict[str, Any] = {
        "number": seal["seal"],
        "first": first,
        "entries": len(part),
        "root": merkle.root(part).hex(),
    }
    return told | {"head": canonical.head(before, until=datetime.fromisoformat(seal["until"]), **told)}


@pytest.mark.parametrize("entry", PINNED["entries"], ids=lambda entry: entry["line"][:14])
def test_i21_an_entry_is_written_down_as_pinned(entry: dict[str, Any]) -> None:
    """Fails when a column is added, left out or moved, and with another way to write words, instants or nothing."""
    values = list(row_of(entry).items())
    for seed in range(3):
        random.Random(seed).shuffle(values)
        line = canonical.line(entry["kind"], SimpleNamespace(**dict(values)))
        assert line.decode() == entry["line"]
        assert merkle.leaf_hash(line).hex() == entry["leaf"] == sha256(b"\0" + line).hexdigest()


def test_i21_every_column_of_every_kind_is_pinned() -> None:
    for kind, columns in canonical.COLUMNS.items():
        there = [entry["row"] for entry in PINNED["entries"] if entry["kind"] == kind]
        assert there
        assert all(sorted(row) == sorted(columns) for row in there)
        assert {name for row in there for name, value in row.items() if value is not None} == set(columns)


@pytest.mark.parametrize("entry", PINNED["entries"], ids=lambda entry: entry["line"][:14])
def test_i21_both_databases_give_an_entry_back_as_pinned(context: Flask, entry: dict[str, Any]) -> None:
    """Fails when a column of either database rounds an instant, folds a letter or loses the language of a text."""
    table, key, _ = KINDS[entry["kind"]]
    guards_off()
    db.session.execute(insert(table).values(row_of(entry)))

    columns = [table.c[name] for name in canonical.COLUMNS[entry["kind"]]]
    row = db.session.execute(select(*columns).where(key == row_of(entry)[key.key])).one()

    assert canonical.line(entry["kind"], row).decode() == entry["line"]


@pytest.mark.parametrize("size", range(1, 10))
def test_i21_the_root_of_so_many_entries_is_as_pinned(size: int) -> None:
    """Fails with another tree: leaves not told from nodes, a last leaf doubled, or split in the middle."""
    assert merkle.root(LEAVES[:size]).hex() == PINNED["roots"][size - 1]


@pytest.mark.parametrize("size", range(1, 9))
def test_i21_the_tree_is_the_one_that_others_test_themselves_with(size: int) -> None:
    leaves = [merkle.leaf_hash(leaf) for leaf in REFERENCE[:size]]

    assert merkle.root(leaves).hex() == REFERENCE_ROOTS[size - 1]


@pytest.mark.parametrize("which", REFERENCE_PATHS)
def test_i21_paths_are_those_that_others_test_themselves_with(which: tuple[int, int]) -> None:
    index, size = which
    leaves = [merkle.leaf_hash(leaf) for leaf in REFERENCE[:size]]

    assert [other.hex() for _, other in merkle.path(leaves, index)] == REFERENCE_PATHS[which].split()


def test_i21_the_chain_of_heads_is_as_pinned() -> None:
    """Fails when a head is made of other things, or in another order."""
    before, first = canonical.BEGINNING, 1
    for seal in PINNED["seals"]:
        made = seal_after(before, seal, first)
        assert made == {name: seal["seal" if name == "number" else name] for name in made}
        before, first = seal["head"], first + seal["entries"]


@pytest.mark.parametrize("proof", PINNED["proofs"], ids=lambda proof: f"entry {proof['number']}")
def test_i21_the_path_of_an_entry_is_as_pinned(proof: dict[str, Any]) -> None:
    seal = proof["seal"]
    part = LEAVES[seal["first"] - 1 : seal["first"] - 1 + seal["entries"]]
    steps = merkle.path(part, proof["number"] - seal["first"])

    assert [[side, other.hex()] for side, other in steps] == proof["path"]
    assert merkle.climb(LEAVES[proof["number"] - 1], steps).hex() == seal["root"]


# Elsewhere: other processes, other places ------------------------------------------------------------------------

PLACES = (
    {"LC_ALL": "C", "PYTHONHASHSEED": "0"},
    {"LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "1", "TZ": "America/St_Johns"},
    {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONHASHSEED": "4242", "TZ": "Asia/Kathmandu"},
)
WRITE_AGAIN = """
import sys
from types import SimpleNamespace
from app.points import canonical, merkle
from tests.points.test_points_golden import PINNED, row_of
for entry in PINNED["entries"]:
    mixed = sorted(row_of(entry).items(), key=lambda one: hash(one[0]))
    line = canonical.line(entry["kind"], SimpleNamespace(**dict(mixed)))
    sys.stdout.buffer.write(line + b" " + merkle.leaf_hash(line).hex().encode() + b"\\n")
"""


def started(*command: str, place: dict[str, str]) -> tuple[int, bytes, bytes]:
    """Python in a process of its own that believes itself there; its status, what it said, and its complaints."""
    environment = os.environ | place
    done = subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place["LC_ALL"] + place["PYTHONHASHSEED"])
def test_i21_the_form_is_the_same_in_every_locale_zone_and_order(place: dict[str, str]) -> None:
    """Fails with `strftime('%c')`, `str.lower`, the machine's own encoding or zone, or the order of a set."""
    status, said, error = started("-c", WRITE_AGAIN, place=place)

    assert status == 0, error.decode(errors="replace")
    assert said == b"".join(line + b" " + leaf.hex().encode() + b"\n" for line, leaf in zip(LINES, LEAVES, strict=True))


def journal() -> bytes:
    """The pinned journal as `flask journal` writes it."""
    lines, first = [], 0
    for seal in PINNED["seals"]:
        lines += LINES[first : first + seal["entries"]]
        lines.append(json.dumps(seal, separators=(",", ":")).encode())
        first += seal["entries"]
    return b"\n".join(lines) + b"\n"


def verified(folder: Path, content: bytes, *more: str, place: dict[str, str] | None = None) -> tuple[int, str]:
    """What the verifier says that knows nothing of the house: alone, without site-packages or environment."""
    file = folder / "given"
    file.write_bytes(content)
    status, said, error = started("-I", "-S", "tools/verify_ledger.py", str(file), *more, place=place or {})
    return status, (said + error).decode()


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place["LC_ALL"] + place["PYTHONHASHSEED"])
def test_i21_the_verifier_reads_the_pinned_journal_and_its_proofs(tmp_path: Path, place: dict[str, str]) -> None:
    """Fails when house and verifier grow apart: neither may change the form alone."""
    heads = [seal["head"] for seal in PINNED["seals"]]

    assert verified(tmp_path, journal(), "--head", heads[1], place=place) == (
        0, f"9 entries in 3 seals are in order. The last head is {heads[2]}\n",
    )  # fmt: skip
    for proof in PINNED["proofs"]:
        whole = json.dumps(proof, ensure_ascii=False).encode()
        assert verified(tmp_path, whole, "--head", proof["seal"]["head"], place=place)[0] == 0
        for spoilt in (proof | {"path": proof["path"][1:]}, proof | {"before": heads[2]}):
            assert verified(tmp_path, json.dumps(spoilt).encode(), place=place)[0] == 1


OTHER = {"9": "8", "x": "y"}


@pytest.mark.parametrize("number", range(9))
def test_i21_the_verifier_sees_any_other_letter(tmp_path: Path, number: int) -> None:
    dice = random.Random(number)
    line = LINES[number].decode()
    place = dice.choice([at for at, sign in enumerate(line) if sign.isalnum() and line[at - 1] != "\\"])
    other = line[:place] + OTHER.get(line[place], "9" if line[place].isdigit() else "x") + line[place + 1 :]

    status, said = verified(tmp_path, journal().replace(LINES[number], other.encode()))

    assert (status, "NOT in order" in said) in ((1, True), (2, False)), said
