"""What a harness writes and the report it makes, for languages whose cases run in the candidate's own process.

A harness writes JSON lines on its private channel, every one with the check's nonce, which no candidate is told:

    {"nonce": …, "event": "plan", "names": ["f(1) == 2", …]}          before the first case; one expression per case
    {"nonce": …, "event": "case", "index": 0, "status": "passed" | "failed" | "raised", "expected": …, "actual": …,
     "exception": …, "type": …, "line": …}                            after each; all but the first four may be missing
    {"nonce": …, "event": "crash", "exception": …, "type": …, "line": …}   the program failed outside of any case
    {"nonce": …, "event": "done"}                                     after the last case, as the last line
"""

from __future__ import annotations

import json
import re
import struct
from typing import Any

from codeloop.attempts import CaseResult, CaseStatus, StageReport, Status
from codeloop.commands import CommandResult, End
from codeloop.diagnostics import Diagnostic, unparsed
from codeloop.languages.port import FUEL_EXIT, OUT_OF_FUEL, has_crashed

ENDS = {
    End.TIMED_OUT: "timeout",
    End.WALL_TIMED_OUT: "wall_timeout",
    End.OUT_OF_MEMORY: "out_of_memory",
    End.OUTPUT_LIMIT: "output_limit",
}

SAYS = {
    "timeout": "the program used up its CPU time",
    "wall_timeout": "the program did not end in time",
    "out_of_memory": "the program ran out of memory",
    "output_limit": "the program printed too much",
    "crashed": "the program crashed the virtual machine",
    "exited_early": "the program ended before all tests had run",
    "forged": "the program wrote to the private channel of the tests",
}


def read_test(result: CommandResult, nonce: str, code: str, *, tool: str) -> StageReport:
    """Read the cases. A line without the nonce is the candidate's own: ``forged``."""
    lines = read_lines(result.channel)
    ours = [line for line in lines if line.get("nonce") == nonce]
    if not ours and result.end is End.EXITED and result.code != 0 and not lines:
        return report("test", Status.ERRORED, "machine", (unparsed("test", tool, text_of_process(result)),))
    cases, outcome = _cases(ours), _test_outcome(result, lines, ours)
    if outcome:
        extra: tuple[Diagnostic, ...] = (said("test", tool, outcome, SAYS.get(outcome, outcome)),)
    else:
        outcome, extra = _case_outcome(ours, cases, tool)
    status = Status.PASSED if outcome == "ok" else Status.FAILED
    found = tuple(_finding(case, code, tool) for case in cases if case.status in {CaseStatus.FAILED, CaseStatus.RAISED})
    return report("test", status, outcome, (*extra, *found), cases)


def read_mutants(result: CommandResult, nonce: str, code: str, *, tool: str) -> dict[int, StageReport]:
    """Read a run of many mutants: one report for each that has a line ``mutant`` and, after its cases, one ``judged``.

    What the process came to says nothing of them: of the one that ended it there is no ``judged``. Where each had a process
    of its own, that line has its exit ``code``.
    """
    found: dict[int, StageReport] = {}
    lines: list[dict[str, Any]] = []
    for line in (line for line in read_lines(result.channel) if line.get("nonce") == nonce):
        if line.get("event") == "mutant":
            lines = []
        elif line.get("event") == "judged":
            cases = _cases(lines)
            outcome, extra = _mutant_outcome(line.get("code"), lines, cases, tool)
            status = Status.PASSED if outcome == "ok" else Status.FAILED
            found[int(line["number"])] = report("test", status, outcome, extra, cases)
        else:
            lines.append(line)
    return found


def _mutant_outcome(
    code: int | None, lines: list[dict[str, Any]], cases: tuple[CaseResult, ...], tool: str
) -> tuple[str, tuple[Diagnostic, ...]]:
    """Say what one of many came to; ``code``: the exit code of its process, where it had one to itself."""
    if code == FUEL_EXIT:
        return OUT_OF_FUEL, ()
    if code is not None and not (code == 0 and lines and lines[-1].get("event") == "done"):
        return "exited_early", ()
    return _case_outcome(lines, cases, tool)


def framed(frames: list[str | bytes] | list[str]) -> bytes:
    """Length-prefix each frame, four bytes big-endian."""
    parts = []
    for frame in frames:
        data = frame.encode("utf-8", "replace") if isinstance(frame, str) else frame
        parts.append(struct.pack(">I", len(data)) + data)
    return b"".join(parts)


