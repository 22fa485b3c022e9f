"""The agent outside of any container: its parts one by one, and the whole over pipes, as root, on this machine."""

from __future__ import annotations

import base64
import json
import os
import secrets
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parent.parent / "sandboxes" / "agent"
sys.path.insert(0, str(FOLDER))
import children  # noqa: E402
import kernel  # noqa: E402
import streams  # noqa: E402
import workspace  # noqa: E402

sys.path.remove(str(FOLDER))

LIMITS = {"cpu_s": 5, "wall_s": 20, "output_bytes": 1000, "channel_bytes": 10**6, "file_bytes": 10**6, "processes": 64}
ALLOW, EPERM, ENOSYS = 0x7FFF0000, 0x00050001, 0x00050026


def decided(program: list[tuple[int, int, int, int]], architecture: int, number: int) -> int:
    """Run a filter as the kernel would (Documentation/userspace-api/seccomp_filter.rst)."""
    accumulator, place = 0, 0
    while True:
        code, if_true, if_false, operand = program[place]
        place += 1
        if code == 0x20:
            accumulator = {0: number, 4: architecture}[operand]
        elif code == 0x06:
            return operand
        else:
            holds = accumulator == operand if code == 0x15 else accumulator >= operand
            place += if_true if holds else if_false


class TestFilter:
    @pytest.mark.parametrize("machine", kernel.FORBIDDEN)
    def test_every_forbidden_call_is_refused_and_every_other_allowed(self, machine: str) -> None:
        program = kernel.filter_of(machine)
        assert program is not None
        architecture, numbers = kernel.FORBIDDEN[machine]
        for number in range(500):
            expected = EPERM if number in numbers else ENOSYS if number == kernel.IO_URING_SETUP else ALLOW
            assert decided(program, architecture, number) == expected, number

    @pytest.mark.parametrize("machine", kernel.FORBIDDEN)
    def test_a_judge_may_run_a_program_from_memory(self, machine: str) -> None:
        program = kernel.filter_of(machine, is_judge=True)
        assert program is not None
        architecture, numbers = kernel.FORBIDDEN[machine]
        allowed = {number for number in numbers if decided(program, architecture, number) == ALLOW}
        assert allowed == {kernel.MEMORY_FILES[machine]}

    def test_other_instruction_sets_of_the_same_machine_are_refused(self) -> None:
        program = kernel.filter_of("x86_64")
        assert program is not None
        assert decided(program, 0x40000003, 4) == EPERM  # 32 bits: its numbers mean other calls
        assert decided(program, 0xC000003E, 0x40000000 + 29) == EPERM  # x32

    def test_a_machine_with_unknown_numbers_has_none(self) -> None:
        assert kernel.filter_of("riscv64") is None


class TestStream:
    def test_keeps_counts_and_marks(self) -> None:
        read_end, write_end = os.pipe()
        stream = streams.Stream(read_end, keep=10, most=100)
        os.write(write_end, b"x" * 50)
        stream.read()
        assert not stream.over()
        assert base64.b64decode(stream.result()) == b"x" * 10 + b"\n[codeloop: output cut after 10 bytes]\n"
        os.write(write_end, b"x" * 51)
        stream.read()
        assert stream.over()
        os.close(write_end)
        stream.close()

    def test_sends_what_it_has_and_closes_that_side(self) -> None:
        ours, theirs = socket.socketpair()
        stream = streams.Stream(ours, keep=10, most=10, outgoing=b"job")
        stream.write()
        assert (theirs.recv(10), theirs.recv(10), stream.sending) == (b"job", b"", False)
        stream.close()
        theirs.close()

    def test_drain_takes_the_rest(self) -> None:
        read_end, write_end = os.pipe()
        stream = streams.Stream(read_end, keep=10**6, most=10**6)
        os.write(write_end, b"y" * 60_000)
        os.close(write_end)
        stream.drain()
        assert (len(stream.data), stream.open) == (60_000, False)
        stream.close()


class TestPlaces:
    def test_placeholders_and_a_clean_environment(self) -> None:
        space = workspace.Workspace("/cell/w", 5000)
        request = {"argv": ["{compiled}/prog", "{work}"], "env": [["A", "{work}/a"]], "role": "judge"}
        argv, env = children.expanded(space, request)
        assert argv == ["/cell/w/compiler/prog", "/cell/w/judge"]
        assert env["A"] == "/cell/w/judge/a"
        assert set(env) == {"A", "PATH", "HOME", "TMPDIR", "LANG"}

    def test_an_ending_of_each_kind_has_its_status(self) -> None:
        """In a process of its own: ended() ends threads and runs exit handlers, as an interpreter does."""
        program = (
            f"import sys; sys.path.insert(0, {str(FOLDER)!r}); import interpreter, atexit\n"
            "atexit.register(print, 'handler')\n"
            "print(interpreter.ended(lambda: eval(sys.argv[1])), flush=True)"
        )
        cases = {"None": "0", "sys.exit()": "0", "sys.exit(3)": "3", "sys.exit('no')": "1", "1/0": "1"}
        for code, status in cases.items():
            done = subprocess.run([sys.executable, "-c", program, code], capture_output=True, text=True, check=True)
            assert done.stdout.split() == ["handler", status], (code, done)


