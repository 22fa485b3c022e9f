"""Faults: where tests find them, and how often they are repaired, by kind; as rows for any writer, and as plain data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from codeloop.fault_check import JudgedFault, LeftOut
from codeloop.metrics import TOTAL, Estimate
from codeloop.repairs import Repairs
from codeloop.report.terminal import TableRows, estimate

NOTHING = "none"
"""The visible tests pass all the same: only hidden ones find the fault."""
NO_TESTS = "no tests"
_OTHER = "other"
_PLACES = ("compile", "wrong answer", "exception", "time-out", _OTHER, NOTHING, NO_TESTS)
_TIMEOUTS = ("timeout", "wall_timeout")
_REASONS = {LeftOut.PASSES: "passes", LeftOut.COMPILES: "compiles", LeftOut.ERRORED: "errored"}
_IF_ANY = frozenset({"errored", "compiles", _OTHER, NO_TESTS})
"""Columns that are left out where they are empty: all of them are too wide for a terminal."""


def found_rows(judged: Sequence[JudgedFault]) -> TableRows:
    """Count by kind: programs, those left out and why, and of the rest how the visible tests find them."""
    kinds = sorted({kind for item in judged for kind in item.kinds})
    counts = {kind: _counts([item for item in judged if kind in item.kinds]) for kind in kinds}
    counts[TOTAL] = _counts(judged)
    columns = [name for name in (*_REASONS.values(), *_PLACES) if name not in _IF_ANY or counts[TOTAL][name]]
    rows = [(kind, *(str(count[name] or "") for name in ("n", *columns))) for kind, count in counts.items()]
    title = "faulty programs: n; left out because the program passes (or compiles); where visible tests find the others"
    return title, ("kind of fault", "n", *columns), rows


def _counts(mine: Sequence[JudgedFault]) -> Counter[str]:
    counts = Counter(_REASONS[item.left_out] if item.left_out else place(item) for item in mine)
    counts["n"] = len(mine)
    return counts


def place(item: JudgedFault) -> str:
    """Name where the visible tests find a fault, as a column does; ``found`` tells it exactly."""
    if item.finding is None:
        return NO_TESTS if item.task.visible.is_empty else NOTHING
    stage, outcome = item.finding
    if stage == "compile":
        return stage
    outcome = "time-out" if outcome in _TIMEOUTS else outcome.replace("_", " ")
    return outcome if outcome in _PLACES else _OTHER


def found(judged: Sequence[JudgedFault]) -> list[dict[str, Any]]:
    """Give every program as plain data, without any text of it."""
    return [
        {
            "task_id": item.task.id,
            "faults": [{"kind": fault.kind, "line": fault.line} for fault in item.task.faults],
            "left_out": item.left_out.value if item.left_out else None,
            "visible": _verdict(item.finding, has_tests=not item.task.visible.is_empty),
            "hidden": {"stage": item.hidden.last.stage, "outcome": item.hidden.last.outcome},
        }
        for item in judged
    ]


def _verdict(finding: tuple[str, str] | None, *, has_tests: bool) -> dict[str, Any] | None:
    if finding is None:
        return {"stage": "test", "outcome": "ok"} if has_tests else None
    return {"stage": finding[0], "outcome": finding[1]}


def repair_rows(repairs: Sequence[Repairs]) -> TableRows:
    """Give one row for each kind: trajectories, and the share repaired after each iteration from 1 on (0 is 0 by choice)."""
    n_iterations = max((len(row.rates) for row in repairs), default=1)
    shown_from = min(1, n_iterations - 1)
    columns = ("kind of fault", "n", *(f"by iteration {i}" for i in range(shown_from, n_iterations)))
    rows = [(row.kind, str(_n(row.rates)), *(estimate(rate) for rate in row.rates[shown_from:])) for row in repairs]
    return "repairs by kind of fault, % [95 % interval]", columns, rows


def _n(rates: Sequence[Estimate]) -> int:
    return rates[-1].n_tasks if rates else 0
