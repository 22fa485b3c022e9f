"""Configuration: flags > environment (``CODELOOP_*``) > ``codeloop.yaml`` > defaults. Only this module reads the environment.

click resolves the order: every option names its variable, and ``defaults`` of the file become click's ``default_map``.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from codeloop.errors import ConfigError
from codeloop.project import NAME
from codeloop.redact import redact, secrets_in
from codeloop.suites.translations import Demands


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxChoice:
    """Where checks run, and how they are kept apart."""

    kind: str = "auto"
    """``docker``, ``bubblewrap``, or ``auto``: Docker where an engine answers or can be started, else bubblewrap."""
    isolation: str = "cell"
    """``cell``: warm containers that serve one check after another; ``container``: one for each check."""
    runtime: str = ""
    """A container runtime that the engine knows, such as ``runsc``; empty: the engine's default."""
    allow_weak: tuple[str, ...] = ()
    """Guarantees that may be missing (``sandbox.port.Guarantee``)."""
    images: tuple[tuple[str, str], ...] = ()
    """Users' own images in place of codeloop's, on which they are built: language, name."""
    needs_analysers: bool = False
    """Whether static analysis is asked for: only images hold its tools."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunConfig:
    """The settings of a bench run: stored with it, so that ``resume`` needs nothing but the run's id."""

    suite: str = "humaneval-x"
    """A suite's name, or the path of a YAML or JSONL file."""
    languages: tuple[str, ...] = ("python", "java")
    model: str = "local"
    """``local``, ``local:SIZE``, ``local:FILE``, ``replay:FILE``, or a litellm provider/model string."""
    api_base: str = ""
    draws: int = 1
    policy: str = "default"
    """A preset of ``codeloop.policies``, fields of it may follow."""
    prompt: tuple[str, ...] = ()
    """The user's own first prompt: its name, its text as it was when the run began; empty: codeloop's."""
    lint_rules: tuple[tuple[str, str, str], ...] = ()
    """Users' rule files: language, the file's name, its text as it was when the run began."""
    max_iterations: int = 3
    """Attempts after the first."""
    ks: tuple[int, ...] = (1,)
    limit: int | None = None
    """Tasks per language, a fixed stratified choice; ``None`` = all."""
    task_ids: tuple[str, ...] = ()
    seed: int = 0
    jobs: int = 2
    """Cells at once; a cell uses about one core."""
    sandbox: str = "auto"
    isolation: str = "cell"
    runtime: str = ""
    allow_weak: tuple[str, ...] = ()
    images: tuple[tuple[str, str], ...] = ()
    """These five: see ``SandboxChoice``."""
    budget_tokens: int | None = None
    budget_cost: float | None = None
    """US dollars."""
    budget_s: float | None = None
    perturb: int = 0
    """Rewrites of each task's C that draws and restarts go round, beside the C itself."""
    record: str = ""
    """Cassette file to append the model's answers to."""
    replay_of: str = ""
    """Of ``replay:FILE`` with the answers of several models: how settings named the one to take; empty: all."""
    allow_unsafe: int | None = None
    fuzz_runs: int | None = None
    fuzz_s: float | None = None
    start: str | None = None
    """These four: see ``suites.translations.Demands``; the program's text is kept as it was when the run began."""
    tags: tuple[str, ...] = ()
    """Words that every task of the run carries beside its own."""
    metadata: tuple[tuple[str, str], ...] = ()
    """What whoever started the run says of it: name, text."""

    def __post_init__(self) -> None:
        """Refuse a key in the endpoint: settings are stored and printed. Raises ConfigError."""
        if "@" in urlsplit(self.api_base).netloc or redacted(self.api_base) != self.api_base:
            raise ConfigError("--api-base holds a key or a password: give it as CODELOOP_API_KEY")

    @property
    def sandbox_choice(self) -> SandboxChoice:
        """Where checks run."""
        return SandboxChoice(
            kind=self.sandbox,
            isolation=self.isolation,
            runtime=self.runtime,
            allow_weak=self.allow_weak,
            images=self.images,
        )

    @property
    def demands(self) -> Demands:
        """What is asked of translations from C."""
        return Demands(allow_unsafe=self.allow_unsafe, fuzz_runs=self.fuzz_runs, fuzz_s=self.fuzz_s, start=self.start)

    def as_dict(self) -> dict[str, Any]:
        """Give plain data for the store."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> RunConfig:
        """Read what ``as_dict`` gave, also after a trip through JSON."""
        return cls(**{key: _as_tuples(value) for key, value in data.items()})


def _as_tuples(value: Any) -> Any:
    return tuple(map(_as_tuples, value)) if isinstance(value, list | tuple) else value


@dataclass(frozen=True, slots=True, kw_only=True)
class AblationConfig:
    """The settings of an ablation: stored with each of its arms' runs."""

    run: RunConfig
    """Its ``policy`` and ``max_iterations`` are the arms' own."""
    arms: tuple[str, ...]
    numbers: str = "all"
    """``even``, ``odd``: tasks of such numbers only; tune on one half, confirm on the other."""
    shard: int = 1
    """From 1."""
    shards: int = 1
    out: str = ""
    """Folder of the results; empty: one of the run's own."""

    def as_dict(self) -> dict[str, Any]:
        """Give plain data for the store."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> AblationConfig:
        """Read what ``as_dict`` gave, also after a trip through JSON."""
        rest = {name: value for name, value in data.items() if name not in ("run", "arms")}
        return cls(run=RunConfig.from_dict(data["run"]), arms=tuple(data["arms"]), **rest)

    @property
    def settled(self) -> AblationConfig:
        """Give what results depend on; where they are written and how many cells work at once may change."""
        return replace(self, out="", run=replace(self.run, jobs=1))


USER_VARIABLES = ("GITHUB_TRIGGERING_ACTOR", "GITHUB_ACTOR", "GITLAB_USER_LOGIN", "USER", "LOGNAME")
BRANCH_VARIABLES = ("GITHUB_HEAD_REF", "GITHUB_REF_NAME", "CI_COMMIT_REF_NAME")
COMMIT_VARIABLES = ("GITHUB_SHA", "CI_COMMIT_SHA")


def first_given(names: Iterable[str]) -> str:
    """Give the value of the first variable that has one, cut to 200 characters; empty: none has."""
    return next((value[:200] for name in names if (value := os.environ.get(name, "").strip())), "")


def ci_run() -> str:
    """Give the address of the CI job that this is, on GitHub or GitLab; empty elsewhere."""
    server, repository, run = (os.environ.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID"))
    if server and repository and run:
        return f"{server}/{repository}/actions/runs/{run}"[:300]
    return os.environ.get("CI_JOB_URL", "")[:300]


def api_key() -> str | None:
    """Give ``CODELOOP_API_KEY``, for endpoints that LiteLLM has no variable for; never part of the stored settings."""
    return os.environ.get("CODELOOP_API_KEY") or None


def redacted(text: str, *names: str) -> str:
    """Take the environment's keys out of a text, and the values of the variables ``names``."""
    return redact(text, secrets_in(os.environ, *map(os.environ.get, names)))


