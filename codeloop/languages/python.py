"""Python: the candidate runs in one process, the tests in another that never executes a line of it.

The programs of both are in ``sandboxes/python/``. Answers are parsed by tree-sitter: the host's own ``ast`` may be older
than the Python in the image and would call its new syntax an error.
"""

from __future__ import annotations

import json
import re
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from codeloop.attempts import Candidate, CaseResult, CaseStatus, StageReport, Status
from codeloop.diagnostics import Diagnostic, Severity, unparsed
from codeloop.languages.port import Compiled, has_crashed
from codeloop.sandbox.port import Command, CommandResult, End, Limits, Role
from codeloop.tasks import Task

if TYPE_CHECKING:
    from tree_sitter import Node

_HOME = "/opt/codeloop"
_SOURCE = "solution.py"
_COMPILE_CPU_S = 10.0  # a program of 100 kB takes a tenth of a second; this stops bombs of constant folding
_JUDGE_EXTRA_CPU_S = 10.0  # the judge starts an interpreter and makes the test's own data besides
_ENDS = {
    End.TIMED_OUT: "timeout",
    End.WALL_TIMED_OUT: "wall_timeout",
    End.OUT_OF_MEMORY: "out_of_memory",
    End.OUTPUT_LIMIT: "output_limit",
}
_MESSAGES = {
    "timeout": "the program used more CPU time than allowed",
    "wall_timeout": "the program took longer than allowed: it waits for something",
    "out_of_memory": "the program used more memory than allowed",
    "output_limit": "the program printed more than allowed",
    "crashed": "the program crashed: a signal ended it",
    "exited_early": "the program ended the process before the tests were over",
    "forged": "the program sent messages of its own on the channel of the tests",
    "no_cases": "no test case was reached",
}


@dataclass(frozen=True, slots=True)
class PythonLanguage:
    """The Python of the image ``python``."""

    name: str = "python"
    title: str = "Python 3.13"
    fences: tuple[str, ...] = ("python", "py", "python3", "py3")
    memory_bytes: int = 512 * 1024 * 1024

    def compile(self, task: Task, code: str, tests: str) -> Command:
        """Build the syntax check; nothing is prepared for the tests, which the judge reads as they are."""
        return Command(
            argv=("python3", "-I", f"{_HOME}/compile.py", _SOURCE, task.entry_point),
            role=Role.COMPILER,
            files=((_SOURCE, _bytes(code)),),
            channel=b"",
            limits=Limits(cpu_s=_COMPILE_CPU_S),
        )

    def read_compile(self, result: CommandResult, code: str) -> Compiled:
        """Read the findings; only a compiler that failed by itself is an error of the machine."""
        lines = _lines(result.channel)
        findings = tuple(_finding(line, code) for line in lines if "rule" in line)
        errors = [item for item in findings if item.severity is Severity.ERROR]
        if result.end in _ENDS:
            return _compiled(Status.FAILED, _ENDS[result.end], (*findings, _event("compile", _ENDS[result.end])))
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
        job = {"nonce": nonce, "prompt": task.prompt, "entry_point": task.entry_point, "tests": _own(tests)}
        judge = Command(
            argv=("python3", "-I", f"{_HOME}/judge.py"),
            role=Role.JUDGE,
            channel=json.dumps(job).encode("ascii"),
            limits=Limits(cpu_s=cpu_s + _JUDGE_EXTRA_CPU_S),
        )
        return Command(
            argv=("python3", "-I", f"{_HOME}/candidate.py", _SOURCE),
            role=Role.CANDIDATE,
            files=((_SOURCE, _bytes(code)),),
            limits=Limits(cpu_s=cpu_s),
            peer=judge,
        )

    def read_test(self, result: CommandResult, nonce: str, code: str) -> StageReport:
        """Read the judge's lines. Once the candidate was contacted, whatever goes wrong is the candidate's doing."""
        del code
        judge = result.peer
        lines = [line for line in _lines(judge.channel if judge else b"") if line.get("nonce") == nonce]
        done: dict[str, Any] = next((line for line in lines if line.get("done") is True), {})
        if judge is None or not any("plan" in line for line in lines):
            return _not_judged(result, done)
        is_over = judge.end is End.EXITED and judge.code == 0 and bool(done)
        end = _ENDS.get(result.end) or _ENDS.get(judge.end) or ("" if is_over else "exited_early")
        cases = _cases(lines, end)
        outcome = _outcome(done, end, cases)
        if outcome == "exited_early" and has_crashed(result):
            outcome = "crashed"
        findings = (_event("test", outcome),) if outcome in _MESSAGES else ()
        if "error" in done:
            findings = (*findings, unparsed("test", "judge", str(done["error"])))
        status = Status.PASSED if outcome == "ok" else Status.FAILED
        return StageReport(stage="test", status=status, outcome=outcome, diagnostics=findings, cases=cases)

    def assemble(self, task: Task, answer: str) -> Candidate:
        """Add what the prompt gives and the answer lacks; an answer that is only a body continues the prompt."""
        text = answer.strip("\n")
        if not text.strip():
            return Candidate(code="", notes=("no_code",))
        dedented = textwrap.dedent(text)
        if task.entry_point in _bound(_parse(dedented)):
            return _with_prelude(task, dedented)
        body = text if text[0].isspace() else textwrap.indent(text, "    ")
        return Candidate(code=_joined(task.prompt, body) + "\n", notes=("body_only",))

    def continuation(self, task: Task, text: str) -> Candidate:
        """Put ``text`` behind the prompt and cut what base models add after the function."""
        first = next((line for line in text.splitlines() if line.strip()), "")
        if first[:1].strip():
            if task.entry_point in _bound(_parse(text)):
                return self.assemble(task, text)
            text = "    " + text.lstrip()  # a tokenizer or a template ate the first indent
        code = _joined(task.prompt, text)
        kept, is_cut = _without_tail(code, task.entry_point)
        return Candidate(code=kept, notes=("cut_tail",) if is_cut else ())

    def known_bad(self, task: Task) -> str:
        """Give the entry point that returns ``None``."""
        return _joined(task.prompt, "    return None\n")


