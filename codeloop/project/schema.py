"""The schema of ``codeloop.yaml``: pydantic models, which are also the published JSON Schema (``schema.json``).

Plain data and what can be said of one field, or of one gate, alone; what needs the rest of the file is in ``checks``,
what needs other files in ``load``. Paths are as written: they count from the folder of ``codeloop.yaml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from codeloop.errors import UsageError
from codeloop.languages import NAMES as LANGUAGES
from codeloop.models.names import check_model_name
from codeloop.policies import get_policy

SUITE_NAME = r"^[A-Za-z0-9][A-Za-z0-9._/:=,+-]{0,99}$"
VARIABLE = r"^[A-Z][A-Z0-9_]{0,99}$"
WORD = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$"
"""Names that stand in reports, file names and tags; ``problems`` says each pattern in words."""
PASS_AT = re.compile(r"pass@([1-9][0-9]{0,3})")
METRICS = ("pass@1", "mutation_score", "errored", "cost_usd", "seconds")
"""``pass@1`` stands for any k."""
BETTER_HIGHER = ("pass@", "mutation_score")
SHARES = ("pass@", "mutation_score", "errored")
Event = Literal["run_finished", "gate_failed", "drift_found"]
EVENTS: tuple[Event, ...] = ("run_finished", "gate_failed", "drift_found")


def _language(value: str) -> str:
    if value not in LANGUAGES:
        raise PydanticCustomError("unknown_name", "{value}", {"value": value, "kind": "language", "known": LANGUAGES})
    return value


def _metric(value: str) -> str:
    if value not in METRICS and not PASS_AT.fullmatch(value):
        raise PydanticCustomError("unknown_name", "{value}", {"value": value, "kind": "metric", "known": METRICS})
    return value


def _policy(value: str) -> str:
    try:
        return get_policy(value).name
    except UsageError as exc:
        raise PydanticCustomError("usage", "{text}", {"text": str(exc)}) from exc


def _model_name(value: str) -> str:
    try:
        check_model_name(value)
    except UsageError as exc:
        raise PydanticCustomError("usage", "{text}", {"text": str(exc)}) from exc
    return value


def _endpoint(value: str) -> str:
    """Take http and https; a key or a password in it would be stored and printed."""
    try:
        parts = urlsplit(value)
        is_url = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_url = False
    if not is_url:
        raise PydanticCustomError("usage", "is no URL: write it whole, such as https://example.org/v1")
    if "@" in parts.netloc:
        raise PydanticCustomError("usage", "holds a user or a password: they belong into the environment")
    return value


Language = Annotated[str, AfterValidator(_language)]
Url = Annotated[str, AfterValidator(_endpoint), Field(json_schema_extra={"format": "uri"})]
Word = Annotated[str, Field(pattern=WORD)]
File = Annotated[str, Field(min_length=1, max_length=1000)]


class _Model(BaseModel):
    """Frozen, strict (``'5'`` is no number, ``1`` no truth value), and without unknown keys."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, allow_inf_nan=False, use_attribute_docstrings=True
    )


class SuiteEntry(_Model):
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


class PromptEntry(_Model):
    """A template of your own for the first prompt."""

    version: Word
    """Its name in reports and in the metadata of each attempt."""
    file: File
    """A Jinja2 file; it may use question.title, .language, .entry_point, .given and .statement."""


class ModelEntry(_Model):
    """A model."""

    model: Annotated[str, Field(min_length=1, max_length=300), AfterValidator(_model_name)]
    """local, local:1.5b, replay:CASSETTE, or a litellm provider/model string."""
    api_base: Url | None = None
    """Endpoint of an OpenAI-compatible server; its key is CODELOOP_API_KEY of the environment."""


class Stages(_Model):
    """Stages after compiling and testing."""

    lint: Literal["off", "inform", "gate"] | None = None
    """Analyse what passes its tests. None: the policy's."""
    mutate: Literal["off", "inform"] | None = None
    """Say what the visible tests would not notice. None: the policy's."""
    lint_rules: dict[Language, File] = Field(default_factory=dict)
    """Rule files by language, asked before codeloop's own."""


class Budgets(_Model):
    """What a run may spend before it calls no model any more; None: no bound."""

    tokens: Annotated[int, Field(ge=0)] | None = None
    cost_usd: Annotated[float, Field(ge=0)] | None = None
    seconds: Annotated[float, Field(ge=0)] | None = None


