"""What a configuration from a fork may not say: where programs run, who is told, and which of the host's files are read.

A pull request changes ``codeloop.yaml`` as it likes. Without ``--trust`` it may change what is asked and how it is
judged, and nothing that would take a key, a file or the network of the machine that runs it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from codeloop.models.names import file_of
from codeloop.project.marked import Path
from codeloop.project.schema import Project

HARMLESS = frozenset(
    {"lang", "draws", "k", "limit", "tasks", "seed", "jobs", "policy", "lint", "mutate", "max_iterations"}
    | {"budget_tokens", "budget_cost", "budget_s", "json"}
)
"""Options that a default may set without trust; all others name places, files or guarantees."""


def untrusted(project: Project) -> tuple[tuple[Path, str], ...]:
    """Give each place that needs trust, and why; empty: the project may come from anybody."""
    return (*_places(project), *_outside(project), *_defaults(project))


def files_of(project: Project) -> tuple[tuple[Path, str], ...]:
    """Give each file that a project names, and where."""
    found: list[tuple[Path, str | None]] = []
    found += [(("suites", i, "file"), suite.file) for i, suite in enumerate(project.suites)]
    found += [(("prompts", i, "file"), prompt.file) for i, prompt in enumerate(project.prompts)]
    found += [(("models", i, "model"), file_of(model.model)) for i, model in enumerate(project.models)]
    found += [(("gates", i, "baseline"), gate.baseline_file) for i, gate in enumerate(project.gates)]
    found += [(("stages", "lint_rules", language), name) for language, name in project.stages.lint_rules.items()]
    return tuple((path, name) for path, name in found if name is not None)


def _places(project: Project) -> Iterator[tuple[Path, str]]:
    for language in project.sandbox.images:
        yield ("sandbox", "images", language), "names an image"
    if project.sandbox.runtime:
        yield ("sandbox", "runtime"), "names a container runtime"
    if project.sandbox.allow_weak:
        yield ("sandbox", "allow_weak"), "does without a guarantee of the sandbox"
    for i, model in enumerate(project.models):
        if model.api_base is not None:
            yield ("models", i, "api_base"), "names an endpoint"
        if "://" in model.model:
            yield ("models", i, "model"), "names an endpoint"
    for i, _ in enumerate(project.webhooks):
        yield ("webhooks", i, "url"), "names a webhook"


def _outside(project: Project) -> Iterator[tuple[Path, str]]:
    for place, name in files_of(project):
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts:
            yield place, "leads out of the project's folder"


def _defaults(project: Project) -> Iterator[tuple[Path, str]]:
    for command, options in project.defaults.items():
        for name in options:
            if name.replace("-", "_") not in HARMLESS:
                yield ("defaults", command, name), "sets an option that names places, files or guarantees"
