"""Java: javac in one JVM, then the cases in another, both spoken to over the private socket on descriptor 0."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any

from codeloop.attempts import StageReport, Status
from codeloop.commands import Command, CommandResult, End, Limits, Role
from codeloop.diagnostics import Diagnostic, Severity, unparsed
from codeloop.languages import analysed, harness
from codeloop.languages.analysed import Analyser
from codeloop.languages.java_analysers import JAVAC, PMD, severity_of
from codeloop.languages.java_answers import SYNTAX, TYPES, completed, members_of, name_of, with_members, with_types
from codeloop.languages.java_cases import make_cases
from codeloop.languages.port import MANY_CPU_S, STUB_VARIABLE, Compiled, Constant, Stub
from codeloop.languages.syntax import brace_depth, braces, in_margin, parse, text_of
from codeloop.tasks import Task

if TYPE_CHECKING:
    from tree_sitter import Node

API = ("Solution",)
"""The candidate's classes that tests may name."""

_HARNESS = "/opt/codeloop/harness.jar"
_COMPILER = f"{_HARNESS}:/opt/codeloop/lint.jar"
# One collector thread, no profile data, no file for jstat: what a JVM that lives for a second needs to start fast.
_JVM = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-XX:-UsePerfData", "-Dfile.encoding=UTF-8")
# Reflection by native code and a compiler that waits ten times longer: what a run of some milliseconds never gets back.
# The archive where it was made to lie: to move it takes a fifth of the start. Its address is no secret worth that.
_BRIEF = (
    "-Djdk.reflect.useNativeAccessorOnly=true",
    "-XX:CompileThresholdScaling=10",
    "-XX:+UnlockDiagnosticVMOptions",
    "-XX:ArchiveRelocationMode=0",
)
# The compiler's heap, whole from the start: left to the cell's memory, it begins so small that each compile collects it.
# The words are those of warm.json, or the compile is no resident one.
_ROOMY = ("-Xms448m", "-Xmn256m", "-Xmx512m")
# No agent is attached. The other ways to read this JVM's memory, sun.misc.Unsafe and java.lang.foreign, are not in its
# image: see sandboxes/java/prepare.
_CLOSED = ("-XX:+DisableAttachMechanism",)
_JRE = "/opt/jre/bin/java"
_ARCHIVE = "-XX:SharedArchiveFile=/opt/codeloop/judge.jsa"
_COMPILE = ("java", *_JVM, *_ROOMY, "-XX:SharedArchiveFile=/opt/codeloop/compile.jsa", "-cp", _COMPILER, "Compile")
_PROCESSES = 128  # a JVM alone has some twenty threads
_SYNTAX_CODES = re.compile(
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
    syntax = SYNTAX
    analysers: tuple[Analyser, ...] = (JAVAC, PMD)

    def compile(self, task: Task, code: str, tests: str) -> Command:
        """Compile the candidate, then the tests against its API classes alone."""
        frames = ["compile", code, make_cases(task.prompt, tests).source, task.entry_point, str(len(API)), *API]
        return _compiler(frames)

    def read_compile(self, result: CommandResult, code: str, tests: str) -> Compiled:
        """Read diagnostics and class files; no ``begin`` line means that the compiler itself did not come up."""
        lines = harness.read_lines(result.channel)
        diagnostics = tuple(_diagnostic(line, code) for line in lines if "kind" in line)
        outcome = _compile_outcome(result, lines)
        if outcome == "machine":
            diagnostics = (unparsed("compile", "javac", harness.text_of_process(result)),)
            return Compiled(report=harness.report("compile", Status.ERRORED, outcome, diagnostics))
        if outcome != "ok":
            extra = _compile_extra(outcome, lines, diagnostics, result)
            return Compiled(report=harness.report("compile", Status.FAILED, outcome, (*extra, *diagnostics)))
        report = harness.report("compile", Status.PASSED, outcome, diagnostics)
        return Compiled(report=report, artifact=_artifact(lines))

    def test(self, task: Task, code: str, tests: str, artifact: bytes, nonce: str, cpu_s: float) -> Command:
        """Run the class files of the compile stage; the sources are not needed any more."""
        return _judge([nonce, ""], artifact, cpu_s)

    def test_mutants(
        self, task: Task, code: str, tests: str, artifact: bytes, nonce: str, cpu_s: float, numbers: tuple[int, ...]
    ) -> Command:
        """Run the tests for one mutant after another in one JVM, whose start is most of what a run takes."""
        del task, code, tests
        return _judge([nonce, ",".join(map(str, numbers))], artifact, MANY_CPU_S + cpu_s * len(numbers))

    def read_mutants(self, result: CommandResult, nonce: str, code: str) -> dict[int, StageReport]:
        """Read those that were judged to their end."""
        return harness.read_mutants(result, nonce, code, tool="java")

    def read_test(self, result: CommandResult, nonce: str, code: str) -> StageReport:
        """Read the cases. A line without the nonce is the candidate's own: ``forged``."""
        return harness.read_test(result, nonce, code, tool="java")

    def lint(self, task: Task, code: str) -> Command:
        """Ask the compiler's JVM, which holds both analysers and answers as the runner of other languages does."""
        del task
        return _compiler(["lint", code])

    def read_lint(self, result: CommandResult, code: str) -> tuple[Diagnostic, ...]:
        """Read what they found."""
        return analysed.read(result, code, self.analysers, self.syntax)

    def stub(self, task: Task) -> Stub:
        """Return a constant of the declared type; its default unless told otherwise."""
        signature = re.findall(rf"([\w.<>\[\], ?]+?)\s+{re.escape(task.entry_point)}\s*\(", task.prompt)
        words = signature[-1].split() if signature else []
        kind = " ".join(word for word in words if word not in {"public", "static", "final", "protected", "private"})
        constants = _CONSTANTS.get(kind, (Constant(text="null", kind="null"),))
        first, *others = constants
        chosen = "".join(
            f'        if ("{number}".equals(System.getenv("{STUB_VARIABLE}"))) return {constant.text};\n'
            for number, constant in enumerate(others, 1)
        )
        code = f"{task.prompt.rstrip()}\n{chosen}        return {first.text};\n    }}\n}}\n"
        return Stub(code=code, constants=constants)

    def may_be_vacuous(self, task: Task) -> bool:
        """Look for a check that is none of ``s.f(…) == …``, ``s.f(…).equals(…)``, ``s.f(…)`` and ``!s.f(…)``."""
        cases = make_cases(task.prompt, task.visible.code)
        return any(not _is_plain(expression, task.entry_point) for expression in cases.expressions)

    def bound(self, node: Node) -> set[str]:
        """Name what a declaration declares; a wildcard import declares nothing that could be known."""
        if node.type == "import_declaration":
            return {text_of(node).rstrip("; \n").rpartition(".")[2]} - {"*"}
        declarators = [text_of(d.child_by_field_name("name")) for d in node.children_by_field_name("declarator")]
        name = node.child_by_field_name("name") if node.type in TYPES | SYNTAX.functions else None
        return {*declarators, *([text_of(name)] if name is not None else [])}

    def is_main(self, node: Node) -> bool:
        """See the method main, and a class that is called Main or has that method."""
        if node.type in TYPES:
            methods = [inner for inner in members_of(node) if inner.type == "method_declaration"]
            return text_of(node.child_by_field_name("name")) == "Main" or any(name_of(m) == "main" for m in methods)
        return node.type == "method_declaration" and name_of(node) == "main"

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
        kinds = [(part, parse(SYNTAX, part).children[0].type) for part in parts]
        imports = [part for part, kind in kinds if kind == "import_declaration"]
        types = [part for part, kind in kinds if kind in TYPES]
        members = [part for part in parts if part not in imports and part not in types]
        code = with_types(code, types)
        inside = with_members(code, members) if members else code
        if members and inside == code:
            inside = with_types(code, members)
        return "".join(line + "\n" for line in imports) + inside

    def completed(self, task: Task, code: str) -> tuple[str, tuple[str, ...]]:
        """Make the program one whose class is called Solution, in no package, with the prompt's imports and helpers."""
        return completed(task, code)


def _compiler(frames: list[str]) -> Command:
    """Build a job of the compiler's JVM: javac's own time, not the candidate's."""
    limits = Limits(cpu_s=60.0, wall_s=120.0, processes=_PROCESSES)
    return Command(argv=_COMPILE, role=Role.COMPILER, channel=harness.framed(frames), limits=limits)


def _constants(*texts: str) -> tuple[Constant, ...]:
    return tuple(Constant(text=text, kind="value", is_true=text == "true") for text in texts)


_CONSTANTS = {
    "int": _constants("0", "7654321", "-7654321"),
    "long": _constants("0L", "7654321L", "-7654321L"),
    "double": _constants("0.0", "2.5e6", "-2.5e6"),
    "float": _constants("0f", "2.5e6f", "-2.5e6f"),
    "boolean": _constants("false", "true"),
    "char": _constants("' '", "'~'"),
    "String": _constants('""', '"codeloop stub"'),
    "Integer": _constants("0", "7654321", "-7654321"),
    "Double": _constants("0.0", "2.5e6", "-2.5e6"),
    "Boolean": _constants("false", "true"),
}


def _is_plain(expression: str, entry_point: str) -> bool:
    """Say whether a check compares the entry point's answer for equality, or is that answer or its negation."""
    name = re.escape(entry_point)
    call = rf"!?\s*\w+\s*\.\s*{name}\s*\("
    rest = re.sub(r'"(?:[^"\\]|\\.)*"', '""', expression.strip())
    if not re.match(call, rest) or rest.count(entry_point) != 1:
        return False
    depth, end = 0, len(rest)
    for place, character in enumerate(rest):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == ")" and depth == 0:
            end = place + 1
            break
    return re.fullmatch(r"\s*|\s*==[^=&|?<>]*|\s*\.\s*equals\s*\([^&|?]*\)", rest[end:], re.S) is not None


def _artifact(lines: list[dict[str, Any]]) -> bytes:
    """Give both sets of class files as the judge reads them: a count, then name and bytes."""
    frames: list[str | bytes] = []
    for number in (1, 2):
        classes = [line for line in lines if "class" in line and line.get("round") == number]
        frames.append(str(len(classes)))
        for line in classes:
            frames += [str(line["class"]), base64.b64decode(line["bytes"])]
    return harness.framed(frames)


def _compile_outcome(result: CommandResult, lines: list[dict[str, Any]]) -> str:
    if result.end in harness.ENDS:
        return harness.ENDS[result.end]
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
            harness.said(
                "compile",
                "javac",
                outcome,
                f"the program has no {missing[0]}: keep the class and the signature as given",
            ),
        )
    if outcome in harness.ENDS.values():
        return (harness.said("compile", "javac", outcome, f"the compiler did not finish: {outcome}"),)
    crash = [str(line["crash"]) for line in lines if "crash" in line]
    if crash or not any(finding.severity is Severity.ERROR for finding in found):
        return (unparsed("compile", "javac", "\n".join(crash) or harness.text_of_process(result)),)
    return ()


