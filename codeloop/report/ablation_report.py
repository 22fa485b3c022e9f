"""Ablation report: what each arm did and won, as text, Markdown and JSON, from records alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from codeloop.comparison import ArmResult, ByIteration, Comparison, Gain, compare
from codeloop.error_classes import ErrorClass
from codeloop.fixes import PASSES, Fixes
from codeloop.report import markdown, terminal
from codeloop.report.terminal import TableRows
from codeloop.report.text import escape
from codeloop.shards import Records

SCHEMA_VERSION = 1
_COLUMNS = 5  # of arms beside each other: more would be cut at 100 characters
NOTES = (
    "Every figure stands on the pairs (task, draw) that have a hidden verdict in all arms.",
    "By attempt t: the hidden verdict of what the arm would hand over if it stopped there; end: when it stops by itself.",
    "hidden-only: over the hidden cases that the loop could not have seen.",
    "resample: independent draws with the tokens that the loop spent on the same task and draw. A draw starts while any are "
    "left, so it may spend more, in its favour.",
    "A gain is shown where its 95 % interval (bootstrap of task numbers, paired) is clear of 0 and p < 0.05.",
    "smallest: the difference that the data would show four times in five. better/worse: tasks.",
    "p is not corrected for the number of rows.",
    "solved: the last program handed over passes the hidden tests; visible: it passes the visible ones.",
    "regressions: repairs that fail, or no longer run, a visible case that passed in the program repaired.",
    "Tokens and seconds are those of all answers an arm used, be they asked for again or taken from the store.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AblationReport:
    """Records and the comparisons made of them."""

    records: Records
    comparisons: tuple[Comparison, ...]

    @classmethod
    def of(cls, records: Records) -> AblationReport:
        """Compare."""
        header = records.header
        arms = [arm.spec for arm in header.arms]
        comparisons = compare(records.rows, arms=arms, ks=header.ks, seed=header.seed)
        return cls(records=records, comparisons=comparisons)

    def as_json(self) -> dict[str, Any]:
        """Give the content of ``ablation.json``."""
        return {
            "schema_version": SCHEMA_VERSION,
            "header": asdict(self.records.header),
            "comparisons": [_plain(comparison) for comparison in self.comparisons],
            "notes": list(NOTES),
        }

    def as_text(self) -> str:
        """Give the tables and what they are of."""
        tables = terminal.render(table for comparison in self.comparisons for table in _tables(comparison))
        return "\n".join([tables, "", *map(escape, self._facts()), *NOTES])

    def as_markdown(self) -> str:
        """Give the same as GitHub-flavoured Markdown."""
        parts = ["# Ablation"]
        parts += [markdown.table(*table) for comparison in self.comparisons for table in _tables(comparison)]
        parts.append("\n".join(f"- {markdown.cell(note)}" for note in (*self._facts(), *NOTES)))
        return "\n\n".join(parts) + "\n"

    def write(self) -> dict[str, str]:
        """Give the files of a folder: name to content. A shard's are its own."""
        header = self.records.header
        part = f"-{header.shard}-of-{header.shards}" if header.shards > 1 else ""
        return {
            f"ablation{part}.json": json.dumps(self.as_json(), indent=1) + "\n",
            f"ablation{part}.md": self.as_markdown(),
        }

    def _facts(self) -> list[str]:
        header = self.records.header
        part = f"shard {header.shard} of {header.shards}: no result by itself; " if header.shards > 1 else ""
        errata = sorted(set(header.errata) & set(header.task_ids))
        facts = [
            f"{part}suite {header.suite} ({header.suite_sha256[:12]}), {header.choice}; {len(header.task_ids)} tasks, "
            f"{header.draws} draw(s), seed {header.seed}",
            f"model {header.model}; codeloop {header.codeloop}",
            f"command: {header.command}",
        ]
        facts += [f"errata among the tasks: {', '.join(errata)}"] if errata else []
        return facts + [f"failed at first in {c.language}: {len(c.failed_first)} tasks" for c in self.comparisons]


def _plain(comparison: Comparison) -> dict[str, Any]:
    """Give the dataclass with what is derived from it."""
    plain = asdict(comparison)
    for arm, data in zip(comparison.arms, plain["arms"], strict=True):
        data |= {
            "tokens": arm.tokens,
            "tokens_per_solved": arm.per_solved(arm.tokens),
            "completion_tokens_per_solved": arm.per_solved(arm.completion_tokens),
            "model_s_per_solved": arm.per_solved(arm.model_s),
        }
    for gain, data in zip(comparison.gains, plain["gains"], strict=True):
        data["difference"]["is_shown"] = gain.difference.is_shown
    return plain


def _tables(comparison: Comparison) -> Iterator[TableRows]:
    for k in dict.fromkeys(row.k for arm in comparison.arms for row in arm.rows):
        yield _passes(comparison, k)
    yield _gains(comparison)
    for start in range(0, len(comparison.arms), _COLUMNS):
        arms = comparison.arms[start : start + _COLUMNS]
        yield _counts(comparison.language, arms)
        yield _fixes(
            f"draws that end solved / those whose first program failed so, {comparison.language}",
            arms,
            lambda fixes: (fixes.solved, fixes.draws),
        )
        if any(arm.repairs for arm in arms):
            yield _fixes(
                f"repairs that pass visible tests / repairs of programs that failed so, {comparison.language}",
                [arm for arm in arms if arm.repairs],
                lambda fixes: (fixes.repaired, fixes.repairs),
            )
        if any(arm.repaired for arm in arms):
            yield _repaired(comparison.language, arms)
    yield from (_transitions(arm, comparison.language) for arm in comparison.arms if arm.transitions)


