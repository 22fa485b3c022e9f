"""What ruff and ty say of a Python program. Their programs and pins: ``sandboxes/python/wheels.txt``."""

from __future__ import annotations

import json
import re
from typing import Any

from codeloop.diagnostics import Diagnostic, Fix, Severity
from codeloop.languages.analysed import STAGE, Analyser, Output

_FOLDER = "/opt/analysers"
SOURCE = "solution.py"

DIRECTIVES = re.compile(r"///|\b(?:noqa|(?:ty|type|pyright|mypy|ruff|flake8|isort|pylint)(?=\s*:))", re.I)
"""Words in comments by which a program tells analysers to be silent; ``# /// script`` (PEP 723) may hold settings of ty.

``typing.no_type_check`` is no comment: ty leaves out what is decorated with it, ruff does not.
"""

_SELECT = "B,C4,E7,E9,F,PERF,PIE,PL,RET,RUF,S,SIM,UP,B909,PLE1141,PLE4703,RUF027"
"""Bugs, security and dead code, and enough of taste for a report to tell styles apart; the last four are named because they
are in preview. A rule that is not run cannot be sorted by a user's rule file either."""
_IGNORE = "PLR2004,RUF001,RUF002,RUF003,RUF100"
"""Any number is magic to PLR2004; statements are written in other scripts too; comments of silence are blanked (RUF100)."""


def read_ruff(output: Output, code: str) -> tuple[Diagnostic, ...]:
    """Read ruff 0.17's JSON: an array of findings; a program that does not parse is one of rule ``invalid-syntax``.

    [{"code": "F401", "name": "unused-import", "message": "`os` imported but unused", "location": {"row": 4, "column": 8},
      "end_location": {"row": 4, "column": 10}, "fix": {"applicability": "safe", "edits": [{"content": "", …}], "message": …}}]
    """
    del code
    return tuple(_of_ruff(item) for item in json.loads(output.stdout))


def _of_ruff(item: dict[str, Any]) -> Diagnostic:
    start, end, fix = item["location"], item["end_location"], item["fix"]
    rule = item["code"] or item["name"]
    return Diagnostic(
        stage=STAGE,
        tool="ruff",
        rule=str(rule),
        message=str(item["message"]),
        # It calls everything an error; the rule file says what is one.
        severity=Severity.ERROR if rule == "invalid-syntax" else Severity.WARNING,
        line=int(start["row"]),
        column=int(start["column"]),
        end_line=int(end["row"]),
        end_column=int(end["column"]),
        file=SOURCE,
        fixes=tuple(_fix(fix, edit) for edit in fix["edits"]) if fix else (),
    )


def _fix(fix: dict[str, Any], edit: dict[str, Any]) -> Fix:
    start, end = edit["location"], edit["end_location"]
    return Fix(
        message=str(fix["message"] or ""),
        replacement=str(edit["content"]),
        line=int(start["row"]),
        column=int(start["column"]),
        end_line=int(end["row"]),
        end_column=int(end["column"]),
        is_safe=fix["applicability"] == "safe",
    )


_LEVELS = {
    "blocker": Severity.ERROR,
    "critical": Severity.ERROR,
    "major": Severity.ERROR,
    "minor": Severity.WARNING,
    "info": Severity.NOTE,
}


def read_ty(output: Output, code: str) -> tuple[Diagnostic, ...]:
    """Read ty 0.0.105's GitLab report: an array; columns count code points.

    [{"check_name": "unresolved-reference", "description": "unresolved-reference: Name `x` used when not defined",
      "severity": "major", "location": {"path": "solution.py", "positions": {"begin": {"line": 1, "column": 2}, "end": …}}}]
    """
    del code
    return tuple(_of_ty(item) for item in json.loads(output.stdout))


def _of_ty(item: dict[str, Any]) -> Diagnostic:
    places = item["location"]["positions"]
    rule, message = str(item["check_name"]), str(item["description"])
    return Diagnostic(
        stage=STAGE,
        tool="ty",
        rule=rule,
        message=message.removeprefix(f"{rule}: "),
        severity=_LEVELS[item["severity"]],
        line=int(places["begin"]["line"]),
        column=int(places["begin"]["column"]),
        end_line=int(places["end"]["line"]),
        end_column=int(places["end"]["column"]),
        file=SOURCE,
    )


# fmt: off
_RUFF = (
    f"{_FOLDER}/ruff", "check", "--isolated", "--no-cache", "--ignore-noqa", "--quiet", "--preview",
    "--config", "lint.explicit-preview-rules=true", "--target-version", "py313",
    "--select", _SELECT, "--ignore", _IGNORE, "--output-format", "json", SOURCE,
)
_TY = (
    f"{_FOLDER}/ty", "check", "--python-version", "3.13", "--config", "analysis.respect-type-ignore-comments=false",
    "--ignore", "unused-ignore-comment", "--ignore", "unused-type-ignore-comment",
    "--warn", "possibly-unresolved-reference", "--warn", "division-by-zero",
    "--output-format", "gitlab", "--no-progress", SOURCE,
)
# fmt: on
_ONE_THREAD = (("RAYON_NUM_THREADS", "1"), ("TY_MAX_PARALLELISM", "1"))
"""A cell's processes are counted, and the program is one file."""

RUFF = Analyser(name="ruff", argv=_RUFF, read=read_ruff, env=_ONE_THREAD)
TY = Analyser(name="ty", argv=_TY, read=read_ty, env=_ONE_THREAD)
