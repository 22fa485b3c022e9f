"""Java: javac in one JVM, then the cases in another, both spoken to over the private socket on descriptor 0."""

from __future__ import annotations

import base64
import json
import re
import struct
import textwrap
from typing import TYPE_CHECKING, Any

from codeloop.attempts import CaseResult, CaseStatus, Note, StageReport, Status
from codeloop.diagnostics import Diagnostic, Severity, unparsed
from codeloop.languages.java_cases import imports_of, make_cases
from codeloop.languages.port import Compiled
from codeloop.languages.syntax import Syntax, brace_depth, braces, in_margin, parse, text_of, to_bytes, to_text, walk
from codeloop.sandbox.port import Command, CommandResult, End, Limits, Role
from codeloop.tasks import Task

if TYPE_CHECKING:
    from tree_sitter import Node

API = ("Solution",)
"""The candidate's classes that tests may name."""

_HARNESS = "/opt/codeloop/harness.jar"
# One collector thread, no profile data, no file for jstat: what a JVM that lives for a second needs to start fast.
_JVM = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-XX:-UsePerfData", "-Dfile.encoding=UTF-8")
_PROCESSES = 128  # a JVM alone has some twenty threads
_ENDS = {
    End.TIMED_OUT: "timeout",
    End.WALL_TIMED_OUT: "wall_timeout",
    End.OUT_OF_MEMORY: "out_of_memory",
    End.OUTPUT_LIMIT: "output_limit",
}
_SYNTAX_CODES = re.compile(
    r"^compiler\.err\.(expected\d*|illegal\.(start|char|esc|text|unicode|line|underscore|dot|nonascii)|premature|not\.stmt"
    r"|unclosed|else\.without|catch\.without|finally\.without|try\.without|orphaned|malformed|empty\.char|int\.number"
    r"|invalid\.(meth\.decl|binary|hex)|variable\.not\.allowed|class\.not\.allowed|array\.dimension\.missing"
    r"|dot\.class|restricted\.type|this\.as\.identifier|repeated\.modifier|initializer\.not\.allowed|statement\.not)"
)


_TYPES = frozenset({"class_declaration", "interface_declaration", "enum_declaration", "record_declaration"})
_SYNTAX = Syntax(
    grammar="tree_sitter_java",
    comments=frozenset({"line_comment", "block_comment"}),
    imports=frozenset({"import_declaration"}),
    functions=frozenset({"method_declaration", "constructor_declaration"}),
    types=_TYPES,
    nested=_TYPES | {"method_declaration", "lambda_expression", "class_body"},
    returns=frozenset({"return_statement"}),
    assertions=frozenset({"assert_statement"}),
    loose=frozenset(
        {"expression_statement", "for_statement", "enhanced_for_statement", "while_statement", "if_statement"}
        | {"try_statement", "local_variable_declaration", "block"}
    ),
    names=frozenset({"identifier", "type_identifier"}),
    fillers=frozenset(),
    starts=re.compile(
        r"^[ \t]*(?:import[ \t]+(?:static[ \t]+)?[\w.*]+[ \t]*;|package[ \t]+[\w.]+[ \t]*;|/\*\*|@\w+"
        r"|(?:(?:public|private|protected|static|final|abstract)[ \t]+)+[\w<]|(?:class|interface|enum|record)[ \t]+[A-Z]\w*)",
        re.M,
    ),
    declares=r"[\w>\]][ \t]+NAME[ \t]*\([^;(){}]*\)?[^;(){}]*\{",
    binders=(
        ("formal_parameter", "name"),
        ("variable_declarator", "name"),
        ("enhanced_for_statement", "name"),
        ("lambda_expression", "parameters"),
        ("inferred_parameters", ""),
    ),
    selectors=(("field_access", "field"),),
    shows=frozenset({"println", "printf", "print"}),
    tests=re.compile(r"Tests?[A-Z]\w*|\w*Tests?|test[A-Z]\w*|test"),
    packages=frozenset({"package_declaration"}),
    holder="Solution",
)


