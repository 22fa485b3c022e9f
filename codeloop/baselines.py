"""Baselines: a stored run as a snapshot, snapshots under names, and what a user may name to be compared."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from codeloop import snapshots
from codeloop.errors import ConfigError, UnknownName
from codeloop.policies import get_policy
from codeloop.slices import tags_in
from codeloop.snapshots import Draw, Facts, Snapshot, draw_of, images_of, settings_of
from codeloop.store import Run, Store

_SETTINGS = ("languages", "limit", "seed", "ks", "allow_unsafe", "fuzz_runs", "fuzz_s")
"""Of a run's settings: what its figures depend on and ``Facts`` has no field for. None holds a path of this machine."""
UNKNOWN = "unknown"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,99}")


def snapshot_of(store: Store, run_id: str) -> Snapshot:
    """Read a run as far as it got. Raises UnknownName, StoreError, and ConfigError where it recorded nothing."""
    run = store.find_run(run_id)
    trajectories = store.trajectories(run.run_id)
    if not trajectories:
        raise ConfigError(f"run {run.run_id} has no finished trajectory: go on with it first: codeloop resume {run_id}")
    tags = tags_in(run.config.get("facts", {}))
    draws = tuple(draw_of(trajectory, tags.get(trajectory.task_id, ())) for trajectory in trajectories)
    facts = replace(_facts(run, draws), images=images_of(trajectories))
    return Snapshot(name=run.run_id, facts=facts, draws=draws)


def set_baseline(store: Store, name: str, snapshot: Snapshot) -> None:
    """Keep a snapshot under a name. Raises ConfigError for a name that cannot be told from a run or a file."""
    if not _NAME.fullmatch(name) or is_file(name):
        raise ConfigError(
            f"baseline {name!r}: give a name of letters, digits, '.', '_', '-' and '/', not ending with .json"
        )
    if any(run.run_id == name for run in store.list_runs()):
        raise ConfigError(f"baseline {name!r}: a run has that name: give another")
    store.set_baseline(name, snapshot.facts.run_id, snapshots.write(snapshot))


def baseline(store: Store, name: str) -> Snapshot:
    """Give the baseline of that name. Raises UnknownName, and ConfigError for one of another format."""
    found = store.baseline(name)
    if found is None:
        raise UnknownName("baseline", name, [each.name for each in store.list_baselines()] or ["(none yet)"])
    return snapshots.read(name, found.data)


def read_file(path: Path) -> Snapshot:
    """Read an exported file. Raises ConfigError."""
    try:
        return snapshots.read(path.name, path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as exc:
        reason = exc.strerror if isinstance(exc, OSError) else "it is no text"
        raise ConfigError(f"{path} cannot be read: {reason}: give a file of codeloop baseline export") from exc


def find(store: Store, name: str) -> Snapshot:
    """Give what a name says: the baseline of that name, else the run. Raises UnknownName."""
    baselines, runs = store.list_baselines(), store.list_runs()
    if any(each.name == name for each in baselines):
        return baseline(store, name)
    known = [*(each.name for each in baselines), *(run.run_id for run in reversed(runs))]
    if name not in known:
        raise UnknownName("run or baseline", name, known or ["(none yet)"])
    return snapshot_of(store, name)


def is_file(name: str) -> bool:
    """Say whether a user means an exported file."""
    return name.endswith(".json") or name.startswith(("/", "./", "../", "~"))


def _facts(run: Run, draws: tuple[Draw, ...]) -> Facts:
    settings, noted = run.config, run.config.get("facts", {})
    suite, policy = noted.get("suite", {}), get_policy(settings.get("policy", "default"))
    rest = {name: settings[name] for name in _SETTINGS if settings.get(name) not in (None, [], "")}
    return Facts(
        suite=suite.get("name", UNKNOWN),
        suite_version=suite.get("version", ""),
        suite_sha256=suite.get("sha256", ""),
        stages=tuple(f"{rule.name}:{rule.gate}" for rule in policy.stages),
        feedback=repr(policy.teller),
        model=noted.get("model", UNKNOWN),
        policy=policy.name,
        max_iterations=settings.get("max_iterations", policy.max_repairs),
        draws=settings.get("draws", max(row.draw for row in draws) + 1),
        run_id=run.run_id,
        codeloop=noted.get("codeloop", ""),
        isolation=noted.get("isolation", ""),
        settings=settings_of(rest | {"tasks": len({row.task_id for row in draws})}),
        metadata=settings_of({**dict(noted.get("model_details", {})), **noted.get("metadata", {})}),
    )
