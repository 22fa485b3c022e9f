"""SARIF 2.1.0: what was found in the programs that a run handed over, for viewers and code scanning.

Source: OASIS, Static Analysis Results Interchange Format 2.1.0 (errata 01); sections are named where they decide something.
Programs and messages are untrusted: what would act where it is read is shown as an escape, and every place is checked.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from codeloop.attempts import Attempt, Trajectory
from codeloop.diagnostics import Diagnostic, Fix
from codeloop.findings import of_report
from codeloop.report.text import escape

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_SUFFIXES = {"python": "py", "java": "java", "cpp": "cpp", "javascript": "js", "go": "go", "rust": "rs", "c": "c"}
_FINGERPRINT = "codeloopFinding/v1"
_BASE = "PROGRAMS"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Program:
    """A program that was handed over, and what was found in it."""

    uri: str
    trajectory: Trajectory
    attempt: Attempt

    @property
    def findings(self) -> Iterable[Diagnostic]:
        for report in self.attempt.verdict.reports:
            yield from of_report(report)


def log(run_id: str, trajectories: Iterable[Trajectory], version: str = "") -> str:
    """Give the log of one run as JSON text."""
    return document([run(run_id, trajectories, version)])


def document(runs: Iterable[Mapping[str, Any]]) -> str:
    """Give a log of these parts as JSON text."""
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": list(runs)}, indent=1)


def uri_of(path: str) -> str:
    """Give a file's name as a relative URI reference."""
    return quote(path.encode("utf-8", "surrogatepass"))


def run(name: str, trajectories: Iterable[Trajectory], version: str = "") -> dict[str, Any]:
    """Give one part of a log: one artifact for each program, one result for each finding.

    Rule ids are ``tool/rule``, whatever the release of the tool; trajectories without an attempt hand nothing over.
    """
    programs = [_program(trajectory) for trajectory in trajectories if trajectory.attempts]
    found = [(index, item) for index, program in enumerate(programs) for item in program.findings]
    ids = sorted({_rule_id(item) for _, item in found})
    numbers = {each: number for number, each in enumerate(ids)}
    driver: dict[str, Any] = {"name": "codeloop", "rules": [_rule(each, found) for each in ids]}
    if version:
        driver["version"] = escape(version)
    return {
        "tool": {"driver": driver, "extensions": _extensions(item for _, item in found)},
        "automationDetails": {"id": escape(f"codeloop/{name}")},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {
            _BASE: {"description": {"text": "The programs of the run; they are nowhere but in this log."}}
        },
        "artifacts": [_artifact(program) for program in programs],
        "results": [_result(item, programs[index], index, numbers) for index, item in found],
    }


def _program(trajectory: Trajectory) -> _Program:
    attempt = trajectory.attempts[trajectory.attempts[-1].handed_over]
    folder = quote(trajectory.task_id.encode("utf-8", "surrogatepass"), safe="").replace(".", "%2E")
    suffix = _SUFFIXES.get(trajectory.language, "txt")
    return _Program(uri=f"{folder}/draw-{trajectory.draw}.{suffix}", trajectory=trajectory, attempt=attempt)


def _artifact(program: _Program) -> dict[str, Any]:
    artifact: dict[str, Any] = {
        "location": {"uri": program.uri, "uriBaseId": _BASE},
        "contents": {"text": escape(program.attempt.candidate.code, keep_newlines=True)},
        "hashes": {"sha-256": program.attempt.candidate.digest},
        "properties": {"task": escape(program.trajectory.task_id), "draw": program.trajectory.draw},
    }
    if program.trajectory.language in _SUFFIXES:
        artifact["sourceLanguage"] = {"cpp": "cplusplus"}.get(program.trajectory.language, program.trajectory.language)
    return artifact


