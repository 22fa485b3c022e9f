"""Go: compiler and linker called directly, then the cases in one process with the candidate, a package of its own.

The programs are in ``sandboxes/go/``: the driver, and the package ``verdict`` that runs and reports the cases.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from codeloop.attempts import StageReport, Status
from codeloop.commands import Command, CommandResult, End, Limits, Role
from codeloop.diagnostics import Diagnostic, unparsed
from codeloop.languages import analysed, harness
from codeloop.languages.analysed import Analyser
from codeloop.languages.go_analysers import JOB, STATICCHECK, VET, unsilenced
from codeloop.languages.go_answers import SYNTAX, bound, completed, given_imports
from codeloop.languages.go_cases import GRAMMAR, PACKAGES, calls, make_cases
from codeloop.languages.port import MANY_CPU_S, MUTANT_VARIABLE, STUB_VARIABLE, Compiled, Constant, Stub
from codeloop.languages.syntax import brace_depth, braces, in_margin, parse, text_of
from codeloop.tasks import Task

if TYPE_CHECKING:
    from tree_sitter import Node

_DRIVER = "/opt/codeloop/go/bin/driver"
_EACH = "/opt/codeloop/go/bin/each"
_LATE_S = 1.0
_TOOL = "go"
_UNUSED = re.compile(r'^".*" imported(?: as \w+)? and not used|^declared and not used')


class GoLanguage:
    """Go in the ``go`` image."""

    name = "go"
    title = "Go"
    fences = ("go", "golang")
    memory_bytes = 768 << 20
    syntax = SYNTAX
    analysers: tuple[Analyser, ...] = (VET, STATICCHECK)

    def compile(self, task: Task, code: str, tests: str) -> Command:
        """Compile the candidate, then the tests against what it exports, and link both; the program stays in the cell."""
        cases = make_cases(task.prompt, task.entry_point, tests)
        job = {**_job(task, code), "alias": cases.alias, "tests": cases.source}
        return Command(
            argv=(_DRIVER,),
            role=Role.COMPILER,
            channel=json.dumps(job).encode("ascii"),
            limits=Limits(cpu_s=30.0, wall_s=90.0),  # the compiler's own time: a tenth of a second for what is honest
        )

    def read_compile(self, result: CommandResult, code: str, tests: str) -> Compiled:
        """Read the findings; no ``begin`` line means that the driver itself did not come up."""
        lines = harness.read_lines(result.channel)
        diagnostics = tuple(_diagnostic(line, code) for line in lines if {"part", "refused", "missing"} & line.keys())
        outcome = _compile_outcome(result, lines)
        if outcome == "machine":
            diagnostics = (unparsed("compile", _TOOL, harness.text_of_process(result)),)
            return Compiled(report=harness.report("compile", Status.ERRORED, outcome, diagnostics))
        if outcome in harness.ENDS.values():
            said = harness.said("compile", _TOOL, outcome, f"the compiler did not finish: {outcome}")
            diagnostics = (said, *diagnostics)
        status = Status.PASSED if outcome == "ok" else Status.FAILED
        return Compiled(report=harness.report("compile", status, outcome, diagnostics))

    def test(self, task: Task, code: str, tests: str, artifact: bytes, nonce: str, cpu_s: float) -> Command:
        """Run the program that the compile stage left in the cell."""
        return Command(
            argv=("{compiled}/prog",),
            role=Role.CANDIDATE,
            channel=nonce.encode("ascii"),
            limits=Limits(cpu_s=cpu_s, wall_s=max(60.0, 3 * cpu_s)),
        )

    def read_test(self, result: CommandResult, nonce: str, code: str) -> StageReport:
        """Read the cases. What the runtime said when it ended the program is the finding."""
        report = harness.read_test(result, nonce, code, tool=_TOOL)
        said = _last_words(result)
        if report.outcome != "exited_early" or not said:
            return report
        outcome = "exception" if said.startswith("panic:") else "crashed"
        found = Diagnostic(stage="test", tool=_TOOL, rule=outcome, message=said, exception=said)
        kept = tuple(each for each in report.diagnostics if each.rule != "exited_early")
        return replace(report, outcome=outcome, diagnostics=(found, *kept))

    def test_mutants(
        self, task: Task, code: str, tests: str, artifact: bytes, nonce: str, cpu_s: float, numbers: tuple[int, ...]
    ) -> Command:
        """Start the program once for each mutant from a process in the cell, which is quicker than from outside."""
        del task, code, tests, artifact
        late_s = _LATE_S + 2 * cpu_s  # a process of its own, and the sandbox's clock, decide about one that is late
        job = {"nonce": nonce, "variable": MUTANT_VARIABLE, "numbers": numbers, "wall_s": late_s}
        whole_s = MANY_CPU_S + cpu_s * len(numbers)
        return Command(
            argv=(_EACH, "{compiled}/prog"),
            role=Role.CANDIDATE,
            channel=json.dumps(job).encode("ascii"),
            limits=Limits(cpu_s=whole_s, wall_s=max(60.0, 3 * whole_s)),
        )

    def read_mutants(self, result: CommandResult, nonce: str, code: str) -> dict[int, StageReport]:
        """Read the reports of those whose process ended in time."""
        return harness.read_mutants(result, nonce, code, tool=_TOOL)

    def lint(self, task: Task, code: str) -> Command:
        """Build the command of the analysers, which no comment of the program silences."""
        job = json.dumps(_job(task, unsilenced(code, self.syntax)))
        return analysed.command(JOB, job, self.analysers)

    def read_lint(self, result: CommandResult, code: str) -> tuple[Diagnostic, ...]:
        """Read what they found."""
        return analysed.read(result, code, self.analysers, self.syntax)

    def stub(self, task: Task) -> Stub:
        """Return a constant of the declared type; its zero value unless told otherwise."""
        constants = _constants_of(_result_type(task))
        first, *others = constants
        chosen = "".join(
            f'\tif os.Getenv("{STUB_VARIABLE}") == "{number}" {{\n\t\treturn {constant.text}\n\t}}\n'
            for number, constant in enumerate(others, 1)
        )
        head = re.sub(r"\A(\s*package[ \t]+\w+[ \t]*\n)", r'\1import "os"\n', task.prompt.rstrip() + "\n")
        head = head if others else task.prompt.rstrip() + "\n"
        return Stub(code=f"{head}{chosen}\treturn {first.text}\n}}\n", constants=constants)

    def may_be_vacuous(self, task: Task) -> bool:
        """Look for a check that is no ``assert.Equal`` of the entry point's answer with something else."""
        cases = make_cases(task.prompt, task.entry_point, task.visible.code)
        return any(not _is_plain(expression, task.entry_point) for expression in cases.expressions)

    def bound(self, node: Node) -> set[str]:
        """Name what a declaration declares."""
        return bound(node)

    def is_main(self, node: Node) -> bool:
        """Say no: a main goes in ``completed``, with the imports that only it used."""
        del node
        return False

    def with_body(self, task: Task, body: str) -> str:
        """Continue the prompt; where only the function's brace is missing, close it."""
        gap = "" if task.prompt.endswith("\n") else "\n"
        code = task.prompt + gap + in_margin(body.strip("\n").rstrip(), "\t") + "\n"
        end = next((place for place, depth in braces(_quoted(code)) if depth <= 0 and place > len(task.prompt)), None)
        if end is not None:
            return code
        is_open = brace_depth(_quoted(code)) == brace_depth(_quoted(task.prompt))
        return code + "}\n" if is_open and not parse(GRAMMAR, code + "}\n").has_error else code

    def salvage(self, code: str) -> str:
        """Keep everything up to the last declaration that is whole."""
        places = [place for place, depth in braces(_quoted(code)) if depth == 0]
        return code[: places[-1]] + "\n" if places and code[places[-1] :].strip() else code

    def joined(self, code: str, parts: tuple[str, ...]) -> str:
        """Put the parts behind the program; ``completed`` puts imports where they belong."""
        return code.rstrip("\n") + "\n" + "".join(f"\n{part}\n" for part in parts)

    def completed(self, task: Task, code: str) -> tuple[str, tuple[str, ...]]:
        """Make the program one file of one package, with the prompt's imports and helpers that it uses."""
        return completed(task, code)


