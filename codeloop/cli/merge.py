"""``codeloop ablate merge``: one report from the records of all shards; and the files that both commands read and write."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import click

from codeloop.cli.files import write_whole
from codeloop.cli.options import say
from codeloop.errors import ConfigError
from codeloop.report.ablation_report import AblationReport
from codeloop.shards import Records, join, read


@click.command("merge")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Write ablation.json and ablation.md to this folder.")
@click.option("--json", "as_json", is_flag=True, help="Standard output is one JSON object.")
def merge(files: tuple[Path, ...], out: Path | None, as_json: bool) -> int:
    """Put the records FILES of all shards together and report on the whole; runs nothing."""
    report = AblationReport.of(join([read_records(path) for path in files]))
    if out is not None:
        write_all(out, report.write())
    click.echo(json.dumps(report.as_json()) if as_json else report.as_text())
    return 0


def read_records(path: Path) -> Records:
    """Read a file of records. Raises ConfigError."""
    try:
        return read(str(path), path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as exc:
        reason = exc.strerror if isinstance(exc, OSError) else "it is no text"
        raise ConfigError(f"{path} cannot be read: {reason}: give the records-I-of-N.jsonl of a shard") from exc


def write_all(folder: Path, files: Mapping[str, str]) -> None:
    """Write files to a folder and say so."""
    for name, content in files.items():
        write_whole(folder / name, content)
    say(f"results: {folder}: {', '.join(files)}")
