"""A draft tried on last quarter: the same deeds under both tariffs, the same sums however the trial is run."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.cli import simulating as command
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.periods import period_of
from app.kit.refusal import Refused
from app.kit.words import Words
from app.merits import operations, simulating
from app.merits.models import Award, Deed, SimulatedHousehold, Simulation
from app.merits.rules import Done
from app.people.models import Household, Resident
from app.places.models import Place
from tests.makers import NOON, a_household, a_resident, a_street, as_person, give, kept
from tests.merits.documents import cap, line, tariff_document

Q3, Q3_END = datetime(2026, 6, 30, 16, tzinfo=UTC), datetime(2026, 9, 30, 16, tzinfo=UTC)
AUGUST = datetime(2026, 8, 3, 2, tzinfo=UTC)  # a Monday
HOUR = timedelta(hours=1)


class Someone(NamedTuple):
    id: int
    household_id: int


class Yard:
    """A street with a tariff since January, one who works for it and two neighbours."""

    def __init__(self) -> None:
        street = a_street()
        self.place_id = street.street.id
        operations.load_tariff(
            tariff_document(), place_id=self.place_id, effective_from=date(2026, 1, 1), by_id=None, at=NOON
        )
        people = [a_resident(a_household(street.group)) for _ in range(3)]
        give("staff", people[2], street.street)
        *self.neighbours, self.staff = [Someone(one.id, one.household_id or 0) for one in people]

    def did(self, who: Someone, code: str, because: str, at: datetime = AUGUST, **more: Any) -> None:
        operations.award(code, resident_id=who.id, because=because, effective_at=at, at=at + HOUR, by_id=None, **more)

    def ask(self, *documents: dict[str, Any], set_by: str | None = None, by: Someone | None = None) -> int:
        person = as_person(db.session.get_one(Resident, (by or self.staff).id))
        place, title = db.session.get_one(Place, self.place_id), Words(zh="试算稿", en="Draft")
        lines = [one | WHO for one in documents]
        return simulating.simulate(lines, place=place, title=title, by=person, at=clock.now(), set_by=set_by).id


@pytest.fixture
def yard(app: Flask, at: Any) -> Yard:
    at(NOON)
    with app.app_context(), kept():
        return Yard()


def tried(number: int) -> dict[str, Any]:
    assert command.run(number)
    with transaction(writing=False):
        result = db.session.get_one(Simulation, number).result
    assert result is not None
    return result


def of_household(number: int, who: Someone) -> tuple[int, int, int, int]:
    """Honour and points now, then under the draft."""
    with transaction(writing=False):
        row = db.session.get(SimulatedHousehold, (number, who.household_id))
        return (row.honour, row.points, row.honour_draft, row.points_draft) if row else (0, 0, 0, 0)


def test_a_draft_is_tried_on_the_deeds_of_the_last_full_quarter(app: Flask, yard: Yard) -> None:
    first, second = yard.neighbours
    with app.app_context():
        with transaction():
            yard.did(first, "V01", "hours:1", minutes=150)
            yard.did(first, "D02", "topic:1")
            yard.did(second, "E04", "clean-up:1", Q3)
            yard.did(second, "E04", "clean-up:too-early", Q3 - timedelta(microseconds=1))
            yard.did(second, "E04", "clean-up:too-late", Q3_END)
            number = yard.ask(
                line("V01", "service", 3, 5, per_minutes=60, also_minutes={"rate": 1}), line("D02", "council", 0, 1)
            )
        result = tried(number)

        assert result["sums"]["now"] == {"honour": 12, "points": 12, "minutes": 150, "times": 3, "unpaid": 0}
        assert result["sums"]["draft"] == {"honour": 11, "points": 16, "minutes": 150, "times": 3, "unpaid": 0}
        assert of_household(number, first) == (7, 7, 6, 11)
        assert of_household(number, second) == (5, 5, 5, 5)
        assert (result["households"], result["honour"]["less"], result["honour"]["same"]) == (3, 1, 2)
        assert (result["points"]["more"], result["points"]["bands"]) == (1, [[5, 1]])
        assert [one["code"] for one in result["lines"]] == ["D02", "E04", "V01"]


def test_what_earned_nothing_counts_once_a_draft_has_a_line_for_it(app: Flask, yard: Yard) -> None:
    who = yard.neighbours[0]
    with app.app_context():
        with transaction():
            for number, code in enumerate(("X07", None)):
                operations.note_deed(
                    Done(
                        code=code, resident_id=who.id, because=f"odd:{number}", effective_at=AUGUST,
                        announced_at=AUGUST,
                    )
                )  # fmt: skip
            number = yard.ask(line("X07", "neighbours", 4, 4))
        result = tried(number)

        assert (result["sums"]["now"]["unpaid"], result["sums"]["draft"]["unpaid"]) == (2, 1)
        assert of_household(number, who) == (0, 0, 4, 4)


def test_what_was_undone_counts_under_neither(app: Flask, yard: Yard) -> None:
    with app.app_context():
        with transaction():
            yard.did(yard.neighbours[0], "E04", "clean-up:1")
            operations.undo("clean-up:1", by_id=None, at=NOON)
            number = yard.ask(line("E04", "environment", 9, 9))

        assert tried(number)["sums"]["draft"]["times"] == 0


def test_windows_are_as_full_at_the_start_as_they_were(app: Flask, yard: Yard) -> None:
    """A week that began before the quarter, and what is earned once for ever."""
    who = yard.neighbours[0]
    weekly = line("E06", "environment", 0, 50, cap(1, "count", "week", "household"), per="household")
    with app.app_context():
        with transaction():
            yard.did(who, "R01", "signature:1", Q3 - timedelta(days=90))
            operations.note_deed(
                Done(code="R01", resident_id=who.id, because="signature:2", effective_at=AUGUST, announced_at=AUGUST)
            )
            yard.did(who, "E06", "swap:1", Q3 - timedelta(days=1))  # Tuesday; the quarter begins on Wednesday
            yard.did(who, "E06", "swap:2", Q3 + timedelta(days=1))
            yard.did(who, "E06", "swap:3", Q3 + timedelta(days=7))
            number = yard.ask(weekly)
        result = tried(number)

        assert of_household(number, who) == (0, 80, 0, 50), "80 is the limit of a month"
        by_code = {one["code"]: one for one in result["lines"]}
        assert by_code["R01"]["now"]["times"] == by_code["R01"]["draft"]["times"] == 0


def test_what_an_agreement_set_gives_way_to_its_own_draft(app: Flask, yard: Yard) -> None:
    """A line that the next version drops falls back to the tariff's own."""
    who = yard.neighbours[0]
    with app.app_context():
        with transaction():
            agreed = [Agreed(line("E04", "environment", 9, 9) | WHO), Agreed(line("D02", "council", 8, 8) | WHO)]
            operations.set_lines(
                "agreement:1", agreed, version=1, place_id=yard.place_id, effective_from=date(2026, 2, 1)
            )
            yard.did(who, "E04", "clean-up:1")
            yard.did(who, "D02", "topic:1")
            number = yard.ask(line("E04", "environment", 1, 1), set_by="agreement:1")
        tried(number)

        assert of_household(number, who) == (17, 17, 4, 4)


