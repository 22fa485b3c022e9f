"""What ``go vet`` and staticcheck say of a Go program. Both read the package that ``sandboxes/go/driver`` makes of it.

No option of staticcheck's takes a program's ``//lint:ignore`` away, a header that calls the program generated switches checks off,
and ``//line`` moves findings elsewhere: ``unsilenced`` blanks them. What remains is the language's own: ``_ =`` and ``var _ =``.
"""

from __future__ import annotations

import json
import re
from typing import Any

from codeloop.diagnostics import Diagnostic, Severity
from codeloop.languages import analysed
from codeloop.languages.analysed import STAGE, Analyser, Output
from codeloop.languages.scopes import column_at
from codeloop.languages.syntax import Syntax

SOURCE = "solution.go"
JOB = "job.json"
"""What ``sandboxes/go/driver/lint.go`` reads."""
_FOLDER = "/opt/codeloop/go/bin"

_DIRECTIVES = re.compile(r"\blint:(?:file-)?ignore\b|\bnolint\b|(?<=//)line(?=\s)|(?<=/\*)line(?=\s)", re.I)
"""Words in comments by which a program tells analysers to be silent."""
_GENERATED = re.compile(r"^// (?=Code generated |Created by cgo )", re.M)
"""What staticcheck takes for the header of a generated program, on any line, in a text too."""


def unsilenced(code: str, syntax: Syntax) -> str:
    """Take the words of silence out of a program; every place stays where it is."""
    return _GENERATED.sub("//-", analysed.unsilenced(code, syntax, _DIRECTIVES))


def read_vet(output: Output, code: str) -> tuple[Diagnostic, ...]:
    """Read go vet 1.24's JSON: package, analyser, findings; columns count bytes.

    {"candidate": {"printf": [{"posn": "solution.go:10:2", "end": "solution.go:10:20",
      "message": "fmt.Printf format %d has arg name of wrong type string"}]}}
    """
    return _read("vet", output, code)


def read_staticcheck(output: Output, code: str) -> tuple[Diagnostic, ...]:
    """Read staticcheck 2024.1 in the same form: it runs as a tool of go vet's kind.

    {"candidate": {"SA4006": [{"posn": "solution.go:13:2",
      "message": "this value of unused is never used"}]}}
    """
    return _read("staticcheck", output, code)


def _read(tool: str, output: Output, code: str) -> tuple[Diagnostic, ...]:
    packages = json.loads(output.stdout)
    found = [(rule, item) for rules in packages.values() for rule, items in rules.items() for item in _list(items)]
    return tuple(sorted((_finding(tool, rule, item, code) for rule, item in found), key=_order))


def _list(items: Any) -> list[Any]:
    """Give an analyser's findings; one that failed has an object with its error instead."""
    if not isinstance(items, list):
        raise TypeError(str(items))
    return items


def _finding(tool: str, rule: str, item: dict[str, Any], code: str) -> Diagnostic:
    line, column = _place(item["posn"], code)
    end_line, end_column = _place(item["end"], code) if "end" in item else (None, None)
    return Diagnostic(
        stage=STAGE,
        tool=tool,
        rule=rule,
        message=str(item["message"]),
        severity=Severity.WARNING,
        line=line,
        column=column,
        end_line=end_line,
        end_column=end_column,
        notes=tuple(str(each["message"]) for each in item.get("related") or ()),
        file=SOURCE,
    )


def _place(text: str, code: str) -> tuple[int, int | None]:
    name, line, column = text.rsplit(":", 2)
    if name.rpartition("/")[2] != SOURCE:
        raise ValueError(text)
    return int(line), column_at(code, int(line), int(column))


def _order(item: Diagnostic) -> tuple[int, int, str]:
    return item.line or 0, item.column or 0, item.rule


_ONE_THREAD = (("GOMAXPROCS", "1"),)
"""A cell's processes are counted, and the program is one file."""


def _analyser(name: str, read: Any) -> Analyser:
    argv = (f"{_FOLDER}/driver", "lint", f"{_FOLDER}/{name}")
    return Analyser(name=name, argv=argv, read=read, codes=frozenset({0}), env=_ONE_THREAD)


VET = _analyser("vet", read_vet)
STATICCHECK = _analyser("staticcheck", read_staticcheck)
