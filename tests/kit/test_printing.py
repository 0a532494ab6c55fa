"""Papers are set apart from those who serve pages, and what cannot be set is told."""

from __future__ import annotations

import pytest

from app.kit import apart, printing
from app.kit.refusal import Refused

FORM = "points/passbook.typ"


def test_who_waits_too_long_for_a_paper_is_asked_to_come_again() -> None:
    with pytest.raises(Refused) as refused:
        printing.pdf(FORM, {}, seconds=0.01)

    assert refused.value.refusal.status == 503
    assert "in a minute" in refused.value.refusal.text


def test_a_paper_that_says_nothing_its_form_asks_for_is_a_mistake_of_ours() -> None:
    with pytest.raises(apart.Failed) as failed:
        printing.pdf(FORM, {})

    assert failed.value.reason == "broke"
