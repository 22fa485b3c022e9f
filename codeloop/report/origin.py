"""Origin: what tells a run, and each attempt of it, from every other, as names and texts for every writer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from codeloop.attempts import Attempt, Verdict

Named = tuple[str, str]


def of_run(run_id: str, settings: Mapping[str, Any], facts: Mapping[str, Any]) -> tuple[Named, ...]:
    """Give what all attempts of a run share; what it did not note is left out."""
    suite = facts.get("suite", {})
    known = [
        ("run", run_id),
        ("suite", f"{suite.get('name', '')} {suite.get('version', '')}".strip()),
        ("suite_sha256", suite.get("sha256", "")),
        ("model", facts.get("model", "")),
        *((f"model_{name}", value) for name, value in facts.get("model_details", {}).items()),
        ("policy", settings.get("policy", "")),
        ("seed", settings.get("seed", "")),
        *((name, settings.get(name, "")) for name in ("allow_unsafe", "fuzz_runs", "fuzz_s")),
        ("isolation", facts.get("isolation", "")),
        ("container_engine", facts.get("container_engine", "")),
        ("host", facts.get("host", "")),
        ("codeloop", facts.get("codeloop", "")),
        *metadata(facts),
    ]
    return tuple((name, str(value)) for name, value in known if value not in ("", None))


def metadata(facts: Mapping[str, Any]) -> Iterator[Named]:
    """Give what whoever started the run noted, by name."""
    for name, value in sorted(dict(facts.get("metadata", {})).items()):
        yield str(name), str(value)


def of_attempt(attempt: Attempt) -> tuple[Named, ...]:
    """Give what one attempt was made of."""
    seed = attempt.prompt.seed
    return (
        ("prompt", attempt.prompt.template),
        ("seed", "" if seed is None else str(seed)),
        ("image", attempt.verdict.image),
        ("answered_by", attempt.completion.answered_by),
        ("tools", tools_of(attempt.verdict)),
    )


def tools_of(verdict: Verdict) -> str:
    """Name the tools that found something, with their versions; those that found nothing are as the image has them."""
    found = {f"{d.tool} {d.tool_version}" for report in verdict.reports for d in report.diagnostics if d.tool_version}
    return ", ".join(sorted(found))
