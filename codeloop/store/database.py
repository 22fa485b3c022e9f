"""Database: the store's one class. Sync and thread-safe; async callers wrap calls with threads."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from codeloop.attempts import Attempt, Completion, Ending, Prompt, Trajectory, Verdict
from codeloop.errors import StoreError, StoreLocked, UnknownName
from codeloop.store import codec, schema
from codeloop.store.engine import explain, make_engine, migrate
from codeloop.store.owner import Owner, this_process
from codeloop.store.schema import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class _End:
    """What a trajectory holds beside its attempts and verdicts, which have rows of their own."""

    language: str
    ending: Ending
    error: str
    has_visible_tests: bool
    n_attempts: int
    scored: tuple[bool, ...]


class Store:
    """Runs, replies, attempts and verdicts in one database; every ``record_*`` is committed when it returns.

    Every method raises StoreError, in one line, for what the database cannot do.
    """

    def __init__(self, engine: sa.Engine, name: str) -> None:
        self._engine, self._name = engine, name
        self._lock = threading.RLock()

    @classmethod
    def open(cls, place: str | Path) -> Store:
        """Open a SQLAlchemy URL or the path of a SQLite file, made with its folder if missing, and migrate it.

        Raises SchemaMismatch for a database of a newer codeloop, StoreError for what is no database.
        """
        engine, name = make_engine(place)
        try:
            with explain(name):
                migrate(engine, name)
        except StoreError:
            engine.dispose()
            raise
        return cls(engine, name)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections; closing again does nothing."""
        with self._lock:
            self._engine.dispose()

    # Runs

    def new_run(self, run_id: str, config: Mapping[str, Any], owner: Owner | None = None) -> None:
        """Make a run, claimed by ``owner`` if given. Raises StoreError if the id exists."""
        row = {
            "run_id": run_id,
            "status": "new",
            "created_s": time.time(),
            "config": codec.encode(dict(config)),
            "owner": codec.encode(owner) if owner else None,
        }
        if not self._insert(schema.runs, row):
            raise StoreError(f"store {self._name} already holds a run {run_id!r}")

    def load_run(self, run_id: str) -> Run:
        """Give a run. Raises StoreError if there is none of that id."""
        with self._transaction() as connection:
            return self._run(connection, run_id)

    def list_runs(self) -> tuple[Run, ...]:
        """Give all runs, the oldest first."""
        with self._transaction() as connection:
            rows = connection.execute(sa.select(schema.runs).order_by(schema.runs.c.number)).mappings().all()
        return tuple(_run_of(row) for row in rows)

    def find_run(self, run_id: str | None) -> Run:
        """Give the run of that id, or the newest. Raises UnknownName, which lists the known ones."""
        known = self.list_runs()
        found = [run for run in known if run.run_id == run_id] if run_id else list(known[-1:])
        if not found:
            raise UnknownName("run", run_id or "(none yet)", [run.run_id for run in reversed(known)])
        return found[0]

    def note_facts(self, run_id: str, facts: Mapping[str, Any]) -> None:
        """Add to what a run noted of itself, under ``facts`` of its config; a later value takes an earlier one's place."""
        with self._transaction() as connection:
            config = dict(self._run(connection, run_id, is_for_update=True).config)
            config["facts"] = {**config.get("facts", {}), **facts}
            connection.execute(_where_run(run_id).values(config=codec.encode(config)))

    def set_run_status(self, run_id: str, status: str) -> None:
        """Set a run's status word."""
        self._update_run(run_id, status=status)

    def claim(self, run_id: str) -> None:
        """Make this process the run's owner; claiming again does nothing.

        A dead owner's claim is taken over. Raises StoreLocked if the owner is another process that lives.
        """
        me = this_process()
        with self._transaction() as connection:
            owner = self._run(connection, run_id, is_for_update=True).owner
            if owner and owner != me and owner.is_alive:
                raise StoreLocked(f"run {run_id} belongs to process {owner.pid}, which still runs: wait or stop it")
            connection.execute(_where_run(run_id).values(owner=codec.encode(me)))

    def release(self, run_id: str) -> None:
        """Give up this process's claim; does nothing if the run is another's or unknown."""
        mine = codec.encode(this_process())
        with self._transaction() as connection:
            connection.execute(_where_run(run_id).where(schema.runs.c.owner == mine).values(owner=None))

    # Model calls

    def reply(self, model_identity: str, prompt: Prompt) -> Completion | None:
        """Give the recorded reply, marked as cached, of any run; ``None`` if there is none."""
        table, key = schema.replies, _reply_digest(model_identity, prompt)
        with self._transaction() as connection:
            text = connection.execute(sa.select(table.c.data).where(table.c.digest == key)).scalar()
        return replace(codec.decode(Completion, text), is_cached=True) if text is not None else None

    def record_reply(self, model_identity: str, prompt: Prompt, completion: Completion) -> None:
        """Record a paid reply at once. The first one of a key stays: attempts may already rest on it."""
        row = {
            "digest": _reply_digest(model_identity, prompt),
            "model_identity": codec.encode(model_identity),
            "data": codec.encode(completion),
        }
        self._insert(schema.replies, row)

    def count_replies(self) -> int:
        """Count the recorded replies of all runs and models."""
        with self._transaction() as connection:
            return int(connection.execute(sa.select(sa.func.count()).select_from(schema.replies)).scalar_one())

    def begin_call(self, run_id: str, model_identity: str, prompt: Prompt) -> int:
        """Note that a prompt is about to be sent; give the id for ``end_call``."""
        digest = _reply_digest(model_identity, prompt)
        with self._transaction() as connection:
            self._run(connection, run_id)
            insert = sa.insert(schema.calls).values(run_id=run_id, digest=digest, began_s=time.time())
            key = connection.execute(insert).inserted_primary_key
        assert key is not None  # noqa: S101 - an insert of one row always has one
        return int(key[0])

    def end_call(self, call_id: int, outcome: str = "ok") -> None:
        """Note that a call came back, with a reply or an error."""
        table = schema.calls
        with self._transaction() as connection:
            update = sa.update(table).where(table.c.call_id == call_id)
            connection.execute(update.values(ended_s=time.time(), outcome=outcome))

    def count_calls(self, run_id: str) -> tuple[int, int]:
        """Count (all, in flight) calls. In flight after a kill: sent, maybe paid, and the answer lost."""
        table = schema.calls
        query = sa.select(sa.func.count(), sa.func.count(table.c.ended_s)).where(table.c.run_id == run_id)
        with self._transaction() as connection:
            total, ended = connection.execute(query).one()
        return int(total), int(total) - int(ended)

    # Trajectories

    def record_attempt(self, run_id: str, task_id: str, draw: int, attempt: Attempt) -> None:
        """Record an attempt; the same one again does nothing. Raises StoreError if another one stands there."""
        key = {"run_id": run_id, "task_id": task_id, "draw": draw, "iteration": attempt.iteration}
        with self._transaction() as connection:
            self._put_attempt(connection, key, attempt)

    def record_hidden(self, run_id: str, task_id: str, draw: int, iteration: int, verdict: Verdict) -> None:
        """Record the hidden verdict of an attempt; a later one takes the place of an earlier one."""
        key = {"run_id": run_id, "task_id": task_id, "draw": draw, "iteration": iteration}
        with self._transaction() as connection:
            self._run(connection, run_id)
            _put(connection, schema.hidden, key, codec.encode(verdict))

    def end_trajectory(self, run_id: str, trajectory: Trajectory) -> None:
        """Record a trajectory's end with any attempt or verdict not yet recorded, all or nothing.

        Ending again takes the place of an earlier end: an errored trajectory may be gone on with.
        """
        key = {"run_id": run_id, "task_id": trajectory.task_id, "draw": trajectory.draw}
        end = _End(
            language=trajectory.language,
            ending=trajectory.ending,
            error=trajectory.error,
            has_visible_tests=trajectory.has_visible_tests,
            n_attempts=len(trajectory.attempts),
            scored=tuple(verdict is not None for verdict in trajectory.hidden),
        )
        with self._transaction() as connection:
            self._run(connection, run_id)
            for attempt in trajectory.attempts:
                self._put_attempt(connection, {**key, "iteration": attempt.iteration}, attempt)
            for iteration, verdict in enumerate(trajectory.hidden):
                if verdict is not None:
                    _put(connection, schema.hidden, {**key, "iteration": iteration}, codec.encode(verdict))
            _put(connection, schema.trajectories, key, codec.encode(end))

    def trajectories(self, run_id: str) -> tuple[Trajectory, ...]:
        """Give the ended trajectories, by task id and draw, equal to what ``end_trajectory`` was given."""
        with self._transaction() as connection:
            ends = _rows(connection, schema.trajectories, run_id)
            attempts = _rows(connection, schema.attempts, run_id)
            hidden = _rows(connection, schema.hidden, run_id)
        return tuple(_trajectory(key[0], key[1], ends[key], attempts, hidden) for key in ends)

    def attempts(self, run_id: str, task_id: str, draw: int) -> tuple[Attempt, ...]:
        """Give the recorded attempts 0, 1, 2… of one draw, up to the first gap."""
        with self._transaction() as connection:
            rows = _rows(connection, schema.attempts, run_id, task_id=task_id, draw=draw)
        found: list[Attempt] = []
        while (task_id, draw, len(found)) in rows:
            found.append(codec.decode(Attempt, rows[task_id, draw, len(found)]))
        return tuple(found)

    # Inside

    @contextmanager
    def _transaction(self) -> Iterator[sa.Connection]:
        with self._lock, explain(self._name), self._engine.begin() as connection:
            yield connection

    def _insert(self, table: sa.Table, row: Mapping[str, Any]) -> bool:
        """Insert a row; ``False`` if its key is taken. The database decides: two processes may try at once."""
        with self._lock, explain(self._name):
            try:
                with self._engine.begin() as connection:
                    connection.execute(sa.insert(table).values(**row))
            except IntegrityError:
                return False
        return True

    def _run(self, connection: sa.Connection, run_id: str, *, is_for_update: bool = False) -> Run:
        query = sa.select(schema.runs).where(schema.runs.c.run_id == run_id)
        row = connection.execute(query.with_for_update() if is_for_update else query).mappings().first()
        if row is None:
            raise StoreError(f"store {self._name} holds no run {run_id!r}")
        return _run_of(row)

    def _update_run(self, run_id: str, **values: str) -> None:
        with self._transaction() as connection:
            self._run(connection, run_id)
            connection.execute(_where_run(run_id).values(**values))

    def _put_attempt(self, connection: sa.Connection, key: Mapping[str, Any], attempt: Attempt) -> None:
        self._run(connection, key["run_id"])
        text, table = codec.encode(attempt), schema.attempts
        known = connection.execute(sa.select(table.c.data).where(*_equal(table, key))).scalar()
        if known is None:
            connection.execute(sa.insert(table).values(**key, data=text))
        elif known != text:
            raise StoreError(f"attempt {key['iteration']} of {key['task_id']} draw {key['draw']} is recorded otherwise")


