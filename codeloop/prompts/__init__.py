"""Prompts: Jinja2 templates in, messages out. Nothing here can take hidden tests: the fields below are all there is."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from codeloop.attempts import Message, Prompt
from codeloop.feedback import Feedback, clean, fenced, tokens, within
from codeloop.prompts.own import Template
from codeloop.prompts.texts import environment, text_of
from codeloop.tasks import Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a prompt may say of a task."""

    language: str
    title: str
    entry_point: str
    given: str
    """The given beginning of the program: imports, helpers, signature, statement as a comment."""
    statement: str
    origin: Origin | None = None
    """Of a translation: what is translated; ``given`` says it too, for templates that know nothing of this."""
    first: Template | None = None
    """The user's own first prompt; ``None``: codeloop's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """The numbers sent with a prompt."""

    temperature: float
    max_tokens: int
    seed: int | None
    draw: int
    iteration: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Tokens (``feedback.tokens``) of each section of a prompt; what is cut leaves a mark. Findings are few and capped."""

    task: int = 4000
    program: int = 4000
    tried: int = 400
    diagnosis: int = 600
    tests: int = 400
    """Tests that show the form, or changes that they do not notice."""
    first: int = 15_000
    """The whole of a user's own first prompt: its words, and the task's fields a few times."""
    turns: int = 6000
    """Earlier turns of a conversation; the oldest are left out, with a mark."""


BUDGET = Budget()


def first(question: Question, sampling: Sampling) -> Prompt:
    """Ask for a first candidate."""
    return _prompt("first", sampling, [("user", "first", {"question": _bounded(question)})], own=question.first)


def repair(
    question: Question,
    code: str,
    feedback: Feedback | None,
    sampling: Sampling,
    *,
    tried: str = "",
    diagnosis: str = "",
) -> Prompt:
    """Ask for a repair of ``code``: stateless, the whole story in one message. Without feedback: "the code is wrong"."""
    fields = {
        "question": _bounded(question),
        "code": within(code, BUDGET.program),
        "feedback": feedback,
        "tried": within(tried, BUDGET.tried),
        "diagnosis": within(clean(diagnosis.strip(), 10_000), BUDGET.diagnosis),
    }
    return _prompt("repair", sampling, [("user", "repair", fields)])


def hint(question: Question, feedback: Feedback, sampling: Sampling) -> Prompt:
    """Ask for another program, told what was found in an earlier one that is not shown."""
    return _prompt("hint", sampling, [("user", "hint", {"question": _bounded(question), "feedback": feedback})])


def diagnose(question: Question, code: str, feedback: Feedback, sampling: Sampling) -> Prompt:
    """Ask what is wrong with ``code``, in words."""
    fields = {"question": _bounded(question), "code": within(code, BUDGET.program), "feedback": feedback}
    return _prompt(
        "diagnose", replace(sampling, max_tokens=min(sampling.max_tokens, 200)), [("user", "diagnose", fields)]
    )


def conversation(question: Question, turns: Sequence[tuple[str, Feedback]], sampling: Sampling) -> Prompt:
    """Ask for a repair as the next turn of a chat: each of ``turns`` is a program and what was found in it."""
    question = _bounded(question)
    kept = _last_turns(turns)
    said: list[tuple[str, str, dict[str, object]]] = [("user", "first", {"question": question})]
    for number, (code, feedback) in enumerate(kept):
        n_left_out = len(turns) - len(kept) if number == 0 else 0
        said.append(("assistant", "", {"code": fenced(within(code, BUDGET.program), question.language)}))
        said.append(("user", "turn", {"question": question, "feedback": feedback, "n_left_out": n_left_out}))
    return _prompt("turn", sampling, said, own=question.first)


def write_tests(question: Question, examples: Sequence[str], n_tests: int, sampling: Sampling) -> Prompt:
    """Ask for tests, from statement and signature. ``examples``: tests that show the form, one a line."""
    shown = within(clean("\n".join(examples), 10_000), BUDGET.tests)
    fields = {"question": _bounded(question), "examples": shown, "n_tests": n_tests}
    return _prompt("write_tests", sampling, [("user", "write_tests", fields)], "system_tests")


def write_properties(
    question: Question, call: str, parameters: Sequence[str], n_properties: int, sampling: Sampling
) -> Prompt:
    """Ask for properties, from statement and signature. ``call``: the function's, with its parameters, as tests write it."""
    fields = {
        "question": _bounded(question),
        "call": clean(call, 400),
        "parameters": [clean(name, 100) for name in parameters],
        "n_properties": n_properties,
    }
    return _prompt("write_properties", sampling, [("user", "write_properties", fields)], "system_tests")


def kill_mutants(
    question: Question, code: str, line: int, changes: str, tests: Sequence[str], n_tests: int, sampling: Sampling
) -> Prompt:
    """Ask for tests that notice ``changes`` (as a diff) of a line of ``code``, which its ``tests`` do not notice."""
    fields = {
        "question": _bounded(question),
        "code": within(code, BUDGET.program),
        "line": line,
        "changes": within(changes, BUDGET.tests),
        "tests": within(clean("\n".join(tests), 10_000), BUDGET.tests),
        "n_tests": n_tests,
    }
    return _prompt("kill_mutants", sampling, [("user", "kill_mutants", fields)], "system_tests")


def _last_turns(turns: Sequence[tuple[str, Feedback]]) -> Sequence[tuple[str, Feedback]]:
    """Drop the oldest turns until the rest fits; the last one stays."""
    start, spent = len(turns), 0
    while start > 0 and (start == len(turns) or spent + tokens(turns[start - 1][0]) <= BUDGET.turns):
        start -= 1
        spent += tokens(turns[start][0])
    return turns[start:]


def _bounded(question: Question) -> Question:
    origin = replace(question.origin, text=within(question.origin.text, BUDGET.task)) if question.origin else None
    given, statement = within(question.given, BUDGET.task), within(question.statement, BUDGET.task)
    return replace(question, given=given, statement=statement, origin=origin)


def template_version(name: str) -> str:
    """Give ``name@`` and eight hex digits of the hash of its text, and of the texts that it includes."""
    text = text_of(name)
    included = "".join(text_of(part) for part in re.findall(r'include "(\w+)\.j2"', text))
    return f"{name}@{hashlib.sha256((text + included).encode()).hexdigest()[:8]}"


def _prompt(
    name: str,
    sampling: Sampling,
    said: Sequence[tuple[str, str, dict[str, object]]],
    system: str = "system",
    own: Template | None = None,
) -> Prompt:
    """Render (role, template, fields) triples behind the system message; an assistant's turn is its code as it is.

    ``own`` takes the place of ``first``.
    """
    messages = [Message(role="system", content=_sendable(_render(system, said[0][2]).strip()))]
    for role, template, fields in said:
        text = _render(template, fields, own).strip() + "\n" if template else str(fields["code"])
        messages.append(Message(role=role, content=_sendable(text)))
    return Prompt(
        messages=tuple(messages),
        template=own.version if own and name == "first" else template_version(name),
        temperature=sampling.temperature,
        max_tokens=sampling.max_tokens,
        seed=sampling.seed,
        draw=sampling.draw,
        iteration=sampling.iteration,
    )


def _render(name: str, fields: Mapping[str, object], own: Template | None = None) -> str:
    if own and name == "first":
        return within(own.render(fields), BUDGET.first)
    return environment().get_template(f"{name}.j2").render(**fields)


def _sendable(text: str) -> str:
    """Replace lone surrogates: no client can encode them, and a candidate must not break the call that would repair it."""
    return text.encode("utf-8", "replace").decode("utf-8")
