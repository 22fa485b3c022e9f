"""What any sandbox promises, asked of each adapter. Docker's needs an engine and the Python image (`codeloop setup`)."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import anyio
import pytest

from codeloop import config, host, toolchains
from codeloop.commands import Command, CommandResult, End, Limits, Role
from codeloop.errors import ImageMissing, SandboxUnavailable
from codeloop.sandbox import bubblewrap, owner
from codeloop.sandbox.bubblewrap import BubblewrapSandbox
from codeloop.sandbox.cells import OpenCell
from codeloop.sandbox.docker import Connection, DockerSandbox, Isolation
from codeloop.sandbox.frames import Broken, Demultiplexer
from codeloop.sandbox.port import Cell, Guarantee

MEMORY = 256 * 1024 * 1024


def python(code: str, **options: object) -> Command:
    return Command(argv=("python3", "-c", textwrap.dedent(code)), **options)  # type: ignore[arg-type]


class Runner:
    """Runs commands in a fresh cell of one adapter."""

    def __init__(self, make: Callable[[], DockerSandbox | BubblewrapSandbox]) -> None:
        self.make = make

    def with_cell(self, use: Callable[[Cell], Awaitable[object]], memory: int = MEMORY) -> None:
        async def body() -> None:
            sandbox = self.make()
            try:
                async with sandbox.open("python", memory_bytes=memory) as cell:
                    await use(cell)
            finally:
                await sandbox.aclose()

        anyio.run(body)

    def run_all(self, *commands: Command, memory: int = MEMORY) -> list[CommandResult]:
        results: list[CommandResult] = []

        async def use(cell: Cell) -> None:
            for command in commands:
                results.append(await cell.run(command))

        self.with_cell(use, memory)
        return results

    def run(self, command: Command, memory: int = MEMORY) -> CommandResult:
        return self.run_all(command, memory=memory)[0]

    def needs(self, guarantee: Guarantee) -> None:
        """Skip a test of what the adapter does not declare on this host."""
        sandbox = self.make()
        declared = sandbox.guarantees
        anyio.run(sandbox.aclose)
        if guarantee not in declared:
            pytest.skip(f"not declared on this host: {guarantee}")


MAKERS: dict[str, Callable[[], DockerSandbox | BubblewrapSandbox]] = {
    "docker-cells": lambda: DockerSandbox(run_id="test"),
    "docker-containers": lambda: DockerSandbox(run_id="test", isolation=Isolation.CONTAINER),
    "bubblewrap": lambda: BubblewrapSandbox(cache_dir=config.toolchains_dir()),
}


@pytest.fixture(
    params=[
        pytest.param(name, marks=pytest.mark.docker("python") if "docker" in name else pytest.mark.bubblewrap)
        for name in MAKERS
    ]
)
def sandbox(request: pytest.FixtureRequest) -> Runner:
    if request.param == "bubblewrap":
        found = bubblewrap.probe()
        if not found.ok:
            pytest.skip(f"no bubblewrap: {found.detail}")
        toolchains.ensure(("python",), config.toolchains_dir(), print)
    return Runner(MAKERS[request.param])


ALIVE = """
    import os
    print(sum(1 for p in os.listdir('/proc') if p.isdigit() and b'MARK' in open(f'/proc/{p}/cmdline', 'rb').read()
              and int(p) != os.getpid()))
