"""What a translation from C to Rust is tested by, and the commands that build and fuzz it in a cell of the ``c-rust`` image."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from codeloop.commands import Command, CommandResult, End, Limits, Role
from codeloop.languages.c_rust_user_tests import UserTests
from codeloop.languages.rust_analysers import SOURCE

IMAGE = "c-rust"
_PROGRAMS = "/opt/codeloop/c_rust"
_ALONE = ("memory", "reach")
_ERROR = re.compile(r"^(?:\./)?original\.c:(\d+):\d+: (?:fatal )?error: (.*?)(?: \[-W[\w-]+\])?$", re.MULTILINE)
_UNDEFINED = re.compile(r"undefined symbol: (.+)\n((?:>>> .*\n?)+)")
_USER = re.compile(r"^>>> referenced by original\.c:(\d+)", re.MULTILINE)
_BUILD_LIMITS = Limits(cpu_s=120, wall_s=300, output_bytes=1 << 20, file_bytes=64 << 20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How long is searched for a difference: until either bound."""

    runs: int = 300_000
    """Two seconds for scalars on one core; a wrong translation of ``c-basics`` takes less than a tenth."""
    seconds: float = 20.0
    seed: int = 1
    max_len: int = 512
    """Bytes of one input."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferentialTests:
    """What a translation is tested by."""

    files: Mapping[str, str]
    """Name to text: the original and what stands between; the translation is put beside them."""
    budget: Budget
    allow_unsafe: int = 0
    """How many places that are not safe Rust a translation may have: see ``rust_audit``."""
    known_bad: str = ""
    """A whole translation that is wrong; empty: none is known. Of hidden tests only."""
    user_tests: UserTests | None = None
    entry_points: tuple[str, ...] = ()
    """The functions that are compared."""
    functions: tuple[str, ...] = ()
    """The functions that are translated, those among them that only others of the file call."""
    declared: str = ""
    """The items that a translation declares, in Rust; functions without their bodies."""
    corpus: tuple[str, ...] = ()
    """Inputs (hex) that are tried first: what earlier attempts' searches kept."""

    def as_text(self) -> str:
        """Give the tests of a task."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def read(cls, text: str) -> DifferentialTests:
        """Read what ``as_text`` gave."""
        data = json.loads(text)
        return cls(
            files=data["files"],
            budget=Budget(**data["budget"]),
            allow_unsafe=data["allow_unsafe"],
            known_bad=data["known_bad"],
            user_tests=UserTests(**data["user_tests"]) if data["user_tests"] else None,
            entry_points=tuple(data["entry_points"]),
            functions=tuple(data["functions"]),
            declared=data["declared"],
            corpus=tuple(data["corpus"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NotBuilt:
    """What could not be compiled. ``step``: ``candidate``, ``layer`` and ``declarations`` (the candidate's are not those asked
    for), ``tests`` (the user's file, whatever the candidate declares), ``original``, ``driver`` or ``link``.
    """

    step: str
    output: str

    @property
    def is_candidates(self) -> bool:
        """Say whether the translation is at fault."""
        return self.step in ("candidate", "layer", "declarations")


def build_command(files: Mapping[str, str], rust: str, tests: Mapping[str, str] | None = None) -> Command:
    """Build the fuzzer, C alone for what of it is reached and for what it never wrote, and the user's tests."""
    if not tests:
        return _build({**files, SOURCE: rust}, "fuzz", *_ALONE)
    return _build({**files, **tests, SOURCE: rust}, "fuzz", "tests", *_ALONE)


def build_twins_command(files: Mapping[str, str]) -> Command:
    """Build the same with a variant of the original, which is among the files, in the place of Rust."""
    return _build(files, "twin", *_ALONE)


def whole_command(original: str) -> Command:
    """Compile and link an original by itself, to see whether it is one."""
    return _build({"original.c": original}, "whole")


def _build(files: Mapping[str, str], *parts: str) -> Command:
    return Command(
        argv=("python3", "-I", "-B", f"{_PROGRAMS}/build.py", *parts),
        role=Role.COMPILER,
        files=tuple((path, text.encode("utf-8", "surrogatepass")) for path, text in files.items()),
        limits=_BUILD_LIMITS,
    )


def read_build(result: CommandResult) -> NotBuilt | None:
    """Read what failed; ``None``: nothing. Raises ValueError where the builder itself did not come to its end."""
    if result.end is not End.EXITED or result.code:
        raise ValueError(f"the build ended otherwise than expected: {result.end} {result.code}")
    failed = json.loads(result.stdout)["failed"]
    return NotBuilt(step=failed["step"], output=failed["output"]) if failed else None


def read_faults(output: str) -> dict[int, str]:
    """Read clang's errors, and the linker's undefined names at those who use them: line to what is wrong, the first of a line."""
    found = [(int(line), said) for line, said in _ERROR.findall(output)]
    for name, users in _UNDEFINED.findall(output):
        found += [(int(line), f"{name} is declared and defined nowhere in the file") for line in _USER.findall(users)]
    return dict(reversed(found))


def fuzz_command(
    budget: Budget,
    corpus: Sequence[bytes] = (),
    tests_s: float = 0.0,
    functions: Sequence[str] = (),
    entry_points: Sequence[str] = (),
) -> Command:
    """Run the user's tests for ``tests_s`` at most, then fuzz what was built in the same cell; ``corpus`` is replayed first.

    ``functions``: those of the original of which it is told what was reached; none: all. ``entry_points``: those that are called.
    """
    seconds = 60 + 4 * budget.seconds + tests_s
    settings: dict[str, object] = {
        **asdict(budget),
        "corpus": [each.hex() for each in corpus],
        "functions": [*functions],
        "entry_points": [*entry_points],
    }
    return Command(
        argv=("python3", "-I", "-B", f"{_PROGRAMS}/fuzz.py", "{compiled}", "settings.json"),
        files=(("settings.json", json.dumps(settings).encode()),),
        limits=Limits(cpu_s=seconds, wall_s=seconds, output_bytes=4 << 20),
    )
