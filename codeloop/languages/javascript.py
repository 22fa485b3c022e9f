"""JavaScript: the candidate runs in a Node process, the tests in QuickJS, which never executes a line of the candidate.

The programs of both are in ``sandboxes/javascript/``. Only plain data crosses between them, so no prototype, getter or
operator of the candidate's takes part in a comparison.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from codeloop.attempts import Note, StageReport, Status
from codeloop.commands import Command, CommandResult, End, Limits, Role
from codeloop.diagnostics import Diagnostic, unparsed
from codeloop.languages import analysed, harness, judged
from codeloop.languages.analysed import Analyser
from codeloop.languages.javascript_analysers import DIRECTIVES, FILES, OXLINT, SCRIPT, used
from codeloop.languages.javascript_cases import declared, given_nodes, make_cases
from codeloop.languages.javascript_modules import as_script
from codeloop.languages.port import STUB_VARIABLE, Compiled, Constant, Stub
from codeloop.languages.syntax import Syntax, braces, in_margin, parse, text_of, to_bytes, to_text
from codeloop.tasks import Task

if TYPE_CHECKING:
    from tree_sitter import Node

_HOME = "/opt/codeloop"
_SOURCE = "solution.js"
_COMPILE_CPU_S = 10.0
_NODE = ("node", "--no-warnings", "--single-threaded", "--v8-pool-size=1", "--max-old-space-size=4096")
"""One thread: its helpers cost a start more than they give to a program that lives for a moment, and cannot be forked.

