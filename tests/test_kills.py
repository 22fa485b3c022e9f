"""At least 50 kills of a bench, each gone on with: the same attempts, and no recorded call made again.

The first 42 hit ``session_server`` (the whole command on what real containers answered; killed at every named point and
at random times), the last 8 the command line on real containers. ``KILL_SEED`` repeats a run's times.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from sessions import KILLED, Place, SessionServer
from test_end_to_end import CASSETTE, command, comparable, environment

from codeloop import host
from codeloop.store import RunStatus, Store

pytestmark = [pytest.mark.docker, pytest.mark.timeout(900)]
SEED = int(os.environ.get("KILL_SEED") or random.SystemRandom().randrange(10**6))
POINTS = {  # and how often each is passed by a run that nothing disturbs; 0: once an attempt
    **{f"{when} {what}": 1 for what in ("new_run", "claim") for when in ("before", "after")},
    **{f"{when} release": 2 for when in ("before", "after")},
    **{f"{when} write_whole": 3 for when in ("before", "after")},
    **{f"{when} end_trajectory": 5 for when in ("before", "after")},
    "inside end_trajectory": 5,
    **{
        f"{when} {what}": 0
        for what in ("begin_call", "record_reply", "closing a call", "record_attempt", "record_hidden")
        for when in ("before", "after")
    },
    "reply given": 0,
}
N_RANDOM, N_REAL = 20, 8
assert len(POINTS) + N_RANDOM + N_REAL >= 50


@pytest.fixture(scope="module", autouse=True)
def _told_seed() -> None:
    print(f"KILL_SEED={SEED}")


@pytest.fixture(scope="module")
def undisturbed(session_server: SessionServer, tmp_path_factory: pytest.TempPathFactory) -> Place:
    place = Place(tmp_path_factory.mktemp("undisturbed"))
    assert place.session(session_server) == 0, place.output.read_text("utf-8")
    place.check_end(place)
    return place


@pytest.fixture(scope="module")
def session_s(undisturbed: Place, session_server: SessionServer, tmp_path_factory: pytest.TempPathFactory) -> float:
    """Measure how long a session takes, so that random kills spread over all of it."""
    place, started = Place(tmp_path_factory.mktemp("timed")), time.monotonic()
    assert place.session(session_server) == 0
    return time.monotonic() - started


def test_given_again_answers_of_containers_give_the_same_verdicts(
    undisturbed: Place, real_results: dict[str, Any]
) -> None:
    assert comparable(undisturbed.results()) == comparable(real_results)


@pytest.mark.parametrize("point", POINTS)
def test_a_kill_at_a_named_point(
    point: str, undisturbed: Place, session_server: SessionServer, session_s: float, tmp_path: Path
) -> None:
    rng = random.Random(f"{SEED} {point}")
    nth = rng.randint(1, POINTS[point] or len(undisturbed.calls))
    later_s = rng.uniform(0, session_s)
    print(f"KILL_SEED={SEED}: {nth} times {point!r}, then after {later_s:.3f} s")
    place = Place(tmp_path)
    assert place.session(session_server, point=point, nth=nth) == KILLED
    while not place.is_finished():
        # One more kill, of the resumed run, and then none.
        when = {"kill_after_s": later_s} if len(place.disturbances) == 1 else {}
        assert place.session(session_server, **when) in (0, KILLED), place.output.read_text("utf-8")
    counts = place.check_end(undisturbed)
    if point in ("after begin_call", "reply given", "before record_reply", "before closing a call"):
        assert counts.lost >= 1
    if point in ("after record_reply", "before record_attempt"):
        assert counts.from_store >= 1


def test_kills_at_random_times(
    undisturbed: Place, session_server: SessionServer, session_s: float, tmp_path: Path
) -> None:
    rng, places = random.Random(SEED), [Place(tmp_path / "0")]
    print(f"KILL_SEED={SEED}")
    while sum(len(place.disturbances) for place in places) < N_RANDOM:
        if places[-1].is_finished():
            places.append(Place(tmp_path / str(len(places))))
        status = places[-1].session(session_server, kill_after_s=rng.uniform(0, session_s))
        assert status in (0, KILLED), places[-1].output.read_text("utf-8")
    if not places[-1].is_finished():
        assert places[-1].session(session_server) == 0
    for place in places:
        place.check_end(undisturbed)


REAL = ("bench", "basics", "--lang", "python", "--tasks", "Python/b1,Python/b2,Python/b3", "--policy", "repair")


def kill_after_reference_check(folder: Path, delay_s: float, *arguments: str) -> bool:
    """Start a command line and kill it some time after its loop has begun; say whether the kill met it alive."""
    running = subprocess.Popen(
        command(*arguments, "--json"),
        env=environment(folder),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert running.stderr is not None
    next((line for line in running.stderr if line.startswith("reference check")), None)
    timer = threading.Timer(delay_s, running.send_signal, [signal.SIGKILL])
    timer.start()
    running.communicate()
    timer.cancel()
    assert running.returncode in (0, -signal.SIGKILL)
    return running.returncode != 0


def test_kills_of_the_command_line_on_real_containers(real_results: dict[str, Any], tmp_path: Path) -> None:
    rng, n_kills, runs = random.Random(SEED), 0, 0
    wanted = [row for row in real_results["trajectories"] if row["language"] == "python"]
    print(f"KILL_SEED={SEED}")
    while n_kills < N_REAL:
        folder, in_this = tmp_path / str(runs), 0
        runs += 1
        arguments = [*REAL, "--model", f"replay:{CASSETTE}"]
        while n_kills < N_REAL and in_this < N_REAL // 2:
            if not kill_after_reference_check(folder, rng.uniform(0, 2), *arguments):
                break
            arguments, n_kills, in_this = ["resume"], n_kills + 1, in_this + 1
            if is_over(folder):  # killed between its last record and its exit
                break
        result = finished(folder)
        assert comparable(result) == comparable({"trajectories": wanted})
        calls = result["model_calls"]
        assert calls["made"] - calls["lost"] == sum(len(row["attempts"]) for row in wanted)
        assert calls["repeated"] == calls["lost"] <= 4 * in_this
    client = host.connect()
    try:
        run_ids = {run_id for i in range(runs) for run_id in run_ids_of(tmp_path / str(i))}
        left = client.containers.list(all=True, filters={"label": "codeloop.run"})
        assert not [c for c in left if c.labels["codeloop.run"] in run_ids], "containers of killed runs were left"
    finally:
        client.close()


def is_over(folder: Path) -> bool:
    store = Store.open(folder / "codeloop.db")
    try:
        return all(run.status is RunStatus.FINISHED for run in store.list_runs())
    finally:
        store.close()


def run_ids_of(folder: Path) -> list[str]:
    store = Store.open(folder / "codeloop.db")
    try:
        return [run.run_id for run in store.list_runs()]
    finally:
        store.close()


def finished(folder: Path) -> dict[str, Any]:
    """Go on with a run to its end; give its results."""
    store = Store.open(folder / "codeloop.db")
    try:
        (run,) = store.list_runs()
    finally:
        store.close()
    if run.status is not RunStatus.FINISHED:
        done = subprocess.run(
            command("resume"), env=environment(folder), capture_output=True, text=True, timeout=280, check=False
        )
        assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads((folder / "runs" / run.run_id / "results.json").read_text("utf-8"))
    return result
