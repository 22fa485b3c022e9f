"""Comparison: what each arm of an ablation did, and what it won over the controls. Pure: records in, figures out.

All figures stand on the pairs (task, draw) that have a hidden verdict in every arm; what is left out is counted.
The controls that a loop is measured against: no loop, as many tokens spent on independent draws, and the same prompt
without findings (Olausson et al., arXiv:2306.09896, for the second).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from codeloop.attempts import Ending, Status
from codeloop.fixes import Fixes, Repaired, Transition, fixes_of, repaired_of, transitions_of
from codeloop.metrics import TOTAL, Estimate, estimate
from codeloop.paired import Difference, Draws, difference
from codeloop.records import END, Record
from codeloop.tasks import natural_key

SINGLE, PLACEBO, RESAMPLE = "single", "placebo", "resample"
CONTROLS = (SINGLE, PLACEBO, RESAMPLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ByIteration:
    """pass@k of what an arm would hand over after ``iteration`` attempts more than one; ``None``: at its end."""

    k: int
    iteration: int | None
    headline: Estimate
    hidden_only: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmResult:
    """One arm over the common pairs."""

    arm: str
    rows: tuple[ByIteration, ...]
    errored: int
    """Draws without a hidden verdict at their end, all pairs counted: they leave the pair out of every arm."""
    solved: int
    """Draws whose last handed-over program passes the hidden tests."""
    solved_visible: int
    attempts: int
    repairs: int
    regressed: int
    """Repairs that a visible case which passed before does not pass."""
    broken_cases: int
    own_first: int
    """Draws whose first program is not that of the first arm: 0 where the arms share their first answers."""
    prompt_tokens: int | None
    completion_tokens: int | None
    model_s: float
    check_s: float
    fixes: tuple[Fixes, ...]
    transitions: tuple[Transition, ...]
    repaired: tuple[Repaired, ...] = ()
    """By kind of fault; empty where no draw began with one."""

    @property
    def tokens(self) -> int | None:
        """Give prompt and completion tokens."""
        if self.prompt_tokens is None or self.completion_tokens is None:
            return None
        return self.prompt_tokens + self.completion_tokens

    def per_solved(self, amount: float | None) -> float | None:
        """Divide by the draws that passed the hidden tests; ``None`` where none did."""
        return None if amount is None or not self.solved else amount / self.solved


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """pass@k of an arm at its end minus that of another one."""

    arm: str
    over: str
    k: int
    difference: Difference


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """All arms in one language, or in all of them: ``total``."""

    language: str
    pairs: int
    tasks: int
    left_out: int
    """Pairs that an arm has no hidden verdict of."""
    failed_first: tuple[str, ...]
    """See ``failed_first``; of any arm."""
    arms: tuple[ArmResult, ...]
    gains: tuple[Gain, ...]


def control_of(arm: str) -> str:
    """Give the control that an arm's spec names, with its own settings or without; empty for what is no control."""
    name = arm.partition(":")[0]
    return name if name in CONTROLS else ""


def loop_of(arms: Sequence[str]) -> str:
    """Give the arm that the others are measured against: ``default``, else the first that is no control; empty: none."""
    loops = [arm for arm in arms if not control_of(arm)]
    return "default" if "default" in loops else next(iter(loops), "")


def failed_first(rows: Iterable[Record]) -> tuple[str, ...]:
    """Give the tasks of which a first program failed its visible tests: where a loop has something to do."""
    failed = {row.task_id for row in rows if row.attempts and row.attempts[0].status is not Status.PASSED}
    return tuple(sorted(failed, key=natural_key))


