"""Results: what the runs of a project came to, what the gates made of them, and the one exit code of both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from codeloop.changes import Changes
from codeloop.gates import GateResult, Outcome, overall
from codeloop.snapshots import Snapshot

PASSED, FAILED, INFRASTRUCTURE, REFERENCE, NOTHING_RAN, REVIEW, INTERRUPTED = 0, 1, 3, 4, 5, 6, 130
_TELLS_NOTHING = (INTERRUPTED, 70, REFERENCE, 2)
"""Exit codes of a run which no gate can outweigh, the gravest first."""
_NO_VERDICT = (INFRASTRUCTURE, NOTHING_RAN)
_OF_CASSETTE = (PASSED, INFRASTRUCTURE)
"""Exit codes that prompts without a recording cause: a matter of the cassette, not of the machine."""
WORDS: Mapping[int, str] = {
    PASSED: "passed",
    FAILED: "failed: a gate is not met",
    2: "a setting cannot be used",
    INFRASTRUCTURE: "the machine or the model failed",
    REFERENCE: "references or known-bad programs were judged wrong, so no verdict counts",
    NOTHING_RAN: "nothing ran",
    REVIEW: "cannot tell: a person must look",
    70: "a bug of codeloop",
    INTERRUPTED: "interrupted",
}
"""What each exit code means."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unrecorded:
    """A prompt that a cassette has no reply to: the first of its trajectory, later ones are not known."""

    draw: int
    iteration: int
    template: str
    digest: str
    task_id: str = ""
    """Empty: of a run that an earlier version recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CiRun:
    """One run of a project, as far as it came."""

    label: str
    suite: str
    model: str
    prompt: str = ""
    """Version of the project's prompt; empty: codeloop's own."""
    run_id: str = ""
    """Empty: it was not begun."""
    exit_code: int = 0
    problem: str = ""
    """One line: why it did not end by itself."""
    n_expected: int | None = None
    """Trajectories; ``None``: it ended before they were known."""
    snapshot: Snapshot | None = None
    """``None``: nothing was recorded."""
    unrecorded: tuple[Unrecorded, ...] = ()

    @property
    def n_recorded(self) -> int:
        """Count the trajectories that were recorded, those that were cut short too."""
        return len(self.snapshot.draws) if self.snapshot else 0

    @property
    def is_partial(self) -> bool:
        """Say whether trajectories are missing from the record."""
        return self.n_expected is None or self.n_recorded < self.n_expected


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A gate of the project on one of its runs."""

    label: str
    """Of the run; empty: the gate is about no run."""
    result: GateResult
    line: int | None = None
    """Of the gate in the configuration."""

    @property
    def name(self) -> str:
        """Give the gate as it is written, and the run."""
        return f"{self.result.gate.name} on {self.label}" if self.label else self.result.gate.name

    @property
    def text(self) -> str:
        """Say what came of it, in one line."""
        return f"{self.result.outcome}: {self.name}: {self.result.why}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CiResult:
    """Everything that a report of ``codeloop ci`` may say."""

    project: str
    """The configuration's file."""
    session: str
    created_s: float
    """Seconds since the epoch."""
    runs: tuple[CiRun, ...] = ()
    gates: tuple[Judged, ...] = ()
    compared: tuple[tuple[str, Changes], ...] = ()
    """Labels, and the runs beside their baselines."""
    trouble: tuple[str, ...] = field(default=())
    """Lines about what could not be done besides, such as a webhook that was not delivered."""

    @property
    def is_partial(self) -> bool:
        """Say whether any run is."""
        return any(run.is_partial for run in self.runs)

    @property
    def is_unrecorded(self) -> bool:
        """Say whether a cassette lacked a prompt."""
        return any(run.unrecorded for run in self.runs)

    @property
    def exit_code(self) -> int:
        """Give the first that holds: what voids every verdict, a gate not met, no verdict at all, doubt, 0."""
        codes = {run.exit_code for run in self.runs if not (run.unrecorded and run.exit_code in _OF_CASSETTE)}
        outcome = overall(judged.result for judged in self.gates)
        grave = [code for code in _TELLS_NOTHING if code in codes]
        if grave or outcome is Outcome.FAILED:
            return grave[0] if grave else FAILED
        if not self.runs:
            return NOTHING_RAN
        without = [code for code in _NO_VERDICT if code in codes]
        if without:
            return without[0]
        return REVIEW if outcome is Outcome.CANNOT_TELL or self.is_unrecorded or self.is_partial else PASSED
