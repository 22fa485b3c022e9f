"""Rust: rustc called directly, then the cases in one process with the candidate, a crate of its own.

The programs are in ``sandboxes/rust/``: the driver, and the crate ``codeloop_verdict`` that runs and reports the cases.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from codeloop.attempts import StageReport, Status
from codeloop.commands import Command, CommandResult, End, Limits, Role
from codeloop.diagnostics import Diagnostic, Fix, Severity, unparsed
from codeloop.languages import analysed, harness
from codeloop.languages.analysed import Analyser
from codeloop.languages.port import STUB_VARIABLE, Compiled, Constant, Stub
from codeloop.languages.rust_analysers import CLIPPY, SOURCE, shown
from codeloop.languages.rust_answers import SYNTAX, bound, completed, refusals
from codeloop.languages.rust_cases import GRAMMAR, make_cases, published, signature
from codeloop.languages.syntax import brace_depth, braces, in_margin, parse, text_of
from codeloop.tasks import Task

if TYPE_CHECKING:
    from tree_sitter import Node

_DRIVER = "/opt/codeloop/rust/bin/driver"
_TOOL = "rustc"


class RustLanguage:
    """Rust in the ``rust`` image."""

    name = "rust"
    title = "Rust (edition 2021)"
    fences = ("rust", "rs")
    memory_bytes = 1 << 30
    syntax = SYNTAX
    analysers: tuple[Analyser, ...] = (CLIPPY,)

    def compile(self, task: Task, code: str, tests: str) -> Command:
        """Compile the candidate as a crate, then the tests against it, and link; the program stays in the cell."""
        cases = make_cases(task.prompt, task.reference, task.entry_point, tests, code)
        return Command(
            argv=(_DRIVER,),
            role=Role.COMPILER,
            channel=harness.framed([published(code)[0], cases.source]),
            limits=Limits(cpu_s=60.0, wall_s=120.0),  # rustc's own time: half a second for what is honest
        )

    def read_compile(self, result: CommandResult, code: str, tests: str) -> Compiled:
        """Read rustc's JSON; no ``begin`` line means that the driver itself did not come up."""
        lines = harness.read_lines(result.channel)
        shifts = published(code)[1]
        told = [line for line in lines if _is_finding(line)]
        diagnostics = tuple(_diagnostic(line, code, shifts) for line in told)
        refused = (*_refused(code), *(each for each in diagnostics if each.rule == "refused"))
        outcome = "refused" if refused and result.end is End.EXITED else _compile_outcome(result, lines, told)
        if outcome == "machine":
            diagnostics = (unparsed("compile", _TOOL, harness.text_of_process(result)),)
            return Compiled(report=harness.report("compile", Status.ERRORED, outcome, diagnostics))
        if outcome == "refused":
            diagnostics = tuple(dict.fromkeys((*refused, *diagnostics)))
        elif outcome in harness.ENDS.values():
            said = harness.said("compile", _TOOL, outcome, f"the compiler did not finish: {outcome}")
            diagnostics = (said, *diagnostics)
        elif outcome != "ok" and not any(each.severity is Severity.ERROR for each in diagnostics):
            diagnostics = (unparsed("compile", _TOOL, harness.text_of_process(result)), *diagnostics)
        status = Status.PASSED if outcome == "ok" else Status.FAILED
        return Compiled(report=harness.report("compile", status, outcome, diagnostics))

    def test(self, task: Task, code: str, tests: str, artifact: bytes, nonce: str, cpu_s: float) -> Command:
        """Run the program that the compile stage left in the cell."""
        return Command(
            argv=("{compiled}/prog",),
            role=Role.CANDIDATE,
            channel=nonce.encode("ascii"),
            env=(("RUST_BACKTRACE", "0"),),
            limits=Limits(cpu_s=cpu_s, wall_s=max(60.0, 3 * cpu_s)),
        )

    def read_test(self, result: CommandResult, nonce: str, code: str) -> StageReport:
        """Read the cases; an abort says why on stderr. Places are those of the candidate before ``pub`` was added."""
        report = harness.read_test(result, nonce, code, tool=_TOOL)
        said = re.search(r"^(?:fatal runtime error: .*|.* has overflowed its stack)$", _errors(result), re.M)
        if report.outcome != "crashed":
            return report
        message = said[0][:500] if said else "the program was ended by a signal: an abort or a fault"
        found = Diagnostic(stage="test", tool=_TOOL, rule="crashed", message=message, exception=message)
        kept = tuple(each for each in report.diagnostics if each.rule != "crashed")
        return replace(report, diagnostics=(found, *kept))

    def lint(self, task: Task, code: str) -> Command:
        """Build the command of the analyser, which no attribute of the program silences."""
        return analysed.command(SOURCE, shown(code, (task.entry_point, "main")), self.analysers)

    def read_lint(self, result: CommandResult, code: str) -> tuple[Diagnostic, ...]:
        """Read what they found."""
        return analysed.read(result, code, self.analysers, self.syntax)

    def stub(self, task: Task) -> Stub:
        """Return a constant of the declared type; its default unless told otherwise."""
        node = signature(task.prompt, task.entry_point)
        kind = "".join(text_of(node.child_by_field_name("return_type")).split()) if node is not None else "()"
        constants = tuple(Constant(text=text, kind="value", is_true=text == "true") for text in _constants(kind))
        first, *others = constants
        chosen = "".join(
            f'    if std::env::var("{STUB_VARIABLE}").as_deref() == Ok("{number}") {{ return {constant.text}; }}\n'
            for number, constant in enumerate(others, 1)
        )
        code = f"{task.prompt.rstrip()}\n{chosen}    return {first.text};\n}}\n"
        return Stub(code=code + _missing_types(task, kind), constants=constants)

    def may_be_vacuous(self, task: Task) -> bool:
        """Look for a check that is no comparison of the entry point's answer for equality, nor that answer itself."""
        cases = make_cases(task.prompt, task.reference, task.entry_point, task.visible.code, "")
        return any(not _is_plain(expression, task.entry_point) for expression in cases.expressions)

    def bound(self, node: Node) -> set[str]:
        """Name what an item declares."""
        return bound(node)

    def is_main(self, node: Node) -> bool:
        """See the function main."""
        return node.type == "function_item" and text_of(node.child_by_field_name("name")) == "main"

    def with_body(self, task: Task, body: str) -> str:
        """Continue the prompt; where only the function's brace is missing, close it."""
        gap = "" if task.prompt.endswith("\n") else "\n"
        code = task.prompt + gap + in_margin(body.strip("\n").rstrip(), "    ") + "\n"
        if any(depth <= 0 and place > len(task.prompt) for place, depth in braces(code)):
            return code
        is_open = brace_depth(code) == brace_depth(task.prompt)
        return code + "}\n" if is_open and not parse(GRAMMAR, code + "}\n").has_error else code

    def salvage(self, code: str) -> str:
        """Keep everything up to the last item that is whole."""
        places = [place for place, depth in braces(code) if depth == 0]
        return code[: places[-1]] + "\n" if places and code[places[-1] :].strip() else code

    def joined(self, code: str, parts: tuple[str, ...]) -> str:
        """Put the parts in front: the order of items means nothing, but an attribute of the file must come first."""
        head = re.match(r"(?:\s*(?://[^\n]*\n|#!\[[^\]]*\]\s*))*", code)
        end = head.end() if head else 0
        return code[:end] + "".join(f"{part}\n" for part in parts) + code[end:]

    def completed(self, task: Task, code: str) -> tuple[str, tuple[str, ...]]:
        """Add the prompt's ``use`` lines and helpers that the program lacks."""
        return completed(task, code)


