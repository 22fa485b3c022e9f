"""A user's own first prompt: a Jinja2 template of which only so much is taken as ends soon and says something of the task.

A configuration may come from a fork, so a template is read, not tried: texts, conditions, the five fields of the
question and a few filters. What could run long, grow without bound or reach into Python (loops, macros, calls,
arithmetic, other templates) is refused by name, before anything is rendered.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING

from codeloop.errors import ConfigError
from codeloop.prompts.texts import environment

if TYPE_CHECKING:
    from jinja2 import Template as Compiled
    from jinja2 import nodes

FIELDS = ("language", "title", "entry_point", "given", "statement")
"""Of ``question``, which is all that a template is given."""
FILTERS = ("fenced", "trim", "lower", "upper", "capitalize")
MAX_CHARACTERS = 20_000
_TELLING = ("given", "statement")
"""Without one of these a prompt says nothing of the task."""
_COMPARED = ("eq", "ne", "in", "notin")
_CALLED: Mapping[str, str] = {
    "For": "a loop",
    "Call": "a call",
    "Include": "include",
    "Import": "import",
    "FromImport": "import",
    "Extends": "extends",
    "Assign": "set",
    "AssignBlock": "set",
    "Macro": "a macro",
    "Getitem": "an index",
    "Test": "a test",
    "Const": "a number",
    "CondExpr": "if inside of an expression",
    "FilterBlock": "filter",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A first prompt that ``parse`` has found good."""

    name: str
    """In reports; letters, digits, ``.``, ``_`` and ``-``."""
    text: str

    @property
    def version(self) -> str:
        """Give ``name@`` and eight hex digits of the hash of its text."""
        return f"{self.name}@{hashlib.sha256(self.text.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"

    def render(self, fields: Mapping[str, object]) -> str:
        """Make the prompt's text."""
        return _compiled(self.text).render(**fields)


def parse(name: str, text: str, source: str) -> Template:
    """Read a template; ``source`` names it in errors. Raises ConfigError of one line, with what to do."""
    from jinja2 import TemplateSyntaxError

    if len(text) > MAX_CHARACTERS:
        raise ConfigError(f"{source}: {len(text)} characters: a prompt has no more than {MAX_CHARACTERS}")
    try:
        told = set(_fields(environment().parse(text), source))
        _compiled(text)
    except TemplateSyntaxError as exc:
        raise ConfigError(f"{source}:{exc.lineno}: not a Jinja2 template ({_short(exc.message or '')})") from exc
    except (RecursionError, SyntaxError, MemoryError) as exc:  # Jinja's parser, or Python's on what Jinja makes of it
        raise ConfigError(f"{source}: not a Jinja2 template (nested too deeply)") from exc
    if not told & set(_TELLING):
        raise ConfigError(f"{source}: it says nothing of the task: put {{{{ question.given | fenced }}}} into it")
    return Template(name=re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.")[:60] or "prompt", text=text)


def _fields(node: nodes.Node, source: str) -> Iterator[str]:
    """Give the question's fields that are printed; refuse whatever else a template could hold."""
    from jinja2 import nodes

    if isinstance(node, nodes.Template):
        parts = node.body
    elif isinstance(node, nodes.Output):
        parts = [part for part in node.nodes if not isinstance(part, nodes.TemplateData)]
    elif isinstance(node, nodes.If):
        set(_fields(node.test, source))  # asked for, not printed
        parts = [*node.body, *node.elif_, *node.else_]
    elif isinstance(node, nodes.And | nodes.Or):
        parts = [node.left, node.right]
    elif isinstance(node, nodes.Not):
        parts = [node.node]
    elif isinstance(node, nodes.Compare) and all(each.op in _COMPARED for each in node.ops):
        yield from _of_text(node.expr, source)
        for each in node.ops:
            yield from _of_text(each.expr, source)
        return
    else:
        yield from _of_text(node, source)
        return
    for part in parts:
        yield from _fields(part, source)


def _of_text(node: nodes.Node, source: str) -> Iterator[str]:
    """Give the fields of what is a text for sure: a field, a literal, a filter's result, or such texts joined by ``~``."""
    from jinja2 import nodes

    place = f"{source}:{node.lineno}"
    if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name):
        if node.node.name != "question":
            raise _unknown(place, node.node.name)
        if node.attr not in FIELDS:
            raise ConfigError(f"{place}: question has no field {_short(node.attr)!r}: {_hint(node.attr, FIELDS)}")
        yield node.attr
    elif isinstance(node, nodes.Concat):
        for part in node.nodes:
            yield from _of_text(part, source)
    elif isinstance(node, nodes.Filter) and node.node is not None:
        if node.name not in FILTERS:
            raise ConfigError(f"{place}: unknown filter {_short(node.name)!r}: {_hint(node.name, FILTERS)}")
        if node.kwargs or node.dyn_args or node.dyn_kwargs or len(node.args) > (node.name == "fenced"):
            raise ConfigError(
                f"{place}: {node.name} takes {'the language and no more' if node.name == 'fenced' else 'nothing'}"
            )
        for part in (node.node, *node.args):
            yield from _of_text(part, source)
    elif isinstance(node, nodes.Name):
        raise _unknown(place, node.name)
    elif not (isinstance(node, nodes.Const) and isinstance(node.value, str)):
        kind = type(node).__name__
        said = _CALLED.get(kind, kind.lower())
        raise ConfigError(f"{place}: {said} is not taken here: a prompt holds text, if, and fields of question")


def _unknown(place: str, name: str) -> ConfigError:
    fields = ", ".join(f"question.{field}" for field in FIELDS)
    return ConfigError(f"{place}: unknown name {_short(name)!r}: there are {fields}")


def _hint(name: str, known: tuple[str, ...]) -> str:
    close = get_close_matches(name[:100], known, n=1)
    return (f"did you mean {close[0]!r}? " if close else "") + f"known: {', '.join(known)}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 80 else line[:79] + "…"


@lru_cache(maxsize=32)
def _compiled(text: str) -> Compiled:
    return environment().from_string(text)