def read_lines(channel: bytes) -> list[dict[str, Any]]:
    """Read the JSON lines; what is none becomes an empty record, so that it is seen as not ours."""
    lines = []
    for raw in channel.split(b"\n"):
        if not raw.strip():
            continue
        try:
            line = json.loads(raw)
        except (ValueError, RecursionError):
            line = {}
        lines.append(line if isinstance(line, dict) else {})
    return lines


def text_of_process(result: CommandResult) -> str:
    """Give all that a process printed, errors first."""
    return (result.stderr + result.stdout).decode("utf-8", "replace")


def report(
    stage: str,
    status: Status,
    outcome: str,
    diagnostics: tuple[Diagnostic, ...] = (),
    cases: tuple[CaseResult, ...] = (),
) -> StageReport:
    """Make a report; the stage adds times."""
    return StageReport(stage=stage, status=status, outcome=outcome, diagnostics=diagnostics, cases=cases)


def said(stage: str, tool: str, rule: str, message: str) -> Diagnostic:
    """Make a finding without a place, that codeloop itself has to say."""
    return Diagnostic(stage=stage, tool=tool, rule=rule, message=message)


def source_line(code: str, number: int | None) -> str:
    """Give a line of the program (from 1), without its indent; empty where there is none."""
    lines = re.split(r"\r\n|\r|\n", code)
    return lines[number - 1].strip() if number and 0 < number <= len(lines) else ""


def _test_outcome(result: CommandResult, lines: list[dict[str, Any]], ours: list[dict[str, Any]]) -> str:
    """Say how the process ended, if that alone decides; else nothing."""
    if result.end in ENDS:
        return ENDS[result.end]
    if len(ours) != len(lines):
        return "forged"
    if any(_is_out_of_memory(line) for line in ours):
        return "out_of_memory"
    if has_crashed(result):
        return "crashed"
    closed = bool(ours) and ours[-1].get("event") == "done"
    return "" if closed and result.end is End.EXITED and result.code == 0 else "exited_early"


def _is_out_of_memory(line: dict[str, Any]) -> bool:
    """Tell the heap's end from the same error for "unable to create native thread", where a limit on threads was hit."""
    return line.get("type") == "java.lang.OutOfMemoryError" and "native thread" not in str(line.get("exception", ""))


def _case_outcome(
    ours: list[dict[str, Any]], cases: tuple[CaseResult, ...], tool: str
) -> tuple[str, tuple[Diagnostic, ...]]:
    crash = [line for line in ours if line.get("event") == "crash"]
    if crash:
        text = str(crash[0].get("exception", ""))
        said = Diagnostic(
            stage="test", tool=tool, rule="exception", message=text, exception=text, line=crash[0].get("line")
        )
        return "exception", (said,)
    if not cases:
        return "no_cases", ()
    statuses = {case.status for case in cases}
    for status, word in ((CaseStatus.FAILED, "wrong_answer"), (CaseStatus.RAISED, "exception")):
        if status in statuses:
            return word, ()
    return ("exited_early" if CaseStatus.NOT_RUN in statuses else "ok"), ()


def _cases(ours: list[dict[str, Any]]) -> tuple[CaseResult, ...]:
    """Give a result for every planned case; what no line tells of was not run."""
    names: list[Any] = next((line["names"] for line in ours if line.get("event") == "plan"), [])
    told = {line.get("index"): line for line in ours if line.get("event") == "case"}
    return tuple(_case(index, str(name), told.get(index)) for index, name in enumerate(names))


def _case(index: int, expression: str, line: dict[str, Any] | None) -> CaseResult:
    line = line or {"status": "not_run"}
    return CaseResult(
        name=f"case {index + 1}",
        status=CaseStatus(line["status"]),
        expression=expression,
        expected=str(line.get("expected", "")),
        actual=str(line.get("actual", "")),
        exception=str(line.get("exception", "")),
        line=line.get("line"),
        is_opaque=not expression,
    )


def _finding(case: CaseResult, code: str, tool: str) -> Diagnostic:
    is_raised = case.status is CaseStatus.RAISED
    said = case.exception if is_raised else f"expected {case.expected}, got {case.actual}"
    return Diagnostic(
        stage="test",
        tool=tool,
        rule="exception" if is_raised else "wrong_answer",
        message="the check failed" if case.is_opaque and not is_raised else said,
        line=case.line,
        source_line=source_line(code, case.line),
        expression=case.expression,
        expected=case.expected,
        actual=case.actual,
        exception=case.exception,
    )
