"""What the agent asks of Linux directly: capabilities, user ids, system calls that candidates may not make, counters."""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import signal
import struct
from collections.abc import Iterable

LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_DUMPABLE, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS, PR_CAPBSET_DROP, CAP_SETPCAP = 4, 36, 38, 24, 8
PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 47, 2
CAP_SETGID, CAP_SETUID = 6, 7
EPERM, ENOSYS = 1, 38


def drop_bounding_set() -> None:
    """Empty the bounding set, which every child inherits, then give up SETPCAP, which was there for this alone.

    The agent keeps its other six: they are recomputed at exec only, and it never execs itself (capabilities(7)).
    """
    for capability in range(64):
        if LIBC.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
            break  # the first number that the kernel does not know
    header = struct.pack("=Ii", 0x20080522, 0)  # _LINUX_CAPABILITY_VERSION_3, this process
    sets = ctypes.create_string_buffer(24)  # two words each of effective, permitted, inheritable
    if LIBC.capget(header, sets) != 0:
        raise OSError(ctypes.get_errno(), "capget")
    words = list(struct.unpack("=6I", sets.raw))
    for index in (0, 1):
        words[index] &= ~(1 << CAP_SETPCAP)
    if LIBC.capset(header, struct.pack("=6I", *words)) != 0:
        raise OSError(ctypes.get_errno(), "capset")


def keep_capabilities(kept: tuple[int, ...]) -> None:
    """Of every capability, keep these alone, over an exec too, and take from every later exec the others for good.

    The bounding set goes last: it bounds what can be made inheritable, and what is inheritable can be ambient.
    """
    mask = sum(1 << capability for capability in kept)
    header = struct.pack("=Ii", 0x20080522, 0)
    sets = ctypes.create_string_buffer(24)
    if LIBC.capget(header, sets) != 0:
        raise OSError(ctypes.get_errno(), "capget")
    words = list(struct.unpack("=6I", sets.raw))
    if LIBC.capset(header, struct.pack("=6I", words[0], words[1], mask, words[3], words[4], 0)) != 0:
        raise OSError(ctypes.get_errno(), "capset")
    for capability in kept:
        if LIBC.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "ambient capability")
    for capability in range(64):
        if LIBC.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
            break
    if LIBC.capset(header, struct.pack("=6I", mask, mask, mask, 0, 0, 0)) != 0:
        raise OSError(ctypes.get_errno(), "capset")


def drop_capabilities() -> None:
    """Give up every capability for good: the bounding set's, then this process's own."""
    for capability in range(64):
        if LIBC.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
            break
    header = struct.pack("=Ii", 0x20080522, 0)
    if LIBC.capset(header, bytes(24)) != 0:
        raise OSError(ctypes.get_errno(), "capset")


def become(uid: int, *, groups: Iterable[int] = (), is_judge: bool = False) -> None:
    """Be this user for good. From here on no system call can leave anything behind that outlives the user's processes."""
    os.setgroups(list(groups))
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    forbid(is_judge)


# --- processes -------------------------------------------------------------------------------------------------------

CLONE_PARENT, CLONE_CHILD_SETTID, CLONE_CHILD_CLEARTID = 0x8000, 0x1000000, 0x200000
PR_GET_TID_ADDRESS = 40
CLONE = {"x86_64": (56, (0, 1, 2, 3, 4)), "aarch64": (220, (0, 1, 2, 4, 3))}
"""The call's number, and the order of flags, stack, parent's and child's thread id, and TLS (clone(2))."""


def fork_sibling() -> int | None:
    """Fork, but a child of this process's own parent: its pid here, 0 in it; nothing where that cannot be done.

    libc's fork does three things that are done here: Python's part of it by Python's own functions, the thread's id by the
    kernel, at the address where libc keeps it; libc's locks need no care in a process of one thread.
    """
    if platform.machine() not in CLONE:
        return None
    where = ctypes.c_void_p()
    if LIBC.prctl(PR_GET_TID_ADDRESS, ctypes.byref(where), 0, 0, 0) != 0:
        return None
    number, order = CLONE[platform.machine()]
    flags = CLONE_PARENT | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | signal.SIGCHLD
    words = [flags, 0, 0, where.value, 0]
    system, python = ctypes.PyDLL(None).syscall, ctypes.pythonapi  # which do not let go of the interpreter's lock
    system.restype = ctypes.c_long
    python.PyOS_BeforeFork()
    pid = system(ctypes.c_long(number), *(ctypes.c_long(words[index]) for index in order))
    if pid == 0:
        python.PyOS_AfterFork_Child()
    else:
        python.PyOS_AfterFork_Parent()
    return pid if pid >= 0 else None


def own_signals() -> tuple[int, ...]:
    """The signals that this process catches or ignores (SigCgt and SigIgn, proc_pid_status(5))."""
    masks = [
        line.split()[1] for line in content("/proc/self/status").splitlines() if line.startswith((b"SigIgn", b"SigCgt"))
    ]
    held = int(masks[0], 16) | int(masks[1], 16)
    return tuple(number for number in range(1, 65) if held >> (number - 1) & 1)


# --- system calls ----------------------------------------------------------------------------------------------------

