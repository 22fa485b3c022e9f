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
    answered_by: str = ""
    """What the provider says answered: its model's version, and ``@`` the system's fingerprint; empty: it says nothing."""


class Note(StrEnum):
    """What extraction did to an answer. The first group lost something that the model wrote, the second changed form."""

    NO_CODE = "no_code"
    """The answer holds nothing that could be the program."""
    CUT = "cut"
    """The program broke off (token limit, fence left open): what stands was kept."""
    DROPPED_BLOCK = "dropped_block"
    """A code block of the language that the program does not need."""
    DROPPED_SECOND = "dropped_second_definition"
    """A second definition of the entry point."""
    DROPPED_MAIN = "dropped_main"
    DROPPED_TESTS = "dropped_tests"
    """Assertions, test functions and test classes."""
    DROPPED_CALLS = "dropped_calls"
    """Statements that would run on loading: prints, examples, reads of the input."""
    DROPPED_PROSE = "dropped_prose"
    """Text that is no code, in the middle of code."""

    NO_FENCE = "no_fence"
    """The program stood outside any code block."""
    OPEN_FENCE = "open_fence"
    """The code block was not closed, but the program in it is whole."""
    BODY_ONLY = "body_only"
    """Only the body was given: it was put behind the prompt's signature."""
    UNESCAPED = "unescaped"
    """HTML entities were read as the characters they stand for."""
    JOINED_BLOCKS = "joined_blocks"
    """Definitions or imports of other code blocks were put in front."""
    ADDED_IMPORT = "added_import"
    """An import that the prompt gives was added."""
    ADDED_TYPING = "added_typing"
    """An import for names used in annotations only was added, though no prompt gives it."""
    ADDED_HELPER = "added_helper"
    """A function that the prompt gives was added."""
    ADDED_PUB = "added_pub"
    """Items were made visible to other crates."""
    WRAPPED = "wrapped_in_class"
    RENAMED_CLASS = "renamed_class"
    UNNESTED_CLASS = "unnested_class"
    """The class stood in another class."""
    DROPPED_PACKAGE = "dropped_package"
    DROPPED_MODIFIER = "dropped_modifier"
    """``public`` of a second class: one file may hold only one public class."""


