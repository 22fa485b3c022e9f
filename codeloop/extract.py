"""Extract: take the candidate out of a model's answer. "No code" is data, never an exception."""

from __future__ import annotations

import re
from dataclasses import replace

from codeloop.attempts import Candidate, Completion
from codeloop.languages import get_language
from codeloop.tasks import Task

_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})[ \t]*([\w+#.-]*)[^\n]*\n(.*?)(?:^[ \t]*\1[`~]*[ \t]*$|\Z)", re.M | re.S)


def extract(task: Task, completion: Completion) -> Candidate:
    """Choose the block that defines the entry point and make it a whole program.

    Preference: a fence of the task's language that names the entry point, any fence that does, the longest fence, the
    unfenced text if it looks like code. Notes say what was lost: ``no_code``, ``cut_fence``, ``cut_by_length``.
    """
    language = get_language(task.language)
    text = completion.text.replace("\r\n", "\n")
    notes = ("cut_by_length",) if completion.finish_reason == "length" else ()
    blocks = [(m[2].lower(), m[3], m[0].rstrip().endswith(m[1])) for m in _FENCE.finditer(text)]
    if not blocks:
        if not _looks_like_code(text, task.entry_point):
            return Candidate(code="", notes=(*notes, "no_code"))
        return _with(language.assemble(task, text), *notes, "no_fence")
    calls = re.compile(rf"\b{re.escape(task.entry_point)}\s*\(")
    ours = [block for block in blocks if block[0] in language.fences] or blocks
    named = [block for block in ours if calls.search(block[1])] or [b for b in blocks if calls.search(b[1])]
    chosen = named[0] if named else max(ours, key=lambda block: len(block[1]))
    lost = (*(("cut_fence",) if not chosen[2] else ()), *(("several_blocks",) if len(blocks) > 1 else ()))
    return _with(language.assemble(task, chosen[1]), *notes, *lost)


def _with(candidate: Candidate, *notes: str) -> Candidate:
    return replace(candidate, notes=(*candidate.notes, *notes))


def _looks_like_code(text: str, entry_point: str) -> bool:
    starts = re.search(r"^\s*(def|class|import|from|public|return|for|if)\b", text, re.M)
    return bool(starts) and (entry_point in text or text[:1].isspace())
