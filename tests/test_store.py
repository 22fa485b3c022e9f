"""Store on real SQLite and PostgreSQL: lossless, safe against a kill, and one line for whatever the disk does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from codeloop import codec
from codeloop.attempts import (
    Attempt,
    CallCounts,
    Candidate,
    CaseResult,
    Completion,
    Ending,
    Message,
    Prompt,
    StageReport,
    Status,
    Trajectory,
    Usage,
    Verdict,
)
from codeloop.diagnostics import Diagnostic
from codeloop.drift import Point
from codeloop.errors import ModelUnavailable, SchemaMismatch, StoreError, StoreLocked
from codeloop.events import Try
from codeloop.store import Owner, RunStatus, Store, schema

TEXT = st.text(st.characters(), max_size=20)  # surrogates and NUL included
st.register_type_strategy(str, TEXT)
st.register_type_strategy(float, st.floats(allow_nan=False))
for _kind in (Message, Usage, Candidate, CaseResult, Diagnostic, StageReport, Verdict, Completion, Prompt):
    _hints = codec._hints(_kind)
    st.register_type_strategy(_kind, st.builds(_kind, **{name: st.from_type(hint) for name, hint in _hints.items()}))


def attempt(iteration: int = 0, code: str = "x") -> Attempt:
    return Attempt(
        iteration=iteration,
        prompt=Prompt(messages=(Message(role="user", content="\ud800 \x00 ü"),), template="t", iteration=iteration),
        completion=Completion(text="a", finish_reason="stop", usage=Usage(prompt_tokens=1)),
        candidate=Candidate(code=code),
        verdict=Verdict(reports=()),
        handed_over=0,
    )


PROMPT = attempt().prompt


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Name a database that does not exist yet, or is empty."""
    if request.param == "sqlite":
        return str(tmp_path / "deep" / "codeloop.db")
    new_database: Callable[[], str] = request.getfixturevalue("new_postgres_database")
    return new_database()


@pytest.fixture
def store(place: str):
    found = Store.open(place)
    found.new_run("r", {"ks": (1, 2), "limit": None})
    yield found
    found.close()


@pytest.fixture
def sqlite_store(tmp_path: Path):
    found = Store.open(tmp_path / "codeloop.db")
    found.new_run("r", {})
    yield found
    found.close()


@given(
    st.builds(
        Attempt,
        iteration=st.integers(0, 9),
        prompt=st.from_type(Prompt),
        completion=st.from_type(Completion),
        candidate=st.from_type(Candidate),
        verdict=st.from_type(Verdict),
        handed_over=st.integers(0, 9),
    )
)
@settings(max_examples=50, deadline=None)
def test_an_attempt_comes_back_equal(given_: Attempt) -> None:
    text = codec.encode(given_)
    assert text.isascii()
    assert codec.decode(Attempt, text) == given_


def test_two_surrogates_do_not_become_one_character() -> None:
    pair = Candidate(code="\ud83d" + "\ude00")
    assert codec.decode(Candidate, codec.encode(pair)) == pair


def test_a_stored_text_that_does_not_fit_is_a_store_error() -> None:
    for bad in ("{", '{"code": 1}', '{"nope": ""}', "[]"):
        with pytest.raises(StoreError):
            codec.decode(Candidate, bad)


def test_runs(store: Store) -> None:
    store.new_run("a", {})
    assert [run.run_id for run in store.list_runs()] == ["r", "a"]
    assert store.load_run("r").config == {"ks": [1, 2], "limit": None}
    with pytest.raises(StoreError, match="already"):
        store.new_run("r", {})
    for call in (lambda: store.load_run("x"), lambda: store.claim("x"), lambda: store.begin_call("x", "m", PROMPT)):
        with pytest.raises(StoreError, match="no run 'x'"):
            call()


def test_replies_are_per_model_draw_and_iteration(store: Store) -> None:
    prompt, answer = attempt().prompt, Completion(text="\udcff", finish_reason="stop", latency_s=0.1)
    assert store.reply("m", prompt) is None
    store.record_reply("m", prompt, answer)
    store.record_reply("m", prompt, replace(answer, text="later"))
    assert store.reply("m", prompt) == replace(answer, is_cached=True)
    assert store.reply("n", prompt) is None
    assert store.reply("m", replace(prompt, draw=1)) is None
    assert store.reply("m", replace(prompt, iteration=1)) is None


