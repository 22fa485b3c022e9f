"""What a judge's process writes and the report it makes, for languages whose tests run apart from the candidate.

A judge writes JSON lines on its own private channel, every one with the check's nonce:

    {"nonce": …, "plan": [{"id": 0, "name": "line 3", "status": "not_run", "expression": …, "is_opaque": false}, …]}
    {"nonce": …, "case": {"id": 0, …, "status": "passed" | "failed" | "raised", "expected": …, "actual": …, "exception": …,
     "line": …}}                                     as they are decided: the last line of a case counts
    {"nonce": …, "done": true, "whole": true, "died": false, "forged": false}       as the last line

In a run of many mutants there are a plan, cases and a line done of each; the last says in "mutant" and "over" which one it
was and with what exit code its process ended.
"""

from __future__ import annotations

import json
import signal
from typing import Any

from codeloop.attempts import CaseResult, CaseStatus, StageReport, Status
from codeloop.commands import CommandResult, End
from codeloop.diagnostics import Diagnostic, unparsed
from codeloop.languages.port import FUEL_EXIT, OUT_OF_FUEL, has_crashed

EXTRA_CPU_S = 10.0  # the judge starts a program and makes the test's own data besides
ENDS = {
    End.TIMED_OUT: "timeout",
    End.WALL_TIMED_OUT: "wall_timeout",
    End.OUT_OF_MEMORY: "out_of_memory",
    End.OUTPUT_LIMIT: "output_limit",
}
_ENDED = {FUEL_EXIT: OUT_OF_FUEL, -signal.SIGPROF: "timeout"}
"""By exit code: what a mutant's own guards end, and what its timer does."""
_MESSAGES = {
    "timeout": "the program used more CPU time than allowed",
    OUT_OF_FUEL: "the program took more steps than allowed",
    "wall_timeout": "the program took longer than allowed: it waits for something",
    "out_of_memory": "the program used more memory than allowed",
    "output_limit": "the program printed more than allowed",
    "crashed": "the program crashed: a signal ended it",
    "exited_early": "the program ended the process before the tests were over",
    "forged": "the program sent messages of its own on the channel of the tests",
    "no_cases": "no test case was reached",
    "missing_entry_point": "the program does not define the function that the tests call",
}


def read_test(result: CommandResult, nonce: str) -> StageReport:
    """Read the judge's lines. Once the candidate was contacted, whatever goes wrong is the candidate's doing."""
    judge = result.peer
    lines = [line for line in read_lines(judge.channel if judge else b"") if line.get("nonce") == nonce]
    done: dict[str, Any] = next((line for line in lines if line.get("done") is True), {})
    if judge is None or not any("plan" in line for line in lines):
        return _not_judged(result, done)
    is_over = judge.end is End.EXITED and judge.code == 0 and bool(done)
    end = ENDS.get(result.end) or ENDS.get(judge.end) or ("" if is_over else "exited_early")
    cases = _cases(lines, end)
    outcome = _outcome(done, end, cases)
    if outcome == "exited_early" and has_crashed(result):
        outcome = "crashed"
    return _report(done, outcome, cases)


def read_mutants(result: CommandResult, nonce: str) -> dict[int, StageReport]:
    """Read a run of many mutants: one report for each whose process ended while the judge was there to see it."""
    found: dict[int, StageReport] = {}
    lines: list[dict[str, Any]] = []
    for line in read_lines(result.peer.channel if result.peer else b""):
        if line.get("nonce") != nonce:
            continue
        lines.append(line)
        if line.get("done") is not True:
            continue
        if isinstance(line.get("mutant"), int) and isinstance(line.get("over"), int):
            end = _ENDED.get(line["over"], "")
            cases = _cases(lines, end)
            found[line["mutant"]] = _report(line, _outcome(line, end, cases), cases)
        lines = []
    return found


def _report(done: dict[str, Any], outcome: str, cases: tuple[CaseResult, ...]) -> StageReport:
    findings = (event("test", outcome),) if outcome in _MESSAGES else ()
    if "error" in done:
        findings = (*findings, unparsed("test", "judge", str(done["error"])))
    status = Status.PASSED if outcome == "ok" else Status.FAILED
    return StageReport(stage="test", status=status, outcome=outcome, diagnostics=findings, cases=cases)


def read_lines(channel: bytes) -> list[dict[str, Any]]:
    """Read JSON lines; a last line that was cut is left out."""
    lines = []
    for raw in channel.splitlines():
        try:
            line = json.loads(raw)
        except ValueError:
            continue
        if isinstance(line, dict):
            lines.append(line)
    return lines


def event(stage: str, outcome: str) -> Diagnostic:
    """Make a finding of how a process ended."""
    message = _MESSAGES.get(outcome, outcome)
    return Diagnostic(stage=stage, tool="codeloop", rule=outcome.replace("_", "-"), message=message)


def _not_judged(result: CommandResult, done: dict[str, Any]) -> StageReport:
    """Report a judge that failed before it had anything to do with the candidate."""
    stderr = result.peer.stderr.decode("utf-8", "replace") if result.peer else "no judge"
    finding = unparsed("test", "judge", str(done.get("error", "")) or stderr)
    return StageReport(stage="test", status=Status.ERRORED, outcome="no_cases", diagnostics=(finding,))


def _cases(lines: list[dict[str, Any]], end: str) -> tuple[CaseResult, ...]:
    """Put the cases together: the plan, overridden by the last line about each; unreached ones go in a whole run."""
    cases: dict[int, dict[str, Any]] = {}
    is_whole = any(line.get("whole") is True for line in lines)
    for line in lines:
        for case in [*line.get("plan", ()), *([line["case"]] if "case" in line else ())]:
            cases[case["id"]] = {**cases.get(case["id"], {}), **case}
    kept = [case for case in cases.values() if not (is_whole and case["status"] == "not_run")]
    ended = _MESSAGES.get(end, "process exited")
    # Nothing can be said of an ``assert False`` that the run did not come to.
    return tuple(
        _case(case, ended) for case in kept if not (case.get("is_unreachable") and case["status"] == "not_run")
    )


def _case(case: dict[str, Any], ended: str) -> CaseResult:
    exception = case.get("exception", "")
    return CaseResult(
        name=case["name"],
        status=CaseStatus(case["status"]),
        expression=case["expression"],
        expected=case.get("expected", ""),
        actual=case.get("actual", ""),
        exception=ended if exception == "process exited" else exception,
        line=case.get("line"),
        is_opaque=case["is_opaque"],
    )


def _outcome(done: dict[str, Any], end: str, cases: tuple[CaseResult, ...]) -> str:
    said = (
        ("forged", done.get("forged")),
        (end, bool(end)),
        ("exited_early", done.get("died")),
        ("missing_entry_point", done.get("missing")),
    )
    decided = next((word for word, is_so in said if is_so), "")
    if decided:
        return decided
    wrong = next((case for case in cases if case.status in (CaseStatus.FAILED, CaseStatus.RAISED)), None)
    if wrong is not None:
        return "exception" if wrong.status is CaseStatus.RAISED else "wrong_answer"
    if not cases:
        return "no_cases"
    # Not whole and nothing wrong: the judge stumbled over something that the candidate gave it.
    return "ok" if done.get("whole") is True and all(c.status is CaseStatus.PASSED for c in cases) else "exception"


__all__ = ["ENDS", "EXTRA_CPU_S", "event", "read_lines", "read_mutants", "read_test"]
