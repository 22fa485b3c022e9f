"""Relative gates: whether pass@1 dropped against a baseline, on the same tasks and draws. The rule stands in ``gates``."""

from __future__ import annotations

from collections.abc import Sequence

from codeloop.drops import ALPHA, Change, fewest
from codeloop.gates.results import GateResult, Outcome
from codeloop.gates.settings import Gate
from codeloop.pairs import Pairs, pair_up
from codeloop.records import END
from codeloop.snapshots import Draw


def judge_relative(
    gate: Gate, before: Sequence[Draw], after: Sequence[Draw], *, baseline: str, alpha: float
) -> GateResult:
    """Judge the draws that the gate is about. A draw number that only one run has is no pair, and not missing either."""
    pairs = pair_up(before, after, END if gate.iteration is None else gate.iteration)
    tolerated = (gate.at_most or 0.0) / 100
    found = pairs.change(alpha=alpha, tolerated=tolerated)
    outcome, why = _outcome(gate, found, pairs, tolerated, alpha)
    return GateResult(
        gate=gate,
        outcome=outcome,
        why=why,
        value=_points(found.value),
        low=_points(found.low),
        high=_points(found.high),
        p_value=found.p_value,
        smallest=_points(found.smallest),
        n_tasks=found.n_tasks,
        n_draws=found.n_pairs,
        n_missing=pairs.n_missing,
        baseline=baseline,
    )


def decide(found: Change, tolerated: float, alpha: float) -> Outcome:
    """Apply the rule to figures that lack nothing; ``tolerated`` is a share. A simulation of the gate needs no more than this."""
    if found.value is None or found.low is None:
        return Outcome.CANNOT_TELL
    if _is_shown(found, alpha) and found.value < -tolerated:
        return Outcome.REGRESSED
    return Outcome.NOT_SHOWN_TO_REGRESS if found.low > -tolerated else Outcome.CANNOT_TELL


def _is_shown(found: Change, alpha: float) -> bool:
    return found.value is not None and found.value < 0 and found.p_value is not None and found.p_value <= alpha


def _outcome(gate: Gate, found: Change, pairs: Pairs, tolerated: float, alpha: float) -> tuple[Outcome, str]:
    """Decide and say why; a regression first: what is missing is no excuse for a drop that is shown all the same."""
    if found.value is None:
        return Outcome.CANNOT_TELL, f"no pair of draws has a verdict in both runs: {pairs.n_missing} lack one"
    shown, n_all = f"pass@1 {_moved(found.value)} {_figures(found)}", found.n_pairs + pairs.n_missing
    outcome = decide(found, tolerated, alpha)
    checks = "; same programs, other verdicts: the checks changed" if pairs.has_same_programs else ""
    if outcome is Outcome.REGRESSED:
        return outcome, f"{shown}: a drop is shown, and it is larger than the {_size(tolerated)} tolerated{checks}"
    if pairs.n_missing > gate.max_missing * n_all:
        missing = f"{pairs.n_missing} of {n_all} pairs lack a verdict"
        return Outcome.CANNOT_TELL, f"{shown}, but {missing}: errored, cut short, or of tasks that one run did not have"
    if pairs.is_same:
        return Outcome.NOT_SHOWN_TO_REGRESS, f"all {found.n_pairs} programs handed over are the same in both runs"
    return outcome, f"{shown}: {_reason(outcome, found, tolerated, alpha)}{checks}"


def _reason(outcome: Outcome, found: Change, tolerated: float, alpha: float) -> str:
    is_shown = _is_shown(found, alpha)
    drop = f"a drop of {_size(tolerated)} or more" if tolerated else "any drop"
    if outcome is Outcome.NOT_SHOWN_TO_REGRESS:
        return f"{'a drop is shown, but ' if is_shown else ''}{drop} is excluded"
    if found.low is None:
        return "one problem alone shows no spread"
    if is_shown:
        return f"a drop is shown, which may be smaller or larger than {_size(tolerated)}"
    return f"{found.n_tasks} tasks with {found.n_pairs} pairs neither show a drop{_level(found, alpha)} nor exclude {drop}; {_could(found, alpha)}"


def _level(found: Change, alpha: float) -> str:
    """Say what would be a drop shown, where a reader would take the p for one; it is less where relative gates share the level."""
    is_near = found.value is not None and found.value < 0 and (found.p_value or 0.0) <= ALPHA
    return f" (p <= {alpha:.2g}, this gate's part of {ALPHA:g}, would)" if is_near else ""


def _could(found: Change, alpha: float) -> str:
    """Say what these data could show; a count of problems below the fewest shows nothing, whatever becomes of them."""
    if found.smallest is None:
        return f"{found.n_problems} problems can show none, however large: at least {fewest(alpha)} are needed"
    return f"they would show one of {_size(found.smallest)} four times in five"


def _figures(found: Change) -> str:
    interval = "" if found.low is None or found.high is None else f"[{100 * found.low:+.1f}, {100 * found.high:+.1f}], "
    chance = found.p_value or 0.0
    shown = "p < 0.001" if chance < 0.001 else f"p = {chance:.3f}"
    return f"({interval}{found.n_won} won, {found.n_lost} lost, {shown}, {found.test})"


def _moved(value: float) -> str:
    if not value:
        return "stayed the same"
    return f"{'rose' if value > 0 else 'fell'} by {100 * abs(value):.1f} points"


def _size(share: float) -> str:
    return f"{100 * share:.3g} points"


def _points(share: float | None) -> float | None:
    return None if share is None else 100 * share