def _job(task: Task, code: str) -> dict[str, Any]:
    """Say what the driver needs to make a package of a candidate."""
    return {
        "code": code,
        "entry": task.entry_point,
        "given": given_imports(task.prompt),
        "offered": PACKAGES if code.startswith(task.prompt) else {},
    }


def _quoted(code: str) -> str:
    """Blank raw strings, whose braces are text; places stay what they are."""
    return re.sub(r"`[^`]*`", lambda match: re.sub(r"[^\n]", " ", match[0]), code)


def _constants(*texts: str) -> tuple[Constant, ...]:
    return tuple(Constant(text=text, kind="value", is_true=text == "true") for text in texts)


_INTEGERS = ("0", "7654321", "-7654321")
_CONSTANTS = {
    **dict.fromkeys(("int", "int32", "int64", "rune"), _constants(*_INTEGERS)),
    **dict.fromkeys(("float64", "float32"), _constants("0.0", "2.5e6", "-2.5e6")),
    "bool": _constants("false", "true"),
    "string": _constants('""', '"codeloop stub"'),
    **dict.fromkeys(("interface{}", "any"), _constants("0", "7654321", '"codeloop stub"')),
}
_ELEMENTS = {
    "int": "7654321",
    "float64": "2.5e6",
    "string": '"codeloop stub"',
    "bool": "true",
    "interface{}": "7654321",
}


