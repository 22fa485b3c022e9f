"""Python: the candidate runs in one process, the tests in another that never executes a line of it.

The programs of both are in ``sandboxes/python/``. Answers are parsed by tree-sitter: the host's own ``ast`` may be older
than the Python in the image and would call its new syntax an error.
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from codeloop.attempts import Note, StageReport, Status
from codeloop.commands import Command, CommandResult, End, Limits, Role
from codeloop.diagnostics import Diagnostic, Severity, unparsed
from codeloop.languages import analysed, judged
from codeloop.languages.analysed import Analyser
from codeloop.languages.port import MANY_CPU_S, MUTANT_VARIABLE, STUB_VARIABLE, Compiled, Constant, Stub
from codeloop.languages.python_analysers import DIRECTIVES, RUFF, SOURCE, TY
from codeloop.languages.python_cases import GUARD, HOME, job_of, judging, own_tests
from codeloop.languages.syntax import Syntax, in_margin, parse, text_of, to_bytes, to_text, walk
from codeloop.tasks import Task

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

_LATE_S = 2.0
_COMPILE_CPU_S = 10.0  # a program of 100 kB takes a tenth of a second; this stops bombs of constant folding

_SYNTAX = Syntax(
    grammar="tree_sitter_python",
    comments=frozenset({"comment"}),
    imports=frozenset({"import_statement", "import_from_statement", "future_import_statement"}),
    functions=frozenset({"function_definition"}),
    types=frozenset({"class_definition"}),
    nested=frozenset({"function_definition", "class_definition", "lambda"}),
    returns=frozenset({"return_statement", "yield"}),
    assertions=frozenset({"assert_statement"}),
    loose=frozenset(
        {"expression_statement", "for_statement", "while_statement", "if_statement", "with_statement", "try_statement"}
    ),
    names=frozenset({"identifier"}),
    fillers=frozenset({"pass_statement", "ellipsis", "string"}),
    starts=re.compile(
        r"^(?:(?:async[ \t]+)?def[ \t]+\w+[ \t]*\(|class[ \t]+\w+[ \t]*[:(]|@\w|import[ \t]+[\w.]+[ \t]*(?:as\b|,|;|#|$)"
        r"|from[ \t]+[\w.]+[ \t]+import\b)",
        re.M,
    ),
    declares=r"^[ \t]*(?:async[ \t]+)?def[ \t]+NAME[ \t]*\(|^NAME[ \t]*=[^=]",
    binders=(
        ("parameters", ""),
        ("lambda_parameters", ""),
        ("typed_parameter", ""),
        ("default_parameter", "name"),
        ("typed_default_parameter", "name"),
        ("assignment", "left"),
        ("for_statement", "left"),
        ("for_in_clause", "left"),
        ("as_pattern_target", ""),
    ),
    selectors=(("attribute", "attribute"), ("keyword_argument", "name")),
    shows=frozenset({"print", "pprint", "input", "main", "unittest.main", "doctest.testmod", "pytest.main"}),
    tests=re.compile(r"check|tests?|(?:test|run_tests?|check)_\w*|Test\w*|\w+Tests?"),
    has_braces=False,
)


@dataclass(frozen=True, slots=True)
class PythonLanguage:
    """The Python of the image ``python``."""

    name: str = "python"
    title: str = "Python 3.13"
    fences: tuple[str, ...] = ("python", "py", "python3", "py3")
    memory_bytes: int = 512 * 1024 * 1024
    syntax: Syntax = _SYNTAX
    analysers: tuple[Analyser, ...] = (RUFF, TY)

    def compile(self, task: Task, code: str, tests: str) -> Command:
        """Build the syntax check; nothing is prepared for the tests, which the judge reads as they are."""
        job = {"source": base64.b64encode(to_bytes(code)).decode("ascii"), "entry_point": task.entry_point}
        return Command(
            argv=("python3", "-I", f"{HOME}/compile.py"),
            role=Role.COMPILER,
            channel=json.dumps(job).encode("ascii"),
            limits=Limits(cpu_s=_COMPILE_CPU_S),
        )

    def read_compile(self, result: CommandResult, code: str, tests: str) -> Compiled:
        """Read the findings; only a compiler that failed by itself is an error of the machine."""
        lines = judged.read_lines(result.channel)
        findings = tuple(_finding(line, code) for line in lines if "rule" in line)
        errors = [item for item in findings if item.severity is Severity.ERROR]
        if result.end in judged.ENDS:
            outcome = judged.ENDS[result.end]
            return _compiled(Status.FAILED, outcome, (*findings, judged.event("compile", outcome)))
        if not any(line.get("done") is True for line in lines):
            crash = unparsed("compile", "python", result.stderr.decode("utf-8", "replace"))
            # A signal is the parser's stack overrun by the program; an exit is ours.
            is_ours = result.end is End.EXITED
            return _compiled(Status.ERRORED if is_ours else Status.FAILED, "syntax", (*findings, crash))
        if not errors:
            return _compiled(Status.PASSED, "ok", findings)
        is_missing = errors[0].rule == "missing-entry-point"
        return _compiled(Status.FAILED, "missing_entry_point" if is_missing else "syntax", findings)

    def test(self, task: Task, code: str, tests: str, artifact: bytes, nonce: str, cpu_s: float) -> Command:
        """Build the candidate's process with the judge as its peer; only the judge gets tests and nonce."""
        del artifact
        return judging(job_of(task, tests, nonce), code, cpu_s, Limits().wall_s)

    def read_test(self, result: CommandResult, nonce: str, code: str) -> StageReport:
        """Read the judge's lines. Once the candidate was contacted, whatever goes wrong is the candidate's doing."""
        del code
        return judged.read_test(result, nonce)

    def test_mutants(
        self, task: Task, code: str, tests: str, artifact: bytes, nonce: str, cpu_s: float, numbers: tuple[int, ...]
    ) -> Command:
        """Fork the candidate's process for each mutant before it has loaded the program, which is compiled by then."""
        del artifact
        late_s = _LATE_S + 2 * cpu_s  # a process of its own, and the sandbox's clock, decide about one that is late
        job = job_of(task, tests, nonce) | {"mutants": {"numbers": numbers, "cpu_s": cpu_s, "wall_s": late_s}}
        whole_s = MANY_CPU_S + cpu_s * len(numbers)
        return judging(job, code, whole_s, max(Limits().wall_s, 3 * whole_s), MUTANT_VARIABLE, GUARD)

    def read_mutants(self, result: CommandResult, nonce: str, code: str) -> dict[int, StageReport]:
        """Read the judge's lines of those that it saw to their end."""
        del code
        return judged.read_mutants(result, nonce)

    def lint(self, task: Task, code: str) -> Command:
        """Build the command of the analysers, which no comment of the program silences."""
        del task
        return analysed.command(SOURCE, analysed.unsilenced(code, self.syntax, DIRECTIVES), self.analysers)

    def read_lint(self, result: CommandResult, code: str) -> tuple[Diagnostic, ...]:
        """Read what they found."""
        return analysed.read(result, code, self.analysers, self.syntax)

    def stub(self, task: Task) -> Stub:
        """Give the entry point that returns a constant; ``None`` unless told otherwise."""
        values = ", ".join(constant.text for constant in _CONSTANTS)
        body = f"    import os\n    return [{values}][int(os.environ.get({STUB_VARIABLE!r}, 0))]\n"
        return Stub(code=_joined(task.prompt, body), constants=_CONSTANTS)

    def may_be_vacuous(self, task: Task) -> bool:
        """Look for an assertion that is neither ``f(…) == …`` nor ``f(…)`` nor ``not f(…)``."""
        names = {task.entry_point, "candidate"}
        return any(not _is_plain(node, names) for node in _asserted(_parse(own_tests(task.visible.code))))

    def bound(self, node: Node) -> set[str]:
        """Name what a statement at the top binds."""
        return _names(node)

    def is_main(self, node: Node) -> bool:
        """See ``if __name__ == …``, and a function called main."""
        if node.type == "if_statement":
            return "__name__" in text_of(node.child_by_field_name("condition"))
        return _names(node) == {"main"}

    def with_body(self, task: Task, body: str) -> str:
        """Put the body behind the signature, in its indent; a line that has lost its indent gets it back."""
        return _joined(task.prompt, in_margin(body.strip("\n"), " " * 4)) + "\n"

    def salvage(self, code: str) -> str:
        """Drop everything from the last line on that begins a statement at the top, until the rest is sound."""
        starts = [match.start() for match in re.finditer(r"^(?![ \t\n#)\]}])", code, re.M)]
        for start in reversed(starts[-_MAX_SALVAGE:]):
            if start and not _parse(code[:start]).has_error:
                return re.sub(r"(?:\n#[^\n]*)+\Z", "", code[:start].rstrip()).rstrip() + "\n"
        return code

    def joined(self, code: str, parts: tuple[str, ...]) -> str:
        """Put the parts behind the imports at the beginning."""
        return _inserted(
            code, [part for part in parts if _is_import_line(part)], [p for p in parts if not _is_import_line(p)]
        )

    def completed(self, task: Task, code: str) -> tuple[str, tuple[str, ...]]:
        """Add the prompt's imports and helpers that the program lacks, and typing names of its annotations."""
        code, notes = _with_given(task, _with_empty_lines(code))
        return _with_typing(code, notes)