def _extensions(findings: Iterable[Diagnostic]) -> list[dict[str, Any]]:
    """Name the tools with their versions; a result's rule stands with the driver, so that one list holds them all."""
    tools = sorted({(item.tool, item.tool_version) for item in findings})
    return [
        {"name": escape(tool) or "unknown", **({"version": escape(version)} if version else {})}
        for tool, version in tools
    ]


def _rule_id(item: Diagnostic) -> str:
    return escape(f"{item.tool}/{item.rule}")


def _rule(name: str, found: Iterable[tuple[int, Diagnostic]]) -> dict[str, Any]:
    mine = [item for _, item in found if _rule_id(item) == name]
    tags = sorted({item.category.value for item in mine if item.category} | {escape(item.stage) for item in mine})
    return {"id": name, "properties": {"tags": tags}}


def _result(item: Diagnostic, program: _Program, index: int, numbers: Mapping[str, int]) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": program.uri, "uriBaseId": _BASE, "index": index}}
    region = _region(item.line, item.column, item.end_line, item.end_column)
    if region:
        snippet = {"snippet": {"text": escape(item.source_line)}} if item.source_line else {}
        place["region"] = {**region, **snippet}
    location: dict[str, Any] = {"physicalLocation": place}
    if scope := item.scope or item.frame:
        location["logicalLocations"] = [{"fullyQualifiedName": escape(scope)}]
    result: dict[str, Any] = {
        "ruleId": _rule_id(item),
        "ruleIndex": numbers[_rule_id(item)],
        "level": item.severity.value,
        "message": {"text": escape(_message(item), keep_newlines=True)},
        "locations": [location],
        "partialFingerprints": {_FINGERPRINT: item.fingerprint},
        "properties": _properties(item, program),
    }
    if fixes := _fixes(item.fixes, program, index):
        result["fixes"] = fixes
    return result


def _message(item: Diagnostic) -> str:
    parts = [item.message or item.rule, *item.notes]
    if item.expression:
        parts += [f"case: {item.expression}"]
        parts += [f"{name}: {text}" for name, text in (("expected", item.expected), ("actual", item.actual)) if text]
    return "\n".join(parts)


def _properties(item: Diagnostic, program: _Program) -> dict[str, Any]:
    named = {"category": item.category.value, "stage": escape(item.stage), "input": escape(item.input)}
    return {
        **{name: value for name, value in named.items() if value},
        "tags": [tag for tag in (item.category.value, escape(item.stage)) if tag],
        "task": escape(program.trajectory.task_id),
        "draw": program.trajectory.draw,
        "iteration": program.attempt.iteration,
    }


def _region(line: int | None, column: int | None, end_line: int | None, end_column: int | None) -> dict[str, int]:
    """Give a region whose end is not before its start; nothing without a line. Columns end behind the last character (§ 3.30)."""
    if line is None or line < 1:
        return {}
    region = {"startLine": line}
    if column is not None and column >= 1:
        region["startColumn"] = column
    last = line if end_line is None else end_line
    if last < line or end_column is None or end_column < 1 or (last == line and end_column < (column or 1)):
        return region
    return region | {"endLine": last, "endColumn": end_column}


def _fixes(fixes: Iterable[Fix], program: _Program, index: int) -> list[dict[str, Any]]:
    """Give fixes with all their edits: those of one message are one change; what has no place cannot be applied."""
    edits: dict[str, list[dict[str, Any]]] = {}
    for fix in fixes:
        region = _region(fix.line, fix.column, fix.end_line, fix.end_column)
        if "endColumn" in region:
            content = {"insertedContent": {"text": escape(fix.replacement, keep_newlines=True)}}
            edits.setdefault(escape(fix.message) or "fix", []).append({"deletedRegion": region, **content})
    place = {"uri": program.uri, "uriBaseId": _BASE, "index": index}
    return [
        {
            "description": {"text": message},
            "artifactChanges": [{"artifactLocation": place, "replacements": replacements}],
        }
        for message, replacements in edits.items()
    ]