LOSSES = frozenset(note for note in Note if note.value.startswith(("dropped_", "cut", "no_code"))) - {
    Note.DROPPED_PACKAGE,
    Note.DROPPED_MODIFIER,
}
"""Notes that mean: something that the model wrote is not in the program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mend:
    """A change of the program that a tool suggested and vouched for: made without a call of the model."""

    tool: str
    rule: str
    message: str
    """What the tool said of it."""
    line: int
    """1-based, in the program as it was before that round of changes."""
    before: str
    """What stood there; empty where something was put in."""
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """The program taken from a completion. ``code`` is empty when the answer held none."""

    code: str
    notes: tuple[str, ...] = ()
    """What extraction did or lost: words of ``Note``, each once; a store may hold those of an earlier version."""
    mends: tuple[Mend, ...] = ()
    """What tools' suggestions changed after the first check, round by round; empty: the program is the answer's."""

    @property
    def losses(self) -> tuple[str, ...]:
        """Give the notes that mean a loss."""
        return tuple(note for note in self.notes if note in LOSSES)

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
    is_vacuous: bool = False
    """It holds whatever the entry point returns (see ``stages.vacuity``): passing it is evidence of nothing."""


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
    limit_s: float | None = None
    """CPU seconds that were allowed, where the verdict depends on them."""
    output: str = ""
    """What the candidate printed, capped."""
    agreement: float | None = None
    """Of a comparison with an original: the share, in 0..1, of given inputs on which both agree; ``None``: no such comparison."""
    corpus: tuple[str, ...] = ()
    """Inputs (hex) that a fuzzer keeps for the next attempt, which is given them first."""

    @property
    def n_passed(self) -> int:
        """Count the passed cases that are evidence: vacuous ones are left out."""
        return sum(case.status is CaseStatus.PASSED and not case.is_vacuous for case in self.cases)

    @property
    def has_evidence(self) -> bool:
        """Say whether any case ran or could have run that is not vacuous."""
        return any(not case.is_vacuous for case in self.cases)


COMPARED = "compared"
"""Rule of the note in which a test stage that compares with an original says what it looked at."""
AFTER_TESTS = frozenset({"lint", "mutate"})
"""Stages that run on candidates whose tests passed."""


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
    def fingerprint(self) -> str:
        """Hash what went wrong (16 hex digits; empty for a pass): the deciding stage, its findings, its failing cases.

        Places are left out, as in ``Diagnostic.fingerprint``: two programs that fail alike have one fingerprint.
        """
        if self.status is Status.PASSED or not self.reports:
            return ""
        report = self.last
        failing = (c for c in report.cases if c.status is not CaseStatus.PASSED)
        words = [report.stage, report.outcome, *sorted({item.fingerprint for item in report.diagnostics})]
        words += [f"{case.name}\x01{case.status}\x01{case.actual}\x01{case.exception}" for case in failing]
        return hashlib.sha256("\x00".join(words).encode("utf-8", "replace")).hexdigest()[:16]

    @property
    def cases(self) -> tuple[CaseResult, ...]:
        """Give the test stage's cases; empty where it did not run."""
        return tuple(case for report in self.reports for case in report.cases)

    @property
    def last(self) -> StageReport:
        """Give the report that decided: the first that did not pass, else the last up to the tests.

        What passed was decided by its tests, and stages after them only inform: their cases stay in sight.
        """
        for report in self.reports:
            if report.status is not Status.PASSED:
                return report
        deciding = [report for report in self.reports if report.stage not in AFTER_TESTS]
        return (deciding or self.reports)[-1]

    @property
    def compared(self) -> str:
        """Say what a comparison with an original looked at, and what it did not reach; empty where there was none."""
        notes = (item.message for report in self.reports for item in report.diagnostics if item.rule == COMPARED)
        return next(notes, "")

    def report(self, stage: str) -> StageReport | None:
        """Give the report of a stage; ``None`` if it did not run."""
        return next((report for report in self.reports if report.stage == stage), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A model call beside an attempt's own: a diagnosis before the fix."""

    prompt: Prompt
    completion: Completion


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
    repairs: int | None = None
    """Iteration of the program that the prompt asked to repair; ``None``: an independent draw."""
    before: tuple[Exchange, ...] = ()
    """Calls that were made for this attempt before its own."""
    wording: int = 0
    """How the task was put: 0 as it stands, else the place in ``Task.wordings``, from 1."""

    @property
    def completions(self) -> tuple[Completion, ...]:
        """Give all answers of the model that this attempt cost, in order."""
        return (*(exchange.completion for exchange in self.before), self.completion)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallCounts:
    """What became of a run's model calls, over all its sessions: kills, interruptions and resumptions included."""

    made: int = 0
    """Sent to the model. ``failed`` and ``lost`` ones are among them; the rest gave a recorded reply."""
    from_store: int = 0
    """Answered from the store instead: recorded before, so not sent."""
    failed: int = 0
    """The model answered with an error."""
    lost: int = 0
    """In flight when the run was killed or interrupted: sent, maybe paid, and no reply recorded."""
    repeated: int = 0
    """Lost ones that were sent again later."""


class Ending(StrEnum):
    """Why a trajectory ended."""

    SOLVED = "solved"
    EXHAUSTED = "exhausted"
    STALLED = "stalled"
    ERRORED = "errored"
    CANCELLED = "cancelled"
    OUT_OF_BUDGET = "out_of_budget"
    """Cut short; its attempts count as far as they go."""


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
    """One line, when ``ending`` is ``errored`` or ``out_of_budget``."""
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

    def oracle_by(self, iteration: int) -> bool | None:
        """Say whether *any* attempt up to ``iteration`` passes the hidden tests: a choice that only an oracle can make.

        An upper bound of every way to choose among the attempts, never a result of the loop. ``None`` when the trajectory
        errored, or when no attempt passes and a hidden verdict is missing.
        """
        if self.ending in (Ending.ERRORED, Ending.CANCELLED) or not self.attempts:
            return None
        known = [verdict.status for verdict in self.hidden[: iteration + 1] if verdict is not None]
        if Status.PASSED in known:
            return True
        is_complete = len(known) == min(iteration + 1, len(self.attempts)) and Status.ERRORED not in known
        return False if is_complete else None
