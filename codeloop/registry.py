"""Registry: names to adapters. The one place that knows which sandbox and which model a setting means."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import anyio.to_thread

from codeloop import config
from codeloop.errors import ConfigError, MissingTool, UsageError
from codeloop.languages.rules import Rules, parse
from codeloop.models import none
from codeloop.models.names import LOCAL_MODELS, check_model_name, is_weights_file, local_weights
from codeloop.models.port import Model
from codeloop.sandbox.port import Guarantee
from codeloop.stages.check import Checker
from codeloop.stages.lint import LintSettings

if TYPE_CHECKING:
    from codeloop.sandbox.bubblewrap import BubblewrapSandbox
    from codeloop.sandbox.docker import DockerSandbox

Say = Callable[[str], None]

_DEFAULT = config.SandboxChoice()


@asynccontextmanager
async def open_checker(
    run_id: str, languages: tuple[str, ...], jobs: int, say: Say, choice: config.SandboxChoice = _DEFAULT
) -> AsyncIterator[Checker]:
    """Bring up what checks run in, sweep what dead runs left, and give the check; its cells are gone at exit.

    Raises MissingTool where the host has not what was chosen, ConfigError where that enforces too little.
    """
    from codeloop.sandbox.owner import sweep

    kind = await anyio.to_thread.run_sync(prepare_sandbox, languages, say, choice)
    if kind == "docker":
        await sweep()
    sandbox = _open_sandbox(kind, run_id, jobs, choice)
    try:
        _refuse_weak(kind, sandbox.guarantees, choice)
        if choice.kind == "auto":
            say(f"sandbox: {sandbox.description}")
        yield Checker(sandbox=sandbox)
    finally:
        await sandbox.aclose()


def prepare_sandbox(languages: tuple[str, ...], say: Say, choice: config.SandboxChoice) -> str:
    """Bring up engine and images, or the host's tools for bubblewrap; which of both. Blocks. Raises MissingTool."""
    from codeloop import images, toolchains

    kind = _settled(choice, say)
    if kind == "bubblewrap" and choice.needs_analysers:
        raise UsageError(
            "static analysis needs the tools of codeloop's images: use --sandbox docker, or go without by --lint off"
        )
    if kind == "docker":
        images.ensure_images(languages, say)
        if own := [(language, name) for language, name in choice.images if language in languages]:
            images.require_own(own)
    else:
        toolchains.ensure(languages, config.toolchains_dir(), say)
    return kind


def _settled(choice: config.SandboxChoice, say: Say) -> str:
    """Say which adapter a choice means on this host; isolation, runtime and images are Docker's alone."""
    from codeloop import host
    from codeloop.sandbox import bubblewrap

    is_dockers = choice.runtime != "" or choice.isolation != "cell" or choice.images != ()
    if choice.kind == "bubblewrap" and is_dockers:
        raise ConfigError("--isolation, --runtime and --images are Docker's: leave them out with --sandbox bubblewrap")
    if choice.kind != "bubblewrap":
        try:
            host.ensure_engine(say).close()
        except MissingTool:
            if choice.kind == "docker" or is_dockers or not bubblewrap.probe().ok:
                raise
        else:
            return "docker"
    found = bubblewrap.probe()
    if not found.ok:
        raise MissingTool(f"bubblewrap ({found.detail})", found.remedy)
    return "bubblewrap"


def _open_sandbox(kind: str, run_id: str, jobs: int, choice: config.SandboxChoice) -> DockerSandbox | BubblewrapSandbox:
    if kind == "bubblewrap":
        from codeloop.sandbox.bubblewrap import BubblewrapSandbox

        return BubblewrapSandbox(cache_dir=config.toolchains_dir(), jobs=jobs)
    from codeloop.sandbox.docker import DockerSandbox, Isolation

    isolation = Isolation(choice.isolation)
    return DockerSandbox(
        run_id=run_id, jobs=jobs, isolation=isolation, runtime=choice.runtime or None, images=dict(choice.images)
    )


def _refuse_weak(kind: str, declared: frozenset[Guarantee], choice: config.SandboxChoice) -> None:
    """Refuse a sandbox that enforces less than the user takes. Raises ConfigError."""
    refused = ",".join(sorted(frozenset(Guarantee) - declared - frozenset(choice.allow_weak)))
    if refused:
        raise ConfigError(
            f"{kind} cannot enforce {refused} on this host: go without by --allow-weak {refused}, or use --sandbox docker"
        )


def with_rules(checker: Checker, rule_files: Iterable[tuple[str, str, str]]) -> Checker:
    """Give the checker whose policies ask users' rule files (language, name, text) before codeloop's. Raises ConfigError."""
    found: dict[str, Rules] = {}
    for language, name, text in rule_files:
        found[language] = parse(text, name).over(found.get(language, Rules()))
    return replace(checker, lint=LintSettings(rules=tuple(found.items())))


def open_model(settings: config.RunConfig, say: Say) -> Model:
    """Make the model that a run names, recording to a cassette where the run asks for it. May fetch weights."""
    model = _open_model(settings, say)
    if not settings.record:
        return model
    from codeloop.models.replay import RecordingModel

    return RecordingModel(model, Path(settings.record), asked=settings.model)


def _open_model(settings: config.RunConfig, say: Say) -> Model:
    check_model_name(settings.model)
    name, _, rest = settings.model.partition(":")
    if settings.model == none.NAME:
        return none.NoModel()
    if name == "local":
        return _open_local(rest, say)
    if name == "replay":
        from codeloop.models.replay import ReplayModel

        return ReplayModel(Path(rest), asked=settings.replay_of)
    from codeloop.models.litellm_model import LiteLLMModel

    return LiteLLMModel(settings.model, api_base=settings.api_base or None, api_key=config.api_key())


def _open_local(rest: str, say: Say) -> Model:
    """Open ``local:SIZE`` or ``local:FILE``; a file may be any of the registered ones, known by its length."""
    from codeloop.models.local import LocalModel
    from codeloop.models.weights import ensure_weights, find_weights

    path = Path(rest) if is_weights_file(rest) else None
    weights = local_weights("" if path else rest)
    if path is not None and path.is_file():
        n_bytes = path.stat().st_size
        weights = next((name for name in LOCAL_MODELS.values() if find_weights(name).size == n_bytes), weights)
    path = ensure_weights(weights, path, say=say, cache_dir=config.cache_dir() / "models")
    return LocalModel(weights, path, threads=config.local_threads(), say=say)
