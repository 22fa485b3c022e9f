"""C++: the candidate is a program that answers calls, the tests are another that makes them.

The candidate's translation unit gets an end of ours that serves its entry point on descriptor 3; the tests get a function of
the same signature that asks there. Each is compiled without the other (``sandboxes/cpp/compile.py``), so that no macro,
operator or initialiser of the candidate's takes part in a comparison, and no test is in its memory.
"""

from __future__ import annotations

import base64
import json
import re
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from codeloop.attempts import StageReport, Status
from codeloop.commands import Command, CommandResult, End, Limits, Role
from codeloop.diagnostics import Diagnostic, Severity, unparsed
from codeloop.languages import analysed, harness, judged
from codeloop.languages.analysed import Analyser
from codeloop.languages.cpp_analysers import CPPCHECK, GCC, NO_PRAGMA, unsilenced, with_header
from codeloop.languages.cpp_answers import SYNTAX, completed, declared
from codeloop.languages.cpp_cases import make_cases, server_of
from codeloop.languages.cpp_signature import signature_of
from codeloop.languages.port import STUB_VARIABLE, Compiled, Constant, Stub
from codeloop.languages.syntax import brace_depth, braces, in_margin, parse, text_of
from codeloop.tasks import Task

if TYPE_CHECKING:
    from tree_sitter import Node

_HOME = "/opt/codeloop"
_FILE = "solution.cpp"
_HEADERS = ("base.h", "full.h")
"""What tests and candidates are compiled with; the second is for a candidate that includes <bits/stdc++.h>."""
_OURS = frozenset({"codeloop_server", "wire.h", "any.h"})
"""Files of ours in a candidate's translation unit, as GCC names them, without their folder."""
_SYNTAX_MESSAGES = re.compile(
    r"^(?:expected|stray|missing terminating|unterminated|invalid preprocessing|extra|unable to find|#(?:else|endif|elif)"
    r"|qualified-id in declaration|a function-definition is not allowed|two or more|too many decimal|exponent has)"
)