The heap may grow past the cell's memory, so that the kernel ends what uses too much, and the outcome is out_of_memory.
"""
_PROGRAM = (*_NODE, f"{_HOME}/candidate.js")

SYNTAX = Syntax(
    grammar="tree_sitter_javascript",
    comments=frozenset({"comment", "html_comment"}),
    imports=frozenset({"import_statement"}),
    functions=frozenset(
        {"function_declaration", "generator_function_declaration", "arrow_function", "function_expression"}
        | {"generator_function", "method_definition"}
    ),
    types=frozenset({"class_declaration"}),
    nested=frozenset(
        {"function_declaration", "generator_function_declaration", "arrow_function", "function_expression"}
        | {"generator_function", "method_definition", "class_declaration", "class_body"}
    ),
    returns=frozenset({"return_statement"}),
    assertions=frozenset(),
    loose=frozenset(
        {"expression_statement", "for_statement", "for_in_statement", "while_statement", "do_statement", "if_statement"}
        | {"try_statement", "statement_block", "switch_statement"}
    ),
    names=frozenset({"identifier", "shorthand_property_identifier", "shorthand_property_identifier_pattern"}),
    fillers=frozenset({"empty_statement"}),
    starts=re.compile(
        r"^(?:(?:export[ \t]+(?:default[ \t]+)?)?(?:(?:async[ \t]+)?function\b[ \t]*\*?[ \t]*\w*[ \t]*\("
        r"|class[ \t]+\w+[ \t]*(?:\{|extends\b)|(?:const|let|var)[ \t]+[^=\n]+=[ \t]*(?:async\b|function\b|require\b|\w+[ \t]*=>|\([^()]*\)[ \t]*=>))"
        r"|import[ \t]+(?:[\w$*{},\s]+?[ \t]from[ \t]+)?['\"]|/\*|['\"]use strict['\"])",
        re.M,
    ),
    declares=r"(?:\bfunction\b[ \t]*\*?[ \t]*NAME[ \t]*\(|\b(?:const|let|var)[ \t]+NAME[ \t]*=|^NAME[ \t]*=[^=])",
    binders=(
        ("formal_parameters", ""),
        ("variable_declarator", "name"),
        ("function_declaration", "name"),
        ("generator_function_declaration", "name"),
        ("function_expression", "name"),
        ("class_declaration", "name"),
        ("arrow_function", "parameter"),
        ("assignment_pattern", "left"),
        ("catch_clause", "parameter"),
        ("for_in_statement", "left"),
        ("import_specifier", "name"),
        ("import_clause", ""),
    ),
    selectors=(),
    shows=frozenset(
        {
            "console.log",
            "console.info",
            "console.error",
            "console.table",
            "console.assert",
            "assert",
            "main",
            "describe",
        }
        | {
            "test",
            "it",
            "process.exit",
            "assert.strictEqual",
            "assert.deepStrictEqual",
            "assert.equal",
            "alert",
            "prompt",
        }
    ),
    tests=re.compile(r"check|tests?|(?:tests?|runTests?|run_tests?|check)[A-Z_]\w*|test\w*|\w+Tests?"),
)

_CONSTANTS = (
    Constant(text="null", kind="none"),
    Constant(text="undefined", kind="none"),
    Constant(text="false", kind="bool"),
    Constant(text="true", kind="bool", is_true=True),
    Constant(text="0", kind="number"),
    Constant(text="7654321", kind="number", is_true=True),
    Constant(text="-7654321", kind="number", is_true=True),
    Constant(text="2.5e6", kind="number", is_true=True),
    Constant(text="-2.5e6", kind="number", is_true=True),
    Constant(text="''", kind="text"),
    Constant(text="'codeloop stub'", kind="text", is_true=True),
    Constant(text="[]", kind="list", is_true=True),
    Constant(text="[7654321]", kind="list", is_true=True),
    Constant(text="['codeloop stub']", kind="list", is_true=True),
)


@dataclass(frozen=True, slots=True)
class JavaScriptLanguage:
    """The Node of the image ``javascript``."""

    name: str = "javascript"
    title: str = "JavaScript (Node.js)"
    fences: tuple[str, ...] = ("javascript", "js", "node", "nodejs", "mjs", "cjs", "jsx")
    memory_bytes: int = 512 * 1024 * 1024
    syntax: Syntax = SYNTAX
    analysers: tuple[Analyser, ...] = (OXLINT,)

    def compile(self, task: Task, code: str, tests: str) -> Command:
        """Build the syntax check; nothing is prepared for the tests."""
        is_missing = not _may_define(code, task.entry_point)
        source = to_text(to_bytes(as_script(SYNTAX, code)))
        job = {"source": source, "entryPoint": task.entry_point, "isMissing": is_missing}
        return Command(
            argv=(*_PROGRAM, "compile"),
            role=Role.COMPILER,
            channel=json.dumps(job).encode("ascii"),
            limits=Limits(cpu_s=_COMPILE_CPU_S),
        )

    def read_compile(self, result: CommandResult, code: str, tests: str) -> Compiled:
        """Read the findings; only a checker that failed by itself is an error of the machine."""
        lines = judged.read_lines(result.channel)
        findings = tuple(_finding(line, code) for line in lines if "rule" in line)
        if result.end in judged.ENDS:
            outcome = judged.ENDS[result.end]
            return _compiled(Status.FAILED, outcome, (*findings, judged.event("compile", outcome)))
        if not any(line.get("done") is True for line in lines):
            crash = unparsed("compile", "node", harness.text_of_process(result))
            # A signal is the parser's stack overrun by the program; an exit is ours.
            is_ours = result.end is End.EXITED
            return _compiled(Status.ERRORED if is_ours else Status.FAILED, "syntax", (*findings, crash))
        if not findings:
            return _compiled(Status.PASSED, "ok", ())
        is_missing = findings[0].rule == "missing-entry-point"
        return _compiled(Status.FAILED, "missing_entry_point" if is_missing else "syntax", findings)

    def test(self, task: Task, code: str, tests: str, artifact: bytes, nonce: str, cpu_s: float) -> Command:
        """Build the candidate's process with the judge as its peer; only the judge gets tests and nonce."""
        del artifact
        judge = Command(
            argv=(f"{_HOME}/judge",),
            role=Role.JUDGE,
            channel=json.dumps({"nonce": nonce, **_job(task, tests)}).encode("ascii"),
            limits=Limits(cpu_s=cpu_s + judged.EXTRA_CPU_S),
        )
        return Command(
            argv=(*_PROGRAM, "serve", task.entry_point, f"{{work}}/{_SOURCE}"),
            role=Role.CANDIDATE,
            files=((_SOURCE, to_bytes(as_script(SYNTAX, code))),),
            limits=Limits(cpu_s=cpu_s),
            peer=judge,
        )

    def read_test(self, result: CommandResult, nonce: str, code: str) -> StageReport:
        """Read the judge's lines."""
        del code
        return judged.read_test(result, nonce)

    def lint(self, task: Task, code: str) -> Command:
        """Build the command of the analyser, which no comment of the program silences."""
        script = analysed.unsilenced(as_script(SYNTAX, code), self.syntax, DIRECTIVES)
        return analysed.command(SCRIPT, used(script, task.entry_point), self.analysers, files=FILES)

    def read_lint(self, result: CommandResult, code: str) -> tuple[Diagnostic, ...]:
        """Read what they found."""
        return analysed.read(result, code, self.analysers, self.syntax)

    def stub(self, task: Task) -> Stub:
        """Give the entry point that returns a constant; ``null`` unless told otherwise."""
        values = ", ".join(constant.text for constant in _CONSTANTS)
        body = f"  return [{values}][Number(process.env.{STUB_VARIABLE} || 0)]\n}}\n"
        return Stub(code=f"{task.prompt.rstrip()}\n{body}", constants=_CONSTANTS)

    def may_be_vacuous(self, task: Task) -> bool:
        """Look for an assertion that is neither an equality of the entry point's answer nor asks for its truth."""
        cases = make_cases(SYNTAX, task.prompt, task.visible.code, task.entry_point).cases
        return any(not case.is_plain for case in cases)

    def bound(self, node: Node) -> set[str]:
        """Name what a statement declares."""
        return declared(node)

    def is_main(self, node: Node) -> bool:
        """See ``if (require.main === module)``, and a function called main."""
        if node.type == "if_statement":
            return "require.main" in text_of(node.child_by_field_name("condition"))
        return declared(node) == {"main"}

    def with_body(self, task: Task, body: str) -> str:
        """Continue the prompt; where only the prompt's own brace is missing, close it."""
        gap = "" if task.prompt.endswith("\n") else "\n"
        code = task.prompt + gap + in_margin(body.strip("\n").rstrip(), " " * 2) + "\n"
        closed = f"{code}}}\n"
        is_mended = parse(SYNTAX, code).has_error and not parse(SYNTAX, closed).has_error
        return closed if is_mended else code

    def salvage(self, code: str) -> str:
        """Keep the program up to the last brace that closes a statement at the top."""
        last = next((place for place, depth in reversed(braces(code)) if depth == 0), None)
        return code if last is None else code[:last] + "\n"

    def joined(self, code: str, parts: tuple[str, ...]) -> str:
        """Put the parts in front, imports first."""
        imports = [part for part in parts if part.startswith("import")]
        others = [part for part in parts if not part.startswith("import")]
        return "".join(f"{part}\n" for part in [*imports, *others]) + "\n" + code

    def completed(self, task: Task, code: str) -> tuple[str, tuple[str, ...]]:
        """Add the prompt's helpers that the program does not declare itself."""
        have = {name for node in parse(SYNTAX, code).named_children for name in declared(node)}
        given = given_nodes(SYNTAX, task.prompt, task.entry_point)
        missing = [text_of(node) for node in given if not declared(node) & have]
        if not missing:
            return code, ()
        return "\n\n".join(missing) + "\n\n" + code, (Note.ADDED_HELPER,)