WHO = {"confirmer": {"zh": "楼组长", "en": "building leader"}}


class Agreed:
    def __init__(self, document: dict[str, Any]) -> None:
        self.document, self.clause, self.href = document, Words(zh="第一条"), "/agreements/1"


def test_a_trial_that_broke_off_is_taken_up_from_its_start(
    app: Flask, yard: Yard, at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simulating, "PAGE", 2)
    with app.app_context():
        with transaction():
            for number in range(5):
                yard.did(yard.neighbours[number % 2], "D04", f"ballot:{number}", AUGUST + number * timedelta(days=1))
            number = yard.ask(line("D04", "council", 0, 2))
        with monkeypatch.context() as broken:
            broken.setattr(simulating, "facts", _breaks_after(1, simulating.facts))
            with pytest.raises(RuntimeError, match="power cut"):
                command.run(number)
        assert progress(number) == (5, 2, False)
        assert not command.run(number), "somebody may still be at it"
        assert command.run_waiting() == 0

        at(NOON + simulating.FORGOTTEN)
        assert command.run_waiting() == 1
        assert progress(number) == (5, 5, True)
        assert of_household(number, yard.neighbours[0]) == (0, 3, 0, 6)
        assert not command.run(number), "once is enough"


def _breaks_after(pages: int, act: Any) -> Any:
    left = [pages]

    def facts(*args: Any, **named: Any) -> Any:
        if not left[0]:
            raise RuntimeError("power cut")
        left[0] -= 1
        return act(*args, **named)

    return facts


