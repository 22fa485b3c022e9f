"""What oxlint says of a JavaScript program. Its pin: ``sandboxes/javascript/lint/package-lock.json``.

No option of oxlint's takes a program's ``eslint-disable`` away: ``DIRECTIVES`` are blanked, as are comments that declare names.
What remains is what the rules themselves allow, such as two brackets around an assignment in a condition.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

from codeloop.diagnostics import Diagnostic, Severity, unparsed
from codeloop.languages.analysed import STAGE, Analyser, Output
from codeloop.languages.scopes import column_at
from codeloop.languages.syntax import to_bytes

SOURCE = "solution.js"
SCRIPT = "solution.cjs"
"""The name that oxlint gets: a program is checked as CommonJS, as it is run."""
SETTINGS = "oxlint.json"

DIRECTIVES = re.compile(r"\b(?:eslint|oxlint)-(?:dis|en)able\b|(?<=/\*)\s*(?:eslint|globals?|exported)(?=\s)", re.I)
"""Words in comments by which a program tells oxlint to be silent."""

_RULES: dict[str, Any] = {
    "no-undef": "error",
    "no-unreachable-loop": "warn",
    # Of parameters the task decides.
    "no-unused-vars": ["warn", {"args": "none", "caughtErrors": "none", "ignoreRestSiblings": True}],
    "no-unused-expressions": ["warn", {"allowShortCircuit": True, "allowTernary": True}],
    "no-cond-assign": ["warn", "except-parens"],
    # About the size and shape of a file, or of tests.
    **dict.fromkeys(
        ("max-lines", "max-lines-per-function", "max-depth", "max-classes-per-file", "no-inline-comments"), "off"
    ),
}
_SETTINGS = {
    "env": {"es2024": True, "node": True, "commonjs": True},
    "plugins": ["unicorn", "oxc", "promise"],
    "categories": dict.fromkeys(("correctness", "suspicious", "perf", "pedantic"), "warn"),
    "rules": _RULES,
}
FILES = ((SETTINGS, json.dumps(_SETTINGS)),)
"""Files beside the program."""


def used(script: str, entry_point: str) -> str:
    """Give the program with a last line by which its entry point is used; no other line moves."""
    return f"{script}\nvoid [typeof {entry_point}];\n" if entry_point.isidentifier() else script


def read_oxlint(output: Output, code: str) -> tuple[Diagnostic, ...]:
    """Read oxlint 1.94's JSON; columns count bytes. Without a rule it is what the parser says, and nothing was checked.

    { "diagnostics": [{"message": "'b' is not defined.", "code": "eslint(no-undef)", "severity": "error", "url": "https://…",
      "filename": "solution.cjs", "labels": [{"span": {"offset": 146,"length": 1,"line": 7,"column": 14}}], …}], …}
    """
    last = code.count("\n") + 1
    found = (_finding(item, code) for item in json.loads(output.stdout)["diagnostics"])
    return tuple(item for item in found if item.line is None or item.line <= last)


def _finding(item: dict[str, Any], code: str) -> Diagnostic:
    if "code" not in item:
        return replace(unparsed(STAGE, "oxlint", item["message"]), severity=Severity.NOTE)
    plugin, _, name = item["code"].rstrip(")").partition("(")
    first, *others = item["labels"] or [None]
    line, column, end_column = _place(first["span"], code) if first else (None, None, None)
    return Diagnostic(
        stage=STAGE,
        tool="oxlint",
        rule=name if plugin == "eslint" else f"{plugin}/{name}",
        message=str(item["message"]),
        severity=Severity.ERROR if item["severity"] == "error" else Severity.WARNING,
        notes=(
            *(f"line {label['span']['line']}: {label['label']}" for label in others if label.get("label")),
            *([f"help: {item['help']}"] if item.get("help") else []),
        ),
        line=line,
        column=column,
        end_line=line if end_column else None,
        end_column=end_column,
        file=SOURCE,
    )


def _place(span: dict[str, int], code: str) -> tuple[int, int | None, int | None]:
    """Give a label's line, column, and end where that is on the line. Not by its offset: what is rewritten to make a script moves bytes, but no line."""
    line, column = span["line"], span["column"]
    row = code.split("\n")[line - 1] if 0 < line <= code.count("\n") + 1 else ""
    is_whole = column - 1 + span["length"] <= len(to_bytes(row))
    end = column_at(code, line, column + span["length"]) if is_whole else None
    return line, column_at(code, line, column), end


_ARGV = (
    "node", "--max-old-space-size=200", "/opt/analysers/node_modules/oxlint/dist/cli.js", "-c", SETTINGS, "--disable-nested-config",
    "--no-ignore", "--threads=1", "-f", "json", SCRIPT,
)  # fmt: skip
OXLINT = Analyser(name="oxlint", argv=_ARGV, read=read_oxlint)
