"""What happens in a loop, as data: from the prompt that is sent to the trajectory that ends."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from codeloop.diagnostics import Diagnostic


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One chat message; ``role`` is ``system``, ``user`` or ``assistant``."""

    role: str
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What is sent: messages, sampling parameters, and what made it."""

    messages: tuple[Message, ...]
    template: str
    """Template name and content hash, ``repair_test@1a2b3c4d``."""
    temperature: float = 0.0
    max_tokens: int = 1024
    seed: int | None = None
    draw: int = 0
    iteration: int = 0

    @property
    def digest(self) -> str:
        """Hash everything the model sees, with draw and iteration (64 hex digits): the key of a recorded reply."""
        texts = [f"{m.role}\x01{m.content}" for m in self.messages]
        numbers = f"{self.temperature!r}|{self.max_tokens}|{self.seed}|{self.draw}|{self.iteration}"
        return hashlib.sha256("\x00".join([*texts, numbers]).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Token counts as the provider gives them; ``None`` = unknown, never 0."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """The raw answer of a model."""

    text: str
    finish_reason: str
    """``stop``, ``length``, ``content_filter``, or the provider's own word."""
    usage: Usage = Usage()
    cost_usd: float | None = None
    """``None`` = unknown."""
    latency_s: float = 0.0
    is_cached: bool = False
    """Taken from the store or a cassette, not asked for again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """The program taken from a completion. ``code`` is empty when the answer held none."""

    code: str
    notes: tuple[str, ...] = ()
    """What extraction did or lost: ``no_code``, ``cut_fence``, ``wrapped_in_class``, ``added_imports``…"""

    @property
    def digest(self) -> str:
        """Hash the code with trailing blanks removed (64 hex digits)."""
        text = "\n".join(line.rstrip() for line in self.code.strip().splitlines())
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class CaseStatus(StrEnum):
    """Outcome of one test case."""

    PASSED = "passed"
    FAILED = "failed"
    RAISED = "raised"
    NOT_RUN = "not_run"
    """An earlier case ended the process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """One assertion. ``is_opaque``: it could not be split, so no expected and actual values exist."""

    name: str
    status: CaseStatus
    expression: str = ""
    expected: str = ""
    actual: str = ""
    exception: str = ""
    line: int | None = None
    """1-based line of the candidate where ``exception`` was raised."""
    is_opaque: bool = False


class Status(StrEnum):
    """Outcome of a stage."""

    PASSED = "passed"
    FAILED = "failed"
    ERRORED = "errored"
    """The machine's fault; no verdict."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageReport:
    """What one stage found about one candidate. ``duration_s`` is wall time, ``cpu_s`` the candidate's own."""

    stage: str
    status: Status
    outcome: str
    """The short word that says why: ``ok``, ``syntax``, ``types``, ``wrong_answer``, ``exception``, ``timeout``,
    ``out_of_memory``, ``output_limit``, ``crashed``, ``exited_early``, ``forged``,
    ``no_code``…"""
    diagnostics: tuple[Diagnostic, ...] = ()
    cases: tuple[CaseResult, ...] = ()
    duration_s: float = 0.0
    cpu_s: float = 0.0
    output: str = ""
    """What the candidate printed, capped."""

    @property
    def n_passed(self) -> int:
        """Count the passed cases."""
        return sum(case.status is CaseStatus.PASSED for case in self.cases)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The reports of all stages that ran on one candidate with one set of tests, in order."""

    reports: tuple[StageReport, ...]
    image: str = ""
    """Image id (``sha256:…``) the check ran in."""

    @property
    def status(self) -> Status:
        """Give ``ERRORED`` if any stage errored, ``FAILED`` if any failed, else ``PASSED``; no reports: ``ERRORED``."""
        statuses = {report.status for report in self.reports}
        if Status.ERRORED in statuses or not statuses:
            return Status.ERRORED
        return Status.FAILED if Status.FAILED in statuses else Status.PASSED

    @property
    def last(self) -> StageReport:
        """Give the report that decided: the first that did not pass, else the last."""
        for report in self.reports:
            if report.status is not Status.PASSED:
                return report
        return self.reports[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One turn of the loop."""

    iteration: int
    prompt: Prompt
    completion: Completion
    candidate: Candidate
    verdict: Verdict
    """On visible tests only."""
    handed_over: int
    """Iteration of the best attempt so far: what the loop would hand over if it stopped here."""


class Ending(StrEnum):
    """Why a trajectory ended."""

    SOLVED = "solved"
    EXHAUSTED = "exhausted"
    STALLED = "stalled"
    ERRORED = "errored"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trajectory:
    """Attempts 0..T of one draw on one task; ``hidden[i]`` scores attempt i (``None``: not scored)."""

    task_id: str
    language: str
    draw: int
    ending: Ending
    attempts: tuple[Attempt, ...] = ()
    hidden: tuple[Verdict | None, ...] = ()
    error: str = ""
    """One line, when ``ending`` is ``errored``."""
    has_visible_tests: bool = True

    def passed_by(self, iteration: int) -> bool | None:
        """Say whether the attempt handed over at ``iteration`` (or at the end, if that came before) passes hidden tests.

        ``None`` when the trajectory errored or that attempt has no hidden verdict: missing, not wrong.
        """
        if self.ending in (Ending.ERRORED, Ending.CANCELLED) or not self.attempts:
            return None
        attempt = self.attempts[min(iteration, len(self.attempts) - 1)]
        verdict = self.hidden[attempt.handed_over] if attempt.handed_over < len(self.hidden) else None
        if verdict is None or verdict.status is Status.ERRORED:
            return None
        return verdict.status is Status.PASSED
