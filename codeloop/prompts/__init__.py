"""Prompts: Jinja2 templates in, messages out. Nothing here can take hidden tests: the fields below are all there is."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from codeloop.attempts import Message, Prompt
from codeloop.feedback import Feedback, fenced

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a prompt may say of a task."""

    language: str
    title: str
    entry_point: str
    given: str
    """The given beginning of the program: imports, helpers, signature, statement as a comment."""
    statement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """The numbers sent with a prompt."""

    temperature: float
    max_tokens: int
    seed: int | None
    draw: int
    iteration: int


def first(question: Question, sampling: Sampling) -> Prompt:
    """Ask for a first candidate."""
    return _prompt("first", sampling, question=question)


def repair(question: Question, code: str, feedback: Feedback, sampling: Sampling, regressed: str = "") -> Prompt:
    """Ask for a repair of ``code``: stateless, the whole story in one message."""
    return _prompt("repair", sampling, question=question, code=code, feedback=feedback, regressed=regressed)


def template_version(name: str) -> str:
    """Give ``name@`` and eight hex digits of the content's hash."""
    return f"{name}@{hashlib.sha256(_text(name).encode()).hexdigest()[:8]}"


def _prompt(name: str, sampling: Sampling, **fields: object) -> Prompt:
    user = _environment().from_string(_text(name)).render(**fields)
    system = _environment().from_string(_text("system")).render(**fields)
    return Prompt(
        messages=(
            Message(role="system", content=_sendable(system.strip())),
            Message(role="user", content=_sendable(user.strip() + "\n")),
        ),
        template=template_version(name),
        temperature=sampling.temperature,
        max_tokens=sampling.max_tokens,
        seed=sampling.seed,
        draw=sampling.draw,
        iteration=sampling.iteration,
    )


def _sendable(text: str) -> str:
    """Replace lone surrogates: no client can encode them, and a candidate must not break the call that would repair it."""
    return text.encode("utf-8", "replace").decode("utf-8")


@cache
def _text(name: str) -> str:
    return (files(__name__) / "templates" / f"{name}.j2").read_text("utf-8")


@cache
def _environment() -> SandboxedEnvironment:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    # Not HTML: the text goes to a model, and candidate text is data of the template, never a template itself.
    environment = SandboxedEnvironment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )
    environment.filters["fenced"] = fenced
    return environment
