"""Every error codeloop raises on purpose, and whose fault each one is.

    CodeloopError
      UsageError           the user's: one line with the remedy, exit 2
        ConfigError · SuiteError · UnknownName · MissingTool
        InvalidProject     (codeloop.yaml: a line for each mistake)
        EmptySuite         (of SuiteError: nothing to run, exit 5)
      ModelError           the model's or its provider's
        ModelUnavailable   (transient: the adapter retries it)
        ModelRejected      (key, quota, bad request: never retried)
      SandboxError         the machine's
        SandboxUnavailable (transient: the adapter retries it)
        ImageMissing
      ReferenceCheckFailed (the suite's or the sandbox's: no verdict counts, exit 4)
      StoreError
        StoreLocked · SchemaMismatch
      DiskFull             the machine's: no room for a file that codeloop writes

What a candidate does wrong is never an exception: it is data (see ``attempts.py``).
"""

from __future__ import annotations

import errno
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path


class CodeloopError(Exception):
    """Base of all errors that codeloop raises on purpose; ``str()`` is one line for a person."""


class UsageError(CodeloopError):
    """The user's mistake; the message says what to do instead."""


class ConfigError(UsageError):
    """A setting that cannot be used."""


class SuiteError(UsageError):
    """A suite or samples file that cannot be had or read."""


class EmptySuite(SuiteError):
    """A suite without a task: nothing can run."""


class InvalidProject(ConfigError):
    """A configuration with mistakes; ``lines`` has one for each, all of them."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = tuple(lines)
        super().__init__("; ".join(self.lines))


class UnknownName(UsageError):
    """A name that is not in its registry; the message lists the known ones, the likeliest first."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        self.kind, self.name, self.known = kind, name, tuple(known)
        close = get_close_matches(name, self.known, n=1)
        hint = f"did you mean {close[0]!r}? " if close else ""
        shown = ", ".join(self.known[:12]) + (", …" if len(self.known) > 12 else "")
        super().__init__(f"unknown {kind} {name!r}: {hint}known: {shown}")


class MissingTool(UsageError):
    """A program or service that the host lacks, with what brings it."""

    def __init__(self, tool: str, remedy: str) -> None:
        self.tool, self.remedy = tool, remedy
        super().__init__(f"{tool} is missing: {remedy}")


class ModelError(CodeloopError):
    """A model call that gave no completion."""


class ModelUnavailable(ModelError):
    """Rate limit, 5xx, time-out or a dead server: worth another try, and tried before it is raised."""


class ModelRejected(ModelError):
    """A refused key, an unknown model, an exhausted quota or a malformed request: never retried."""


class NoRecording(ModelRejected):
    """A prompt that a cassette has no reply to; ``digest`` is the prompt's."""

    def __init__(self, message: str, digest: str) -> None:
        super().__init__(message)
        self.digest = digest


class SandboxError(CodeloopError):
    """The sandbox gave no verdict; never counted against a candidate."""


class SandboxUnavailable(SandboxError):
    """The engine or the cell broke: worth another try, and tried before it is raised."""


class ImageMissing(SandboxError):
    """A language's image is not built on this host."""

    def __init__(self, language: str, remedy: str) -> None:
        self.language, self.remedy = language, remedy
        super().__init__(f"no sandbox image for {language}: {remedy}")


class ReferenceCheckFailed(CodeloopError):
    """References failed, or known-bad programs passed: no verdict of this run could be trusted."""


class StoreError(CodeloopError):
    """The store cannot be read or written."""


class StoreLocked(StoreError):
    """Another live process owns the run."""


class SchemaMismatch(StoreError):
    """The database was written by another version of codeloop."""


class DiskFull(CodeloopError):
    """A file cannot be written for want of room: no space left, a quota, or a limit on the size of files."""

    def __init__(self, path: Path | str) -> None:
        self.path = path
        super().__init__(f"{path} cannot be written: the disk is full: free some space, then resume or run it again")

    @staticmethod
    def is_cause(exc: OSError) -> bool:
        """Say whether a system error means that there is no room."""
        return exc.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