class Gate(_Model):
    """One condition on a run: absolute (`min` or `max`), or relative (`max_regression` against `baseline`)."""

    metric: Annotated[str, AfterValidator(_metric), Field(json_schema_extra={"examples": list(METRICS)})] = "pass@1"
    """pass@K, mutation_score, errored (share of draws that the machine failed), cost_usd, seconds (of models and checks, summed)."""
    min: float | None = None
    """The least that will do; of pass@K and mutation_score, which are shares from 0 to 1."""
    max: float | None = None
    """The most that will do; of cost_usd, seconds and errored, which is a share from 0 to 1."""
    max_regression: Annotated[float, Field(ge=0, lt=100)] | None = None
    """Points of pass@1 that may be lost against the baseline: 2 is from 80 % to 78 %."""
    baseline: Annotated[str, Field(min_length=1, max_length=1000)] | None = None
    """Name of a baseline (`codeloop baseline set`), or an exported file: it has a slash or ends with .json."""
    iteration: Annotated[int, Field(ge=0)] | None = None
    """What would be handed over after so many repairs, 0: the first answers. None: at the end."""
    language: Language | None = None
    """Only tasks of this language."""
    tag: Word | None = None
    """Only tasks of suites with this tag."""
    strict: bool = False
    """Of pass@K and mutation_score: the interval's end must reach `min`, not the figure alone."""
    max_missing: Annotated[float, Field(ge=0, le=1)] = 0.1
    """Share of draws without a verdict above which nothing passes."""

    @property
    def is_relative(self) -> bool:
        """Say whether the gate compares with a baseline."""
        return self.max_regression is not None

    @property
    def baseline_file(self) -> str | None:
        """Give the baseline where it is a file."""
        name = self.baseline or ""
        return name if "/" in name or name.endswith(".json") else None

    @property
    def k(self) -> int | None:
        """Give the k of pass@k; ``None``: another metric."""
        found = PASS_AT.fullmatch(self.metric)
        return int(found[1]) if found else None

    @model_validator(mode="after")
    def _is_whole(self) -> Gate:
        """Refuse what could never fail, or would fail the wrong way round; all mistakes in one error."""
        mistakes = [*self._mistaken_bounds(), *self._mistaken_kind(), *self._mistaken_metric()]
        if mistakes:
            text = "; ".join(f"{key}: {message}" for key, message in mistakes)
            raise PydanticCustomError("usage_at", "{text}", {"text": text, "mistakes": mistakes})
        return self

    def _mistaken_bounds(self) -> Iterator[tuple[str, str]]:
        is_share = self.metric.startswith(SHARES)
        for key, value in (("min", self.min), ("max", self.max)):
            if value is not None and is_share and not 0 <= value <= 1:
                yield key, f"{value:g} is no share: give one from 0 to 1, such as 0.8"

    def _mistaken_kind(self) -> Iterator[tuple[str, str]]:
        is_absolute = self.min is not None or self.max is not None
        has_baseline = self.baseline is not None
        if is_absolute and (self.is_relative or has_baseline):
            key = "max_regression" if self.is_relative else "baseline"
            yield key, "min and max stand alone, max_regression takes a baseline: make two gates of it"
        elif self.is_relative and not has_baseline:
            yield "max_regression", "compares with a baseline: add baseline: NAME"
        elif has_baseline and not self.is_relative:
            yield "baseline", "nothing is compared with it: add max_regression, such as 2"
        elif not is_absolute and not self.is_relative:
            yield "metric", "no bound: add min or max, or max_regression with baseline"

    def _mistaken_metric(self) -> Iterator[tuple[str, str]]:
        is_higher_better = self.metric.startswith(BETTER_HIGHER)
        if self.min is not None and not is_higher_better:
            yield "min", f"{self.metric} is better lower: give max"
        if self.max is not None and is_higher_better:
            yield "max", f"{self.metric} is better higher: give min"
        if self.max_regression is not None and self.metric != "pass@1":
            yield "max_regression", f"only pass@1 is compared in pairs: give a bound for {self.metric}"
        if self.max_regression is not None and 0 < self.max_regression < 0.1:
            yield "max_regression", f"{self.max_regression:g} of a point: write 2 for two points of pass@1"
        if self.iteration is not None and self.k is None:
            yield "iteration", f"only pass@K is known by attempt: leave it out for {self.metric}"
        if self.strict and (self.is_relative or not is_higher_better):
            yield "strict", "goes with min, of pass@K or mutation_score: leave it out"


class Webhook(_Model):
    """An address that is told of events, signed with HMAC-SHA256."""

    url: Url
    events: Annotated[tuple[Event, ...], Field(min_length=1)] = EVENTS
    secret_env: Annotated[str, Field(pattern=VARIABLE)] = "CODELOOP_WEBHOOK_SECRET"  # noqa: S105 - a name
    """Name of the environment's variable that holds the secret."""


class Sandbox(_Model):
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


class Project(_Model):
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
    policy: Annotated[str, AfterValidator(_policy)] = "default"
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
