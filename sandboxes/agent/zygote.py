"""The zygote: a child of the agent that has loaded an image's programs, and forks for each command that starts one.

It forks so that the new process is the agent's child, as if the agent had started it; there it becomes the role as every
program does. The zygote is made when the cell is new and sees no request's files, channel or peer: what it knows of a check
is argv, environment and limits, so nothing of one check is in the memory of another. Once it is gone, programs start by
exec; a second one is never made, because by then the agent's memory holds other checks.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import socket
import sys
from collections.abc import Iterable

import children
import kernel
from workspace import Workspace

REQUESTS = 3
"""The descriptor that a runtime must leave alone, with those below it."""


class Zygote:
    """The agent's end of it."""

    def __init__(self, workspace: Workspace, config: dict) -> None:
        self.workspace = workspace
        self.socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.pid = os.fork()
        if self.pid == 0:
            code = 126
            try:
                self.socket.close()
                children.place({0: os.open("/dev/null", os.O_RDWR), REQUESTS: theirs.fileno(), 1: 1, 2: 2})
                sys.path[:] = [place for place in sys.path if place != os.path.dirname(os.path.abspath(__file__))]
                code = loaded(config["runtime"]).serve(config, self.born)
            except BaseException as error:
                with contextlib.suppress(OSError):
                    os.write(2, f"codeloop: cannot fork programs: {error!r}\n".encode("utf-8", "replace"))
            finally:
                os._exit(code)
        theirs.close()

    def fork(self, request: dict, descriptors: dict[int, int]) -> int | None:
        """Its pid; nothing if the zygote is gone or cannot fork, and then the program starts by exec."""
        argv, env = children.expanded(self.workspace, request)
        job = {"argv": argv, "env": env, "role": request["role"], "limits": request["limits"]}
        job |= {"uids": self.workspace.uids, "places": list(descriptors)}
        try:
            socket.send_fds(self.socket, [json.dumps(job).encode()], list(descriptors.values()))
            return json.loads(self.socket.recv(64))
        except (OSError, ValueError):
            return None

    def born(self, kept: Iterable[int] = ()) -> list[str]:
        """Fork for one request after another. It returns in forked processes alone, prepared as for exec: the argv.

        ``kept``: descriptors of the runtime that stay open. A runtime starts the program, and may no longer return.
        """
        requests = socket.socket(fileno=REQUESTS)
        has_threads = len(os.listdir("/proc/self/task")) > 1
        signals = kernel.own_signals()
        while True:
            data, descriptors, *_ = socket.recv_fds(requests, 1 << 16, 8)
            if not data:
                os._exit(0)
            pid = orphan() if has_threads else kernel.fork_sibling()
            if pid == 0:
                break
            requests.send(json.dumps(pid).encode())
            for descriptor in descriptors:
                os.close(descriptor)
        requests.detach()
        job = json.loads(data)
        self.workspace.uids = job["uids"]
        places = dict(zip(job["places"], descriptors, strict=True))
        children.prepare(self.workspace, job, places, frozenset(kept), signals)
        # The kernel lets nobody look into a process that has changed its user, until it has called exec (proc(5)); there
        # is nothing of anybody else's in this one.
        kernel.LIBC.prctl(kernel.PR_SET_DUMPABLE, 1, 0, 0, 0)
        os.environ.clear()
        os.environ.update(job["env"])
        return job["argv"]


def orphan() -> int:
    """Fork a grandchild, which goes to the agent, the nearest subreaper: 0 in it, its pid here, once its parent is gone.

    For runtimes with threads: what they leave in libc, only libc's own fork clears away.
    """
    read_end, write_end = os.pipe()
    middle = os.fork()
    if middle == 0:
        pid = os.fork()
        if pid == 0:
            return 0
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
