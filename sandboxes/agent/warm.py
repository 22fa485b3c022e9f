"""Warm programs of an image: what ``/opt/codeloop/warm.json`` names starts faster here than by exec.

``{"forked": [[ARG, …], …], "runtime": PATH, "servers": [[ARG, …], …], "preloaded": {NAME: [ARG, …], …}}``

* A *forked* program is loaded once and forked for each command that begins with these words (see ``zygote``). The runtime
  is a Python module; it knows how such programs are loaded and how one goes on after a fork. Without a name it is that of
  Python programs (see ``interpreter``). Its ``serve(config, born)`` loads them, calls ``born`` and starts the program
  whose argv that gives: ``born`` returns in forked processes alone.
* A *server* is a program that, started with one argument more (``--serve``), answers on descriptor 0: a frame in (the
  command's channel), a frame out. It is for compilers: they read candidate code and never execute it. It runs as a user
  of its own. A command that it does not finish within its limits costs it its life, and the next gets a fresh one.
* A *preloaded* program waits after its preparation, forks for whom it is told to, and becomes that role's user before it
  looks at anything of a check (see ``preloaded``). It is lent, as a socket, to each forked program that has its name among
  its arguments.

Without the file, or without ``CODELOOP_WARM``, every command is an exec.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import select
import signal
import socket
import struct
import time

import children
import kernel
from preloaded import Preloaded
from workspace import Workspace
from zygote import Zygote

CONFIG = "/opt/codeloop/warm.json"
PYTHON = os.path.join(os.path.dirname(os.path.abspath(__file__)), "interpreter.py")
FIRST_LENT = 3
"""The descriptor of the first of a program's arguments, if that is lent."""
START_S = 60.0
"""For a server to come up: a JVM on a loaded machine."""


class Warm:
    """The image's warm programs; empty where there are none."""

    def __init__(self, workspace: Workspace, config: dict, preloaded: dict[str, Preloaded]) -> None:
        self.workspace, self.preloaded = workspace, preloaded
        self.forked = config.get("forked", [])
        self.zygote = Zygote(workspace, {"runtime": PYTHON} | config) if self.forked else None
        self.servers = {tuple(argv): Server(argv, workspace.servers_uid) for argv in config.get("servers", ())}
        for server in self.servers.values():
            server.start()

    def fork(self, request: dict, descriptors: dict[int, int]) -> int | None:
        """Start the program of a request by forking; its pid, or nothing if it is none of ours."""
        argv = request["argv"]
        words = next((words for words in self.forked if argv[: len(words)] == words), None)
        if self.zygote is None or words is None:
            return None
        with contextlib.ExitStack() as open_files:
            places = {}
            for place, name in enumerate(argv[len(words) :], FIRST_LENT):
                program = self.preloaded.get(name) if request["peer"] is None else None
                lent = program.lend(self.workspace, request) if program else None
                if lent is not None:
                    places[place] = open_files.enter_context(lent).fileno()
            pid = self.zygote.fork(request, descriptors | places)
        if pid is None:
            self.zygote = None
        return pid

    def server(self, request: dict) -> Server | None:
        """The server that does the work of a request, if there is one."""
        is_plain = request["peer"] is None and not request["files"] and request["channel"] is not None
        return self.servers.get(tuple(request["argv"])) if is_plain else None

    def pids(self) -> set[int]:
        """The processes that stay between checks."""
        found = {server.pid for server in self.servers.values() if server.pid}
        found |= {program.pid for program in self.preloaded.values()}
        return found | ({self.zygote.pid} if self.zygote else set())

    def stop(self) -> None:
        for server in self.servers.values():
            server.stop()
        for program in self.preloaded.values():
            program.stop()


def configured() -> dict:
    """Read the image's file, if the driver wants warm programs."""
    if os.environ.get("CODELOOP_WARM") == "1":
        with contextlib.suppress(FileNotFoundError), open(CONFIG, encoding="utf-8") as file:
            return json.load(file)
    return {}


def preload(config: dict) -> dict[str, Preloaded]:
    """Start what waits, before the agent gives up what such a program has to keep."""
    return {name: Preloaded(argv) for name, argv in config.get("preloaded", {}).items()}


# --- servers ---------------------------------------------------------------------------------------------------------


class Server:
    """A resident compiler: one process, one frame in, one frame out."""

    def __init__(self, argv: list[str], uid: int) -> None:
        self.argv, self.uid = argv, uid
        self.pid = 0
        self.socket: socket.socket | None = None

    def start(self) -> None:
        """Start it and do not wait: it warms itself up while the driver has other things to do."""
        self.socket, theirs = socket.socketpair()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                os.setsid()
                null = os.open("/dev/null", os.O_RDWR)
                children.place({0: theirs.fileno(), 1: null, 2: null})
                os.chdir("/")
                os.umask(0o077)
                kernel.become(self.uid)
                resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
                env = {"PATH": children.PATH, "HOME": "/", "LANG": "C.UTF-8"}
                os.execvpe(self.argv[0], [*self.argv, "--serve"], env)
            finally:
                os._exit(126)
        theirs.close()

    def stop(self) -> None:
        """End it, and wait until it is gone."""
        if self.socket is not None:
            self.socket.close()
            self.socket = None
        if self.pid:
            with contextlib.suppress(OSError):
                os.kill(self.pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(self.pid, 0)
            self.pid = 0

    def answer(self, request: dict, job: bytes) -> tuple[str, bytes, float, float] | None:
        """Do the work of a command: its end, its channel, CPU and wall seconds.

        Nothing where it died over it: what that means is said by an exec of the same command.
        """
        if not self.pid:
            self.start()
        began, before = time.monotonic(), self._cpu()
        end, frame = self._exchange(job, request["limits"], before)
        used = (max(0.0, self._cpu() - before), time.monotonic() - began)
        if end != "exited":
            self.stop()
        return None if end == "gone" else (end, frame, *used)

    def _exchange(self, job: bytes, limits: dict, before: float) -> tuple[str, bytes]:
        began, answer = time.monotonic(), bytearray()
        try:
            self.socket.settimeout(START_S)
            self.socket.sendall(struct.pack(">I", len(job)) + job)
            while True:
                if readable_within(self.socket.fileno(), 0.05):
                    if not (data := self.socket.recv(1 << 20)):
                        return "gone", b""
                    answer += data
                if len(answer) >= 4 and len(answer) >= 4 + struct.unpack(">I", answer[:4])[0]:
                    return "exited", bytes(answer[4:])
                if len(answer) > limits["channel_bytes"]:
                    return "output_limit", b""
                if self._cpu() - before > limits["cpu_s"]:
                    return "timed_out", b""
                if time.monotonic() - began > limits["wall_s"]:
                    return "wall_timed_out", b""
        except OSError:
            return "gone", b""

    def _cpu(self) -> float:
        used = kernel.cpu_of(self.pid) if self.pid else None
        return used[1] if used else 0.0


def readable_within(fd: int, seconds: float) -> bool:
    poller = select.poll()
    poller.register(fd, select.POLLIN)
    return bool(poller.poll(int(seconds * 1000)))
