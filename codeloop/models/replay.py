"""Cassettes: replies on file, so that a loop can run again without its model.

A cassette is JSON Lines, one reply a line. ``messages`` and ``template`` are there for people; only ``digest`` is
looked up. A line that a crash tore is passed over.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from anyio import to_thread

from codeloop.attempts import Completion, Prompt, Usage
from codeloop.errors import ConfigError, DiskFull, NoRecording
from codeloop.models.port import Model


class ReplayModel:
    """Answers from a cassette; of several replies to one prompt the last counts. Raises ConfigError if unreadable.

    ``asked``: of a cassette of several models, only the replies of the one that settings named so; empty: of all.
    """

    def __init__(self, path: Path, *, asked: str = "") -> None:
        self._path = path
        self.unrecorded: dict[str, Prompt] = {}
        """Prompts that were asked for in vain, by digest."""
        self._replies: dict[str, Completion] = {}
        identities: dict[str, None] = {}
        for record in _records(path):
            if asked and record.get("asked", asked) != asked:
                continue
            self._replies[record["digest"]] = _completion(record["completion"])
            identities[record["model"]] = None
        self._identity = "+".join(identities) or f"replay:{path.name}"

    @property
    def identity(self) -> str:
        """Name the recorded model (all of them, joined by ``+``)."""
        return self._identity

    @property
    def details(self) -> tuple[tuple[str, str], ...]:
        """Name the cassette."""
        return (("cassette", self._path.name),)

    def __len__(self) -> int:
        return len(self._replies)

    async def complete(self, prompt: Prompt) -> Completion:
        """Give the recorded reply, marked as cached; raises NoRecording when there is none."""
        reply = self._replies.get(prompt.digest)
        if reply is None:
            self.unrecorded[prompt.digest] = prompt
            raise NoRecording(
                f"{self._path} holds no reply to this prompt ({prompt.template}, draw {prompt.draw}, "
                f"iteration {prompt.iteration}, digest {prompt.digest[:12]}); record it again",
                prompt.digest,
            )
        return reply

    async def aclose(self) -> None:
        """Do nothing: the file was closed after reading."""


class RecordingModel:
    """Passes prompts on and appends every reply to a cassette, on disk before the reply is handed over.

    ``asked``: how the settings name the model. Raises ConfigError where the file is there and is no cassette.
    """

    def __init__(self, inner: Model, path: Path, *, asked: str = "") -> None:
        self._inner, self._path, self._asked = inner, path, asked
        lines = _lines(path) if path.exists() else []
        if lines and not lines[0].lstrip().startswith(b"{"):  # a torn first line is fine
            raise ConfigError(f"{path} is not a cassette: name another file to record to")
        records = filter(None, map(_parsed, lines))
        self._known = {record["digest"] for record in records if record["model"] == inner.identity}

    @property
    def identity(self) -> str:
        """Name the inner model."""
        return self._inner.identity

    @property
    def details(self) -> tuple[tuple[str, str], ...]:
        """Give the inner model's."""
        return self._inner.details

    async def complete(self, prompt: Prompt) -> Completion:
        """Ask the inner model; raises what it raises (recording nothing), DiskFull, ConfigError if it cannot write."""
        completion = await self._inner.complete(prompt)
        await self._append(prompt, completion)
        return completion

    async def keep(self, prompt: Prompt, completion: Completion) -> None:
        """Record a reply that was known from elsewhere, unless the cassette has one: replaying must find it too."""
        if prompt.digest not in self._known:
            await self._append(prompt, completion)

    async def aclose(self) -> None:
        """Close the inner model."""
        await self._inner.aclose()

    async def _append(self, prompt: Prompt, completion: Completion) -> None:
        record = {
            "digest": prompt.digest,
            "model": self.identity,
            **({"asked": self._asked} if self._asked else {}),
            "template": prompt.template,
            "completion": asdict(replace(completion, is_cached=False)),
            "messages": [asdict(message) for message in prompt.messages],
        }
        await to_thread.run_sync(_append, self._path, json.dumps(record))
        self._known.add(prompt.digest)


def _append(path: Path, line: str) -> None:
    """Append with one write, then fsync. The leading newline seals off a line that a crash left torn."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            data = f"{'' if _ends_with_newline(path) else chr(10)}{line}\n".encode()
            if os.write(descriptor, data) != len(data):
                raise DiskFull(path)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        if DiskFull.is_cause(error):
            raise DiskFull(path) from error
        raise ConfigError(f"cannot write cassette {path}: {error}") from None


def _ends_with_newline(path: Path) -> bool:
    with path.open("rb") as file:
        if file.seek(0, os.SEEK_END) == 0:
            return True
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"


def _records(path: Path) -> list[dict[str, Any]]:
    """Read all whole records; raises ConfigError when the file is missing or holds lines but no record."""
    lines = _lines(path)
    records = [record for line in lines if (record := _parsed(line)) is not None]
    if lines and not records:
        raise ConfigError(f"{path} is not a cassette: no line of it is a recorded reply")
    return records


def _lines(path: Path) -> list[bytes]:
    try:
        return [line for line in path.read_bytes().split(b"\n") if line.strip()]
    except OSError as error:
        raise ConfigError(f"cannot read cassette {path}: {error.strerror}") from None


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        record = json.loads(line)
        _completion(record["completion"])
        return record if isinstance(record["digest"], str) and isinstance(record["model"], str) else None
    except (ValueError, KeyError, TypeError):
        return None


def _completion(fields: dict[str, Any]) -> Completion:
    return Completion(**{**fields, "usage": Usage(**fields["usage"]), "is_cached": True})
