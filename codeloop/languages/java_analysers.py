"""What javac and PMD say of a Java program. Both run in the resident compiler's JVM (``sandboxes/java/Lint.java``).

PMD's rules are those of ``sandboxes/java/lint/rules.txt``, its version is the one of the ``package-lock.json`` beside that.
"""

from __future__ import annotations

import json
import re
from typing import Any

from codeloop.diagnostics import Diagnostic, Severity
from codeloop.languages.analysed import STAGE, Analyser, Output
from codeloop.languages.harness import source_line

SOURCE = "Solution.java"
_SEVERITIES = {"ERROR": Severity.ERROR, "NOTE": Severity.NOTE, "OTHER": Severity.NOTE}


def severity_of(kind: str) -> Severity:
    """Give the severity of a ``javax.tools.Diagnostic.Kind``; both kinds of warning are one."""
    return _SEVERITIES.get(kind, Severity.WARNING)


def read_javac(output: Output, code: str) -> tuple[Diagnostic, ...]:
    r"""Read what ``Compile.java`` makes of javac 21's diagnostics: a line each; the rule is the name that -Xlint knows it by.

    {"round":1,"code":"compiler.warn.div.zero","kind":"WARNING","line":18,"column":20,"endLine":18,"endColumn":21,
     "message":"division by zero","lint":"divzero"}
    {"round":1,"code":"compiler.warn.possible.fall-through.into.case","kind":"WARNING","line":14,"column":49,"endLine":14,
     "endColumn":66,"message":"possible fall-through into case","lint":"fallthrough"}
    """
    return tuple(_of_javac(json.loads(line), code) for line in output.stdout.splitlines())


def _of_javac(item: dict[str, Any], code: str) -> Diagnostic:
    line = item.get("line")  # a warning about the whole program has no place
    return Diagnostic(
        stage=STAGE,
        tool="javac",
        rule=str(item["lint"] or item["code"]),
        message=str(item["message"]),
        severity=severity_of(item["kind"]),
        line=line,
        column=item.get("column"),
        end_line=item.get("endLine"),
        end_column=item.get("endColumn"),
        source_line=source_line(code, line),
        file=SOURCE,
    )


def read_pmd(output: Output, code: str) -> tuple[Diagnostic, ...]:
    """Read PMD 7.28's JSON. What it could not analyse stands apart, and is no finding: that raises ValueError.

    {"formatVersion": 0, "pmdVersion": "7.28.0", …, "files": [{"filename": "Solution.java", "violations": [
      {"beginline": 7, "begincolumn": 13, "endline": 7, "endcolumn": 22, "description": "Use equals() to compare strings …",
       "rule": "UseEqualsToCompareStrings", "ruleset": "Error Prone", "priority": 3, "externalInfoUrl": "https://…"}]}],
     "suppressedViolations": [], "processingErrors": [], "configurationErrors": []}
    """
    report = json.loads(output.stdout)
    if report["processingErrors"] or report["configurationErrors"]:
        raise ValueError("PMD did not analyse the program")
    rows = re.split(r"\r\n|\r|\n", code)
    return tuple(_of_pmd(item, rows) for file in report["files"] for item in file["violations"])


def _of_pmd(item: dict[str, Any], rows: list[str]) -> Diagnostic:
    line, end_line = int(item["beginline"]), int(item["endline"])
    return Diagnostic(
        stage=STAGE,
        tool="pmd",
        rule=str(item["rule"]),
        message=str(item["description"]).strip(),
        severity=Severity.WARNING,  # its priorities say how much a rule is liked; the rule file says what matters
        line=line,
        column=_column(rows, line, int(item["begincolumn"])),
        end_line=end_line,
        end_column=_column(rows, end_line, int(item["endcolumn"])),
        source_line=rows[line - 1].strip(),
        file=SOURCE,
    )


def _column(rows: list[str], line: int, column: int) -> int:
    """Give the code point's column of a UTF-16 unit's (both from 1)."""
    units = rows[line - 1].encode("utf-16-le", "surrogatepass")[: 2 * (column - 1)]
    return len(units.decode("utf-16-le", "replace")) + 1


JAVAC = Analyser(name="javac", argv=(), read=read_javac)
PMD = Analyser(name="pmd", argv=(), read=read_pmd)
