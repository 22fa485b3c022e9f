"""Checkout: what git says of a folder; a folder without git, or a host without it, has nothing to say."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

_TIMEOUT_S = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """What is checked out in a folder."""

    commit: str
    """Hexadecimal, whole."""
    branch: str
    """Empty: none, as in most CI."""
    is_dirty: bool | None
    """Whether files that git knows differ from the commit; ``None``: git did not say in time."""


def checkout_of(folder: Path) -> Checkout | None:
    """Ask git; ``None`` where it knows nothing of the folder, or has no commit yet."""
    commit = _asked(folder, "rev-parse", "--verify", "HEAD")
    if not commit:
        return None
    changes = _asked(folder, "status", "--porcelain", "--untracked-files=no")
    branch = _asked(folder, "rev-parse", "--abbrev-ref", "HEAD") or ""
    return Checkout(
        commit=commit.strip(),
        branch="" if branch.strip() == "HEAD" else branch.strip()[:200],
        is_dirty=None if changes is None else bool(changes.strip()),
    )


def _asked(folder: Path, *words: str) -> str | None:
    """Give what git prints; ``None`` where it fails. No monitor that the folder names runs, and no index is written."""
    command = ["git", "--no-optional-locks", "-c", "core.fsmonitor=false", "-C", str(folder), *words]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            timeout=_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
