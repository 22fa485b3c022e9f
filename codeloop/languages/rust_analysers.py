"""What clippy, and rustc's own lints, say of a Rust program, and the program as they get it.

A program can tell both to be silent by attributes; ``--force-warn`` takes that away for what it names, and the names are all
that codeloop asks for. clippy also sets ``cfg(clippy)``, by which a program could show it other code than it runs: that word is
changed. What remains is the language's own: ``_name``, ``let _ =``, and macros of the program's, in which clippy looks at little.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from codeloop.diagnostics import Diagnostic, Fix, Severity, unparsed
from codeloop.languages.analysed import STAGE, Analyser, Output
from codeloop.languages.rust_cases import GRAMMAR, name_of
from codeloop.languages.syntax import parse, text_of, to_bytes, to_text, walk

SOURCE = "solution.rs"
_HOME = "/opt/codeloop/rust"
_PUB = "pub "

_CFG = re.compile(rb"\bclippy\b(?!\s*::)")
_SETTING = re.compile(r"#!?\s*\[\s*clippy\s*::")


def shown(code: str, roots: Iterable[str]) -> str:
    """Give the program as clippy gets it: ``roots`` are used from outside, and nothing is hidden from it or set for it.

    No line moves; what moves in its line by ``pub`` the reader moves back.
    """
    data, names = bytearray(to_bytes(code)), set(roots)
    root = parse(GRAMMAR, code)
    for node in walk(root):
        if node.type in {"attribute_item", "inner_attribute_item"} and _SETTING.match(text_of(node)):
            data[node.start_byte : node.end_byte] = re.sub(rb"[^\r\n]", b" ", data[node.start_byte : node.end_byte])
    data = bytearray(_CFG.sub(b"cl1ppy", bytes(data)))
    private = (node for node in root.children if node.type == "function_item" and name_of(node) in names)
    for node in sorted(private, key=lambda each: each.start_byte, reverse=True):
        if not any(child.type == "visibility_modifier" for child in node.children):
            data[node.start_byte : node.start_byte] = _PUB.encode()
    return to_text(bytes(data))


def read_clippy(output: Output, code: str) -> tuple[Diagnostic, ...]:
    """Read rustc 1.85's JSON on stderr: a line each; an error means that the program was not analysed to its end.

    {"$message_type":"diagnostic","message":"unused variable: `x`","code":{"code":"unused_variables","explanation":null},
     "level":"warning","spans":[{"file_name":"solution.rs","line_start":6,"line_end":6,"column_start":11,"column_end":12,
     "is_primary":true,"text":[{"text":"fn helper(x: i32) -> i32 { 3 }",…}],…}],"children":[…],"rendered":"…"}
    """
    rows = code.split("\n")
    found = [json.loads(line) for line in output.stderr.splitlines()]
    return tuple(made for item in found if not _SUMMARY.match(item["message"]) for made in _of_clippy(item, rows))


_SUMMARY = re.compile(r"\d+ warnings? emitted|aborting due to|For more information about")
_ASIDE = re.compile(
    r"for further information visit|`--force-warn |requested on the command line|`#\[\w+\(.*\)\]` (?:on by|implied)"
)


def _of_clippy(item: dict[str, Any], rows: list[str]) -> list[Diagnostic]:
    spans = [span for span in item["spans"] if span["file_name"] == SOURCE]
    primary = [span for span in spans if span["is_primary"]]
    if item["level"] != "warning":
        return [replace(unparsed(STAGE, "clippy", item["message"]), severity=Severity.NOTE)]
    rule = str((item["code"] or {}).get("code", "warning"))
    if rule != "unused_imports" or len(primary) < 2:
        return [_finding(item, rule, str(item["message"]), primary[:1], rows)]
    # One message for all of a `use`, that is another for each program; here each name is a finding of its own.
    return [_finding(item, rule, f"unused import: `{_marked(span)}`", [span], rows) for span in primary]


def _finding(item: dict[str, Any], rule: str, message: str, spans: list[dict[str, Any]], rows: list[str]) -> Diagnostic:
    line, column, end_line, end_column = _place(spans[0], rows) if spans else _NOWHERE
    before = rows[line - 1][: (column or 1) - 1] if line and line <= len(rows) else ""
    others = [span for span in item["spans"] if span not in spans and span["label"] and span["file_name"] == SOURCE]
    told = [child for child in item["children"] if not _ASIDE.match(child["message"])]
    return Diagnostic(
        stage=STAGE,
        tool="clippy",
        rule=rule,
        message=message,
        severity=Severity.NOTE if _is_habit(rule, before) else Severity.WARNING,
        line=line,
        column=column,
        end_line=end_line,
        end_column=end_column,
        notes=(
            *(f"line {span['line_start']}: {span['label']}" for span in others if not span["is_primary"]),
            *(f"{child['level']}: {child['message']}" for child in told),
        ),
        fixes=tuple(fix for child in told for fix in _fixes(child, rows)),
        file=SOURCE,
    )


_HABITS = {
    "unused_variables": re.compile(r"\bfor\s+\(?[\w\s,&]*$"),
    "unused_assignments": re.compile(r"^\s*let\s+(?:mut\s+)?$"),
}


def _is_habit(rule: str, before: str) -> bool:
    """Say whether a finding is how right programs are written too: a loop that only counts, a first value that is never read."""
    return rule in _HABITS and _HABITS[rule].search(before) is not None


def _marked(span: dict[str, Any]) -> str:
    """Give the text that a span of one line marks."""
    line = span["text"][0]
    return str(line["text"])[line["highlight_start"] - 1 : line["highlight_end"] - 1]


def _fixes(child: dict[str, Any], rows: list[str]) -> list[Fix]:
    return [
        _fix(str(child["message"]), span, rows)
        for span in child["spans"]
        if span["suggested_replacement"] is not None and span["file_name"] == SOURCE
    ]


def _fix(message: str, span: dict[str, Any], rows: list[str]) -> Fix:
    line, column, end_line, end_column = _place(span, rows)
    return Fix(
        message=message,
        replacement=str(span["suggested_replacement"]),
        line=line,
        column=column,
        end_line=end_line,
        end_column=end_column,
        is_safe=span["suggestion_applicability"] == "MachineApplicable",
    )


_Place = tuple[int | None, int | None, int | None, int | None]
_NOWHERE: _Place = (None, None, None, None)


def _place(span: dict[str, Any], rows: list[str]) -> _Place:
    """Give a span's places in the candidate; rustc counts code points."""
    first, last = (span["text"][0], span["text"][-1]) if span["text"] else ({}, {})
    start, end = int(span["line_start"]), int(span["line_end"])
    return (start, _column(start, span["column_start"], first, rows), end, _column(end, span["column_end"], last, rows))


