"""Changes: what is otherwise in one run than in another, on the pairs (task, draw) that both have a verdict of. Pure.

Runs of different suites have no pairs, and are refused; what else differs is named, for the reader must know whether it is the
change under test or a second one beside it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from codeloop.drops import Change
from codeloop.errors import ConfigError
from codeloop.fixes import PASSES
from codeloop.metrics import Estimate, estimate
from codeloop.pairs import Pairs, pair_up
from codeloop.records import Setting
from codeloop.slices import labels_of, noted_of
from codeloop.snapshots import Draw, Facts, Snapshot, sum_known
from codeloop.tasks import natural_key

NO_VERDICT = "no verdict"
_COMPARED: Mapping[str, Callable[[Facts], str]] = {
    "stages": lambda facts: ", ".join(facts.stages),
    "feedback": lambda facts: facts.feedback,
    "model": lambda facts: facts.model,
    "policy": lambda facts: facts.policy,
    "repairs": lambda facts: str(facts.max_iterations),
    "draws": lambda facts: str(facts.draws),
    "codeloop": lambda facts: facts.codeloop,
    "isolation": lambda facts: facts.isolation,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Otherwise:
    """A setting that the runs do not share."""

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """A pair that one run passes and the other does not."""

    task_id: str
    draw: int
    language: str
    is_won: bool
    """The second run passes it."""
    error: str
    """Class of the failure in the run that does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class At:
    """Pass@1 of what would be handed over after ``iteration`` repairs; ``None``: at the end."""

    iteration: int | None
    before: Estimate
    after: Estimate
    change: Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """How many pairs ended in one class before and in another one after; either may be ``passes``."""

    before: str
    after: str
    pairs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """A figure of both runs over the pairs; ``None``: unknown."""

    what: str
    before: float | None
    after: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """The pairs of one label. A pair with several tags is in several slices."""

    by: str
    label: str
    before: Estimate
    after: Estimate
    change: Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Everything that a comparison says. ``n_missing``: pairs that one run or both have no verdict of."""

    before: Snapshot
    after: Snapshot
    n_missing: int
    otherwise: tuple[Otherwise, ...]
    noted: tuple[Otherwise, ...]
    """What differs and is no reason for a warning: prompts by other texts, and what the runs noted of themselves."""
    curve: tuple[At, ...]
    """By iteration, then at the end."""
    flips: tuple[Flip, ...]
    """Lost ones first, then by task and draw."""
    shifts: tuple[Shift, ...]
    """Those that are none left out; the most frequent first."""
    spent: tuple[Spent, ...]
    slices: tuple[Slice, ...]

    @property
    def end(self) -> At:
        """Give the figures at the end."""
        return self.curve[-1]


def changes(before: Snapshot, after: Snapshot, *, by: Sequence[str] = ()) -> Changes:
    """Compare two runs. Raises ConfigError where nothing pairs, UnknownName for an unknown slice."""
    if before.facts.suite_sha256 != after.facts.suite_sha256 or not before.facts.suite_sha256:
        one, other = (
            f"{run.name}: {run.facts.suite} {run.facts.suite_version} ({run.facts.suite_sha256[:12] or 'no hash'})"
            for run in (before, after)
        )
        raise ConfigError(f"these runs are not of the same suite, so nothing pairs: {one}; {other}")
    sliced = [(name, labels_of(name, noted_of(before.facts), noted_of(after.facts))) for name in by]
    pairs = pair_up(before.draws, after.draws)
    return Changes(
        before=before,
        after=after,
        n_missing=pairs.n_missing,
        otherwise=otherwise(before.facts, after.facts),
        noted=_noted(before, after),
        curve=_curve(before.draws, after.draws),
        flips=_flips(pairs),
        shifts=_shifts(pairs),
        spent=_spent(pairs),
        slices=tuple(found for name, labels in sliced for found in _slices(name, labels, pairs)),
    )


def otherwise(before: Facts, after: Facts) -> tuple[Otherwise, ...]:
    """Name what differs between two runs of one suite; what either does not know differs from nothing."""
    found = [(what, of(before), of(after)) for what, of in _COMPARED.items()]
    found += [(f"image of {name}", a, b) for name, a, b in _common(before.images, after.images)]
    found += _common(before.settings, after.settings)
    return tuple(Otherwise(what=what, before=a, after=b) for what, a, b in found if a != b and a and b)


def _common(before: Sequence[Setting], after: Sequence[Setting]) -> list[tuple[str, str, str]]:
    """Give the settings that both have; several values of one name, as of images, are one text."""
    one, other = (_joined(settings) for settings in (before, after))
    return [(name, one[name], other[name]) for name in one if name in other]


def _joined(settings: Sequence[Setting]) -> dict[str, str]:
    names = dict.fromkeys(setting.name for setting in settings)
    return {name: ", ".join(each.value for each in settings if each.name == name) for name in names}


def _noted(before: Snapshot, after: Snapshot) -> tuple[Otherwise, ...]:
    """Compare the first prompts' templates (a name, ``@`` and the hash of its text; not known where all draws errored), then metadata."""
    one, other = (", ".join(sorted({row.template for row in run.draws if row.template})) for run in (before, after))
    known = [("first prompt", one, other)] if one and other else []
    found = [*known, *_common(before.facts.metadata, after.facts.metadata)]
    return tuple(Otherwise(what=what, before=a, after=b) for what, a, b in found if a != b)


