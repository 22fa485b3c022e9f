"""Events: what is told to others, as JSON, and what became of each try to tell it. Pure.

A body leaves the house: figures, names and fixed sentences, no text of a task, prompt, answer or program.
``schemas/webhook-1.json`` says what every field is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

FORMAT = "codeloop-webhook-1"
_MOST_ROWS, _LONGEST = 50, 300
"""Rows of each kind, and characters of a text: receivers refuse large bodies."""


class EventName(StrEnum):
    """What happened."""

    RUN_FINISHED = "run_finished"
    GATE_FAILED = "gate_failed"
    DRIFT_FOUND = "drift_found"
    PING = "ping"
    """Nothing did: ``codeloop webhooks test``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFigures:
    """A run in figures; ``None``: unknown, or there is none."""

    run: str
    """Its id."""
    suite: str
    model: str
    prompt: str = ""
    """The version of the user's own first prompt; empty: codeloop's."""
    n_tasks: int = 0
    n_draws: int = 0
    """Trajectories in all."""
    n_errored: int = 0
    pass_at_1: float | None = None
    low: float | None = None
    high: float | None = None
    """The 95 % interval."""
    cost_usd: float | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GateLine:
    """What came of a gate."""

    gate: str
    outcome: str
    """In the words of ``gates.Outcome``."""
    why: str
    run: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftLine:
    """A series in which something changed."""

    suite: str
    model: str
    prompt: str
    run: str
    """The run that showed it."""
    kind: str
    """``pass_rate``, or ``version``: the provider names another model."""
    why: str
    direction: str = ""
    """``down`` or ``up``; empty of a version."""
    evidence: float | None = None
    """The e-value: no drift would reach it at most once in so many series."""
    since: str = ""
    """Run that it most probably began with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that others asked to be told of."""

    name: EventName
    created_s: float
    """Seconds since the epoch."""
    codeloop: str
    """Version."""
    outcome: str = ""
    """Of the whole command: ``passed``, ``failed``, ``cannot tell``…"""
    runs: tuple[RunFigures, ...] = ()
    gates: tuple[GateLine, ...] = ()
    drift: tuple[DriftLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """One try to deliver an event to one address, as it stands in the log."""

    delivery: str
    """Id, the same over all tries: by it a receiver drops doubles."""
    event: str
    url: str
    """As ``urls.shown`` gives it."""
    number: int
    """From 1."""
    began_s: float
    took_s: float
    status: int | None = None
    """Of HTTP; ``None``: there was no answer."""
    error: str = ""
    """One line; empty where the event was delivered."""


def body(event: Event, redacted: Callable[[str], str] = str) -> bytes:
    """Give the bytes to sign and send, every text cut and passed through ``redacted``."""

    def clean(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        text = redacted(value)
        return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"

    def rows(items: Sequence[Any]) -> list[dict[str, Any]]:
        return [{key: clean(value) for key, value in asdict(item).items()} for item in items[:_MOST_ROWS]]

    groups = {"runs": event.runs, "gates": event.gates, "drift": event.drift}
    data = {
        "format": FORMAT,
        "event": event.name.value,
        "created": datetime.fromtimestamp(event.created_s, UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "codeloop": clean(event.codeloop),
        "outcome": clean(event.outcome),
        **{name: rows(items) for name, items in groups.items()},
        "n_left_out": sum(max(0, len(items) - _MOST_ROWS) for items in groups.values()),
    }
    return json.dumps(data, ensure_ascii=True, allow_nan=False).encode("ascii")
