"""Words: the names of a task that its written tests may use, beside the entry point and the language's own."""

from __future__ import annotations

from codeloop.languages import get_language
from codeloop.languages.syntax import parse, text_of, walk
from codeloop.tasks import Task


def helpers_of(task: Task) -> frozenset[str]:
    """Give the functions and types that the prompt declares, and the names in its visible tests."""
    syntax = get_language(task.language).syntax
    declared = {
        text_of(node.child_by_field_name("name"))
        for node in walk(parse(syntax, task.prompt))
        if node.type in syntax.functions | syntax.types
    }
    shown = {
        text_of(node)
        for node in walk(parse(syntax, task.visible.code))
        if node.type.endswith("identifier") and not node.child_count
    }
    return frozenset((declared | shown) - {""})
