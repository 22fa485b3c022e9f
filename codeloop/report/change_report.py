"""Change report: two runs beside each other, and what came of the gates, as text, Markdown and JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from codeloop.changes import At, Changes, Flip, Slice
from codeloop.drops import Change
from codeloop.gates import GateResult, overall
from codeloop.report import markdown, terminal
from codeloop.report.terminal import TableRows
from codeloop.report.text import escape
from codeloop.snapshots import Snapshot

SCHEMA_VERSION = 1
_MOST_FLIPS = 50  # of a table: all of them are in the JSON
NOTES = (
    "Every figure stands on the pairs (task, draw) that both runs have a verdict of. Change: pass@1 after minus before, in points.",
    "By repair t: the hidden verdict of what would be handed over there; end: when the loop stops by itself.",
    "p: one-sided and exact; how often no change at all would look at least as bad. Not corrected for the number of rows.",
    "A slice by error, ending or template is chosen by what came of one run: chance alone moves it, tags and languages are free of that.",
    "smallest: the drop that these pairs would show four times in five; –: so few problems show none. won, lost: pairs that only the second, the first run passes.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeReport:
    """A comparison, with the gates that were asked for."""

    changes: Changes
    gates: tuple[GateResult, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Give what ``schemas/compare-1.json`` describes."""
        found = self.changes
        names = ("n_missing", "otherwise", "noted", "curve", "flips", "shifts", "spent", "slices")
        lists = {name: getattr(found, name) for name in names}
        return {
            "schema_version": SCHEMA_VERSION,
            "before": _run(found.before),
            "after": _run(found.after),
            **{
                name: value if isinstance(value, int) else [asdict(row) for row in value]
                for name, value in lists.items()
            },
            "gates": [gate_json(result) for result in self.gates],
            "outcome": str(overall(self.gates)) if self.gates else None,
            "notes": list(NOTES),
        }

    def as_text(self) -> str:
        """Give the tables and the lines that say what they hold."""
        head = [f"before: {_told(self.changes.before)}", f"after:  {_told(self.changes.after)}", *self._warnings()]
        parts = [head, gate_lines(self.gates), [terminal.render(self._tables())], [*self._links(), *NOTES]]
        shown = [[escape(line, keep_newlines=part is parts[2]) for line in part] for part in parts if part]
        return "\n\n".join("\n".join(lines) for lines in shown)

    def as_markdown(self) -> str:
        """Give the same as GitHub-flavoured Markdown."""
        found = self.changes
        head = [f"before: {_told(found.before)}", f"after: {_told(found.after)}", *self._warnings()]
        tables = [markdown.table(*rows) for rows in self._tables()]
        parts = ["# Comparison", _listed(head), _listed(gate_lines(self.gates)), *tables]
        return "\n\n".join(filter(None, [*parts, _listed([*self._links(), *NOTES])])) + "\n"

    def _warnings(self) -> list[str]:
        found = self.changes
        lines = [f"warning: {each.what} differs: {each.before} → {each.after}" for each in found.otherwise]
        lines += [f"{each.what} differs: {each.before} → {each.after}" for each in found.noted]
        if found.n_missing:
            lines.append(f"warning: {found.n_missing} pairs lack a verdict in one run or both, and are left out")
        return lines

    def _tables(self) -> Iterator[TableRows]:
        found = self.changes
        end = found.end.change
        title = (
            f"pass@1 on hidden tests by repair, %: {end.n_tasks} tasks, {end.n_problems} problems, {end.n_pairs} pairs"
        )
        names = [("end" if at.iteration is None else str(at.iteration), at) for at in found.curve]
        yield title, ("repairs", *_COLUMNS), [(name, *_cells(at)) for name, at in names]
        for by in dict.fromkeys(each.by for each in found.slices):
            rows = [(each.label, *_cells(each)) for each in found.slices if each.by == by]
            yield f"pass@1 at the end by {by}, %", (by, *_COLUMNS), rows
        yield _flip_rows(found.flips)
        if found.shifts:
            rows = [(f"{shift.before} → {shift.after}", str(shift.pairs)) for shift in found.shifts]
            yield "how pairs end, by class of failure on hidden tests", ("before → after", "pairs"), rows
        spent = [(each.what, _amount(each.before), _amount(each.after)) for each in found.spent]
        errored = [str(sum(row.is_errored for row in run.draws)) for run in (found.before, found.after)]
        yield "what was spent on the pairs", ("", "before", "after"), [*spent, ("errored draws, of all", *errored)]

    def _links(self) -> list[str]:
        """Say how to look at the first flip."""
        flips = self.changes.flips
        if not flips:
            return []
        runs = [run.facts.run_id for run in (self.changes.before, self.changes.after) if run.facts.run_id]
        return [f"look: codeloop report {run_id} --task {flips[0].task_id}" for run_id in runs]


_COLUMNS = ("before", "after", "change [95 %]", "won/lost", "p", "smallest", "pairs")


def gate_lines(results: Sequence[GateResult]) -> list[str]:
    """Give a line for each gate, for any report; the words of a gate may be anyone's."""
    return [f"{result.outcome}: {result.gate.name}: {result.why}" for result in results]


def gate_json(result: GateResult) -> dict[str, Any]:
    """Give a gate and its outcome as plain data."""
    plain = asdict(result)
    return plain | {"gate": result.gate.name, "outcome": str(result.outcome), "is_met": result.is_met}


def _listed(lines: Sequence[str]) -> str:
    return "\n".join(f"- {markdown.cell(line)}" for line in lines)


def _run(snapshot: Snapshot) -> dict[str, Any]:
    errored = sum(row.is_errored for row in snapshot.draws)
    return {"name": snapshot.name, "draws": len(snapshot.draws), "errored": errored, "facts": asdict(snapshot.facts)}


def _told(snapshot: Snapshot) -> str:
    facts = snapshot.facts
    suite = f"{facts.suite} {facts.suite_version[:12]}"
    return f"{snapshot.name}: {suite}, model {facts.model}, policy {facts.policy}, {len(snapshot.draws)} draws"


def _cells(of: At | Slice) -> tuple[str, ...]:
    found = of.change
    interval = "" if found.low is None or found.high is None else f" [{_points(found.low)}, {_points(found.high)}]"
    return (
        terminal.value(of.before),
        terminal.value(of.after),
        _points(found.value) + interval,
        f"{found.n_won}/{found.n_lost}",
        "–" if found.p_value is None else chance(found.p_value),
        _smallest(found),
        str(found.n_pairs),
    )


def chance(p_value: float) -> str:
    """Give a p-value: no chance is 0."""
    return "<0.001" if p_value < 0.001 else f"{p_value:.3f}"


def _smallest(found: Change) -> str:
    return "–" if found.smallest is None else f"{100 * found.smallest:.1f}"


def _points(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:+.1f}"


def _flip_rows(flips: Sequence[Flip]) -> TableRows:
    lost = sum(not flip.is_won for flip in flips)
    rest = f"; the first {_MOST_FLIPS}, all are in --json" if len(flips) > _MOST_FLIPS else ""
    title = f"pairs that flipped: {lost} lost, {len(flips) - lost} won{rest}"
    rows: list[tuple[str, ...]] = [
        (flip.task_id, str(flip.draw), "won" if flip.is_won else "lost", flip.error) for flip in flips[:_MOST_FLIPS]
    ]
    return title, ("task", "draw", "", "failure"), rows


def _amount(value: float | None) -> str:
    if value is None:
        return "unknown"
    return str(value) if isinstance(value, int) else f"{value:.4g}" if value < 1 else f"{value:.1f}"
