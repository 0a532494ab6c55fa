"""Fixtures for tests of the ledger."""

from __future__ import annotations

import pytest
from flask import Flask

from app.people.models import Resident
from tests.makers import a_household, a_resident, a_street


@pytest.fixture
def home(context: Flask) -> Resident:
    """Somebody of a household that has nothing yet, inside a transaction that nobody keeps."""
    return a_resident(a_household(a_street().group))
