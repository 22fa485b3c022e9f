"""Rows: what stands in a table's row, read back as the words of the pipeline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from codeloop import codec
from codeloop.attempts import Attempt, Ending, Trajectory, Verdict
from codeloop.errors import StoreError
from codeloop.store.owner import Owner
from codeloop.store.schema import Run, RunStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """What a trajectory holds beside its attempts and verdicts, which have rows of their own."""

    language: str
    ending: Ending
    error: str
    has_visible_tests: bool
    n_attempts: int
    scored: tuple[bool, ...]


def trajectory_of(
    task_id: str,
    draw: int,
    end_text: str,
    attempts: Mapping[tuple[Any, ...], str],
    hidden: Mapping[tuple[Any, ...], str],
) -> Trajectory:
    """Put a trajectory together from its end and the texts of its attempts and verdicts. Raises StoreError."""
    end = codec.decode(End, end_text)
    try:
        attempt_texts = [attempts[task_id, draw, i] for i in range(end.n_attempts)]
        hidden_texts = [hidden[task_id, draw, i] if is_scored else None for i, is_scored in enumerate(end.scored)]
    except KeyError as exc:
        raise StoreError(
            f"{task_id} draw {draw} lacks an attempt or a hidden verdict of iteration {exc.args[0][2]}"
        ) from exc
    return Trajectory(
        task_id=task_id,
        language=end.language,
        draw=draw,
        ending=end.ending,
        attempts=tuple(codec.decode(Attempt, text) for text in attempt_texts),
        hidden=tuple(None if text is None else codec.decode(Verdict, text) for text in hidden_texts),
        error=end.error,
        has_visible_tests=end.has_visible_tests,
    )


def run_of(row: sa.RowMapping) -> Run:
    """Read a run. Raises StoreError."""
    try:
        status = RunStatus(row["status"])
    except ValueError as exc:
        raise StoreError(
            f"run {row['run_id']!r} has the unknown status {row['status']!r}: the store is damaged"
        ) from exc
    return Run(
        run_id=row["run_id"],
        status=status,
        created_s=row["created_s"],
        config=codec.decode_plain(row["config"]),
        owner=codec.decode(Owner, row["owner"]) if row["owner"] is not None else None,
    )
