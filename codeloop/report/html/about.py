"""About: what was run on what, as [term, texts] rows, and the sentences that say how far the figures can be trusted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from codeloop.attempts import CallCounts, Trajectory
from codeloop.errors import UsageError
from codeloop.gates import Outcome
from codeloop.metrics import Summary
from codeloop.policies import PLANS, TELLERS, get_policy
from codeloop.policy import Gate, Policy
from codeloop.report import origin
from codeloop.report.html.texts import shown
from codeloop.report.html.words import mood
from codeloop.report.terminal import calls
from codeloop.slices import tags_in

UNKNOWN = "not recorded"
FINISHED = "finished"
CONTAMINATION = (
    "HumanEval-X and HumanEval have been public since 2022 and 2021 and are probably in the training data of every model "
    "asked here: read a pass rate as what this model does on tasks it may have seen, and compare runs rather than trust levels."
)
_TELLING = {
    "stateless": "one message with the task, the best program and its findings",
    "placebo": "one message that says only that the code is wrong: a control",
    "first_finding": "one message with the task, the best program and its first finding",
    "chat": "a chat: each program is the model's turn, its findings the answer",
    "diagnose": "a diagnosis in words first, then the fix with it",
    "hint": "the task again with what was found, without the program",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RunData:
    """Everything that the page is made of."""

    run_id: str
    settings: Mapping[str, Any]
    facts: Mapping[str, Any]
    trajectories: tuple[Trajectory, ...]
    summaries: tuple[Summary, ...]
    calls: CallCounts
    errata: tuple[tuple[str, str], ...] = ()
    limits_known: tuple[str, ...] = ()
    """Sentences on what verdicts cannot promise."""
    more_tables: tuple[tuple[str, tuple[str, ...], list[tuple[str, ...]]], ...] = field(default=())
    """Title, columns and rows of the tables that only some runs have."""
    status: str = ""
    """Of the run in the store; empty where it is not known."""
    created_s: float | None = None
    """Seconds since the epoch."""
    gates: tuple[tuple[Outcome, str], ...] = ()
    """What came of each, in one line."""


def rows(run: RunData) -> list[list[Any]]:
    """Give [term, [text, …]] rows, in order; a fact that the run did not note says so."""
    facts, suite = run.facts, run.facts.get("suite", {})
    policy = _policy(run.settings)
    told: Iterable[tuple[str, Iterable[str]]] = (
        ("model", [str(facts.get("model", UNKNOWN))]),
        ("model_details", [f"{name}: {value}" for name, value in facts.get("model_details", {}).items()] or [UNKNOWN]),
        ("engine", [str(facts.get("model_details", {}).get("engine", UNKNOWN))]),
        ("host", [str(facts.get("host", UNKNOWN))]),
        ("container_engine", [str(facts.get("container_engine") or UNKNOWN)]),
        ("isolation", [str(facts.get("isolation", UNKNOWN))]),
        ("images", _images(run.trajectories) or [UNKNOWN]),
        ("suite", [f"{suite.get('name', UNKNOWN)} {suite.get('version', '')}".strip()]),
        ("suite_sha256", [str(suite.get("sha256", UNKNOWN))]),
        ("policy", [str(run.settings.get("policy", "default"))]),
        ("feedback_mode", list(_feedback(policy))),
        ("gating", [*_stages(policy), *_allowed(run.settings)]),
        ("sampling", [f"{run.settings.get('draws', 1)} draws a task, seed {run.settings.get('seed', 0)}"]),
        ("iterations", [f"{run.settings['max_iterations']} at most after the first attempt"]),
        ("calls", [calls(run.calls)]),
        ("wall", [f"{facts['wall_s']:,.0f} s" if "wall_s" in facts else UNKNOWN]),
        ("codeloop", [str(facts.get("codeloop", UNKNOWN))]),
        ("started", [_time(run.created_s)]),
        ("metadata", [f"{name}: {value}" for name, value in origin.metadata(facts)] or [UNKNOWN]),
    )
    return [[term, [shown(text) for text in texts]] for term, texts in told]


def warnings(run: RunData, cut_note: str = "") -> list[list[str]]:
    """Give [term, sentence] rows that a reader must see beside the figures; those of gates have their mood, too."""
    total = run.summaries[-1]
    gates = [["gate", shown(line[:1].upper() + line[1:] + "."), mood(outcome)] for outcome, line in run.gates]
    found: list[tuple[str, str]] = []
    if run.status and run.status != FINISHED:
        found.append(("partial", f"This run is {run.status}: the page shows what had ended when it was written."))
    found.append(("errored", _errored(total)))
    if _is_public(run):
        found.append(("contamination", CONTAMINATION))
    if total.no_visible_tests:
        found.append(
            ("no_visible_tests", f"{total.no_visible_tests} tasks have none: the loop saw compilers' words only.")
        )
    found += [("known_limit", text[:1].upper() + text[1:] + ".") for text in run.limits_known]
    if cut_note:
        found.append(("cut_texts", cut_note))
    return [*gates, *([term, shown(text)] for term, text in found)]


def tags(run: RunData) -> dict[str, list[str]]:
    """Give the tags of each task: those that the run noted, kinds of known faults, and that it is an erratum."""
    found = tags_in(run.facts)
    for task_id in {t.task_id for t in run.trajectories if not t.has_visible_tests}:
        found.setdefault(task_id, []).append("no visible tests")
    return {task_id: list(dict.fromkeys(words)) for task_id, words in found.items()}


def _errored(total: Summary) -> str:
    left_out = total.errored + total.unscored
    text = f"{total.errored} of {total.draws} draws errored (the machine's fault) and {total.unscored} have no hidden verdict"
    return f"{text}: they stand in no estimate." if left_out else f"{text}."


def _is_public(run: RunData) -> bool:
    """Say whether the tasks are those of HumanEval-X or HumanEval, be it with faults injected."""
    names = (str(run.settings.get("suite", "")), str(run.facts.get("suite", {}).get("name", "")))
    return any("humaneval" in name.lower() for name in names)


def _allowed(settings: Mapping[str, Any]) -> Iterator[str]:
    """Say what was set of audit and search; a suite's own settings stand in its hash."""
    if (allowed := settings.get("allow_unsafe")) is not None:
        yield f"{allowed} places of a translation may be other than safe Rust"
    if (runs := settings.get("fuzz_runs")) is not None:
        yield f"{runs} inputs at most tried for a difference"
    if (seconds := settings.get("fuzz_s")) is not None:
        yield f"{seconds:g} s at most searched for a difference"


