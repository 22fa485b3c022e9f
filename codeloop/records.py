"""Records: what is kept of a trajectory for comparisons, without a word of the data set or of a program."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from codeloop.attempts import Attempt, CaseStatus, Completion, Ending, Status, Trajectory
from codeloop.error_classes import ErrorClass, error_class
from codeloop.findings import regressions
from codeloop.metrics import hidden_only

FORMAT = "codeloop-ablation-1"
END = 10**6
"""An iteration after every trajectory's end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A name and its value as text."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """What is compared: a policy by its spec, and all its settings."""

    spec: str
    settings: tuple[Setting, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What was run. All but ``shard``, ``task_ids`` and ``command`` is the same in every shard of a run."""

    codeloop: str
    suite: str
    suite_sha256: str
    model: str
    """The identity that recorded replies are valid for."""
    arms: tuple[Arm, ...]
    languages: tuple[str, ...]
    choice: str
    """How the tasks were chosen out of the suite: limit, ids, numbers."""
    draws: int
    ks: tuple[int, ...]
    seed: int
    shards: int = 1
    errata: tuple[str, ...] = ()
    """Tasks whose own data is wrong."""
    format: str = FORMAT
    shard: int = 1
    """From 1."""
    task_ids: tuple[str, ...] = ()
    """Of this shard."""
    command: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptRecord:
    """One attempt: figures and fixed words only."""

    status: Status
    """On visible tests, as all down to ``regressions``."""
    stage: str
    outcome: str
    error_class: ErrorClass | None
    cases_passed: int
    """Cases that are evidence: vacuous ones are left out."""
    cases: int
    lint_rules: tuple[str, ...]
    regressions: int
    """Cases that the repaired program passes and this one does not, be it that they fail or do not run any more."""
    repairs: int | None
    """Iteration of the repaired program; ``None``: an independent draw."""
    handed_over: int
    candidate_sha256: str
    template: str
    temperature: float
    prompt_tokens: int | None
    """Of all the attempt's calls; ``None``: unknown."""
    completion_tokens: int | None
    model_s: float
    check_s: float
    hidden: Status | None
    hidden_only: bool | None
    """Over the hidden cases that the loop could not have seen; ``None``: there are none, or no verdict."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One trajectory of one arm."""

    arm: str
    task_id: str
    language: str
    draw: int
    ending: Ending
    attempts: tuple[AttemptRecord, ...]
    faults: tuple[str, ...] = ()
    """Kinds of the known faults that its first program was given; empty where the model wrote it."""

    def __post_init__(self) -> None:
        """Refuse an attempt that names one which does not exist. Raises ValueError."""
        for number, attempt in enumerate(self.attempts):
            if not 0 <= attempt.handed_over <= number or not (attempt.repairs is None or 0 <= attempt.repairs < number):
                raise ValueError(
                    f"attempt {number} of {self.task_id} draw {self.draw} names an attempt that is not there"
                )

    @property
    def pair(self) -> tuple[str, int]:
        """Give task and draw: what arms are compared on."""
        return self.task_id, self.draw

    def passed_by(self, iteration: int) -> bool | None:
        """Give what ``Trajectory.passed_by`` gave."""
        attempt = self._handed_over_by(iteration)
        if attempt is None or attempt.hidden in (None, Status.ERRORED):
            return None
        return attempt.hidden is Status.PASSED

    def hidden_only_by(self, iteration: int) -> bool | None:
        """Say whether what was handed over by ``iteration`` passes the hidden cases that are not visible ones."""
        attempt = self._handed_over_by(iteration)
        return attempt.hidden_only if attempt else None

    @property
    def tokens(self) -> int | None:
        """Give prompt and completion tokens of all calls; ``None`` if any is unknown."""
        counts = [count for attempt in self.attempts for count in (attempt.prompt_tokens, attempt.completion_tokens)]
        return None if None in counts else sum(count for count in counts if count is not None)

    def _handed_over_by(self, iteration: int) -> AttemptRecord | None:
        if self.ending in (Ending.ERRORED, Ending.CANCELLED) or not self.attempts:
            return None
        return self.attempts[self.attempts[min(iteration, len(self.attempts) - 1)].handed_over]


def records_of(
    arms: Sequence[tuple[str, Sequence[Trajectory]]], faults_of: Mapping[str, tuple[str, ...]] | None = None
) -> tuple[Record, ...]:
    """Make the records of all arms; all draws of a task must be given, to know which hidden cases none could have seen.

    ``faults_of`` gives the kinds of a task's known faults.
    """
    unseen = hidden_only([trajectory for _, mine in arms for trajectory in mine])
    known = faults_of or {}
    return tuple(_record(arm, t, unseen, known.get(t.task_id, ())) for arm, mine in arms for t in mine)


def _record(
    arm: str, trajectory: Trajectory, unseen: Callable[[Trajectory, int], bool | None], faults: tuple[str, ...]
) -> Record:
    each_by_itself = tuple(replace(attempt, handed_over=attempt.iteration) for attempt in trajectory.attempts)
    alone = replace(trajectory, attempts=each_by_itself)
    return Record(
        arm=arm,
        task_id=trajectory.task_id,
        language=trajectory.language,
        draw=trajectory.draw,
        ending=trajectory.ending,
        attempts=tuple(
            _attempt(attempt, trajectory, unseen(alone, attempt.iteration)) for attempt in trajectory.attempts
        ),
        faults=faults,
    )


def _attempt(attempt: Attempt, trajectory: Trajectory, is_unseen_passed: bool | None) -> AttemptRecord:
    verdict, last = attempt.verdict, attempt.verdict.last
    base = trajectory.attempts[attempt.repairs].verdict if attempt.repairs is not None else None
    hidden = trajectory.hidden[attempt.iteration] if attempt.iteration < len(trajectory.hidden) else None
    cases = [case for case in verdict.cases if not case.is_vacuous]
    return AttemptRecord(
        status=verdict.status,
        stage=last.stage,
        outcome=last.outcome,
        error_class=error_class(verdict),
        cases_passed=sum(case.status is CaseStatus.PASSED for case in cases),
        cases=len(cases),
        lint_rules=tuple(
            item.rule for report in verdict.reports if report.stage == "lint" for item in report.diagnostics
        ),
        regressions=len(regressions(base, verdict)) if base else 0,
        repairs=attempt.repairs,
        handed_over=attempt.handed_over,
        candidate_sha256=attempt.candidate.digest,
        template=attempt.prompt.template,
        temperature=attempt.prompt.temperature,
        prompt_tokens=_sum_known([completion.usage.prompt_tokens for completion in attempt.completions]),
        completion_tokens=_sum_known([completion.usage.completion_tokens for completion in attempt.completions]),
        model_s=round(sum(completion.latency_s for completion in attempt.completions), 3),
        check_s=round(sum(report.duration_s for report in verdict.reports), 3),
        hidden=hidden.status if hidden else None,
        hidden_only=is_unseen_passed,
    )


def _sum_known(counts: Sequence[int | None]) -> int | None:
    return None if None in counts else sum(count for count in counts if count is not None)


def tokens_of(completions: Sequence[Completion]) -> int | None:
    """Add up prompt and completion tokens; ``None`` if any is unknown."""
    usages = [completion.usage for completion in completions]
    return _sum_known([count for usage in usages for count in (usage.prompt_tokens, usage.completion_tokens)])
