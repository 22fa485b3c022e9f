"""Text: untrusted text made safe for a terminal. Nothing is dropped: what would act is shown instead."""

from __future__ import annotations

from codeloop.attempts import Mend

_MOST = 200
"""Characters of a text that a tool's suggestion changed: whoever wants all of it compares answer and program."""
_MOST_OF_LINE = 1000


def escape(text: str, *, keep_newlines: bool = False) -> str:
    r"""Show every character that is not printable as an escape: ESC becomes ``\x1b``, a bidi override ``\u202e``.

    Candidates, models and suites write this text; raw, it could recolour, overwrite or reorder what a person reads
    (ANSI sequences; Trojan Source, CVE-2021-42574). With ``keep_newlines``, line feed and tab stay.
    """
    kept = "\n\t" if keep_newlines else ""
    return "".join(c if c.isprintable() or c in kept else _shown(c) for c in text)


def mend_told(mend: Mend) -> str:
    """Say in one line which tool changed what of a program, and why."""
    before, after = (escape(text if len(text) <= _MOST else f"{text[:_MOST]}…") for text in (mend.before, mend.after))
    change = (
        f"`{before}` becomes `{after}`" if before and after else f"`{before}` goes" if before else f"`{after}` comes in"
    )
    return f"{mend.tool} {mend.rule}, line {mend.line}: {change}: {mend.message}"[:_MOST_OF_LINE]


def _shown(character: str) -> str:
    known = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}.get(character)
    code = ord(character)
    return known or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}")
