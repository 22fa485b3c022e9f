"""Database: the store's one class. Sync and thread-safe; async callers wrap calls with threads."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from codeloop import codec
from codeloop.attempts import Attempt, CallCounts, Completion, Prompt, Trajectory, Verdict
from codeloop.drift import Point
from codeloop.errors import StoreError, StoreLocked, UnknownName
from codeloop.events import Try
from codeloop.store import schema
from codeloop.store.engine import explain, make_engine, migrate
from codeloop.store.owner import Owner, this_process
from codeloop.store.rows import End, run_of, trajectory_of
from codeloop.store.schema import Baseline, Run, RunStatus
from codeloop.testgen.results import Growth

# Outcomes of a row in ``calls``; none at all: in flight, or the process was killed.
_OK, _FROM_STORE, _CANCELLED = "ok", "from_store", "cancelled"

_T = TypeVar("_T")


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
            "status": RunStatus.NEW,
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
        with self._reading():
            return tuple(run_of(row) for row in rows)

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

    def claim(self, run_id: str) -> None:
        """Make this process the run's owner and the run ``running``; claiming again does nothing.

        A dead owner's claim is taken over. Raises StoreLocked if the owner is another process that lives.
        """
        me = this_process()
        with self._transaction() as connection:
            owner = self._run(connection, run_id, is_for_update=True).owner
            if owner and owner != me and owner.is_alive:
                raise StoreLocked(f"run {run_id} belongs to process {owner.pid}, which still runs: wait or stop it")
            connection.execute(_where_run(run_id).values(owner=codec.encode(me), status=RunStatus.RUNNING))

    def release(self, run_id: str, status: RunStatus) -> None:
        """Give up this process's claim and say how the run stands; does nothing if it is another's or unknown."""
        mine = codec.encode(this_process())
        with self._transaction() as connection:
            is_mine = schema.runs.c.owner == mine
            connection.execute(_where_run(run_id).where(is_mine).values(owner=None, status=status))

    # Model calls

    def reply(self, model_identity: str, prompt: Prompt) -> Completion | None:
        """Give the recorded reply, marked as cached, of any run; ``None`` if there is none."""
        table, key = schema.replies, _reply_digest(model_identity, prompt)
        with self._transaction() as connection:
            text = connection.execute(sa.select(table.c.data).where(table.c.digest == key)).scalar()
        with self._reading():
            return replace(codec.decode(Completion, text), is_cached=True) if text is not None else None

    def record_reply(
        self, model_identity: str, prompt: Prompt, completion: Completion, call_id: int | None = None
    ) -> None:
        """Record a paid reply at once, and that its call came back. The first one of a key stays: attempts may rest on it.

        One transaction: a kill leaves the call open exactly when its reply is lost.
        """
        row = {
            "digest": _reply_digest(model_identity, prompt),
            "model_identity": codec.encode(model_identity),
            "data": codec.encode(completion),
        }
        with self._transaction() as connection:
            _insert_first(connection, schema.replies, row)
            if call_id is not None:
                _end_call(connection, call_id, _OK)

    def count_replies(self) -> int:
        """Count the recorded replies of all runs and models."""
        with self._transaction() as connection:
            return int(connection.execute(sa.select(sa.func.count()).select_from(schema.replies)).scalar_one())

    def begin_call(self, run_id: str, model_identity: str, prompt: Prompt) -> int:
        """Note that a prompt is about to be sent; give the id for ``end_call``."""
        return self._add_call(run_id, model_identity, prompt)

    def note_answer_from_store(self, run_id: str, model_identity: str, prompt: Prompt) -> None:
        """Note that a recorded reply took the place of a call."""
        self._add_call(run_id, model_identity, prompt, ended_s=time.time(), outcome=_FROM_STORE)

    def fail_call(self, call_id: int, error: BaseException | None) -> None:
        """Note that a call came back with an error, or (``None``) was cancelled: it counts as lost then."""
        outcome = _CANCELLED if error is None else f"error {type(error).__name__}"
        with self._transaction() as connection:
            _end_call(connection, call_id, outcome)

    def count_calls(self, run_id: str) -> CallCounts:
        """Count a run's calls. One in flight counts as lost: ask when the run has stopped."""
        table = schema.calls
        columns = (table.c.digest, table.c.outcome)
        query = sa.select(*columns).where(table.c.run_id == run_id).order_by(table.c.call_id)
        with self._transaction() as connection:
            rows = [(str(digest), outcome) for digest, outcome in connection.execute(query)]
        return _counts(rows)

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
        end = End(
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
        with self._reading():
            return tuple(trajectory_of(key[0], key[1], ends[key], attempts, hidden) for key in ends)

    def attempts(self, run_id: str, task_id: str, draw: int) -> tuple[Attempt, ...]:
        """Give the recorded attempts 0, 1, 2… of one draw, up to the first gap."""
        with self._transaction() as connection:
            rows = _rows(connection, schema.attempts, run_id, task_id=task_id, draw=draw)
        found: list[Attempt] = []
        while (task_id, draw, len(found)) in rows:
            with self._reading():
                found.append(codec.decode(Attempt, rows[task_id, draw, len(found)]))
        return tuple(found)

    def record_growth(self, run_id: str, growth: Growth) -> None:
        """Record the grown tests of one draw; a later growth takes the place of an earlier one."""
        key = {"run_id": run_id, "task_id": growth.task_id, "draw": growth.draw}
        with self._transaction() as connection:
            self._run(connection, run_id)
            _put(connection, schema.growths, key, codec.encode(growth))

    def growths(self, run_id: str) -> tuple[Growth, ...]:
        """Give the grown tests of a run, by task id and draw, equal to what ``record_growth`` was given."""
        with self._transaction() as connection:
            rows = _rows(connection, schema.growths, run_id)
        with self._reading():
            return tuple(codec.decode(Growth, text) for text in rows.values())

    # Baselines

    def set_baseline(self, name: str, run_id: str, data: str) -> None:
        """Keep the text of a baseline's file under a name; a later one takes the place of an earlier one."""
        row = {"run_id": run_id, "created_s": time.time()}
        with self._transaction() as connection:
            _put(connection, schema.baselines, {"name": name}, data, row)

    def baseline(self, name: str) -> Baseline | None:
        """Give the baseline of that name; ``None`` if there is none."""
        return next((found for found in self.list_baselines() if found.name == name), None)

    def list_baselines(self) -> tuple[Baseline, ...]:
        """Give all baselines, by name."""
        with self._transaction() as connection:
            rows = connection.execute(sa.select(schema.baselines)).mappings().all()
        with self._reading():
            return tuple(sorted((Baseline(**row) for row in rows), key=lambda found: found.name))

    # Webhooks

    def record_try(self, tried: Try) -> None:
        """Record a try to deliver an event."""
        names = {"delivery": tried.delivery, "event": tried.event, "began_s": tried.began_s}
        self._insert(schema.deliveries, {**names, "data": codec.encode(tried)})

    def tries(self, limit: int | None = None) -> tuple[Try, ...]:
        """Give the newest tries, all of them without a limit, the oldest first."""
        table = schema.deliveries
        query = sa.select(table.c.data).order_by(table.c.number.desc()).limit(limit)
        return self._decoded(Try, query)[::-1]

    # Drift watches

    def record_point(self, series: str, point: Point) -> bool:
        """Record what a run adds to a series; ``False`` if the run has given a point before: that one stays."""
        row = {"run_id": point.run_id, "series": series, "data": codec.encode(point)}
        with self._transaction() as connection:
            self._run(connection, point.run_id)
            return _insert_first(connection, schema.watch_points, row)

    def points(self, series: str) -> tuple[Point, ...]:
        """Give a series, the oldest point first."""
        table = schema.watch_points
        query = sa.select(table.c.data).where(table.c.series == series).order_by(table.c.number)
        return self._decoded(Point, query)

    # Inside

    @contextmanager
    def _transaction(self) -> Iterator[sa.Connection]:
        with self._lock, explain(self._name), self._engine.begin() as connection:
            yield connection

    def _decoded(self, kind: type[_T], query: sa.Select[Any]) -> tuple[_T, ...]:
        with self._transaction() as connection:
            texts = connection.execute(query).scalars().all()
        with self._reading():
            return tuple(codec.decode(kind, text) for text in texts)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Name the store when what it holds cannot be read back."""
        try:
            yield
        except StoreError as exc:
            raise StoreError(f"store {self._name} is damaged: {exc}: restore it or name another file") from exc

    def _add_call(self, run_id: str, model_identity: str, prompt: Prompt, **values: Any) -> int:
        row = {"run_id": run_id, "digest": _reply_digest(model_identity, prompt), "began_s": time.time(), **values}
        with self._transaction() as connection:
            self._run(connection, run_id)
            key = connection.execute(sa.insert(schema.calls).values(**row)).inserted_primary_key
        assert key is not None  # noqa: S101 - an insert of one row always has one
        return int(key[0])

    def _insert(self, table: sa.Table, row: Mapping[str, Any]) -> bool:
        """Insert a row; ``False`` if its key is taken. The database decides: two processes may try at once."""
        with self._transaction() as connection:
            return _insert_first(connection, table, row)

    def _run(self, connection: sa.Connection, run_id: str, *, is_for_update: bool = False) -> Run:
        query = sa.select(schema.runs).where(schema.runs.c.run_id == run_id)
        row = connection.execute(query.with_for_update() if is_for_update else query).mappings().first()
        if row is None:
            raise StoreError(f"store {self._name} holds no run {run_id!r}")
        with self._reading():
            return run_of(row)

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


def _put(
    connection: sa.Connection, table: sa.Table, key: Mapping[str, Any], data: str, row: Mapping[str, Any] | None = None
) -> None:
    connection.execute(sa.delete(table).where(*_equal(table, key)))
    connection.execute(sa.insert(table).values(**key, data=data, **(row or {})))


def _insert_first(connection: sa.Connection, table: sa.Table, row: Mapping[str, Any]) -> bool:
    try:
        with connection.begin_nested():  # a refused row must not take the rest of the transaction with it
            connection.execute(sa.insert(table).values(**row))
    except IntegrityError:
        return False
    return True


def _end_call(connection: sa.Connection, call_id: int, outcome: str) -> None:
    update = sa.update(schema.calls).where(schema.calls.c.call_id == call_id)
    connection.execute(update.values(ended_s=time.time(), outcome=outcome))


def _counts(rows: Sequence[tuple[str, str | None]]) -> CallCounts:
    """Count from (digest, outcome) in the order of the calls."""
    sent = [(digest, outcome) for digest, outcome in rows if outcome != _FROM_STORE]
    lost = [(index, digest) for index, (digest, outcome) in enumerate(sent) if outcome in (None, _CANCELLED)]
    last = {digest: index for index, (digest, _) in enumerate(sent)}
    return CallCounts(
        made=len(sent),
        from_store=len(rows) - len(sent),
        failed=sum(outcome not in (None, _OK, _CANCELLED) for _, outcome in sent),
        lost=len(lost),
        repeated=sum(index < last[digest] for index, digest in lost),
    )


def _rows(connection: sa.Connection, table: sa.Table, run_id: str, **key: str | int) -> dict[tuple[Any, ...], str]:
    """Give key without run id → data, in the key's order."""
    names = [column for column in table.primary_key.columns if column.name != "run_id"]
    query = sa.select(*names, table.c.data).where(*_equal(table, {"run_id": run_id, **key})).order_by(*names)
    return {tuple(row[:-1]): row[-1] for row in connection.execute(query)}


def _where_run(run_id: str) -> sa.Update:
    return sa.update(schema.runs).where(schema.runs.c.run_id == run_id)


def _reply_digest(model_identity: str, prompt: Prompt) -> str:
    """Hash model and prompt; draw and iteration are in the prompt's digest, so draws stay independent."""
    return hashlib.sha256(f"{model_identity}\x00{prompt.digest}".encode("utf-8", "surrogatepass")).hexdigest()