def _constants_of(kind: str) -> tuple[Constant, ...]:
    """Give values of a result type, without blanks; several results are one text. Of what is not known, the zero value."""
    if kind in _CONSTANTS:
        return _CONSTANTS[kind]
    if kind.startswith("("):
        lists = [_constants_of(re.sub(r"^[a-z]\w* ", "", part.strip())) for part in kind[1:-1].split(",")]
        return _constants(*(", ".join(each[index].text for each in lists) for index in range(min(map(len, lists)))))
    element = re.fullmatch(r"\[\](\w+|interface\{\})", kind)
    if element and element[1] in _ELEMENTS:
        return _constants(f"{kind}{{}}", f"{kind}{{{_ELEMENTS[element[1]]}}}")
    if kind.startswith(("[]", "map[")):
        return _constants(f"{kind}{{}}", f"make({kind}, 3)" if kind[1] == "]" else f"{kind}(nil)")
    return _constants(f"*new({kind})")


def _result_type(task: Task) -> str:
    """Give the entry point's result type as text; of several, or of a named one, what a function literal makes of it."""
    for node in reversed(parse(GRAMMAR, task.prompt.rstrip() + "\n}\n").children):
        if node.type == "function_declaration" and text_of(node.child_by_field_name("name")) == task.entry_point:
            return " ".join(text_of(node.child_by_field_name("result")).split())
    return "int"


def _is_plain(expression: str, entry_point: str) -> bool:
    """Say whether a check compares a call of the entry point for equality with what has none in it."""
    root = parse(GRAMMAR, f"package p\nfunc f() {{\n{expression}\n}}\n")
    for node in [inner for inner in _descend(root) if inner.type == "call_expression"][:1]:
        arguments = node.child_by_field_name("arguments")
        values = [value for value in (arguments.named_children if arguments else []) if text_of(value) != "t"]
        if not text_of(node.child_by_field_name("function")).endswith(".Equal") or len(values) != 2:
            return False
        direct = [v for v in values if text_of(v.child_by_field_name("function")) == entry_point]
        return len(direct) == 1 and sum(calls(value, entry_point) for value in values) == 1
    return False


