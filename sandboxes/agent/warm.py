"""Warm programs of an image: what ``/opt/codeloop/warm.json`` names starts faster here than by exec.

``{"forked": [PATH, …], "servers": [[ARG, …], …], "imports": [MODULE, …], "preloaded": {NAME: [ARG, …], …}}``

* A *forked* program is a Python program that is loaded once and forked for each command ``python3 -I PATH …``; its
  ``main()`` does the rest. The process that loads and forks it never sees a request's files, channel or peer: what it
  knows of a check is its argv, environment and limits, so nothing of one check is in the memory of another.
* A *server* is a program that, started with one argument more (``--serve``), answers on descriptor 0: a frame in (the
  command's channel), a frame out. It is for compilers: they read candidate code and never execute it. It runs as a user
  of its own. A command that it does not finish within its limits costs it its life, and the next gets a fresh one.
* A *preloaded* program waits after its preparation, forks for whom it is told to, and becomes that role's user before it
  looks at anything of a check. It is lent, as a socket, to each forked program that has its name among its arguments.

Without the file, or without ``CODELOOP_WARM``, every command is an exec.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import importlib
import importlib.util
import io
import json
import os
import resource
import select
import signal
import socket
import struct
import sys
import time

import children
import kernel
from workspace import Workspace

CONFIG = "/opt/codeloop/warm.json"
OWN_MODULES = {"children", "commands", "kernel", "processes", "streams", "warm", "workspace"}
FIRST_LENT = 3
"""The descriptor of the first of a program's arguments, if that is lent."""
START_S = 60.0
"""For a server to come up: a JVM on a loaded machine."""


class Warm:
    """The image's warm programs; empty where there are none."""

    def __init__(self, workspace: Workspace, config: dict, preloaded: dict[str, Preloaded]) -> None:
        self.workspace, self.preloaded = workspace, preloaded
        self.forked = frozenset(config.get("forked", ()))
        self.zygote = Zygote(workspace, config) if self.forked else None
        self.servers = {tuple(argv): Server(argv, workspace.servers_uid) for argv in config.get("servers", ())}
        for server in self.servers.values():
            server.start()

    def fork(self, request: dict, descriptors: dict[int, int]) -> int | None:
        """Start the program of a request by forking; its pid, or nothing if it is none of ours."""
        argv = request["argv"]
        if self.zygote is None or argv[:2] != ["python3", "-I"] or argv[2:3] == [] or argv[2] not in self.forked:
            return None
        lent = {FIRST_LENT + number: self._lend(name, request) for number, name in enumerate(argv[3:])}
        try:
            places = {place: file.fileno() for place, file in lent.items() if file is not None}
            return self.zygote.fork(request, descriptors | places)
        finally:
            for file in lent.values():
                if file is not None:
                    file.close()

    def _lend(self, name: str, request: dict) -> socket.socket | None:
        program = self.preloaded.get(name) if request["peer"] is None else None
        return program.lend(self.workspace, request) if program else None

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


# --- forked programs -------------------------------------------------------------------------------------------------


class Zygote:
    """A child of the agent that has loaded the programs. It forks twice: the orphan becomes the agent's own child."""

    def __init__(self, workspace: Workspace, config: dict) -> None:
        self.workspace = workspace
        self.socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.pid = os.fork()
        if self.pid == 0:
            try:
                self.socket.close()
                children.place({0: os.open("/dev/null", os.O_RDWR), 3: theirs.fileno(), 1: 1, 2: 2})
                self._serve(socket.socket(fileno=3), config)
            finally:
                os._exit(0)
        theirs.close()

    def fork(self, request: dict, descriptors: dict[int, int]) -> int | None:
        """Its pid; nothing if the zygote is gone, and then the program starts by exec."""
        argv, env = children.expanded(self.workspace, request)
        job = {"argv": argv, "env": env, "role": request["role"], "limits": request["limits"]}
        job |= {"uids": self.workspace.uids, "places": list(descriptors)}
        try:
            socket.send_fds(self.socket, [json.dumps(job).encode()], list(descriptors.values()))
            return int(json.loads(self.socket.recv(64)))
        except (OSError, ValueError):
            return None

    def _serve(self, requests: socket.socket, config: dict) -> None:
        sys.path[:] = [place for place in sys.path if place != os.path.dirname(os.path.abspath(__file__))]
        programs = {path: loaded(path) for path in config["forked"]}
        for name in config.get("imports", ()):
            importlib.import_module(name)
        gc.collect()
        gc.freeze()  # so that the collector of a child does not touch, and so copy, every page
        while True:
            data, descriptors, *_ = socket.recv_fds(requests, 1 << 16, 8)
            if not data:
                return
            pid = orphan(functools.partial(self._become, json.loads(data), descriptors, programs))
            requests.send(str(pid).encode())
            for descriptor in descriptors:
                os.close(descriptor)

    def _become(self, job: dict, descriptors: list[int], programs: dict) -> None:
        """In the grandchild: never returns."""
        code = 1
        try:
            self.workspace.uids = job["uids"]
            children.prepare(self.workspace, job, dict(zip(job["places"], descriptors, strict=True)))
            as_after_exec()
            os.environ.clear()
            os.environ.update(job["env"])
            sys.argv = job["argv"][2:]
            program = programs[sys.argv[0]]
            for name in OWN_MODULES | {module.__name__ for module in programs.values()}:
                sys.modules.pop(name, None)  # what an exec would not have loaded
            sys.modules["__main__"] = program
            sys.stdout, sys.stderr = text_stream(1, "surrogateescape"), text_stream(2, "backslashreplace")
            sys.__stdout__, sys.__stderr__ = sys.stdout, sys.stderr
            code = ended(program.main)
        finally:
            os._exit(code)


