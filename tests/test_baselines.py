"""Baselines: in real databases and as files, lossless, without a word of the data set, and refused where they do not fit."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from arms import trajectory
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from runs import FACTS, draw, outcomes, run

import codeloop
from codeloop import baselines, snapshots
from codeloop.attempts import Ending
from codeloop.config import RunConfig
from codeloop.errors import ConfigError, UnknownName
from codeloop.mutation.mutants import find_mutants
from codeloop.mutation.results import MutantResult, MutantStatus, MutationReport
from codeloop.snapshots import Draw, Snapshot, draw_of
from codeloop.stages.mutation_findings import stage_report
from codeloop.store import Store

SCHEMA = Draft202012Validator(
    json.loads((Path(codeloop.__file__).parent / "schemas" / "baseline-1.json").read_text("utf-8"))
)
NOTED: dict[str, Any] = {
    "suite": {"name": "own", "version": "1", "sha256": "ab" * 32},
    "model": "fake",
    "codeloop": "0.1.0",
    "isolation": "none",
    "tags": {"Python/1": ["easy", "lists"]},
    "errata": [["Python/2", "its own test is wrong"]],
    "faults": {"Python/2": [["off_by_one", 3], ["off_by_one", 4]]},
    "metadata": {"commit": "abc123"},
}


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "sqlite":
        place = str(tmp_path / "codeloop.db")
    else:
        new_database: Callable[[], str] = request.getfixturevalue("new_postgres_database")
        place = new_database()
    with Store.open(place) as found:
        yield found


def record(store: Store, run_id: str, *, n_right: int = 2, **noted: Any) -> None:
    """Record a run of three tasks, the first so many right after a repair, and an errored one."""
    store.new_run(run_id, RunConfig(languages=("python",), suite="/home/me/own.yaml").as_dict())
    store.note_facts(run_id, NOTED | noted)
    for i in range(3):
        is_right = i < n_right
        steps = ["+-", "++" if is_right else "-+"]
        store.end_trajectory(run_id, trajectory(f"Python/{i}", steps, ["+--", "+++" if is_right else "+--"]))
    store.end_trajectory(run_id, trajectory("Python/3", [], [], ending=Ending.ERRORED))


def test_a_stored_run_as_a_snapshot(store: Store) -> None:
    record(store, "r")
    found = baselines.snapshot_of(store, "r")
    facts = found.facts
    assert (facts.suite, facts.suite_sha256, facts.model, facts.run_id) == ("own", "ab" * 32, "fake", "r")
    assert facts.stages == ("compile:gate", "test:gate")
    assert facts.feedback == "Stateless(has_findings=True, n_findings=5)"
    assert [each.name for each in facts.metadata] == ["commit"]
    assert [row.task_id for row in found.draws] == [f"Python/{i}" for i in range(4)]
    right, tagged, wrong, errored = found.draws
    assert (right.passed, right.errors, right.hidden_error) == ((False, True), ("assertion", ""), "")
    assert (wrong.passed, wrong.hidden_error) == ((False, False), "assertion")
    assert (right.prompt_tokens, right.completion_tokens, right.cost_usd, right.model_s) == (20, 10, None, 4.0)
    assert (tagged.tags, wrong.tags) == (("easy", "lists"), ("fault off_by_one", "erratum"))
    assert (errored.is_errored, errored.passed_by()) == (True, None)


def test_an_exported_baseline_fits_its_schema_and_holds_no_text(store: Store, tmp_path: Path) -> None:
    record(store, "r")
    baselines.set_baseline(store, "main", baselines.snapshot_of(store, "r"))
    text = snapshots.write(baselines.baseline(store, "main"))
    SCHEMA.validate(json.loads(text))
    assert "secret" not in text  # of tests, programs and answers: tests/arms.py
    assert "/home" not in text
    assert len(text.encode()) / 4 < 1000
    (tmp_path / "main.json").write_text(text, "utf-8")
    assert baselines.read_file(tmp_path / "main.json").draws == baselines.baseline(store, "main").draws


def test_names(store: Store) -> None:
    record(store, "r")
    record(store, "later", n_right=0)
    first, second = (baselines.snapshot_of(store, run_id) for run_id in ("r", "later"))
    baselines.set_baseline(store, "main", first)
    baselines.set_baseline(store, "feature/x", first)
    baselines.set_baseline(store, "main", second)  # the later one takes its place
    assert [(found.name, found.run_id) for found in store.list_baselines()] == [
        ("feature/x", "r"),
        ("main", "later"),
    ]
    assert baselines.find(store, "main").facts.run_id == "later"
    assert baselines.find(store, "r").draws == first.draws
    for name in ("", " x", "/x", "x.json", "x" * 101, "x\x00", "-x", "r"):
        with pytest.raises(ConfigError, match="give a"):
            baselines.set_baseline(store, name, first)
    with pytest.raises(UnknownName, match="did you mean 'main'"):
        baselines.baseline(store, "mian")
    with pytest.raises(UnknownName, match="did you mean 'later'"):
        baselines.find(store, "latre")


def test_a_baseline_outlives_its_run_and_may_come_from_elsewhere(store: Store) -> None:
    baselines.set_baseline(store, "main", outcomes("x", [True, False, None]))
    assert baselines.baseline(store, "main").draws == outcomes("x", [True, False, None]).draws


def test_a_run_that_recorded_nothing_is_no_baseline(store: Store) -> None:
    store.new_run("empty", RunConfig().as_dict())
    with pytest.raises(ConfigError, match="codeloop resume empty"):
        baselines.snapshot_of(store, "empty")


def test_a_store_of_an_earlier_codeloop_gets_the_table(tmp_path: Path) -> None:
    path = tmp_path / "codeloop.db"
    with Store.open(path) as store:
        store.new_run("kept", {})
    with sqlite3.connect(path) as connection:
        for table in ("baselines", "deliveries", "watch_points"):
            connection.execute(f"DROP TABLE {table}")
        connection.execute("UPDATE alembic_version SET version_num = '0002'")
    connection.close()
    with Store.open(path) as store:
        assert [found.run_id for found in store.list_runs()] == ["kept"]
        assert store.list_baselines() == ()


texts = st.text(max_size=12)
counts = st.none() | st.integers(0, 10**6)
draws = st.builds(
    Draw,
    task_id=texts,
    language=texts,
    draw=st.integers(0, 9),
    ending=st.sampled_from(Ending),
    passed=st.lists(st.none() | st.booleans(), max_size=4).map(tuple),
    errors=st.lists(texts, max_size=3).map(tuple),
    hidden_error=texts,
    program=texts,
    prompt_tokens=counts,
    cost_usd=st.none() | st.floats(0, 100),
    model_s=st.floats(0, 100),
    killed=counts,
    tags=st.lists(texts, max_size=2).map(tuple),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(draws, max_size=5, unique_by=lambda row: row.pair))
def test_a_file_gives_back_what_was_written(rows: list[Draw]) -> None:
    text = snapshots.write(run("x", rows))
    SCHEMA.validate(json.loads(text))
    found = snapshots.read("x", text)
    assert (found.facts, sorted(found.draws, key=repr)) == (FACTS, sorted(rows, key=repr))
    assert snapshots.write(found) == text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "it is no JSON"),
        ("[" * 200_000, "it is no JSON"),
        ("[]", "does not say"),
        ('{"format": "codeloop-baseline-2"}', "format 2, this codeloop reads format 1"),
        ('{"format": "codeloop-baseline-1"}', "is damaged"),
        ('{"format": "codeloop-baseline-1", "facts": {}, "draws": []}', "is damaged"),
        ('{"format": 1}', "does not say"),
    ],
)
def test_what_is_no_baseline_is_one_line(text: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words) as caught:
        snapshots.read("main.json", text)
    assert "main.json" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


def test_a_damaged_file_is_one_line(tmp_path: Path) -> None:
    twice = snapshots.write(run("x", [draw(1, True), draw(1, False)]))
    with pytest.raises(ConfigError, match="Python/1 draw 0 twice"):
        snapshots.read("x", twice)
    wrong = snapshots.write(outcomes("x", [True])).replace('"solved"', '"sloved"')
    with pytest.raises(ConfigError, match="is damaged"):
        snapshots.read("x", wrong)
    (tmp_path / "x.json").write_bytes(b"\xff")
    for path in (tmp_path / "x.json", tmp_path / "none.json", tmp_path):
        with pytest.raises(ConfigError, match="cannot be read"):
            baselines.read_file(path)


def test_mutants_are_read_from_the_stages_own_note() -> None:
    mutants = find_mutants("python", "def f(a, b):\n    return a < b\n").all
    statuses = [MutantStatus.KILLED, *[MutantStatus.SURVIVED] * (len(mutants) - 1)]
    results = tuple(MutantResult(mutant=m, status=s) for m, s in zip(mutants, statuses, strict=True))
    steps = trajectory("Python/1", ["++"], ["+++"])
    attempt = steps.attempts[0]
    verdict = replace(
        attempt.verdict, reports=(*attempt.verdict.reports, stage_report(MutationReport(results=results)))
    )
    found = draw_of(replace(steps, attempts=(replace(attempt, verdict=verdict),)))
    assert (found.killed, found.mutants) == (1, len(mutants))
    assert (draw_of(steps).killed, draw_of(steps).mutants) == (None, None)


def test_ids_with_any_digits_have_an_order() -> None:
    rows = [draw(task_id, True) for task_id in ("x¹", "x2", "x٣", "x10", "x")]  # ¹ is a digit, but no number
    assert len(snapshots.read("x", snapshots.write(run("x", rows))).draws) == 5


def test_a_large_baseline_is_small() -> None:
    rows = [
        draw(task, True, number, program="0" * 16, template="first@12345678")
        for task in range(164)
        for number in range(10)
    ]
    text = snapshots.write(Snapshot(name="x", facts=FACTS, draws=tuple(rows)))
    assert len(text) < 500_000
