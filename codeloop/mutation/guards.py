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

from codeloop.languages.syntax import to_text

if TYPE_CHECKING:
    from codeloop.mutation.program import Program

MUTANT_VARIABLE = "CODELOOP_MUTANT"
FUEL_VARIABLE = "CODELOOP_FUEL"
FUEL_EXIT = 99
FORCED_EXIT = 98
MARK = "codeloop-mutation"
"""Begins the lines on stderr: ``reached N``, ``steps N``, ``fuel``."""

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


_PYTHON = f"""\
def _codeloop_guards():
    import os
    chosen = int(os.environ.get("{MUTANT_VARIABLE}", 0))
    fuel = int(os.environ.get("{FUEL_VARIABLE}", 0))
    seen, state, write, leave = set(), [0, 1024], os.write, os._exit

    def say(text):
        write(2, ("{MARK} " + text + "\\n").encode())

    def step():
        state[0] += 1
        if state[0] >= state[1]:
            if not chosen:
                say("steps " + str(state[0]))
            elif fuel and state[0] > fuel:
                say("fuel")
                leave({FUEL_EXIT})
            state[1] = state[0] * 2 if not chosen else fuel + 1 if fuel else state[0] * 2

    def guard(number):
        step()
        if chosen > 0:
            return number == chosen
        if chosen < 0:
            leave({FORCED_EXIT})
        if number not in seen:
            seen.add(number)
            say("reached " + str(number))
        return False

    return guard, step


_codeloop_m, _codeloop_tick = _codeloop_guards()
"""


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


_JAVASCRIPT = f"""
const __codeloop = (() => {{
    const chosen = Number(process.env.{MUTANT_VARIABLE} || 0), fuel = Number(process.env.{FUEL_VARIABLE} || 0);
    const seen = new Set(), say = process._rawDebug, leave = process.reallyExit.bind(process);
    let steps = 0, next = 1024;
    const step = () => {{
        if (++steps < next) return;
        if (chosen === 0) say("{MARK} steps " + steps);
        else if (fuel && steps > fuel) {{ say("{MARK} fuel"); leave({FUEL_EXIT}); }}
        next = chosen !== 0 && fuel ? fuel + 1 : steps * 2;
    }};
    const guard = (number) => {{
        step();
        if (chosen > 0) return number === chosen;
        if (chosen < 0) leave({FORCED_EXIT});
        if (!seen.has(number)) {{ seen.add(number); say("{MARK} reached " + number); }}
        return false;
    }};
    return {{ guard, step }};
}})();
"""

_JAVA = f"""
final class CodeloopMutants {{
    private static final String ONE_OF_MANY = System.getProperty("codeloop.mutant");
    private static final int CHOSEN = number(ONE_OF_MANY == null ? System.getenv("{MUTANT_VARIABLE}") : ONE_OF_MANY);
    private static final long FUEL = number(System.getenv("{FUEL_VARIABLE}"));
    private static final boolean[] SEEN = new boolean[1 << 16];
    private static long steps;
    private static long next = 1024;

    private static int number(String text) {{
        return text == null ? 0 : Integer.parseInt(text);
    }}

    private static void say(String text) {{
        System.err.println("{MARK} " + text);
        System.err.flush();
    }}

    static void step() {{
        if (++steps < next) {{
            return;
        }}
        if (CHOSEN == 0) {{
            say("steps " + steps);
        }} else if (FUEL > 0 && steps > FUEL) {{
            if (ONE_OF_MANY != null) {{
                throw new Error("{MARK} fuel");
            }}
            say("fuel");
            Runtime.getRuntime().halt({FUEL_EXIT});
        }}
        next = CHOSEN != 0 && FUEL > 0 ? FUEL + 1 : steps * 2;
    }}

    static boolean m(int number) {{
        step();
        if (CHOSEN > 0) {{
            return number == CHOSEN;
        }}
        if (CHOSEN < 0) {{
            Runtime.getRuntime().halt({FORCED_EXIT});
        }}
        if (number < SEEN.length && !SEEN[number]) {{
            SEEN[number] = true;
            say("reached " + number);
        }}
        return false;
    }}
}}
"""

