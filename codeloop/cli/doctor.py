"""``codeloop doctor``: is everything here that a run needs, and what to do where it is not."""

from __future__ import annotations

import shutil

import click

from codeloop import config, host, toolchains
from codeloop.cli.options import option, preparable, sandbox_option
from codeloop.errors import CodeloopError
from codeloop.host import Probe
from codeloop.images import NEEDED_BYTES
from codeloop.languages import NAMES as LANGUAGES
from codeloop.models.names import LOCAL_MODELS
from codeloop.models.weights import find_weights
from codeloop.sandbox import bubblewrap
from codeloop.suites import c_functions, load_suite

_DISK_REMEDY = f"free at least {NEEDED_BYTES >> 30} GiB; 'codeloop cache info' shows what codeloop holds"


@click.command()
@option("--lang", default="python,java", help="Languages, comma-separated; c-rust: C to Rust.")
@sandbox_option
def command(lang: str, sandbox: str) -> int:
    """Check sandboxes, data, model and disk; exit 3 when something is missing."""
    names = preparable(lang)
    needed, spare = _sandboxes(sandbox, names)
    probes = [*needed, *_data(names), *_models(), _disk()]
    for probe in probes:
        _show(probe, "MISSING")
    for probe in spare:
        _show(probe, "absent ")
    return 0 if all(probe.ok for probe in probes) else 3


def _show(probe: Probe, word: str) -> None:
    click.echo(f"{'ok     ' if probe.ok else word} {probe.name}: {probe.detail}")
    if not probe.ok and probe.remedy:
        click.echo(f"        {probe.remedy}")


def _sandboxes(kind: str, names: tuple[str, ...]) -> tuple[list[Probe], list[Probe]]:
    """What the chosen sandbox needs, and what the other one would: with ``auto``, Docker's unless it is bubblewrap's turn."""
    docker = [host.probe_engine(), *host.probe_images(names)]
    wrapped = [bubblewrap.probe(), *(toolchains.probe(name) for name in names)]
    if kind == "bubblewrap" or (kind == "auto" and wrapped[0].ok and not docker[0].ok and not host.may_change_system()):
        return wrapped, [] if kind == "bubblewrap" else docker
    return docker, wrapped if kind == "auto" else []


def _data(names: tuple[str, ...]) -> list[Probe]:
    found = []
    for name in names:
        try:
            source = "humaneval-x" if name in LANGUAGES else c_functions.NAME
            suite = load_suite(
                source, (name,), data_dir=config.data_dir(), cache_dir=config.cache_dir(), say=lambda _: None
            )
            line = next((text for _, text in suite.unavailable), "")
            found.append(Probe(name=f"data {name}", ok=not line, detail=line or f"{len(suite.tasks)} tasks"))
        except CodeloopError as exc:
            found.append(Probe(name=f"data {name}", ok=False, detail=str(exc)))
    return found


def _models() -> list[Probe]:
    """Look for each local model's file; only the default one has to be there."""
    return [_model(size, name, is_needed=i == 0) for i, (size, name) in enumerate(LOCAL_MODELS.items())]


def _model(size: str, name: str, *, is_needed: bool) -> Probe:
    weights = find_weights(name)
    path = config.cache_dir() / "models" / weights.file
    if path.is_file() and path.stat().st_size == weights.size:
        return Probe(name=f"local model {size}", ok=True, detail=str(path))
    remedy = f"run 'codeloop setup --local-size {size}', or name another model with --model"
    detail = f"{weights.file} is not in the cache"
    if not is_needed:
        return Probe(name=f"local model {size}", ok=True, detail=f"{detail}; optional: {remedy}")
    return Probe(name=f"local model {size}", ok=False, detail=detail, remedy=remedy)


def _disk() -> Probe:
    free = shutil.disk_usage(".").free
    detail = f"{free / 1024**3:.1f} GiB free"
    return Probe(name="disk", ok=free > NEEDED_BYTES, detail=detail, remedy=_DISK_REMEDY)
