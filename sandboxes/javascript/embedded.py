"""The runtime of forked Node programs: Node inside the zygote, up to where candidate.js would read its arguments.

libnode runs in this very process. candidate.js, started in the mode ``wait``, calls back into Python, which forks, makes
the fork what the agent makes of every program of a role, and returns to JavaScript in the fork alone. No candidate's code
and no data of a check is ever in the process that forks.

A fork has one thread. Node's others (two of its platform, one that listens for a debugger) stay behind: V8 is told to give
them no work, and they sleep. A fork shares the objects behind its descriptors: each is replaced. V8 keeps its memory out of
forks, which is undone.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import gc
import json
import os
import shutil
import time
from collections.abc import Callable

import kernel
import zygote

LIBRARY = "libnode.so.115"
ENDS = "/opt/codeloop/ends.so"
MADV_DOFORK = 11
PR_SET_NAME = 15
SIGNALS = 65
SIGACTION_BYTES = 256
"""More than any machine's struct sigaction."""
ASLEEP_S = 10.0


class Module(ctypes.Structure):
    """napi_module of node_api.h."""

    _fields_ = (
        ("version", ctypes.c_int),
        ("flags", ctypes.c_uint),
        ("filename", ctypes.c_char_p),
        ("register", ctypes.c_void_p),
        ("name", ctypes.c_char_p),
        ("private", ctypes.c_void_p),
        ("reserved", ctypes.c_void_p * 4),
    )


CALLBACK = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)


def serve(config: dict, born: Callable[..., list[str]]) -> int:
    """In the zygote: start Node and wait. In a forked process: go on as Node, to the exit status."""
    (words,) = config["forked"]  # node, its options, the program's file and its mode
    kernel.forbid_io_uring()  # libuv's rings cannot be forked; nor does a candidate's libuv get any
    ctypes.CDLL(ENDS, ctypes.RTLD_GLOBAL)
    library = ctypes.CDLL(LIBRARY, ctypes.RTLD_GLOBAL)
    binding = Binding(library, born)  # alive as long as this function runs
    library.napi_module_register(ctypes.byref(binding.module))
    return start(library, [*words[:-1], "wait"])


def start(library: ctypes.CDLL, words: list[str]) -> int:
    """Call ``node::Start``, which wants its arguments in one piece of memory (uv_setup_args)."""
    text = ctypes.create_string_buffer("\0".join(words).encode())
    argv, at = (ctypes.c_void_p * (len(words) + 1))(), ctypes.addressof(text)
    for number, word in enumerate(words):
        argv[number] = at
        at += len(word.encode()) + 1
    return library._ZN4node5StartEiPPc(len(words), argv)


class Binding:
    """``process._linkedBinding('codeloop').wait``: returns in forked processes alone, what the fork has to be told."""

    def __init__(self, library: ctypes.CDLL, born: Callable[..., list[str]]) -> None:
        self.library, self.born = library, born
        self.is_fork = False
        self.callbacks = CALLBACK(self._register), CALLBACK(self._wait)
        register = ctypes.cast(self.callbacks[0], ctypes.c_void_p)
        self.module = Module(version=1, filename=b"codeloop", register=register, name=b"codeloop")

    def _register(self, env: int, exports: int) -> int:
        function = ctypes.c_void_p()
        self.library.napi_create_function(
            ctypes.c_void_p(env), b"wait", ctypes.c_size_t(4), self.callbacks[1], None, ctypes.byref(function)
        )
        self.library.napi_set_named_property(ctypes.c_void_p(env), ctypes.c_void_p(exports), b"wait", function)
        return exports

    def _wait(self, env: int, _info: int) -> int | None:
        if self.is_fork:
            return None
        try:
            self.is_fork, said = True, json.dumps(forked(self.born)).encode()
        except BaseException as error:  # it would be lost in C, and the program go on
            with contextlib.suppress(OSError):
                os.write(2, f"codeloop: cannot fork Node: {error!r}\n".encode("utf-8", "replace"))
            os._exit(126)
        text = ctypes.c_void_p()
        self.library.napi_create_string_utf8(ctypes.c_void_p(env), said, ctypes.c_size_t(len(said)), ctypes.byref(text))
        return text.value