def _curve(before: Sequence[Draw], after: Sequence[Draw]) -> tuple[At, ...]:
    longest = max((len(row.passed) for row in (*before, *after)), default=0)
    steps = [(i, pair_up(before, after, i)) for i in range(longest)]
    return tuple(_at(iteration, pairs) for iteration, pairs in [*steps, (None, pair_up(before, after))])


def _at(iteration: int | None, pairs: Pairs) -> At:
    return At(
        iteration=iteration,
        before=estimate(pairs.before, 1),
        after=estimate(pairs.after, 1),
        change=pairs.change(),
    )


def _flips(pairs: Pairs) -> tuple[Flip, ...]:
    found = [
        Flip(
            task_id=after.task_id,
            draw=after.draw,
            language=after.language,
            is_won=bool(after.passed_by()),
            error=_ended(before if after.passed_by() else after),
        )
        for before, after in pairs.rows
        if before.passed_by() != after.passed_by()
    ]
    return tuple(sorted(found, key=lambda flip: (flip.is_won, natural_key(flip.task_id), flip.draw)))


def _shifts(pairs: Pairs) -> tuple[Shift, ...]:
    counts = Counter((_ended(before), _ended(after)) for before, after in pairs.rows)
    moved = [(classes, n) for classes, n in counts.items() if classes[0] != classes[1]]
    ordered = sorted(moved, key=lambda item: (-item[1], item[0]))
    return tuple(Shift(before=before, after=after, pairs=n) for (before, after), n in ordered)


def _ended(row: Draw) -> str:
    if row.passed_by() is None:
        return NO_VERDICT
    return PASSES if row.passed_by() else row.hidden_error or "other"


def _spent(pairs: Pairs) -> tuple[Spent, ...]:
    """Add up over the pairs: a run with more draws has not cost more for that."""
    figures: dict[str, Callable[[Sequence[Draw]], float | None]] = {
        "attempts": lambda rows: sum(len(row.passed) for row in rows),
        "prompt tokens": lambda rows: sum_known([row.prompt_tokens for row in rows]),
        "completion tokens": lambda rows: sum_known([row.completion_tokens for row in rows]),
        "cost, $": lambda rows: sum_known([row.cost_usd for row in rows]),
        "model seconds": lambda rows: math.fsum(row.model_s for row in rows),
        "check seconds": lambda rows: math.fsum(row.check_s for row in rows),
    }
    one, other = ([row[run] for row in pairs.rows] for run in (0, 1))
    return tuple(Spent(what=what, before=of(one), after=of(other)) for what, of in figures.items())


def _slices(by: str, labels_of: Callable[[Draw, Draw], tuple[str, ...]], pairs: Pairs) -> list[Slice]:
    labels = sorted({label for row in pairs.rows for label in labels_of(*row)}, key=natural_key)
    chosen = [(label, pairs.where(lambda *row, label=label: label in labels_of(*row))) for label in labels]
    return [
        Slice(by=by, label=label, before=at.before, after=at.after, change=at.change)
        for label, at in ((label, _at(None, mine)) for label, mine in chosen)
    ]
