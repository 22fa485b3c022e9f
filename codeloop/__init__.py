"""codeloop: generate code with a model, check it in sandboxes, feed the findings back. Importing it does nothing.

The public names, each loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_PUBLIC = {
    "Candidate": "codeloop.attempts",
    "Completion": "codeloop.attempts",
    "Policy": "codeloop.policy",
    "Prompt": "codeloop.attempts",
    "Suite": "codeloop.tasks",
    "Task": "codeloop.tasks",
    "Trajectory": "codeloop.attempts",
    "load_suite": "codeloop.suites",
    "open_checker": "codeloop.registry",
    "run_trajectory": "codeloop.loop",
}

__all__ = list(_PUBLIC)


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'codeloop' has no attribute {name!r}")
    return getattr(import_module(_PUBLIC[name]), name)