def _column(line: int, column: int, seen: dict[str, Any], rows: list[str]) -> int:
    """Take off the ``pub`` that ``shown`` put before it: rustc's copy of the line has it, the candidate's has not."""
    own = rows[line - 1].rstrip("\r") if 0 < line <= len(rows) else ""
    text = str(seen.get("text", own))
    if len(text) != len(own) + len(_PUB):
        return int(column)
    at = next((i for i, (a, b) in enumerate(zip(text, own, strict=False)) if a != b), len(own))
    return int(column - len(_PUB)) if column - 1 >= at + len(_PUB) else int(min(column, at + 1))


# fmt: off
_LINTS = (
    "unused", "clippy::all",
    # Of rustc's own, what it warns of or refuses by itself and is not in the groups before.
    "ambiguous_wide_pointer_comparisons", "arithmetic_overflow", "bindings_with_variant_name", "const_item_mutation",
    "dangling_pointers_from_temporaries", "deprecated", "deref_nullptr", "drop_bounds", "dropping_copy_types", "dropping_references",
    "enum_intrinsics_non_enums", "for_loops_over_fallibles", "forgetting_copy_types", "forgetting_references",
    "invalid_atomic_ordering", "invalid_from_utf8", "invalid_from_utf8_unchecked", "invalid_nan_comparisons",
    "invalid_reference_casting", "invalid_value", "irrefutable_let_patterns", "let_underscore_lock", "map_unit_fn",
    "mixed_script_confusables", "mutable_transmutes", "named_arguments_used_positionally", "non_contiguous_range_endpoints",
    "noop_method_call", "overflowing_literals", "overlapping_range_endpoints", "static_mut_refs", "suspicious_double_ref_op",
    "text_direction_codepoint_in_comment", "text_direction_codepoint_in_literal", "unconditional_panic", "unconditional_recursion",
    "undropped_manually_drops", "unpredictable_function_pointer_comparisons", "unused_comparisons", "useless_ptr_null_checks",
    "while_true",
)
_CRATES = tuple(word for name in ("rand", "regex", "md5") for word in ("--extern", f"{name}={_HOME}/lib{name}.rlib"))
_CLIPPY = (
    "clippy-driver", "--edition", "2021", "--crate-name", "candidate", "--crate-type", "lib", "--error-format", "json",
    "--emit", "metadata", "-o", "{home}/candidate.rmeta", "-L", f"dependency={_HOME}/deps", *_CRATES,
    # What a program denies must not end the analysis.
    "--cap-lints", "warn", *(word for lint in _LINTS for word in ("--force-warn", lint)), SOURCE,
)
# fmt: on
CLIPPY = Analyser(name="clippy", argv=_CLIPPY, read=read_clippy)
