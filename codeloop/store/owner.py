"""Owner: which process holds a run, told apart from a later one that got the same pid."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """A process of one boot of one machine. A pid alone is given out again; with start time and boot id it is not."""

    pid: int
    started: str
    """Start time in the kernel's own unit; empty: the process is gone."""
    boot: str
    """Boot id of the machine; empty where the system has none."""

    @property
    def is_alive(self) -> bool:
        """Say whether the process still runs. One of another boot (or another machine) counts as dead."""
        return self.boot == _boot_id() and bool(self.started) and self.started == _started(self.pid)


def this_process() -> Owner:
    """Give the owner that this process is."""
    return Owner(pid=os.getpid(), started=_started(os.getpid()), boot=_boot_id())


def _boot_id() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return ""


def _started(pid: int) -> str:
    """Give a process's start time; empty when it is gone or a zombie, which can own nothing any more."""
    if not Path("/proc/self/stat").exists():
        done = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
        return done.stdout.strip()
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
    except OSError:
        return ""
    words = stat.rpartition(")")[2].split()  # the name before it may hold blanks and brackets
    return "" if words[0] in ("Z", "X") else words[19]  # field 22 of proc_pid_stat(5), counted from field 3