def orphan(body) -> int:
    """Run ``body`` in a grandchild, which goes to the nearest subreaper; its pid, once its parent is gone."""
    read_end, write_end = os.pipe()
    middle = os.fork()
    if middle == 0:
        pid = os.fork()
        if pid == 0:
            body()
        os.write(write_end, str(pid).encode())
        os._exit(0)
    os.close(write_end)
    os.waitpid(middle, 0)
    with open(read_end, "rb") as file:
        return int(file.read())


def loaded(path: str):
    """The module of a program, loaded under its own name; what it needs from its folder it finds itself."""
    name = os.path.basename(path).rpartition(".")[0]
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def as_after_exec() -> None:
    """Make good what exec and the interpreter's start do, so that no program can tell the difference.

    The kernel lets nobody look into a process that has changed its user, until it has called exec (proc(5)); there is
    nothing of anybody else's in this one. Python ignores two signals, which then come as errors of the calls.
    """
    kernel.LIBC.prctl(kernel.PR_SET_DUMPABLE, 1, 0, 0, 0)
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.default_int_handler)


def text_stream(descriptor: int, errors: str) -> io.TextIOWrapper:
    raw = io.BufferedWriter(io.FileIO(descriptor, "wb", closefd=False))
    return io.TextIOWrapper(raw, encoding="utf-8", errors=errors, line_buffering=descriptor == 2)


def ended(main) -> int:
    """Run a main function as an interpreter would run the program, to the exit status; threads and exit handlers included."""
    try:
        main()
        code = 0
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
        if isinstance(error.code, str):
            sys.stderr.write(error.code + "\n")
    except BaseException:
        sys.excepthook(*sys.exc_info())
        code = 1
    import atexit
    import threading

    with contextlib.suppress(BaseException):
        threading._shutdown()
    with contextlib.suppress(BaseException):
        atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(BaseException):
            stream.flush()
    return code & 0xFF


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


# --- preloaded programs ----------------------------------------------------------------------------------------------


class Preloaded:
    """A program that waits and is forked for a role. Of root's capabilities it has those to become another user."""

    def __init__(self, argv: list[str]) -> None:
        self.socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.pid = os.fork()
        if self.pid == 0:
            try:
                os.setsid()
                null = os.open("/dev/null", os.O_RDWR)
                children.place({0: theirs.fileno(), 1: null, 2: null})
                os.chdir("/")
                os.umask(0o077)
                resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
                kernel.keep_capabilities((kernel.CAP_SETGID, kernel.CAP_SETUID))
                kernel.LIBC.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
                kernel.forbid(False)
                os.execve(argv[0], argv, {"PATH": children.PATH, "HOME": "/", "LC_ALL": "C"})
            finally:
                os._exit(126)
        theirs.close()

    def lend(self, workspace: Workspace, request: dict) -> socket.socket | None:
        """A socket to a new process of the request's role; nothing if the program is gone."""
        role, limits = request["role"], request["limits"]
        numbers = (workspace.uids[role], int(limits["cpu_s"]), int(limits["processes"]), int(limits["file_bytes"]))
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            message = struct.pack("=4Q", *numbers) + os.fsencode(workspace.home(role))
            socket.send_fds(self.socket, [message], [theirs.fileno()])
        except OSError:
            ours.close()
            return None
        finally:
            theirs.close()
        return ours

    def stop(self) -> None:
        """Its end of input is its end."""
        self.socket.close()


def readable_within(fd: int, seconds: float) -> bool:
    poller = select.poll()
    poller.register(fd, select.POLLIN)
    return bool(poller.poll(int(seconds * 1000)))