def _may_define(code: str, name: str) -> bool:
    """Say whether loading could define ``name``: declared at the top, or by a program that exports or assigns globals."""
    root = parse(SYNTAX, code)
    if root.has_error or re.search(r"\b(?:exports|globalThis|global|this|eval|default)\b", code):
        return True
    return any(name in declared(node) for node in root.named_children) or _is_loose(code, name)


def _is_loose(code: str, name: str) -> bool:
    return re.search(rf"(?:\bvar\b[^;]*|\bfunction\s+|[^.\w]){re.escape(name)}\s*[=(]", code) is not None


def _job(task: Task, tests: str) -> dict[str, Any]:
    """Give what the judge runs: the rewritten tests, and whose functions they call."""
    made = make_cases(SYNTAX, task.prompt, tests, task.entry_point)
    cases = [
        {
            "id": number,
            "name": f"line {case.line}",
            "status": "not_run",
            "expression": case.expression,
            "is_opaque": case.is_opaque,
        }
        for number, case in enumerate(made.cases)
    ]
    names = [task.entry_point, *made.foreign]
    return {"helpers": made.helpers, "tests": made.tests, "names": names, "cases": cases}


def _compiled(status: Status, outcome: str, findings: tuple[Diagnostic, ...]) -> Compiled:
    return Compiled(report=StageReport(stage="compile", status=status, outcome=outcome, diagnostics=findings))


def _finding(line: dict[str, Any], code: str) -> Diagnostic:
    """Make a finding of a line such as ``{"rule": "SyntaxError", "message": …, "line": 2, "column": 11}``.

    Columns of Node count UTF-16 units; here they count code points.
    """
    number, column = line.get("line"), line.get("column")
    rows = code.split("\n")
    row = rows[number - 1] if isinstance(number, int) and 0 < number <= len(rows) else ""
    if isinstance(column, int):
        units = row.encode("utf-16-le", "surrogatepass")[: 2 * (column - 1)]
        column = len(units.decode("utf-16-le", "replace")) + 1
    return Diagnostic(
        stage="compile",
        tool="node",
        rule=str(line["rule"]),
        message=str(line.get("message", "")),
        line=number,
        column=column,
        source_line=row.strip(),
    )


LANGUAGE = JavaScriptLanguage()
