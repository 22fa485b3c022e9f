"""Suggestions: the changes that compilers and analysers vouch for, made in a program's text.

One suggestion is what a finding's fixes of one message are together: it is made whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from codeloop.attempts import Mend
from codeloop.diagnostics import Diagnostic, Fix


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edit:
    """``text`` in place of what stands from ``start`` to ``end`` (characters from 0)."""

    start: int
    end: int
    text: str

    def meets(self, other: _Edit) -> bool:
        """Say whether both change the same text, or put theirs at the same place."""
        return self.start == other.start or (self.start < other.end and other.start < self.end)


def applied(code: str, findings: Iterable[Diagnostic]) -> tuple[str, tuple[Mend, ...]]:
    """Give the program with every suggestion that its tool calls safe, and the changes in the order of their places.

    Of suggestions that meet, the first stands; one whose places are not in the program, or whose parts meet (they are
    alternatives), is left out. Without any, the program is given as it is.
    """
    starts = _starts(code)
    made: list[tuple[_Edit, Diagnostic, Fix]] = []
    for item in findings:
        for fixes in _suggestions(item):
            edits = [_edit(fix, starts, len(code)) for fix in fixes]
            whole = [edit for edit in edits if edit is not None]
            if len(whole) == len(edits) and _is_free(whole, [edit for edit, _, _ in made]):
                made += [(edit, item, fix) for edit, fix in zip(whole, fixes, strict=True)]
    made.sort(key=lambda each: each[0].start)
    mended = code
    for edit, _, _ in reversed(made):
        mended = mended[: edit.start] + edit.text + mended[edit.end :]
    if mended == code:
        return code, ()
    return mended, tuple(
        Mend(
            tool=item.tool,
            rule=item.rule,
            message=fix.message or item.message,
            line=fix.line or 0,
            before=code[edit.start : edit.end],
            after=edit.text,
        )
        for edit, item, fix in made
    )


def _suggestions(item: Diagnostic) -> list[tuple[Fix, ...]]:
    """Put the parts of each suggestion together; only those that are safe as a whole."""
    parts: dict[str, list[Fix]] = {}
    for fix in item.fixes:
        parts.setdefault(fix.message, []).append(fix)
    return [tuple(fixes) for fixes in parts.values() if all(fix.is_safe for fix in fixes)]


def _is_free(edits: Sequence[_Edit], others: Sequence[_Edit]) -> bool:
    ordered = sorted(edits, key=lambda edit: edit.start)
    is_one = not any(one.meets(next_) for one, next_ in pairwise(ordered))
    return is_one and not any(edit.meets(other) for edit in edits for other in others)


def _starts(code: str) -> tuple[int, ...]:
    """Give where each line starts, and where one after the last would."""
    return tuple(accumulate((len(row) + 1 for row in code.split("\n")), initial=0))


def _edit(fix: Fix, starts: Sequence[int], length: int) -> _Edit | None:
    start, end = _offset(fix.line, fix.column, starts), _offset(fix.end_line, fix.end_column, starts)
    if start is None or end is None or not start <= end:
        return None
    return _Edit(start=min(start, length), end=min(end, length), text=fix.replacement)


def _offset(line: int | None, column: int | None, starts: Sequence[int]) -> int | None:
    """Give a place's offset; a column past the end of its line is none, and nor is a line past the last but one."""
    if line is None or column is None or not 0 < line <= len(starts) or column < 1:
        return None
    offset = starts[line - 1] + column - 1
    is_inside = column == 1 if line == len(starts) else offset < starts[line]
    return offset if is_inside else None


__all__ = ["applied"]
