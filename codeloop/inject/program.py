"""Faulty programs of right ones, by seed and rate: which kind, which place, and how the place is noted."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from codeloop.inject.operators import KINDS, Kind
from codeloop.inject.source import Edit, Source
from codeloop.languages.syntax import to_bytes, to_text
from codeloop.tasks import Fault, Task


def inject_all(
    tasks: Sequence[Task], *, seed: int, rate: float, kinds: Sequence[Kind] = tuple(Kind)
) -> tuple[Task, ...]:
    """Give the tasks that got a fault, with ``start`` and ``faults``, in their order.

    ``rate`` is the expected number of faults of a program: 1 puts one into each, 0.5 one into half of them (the others
    are left out: there is nothing to repair), 1.5 two into half of them. Of the kinds that fit a program the rarest so
    far is taken, so that all come about equally often. A program with too few places gets fewer.
    """
    counts: Counter[Kind] = Counter()
    faulty = []
    for task in tasks:
        wanted = int(rate) + (_share(seed, task.id, "rate") < rate - int(rate))
        chosen = _choose(Source(task), seed, wanted, kinds, counts) if wanted and task.reference.strip() else []
        if chosen:
            counts.update(kind for kind, _ in chosen)
            faulty.append(_with_faults(task, chosen))
    return tuple(faulty)


def repaired(start: str, faults: Sequence[Fault]) -> str:
    """Take the faults out again: the right program that ``start`` was made of."""
    for fault in sorted(faults, key=lambda fault: fault.at):  # what stands before a place is right again by then
        start = start[: fault.at] + fault.before + start[fault.at + len(fault.after) :]
    return start


def _choose(
    source: Source, seed: int, wanted: int, kinds: Sequence[Kind], counts: Counter[Kind]
) -> list[tuple[Kind, Edit]]:
    """Choose up to ``wanted`` edits that do not touch, each of another kind, the rarest kinds first."""
    task_id = source.task.id
    ordered = sorted(kinds, key=lambda kind: (counts[kind], _share(seed, task_id, "order", kind)))
    chosen: list[tuple[Kind, Edit]] = []
    for kind in ordered:
        if len(chosen) == wanted:
            break
        edits = [edit for edit in dict.fromkeys(KINDS[kind](source)) if _fits(source, edit, chosen)]
        if edits:
            chosen.append((kind, edits[int(_share(seed, task_id, "place", kind) * len(edits))]))
    return sorted(chosen, key=lambda item: item[1].start)


def _fits(source: Source, edit: Edit, chosen: Sequence[tuple[Kind, Edit]]) -> bool:
    is_apart = all(edit.end < other.start or edit.start > other.end for _, other in chosen)
    changes = source.text(edit.start, edit.end) != edit.text
    return is_apart and changes and edit.start >= source.start


def _with_faults(task: Task, chosen: Sequence[tuple[Kind, Edit]]) -> Task:
    code = to_bytes(task.prompt + task.reference)
    start, end, faults = b"", 0, []
    for kind, edit in chosen:
        start += code[end : edit.start]
        fault = Fault(
            kind=kind.value,
            line=start.count(b"\n") + 1,
            at=len(to_text(code[: edit.start])),
            before=to_text(code[edit.start : edit.end]),
            after=edit.text,
        )
        start, end = start + to_bytes(edit.text), edit.end
        faults.append(fault)
    return replace(task, start=to_text(start + code[end:]), faults=tuple(faults))


def _share(seed: int, *words: str) -> float:
    """Give a number in 0..1 that seed and words fix, on every machine."""
    text = "\x00".join([str(seed), *words])
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:6]) / 2**48