def test_attempts_are_recorded_once(store: Store) -> None:
    for item in (attempt(0), attempt(1), attempt(1), attempt(3)):
        store.record_attempt("r", "Python/0", 0, item)
    assert store.attempts("r", "Python/0", 0) == (attempt(0), attempt(1))
    assert store.attempts("r", "Python/0", 1) == ()
    with pytest.raises(StoreError, match="recorded otherwise"):
        store.record_attempt("r", "Python/0", 0, attempt(1, code="y"))
    with pytest.raises(StoreError, match="no run"):
        store.record_attempt("x", "Python/0", 0, attempt())


def test_a_trajectory_comes_back_equal_and_may_end_again(store: Store) -> None:
    task_id = "Py\ud800/0\x00"
    errored = Trajectory(
        task_id=task_id, language="python", draw=2, ending=Ending.ERRORED, attempts=(attempt(0),), error="e\x1b"
    )
    store.record_hidden("r", task_id, 2, 0, Verdict(reports=(), image="old"))
    store.end_trajectory("r", errored)
    assert store.trajectories("r") == (errored,)
    hidden = (None, Verdict(reports=(), image="new"))
    solved = replace(errored, ending=Ending.SOLVED, attempts=(attempt(0), attempt(1)), hidden=hidden, error="")
    store.end_trajectory("r", solved)
    assert store.trajectories("r") == (solved,)


def test_an_unended_trajectory_is_not_listed(store: Store) -> None:
    store.record_attempt("r", "Python/0", 0, attempt())
    assert store.trajectories("r") == ()


def test_threads_share_a_store(store: Store) -> None:
    def work(draw: int) -> None:
        for i in range(10):
            store.record_attempt("r", "t", draw, attempt(i))

    threads = [threading.Thread(target=work, args=(draw,)) for draw in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(store.attempts("r", "t", draw)) for draw in range(8)] == [10] * 8


CHILD = """
import sys, time
sys.path.insert(0, sys.argv[2])
from test_store import attempt
from codeloop.attempts import Completion
from codeloop.store import Store
store = Store.open(sys.argv[1])
store.new_run("k", {})
store.claim("k")
paid = store.begin_call("k", "m", attempt().prompt)
store.record_reply("m", attempt().prompt, Completion(text="paid", finish_reason="stop"), paid)
store.begin_call("k", "m", attempt(1).prompt)
i = 0
while True:
    store.record_attempt("k", "t", 0, attempt(i))
    i += 1
    print(i, flush=True)
"""