def progress(number: int) -> tuple[int | None, int, bool]:
    with transaction(writing=False):
        one = db.session.get_one(Simulation, number)
        return one.deeds, one.done, one.result is not None


def test_who_was_taken_for_dead_and_comes_back_changes_nothing(app: Flask, yard: Yard) -> None:
    with app.app_context():
        with transaction():
            yard.did(yard.neighbours[0], "E04", "clean-up:1")
            number = yard.ask(line("E04", "environment", 9, 9))
        with transaction():
            late = db.session.get_one(Simulation, number)
            slow = simulating.replay_for(late)
            db.session.expunge(late)
        tried(number)
        with transaction():
            assert not simulating.finish(late, slow, done=0, at=clock.now())

        assert of_household(number, yard.neighbours[0]) == (5, 5, 9, 9)


def test_i10_a_draft_that_binds_lines_together_lets_the_highest_win(app: Flask, yard: Yard) -> None:
    who = yard.neighbours[0]
    with app.app_context():
        with transaction():
            yard.did(who, "E04", "clean-up:1")
            yard.did(who, "D02", "topic:1", AUGUST + HOUR)
            yard.did(who, "D02", "topic:2", AUGUST + 2 * HOUR)
            number = yard.ask(
                line("D02", "council", 3, 3, per="household") | {"exclusive_with": ["E04"]},
            )
        tried(number)

        assert of_household(number, who) == (11, 11, 5, 5)


def test_no_trial_for_what_may_not_be_published_nor_beside_another_nor_by_residents(app: Flask, yard: Yard) -> None:
    with app.app_context():
        with transaction(), pytest.raises(Refused, match="must never earn"):
            yard.ask(line("E04", "environment", 5, 5) | {"behaviour": {"zh": "婚事新办", "en": "A plain wedding"}})
        with transaction():
            yard.ask(line("E04", "environment", 5, 5))
        with transaction(), pytest.raises(Refused, match="Another draft"):
            yard.ask(line("E04", "environment", 6, 6))
        with transaction(), pytest.raises(Refused, match="staff of that place"):
            yard.ask(line("E04", "environment", 6, 6), by=yard.neighbours[0])
        with transaction(writing=False):
            assert db.session.scalar(select(func.count(Simulation.id))) == 1


def test_the_tariff_in_force_replayed_is_what_was_awarded(street_app: Flask) -> None:
    """The running quarter of the sample street: every household, to the point."""
    with street_app.app_context():
        with transaction():
            place = db.session.scalars(select(Place).where(Place.kind == "street")).one()
            staff = db.session.scalars(select(Resident.id).where(Resident.sign_in_name == "staff")).one()
            latest = db.session.scalar(select(func.max(Deed.effective_at)))
            assert latest is not None
            quarter = period_of(clock.local(latest).date(), "quarter")
            span = {"starts": quarter.starts, "ends": quarter.ends}
            asked = Simulation(
                place_id=place.id, place_path=place.path, title=Words(zh="对照"), lines=[], by_id=staff,
                asked_at=latest, **span,
            )  # fmt: skip
            db.session.add(asked)
            db.session.flush()
            number = asked.id
        result = tried(number)
        with transaction(writing=False):
            within = (
                Award.effective_at >= span["starts"], Award.effective_at < span["ends"], Award.posted_at.is_not(None)
            )  # fmt: skip
            sums = func.sum(Award.honour), func.sum(Award.points)
            awarded = {
                household: (honour, points)
                for household, honour, points in db.session.execute(
                    select(Award.household_id, *sums).where(*within).group_by(Award.household_id)
                )
            }
            rows = db.session.execute(
                select(SimulatedHousehold.__table__).where(SimulatedHousehold.simulation_id == number)
            ).all()
            households = db.session.scalar(select(func.count(Household.id)))
        assert len(awarded) > 500
        assert {row.household_id: (row.honour, row.points) for row in rows} == awarded
        assert {row.household_id: (row.honour_draft, row.points_draft) for row in rows} == awarded
        assert result["households"] <= households
