"""Compiles a C file, its translation and the driver into programs; says as JSON what failed. Runs as the compiler's user.

In the working folder lie original.c, calls.h, shim.c, driver.c, solution.rs and layer.rs. What comes of it:

- fuzz: C twice (what is never written holds 0xaa.. in one, 0 in the other), Rust, the driver, libFuzzer;
- memory: C alone under MSan, which sees any use of what was never written;
- reach: C alone, counting what of it runs;
- tests: a user's tests with the translation (user_test.rs, and tests.rs around it), without the fuzzer's counters. A file that
  does not compile is held against skeleton.rs, what the task asks for: whose fault it is depends on nothing else;
- whole: nothing; the original by itself is compiled and linked, for what of it no compiler takes;
- twin: as fuzz, with other C (variant.c and twin.c) in the place of Rust; it is sanitized as the original is.

The original's object files are rewritten so that a sanitizer's report is a call into the runtime: see runtime/memory.c.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
RUNTIME = f"{HERE}/runtime"
CLANG = "clang-19"
MADE = ("fuzz", "memory", "reach", "user_tests")
C = ["-std=gnu17", "-w", "-fno-strict-aliasing", "-ffp-contract=off"]
SANITIZED = [
    *C, "-O1", "-g1", "-fsanitize=address,undefined,float-cast-overflow", "-fno-sanitize-recover=all",
    "-fno-sanitize-address-globals-dead-stripping", "-fno-sanitize-address-use-odr-indicator", "-fsanitize-address-use-after-return=never", "-fno-omit-frame-pointer",
]  # fmt: skip
COVERED = ["-fsanitize-coverage=inline-8bit-counters,pc-table,trace-cmp"]
SANCOV = [
    "-C", "passes=sancov-module", "-C", "llvm-args=-sanitizer-coverage-level=3",
    "-C", "llvm-args=-sanitizer-coverage-inline-8bit-counters", "-C", "llvm-args=-sanitizer-coverage-pc-table",
    "-C", "llvm-args=-sanitizer-coverage-trace-compares",
]  # fmt: skip
RUST = [
    "rustc",
    "--edition",
    "2021",
    "-O",
    "-C",
    "overflow-checks=on",
    "-C",
    "codegen-units=1",
    "-C",
    "debuginfo=0",
    "--cap-lints",
    "allow",
]
HANDLERS = [
    "add_overflow",
    "sub_overflow",
    "mul_overflow",
    "negate_overflow",
    "divrem_overflow",
    "shift_out_of_bounds",
    "out_of_bounds",
    "vla_bound_not_positive",
    "float_cast_overflow",
    "load_invalid_value",
    "invalid_builtin",
    "nonnull_arg",
    "pointer_overflow",
    "type_mismatch_v1",
    "alignment_assumption",
    "function_type_mismatch",
]
CHECKED = [
    "memcmp",
    "memchr",
    "strlen",
    "strnlen",
    "strcmp",
    "strncmp",
    "strcpy",
    "strncpy",
    "strcat",
    "strchr",
    "strrchr",
    "strstr",
    "atoi",
    "strtol",
    "strtoul",
    "malloc",
    "calloc",
    "realloc",
]


class Failed(Exception):
    """A step that did not work."""

    def __init__(self, step: str, output: str) -> None:
        super().__init__(step)
        self.step, self.output = step, output


def symbols() -> str:
    """What the original's calls into runtimes are called instead."""
    lines = [f"__ubsan_handle_{name}_abort cl_ub_{name}" for name in HANDLERS]
    lines += [f"__ubsan_handle_{name} cl_ub_{name}" for name in ("builtin_unreachable", "missing_return")]
    for verb in ("load", "store"):
        lines += [f"__asan_report_{verb}{size} cl_asan_{verb}{size}" for size in ("1", "2", "4", "8", "16", "_n")]
    lines += [f"__asan_{name} cl_{name}" for name in ("memcpy", "memmove", "memset")]
    lines += [f"{name} cl_{name}" for name in CHECKED] + ["free cl_release"]
    return "\n".join(lines) + "\n"


