#!/usr/bin/env python3
"""Check a ledger of Xiangyue without Xiangyue: Python's standard library alone, no database, no network.

    python verify_ledger.py journal.jsonl [--head HEX]    every entry and every seal of an export (`flask journal FILE`)
    python verify_ledger.py proof.json [--head HEX]       that one entry stands in the seal of its day

--head is the head that was printed somewhere: in a disclosure, at the notice board, in a backup. Then the file must
contain that very head: a journal whose end was cut off does not. It ends with 0 when all is in order, with 1 when not,
and with 2 when there was nothing to check.

An export is one JSON value a line: the entries as they were sealed, `["transfer",12,...]`, each day's followed by its
seal, `{"seal":7,...}`. How lines, roots and heads are made is told below, in the code that makes them again.
"""

from __future__ import annotations

import json
import re
import sys
from hashlib import sha256
from typing import Any

BEGINNING = "0" * 64  # the head before the first
SEAL = ("seal", "until", "first", "entries", "root", "head")


class Wrong(Exception):
    """What does not fit, and where."""


def leaf_of(line: bytes) -> bytes:
    """The hash of an entry: of a zero byte and the line as it was written (RFC 9162, 2.1)."""
    return sha256(b"\x00" + line).digest()


def both(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def root_of(leaves: list[bytes]) -> bytes:
    """The root over the entries of a day: neighbours are joined in pairs, a last one without a pair moves up."""
    if not leaves:
        return sha256(b"").digest()
    while len(leaves) > 1:
        odd = leaves[len(leaves) // 2 * 2 :]
        leaves = [both(leaves[n], leaves[n + 1]) for n in range(0, len(leaves) - 1, 2)] + odd
    return leaves[0]


def head_of(before: str, seal: dict[str, object]) -> str:
    """The head of a seal: it stands for its day and, by the head before it, for all days before."""
    said = "\n".join(str(part) for part in ("xiangyue-seal-1", before, *(seal[name] for name in SEAL[:5])))
    return sha256(f"{said}\n".encode()).hexdigest()


def check_journal(lines: list[bytes], head: str | None) -> str:
    """Every entry, every seal, the chain of seals; what to say when all is in order."""
    before, number, first, waiting, heads = BEGINNING, 0, 1, [], set()
    for at, line in enumerate(lines, start=1):
        value = json.loads(line)
        if isinstance(value, list):
            waiting.append(leaf_of(line))
            continue
        number += 1
        where = f"line {at}, seal {number} of the days up to {value.get('until')}"
        expected = {"seal": number, "first": first, "entries": len(waiting), "root": root_of(waiting).hex()}
        for name, should in expected.items():
            if value.get(name) != should:
                raise Wrong(f"{where}: {name} is {value.get(name)!r} and should be {should!r}")
        if value.get("head") != head_of(before, value):
            raise Wrong(f"{where}: the head does not follow from the seal and the head before it")
        before, first, waiting = value["head"], first + len(waiting), []
        heads.add(before)
    if head is not None and head not in heads:
        raise Wrong(f"none of the {number} seals has the head {head}: the end was cut off, or it is another journal")
    rest = f"; {len(waiting)} later entries are not sealed yet" if waiting else ""
    return f"{first - 1} entries in {number} seals are in order{rest}. The last head is {before}"


def index_of(sides: list[str], entries: int) -> int | None:
    """Which entry of the day a path begins at, from its sides up to the root; None where so many have no such path."""
    index = 0
    for side in reversed(sides):
        if entries < 2:
            return None
        left = 1 << (entries - 1).bit_length() - 1  # the left part of a tree is the largest full one that leaves some
        index, entries = (index, left) if side == "right" else (index + left, entries - left)
    return index if entries == 1 else None


def told(entry: list[Any]) -> str:
    """What an entry says, for whoever does not read its line: how much, under which line of the tariff, when."""
    if entry[0] != "transfer":
        return str(entry[0])
    asset, change, code, deed = entry[2], entry[6], entry[8], str(entry[21])
    return f"{change:+} {asset} under {code}, for {deed[:10]} {deed[11:16]} UTC"


def check_proof(proof: dict[str, Any], head: str | None) -> str:
    """One entry with its number, the path up to its root, the head of its day."""
    seal, steps = proof["seal"], proof["path"]
    assert isinstance(seal, dict)
    assert isinstance(steps, list)
    index = index_of([side for side, _ in steps], seal["entries"])
    line = json.dumps(proof["entry"], ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    node = leaf_of(line)
    for side, other in steps:
        node = both(node, bytes.fromhex(other)) if side == "right" else both(bytes.fromhex(other), node)
    if node.hex() != seal["root"]:
        raise Wrong(f"the entry does not lead to the root of seal {seal['seal']}")
    if index is None or proof["number"] != seal["first"] + index:
        raise Wrong(f"the entry has not the number {proof['number']} in seal {seal['seal']}")
    if head_of(str(proof["before"]), seal) != seal["head"]:
        raise Wrong(f"the head of seal {seal['seal']} does not follow from its root")
    if head is not None and head != seal["head"]:
        raise Wrong(f"seal {seal['seal']} has another head than the one given")
    said = f"entry {proof['number']} ({told(proof['entry'])}) stands in seal {seal['seal']}"
    return f"{said}. " + ("It is the head given" if head else f"Compare its head with a printed one: {seal['head']}")


def main() -> int:
    arguments = sys.argv[1:]
    head = None
    if "--head" in arguments:
        at = arguments.index("--head")
        head = "".join(arguments[at + 1 : at + 2]).lower()
        del arguments[at : at + 2]
    if len(arguments) != 1 or not (head is None or re.fullmatch("[0-9a-f]{64}", head)):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        with open(arguments[0], "rb") as file:
            content = file.read()
        if content[:1] == b"{" and b'"path"' in content:
            print(check_proof(json.loads(content), head))
        else:
            print(check_journal(content.splitlines(), head))
    except Wrong as wrong:
        print(f"NOT in order: {wrong}")
        return 1
    except (OSError, ValueError, LookupError, TypeError, AssertionError) as error:
        print(f"cannot be read as an export or a proof: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