def forked(born: Callable[..., list[str]]) -> dict:
    """Wait in the zygote. In a forked process: make it one of its own, and say who it is."""
    wait_until_alone()
    inherit_everything()
    signals, found = dispositions(), descriptors()
    program = os.path.realpath(shutil.which("node"))
    uv = ctypes.CDLL("libuv.so.1")
    uv.uv_default_loop.restype = ctypes.c_void_p
    gc.collect()
    gc.freeze()  # so that the collector does not touch, and so copy, every page of a fork's Python
    argv = born(found)
    for number, kept in signals.items():
        kernel.LIBC.sigaction(number, kept, None)
    kernel.LIBC.prctl(PR_SET_NAME, b"node", 0, 0, 0)
    renew(found)
    restart_loop(uv)
    seed = int.from_bytes(os.urandom(4)) >> 1 or 1
    return {"argv": argv, "pid": os.getpid(), "execPath": program, "seed": seed}


def wait_until_alone() -> None:
    """Wait until every other thread sleeps: what one that runs may hold would be held for ever in a fork."""
    deadline = time.monotonic() + ASLEEP_S
    main = str(os.getpid())
    while {state_of(thread) for thread in os.listdir("/proc/self/task") if thread != main} - {"S"}:
        if time.monotonic() > deadline:
            raise TimeoutError("threads do not come to rest")
        time.sleep(0.001)


def state_of(thread: str) -> str:
    with open(f"/proc/self/task/{thread}/stat", encoding="ascii") as file:
        return file.read().rpartition(")")[2].split()[0]


def inherit_everything() -> None:
    """Let forks have the mappings that V8 keeps out of them (VmFlags ``dc`` in proc_pid_smaps(5))."""
    start = end = 0
    with open("/proc/self/smaps", encoding="ascii", errors="replace") as file:
        for line in file:
            head, *rest = line.split()
            if not head.endswith(":"):
                start, end = (int(word, 16) for word in head.split("-"))
            elif head == "VmFlags:" and "dc" in rest:
                mapping = ctypes.c_void_p(start), ctypes.c_size_t(end - start)
                if kernel.LIBC.madvise(*mapping, MADV_DOFORK) != 0:
                    raise OSError(ctypes.get_errno(), "madvise")


def dispositions() -> dict[int, ctypes.Array]:
    """What Node does on each signal, as sigaction(2) gives it: the agent's own settings are Python's."""
    found = {}
    for number in range(1, SIGNALS):
        found[number] = ctypes.create_string_buffer(SIGACTION_BYTES)
        if kernel.LIBC.sigaction(number, None, found[number]) != 0:
            del found[number]
    return found


def descriptors() -> dict[int, str]:
    """Node's, and what each is: ``anon_inode:[eventpoll]``, ``anon_inode:[eventfd]`` or ``pipe:[INODE]``."""
    found = {}
    for number in map(int, os.listdir("/proc/self/fd")):
        with contextlib.suppress(FileNotFoundError):  # the listing's own
            if number > zygote.REQUESTS:
                found[number] = os.readlink(f"/proc/self/fd/{number}")
    return found


def renew(found: dict[int, str]) -> None:
    """Put new objects behind the descriptors that still lead to the zygote's: what it waits for is nobody else's business.

    A pipe that is another by now was replaced by libuv, at the fork.
    """
    pipes: dict[str, tuple[int, int]] = {}
    for number, kind in found.items():
        if kind == "anon_inode:[eventpoll]":
            new = kernel.LIBC.epoll_create1(os.O_CLOEXEC)
        elif kind == "anon_inode:[eventfd]":
            new = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        elif kind == f"pipe:[{os.fstat(number).st_ino}]":
            if kind not in pipes:
                pipes[kind] = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
            new = pipes[kind][fcntl.fcntl(number, fcntl.F_GETFL) & os.O_ACCMODE]
        elif kind.startswith("pipe:"):
            continue
        else:
            raise OSError(f"descriptor {number} of Node is {kind}")
        os.dup2(new, number, inheritable=False)
        os.close(new)


def restart_loop(uv: ctypes.CDLL) -> None:
    """Let libuv make what it waits with anew, and read the clock again, from which its timers count."""
    loop = ctypes.c_void_p(uv.uv_default_loop())
    if uv.uv_loop_fork(loop) != 0:
        raise OSError("uv_loop_fork")
    uv.uv_update_time(loop)
    uv.uv_disable_stdio_inheritance()  # as node::Start does with what it is given
