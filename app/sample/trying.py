"""What the drafts that are out for comment would earn, tried on last quarter before anybody votes on them."""

from __future__ import annotations

from sqlalchemy import select

from app.agreements.models import Agreement, Article, ArticleRule, Version
from app.agreements.operations import try_lines
from app.kit import clock
from app.kit.db import db
from app.kit.words import Words
from app.merits import queries as merits
from app.merits import simulating
from app.merits.models import Simulation
from app.people import queries as people
from app.people.rules import Person
from app.sample.street_people import Street


def try_drafts(street: Street) -> None:
    """Every version under comment whose articles set points, asked for by the staff of its place."""
    staff = {street.places[code].id: street.account(name).id for code, name in (("a", "staff"), ("b", "b-staff"))}
    drafts = db.session.execute(
        select(Version.id, Agreement.community_id)
        .join(Agreement, Agreement.id == Version.agreement_id)
        .join(Article, Article.version_id == Version.id)
        .join(ArticleRule, ArticleRule.article_id == Article.id)
        .where(
            Version.stage == "consulting", ArticleRule.line.is_not(None), Agreement.community_id.in_(list(staff)),
        )
        .order_by(Version.id)
        .distinct()
    ).all()  # fmt: skip
    for version_id, community_id in drafts:
        asked = try_lines(version_id, by=_person(staff[community_id or 0]), at=street.at)
        simulating.go_through(asked, at=street.at)
    simulating.go_through(_an_hour_more(street), at=street.at)


def _an_hour_more(street: Street) -> Simulation:
    """What the staff of the community wondered: three for an hour of service, in place of two."""
    place = street.places["a"]
    in_force = {row.code: row for row in merits.tariff_in_force(place.path, clock.local(street.at).date())}
    hours = merits.as_document(in_force["V01"]) | {"assets": {"honour": 3, "points": 3}}
    title = Words(zh="志愿服务每小时3分", en="Three points for an hour of service")
    by = _person(street.account("staff").id)
    return simulating.simulate([hours], place=place, title=title, by=by, at=street.at)


def _person(resident_id: int) -> Person:
    person = people.person(resident_id)
    assert person is not None
    return person
