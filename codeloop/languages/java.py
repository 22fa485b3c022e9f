"""Java: javac in one JVM, then the cases in another, both spoken to over the private socket on descriptor 0."""

from __future__ import annotations

import base64
import json
import re
import struct
from typing import TYPE_CHECKING, Any

from codeloop.attempts import Candidate, CaseResult, CaseStatus, StageReport, Status
from codeloop.diagnostics import Diagnostic, Severity, unparsed
from codeloop.languages.java_cases import imports_of, make_cases, parse, text_of
from codeloop.languages.port import Compiled, has_crashed
from codeloop.sandbox.port import Command, CommandResult, End, Limits, Role
from codeloop.tasks import Task

if TYPE_CHECKING:
    from tree_sitter import Node

API = ("Solution",)
"""The candidate's classes that tests may name."""

_HARNESS = "/opt/codeloop/harness.jar"
# One collector thread, no profile data, no file for jstat: what a JVM that lives for a second needs to start fast.
_JVM = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-XX:-UsePerfData", "-Dfile.encoding=UTF-8")
# Ways to read this JVM's memory, shut: attaching an agent, and native calls by java.lang.foreign (naming one module that
# may make them forbids it to all others). Without jdk.unsupported there is no sun.misc.Unsafe.
_CLOSED = ("-XX:+DisableAttachMechanism", "--enable-native-access=java.base", "--limit-modules", "java.se")
_PROCESSES = 128  # a JVM alone has some twenty threads
_ENDS = {
    End.TIMED_OUT: "timeout",
    End.WALL_TIMED_OUT: "wall_timeout",
    End.OUT_OF_MEMORY: "out_of_memory",
    End.OUTPUT_LIMIT: "output_limit",
}
_SYNTAX = re.compile(
    r"^compiler\.err\.(expected\d*|illegal\.(start|char|esc|text|unicode|line|underscore|dot|nonascii)|premature|not\.stmt"
    r"|unclosed|else\.without|catch\.without|finally\.without|try\.without|orphaned|malformed|empty\.char|int\.number"
    r"|invalid\.(meth\.decl|binary|hex)|variable\.not\.allowed|class\.not\.allowed|array\.dimension\.missing"
    r"|dot\.class|restricted\.type|this\.as\.identifier|repeated\.modifier|initializer\.not\.allowed|statement\.not)"
)