class JavaLanguage:
    """Java in the ``java`` image."""

    name = "java"
    title = "Java 21"
    fences = ("java",)
    memory_bytes = 1 << 30
    syntax = _SYNTAX

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
            argv=("java", "-Xmx384m", *_JVM, "--limit-modules", "java.se", "-cp", _HARNESS, "Judge"),
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

    def known_bad(self, task: Task) -> str:
        """Return the default of the declared type."""
        signature = re.findall(rf"([\w.<>\[\], ?]+?)\s+{re.escape(task.entry_point)}\s*\(", task.prompt)
        words = signature[-1].split() if signature else []
        kind = " ".join(word for word in words if word not in {"public", "static", "final", "protected", "private"})
        return f"{task.prompt.rstrip()}\n        return {_DEFAULTS.get(kind, 'null')};\n    }}\n}}\n"

    def bound(self, node: Node) -> set[str]:
        """Name what a declaration declares; a wildcard import declares nothing that could be known."""
        if node.type == "import_declaration":
            return {text_of(node).rstrip("; \n").rpartition(".")[2]} - {"*"}
        declarators = [text_of(d.child_by_field_name("name")) for d in node.children_by_field_name("declarator")]
        name = node.child_by_field_name("name") if node.type in _TYPES | _SYNTAX.functions else None
        return {*declarators, *([text_of(name)] if name is not None else [])}

    def is_main(self, node: Node) -> bool:
        """See the method main, and a class that is called Main or has that method."""
        if node.type in _TYPES:
            methods = [inner for inner in _members(node) if inner.type == "method_declaration"]
            return text_of(node.child_by_field_name("name")) == "Main" or any(_name(m) == "main" for m in methods)
        return node.type == "method_declaration" and _name(node) == "main"

    def with_body(self, task: Task, body: str) -> str:
        """Continue the prompt; where only the braces that the prompt opened are missing, close them."""
        gap = "" if task.prompt.endswith("\n") else "\n"
        code = task.prompt + gap + in_margin(body.strip("\n").rstrip(), " " * 8) + "\n"
        end = next((place for place, depth in braces(code) if depth <= 0), None)
        if end is not None:
            return code
        n_open = brace_depth(code)
        last = code.rstrip()[-1:]
        if n_open > brace_depth(task.prompt) or last not in ";}":
            return code
        return code + "".join(f"{'    ' * depth}}}\n" for depth in range(n_open - 1, -1, -1))

    def salvage(self, code: str) -> str:
        """Keep the class up to its last whole member and close it."""
        places = braces(code)
        end = next((place for place, depth in places if depth <= 0), None)
        if end is not None:
            return code[:end] + "\n" + code[end:] if not code[end:].startswith("\n") else code
        last = next((place for place, depth in reversed(places) if depth == 1 and code[place - 1] == "}"), None)
        return code if last is None else code[:last] + "\n}\n"

    def joined(self, code: str, parts: tuple[str, ...]) -> str:
        """Put imports and types in front; methods and fields go into the class, where there is one."""
        kinds = [(part, parse(_SYNTAX, part).children[0].type) for part in parts]
        imports = [part for part, kind in kinds if kind == "import_declaration"]
        types = [part for part, kind in kinds if kind in _TYPES]
        members = [part for part in parts if part not in imports and part not in types]
        code = _with_types(code, types)
        inside = _with_members(code, members) if members else code
        if members and inside == code:
            inside = _with_types(code, members)
        return "".join(line + "\n" for line in imports) + inside

    def completed(self, task: Task, code: str) -> tuple[str, tuple[str, ...]]:
        """Make the program one whose class is called Solution, in no package, with the prompt's imports and helpers."""
        notes: list[Note] = []
        code = _without_package(code, notes)
        code = _unnested(task, code, notes)
        code = _wrapped(task, code, notes)
        code = _renamed(task, code, notes)
        code = _one_public(code, notes)
        code = _with_helpers(task, code, notes)
        return _with_imports(task, code, notes), tuple(notes)


