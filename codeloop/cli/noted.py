"""What a run notes of where it came from: tags of its tasks, and metadata, so that it can be told from every other run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click

from codeloop import config
from codeloop.checkout import checkout_of
from codeloop.config import RunConfig
from codeloop.errors import ConfigError
from codeloop.redact import is_secret_name
from codeloop.store import Store
from codeloop.tasks import TAG, TAG_SHAPE, Task

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,59}")
_MAX_VALUE = 500


def note_origin(store: Store, run_id: str, settings: RunConfig, tasks: Iterable[Task]) -> None:
    """Note tags and metadata with the run; one that goes on keeps what it noted first, where its first answers come from."""
    known = store.load_run(run_id).config.get("facts", {})
    found: dict[str, Any] = {"tags": tags_of(tasks, settings.tags), "metadata": metadata_of(settings)}
    store.note_facts(run_id, {name: value for name, value in found.items() if name not in known})


def tags_of(tasks: Iterable[Task], more: Iterable[str] = ()) -> dict[str, list[str]]:
    """Give the words of each task that has any: its own, then those of the whole run."""
    found = {task.id: list(dict.fromkeys((*task.tags, *more))) for task in tasks}
    return {task_id: words for task_id, words in found.items() if words}


def metadata_of(settings: RunConfig, folder: Path = Path()) -> dict[str, str]:
    """Give what tells the run from others, by name, without keys; what the user says comes before what is found here.

    Versions of the tools of checks are those of the image, whose digest stands with each verdict.
    """
    found = {
        "codeloop": version("codeloop"),
        "prompt_version": settings.prompt[0] if settings.prompt else "codeloop",
        "seed": str(settings.seed),
        "user": config.first_given(config.USER_VARIABLES),
        "ci_run": config.ci_run(),
        **_checked_out(folder),
        **dict(settings.metadata),
    }
    return {name: config.redacted(value)[:_MAX_VALUE] for name, value in found.items() if value}


def _checked_out(folder: Path) -> Mapping[str, str]:
    found = checkout_of(folder)
    named = config.first_given(config.BRANCH_VARIABLES)
    if found is None:
        return {"git_commit": config.first_given(config.COMMIT_VARIABLES), "git_branch": named}
    dirty = {True: "yes", False: "no", None: ""}[found.is_dirty]
    return {"git_commit": found.commit, "git_branch": found.branch or named, "git_dirty": dirty}


def tags(_context: click.Context, _parameter: click.Parameter, values: Iterable[str]) -> tuple[str, ...]:
    """Read ``--tag``. Raises ConfigError."""
    for word in values:
        if not TAG.fullmatch(word):
            raise ConfigError(f"--tag {word!r}: give a word of {TAG_SHAPE}")
    return tuple(dict.fromkeys(values))


def metadata(
    _context: click.Context, _parameter: click.Parameter, values: Iterable[str]
) -> tuple[tuple[str, str], ...]:
    """Read ``--metadata NAME=VALUE``. Raises ConfigError, also for what is named like a key: it would stand in every report."""
    found: dict[str, str] = {}
    for text in values:
        name, is_given, value = text.partition("=")
        if not is_given or not _NAME.fullmatch(name):
            raise ConfigError(f"--metadata {config.redacted(text)!r}: give NAME=VALUE, such as ticket=ABC-12")
        if is_secret_name(name):
            raise ConfigError(
                f"--metadata {name}: is named like a key, and metadata stands in every report: leave it out"
            )
        if len(value) > _MAX_VALUE:
            raise ConfigError(f"--metadata {name}: longer than {_MAX_VALUE} characters: shorten it")
        found[name] = config.redacted(value)
    return tuple(found.items())
