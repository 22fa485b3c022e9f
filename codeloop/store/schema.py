"""Schema: the tables as they are now. ``migrations`` brings an older file here; a test holds the two together."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Float, ForeignKey, Integer, MetaData, String, Table, Text, TypeDecorator
from sqlalchemy.engine import Dialect

from codeloop.errors import StoreError
from codeloop.store.owner import Owner


class RunStatus(StrEnum):
    """How far a run has come."""

    NEW = "new"
    RUNNING = "running"
    """Claimed by a process; if that is gone, the run was killed."""
    FINISHED = "finished"
    """Every trajectory has ended and the report was written."""
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run as stored. ``config`` went through JSON: its tuples are lists."""

    run_id: str
    status: RunStatus
    created_s: float
    """Seconds since the epoch."""
    config: dict[str, Any] = field(default_factory=dict)
    owner: Owner | None = None

    @property
    def is_resumable(self) -> bool:
        """Say whether the run is unfinished and no living process is at it."""
        return self.status is not RunStatus.FINISHED and not (self.owner and self.owner.is_alive)


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """A run to compare with, under a name. It stands by itself: its run may be gone, or never have been here."""

    name: str
    run_id: str
    created_s: float
    """When it was set or imported, seconds since the epoch."""
    data: str
    """The text of its file."""


class Name(TypeDecorator[str]):
    """A text key, ASCII on disk with JSON's escapes: no driver takes a lone surrogate, and PostgreSQL takes no NUL."""

    impl = String(255)
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Escape."""
        return None if value is None else json.dumps(value)[1:-1]

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Read the escapes."""
        if value is None:
            return None
        try:
            return str(json.loads(f'"{value}"'))
        except ValueError as exc:
            raise StoreError(f"the store is damaged: a name in it is no JSON text: {value[:80]!r}") from exc


metadata = MetaData()

runs = Table(
    "runs",
    metadata,
    Column("number", Integer, primary_key=True),  # the order in which runs were made
    Column("run_id", Name, nullable=False, unique=True),
    Column("status", Name, nullable=False),
    Column("created_s", Float, nullable=False),
    Column("config", Text, nullable=False),
    Column("owner", Text),
)


def _of_run(*, primary_key: bool) -> Column[str]:
    return Column("run_id", Name, ForeignKey("runs.run_id"), primary_key=primary_key, nullable=False)


def _per_draw(name: str, *columns: Column[Any]) -> Table:
    return Table(
        name,
        metadata,
        _of_run(primary_key=True),
        Column("task_id", Name, primary_key=True),
        Column("draw", Integer, primary_key=True, autoincrement=False),
        *columns,
        Column("data", Text, nullable=False),
    )


attempts = _per_draw("attempts", Column("iteration", Integer, primary_key=True, autoincrement=False))
hidden = _per_draw("hidden", Column("iteration", Integer, primary_key=True, autoincrement=False))
trajectories = _per_draw("trajectories")
growths = _per_draw("growths")

replies = Table(
    "replies",
    metadata,
    Column("digest", String(64), primary_key=True),  # of model identity and prompt digest: identities may be long
    Column("model_identity", Text, nullable=False),  # JSON text, for people
    Column("data", Text, nullable=False),
)

calls = Table(
    "calls",
    metadata,
    Column("call_id", Integer, primary_key=True),
    _of_run(primary_key=False),
    Column("digest", String(64), nullable=False),
    Column("began_s", Float, nullable=False),
    Column("ended_s", Float),  # NULL: in flight, or the process was killed
    Column("outcome", Name),
)

baselines = Table(
    "baselines",
    metadata,
    Column("name", Name, primary_key=True),
    Column("run_id", Name, nullable=False),  # no foreign key: a baseline outlives its run
    Column("created_s", Float, nullable=False),
    Column("data", Text, nullable=False),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("number", Integer, primary_key=True),  # the order of the tries
    Column("delivery", String(64), nullable=False),
    Column("event", Name, nullable=False),
    Column("began_s", Float, nullable=False),
    Column("data", Text, nullable=False),
)

watch_points = Table(
    "watch_points",
    metadata,
    Column("number", Integer, primary_key=True),  # the order of a series
    Column("run_id", Name, ForeignKey("runs.run_id"), nullable=False, unique=True),  # a run gives at most one point
    Column("series", String(64), nullable=False),  # a hash: names may be long
    Column("data", Text, nullable=False),
)