class JavaLanguage:
    """Java in the ``java`` image."""

    name = "java"
    title = "Java 21"
    fences = ("java",)
    memory_bytes = 1 << 30

    def compile(self, task: Task, code: str, tests: str) -> Command:
        """Compile the candidate, then the tests against its API classes alone."""
        frames = [code, make_cases(task.prompt, tests).source, task.entry_point, str(len(API)), *API]
        return Command(
            argv=("java", *_JVM, "-Xmx512m", "-cp", _HARNESS, "Compile"),
            role=Role.COMPILER,
            channel=_framed(frames),
            limits=Limits(cpu_s=60.0, wall_s=120.0, processes=_PROCESSES),  # javac's own time, not the candidate's
        )

    def read_compile(self, result: CommandResult, code: str) -> Compiled:
        """Read diagnostics and class files; no ``begin`` line means that the compiler itself did not come up."""
        lines = _lines(result.channel)
        diagnostics = tuple(_diagnostic(line, code) for line in lines if "kind" in line)
        outcome = _compile_outcome(result, lines)
        if outcome == "machine":
            diagnostics = (unparsed("compile", "javac", _text(result)),)
            return Compiled(report=_report("compile", Status.ERRORED, outcome, diagnostics))
        if outcome != "ok":
            extra = _compile_extra(outcome, lines, diagnostics, result)
            return Compiled(report=_report("compile", Status.FAILED, outcome, (*extra, *diagnostics)))
        report = _report("compile", Status.PASSED, outcome, diagnostics)
        return Compiled(report=report, artifact=_artifact(lines))

    def test(self, task: Task, code: str, tests: str, artifact: bytes, nonce: str, cpu_s: float) -> Command:
        """Run the class files of the compile stage; the sources are not needed any more."""
        return Command(
            argv=("java", "-Xmx384m", *_JVM, *_CLOSED, "-cp", _HARNESS, "Judge"),
            role=Role.CANDIDATE,
            channel=_framed([nonce]) + artifact,
            limits=Limits(cpu_s=cpu_s, wall_s=max(60.0, 3 * cpu_s), processes=_PROCESSES),
        )

    def read_test(self, result: CommandResult, nonce: str, code: str) -> StageReport:
        """Read the cases. A line without the nonce is the candidate's own: ``forged``."""
        lines = _lines(result.channel)
        ours = [line for line in lines if line.get("nonce") == nonce]
        if not ours and result.end is End.EXITED and result.code != 0 and not lines:
            return _report("test", Status.ERRORED, "machine", (unparsed("test", "java", _text(result)),))
        cases, outcome = _cases(ours), _test_outcome(result, lines, ours)
        if outcome:
            extra: tuple[Diagnostic, ...] = (_said("test", outcome, _SAYS.get(outcome, outcome)),)
        else:
            outcome, extra = _case_outcome(ours, cases)
        status = Status.PASSED if outcome == "ok" else Status.FAILED
        found = tuple(_finding(case, code) for case in cases if case.status in {CaseStatus.FAILED, CaseStatus.RAISED})
        return _report("test", status, outcome, (*extra, *found), cases)

    def assemble(self, task: Task, answer: str) -> Candidate:
        """Keep a whole program; wrap a bare method into ``class Solution``; add what the prompt gives and is missing."""
        code, notes = _without_package(answer)
        if _find_class(parse(code), "Solution") is None:
            types = [node for node in parse(code).named_children if node.type in _TYPES]
            if not types and not re.search(rf"\b{re.escape(task.entry_point)}\s*\(", code):
                return self.continuation(task, answer)
            if not any(task.entry_point in text_of(node) for node in types):
                code = _wrapped(code)
                notes.append("wrapped_in_class")
        code = _with_helpers(task, code, notes)
        return Candidate(code=_with_imports(task, code, notes), notes=tuple(notes))

    def continuation(self, task: Task, text: str) -> Candidate:
        """Join prompt and text; cut what comes after the program; close the class when only that brace is missing."""
        text = re.split(r"^[ \t]*```", text, maxsplit=1, flags=re.M)[0] if not text.lstrip().startswith("```") else text
        before = re.split(r"^[ \t]*(?:public\s+|final\s+)*class\s+Solution\b", text, maxsplit=1, flags=re.M)
        if len(before) > 1 and not _BESIDE.sub("", before[0]).strip():
            return self.assemble(task, text)
        notes: list[str] = []
        code = task.prompt + text
        end = _class_end(code)
        if end is None and _depth(code) == 1:
            code, notes = code.rstrip() + "\n}\n", ["closed_class"]
            end = len(code)
        if end is not None:
            kept = _kept_after(code[end:])
            if kept.strip() != code[end:].strip():
                notes.append("cut_after_class")
            code = code[:end].rstrip() + "\n" + kept
        trimmed = _without_seconds(task, code)
        if trimmed != code:
            notes.append("cut_second_definition")
        return Candidate(code=trimmed, notes=tuple(notes))

    def known_bad(self, task: Task) -> str:
        """Return the default of the declared type."""
        signature = re.findall(rf"([\w.<>\[\], ?]+?)\s+{re.escape(task.entry_point)}\s*\(", task.prompt)
        words = signature[-1].split() if signature else []
        kind = " ".join(word for word in words if word not in {"public", "static", "final", "protected", "private"})
        return f"{task.prompt.rstrip()}\n        return {_DEFAULTS.get(kind, 'null')};\n    }}\n}}\n"


