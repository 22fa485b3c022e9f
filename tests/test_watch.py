"""``codeloop watch`` on a real server and real containers: what is seen, said, told and kept; and points of stored runs."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from providers import AddingProvider, providing, tasks
from receivers import Receiver, receiving
from schemas import validated

from codeloop import cli, watching
from codeloop.signing import verify
from codeloop.store import Store, schema
from codeloop.watching import Series, seed_of

SECRET = "shared-secret-of-the-test"
N_TASKS = 6
PROJECT = """version: 1
suites: [{{name: adding, file: tasks.yaml, languages: [python]}}]
models: [{{model: openai/adder, api_base: {model}}}]
policy: {policy}
webhooks: [{{url: "{hook}", secret_env: HOOK_SECRET}}]
"""


@dataclass(slots=True)
class Watch:
    """A project in a folder, its model, its webhook, and the calls of the watch."""

    folder: Path
    provider: AddingProvider
    receiver: Receiver
    capsys: pytest.CaptureFixture[str]
    said: str = ""

    def write(self, policy: str = "single") -> None:
        text = PROJECT.format(model=self.provider.base, hook=self.receiver.url, policy=policy)
        (self.folder / "codeloop.yaml").write_text(text, "utf-8")
        (self.folder / "tasks.yaml").write_text(tasks(N_TASKS), "utf-8")

    def call(self, *arguments: str) -> tuple[int, dict[str, Any]]:
        code = cli.run(["watch", "--trust", "--json", "--jobs", "1", *arguments])
        out, self.said = self.capsys.readouterr()
        data = validated("watch-1", json.loads(out))
        assert data["exit_code"] == code
        return code, data["series"][0]

    @property
    def store(self) -> Store:
        return Store.open(self.folder / ".codeloop/codeloop.db")

    @property
    def series(self) -> Series:
        return Series(suite="adding", model=f"openai/adder@{self.provider.base}")

    @property
    def told(self) -> list[dict[str, Any]]:
        return [json.loads(each.body) for each in self.receiver.received]


@pytest.fixture
def watch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Watch]:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("CODELOOP_") and "REQUIRE" not in name]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    monkeypatch.setenv("CODELOOP_API_KEY", "key-of-the-test")
    with providing() as provider, receiving() as receiver:
        found = Watch(tmp_path, provider, receiver, capsys)
        found.write()
        yield found


@pytest.mark.timeout(900)  # seven runs with containers of their own; seconds each on an idle machine
@pytest.mark.docker("python")
def test_a_model_that_gets_worse_is_found_told_once_and_stands_until_a_restart(watch: Watch) -> None:
    for number in range(1, 4):
        code, found = watch.call()
        assert (code, found["n_runs"], found["pass_rate"], found["is_drift"]) == (0, number, 1.0, False)
    assert watch.told == []
    watch.provider.is_right = False
    code, found = watch.call()
    while code == 0 and found["n_runs"] < 6:
        code, found = watch.call()
    assert (code, found["is_drift"], found["direction"]) == (1, True, "down")
    assert (found["pass_rate_before"], found["pass_rate_since"]) == (1.0, 0.0)
    assert found["evidence"] >= 20
    (told,) = watch.told
    validated("webhook-1", told)
    assert (told["event"], told["drift"][0]["kind"], told["drift"][0]["run"]) == (
        "drift_found",
        "pass_rate",
        found["run"],
    )
    got = watch.receiver.received[0]
    timestamp, signature = got.headers["X-Codeloop-Timestamp"], got.headers["X-Codeloop-Signature"]
    assert verify(SECRET, timestamp, got.body, signature, now_s=int(timestamp))
    assert watch.call()[0] == 1
    assert len(watch.told) == 1
    code, found = watch.call("--restart")
    assert (code, found["restarted"], found["n_runs"]) == (0, "as asked", 1)
    # No run was answered from another one's record, and each had a seed of its own.
    with watch.store as store:
        runs = store.list_runs()
        assert all(store.count_calls(run.run_id).made == N_TASKS for run in runs)
        assert {run.config["seed"] for run in runs} == {seed_of(run.run_id) for run in runs}
    assert len(set(watch.provider.seeds)) == len(runs)
    assert SECRET.encode() not in (watch.folder / ".codeloop/codeloop.db").read_bytes()


@pytest.mark.docker("python")
def test_a_version_a_setting_a_kill_and_a_dead_model_are_each_said(watch: Watch) -> None:
    assert watch.call()[0] == 0
    # Another model by name: at once.
    watch.provider.served_by = "adder-2026-06-01"
    code, found = watch.call()
    assert (code, found["is_drift"], found["n_runs"]) == (1, True, 2)
    assert (found["versions"], found["versions_before"]) == (["adder-2026-06-01"], ["adder-2026-01-01"])
    assert [line["kind"] for line in watch.told[0]["drift"]] == ["version"]
    # Killed after the run and before its point: the next call makes it.
    with watch.store as store, store._engine.begin() as connection:
        connection.execute(sa.delete(schema.watch_points).where(schema.watch_points.c.run_id == found["run"]))
    watch.provider.fingerprint = "fp_b"
    code, found = watch.call()
    assert (code, found["n_runs"], found["new_fingerprints"]) == (0, 3, ["fp_b"])
    assert "of an earlier call is recorded now" in watch.said
    # A model that refuses: no point, nothing counts as wrong.
    watch.provider.status = 401
    code, found = watch.call()
    assert (code, found["n_runs"], found["problem"]) == (3, 3, "no draw of this run has a verdict")
    watch.provider.status = 200
    # Another policy is another series.
    watch.write(policy="repair")
    code, found = watch.call()
    assert (code, found["n_runs"]) == (0, 1)
    assert "policy" in found["restarted"]


def test_nothing_to_run_is_five_and_recorded_answers_are_refused(watch: Watch) -> None:
    (watch.folder / "codeloop.yaml").write_text("version: 1\n", "utf-8")
    assert cli.run(["watch"]) == 5
    (watch.folder / "codeloop.yaml").write_text(
        "version: 1\nsuites: [{name: basics}]\nmodels: [{model: 'replay:c.jsonl'}]\n", "utf-8"
    )
    (watch.folder / "c.jsonl").write_text("", "utf-8")
    assert cli.run(["watch"]) == 2
    assert "replay:c.jsonl gives recorded answers, which never change: name a model" in watch.capsys.readouterr().err


def test_webhooks_and_endpoints_need_trust(watch: Watch) -> None:
    assert cli.run(["watch"]) == 2
    assert "webhooks[0].url: names a webhook: needs --trust" in watch.capsys.readouterr().err


def test_seeds_differ_by_run_and_fit_thirty_two_bits() -> None:
    seeds = [seed_of(f"run-{i}") for i in range(1000)]
    assert len(set(seeds)) == 1000
    assert 0 <= min(seeds) <= max(seeds) < 2**30
    assert seed_of("run-1") == seeds[1]


def test_a_run_that_recorded_nothing_gives_no_point(tmp_path: Path) -> None:
    series = Series(suite="s", model="m")
    with Store.open(tmp_path / "codeloop.db") as store:
        store.new_run("r", {"task_ids": ["Python/1"], "draws": 1})
        assert not watching.record(store, series, "r")
        assert watching.standing(store, series) is None
        assert watching.catch_up(store, series) == ()


# The other command about webhooks


def test_a_ping_reaches_everyone_and_the_log_shows_the_tries(watch: Watch) -> None:
    assert cli.run(["webhooks", "list"]) == 0
    assert "no webhook has been told" in watch.capsys.readouterr().err
    assert cli.run(["webhooks", "test", "--trust"]) == 0
    assert f"webhook {watch.receiver.url}: ping delivered" in watch.capsys.readouterr().err
    (told,) = watch.told
    assert validated("webhook-1", told)["event"] == "ping"
    assert cli.run(["webhooks", "list"]) == 0
    assert f"ping\t{watch.receiver.url}\ttry 1" in watch.capsys.readouterr().out
    assert cli.run(["webhooks", "list", "--json", "--limit", "1"]) == 0
    (row,) = json.loads(watch.capsys.readouterr().out)
    assert (row["event"], row["status"], row["number"], row["error"]) == ("ping", 204, 1, "")


def test_a_ping_without_a_secret_is_one_line_and_status_three(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOOK_SECRET")
    assert cli.run(["webhooks", "test", "--trust"]) == 3
    assert "HOOK_SECRET is not set" in watch.capsys.readouterr().err
    assert watch.told == []
    (watch.folder / "codeloop.yaml").write_text("version: 1\n", "utf-8")
    assert cli.run(["webhooks", "test"]) == 2
    assert "has no webhooks" in watch.capsys.readouterr().err
