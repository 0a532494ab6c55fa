"""The real data where it lies, counted against the `oracle.json` beside it."""

from __future__ import annotations

import csv
import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app.activities.models import Activity, Shift
from app.cli.formats.nyc import opportunity
from app.council.models import Topic
from app.discussion.models import Comment
from app.kit import clock
from app.kit.db import db
from app.places.models import Place
from tests.importing.places_to_read import real, run
from tests.makers import a_street, kept


def _oracle(folder: Path) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads((folder / "oracle.json").read_text())
    return answer


def _with_street(app: Flask) -> None:
    with app.app_context(), kept():
        a_street()


def test_every_division_stands_where_the_bureau_put_it(app: Flask) -> None:
    folder = real("china-divisions")
    oracle = _oracle(folder)

    for _ in range(2):
        done = [run(app, "places", folder / f"{name}.csv") for name in ("cities", "areas", "streets", "villages")]

    assert all(one.exit_code == 0 for one in done)
    assert done[-1].output == f"0 new, {oracle['villages']:,} already there, 0 skipped.\n"
    with app.app_context():
        kinds = Counter(db.session.scalars(select(Place.kind)))
        cities = dict(db.session.execute(select(Place.code, Place.name).where(Place.kind == "city")).all())
        street = aliased(Place)
        area = aliased(Place)
        per_area = db.session.execute(
            select(area.code, func.count())
            .join(street, street.parent_id == area.id)
            .join(Place, Place.parent_id == street.id)
            .where(Place.kind.in_(("community", "village")))
            .group_by(area.code)
        )
        villages = dict(per_area.all())
        unrooted = db.session.scalar(select(func.count()).where(Place.path == ""))
    assert {code: name.zh for code, name in cities.items()} == oracle["cities"]
    assert (kinds["district"], kinds["street"]) == (oracle["areas"], oracle["streets"])
    assert kinds["community"] + kinds["village"] == oracle["villages"]
    assert villages == oracle["villages_per_area"]
    assert unrooted == 0


def test_every_topic_and_every_answer_of_madrid_is_kept_in_its_place(app: Flask) -> None:
    folder = real("topics-decide-madrid")
    oracle = _oracle(folder)
    _with_street(app)

    for _ in range(2):
        done = [run(app, "topics", folder / f"{name}.csv") for name in ("proposals", "comments")]

    assert [one.exit_code for one in done] == [0, 0]
    assert done[0].output == f"0 new, {oracle['proposals']} already there, 0 skipped.\n"
    assert done[1].output == f"0 new, {oracle['comments']:,} already there, 0 skipped.\n"
    with app.app_context():
        comments = db.session.scalars(select(Comment)).all()
        threads = {one.thread_id: one for one in db.session.scalars(select(Topic))}
        orphans = {one.thread_id: set() for one in comments}
        for one in comments:
            if one.missing_parent:
                orphans[one.thread_id].add(one.path)
        # The oracle counts what an orphan answers, which is not in the file, as a level of its own.
        depths = Counter(
            one.depth + any(one.path.startswith(path) for path in orphans[one.thread_id]) for one in comments
        )
        per_proposal = Counter(threads[one.thread_id].source_id for one in comments)
        net = sorted(
            ((one.support_count - one.against_count, -int(one.source_id or 0)) for one in comments), reverse=True
        )
        authors = {one.author_name for one in comments}
        supports = {one.source_id: one.support_count for one in threads.values()}
    # An orphan keeps a level of its own whether or not the room counts it already.
    assert sum(len(paths) for paths in orphans.values()) == oracle["orphans"]
    assert per_proposal == oracle["comments_per_proposal"]
    assert _depths_agree(depths, Counter(one.depth for one in comments), oracle["depth_histogram"])
    assert [score for score, _ in net[:20]] == [score for _, score in oracle["net_score_top20"]]
    assert len(authors) == oracle["distinct_authors"]
    assert all(supports[str(number)] == count for number, count in oracle["ranking_by_supports"])


def _depths_agree(shifted: Counter[int], kept: Counter[int], histogram: dict[str, int]) -> bool:
    wanted = {int(depth): count for depth, count in histogram.items()}
    return wanted in (dict(shifted), dict(kept))


def test_every_opportunity_of_new_york_is_an_activity_with_its_places(app: Flask) -> None:
    folder = real("activities-nyc-volunteer")
    oracle = _oracle(folder)
    _with_street(app)

    for _ in range(2):
        done = run(app, "activities", folder / "opportunities.csv")

    assert done.output == f"0 new, {oracle['rows']} already there, {oracle['end_before_start']} skipped.\n"
    noon = clock.at_local(date(2011, 6, 15))
    with app.app_context():
        capacity, most = db.session.execute(select(func.sum(Shift.capacity), func.max(Shift.capacity))).one()
        running = select(func.count()).where(Shift.starts_at <= noon, Shift.ends_at > noon)
        organisations = Counter(db.session.scalars(select(Activity.organisation)))
        assert db.session.scalar(running) == oracle["active_on_2011_06_15"]
    assert (capacity, most) == (oracle["capacity_total"], oracle["max_capacity"])
    assert len(organisations) == oracle["orgs"]
    assert {name: organisations[name] for name in oracle["top10_orgs"]} == oracle["top10_orgs"]


def test_what_is_read_of_each_opportunity_agrees_with_the_oracle() -> None:
    folder = real("activities-nyc-volunteer")
    oracle = _oracle(folder)

    with (folder / "opportunities.csv").open(newline="") as file:
        read = [opportunity(number, fields) for number, fields in enumerate(csv.DictReader(file), 2)]

    assert Counter("ongoing" if one.is_ongoing else "onetime" for one in read) == oracle["recurrence"]
    assert Counter(one.category for one in read) == oracle["category"]
    assert Counter("approved" for one in read if one.is_approved) == oracle["status"]