def _errors(result: CommandResult) -> str:
    return result.stderr.decode("utf-8", "replace")


_NUMBERS = {"i8": "77", "u8": "77", "i16": "7654", "u16": "7654", "f32": "2.5e6", "f64": "2.5e6"}


def _number_constants(kind: str) -> tuple[str, ...]:
    number = _NUMBERS.get(kind, "7654321")
    if kind[0] == "f":  # 0.0 would pass tests of the data that forget the absolute value of a difference
        return (number, "0.0", f"-{number}")
    return ("0", number) if kind[0] == "u" else ("0", number, f"-{number}")


def _constants(kind: str) -> tuple[str, ...]:
    """Give values of a type, the default first; of a type that is not known, one that any type can be made of."""
    if re.fullmatch(r"[iu](?:8|16|32|64|128|size)|f32|f64", kind):
        return _number_constants(kind)
    inner = re.fullmatch(r"Vec<(.+)>", kind)
    if inner:
        return ("vec![]", f"vec![{_constants(inner[1])[-1]}]")
    option = re.fullmatch(r"Option<(.+)>", kind)
    if option:
        return ("None", f"Some({_constants(option[1])[-1]})")
    if kind.startswith("(") and kind.count("(") == 1 and kind != "()":
        parts = [_constants(part) for part in kind.strip("()").split(",") if part]
        return tuple(
            f"({', '.join(part[index] for part in parts)},)".replace(",)", ",)" if len(parts) == 1 else ")")
            for index in (0, 1)
        )
    known = {
        "bool": ("false", "true"),
        "String": ("String::new()", '"codeloop stub".to_string()'),
        "char": ("' '", "'~'"),
        "()": ("()",),
    }
    if re.fullmatch(r"&(?:'\w+)?str", kind):
        return ('""', '"codeloop stub"')
    default = "Default::default()" if kind.startswith(("HashMap", "HashSet", "BTree")) else "unimplemented!()"
    return known.get(kind, (default,))


