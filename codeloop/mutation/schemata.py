"""Schemata: one program that holds all mutants of another, each behind a guard that asks whether it is the chosen one.

Untch, Offutt and Harrold (1993), "Mutation analysis using mutant schemata". The mutated arms hold the plain text, because
only one mutant is ever chosen; the original arm holds what is guarded below it. So the program grows in a straight line.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from codeloop.languages.syntax import to_bytes, to_text
from codeloop.mutation.forms import Form, operator_of
from codeloop.mutation.guards import GUARDS, Guards
from codeloop.mutation.mutants import Mutant
from codeloop.mutation.operators import Operator
from codeloop.mutation.program import Program


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Bytes ``start`` to ``end`` of the schemata, which belong to these mutants; ``is_arm``: the mutated text of one."""

    start: int
    end: int
    mutants: tuple[int, ...]
    is_arm: bool


@dataclass(frozen=True, kw_only=True)
class Schemata:
    """The program, which mutants it holds, and whose text lies where."""

    code: str
    mutants: tuple[int, ...]
    spans: tuple[Span, ...]

    def blamed(self, line: int, column: int | None) -> frozenset[int]:
        """Name the mutants that a compiler's finding at a place is about, by line and column from 1.

        Those of the innermost mutated text there, else of the innermost guarded one, else of all that touch the line;
        empty where nothing of them does.
        """
        start = self._lines[line - 1] if 0 < line <= len(self._lines) else len(self._data)
        end = self._lines[line] if line < len(self._lines) else len(self._data)
        if column is not None:
            at = start + len(to_bytes(to_text(self._data[start:end])[: column - 1]))
            around = [span for span in self.spans if span.start <= at < span.end]
            for is_arm in (True, False):
                found = [span for span in around if span.is_arm is is_arm]
                if found:
                    return frozenset(min(found, key=lambda span: span.end - span.start).mutants)
        touching = [span for span in self.spans if span.start < end and span.end > start]
        return frozenset(number for span in touching for number in span.mutants)

    @cached_property
    def _data(self) -> bytes:
        return to_bytes(self.code)

    @cached_property
    def _lines(self) -> list[int]:
        return [0, *(index + 1 for index, byte in enumerate(self._data) if byte == 10)]


def render(program: Program, mutants: Iterable[Mutant]) -> Schemata:
    """Write the schemata of ``mutants``; those whose form is ``ALONE`` are left out. Without mutants: guards alone."""
    held = [mutant for mutant in mutants if mutant.form is not Form.ALONE]
    writer = _Writer(program, held)
    writer.write()
    return Schemata(code=to_text(bytes(writer.out)), mutants=tuple(m.id for m in held), spans=tuple(writer.spans))


@dataclass(frozen=True, slots=True)
class _Site:
    """What is written in place of some bytes: mutants of one form, or a loop's fuel (no mutants)."""

    start: int
    end: int
    form: Form | None
    mutants: tuple[Mutant, ...] = ()
    before: str = ""
    after: str = ""

    @property
    def order(self) -> tuple[int, int, int]:
        """Outer before inner; at one place an insertion, then a statement's guard, then an expression's."""
        rank = 0 if self.form is None else 1 if self.form is Form.STATEMENT else 2
        return self.start, -self.end if self.end > self.start else -(1 << 60), rank


