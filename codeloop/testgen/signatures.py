"""Signatures: the parameters of the entry point, read from the prompt's text, which ends before the program does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from codeloop.testgen.brackets import closing, split


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter. ``type`` is as written, in C++ without const and reference; empty where none is written."""

    name: str
    type: str = ""


_HEADS: Mapping[str, str] = {
    "python": r"\bdef\s+NAME\s*\(",
    "java": r"\bNAME\s*\(",
    "cpp": r"\bNAME\s*\(",
    "javascript": r"(?<![\w$])(?:NAME\s*=\s*(?:async\s*)?(?:function\s*\w*\s*)?|function\s+NAME\s*)\(",
    "go": r"\bfunc\s+NAME\s*\(",
    "rust": r"\bfn\s+NAME\s*(?:<[^()]*>)?\s*\(",
}
"""What stands before the parameters, up to their parenthesis."""
_TAILS: Mapping[str, str] = {
    "java": r"\s*(?:throws[\w\s.,]+)?\{",
    "cpp": r"\s*(?:const\s*|noexcept\s*)*\{",
}
"""What must stand behind them, where a call in a comment would else look alike."""
_BARE = (
    r"(?<![\w$])NAME\s*=\s*(?:async\s+)?([\w$]+)\s*=>"  # a JavaScript function of one parameter needs no parenthesis
)
_LIFETIME = re.compile(r"'\w+\b(?!')\s*")
_PARAMETERS: Mapping[str, str] = {
    "python": r"(?P<name>\w+)\s*(?::\s*(?P<type>[^=]+?))?\s*(?:=.*)?",
    "java": r"(?:(?:final|@\w+)\s+)*(?P<type>[^.]+?)\s+(?P<name>\w+)",
    "cpp": r"(?P<type>.+?[\s&>])\s*(?P<name>\w+)\s*(?:=.*)?",
    "javascript": r"(?P<name>[\w$]+)\s*(?:=.*)?(?P<type>)",
    "go": r"(?P<name>\w+)(?P<type>(?:\s+|(?=\[))[^.].*|)",
    "rust": r"(?:mut\s+)?(?P<name>\w+)\s*:\s*(?P<type>.+)",
}


def parameters_of(language: str, entry_point: str, prompt: str) -> tuple[Parameter, ...]:
    """Give the parameters in order; none where one is more than a name with a type, or no signature is found."""
    name = re.escape(entry_point)
    for match in reversed(list(re.finditer(_HEADS[language].replace("NAME", name), prompt))):
        rest = prompt[match.end() - 1 :]  # without the words before it, whose apostrophes are no quotation marks
        rest = _LIFETIME.sub("", rest) if language == "rust" else rest
        end = closing(rest, 0)
        if end > 0 and re.match(_TAILS.get(language, ""), rest[end + 1 :]):
            return _read(language, split(rest[1:end]) or ())
    bare = re.search(_BARE.replace("NAME", name), prompt) if language == "javascript" else None
    return (Parameter(name=bare[1]),) if bare else ()


def _read(language: str, texts: tuple[str, ...]) -> tuple[Parameter, ...]:
    found: list[Parameter] = []
    for text in reversed(texts):  # in Go the last of several names has the type of all
        match = re.fullmatch(_PARAMETERS[language], text, re.S)
        if match is None:
            return ()
        kind = " ".join((match["type"] or "").split())
        if language == "cpp":
            kind = " ".join(re.sub(r"\bconst\b|&", " ", kind).split())
        if language == "go" and not kind and found:
            kind = found[-1].type
        found.append(Parameter(name=match["name"], type=kind))
    return tuple(reversed(found))


__all__ = ["Parameter", "parameters_of"]
