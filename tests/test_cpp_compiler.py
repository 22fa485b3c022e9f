"""C++: the compiler that a warm cell lends finds what g++ finds, is nobody in particular, and costs the next check nothing."""

from __future__ import annotations

import re
from dataclasses import replace

import anyio
import pytest

from codeloop.commands import Command, CommandResult, End, Limits
from codeloop.languages import get_language
from codeloop.sandbox.cells import OpenCell
from codeloop.sandbox.docker import Connection, DockerSandbox
from codeloop.tasks import HiddenTests, Task, VisibleTests

pytestmark = [pytest.mark.docker("cpp")]
CPP = get_language("cpp")
HEAD = "#include <vector>\n#include <string>\nusing namespace std;\n"
TASK = Task(
    id="CPP/x2",
    language="cpp",
    statement="Give twice the numbers.",
    prompt=HEAD + "vector<int> twice(vector<int> xs) {\n",
    entry_point="twice",
    visible=VisibleTests(code="int main() {\n    assert (twice({1}) == vector<int>{2});\n}\n"),
    hidden=HiddenTests(code=""),
    reference="    for (int& x : xs) x *= 2;\n    return xs;\n}\n",
)
RIGHT = TASK.prompt + TASK.reference
LENT = "#if __INCLUDE_LEVEL__ != 1\n#error compiled by g++ itself\n#endif\n"
"""A lent compiler reads a program as an included file: what has this in it compiles there alone."""
SLOW = "#define A(x) x x x x x x x x x x\nint slow[] = {A(A(A(A(A(A(A(A(1,))))))))};\n"


def command(code: str) -> Command:
    return CPP.compile(TASK, code, TASK.visible.code)


def by_driver(code: str) -> Command:
    """The same command, by words that the agent forks no program for, and so lends nothing to."""
    found = command(code)
    return replace(found, argv=(found.argv[0], "-I", "-B", *found.argv[2:]))


def results(*commands: Command) -> list[tuple[str, CommandResult]]:
    """Run each in a check of its own; the container's id and the result."""
    found = []

    async def body() -> None:
        sandbox = DockerSandbox(run_id="cppcompiler", jobs=1)
        try:
            for each in commands:
                async with sandbox.open("cpp", memory_bytes=CPP.memory_bytes) as cell:
                    assert isinstance(cell, OpenCell)
                    assert isinstance(cell.connection, Connection)
                    found.append((str(cell.connection.container.id), await cell.run(each)))
        finally:
            await sandbox.aclose()

    anyio.run(body)
    return found


def outcome(result: CommandResult, code: str) -> str:
    return CPP.read_compile(result, code, "").report.outcome


def test_every_text_goes_to_a_lent_compiler() -> None:
    full = "#include <bits/stdc++.h>\n" + LENT + RIGHT
    (_, first), (_, second), (_, third), (_, driver) = results(
        command(LENT + RIGHT), command(full), command(LENT + RIGHT), by_driver(LENT + RIGHT)
    )
    assert [outcome(each, RIGHT) for each in (first, second, third, driver)] == ["ok", "ok", "ok", "types"]
    assert all(b'"judge": "f0VMRg' in each.channel for each in (first, second, third))


@pytest.mark.parametrize(
    "code",
    [
        RIGHT[:-20],
        RIGHT.replace("xs) {", "xs)"),
        RIGHT.replace("return xs", "return missing(xs)"),
        RIGHT.replace("vector<int> twice", "string twice"),
        RIGHT.replace("twice(", "thrice("),
        RIGHT + 'int g() {}\nconst char* text = "é";\n#warning said\n',
        RIGHT + '#include "nowhere.h"\n',
        RIGHT + "#pragma codeloop serve\n#if 1\n",
        RIGHT + "template class std::vector<int>;\ntemplate class std::basic_string<char>;\n",
        "#include <bits/stdc++.h>\n" + RIGHT.replace("return xs", "return accumulate(xs)"),
        RIGHT + "namespace std { template <> class vector<int> {}; }\n",
        RIGHT + "template <int N> struct R { static const int v = R<N + 1>::v; };\nint deep = R<0>::v;\n",
    ],
)
def test_it_finds_what_the_driver_finds(code: str) -> None:
    (_, lent), (_, driver) = results(command(code), by_driver(code))
    without_program = [re.sub(rb'"judge": "[^"]*"', b"", each.channel) for each in (lent, driver)]
    assert without_program[0] == without_program[1]


def test_one_that_never_ends_is_ended_and_costs_the_next_check_nothing() -> None:
    slow = replace(command(RIGHT + SLOW), limits=Limits(cpu_s=1.0, wall_s=30.0))
    (before, _), (during, ended), (after, whole) = results(command(RIGHT), slow, command(LENT + RIGHT))
    assert ended.end is End.TIMED_OUT
    assert before == during == after
    assert outcome(whole, RIGHT) == "ok"


def test_it_is_the_checks_own_user_and_has_no_right() -> None:
    told = r"""for p in /proc/[0-9]*; do
        case "$(cat $p/comm 2>/dev/null)" in cc1plus) ;; *) continue ;; esac
        echo $(grep -E '^(Uid|Groups|CapPrm|CapEff|CapBnd|NoNewPrivs|Seccomp):' $p/status)
    done"""
    found = ""

    async def body() -> None:
        nonlocal found
        sandbox = DockerSandbox(run_id="cppcompiler", jobs=1)
        slow = replace(command(RIGHT + SLOW), limits=Limits(cpu_s=4.0, wall_s=60.0))
        try:
            async with sandbox.open("cpp", memory_bytes=CPP.memory_bytes) as cell, anyio.create_task_group() as group:
                assert isinstance(cell, OpenCell)
                assert isinstance(cell.connection, Connection)
                container = cell.connection.container
                group.start_soon(cell.run, slow)
                for _ in range(100):  # until the text's own compiler is there
                    done = await anyio.to_thread.run_sync(lambda: container.exec_run(["sh", "-c", told], user="root"))
                    found = done.output.decode()
                    if found.count("CapPrm: 0000000000000000") >= 2:
                        break
                    await anyio.sleep(0.05)
        finally:
            await sandbox.aclose()

    anyio.run(body)
    lines = [line for line in found.splitlines() if line]
    waiting = [line for line in lines if line.startswith("Uid: 0 0 0 0 ")]
    own = [line for line in lines if line not in waiting]
    confined = "CapBnd: 0000000000000000 NoNewPrivs: 1 Seccomp: 2"
    assert len(waiting) == 2
    assert all("CapPrm: 00000000000000c0 CapEff: 00000000000000c0 " + confined in line for line in waiting), lines
    assert len(own) == 2
    users = {line.split(" Groups:")[0] for line in own}
    assert len(users) == 1
    assert all(re.match(r"Uid: (\d{6,}) \1 \1 \1 Groups: CapPrm: 0{16} CapEff: 0{16} ", line) for line in own), lines
    assert all(confined in line for line in own), lines
