"""Warm cells: one container serves check after check, and nothing of one is there in the next."""

from __future__ import annotations

import base64
import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Awaitable, Callable
from functools import partial

import anyio
import pytest

from codeloop import host
from codeloop.commands import Command, CommandResult, End, Limits, Role
from codeloop.errors import SandboxUnavailable
from codeloop.languages.python import LANGUAGE
from codeloop.sandbox import breaker, docker
from codeloop.sandbox.breaker import Breaker
from codeloop.sandbox.cells import OpenCell, Wire
from codeloop.sandbox.docker import Connection, DockerSandbox, Isolation
from codeloop.sandbox.frames import Broken, Demultiplexer
from codeloop.sandbox.owner import RUN_LABEL
from codeloop.sandbox.pool import Pool
from codeloop.suites import load_suite

MEMORY = 256 * 1024 * 1024


def python(code: str, **options: object) -> Command:
    return Command(argv=("python3", "-c", textwrap.dedent(code)), **options)  # type: ignore[arg-type]


def with_sandbox(use: Callable[[DockerSandbox], Awaitable[None]], **options: object) -> None:
    async def body() -> None:
        sandbox = DockerSandbox(run_id="cells", jobs=1, **options)  # type: ignore[arg-type]
        try:
            await use(sandbox)
        finally:
            await sandbox.aclose()

    anyio.run(body)


def checks(*commands: Command | tuple[Command, ...], **options: object) -> list[tuple[str, list[CommandResult]]]:
    """Run each group of commands in a check of its own; the container's id and the results."""
    found: list[tuple[str, list[CommandResult]]] = []

    async def use(sandbox: DockerSandbox) -> None:
        for group in commands:
            async with sandbox.open("python", memory_bytes=MEMORY) as cell:
                assert isinstance(cell, OpenCell)
                assert isinstance(cell.connection, Connection)
                results = [await cell.run(each) for each in (group if isinstance(group, tuple) else (group,))]
                found.append((str(cell.connection.container.id), results))

    with_sandbox(use, **options)
    return found


NOTHING = python("import os; print(sorted(os.listdir('.')), os.getuid())")


@pytest.mark.docker("python")
class TestOneAfterAnother:
    def test_a_cell_serves_many_checks_each_as_another_user(self) -> None:
        found = checks(NOTHING, NOTHING, NOTHING)
        assert len({container for container, _ in found}) == 1
        told = [results[0].stdout.split() for _, results in found]
        assert [words[0] for words in told] == [b"[]"] * 3
        assert len({words[1] for words in told}) == 3

    def test_a_container_for_each_check_where_that_is_asked(self) -> None:
        found = checks(NOTHING, NOTHING, isolation=Isolation.CONTAINER)
        assert len({container for container, _ in found}) == 2

    def test_files_of_every_kind_are_gone(self) -> None:
        litter = """
            import os
            os.makedirs('d/' * 300); os.symlink('/etc', 'link'); os.mkfifo('fifo'); os.link('d', 'x') if 0 else None
            open(b'\\xff\\xfe', 'w'); open('locked', 'w'); os.chmod('locked', 0); os.mkdir('closed', 0)
            for number in range(2000): open(f'n{number}', 'w')
        """
        deep = "import os\nfor _ in range(4000):\n    os.mkdir('d'); os.chdir('d')"
        (first, _), (second, _), (third, results) = checks(python(litter), python(deep), NOTHING)
        assert first == second == third
        assert results[0].stdout.startswith(b"[] ")

    def test_processes_are_gone(self) -> None:
        leave = """
            import subprocess
            subprocess.Popen(['sleep', '600'], start_new_session=True)
        """
        look = """
            import os
            pids = [int(name) for name in os.listdir('/proc') if name.isdigit()]
            print([pid for pid in pids if pid != os.getpid() and b'600' in open(f'/proc/{pid}/cmdline', 'rb').read()])
        """
        (first, _), (second, results) = checks(python(leave), python(look))
        assert first == second
        assert results[0].stdout == b"[]\n"

    def test_no_object_outlives_its_maker(self) -> None:
        """System V shared memory, semaphores and queues, POSIX queues, keys, memory files: the kernel refuses to make them."""
        code = """
            import ctypes, platform
            numbers = {'x86_64': (29, 64, 68, 240, 248, 250, 319), 'aarch64': (194, 190, 186, 180, 217, 219, 279)}
            libc = ctypes.CDLL(None, use_errno=True)
            name = ctypes.c_char_p(b'/codeloop')
            calls = [(0x1234, 4096, 0o1666), (0x1234, 1, 0o1666), (0x1234, 0o1666), (name, 66, 0o666, None),
                     (ctypes.c_char_p(b'user'), name, b'x', 1, -3), (0, -3, 1), (name, 0)]
            for number, arguments in zip(numbers[platform.machine()], calls):
                made = libc.syscall(number, *arguments)
                print(number, made, ctypes.get_errno() if made < 0 else '')
        """
        ((_, results),) = checks(python(code))
        lines = results[0].stdout.decode().splitlines()
        assert len(lines) == 7, results[0]
        assert all(line.split()[1:] == ["-1", "1"] for line in lines), lines

    def test_no_process_can_be_looked_into(self) -> None:
        code = "import ctypes, platform, os\nn = {'x86_64': 101, 'aarch64': 117}[platform.machine()]\nprint(ctypes.CDLL(None).syscall(n, 16, os.getppid(), 0, 0))"
        ((_, results),) = checks(python(code))
        assert results[0].stdout == b"-1\n"