_CPP = f"""\
#include <cstdio>
#include <cstdlib>
namespace codeloop_mutants {{
inline long number(const char* name) {{ const char* text = std::getenv(name); return text ? std::atol(text) : 0; }}
inline long steps = 0, next = 1024;
inline bool seen[1 << 16];
inline long chosen() {{ static const long value = number("{MUTANT_VARIABLE}"); return value; }}
inline long fuel() {{ static const long value = number("{FUEL_VARIABLE}"); return value; }}
inline void say(const char* what, long value) {{ std::fprintf(stderr, "{MARK} %s %ld\\n", what, value); std::fflush(stderr); }}
inline void tick() {{
    if (++steps < next) return;
    if (chosen() == 0) say("steps", steps);
    else if (fuel() > 0 && steps > fuel()) {{ say("fuel", 0); std::_Exit({FUEL_EXIT}); }}
    next = chosen() != 0 && fuel() > 0 ? fuel() + 1 : steps * 2;
}}
inline bool m(int number) {{
    tick();
    if (chosen() > 0) return number == chosen();
    if (chosen() < 0) std::_Exit({FORCED_EXIT});
    if (number < (1 << 16) && !seen[number]) {{ seen[number] = true; say("reached", number); }}
    return false;
}}
}}
"""

_RUST = f"""
mod codeloop_mutants {{
    use std::sync::atomic::{{AtomicU64, Ordering::Relaxed}};
    use std::sync::OnceLock;
    static STEPS: AtomicU64 = AtomicU64::new(0);
    static NEXT: AtomicU64 = AtomicU64::new(1024);
    static SEEN: [AtomicU64; 1024] = [const {{ AtomicU64::new(0) }}; 1024];
    static SETTINGS: OnceLock<(i64, u64)> = OnceLock::new();
    fn settings() -> (i64, u64) {{
        *SETTINGS.get_or_init(|| {{
            let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<i64>().ok()).unwrap_or(0);
            (number("{MUTANT_VARIABLE}"), number("{FUEL_VARIABLE}") as u64)
        }})
    }}
    pub fn tick() {{
        let steps = STEPS.fetch_add(1, Relaxed) + 1;
        if steps < NEXT.load(Relaxed) {{ return; }}
        let (chosen, fuel) = settings();
        if chosen == 0 {{ eprintln!("{MARK} steps {{}}", steps); }}
        else if fuel > 0 && steps > fuel {{ eprintln!("{MARK} fuel"); std::process::exit({FUEL_EXIT}); }}
        NEXT.store(if chosen != 0 && fuel > 0 {{ fuel + 1 }} else {{ steps * 2 }}, Relaxed);
    }}
    pub fn m(number: i64) -> bool {{
        tick();
        let (chosen, _) = settings();
        if chosen > 0 {{ return number == chosen; }}
        if chosen < 0 {{ std::process::exit({FORCED_EXIT}); }}
        let bit = 1u64 << (number % 64);
        if let Some(word) = SEEN.get((number / 64) as usize) {{
            if word.fetch_or(bit, Relaxed) & bit == 0 {{ eprintln!("{MARK} reached {{}}", number); }}
        }}
        false
    }}
}}
"""


def _gos_helper(name: str, before: str, after: str, kind: str) -> str:
    return f"""
func codeloop{name}[T {kind}](own int, first int, firstOther T, second int, secondOther T, a, b T) T {{
	if first != 0 && codeloopM(first) {{
		a = firstOther
	}}
	if second != 0 && codeloopM(second) {{
		b = secondOther
	}}
	if own != 0 && codeloopM(own) {{
		return a {after} b
	}}
	return a {before} b
}}
"""


