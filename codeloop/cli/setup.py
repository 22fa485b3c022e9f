"""``codeloop setup``: bring up what a run needs: engine and images or the host's tools, data, model."""

from __future__ import annotations

from pathlib import Path

import click

from codeloop import config
from codeloop.cli.options import option, preparable, sandbox_option, say
from codeloop.config import SandboxChoice
from codeloop.models.names import local_weights
from codeloop.registry import prepare_sandbox
from codeloop.stages.exported import IMAGE


@click.command()
@option("--lang", default="python,java", help="Languages, comma-separated; c-rust: C to Rust.")
@click.option("--model/--no-model", "with_model", default=True, help="Fetch the local model's weights too.")
@option("--local-size", default="0.5b", help="Which local model: 0.5b (0.5 GB) or 1.5b (1.1 GB).")
@click.option("--weights", type=click.Path(path_type=Path, exists=True), help="A GGUF file you already have.")
@click.option("--runners", "with_runners", is_flag=True, help="Also the image in which export-tests --run runs suites.")
@sandbox_option
def command(
    lang: str, sandbox: str, with_model: bool, local_size: str, weights: Path | None, with_runners: bool
) -> int:
    """Prepare this machine; each change to the system is printed before it is made."""
    names, model = preparable(lang), local_weights(local_size)
    prepare_sandbox(names, say, SandboxChoice(kind=sandbox))
    if with_runners:
        prepare_sandbox((IMAGE,), say, SandboxChoice(kind="docker"))
    if with_model:
        from codeloop.models.weights import ensure_weights

        path = ensure_weights(model, weights, say=say, cache_dir=config.cache_dir() / "models")
        say(f"model: {path}")
    return 0
