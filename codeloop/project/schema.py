"""The schema of ``codeloop.yaml``: pydantic models, which are also the published JSON Schema (``schema.json``).

Plain data and what can be said of one field, or of one gate, alone; what needs the rest of the file is in ``checks``,
what needs other files in ``load``. Paths are as written: they count from the folder of ``codeloop.yaml``.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from codeloop.policies import get_policy
from codeloop.project.fields import SUITE_NAME, VARIABLE, File, Frozen, Language, ModelName, PolicySpec, Url, Word
from codeloop.project.gate import Gate

Event = Literal["run_finished", "gate_failed", "drift_found"]
EVENTS: tuple[Event, ...] = ("run_finished", "gate_failed", "drift_found")


class SuiteEntry(Frozen):
    """Tasks to run: a built-in suite, or a file of your own."""

    name: Annotated[str, Field(pattern=SUITE_NAME)]
    """In reports and gates; without `file`, a built-in suite: humaneval-x, humaneval, basics, injected/LANGUAGE."""
    file: File | None = None
    """Your own tasks, YAML or JSONL (also .gz), in the format of codeloop/suites/basics.yaml; texts may be {file: NAME}."""
    languages: tuple[Language, ...] = ()
    """Only these; none: all that a file holds, python and java of a built-in suite."""
    limit: Annotated[int, Field(ge=1)] | None = None
    """Tasks per language: a fixed stratified choice. None: all."""
    tasks: tuple[str, ...] = ()
    """Ids of tasks, instead of a choice."""
    tags: tuple[Word, ...] = ()
    """Words by which gates and reports slice."""

    @property
    def source(self) -> str:
        """Give what `codeloop bench` takes as its suite; a file's path as written."""
        return self.file or self.name


class PromptEntry(Frozen):
    """A template of your own for the first prompt."""

    version: Word
    """Its name in reports and in the metadata of each attempt."""
    file: File
    """A Jinja2 file; it may use question.title, .language, .entry_point, .given and .statement."""


class ModelEntry(Frozen):
    """A model."""

    model: ModelName
    """local, local:1.5b, replay:CASSETTE, or a litellm provider/model string."""
    api_base: Url | None = None
    """Endpoint of an OpenAI-compatible server; its key is CODELOOP_API_KEY of the environment."""


class Stages(Frozen):
    """Stages after compiling and testing."""

    lint: Literal["off", "inform", "gate"] | None = None
    """Analyse what passes its tests. None: the policy's."""
    mutate: Literal["off", "inform"] | None = None
    """Say what the visible tests would not notice. None: the policy's."""
    lint_rules: dict[Language, File] = Field(default_factory=dict)
    """Rule files by language, asked before codeloop's own."""


class Budgets(Frozen):
    """What a run may spend before it calls no model any more; None: no bound."""

    tokens: Annotated[int, Field(ge=0)] | None = None
    cost_usd: Annotated[float, Field(ge=0)] | None = None
    seconds: Annotated[float, Field(ge=0)] | None = None


class Webhook(Frozen):
    """An address that is told of events, signed with HMAC-SHA256."""

    url: Url
    events: Annotated[tuple[Event, ...], Field(min_length=1)] = EVENTS
    secret_env: Annotated[str, Field(pattern=VARIABLE)] = "CODELOOP_WEBHOOK_SECRET"  # noqa: S105 - a name
    """Name of the environment's variable that holds the secret."""


class Sandbox(Frozen):
    """Where checks run, and how they are kept apart."""

    kind: Literal["auto", "docker", "bubblewrap"] = "auto"
    isolation: Literal["cell", "container"] = "cell"
    """Warm containers that serve one check after another, or one for each check."""
    runtime: str = ""
    """A container runtime that the engine knows, such as runsc."""
    allow_weak: tuple[Literal["memory", "pids", "cpu", "disk"], ...] = ()
    """Guarantees that may be missing."""
    images: dict[Language, Annotated[str, Field(min_length=1, max_length=500)]] = Field(default_factory=dict)
    """Images by language in place of codeloop's own; each must be built FROM that."""


class Project(Frozen):
    """What a team's CI asks of codeloop."""

    model_config = ConfigDict(
        title="codeloop.yaml", json_schema_extra={"$schema": "https://json-schema.org/draft/2020-12/schema"}
    )

    version: Literal[1]
    """Of this format."""
    suites: tuple[SuiteEntry, ...] = ()
    prompts: tuple[PromptEntry, ...] = ()
    """None: codeloop's own prompt. Each one is run."""
    models: Annotated[tuple[ModelEntry, ...], Field(min_length=1)] = (ModelEntry(model="local"),)
    """Each one is run."""
    policy: PolicySpec = "default"
    """How the loop goes on: a preset of `codeloop bench --help`, fields may follow."""
    stages: Stages = Stages()
    draws: Annotated[int, Field(ge=1)] = 1
    """Independent trajectories per task."""
    k: Annotated[tuple[Annotated[int, Field(ge=1)], ...], Field(min_length=1)] = (1,)
    """The k of pass@k that reports show; those of gates are added."""
    iterations: Annotated[int, Field(ge=0)] | None = None
    """Attempts after the first. None: the policy's."""
    seed: int = 0
    jobs: Annotated[int, Field(ge=1)] | None = None
    """Cells at once. None: one per core."""
    budgets: Budgets = Budgets()
    gates: tuple[Gate, ...] = ()
    webhooks: tuple[Webhook, ...] = ()
    sandbox: Sandbox = Sandbox()
    defaults: dict[str, dict[str, Any]] = Field(default_factory=dict)
    """Options of commands: command, option, value. Flags and CODELOOP_ variables come first."""

    @property
    def max_repairs(self) -> int:
        """Give the attempts after the first."""
        return get_policy(self.policy).max_repairs if self.iterations is None else self.iterations

    @property
    def ks(self) -> tuple[int, ...]:
        """Give the k of pass@k that reports show."""
        return tuple(sorted({*self.k, *(gate.k for gate in self.gates if gate.k)}))

    @property
    def full_policy(self) -> str:
        """Give the policy with its stages, as `codeloop bench --policy` takes it."""
        stages = (("lint", self.stages.lint), ("mutate", self.stages.mutate))
        return ":".join([self.policy, *(f"{name}={value}" for name, value in stages if value)])