LANGUAGE = PythonLanguage()


def _bytes(code: str) -> bytes:
    return code.encode("utf-8", "surrogatepass")


def _joined(prompt: str, text: str) -> str:
    return prompt + ("" if prompt.endswith("\n") else "\n") + text


def _own(tests: str) -> str:
    """Drop indented lines before the first statement: a suite's leftover of a body (HumanEval-X Python/119)."""
    lines = tests.splitlines(keepends=True)
    first = next((i for i, line in enumerate(lines) if line.strip() and not line[0].isspace()), 0)
    return "".join(lines[first:])


def _lines(channel: bytes) -> list[dict[str, Any]]:
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


def _compiled(status: Status, outcome: str, findings: tuple[Diagnostic, ...]) -> Compiled:
    return Compiled(report=StageReport(stage="compile", status=status, outcome=outcome, diagnostics=findings))


def _event(stage: str, outcome: str) -> Diagnostic:
    message = _MESSAGES.get(outcome, outcome)
    return Diagnostic(stage=stage, tool="codeloop", rule=outcome.replace("_", "-"), message=message)


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
            cases[case["id"]] = case
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
    if done.get("forged"):
        return "forged"
    if end:
        return end
    if done.get("died"):
        return "exited_early"
    wrong = next((case for case in cases if case.status in (CaseStatus.FAILED, CaseStatus.RAISED)), None)
    if wrong is not None:
        return "exception" if wrong.status is CaseStatus.RAISED else "wrong_answer"
    if not cases:
        return "no_cases"
    # Not whole and nothing wrong: the judge stumbled over something that the candidate gave it.
    return "ok" if done.get("whole") is True and all(c.status is CaseStatus.PASSED for c in cases) else "exception"


def _parse(text: str) -> Node:
    import tree_sitter
    import tree_sitter_python

    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_python.language()))
    return parser.parse(_bytes(text)).root_node


def _text(node: Node | None) -> str:
    return (node.text or b"").decode("utf-8", "surrogatepass") if node is not None else ""


