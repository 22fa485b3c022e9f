"""Origin: what tells a run, and each attempt of it, from every other, as names and texts for every writer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from codeloop.attempts import Attempt

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
        ("isolation", facts.get("isolation", "")),
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
    tools = sorted(
        {f"{d.tool} {d.tool_version}" for r in attempt.verdict.reports for d in r.diagnostics if d.tool_version}
    )
    return (
        ("prompt", attempt.prompt.template),
        ("seed", "" if seed is None else str(seed)),
        ("image", attempt.verdict.image),
        ("tools", ", ".join(tools)),
    )