_DEFAULTS = {
    "int": "0",
    "long": "0L",
    "double": "0.0",
    "float": "0f",
    "boolean": "false",
    "char": "' '",
    "String": '""',
}
_TYPES = {"class_declaration", "interface_declaration", "enum_declaration", "record_declaration"}
_BESIDE = re.compile(r"/\*.*?\*/|//[^\n]*|^\s*(?:import|package)\s[^;\n]*;|@\w+(?:\([^)]*\))?", re.S | re.M)
_SAYS = {
    "timeout": "the program used up its CPU time",
    "wall_timeout": "the program did not end in time",
    "out_of_memory": "the program ran out of memory",
    "output_limit": "the program printed too much",
    "crashed": "the program crashed the virtual machine",
    "exited_early": "the program ended before all tests had run",
    "forged": "the program wrote to the private channel of the tests",
}


def _framed(frames: list[str | bytes] | list[str]) -> bytes:
    """Length-prefix each frame, four bytes big-endian."""
    parts = []
    for frame in frames:
        data = frame.encode("utf-8", "replace") if isinstance(frame, str) else frame
        parts.append(struct.pack(">I", len(data)) + data)
    return b"".join(parts)


def _lines(channel: bytes) -> list[dict[str, Any]]:
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


def _text(result: CommandResult) -> str:
    return (result.stderr + result.stdout).decode("utf-8", "replace")


def _report(
    stage: str,
    status: Status,
    outcome: str,
    diagnostics: tuple[Diagnostic, ...] = (),
    cases: tuple[CaseResult, ...] = (),
) -> StageReport:
    return StageReport(stage=stage, status=status, outcome=outcome, diagnostics=diagnostics, cases=cases)


def _said(stage: str, rule: str, message: str) -> Diagnostic:
    return Diagnostic(stage=stage, tool="java" if stage == "test" else "javac", rule=rule, message=message)


def _artifact(lines: list[dict[str, Any]]) -> bytes:
    """Give both sets of class files as the judge reads them: a count, then name and bytes."""
    frames: list[str | bytes] = []
    for number in (1, 2):
        classes = [line for line in lines if "class" in line and line.get("round") == number]
        frames.append(str(len(classes)))
        for line in classes:
            frames += [str(line["class"]), base64.b64decode(line["bytes"])]
    return _framed(frames)


def _compile_outcome(result: CommandResult, lines: list[dict[str, Any]]) -> str:
    if result.end in _ENDS:
        return _ENDS[result.end]
    if not lines or "begin" not in lines[0]:
        return "machine"
    found = _candidate_outcome(lines)
    if found:
        return found
    return "ok" if lines[-1].get("done") is True and result.end is End.EXITED and result.code == 0 else "machine"


def _candidate_outcome(lines: list[dict[str, Any]]) -> str:
    """Say what is wrong with the candidate; nothing when the compiler found no fault."""
    crashes = [str(line["crash"]) for line in lines if "crash" in line]
    errors = [line for line in lines if line.get("kind") == "ERROR"]
    if any("OutOfMemoryError" in crash for crash in crashes):
        return "out_of_memory"
    if any("missing" in line for line in lines):
        return "missing_entry_point"
    if any(line.get("round") == 2 for line in errors):
        return "signature"
    if errors and not any(_SYNTAX.match(str(line.get("code", ""))) for line in errors):
        return "types"
    gave_up = lines[-1].get("done") is False  # javac ran out of stack, and says so on stderr alone
    return "syntax" if errors or crashes or gave_up else ""  # what javac crashes on is not a program