@pytest.mark.docker("python")
class TestRecycling:
    def test_a_cell_that_ran_out_of_memory_goes(self) -> None:
        bomb = python("x = bytearray(900 * 1024 * 1024)")
        (first, results), (second, after) = checks(bomb, NOTHING)
        assert results[0].end is End.OUT_OF_MEMORY
        assert first != second
        assert after[0].end is End.EXITED

    def test_a_cell_goes_after_its_number_of_checks(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(docker, "CHECKS_PER_CELL", 2)
        found = [container for container, _ in checks(NOTHING, NOTHING, NOTHING)]
        assert found[0] == found[1] != found[2]

    def test_a_stranger_among_the_processes_is_a_doubt(self) -> None:
        ids: list[str] = []
        wait = """
            import os, time
            def is_there():
                pids = [int(name) for name in os.listdir('/proc') if name.isdigit() and int(name) != os.getpid()]
                return any(b'600' in open(f'/proc/{pid}/cmdline', 'rb').read() for pid in pids)
            while not is_there(): time.sleep(0.01)
        """

        async def use(sandbox: DockerSandbox) -> None:
            for _ in range(2):
                async with sandbox.open("python", memory_bytes=MEMORY) as cell:
                    assert isinstance(cell, OpenCell)
                    await cell.run(
                        NOTHING
                    )  # by now the agent has seen what was there when the cell was new, or is another
                    assert isinstance(cell.connection, Connection)
                    ids.append(str(cell.connection.container.id))
                    start = partial(cell.connection.container.exec_run, ["sleep", "600"], detach=True)
                    await anyio.to_thread.run_sync(start)
                    await cell.run(python(wait))

        with_sandbox(use)
        assert ids[0] != ids[1]

    def test_a_cell_that_died_while_idle_is_replaced_unnoticed(self) -> None:
        async def use(sandbox: DockerSandbox) -> None:
            async with sandbox.open("python", memory_bytes=MEMORY) as cell:
                await cell.run(NOTHING)
                assert isinstance(cell, OpenCell)
                assert isinstance(cell.connection, Connection)
                container = cell.connection.container
            await anyio.to_thread.run_sync(container.kill)
            async with sandbox.open("python", memory_bytes=MEMORY) as cell:
                assert (await cell.run(NOTHING)).end is End.EXITED

        with_sandbox(use)

    def test_a_cancelled_check_costs_its_cell(self) -> None:
        async def use(sandbox: DockerSandbox) -> None:
            with anyio.move_on_after(2):
                async with sandbox.open("python", memory_bytes=MEMORY) as cell:
                    await cell.run(python("import time; time.sleep(60)"))
            async with sandbox.open("python", memory_bytes=MEMORY) as cell:
                assert (await cell.run(NOTHING)).stdout.startswith(b"[] ")

        with_sandbox(use)

    def test_no_container_outlives_its_driver(self) -> None:
        program = (
            "import anyio\nfrom codeloop.sandbox.docker import DockerSandbox\n"
            "from codeloop.commands import Command\n"
            "async def main():\n"
            "    sandbox = DockerSandbox(run_id='orphan-cells')\n"
            "    async with sandbox.open('python', memory_bytes=2**28): pass\n"
            "    async with sandbox.open('python', memory_bytes=2**28) as cell:\n"
            "        print('open', flush=True)\n"
            "        await cell.run(Command(argv=('sleep', '300')))\n"
            "anyio.run(main)\n"
        )
        with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as driver:
            assert driver.stdout is not None
            assert driver.stdout.readline() == b"open\n"
            assert containers("orphan-cells")
            os.kill(driver.pid, signal.SIGKILL)
        deadline = time.monotonic() + 10
        while containers("orphan-cells"):
            assert time.monotonic() < deadline, "a container is there 10 s after its driver was killed"
            time.sleep(0.2)


@pytest.mark.docker("python")
class TestForkedPrograms:
    """A forked program must not be told from one that was started by exec."""

    PROGRAM = """
        import os, resource, signal, sys
        def double(x):
            return None
        FACTS = [sorted(os.environ), os.getcwd(), sys.argv, sys.flags.isolated, __name__, sys.path,
                 sorted(n for n in sys.modules if n in {'warm', 'kernel', 'workspace', 'commands', 'judge', 'candidate'}),
                 [str(signal.getsignal(n)) for n in (signal.SIGINT, signal.SIGPIPE, signal.SIGXFSZ, signal.SIGTERM)],
                 [resource.getrlimit(n) for n in (resource.RLIMIT_CPU, resource.RLIMIT_NPROC, resource.RLIMIT_NOFILE)],
                 sorted(os.listdir('/proc/self/fd')), sys.getrecursionlimit(), sys.stdout.encoding, sys.stdout.errors,
                 sys.stderr.errors, sys.stdout.line_buffering, sys.stderr.line_buffering, os.umask(0o77)]
        print(FACTS)
    """

    def facts(self, isolation: Isolation) -> bytes:
        task = next(t for t in load_suite("basics", ("python",)).tasks)
        code = textwrap.dedent(self.PROGRAM)
        ((_, results),) = checks(LANGUAGE.test(task, code, task.visible.code, b"", "0" * 32, 5.0), isolation=isolation)
        return results[0].stdout

    def test_it_finds_itself_as_after_an_exec(self) -> None:
        warm, cold = self.facts(Isolation.CELL), self.facts(Isolation.CONTAINER)
        assert cold.startswith(b"[[")
        assert warm == cold

    def test_limits_hold(self) -> None:
        source = b"x = " + b"(" * 80 + b"1" + b"".join(b"**9999)" for _ in range(80))
        job = {"source": base64.b64encode(source).decode("ascii"), "entry_point": "f"}
        spin = Command(
            argv=("python3", "-I", "/opt/codeloop/compile.py"),
            role=Role.COMPILER,
            channel=json.dumps(job).encode("ascii"),
            limits=Limits(cpu_s=1, wall_s=20),
        )
        ((_, results),) = checks(spin)
        assert results[0].end in {End.TIMED_OUT, End.EXITED}
        assert results[0].cpu_s < 5


class TestPool:
    def test_the_last_in_is_the_first_out_of_its_kind(self) -> None:
        pool: Pool[str, int] = Pool(size=3)
        assert pool.put("a", 1) == pool.put("b", 2) == pool.put("a", 3) == []
        assert [pool.take("a"), pool.take("a"), pool.take("a"), pool.take("b")] == [3, 1, None, 2]

    def test_the_longest_idle_makes_room(self) -> None:
        pool: Pool[str, int] = Pool(size=2)
        assert [pool.put("a", 1), pool.put("b", 2), pool.put("c", 3)] == [[], [], [1]]
        assert (len(pool), pool.clear(), len(pool)) == (2, [2, 3], 0)


class TestBreaker:
    def test_it_opens_after_failures_in_a_row_and_closes_after_a_success(self) -> None:
        now = 0.0
        switch = Breaker(clock=lambda: now)
        for _ in range(breaker.THRESHOLD - 1):
            switch.failed("no")
        switch.check()
        switch.failed("disk full")
        with pytest.raises(SandboxUnavailable, match="5 times in a row, last: disk full"):
            switch.check()
        now = breaker.PAUSE_S
        switch.check()
        switch.succeeded()
        switch.failed("once")
        switch.check()


def containers(run_id: str) -> list[str]:
    client = host.connect()
    try:
        found = client.containers.list(all=True, filters={"label": f"{RUN_LABEL}={run_id}"}, ignore_removed=True)
        return [str(each.id) for each in found]
    finally:
        client.close()


def test_a_closed_wire_wakes_its_reader_though_its_descriptor_is_given_to_another() -> None:
    def reads(wire: Wire) -> None:
        with pytest.raises(Broken):
            wire.exchange(b"{}", timeout=60)

    others = []
    for _ in range(20):
        ours, theirs = socket.socketpair()
        wire = Wire(socket=ours, streams=Demultiplexer())
        reader = threading.Thread(target=reads, args=(wire,), daemon=True)
        reader.start()
        theirs.recv(16)
        wire.close()
        others += [theirs, *socket.socketpair()]
        reader.join(20)
        assert not reader.is_alive()
    for other in others:
        other.close()
