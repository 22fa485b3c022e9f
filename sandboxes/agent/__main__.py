"""The agent: runs commands inside a cell on behalf of codeloop, and trusts nothing that they do.

It reads frames (four bytes of length, big-endian, then JSON) from stdin and answers each with one frame on stdout; at end
of file it exits. It is root with six capabilities, and every process that it starts is one of three user ids (see
``workspace.ROLES``) without any; where there is one user id for everything, see ``namespaces``. Standard library only; the same files serve every language's image.

A command: argv, role, files [[path, base64]], env [[name, value]], channel (base64 or null), limits, peer (a command or
null). Its reply: end, code, stdout, stderr, channel (base64), cpu_s, wall_s, peer; or only ``error``: the cell is broken.
``{"reset": true}`` ends a check: everything of it is removed. Its reply says ``doubt``: in words, why the cell cannot
prove that it is as new, or nothing. A cell in doubt refuses every command after it, which may already be on its way.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import struct
import sys
from collections.abc import Mapping

import commands
import kernel
import processes
import warm
from workspace import Workspace

ROOT = "/cell/w"
FRAMES_FD = 200


class Agent:
    """One cell: its workspace, its warm programs, and what it looked like when it was new."""

    def __init__(self, workspace: Workspace, driver: int) -> None:
        self.driver = driver
        self.workspace = workspace
        self.mount = os.path.dirname(workspace.root)
        self.used = self._used()
        kernel.LIBC.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        config = warm.configured()
        preloaded = warm.preload(config)
        workspace.settle()
        self.before = set(kernel.pids())
        self.warm = warm.Warm(self.workspace, config, preloaded)
        self.oom_kills = kernel.oom_kills()
        self.doubt = ""
        self.workspace.make()

    def answer(self, request: dict) -> dict:
        """Answer one frame; whatever goes wrong here breaks the cell, and is no verdict."""
        try:
            if "reset" in request:
                self.doubt = self.reset()
                return {"doubt": self.doubt}
            if self.doubt:
                return {"error": f"the cell is in doubt: {self.doubt}"}
            return commands.run(self.workspace, self.warm, request, self.driver)
        except Exception as error:
            return {"error": f"{type(error).__name__}: {error}"}

    def reset(self) -> str:
        """End the check. The proof: no process, no file, no block or inode, no System V object more than when it was new."""
        processes.kill_all(self.workspace.cpu())
        if doubt := self.workspace.clear():
            return doubt
        if self._used() != self.used:
            return f"{self.mount} does not give back what it held"
        if strangers := set(kernel.pids()) - self.before - {str(pid) for pid in self.warm.pids()}:
            return f"unknown processes: {' '.join(sorted(strangers))}"
        if kernel.shared_objects():
            return "System V objects are left"
        if kernel.oom_kills() != self.oom_kills:
            return "memory ran out in it"
        self.workspace.make()
        return ""

    def _used(self) -> tuple[int, int]:
        """Blocks and inodes in use on the mount of the workspace."""
        found = os.statvfs(self.mount)
        return found.f_blocks - found.f_bfree, found.f_files - found.f_ffree


def read_exactly(fd: int, count: int) -> bytes | None:
    data = bytearray()
    while len(data) < count:
        chunk = os.read(fd, min(1 << 20, count - len(data)))
        if not chunk:
            return None
        data += chunk
    return bytes(data)


def serve(agent: Agent, source: int, sink: int) -> None:
    while (head := read_exactly(source, 4)) is not None:
        body = read_exactly(source, struct.unpack(">I", head)[0])
        if body is None:
            return
        frame = json.dumps(agent.answer(json.loads(body))).encode("ascii")
        view = memoryview(struct.pack(">I", len(frame)) + frame)
        while view:
            view = view[os.write(sink, view[: 1 << 16]) :]


def workspace_of(environ: Mapping[str, str]) -> Workspace:
    """The workspace that the driver asks for: of user ids, or of namespaces where it has no user ids to give."""
    root = environ.get("CODELOOP_ROOT", ROOT)
    if environ.get("CODELOOP_ROLES") != "namespaces":
        return Workspace(root, int(environ["CODELOOP_UID_BASE"]))
    import namespaces

    return namespaces.Namespaces(
        root,
        may_execute=environ.get("CODELOOP_EXEC") == "1",
        data_bytes=int(environ.get("CODELOOP_DATA_BYTES", "0")),
        is_counted=environ.get("CODELOOP_COUNTED", "1") == "1",
    )


def main() -> int:
    """Put the frames' descriptors out of any child's way, then serve."""
    source, sink = (fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, FRAMES_FD) for fd in (0, 1))
    null = os.open("/dev/null", os.O_RDWR)
    for fd in (0, 1):
        os.dup2(null, fd)
    os.umask(0o022)
    agent = Agent(workspace_of(os.environ), source)
    try:
        serve(agent, source, sink)
    except OSError as error:
        if error.errno != errno.EPIPE:
            raise
    finally:
        agent.warm.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
