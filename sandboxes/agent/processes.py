"""The processes of a check: what CPU time they used, whatever they do to hide some, and that none of them stays."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time

import kernel

KILL_S = 20.0
REAPS = 500


class Broken(Exception):
    """The cell can no longer be trusted to give a verdict."""


def processes_of(uids: set[int]) -> list[tuple[int, int, int, float, float]]:
    """(pid, start tick, uid, own CPU, CPU of its waited-for children) of every process of these users."""
    found = []
    for name in kernel.pids():
        if (uid := kernel.uid_of(name)) in uids and (used := kernel.cpu_of(name)) is not None:
            found.append((int(name), used[0], uid, used[1], used[2]))
    return found


class Cpu:
    """CPU seconds by user id.

    Two sums, of which the larger counts: what the kernel says of the living (with their waited-for children) and of
    those this agent reaped; and the last seen own time of every process ever seen, because the time of a child whose
    parent ignores SIGCHLD is in nobody's total.
    """

    def __init__(self, uids: dict[str, int]) -> None:
        self.uids = set(uids.values())
        self.reaped: dict[int, float] = {}
        self.live: dict[int, float] = {}
        self.seen: dict[tuple[int, int, int], float] = {}
        self.status: dict[int, int] = {}

    def processes(self) -> list[tuple[int, int, int, float, float]]:
        """Every process of the command's roles, as ``processes_of`` gives them."""
        return processes_of(self.uids)

    def owner(self, pid: int) -> int:
        """Whose process this is; it has ended and is not yet reaped."""
        return kernel.uid_of(pid)

    def kill(self, uids: set[int]) -> None:
        """SIGKILL every process of these roles."""
        kill(uids)

    def poll(self) -> list[int]:
        """Reap the dead, then look at the rest: in this order nothing is counted twice. Those that are left."""
        self.reap()
        self.live = {}
        processes = self.processes()
        for pid, start, uid, own, waited in processes:
            self.live[uid] = self.live.get(uid, 0.0) + own + waited
            self.seen[(pid, start, uid)] = own
        return [pid for pid, *_ in processes]

    def reap(self) -> None:
        """Bounded, so that a program that makes orphans faster than they are reaped cannot hold its limits off."""
        with contextlib.suppress(ChildProcessError):
            for _ in range(REAPS):
                if not (peeked := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)):
                    return
                uid = self.owner(peeked.si_pid)
                pid, status, usage = os.wait4(peeked.si_pid, 0)
                self.status[pid] = status
                self.reaped[uid] = self.reaped.get(uid, 0.0) + usage.ru_utime + usage.ru_stime

    def total(self, uid: int) -> float:
        tree = self.reaped.get(uid, 0.0) + self.live.get(uid, 0.0)
        return max(tree, sum(spent for (_, _, owner), spent in self.seen.items() if owner == uid))


def kill(uids: set[int]) -> None:
    """SIGKILL every process of these users, at one stroke each: kill(-1) as that user, which no fork can outrun."""
    for uid in uids:
        try:
            pid = os.fork()
        except OSError:
            continue
        if pid == 0:
            try:
                os.setgroups([])
                os.setresgid(uid, uid, uid)
                os.setresuid(uid, uid, uid)
                os.kill(-1, signal.SIGKILL)
            except OSError:
                pass
            finally:
                os._exit(0)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)
    for pid, *_ in processes_of(uids):
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)


def wait_for_end(pid: int) -> None:
    """Wait until a killed process is no more than a zombie, but not for long: the kernel may be busy with its memory."""
    with contextlib.suppress(OSError), open(os.pidfd_open(pid), "rb") as file:
        select.select([file], [], [], 0.01)


def kill_all(cpu: Cpu) -> None:
    """End every process of the check; nothing outlives a command. The common case, that all have ended, costs one look.

    One look that finds nobody is proof. While any of these processes lives, one of them has lived since the look began (a
    process is younger than its parent, and orphans are this agent's), so it is in the list; and when its turn comes it
    still lives, or is a zombie that its parent, who is in the list too, or this agent has yet to reap.
    """
    deadline = time.monotonic() + KILL_S
    left = cpu.poll()
    for pid in left:  # nearly always one that waits for its peer: no need for a process that kills it
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)
            wait_for_end(pid)
    while left and cpu.poll():
        cpu.kill({uid for _, _, uid, *_ in cpu.processes()})
        if time.monotonic() > deadline:
            raise Broken("processes survive SIGKILL")
        time.sleep(0.002)