_GO = (
    f"""
type codeloopInteger interface {{
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr
}}

type codeloopNumber interface {{
	codeloopInteger | ~float32 | ~float64
}}

var codeloopChosen, codeloopFuel = codeloopSetting("{MUTANT_VARIABLE}"), codeloopSetting("{FUEL_VARIABLE}")
var codeloopSteps, codeloopNext = 0, 1024
var codeloopSeen = map[int]bool{{}}

func codeloopSetting(name string) int {{
	value, _ := codeloopstrconv.Atoi(codeloopos.Getenv(name))
	return value
}}

func codeloopSay(text string) {{
	codeloopos.Stderr.WriteString("{MARK} " + text + "\\n")
}}

func codeloopTick() {{
	codeloopSteps++
	if codeloopSteps < codeloopNext {{
		return
	}}
	if codeloopChosen == 0 {{
		codeloopSay("steps " + codeloopstrconv.Itoa(codeloopSteps))
	}} else if codeloopFuel > 0 && codeloopSteps > codeloopFuel {{
		codeloopSay("fuel")
		codeloopos.Exit({FUEL_EXIT})
	}}
	codeloopNext = codeloopSteps * 2
	if codeloopChosen != 0 && codeloopFuel > 0 {{
		codeloopNext = codeloopFuel + 1
	}}
}}

func codeloopM(number int) bool {{
	codeloopTick()
	if codeloopChosen > 0 {{
		return number == codeloopChosen
	}}
	if codeloopChosen < 0 {{
		codeloopos.Exit({FORCED_EXIT})
	}}
	if !codeloopSeen[number] {{
		codeloopSeen[number] = true
		codeloopSay("reached " + codeloopstrconv.Itoa(number))
	}}
	return false
}}

func codeloopPick[T any](number int, other, value T) T {{
	if codeloopM(number) {{
		return other
	}}
	return value
}}
"""
    + _gos_helper("Add", "+", "-", "codeloopNumber")
    + _gos_helper("Sub", "-", "+", "codeloopNumber")
    + _gos_helper("Mul", "*", "+", "codeloopNumber")
    + _gos_helper("Div", "/", "*", "codeloopNumber")
    + _gos_helper("Mod", "%", "*", "codeloopInteger")
    + _gos_helper("And", "&", "|", "codeloopInteger")
    + _gos_helper("Or", "|", "&", "codeloopInteger")
    + _gos_helper("Xor", "^", "&", "codeloopInteger")
)


def _go_place(program: Program) -> int:
    """Put the imports behind those of the program, or behind its package's name."""
    heads = [n for n in program.root.named_children if n.type in {"package_clause", "import_declaration"}]
    return heads[-1].end_byte if heads else 0


GUARDS: Mapping[str, Guards] = {
    "python": Guards(before=_PYTHON, tick="_codeloop_tick()", choice=_pythons, place=_python_place),
    "java": Guards(after=_JAVA, tick="CodeloopMutants.step();", choice=_ternary("CodeloopMutants.m")),
    "cpp": Guards(
        before=_CPP,
        tick="codeloop_mutants::tick();",
        choice=_ternary("codeloop_mutants::m"),
        truth=("static_cast<bool>(", ")"),
    ),
    "javascript": Guards(
        before=_JAVASCRIPT, tick="__codeloop.step();", choice=_ternary("__codeloop.guard"), place=_javascript_place
    ),
    "go": Guards(
        before='\nimport codeloopos "os"\nimport codeloopstrconv "strconv"\n',
        after=_GO,
        tick="codeloopTick();",
        choice=_gos,
        place=_go_place,
    ),
    "rust": Guards(after=_RUST, tick="crate::codeloop_mutants::tick();", choice=_rusts),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """What guards said on stderr: mutants reached, the last number of steps told, and whether the fuel ran out."""

    reached: frozenset[int]
    steps: int
    is_out_of_fuel: bool


def read_traces(stderr: bytes) -> Traces:
    """Read the guards' lines; a candidate that writes such lines misleads nobody but about itself."""
    text = stderr.decode("utf-8", "replace")
    reached = frozenset(int(number) for number in re.findall(rf"{MARK} reached (\d{{1,6}})\b", text))
    steps = [int(number) for number in re.findall(rf"{MARK} steps (\d{{1,15}})\b", text)]
    return Traces(reached=reached, steps=max(steps, default=0), is_out_of_fuel=f"{MARK} fuel" in text)


__all__ = ["FUEL_VARIABLE", "GUARDS", "MARK", "MUTANT_VARIABLE", "Guards", "Traces", "read_traces", "to_text"]
