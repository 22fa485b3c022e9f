"""The shipped templates' texts, and the environment that renders templates: sandboxed, and strict about names."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from codeloop.feedback import fenced

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment


@cache
def text_of(name: str) -> str:
    """Give the text of a shipped template."""
    return (files(__package__) / "templates" / f"{name}.j2").read_text("utf-8")


@cache
def environment() -> SandboxedEnvironment:
    """Give the one environment."""
    from jinja2 import FunctionLoader, StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    # Not HTML: the text goes to a model, and candidate text is data of the template, never a template itself.
    made = SandboxedEnvironment(
        loader=FunctionLoader(lambda name: text_of(name.removesuffix(".j2"))),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
    )
    made.filters["fenced"] = fenced
    return made
