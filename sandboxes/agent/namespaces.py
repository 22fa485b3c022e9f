"""Roles kept apart by namespaces, for an agent that is no root and has one user id for everything (bubblewrap).

Each program of a role runs in a user, process, mount and IPC namespace of its own. It sees no process but its own; of the
workspace it sees its own home, and the compiler's read-only; every other mount is read-only, as bubblewrap made it. The
first process of the namespace is this module's: when it ends, the kernel ends every other, so nothing can be left.

Three processes stand between the agent and a program: the *mirror*, a child of the agent which ends as the program ended;
the *init* of the namespace, which waits for the program and for orphans; the program. What the first two know of the
agent is nobody's to read: both are undumpable, and the first is in another namespace.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import struct
from typing import NamedTuple

import kernel
import processes
from workspace import Workspace

CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID = 0x00020000, 0x08000000, 0x10000000, 0x20000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = (
    1,
    2,
    4,
    8,
    32,
    4096,
    16384,
    1 << 18,
)
SIZE = "size=128m,nr_inodes=8192,mode=711"
"""Of the workspace: what Docker's cells have."""
FIRST_ID = 100_001
"""A role's user id, as it sees itself: one that no host gives to a person or a service."""
HIDDEN = ("/proc/keys", "/proc/key-users", "/proc/kallsyms", "/proc/timer_list", "/proc/sched_debug")
"""What the kernel tells of the host, or of the host's user, to everybody."""


class Namespaces(Workspace):
    """A workspace whose roles are namespaces. It serves one check: another check has another cell."""

    def __init__(self, root: str, *, may_execute: bool, data_bytes: int, is_counted: bool) -> None:
        """``data_bytes``: of a process, where no cgroup limits the cell; 0: no limit. ``is_counted``: a role's processes."""
        super().__init__(root, 0)
        self.mount = os.path.dirname(root)
        self.flags = MS_NOSUID | MS_NODEV | (0 if may_execute else MS_NOEXEC)
        self.data_bytes, self.is_counted = data_bytes, is_counted
        self.mirrors: dict[int, int] = {}
        """Process number of a program's mirror, to its role's number."""
        new_namespaces(os.getuid(), os.getgid(), CLONE_NEWUSER | CLONE_NEWNS)  # bubblewrap's mounts are not its child's
        mount("tmpfs", self.mount, "tmpfs", self.flags, SIZE)

    def settle(self) -> None:
        """Keep nothing: the mount is made, and a child has every capability in the namespaces that it makes."""
        kernel.drop_capabilities()

    def make(self) -> None:
        """Make the homes; a role's number only tells it from the others."""
        self.uids = {"candidate": 1, "judge": 2, "compiler": 3}
        os.mkdir(self.root, 0o711)
        for role in self.uids:
            os.mkdir(self.home(role))
            os.chmod(self.home(role), 0o711 if role == "compiler" else 0o700)

    def cpu(self) -> Cpu:
        """The accounts of a command."""
        return Cpu(self)

    def started(self, pid: int, role: str) -> None:
        """Note whose program a child of the agent is."""
        self.mirrors[pid] = self.uids[role]

    def enter(self, request: dict) -> None:
        """In a child of the agent: go on as the role's program in a new namespace; two processes stay behind for it."""
        if not self.is_counted:
            request["limits"] = request["limits"] | {"processes": resource.RLIM_INFINITY}
        read_end, write_end = os.pipe()
        uid = FIRST_ID + self.uids[request["role"]]
        new_namespaces(uid, uid, CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC)
        init = os.fork()
        if init:
            mirror(init, read_end)
        try:
            undumpable()
            self._see(request["role"])
            program = os.fork()
            if program:
                wait_for(program, write_end)
        except BaseException as error:
            with contextlib.suppress(OSError):
                os.write(2, f"codeloop: no namespace for a program: {error}\n".encode("utf-8", "replace"))
            os._exit(126)
        kernel.LIBC.prctl(kernel.PR_SET_DUMPABLE, 1, 0, 0, 0)  # it is alone there until it is the program
        os.close(read_end)
        os.close(write_end)

    def become(self, role: str) -> None:
        """Give up what a new namespace gives its maker."""
        kernel.drop_capabilities()
        if self.data_bytes:
            resource.setrlimit(resource.RLIMIT_DATA, (self.data_bytes, self.data_bytes))
        kernel.LIBC.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        kernel.forbid(role == "judge")

    def clear(self) -> str:
        """A cell with one user id proves nothing; the next check has another."""
        return "it serves one check"

    def _see(self, role: str) -> None:
        """Mount what the role may see, over what the agent sees."""
        mount("none", "/", "", MS_REC | MS_PRIVATE, "")
        share(self.home("compiler"), is_owner=role == "compiler")
        homes = {name: os.open(self.home(name), os.O_PATH) for name in {role, "compiler"}}
        mount("tmpfs", self.mount, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=64k,nr_inodes=16,mode=711")
        os.mkdir(self.root, 0o711)
        for name in self.uids:
            os.mkdir(self.home(name), 0)
        for name, descriptor in homes.items():
            mount(f"/proc/self/fd/{descriptor}", self.home(name), "", MS_BIND, "")
            if name != role:
                mount("none", self.home(name), "", MS_REMOUNT | MS_BIND | MS_RDONLY | self.flags, "")
            os.close(descriptor)
        mount("none", self.mount, "", MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, "")
        mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, "")
        with open("/proc/sys/user/max_user_namespaces", "w", encoding="ascii") as file:
            file.write("0")  # the program makes no namespaces, in which it would have capabilities again
        for path in HIDDEN:
            if os.path.exists(path):
                mount("/dev/null", path, "", MS_BIND, "")