class Agent:
    """The whole agent, at the other end of two pipes."""

    def __init__(self, root: Path) -> None:
        env = {"CODELOOP_ROOT": str(root / "w"), "CODELOOP_UID_BASE": str(10**9 + 4096 * secrets.randbelow(1000))}
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-B", str(FOLDER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=env | {"PATH": os.environ["PATH"]},
        )

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        body = json.dumps(request).encode()
        self.process.stdin.write(struct.pack(">I", len(body)) + body)
        self.process.stdin.flush()
        (length,) = struct.unpack(">I", self.process.stdout.read(4))
        reply: dict[str, Any] = json.loads(self.process.stdout.read(length))
        return reply

    def run(self, *argv: str, **more: object) -> dict[str, Any]:
        base = {"role": "candidate", "files": [], "env": [], "channel": None, "limits": LIMITS, "peer": None}
        return self.ask(base | {"argv": list(argv)} | more)


@pytest.fixture
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    if os.geteuid() != 0:
        pytest.skip("changing users needs root")
    root = tmp_path_factory.mktemp("cell")
    for place in (root, *root.parents):
        if place.stat().st_uid == 0 and place != Path("/") and str(place).startswith("/tmp/"):
            place.chmod(place.stat().st_mode | 0o011)
    found = Agent(root)
    yield found
    assert found.process.stdin is not None
    found.process.stdin.close()
    assert found.process.wait(20) == 0
    assert found.process.stdout is not None
    found.process.stdout.close()


class TestWhole:
    def test_runs_as_another_user_without_rights(self, agent: Agent) -> None:
        reply = agent.run("sh", "-c", "id -u; grep -E 'Cap(Eff|Bnd)|Seccomp:|NoNewPrivs' /proc/self/status; exit 7")
        lines = base64.b64decode(reply["stdout"]).decode().split()
        assert (reply["end"], reply["code"]) == ("exited", 7)
        assert int(lines[0]) > 10**9
        assert lines[1:] == ["CapEff:", "0" * 16, "CapBnd:", "0" * 16, "NoNewPrivs:", "1", "Seccomp:", "2"]

    def test_signals_are_left_to_the_kernel(self, agent: Agent) -> None:
        reply = agent.run("cat", "/proc/self/status", limits=LIMITS | {"output_bytes": 10_000})
        lines = base64.b64decode(reply["stdout"]).splitlines()
        sets = [int(line.split()[1], 16) for line in lines if line[:6] in {b"SigBlk", b"SigIgn", b"SigCgt"}]
        libcs = 0b11 << 31  # 32 and 33 are libc's own: its calls refuse to change what they were when a test run began
        assert [each & ~libcs for each in sets] == [0, 0, 0]

    def test_a_peer_and_a_channel(self, agent: Agent) -> None:
        peer = {"argv": ["sh", "-c", "read x <&3; echo got $x"], "role": "judge", "files": [], "env": []}
        peer |= {"channel": None, "limits": LIMITS, "peer": None}
        channel = base64.b64encode(b"word\n").decode()
        reply = agent.run("sh", "-c", "read x; echo $x >&3; echo back >&0", channel=channel, peer=peer)
        assert base64.b64decode(reply["channel"]) == b"back\n"
        assert base64.b64decode(reply["peer"]["stdout"]) == b"got word\n"

    def test_files_reach_only_their_role(self, agent: Agent) -> None:
        secret = [["tests/t", base64.b64encode(b"42").decode()]]
        assert base64.b64decode(agent.run("cat", "tests/t", role="judge", files=secret)["stdout"]) == b"42"
        reply = agent.run("sh", "-c", "cat ../judge/tests/t")
        assert reply["code"] != 0
        assert b"denied" in base64.b64decode(reply["stderr"])

    def test_limits_end_it(self, agent: Agent) -> None:
        assert agent.run("sleep", "60", limits=LIMITS | {"wall_s": 0.3})["end"] == "wall_timed_out"
        assert agent.run("sh", "-c", "while :; do :; done", limits=LIMITS | {"cpu_s": 0.3})["end"] == "timed_out"
        assert agent.run("yes")["end"] == "output_limit"

    def test_where_others_share_the_machine_it_never_claims_to_be_clean(self, agent: Agent) -> None:
        agent.run("true")  # it is up
        with subprocess.Popen(["sleep", "60"]) as stranger:
            try:
                assert (doubt := agent.ask({"reset": True})["doubt"])
                assert doubt in agent.run("true")["error"]  # it may have been sent before anybody read of the doubt
            finally:
                stranger.kill()

    def test_what_it_cannot_do_is_an_error_and_no_verdict(self, agent: Agent) -> None:
        assert "error" in agent.ask({"argv": ["true"]})
