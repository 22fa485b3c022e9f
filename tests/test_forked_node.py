"""A Node that was forked must not be told from one that was started by exec, and no fork may know of another."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import pytest

from codeloop import host, load_suite
from codeloop.commands import Command, CommandResult, Role
from codeloop.errors import MissingTool
from codeloop.languages import get_language
from codeloop.sandbox.cells import OpenCell
from codeloop.sandbox.docker import Connection, DockerSandbox

JS = get_language("javascript")
TASK = load_suite("basics", ("javascript",)).tasks[0]
MEMORY = 512 * 1024 * 1024
WARM = json.loads((Path(__file__).parent.parent / "sandboxes" / "javascript" / "warm.json").read_text())

JUDGE = """
    import json, socket
    peer = socket.socket(fileno=3)
    frame = json.dumps({'seq': 1, 'op': 'load', 'names': []}).encode()
    peer.sendall(len(frame).to_bytes(4, 'big') + frame)
    try:
        while peer.recv(65536):
            peer.shutdown(socket.SHUT_WR)
    except OSError:
        pass
"""
"""Has the program loaded, says that this was all, and waits for its end."""


def program(code: str) -> Command:
    """The command of a check that loads ``code``, with a judge that asks for nothing more."""
    made = JS.test(TASK, textwrap.dedent(code), TASK.visible.code, b"", "0" * 32, 5.0)
    return replace(made, peer=Command(argv=("python3", "-c", textwrap.dedent(JUDGE)), role=Role.JUDGE))


def by_exec(command: Command) -> Command:
    """The same program, by a name that no warm program has."""
    return replace(command, argv=("env", *command.argv))


def results(*commands: Command) -> list[CommandResult]:
    """One check for each, in one cell."""
    found: list[CommandResult] = []

    async def use(sandbox: DockerSandbox) -> None:
        for command in commands:
            async with sandbox.open("javascript", memory_bytes=MEMORY) as cell:
                found.append(await cell.run(command))

    with_sandbox(use)
    return found


def with_sandbox(use: Callable[[DockerSandbox], Awaitable[None]]) -> None:
    async def body() -> None:
        sandbox = DockerSandbox(run_id="forked-node", jobs=1)
        try:
            await use(sandbox)
        finally:
            await sandbox.aclose()

    anyio.run(body)


def facts(result: CommandResult) -> Any:
    assert result.stdout, result
    return json.loads(result.stdout)


@pytest.fixture
def _engine() -> None:
    try:
        host.connect(timeout=5).close()
    except MissingTool:
        pytest.skip("no Docker engine")


needs_docker = pytest.mark.usefixtures("_engine")

FACTS = r"""
    const fs = require('fs'), os = require('os')
    const read = (name) => fs.readFileSync('/proc/self/' + name, 'utf8')
    const status = Object.fromEntries(read('status').trim().split('\n').map((line) => line.split(/:\s*/)))
    const isOne = (text) => new Set(text.trim().split(/\s+/)).size === 1
    const descriptor = (fd) => {
      try {
        const kind = fs.readlinkSync('/proc/self/fd/' + fd).replace(/\d+/, 'N')
        return [fd, kind, /flags:\s*(\d+)/.exec(read('fdinfo/' + fd))[1]]
      } catch (error) {
        return error.code // the listing's own
      }
    }
    const { value, ...pid } = Object.getOwnPropertyDescriptor(process, 'pid')
    let depth = 0
    const dive = () => { depth++; dive() }
    try { dive() } catch {}
    const names = ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb', 'NoNewPrivs', 'Seccomp', 'SigBlk', 'SigIgn', 'SigCgt', 'Name', 'Umask']
    const facts = {
      users: [isOne(status.Uid), isOne(status.Gid), status.Groups, status.Uid === status.Gid, process.getuid() > 1000],
      status: names.map((name) => `${name} ${status[name]}`),
      limits: read('limits'), cgroup: read('cgroup'), oom: read('oom_score_adj'),
      descriptors: fs.readdirSync('/proc/self/fd').map(descriptor),
      isReadable: fs.statSync('/proc/self/environ').uid === process.getuid(),
      ids: [value === Number(fs.readlinkSync('/proc/self')), fs.readFileSync(`/proc/${process.ppid}/cmdline`, 'utf8'),
            read('stat').split(') ')[1].split(' ').slice(2, 4).map((id) => id === `${value}`), pid],
      env: process.env, cwd: process.cwd(), umask: process.umask(), home: os.homedir(), temporary: os.tmpdir(),
      process: [process.argv, process.argv0, process.execArgv, process.execPath, process.title, process.eventNames()],
      main: [process.mainModule.filename, require.main.filename],
      heap: require('v8').getHeapStatistics().heap_size_limit,
      depth: Math.round(depth / 200),
      zone: Intl.DateTimeFormat().resolvedOptions(),
      globals: Object.getOwnPropertyNames(globalThis).sort(),
    }
    console.log(JSON.stringify(facts))
