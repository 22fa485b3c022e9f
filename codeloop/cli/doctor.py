"""``codeloop doctor``: is everything here that a run needs, and what to do where it is not."""

from __future__ import annotations

import shutil

import click

from codeloop import config, host
from codeloop.cli.options import languages, option
from codeloop.errors import CodeloopError
from codeloop.host import Probe
from codeloop.models.weights import find_weights
from codeloop.registry import LOCAL_MODELS
from codeloop.suites import load_suite

_FREE_BYTES = 6 * 1024**3  # base and two images about 1 GB, model 0.5 GB, build room


@click.command()
@option("--lang", default="python,java", help="Languages, comma-separated.")
def command(lang: str) -> int:
    """Check engine, images, data, model and disk; exit 3 when something is missing."""
    names = languages(lang)
    probes = [host.probe_engine(), *host.probe_images(names), *_data(names), _model(), _disk()]
    for probe in probes:
        click.echo(f"{'ok     ' if probe.ok else 'MISSING'} {probe.name}: {probe.detail}")
        if not probe.ok and probe.remedy:
            click.echo(f"        {probe.remedy}")
    return 0 if all(probe.ok for probe in probes) else 3


def _data(names: tuple[str, ...]) -> list[Probe]:
    found = []
    for name in names:
        try:
            suite = load_suite(
                "humaneval-x", (name,), data_dir=config.data_dir(), cache_dir=config.cache_dir(), say=lambda _: None
            )
            line = next((text for _, text in suite.unavailable), "")
            found.append(Probe(name=f"data {name}", ok=not line, detail=line or f"{len(suite.tasks)} tasks"))
        except CodeloopError as exc:
            found.append(Probe(name=f"data {name}", ok=False, detail=str(exc)))
    return found


def _model() -> Probe:
    weights = find_weights(LOCAL_MODELS["local"])
    path = config.cache_dir() / "models" / weights.file
    if path.is_file() and path.stat().st_size == weights.size:
        return Probe(name="local model", ok=True, detail=str(path))
    remedy = "run 'codeloop setup', or name another model with --model"
    return Probe(name="local model", ok=False, detail=f"{weights.file} is not in the cache", remedy=remedy)


def _disk() -> Probe:
    free = shutil.disk_usage(".").free
    detail = f"{free / 1024**3:.1f} GiB free"
    return Probe(name="disk", ok=free > _FREE_BYTES, detail=detail, remedy="free at least 6 GiB")
