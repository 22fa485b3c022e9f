"""Analysers: the runner that all images share, and what is made of its lines."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from codeloop.commands import CommandResult, End, Role
from codeloop.diagnostics import Diagnostic, Severity
from codeloop.languages import analysed, get_language
from codeloop.languages.analysed import Analyser, Output

RUNNER = Path(__file__).parents[1] / "sandboxes" / "agent" / "lint.py"
SYNTAX = get_language("python").syntax
CODE = "class Account:\n    def deposit(self, n):\n        return n + m\n"


def each_line(output: Output, code: str) -> tuple[Diagnostic, ...]:
    del code
    return tuple(
        Diagnostic(stage="lint", tool="sh", rule="line", message=line, line=3) for line in output.stdout.splitlines()
    )


def shell(script: str, limit_s: float = 5.0) -> Analyser:
    return Analyser(name="sh", argv=("sh", "-c", script), read=each_line, limit_s=limit_s)


def run(tool: Analyser, folder: Path, code: str = CODE) -> CommandResult:
    """Run the command as a cell would: the job on a socket, descriptor 0."""
    command = analysed.command("solution.py", code, [tool], files=[("more/settings.txt", "x = 1\n")])
    ours, theirs = socket.socketpair()
    with ours, theirs:
        process = subprocess.Popen([sys.executable, "-I", str(RUNNER)], stdin=theirs, cwd=folder)
        theirs.close()
        ours.sendall(command.channel or b"")
        ours.shutdown(socket.SHUT_WR)
        written = b"".join(iter(lambda: ours.recv(1 << 16), b""))
        code_ = process.wait()
    return CommandResult(end=End.EXITED, code=code_, channel=written)


def messages(tool: Analyser, folder: Path) -> list[str]:
    return [item.message for item in analysed.read(run(tool, folder), CODE, [tool], SYNTAX)]


def test_the_command_is_the_compilers_and_runs_no_candidate() -> None:
    command = analysed.command("solution.py", CODE, [shell("true")])
    assert (command.role, command.files, command.peer) == (Role.COMPILER, (), None)
    assert command.argv[-1].endswith("agent/lint.py")


def test_an_analyser_finds_the_program_and_the_files_beside_it(tmp_path: Path) -> None:
    assert messages(shell("grep -c deposit solution.py; cat more/settings.txt"), tmp_path) == ["1", "x = 1"]


def test_an_analyser_has_an_empty_home(tmp_path: Path) -> None:
    assert messages(shell('ls -A "$HOME"; test "$HOME" != "$PWD" && echo apart'), tmp_path) == ["apart"]


def test_a_finding_gets_its_line_and_scope(tmp_path: Path) -> None:
    tool = shell("echo here")
    (item,) = analysed.read(run(tool, tmp_path), CODE, [tool], SYNTAX)
    assert (item.source_line, item.scope) == ("        return n + m", "Account.deposit")


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("sleep 60 & sleep 60", "timed_out"),
        ("kill -SEGV $$", "signalled 11"),
        ("echo broken >&2; exit 70", "exited 70\nbroken"),
    ],
)
def test_an_analyser_that_fails_is_one_note(tmp_path: Path, script: str, said: str) -> None:
    tool = shell(script, limit_s=1.0)
    (note,) = analysed.read(run(tool, tmp_path), CODE, [tool], SYNTAX)
    assert (note.rule, note.severity) == ("unparsed", Severity.NOTE)
    assert said in note.message


def test_a_missing_analyser_is_one_note(tmp_path: Path) -> None:
    tool = Analyser(name="nonesuch", argv=("nonesuch",), read=each_line)
    (note,) = analysed.read(run(tool, tmp_path), CODE, [tool], SYNTAX)
    assert note.message.startswith("missing")


def test_what_is_left_of_an_analyser_keeps_nobody_waiting(tmp_path: Path) -> None:
    assert messages(shell("sleep 60 & echo done"), tmp_path) == ["done"]


def test_output_is_capped_with_a_mark(tmp_path: Path) -> None:
    found = messages(shell("head -c 3000000 /dev/zero | tr '\\0' x"), tmp_path)
    assert len(found) == 2
    assert len(found[0]) == 1 << 20
    assert found[1].endswith("[cut]")


def test_a_runner_that_ends_early_is_one_note_for_each_analyser() -> None:
    result = CommandResult(end=End.OUT_OF_MEMORY, code=-1)
    found = analysed.read(result, CODE, [shell("true"), shell("true")], SYNTAX)
    assert [item.rule for item in found] == ["unparsed", "unparsed"]
    assert "out_of_memory" in found[0].message


def test_a_line_of_another_shape_is_one_note() -> None:
    result = CommandResult(end=End.EXITED, code=0, channel=json.dumps({"tool": "sh", "code": "x"}).encode())
    (note,) = analysed.read(result, CODE, [shell("true")], SYNTAX)
    assert note.rule == "unparsed"


def test_directives_go_and_every_place_stays() -> None:
    code = 'text = "# noqa"  # noqa: F401 äöü 😀\n"""type: ignore"""\nx = 1  # type: ignore\n'
    quiet = analysed.unsilenced(code, SYNTAX, re.compile(r"noqa|type(?=:)"))
    assert quiet == 'text = "# noqa"  # ----: F401 äöü 😀\n"""type: ignore"""\nx = 1  # ----: ignore\n'


def test_lone_surrogates_and_nul_do_not_stop_it() -> None:
    code = "x = '\ud800\x00'  # noqa \udfff\n"
    assert analysed.unsilenced(code, SYNTAX, re.compile("noqa")) == code.replace("noqa", "----")
    assert analysed.command("solution.py", code, [shell("true")]).channel