"""

ENDS = {
    "exit": "process.exit(3)",
    "exit that the program takes over": "process.exit = () => { throw new Error('mine') }",
    "exit handler": "process.on('exit', () => { process.exitCode = 4 })",
    "exit handler that raises": "process.on('exit', () => { throw new Error('in exit') })",
    "exit below": "process.reallyExit(5)",
    "abort": "process.abort()",
    "signal": "process.kill(process.pid, 'SIGTERM')",
    "fault": "process.kill(process.pid, 'SIGSEGV')",
    "pipe": "process.kill(process.pid, 'SIGPIPE'); process.exit(6)",
    "natural end": "process.exit = () => { throw 1 }; process.on('uncaughtException', () => {})",
    "rejection": "process.exit = () => { throw 1 }; process.once('uncaughtException', () => { Promise.reject(new Error('no')) })",
}

AFTERWARDS = r"""
    const fs = require('fs'), { exec, fork } = require('child_process'), readline = require('readline')
    const { Worker } = require('worker_threads')
    const done = []
    const note = (text) => { done.push(text); if (done.length === 9) console.log(JSON.stringify(done.sort())) }
    function later() {
      const began = Date.now()
      setTimeout(() => note(`timer ${Date.now() - began >= 190}`), 200)
      setImmediate(() => note('immediate'))
      Promise.resolve().then(() => note('promise'))
      fs.promises.readFile('/etc/debian_version').then((data) => note(`file ${data.length > 0}`))
      require('crypto').pbkdf2('a', 'b', 10, 20, 'sha1', (error, key) => note(`pool ${error} ${key.toString('hex')}`))
      new Worker('require("worker_threads").parentPort.postMessage(6 * 7)', { eval: true }).on('message', (m) => note(`worker ${m}`))
      const child = exec('echo one; echo two; ls /proc/self/fd', (error) => note(`child ${error}`))
      const lines = []
      readline.createInterface({ input: child.stdout }).on('line', (line) => lines.push(line)).on('close', () => note(`lines ${lines}`))
      process.on('SIGUSR2', function heard() { note('signal'); process.off('SIGUSR2', heard) })
      process.kill(process.pid, 'SIGUSR2')
    }
    process.exit = () => { throw new Error('the judge is gone') }
    process.once('uncaughtException', later)
