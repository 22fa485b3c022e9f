"""Names of models as settings give them: which forms there are, before anything is started for one."""

from __future__ import annotations

from pathlib import Path

from codeloop.errors import ConfigError, UnknownName

LOCAL_MODELS = {"0.5b": "qwen2.5-coder-0.5b", "1.5b": "qwen2.5-coder-1.5b"}
"""Sizes of ``local:SIZE`` to registered weights; the first is what plain ``local`` means."""


def local_weights(size: str) -> str:
    """Give the weights of a size, ``""`` being the default. Raises UnknownName, which lists the sizes."""
    known = size.lower() or next(iter(LOCAL_MODELS))
    if known not in LOCAL_MODELS:
        raise UnknownName("size of the local model", size, LOCAL_MODELS)
    return LOCAL_MODELS[known]


def check_model_name(name: str) -> None:
    """Refuse a name that no model can have. Raises UnknownName or ConfigError."""
    kind, _, rest = name.partition(":")
    if not name.strip():
        raise ConfigError("no model: name one with --model, such as 'local' or 'openai/gpt-4o-mini'")
    if name != name.strip():
        raise ConfigError(f"model {name!r}: there are spaces around it: remove them")
    if kind == "replay" and not rest:
        raise ConfigError(f"model {name!r} names no cassette: write replay:FILE")
    if name.startswith("/"):
        raise ConfigError(f"model {name!r} names no provider: write PROVIDER/MODEL, such as openai/gpt-4o-mini")
    if name.endswith("/") and kind not in ("replay", "local"):
        raise ConfigError(f"model {name!r} names no model: write PROVIDER/MODEL, such as openai/gpt-4o-mini")
    if kind == "local" and not is_weights_file(rest):
        local_weights(rest)


def is_weights_file(rest: str) -> bool:
    """Say whether what follows ``local:`` is a file, and no size."""
    return rest.endswith(".gguf") or len(Path(rest).parts) > 1


def file_of(name: str) -> str | None:
    """Give the file that a model's name holds: ``replay:FILE``, ``local:FILE``."""
    kind, _, rest = name.partition(":")
    return rest if rest and (kind == "replay" or (kind == "local" and is_weights_file(rest))) else None