class _Writer:
    def __init__(self, program: Program, mutants: Sequence[Mutant]) -> None:
        self.program = program
        self.guards: Guards = GUARDS[program.language]
        keyed = sorted(mutants, key=lambda m: (m.host, m.form, m.id))
        sites = [
            _Site(host[0], host[1], form, tuple(group))
            for (host, form), group in groupby(keyed, key=lambda mutant: (mutant.host, mutant.form))
        ]
        self.sites = sorted([*sites, *_fuel(program, self.guards)], key=lambda site: site.order)
        self.starts = [site.start for site in self.sites]
        self.out = bytearray()
        self.spans: list[Span] = []

    def write(self) -> None:
        at = self.guards.place(self.program)
        self._between(0, at, 0)
        self._put(self.guards.before)
        self._between(at, len(self.program.code), bisect_right(self.starts, at - 1) if at else 0)
        self._put(self.guards.after)

    def _put(self, text: str) -> None:
        self.out += to_bytes(text)

    def _between(self, start: int, end: int, first: int) -> None:
        """Write the bytes from ``start`` to ``end``, with the sites in them from number ``first`` on."""
        at, index = start, first
        while (
            index < len(self.sites) and self.sites[index].start < max(end, start + 1) and self.sites[index].end <= end
        ):
            site = self.sites[index]
            if site.start < at or site.start < start:
                index += 1
                continue
            self.out += self.program.code[at : site.start]
            self._site(site, index)
            at = site.end
            index += 1
            while index < len(self.sites) and self.sites[index].start < at:
                index += 1
        self.out += self.program.code[at:end]

    def _site(self, site: _Site, index: int) -> None:
        start = len(self.out)
        if site.form is None:
            self._put(site.before)
            if site.end > site.start:
                self._between(site.start, site.end, index + 1)
            self._put(site.after)
            return
        if site.form is Form.ARITHMETIC:
            self._arithmetic(site, index)
        elif site.form is Form.LITERAL:
            text = self._plain(site.start, site.end)
            for mutant in reversed(site.mutants):
                text = self.guards.literal(mutant.id, to_text(self._arm(site, mutant)), text)
            self._put(text)
        else:
            self._choice(site, index)
        numbers = tuple(mutant.id for mutant in site.mutants)
        self.spans.append(Span(start=start, end=len(self.out), mutants=numbers, is_arm=False))

    def _choice(self, site: _Site, index: int) -> None:
        """Write ``if chosen then mutated else original``, for each mutant of the site."""
        opening, (before, after), last, closing = self.guards.choice(
            site.form is Form.STATEMENT, self._indent(site.start)
        )
        is_condition = any(mutant.operator is Operator.COND for mutant in site.mutants)
        truth = self.guards.truth if is_condition else ("", "")
        self._put(opening)
        for number, mutant in enumerate(site.mutants):
            self._put(before(mutant.id, number == 0))
            start = len(self.out)
            self.out += self._arm(site, mutant)
            self.spans.append(Span(start=start, end=len(self.out), mutants=(mutant.id,), is_arm=True))
            self._put(after(mutant.id))
        self._put(last + truth[0])
        self._between(site.start, site.end, index + 1)
        self._put(truth[1] + closing)

    def _arm(self, site: _Site, mutant: Mutant) -> bytes:
        """Give the guarded text with one mutant in it."""
        text = mutant.replacement
        if (mutant.start, mutant.end) != (site.start, site.end) and not mutant.is_statement:
            text = f"({text})"
        code = self.program.code
        return code[site.start : mutant.start] + to_bytes(text) + code[mutant.end : site.end]

    def _plain(self, start: int, end: int) -> str:
        return to_text(self.program.code[start:end])

    def _indent(self, at: int) -> str:
        line = self.program.code[self.program.code.rfind(b"\n", 0, at) + 1 : at]
        return to_text(line) if not line.strip() else ""

    def _arithmetic(self, site: _Site, index: int) -> None:
        """Write a helper's call: the operator's mutant, each operand's other constant, and both operands."""
        node = self.program.root.descendant_for_byte_range(site.start, site.end)
        while node is not None and node.type != "binary_expression":
            node = node.parent
        if node is None:  # pragma: no cover - the site was made of such a node
            raise ValueError("no operation at the place of one")
        sides = [node.child_by_field_name("left"), node.child_by_field_name("right")]
        numbers = {(m.start, m.end): m for m in site.mutants}
        own = numbers.get((site.start, site.end))
        others = [numbers.get(side.byte_range) if side is not None else None for side in sides]
        alternatives = ", ".join(f"{m.id}, {m.replacement}" if m else "0, 0" for m in others)
        self._put(f"codeloop{_HELPERS[operator_of(node)]}({own.id if own else 0}, {alternatives}, ")
        for number, side in enumerate(sides):
            if side is not None:
                self._between(side.start_byte, side.end_byte, index + 1)
            self._put(", " if number == 0 else ")")


_HELPERS = {"+": "Add", "-": "Sub", "*": "Mul", "/": "Div", "%": "Mod", "&": "And", "|": "Or", "^": "Xor"}


def _fuel(program: Program, guards: Guards) -> list[_Site]:
    """Give what burns fuel: one step for every turn of every loop."""
    found = []
    for node in program.nodes:
        body = node.child_by_field_name("body") if node.type in program.grammar.loops else None
        if body is None:
            continue
        if body.type not in program.grammar.blocks:
            found.append(_Site(body.start_byte, body.end_byte, None, (), f"{{ {guards.tick} ", " }"))
        elif program.language == "python":
            first = next((child for child in body.named_children if child.type != "comment"), None)
            if first is not None:
                found.append(_Site(first.start_byte, first.start_byte, None, (), _pythons(program, guards, first)))
        else:
            found.append(_Site(body.start_byte + 1, body.start_byte + 1, None, (), f" {guards.tick} "))
    return found


def _pythons(program: Program, guards: Guards, first: object) -> str:
    at: int = first.start_byte  # type: ignore[attr-defined]  # a node
    line = program.code[program.code.rfind(b"\n", 0, at) + 1 : at]
    return f"{guards.tick}; " if line.strip() else f"{guards.tick}\n{to_text(line)}"


def without(mutants: Iterable[Mutant], numbers: Collection[int]) -> tuple[Mutant, ...]:
    """Give the mutants but those of these numbers."""
    return tuple(mutant for mutant in mutants if mutant.id not in numbers)


__all__ = ["Schemata", "Span", "render", "without"]
