"""Guards: the text by which a language asks whether a mutant is the chosen one, and counts what it does.

Every guard takes a step of fuel. Which mutant is chosen, and how much fuel there is, stands in the environment:
``CODELOOP_MUTANT`` (0: none; -1: every guard ends the program, which proves that they are reached) and ``CODELOOP_FUEL``
(steps; 0: no limit). While none is chosen, a guard says once on stderr that it was reached, and the steps are told at
every power of two: that is the coverage, and the measure of the fuel. Without fuel the program ends with status 99.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codeloop.languages.port import MUTANT_VARIABLE
from codeloop.mutation.guard_texts import CPP, FUEL_VARIABLE, GO, JAVA, JAVASCRIPT, MARK, PYTHON, RUST

if TYPE_CHECKING:
    from codeloop.mutation.program import Program

Parts = tuple[Callable[[int, bool], str], Callable[[int], str]]
"""(mutant, is it the first) → what stands before its text; mutant → what stands after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guards:
    """How a language writes them. ``before`` and ``after``: what goes into the program once, at ``place`` and at its end."""

    before: str = ""
    after: str = ""
    tick: str
    """A statement that takes a step."""
    choice: Callable[[bool, str], tuple[str, Parts, str, str]]
    """(is a statement, its indent) → opening, what is round each mutant's text, what is before the original, closing."""
    truth: tuple[str, str] = ("", "")
    """Round the original of a condition, where a constant beside it must be of its type."""
    place: Callable[[Program], int] = lambda _: 0
    literal: Callable[[int, str, str], str] = lambda number, other, text: f"codeloopPick({number}, {other}, {text})"


def _ternary(guard: str) -> Callable[[bool, str], tuple[str, Parts, str, str]]:
    """Make the choice of languages with C's conditional operator and C's ``if``."""

    def choice(is_statement: bool, indent: str) -> tuple[str, Parts, str, str]:
        del indent
        if is_statement:
            return "{ ", (_heads(f"if ({guard}(", ")) { "), lambda _: " } "), "else { ", " } }"
        return "(", (lambda n, _: f"{guard}({n}) ? (", lambda _: ") : "), "(", "))"

    return choice


def _heads(before: str, after: str, otherwise: str = "else ") -> Callable[[int, bool], str]:
    """Make the heads of a chain of ``if``: all but the first continue it."""
    return lambda n, is_first: f"{'' if is_first else otherwise}{before}{n}{after}"


def _pythons(is_statement: bool, indent: str) -> tuple[str, Parts, str, str]:
    if is_statement:
        return "", (_heads("if _codeloop_m(", "): ", "el"), lambda _: f"\n{indent}"), "else: ", ""
    return "(", (lambda _, __: "(", lambda n: f") if _codeloop_m({n}) else "), "(", "))"


def _rusts(is_statement: bool, indent: str) -> tuple[str, Parts, str, str]:
    del indent
    parts: Parts = (_heads("if crate::codeloop_mutants::m(", ") { "), lambda _: " } ")
    return ("", parts, "else { ", " }") if is_statement else ("(", parts, "else { ", " })")


def _gos(is_statement: bool, indent: str) -> tuple[str, Parts, str, str]:
    del indent
    if is_statement:
        return "", (_heads("if codeloopM(", ") { "), lambda _: " } "), "else { ", " }"
    return "func() bool { ", (lambda n, _: f"if codeloopM({n}) {{ return ", lambda _: " }; "), "return ", " }()"


def _javascript_place(program: Program) -> int:
    """Put them behind directives such as ``"use strict"``, which must come first."""
    at = 0
    for node in program.root.named_children:
        is_directive = node.type == "expression_statement" and node.named_child_count == 1
        if node.type not in program.syntax.comments and not (is_directive and node.named_children[0].type == "string"):
            break
        at = node.end_byte if is_directive else at
    return at


def _python_place(program: Program) -> int:
    """Put them behind the imports from ``__future__``, which must come first."""
    nodes = [node for node in program.root.named_children if node.type == "future_import_statement"]
    if not nodes:
        return 0
    end = program.code.find(b"\n", nodes[-1].end_byte)
    return end + 1 if end >= 0 else len(program.code)


def _go_place(program: Program) -> int:
    """Put the imports behind those of the program, or behind its package's name."""
    heads = [n for n in program.root.named_children if n.type in {"package_clause", "import_declaration"}]
    return heads[-1].end_byte if heads else 0


GUARDS: Mapping[str, Guards] = {
    "python": Guards(before=PYTHON, tick="_codeloop_tick()", choice=_pythons, place=_python_place),
    "java": Guards(after=JAVA, tick="CodeloopMutants.step();", choice=_ternary("CodeloopMutants.m")),
    "cpp": Guards(
        before=CPP,
        tick="codeloop_mutants::tick();",
        choice=_ternary("codeloop_mutants::m"),
        truth=("static_cast<bool>(", ")"),
    ),
    "javascript": Guards(
        before=JAVASCRIPT, tick="__codeloop.step();", choice=_ternary("__codeloop.guard"), place=_javascript_place
    ),
    "go": Guards(
        before='\nimport codeloopos "os"\nimport codeloopstrconv "strconv"\n',
        after=GO,
        tick="codeloopTick();",
        choice=_gos,
        place=_go_place,
    ),
    "rust": Guards(after=RUST, tick="crate::codeloop_mutants::tick();", choice=_rusts),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """What guards said on stderr: mutants reached, the last number of steps told, and whether the fuel ran out.

    ``is_cut``: the program printed so much that some of it was dropped, so others may have been reached as well.
    """

    reached: frozenset[int]
    is_cut: bool
    steps: int
    is_out_of_fuel: bool


_CUT = "[codeloop: output cut after "  # the sandbox's own mark (``CommandResult``)


def read_traces(stderr: bytes) -> Traces:
    """Read the guards' lines; a candidate that writes such lines misleads nobody but about itself."""
    text = stderr.decode("utf-8", "replace")
    reached = frozenset(int(number) for number in re.findall(rf"{MARK} reached (\d{{1,6}})\b", text))
    steps = [int(number) for number in re.findall(rf"{MARK} steps (\d{{1,15}})\b", text)]
    return Traces(
        reached=reached, is_cut=_CUT in text, steps=max(steps, default=0), is_out_of_fuel=f"{MARK} fuel" in text
    )


__all__ = ["FUEL_VARIABLE", "GUARDS", "MARK", "MUTANT_VARIABLE", "Guards", "Traces", "read_traces"]
