"""The blueprint that the routes of this room share."""

from flask import Blueprint

bp = Blueprint("home", __name__)
