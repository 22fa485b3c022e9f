"""Registry: names to adapters. The one place that knows which sandbox and which model a setting means."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import anyio.to_thread

from codeloop import config
from codeloop.errors import ConfigError
from codeloop.models.port import Model
from codeloop.stages.check import Checker

Say = Callable[[str], None]

LOCAL_MODELS = {"local": "qwen2.5-coder-0.5b"}


async def open_checker(run_id: str, languages: tuple[str, ...], jobs: int, say: Say) -> Checker:
    """Bring up engine and images, sweep what dead runs left, and give the check."""
    from codeloop import host
    from codeloop.sandbox.docker import DockerSandbox, sweep

    def prepare() -> None:
        host.ensure_engine(say)
        host.ensure_images(languages, say)

    await anyio.to_thread.run_sync(prepare)
    await sweep()
    return Checker(sandbox=DockerSandbox(run_id=run_id, jobs=jobs))


def open_model(settings: config.RunConfig, say: Say) -> Model:
    """Make the model that a run names, recording to a cassette where the run asks for it. May fetch weights."""
    model = _open_model(settings, say)
    if not settings.record:
        return model
    from codeloop.models.replay import RecordingModel

    return RecordingModel(model, Path(settings.record))


def _open_model(settings: config.RunConfig, say: Say) -> Model:
    name, _, rest = settings.model.partition(":")
    if name in LOCAL_MODELS:
        from codeloop.models.local import LocalModel
        from codeloop.models.weights import ensure_weights

        weights, cache = LOCAL_MODELS[name], config.cache_dir() / "models"
        path = ensure_weights(weights, Path(rest) if rest else None, say=say, cache_dir=cache)
        return LocalModel(weights, path, say=say)
    if name == "replay":
        from codeloop.models.replay import ReplayModel

        return ReplayModel(Path(rest))
    if not settings.model.strip():
        raise ConfigError("no model: name one with --model, such as 'local' or 'openai/gpt-4o-mini'")
    from codeloop.models.litellm_model import LiteLLMModel

    return LiteLLMModel(settings.model, api_base=settings.api_base or None, api_key=config.api_key())
