"""The workspace of a check: a folder and a user id per role, new for every check, and nothing left of the last one."""

from __future__ import annotations

import base64
import contextlib
import os
import shutil
import subprocess

import kernel
from processes import Cpu

ROLES = ("candidate", "judge", "compiler")
GROUPS = {"compiler": (60042,)}
"""Where an image keeps interpreters from candidates, analysers are started by one that this group may run."""


class Workspace:
    """``root`` holds a home per role. ``first_uid`` is chosen by the driver at random, with room for every check after it:

    RLIMIT_NPROC counts by the *host's* user id, so cells must not share any, and no id is ever used for two checks.
    """

    def __init__(self, root: str, first_uid: int) -> None:
        self.root, self.servers_uid = root, first_uid
        self.number = 0
        self.uids: dict[str, int] = {}
        self.untouched: set[str] = set()
        """Roles of which nothing has run in this check: no link or file of theirs can be in their homes."""

    def home(self, role: str) -> str:
        return f"{self.root}/{role}"

    def settle(self) -> None:
        """Give up what the agent has no further need of."""
        kernel.drop_bounding_set()

    def make(self) -> None:
        """Make the homes of the next check, owned by ids that nobody had before."""
        first = self.servers_uid + 1 + len(ROLES) * self.number
        self.uids = {role: first + offset for offset, role in enumerate(ROLES)}
        self.number += 1
        self.untouched = set(ROLES)
        os.mkdir(self.root)
        os.chmod(self.root, 0o711)
        for role, uid in self.uids.items():
            os.mkdir(self.home(role))
            os.chmod(self.home(role), 0o711 if role == "compiler" else 0o700)
            os.chown(self.home(role), uid, uid)

    def clear(self) -> str:
        """Remove everything; what is left all the same, in words. It runs when no process of a role is alive."""
        try:
            shutil.rmtree(self.root)
        except (OSError, RecursionError):
            # A tree deeper than Python's stack, or a name that it cannot spell: coreutils walk it without either.
            subprocess.run(["rm", "-rf", "--", self.root], check=False, capture_output=True)
        return f"{self.root} is still there" if os.path.lexists(self.root) else ""

    def enter(self, request: dict) -> None:
        """In a new child: go where its role's programs run. Roles that are users share the cell; see ``namespaces``."""

    def started(self, pid: int, role: str) -> None:
        """Note whose program a new child is."""
        self.untouched.discard(role)

    def cpu(self) -> Cpu:
        """Give the accounts of a command that begins."""
        return Cpu(self.uids)

    def become(self, role: str) -> None:
        """Drop to the role's user id, for good: no capabilities, no new privileges, no way to leave traces."""
        kernel.become(self.uids[role], groups=GROUPS.get(role, ()), is_judge=role == "judge")

    def write_files(self, role: str, files: list[list[str]]) -> str:
        """Write the files as the role itself, so that no link which a program left can lead root astray; what failed."""
        if not files:
            return ""
        if role in self.untouched:
            return self._write_first(role, files)
        read_end, write_end = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                self.enter({"role": role, "limits": {}})
                self.become(role)
                os.umask(0o077)
                for path, content in files:
                    write_file(os.path.join(self.home(role), path), base64.b64decode(content))
            except BaseException as error:
                os.write(write_end, (str(error) or repr(error)).encode("utf-8", "replace")[:2000])
            finally:
                os._exit(0)
        self.started(pid, role)
        os.close(write_end)
        with open(read_end, "rb") as file:
            failure = file.read().decode("utf-8", "replace")
        _, status = os.waitpid(pid, 0)
        return failure or ("" if status == 0 else f"the file writer ended with status {status}")

    def _write_first(self, role: str, files: list[list[str]]) -> str:
        """Write into a home that nobody has used, and give the files away: the same, without a process for it."""
        uid, home = self.uids[role], self.home(role)
        try:
            for path, content in files:
                write_file(os.path.join(home, path), base64.b64decode(content))
                part = path
                while part:
                    os.chown(os.path.join(home, part), uid, uid, follow_symlinks=False)
                    part = os.path.dirname(part)
        except (OSError, ValueError) as error:
            return str(error) or repr(error)
        return ""


def write_file(path: str, content: bytes) -> None:
    os.makedirs(os.path.dirname(path), 0o700, exist_ok=True)
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o400)
    with open(descriptor, "wb") as file:
        file.write(content)
