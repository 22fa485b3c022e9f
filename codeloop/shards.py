"""Shards: files of records, and their putting together. Pure: texts in, texts out.

A file is JSON Lines: a header, then a trajectory of one arm a line. ``join`` refuses what does not belong together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from itertools import product

from codeloop import codec
from codeloop.errors import ConfigError, StoreError
from codeloop.records import FORMAT, Header, Record
from codeloop.tasks import natural_key

_OF_A_SHARD = ("shard", "task_ids", "command")


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """A file's content; ``name`` says which, in errors."""

    name: str
    header: Header
    rows: tuple[Record, ...]


def write(header: Header, rows: Sequence[Record]) -> str:
    """Give a file's text; ``read`` gives it back."""
    return "".join(codec.encode(item) + "\n" for item in (header, *rows))


def read(name: str, text: str) -> Records:
    """Read a file that must be whole: every arm, task and draw of its header once. Raises ConfigError, in one line."""
    lines = [line for line in text.split("\n") if line.strip()]
    if not lines or f'"{FORMAT}"' not in lines[0]:
        raise ConfigError(f"{name} is no file of codeloop ablate: its first line does not say {FORMAT}")
    try:
        header = codec.decode(Header, lines[0])
        rows = tuple(codec.decode(Record, line) for line in lines[1:])
    except StoreError as exc:
        raise ConfigError(f"{name} is damaged: {exc}") from exc
    if not 1 <= header.shard <= header.shards:
        raise ConfigError(f"{name} is damaged: shard {header.shard} of {header.shards}")
    _require_whole(name, header, rows)
    return Records(name=name, header=header, rows=rows)


def _require_whole(name: str, header: Header, rows: Sequence[Record]) -> None:
    found = Counter((row.arm, row.task_id, row.draw) for row in rows)
    wanted = set(product([arm.spec for arm in header.arms], header.task_ids, range(header.draws)))
    for what, keys in (
        ("lacks", wanted - found.keys()),
        ("holds, beside what its header says,", found.keys() - wanted),
        ("holds twice", {key for key, n in found.items() if n > 1}),
    ):
        if keys:
            arm, task_id, draw = min(keys)
            raise ConfigError(f"{name} {what} {len(keys)} trajectories, such as {arm} {task_id} draw {draw}")


def join(parts: Sequence[Records]) -> Records:
    """Put all shards of one ablation together, in the order of one run of the whole. Raises ConfigError, in one line."""
    if not parts:
        raise ConfigError("no file of records: give every shard's")
    first = parts[0]
    for part in parts[1:]:
        _require_same(first, part)
    _require_one_text(parts)
    by_number: dict[int, Records] = {}
    for part in parts:
        other = by_number.setdefault(part.header.shard, part)
        if other is not part:
            raise ConfigError(f"{part.name} and {other.name} are both shard {part.header.shard}: give each shard once")
    missing = [number for number in range(1, first.header.shards + 1) if number not in by_number]
    if missing:
        raise ConfigError(
            f"of {first.header.shards} shards, {', '.join(map(str, missing))} are missing: give every shard's file"
        )
    rows = [row for part in parts for row in part.rows]
    header = replace(first.header, shards=1, shard=1, task_ids=in_order(t for p in parts for t in p.header.task_ids))
    joined = Records(name=" + ".join(part.name for part in parts), header=header, rows=sorted_rows(header, rows))
    _require_whole(joined.name, header, joined.rows)
    return joined


def _require_same(first: Records, other: Records) -> None:
    for field in fields(Header):
        mine, theirs = getattr(first.header, field.name), getattr(other.header, field.name)
        if field.name not in _OF_A_SHARD and mine != theirs:
            shown = "" if field.name == "arms" else f": {theirs!s:.60}, not {mine!s:.60}"
            raise ConfigError(
                f"{other.name} and {first.name} differ in {field.name}{shown}: they are no shards of one run"
            )


def _require_one_text(parts: Sequence[Records]) -> None:
    """Refuse shards that were asked by other texts of a template: its name ends with ``@`` and a sum of its text."""
    known: dict[str, tuple[str, str]] = {}
    for part in parts:
        for template in {attempt.template for row in part.rows for attempt in row.attempts}:
            text, name = known.setdefault(template.partition("@")[0], (template, part.name))
            if text != template:
                raise ConfigError(
                    f"{part.name} was asked by {template}, {name} by {text}: they are no shards of one run"
                )


def in_order(task_ids: Iterable[str]) -> tuple[str, ...]:
    """Sort task ids as people count."""
    return tuple(sorted(task_ids, key=natural_key))


def sorted_rows(header: Header, rows: Sequence[Record]) -> tuple[Record, ...]:
    """Order rows by arm, task and draw: figures must not depend on which trajectory ended first."""
    place = {arm.spec: index for index, arm in enumerate(header.arms)}
    return tuple(sorted(rows, key=lambda row: (place[row.arm], natural_key(row.task_id), row.draw)))