_MAX_SALVAGE = 6  # statements dropped from the end before giving up: each costs a parse
LANGUAGE = PythonLanguage()

_CONSTANTS = (
    Constant(text="None", kind="none"),
    Constant(text="False", kind="bool"),
    Constant(text="True", kind="bool", is_true=True),
    Constant(text="0", kind="number"),
    Constant(text="7654321", kind="number", is_true=True),
    Constant(text="-7654321", kind="number", is_true=True),
    Constant(text="2.5e6", kind="number", is_true=True),
    Constant(text="-2.5e6", kind="number", is_true=True),
    Constant(text="''", kind="text"),
    Constant(text="'codeloop stub'", kind="text", is_true=True),
    Constant(text="[]", kind="list"),
    Constant(text="[7654321]", kind="list", is_true=True),
    Constant(text="['codeloop stub']", kind="list", is_true=True),
)


def _asserted(node: Node) -> Iterator[Node]:
    """Give the condition of every assert statement, at any depth."""
    if node.type == "assert_statement" and node.named_children:
        yield node.named_children[0]
    for child in node.named_children:
        yield from _asserted(child)


def _is_plain(node: Node, names: set[str]) -> bool:
    """Say whether a condition is a call of the entry point, its negation, or its comparison with what has none in it."""
    if node.type == "not_operator":
        argument = node.child_by_field_name("argument")
        return argument is not None and _is_plain(argument, names)
    if node.type == "call":
        return text_of(node.child_by_field_name("function")) in names
    if node.type != "comparison_operator" or [child.type for child in node.children[1:2]] not in (["=="], ["is"]):
        return False
    left, right = node.named_children[0], node.named_children[-1]
    calls = [_is_plain(side, names) and side.type == "call" for side in (left, right)]
    other = right if calls[0] else left
    return len(node.named_children) == 2 and any(calls) and not any(name in text_of(other) for name in names)