@dataclass(frozen=True, slots=True)
class CppLanguage:
    """The GCC of the image ``cpp``."""

    name: str = "cpp"
    title: str = "C++17 (GCC)"
    fences: tuple[str, ...] = ("cpp", "c++", "cxx", "cc", "c")
    memory_bytes: int = 1 << 30
    syntax = SYNTAX
    analysers: tuple[Analyser, ...] = (GCC, CPPCHECK)

    def compile(self, task: Task, code: str, tests: str) -> Command:
        """Compile the candidate with its server, then the tests with their calls."""
        needs_crypto = "openssl/" in code or "openssl/" in task.prompt
        job = {
            "candidate": _candidate(task, code),
            "tests": make_cases(task.prompt, tests, task.entry_point).source,
            "libraries": ["-lcrypto"] if needs_crypto else [],
            "about": {"has_entry_point": _may_define(code, task.entry_point), "entry_point": task.entry_point},
        }
        return Command(
            argv=("python3", "-I", f"{_HOME}/compile.py", *_headers(code)),
            role=Role.COMPILER,
            channel=json.dumps(job).encode("ascii"),
            limits=Limits(cpu_s=60.0, wall_s=120.0),  # the compiler's own time, not the candidate's
        )

    def read_compile(self, result: CommandResult, code: str, tests: str) -> Compiled:
        """Read diagnostics and the judge's program; a driver that failed by itself is the machine's fault."""
        lines = harness.read_lines(result.channel)
        found = tuple(_diagnostic(line["candidate"], code) for line in lines if isinstance(line.get("candidate"), dict))
        outcome = _compile_outcome(result, lines)
        if outcome == "machine":
            texts = [str(line["tests"].get("message", "")) for line in lines if isinstance(line.get("tests"), dict)]
            said = unparsed("compile", "g++", "\n".join(texts) or harness.text_of_process(result))
            return Compiled(report=harness.report("compile", Status.ERRORED, outcome, (said,)))
        if outcome == "ok":
            program = next((base64.b64decode(line["judge"]) for line in lines if "judge" in line), b"")
            report = harness.report("compile", Status.PASSED, outcome, found)
            return Compiled(report=report, artifact=struct.pack("<I", len(program)) + program)
        extra: tuple[Diagnostic, ...] = ()
        if outcome == "missing_entry_point":
            name = lines[0].get("entry_point", "")
            message = f"the program does not define {name}: keep the function and its signature as given"
            extra = (harness.said("compile", "g++", "missing-entry-point", message),)
        elif not any(each.severity is Severity.ERROR for each in found):
            extra = (harness.said("compile", "g++", outcome, f"the compiler did not finish: {outcome}"),)
        return Compiled(report=harness.report("compile", Status.FAILED, outcome, (*extra, *found)))

    def test(self, task: Task, code: str, tests: str, artifact: bytes, nonce: str, cpu_s: float) -> Command:
        """Build the candidate's process with the judge as its peer; only the judge gets nonce and tests."""
        judge = Command(
            argv=(f"{_HOME}/launch",),
            role=Role.JUDGE,
            channel=artifact + nonce.encode("ascii"),
            limits=Limits(cpu_s=cpu_s + judged.EXTRA_CPU_S),
        )
        return Command(argv=("{compiled}/prog",), role=Role.CANDIDATE, limits=Limits(cpu_s=cpu_s), peer=judge)

    def read_test(self, result: CommandResult, nonce: str, code: str) -> StageReport:
        """Read the judge's lines."""
        del code
        return judged.read_test(result, nonce)

    def lint(self, task: Task, code: str) -> Command:
        """Build the command of the analysers."""
        del task
        tools = with_header(f"{_HOME}/{_headers(code)[-1]}")
        return analysed.command(_FILE, unsilenced(code), tools, files=(NO_PRAGMA,))

    def read_lint(self, result: CommandResult, code: str) -> tuple[Diagnostic, ...]:
        """Read what they found."""
        return analysed.read(result, code, self.analysers, self.syntax)

    def stub(self, task: Task) -> Stub:
        """Return a constant of the declared type; its default unless told otherwise."""
        signature = signature_of(task.prompt, task.entry_point)
        kind = "" if signature is None else signature.type.replace("std::", "")
        constants = _constants_of(kind)
        cases = "".join(f" case {number}: return {each.text};" for number, each in enumerate(constants) if number)
        chosen = f'    const char* codeloop_number = getenv("{STUB_VARIABLE}");\n    switch (codeloop_number ? atoi(codeloop_number) : 0) {{{cases} default: break; }}\n'
        code = f"{task.prompt.rstrip()}\n{chosen if cases else ''}    return {constants[0].text};\n}}\n"
        return Stub(code=code, constants=constants)

    def may_be_vacuous(self, task: Task) -> bool:
        """Look for an assertion that is neither an equality of the entry point's answer nor asks for its truth."""
        return any(not case.is_plain for case in make_cases(task.prompt, task.visible.code, task.entry_point).cases)

    def bound(self, node: Node) -> set[str]:
        """Name what a statement defines; a prototype defines nothing."""
        return declared(node)

    def is_main(self, node: Node) -> bool:
        """See the function main."""
        return node.type == "function_definition" and declared(node) == {"main"}

    def with_body(self, task: Task, body: str) -> str:
        """Continue the prompt; where only the prompt's own brace is missing, close it."""
        gap = "" if task.prompt.endswith("\n") else "\n"
        code = task.prompt + gap + in_margin(body.strip("\n").rstrip(), " " * 4) + "\n"
        is_open = brace_depth(code) == 1 == brace_depth(task.prompt) and all(
            depth > 0 for _, depth in braces(body_of(code, task))
        )
        return f"{code}}}\n" if is_open and code.rstrip()[-1:] in (";", "}") else code

    def salvage(self, code: str) -> str:
        """Keep the program up to the last brace that closes a statement at the top."""
        last = next((place for place, depth in reversed(braces(code)) if depth == 0), None)
        return code if last is None else code[:last] + "\n"

    def joined(self, code: str, parts: tuple[str, ...]) -> str:
        """Put the parts in front, includes and using declarations first."""
        first = [part.strip() for part in parts if part.startswith(("#", "using"))]
        others = [part for part in parts if not part.startswith(("#", "using"))]
        return "".join(f"{part}\n" for part in [*first, *others]) + "\n" + code

    def completed(self, task: Task, code: str) -> tuple[str, tuple[str, ...]]:
        """Add the prompt's includes, ``using``, types and helpers that the program lacks."""
        return completed(task, code)


def _headers(code: str) -> tuple[str, ...]:
    """Name the precompiled headers that the tests and the program need; the last is the program's."""
    is_full = re.search(r"^[ \t]*#[ \t]*include[ \t]*<bits/stdc\+\+\.h>", code, re.M) is not None
    return _HEADERS[: 2 if is_full else 1]


def body_of(code: str, task: Task) -> str:
    """Give the part behind the last brace that the prompt opens, with that brace."""
    return code[task.prompt.rstrip().rfind("{") :]