def _compile_extra(
    outcome: str, lines: list[dict[str, Any]], found: tuple[Diagnostic, ...], result: CommandResult
) -> tuple[Diagnostic, ...]:
    """Say in one finding what javac's own do not: what is missing, or how it ended."""
    missing = [str(line["missing"]) for line in lines if "missing" in line]
    if missing:
        return (
            _said("compile", outcome, f"the program has no {missing[0]}: keep the class and the signature as given"),
        )
    if outcome in _ENDS.values():
        return (_said("compile", outcome, f"the compiler did not finish: {outcome}"),)
    crash = [str(line["crash"]) for line in lines if "crash" in line]
    if crash or not any(finding.severity is Severity.ERROR for finding in found):
        return (unparsed("compile", "javac", "\n".join(crash) or _text(result)),)
    return ()


def _diagnostic(line: dict[str, Any], code: str) -> Diagnostic:
    """Make one finding of a javac line; a place in the tests is no place in the candidate."""
    kind, is_candidate = str(line.get("kind")), line.get("round") == 1
    severity = {"ERROR": Severity.ERROR, "NOTE": Severity.NOTE, "OTHER": Severity.NOTE}.get(kind, Severity.WARNING)
    message = str(line.get("message", ""))
    if not is_candidate:
        message = f"the tests cannot call the program with the signature it has now: {message}"
    return Diagnostic(
        stage="compile",
        tool="javac",
        rule=str(line.get("code", "")) if is_candidate else f"signature:{line.get('code', '')}",
        message=message,
        severity=severity,
        line=line.get("line") if is_candidate else None,
        column=line.get("column") if is_candidate else None,
        end_line=line.get("endLine") if is_candidate else None,
        end_column=line.get("endColumn") if is_candidate else None,
        source_line=_source_line(code, line.get("line")) if is_candidate else "",
    )


def _source_line(code: str, number: int | None) -> str:
    lines = re.split(r"\r\n|\r|\n", code)
    return lines[number - 1].strip() if number and 0 < number <= len(lines) else ""


def _test_outcome(result: CommandResult, lines: list[dict[str, Any]], ours: list[dict[str, Any]]) -> str:
    """Say how the process ended, if that alone decides; else nothing."""
    if result.end in _ENDS:
        return _ENDS[result.end]
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