def _equal(table: sa.Table, key: Mapping[str, Any]) -> list[sa.ColumnElement[bool]]:
    return [table.c[name] == value for name, value in key.items()]


def _put(connection: sa.Connection, table: sa.Table, key: Mapping[str, Any], data: str) -> None:
    connection.execute(sa.delete(table).where(*_equal(table, key)))
    connection.execute(sa.insert(table).values(**key, data=data))


def _rows(connection: sa.Connection, table: sa.Table, run_id: str, **key: str | int) -> dict[tuple[Any, ...], str]:
    """Give key without run id → data, in the key's order."""
    names = [column for column in table.primary_key.columns if column.name != "run_id"]
    query = sa.select(*names, table.c.data).where(*_equal(table, {"run_id": run_id, **key})).order_by(*names)
    return {tuple(row[:-1]): row[-1] for row in connection.execute(query)}


def _trajectory(
    task_id: str,
    draw: int,
    end_text: str,
    attempts: Mapping[tuple[Any, ...], str],
    hidden: Mapping[tuple[Any, ...], str],
) -> Trajectory:
    end = codec.decode(_End, end_text)
    return Trajectory(
        task_id=task_id,
        language=end.language,
        draw=draw,
        ending=end.ending,
        attempts=tuple(codec.decode(Attempt, attempts[task_id, draw, i]) for i in range(end.n_attempts)),
        hidden=tuple(
            codec.decode(Verdict, hidden[task_id, draw, i]) if is_scored else None
            for i, is_scored in enumerate(end.scored)
        ),
        error=end.error,
        has_visible_tests=end.has_visible_tests,
    )


def _run_of(row: sa.RowMapping) -> Run:
    return Run(
        run_id=row["run_id"],
        status=row["status"],
        created_s=row["created_s"],
        config=codec.decode_plain(row["config"]),
        owner=codec.decode(Owner, row["owner"]) if row["owner"] else None,
    )


def _where_run(run_id: str) -> sa.Update:
    return sa.update(schema.runs).where(schema.runs.c.run_id == run_id)


def _reply_digest(model_identity: str, prompt: Prompt) -> str:
    """Hash model and prompt; draw and iteration are in the prompt's digest, so draws stay independent."""
    return hashlib.sha256(f"{model_identity}\x00{prompt.digest}".encode("utf-8", "surrogatepass")).hexdigest()
