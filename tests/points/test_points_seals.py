"""Seals: each day of the journal gets a root that nobody changes without being found out (I20, I21, I23)."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.kit import clock
from app.kit.db import db
from app.kit.words import Words
from app.people.models import Resident
from app.points import exporting, merkle, operations, sealed, sealing, written
from app.points.models import Seal, SealedEntry, Transfer
from tests.makers import NOON, a_household, a_resident, a_street, kept
from tests.points.ledger import DAY, guards_off
from tools import verify_ledger

MIDNIGHT = clock.day_bounds(clock.local(NOON).date())[1]


@pytest.fixture(autouse=True)
def _afterwards() -> Iterator[None]:
    """All of this is looked at later: what is dated after that moment is a fault."""
    with clock.fixed(NOON + 30 * DAY):
        yield


def earn(home: Any, because: str, at: Any = NOON, amount: int = 5) -> int:
    return operations.grant(
        "points", amount, household_id=home.household_id, resident_id=home.id, code="E04", heading="environment",
        because=because, effective_at=at, at=at, by_id=None,
    ).id  # fmt: skip


def seals() -> list[Any]:
    return list(db.session.execute(select(Seal.__table__).order_by(Seal.number)))


def numbered() -> list[tuple[int, str, int]]:
    columns = select(SealedEntry.number, SealedEntry.kind, SealedEntry.entry_id)
    return [tuple(row) for row in db.session.execute(columns.order_by(SealedEntry.number))]


# The tree -------------------------------------------------------------------------------------------------------


def naive(leaves: list[bytes]) -> bytes:
    """The definition of RFC 9162, 2.1.1, word by word."""
    if len(leaves) == 1:
        return leaves[0]
    split = max(2**k for k in range(20) if 2**k < len(leaves))
    return sha256(b"\x01" + naive(leaves[:split]) + naive(leaves[split:])).digest()


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7, 8, 9, 31, 32, 33, 100])
def test_i20_a_root_is_as_the_rfc_defines_it_and_every_path_leads_to_it(size: int) -> None:
    leaves = [merkle.leaf_hash(bytes([number])) for number in range(size)]
    root = merkle.root(leaves)

    assert root == naive(leaves)
    for index, leaf in enumerate(leaves):
        steps = merkle.path(leaves, index)
        assert merkle.climb(leaf, steps) == root
        assert merkle.climb(merkle.leaf_hash(b"another"), steps) != root


def test_the_root_of_nothing_is_the_hash_of_nothing() -> None:
    assert merkle.root([]) == sha256(b"").digest()


# Days -----------------------------------------------------------------------------------------------------------


def test_i23_a_day_is_sealed_once_it_is_over_and_its_entries_get_numbers_without_gaps(home: Any) -> None:
    first, second = earn(home, "a:1"), earn(home, "a:2")
    other_day = earn(home, "b:1", NOON + 2 * DAY)

    assert sealing.seal_days(MIDNIGHT + sealing.GRACE - timedelta(seconds=1)) == 0
    assert sealing.seal_days(MIDNIGHT + sealing.GRACE) == 1
    assert sealing.seal_days(MIDNIGHT + 2 * DAY + sealing.GRACE) == 2
    assert sealing.seal_days(MIDNIGHT + 2 * DAY + sealing.GRACE) == 0

    assert [(one.number, one.first, one.entries) for one in seals()] == [(1, 1, 2), (2, 3, 0), (3, 3, 1)]
    assert numbered() == [(1, "transfer", first), (2, "transfer", second), (3, "transfer", other_day)]
    assert list(sealed.faults()) == []


def test_it_is_all_the_same_when_a_seal_is_late(home: Any) -> None:
    for number in range(3):
        earn(home, f"a:{number}", NOON + number * DAY)
    with db.session.begin_nested() as early:
        for number in range(4):
            sealing.seal_days(MIDNIGHT + number * DAY + sealing.GRACE)
        in_time = seals(), numbered()
        early.rollback()

    sealing.seal_days(MIDNIGHT + 3 * DAY + sealing.GRACE)

    assert (seals(), numbered()) == in_time


def test_holds_and_their_ends_are_sealed_with_the_entries(home: Any) -> None:
    earn(home, "a:1", amount=50)
    held = operations.hold(
        household_id=home.household_id, amount=40, because="order:1", expires_at=NOON + DAY, by_id=home.id, at=NOON
    )
    operations.settle(held.id, merchant_id=1, because="collected:1", by_id=None, at=NOON)

    sealing.seal_days(MIDNIGHT + sealing.GRACE)

    assert [kind for _, kind, _ in numbered()] == ["transfer", "transfer", "hold", "hold_end"]
    assert list(sealed.faults()) == []


def test_i13_a_lapse_that_is_noted_after_its_day_was_sealed_is_no_fault(home: Any) -> None:
    """It counts from its moment on, whoever notes it when; it is sealed with the day that is still open."""
    earn(home, "a:1", amount=50)
    held = operations.hold(
        household_id=home.household_id, amount=40, because="order:1", expires_at=NOON + DAY, by_id=home.id, at=NOON
    )
    sealing.seal_days(MIDNIGHT + DAY + sealing.GRACE)

    operations.release(held.id, at=NOON + 5 * DAY, outcome="expired")

    assert list(sealed.faults()) == []
    sealing.seal_days(MIDNIGHT + 5 * DAY + sealing.GRACE)
    assert numbered()[-1][1:] == ("hold_end", held.id)
    assert list(sealed.faults()) == []


ODD = ("plain", 'said "so"', "back\\slash", "a\tb\nc\r\b\f\x01\x1f\x7f", "楼道 \u2028 é 😀", "</p>", "", "'%s'")


def test_i21_the_database_writes_every_line_as_the_house_does(home: Any) -> None:
    """Else `flask verify` would be slow: it would ask the house about every line."""
    texts = [what for text in ODD for what in (Words(zh=text), Words(en=text, zh=text), Words(other=text))]
    for number, what in enumerate(texts):
        operations.grant(
            "points", 5, household_id=home.household_id, resident_id=home.id, code="E04", heading="environment",
            because=f"odd:{number}:{what.into('zh')}", effective_at=NOON, at=NOON + timedelta(microseconds=number),
            by_id=None, what=what,
        )  # fmt: skip
    held = operations.hold(
        household_id=home.household_id, amount=40, because="order:1", expires_at=NOON + DAY, by_id=home.id, at=NOON,
        what=Words(zh=ODD[1], en=ODD[3]),
    )  # fmt: skip
    operations.settle(held.id, merchant_id=1, because="collected:1", by_id=None, at=NOON)
    sealing.seal_days(MIDNIGHT + sealing.GRACE)

    assert {kind: written.all_as_sealed(kind) for kind in sealing.KINDS} == dict.fromkeys(sealing.KINDS, True)


# Tampering ------------------------------------------------------------------------------------------------------


@pytest.fixture
def journal(app: Flask) -> list[int]:
    """The entries of three sealed days, ten a day; their ids."""
    with app.app_context(), kept():
        home = a_resident(a_household(a_street().group))
        ids = [earn(home, f"a:{number}", NOON + number // 10 * DAY) for number in range(30)]
        sealing.seal_days(MIDNIGHT + 2 * DAY + sealing.GRACE)
    return ids


def faults_after(app: Flask, *tampering: str) -> list[Any]:
    with app.app_context():
        guards_off()
        for statement in tampering:
            db.session.connection().exec_driver_sql(statement)
        found = list(sealed.faults())
        db.session.rollback()
    return found


@pytest.mark.parametrize(
    "change",
    [
        "amount = 7, change = 7", "change = -5", "balance_after = 7", "because = 'a:7 '", "heading = 'service'",
        "posted_at = '2026-01-01 00:00:00'", "effective_at = '2026-01-01 00:00:00'", "request_id = 'x'", "by_id = 1",
        "household_id = 99", "what = '{}'", """what = '{"zh": "\u7530", "foo": 1}'""", "what = '5'",
    ],
)  # fmt: skip
def test_i20_a_changed_entry_is_named(app: Flask, journal: list[int], change: str) -> None:
    which = random.Random(change).choice(journal)

    first = faults_after(app, f"UPDATE transfers SET {change} WHERE id = {which}")[0]

    assert (first.invariant, first.where) == ("I20", f"transfer:{which}")
    assert f"entry {journal.index(which) + 1} " in first.says


WORDED = Words(zh="扫除", en='Said "so"')


@pytest.fixture
def worded(app: Flask) -> list[int]:
    """Sealed entries with a text; their ids."""
    with app.app_context(), kept():
        home = a_resident(a_household(a_street().group))
        ids = [
            operations.grant(
                "points", 5, household_id=home.household_id, resident_id=home.id, code="E04", heading="environment",
                because=f"a:{number}", effective_at=NOON, at=NOON, by_id=None, what=WORDED,
            ).id
            for number in range(5)
        ]  # fmt: skip
        sealing.seal_days(MIDNIGHT + sealing.GRACE)
    return ids


@pytest.mark.parametrize(
    "kept",
    [
        json.dumps(WORDED.as_dict() | {"foo": 1}),
        json.dumps(WORDED.as_dict())[:-1] + ', "zh": "\\u626b\\u9664"}',
        '{"zh": "forged", ' + json.dumps(WORDED.as_dict())[1:],
        json.dumps(WORDED.as_dict()) + " ",
        json.dumps(WORDED.as_dict(), separators=(",", ":")),
        json.dumps(WORDED.as_dict(), sort_keys=True),
        json.dumps([WORDED.as_dict()]),
    ],
)
def test_i20_no_byte_of_a_text_is_changed_unseen(app: Flask, worded: list[int], kept: str) -> None:
    """Fails when only the languages are looked at: another key, one that stands twice, a space."""
    told = kept.replace("'", "''").replace("%", "%%")

    found = faults_after(app, f"UPDATE transfers SET what = '{told}' WHERE id = {worded[3]}")

    assert [(one.invariant, one.where) for one in found] == [("I20", f"transfer:{worded[3]}")]


@pytest.mark.parametrize("ascii_only", [True, False])
def test_i21_a_text_that_the_other_database_wrote_is_as_good(
    app: Flask, worded: list[int], *, ascii_only: bool
) -> None:
    """A backup takes it along as it stands. Fails when one spelling is taken for the only one."""
    said = WORDED.as_dict()
    kept = json.dumps(said if ascii_only else dict(sorted(said.items())), ensure_ascii=ascii_only)

    with app.app_context():
        guards_off()
        db.session.connection().exec_driver_sql(f"UPDATE transfers SET what = '{kept}' WHERE id = {worded[3]}")
        assert written.all_as_sealed("transfer")
        assert list(sealed.faults()) == []
        db.session.rollback()


UNREADABLE = (
    "what = '{bad'", "what = x'ff'", "what = CAST(x'7bff' AS TEXT)", "because = x'ff'", "because = CAST(x'ff' AS TEXT)",
    "posted_at = 'yesterday'", "posted_at = x'00'", "effective_at = ''", "amount = 'many'", "request_id = x'61'",
    "posted_at = replace(posted_at, ' ', 'T')", "posted_at = posted_at || '0'",
)  # fmt: skip


@pytest.mark.sqlite
@pytest.mark.parametrize("change", UNREADABLE)
def test_i20_what_cannot_be_read_any_more_is_named(app: Flask, journal: list[int], change: str) -> None:
    """SQLite takes anything into any column. Fails with the driver's error where nobody catches it."""
    broken = f"UPDATE transfers SET {change} WHERE id = {journal[17]}"
    later = f"UPDATE transfers SET what = '' WHERE id = {journal[22]}"

    found = faults_after(app, "PRAGMA ignore_check_constraints = ON", broken, later)

    assert (found[0].invariant, found[0].where) == ("I20", f"transfer:{journal[17]}")
    assert found[0].says.startswith("entry 18 ")