def _joined(prompt: str, text: str) -> str:
    return prompt + ("" if prompt.endswith("\n") else "\n") + text


def _compiled(status: Status, outcome: str, findings: tuple[Diagnostic, ...]) -> Compiled:
    return Compiled(report=StageReport(stage="compile", status=status, outcome=outcome, diagnostics=findings))


def _finding(line: dict[str, Any], code: str) -> Diagnostic:
    number = line.get("line")
    sources = code.split("\n")
    source = sources[number - 1] if isinstance(number, int) and 0 < number <= len(sources) else ""
    return Diagnostic(
        stage="compile",
        tool="python",
        rule=str(line["rule"]),
        message=str(line.get("message", "")),
        severity=Severity.ERROR if line.get("severity") == "error" else Severity.WARNING,
        line=number,
        column=line.get("column"),
        end_line=line.get("end_line"),
        end_column=line.get("end_column"),
        source_line=source,
    )


def _parse(text: str) -> Node:
    return parse(_SYNTAX, text)


_BRANCHES = frozenset(
    {"if_statement", "try_statement", "elif_clause", "else_clause", "except_clause", "finally_clause"}
)


def _names(node: Node) -> set[str]:
    """Name what a module-level statement binds, in all its branches; a stack, because hostile text nests deeply."""
    found: set[str] = set()
    stack = [node]
    while stack:
        current = stack.pop()
        if current.type in _BRANCHES or current.type == "block":
            stack += current.named_children
        elif current.type == "decorated_definition":
            stack.append(current.children[-1])
        else:
            found |= _named(current)
    return found


