"""The text of guards in each language: what goes into a program once, so that it can ask which mutant is chosen."""

from __future__ import annotations

from codeloop.languages.port import FUEL_EXIT, MUTANT_VARIABLE
from codeloop.languages.python_cases import GUARD

FUEL_VARIABLE = "CODELOOP_FUEL"
FORCED_EXIT = 98
MARK = "codeloop-mutation"
"""Begins the lines on stderr: ``reached N``, ``steps N``, ``fuel``."""

PYTHON = f"""\
def _codeloop_guards():
    import itertools
    import os
    chosen = int(os.environ.get("{MUTANT_VARIABLE}", 0))
    fuel = int(os.environ.get("{FUEL_VARIABLE}", 0))
    repeat, write, leave = itertools.repeat, os.write, os._exit

    def say(text):
        write(2, ("{MARK} " + text + "\\n").encode())

    class Seen(dict):
        def __missing__(self, number):
            if chosen < 0:
                leave({FORCED_EXIT})
            if not chosen:
                say("reached " + str(number))
            self[number] = number == chosen
            return self[number]

    def steps():
        if chosen:
            yield repeat(None, fuel) if fuel else repeat(None)
            say("fuel")
            leave({FUEL_EXIT})
        done = 1024
        yield repeat(None, done)
        while True:
            say("steps " + str(done))
            yield repeat(None, done)
            done *= 2

    # Both are called in C: functions of Python would take most of a short loop's time.
    return Seen().__getitem__, itertools.chain.from_iterable(steps()).__next__


{GUARD}, _codeloop_tick = _codeloop_guards()
"""


JAVASCRIPT = f"""
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

JAVA = f"""
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

CPP = f"""\
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

RUST = f"""
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


GO = (
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
