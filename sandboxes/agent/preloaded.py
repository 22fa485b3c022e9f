"""Programs that wait: prepared when the cell is new, forked for a role's command, and that role's user before they read a line.

They are for compilers that take long to come up. What such a program is told of a check: whose it is, in which folder and
within which limits; the command that it is lent to tells it the rest.
"""

from __future__ import annotations

import os
import resource
import socket
import struct

import children
import kernel
from workspace import Workspace


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
