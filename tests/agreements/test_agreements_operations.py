"""Agreements on a real database: written, adopted, in force, earning, signed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app.agreements import operations, queries
from app.agreements.events import AgreedLine
from app.agreements.models import AgreementEditor, Article, ArticleRule, Signature, Version, VersionChange
from app.agreements.operations import OwnLine
from app.agreements.operations.drafting import new_version
from app.ballots.rules import Asked
from app.kit.audit import AuditEntry
from app.kit.db import db
from app.kit.refusal import Refused
from app.kit.words import Words
from app.merits import operations as merits
from app.merits import queries as tariff
from app.merits.models import Award, TariffLine
from app.people.rules import Person
from app.points import clauses
from app.points import queries as points
from app.points.models import Transfer
from tests.agreements.compact import (
    CLOSES,
    CONSULTED,
    DAY,
    EFFECT,
    TEXTS,
    Compact,
    a_compact,
    adopted,
    agreement_of,
    article,
    consulted,
    drafted,
    on,
    put_up,
    set_line,
    vote,
)
from tests.makers import NOON
from tests.merits.documents import tariff_document

SECOND, HALF = timedelta(seconds=1), Fraction(1, 2)


@pytest.fixture
def compact(context: Flask) -> Compact:
    return a_compact()


def _award(who: Person, on_day: date, because: str) -> Award | None:
    return merits.award("E04", resident_id=who.id, because=because, effective_at=on(on_day), at=on(on_day), by_id=None)


def _state(version: Version, at: datetime) -> str:
    return next(one.state for one in queries.versions_of([version.agreement_id], at)[version.agreement_id]
                if one.id == version.id)  # fmt: skip


def _texts(version: Version) -> list[Words]:
    return [row.text for row in queries.articles([version.id])[version.id]]


def test_articles_are_added_changed_removed_and_renumbered(compact: Compact) -> None:
    version = drafted(compact)
    first = operations.write_article(version.id, text=Words(zh="最前"), after=0, by=compact.staff)
    operations.write_article(version.id, text=Words(zh="第二"), after=1, by=compact.staff)
    operations.change_article(first.id, text=Words(zh="最前，改过"), by=compact.staff)
    operations.remove_article(article(version, 3).id, by=compact.staff)

    assert _texts(version) == [Words(zh="最前，改过"), Words(zh="第二"), TEXTS[1]]
    assert [row.number for row in queries.articles([version.id])[version.id]] == [1, 2, 3]


def test_an_article_that_a_colleague_took_out_is_written_on_no_more(compact: Compact) -> None:
    version = drafted(compact)
    gone = article(version, 1).id
    operations.remove_article(gone, by=compact.staff)

    for act in (
        lambda: operations.change_article(gone, text=TEXTS[0], by=compact.staff),
        lambda: operations.remove_article(gone, by=compact.staff),
        lambda: operations.remove_rule(gone, code="E04", by=compact.staff),
    ):
        with pytest.raises(Refused, match="taken out meanwhile"):
            act()


def test_the_next_version_begins_with_the_text_in_force_and_its_rules(compact: Compact) -> None:
    version = drafted(compact)
    set_line(compact, version)
    first = adopted(compact, version)

    second = operations.begin_version(first.agreement_id, by=compact.staff, at=on(EFFECT))

    assert (second.number, second.stage, _texts(second)) == (2, "drafting", list(TEXTS))
    lineages = [[row.lineage for row in queries.articles([one.id])[one.id]] for one in (first, second)]
    assert lineages[0] == lineages[1]
    assert [rule.line["assets"]["honour"] for rule in queries.rules_of(second.id)[article(second, 1).id]] == [7]


def test_one_version_at_a_time_is_under_way_and_the_database_says_so_too(compact: Compact) -> None:
    version = drafted(compact)
    with pytest.raises(Refused, match="under way"):
        operations.begin_version(version.agreement_id, by=compact.staff, at=NOON)

    with pytest.raises(IntegrityError):
        new_version(agreement_of(version), number=2, at=NOON)


def test_two_versions_cannot_take_effect_on_one_day(compact: Compact) -> None:
    """So that two in force at once cannot even be written down."""
    version = adopted(compact)
    other = operations.begin_version(version.agreement_id, by=compact.staff, at=on(EFFECT))
    other.question_id, other.effective_from, other.stage = version.question_id, EFFECT, "adopted"

    with pytest.raises(IntegrityError):
        db.session.flush()


def test_the_text_is_fixed_once_it_is_out_for_comment(compact: Compact) -> None:
    version = consulted(compact)

    for act in (
        lambda: operations.write_article(version.id, text=TEXTS[0], by=compact.staff),
        lambda: operations.change_article(article(version, 1).id, text=TEXTS[1], by=compact.staff),
        lambda: operations.remove_article(article(version, 1).id, by=compact.staff),
        lambda: set_line(compact, version),
    ):
        with pytest.raises(Refused, match="fixed"):
            act()

    operations.take_step(version.id, "revise", why=Words(zh="再改改"), by=compact.staff, at=NOON)
    operations.change_article(article(version, 1).id, text=TEXTS[1], by=compact.staff)
    operations.consult(version.id, until=CONSULTED, by=compact.staff, at=NOON)
    assert version.stage == "consulting"


def test_only_those_who_hold_the_pen_write(compact: Compact) -> None:
    version = drafted(compact)
    editor, stranger = compact.neighbours[0], compact.neighbours[1]
    db.session.add(AgreementEditor(agreement_id=version.agreement_id, resident_id=editor.id))
    db.session.flush()

    operations.write_article(version.id, text=TEXTS[0], by=editor)
    with pytest.raises(Refused, match="editors"):
        operations.write_article(version.id, text=TEXTS[0], by=stranger)
    with pytest.raises(Refused, match="not yours"):
        operations.take_step(version.id, "drop", why=Words(zh="不要了"), by=editor, at=NOON)


def test_a_version_without_articles_is_not_put_out(compact: Compact) -> None:
    version = drafted(compact)
    for _ in range(2):
        operations.remove_article(article(version, 1).id, by=compact.staff)

    with pytest.raises(Refused, match="no article"):
        consulted(compact, version)


def test_every_step_of_staff_stands_on_the_timeline_and_in_the_log(compact: Compact) -> None:
    version = adopted(compact)

    assert [row.action for row in queries.timeline(version.id)] == ["begin", "consult", "put_up", "carry"]
    subject = f"agreement:{version.agreement_id}"
    acts = db.session.scalars(select(AuditEntry.act).where(AuditEntry.subject == subject).order_by(AuditEntry.id))
    assert list(acts) == ["agreements.begin", "agreements.consult", "agreements.put_up"]


@pytest.mark.parametrize(
    "words", [{"zh": "不上访", "en": "no petitions"}, {"zh": "结婚不铺张", "en": "plain weddings"}]
)
def test_a_rule_on_a_forbidden_subject_stops_the_adoption_with_its_reason(
    compact: Compact, words: dict[str, str]
) -> None:
    version = drafted(compact)
    set_line(compact, version, behaviour=Words(**words))

    with pytest.raises(Refused, match="must never earn or lose points") as no:
        put_up(compact, version)
    assert no.value.refusal.status == 409
    assert db.session.scalar(select(func.count(TariffLine.id)).where(TariffLine.set_by.is_not(None))) == 0


def test_a_line_without_a_fixed_amount_cannot_be_set_only_named(compact: Compact) -> None:
    version = drafted(compact)
    operations.add_rule(article(version, 1).id, code="K01", own=None, by=compact.staff, at=NOON)
    set_line(compact, version, code="V02")

    with pytest.raises(Refused, match="fixed amount"):
        put_up(compact, version)


def test_two_articles_of_a_version_do_not_set_one_line(compact: Compact) -> None:
    """Or its adoption could never be written down, and nothing would be earned any more."""
    version = drafted(compact)
    set_line(compact, version)
    own = OwnLine(honour=1, points=1)

    with pytest.raises(Refused, match="one deed earns under one line"):
        operations.add_rule(article(version, 2).id, code="E04", own=own, by=compact.staff, at=NOON)
    operations.add_rule(article(version, 2).id, code="E04", own=None, by=compact.staff, at=NOON)  # named only
    set_line(compact, version, honour=8)  # its own line may be set anew
    rule = db.session.get_one(ArticleRule, (article(version, 2).id, "E04"))
    rule.line = {**db.session.get_one(ArticleRule, (article(version, 1).id, "E04")).line}  # however it came about
    db.session.flush()
    with pytest.raises(Refused, match="one deed earns under one line"):
        put_up(compact, version)


def test_two_agreements_of_a_place_do_not_set_one_line(compact: Compact) -> None:
    first, second = drafted(compact), drafted(compact, title=Words(zh="清洁公约", en="Cleaning agreement"))
    for version in (first, second):
        set_line(compact, version)
    put_up(compact, first)
    with pytest.raises(Refused, match="one deed earns under one line"):  # up for adoption, not yet adopted
        put_up(compact, second)

    vote(compact, first, "yes", "yes", "yes")
    operations.record_results(CLOSES)
    with pytest.raises(Refused, match="one deed earns under one line"):
        operations.put_to_vote(
            second.id, Asked(TEXTS[0], CLOSES + DAY, HALF, HALF), effective_from=EFFECT + DAY, by=compact.staff,
            at=CLOSES,
        )  # fmt: skip


def test_nobody_sees_a_count_before_closing_nor_writes_it_down(compact: Compact) -> None:
    version = put_up(compact)
    vote(compact, version, "yes", "yes", "yes")

    with pytest.raises(Refused, match="still running"):
        operations.record_result(version.id, by=compact.staff, at=CLOSES - SECOND)
    assert operations.record_results(CLOSES - SECOND) == 0
    standing = queries.versions_of([version.agreement_id], CLOSES - SECOND)[version.agreement_id][0]
    assert (standing.state, standing.result) == ("adopting", None)


@pytest.mark.parametrize("ticks", [[0], [0, 0], [3, 9], [400], []])
def test_written_down_never_late_or_often_it_takes_effect_on_its_day(compact: Compact, ticks: list[int]) -> None:
    """Days after closing on which `flask tick` runs."""
    version = drafted(compact)
    set_line(compact, version)
    put_up(compact, version)
    vote(compact, version, "yes", "yes", "no", "yes")

    before = [CLOSES + days * DAY for days in ticks if days * DAY < timedelta(days=4)]
    for at in before:
        operations.record_results(at)
    assert _state(version, on(EFFECT) - DAY) == "coming"
    assert _state(version, on(EFFECT)) == "in_force"
    for days in ticks:
        operations.record_results(CLOSES + days * DAY)

    if ticks:
        changes = db.session.scalars(select(VersionChange).where(VersionChange.version_id == version.id)).all()
        assert [one.at for one in changes if one.action == "carry"] == [CLOSES]
        lines = db.session.scalars(select(TariffLine).where(TariffLine.set_by.is_not(None))).all()
        assert [(one.code, one.effective_from, one.effective_until) for one in lines] == [("E04", EFFECT, None)]


@pytest.mark.parametrize(("choices", "outcome"), [(("no", "no", "yes"), "not_carried"), (("yes",), "no_quorum")])
def test_what_does_not_carry_is_dropped_and_sets_nothing(
    compact: Compact, choices: tuple[str, ...], outcome: str
) -> None:
    version = drafted(compact)
    set_line(compact, version)
    put_up(compact, version)
    vote(compact, version, *choices)

    operations.record_results(CLOSES)

    db.session.refresh(version)
    assert (version.stage, version.outcome) == ("dropped", outcome)
    assert db.session.scalar(select(func.count(TariffLine.id)).where(TariffLine.set_by.is_not(None))) == 0


def test_an_adopted_rule_earns_from_its_day_on_not_before(compact: Compact) -> None:
    version = drafted(compact)
    set_line(compact, version)
    adopted(compact, version)
    who = compact.neighbours[0]

    before = _award(who, EFFECT - timedelta(days=1), "one")
    after = _award(who, EFFECT, "two")

    assert before is not None
    assert after is not None
    assert (before.honour, before.points) == (5, 5)
    assert (after.honour, after.points) == (7, 7)


def test_the_entry_names_the_clause_and_leads_to_it(compact: Compact) -> None:
    version = drafted(compact)
    set_line(compact, version, behaviour=Words(zh="来了清洁日", en="Came to clean-up day"))
    adopted(compact, version)
    who = compact.neighbours[0]
    _award(who, EFFECT, "two")

    rows = points.statement(who.household_id or 0, "points", resident_id=who.id, after=None).rows
    found = clauses.of([rows[0].line_id])

    assert rows[0].what == Words(zh="来了清洁日", en="Came to clean-up day")
    assert list(found.values()) == [
        (
            Words(zh="《楼道公约》第1版第1条", en="Stairs agreement, version 1, article 1"),
            f"/agreements/{version.agreement_id}/versions/1#article-1",
        )
    ]


def test_a_new_version_replaces_the_rules_of_the_old_and_what_was_earned_stays(compact: Compact) -> None:
    version = drafted(compact)
    set_line(compact, version)
    adopted(compact, version)
    who, next_day = compact.neighbours[0], EFFECT + timedelta(days=30)
    earned = _award(who, EFFECT, "first")
    second = operations.begin_version(version.agreement_id, by=compact.staff, at=on(EFFECT))
    operations.remove_rule(article(second, 1).id, code="E04", by=compact.staff)
    _adopt_again(compact, second, at=on(EFFECT), effective_from=next_day)

    path = compact.street.group.path
    day_before = tariff.line_in_force("E04", path, next_day - timedelta(days=1))
    day_of = tariff.line_in_force("E04", path, next_day)

    assert day_before is not None
    assert day_of is not None
    assert (day_before.assets["honour"], day_of.assets["honour"]) == (7, 5), "the tariff's own line counts again"
    assert earned is not None
    db.session.refresh(earned)
    assert (earned.honour, earned.undone_at) == (7, None)
    assert _state(version, on(next_day)) == "superseded"


def _adopt_again(compact: Compact, version: Version, *, at: datetime, effective_from: date) -> None:
    operations.consult(version.id, until=at + DAY, by=compact.staff, at=at)
    closes_at = at + 5 * DAY
    operations.put_to_vote(
        version.id, Asked(TEXTS[0], closes_at, HALF, HALF), effective_from=effective_from, by=compact.staff,
        at=at + DAY,
    )  # fmt: skip
    vote(compact, version, "yes", "yes", "yes", "yes", "yes", at=at + DAY)
    assert operations.record_results(closes_at) == 1


def test_a_repealed_agreement_sets_nothing_more(compact: Compact) -> None:
    version = drafted(compact)
    set_line(compact, version)
    adopted(compact, version)
    repeal = operations.begin_version(version.agreement_id, repeals=True, by=compact.staff, at=on(EFFECT))
    next_day = EFFECT + timedelta(days=10)
    _adopt_again(compact, repeal, at=on(EFFECT), effective_from=next_day)

    line = tariff.line_in_force("E04", compact.street.group.path, next_day)
    assert line is not None
    assert line.assets["honour"] == 5
    assert {_state(one, on(next_day)) for one in (version, repeal)} == {"repealed"}
    with pytest.raises(Refused, match="version in force"):
        operations.sign(version.agreement_id, wish=None, by=compact.neighbours[0], at=on(next_day))


def test_a_set_line_falls_under_the_limits_of_the_whole_tariff(compact: Compact) -> None:
    version = drafted(compact)
    set_line(compact, version, honour=50, limit=9, window="month")
    adopted(compact, version)
    who = compact.neighbours[5]  # who did not vote: that earns a point too

    amounts = [_award(who, EFFECT, f"deed{number}") for number in range(3)]

    assert [one.points if one else 0 for one in amounts] == [50, 30, 0], "80 points a month for a household"


def test_a_new_tariff_of_the_place_leaves_what_agreements_set(compact: Compact) -> None:
    version = drafted(compact)
    set_line(compact, version)
    adopted(compact, version)
    later = EFFECT + timedelta(days=5)

    merits.load_tariff(
        tariff_document(version=2), place_id=compact.street.community.id, effective_from=later, by_id=None, at=NOON
    )

    line = tariff.line_in_force("E04", compact.street.group.path, later)
    assert line is not None
    assert line.assets["honour"] == 7


def test_the_same_version_told_twice_sets_its_lines_once(compact: Compact) -> None:
    document = tariff_document()["lines"][0] | {"confirmer": {"zh": "楼组长", "en": "leader"}}
    line = AgreedLine(document, Words(zh="条"), "/agreements/1")
    for _ in range(2):
        merits.set_lines("agreement:1", (line,), version=1, place_id=compact.street.community.id, effective_from=EFFECT)

    assert db.session.scalar(select(func.count(TariffLine.id)).where(TariffLine.set_by == "agreement:1")) == 1


def test_what_was_decided_is_written_down_before_anything_is_earned(compact: Compact) -> None:
    """No tick ran, nobody pressed a button: the vote that comes next finds the rules of the day."""
    version = drafted(compact)
    set_line(compact, version, code="D04", honour=2)
    put_up(compact, version)
    vote(compact, version, "yes", "yes", "yes", "yes")
    other = drafted(compact, title=Words(zh="清洁公约", en="Cleaning agreement"))
    operations.consult(other.id, until=on(EFFECT), by=compact.staff, at=on(EFFECT) - DAY)
    other = operations.put_to_vote(
        other.id, Asked(TEXTS[0], on(EFFECT) + 5 * DAY, HALF, HALF), effective_from=EFFECT + timedelta(days=9),
        by=compact.staff, at=on(EFFECT),
    )  # fmt: skip

    vote(compact, other, "no", at=on(EFFECT))

    db.session.refresh(version)
    assert version.stage == "adopted"
    because = f"ballot:{other.question_id}:{compact.neighbours[0].id}"
    assert db.session.scalars(select(Award.honour).where(Award.because == because)).one() == 2


def test_a_household_signs_once_whoever_of_it(compact: Compact) -> None:
    version = adopted(compact)
    at = on(EFFECT)

    operations.sign(version.agreement_id, wish=1, by=compact.neighbours[0], at=at)
    with pytest.raises(Refused, match="already signed"):
        operations.sign(version.agreement_id, wish=1, by=compact.spouse, at=at)

    assert db.session.scalar(select(func.count(Signature.id))) == 1
    assert queries.versions_of([version.agreement_id], at)[version.agreement_id][0].signed == 1
    assert queries.households_at([compact.street.community.id]) == {compact.street.community.id: 6}


def test_the_first_signature_of_a_household_earns_and_the_next_does_not(compact: Compact) -> None:
    first = adopted(compact)
    second = drafted(compact, title=Words(zh="清洁公约", en="Cleaning agreement"))
    adopted(compact, second)
    who = compact.neighbours[0]

    for version in (first, second):
        operations.sign(version.agreement_id, wish=None, by=who, at=on(EFFECT))

    entries = db.session.scalars(select(Transfer).where(Transfer.code == "R01")).all()
    assert [(one.asset, one.amount, one.household_id) for one in entries] == [("honour", 5, who.household_id)]


def test_who_cannot_sign_is_told_why(compact: Compact) -> None:
    version = adopted(compact)
    day = on(EFFECT)

    for who, at, wish, told in (
        (compact.child, day, None, "18 and older"),
        (compact.newcomer, day, None, "verified"),
        (compact.villager, day, None, "households of its place"),
        (compact.neighbours[0], day - DAY, None, "version in force"),
        (compact.neighbours[0], day, 2, "version in force"),
    ):
        with pytest.raises(Refused, match=told):
            operations.sign(version.agreement_id, wish=wish, by=who, at=at)


def test_a_new_version_asks_for_the_signature_again(compact: Compact) -> None:
    version = adopted(compact)
    who = compact.neighbours[0]
    operations.sign(version.agreement_id, wish=None, by=who, at=on(EFFECT))
    second = operations.begin_version(version.agreement_id, by=compact.staff, at=on(EFFECT))
    next_day = EFFECT + timedelta(days=10)
    _adopt_again(compact, second, at=on(EFFECT), effective_from=next_day)

    operations.sign(version.agreement_id, wish=2, by=who, at=on(next_day))

    assert sorted(queries.signatures_of(who.household_id or 0, version.agreement_id)) == [1, 2]


def test_signatures_and_timelines_only_grow(compact: Compact) -> None:
    version = adopted(compact)
    signature = operations.sign(version.agreement_id, wish=None, by=compact.neighbours[0], at=on(EFFECT))
    signature.signed_at = NOON

    with pytest.raises(IntegrityError, match="append-only"):
        db.session.flush()


def test_staff_find_closed_ballots_and_ended_comments_among_their_tasks(compact: Compact) -> None:
    version = consulted(compact)
    assert queries.tasks_for(compact.staff, CONSULTED - SECOND) == []
    assert [one.kind for one in queries.tasks_for(compact.staff, CONSULTED)] == ["put_up"]

    other = drafted(compact, title=Words(zh="清洁公约", en="Cleaning agreement"))
    put_up(compact, other)
    found = queries.tasks_for(compact.staff, CLOSES)
    assert [(one.kind, one.since) for one in found] == [("put_up", CONSULTED), ("record", CLOSES)]
    assert found[1].href == f"/agreements/{other.agreement_id}/versions/1"
    assert queries.tasks_for(compact.neighbours[0], CLOSES) == []
    assert version.stage == "consulting"


def test_voting_is_extended_only_as_far_as_the_day_of_effect_allows(compact: Compact) -> None:
    version = put_up(compact)
    why = Words(zh="还有人没投")

    with pytest.raises(Refused, match="day of effect"):
        operations.extend_vote(version.id, closes_at=CLOSES + 5 * DAY, why=why, by=compact.staff, at=CONSULTED)
    operations.extend_vote(version.id, closes_at=CLOSES + 4 * DAY, why=why, by=compact.staff, at=CONSULTED)

    assert _state(version, CLOSES) == "adopting"


def test_comments_are_taken_while_it_is_out_for_comment(compact: Compact) -> None:
    version = consulted(compact)
    agreement = queries.agreement(version.agreement_id, compact.staff)
    assert agreement is not None

    def say(who: Person, at: datetime) -> Any:
        standing = queries.versions_of([version.agreement_id], at)[version.agreement_id][0]
        return operations.comment(
            agreement, standing, text=TEXTS[0], stance="for", parent_id=None, official=False, by=who, at=at
        )

    assert say(compact.neighbours[0], NOON).stance == "for"
    assert say(compact.villager, NOON).id, "the same street"
    for who, at in ((compact.newcomer, NOON), (compact.neighbours[0], CONSULTED)):
        with pytest.raises(Refused):
            say(who, at)


def test_a_copied_rule_is_a_rule_of_its_own(compact: Compact) -> None:
    version = drafted(compact)
    set_line(compact, version)
    adopted(compact, version)
    second = operations.begin_version(version.agreement_id, by=compact.staff, at=on(EFFECT))
    operations.remove_rule(article(second, 1).id, code="E04", by=compact.staff)

    kept = db.session.scalar(
        select(func.count()).select_from(ArticleRule).join(Article).where(Article.version_id == version.id)
    )
    assert kept == 1