# Numbers from the kernel's own tables (arch/x86/entry/syscalls/syscall_64.tbl; include/uapi/asm-generic/unistd.h).
# The first group leaves objects that outlive a process (System V IPC, POSIX queues, keys); the second reads other
# processes or the kernel; the third makes files that run although no writable mount allows it.
FORBIDDEN = {
    "x86_64": (0xC000003E, (29, 30, 64, 68, 240, 248, 249, 250, 101, 310, 311, 312, 298, 321, 323, 438, 272, 308, 165, 319, 447)),
    "aarch64": (0xC00000B7, (194, 196, 190, 186, 180, 217, 218, 219, 117, 270, 271, 272, 241, 280, 282, 438, 97, 268, 40, 279, 447)),
}  # fmt: skip
MEMORY_FILES = {"x86_64": 319, "aarch64": 279}  # memfd_create, which a judge may use: it runs no candidate's code
IO_URING_SETUP = 425  # answered with "no such call", because runtimes ask for it and can do without


def forbid(is_judge: bool) -> None:
    """Install the filter (seccomp(2)); on a machine with other system call numbers there is none, and ``doctor`` says so."""
    program = _JUDGES if is_judge else _CANDIDATES
    if program is not None:
        _install(program)


def forbid_io_uring() -> None:
    """Forbid this one call, as candidates' filter does, and nothing else: for a process that is forked for them."""
    LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _install(_PLAIN)


def _install(program: tuple[_Program, object]) -> None:
    if LIBC.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program[0]), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "seccomp")


def filter_of(machine: str, *, is_judge: bool = False) -> list[tuple[int, int, int, int]] | None:
    """Give the filter as classic BPF instructions (code, jump if true, jump if false, operand); none for other machines."""
    if machine not in FORBIDDEN:
        return None
    load, equal, at_least, answer = 0x20, 0x15, 0x35, 0x06
    errno, allow = 0x00050000, 0x7FFF0000
    architecture, numbers = FORBIDDEN[machine]
    if is_judge:
        numbers = tuple(number for number in numbers if number != MEMORY_FILES[machine])
    head = [(load, 0, 0, 4), (equal, 1, 0, architecture), (answer, 0, 0, errno | EPERM), (load, 0, 0, 0)]
    if machine == "x86_64":
        head += [(at_least, 0, 1, 0x40000000), (answer, 0, 0, errno | EPERM)]  # the x32 numbers of the same calls
    count = len(numbers)
    tests = [(equal, count - index, 0, number) for index, number in enumerate(numbers)]
    tail = [
        (equal, 2, 0, IO_URING_SETUP),
        (answer, 0, 0, allow),
        (answer, 0, 0, errno | EPERM),
        (answer, 0, 0, errno | ENOSYS),
    ]
    # From test i, ``count - i`` instructions lie before the tail's third; the tail itself begins with two more.
    return head + [(code, true + 1, false, operand) for code, true, false, operand in tests] + tail


class _Instruction(ctypes.Structure):
    _fields_ = (("code", ctypes.c_ushort), ("jt", ctypes.c_ubyte), ("jf", ctypes.c_ubyte), ("k", ctypes.c_uint))


class _Program(ctypes.Structure):
    _fields_ = (("len", ctypes.c_ushort), ("filter", ctypes.POINTER(_Instruction)))


def _compiled(instructions: list[tuple[int, int, int, int]] | None) -> tuple[_Program, object] | None:
    if instructions is None:
        return None
    array = (_Instruction * len(instructions))(*instructions)
    return _Program(len(instructions), array), array  # the array must live as long as the program


_PLAIN = _compiled(
    [(0x20, 0, 0, 0), (0x15, 0, 1, IO_URING_SETUP), (0x06, 0, 0, 0x00050000 | ENOSYS), (0x06, 0, 0, 0x7FFF0000)]
)
_CANDIDATES, _JUDGES = (_compiled(filter_of(platform.machine(), is_judge=is_judge)) for is_judge in (False, True))


# --- counters --------------------------------------------------------------------------------------------------------


def content(path: str) -> bytes:
    """What a file of the kernel's says, up to 64 KiB; raises OSError. A file object makes six calls of these three."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(descriptor, 1 << 16)
    finally:
        os.close(descriptor)


MEMORY_EVENTS = next(
    filter(os.path.exists, ("/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control")), ""
)
"""The cgroup's counters: of version 2, then of version 1."""


def oom_kills() -> int:
    """The cgroup's count of processes killed for memory; 0 where it counts none."""
    try:
        return int(content(MEMORY_EVENTS).partition(b"oom_kill ")[2].split(None, 1)[0])
    except (OSError, IndexError):
        return 0


def shared_objects() -> int:
    """How many System V objects exist in this namespace: what a forbidden call would have left."""
    count = 0
    for kind in ("shm", "sem", "msg"):
        with contextlib.suppress(OSError):
            count += content(f"/proc/sysvipc/{kind}").count(b"\n") - 1
    return count


def uid_of(pid: int | str) -> int:
    """The user id, also of a zombie; -1 if gone. The owner of ``/proc/<pid>`` will not do: it is root's for an undumpable one."""
    try:
        return int(content(f"/proc/{pid}/status").split(b"\nUid:", 1)[1].split(None, 1)[0])
    except (OSError, IndexError, ValueError):
        return -1


def pids() -> list[str]:
    """Every process of the cell, but its first one and this one, which are nobody's of a check and outlive them all."""
    return [name for name in os.listdir("/proc") if name.isdigit() and name not in ("1", OWN)]


OWN = str(os.getpid())


TICKS = os.sysconf("SC_CLK_TCK")


def cpu_of(pid: int | str) -> tuple[int, float, float] | None:
    """Start tick, own CPU seconds, CPU seconds of its waited-for children; nothing if it is gone."""
    try:
        rest = [int(word) for word in content(f"/proc/{pid}/stat").rpartition(b")")[2].split()[1:]]
    except (OSError, ValueError):
        return None
    return rest[18], (rest[10] + rest[11]) / TICKS, (rest[12] + rest[13]) / TICKS