@pytest.mark.sqlite
@pytest.mark.parametrize("change", ["what = '{bad'", "posted_at = 'yesterday'", "because = CAST(x'ff' AS TEXT)"])
def test_what_cannot_be_read_is_named_before_it_is_sealed(app: Flask, journal: list[int], change: str) -> None:
    with app.app_context():
        home = db.session.scalars(select(Resident)).first()
        later = earn(home, "later:1", NOON + 3 * DAY)
        guards_off()
        db.session.connection().exec_driver_sql(f"UPDATE transfers SET {change} WHERE id = {later}")
        found = list(sealed.faults())
        db.session.rollback()

    assert {one.where for one in found} == {f"transfer:{later}"}


@pytest.mark.parametrize("change", ["""what = '{"zh": "x", "foo": 1}'""", "what = '[1]'", "posted_at = 'infinity'"])
def test_no_forged_value_keeps_verify_from_its_answer(app: Flask, journal: list[int], change: str) -> None:
    """Fails when the driver's or a type's error ends the command; what else is wrong is told beside it."""
    with app.app_context():
        guards_off()
        for tampering in (
            f"UPDATE transfers SET {change} WHERE id = {journal[17]}",
            "UPDATE accounts SET balance = balance + 1 WHERE owner_kind = 'household'",
        ):
            db.session.connection().exec_driver_sql(tampering)
        db.session.commit()

    for more in ([], ["--json"]):
        status, said = command(app, "verify", *more)
        assert status == 1
        assert f"transfer:{journal[17]}" in said
        assert "I4" in said
        assert "Traceback" not in said
    assert json.loads(said)["ok"] is False


