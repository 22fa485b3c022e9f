"""``codeloop cache``: what codeloop has put on this machine, how large it is, and how to be rid of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from codeloop import config, host, images, prepared
from codeloop.cli.options import say
from codeloop.errors import ConfigError, MissingTool
from codeloop.models.weights import WEIGHTS
from codeloop.store import Store
from codeloop.suites import NAMES

if TYPE_CHECKING:
    from docker import DockerClient


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """One thing that can go. ``remove`` gives why it stays, or nothing."""

    name: str
    n_bytes: int
    remove: Callable[[], str]


@click.group()
def command() -> None:
    """Show or clear weights, suites, prepared toolchains and images."""


@command.command()
def info() -> int:
    """Show what lies in the user's cache, the prepared host toolchains, codeloop's images and the store."""
    client = _engine()
    for heading, items in (("weights", _weights()), ("suites", _suites())):
        click.echo(f"{heading} ({config.cache_dir()}): {_total(items)}")
        for item in items:
            click.echo(f"  {_size(item.n_bytes):>10}  {item.name}")
    _show_prepared()
    if client is None:
        click.echo("images: no Docker engine answers")
    else:
        _show_images(client)
        client.close()
    click.echo(_store_line())
    return 0


@command.command()
@click.option("--weights", is_flag=True, help="Local models' files, also half downloaded.")
@click.option("--suites", is_flag=True, help="Downloaded data sets.")
@click.option("--toolchains", "all_toolchains", is_flag=True, help="All that was prepared of the host's tools.")
@click.option("--images", "all_images", is_flag=True, help="All of codeloop's images, the base it built too.")
@click.option("--superseded", is_flag=True, help="Images and toolchains that this codeloop no longer uses.")
@click.option("--all", "everything", is_flag=True, help="All of these; runs and the store stay.")
@click.option("--dry-run", is_flag=True, help="Print what would go, remove nothing.")
def clear(
    weights: bool,
    suites: bool,
    all_toolchains: bool,
    all_images: bool,
    superseded: bool,
    everything: bool,
    dry_run: bool,
) -> int:
    """Remove what the flags name, without asking; what a live run uses stays, each with a line."""
    if not any((weights, suites, all_toolchains, all_images, superseded, everything)):
        raise ConfigError("name what to clear: --weights, --suites, --toolchains, --images, --superseded or --all")
    files = [*(_weights() if weights or everything else []), *(_suites() if suites or everything else [])]
    if all_toolchains or superseded or everything:
        files += _prepared(only_superseded=not (all_toolchains or everything))
    freed = _clear(files, dry_run)
    if all_images or superseded or everything:
        freed += _clear_images(dry_run, only_superseded=not (all_images or everything))
    click.echo(f"{'would free up to' if dry_run else 'freed'} {_size(freed)}")
    return 0


def _clear(items: list[_Item], dry_run: bool) -> int:
    """Remove items, a line each; give the bytes of what went or would go."""
    freed = 0
    for item in items:
        kept = "" if dry_run else item.remove()
        if kept:
            say(f"kept {item.name}: {kept}")
            continue
        click.echo(f"{'would remove' if dry_run else 'removed'} {item.name} ({_size(item.n_bytes)})")
        freed += item.n_bytes
    return freed


def _clear_images(dry_run: bool, *, only_superseded: bool) -> int:
    """Remove images; give the bytes of layers that went, which is less than the images' sum where they share some."""
    client = _engine()
    if client is None:
        say("images: no Docker engine answers")
        return 0
    try:
        before = images.layer_bytes(client)
        chosen = [image for image in images.list_images(client) if not (only_superseded and image.is_current)]
        sum_ = _clear([_image_item(client, image) for image in chosen], dry_run)
        return sum_ if dry_run else max(0, before - images.layer_bytes(client))
    finally:
        client.close()


def _image_item(client: DockerClient, image: images.Image) -> _Item:
    def remove() -> str:
        # Between two checks a run has no container, and yet counts on its image.
        live = _live_runs() if image.is_current else ()
        return f"run {live[0]} is live" if live else images.remove_image(client, image)

    return _Item(name=f"image {image.tag}", n_bytes=image.n_bytes, remove=remove)


def _prepared(*, only_superseded: bool) -> list[_Item]:
    found = prepared.list_prepared(config.toolchains_dir())
    return [_prepared_item(each) for each in found if not (only_superseded and each.is_current)]


