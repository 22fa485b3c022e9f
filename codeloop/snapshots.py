"""Snapshots: what a run came to, small enough for git: figures, hashes and fixed words, no text of a task, prompt or program.

The file is one JSON object with a line for each draw, so that a changed baseline reads well in a diff. Pure: texts in, texts out.
``schemas/baseline-1.json`` says what every field is.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from typing import Any, TypeVar

from codeloop import codec
from codeloop.attempts import Ending, Status, Trajectory, Verdict
from codeloop.error_classes import error_class
from codeloop.errors import ConfigError, StoreError
from codeloop.metrics import Estimate, estimate
from codeloop.records import END, Setting
from codeloop.tasks import natural_key

FORMAT = "codeloop-baseline-1"
_FAMILY = re.compile(r"codeloop-baseline-(\d+)")
_NOTICED = re.compile(r": (\d+) of (\d+) mutants are noticed")  # the note of stages.mutation_findings
_ROW = TypeVar("_ROW")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What was run. Two runs are comparable where the first group is the same."""

    suite: str
    suite_version: str
    suite_sha256: str
    stages: tuple[str, ...]
    """In order, each with what its findings do: ``test:gate``, ``lint:inform``."""
    feedback: str
    """How the model is told, with its settings: ``Stateless(has_findings=True, n_findings=5)``."""
    model: str
    """The identity that recorded replies are valid for."""
    images: tuple[Setting, ...] = ()
    """Language and image ids of the checks, sorted."""
    policy: str = ""
    max_iterations: int = 0
    draws: int = 1
    run_id: str = ""
    codeloop: str = ""
    isolation: str = ""
    settings: tuple[Setting, ...] = ()
    """What else the run was given: seed, limit, languages."""
    metadata: tuple[Setting, ...] = ()
    """What the run noted of where it came from: git commit, user, versions of tools."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """One trajectory."""

    task_id: str
    language: str
    draw: int
    ending: Ending
    passed: tuple[bool | None, ...] = ()
    """By iteration: the hidden verdict of what would be handed over there; ``None``: missing, not wrong."""
    errors: tuple[str, ...] = ()
    """By attempt: the class of its failure on visible tests; empty for a pass."""
    hidden_error: str = ""
    """Class of the failure on hidden tests of what was handed over at the end."""
    program: str = ""
    """First 16 hex digits of its hash."""
    template: str = ""
    """Name and hash of the first prompt's template."""
    answered_by: str = ""
    """What the provider says gave the first answer."""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cost_usd: float | None = None
    """``None``: unknown, as of tokens."""
    model_s: float = 0.0
    check_s: float = 0.0
    killed: int | None = None
    mutants: int | None = None
    """Mutants of the program handed over that visible tests notice, of those that could be; ``None``: no such stage."""
    tags: tuple[str, ...] = ()

    @property
    def pair(self) -> tuple[str, int]:
        """Give task and draw."""
        return self.task_id, self.draw

    def passed_by(self, iteration: int = END) -> bool | None:
        """Say whether what was handed over by ``iteration`` passes; ``None``: errored, cancelled or not scored."""
        if not self.passed or self.is_errored:
            return None
        return self.passed[min(iteration, len(self.passed) - 1)]

    @property
    def is_errored(self) -> bool:
        """Say whether the machine or the model failed, or someone stopped it: it counts as missing."""
        return self.ending in (Ending.ERRORED, Ending.CANCELLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A run's facts and its draws, by task and draw. ``name`` is what the user called it by."""

    name: str
    facts: Facts
    draws: tuple[Draw, ...]


def draw_of(trajectory: Trajectory, tags: Sequence[str] = ()) -> Draw:
    """Make the row of a trajectory."""
    attempts = trajectory.attempts
    completions = [completion for attempt in attempts for completion in attempt.completions]
    last = attempts[attempts[-1].handed_over] if attempts else None
    hidden = trajectory.hidden[last.iteration] if last and last.iteration < len(trajectory.hidden) else None
    killed, mutants = _mutants(last.verdict) if last else (None, None)
    return Draw(
        task_id=trajectory.task_id,
        language=trajectory.language,
        draw=trajectory.draw,
        ending=trajectory.ending,
        passed=tuple(trajectory.passed_by(i) for i in range(len(attempts))),
        errors=tuple(str(error_class(attempt.verdict) or "") for attempt in attempts),
        hidden_error=str(error_class(hidden) or "") if hidden and hidden.status is not Status.ERRORED else "",
        program=last.candidate.digest[:16] if last else "",
        template=attempts[0].prompt.template if attempts else "",
        answered_by=attempts[0].completion.answered_by if attempts else "",
        prompt_tokens=sum_known([completion.usage.prompt_tokens for completion in completions]),
        completion_tokens=sum_known([completion.usage.completion_tokens for completion in completions]),
        cost_usd=sum_known([completion.cost_usd for completion in completions]),
        model_s=round(sum(completion.latency_s for completion in completions), 3),
        check_s=round(sum(report.duration_s for attempt in attempts for report in attempt.verdict.reports), 3),
        killed=killed,
        mutants=mutants,
        tags=tuple(tags),
    )


def pass_at_1(draws: Iterable[Draw], iteration: int = END) -> Estimate:
    """Estimate pass@1 of what would be handed over there; draws without a verdict have no part in it."""
    outcomes: defaultdict[str, list[bool]] = defaultdict(list)
    for row in draws:
        if (passed := row.passed_by(iteration)) is not None:
            outcomes[row.task_id].append(passed)
    return estimate(outcomes, 1)


def images_of(trajectories: Sequence[Trajectory]) -> tuple[Setting, ...]:
    """Give each language's image ids, as the checks noted them; a language of an unknown image is left out."""
    found = {(t.language, attempt.verdict.image) for t in trajectories for attempt in t.attempts}
    return tuple(Setting(name=language, value=image) for language, image in sorted(found) if image)


def write(snapshot: Snapshot) -> str:
    """Give a file's text; ``read`` gives it back. What is empty or unknown is left out of a draw."""
    facts = json.loads(codec.encode(snapshot.facts))
    head = f'{{\n"format": {json.dumps(FORMAT)},\n"facts": {json.dumps(facts, indent=1)},\n"draws": [\n'
    ordered = sorted(snapshot.draws, key=lambda row: (natural_key(row.task_id), row.draw))
    return head + ",\n".join(map(_line, ordered)) + "\n]\n}\n"


def read(name: str, text: str) -> Snapshot:
    """Read a file. Raises ConfigError, in one line, for another version and for what is no such file."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise ConfigError(f"{name} is no baseline: it is no JSON: {' '.join(str(exc).split())[:120]}") from exc
    found = data.get("format") if isinstance(data, dict) else None
    if found != FORMAT:
        raise ConfigError(f"{name} {_what_else(found)}")
    try:
        facts = codec.decode(Facts, json.dumps(data["facts"]))
        draws = tuple(codec.decode(Draw, json.dumps(row)) for row in data["draws"])
    except (StoreError, KeyError, TypeError) as exc:
        raise ConfigError(f"{name} is damaged: {' '.join(str(exc).split())[:200]}") from exc
    twice = [pair for pair, n in Counter(row.pair for row in draws).items() if n > 1]
    if twice:
        raise ConfigError(f"{name} is damaged: it holds {twice[0][0]} draw {twice[0][1]} twice")
    return Snapshot(name=name, facts=facts, draws=draws)


def settings_of(values: Mapping[str, Any]) -> tuple[Setting, ...]:
    """Give plain data as names and texts, sorted."""
    return tuple(Setting(name=name, value=_text(value)) for name, value in sorted(values.items()))


def sum_known(values: Sequence[Any]) -> Any:
    """Add up, or give ``None`` if any is unknown: a sum of the known ones would look like the whole."""
    if None in values:
        return None
    total = sum(values)
    return math.fsum(values) if isinstance(total, float) else total  # twenty times 0.1 is 2, and no more


def _text(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _mutants(verdict: Verdict) -> tuple[int | None, int | None]:
    """Read ``mutation score 90.0 %: 9 of 10 mutants are noticed`` of the mutation stage."""
    report = verdict.report("mutate")
    notes = [item.message for item in report.diagnostics if item.rule == "score"] if report else []
    found = _NOTICED.search(notes[0]) if notes else None
    return (int(found[1]), int(found[2])) if found else (None, None)


def _line(row: Draw) -> str:
    plain = json.loads(codec.encode(row))
    usual = {field.name: field.default for field in fields(Draw) if field.default is not MISSING}
    kept = {name: value for name, value in plain.items() if name not in usual or value not in (usual[name], [])}
    return json.dumps(kept, separators=(", ", ":"))


def _what_else(found: object) -> str:
    if isinstance(found, str) and (match := _FAMILY.fullmatch(found)):
        return f"is a baseline of format {match[1]}, this codeloop reads format {FORMAT[-1]}: set and export it again"
    return f'is no baseline: it does not say "format": "{FORMAT}"'
