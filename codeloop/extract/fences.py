"""Fences: the code blocks of a Markdown text, as models write them, which is not always as CommonMark says."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_FENCE = re.compile(r"^([ \t]*)(`{3,}|~{3,})[ \t]*([^`\n]*?)[ \t]*$")
_WORD = re.compile(r"[\w+#-]+")
_MARKDOWN = frozenset({"markdown", "md", "mdx"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One code block; ``info`` is the first word of its info string, lower case, or empty."""

    info: str
    text: str
    is_closed: bool


def split(text: str) -> tuple[str, tuple[Block, ...]]:
    """Give the text before the first fence, and every block that is not blank; without a fence all is before.

    A closing fence may stand three columns deeper than its opening one, no more: what is deeper is a fence in a
    docstring. A fence with an info string inside an open block begins the next block, and a block of Markdown only
    contains blocks.
    """
    head: list[str] = []
    found: list[_Open] = []
    current: _Open | None = None
    for line in text.split("\n"):
        match = _FENCE.match(line)
        if match is not None and _begins(current, match):
            current = _Open(indent=len(match[1]), fence=match[2], info=_info(match[3]))
            found.append(current)
        elif match is not None and current is not None and current.is_ended_by(match):
            current.is_closed, current = True, None
        elif current is not None:
            current.lines.append(current.dedented(line))
        elif not found:
            head.append(line)
    blocks = (item.block() for item in found if item.info not in _MARKDOWN)
    return "\n".join(head), tuple(block for block in blocks if block.text.strip())


@dataclass(slots=True, kw_only=True)
class _Open:
    """A block while its lines are read."""

    indent: int
    fence: str
    info: str
    lines: list[str] = field(default_factory=list)
    is_closed: bool = False

    def is_ended_by(self, match: re.Match[str]) -> bool:
        is_like = match[2][0] == self.fence[0] and len(match[2]) >= len(self.fence)
        return is_like and not match[3] and len(match[1]) <= self.indent + 3

    def dedented(self, line: str) -> str:
        blank = len(line) - len(line.lstrip(" \t"))
        return line[min(blank, self.indent) :]

    def block(self) -> Block:
        return Block(info=self.info, text="\n".join(self.lines) + "\n", is_closed=self.is_closed)


def _begins(current: _Open | None, match: re.Match[str]) -> bool:
    if current is None:
        return True
    is_inside = len(match[2]) < len(current.fence) and current.info not in _MARKDOWN
    return bool(match[3]) and match[2][0] == current.fence[0] and len(match[1]) <= current.indent + 3 and not is_inside


def _info(text: str) -> str:
    word = _WORD.search(text)
    return word[0].lower() if word else ""
