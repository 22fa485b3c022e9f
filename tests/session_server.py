"""Run codeloop commands on request, each in a process of its own that may be killed: a program, not a test file.

Everything is the product's own but two ends: what real containers answered once is given again (``FakeSandbox``), and a
cassette's every reply is noted in a file, synced, before it is handed over. Forking from one process that has imported
everything makes a session cost a third of a second, so that many can be killed.

In: one JSON object a line (``Session``). Out: ``ready``, then the exit status of each, a signal's number negative.
"""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import re
import resource
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

import anyio

import codeloop.cli.bench
import codeloop.cli.running
import codeloop.store.database
from codeloop import cli
from codeloop.attempts import Attempt, Completion, Prompt
from codeloop.commands import Command, CommandResult, Limits
from codeloop.models.replay import ReplayModel
from codeloop.sandbox.docker import DockerSandbox
from codeloop.sandbox.port import Cell
from codeloop.stages.check import Checker
from codeloop.store import Store, schema
from codeloop.store.database import _reply_digest
from codeloop.testing import FakeSandbox

_IMPORTED_LATE = (
    "alembic.command",
    "anyio._backends._asyncio",
    "codeloop.cli.resume",
    "codeloop.languages.java",
    "codeloop.languages.python",
    "codeloop.prompts",
    "junitparser",
    "numpy",
    "rich.progress",
    "scipy.stats",
    "sqlalchemy.dialects.sqlite",
    "tree_sitter_java",
    "tree_sitter_python",
)
_NONCE = re.compile(rb"\b[0-9a-f]{32}\b")
_LATENCY_S = 0.02  # of a reply: long enough that kills meet calls in flight


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One process: a command line, and when it is killed."""

    arguments: list[str]
    folder: str
    """Runs folder. Beside it, ``calls`` gets the digest of every reply that was given, ``attempts`` every recorded one."""
    output: str
    """File for standard output and errors."""
    point: str = ""
    """Kill at the ``nth`` time that this point is reached (see ``watch``)."""
    nth: int = 1
    kill_after_s: float | None = None
    file_bytes: int | None = None
    """No file may grow past this."""


# What containers answered


def key_and_nonce(command: Command) -> tuple[str, bytes]:
    """Give what tells commands apart: neither the nonce of a test run, nor limits, which follow the host's speed."""
    channel = (command.peer or command).channel or b""
    found = _NONCE.search(channel)
    nonce = found[0] if found else b"no nonce"
    same = replace(command, limits=Limits(), peer=command.peer and replace(command.peer, limits=Limits()))
    text = repr(same).encode("utf-8", "surrogatepass").replace(nonce, b"NONCE")
    return hashlib.sha256(text).hexdigest(), nonce


def with_nonce(result: CommandResult, old: bytes, new: bytes) -> CommandResult:
    peer = with_nonce(result.peer, old, new) if result.peer else None
    return replace(result, channel=result.channel.replace(old, new), peer=peer)


class RecordingSandbox:
    """Real containers whose answers are kept."""

    def __init__(self, inner: DockerSandbox, answers: dict[str, CommandResult]) -> None:
        self.guarantees, self.description = inner.guarantees, inner.description
        self._inner, self._answers = inner, answers

    @asynccontextmanager
    async def open(self, image: str, *, memory_bytes: int) -> AsyncIterator[Cell]:
        async with self._inner.open(image, memory_bytes=memory_bytes) as cell:
            yield RecordingCell(cell, self._answers)


@dataclass(frozen=True, slots=True)
class RecordingCell:
    inner: Cell
    answers: dict[str, CommandResult]

    @property
    def image(self) -> str:
        return self.inner.image

    async def run(self, command: Command) -> CommandResult:
        result = await self.inner.run(command)
        key, nonce = key_and_nonce(command)
        self.answers[key] = with_nonce(result, nonce, b"NONCE")
        return result


def fake_sandbox(answers: dict[str, CommandResult]) -> FakeSandbox:
    def run(command: Command) -> CommandResult:
        key, nonce = key_and_nonce(command)
        return with_nonce(answers[key], b"NONCE", nonce)

    return FakeSandbox(run)


# Where a session is killed


