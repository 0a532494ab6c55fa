"""Xiangyue (乡约): the house. This is the only place where its parts meet."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from flask import Flask
from flask_compress import Compress
from flask_login import LoginManager
from jinja2 import FileSystemBytecodeCache
from werkzeug.routing import IntegerConverter

from app.ballots import drawing
from app.config import INSTANCE, ROOT, Settings
from app.home import frame
from app.kit import access, bus, clock, errors, house, i18n, logs, pages, security, static, tries
from app.kit.connections import engine_options, prepare_engine
from app.kit.db import House, db
from app.kit.plain import PlainJson
from app.people import passwords
from app.people import session as people_session
from app.reactions import REACTIONS
from app.rooms import BLUEPRINTS


class RowId(IntegerConverter):
    """Ids in addresses stay within what a database can hold; a larger one is simply not there."""

    def __init__(self, map, *args, **kwargs) -> None:  # type: ignore[no-untyped-def]
        super().__init__(map, max=2**31 - 1)


def create_app(settings: Settings | None = None) -> Flask:
    """Put the house together for one set of settings. Raises `BadSettings` when it must not start like this."""
    settings = settings or Settings.from_environment(os.environ)
    settings.check()
    logs.set_up()
    clock.set_zone(settings.timezone)
    app = House(__name__, instance_path=str(INSTANCE), template_folder=str(ROOT / "templates"), static_folder=None)
    app.config["SETTINGS"] = settings
    app.url_map.converters["int"] = RowId
    app.json = PlainJson(app)
    _prepare_templates(app)
    _open_database(app, settings)
    logs.init_app(app)
    security.init_app(app, settings)
    _open_doors(app)
    i18n.init_app(app, [str(folder) for folder in sorted((ROOT / "app").glob("*/translations"))])
    drawing.init_app(app)
    pages.init_app(app)
    errors.init_app(app)
    for blueprint in (house.bp, *BLUEPRINTS):
        app.register_blueprint(blueprint)
    tries.init_app(app)
    access.init_app(app)
    frame.init_app(app)
    bus.listen(REACTIONS)
    passwords.set_cost(memory=settings.password_memory, rounds=settings.password_rounds)
    Compress(app)
    static.init_app(app, ROOT / "static", ROOT / "build" / "static", over_tls=settings.over_tls)
    return app


def _prepare_templates(app: Flask) -> None:
    """Templates are compiled once for all workers and starts: the compiler leaves 4 MB behind in each that runs it."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    compiled = ROOT / "build" / "templates"
    compiled.mkdir(mode=0o700, parents=True, exist_ok=True)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(compiled))


def _open_database(app: Flask, settings: Settings) -> None:
    if settings.database_url.startswith("sqlite:///"):
        Path(settings.database_url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(
        settings.database_url, lock_wait_seconds=settings.lock_wait_seconds
    )
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)


def _open_doors(app: Flask) -> None:
    app.config["PERMANENT_SESSION_LIFETIME"] = timedelta(days=14)
    manager = LoginManager(app)
    people_session.init_app(manager)