def _named(node: Node) -> set[str]:
    if node.type in ("function_definition", "class_definition"):
        return {text_of(node.child_by_field_name("name"))}
    if node.type in ("import_statement", "import_from_statement"):
        return {_imported(child) for child in node.children_by_field_name("name")}
    if node.type == "expression_statement" and node.named_children and node.named_children[0].type == "assignment":
        left = node.named_children[0].child_by_field_name("left")
        return set(re.findall(r"\w+", text_of(left))) if left is not None and left.type in _TARGETS else set()
    return set()


_TARGETS = ("identifier", "pattern_list", "tuple_pattern")


def _imported(node: Node) -> str:
    alias = node.child_by_field_name("alias")
    return text_of(alias) if alias is not None else text_of(node).partition(".")[0]


def _bound(root: Node) -> set[str]:
    return {name for node in root.named_children for name in _names(node)}


def _is_import(node: Node) -> bool:
    return node.type in _SYNTAX.imports


def _is_import_line(text: str) -> bool:
    return text.startswith(("import ", "from "))


def _with_empty_lines(code: str) -> str:
    """Take the blanks out of blank lines, but for those in strings: programs that differ in nothing else are one."""
    data = to_bytes(code)
    blank = list(re.finditer(rb"^[ \t]+$", data, re.M))
    if not blank:
        return code
    strings = [node for node in walk(_parse(code), ("string",)) if node.type == "string"]
    inside = {row for node in strings for row in range(node.start_point.row + 1, node.end_point.row)}
    lines = data.split(b"\n")
    return to_text(b"\n".join(x if x.strip() or row in inside else b"" for row, x in enumerate(lines)))


def _with_given(task: Task, code: str) -> tuple[str, tuple[str, ...]]:
    """Add the prompt's imports and helpers whose names the program does not bind itself."""
    bound = _bound(_parse(code))
    missing: list[Node] = []
    for node in _parse(task.prompt + "    pass\n").named_children:
        names = _names(node)
        if task.entry_point in names:
            break
        is_there = names <= bound if names else text_of(node) in code
        if not is_there and node.type not in ("comment", "ERROR"):
            missing.append(node)
    imports = [text_of(node) for node in missing if _is_import(node)]
    helpers = [text_of(node) for node in missing if not _is_import(node)]
    notes = (*((Note.ADDED_IMPORT,) if imports else ()), *((Note.ADDED_HELPER,) if helpers else ()))
    return (_inserted(code, imports, helpers) if missing else code), notes


def _inserted(code: str, imports: list[str], others: list[str]) -> str:
    """Put imports in front, and what is no import behind the imports; ``from __future__`` stays first of all."""
    data = to_bytes(code)
    nodes = _parse(code).children
    future = max((node.end_byte for node in nodes if node.type == "future_import_statement"), default=0)
    if imports:
        head, rest = to_text(data[:future]), to_text(data[future:]).lstrip("\n")
        first = next((node for node in nodes if node.end_byte > future), None)
        gap = "\n" if first is not None and _is_import(first) else "\n\n\n"
        code = (head + "\n" if head else "") + "\n".join(imports) + gap + rest
    if not others:
        return code
    data = to_bytes(code)
    end = 0
    for node in _parse(code).children:
        if not _is_import(node):
            break
        end = node.end_byte
    head, rest = to_text(data[:end]), to_text(data[end:]).lstrip("\n")
    return (head + "\n\n\n" if head else "") + "\n\n\n".join(others) + "\n\n\n" + rest


def _with_typing(code: str, notes: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """Import names of ``typing`` that stand in annotations and are bound nowhere: they change nothing but the loading."""
    root = _parse(code)
    if root.has_error or re.search(r"^from typing import \*", code, re.M):
        return code, notes
    in_types = {text_of(leaf) for n in walk(root) if n.type == "type" for leaf in walk(n) if leaf.type == "identifier"}
    missing = sorted((in_types & _TYPING) - _bound(root))
    if not missing:
        return code, notes
    return _inserted(code, [f"from typing import {', '.join(missing)}"], []), (*notes, Note.ADDED_TYPING)


_TYPING = frozenset(
    {"Any", "Callable", "ClassVar", "DefaultDict", "Deque", "Dict", "Final", "FrozenSet", "Generator", "Iterable"}
    | {"Iterator", "List", "Literal", "Mapping", "NamedTuple", "Optional", "Sequence", "Set", "Tuple", "Type", "Union"}
)


__all__ = ["LANGUAGE", "PythonLanguage"]