_DEFAULTS = {
    "int": "0",
    "long": "0L",
    "double": "0.0",
    "float": "0f",
    "boolean": "false",
    "char": "' '",
    "String": '""',
}
_SAYS = {
    "timeout": "the program used up its CPU time",
    "wall_timeout": "the program did not end in time",
    "out_of_memory": "the program ran out of memory",
    "output_limit": "the program printed too much",
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
    if errors and not any(_SYNTAX_CODES.match(str(line.get("code", ""))) for line in errors):
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
    if any(line.get("type") == "java.lang.OutOfMemoryError" for line in ours):
        return "out_of_memory"
    closed = bool(ours) and ours[-1].get("event") == "done"
    return "" if closed and result.end is End.EXITED and result.code == 0 else "exited_early"


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


def _without_package(code: str, notes: list[Note]) -> str:
    """Drop a package line: the tests are in the unnamed package, and only from there can they name the class."""
    for node in parse(_SYNTAX, code).children:
        if node.type in _SYNTAX.packages:
            notes.append(Note.DROPPED_PACKAGE)
            return _edited(code, [(node.start_byte, node.end_byte, "")]).lstrip("\n")
    return code


def _edited(code: str, changes: list[tuple[int, int, str]]) -> str:
    """Replace byte ranges, which must not overlap."""
    data = to_bytes(code)
    for start, end, text in sorted(changes, reverse=True):
        data = data[:start] + to_bytes(text) + data[end:]
    return to_text(data)


def _types(code: str) -> list[Node]:
    return [node for node in parse(_SYNTAX, code).children if node.type in _TYPES]


def _members(node: Node) -> list[Node]:
    body = node.child_by_field_name("body")
    return [] if body is None else [child for child in body.named_children if child.type not in _SYNTAX.comments]


def _name(node: Node) -> str:
    return text_of(node.child_by_field_name("name"))


def _has_method(node: Node, name: str) -> bool:
    return any(member.type == "method_declaration" and _name(member) == name for member in _members(node))


def _unnested(task: Task, code: str, notes: list[Note]) -> str:
    """Take the types out of a class that only holds them and, among them, the one with the entry point."""
    for outer in _types(code):
        inner = [member for member in _members(outer) if member.type in _TYPES]
        if not _has_method(outer, task.entry_point) and any(_has_method(node, task.entry_point) for node in inner):
            notes.append(Note.UNNESTED_CLASS)
            texts = [_dedented(re.sub(r"^(?:(?:public|private|protected|static)\s+)+", "", text_of(n))) for n in inner]
            return _edited(code, [(outer.start_byte, outer.end_byte, "\n\n".join(texts))])
    return code


def _dedented(text: str) -> str:
    """Take four columns off each line but the first, which stood behind its indent."""
    return re.sub(r"\n {4}", "\n", text)


def _wrapped(task: Task, code: str, notes: list[Note]) -> str:
    """Put methods and fields that stand alone into ``class Solution``; imports and types stay outside."""
    root = parse(_SYNTAX, code)
    if not any(node.type == "method_declaration" and _name(node) == task.entry_point for node in root.children):
        return code
    groups: dict[str, list[str]] = {"imports": [], "types": [], "members": []}
    comments: list[str] = []
    for node in root.children:
        if node.type in _SYNTAX.comments:
            comments.append(_at_margin(node))
        elif node.type != ";":
            kind = {**dict.fromkeys(_TYPES, "types"), "import_declaration": "imports"}.get(node.type, "members")
            groups[kind].append("\n".join([*comments, _at_margin(node)]))
            comments = []
    notes.append(Note.WRAPPED)
    head = "".join(text + "\n" for text in groups["imports"]) + ("\n" if groups["imports"] else "")
    body = "\n\n".join(textwrap.indent(text, "    ") for text in [*groups["members"], *comments])
    return f"{head}class Solution {{\n{body}\n}}\n" + "".join(f"\n{text}\n" for text in groups["types"])


def _at_margin(node: Node) -> str:
    """Give a node's text with the indent of its first line taken off all of them."""
    return textwrap.dedent(" " * node.start_point.column + text_of(node))


def _renamed(task: Task, code: str, notes: list[Note]) -> str:
    """Call the class with the entry point Solution, if no class is called that."""
    types = _types(code)
    if any(_name(node) == "Solution" for node in types):
        return code
    found = next((n for n in types if n.type == "class_declaration" and _has_method(n, task.entry_point)), None)
    if found is None:
        return code
    notes.append(Note.RENAMED_CLASS)
    old = _name(found)
    places = [n for n in walk(parse(_SYNTAX, code)) if n.type in _SYNTAX.names and text_of(n) == old]
    return _edited(code, [(node.start_byte, node.end_byte, "Solution") for node in places])


def _one_public(code: str, notes: list[Note]) -> str:
    """Drop ``public`` of every top type but Solution."""
    changes = []
    for node in _types(code):
        modifiers = next((child for child in node.children if child.type == "modifiers"), None)
        words = [child for child in modifiers.children if child.type == "public"] if modifiers is not None else []
        if _name(node) != "Solution":
            changes += [(word.start_byte, word.end_byte + 1, "") for word in words]
    if changes:
        notes.append(Note.DROPPED_MODIFIER)
    return _edited(code, changes)


def _with_types(code: str, texts: list[str]) -> str:
    """Put texts behind the imports."""
    if not texts:
        return code
    end = max((n.end_byte for n in parse(_SYNTAX, code).children if n.type in _SYNTAX.imports), default=0)
    data = to_bytes(code)
    head = to_text(data[:end]) + ("\n\n" if end else "")
    return head + "\n\n".join(texts) + "\n\n" + to_text(data[end:]).lstrip("\n")


def _with_members(code: str, texts: list[str]) -> str:
    """Put texts at the end of class Solution, or of the only class; ``code`` itself where there is none, or a broken one."""
    types = _types(code)
    found = next((n for n in types if _name(n) == "Solution"), types[0] if len(types) == 1 else None)
    body = found.child_by_field_name("body") if found is not None else None
    if found is None or body is None or found.has_error:
        return code
    return _edited(code, [(body.end_byte - 1, body.end_byte - 1, "".join(f"\n    {text}\n" for text in texts))])


def _with_helpers(task: Task, code: str, notes: list[Note]) -> str:
    """Add the prompt's methods that stand before the entry point, where the answer left them out."""
    given = [m for t in _types(task.prompt + "\n}\n}\n") for m in _members(t) if m.type == "method_declaration"]
    have = {_name(member) for node in _types(code) for member in _members(node) if member.type == "method_declaration"}
    missing = [text_of(m) for m in given if _name(m) not in have | {task.entry_point}]
    made = _with_members(code, missing) if missing else code
    if made != code:
        notes.append(Note.ADDED_HELPER)
    return made


def _with_imports(task: Task, code: str, notes: list[Note]) -> str:
    have = set(imports_of(code))
    missing = [line for line in dict.fromkeys(imports_of(task.prompt)) if line not in have]
    if not missing:
        return code
    notes.append(Note.ADDED_IMPORT)
    return "".join(line + "\n" for line in missing) + code


LANGUAGE = JavaLanguage()
