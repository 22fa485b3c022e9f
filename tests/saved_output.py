"""Saved real outputs of analysers (``tests/tool_output/``), as their readers get them."""

from __future__ import annotations

import json
from pathlib import Path

from codeloop.diagnostics import Diagnostic
from codeloop.languages.analysed import Analyser, Output, read_output

FOLDER = Path(__file__).parent / "tool_output"


def program(language: str, case: str) -> str:
    """A program with faults."""
    return (FOLDER / "programs" / language / f"{case}.txt").read_text("utf-8")


def saved(tool: Analyser, case: str) -> Output:
    """What the tool said of it."""
    line = json.loads((FOLDER / tool.name / f"{case}.json").read_text("utf-8"))
    return Output(
        stdout=line["stdout"], stderr=line["stderr"], code=line["code"], ended=line["ended"], is_cut=line["is_cut"]
    )


def findings(tool: Analyser, language: str, case: str) -> tuple[Diagnostic, ...]:
    """What its reader makes of it."""
    return read_output(tool, saved(tool, case), program(language, case))
