"""YAML with places: plain data, and the line of every key and value in it.

Read by YAML 1.2's core rules: only ``true`` and ``false`` are truth values (``lint: off`` is the word), and a date or
``010`` is what it looks like. Refused: keys that occur twice, keys that are not text, tags, anchors and aliases (a
few lines of them can stand for gigabytes).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

Path = tuple[str | int, ...]
"""Keys and indices from the top: ``("gates", 0, "min")``."""

MAX_BYTES = 1_000_000
"""A configuration is a few kilobytes; the parser is slow enough that a huge file would look like a hang."""

_CORE: Mapping[str, tuple[str, str]] = {
    "null": (r"~|null|Null|NULL|", "~nN"),
    "bool": (r"true|True|TRUE|false|False|FALSE", "tTfF"),
    "int": (r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    "float": (
        r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
        "-+.0123456789",
    ),
}
"""YAML 1.2.2, section 10.3.2: a tag's values, and the characters they begin with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One mistake: where it stands, what it is, what to do."""

    path: Path = ()
    line: int | None = None
    """From 1; ``None``: the file as a whole."""
    message: str

    def text(self, file: str) -> str:
        """Give the line that a user reads: ``codeloop.yaml:12: gates[0].min: …``."""
        place = f"{file}:{self.line}" if self.line else file
        return f"{place}: {dotted(self.path)}: {self.message}" if self.path else f"{place}: {self.message}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a file says."""

    data: Any
    """Plain data: dicts, lists, text, numbers, truth values, ``None``. Nothing where there are problems."""
    lines: Mapping[Path, int]
    """From 1: the line of a key, or of a list's item."""
    problems: tuple[Problem, ...] = ()

    def line_of(self, path: Path) -> int | None:
        """Give the line of a place, or of what holds it; ``None`` where there is no file."""
        return next((self.lines[path[:n]] for n in range(len(path), -1, -1) if path[:n] in self.lines), None)


def dotted(path: Path) -> str:
    """Write a path as people do: ``gates[0].min``."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{shown(part, 40)}" for part in path).removeprefix(".")


def shown(value: object, limit: int = 60) -> str:
    """Give a value of the file for a message: on one line, cut where it is long."""
    text = " ".join(str(value).split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def read(text: str) -> Document:
    """Read one YAML document."""
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        return _unread(f"larger than {MAX_BYTES} bytes: that is no configuration", None)
    try:
        node = _Loader(text).get_single_node()
    except yaml.MarkedYAMLError as exc:
        mark = exc.problem_mark or exc.context_mark
        return _unread(f"not YAML ({shown(exc.problem or exc)}): quote the text or use a '|' block", mark)
    except yaml.YAMLError as exc:  # a character that YAML has not
        return _unread(f"not YAML ({shown(exc, 100)}): remove it", None)
    except RecursionError:
        return _unread("not YAML (nested too deeply): write it flat", None)
    reader = _Reader(lines={(): 1}, problems=[])
    data = reader.value(node, ())
    return Document(data=None if reader.problems else data, lines=reader.lines, problems=tuple(reader.problems))


def _unread(message: str, mark: yaml.Mark | None) -> Document:
    line = mark.line + 1 if mark else None
    return Document(data=None, lines={}, problems=(Problem(line=line, message=message),))


class _Loader(yaml.SafeLoader):
    """Nodes by YAML 1.2's core rules, without anchors."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]  # of types-PyYAML
        if getattr(event, "anchor", None) is not None:
            mark = event.start_mark
            raise yaml.composer.ComposerError(None, None, "anchors and aliases are not read here, write it out", mark)
        node: yaml.Node | None = super().compose_node(parent, index)
        return node


_Loader.yaml_implicit_resolvers = {}  # else the parent's, which are YAML 1.1's
for _name, (_pattern, _first) in _CORE.items():
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_name}", re.compile(rf"^(?:{_pattern})$"), ["", *_first])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """Turns nodes into data, noting lines and problems."""

    lines: dict[Path, int]
    problems: list[Problem]

    def value(self, node: yaml.Node | None, path: Path) -> Any:
        if node is None:
            return None
        if isinstance(node, yaml.MappingNode) and node.tag.endswith(":map"):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode) and node.tag.endswith(":seq"):
            for i, item in enumerate(node.value):
                self.lines[*path, i] = item.start_mark.line + 1
            return [self.value(item, (*path, i)) for i, item in enumerate(node.value)]
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, path)
        return self._refuse(path, node, f"the tag {shown(node.tag)} is not read here: leave it out")

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode) or not key.tag.endswith(":str"):
                name = f" {shown(key.value)}" if isinstance(key, yaml.ScalarNode) else ""
                self._refuse(path, key, f"the key{name} is not text: quote it")
                continue
            place = (*path, key.value)
            if key.value in data:
                self._refuse(place, key, f"the key stands twice, first in line {self.lines[place]}: keep one of them")
                continue
            self.lines[place] = key.start_mark.line + 1
            data[key.value] = self.value(value, place)
        return data

    def _scalar(self, node: yaml.ScalarNode, path: Path) -> Any:
        kind, text = node.tag.rpartition(":")[2], str(node.value)
        if kind == "str":
            return text
        if kind not in _CORE or not re.fullmatch(_CORE[kind][0], text):  # written as a tag: !!int x
            return self._refuse(path, node, f"the tag {shown(node.tag)} is not read here: leave it out")
        if kind == "int":
            try:
                return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
            except ValueError:  # Python reads no more than 4300 digits
                return self._refuse(path, node, "a number of too many digits")
        if kind == "float":
            return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
        return {"bool": text.lower() == "true"}.get(kind)

    def _refuse(self, path: Path, node: yaml.Node, message: str) -> None:
        self.problems.append(Problem(path=path, line=node.start_mark.line + 1, message=message))
