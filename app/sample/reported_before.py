"""Requests of the months before, drawn from shapes in the form of those that the file tells one by one."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from app.grid.rules import CATEGORIES
from app.sample.content import Content, read
from app.sample.doors import buildings_in
from app.sample.living import LATELY
from app.sample.street_people import Street

SEED = 12345  # the number of the service line
ENDED = 20  # days: whatever is younger may still go on, and stands in the file
HAMLETS = ("b1", "b2", "b3")
STARS = {5: 44, 4: 30, 3: 9, 2: 2, None: 15}  # of a hundred; None: nobody rated, it closed by itself
WITHOUT_A_WORD = 0.45
LATE = 0.08  # not done within the working days of their category
FLOORS = {2: ("二", "2"), 3: ("三", "3"), 4: ("四", "4"), 5: ("五", "5")}


def requests_before(street: Street, content: Content) -> list[Content]:
    """So many that every month of the year has its number, in the form in which the file tells the others."""
    if street.days <= LATELY:
        return []
    file, rng = read("requests_year"), random.Random(SEED + street.number)  # noqa: S311 - the same on every load
    known = Counter(_month(street, one["received_days_ago"]) for one in content["requests"])
    drawer = _Drawer(street, content, file, rng)
    found: list[Content] = []
    for days in _months(street):
        number = file["a_month"][days[0].month - 1] - known[days[0].year, days[0].month]
        for _ in range(round(max(number, 0) * min(1, len(days) / 28))):
            found.append(drawer.draw(rng.choice(days), len(found) + 1))
    return found


def _month(street: Street, days_ago: int) -> tuple[int, int]:
    day = street.today - timedelta(days=days_ago)
    return day.year, day.month


def _months(street: Street) -> Iterator[list[date]]:
    """The days from the first one on which all has ended, by calendar month."""
    days = [street.today - timedelta(days=ago) for ago in range(street.days, ENDED, -1)]
    for month in dict.fromkeys((day.year, day.month) for day in days):
        yield [day for day in days if (day.year, day.month) == month]


class _Drawer:
    """Draws one request after the other; nobody reports the same thing of the same place twice in a month."""

    def __init__(self, street: Street, content: Content, file: Content, rng: random.Random) -> None:
        self.street, self.file, self.rng = street, file, rng
        self.grids = content["grids"]
        self.names = {code: street.places[code].name for code in ("a1", "a2", "a3", "a4", *HAMLETS, "b4")}
        self.seen: set[tuple[Any, ...]] = set()

    def draw(self, day: date, number: int) -> Content:
        while True:
            shape, grid = self._shape(day), self._grid()
            blocks = grid["compound"] not in HAMLETS
            if shape.get("where", "blocks" if blocks else "hamlets") != ("blocks" if blocks else "hamlets"):
                continue
            building = self.rng.choice(buildings_in(grid["covers"]["en"])) if blocks else 0
            key = shape["title"]["en"], grid["compound"], building, day.year, day.month
            if key not in self.seen:
                self.seen.add(key)
                return self._request(shape, grid, building, day, f"Y{number:04d}")

    def _shape(self, day: date) -> Content:
        shapes = [one for one in self.file["shapes"] if day.month in one.get("months", (day.month,))]
        shape: Content = self.rng.choice(shapes)
        return shape

    def _grid(self) -> Content:
        grid: Content = self.rng.choices(self.grids, [one["households"] for one in self.grids])[0]
        return grid

    def _request(self, shape: Content, grid: Content, building: int, day: date, number: str) -> Content:
        limit, stars = CATEGORIES[shape["category"]][1], self.rng.choices(list(STARS), list(STARS.values()))[0]
        late = self.rng.random() < LATE
        taken = limit + self.rng.randint(1, 4) if late else self.rng.randint(1, limit)
        taken = min(taken, ENDED - 12)
        floor, name = self.rng.choice(list(FLOORS)), self.names[grid["compound"]]
        fill = {
            "zh": {"b": building, "f": FLOORS[floor][0], "place": name.zh},
            "en": {"b": building, "f": FLOORS[floor][1], "place": name.en},
        }
        outcome = shape.get("outcome", "solved" if stars is None or stars > 3 else "partly")
        return {
            "number": number, "category": shape["category"], "place": grid["code"],
            "intake": self.rng.choices(("resident", "visit", "collected"), (82, 12, 6))[0],
            "public": not shape.get("private", False), "title": _filled(shape["title"], fill),
            "text": _filled(shape["text"], fill), "state": "closed", "level_reached": shape.get("level", "grid"),
            "received_days_ago": (self.street.today - day).days, "working_days_taken": taken,
            "within_deadline": taken <= limit, "steps": list(self._steps(shape, stars, within=taken <= limit)),
            "outcome": outcome, "rating": stars,
        }  # fmt: skip

    def _steps(self, shape: Content, stars: int | None, *, within: bool) -> Iterator[Content]:
        """Looked into, passed up where the grid cannot solve it, handled, reported back, and mostly rated."""
        level = shape.get("level", "grid")
        looked_into = self.file["looked_into"]["any"] + (self.file["looked_into"]["grid"] if level == "grid" else [])
        yield {"step": "analyse", "text": self.rng.choice(looked_into)}
        for reached, to in (("grid", "community"), ("community", "street")):
            if level not in ("grid", reached):
                yield {"step": "pass_up", "to": to, "reason": shape["passed"]}
        if "department" in shape:
            yield {"step": "street_calls", "department": shape["department"], "reply_working_days": 2}
        yield {"step": "handle", "text": shape["handled"]}
        yield {"step": "report_back", "text": self.rng.choice(self.file["reported_back"])}
        if stars is not None:
            quiet = self.rng.random() < WITHOUT_A_WORD
            yield (
                {"step": "comment"} if quiet else {"step": "comment", "text": self.rng.choice(self.file["said"][stars])}
            )
            yield {"step": "assess", "within_deadline": within}


def _filled(text: Content, fill: dict[str, dict[str, Any]]) -> Content:
    return {language: words.format_map(fill[language]) for language, words in text.items()}
