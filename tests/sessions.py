"""The client's side of ``session_server``, and what a run left behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from test_end_to_end import BENCH, CASSETTE

from codeloop.attempts import CallCounts, Trajectory
from codeloop.store import Run, RunStatus, Store, schema

TESTS = Path(__file__).parent
WORKERS = 4  # of ``Bench``: so many calls may be in flight at once
REPLAYED = (*BENCH, "--model", f"replay:{CASSETTE}", "--json")
KILLED = -9


def server_command(*arguments: str) -> list[str]:
    return [sys.executable, str(TESTS / "session_server.py"), *arguments]


def server_environment(folder: Path) -> dict[str, str]:
    """Let the server, whose own folder Python puts first, find this codeloop and no other."""
    return os.environ | {"PYTHONPATH": str(TESTS.parent), "CODELOOP_RUNS_DIR": str(folder)}


@dataclass(frozen=True, slots=True)
class SessionServer:
    """A running ``session_server``."""

    process: subprocess.Popen[str]

    def run(self, place: Place, *arguments: str, **when: Any) -> int:
        """Run one session in a place; give its exit status."""
        assert self.process.stdin
        assert self.process.stdout
        session = {"arguments": arguments, "folder": str(place.runs), "output": str(place.output), **when}
        self.process.stdin.write(json.dumps(session) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


@contextmanager
def serving(answers: Path) -> Iterator[SessionServer]:
    with subprocess.Popen(
        server_command("serve", str(answers)),
        env=server_environment(answers.parent),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        yield SessionServer(process)


@dataclass(slots=True)
class Place:
    """A folder in which one run is made, killed and gone on with."""

    folder: Path
    replies_before: frozenset[str] = frozenset()
    n_calls_before: int = 0
    disturbances: list[str] = field(default_factory=list)
    """What ended each session that did not end by itself."""

    @property
    def runs(self) -> Path:
        return self.folder / "runs"

    @property
    def output(self) -> Path:
        return self.folder / "output"

    @property
    def calls(self) -> list[str]:
        """Give the digests of the replies that the model gave, in order."""
        path = self.folder / "calls"
        return path.read_text().split() if path.exists() else []

    @contextmanager
    def store(self) -> Iterator[Store]:
        store = Store.open(self.runs / "codeloop.db")
        try:
            yield store
        finally:
            store.close()

    def run(self) -> Run | None:
        with self.store() as store:
            return next(iter(store.list_runs()), None)

    def is_finished(self) -> bool:
        run = self.run()
        return run is not None and run.status is RunStatus.FINISHED

    def session(self, server: SessionServer, **when: Any) -> int:
        """Begin the run or go on with it; whatever happens, no recorded call may have been made again."""
        arguments = ("resume", "--json") if self.run() else REPLAYED
        status = server.run(self, *arguments, **when)
        if status:
            self.disturbances.append(str(when))
        self.check_records()
        return status

    def check_records(self) -> None:
        """See that a session made no recorded call again, repeated at most one per worker, and that no attempt is lost."""
        new = self.calls[self.n_calls_before :]
        assert not self.replies_before & set(new), f"recorded calls were made again after {self.disturbances}"
        with self.store() as store, store._engine.begin() as connection:
            recorded = frozenset(connection.execute(sa.select(schema.replies.c.digest)).scalars())
            columns = (schema.attempts.c.task_id, schema.attempts.c.draw, schema.attempts.c.iteration)
            stored = {f"{task_id} {draw} {i}" for task_id, draw, i in connection.execute(sa.select(*columns))}
        noted = self.folder / "attempts"
        assert stored >= set(noted.read_text().splitlines() if noted.exists() else ())
        assert len(set(new) - recorded) <= WORKERS
        assert max(Counter(new).values(), default=1) == 1
        self.replies_before, self.n_calls_before = recorded, len(self.calls)

    def trajectories(self) -> tuple[Trajectory, ...]:
        run = self.run()
        assert run
        with self.store() as store:
            return store.trajectories(run.run_id)

    def counts(self) -> CallCounts:
        run = self.run()
        assert run
        with self.store() as store:
            return store.count_calls(run.run_id)

    def results(self) -> dict[str, Any]:
        run = self.run()
        assert run
        result: dict[str, Any] = json.loads((self.runs / "runs" / run.run_id / "results.json").read_text("utf-8"))
        return result

    def check_end(self, undisturbed: Place) -> CallCounts:
        """Compare with a run that nothing disturbed, and the store's count of calls with the model's own."""
        assert self.is_finished()
        assert self.trajectories() == undisturbed.trajectories(), self.disturbances
        counts, given = self.counts(), Counter(self.calls)
        assert set(given) == set(undisturbed.calls)
        assert counts.made - counts.lost - counts.failed == len(given) == len(self.replies_before)
        assert counts.repeated == counts.lost
        assert counts.lost <= WORKERS * len(self.disturbances)
        assert sum(given.values()) <= counts.made
        with self.store() as store, store._engine.begin() as connection:
            rows = connection.execute(sa.select(schema.calls.c.digest, schema.calls.c.outcome)).all()
        unanswered = Counter(digest for digest, outcome in rows if outcome not in ("ok", "from_store"))
        assert all(n <= 1 + unanswered[digest] for digest, n in given.items())
        assert self.results()["model_calls"] == {name: getattr(counts, name) for name in counts.__slots__}
        return counts