def watch(session: Session) -> None:
    """Count how often each point is passed, and die at the one that was asked for."""
    passed: Counter[str] = Counter()

    def reach(point: str) -> None:
        passed[point] += 1
        if point == session.point and passed[point] == session.nth:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(owner: Any, name: str, point: str) -> None:
        """Make points of the moments before and after a function."""
        original: Callable[..., Any] = getattr(owner, name)

        def watched(*arguments: Any, **keywords: Any) -> Any:
            reach(f"before {point}")
            result = original(*arguments, **keywords)
            reach(f"after {point}")
            return result

        setattr(owner, name, watched)

    for name in ("new_run", "claim", "begin_call", "record_reply", "record_attempt", "record_hidden", "end_trajectory"):
        around(Store, name, name)
    around(Store, "release", "release")
    around(codeloop.cli.bench, "write_whole", "write_whole")
    # Inside open transactions: the reply is inserted and its call not yet closed; a trajectory is put together in parts.
    around(codeloop.store.database, "_end_call", "closing a call")
    put = codeloop.store.database._put

    def putting(connection: Any, table: Any, *rest: Any) -> None:
        if table is schema.trajectories:
            reach("inside end_trajectory")
        put(connection, table, *rest)

    codeloop.store.database._put = putting
    _count_calls(Path(session.folder).with_name("calls"), reach)
    _note_attempts(Path(session.folder).with_name("attempts"))


def _note_attempts(path: Path) -> None:
    """Note every attempt that the store said it has recorded."""
    original = Store.record_attempt

    def record_attempt(self: Store, run_id: str, task_id: str, draw: int, attempt: Attempt) -> None:
        original(self, run_id, task_id, draw, attempt)
        _append(path, f"{task_id} {draw} {attempt.iteration}\n")

    Store.record_attempt = record_attempt  # type: ignore[method-assign]  # this process is the test's own


def _append(path: Path, line: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    os.write(descriptor, line.encode())
    os.fsync(descriptor)
    os.close(descriptor)


def _count_calls(path: Path, reach: Callable[[str], None]) -> None:
    original = ReplayModel.complete

    async def complete(self: ReplayModel, prompt: Prompt) -> Completion:
        await anyio.sleep(_LATENCY_S)
        completion = await original(self, prompt)
        _append(path, f"{_reply_digest(self.identity, prompt)}\n")
        reach("reply given")
        return completion

    ReplayModel.complete = complete  # type: ignore[method-assign]  # this process is the test's own


# Sessions


def use_sandbox(sandbox_for: Callable[[str, int], Any]) -> None:
    @asynccontextmanager
    async def open_checker(run_id: str, languages: tuple[str, ...], jobs: int, *_: object) -> AsyncIterator[Checker]:
        yield Checker(sandbox=sandbox_for(run_id, jobs))

    codeloop.cli.running.open_checker = open_checker  # type: ignore[assignment]  # this process is the test's own


def run(session: Session) -> int:
    """Run one session in a child of its own; give its exit status."""
    child = os.fork()
    if not child:
        _in_child(session)
    if session.kill_after_s is not None:
        time.sleep(session.kill_after_s)
        os.kill(child, signal.SIGKILL)  # a zombie takes it without harm
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _in_child(session: Session) -> None:
    code = 70
    try:
        output = os.open(session.output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.environ["CODELOOP_RUNS_DIR"] = session.folder
        if session.file_bytes is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (session.file_bytes, session.file_bytes))
        watch(session)
        code = cli.run(session.arguments)
    except BaseException:  # noqa: BLE001 - a child must end here and not go on as a second server
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)


def record(path: Path, arguments: list[str]) -> int:
    """Run a command on real containers and keep what they answer."""
    answers: dict[str, CommandResult] = {}
    use_sandbox(lambda run_id, jobs: RecordingSandbox(DockerSandbox(run_id=run_id, jobs=jobs), answers))
    code = cli.run(arguments)
    path.write_bytes(pickle.dumps(answers))
    return code


def serve(path: Path) -> None:
    """Answer from the file that ``record`` wrote."""
    answers: dict[str, CommandResult] = pickle.loads(path.read_bytes())
    use_sandbox(lambda _run_id, _jobs: fake_sandbox(answers))
    for name in _IMPORTED_LATE:
        import_module(name)
    basics = codeloop.cli.running.load_suite(
        "basics", ("python", "java"), data_dir=None, cache_dir=path.parent, say=lambda _: None
    )
    codeloop.cli.running.load_suite = lambda *_, **__: basics  # reading YAML takes as long as the rest of a session
    print("ready", flush=True)
    for line in sys.stdin:
        print(run(Session(**json.loads(line))), flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "record":
        sys.exit(record(Path(sys.argv[2]), sys.argv[3:]))
    serve(Path(sys.argv[2]))
