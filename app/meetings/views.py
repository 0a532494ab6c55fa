"""Pages of meetings."""

from __future__ import annotations

from flask import Blueprint

from app.meetings import models as models

bp = Blueprint("meetings", __name__)
