"""Engine: how the database is opened, kept safe against a kill, brought up to date, and how its errors read."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from codeloop.errors import SchemaMismatch, StoreError

_BUSY_MS = 30_000  # a writer holds the lock for milliseconds; only a stuck one takes longer
_MIGRATION_LOCK = 0x636F6465  # any number that no one else takes for an advisory lock of the same database
_FULL = "the disk is full: free some space, then resume"
_REMEDIES = (
    ("disk is full", _FULL),
    ("no space left", _FULL),
    ("quota exceeded", _FULL),
    ("not a database", "is no SQLite database: name another file"),
    ("malformed", "is damaged: restore it or name another file"),
    ("locked", "another process keeps it locked: stop that one, then resume"),
    ("readonly", "cannot be written: check its permissions"),
    ("unable to open", "cannot be opened: check path and permissions"),
    # SQLite also says so when its shared memory file finds no room.
    ("connection refused", "the server does not answer: start it, or check host and port"),
    ("connection is bad", "the server cannot be reached: check host, port, user and database"),
    ("connection failed", "the server cannot be reached: check host, port, user and database"),
    ("connection is lost", "the server closed the connection: see that it runs, then resume"),
    ("server closed", "the server closed the connection: see that it runs, then resume"),
    ("terminating connection", "the server closed the connection: see that it runs, then resume"),
    ("disk i/o", "the disk is full or reports an input/output error: free some space or check the disk, then resume"),
)


def make_engine(place: str | Path) -> tuple[sa.Engine, str]:
    """Make the engine of a URL or path, and the name that messages use (no password). Raises StoreError."""
    if isinstance(place, Path) or "://" not in place:
        url, name = sa.URL.create("sqlite", database=str(place)), str(place)
    else:
        try:
            url = sa.make_url(place)
        except (SQLAlchemyError, ValueError) as exc:
            raise StoreError("the store's URL cannot be read: write dialect://user:password@host:port/name") from exc
        name = url.render_as_string(hide_password=True)
    with explain(name):
        if url.get_backend_name() == "sqlite":
            return _sqlite(url), name
        if url.drivername == "postgresql":  # SQLAlchemy's own default is psycopg2, which is not what the extra brings
            url = url.set(drivername="postgresql+psycopg")
        return sa.create_engine(url, pool_pre_ping=True, hide_parameters=True), name


def migrate(engine: sa.Engine, name: str) -> None:
    """Bring the schema up to date in one transaction. Raises SchemaMismatch if it is not one of ours."""
    config = Config()
    folder = Path(__file__).with_name("migrations")
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    scripts = ScriptDirectory.from_config(config)
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":  # SQLite's BEGIN IMMEDIATE holds off a second process already
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
        current = MigrationContext.configure(connection).get_current_revision()
        if current == scripts.get_current_head():
            return
        if current is not None and current not in {script.revision for script in scripts.walk_revisions()}:
            raise SchemaMismatch(f"store {name} has schema {current!r}, which this codeloop does not know: update it")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@contextmanager
def explain(name: str) -> Iterator[None]:
    """Turn what the database raises into a StoreError of one line."""
    try:
        yield
    except DBAPIError as exc:
        raise StoreError(f"store {name}: {_remedy(exc.orig or exc)}") from exc
    except ImportError as exc:
        driver = "pip install 'codeloop[postgres]'" if "psycopg" in str(exc) else "install the database's driver"
        raise StoreError(f"store {name}: {_one_line(exc)}: {driver}") from exc
    except (SQLAlchemyError, CommandError, sqlite3.Error, OSError, UnicodeError) as exc:
        raise StoreError(f"store {name}: {_remedy(exc)}") from exc


def _sqlite(url: sa.URL) -> sa.Engine:
    """Open one connection for all threads (the store has a lock), in autocommit: SQLAlchemy sends BEGIN itself."""
    if url.database and url.database != ":memory:" and not url.database.startswith("file:"):
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(
        url,
        poolclass=StaticPool,
        connect_args={"check_same_thread": False, "isolation_level": None},
        hide_parameters=True,
    )

    @sa.event.listens_for(engine, "connect")
    def _set_up(connection: sqlite3.Connection, _: object) -> None:
        connection.execute(f"PRAGMA busy_timeout={_BUSY_MS}")
        _switch_to_wal(connection)
        connection.execute("PRAGMA synchronous=FULL")  # a commit survives the power going, not only a kill
        connection.execute("PRAGMA foreign_keys=ON")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        # Taking the write lock later, after a read, would fail at once instead of waiting for another writer.
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """Set WAL; the switch ignores busy_timeout while another process makes the same new file."""
    deadline = time.monotonic() + _BUSY_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as exc:
            if "locked" not in str(exc) or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


def _remedy(exc: BaseException) -> str:
    text = _one_line(exc)
    return next((remedy for words, remedy in _REMEDIES if words in text.lower()), text)


def _one_line(exc: BaseException) -> str:
    return " ".join(str(exc).split())[:300] or type(exc).__name__