def share(home: str, *, is_owner: bool) -> None:
    """Give the one user of everything the rights that others have in the compiler's home, or give him back the owner's.

    Its mount is read-only for other roles, so that they cannot change what is set here.
    """
    for folder, _, files in os.walk(home, topdown=is_owner):
        for path in (folder, *(os.path.join(folder, name) for name in files)):
            mode = os.lstat(path).st_mode
            if mode & 0o170000 in {0o100000, 0o040000}:
                own = 0o600 | (mode & 1 or path == folder) << 6 if is_owner else mode << 6
                os.chmod(path, mode & 0o7077 | own & 0o700)
        if is_owner:
            os.chmod(folder, os.lstat(folder).st_mode | 0o700)


def new_namespaces(uid: int, gid: int, kinds: int) -> None:
    """Make them, with the one user and group that there are under these numbers."""
    user, group = os.getuid(), os.getgid()
    if kernel.LIBC.unshare(kinds) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {user} 1"), ("gid_map", f"{gid} {group} 1")):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(text)


def mount(source: str, target: str, kind: str, flags: int, data: str) -> None:
    words = [word.encode() or None for word in (source, target, kind)]
    if kernel.LIBC.mount(*words, ctypes.c_ulong(flags), data.encode() or None) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"mount {target}: {os.strerror(number)}")


def undumpable() -> None:
    """Nobody of the same user looks into this process from here on: it knows what the agent knows."""
    kernel.LIBC.prctl(kernel.PR_SET_DUMPABLE, 0, 0, 0, 0)


def mirror(init: int, status: int) -> None:
    """Wait for the namespace, then end as its program did; never returns. A killed namespace counts as a killed program."""
    undumpable()
    close_all_but(status)
    data = os.read(status, 4)
    _, ended = os.waitpid(init, 0)
    if len(data) == 4:
        ended = struct.unpack("=i", data)[0]
    code = os.waitstatus_to_exitcode(ended)
    if code < 0:
        with contextlib.suppress(OSError, ValueError):
            signal.signal(-code, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        os.kill(os.getpid(), -code)
    os._exit(code if code >= 0 else 128 - code)


def wait_for(program: int, status: int) -> None:
    """As the init of a namespace: wait for the program, and for whatever it leaves in the meantime; never returns.

    Signals from inside reach an init only where it handles them.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    close_all_but(status)
    while True:
        pid, ended = os.waitpid(-1, 0)
        if pid == program:
            os.write(status, struct.pack("=i", ended))
            os._exit(0)


def close_all_but(descriptor: int) -> None:
    os.closerange(0, descriptor)
    os.closerange(descriptor + 1, 4096)


# --- accounts --------------------------------------------------------------------------------------------------------


class Stat(NamedTuple):
    """A process: its parent, when it started (ticks), CPU seconds of its own and of its waited-for children."""

    parent: int
    start: int
    own: float
    waited: float


def stat_of(pid: str) -> Stat | None:
    """Nothing if it is gone. Everybody may read it, of an undumpable process too."""
    try:
        rest = [int(word) for word in kernel.content(f"/proc/{pid}/stat").rpartition(b")")[2].split()[1:]]
    except (OSError, ValueError):
        return None
    return Stat(rest[0], rest[18], (rest[10] + rest[11]) / kernel.TICKS, (rest[12] + rest[13]) / kernel.TICKS)


class Cpu(processes.Cpu):
    """CPU seconds by role. A process belongs to the role whose mirror it descends from: none leaves its namespace."""

    def __init__(self, workspace: Namespaces) -> None:
        super().__init__(workspace.uids)
        self.mirrors = workspace.mirrors
        self.known: dict[tuple[int, int], int] = {}

    def processes(self) -> list[tuple[int, int, int, float, float]]:
        """(pid, start tick, role, own CPU, CPU of its waited-for children) of every process of a role."""
        found = {int(name): line for name in kernel.pids() if (line := stat_of(name)) is not None}
        roles = {pid: role for pid in found if (role := self._role(pid, found)) is not None}
        self.known = {(pid, found[pid].start): role for pid, role in roles.items()}
        return [(pid, found[pid].start, role, found[pid].own, found[pid].waited) for pid, role in roles.items()]

    def _role(self, pid: int, found: dict[int, Stat]) -> int | None:
        """Climb to a mirror, or to a process whose role is known: a parent may have ended between two looks."""
        for _ in range(len(found)):
            if pid in self.mirrors:
                return self.mirrors[pid]
            if (stat := found.get(pid)) is None:
                return None
            if (role := self.known.get((pid, stat.start))) is not None:
                return role
            pid = stat.parent
        return None

    def owner(self, pid: int) -> int:
        """Whose child of the agent this is; it is about to be reaped."""
        return self.mirrors.pop(pid, -1)

    def kill(self, roles: set[int]) -> None:
        """SIGKILL what is in their namespaces, the first process of each included; the mirrors end by themselves."""
        for pid, _, role, *_ in self.processes():
            if role in roles and pid not in self.mirrors:
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
