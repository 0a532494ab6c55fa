"""Mails in words: put together when they are sent, in their reader's language, from what still holds then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from app.config import Settings
from app.kit import clock, say
from app.kit.db import db
from app.kit.i18n import LOCALES, html_lang
from app.kit.mail import Letter
from app.messages import queries, rules
from app.messages.models import AddressClaim, Mail
from app.messages.queries import AnyRow
from app.messages.wording import plainly
from app.people.models import Resident

MOST_ENTRIES = 30


@dataclass(frozen=True)
class _Entry:
    """One thing that the mail tells. `href` is a whole address."""

    subject: str
    text: str
    when: str
    href: str


@dataclass(frozen=True)
class _Page:
    """What stands in the mail, from top to bottom; `more_href` leads to what did not fit, or to the inbox."""

    subject: str
    entries: Sequence[_Entry]
    more: str
    more_href: str
    leave: str = ""
    leave_href: str = ""

    def text(self) -> str:
        blocks = [self.subject] if len(self.entries) > 1 else []
        blocks += ["\n".join(line for line in (e.subject, e.text, e.when, e.href) if line) for e in self.entries]
        blocks.append(f"{self.more}\n{self.more_href}")
        if self.leave:
            blocks.append(f"-- \n{self.leave}\n{self.leave_href}")
        return "\n\n".join(blocks) + "\n"

    def html(self) -> str:
        """The frame of the pages is left out: a mail has no visitor."""
        return current_app.jinja_env.get_template("messages/mail.html").render(page=self, lang=html_lang())


def letter_of(mail: Mail, *, settings: Settings) -> Letter | None:
    """The mail as it goes out now; None when nothing of it is left to say, or nobody wants it by mail any more."""
    resident = db.session.get_one(Resident, mail.resident_id)
    if resident.disabled_at is not None:
        return None
    key = settings.secret_key.encode()
    with force_locale(LOCALES[resident.language or "zh"]):
        if mail.claim_id is not None:
            page = _digits(db.session.get_one(AddressClaim, mail.claim_id), key, settings.base_url)
        elif resident.email_confirmed_at is None or resident.email != mail.address:
            return None
        else:
            page = _told(mail, key, settings.base_url)
        if page is None:
            return None
        return Letter(
            to=mail.address, subject=page.subject, text=page.text(), html=page.html(), language=html_lang(),
            message_id=message_id(mail.id, mail.due_at, settings.host), leave_url=page.leave_href,
        )  # fmt: skip


def message_id(mail_id: int, due_at: datetime, host: str) -> str:
    """The same for every try, by which a mailbox knows a second copy; another in every installation."""
    return f"mail-{mail_id}.{due_at:%Y%m%d%H%M%S%f}@{host}"


def _digits(claim: AddressClaim, key: bytes, base_url: str) -> _Page | None:
    if not claim.nonce or claim.confirmed_at is not None or claim.expires_at <= clock.now():
        return None
    digits = rules.digits(key, claim.nonce, claim.address)
    spaced = f"{digits[:4]} {digits[4:]}"
    told = _(
        "Your digits are %(digits)s. They stand until %(until)s.", digits=spaced, until=say.moment(claim.expires_at)
    )
    unknown = _("If you did not ask for them, leave this mail alone: nothing more is sent here.")
    entry = _Entry(_("Confirm your e-mail address"), told, unknown, "")
    return _Page(
        _("Confirm your e-mail address"), [entry], _("Type the digits on this page:"), f"{base_url}/settings/messages"
    )


def _told(mail: Mail, key: bytes, base_url: str) -> _Page | None:
    ways = queries.chosen_ways(mail.resident_id)  # whoever switched a kind off meanwhile gets no mail of it any more
    rows = [row for row in queries.told_in(mail) if ways.get(row.kind) != "off"]
    if not rows:
        return None
    shown = rows[:MOST_ENTRIES]
    entries = list(_entries(shown, base_url))
    # A digest is left as a whole, a single message with all of its kind.
    kind = "digest" if mail.digest_on is not None else shown[0].kind
    left = len(rows) - len(shown)
    return _Page(
        subject=_subject(mail, rows),
        entries=entries,
        more=ngettext("%(num)d more message in your inbox:", "%(num)d more messages in your inbox:", left)
        if left
        else _("All your messages:"),
        more_href=f"{base_url}/me/messages",
        leave=_("No more digests by e-mail:") if kind == "digest" else _("No more e-mail of this kind:"),
        leave_href=f"{base_url}/messages/leave/{rules.unsubscribe_code(key, mail.resident_id, kind)}",
    )


def _subject(mail: Mail, rows: Sequence[AnyRow]) -> str:
    if mail.digest_on is None or len(rows) == 1:
        return plainly(rows[0].kind, rows[0].values).subject
    return ngettext("%(num)d message for you", "%(num)d messages for you", len(rows))


def _entries(rows: Sequence[AnyRow], base_url: str) -> Iterator[_Entry]:
    for row in rows:
        said = plainly(row.kind, row.values)
        yield _Entry(said.subject, said.text, say.moment(row.at), base_url + row.href)