def _policy(settings: Mapping[str, Any]) -> Policy | None:
    try:
        return get_policy(str(settings.get("policy", "default")))
    except UsageError:  # a policy of another version of codeloop
        return None


def _feedback(policy: Policy | None) -> Iterator[str]:
    if policy is None:
        yield UNKNOWN
        return
    teller = next((name for name, each in TELLERS.items() if each == policy.teller), "")
    plan = next((name for name, each in PLANS.items() if each == policy.plan), "")
    yield f"{teller}: {_TELLING[teller]}" if teller else "the policy's own"
    yield f"plan {plan or 'of the policy'}"


def _stages(policy: Policy | None) -> Iterator[str]:
    if policy is None:
        yield UNKNOWN
        return
    for rule in policy.stages:
        yield f"{rule.name} {'gates' if rule.gate is Gate.GATES else 'informs'}"
    if policy.mend:
        yield "what tools vouch for is mended"


def _images(trajectories: Sequence[Trajectory]) -> list[str]:
    found = {(t.language, attempt.verdict.image): None for t in trajectories for attempt in t.attempts}
    return [f"{language} {image}" for language, image in list(found)[:20] if image]


def _time(created_s: float | None) -> str:
    return UNKNOWN if created_s is None else datetime.fromtimestamp(created_s, UTC).strftime("%Y-%m-%d %H:%M UTC")
