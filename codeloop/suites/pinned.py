"""Pinned: one file whose SHA-256 sum is known: from the user's data folder, the cache, or fetched into it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Say = Callable[[str], None]


class Unavailable(Exception):
    """A file cannot be had; the text is one line with the remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinned:
    """What the bytes must be. ``suite`` names the subfolder, ``origin`` the place it is fetched from."""

    suite: str
    file: str
    sha256: str
    origin: str
    remedy: str
    """Clause: what to do where it cannot be fetched."""
    release: str
    """Clause: which release of whose data it is."""


def obtain(
    pinned: Pinned, fetch: Callable[[], bytes] | None, *, data_dir: Path | None, cache: Path, say: Say
) -> tuple[bytes, str]:
    """Get the bytes and say where from; ``fetch`` is ``None`` when the network is not to be used.

    A wrong file that the user chose is an error, a wrong cache is not. Raises Unavailable.
    """
    chosen = _in_data_dir(pinned, data_dir)
    if chosen is not None:
        return _verified(pinned, _read(pinned, chosen), str(chosen)), str(chosen)
    cached = cache / pinned.file
    if cached.is_file():
        raw = _read(pinned, cached)
        if hashlib.sha256(raw).hexdigest() == pinned.sha256:
            return raw, str(cached)
        say(f"{cached} has a wrong SHA-256 sum and is not used")
    if fetch is None:
        raise Unavailable(f"{pinned.suite}: no usable {pinned.file} on this machine; {pinned.remedy}")
    raw = _verified(pinned, _fetched(pinned, fetch, say), pinned.origin)
    _keep(cached, raw, say)
    return raw, pinned.origin


def one_line(exc: BaseException) -> str:
    """Give an exception's text in one line, its type's name if it has none."""
    return " ".join(str(exc).split()) or type(exc).__name__


def _in_data_dir(pinned: Pinned, data_dir: Path | None) -> Path | None:
    if data_dir is None:
        return None
    places = (data_dir / pinned.suite / pinned.file, data_dir / pinned.file)
    return next((path for path in places if path.is_file()), None)


def _read(pinned: Pinned, path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as exc:
        raise Unavailable(f"{pinned.suite}: {path} cannot be read ({one_line(exc)}); check its permissions") from exc


def _verified(pinned: Pinned, raw: bytes, origin: str) -> bytes:
    found = hashlib.sha256(raw).hexdigest()
    if found != pinned.sha256:
        raise Unavailable(
            f"{pinned.suite}: {origin} has SHA-256 {found[:12]}…, not {pinned.sha256[:12]}…; "
            f"replace it with {pinned.file} of {pinned.release}"
        )
    return raw


def _fetched(pinned: Pinned, fetch: Callable[[], bytes], say: Say) -> bytes:
    say(f"fetching {pinned.origin}")
    try:
        return fetch()
    except OSError as exc:
        raise Unavailable(
            f"{pinned.suite}: {pinned.origin} cannot be fetched ({one_line(exc)}); {pinned.remedy}"
        ) from exc


def _keep(path: Path, raw: bytes, say: Say) -> None:
    """Put a file in the cache whole or not at all; a cache that cannot be written only costs the next download."""
    partial = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(raw)
        partial.replace(path)
    except OSError as exc:
        say(f"{path} cannot be written ({one_line(exc)}); going on without a cache")