def test_i20_the_first_of_several_is_named(app: Flask, journal: list[int]) -> None:
    changed = f"UPDATE transfers SET amount = 7, change = 7 WHERE id IN ({journal[20]}, {journal[4]}, {journal[11]})"

    assert faults_after(app, changed)[0].where == f"transfer:{journal[4]}"


def test_i20_two_entries_that_changed_places_are_found(app: Flask, journal: list[int]) -> None:
    a, b = journal[3], journal[8]
    swap = (f"UPDATE transfers SET id = -1 WHERE id = {a}", f"UPDATE transfers SET id = {a} WHERE id = {b}",
            f"UPDATE transfers SET id = {b} WHERE id = -1")  # fmt: skip

    assert faults_after(app, *swap)[0].where == f"transfer:{a}"


def test_i20_an_entry_that_was_taken_out_is_missed(app: Flask, journal: list[int]) -> None:
    found = faults_after(app, f"DELETE FROM transfers WHERE id = {journal[15]}")

    assert found[0].where == f"transfer:{journal[15]}"
    assert "not there any more" in found[0].says


def test_i20_an_entry_that_came_in_behind_a_seal_is_named(app: Flask, journal: list[int]) -> None:
    columns = ", ".join(column.name for column in Transfer.__table__.columns if column.name not in ("id", "because"))
    copy = f"SELECT 'forged', {columns} FROM transfers WHERE id = {journal[5]}"

    found = faults_after(app, f"INSERT INTO transfers (because, {columns}) {copy}")

    assert [one.invariant for one in found] == ["I20"]
    assert "stands in no seal" in found[0].says


