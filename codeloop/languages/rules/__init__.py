"""Rule files: which findings of which analyser are about what, one YAML file a language beside this module, and users' own.

A file maps a tool's name to patterns of its rule ids, and each of these to a category, with a severity where the tool's own
is not meant, or to ``off``. The most exact pattern wins; a rule that no pattern names is taste:

    ruff:
      F821: bug error
      "F*": bug
      "*": taste
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from typing import Any

from codeloop.diagnostics import Category, Diagnostic, Severity
from codeloop.errors import ConfigError

OFF = "off"
UNPARSED = "unparsed"
_CATEGORIES = tuple(category.value for category in Category if category.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One line of a rule file. ``category`` ``None``: what it matches is dropped; ``severity`` ``None``: the tool's own."""

    tool: str
    pattern: str
    category: Category | None
    severity: Severity | None = None

    @property
    def exactness(self) -> tuple[bool, int]:
        """Order patterns: a whole name before a glob, then by how many characters are given."""
        return (not set("*?[") & set(self.pattern), sum(character not in "*?" for character in self.pattern))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Rules in layers: a layer in which any rule matches decides, a user's before ours."""

    layers: tuple[tuple[Rule, ...], ...] = ()

    def over(self, other: Rules) -> Rules:
        """Give rules that ask these first, then ``other``."""
        return Rules(layers=(*self.layers, *other.layers))

    def sort(self, findings: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
        """Give every finding its category and severity, without those that are switched off; ``unparsed`` stays as it is."""
        chosen = ((item, self._rule(item.tool, item.rule)) for item in findings)
        return tuple(
            item if item.rule == UNPARSED else _sorted(item, rule)
            for item, rule in chosen
            if item.rule == UNPARSED or rule is None or rule.category is not None
        )

    def _rule(self, tool: str, name: str) -> Rule | None:
        for layer in self.layers:
            matching = [rule for rule in layer if rule.tool == tool and fnmatchcase(name, rule.pattern)]
            if matching:
                return max(matching, key=lambda rule: rule.exactness)
        return None


@cache
def of_language(language: str) -> Rules:
    """Give codeloop's own rules for a language; none where there is no file."""
    path = files(__name__) / f"{language}.yaml"
    own = parse(path.read_text("utf-8"), path.name) if path.is_file() else Rules()
    return own.over(of_language(_ABOVE[language])) if language in _ABOVE else own


_ABOVE = {"c-rust": "rust"}
"""Languages whose files say only what is otherwise than in another's."""


def parse(text: str, source: str) -> Rules:
    """Read a rule file; ``source`` names it in errors. Raises ConfigError of one line."""
    import yaml

    try:
        data = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as exc:
        raise ConfigError(f"rule file {source}: {' '.join(str(exc).split())}") from exc
    if data is None:
        return Rules()
    if not isinstance(data, dict) or not all(isinstance(part, dict) for part in data.values()):
        raise ConfigError(f"rule file {source}: it must map tools to their rules, such as 'ruff: {{F401: dead_code}}'")
    layer = [_read(source, tool, pattern, value) for tool, part in data.items() for pattern, value in part.items()]
    return Rules(layers=(tuple(layer),))


def _read(source: str, tool: Any, pattern: Any, value: Any) -> Rule:
    words = value.split() if isinstance(value, str) else [OFF] if value is False else []  # YAML 1.1: off is false
    names = (str(tool), str(pattern))
    if words == [OFF]:
        return Rule(tool=names[0], pattern=names[1], category=None)
    is_read = len(words) in (1, 2) and words[0] in _CATEGORIES and set(words[1:]) <= set(Severity)
    if not is_read:
        raise ConfigError(
            f"rule file {source}: {names[0]}: {names[1]}: {value!r} is not one of {', '.join(_CATEGORIES)}, "
            f"with or without one of {', '.join(Severity)}; nor off"
        )
    severity = Severity(words[1]) if words[1:] else None
    return Rule(tool=names[0], pattern=names[1], category=Category(words[0]), severity=severity)


def _sorted(item: Diagnostic, rule: Rule | None) -> Diagnostic:
    category = rule.category if rule is not None and rule.category is not None else Category.TASTE
    severity = rule.severity if rule is not None and rule.severity is not None else item.severity
    return replace(item, category=category, severity=severity)