def _case_outcome(ours: list[dict[str, Any]], cases: tuple[CaseResult, ...]) -> tuple[str, tuple[Diagnostic, ...]]:
    crash = [line for line in ours if line.get("event") == "crash"]
    if crash:
        text = str(crash[0].get("exception", ""))
        said = Diagnostic(
            stage="test", tool="java", rule="exception", message=text, exception=text, line=crash[0].get("line")
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


def _finding(case: CaseResult, code: str) -> Diagnostic:
    is_raised = case.status is CaseStatus.RAISED
    said = case.exception if is_raised else f"expected {case.expected}, got {case.actual}"
    return Diagnostic(
        stage="test",
        tool="java",
        rule="exception" if is_raised else "wrong_answer",
        message="the check failed" if case.is_opaque and not is_raised else said,
        line=case.line,
        source_line=_source_line(code, case.line),
        expression=case.expression,
        expected=case.expected,
        actual=case.actual,
        exception=case.exception,
    )


def _without_package(answer: str) -> tuple[str, list[str]]:
    """Drop a package line: the tests are in the unnamed package, and only from there can they name the class."""
    code = re.sub(r"^[ \t]*package\s+[\w.]+\s*;[ \t]*\n?", "", answer.strip("\n") + "\n", count=1, flags=re.M)
    return code, (["dropped_package"] if code.strip() != answer.strip() else [])


def _find_class(root: Node, name: str) -> Node | None:
    for node in root.named_children:
        if node.type in _TYPES and text_of(node.child_by_field_name("name")) == name:
            return node
        if node.type == "ERROR" and re.search(rf"\bclass\s+{name}\b", text_of(node)):
            return node  # a cut program: still one that has the class
    return None


def _wrapped(code: str) -> str:
    imports = "".join(line + "\n" for line in imports_of(code))
    rest = re.sub(r"^[ \t]*import\s[^;\n]*;[ \t]*\n?", "", code, flags=re.M)
    return f"{imports}class Solution {{\n{rest.rstrip()}\n}}\n"


def _methods(code: str, class_name: str = "Solution") -> list[Node]:
    found = _find_class(parse(code), class_name)
    body = found.child_by_field_name("body") if found is not None else None
    return [] if body is None else [node for node in body.named_children if node.type == "method_declaration"]


def _name(method: Node) -> str:
    return text_of(method.child_by_field_name("name"))


def _with_helpers(task: Task, code: str, notes: list[str]) -> str:
    """Add the prompt's methods that stand before the entry point, where the answer left them out."""
    found = _find_class(parse(code), "Solution")
    body = found.child_by_field_name("body") if found is not None else None
    given = [m for m in _methods(task.prompt + "\n}\n}\n") if _name(m) != task.entry_point]
    have = {_name(method) for method in _methods(code)}
    missing = [text_of(method) for method in given if _name(method) not in have]
    if body is None or not missing or found is None or found.has_error:
        return code
    notes.append("added_helpers")
    data = code.encode("utf-8", "replace")
    close = body.end_byte - 1
    added = "".join(f"\n    {text}\n" for text in missing).encode()
    return (data[:close] + added + data[close:]).decode("utf-8", "replace")


def _with_imports(task: Task, code: str, notes: list[str]) -> str:
    have = set(imports_of(code))
    missing = [line for line in dict.fromkeys(imports_of(task.prompt)) if line not in have]
    if not missing:
        return code
    notes.append("added_imports")
    return "".join(line + "\n" for line in missing) + code


_TOKENS = re.compile(
    r'/\*.*?(?:\*/|\Z)|//[^\n]*|""".*?(?:"""|\Z)|"(?:\\.|[^"\\\n])*"?|\'(?:\\.|[^\'\\\n])*\'?|[{}]', re.S
)


def _braces(code: str) -> list[tuple[int, int]]:
    """Give (place after the brace, depth after it) of every brace that is not in a comment or a literal."""
    depth, places = 0, []
    for match in _TOKENS.finditer(code):
        if match[0] in {"{", "}"}:
            depth += 1 if match[0] == "{" else -1
            places.append((match.end(), depth))
    return places


def _depth(code: str) -> int:
    places = _braces(code)
    return places[-1][1] if places else 0


def _class_end(code: str) -> int | None:
    """Give the place after the brace that closes the first class."""
    return next((place for place, depth in _braces(code) if depth <= 0), None)


def _kept_after(rest: str) -> str:
    """Keep further helper classes; drop a second Solution, test classes, mains and prose."""
    kept = []
    for node in parse(rest).named_children:
        if node.type not in _TYPES or node.has_error:
            continue
        name = text_of(node.child_by_field_name("name"))
        has_main = re.search(r"\bvoid\s+main\s*\(", text_of(node))
        if name not in {"Solution", "Main"} and "Test" not in name and not has_main:
            kept.append(text_of(node) + "\n")
    return "".join(kept)


def _without_seconds(task: Task, code: str) -> str:
    """Cut mains, and methods whose name and parameter types were there before."""
    seen: set[tuple[str, str]] = set()
    cuts: list[tuple[int, int]] = []
    for method in _methods(code):
        parameters = method.child_by_field_name("parameters")
        types = [text_of(p.child_by_field_name("type")) for p in (parameters.named_children if parameters else [])]
        key = (_name(method), ",".join(types))
        is_main = key[0] == "main" and task.entry_point != "main"
        if key in seen or is_main:
            cuts.append((method.start_byte, method.end_byte))
        seen.add(key)
    data = code.encode("utf-8", "replace")
    for start, end in reversed(cuts):
        data = data[:start] + data[end:]
    return data.decode("utf-8", "replace") if cuts else code


LANGUAGE = JavaLanguage()