def test_i20_who_changes_the_seals_too_breaks_their_chain(app: Flask, journal: list[int]) -> None:
    """Changing an entry, its hash and its root leaves a head that those who printed it do not know."""
    found = faults_after(app, "UPDATE seals SET root = head WHERE number = 2")

    assert (found[0].invariant, found[0].where) == ("I20", "seal:2")


def test_i20_a_seal_says_where_its_day_begins(app: Flask, journal: list[int]) -> None:
    """Fails when the chain is only computed: proofs of entries look into the seal."""
    found = faults_after(app, "UPDATE seals SET first = first + 1 WHERE number = 2")

    assert [(one.invariant, one.where) for one in found] == [("I20", "seal:2")]


@pytest.mark.parametrize("is_sealed", [True, False])
def test_i20_an_entry_of_a_day_to_come_is_named(app: Flask, journal: list[int], *, is_sealed: bool) -> None:
    """No day of it is ever over: it would never be sealed, and never be missed."""
    with app.app_context():
        home = db.session.scalars(select(Resident)).first()
        guards_off()
        if not is_sealed:
            db.session.connection().exec_driver_sql("DELETE FROM seals")
            db.session.connection().exec_driver_sql("DELETE FROM sealed_entries")
        ahead = earn(home, "ahead:1", datetime(2999, 1, 1, tzinfo=UTC))
        earn(home, "b:1", clock.now() - timedelta(minutes=1))
        found = list(sealed.faults())
        db.session.rollback()

    assert [(one.invariant, one.where) for one in found] == [("I20", f"transfer:{ahead}")]
    assert "2999" in found[0].says


