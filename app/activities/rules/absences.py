"""What follows from a shift that was missed: line K05 of the tariff (points.md)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.kit import clock
from app.kit.refusal import N_, Refusal, refusal

PAUSE_AFTER, PAUSE_WITHIN, PAUSE_DAYS = 3, timedelta(days=90), 30
LOOK_BACK = PAUSE_WITHIN + timedelta(days=PAUSE_DAYS + 1)


def paused_until(missed: Sequence[datetime], *, came_at: datetime | None) -> datetime | None:
    """The local midnight until which nobody signs up who missed three shifts within 90 days; None without a pause.

    `missed` are the beginnings of these shifts, `came_at` when the person came to one last: whoever came since is not
    paused. The pause is 30 days long, that of the third shift not counted.
    """
    begun = sorted(missed)
    thirds = [last for first, last in zip(begun, begun[PAUSE_AFTER - 1 :], strict=False) if last - first < PAUSE_WITHIN]
    if not thirds or (came_at is not None and came_at > thirds[-1]):
        return None
    return clock.day_bounds(clock.local(thirds[-1]).date() + timedelta(days=PAUSE_DAYS))[1]


def pause_refusal(until: datetime | None, *, at: datetime) -> Refusal | None:
    """Why somebody takes no place for now."""
    if until is None or at >= until:
        return None
    return refusal(
        N_("Three shifts were missed within 90 days, so signing up rests until others have had their turn. From "
           "%(day)s you are welcome again. If there was a reason, tell the organiser or the committee's office: then "
           "it counts no more."),
        day=clock.local(until).date(),
    )  # fmt: skip


def missed_refusal(state: str | None, *, on_file: bool) -> Refusal | None:
    """Why a missed shift is not excused, nor filed: nobody missed it, or it is on file already."""
    if state != "no-show":
        return refusal(N_("This person is not noted as missing from this shift. Look at the roster again."))
    if on_file:
        return refusal(N_("This missed shift is on file already. The committee's staff take it back on its page."))
    return None