def secret(name: str) -> str | None:
    """Give the value of a variable that a webhook names; never part of stored settings."""
    return os.environ.get(name) or None


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHubJob:
    """A step of a workflow that runs this process."""

    summary: Path | None
    """File that the step's summary is appended to."""


def github_job() -> GitHubJob | None:
    """Give the step where ``GITHUB_ACTIONS`` is ``true``, as GitHub's and compatible runners set it."""
    if os.environ.get("GITHUB_ACTIONS") != "true":
        return None
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    return GitHubJob(summary=Path(summary) if summary else None)


def data_dir() -> Path | None:
    """Give ``CODELOOP_DATA_DIR``, where data sets are looked for first."""
    value = os.environ.get("CODELOOP_DATA_DIR")
    return Path(value) if value else None


def cache_dir() -> Path:
    """Give ``CODELOOP_CACHE_DIR``, or the user's cache folder; made when something is written to it."""
    import platformdirs

    return Path(os.environ.get("CODELOOP_CACHE_DIR") or platformdirs.user_cache_dir("codeloop"))


def toolchains_dir() -> Path:
    """Give ``CODELOOP_TOOLCHAINS_DIR``, or the folder of prepared host toolchains in the cache.

    Root's is the system's: the users of cells, who must be able to enter it, cannot enter root's home.
    """
    usual = Path("/var/cache/codeloop/toolchains") if os.geteuid() == 0 else cache_dir() / "toolchains"
    return Path(os.environ.get("CODELOOP_TOOLCHAINS_DIR") or usual).absolute()


def local_threads() -> int:
    """Give the compute threads of the local model: ``CODELOOP_LOCAL_THREADS``, else one core fewer than there are.

    One core is left to the checks, which go on meanwhile. Raises ConfigError unless it is a whole number from 1.
    """
    value = os.environ.get("CODELOOP_LOCAL_THREADS") or str(max(1, (os.cpu_count() or 1) - 1))
    if not value.isdecimal() or int(value) < 1:
        raise ConfigError(f"CODELOOP_LOCAL_THREADS={value!r}: give a whole number from 1")
    return int(value)


def runs_dir() -> Path:
    """Give ``CODELOOP_RUNS_DIR``, or ``.codeloop`` in the working folder: the store and each run's results."""
    return Path(os.environ.get("CODELOOP_RUNS_DIR") or ".codeloop")


def store_url() -> str:
    """Give ``CODELOOP_STORE`` (any SQLAlchemy URL), or the SQLite file in ``runs_dir``."""
    return os.environ.get("CODELOOP_STORE") or str(runs_dir() / "codeloop.db")


def file_defaults() -> dict[str, Any]:
    """Read ``defaults`` of the working folder's ``codeloop.yaml``: command name → option → value. Raises ConfigError."""
    path = Path(NAME)
    if not path.exists():
        return {}
    from codeloop.project.reading import defaults_of, document_of

    return defaults_of(document_of(path))
