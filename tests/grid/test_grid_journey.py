"""The journey that must hold: a request goes up a level and comes back solved and rated. By plain forms only."""

from __future__ import annotations

import re

from tests.test_journeys import Walkers, walker

__all__ = ["walker"]


def test_a_request_goes_up_a_level_and_comes_back_solved_and_rated(walker: Walkers) -> None:
    resident = walker("resident").opens("/requests/new")
    place = resident.first(r'<option selected value="(\d+)"')
    resident.fills(
        "/requests/new", category="drain", place=place, title="Water on the path", text="Since the rain on Monday.",
        openness="public",
    )  # fmt: skip
    path = resident.path
    number = resident.first(r"(2\d{3}-\d{4})")

    grid = walker("grid").opens("/requests/desk")
    assert number in grid.text
    grid.opens(path).fills("/steps/take")
    grid.fills("/steps/start")
    grid.fills("/steps/pass_up", status=422)
    grid.fills("/steps/pass_up", why="The path has to be opened.")
    assert "/steps/resolve" not in grid.html

    staff = walker("staff").opens("/requests/desk")
    assert number in staff.text
    staff.opens(path).fills("/steps/take")
    staff.fills("/steps/start")
    staff.fills("/steps/resolve", outcome="solved", why="A channel leads the water to the garden.")

    resident.opens("/requests/mine")
    assert number in resident.text
    resident.opens(path)
    assert "A channel leads the water to the garden." in resident.text
    resident.fills("/rate", verdict="solved", stars="5", comment="Dry since then.")

    visitor = resident.opens(path + ".json").page
    assert visitor is not None
    told = visitor.json
    assert told is not None
    steps = [line["step"] for line in told["history"]]
    assert steps == ["receive", "take", "start", "pass_up", "take", "start", "resolve", "rate"]
    assert [line["level"] for line in told["history"]][2:5] == ["grid", "community", "community"]
    assert (told["state"], told["verdict"], told["stars"]) == ("rated", "solved", 5)

    supervisor = walker("supervisor").opens("/requests/desk")
    assert number in supervisor.text
    supervisor.opens(path).fills("/steps/assess", why="Looked at after the next rain: dry.")
    assert "Dry since then." in supervisor.text
    assert not re.search(r"/steps/\w+", supervisor.html), "nothing is left to do"
