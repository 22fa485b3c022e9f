"""A snapshot told in a terminal: what was run, and what it came to."""

from __future__ import annotations

from collections import Counter

from codeloop.report import terminal
from codeloop.report.text import escape
from codeloop.snapshots import Snapshot, pass_at_1


def snapshot_text(snapshot: Snapshot) -> str:
    """Give the facts, pass@1 by repair and how the draws ended."""
    facts = snapshot.facts
    lines = [
        f"{snapshot.name}: run {facts.run_id}, codeloop {facts.codeloop}",
        f"suite {facts.suite} {facts.suite_version} ({facts.suite_sha256[:12]}); model {facts.model}",
        f"policy {facts.policy}, {facts.max_iterations} repairs at most; stages {', '.join(facts.stages)}; told by {facts.feedback}",
        *(f"image of {image.name}: {image.value}" for image in facts.images),
        *(f"{each.name}: {each.value}" for each in (*facts.settings, *facts.metadata)),
    ]
    endings = Counter(str(row.ending) for row in snapshot.draws)
    lines.append(f"{len(snapshot.draws)} draws: " + ", ".join(f"{n} {word}" for word, n in endings.most_common()))
    return "\n".join(map(escape, lines)) + "\n\n" + terminal.render([_passes(snapshot)])


def _passes(snapshot: Snapshot) -> terminal.TableRows:
    longest = max((len(row.passed) for row in snapshot.draws), default=0)
    rows: list[tuple[str, ...]] = []
    for iteration in range(longest):
        found = pass_at_1(snapshot.draws, iteration)
        rows.append((str(iteration), terminal.estimate(found), str(found.n_tasks)))
    return "pass@1 on hidden tests by repair, % [95 % interval]", ("repairs", "pass@1", "tasks"), rows
