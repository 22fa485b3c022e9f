"""What GCC's warnings and cppcheck say of a C++ program, and the program as both of them get it.

A program can tell GCC to be silent, by pragmas and line markers, and no option of GCC's takes that away: ``unsilenced``
blanks them, and ``NO_PRAGMA`` takes their other spelling. cppcheck heeds its comments only where it is told to.
What remains is the language's own: ``[[maybe_unused]]``, a cast to ``void``, ``__extension__``.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

from codeloop.diagnostics import Diagnostic, Fix, Severity, unparsed
from codeloop.languages.analysed import STAGE, Analyser, Output

SOURCE = "solution.cpp"
NO_PRAGMA = ("no_pragma.h", "#define _Pragma(text)\n")
"""A file beside the program, and its text. As an option the definition is lost where a precompiled header is read."""
_SPLICE = re.compile(r"\\[ \t]*\r?\n")
_TOKEN = re.compile(
    r"(?P<comment>/\*.*?(?:\*/|\Z)|//[^\n]*)"
    r"|(?P<text>(?:u8|[uUL])?R\"(?P<mark>[^()\\\s]{0,16})\(.*?(?:\)(?P=mark)\"|\Z)"
    r"|\"(?:\\.|[^\"\\\n])*\"?|'(?:\\.|[^'\\\n])*'?)"
    r"|\.?\d(?:'?\w|\.)*|\w+",
    re.S,
)
_DIRECTIVE = re.compile(r"^[ \t\v\f\r]*(?:#|%:)[ \t\v\f]*(?:pragma|line|\d)[^\n]*", re.M)
"""A pragma, or what renames the lines that follow: a marker can say that a system header begins."""


def unsilenced(code: str) -> str:
    """Blank every directive that could silence an analyser; all else stays where it is.

    As a compiler does, it puts spliced lines together and drops comments before it looks for directives.
    """
    kept: list[int] = []
    end = 0
    for splice in _SPLICE.finditer(code):
        kept += range(end, splice.start())
        end = splice.end()
    kept += range(end, len(code))
    joined = "".join(code[place] for place in kept)
    shown = list(code)
    for directive in _DIRECTIVE.finditer(_TOKEN.sub(_shadow, joined)):
        for place in range(kept[directive.start()], kept[directive.end() - 1] + 1):
            shown[place] = code[place] if code[place] in "\r\n" else " "
    return "".join(shown)


def _shadow(token: re.Match[str]) -> str:
    """Give as many characters as the token has: blanks for a comment, no directive for a text, others as they are."""
    return (" " if token["comment"] else "x" if token["text"] else "") * len(token[0]) or token[0]


_KINDS = {"warning": Severity.WARNING, "note": Severity.NOTE}


def read_gcc(output: Output, code: str) -> tuple[Diagnostic, ...]:
    r"""Read GCC 14's JSON: an array on stderr. Columns count bytes; what has no place in the program is no finding of it.

    [{"kind": "warning", "message": "unused variable ‘unused’", "option": "-Wunused-variable", "option_url": "https://…",
      "children": [], "locations": [{"caret": {"file": "solution.cpp", "line": 17, "byte-column": 9, …}, "finish": {…}}]}]
    """
    found, _ = json.JSONDecoder().raw_decode(output.stderr.lstrip())
    places = ((item, _own_place(item)) for item in found)
    rows = code.split("\n")
    return tuple(_of_gcc(item, place, rows) for item, place in places if place is not None)


def _own_place(item: dict[str, Any]) -> dict[str, Any] | None:
    """Give the finding's place in the program: its own, or where the header that it is in was used."""
    said = (place for each in (item, *item["children"]) for place in each["locations"])
    return next((place for place in said if place["caret"]["file"] == SOURCE), None)


def _of_gcc(item: dict[str, Any], place: dict[str, Any], rows: list[str]) -> Diagnostic:
    start, finish = place.get("start", place["caret"]), place.get("finish", place["caret"])
    return Diagnostic(
        stage=STAGE,
        tool="g++",
        rule=str(item.get("option") or item["kind"]).removeprefix("-W"),
        message=str(item["message"]),
        severity=_KINDS.get(item["kind"], Severity.ERROR),
        line=int(place["caret"]["line"]),
        column=_column(rows, place["caret"]) or _column(rows, start),
        end_line=int(finish["line"]),
        end_column=(_column(rows, finish) or 0) + 1,  # GCC's is the last byte's
        notes=tuple(str(child["message"]) for child in item["children"]),
        fixes=tuple(_fix(fix, rows) for fix in item.get("fixits", ())),
        file=SOURCE,
    )