def _missing_types(task: Task, kind: str) -> str:
    """Declare what the signature names and only the reference declares, so that the stub compiles."""
    from codeloop.languages.rust_cases import TYPES, items_of, name_of

    names = {name_of(node) for node in parse(GRAMMAR, task.reference).children if node.type in TYPES}
    lacking = names & set(re.findall(r"\w+", kind))
    return "".join(f"\n{items_of(task.prompt + task.reference)[name]}\n" for name in sorted(lacking))


def _is_plain(expression: str, entry_point: str) -> bool:
    """Say whether a check compares the entry point's answer for equality, or is that answer or its negation."""
    inner = re.fullmatch(r"assert(_eq)?!\s*\((.*)\)", expression.strip(), re.S)
    if inner is None:
        return False
    text = re.sub(r'"(?:[^"\\]|\\.)*"', '""', inner[2])
    if text.count(entry_point) != 1 or re.search(r"&&|\|\||<|>|\.abs\(", text.replace("->", "")):
        return False
    return bool(re.match(rf"!?\s*{re.escape(entry_point)}\s*\(", text.strip()))


def _is_finding(line: dict[str, Any]) -> bool:
    """Leave out the compiler's last words, which count the errors before them."""
    found = line.get("rustc")
    if not isinstance(found, dict) or found.get("level") not in {"error", "warning"}:
        return False
    return not re.match(r"aborting due to|\d+ warnings? emitted", str(found.get("message", "")))


def _refused(code: str) -> tuple[Diagnostic, ...]:
    return tuple(
        Diagnostic(
            stage="compile",
            tool="codeloop",
            rule="refused",
            message=f"the program must not use {what}: it has no place in a solution",
            line=line,
            source_line=harness.source_line(code, line),
        )
        for line, what in refusals(code)
    )


def _compile_outcome(result: CommandResult, lines: list[dict[str, Any]], told: list[dict[str, Any]]) -> str:
    if result.end in harness.ENDS:
        return harness.ENDS[result.end]
    if not lines or "begin" not in lines[0] or result.end is not End.EXITED or result.code != 0:
        return "machine"
    found = _candidate_outcome(told)
    if not found and any("crash" in line for line in lines):
        found = "syntax"  # what rustc runs out of stack on is not a program
    ends = {True: "ok", False: "types"}
    return found or ends.get(lines[-1].get("done", "none"), "machine")


def _candidate_outcome(told: list[dict[str, Any]]) -> str:
    """Say what rustc's errors mean; nothing when there are none."""
    errors = [line for line in told if line["rustc"]["level"] == "error"]
    ours = [line["rustc"] for line in errors if line["part"] == "candidate"]
    theirs = [line["rustc"] for line in errors if line["part"] == "tests"]
    if ours:  # errors of the parser have no code
        return "types" if _has_code(ours) else "syntax"
    if any("crate `candidate`" in str(found.get("message")) or _lacks(found) for found in theirs):
        return "missing_entry_point"
    return "signature" if theirs else ""


_LATER = re.compile(r"^reached the|recursion limit|^cannot find |^(?:invalid|multiple).* format|^queries overflow")
"""Errors that have no code though the parser was content."""