def run(step: str, *argv: str) -> None:
    done = subprocess.run(argv, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        raise Failed(step, done.stderr[:200_000] or f"exit status {done.returncode}")


def shim(name: str, *flags: str) -> None:
    """Compile the original once more; of all its names only the shim's stay visible."""
    sanitized("original", "shim.c", name, f"cl_{name}_*", f"-DCL_SHIM(name)=cl_{name}_##name", *flags)


def twin() -> None:
    """Compile what stands in Rust's place; what is never written holds the same as in the original."""
    sanitized("candidate", "twin.c", "twin", "codeloop_*", *COVERED, "-ftrivial-auto-var-init=pattern")


def sanitized(step: str, source: str, name: str, kept: str, *flags: str) -> None:
    run(step, CLANG, *SANITIZED, *flags, "-c", source, "-o", f"{name}.raw.o")
    run(
        step, "llvm-objcopy-19", f"--redefine-syms={HERE}/symbols.txt", "--wildcard", f"--keep-global-symbol={kept}",
        f"{name}.raw.o", f"{name}.o",
    )  # fmt: skip


def alone(name: str, flags: list[str]) -> None:
    """C alone, with the driver that decodes its arguments."""
    common = [CLANG, *C, "-O1", "-g1", f"-I{RUNTIME}", "-DCL_ONLY_C", *flags]
    run("original", *common, "-DCL_SHIM(name)=cl_c_##name", "-c", "shim.c", "-o", f"{name}.shim.raw.o")
    # Else an `open` of the original's would be the runtime's too. What begins with __ is the compiler's: counters, coverage.
    kept = ["--wildcard", "--keep-global-symbol=cl_c_*", "--keep-global-symbol=__*"]
    run("original", "llvm-objcopy-19", *kept, f"{name}.shim.raw.o", f"{name}.shim.o")
    plain = [each for each in common if each not in ("-fprofile-instr-generate", "-fcoverage-mapping")]
    run("driver", *plain, "-c", "driver.c", "-o", f"{name}.raw.o")
    run("driver", "llvm-objcopy-19", f"--keep-global-symbols={HERE}/driver.txt", f"{name}.raw.o", f"{name}.driver.o")
    run("link", *common, "-fuse-ld=lld", f"{name}.shim.o", f"{name}.driver.o", f"{HERE}/{name}.a", "-lm", "-o", name)


def whole() -> None:
    """All of the original's mistakes at once, in the form FILE:LINE; of names that are defined nowhere, who uses them."""
    plain = ["-fno-caret-diagnostics", "-fno-color-diagnostics", "-ferror-limit=0"]
    run("original", CLANG, *C, *plain, "-O0", "-g1", "-fPIC", "-c", "original.c", "-o", "whole.o")
    run("original", CLANG, "-shared", "-fuse-ld=lld", "-Wl,-z,defs,--error-limit=0", "whole.o", "-lm", "-o", "whole.so")


def driver() -> None:
    run("driver", CLANG, *C, "-O2", "-g0", f"-I{RUNTIME}", "-c", "driver.c", "-o", "driver.raw.o")
    run("driver", "llvm-objcopy-19", f"--keep-global-symbols={HERE}/driver.txt", "driver.raw.o", "driver.o")


def candidate() -> None:
    """Both crates as object files: the standard library stands in the image, once (see prepare)."""
    run(
        "candidate",
        *RUST,
        *SANCOV,
        "--error-format=json",
        "--crate-type",
        "rlib",
        "--emit",
        "metadata,obj",
        "--crate-name",
        "candidate",
        "solution.rs",
    )
    run(
        "layer", *RUST, "--crate-type", "rlib", "--emit", "obj", "--crate-name", "layer",
        "--error-format=json", "--extern", "candidate=libcandidate.rmeta", "layer.rs",
    )  # fmt: skip


def user_tests() -> None:
    """Whatever the file can see is public, so the translation's own tests and its ``cfg(test)`` play no part."""
    library = [*RUST, "--error-format=json", "--crate-type", "rlib", "--crate-name", "candidate"]
    program = [
        "rustc",
        "--edition",
        "2021",
        "--cap-lints",
        "allow",
        "--error-format=json",
        "-C",
        "debuginfo=0",
        "--test",
        "tests.rs",
    ]
    os.makedirs("plain", exist_ok=True)
    os.makedirs("asked", exist_ok=True)
    run("candidate", *library, "--out-dir", "plain", "solution.rs")
    try:
        run("declarations", *program, "--extern", "candidate=plain/libcandidate.rlib", "-o", "user_tests")
    except Failed:
        run("tests", *library, "--out-dir", "asked", "skeleton.rs")
        run(
            "tests",
            *program,
            "--extern",
            "candidate=asked/libcandidate.rlib",
            "--emit",
            "metadata",
            "-o",
            "asked/tests",
        )
        raise


def link(*others: str) -> None:
    run(
        "link", CLANG, "-fsanitize=fuzzer,address", "-no-pie", "-fuse-ld=lld", "-Wl,--gc-sections", "c.o", "again.o", "driver.o",
        *others, f"{HERE}/fuzz.a", "-lpthread", "-ldl", "-lm", "-o", "fuzz",
    )  # fmt: skip


def build(parts: set[str]) -> None:
    steps = []
    if parts & {"fuzz", "twin"}:
        steps += [
            twin if "twin" in parts else candidate, driver, lambda: shim("c", *COVERED, "-ftrivial-auto-var-init=pattern"),
            lambda: shim("again", "-ftrivial-auto-var-init=zero"),
        ]  # fmt: skip
    if "whole" in parts:
        steps.append(whole)
    if "tests" in parts:
        steps.append(user_tests)
    if "memory" in parts:
        steps.append(lambda: alone("memory", ["-fsanitize=memory", "-fsanitize-memory-param-retval"]))
    if "reach" in parts:
        steps.append(lambda: alone("reach", ["-fprofile-instr-generate", "-fcoverage-mapping"]))
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(step) for step in steps]:
            done.result()
    if "twin" in parts:
        link("twin.o")
    elif "fuzz" in parts:
        link("candidate.o", "layer.o", f"{HERE}/rust.a")


def main() -> None:
    if sys.argv[1:] == ["symbols"]:
        print(symbols(), end="")
        return
    os.umask(0o022)
    for name in MADE:  # of an earlier build in this cell
        if os.path.exists(name):
            os.unlink(name)
    began, failure = time.monotonic(), None
    try:
        build(set(sys.argv[1:]))
        for name in (*MADE, "original.c", "user_test.rs"):
            if os.path.exists(name):
                os.chmod(name, 0o755)
    except Failed as error:
        failure = {"step": error.step, "output": error.output}
    print(json.dumps({"failed": failure, "seconds": round(time.monotonic() - began, 3)}))


if __name__ == "__main__":
    main()