def compare(
    rows: Sequence[Record], *, arms: Sequence[str], ks: Sequence[int], seed: int = 0, n_resamples: int = 2000
) -> tuple[Comparison, ...]:
    """Compare the arms in each language, then in total where there are several. ``rows`` in any order."""
    ordered = sorted(rows, key=lambda row: (row.task_id, row.draw))
    languages = sorted({row.language for row in rows})
    parts = [(name, [row for row in ordered if row.language == name]) for name in languages]
    if len(languages) != 1:
        parts.append((TOTAL, ordered))
    make = _Maker(arms=tuple(arms), ks=tuple(ks), seed=seed, n_resamples=n_resamples)
    return tuple(make.comparison(name, mine) for name, mine in parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Maker:
    arms: tuple[str, ...]
    ks: tuple[int, ...]
    seed: int
    n_resamples: int

    def comparison(self, language: str, rows: Sequence[Record]) -> Comparison:
        scored = {(row.arm, *row.pair) for row in rows if row.passed_by(END) is not None}
        pairs = {row.pair for row in rows}
        common = {pair for pair in pairs if all((arm, *pair) in scored for arm in self.arms)}
        mine = {arm: [row for row in rows if row.arm == arm and row.pair in common] for arm in self.arms}
        return Comparison(
            language=language,
            pairs=len(common),
            tasks=len({task_id for task_id, _ in common}),
            left_out=len(pairs) - len(common),
            failed_first=failed_first(rows),
            arms=tuple(self._arm(arm, mine, sum((arm, *pair) not in scored for pair in pairs)) for arm in self.arms),
            gains=tuple(self._gains(mine)),
        )

    def _arm(self, arm: str, by_arm: dict[str, list[Record]], errored: int) -> ArmResult:
        mine = by_arm[arm]
        attempts = [attempt for row in mine for attempt in row.attempts]
        first = {row.pair: row.attempts[0].candidate_sha256 for row in by_arm[self.arms[0]]}
        return ArmResult(
            arm=arm,
            rows=tuple(self._row(mine, k, iteration) for k in self.ks for iteration in (*_iterations(by_arm), None)),
            errored=errored,
            solved=sum(row.passed_by(END) is True for row in mine),
            solved_visible=sum(row.ending is Ending.SOLVED for row in mine),
            attempts=len(attempts),
            repairs=sum(attempt.repairs is not None for attempt in attempts),
            regressed=sum(attempt.regressions > 0 for attempt in attempts),
            broken_cases=sum(attempt.regressions for attempt in attempts),
            own_first=sum(row.attempts[0].candidate_sha256 != first[row.pair] for row in mine),
            prompt_tokens=_sum_known([attempt.prompt_tokens for attempt in attempts]),
            completion_tokens=_sum_known([attempt.completion_tokens for attempt in attempts]),
            model_s=math.fsum(attempt.model_s for attempt in attempts),
            check_s=math.fsum(attempt.check_s for attempt in attempts),
            fixes=fixes_of(mine),
            transitions=transitions_of(mine),
            repaired=repaired_of(mine),
        )

    def _row(self, mine: Sequence[Record], k: int, iteration: int | None) -> ByIteration:
        at = END if iteration is None else iteration

        def of(outcome: Callable[[Record], bool | None]) -> Estimate:
            return estimate(_draws(mine, outcome), k, seed=self.seed, n_resamples=self.n_resamples)

        return ByIteration(
            k=k,
            iteration=iteration,
            headline=of(lambda row: row.passed_by(at)),
            hidden_only=of(lambda row: row.hidden_only_by(at)),
        )

    def _gains(self, by_arm: dict[str, list[Record]]) -> list[Gain]:
        """Compare every loop with every control and with the main loop, and the other controls with ``single``."""
        draws = {arm: _draws(mine, lambda row: row.passed_by(END)) for arm, mine in by_arm.items()}
        controls = sorted(filter(control_of, self.arms), key=lambda arm: CONTROLS.index(control_of(arm)))
        singles, main = [arm for arm in controls if control_of(arm) == SINGLE], loop_of(self.arms)
        return [
            Gain(arm=arm, over=over, k=k, difference=self._difference(draws[arm], draws[over], k))
            for arm in self.arms
            for k in self.ks
            for over in (singles if arm in controls else dict.fromkeys((*controls, main)))
            if over not in (arm, "")
        ]

    def _difference(self, first: Draws, second: Draws, k: int) -> Difference:
        return difference(first, second, k, seed=self.seed, n_resamples=self.n_resamples)


def _iterations(by_arm: dict[str, list[Record]]) -> range:
    """Give the iterations of the longest loop; independent draws go on for longer, and their number means little."""
    loops = [rows for arm, rows in by_arm.items() if control_of(arm) != RESAMPLE] or list(by_arm.values())
    return range(max((len(row.attempts) for rows in loops for row in rows), default=1))


def _draws(mine: Sequence[Record], outcome: Callable[[Record], bool | None]) -> dict[str, list[bool]]:
    draws: defaultdict[str, list[bool]] = defaultdict(list)
    for row in mine:
        passed = outcome(row)
        if passed is not None:
            draws[row.task_id].append(passed)
    return draws


def _sum_known(counts: Sequence[int | None]) -> int | None:
    return None if None in counts else sum(count for count in counts if count is not None)