def _candidate(task: Task, code: str) -> str:
    """Make the candidate's translation unit: its own main gets another name, and our end follows."""
    end = server_of(task.prompt, task.entry_point)
    return f'#define main codeloop_own_main\n#line 1 "{_FILE}"\n{code}\n#undef main\n#line 1 "codeloop_server"\n{end}'


def _may_define(code: str, name: str) -> bool:
    root = parse(SYNTAX, code)
    return root.has_error or any(name in declared(node) for node in root.named_children)


def _compile_outcome(result: CommandResult, lines: list[dict[str, Any]]) -> str:
    if result.end in judged.ENDS:
        return judged.ENDS[result.end]
    if not lines or "begin" not in lines[0] or result.end is not End.EXITED:
        return "machine"
    if lines[-1].get("done") is True:
        return "ok"
    found = [line["candidate"] for line in lines if isinstance(line.get("candidate"), dict)]
    errors = [item for item in found if item.get("kind") in ("error", "fatal error", "text", "ice")]
    if any("tests" in line for line in lines):
        return "machine"
    if not errors:  # GCC says 1 when the program is at fault, whether it could tell how or not
        return "types" if lines[-1].get("code") == 1 else "machine"
    return _fault(errors, has_entry_point=bool(lines[0].get("has_entry_point")))


def _fault(errors: list[dict[str, Any]], *, has_entry_point: bool) -> str:
    """Say whose part of the program GCC stumbled in: the candidate's own, or the end of ours that calls it."""
    own = [item for item in errors if not _is_ours(item)]
    if own:
        return "syntax" if _SYNTAX_MESSAGES.match(str(own[0].get("message", ""))) else "types"
    return "signature" if has_entry_point else "missing_entry_point"


def _is_ours(item: dict[str, Any]) -> bool:
    return any(str(name).rpartition("/")[2] in _OURS for name in item.get("file", ()))


def _diagnostic(item: dict[str, Any], code: str) -> Diagnostic:
    """Make one finding; a place in our end of the program is no place in the candidate. Bytes are counted, from 1."""
    caret, finish = item.get("caret") or {}, item.get("finish") or {}
    is_own = caret.get("file") == _FILE
    line = caret.get("line") if is_own else None
    rows = code.split("\n")
    row = rows[line - 1] if isinstance(line, int) and 0 < line <= len(rows) else ""
    is_ours = _is_ours(item)
    message = str(item.get("message", ""))
    kinds = {"warning": Severity.WARNING, "note": Severity.NOTE}
    return Diagnostic(
        stage="compile",
        tool="g++",
        rule=("signature" if is_ours else str(item.get("option") or item.get("kind") or "error")),
        message=f"the tests cannot call the program with the signature it has now: {message}" if is_ours else message,
        severity=kinds.get(str(item.get("kind")), Severity.ERROR),
        line=line,
        column=_column(row, caret.get("byte-column")) if is_own else None,
        end_line=finish.get("line") if is_own and finish.get("file") == _FILE else None,
        end_column=_column(row, finish.get("byte-column")) if is_own and finish.get("line") == line else None,
        source_line=row.strip(),
    )


def _column(row: str, column: object) -> int | None:
    if not isinstance(column, int):
        return None
    return len(row.encode("utf-8", "surrogatepass")[: column - 1].decode("utf-8", "replace")) + 1


def _constants(kind: str, *texts: str) -> tuple[Constant, ...]:
    return tuple(Constant(text=text, kind=kind, is_true=text == "true") for text in texts)


def _constants_of(kind: str) -> tuple[Constant, ...]:
    """Give constants of a type: numbers, truths and texts, and lists of them; else the default value alone."""
    if kind in _CONSTANTS:
        return _CONSTANTS[kind]
    inner = re.fullmatch(r"vector<(.+)>", kind)
    if inner is None:
        return _constants("value", f"{kind}()" if kind else "{}")
    items = _constants_of(inner[1].strip())
    return _constants("list", f"{kind}()", *(f"{kind}{{{item.text}}}" for item in items[1:3]))


_CONSTANTS = {
    "int": _constants("number", "0", "7654321", "-7654321"),
    "long": _constants("number", "0", "7654321", "-7654321"),
    "long long": _constants("number", "0", "7654321", "-7654321"),
    "double": _constants("number", "0", "2.5e6", "-2.5e6"),
    "float": _constants("number", "0", "2.5e6f", "-2.5e6f"),
    "bool": _constants("bool", "false", "true"),
    "char": _constants("text", "' '", "'~'"),
    "string": _constants("text", "string()", 'string("codeloop stub")'),
    "void": _constants("none", ""),
}


LANGUAGE = CppLanguage()


__all__ = ["LANGUAGE", "CppLanguage", "text_of"]