def test_i20_a_number_that_was_taken_out_is_missed(app: Flask, journal: list[int]) -> None:
    gone = "DELETE FROM sealed_entries WHERE number = 12", f"DELETE FROM transfers WHERE id = {journal[11]}"

    found = faults_after(app, *gone)

    assert {"I23", "I20"} == {one.invariant for one in found}


# Elsewhere ------------------------------------------------------------------------------------------------------


def verified(folder: Path, content: bytes, *more: str) -> tuple[int, str]:
    """What the verifier says that knows nothing of the house."""
    file = folder / "given"
    file.write_bytes(content)
    command = [sys.executable, "-I", "-S", "tools/verify_ledger.py", str(file), *more]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_i20_an_export_is_verified_without_the_house(app: Flask, journal: list[int], tmp_path: Path) -> None:
    with app.app_context():
        lines = list(exporting.journal())
        heads = [one.head for one in seals()]

    assert len(lines) == len(journal) + 3
    whole = b"\n".join(lines)
    assert verified(tmp_path, whole) == (0, f"30 entries in 3 seals are in order. The last head is {heads[2]}\n")
    assert verified(tmp_path, whole, "--head", heads[1])[0] == 0
    cut_off = b"\n".join(lines[: 2 * 11])
    assert verified(tmp_path, cut_off)[0] == 0
    assert "the end was cut off" in verified(tmp_path, cut_off, "--head", heads[2])[1]
    for odd in ([], [""], [heads[1][:-1]], ["latest"], [heads[1], "--head"]):
        assert verified(tmp_path, whole, "--head", *odd)[0] == 2, "a head that is none checks nothing"
    for number in (0, 7, 10, 21, 32):
        dice = random.Random(number)
        spoilt = {
            "changed": [*lines[:number], lines[number].replace(b"5", b"6", 1), *lines[number + 1 :]],
            "taken out": [*lines[:number], *lines[number + 1 :]],
            "doubled": [*lines[: number + 1], *lines[number:]],
            "swapped": dice.sample(lines, len(lines)),
        }
        for what, those in spoilt.items():
            assert verified(tmp_path, b"\n".join(those), "--head", heads[2])[0] != 0, (what, number)


def test_i20_each_entry_has_a_proof_that_is_verified_without_the_house(
    app: Flask, journal: list[int], tmp_path: Path
) -> None:
    with app.app_context():
        proofs = [exporting.proof_of("transfer", one) for one in journal]
        assert exporting.proof_of("transfer", 10**6) is None

    for number, proof in enumerate(proofs[::7]):
        assert proof is not None
        assert verified(tmp_path, json.dumps(proof).encode(), "--head", proof["seal"]["head"])[0] == 0
        for spoilt in (
            proof | {"entry": [*proof["entry"][:5], 99, *proof["entry"][6:]]},
            proof | {"path": proof["path"][1:]},
            proof | {"before": "1" * 64},
            proof | {"number": 424242},
            proof | {"number": proof["number"] + 1},
            proof | {"seal": proof["seal"] | {"entries": number + 11}},
        ):
            assert verified(tmp_path, json.dumps(spoilt).encode())[0] == 1


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7, 8, 9, 31, 32, 33, 100])
def test_i20_a_path_says_which_entry_of_its_day_it_begins_at(size: int) -> None:
    leaves = [merkle.leaf_hash(bytes([number])) for number in range(size)]
    paths = [[side for side, _ in merkle.path(leaves, index)] for index in range(size)]

    assert [verify_ledger.index_of(sides, size) for sides in paths] == list(range(size))
    for sides in paths:
        assert verify_ledger.index_of([*sides, "left"], size) is None
        assert not sides or verify_ledger.index_of(sides[1:], size) is None


