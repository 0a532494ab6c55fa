"""The blueprint of the ledger."""

from flask import Blueprint

bp = Blueprint("points", __name__)
