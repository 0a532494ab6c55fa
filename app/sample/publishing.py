"""What the committees of the sample published: duties, a year of village finances, items, questions with answers."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from app.disclosures import cells, sheet
from app.disclosures.bringing_in import Paid, Past, bring_in_duty, bring_in_item, bring_in_question
from app.disclosures.models import Disclosure, Draft, DraftAttachment, DraftWriter, Duty, rhythm_of
from app.kit import clock, uploads
from app.kit.db import db
from app.kit.periods import Period, period_of
from app.kit.words import Words
from app.kit.working_days import end_after
from app.sample.bookkeeping import BY_FINANCES, Loading, load_finances, opening_table
from app.sample.content import Content
from app.sample.living import LATELY
from app.sample.street_people import Street
from app.sample.town_books import load_town_finances

_QUARTERS_ZH, _QUARTERS_EN = "一二三四", ("first", "second", "third", "fourth")


def load_disclosures(street: Street, content: Content, more: Content) -> None:
    """All of it; what is due, late or missing then follows from the day of loading."""
    loading = Loading(street, content, more)
    _duties(loading)
    _items(loading)
    load_finances(loading)
    if street.days > LATELY:
        load_town_finances(loading)
    _payments(loading)
    for one in [*content["questions"], *more["questions"]]:
        _question(loading, one)
    _drafts(loading)
    db.session.flush()


# Duties ---------------------------------------------------------------------------------------------------------


def _duties(loading: Loading) -> None:
    for one in loading.content["duties"]:
        for code in one["applies_to"]:
            loading.duties[code, one["key"]] = bring_in_duty(
                loading.street.places[code], one["key"], subject=one["subject"], name=Words.of(one["name"]),
                basis=Words.of(one["basis"]), note=Words.of(one["note"]) if "note" in one else None,
                rhythm=one["rhythm"], fulfilled_by="finances" if one["key"] in BY_FINANCES else "item",
                since=_since(loading, code, one), **_last_day(one),
            )  # fmt: skip


def _last_day(one: Content) -> dict[str, Any]:
    due = one["due"]
    if one["rhythm"] == "on_occasion":
        return {"working_days": due["working_days"]}
    if "month" in due:
        return {"due_day": due["day"], "due_in": str(due["month"])}
    return {"due_day": due["day"], "due_in": "same" if due["of"] == "month" else "next"}


def _since(loading: Loading, code: str, one: Content) -> date:
    """A duty counts from the first that the sample published for it; without any from the period that runs."""
    today = clock.local(loading.street.at).date()
    if one["key"] in BY_FINANCES:
        return period_of(today, "month").moved(-12).first_day
    days = [
        item["published_days_ago"]
        for item in loading.content["items"]
        if item["duty"] == one["key"] and item["place"] == code
    ]
    kind = {"monthly": "month", "quarterly": "quarter", "half_yearly": "half", "yearly": "year"}.get(one["rhythm"])
    if kind is None:
        return today - timedelta(days=400)
    if days:
        return _nearest(one, today - timedelta(days=max(days))).first_day
    running: Period = period_of(today, kind)  # type: ignore[arg-type]
    return running.moved(-1 if one["key"] in ("balance_quarter", "party_members") else 0).first_day


def _nearest(one: Content, day: date) -> Period:
    """The period of a duty whose last day is nearest to this day: what was published then was for it."""
    duty = Duty(rhythm=one["rhythm"], **_last_day(one))
    around = rhythm_of(duty).due_between(day - timedelta(days=400), day + timedelta(days=400))
    return min(around, key=lambda pair: abs((pair[1] - day).days))[0]


# Items ----------------------------------------------------------------------------------------------------------


def _items(loading: Loading) -> None:
    duties = {one["key"]: one for one in loading.content["duties"]}
    corrections = {one["item"]: one for one in loading.more["corrections"]}
    for one in sorted(loading.content["items"], key=lambda item: -item["published_days_ago"]):
        at, duty = loading.ago(one["published_days_ago"]), duties[one["duty"]]
        on_occasion = duty["rhythm"] == "on_occasion"
        day = clock.local(at).date()
        period = None if on_occasion else _nearest(duty, day)
        signed = loading.signed(one["place"])
        first = Past(
            _retold(Words.of(one["title"]), period), at, text=_retold(Words.of(one["text"]), period),
            cells=_table(one.get("table")), signed=signed, files=_files(loading, one["key"], at),
        )  # fmt: skip
        past = [first]
        if one["key"] in corrections:
            past.append(_corrected(loading, first, corrections[one["key"]]))
        loading.items[one["key"]] = bring_in_item(
            loading.street.places[one["place"]], subject=one["subject"], kind="item", past=past, period=period,
            duty_id=loading.duties[one["place"], one["duty"]].id,
            event_on=day - timedelta(days=4) if on_occasion else None,
        )  # fmt: skip


def _corrected(loading: Loading, first: Past, one: Content) -> Past:
    return Past(
        first.title, loading.ago(one["published_days_ago"]), text=Words.of(one["text"]), cells=first.cells,
        reason=Words.of(one["reason"]), signed=first.signed, files=first.files,
    )  # fmt: skip


def _retold(words: Words, period: Period | None) -> Words:
    """The file says "third quarter"; what is published says the quarter it is for."""
    if period is None or period.kind != "quarter":
        return words
    place = period.number - 1
    return Words(
        zh=words.zh.replace("三季度", f"{_QUARTERS_ZH[place]}季度"),
        en=words.en.replace("third quarter", f"{_QUARTERS_EN[place]} quarter"),
    )


def _table(table: Content | None) -> cells.Cells | None:
    if table is None:
        return None
    columns = [Words.of(one) for one in table["columns"]]
    return cells.made(columns, [[_cell(one) for one in row] for row in table["rows"]])


def _cell(one: Any) -> Words:
    return Words.of(one) if isinstance(one, dict) else Words(zh=f"{one:,}", en=f"{one:,}")


def _files(loading: Loading, key: str, at: datetime) -> tuple[uploads.Upload, ...]:
    one = loading.more["file"]
    if one["item"] != key:
        return ()
    file = uploads.Checked("text/csv", sheet.as_csv(one["rows"]))
    return (uploads.store(file, one["name"]["zh"], by_id=loading.signed("a")[0], at=at),)


def _payments(loading: Loading) -> None:
    told = loading.more["payments"]
    today = clock.local(loading.street.at).date()
    rows = [
        Paid(today - timedelta(days=one["days_ago"]), one["fen"], one["payee"], one["unit"]) for one in told["rows"]
    ]
    past = [Past(Words.of(told["title"]), loading.ago(39), signed=loading.signed(told["place"]))]
    place = loading.street.places[told["place"]]
    bring_in_item(place, subject="finance", kind="payments", past=past, payments=rows)


# Questions and drafts -------------------------------------------------------------------------------------------


def _question(loading: Loading, one: Content) -> None:
    key = _item_key(loading, one["on"])
    item = loading.items[key]
    number = 2 if key in {told["item"] for told in loading.more["corrections"]} else 1
    asked_at = max(loading.ago(one["asked_days_ago"], time(19, 20)), item.published_at + timedelta(minutes=20))
    line, name = _line(loading, key, one.get("line"))
    days = one.get("answered_after_working_days")
    answered_at = end_after(asked_at, days) - timedelta(hours=9) if days else None
    answered = answered_at is not None and answered_at < loading.street.at
    staff = loading.signed(loading.code_of(item))[0]
    bring_in_question(
        item, text=Words.of(one["question"]), by_id=_asker(loading, item), asked_at=asked_at, number=number, line=line,
        line_name=name, answer=Words.of(one["answer"]) if answered else None,
        answered_at=answered_at if answered else None, answered_by=staff if answered else None,
    )  # fmt: skip


def _item_key(loading: Loading, on: str) -> str:
    """`finance:2026-10` of the file is a month so many months before it; ours is `finance:1`."""
    kind, _colon, period = on.partition(":")
    if kind != "finance" or "-" not in period:
        return on
    months = loading.content["finance"]["months"]
    return f"finance:{next(one['months_ago'] for one in months if str(one['period']) == period)}"


def _line(loading: Loading, key: str, account: str | None) -> tuple[str | None, Words | None]:
    """The row that a question is about: the first line of that account."""
    for number, line in enumerate(loading.lines.get(key, ()), start=1):
        if account and line.account and line.account.zh.startswith(account):
            return f"line:{number}", line.text
    return None, None


def _asker(loading: Loading, item: Disclosure) -> int:
    homes = [home for home in loading.street.village.homes if home.community == loading.code_of(item)]
    while True:
        for one in loading.rng.choice(homes).adults:
            if one.account is None and one.verified:
                return one.id


def _drafts(loading: Loading) -> None:
    """What is being written; the first one has a paper beside it."""
    made = [_draft(loading, one, number) for number, one in enumerate(loading.more["drafts"], start=1)]
    db.session.flush()
    db.session.add_all(DraftWriter(draft_id=draft.id, resident_id=draft.author_id) for draft in made)
    rota = uploads.Checked("text/csv", sheet.as_csv([["日期", "值班"], ["周六", "网格员"], ["周日", "楼组长"]]))
    paper = uploads.store(rota, "值班草表.csv", by_id=made[0].author_id, at=made[0].changed_at)
    db.session.add(DraftAttachment(draft_id=made[0].id, upload_id=paper.id))


def _draft(loading: Loading, one: Content, days_ago: int) -> Draft:
    duty, place, at = (
        loading.duties[one["place"], one["duty"]],
        loading.street.places[one["place"]],
        loading.ago(days_ago),
    )
    kind, awaiting, finances = rhythm_of(duty).kind, one["state"] == "awaiting", duty.fulfilled_by == "finances"
    period = period_of(clock.local(loading.street.at).date(), kind) if kind else None
    if period is not None and not awaiting and not finances:
        period = period.moved(1)
    draft = Draft(
        place_id=place.id, place_path=place.path, subject=duty.subject, kind="finances" if finances else "item",
        duty_id=duty.id, period=period.key if period else None, title=Words.of(one["title"]),
        text=Words.of(one["text"]) if "text" in one else None, state=one["state"],
        finances=opening_table(loading).as_json() if finances else None,
        author_id=loading.signed(one["place"])[0], changed_at=at, sent_at=at if awaiting else None,
    )  # fmt: skip
    db.session.add(draft)
    return draft