def _names(node: Node) -> set[str]:
    """Name what a module-level statement binds."""
    if node.type == "decorated_definition":
        return _names(node.children[-1])
    if node.type in ("function_definition", "class_definition"):
        return {_text(node.child_by_field_name("name"))}
    if node.type in ("import_statement", "import_from_statement"):
        return {_imported(child) for child in node.children_by_field_name("name")}
    if node.type in ("if_statement", "try_statement", "else_clause", "except_clause", "block"):
        return {name for child in node.named_children for name in _names(child)}
    if node.type == "expression_statement" and node.named_children and node.named_children[0].type == "assignment":
        left = node.named_children[0].child_by_field_name("left")
        return set(re.findall(r"\w+", _text(left))) if left is not None and left.type in _TARGETS else set()
    return set()


_TARGETS = ("identifier", "pattern_list", "tuple_pattern")


def _imported(node: Node) -> str:
    alias = node.child_by_field_name("alias")
    return _text(alias) if alias is not None else _text(node).partition(".")[0]


def _bound(root: Node) -> set[str]:
    return {name for node in root.named_children for name in _names(node)}


def _is_import(node: Node) -> bool:
    return node.type in ("import_statement", "import_from_statement", "future_import_statement")


def _with_prelude(task: Task, answer: str) -> Candidate:
    """Add the prompt's imports and helpers whose names the answer does not bind itself."""
    root = _parse(answer)
    bound = _bound(root)
    missing: list[Node] = []
    for node in _parse(task.prompt + "    pass\n").named_children:
        names = _names(node)
        if task.entry_point in names:
            break
        is_there = names <= bound if names else _text(node) in answer
        if not is_there and node.type not in ("comment", "ERROR"):
            missing.append(node)
    if not missing:
        return Candidate(code=answer + "\n")
    head, rest = _after_future(root, answer)
    added = [*(_text(n) for n in missing if _is_import(n)), *("\n" + _text(n) for n in missing if not _is_import(n))]
    imports = ("added_imports",) if any(_is_import(n) for n in missing) else ()
    helpers = ("added_helpers",) if not all(_is_import(n) for n in missing) else ()
    return Candidate(code=head + "\n".join(added) + "\n\n\n" + rest + "\n", notes=(*imports, *helpers))


def _after_future(root: Node, answer: str) -> tuple[str, str]:
    """Split behind the last ``from __future__`` import: it must stay in front of everything else."""
    futures = [node for node in root.named_children if node.type == "future_import_statement"]
    if not futures:
        return "", answer
    data = _bytes(answer)
    end = futures[-1].end_byte
    return data[:end].decode("utf-8", "surrogatepass") + "\n", data[end:].decode("utf-8", "surrogatepass").lstrip("\n")


def _without_tail(code: str, entry_point: str) -> tuple[str, bool]:
    """Drop, after the entry function, a second one, a main, test code, and from the first broken statement on all."""
    data = _bytes(code)
    nodes = _parse(code).children
    entry = next((i for i, node in enumerate(nodes) if entry_point in _names(node)), None)
    if entry is None:
        return code, False
    end = nodes[entry].end_byte
    parts, is_cut = [data[:end]], False
    for node in nodes[entry + 1 :]:
        is_inline = b"\n" not in data[end : node.start_byte]
        if node.has_error and not is_inline:
            return _glued(parts), True
        if _is_unwanted(node, entry_point):
            is_cut = True
        else:
            parts.append(data[end : node.end_byte])
        end = node.end_byte
    return _glued(parts), is_cut


def _glued(parts: list[bytes]) -> str:
    return b"".join(parts).decode("utf-8", "surrogatepass").rstrip() + "\n"


def _is_unwanted(node: Node, entry_point: str) -> bool:
    if node.type == "if_statement":
        return "__name__" in _text(node.child_by_field_name("condition"))
    if node.type == "expression_statement":
        return not _names(node)
    names = _names(node)
    is_test = any(re.match(r"(check|main|test(_.*)?)$", name) or name.startswith("Test") for name in names)
    return entry_point in names or is_test or node.type in ("assert_statement", "for_statement", "with_statement")


__all__ = ["LANGUAGE", "PythonLanguage"]
