"""Who owns a container: labels that tell whether the process which made it still lives, and the sweep of those whose is dead."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import anyio.to_thread

from codeloop import host
from codeloop.errors import MissingTool

if TYPE_CHECKING:
    from docker.models.containers import Container

RUN_LABEL, PID_LABEL, START_LABEL, BOOT_LABEL = "codeloop.run", "codeloop.pid", "codeloop.start", "codeloop.boot"
_GONE_S = 10


def boot_id() -> str:
    """The name of the machine's current boot."""
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def start_of(pid: int) -> str:
    """When a process started, in ticks since boot; empty if there is none. With the pid, it names one process."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in "ZX" else fields[19]


def owner_labels(run_id: str) -> dict[str, str]:
    """Labels by which a later process tells whether this one still lives."""
    pid = os.getpid()
    return {RUN_LABEL: run_id, PID_LABEL: str(pid), START_LABEL: start_of(pid), BOOT_LABEL: boot_id()}


def owner_lives(labels: dict[str, str]) -> bool:
    """Whether the process that made the container is still there."""
    pid, start = labels.get(PID_LABEL, ""), labels.get(START_LABEL, "")
    return labels.get(BOOT_LABEL) == boot_id() and pid.isdigit() and bool(start) and start_of(int(pid)) == start


def clean() -> int:
    """Remove the containers whose owners are dead, and only those; how many this call removed.

    Those that another process is removing at the same time are gone too when it returns (within ``_GONE_S`` seconds
    each). Blocks; raises MissingTool.
    """
    client = host.connect()
    try:
        found = client.containers.list(all=True, filters={"label": RUN_LABEL}, ignore_removed=True)
        return sum(_remove(container) for container in found if not owner_lives(container.labels))
    finally:
        client.close()


def _remove(container: Container) -> bool:
    """Whether it was this call that removed it."""
    from docker.errors import APIError, NotFound
    from requests.exceptions import RequestException

    try:
        container.remove(force=True, v=True)
    except NotFound:
        return False
    except APIError:  # 409: another sweep is at it, and has not ended yet
        with suppress(APIError, RequestException):
            container.wait(condition="removed", timeout=_GONE_S)
        return False
    return True


async def sweep() -> int:
    """``clean`` off the event loop; without an engine there is nothing to sweep."""
    try:
        return await anyio.to_thread.run_sync(clean)
    except MissingTool:
        return 0