"""


class TestEnds:
    def test_exit_code_and_output(self, sandbox: Runner) -> None:
        result = sandbox.run(python("import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"))
        assert (result.end, result.code, result.stdout, result.stderr) == (End.EXITED, 3, b"out\n", b"err\n")

    def test_signal(self, sandbox: Runner) -> None:
        result = sandbox.run(python("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"))
        assert (result.end, result.code) == (End.SIGNALLED, 11)

    def test_missing_program(self, sandbox: Runner) -> None:
        assert sandbox.run(Command(argv=("no-such-program",))).code == 127

    def test_cpu_limit(self, sandbox: Runner) -> None:
        result = sandbox.run(python("while True: pass", limits=Limits(cpu_s=0.5)))
        assert (result.end, result.code) == (End.TIMED_OUT, -1)
        assert 0.5 <= result.cpu_s < 1.5

    def test_cpu_of_children_and_of_ignored_children_counts(self, sandbox: Runner) -> None:
        code = """
            import os, signal, time
            signal.signal(signal.SIGCHLD, signal.SIG_IGN)
            while True:
                if os.fork() == 0:
                    end = time.process_time() + 0.2
                    while time.process_time() < end: pass
                    os._exit(0)
                try: os.wait()
                except ChildProcessError: pass
        """
        assert sandbox.run(python(code, limits=Limits(cpu_s=1, wall_s=20))).end is End.TIMED_OUT

    def test_wall_limit_is_not_the_cpu_limit(self, sandbox: Runner) -> None:
        result = sandbox.run(python("import time; time.sleep(60)", limits=Limits(wall_s=0.5)))
        assert (result.end, result.code) == (End.WALL_TIMED_OUT, -1)
        assert result.wall_s < 5

    def test_time_out_kills_grandchildren_also_in_their_own_session(self, sandbox: Runner) -> None:
        code = """
            import subprocess, sys, time
            sleeper = [sys.executable, '-c', 'import time; time.sleep(600)', 'MARK']
            subprocess.Popen(['sh', '-c', 'sleep 600 & exec "$@"', 'sh', *sleeper])
            subprocess.Popen(sleeper, start_new_session=True)
            time.sleep(600)
        """
        first, second = sandbox.run_all(python(code, limits=Limits(wall_s=1)), python(ALIVE, role=Role.JUDGE))
        assert first.end is End.WALL_TIMED_OUT
        assert second.stdout == b"0\n"

    def test_a_daemon_that_holds_the_pipes_does_not_delay_the_end(self, sandbox: Runner) -> None:
        code = """
            import subprocess, sys
            subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)', 'MARK'], start_new_session=True)
            print('done')
        """
        first, second = sandbox.run_all(python(code), python(ALIVE, role=Role.JUDGE))
        assert (first.end, first.stdout, second.stdout) == (End.EXITED, b"done\n", b"0\n")
        assert first.wall_s < 5

    def test_output_is_cut_and_marked(self, sandbox: Runner) -> None:
        result = sandbox.run(python("print('x' * 5000, end='')", limits=Limits(output_bytes=1000)))
        assert (result.end, result.code) == (End.EXITED, 0)
        assert result.stdout.startswith(b"x" * 1000 + b"\n[codeloop: ")
        assert len(result.stdout) < 1100

    def test_output_flood_ends_the_process(self, sandbox: Runner) -> None:
        result = sandbox.run(python("while True: print('x' * 1000)", limits=Limits(output_bytes=1000)))
        assert (result.end, result.code) == (End.OUTPUT_LIMIT, -1)

    def test_out_of_memory(self, sandbox: Runner) -> None:
        sandbox.needs(Guarantee.MEMORY)
        result = sandbox.run(python("x = bytearray(600 * 1024 * 1024)"), memory=128 * 1024 * 1024)
        assert (result.end, result.code) == (End.OUT_OF_MEMORY, -1)

    def test_the_cell_survives_out_of_memory(self, sandbox: Runner) -> None:
        sandbox.needs(Guarantee.MEMORY)
        results = sandbox.run_all(
            python("x = bytearray(600 * 1024 * 1024)"), python("print(1)"), memory=128 * 1024 * 1024
        )
        assert results[1].stdout == b"1\n"

    def test_bytes_that_are_no_text(self, sandbox: Runner) -> None:
        assert sandbox.run(python(r"import os; os.write(1, b'\xff\xfe\x00\x80')")).stdout == b"\xff\xfe\x00\x80"

    def test_full_workspace_is_a_result(self, sandbox: Runner) -> None:
        fill = """
            f = open('big', 'wb', 0)
            try:
                while True: f.write(b'x' * 2**20)
            except OSError as e: print(e.errno)
        """
        many = Limits(file_bytes=2**30)
        first, second = sandbox.run_all(
            python(fill, limits=many), Command(argv=("true",), files=(("a", b"x" * 10**6),)), memory=2**29
        )
        assert first.stdout == b"28\n"
        assert (second.end, second.code) == (End.EXITED, 125)


class TestConfinement:
    def test_no_network(self, sandbox: Runner) -> None:
        code = """
            import os, socket
            print([name for _, name in socket.if_nameindex()])
            try: socket.create_connection(('1.1.1.1', 53), 2)
            except OSError: print('refused')
        """
        assert sandbox.run(python(code)).stdout == b"['lo']\nrefused\n"

    def test_root_is_read_only_and_the_workspace_root_closed(self, sandbox: Runner) -> None:
        code = """
            for path in ('/x', '/tmp/x', '/etc/x', '/opt/codeloop/x', '/cell/x', '/cell/w/x', '/dev/shm/x', '/dev/x'):
                try: open(path, 'w'); print('wrote', path)
                except OSError: pass
            open('x', 'w')
            print('ok')
        """
        assert sandbox.run(python(code)).stdout == b"ok\n"

    @pytest.mark.parametrize("role", list(Role))
    def test_identity(self, sandbox: Runner, role: Role) -> None:
        result = sandbox.run(Command(argv=("cat", "/proc/self/status"), role=role))
        status = dict(line.split(":\t", 1) for line in result.stdout.decode().splitlines() if ":\t" in line)
        assert all(int(uid) >= 100_000 for uid in status["Uid"].split() + status["Gid"].split())
        # Groups of a host's user that has no right to leave them show as the one that no namespace knows.
        # A compiler's group (agent/workspace.py) lets it start the Python that candidates of Go and Rust may not.
        own = {"60042"} if role is Role.COMPILER else set()
        assert set(status["Groups"].split()) <= {"65534"} | own
        assert status["NoNewPrivs"] == "1"
        # The bounding set keeps the agent's six: only SETPCAP could shrink it, and no privileges come of it.
        assert {int(status[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {0}

    def test_environment_and_descriptors(self, sandbox: Runner) -> None:
        code = "import os; print(sorted(os.environ), len(os.listdir('/proc/self/fd')), os.getcwd())"
        result = sandbox.run(python(code, env=(("A", "{work}/a"),)))
        # Descriptor 3 is listdir's own; LC_CTYPE is Python's.
        names = ["A", "HOME", "LANG", "PATH", "TMPDIR"]
        assert result.stdout.decode() == f"{names} 4 /cell/w/candidate\n"

    def test_fork_bomb(self, sandbox: Runner) -> None:
        sandbox.needs(Guarantee.PIDS)
        code = """
            import os
            while True:
                try: os.fork()
                except OSError: pass
        """
        first, second = sandbox.run_all(python(code, limits=Limits(cpu_s=2, wall_s=10)), python("print('alive')"))
        assert first.end in {End.TIMED_OUT, End.WALL_TIMED_OUT}
        assert second.stdout == b"alive\n"

    def test_bomb_of_orphans(self, sandbox: Runner) -> None:
        sandbox.needs(Guarantee.PIDS)
        code = """
            import os
            while True:
                try:
                    if os.fork():
                        os._exit(0) if os.getppid() == 1 else None
                    else:
                        os.setsid()
                except OSError: pass
        """
        first, second = sandbox.run_all(python(code, limits=Limits(cpu_s=1, wall_s=10)), python("print('alive')"))
        assert first.end is not End.OUTPUT_LIMIT
        assert first.wall_s < 20
        assert second.stdout == b"alive\n"

    def test_candidate_cannot_read_the_judges_files_nor_kill_it(self, sandbox: Runner) -> None:
        judge = python(
            "import os; s = __import__('socket').socket(fileno=3); s.sendall(b'go'); print(s.recv(99))",
            role=Role.JUDGE,
            files=(("secret/tests.py", b"expected"),),
        )
        attack = """
            import os, socket
            s = socket.socket(fileno=3); s.recv(99); said = set()
            others = [int(name) for name in os.listdir('/proc') if name.isdigit() and int(name) != os.getpid()]
            acts = [lambda: open('/cell/w/judge/secret/tests.py'), lambda: os.listdir('/cell/w/judge')]
            for pid in others:
                acts += [lambda pid=pid: open(f'/proc/{pid}/mem', 'rb'), lambda pid=pid: os.listdir(f'/proc/{pid}/fd'),
                         lambda pid=pid: open(f'/proc/{pid}/environ', 'rb')]
                try: os.kill(pid, 9)
                except PermissionError: pass
            for act in acts:
                try: act(); said.add('did')
                except PermissionError: said.add('no')
            s.sendall(' '.join(said).encode())
        """
        result = sandbox.run(python(attack, peer=judge))
        assert result.peer is not None
        assert result.peer.stdout == b"b'no'\n"

    def test_links_lead_nowhere(self, sandbox: Runner) -> None:
        lay = "import os; os.symlink('/cell/w/judge/t', 'a'); os.symlink('/cell/w/judge', 'd')"
        results = sandbox.run_all(
            Command(argv=("cat", "t"), role=Role.JUDGE, files=(("t", b"truth"),)),
            python(lay),
            Command(argv=("cat", "a"), files=(("a", b"mine"),)),
            Command(argv=("true",), files=(("d/t", b"forged"),)),
            Command(argv=("cat", "t"), role=Role.JUDGE),
        )
        assert [each.stdout for each in results] == [b"truth", b"", b"mine", b"", b"truth"]
        assert results[3].code == 125

    def test_the_candidate_reads_what_the_compiler_made_but_not_its_sources(self, sandbox: Runner) -> None:
        results = sandbox.run_all(
            Command(argv=("cp", "in", "out"), role=Role.COMPILER, files=(("in", b"x"),)),
            Command(argv=("sh", "-c", "cat /cell/w/compiler/out; cat {work}/../compiler/in; echo > ../compiler/new")),
        )
        # cp keeps the mode of its source: 0400.
        assert results[1].stdout == b""
        made = sandbox.run_all(
            Command(argv=("sh", "-c", "cat in > out"), role=Role.COMPILER, files=(("in", b"x"),)),
            Command(argv=("sh", "-c", "cat {work}/../compiler/out; cat ../compiler/in; echo > ../compiler/out")),
        )
        assert made[1].stdout == b"x"
        assert made[1].stderr.count(b"denied") == 1 or made[1].code != 0


class TestChannels:
    def test_round_trip(self, sandbox: Runner) -> None:
        code = """
            import socket
            s = socket.socket(fileno=0)
            data = b''.join(iter(lambda: s.recv(65536), b''))
            s.sendall(data[::-1])
        """
        payload = os.urandom(3_000_000)
        assert sandbox.run(python(code, channel=payload)).channel == payload[::-1]

    def test_channel_limit(self, sandbox: Runner) -> None:
        code = "import os\nwhile True: os.write(0, b'x' * 65536)"
        result = sandbox.run(python(code, channel=b"", limits=Limits(channel_bytes=100_000)))
        assert result.end is End.OUTPUT_LIMIT
        assert len(result.channel) <= 100_000

    def test_without_channel_stdin_is_empty(self, sandbox: Runner) -> None:
        assert sandbox.run(Command(argv=("cat",))).code == 0

    def test_peer_round_trip(self, sandbox: Runner) -> None:
        main = python("import os\nwhile (b := os.read(3, 100)): os.write(3, b.upper())")
        peer = python("import os; os.write(3, b'abc'); print(os.read(3, 100)); exit(7)", role=Role.JUDGE)
        result = sandbox.run(Command(argv=main.argv, peer=peer))
        assert result.peer is not None
        assert (result.peer.end, result.peer.code, result.peer.stdout) == (End.EXITED, 7, b"b'ABC'\n")

    def test_the_peer_sees_the_main_process_end(self, sandbox: Runner) -> None:
        peer = python("import os; print(os.read(3, 100)); print(os.read(3, 100))", role=Role.JUDGE)
        result = sandbox.run(python("import os; os.write(3, b'bye'); os._exit(5)", peer=peer))
        assert result.peer is not None
        assert (result.code, result.peer.end, result.peer.stdout) == (5, End.EXITED, b"b'bye'\nb''\n")

    def test_a_main_process_that_ends_slowly_is_not_killed_for_its_peers_haste(self, sandbox: Runner) -> None:
        peer = python("import os; print(os.read(3, 100))", role=Role.JUDGE)
        result = sandbox.run(python("import os, time; os.close(3); time.sleep(0.2); os._exit(5)", peer=peer))
        assert (result.end, result.code) == (End.EXITED, 5)

    def test_a_main_process_that_does_not_end_is_killed_after_its_peer(self, sandbox: Runner) -> None:
        peer = python("import os; print(os.read(3, 100))", role=Role.JUDGE)
        result = sandbox.run(python("import os, time; os.close(3); time.sleep(60)", peer=peer))
        assert result.wall_s < 10
        assert (result.end, result.code) == (End.SIGNALLED, 9)

    def test_a_main_process_over_its_limit_leaves_the_peer_its_word(self, sandbox: Runner) -> None:
        peer = python("import os; os.read(3, 100); print('saw it')", role=Role.JUDGE)
        result = sandbox.run(python("while True: pass", limits=Limits(cpu_s=0.5), peer=peer))
        assert result.peer is not None
        assert (result.end, result.peer.stdout) == (End.TIMED_OUT, b"saw it\n")
        assert result.peer.cpu_s < result.cpu_s


@pytest.mark.docker("python")
class TestLifecycle:
    def test_unknown_image(self) -> None:
        async def body() -> None:
            sandbox = DockerSandbox(run_id="test")
            with pytest.raises(ImageMissing):
                async with sandbox.open("cobol", memory_bytes=MEMORY):
                    pass
            await sandbox.aclose()

        anyio.run(body)

    def test_cancellation_removes_the_container(self) -> None:
        async def body() -> None:
            sandbox = DockerSandbox(run_id="cancelled")
            with anyio.move_on_after(1.5):
                async with sandbox.open("python", memory_bytes=MEMORY) as cell:
                    await cell.run(python("import time; time.sleep(60)"))
            await sandbox.aclose()

        began = time.monotonic()
        anyio.run(body)
        assert time.monotonic() - began < 15
        assert containers("cancelled") == []

    def test_a_first_command_survives_a_dead_container_and_a_second_does_not(self) -> None:
        async def use(cell: Cell) -> None:
            assert isinstance(cell, OpenCell)
            await kill(cell)
            assert (await cell.run(python("print(1)"))).stdout == b"1\n"
            await kill(cell)
            with pytest.raises(SandboxUnavailable):
                await cell.run(python("print(2)"))

        async def kill(cell: OpenCell) -> None:
            assert isinstance(cell.connection, Connection)
            await anyio.to_thread.run_sync(cell.connection.container.kill)

        Runner(MAKERS["docker-cells"]).with_cell(use)

    @pytest.mark.parametrize("role", [Role.CANDIDATE, Role.JUDGE])
    def test_who_takes_the_agent_along_when_memory_runs_out_has_run_out_of_it(self, role: Role) -> None:
        code = (
            "import os, sys, time\n"
            "if os.fork() == 0:\n"
            "    held = [bytearray(1 << 20) for _ in range(1 << 20)]\n"
            "os.wait(); time.sleep(60)\n"
        )

        async def use(cell: Cell) -> None:
            assert isinstance(cell, OpenCell)
            await cell.run(python("print(1)"))
            connection = cell.connection
            assert isinstance(connection, Connection)

            async def end_agent() -> None:  # as the kernel does, when what it ended first does not give its memory back
                while not await anyio.to_thread.run_sync(connection._has_run_out):
                    await anyio.sleep(0.1)
                await anyio.to_thread.run_sync(connection.container.kill)

            async with anyio.create_task_group() as group:
                group.start_soon(end_agent)
                if role is Role.CANDIDATE:
                    assert (await cell.run(python(code, role=role))).end is End.OUT_OF_MEMORY
                else:
                    with pytest.raises(SandboxUnavailable):
                        await cell.run(python(code, role=role))

        Runner(MAKERS["docker-cells"]).with_cell(use)

    def test_sweep_takes_only_dead_owners_containers(self) -> None:
        program = (
            "import sys, anyio\nfrom codeloop.sandbox.docker import DockerSandbox\n"
            "async def main():\n"
            "    async with DockerSandbox(run_id=sys.argv[1]).open('python', memory_bytes=2**28):\n"
            "        print('open', flush=True); await anyio.sleep(120)\n"
            "anyio.run(main)\n"
        )
        start = partial(subprocess.Popen, stdout=subprocess.PIPE)
        with (
            start([sys.executable, "-c", program, "live"]) as live,
            start([sys.executable, "-c", program, "dead"]) as dead,
        ):
            try:
                for process in (live, dead):
                    assert process.stdout is not None
                    assert process.stdout.readline() == b"open\n"
                dead.kill()
                dead.wait()
                owner.clean()  # how many it removed depends on the sweeps of tests that run beside this one
                assert len(containers("live")) == 1
                assert containers("dead") == []
            finally:
                live.kill()
                dead.kill()
        owner.clean()
        assert containers("live") == []

    def test_of_sweeps_at_the_same_time_each_returns_when_the_containers_are_gone(self) -> None:
        labels = owner.owner_labels("contested") | {owner.START_LABEL: "0"}
        client = host.connect()
        try:
            for _ in range(4):
                client.containers.run(host.image_tag("python"), ["60"], entrypoint="sleep", labels=labels, detach=True)
        finally:
            client.close()

        def left(_: int) -> list[str]:
            owner.clean()
            return containers("contested")

        with ThreadPoolExecutor() as pool:
            assert list(pool.map(left, range(4))) == [[], [], [], []]


def containers(run_id: str) -> list[str]:
    client = host.connect()
    try:
        label = f"{owner.RUN_LABEL}={run_id}"
        found = client.containers.list(all=True, filters={"label": label}, ignore_removed=True)
        return [str(each.id) for each in found]
    finally:
        client.close()


def test_demultiplexer_at_any_split() -> None:
    body = b"\x00\x00\x00\x05hello"
    wire = b"\x01\0\0\0\0\0\0\x06" + body[:6] + b"\x02\0\0\0\0\0\0\x03err" + b"\x01\0\0\0\0\0\0\x03" + body[6:]
    for step in range(1, len(wire) + 1):
        streams, frames = Demultiplexer(), []
        for start in range(0, len(wire), step):
            streams.feed(wire[start : start + step])
            frames += [frame] if (frame := streams.frame()) is not None else []
        assert frames == [b"hello"]
        assert streams.stderr == b"err"


def test_demultiplexer_refuses_garbage() -> None:
    with pytest.raises(Broken):
        Demultiplexer().feed(b"HTTP/1.1 200")