def _has_code(found: list[dict[str, Any]]) -> bool:
    return any(each.get("code") or _LATER.search(str(each.get("message"))) for each in found)


def _lacks(found: dict[str, Any]) -> bool:
    code = str((found.get("code") or {}).get("code", ""))
    spans = [str(span.get("label") or "") for span in found.get("spans", ())]
    return code in {"E0425", "E0432", "E0423"} and any(
        "in the crate root" in label or "in `candidate`" in label for label in spans
    )


def _diagnostic(line: dict[str, Any], code: str, shifts: tuple[tuple[int, int], ...]) -> Diagnostic:
    """Make one finding of a message of rustc's; a place in the tests is no place in the candidate."""
    found = line["rustc"]
    rule = str((found.get("code") or {}).get("code", "")) or "syntax"
    message = _message(found)
    is_error = found["level"] == "error"
    if line["part"] == "tests":
        text = f"the tests cannot call the program with the signature it has now: {message}"
        return harness.said("compile", _TOOL, f"signature:{rule}", text)
    if rule == "unsafe_code" and re.search(r"no_mangle|export_name|link_section|global_asm", message):
        rule, is_error = "refused", True
    span: dict[str, Any] = next((span for span in found.get("spans", ()) if span.get("is_primary")), {})
    is_ours = str(span.get("file_name", "")).endswith("solution.rs")
    row, end_row = (span.get("line_start"), span.get("line_end")) if is_ours else (None, None)
    return Diagnostic(
        stage="compile",
        tool=_TOOL,
        rule=rule,
        message=message,
        severity=Severity.ERROR if is_error else Severity.WARNING,
        line=row,
        column=_column(row, span.get("column_start"), shifts),
        end_line=end_row,
        end_column=_column(end_row, span.get("column_end"), shifts),
        source_line=harness.source_line(code, row),
        fixes=_fixes(found, shifts),
    )


def _fixes(found: dict[str, Any], shifts: tuple[tuple[int, int], ...]) -> tuple[Fix, ...]:
    """Give rustc's suggestions about the candidate; parts of one have its message in common."""
    return tuple(
        Fix(
            message=str(child.get("message", "")),
            replacement=str(span["suggested_replacement"]),
            line=span["line_start"],
            column=_column(span["line_start"], span["column_start"], shifts),
            end_line=span["line_end"],
            end_column=_column(span["line_end"], span["column_end"], shifts),
            is_safe=span.get("suggestion_applicability") == "MachineApplicable",
        )
        for child in found.get("children", ())
        for span in child.get("spans", ())
        if span.get("suggested_replacement") is not None and str(span.get("file_name", "")).endswith(SOURCE)
    )


def compiler_says(stderr: str, code: str) -> tuple[Diagnostic, ...]:
    """Read rustc's JSON about a program by itself, ``solution.rs``."""
    return tuple(_diagnostic(line, code, ()) for line in _by_itself(stderr))


def compiler_outcome(stderr: str) -> str:
    """Say of which kind rustc's errors about a program by itself are: ``syntax`` or ``types``."""
    return _candidate_outcome(_by_itself(stderr)) or "syntax"


def _by_itself(stderr: str) -> list[dict[str, Any]]:
    found = []
    for line in stderr.splitlines():
        try:
            found.append({"rustc": json.loads(line), "part": "candidate"})
        except ValueError:
            continue  # not rustc's: a panic of the compiler, or a line that was cut
    return [line for line in found if _is_finding(line)]


def _message(found: dict[str, Any]) -> str:
    """Give the message, what stands at the place, and rustc's help."""
    labels = [str(span["label"]) for span in found.get("spans", ()) if span.get("is_primary") and span.get("label")]
    helps = [
        f"{child.get('level')}: {child.get('message')}" for child in found.get("children", ()) if child.get("message")
    ]
    return "; ".join([str(found.get("message", "")), *labels[:1], *helps[:2]])[:1500]


def _column(row: int | None, column: int | None, shifts: tuple[tuple[int, int], ...]) -> int | None:
    """Take off what ``pub`` before it on the line added."""
    if row is None or column is None:
        return None
    places = [place for line, place in shifts if line == row]
    added = 0
    for place in places:
        added += 4 if column >= place + added + 4 else 0
    return column - added


LANGUAGE = RustLanguage()