def test_the_verifier_says_what_the_entry_is(app: Flask, journal: list[int], tmp_path: Path) -> None:
    with app.app_context():
        proof = exporting.proof_of("transfer", journal[0])
    assert proof is not None
    told = "entry 1 (+5 points under E04, for 2026-11-18 04:00 UTC) stands in seal 1. "

    assert verified(tmp_path, json.dumps(proof).encode())[1] == f"{told}Compare its head with a printed one: " + (
        proof["seal"]["head"] + "\n"
    )
    head = proof["seal"]["head"]
    assert verified(tmp_path, json.dumps(proof).encode(), "--head", head)[1] == f"{told}It is the head given\n"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_seal_is_found_by_its_number_and_by_its_head(
    app: Flask, client: FlaskClient, journal: list[int], language: str
) -> None:
    with app.app_context():
        heads = [one.head for one in seals()]
    client.set_cookie("language", language)
    none, older = {
        "en": ("No seal has this number.", "There is no earlier seal."),
        "zh": ("没有这个封账号", "没有更早的封账"),
    }[language]

    for wish in ("2", heads[1], heads[1][:12].upper()):
        page = client.get(f"/seals?find={wish}").text
        assert heads[1] in page
        assert heads[0] not in page
        assert [one["number"] for one in client.get(f"/seals.json?find={wish}").json["items"]] == [2]
    assert none in client.get("/seals?find=99").text
    assert none in client.get("/seals?find=%25").text
    assert older in client.get("/seals?after=1").text
    assert "--head" in client.get("/seals").text


@pytest.mark.parametrize(("language", "says"), [("en", "Save the small program"), ("zh", "保存小工具")])
def test_the_page_of_seals_hands_the_verifier_out(client: FlaskClient, language: str, says: str) -> None:
    client.set_cookie("language", language)
    page = client.get("/seals").get_data(as_text=True)
    answer = client.get("/seals/verify_ledger.py")

    assert says in page
    assert 'href="/seals/verify_ledger.py"' in page
    assert answer.get_data() == Path("tools/verify_ledger.py").read_bytes()
    assert answer.headers["Content-Disposition"] == 'attachment; filename="verify_ledger.py"'


def command(app: Flask, *arguments: str) -> tuple[int, str]:
    done = app.test_cli_runner().invoke(args=list(arguments))
    return done.exit_code, done.output


def test_the_commands_seal_hand_out_and_find_a_tail_that_was_cut_off(app: Flask, tmp_path: Path) -> None:
    with app.app_context(), kept():
        home = a_resident(a_household(a_street().group))
        for number in range(5):
            earn(home, f"a:{number}", NOON + number * DAY)
    with clock.fixed(NOON + 9 * DAY):
        status, said = command(app, "seal")
    head = said.split()[-1]

    assert status == 0
    assert "Seal 9, 5 entries in all" in said
    assert command(app, "verify", "--head", head.upper())[0] == 0
    assert command(app, "journal", str(tmp_path / "journal"))[0] == 0
    assert verified(tmp_path, (tmp_path / "journal").read_bytes(), "--head", head)[0] == 0
    with app.app_context():
        guards_off()
        db.session.connection().exec_driver_sql("DELETE FROM seals WHERE number = 9")
        db.session.commit()
    status, said = command(app, "verify", "--head", head)
    assert status == 1
    assert f"I20 does not hold at head:{head}" in said