def _prepared_item(each: prepared.Prepared) -> _Item:
    def remove() -> str:
        # Between two checks a run has no cell, and yet counts on its toolchain.
        live = _live_runs() if each.is_current else ()
        return f"run {live[0]} is live" if live else prepared.remove_prepared(each.folder)

    return _Item(name=f"toolchain {each.folder}", n_bytes=_bytes(each.folder), remove=remove)


def _weights() -> list[_Item]:
    """Find what codeloop downloads, by name: the folder may be one that the user keeps other things in."""
    ours = {weights.file for weights in WEIGHTS.values()}
    found = _entries(config.cache_dir() / "models")
    return [_file_item(p) for p in found if p.name.removesuffix(".partial") in ours or p.name.startswith("wheel-")]


def _suites() -> list[_Item]:
    return [_file_item(path) for path in _entries(config.cache_dir()) if path.name in NAMES]


def _entries(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _file_item(path: Path) -> _Item:
    return _Item(name=str(path), n_bytes=_bytes(path), remove=lambda: _remove_path(path))


def _remove_path(path: Path) -> str:
    """Remove a file or folder, unless a process has it mapped (a model's server) or downloads it."""
    from filelock import FileLock, Timeout

    pid = _mapped_by(path)
    if pid:
        return f"process {pid} uses it"
    target = path.with_name(path.name.removesuffix(".partial"))
    try:
        if not Path(f"{target}.lock").exists():
            _delete(path)
            return ""
        with FileLock(f"{target}.lock", timeout=0):
            _delete(path)
    except Timeout:
        return "another process is downloading or checking it"
    except OSError as exc:
        return " ".join(str(exc).split())
    return ""


def _delete(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def _mapped_by(path: Path) -> str:
    """Give the id of a process that has the file mapped, ``""`` if none that this user may look at (Linux only)."""
    wanted = str(path.resolve())
    for maps in Path("/proc").glob("[0-9]*/maps"):
        try:
            if any(line.rstrip("\n").endswith(wanted) for line in maps.open(encoding="utf-8", errors="replace")):
                return maps.parent.name
        except OSError:
            continue
    return ""


def _engine() -> DockerClient | None:
    try:
        return host.connect(timeout=60)
    except MissingTool:
        return None


def _show_prepared() -> None:
    known = prepared.list_prepared(config.toolchains_dir())
    sizes = [_bytes(each.folder) for each in known]
    n_old = sum(not each.is_current for each in known)
    click.echo(
        f"toolchains ({config.toolchains_dir()}): {_size(sum(sizes))} in {len(known)}, of these superseded {n_old}"
    )
    for each, n_bytes in zip(known, sizes, strict=True):
        name = f"{each.folder.parent.name}/{each.folder.name}"
        click.echo(f"  {_size(n_bytes):>10}  {name}{'' if each.is_current else '  superseded'}")


def _show_images(client: DockerClient) -> None:
    known = images.list_images(client)
    n_old = sum(not image.is_current for image in known)
    click.echo(f"images: {len(known)}, of these superseded {n_old} (sizes count shared layers each time)")
    for image in known:
        click.echo(f"  {_size(image.n_bytes):>10}  {image.tag}{'' if image.is_current else '  superseded'}")


def _store_line() -> str:
    place = config.store_url()
    if "://" in place:
        with _opened() as store:
            return f"store: a database server's; {store.count_replies()} recorded replies"
    files = [path for path in (Path(place + suffix) for suffix in ("", "-wal", "-shm")) if path.is_file()]
    if not files:
        return f"store: none yet at {place}"
    n_bytes = sum(map(_bytes, files))
    with _opened() as store:
        return f"store {place}: {_size(n_bytes)}, {store.count_replies()} recorded replies"


def _live_runs() -> tuple[str, ...]:
    """Give the ids of runs in this folder's store whose process lives; runs elsewhere are known by containers only."""
    place = config.store_url()
    if "://" not in place and not Path(place).is_file():
        return ()
    with _opened() as store:
        return tuple(run.run_id for run in store.list_runs() if run.owner and run.owner.is_alive)


def _opened() -> Store:
    return Store.open(config.store_url())


def _bytes(path: Path) -> int:
    if path.is_dir():
        return sum(inner.stat().st_size for inner in path.rglob("*") if inner.is_file())
    return path.stat().st_size


def _total(items: list[_Item]) -> str:
    return _size(sum(item.n_bytes for item in items))


def _size(n_bytes: int) -> str:
    """Write bytes for people, in powers of 1000 as Docker does."""
    value, units = float(n_bytes), iter(("B", "kB", "MB", "GB"))
    unit = next(units)
    while value >= 1000 and unit != "GB":
        value, unit = value / 1000, next(units)
    return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