"""


class TestWords:
    def test_commands_are_those_that_are_kept_warm(self) -> None:
        compile_words = list(JS.compile(TASK, TASK.reference, "").argv)
        assert compile_words in WARM["servers"]
        assert any(list(program("").argv)[: len(words)] == words for words in WARM["forked"])


@needs_docker
@pytest.mark.docker
class TestForkedNode:
    def test_it_finds_itself_as_after_an_exec(self) -> None:
        forked, started = results(program(FACTS), by_exec(program(FACTS)))
        assert facts(forked) == facts(started)

    @pytest.mark.parametrize("code", ENDS.values(), ids=ENDS)
    def test_it_ends_as_after_an_exec(self, code: str) -> None:
        source = f"{code}\n"
        forked, started = results(program(source), by_exec(program(source)))
        assert (forked.end, forked.code, forked.stdout) == (started.end, started.code, started.stdout)
        assert forked.wall_s < 4
        said = [line for line in forked.stderr.splitlines() if b"0x" not in line]  # addresses in a crash's report
        assert said == [line for line in started.stderr.splitlines() if b"0x" not in line]

    def test_what_waits_for_events_works(self) -> None:
        forked, started = results(program(AFTERWARDS), by_exec(program(AFTERWARDS)))
        assert len(facts(forked)) == 9
        kept, others = (
            [fact for fact in facts(result) if not fact.startswith("lines")] for result in (forked, started)
        )
        assert kept == others
        # Of two children that are started at once, one was seen to get a descriptor of the other's (24, 26), of a plain
        # Node as of a forked one, now and then: no more than that is handed over.
        for result in (forked, started):
            said = next(fact for fact in facts(result) if fact.startswith("lines"))
            assert said.startswith("lines one,two,0,1,2,")
            assert len(said.split(",")) <= len(("one", "two", 0, 1, 2, 3, 26))

    def test_forks_share_no_numbers_and_no_objects(self) -> None:
        code = r"""
            const fs = require('fs')
            const object = (fd) => {
              try {
                const name = fs.readlinkSync('/proc/self/fd/' + fd)
                const counter = /eventfd-id:.*/.exec(fs.readFileSync('/proc/self/fdinfo/' + fd, 'utf8'))
                return counter ? counter[0] : name
              } catch {
                return ''
              }
            }
            const found = fs.readdirSync('/proc/self/fd').map(object).filter((name) => /^pipe|^socket|^eventfd/.test(name))
            console.log(JSON.stringify([Math.random(), ...new Set(found)]))
        """
        look = "cd /proc; for each in [0-9]*; do grep -q libnode $each/maps && ls -l $each/fd && grep -h ^eventfd-id $each/fdinfo/*; done"
        found: list[set[Any]] = []

        async def use(sandbox: DockerSandbox) -> None:
            for _ in range(2):
                async with sandbox.open("javascript", memory_bytes=MEMORY) as cell:
                    assert isinstance(cell, OpenCell)
                    assert isinstance(cell.connection, Connection)
                    found.append(set(facts(await cell.run(program(code)))))
                    looked = await anyio.to_thread.run_sync(cell.connection.container.exec_run, ["sh", "-c", look])
                    known = re.findall(r"eventfd-id:.*|(?:pipe|socket):\S+", looked.output.decode())
                    found.append(found[-1] & set(known))

        with_sandbox(use)
        first, first_shared, second, second_shared = found
        assert sum(str(name).startswith("eventfd") for name in first) == 3
        assert not {name for name in first & second if not str(name).startswith("eventfd")}
        assert first_shared == second_shared == set()

    def test_without_its_zygote_a_cell_goes_on_by_exec(self) -> None:
        code = "console.log(JSON.stringify(require('fs').readFileSync('/proc/self/cmdline', 'utf8').split('\\0')[0]))"
        kill = "for each in /proc/[0-9]*; do grep -q libnode $each/maps && kill -9 ${each#/proc/}; done 2>/dev/null"
        names: list[str] = []

        async def use(sandbox: DockerSandbox) -> None:
            for _ in range(2):
                async with sandbox.open("javascript", memory_bytes=MEMORY) as cell:
                    assert isinstance(cell, OpenCell)
                    assert isinstance(cell.connection, Connection)
                    container = cell.connection.container
                    names.append(facts(await cell.run(program(code))))
                    if len(names) == 1:
                        await anyio.to_thread.run_sync(container.exec_run, ["sh", "-c", kill])
                        names.append(facts(await cell.run(program(code))))

        with_sandbox(use)
        assert names[0].endswith("python3")
        assert names[1:] == ["node", "node"]
