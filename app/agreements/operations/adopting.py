"""Put a version out for comment, put it to the vote, write down how that ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import func, select

from app.agreements import queries, rules
from app.agreements.events import Adopted, AdoptionOpened, AgreedLine, ConsultationOpened
from app.agreements.models import Agreement, Article, ArticleRule, Version
from app.agreements.operations.holding import locked_version, move, step_refusal
from app.agreements.text import voted_on
from app.ballots import operations as ballots
from app.ballots import results
from app.ballots.rules import Asked
from app.discussion import operations as discussion
from app.kit.bus import announce
from app.kit.db import db, locked
from app.kit.refusal import refuse_if
from app.kit.words import Words
from app.merits import queries as merits
from app.people.rules import Person
from app.places.models import Place


def consult(version_id: int, *, until: datetime, by: Person, at: datetime) -> Version:
    """Put a version out for comment until that moment: its text is fixed, everybody can read it and say something."""
    agreement, version = locked_version(version_id)
    refuse_if(step_refusal(agreement, version, "consult", by, None))
    articles = db.session.scalar(select(func.count()).where(Article.version_id == version_id)) or 0
    refuse_if(rules.consult_refusal(articles=articles, repeals=version.repeals))
    version.consulting_until = until
    if version.thread_id is None:
        version.thread_id = discussion.open_thread(f"agreement-version:{version.id}").id
    move(agreement, version, "consult", by=by, at=at)
    db.session.flush()
    announce(
        ConsultationOpened(
            agreement_id=agreement.id, version_id=version.id, number=version.number, title=agreement.title,
            place_path=agreement.place_path, until=until, at=at,
        )
    )  # fmt: skip
    return version


def take_step(version_id: int, action: str, *, why: Words | None, by: Person, at: datetime) -> Version:
    """Take a version back to be written anew (`revise`), or give it up (`drop`), with a public reason.

    A ballot that has closed is written down first.
    """
    agreement, version = locked_version(version_id)
    write_result(agreement, version, at=at)
    move(agreement, version, action, by=by, at=at, why=why)
    db.session.flush()
    return version


def put_to_vote(version_id: int, asked: Asked, *, effective_from: date, by: Person, at: datetime) -> Version:
    """Open the ballot on a version, one vote a household. Text, rules and the day of effect are fixed from now on.

    Raises `Refused` for a points rule on a forbidden subject, or one that another agreement of the place sets.
    """
    agreement, version = locked_version(version_id)
    refuse_if(step_refusal(agreement, version, "put_up", by, None))
    refuse_if(
        rules.put_up_refusal(
            consulting_until=version.consulting_until, closes_at=asked.closes_at, effective_from=effective_from,
            latest=_latest_day(agreement.id, but=version.id), at=at,
        )
    )  # fmt: skip
    _refuse_lines(agreement, version, on=effective_from)
    asked = replace(asked, method="yes_no", electorate="household")
    version.effective_from = effective_from
    question = ballots.open_question(
        asked, subject=f"agreement-version:{version.id}", place_path=agreement.place_path, opens_at=at, by=by, at=at,
        text=voted_on(agreement, version),
    )  # fmt: skip
    version.question_id = question.id
    move(agreement, version, "put_up", by=by, at=at)
    db.session.flush()
    announce(
        AdoptionOpened(
            agreement_id=agreement.id, version_id=version.id, number=version.number, title=agreement.title,
            place_path=agreement.place_path, closes_at=asked.closes_at, effective_from=effective_from, at=at,
        )
    )  # fmt: skip
    return version


def _latest_day(agreement_id: int, *, but: int) -> date | None:
    """The day of effect of the version adopted last."""
    adopted = Version.agreement_id == agreement_id, Version.stage == "adopted", Version.id != but
    return db.session.scalar(select(func.max(Version.effective_from)).where(*adopted))


def _refuse_lines(agreement: Agreement, version: Version, *, on: date) -> None:
    """Look at every line that the articles set; no two articles of a place may set the same one."""
    # Two versions put to the vote at once at one place look after each other.
    db.session.execute(locked(select(Place.id).where(Place.id == agreement.place_id)))
    codes: dict[str, int] = {}
    for number, line in set_lines(version.id):
        refuse_if(rules.line_refusal(line))
        first = codes.setdefault(str(line["code"]), number)
        clause = rules.clause_of(agreement.title, version.number, first)
        refuse_if(rules.elsewhere_refusal(str(line["code"]), clause) if first != number else None)
    if not codes:
        return
    there = merits.set_elsewhere(codes, place_id=agreement.place_id, but=set_by(agreement.id), on=on)
    if there is None:
        row = db.session.execute(
            select(ArticleRule.code, Article.number, Agreement.title, Version.number.label("version"))
            .join(Article, Article.id == ArticleRule.article_id)
            .join(Version, Version.id == Article.version_id)
            .join(Agreement, Agreement.id == Version.agreement_id)
            .where(
                ArticleRule.code.in_(codes), ArticleRule.line.is_not(None), Version.stage == "adopting",
                Agreement.place_id == agreement.place_id, Agreement.id != agreement.id,
            )
            .limit(1)
        ).one_or_none()  # fmt: skip
        there = (row.code, rules.clause_of(row.title, row.version, row.number)) if row else None
    refuse_if(rules.elsewhere_refusal(*there) if there else None)


def set_lines(version_id: int) -> list[tuple[int, dict[str, object]]]:
    """The lines that articles of a version set, with the number of the article."""
    rows = db.session.execute(
        select(Article.number, ArticleRule.line)
        .join(ArticleRule, ArticleRule.article_id == Article.id)
        .where(Article.version_id == version_id, ArticleRule.line.is_not(None))
        .order_by(Article.number, ArticleRule.code)
    )
    return [(row.number, row.line) for row in rows if row.line is not None]


def set_by(agreement_id: int) -> str:
    return f"agreement:{agreement_id}"


def extend_vote(version_id: int, *, closes_at: datetime, why: Words | None, by: Person, at: datetime) -> Version:
    """Let voting run longer, before it closes, with a public reason; the day of effect stays and must still follow."""
    agreement, version = locked_version(version_id)
    refuse_if(step_refusal(agreement, version, "extend", by, why))
    assert version.question_id is not None
    assert version.effective_from is not None
    assert why is not None
    refuse_if(rules.effect_refusal(closes_at=closes_at, effective_from=version.effective_from, latest=None))
    ballots.extend(version.question_id, closes_at=closes_at, why=why, by=by, at=at, place_id=agreement.place_id)
    move(agreement, version, "extend", by=by, at=at, why=why)
    db.session.flush()
    return version


def record_result(version_id: int, *, by: Person, at: datetime) -> Version:
    """Write down how a closed ballot ended, by hand; the page has shown it since it closed."""
    agreement, version = locked_version(version_id)
    refuse_if(step_refusal(agreement, version, "carry", by, None))
    refuse_if(None if write_result(agreement, version, by=by, at=at) else rules.still_voting())
    db.session.flush()
    return version


def record_results(at: datetime) -> int:
    """Write down every ballot that has closed; answers how many. Late or repeated runs do no harm.

    Done by `flask tick`, and before anything is earned: what was decided counts whether or not that ran.
    """
    return sum(write_result(*locked_version(version_id), at=at) for version_id in queries.closed_unrecorded(at))


def write_result(agreement: Agreement, version: Version, *, at: datetime, by: Person | None = None) -> bool:
    """Voting that has closed becomes adopted or dropped, as of the closing instant. Whether there was any to write."""
    if version.stage != "adopting" or version.question_id is None:
        return False
    closed_at = ballots.lock_closed(version.question_id, at=at)
    if closed_at is None:
        return False
    version.outcome = results.outcomes([version.question_id], at)[version.question_id].result
    version.decided_at = closed_at
    carried = version.outcome == "carried"
    move(agreement, version, "carry" if carried else "fail", by=by, at=closed_at, pressed_at=at)
    db.session.flush()
    if carried:
        announce(adopted(agreement, version))
    return True


def adopted(agreement: Agreement, version: Version) -> Adopted:
    """What is told of a version whose ballot carried."""
    assert version.effective_from is not None
    assert version.decided_at is not None
    href = f"/agreements/{agreement.id}/versions/{version.number}#article-"
    lines = tuple(
        AgreedLine(line, rules.clause_of(agreement.title, version.number, number), f"{href}{number}")
        for number, line in set_lines(version.id)
    )
    return Adopted(
        agreement_id=agreement.id, version_id=version.id, number=version.number, title=agreement.title,
        place_id=agreement.place_id, place_path=agreement.place_path, effective_from=version.effective_from,
        lines=lines, at=version.decided_at,
    )  # fmt: skip