def _descend(root: Node) -> list[Node]:
    found, stack = [], [root]
    while stack:
        node = stack.pop()
        found.append(node)
        stack.extend(reversed(node.children))
    return found


def _last_words(result: CommandResult) -> str:
    """Give what Go's runtime says when it ends a program (status 2), first line first; else nothing.

    panic: runtime error: index out of range [3] with length 3
    fatal error: all goroutines are asleep - deadlock!
    """
    if result.end is not End.EXITED or result.code != 2:
        return ""
    lines = result.stderr.decode("utf-8", "replace").split("\n")
    said = [line for line in lines if line.startswith(("panic:", "fatal error:"))]
    return said[-1][:500] if said else ""


def _compile_outcome(result: CommandResult, lines: list[dict[str, Any]]) -> str:
    if result.end in harness.ENDS:
        return harness.ENDS[result.end]
    if not lines or "begin" not in lines[0] or result.end is not End.EXITED or result.code != 0:
        return "machine"
    found = _candidate_outcome(lines)
    return found or ("ok" if lines[-1].get("done") is True else "machine")


def _candidate_outcome(lines: list[dict[str, Any]]) -> str:
    """Say what is wrong with the candidate; nothing when driver, compiler and linker found no fault."""
    for word, outcome in (("refused", "refused"), ("missing", "missing_entry_point")):
        if any(word in line for line in lines):
            return outcome
    parts = {line["part"] for line in lines if "part" in line}
    is_unread = any("unread" in line for line in lines)
    is_syntax = any(str(line.get("message", "")).startswith("syntax error") for line in lines)
    if is_unread or is_syntax:
        return "syntax"
    if parts & {"candidate", "link"}:
        return "types"
    return "signature" if parts else ""


def _diagnostic(line: dict[str, Any], code: str) -> Diagnostic:
    """Make one finding of a driver's line; a place in the tests is no place in the candidate."""
    if "missing" in line:
        text = f"the program has no function {line['missing']}: keep the name and the signature as given"
        return harness.said("compile", _TOOL, "missing_entry_point", text)
    if "refused" in line:
        text = f"the program must not use {line['refused']}: it has no place in a solution"
        return _placed(line, code, "refused", text)
    message = str(line.get("message", ""))
    if line["part"] in {"tests", "alias"}:
        said = f"the tests cannot call the program with the signature it has now: {_plain(message)}"
        return harness.said("compile", _TOOL, "signature", said)
    return _placed(line, code, _rule(message), message)


def _plain(message: str) -> str:
    """Take the harness's own names out of a message."""
    return re.sub(r"codeloopCandidate\.(?:Codeloop_)?|candidate\.|Codeloop_", "", message)


def _rule(message: str) -> str:
    """Name the kind of a finding, for lack of codes in Go's output: by its fixed words."""
    kinds = (
        ("syntax", r"syntax error|newline in|invalid character|not terminated"),
        ("undefined", r"undefined:|undefined \("),
        ("unused", _UNUSED.pattern),
        ("missing-return", r"missing return"),
        ("mismatched-types", r"mismatched types|cannot use|cannot convert|invalid operation"),
        ("redeclared", r"redeclared"),
        ("arguments", r"(?:not enough|too many) arguments|assignment mismatch"),
    )
    return next((name for name, pattern in kinds if re.search(pattern, message)), "error")


def _placed(line: dict[str, Any], code: str, rule: str, message: str) -> Diagnostic:
    row, column = line.get("line"), line.get("column")
    text = re.split(r"\n", code)[row - 1] if isinstance(row, int) and 0 < row <= code.count("\n") + 1 else ""
    if isinstance(column, int) and column > 0:  # Go counts bytes
        column = len(text.encode("utf-8", "replace")[: column - 1].decode("utf-8", "ignore")) + 1
    return Diagnostic(
        stage="compile",
        tool=_TOOL,
        rule=rule,
        message=message,
        line=row or None,
        column=column or None,
        source_line=text.strip(),
    )


LANGUAGE = GoLanguage()
