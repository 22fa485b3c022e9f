"""The runs of ``codeloop ci``: each from a plan to what was recorded of it, whatever ended it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from codeloop import baselines, config
from codeloop.ci.plan import Planned
from codeloop.ci.results import INTERRUPTED, CiRun, Unrecorded
from codeloop.cli import code_of, first_of
from codeloop.cli.compare import opened_store
from codeloop.cli.options import say
from codeloop.cli.running import conduct
from codeloop.config import RunConfig
from codeloop.errors import CodeloopError, ConfigError, UnknownName
from codeloop.project.load import Loaded
from codeloop.report.run_report import RunReport
from codeloop.store import Store

BUG = 70
Ran = tuple[CiRun, RunReport | None]
"""A run, and its report where anything of it was recorded."""


class CiSession:
    """One call of ``codeloop ci``; what breaks a run is kept until the reports are written."""

    def __init__(self, loaded: Loaded, session: str, *, replay: str = "", record: str = "", jobs: int) -> None:
        self.loaded, self.session = loaded, session
        self._replay, self._record, self._jobs = replay, record, jobs
        self._bug: BaseException | None = None
        self._is_interrupted = False

    def run_id(self, number: int) -> str:
        """Name the run of that place in the plan, from 0."""
        return f"{self.session}-{number + 1}"

    def require_known(self, planned: Sequence[Planned]) -> None:
        """Refuse to go on with a session that is not there, or was of other settings. Raises UnknownName, ConfigError."""
        with opened_store() as store:
            known = {run.run_id: run for run in store.list_runs()}
            sessions = {run.config.get("facts", {}).get("ci", {}).get("session") for run in known.values()} - {None}
        if self.session not in sessions:
            raise UnknownName("session", self.session, sorted(sessions, reverse=True) or ["(none yet)"])
        for number, each in enumerate(planned):
            run = known.get(self.run_id(number))
            if run and _settled(RunConfig.from_dict(_without_facts(run.config))) != _settled(self.settings_of(each)):
                raise ConfigError(f"session {self.session} was begun with other settings or prompts: begin a new one")

    def run(self, planned: Planned, number: int) -> Ran:
        """Run what is planned; after an interruption nothing more is begun."""
        if self._is_interrupted:
            return _run(planned, exit_code=INTERRUPTED, problem="not begun: interrupted"), None
        run_id, exit_code, problem = self.run_id(number), 0, ""
        noted = {"ci": {"session": self.session, "label": planned.label}}
        try:
            with opened_store() as store:
                is_new = all(run.run_id != run_id for run in store.list_runs())
            settings = self.settings_of(planned)
            exit_code, _ = conduct(settings, run_id, is_new=is_new, noted=noted, may_substitute=False)
        except BaseException as exc:  # noqa: BLE001 - what was recorded is reported first; a bug is raised afterwards
            exit_code, problem = self._ended_by(first_of(exc))
            say(config.redacted(f"codeloop: {planned.label}: {problem}"))
        run = _run(planned, run_id=run_id, exit_code=exit_code, problem=problem)
        with opened_store() as store:
            return _recorded(run, store)

    def raise_bug(self) -> None:
        """Raise what broke a run and was none of the expected errors."""
        if self._bug is not None:
            raise self._bug

    def settings_of(self, planned: Planned) -> RunConfig:
        """Give the settings of a run, as ``codeloop bench`` would have them."""
        loaded, project, suite = self.loaded, self.loaded.project, planned.suite
        return RunConfig(
            suite=loaded.suite(suite),
            languages=loaded.languages(suite),
            limit=suite.limit,
            task_ids=suite.tasks,
            model=f"replay:{self._replay}" if self._replay else loaded.model(planned.model),
            api_base="" if self._replay else planned.model.api_base or "",
            prompt=(planned.prompt.name, planned.prompt.text) if planned.prompt else (),
            draws=project.draws,
            ks=project.ks,
            policy=project.full_policy,
            max_iterations=project.max_repairs,
            lint_rules=loaded.lint_rules,
            seed=project.seed,
            jobs=self._jobs,
            sandbox=project.sandbox.kind,
            isolation=project.sandbox.isolation,
            runtime=project.sandbox.runtime,
            allow_weak=project.sandbox.allow_weak,
            images=tuple(project.sandbox.images.items()),
            budget_tokens=project.budgets.tokens,
            budget_cost=project.budgets.cost_usd,
            budget_s=project.budgets.seconds,
            record=self._record,
            tags=planned.suite.tags,
            replay_of=planned.model.model if self._replay and len(project.models) > 1 else "",
        )

    def _ended_by(self, exc: BaseException) -> tuple[int, str]:
        """Give the exit code and the line of what ended a run."""
        if isinstance(exc, KeyboardInterrupt):
            self._is_interrupted = True
            return INTERRUPTED, "interrupted; everything finished is recorded"
        if isinstance(exc, CodeloopError):
            return code_of(exc), " ".join(str(exc).split())
        self._bug = exc
        return BUG, f"a bug of codeloop: {type(exc).__name__}"


def _run(planned: Planned, **rest: Any) -> CiRun:
    prompt = planned.prompt.name if planned.prompt else ""
    return CiRun(label=planned.label, suite=planned.suite.name, model=planned.model.model, prompt=prompt, **rest)


def _recorded(run: CiRun, store: Store) -> Ran:
    """Add what the store holds of a run, as far as it came."""
    try:
        facts = store.find_run(run.run_id).config.get("facts", {})
        snapshot = baselines.snapshot_of(store, run.run_id)
    except (UnknownName, ConfigError):  # it was not begun, or recorded nothing
        return run, None
    whole = replace(
        run,
        n_expected=facts.get("n_expected"),
        snapshot=replace(snapshot, name=run.label),
        unrecorded=tuple(Unrecorded(**each) for each in facts.get("unrecorded", ())),
    )
    return whole, RunReport.from_store(store, run.run_id)


def _settled(settings: RunConfig) -> RunConfig:
    """Give what results depend on: how many cells work at once may change, and where answers are kept."""
    return replace(settings, jobs=1, record="")


def _without_facts(stored: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in stored.items() if name != "facts"}