def test_a_kill_loses_nothing_that_was_recorded(place: str) -> None:
    command = [sys.executable, "-c", CHILD, place, str(Path(__file__).parent)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        for line in child.stdout:
            if line.strip() == "20":
                break
        store = Store.open(place)
        with pytest.raises(StoreLocked, match=str(child.pid)):
            store.claim("k")
        store.release("k", RunStatus.FINISHED)  # not ours: stays the child's
        assert not store.load_run("k").is_resumable
        os.kill(child.pid, signal.SIGKILL)
        said = [20, *[int(line) for line in child.stdout]][-1]
    assert len(store.attempts("k", "t", 0)) in (said, said + 1)
    assert store.reply("m", attempt().prompt) is not None
    assert store.count_calls("k") == CallCounts(made=2, lost=1)
    assert (store.load_run("k").status, store.load_run("k").is_resumable) == (RunStatus.RUNNING, True)
    store.claim("k")
    store.claim("k")
    assert store.load_run("k").owner
    store.release("k", RunStatus.FINISHED)
    assert store.load_run("k").owner is None
    assert not store.load_run("k").is_resumable
    store.close()


def test_calls_are_counted_by_what_became_of_them(store: Store) -> None:
    answer = Completion(text="a", finish_reason="stop")
    other = replace(PROMPT, draw=1)
    assert store.count_calls("r") == CallCounts()
    store.begin_call("r", "m", PROMPT)  # killed
    store.record_reply("m", PROMPT, answer, store.begin_call("r", "m", PROMPT))
    store.note_answer_from_store("r", "m", PROMPT)
    store.fail_call(store.begin_call("r", "m", other), ModelUnavailable("503"))
    store.fail_call(store.begin_call("r", "m", other), None)  # cancelled, and not made again
    assert store.count_calls("r") == CallCounts(made=4, from_store=1, failed=1, lost=2, repeated=1)
    assert store.count_calls("another") == CallCounts()


def test_a_new_run_is_claimed_released_and_finished(store: Store) -> None:
    states = [store.load_run("r").status]
    store.claim("r")
    states.append(store.load_run("r").status)
    store.release("r", RunStatus.INTERRUPTED)
    states.append(store.load_run("r").status)
    assert states == [RunStatus.NEW, RunStatus.RUNNING, RunStatus.INTERRUPTED]
    assert store.load_run("r").is_resumable


RACER = """
import sys
sys.path.insert(0, sys.argv[2])
from test_store import PROMPT
from codeloop.attempts import Completion
from codeloop.errors import StoreLocked
from codeloop.store import Store
store = Store.open(sys.argv[1])
print("ready", flush=True)
for line in sys.stdin:
    name = line.strip()
    try:
        store.claim(name)
        result = "won"
    except StoreLocked:
        result = "lost"
    store.record_reply(name, PROMPT, Completion(text=sys.argv[3], finish_reason="stop"))
    print(result, store.reply(name, PROMPT).text, flush=True)
"""


def test_of_two_processes_one_claims_a_run_and_one_reply_stays(place: str) -> None:
    store = Store.open(place)
    command = [sys.executable, "-c", RACER, place, str(Path(__file__).parent)]
    racers = [
        subprocess.Popen([*command, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for name in "ab"
    ]
    try:
        assert [racer.stdout.readline() for racer in racers if racer.stdout] == ["ready\n"] * 2
        for i in range(30):
            store.new_run(f"r{i}", {})
            for racer in racers:
                assert racer.stdin
                racer.stdin.write(f"r{i}\n")
                racer.stdin.flush()
            said = [racer.stdout.readline().split() for racer in racers if racer.stdout]
            assert sorted(result for result, _ in said) == ["lost", "won"]
            texts = {text for _, text in said}
            assert len(texts) == 1
            assert texts <= {"a", "b"}
    finally:
        for racer in racers:
            racer.communicate()
        store.close()


def test_another_boot_or_start_time_is_a_dead_owner(store: Store) -> None:
    store.claim("r")
    me = store.load_run("r").owner
    assert me
    assert me.is_alive
    for dead in (replace(me, boot="x"), replace(me, started="1"), Owner(pid=me.pid, started="", boot=me.boot)):
        assert not dead.is_alive


def test_many_processes_make_one_database(place: str) -> None:
    script = "import sys; from codeloop.store import Store; Store.open(sys.argv[1]).new_run(sys.argv[2], {})"
    children = [subprocess.Popen([sys.executable, "-c", script, place, str(i)]) for i in range(6)]
    assert [child.wait() for child in children] == [0] * 6
    store = Store.open(place)
    assert len(store.list_runs()) == 6
    store.close()


def test_migrations_and_schema_agree(store: Store) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with store._engine.begin() as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []


def test_sqlite_is_set_for_kills_and_neighbours(sqlite_store: Store) -> None:
    with sqlite_store._engine.begin() as connection:
        values = [connection.exec_driver_sql(f"PRAGMA {n}").scalar() for n in ("journal_mode", "synchronous")]
    assert values == ["wal", 2]


def test_a_newer_schema_is_named(place: str) -> None:
    store = Store.open(place)
    with store._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    store.close()
    with pytest.raises(SchemaMismatch, match="9999"):
        Store.open(place)


def test_a_row_that_is_damaged_or_gone_is_one_line(store: Store) -> None:
    prompt, answer = attempt().prompt, Completion(text="a", finish_reason="stop")
    verdict = Verdict(reports=(StageReport(stage="test", status=Status.PASSED, outcome="ok"),))
    ended = Trajectory(
        task_id="t", language="python", draw=0, ending=Ending.SOLVED, attempts=(attempt(),), hidden=(verdict,)
    )
    store.claim("r")
    store.record_reply("m", prompt, answer)
    store.end_trajectory("r", ended)
    reads = {
        schema.trajectories.c.data: lambda: store.trajectories("r"),
        schema.attempts.c.data: lambda: store.trajectories("r"),
        schema.hidden.c.data: lambda: store.trajectories("r"),
        schema.replies.c.data: lambda: store.reply("m", prompt),
        schema.runs.c.config: lambda: store.load_run("r"),
        schema.runs.c.owner: store.list_runs,
    }
    for column, read in reads.items():
        good = read()
        with store._engine.begin() as connection:
            text = connection.execute(sa.select(column)).scalar()
        for bad in ("", "{", "nul", text[: len(text) // 2], text.replace('"', "'"), '{"a": [}'):
            _set(store, column, bad)
            with pytest.raises(StoreError) as caught:
                read()
            assert "damaged" in str(caught.value)
            assert "\n" not in str(caught.value)
        _set(store, column, text)
        assert read() == good
    for table in (schema.hidden, schema.attempts):
        with store._engine.begin() as connection:
            connection.execute(sa.delete(table))
        with pytest.raises(StoreError, match="t draw 0 lacks an attempt or a hidden verdict of iteration 0"):
            store.trajectories("r")
    _set(store, schema.runs.c.status, "resting")
    with pytest.raises(StoreError, match="unknown status 'resting'"):
        store.load_run("r")
    _set(store, schema.trajectories.c.task_id, "\\x")
    with pytest.raises(StoreError, match="damaged"):
        store.trajectories("r")


def _set(store: Store, column: Any, value: str) -> None:
    """Write what codeloop would not."""
    with store._engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE {column.table.name} SET {column.name} = {_quoted(value)}")


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''").replace("%", "%%") + "'"


def test_bad_places_are_one_line(tmp_path: Path) -> None:
    junk = tmp_path / "junk.db"
    junk.write_bytes(b"no database at all, but long enough to be read" * 50)
    (tmp_path / "file").write_text("")
    for place in (junk, tmp_path, tmp_path / "file" / "x.db", "nosuch://u:secret@h/x", "postgresql://u:secret@h:x/y"):
        with pytest.raises(StoreError) as caught:
            Store.open(place)
        assert "\n" not in str(caught.value)
        assert "secret" not in str(caught.value)


@pytest.mark.postgres
def test_what_postgresql_refuses_is_one_line(new_postgres_database: Callable[[], str]) -> None:
    url = new_postgres_database()
    for place, words in (
        (url.replace("/codeloop_", "/missing_"), "check host, port, user and database"),
        (url.replace("host=/tmp/", "host=/tmp/missing-"), "check host, port, user and database"),
        ("postgresql://u:secret@127.0.0.1:1/x", "start it, or check host and port"),
    ):
        with pytest.raises(StoreError, match=words) as caught:
            Store.open(place)
        assert "\n" not in str(caught.value)
        assert "secret" not in str(caught.value)


@pytest.mark.postgres
def test_a_connection_that_the_server_closed_is_made_again(new_postgres_database: Callable[[], str]) -> None:
    url = new_postgres_database()
    store, other = Store.open(url), Store.open(url)
    store.new_run("r", {})
    kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with other._engine.begin() as connection:
        assert connection.exec_driver_sql(kill).all() == [(True,)]
    assert store.load_run("r").run_id == "r"
    store.close()
    other.close()


def test_a_full_disk_is_one_line_and_the_store_stays_whole(sqlite_store: Store) -> None:
    store = sqlite_store
    store.record_attempt("r", "t", 0, attempt(0))
    with store._engine.begin() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    with pytest.raises(StoreError, match="disk is full"):
        store.record_attempt("r", "t", 0, attempt(1, code="x" * 1_000_000))
    assert store.attempts("r", "t", 0) == (attempt(0),)


def test_memory_database() -> None:
    store = Store.open("sqlite://")
    store.new_run("r", {})
    assert len(store.list_runs()) == 1
    store.close()


def test_tries_of_webhooks_come_back_in_order(store: Store) -> None:
    tries = tuple(
        Try(delivery="d", event="run_finished", url="https://x", number=i, began_s=float(i), took_s=0.1, error="\x00ü")
        for i in range(1, 4)
    )
    for each in tries:
        store.record_try(each)
    assert store.tries() == tries
    assert store.tries(2) == tries[1:]


def test_a_run_gives_one_point_of_one_series(store: Store) -> None:
    store.new_run("a", {})
    first, second = (
        Point(run_id=run_id, created_s=1.0, suite="s", model="m", prompt="\ud800", basis=(), tasks=())
        for run_id in ("r", "a")
    )
    assert store.record_point("1" * 64, first)
    assert not store.record_point("1" * 64, replace(first, created_s=2.0))
    assert not store.record_point("2" * 64, first)
    assert store.record_point("1" * 64, second)
    assert store.points("1" * 64) == (first, second)
    assert store.points("2" * 64) == ()
    with pytest.raises(StoreError, match="no run"):
        store.record_point("1" * 64, replace(first, run_id="unknown"))