def _diagnostic(line: dict[str, Any], code: str) -> Diagnostic:
    """Make one finding of a javac line; a place in the tests is no place in the candidate."""
    kind, is_candidate = str(line.get("kind")), line.get("round") == 1
    message = str(line.get("message", ""))
    if not is_candidate:
        message = f"the tests cannot call the program with the signature it has now: {message}"
    return Diagnostic(
        stage="compile",
        tool="javac",
        rule=str(line.get("code", "")) if is_candidate else f"signature:{line.get('code', '')}",
        message=message,
        severity=severity_of(kind),
        line=line.get("line") if is_candidate else None,
        column=line.get("column") if is_candidate else None,
        end_line=line.get("endLine") if is_candidate else None,
        end_column=line.get("endColumn") if is_candidate else None,
        source_line=harness.source_line(code, line.get("line")) if is_candidate else "",
    )


def _judge(frames: list[str], artifact: bytes, cpu_s: float) -> Command:
    return Command(
        argv=(_JRE, "-Xmx384m", *_JVM, *_BRIEF, *_CLOSED, _ARCHIVE, "-cp", _HARNESS, "Judge"),
        role=Role.CANDIDATE,
        channel=harness.framed(frames) + artifact,
        limits=Limits(cpu_s=cpu_s, wall_s=max(60.0, 3 * cpu_s), processes=_PROCESSES),
    )


LANGUAGE = JavaLanguage()
