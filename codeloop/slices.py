"""Slices: what runs and their draws are told apart by, of one run or of two beside each other. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from codeloop.errors import UnknownName
from codeloop.fixes import PASSES
from codeloop.metrics import Estimate, estimate
from codeloop.snapshots import Draw, Facts
from codeloop.tasks import natural_key

NO_TAG = "(none)"
UNKNOWN = "(unknown)"
SLICES: Mapping[str, Callable[[Draw, Draw], tuple[str, ...]]] = {
    "language": lambda _, after: (after.language,),
    "tag": lambda _, after: after.tags or (NO_TAG,),
    "error": lambda before, _: ((before.errors[0] if before.errors else "") or PASSES,),
    "template": lambda before, after: (_both(before.template, after.template),),
    "answered_by": lambda before, after: (_both(before.answered_by, after.answered_by),),
    "ending": lambda before, after: (_both(before.ending, after.ending),),
    "draw": lambda before, _: (str(before.draw),),
}
"""What runs may be sliced by: ``error`` is the class of the first attempt (before), ``answered_by`` what the provider says answered."""
Noted = Mapping[str, str]
"""What a run noted of itself by name: a slice by it is the whole run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSlice:
    """The draws of a run with one label. A draw with several tags is in several slices."""

    by: str
    label: str
    first: Estimate
    """Pass@1 of the first attempt."""
    end: Estimate
    """Pass@1 of what was handed over."""
    draws: int
    errored: int
    """Of them, in no estimate."""


def noted_of(facts: Facts) -> Noted:
    """Give what all draws of a run share, by name: its metadata, and what it was made with."""
    images = ", ".join(dict.fromkeys(each.value for each in facts.images))
    made = {"model": facts.model, "policy": facts.policy, "image": images, "codeloop": facts.codeloop}
    return {name: value for name, value in made.items() if value} | {m.name: m.value for m in facts.metadata}


def labels_of(by: str, before: Noted, after: Noted) -> Callable[[Draw, Draw], tuple[str, ...]]:
    """Give what labels the draws of two runs. Raises UnknownName for what is neither a slice nor noted by one of them."""
    if by in SLICES:
        return SLICES[by]
    if by not in before and by not in after:
        raise UnknownName("slice", by, [*SLICES, *dict.fromkeys([*before, *after])])
    label = _both(before.get(by, UNKNOWN), after.get(by, UNKNOWN))
    return lambda *_: (label,)


def of_run(draws: Sequence[Draw], by: Iterable[str], noted: Noted) -> tuple[RunSlice, ...]:
    """Give the slices of one run, by name and then by label. Raises UnknownName."""
    return tuple(found for name in by for found in _of_run(draws, name, labels_of(name, noted, noted)))


def _of_run(draws: Sequence[Draw], by: str, of: Callable[[Draw, Draw], tuple[str, ...]]) -> Iterable[RunSlice]:
    mine: defaultdict[str, list[Draw]] = defaultdict(list)
    for row in draws:
        for label in of(row, row):
            mine[label or UNKNOWN].append(row)
    for label in sorted(mine, key=natural_key):
        rows = mine[label]
        yield RunSlice(
            by=by,
            label=label,
            first=_pass_at_1(rows, 0),
            end=_pass_at_1(rows, None),
            draws=len(rows),
            errored=sum(row.is_errored for row in rows),
        )


def _pass_at_1(rows: Iterable[Draw], iteration: int | None) -> Estimate:
    outcomes: defaultdict[str, list[bool]] = defaultdict(list)
    for row in rows:
        passed = row.passed_by() if iteration is None else row.passed_by(iteration)
        if passed is not None:
            outcomes[row.task_id].append(passed)
    return estimate(outcomes, 1)


def tags_in(facts: Mapping[str, Any]) -> dict[str, list[str]]:
    """Give each task's words: those that the run noted as ``tags``, kinds of known faults, and whether it is an erratum."""
    found = defaultdict[str, list[str]](list)
    for task_id, words in facts.get("tags", {}).items():
        found[task_id] += map(str, words)
    for task_id, faults in facts.get("faults", {}).items():
        found[task_id] += sorted({f"fault {kind}" for kind, *_ in faults})
    for task_id, *_ in facts.get("errata", ()):
        found[task_id].append("erratum")
    return found


def _both(before: str, after: str) -> str:
    return str(before) if before == after else f"{before or UNKNOWN} → {after or UNKNOWN}"