def _passes(comparison: Comparison, k: int) -> TableRows:
    left = f", {comparison.left_out} left out" if comparison.left_out else ""
    title = f"pass@{k} on hidden tests by attempt, %, {comparison.language}: {comparison.tasks} tasks, {comparison.pairs} pairs{left}"
    rows = [[row for row in arm.rows if row.k == k] for arm in comparison.arms]
    numbers = [str(row.iteration) for row in rows[0] if row.iteration is not None]
    columns = ("arm", *numbers, "end [95 % interval]", "hidden-only")
    return title, columns, [(arm.arm, *_cells(mine)) for arm, mine in zip(comparison.arms, rows, strict=True)]


def _cells(rows: Sequence[ByIteration]) -> Iterator[str]:
    yield from (terminal.value(row.headline) for row in rows if row.iteration is not None)
    yield terminal.estimate(rows[-1].headline)
    yield terminal.value(rows[-1].hidden_only)


def _gains(comparison: Comparison) -> TableRows:
    columns = ("arm", "over", "k", "gain [95 % interval]", "better/worse", "p", "smallest", "")
    title = f"gain in pass@k at the end, points, {comparison.language} ({_tests(comparison.gains)})"
    return title, columns, [_gain(gain) for gain in comparison.gains]


def _tests(gains: Sequence[Gain]) -> str:
    return ", ".join(dict.fromkeys(gain.difference.test for gain in gains if gain.difference.test)) or "no pairs"


def _gain(gain: Gain) -> tuple[str, ...]:
    found = gain.difference
    value = _points(found.value)
    interval = "" if found.low is None else f" [{_points(found.low)}, {_points(found.high)}]"
    return (
        gain.arm,
        gain.over,
        str(gain.k),
        value + interval,
        f"{found.n_better}/{found.n_worse}",
        "–" if found.p_value is None else f"{found.p_value:.3f}",
        "–" if found.smallest is None else f"{100 * found.smallest:.1f}",
        "shown" if found.is_shown else "not shown",
    )


def _points(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:+.1f}"


def _counts(language: str, arms: Sequence[ArmResult]) -> TableRows:
    rows: list[tuple[str, Callable[[ArmResult], str]]] = [
        ("solved", lambda arm: str(arm.solved)),
        ("solved, visible", lambda arm: str(arm.solved_visible)),
        ("errored (left out)", lambda arm: str(arm.errored)),
        ("first answers of its own", lambda arm: str(arm.own_first)),
        ("attempts", lambda arm: str(arm.attempts)),
        ("repairs", lambda arm: str(arm.repairs)),
        ("regressions", lambda arm: str(arm.regressed)),
        ("visible cases broken by them", lambda arm: str(arm.broken_cases)),
        ("prompt tokens", lambda arm: _number(arm.prompt_tokens)),
        ("completion tokens", lambda arm: _number(arm.completion_tokens)),
        ("both", lambda arm: _number(arm.tokens)),
        ("both, per solved", lambda arm: _number(arm.per_solved(arm.tokens))),
        ("completion tokens, per solved", lambda arm: _number(arm.per_solved(arm.completion_tokens))),
        ("model seconds", lambda arm: f"{arm.model_s:.1f}"),
        ("model seconds, per solved", lambda arm: _number(arm.per_solved(arm.model_s), 1)),
        ("check seconds", lambda arm: f"{arm.check_s:.1f}"),
    ]
    return (
        f"what was done and spent, {language}",
        ("", *(arm.arm for arm in arms)),
        [(name, *[cell(arm) for arm in arms]) for name, cell in rows],
    )


def _number(count: float | None, digits: int = 0) -> str:
    return "–" if count is None else f"{count:.{digits}f}"


def _fixes(title: str, arms: Sequence[ArmResult], counts: Callable[[Fixes], tuple[int, int]]) -> TableRows:
    found = {(arm.arm, fixes.error_class): counts(fixes) for arm in arms for fixes in arm.fixes}
    kinds = [kind for kind in ErrorClass if any(found.get((arm.arm, kind), (0, 0))[1] for arm in arms)]
    cells = [[_share(*found.get((arm.arm, kind), (0, 0))) for arm in arms] for kind in kinds]
    return title, ("", *(arm.arm for arm in arms)), [(kind, *mine) for kind, mine in zip(kinds, cells, strict=True)]


def _repaired(language: str, arms: Sequence[ArmResult]) -> TableRows:
    cells = {(arm.arm, row.kind): _share(row.solved, row.draws) for arm in arms for row in arm.repaired}
    kinds = dict.fromkeys(row.kind for arm in arms for row in arm.repaired)
    rows = [(kind, *[cells.get((arm.arm, kind), "–") for arm in arms]) for kind in kinds]
    return f"known faults that end repaired (hidden) / by kind, {language}", ("", *(arm.arm for arm in arms)), rows


def _share(part: int, whole: int) -> str:
    return f"{part}/{whole} ({100 * part / whole:.0f} %)" if whole else "–"


def _transitions(arm: ArmResult, language: str) -> TableRows:
    counts = {(step.before, step.after): step.repairs for step in arm.transitions}
    columns = [word for word in (*ErrorClass, PASSES) if any(after == word for _, after in counts)]
    kinds = [kind for kind in ErrorClass if any(before == kind for before, _ in counts)]
    rows = [(kind, *[str(counts.get((kind, after), "")) for after in columns]) for kind in kinds]
    return (
        f"repairs of {arm.arm}: from the class of the program repaired to that of the repair, {language}",
        ("", *columns),
        rows,
    )
