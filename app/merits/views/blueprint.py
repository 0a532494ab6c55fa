"""The blueprint of merits."""

from flask import Blueprint

bp = Blueprint("merits", __name__)
