"""The whole street, in one transaction: all of it is there afterwards, or nothing."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from itertools import chain

from app.home.finding import all_documents
from app.kit import clock, search
from app.kit.db import db
from app.merits.operations import load_tariff
from app.places.models import Place
from app.places.queries import place_by_code
from app.points.sealing import seal_days
from app.sample import content
from app.sample.accounts import people_it
from app.sample.agreeing import load_agreements
from app.sample.claiming import load_claims, settle_claims
from app.sample.deeds import Deeds
from app.sample.funding import set_funds
from app.sample.helping import load_activities
from app.sample.homes import generate
from app.sample.listing import agree
from app.sample.living import LATELY, live
from app.sample.notifying import fill_inboxes
from app.sample.publishing import load_disclosures
from app.sample.redeeming import REDEEMED_A_MONTH, Counter
from app.sample.reminding import load_cases
from app.sample.requesting import load_requests
from app.sample.serving_hall import load_hall
from app.sample.shelf import PastOrders
from app.sample.sitting_down import load_meetings
from app.sample.street_people import YEAR, Street, load_people, load_places
from app.sample.talking import load_topics
from app.sample.trying import try_drafts
from app.sample.voting_desk import load_desk

SEED = 6
WEEK = 7
RECENT = 30  # days: in the last weeks orders are made as on the pages, one by one
OF_EACH, AT_THE_END = 13, 4  # steps that are told of

Tell = Callable[[str], None]


def is_loaded() -> bool:
    """Whether this database has the sample street."""
    street = place_by_code("s")
    return street is not None and "sample" in street.settings


def steps(scale: int = 1) -> int:
    """How often `load` tells of a step."""
    return OF_EACH * scale + AT_THE_END


def load(*, at: datetime, key: bytes, days: int = YEAR, scale: int = 1, tell: Tell = lambda _step: None) -> Street:
    """Load everything, relative to this moment, with so many days of life.

    `scale` is how many pairs of communities there are: the further ones are people of their own and live as the first
    pair does. `key` is the house's secret; `tell` hears the name of each step. The first pair comes back.
    """
    first = _settle(at, days, tell)
    _live(first, key, tell)
    pairs = [(first, tell)]
    for number in range(2, scale + 1):
        marked = partial(_marked, tell, number)
        pairs.append((_settle(at, days, marked, number=number, street=first.places["s"]), marked))
        _live(pairs[-1][0], key, marked)
    tell("seals of the ledger")
    seal_days(at)
    for pair, told in pairs:  # each prints the seal of its day
        told("disclosures")
        load_disclosures(pair, content.read("disclosures"), content.read("disclosures_more"))
    tell("inboxes")
    fill_inboxes(first)
    tell("what can be found by searching")
    db.session.flush()
    search.fill(all_documents())
    tell("done")
    first.places["s"].settings = {"sample": at.isoformat()}
    db.session.flush()
    return first


def _marked(tell: Tell, number: int, step: str) -> None:
    tell(f"{step} ({number})")


def _settle(at: datetime, days: int, tell: Tell, *, number: int = 1, street: Place | None = None) -> Street:
    """The places of a pair of communities, and their people."""
    rng = random.Random(SEED + number - 1)  # noqa: S311 - the same street on every load
    tell("places")
    places_file, people_file = content.read("places"), content.read("people")
    places, spots = load_places(places_file, number=number, street=street)
    tell("households and residents")
    homes = generate(places_file, people_file, rng=rng, on=clock.local(at).date())
    village = people_it(homes, people_file, places_file, rng=rng)
    load_people(village, places, at=at, rng=rng, sign_in=number == 1)
    return Street(places, spots, village, at, rng, days, number)


def _live(street: Street, key: bytes, tell: Tell) -> None:
    """What happened there: everything that people did, said, decided, earned and spent."""
    tell("tariff")
    _tariffs(street)
    deeds = _deeds(street)
    tell("topics, comments and ballots")
    load_topics(street, content.read("council"), deeds)
    tell("agreements and signatures")
    more = content.read("agreements_more")
    load_agreements(street, content.read("agreements"), more, content.read("tariff"), deeds)
    tell("activities and hours")
    load_activities(street, content.read("activities"), deeds)
    tell("meetings")
    load_meetings(street, content.read("meetings"), deeds)
    tell("deeds")
    live(street, deeds)
    tell("points and rewards")
    rewards = content.read("rewards")
    set_funds(street, rewards["funds"])
    _weeks(street, deeds, Counter(street, rewards, key=key))
    try_drafts(street)
    if street.is_first:
        load_claims(street, content.read("claims"))
        load_desk(street)
    tell("consent to lists")
    agree(street, content.read("people"))
    tell("requests and the service team")
    _grids(street, content.read("places"))
    tell("reminders and deductions")
    load_cases(street, content.read("cases"))


def _grids(street: Street, places_file: content.Content) -> None:
    """Requests of all grids, their service teams, and the service guide."""
    requests = content.read("requests")
    departments = load_hall(street, requests)
    load_requests(street, {**requests, "grids": places_file["grids"]}, departments)


def _tariffs(street: Street) -> None:
    """The same sample for each community, as if each had adopted it."""
    document = content.read("tariff")
    began = street.at - timedelta(days=street.days)
    for code, staff in (("a", "staff"), ("b", "b-staff")):
        load_tariff(
            document, place_id=street.places[code].id, effective_from=_tariff_from(street),
            by_id=street.account(staff).id, at=began,
        )  # fmt: skip


def _deeds(street: Street) -> Deeds:
    places = street.places
    return Deeds(
        street.village,
        {code: one.path for code, one in places.items()},
        {code: places[code].id for code in ("a", "b")},
        tariff_from=_tariff_from(street),
    )


def _tariff_from(street: Street) -> date:
    return clock.local(street.at - timedelta(days=street.days)).date()


def _weeks(street: Street, deeds: Deeds, counter: Counter) -> None:
    """Points are earned and spent week by week, so that every statement reads in the order in which things happened."""
    each = round(REDEEMED_A_MONTH * len(street.village.homes) / 1000 / 4)
    before = PastOrders(counter)
    settling = settle_claims(street, content.read("claims"), deeds) if street.is_first else iter(())
    settles = next(settling, None)

    def post(until: datetime) -> None:
        nonlocal settles
        while settles and settles <= until:
            deeds.post(settles)
            settles = next(settling, None)
        deeds.post(until)

    for days_ago in [*range((street.days - 4) // WEEK * WEEK, 3, -WEEK), 0]:
        until = street.at - timedelta(days=days_ago)
        if days_ago and ((street.days > LATELY and days_ago > RECENT) or not street.is_first):
            deeds.come_between(before.redeem(until - timedelta(days=WEEK), each))
        post(until)
        if days_ago <= RECENT and street.is_first:
            for moment in chain(counter.end(until, days_ago), counter.redeem(until, each) if days_ago else ()):
                post(moment)
    counter.wait()
