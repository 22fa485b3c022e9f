"""The child's side: from the fork to the program, as the role's user, within its limits."""

from __future__ import annotations

import contextlib
import fcntl
import os
import resource
import signal

import kernel
from workspace import Workspace

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
DESCRIPTORS = 256
FIRST_OWN = 64
"""Descriptors are moved up here before they are put in their places, so that no place is taken when its turn comes."""


def limit(limits: dict) -> None:
    cpu = int(limits["cpu_s"]) + 1
    for which, soft, hard in (
        (resource.RLIMIT_CPU, cpu, cpu + 1),
        (resource.RLIMIT_NPROC, limits["processes"], limits["processes"]),
        (resource.RLIMIT_FSIZE, limits["file_bytes"], limits["file_bytes"]),
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_NOFILE, DESCRIPTORS, DESCRIPTORS),
    ):
        resource.setrlimit(which, (int(soft), int(hard)))


def place(descriptors: dict[int, int], kept: frozenset[int] = frozenset()) -> None:
    """Make exactly these descriptors (place: which), and close every other but those kept, which have low numbers."""
    high = {target: fcntl.fcntl(source, fcntl.F_DUPFD, FIRST_OWN) for target, source in descriptors.items()}
    after = 0
    for descriptor in (*sorted(kept), FIRST_OWN):
        os.closerange(after, descriptor)
        after = descriptor + 1
    for target, source in high.items():
        os.dup2(source, target)
    os.closerange(FIRST_OWN, 4096)


SIGNALS = tuple(range(1, signal.NSIG))


def prepare(
    workspace: Workspace,
    request: dict,
    descriptors: dict[int, int],
    kept: frozenset[int] = frozenset(),
    signals: tuple[int, ...] = SIGNALS,
) -> None:
    """Become the role, in its home, with nothing but its own descriptors (and those kept), signals and limits.

    ``signals``: those that may not have their default action.
    """
    workspace.enter(request)
    os.setsid()
    for number in signals:  # libc's own call: a runtime may have set some that Python does not know of
        kernel.LIBC.signal(number, None)  # SIG_DFL; refused for those that nobody can change
    place(descriptors, kept)
    write_number("/proc/self/oom_score_adj", 1000)
    role = request["role"]
    os.chdir(workspace.home(role))
    os.umask(0o022 if role == "compiler" else 0o077)
    workspace.become(role)
    limit(request["limits"])


def write_number(path: str, number: int) -> None:
    """Write to a file of the kernel's. A text file would bring a codec and its pages into every child: a millisecond."""
    descriptor = os.open(path, os.O_WRONLY)
    os.write(descriptor, b"%d" % number)
    os.close(descriptor)


def start(workspace: Workspace, request: dict, descriptors: dict[int, int]) -> None:
    """In the forked child: never returns."""
    try:
        prepare(workspace, request, descriptors)
        argv, env = expanded(workspace, request)
        os.execvpe(argv[0], argv, env)
    except BaseException as error:
        with contextlib.suppress(OSError):
            os.write(2, f"codeloop: cannot start {request['argv'][:1]}: {error}\n".encode("utf-8", "replace"))
        os._exit(127 if isinstance(error, FileNotFoundError) else 126)


def expanded(workspace: Workspace, request: dict) -> tuple[list[str], dict[str, str]]:
    """argv and a clean environment, with ``{work}`` and ``{compiled}`` replaced."""
    work, compiled = workspace.home(request["role"]), workspace.home("compiler")

    def filled(text: str) -> str:
        return text.replace("{work}", work).replace("{compiled}", compiled)

    env = {"PATH": PATH, "HOME": work, "TMPDIR": work, "LANG": "C.UTF-8"}
    env.update((name, filled(value)) for name, value in request["env"])
    return [filled(word) for word in request["argv"]], env
