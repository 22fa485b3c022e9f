"""Exported suites, run by their language's ordinary runner: what a user would run, in a cell of the ``runners`` image."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from codeloop.commands import Command, End, Limits, Role
from codeloop.sandbox.port import Sandbox

IMAGE = "runners"
_MEMORY_BYTES = 3 * 1024**3
_LIMITS = Limits(cpu_s=300, wall_s=600, output_bytes=1024 * 1024, file_bytes=96 * 1024 * 1024, processes=200)
_JARS = "/usr/share/java/junit-*.jar /usr/share/java/opentest4j.jar /usr/share/java/apiguardian-api.jar /usr/share/java/picocli.jar"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedRun:
    """What the runner said. ``tests``: name to whether it passed; empty where the suite was not built or not found."""

    tests: Mapping[str, bool]
    is_green: bool
    """The runner ended with 0, and some test passed."""
    output: str
    """The runner's own words, untrusted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Runner:
    """``script`` runs in the folder of the suite; ``passed`` and ``failed`` find names in what it prints."""

    script: str
    passed: re.Pattern[str]
    failed: re.Pattern[str]


def _lines(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.M)


_RUNNERS: Mapping[str, _Runner] = {
    "python": _Runner(
        script="python3 -m pytest -p no:cacheprovider --tb=short -rA",
        passed=_lines(r"^PASSED \S+::(\w+)"),
        failed=_lines(r"^(?:FAILED|ERROR) \S+::(\w+)"),
    ),
    "java": _Runner(
        script=f"export CP=out:$(echo {_JARS} | tr ' ' :) && "
        "javac -nowarn -encoding UTF-8 -cp $CP -d out src/main/java/*.java src/test/java/*.java && "
        "java -XX:+UseSerialGC -cp $CP org.junit.platform.console.ConsoleLauncher execute --disable-banner --details tree "
        "--details-theme ascii --disable-ansi-colors --select-class SolutionTest",
        passed=_lines(r"^[ |'+-]*\b(\w+)\(\) \[OK\]"),
        failed=_lines(r"^[ |'+-]*\b(\w+)\(\) \[X\]"),
    ),
    "cpp": _Runner(
        script="g++ -std=c++17 -O1 -w test_solution.cpp -lcrypto -o tests && ./tests -r=xml -s",
        passed=_lines(
            r'<TestCase name="([^"]*)"[^>]*>(?:(?!</TestCase>)[\s\S])*?<OverallResultsAsserts[^>]*test_case_success="true"'
        ),
        failed=_lines(
            r'<TestCase name="([^"]*)"[^>]*>(?:(?!</TestCase>)[\s\S])*?<OverallResultsAsserts[^>]*test_case_success="false"'
        ),
    ),
    "javascript": _Runner(
        script="node --test --test-reporter=tap",
        passed=_lines(r"^ *ok \d+ - (.+?)(?: # .*)?$"),
        failed=_lines(r"^ *not ok \d+ - (.+?)(?: # .*)?$"),
    ),
    "go": _Runner(
        script="cp -rs /opt/codeloop/gocache .gocache && GOCACHE=$PWD/.gocache GOPATH=$PWD/.go GOPROXY=off GOFLAGS=-mod=mod /usr/lib/go-1.24/bin/go test -v .",
        passed=_lines(r"^--- PASS: (\w+)"),
        failed=_lines(r"^--- FAIL: (\w+)"),
    ),
    "rust": _Runner(
        script="mkdir -p .cargo && cp /opt/codeloop/cargo/config.toml .cargo/ && CARGO_HOME=$PWD/.cargo CARGO_PROFILE_DEV_DEBUG=0 "
        "CARGO_INCREMENTAL=0 cargo test --offline --lib --quiet -- --format=pretty",
        passed=_lines(r"^test (?:\w+::)*(\w+)(?: - should panic)? \.\.\. ok"),
        failed=_lines(r"^test (?:\w+::)*(\w+)(?: - should panic)? \.\.\. FAILED"),
    ),
}


async def run_exported(sandbox: Sandbox, language: str, files: Mapping[str, str]) -> ExportedRun:
    """Run a suite's files. Raises SandboxError when the machine failed."""
    runner = _RUNNERS[language]
    command = Command(
        argv=("/bin/sh", "-c", f"cd {{work}} && mkdir -p .tmp && {runner.script}"),
        role=Role.CANDIDATE,
        files=tuple((path, text.encode("utf-8", "surrogatepass")) for path, text in files.items()),
        env=(("HOME", "{work}"), ("TMPDIR", "{work}/.tmp"), ("PYTHONDONTWRITEBYTECODE", "1")),
        limits=_LIMITS,
    )
    async with sandbox.open(IMAGE, memory_bytes=_MEMORY_BYTES) as cell:
        result = await cell.run(command)
    output = (result.stdout + result.stderr).decode("utf-8", "replace")
    tests = dict.fromkeys(runner.passed.findall(output), True) | dict.fromkeys(runner.failed.findall(output), False)
    is_green = result.end is End.EXITED and result.code == 0 and bool(tests) and all(tests.values())
    return ExportedRun(tests=tests, is_green=is_green, output=output)


__all__ = ["IMAGE", "ExportedRun", "run_exported"]