def _fix(fix: dict[str, Any], rows: list[str]) -> Fix:
    return Fix(
        message="",
        replacement=str(fix["string"]),
        line=int(fix["start"]["line"]),
        column=_column(rows, fix["start"]),
        end_line=int(fix["next"]["line"]),
        end_column=_column(rows, fix["next"]),
    )


def _column(rows: list[str], place: dict[str, Any]) -> int | None:
    """Give the code point's column of a byte's (both from 1)."""
    line, column = int(place["line"]), int(place["byte-column"])
    if not 0 < line <= len(rows) or column < 1:
        return None
    return len(rows[line - 1].encode("utf-8", "surrogatepass")[: column - 1].decode("utf-8", "replace")) + 1


_UNREAD = frozenset(
    {"syntaxError", "unknownMacro", "internalError", "internalAstError", "cppcheckError", "preprocessorErrorDirective"}
)
"""What cppcheck says where it gave up on a program, which GCC has compiled."""
_LEVELS = {"error": Severity.ERROR, "information": Severity.NOTE, "debug": Severity.NOTE}


def read_cppcheck(output: Output, code: str) -> tuple[Diagnostic, ...]:
    """Read cppcheck 2.17's XML, version 2, on stderr. The first place is the finding's own; the others are its notes.

    <results version="2"><cppcheck version="2.17.1"/><errors>
      <error id="arrayIndexOutOfBounds" severity="error" msg="Array 'a[3]' accessed at index 3, …" verbose="…" cwe="788" …>
        <location file="solution.cpp" line="26" column="29" info="Array index out of bounds"/>
    """
    text = output.stderr
    if "<!DOCTYPE" in text or "<!ENTITY" in text:  # cppcheck writes none, and an entity can grow
        raise ValueError("cppcheck's XML holds a document type")
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - without a document type there is nothing to expand
    except ElementTree.ParseError as exc:
        raise ValueError(str(exc)) from exc
    if root.get("version") != "2" or root.find("errors") is None:
        raise ValueError("not cppcheck's XML of version 2")
    rows = code.split("\n")
    return tuple(_of_cppcheck(item, rows) for item in root.iterfind("errors/error"))


def _of_cppcheck(item: ElementTree.Element, rows: list[str]) -> Diagnostic:
    places = [place for place in item.findall("location") if place.get("file") == SOURCE]
    line = int(places[0].attrib["line"]) if places else 0
    column = int(places[0].attrib["column"]) if places else 0
    notes = (f"line {place.get('line')}: {place.get('info')}" for place in places[1:] if place.get("info"))
    if item.attrib["id"] in _UNREAD:
        return replace(unparsed(STAGE, "cppcheck", item.attrib["msg"]), severity=Severity.NOTE)
    return Diagnostic(
        stage=STAGE,
        tool="cppcheck",
        rule=item.attrib["id"],
        message=item.attrib["msg"],
        severity=_LEVELS.get(item.attrib["severity"], Severity.WARNING),
        line=line or None,
        column=_column(rows, {"line": line, "byte-column": column}),
        notes=tuple(notes),
        file=SOURCE,
    )


# fmt: off
_GCC = (
    # First those of compile.py, in its order: a precompiled header is for the flags that it was made with.
    "g++", "-std=c++17", "-O0", "-pipe", "-D_GLIBCXX_ASSERTIONS", "-include", "{header}", "-include", NO_PRAGMA[0],
    "-Wall", "-Wextra", "-Wshadow", "-Wduplicated-cond", "-Wduplicated-branches", "-Wlogical-op",
    # Assembled into nothing: -fsyntax-only leaves out the warnings of later passes (a missing return, fall through).
    "-S", "-o", "/dev/null", "-fdiagnostics-format=json", SOURCE,
)
_CPPCHECK = (
    "cppcheck", "--enable=warning,style,performance,portability", "--check-level=exhaustive", "--std=c++17", "--language=c++",
    "--quiet", "--suppress=toomanyconfigs", "--xml", SOURCE,
)
# fmt: on
GCC = Analyser(name="g++", argv=_GCC, read=read_gcc, codes=frozenset({0}))
CPPCHECK = Analyser(name="cppcheck", argv=_CPPCHECK, read=read_cppcheck, codes=frozenset({0}))


def with_header(header: str) -> tuple[Analyser, ...]:
    """Give both analysers; GCC reads ``header`` first, which is precompiled."""
    return (replace(GCC, argv=tuple(word.replace("{header}", header) for word in _GCC)), CPPCHECK)
