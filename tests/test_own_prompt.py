"""A user's own first prompt: what it may hold, that it is asked in place of codeloop's, and stored with the run."""

from __future__ import annotations

import json
import time
from pathlib import Path

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_loop import TASK, Checks, answer

from codeloop import prompts
from codeloop.attempts import Prompt
from codeloop.cli.options import own_prompt
from codeloop.cli.running import policy_of
from codeloop.config import RunConfig
from codeloop.errors import ConfigError
from codeloop.feedback import tokens
from codeloop.loop import run_trajectory
from codeloop.prompts import own
from codeloop.testing import FakeModel

TEXT = "{# mine #}Write {{ question.title }}:\n{{ question.given | fenced(question.language) }}\n"
QUESTION = prompts.Question(language="python", title="Python", entry_point="f", given="def f(n):", statement="Do f.")
SAMPLING = prompts.Sampling(temperature=0.0, max_tokens=500, seed=1, draw=0, iteration=0)


def asked(text: str) -> Prompt:
    question = prompts.Question(
        language="python",
        title="Python",
        entry_point="f",
        given="def f(n):",
        statement="Do f.",
        first=own.parse("v1", text, "f"),
    )
    return prompts.first(question, SAMPLING)


def test_it_takes_the_place_of_the_first_prompt_and_says_so() -> None:
    prompt = asked(TEXT)
    assert prompt.messages[-1].content == "Write Python:\n```python\ndef f(n):\n```\n"
    assert prompt.messages[0] == prompts.first(QUESTION, SAMPLING).messages[0]
    assert prompt.template == own.parse("v1", TEXT, "f").version
    assert prompt.template.startswith("v1@")
    assert own.parse("v1", TEXT + " ", "f").version != prompt.template


def test_conditions_on_the_question_are_taken() -> None:
    text = "{% if question.language in 'go rust' and not question.title == 'x' %}A{% elif question.entry_point == 'f' %}B{% else %}C{% endif %}"
    assert asked(text + "{{ question.statement ~ '!' | upper }}").messages[-1].content == "BDo f.!\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Solve it.", "it says nothing of the task: put {{ question.given | fenced }} into it"),
        ("{% if question.given %}x{% endif %}", "it says nothing of the task"),
        ("{{ question.given", "f.j2:1: not a Jinja2 template (unexpected end of template"),
        ("\n{% nonsense %}", "f.j2:2: not a Jinja2 template (Encountered unknown tag 'nonsense'"),
        ("\n\n{{ question.giben }}", "f.j2:3: question has no field 'giben': did you mean 'given'?"),
        ("{{ given }}", "unknown name 'given': there are question.language, question.title"),
        ("{{ task.prompt }}", "unknown name 'task'"),
        ("{{ hidden }}", "unknown name 'hidden'"),
        ("{{ question.first.text }}", "getattr is not taken here"),
        ("{{ question.__class__ }}", "question has no field '__class__'"),
        ("{{ ''.__class__.__mro__ }}", "getattr is not taken here"),
        ("{{ question['given'] }}", "an index is not taken here"),
        ("{{ question.given() }}", "a call is not taken here"),
        ("{{ cycler('a') }}", "a call is not taken here"),
        ("{% for i in question.given %}{% endfor %}", "a loop is not taken here"),
        ("{% set a = question.given %}", "set is not taken here"),
        ("{% macro m() %}{% endmacro %}", "a macro is not taken here"),
        ("{% include 'repair.j2' %}", "include is not taken here"),
        ("{% import 'repair.j2' as r %}", "import is not taken here"),
        ("{% extends 'repair.j2' %}", "extends is not taken here"),
        ("{{ 'a' * 10 ** 10 }}", "mul is not taken here"),
        ("{{ 9 }}", "a number is not taken here"),
        ("{{ question.given if question.title }}", "if inside of an expression is not taken here"),
        ("{% if question.given is defined %}{% endif %}", "a test is not taken here"),
        ("{% if question.given < 'a' %}{% endif %}", "compare is not taken here"),
        ("{{ question.given | fence }}", "unknown filter 'fence': did you mean 'fenced'?"),
        ("{{ question.given | attr('x') }}", "unknown filter 'attr'"),
        ("{{ question.given | fenced('a', 'b') }}", "fenced takes the language and no more"),
        ("{{ question.given | fenced(1) }}", "a number is not taken here"),
        ("{{ question.given | trim('x') }}", "trim takes nothing"),
        ("{{ " + "(" * 9000 + "question.given" + ")" * 9000 + " }}", "nested too deeply"),
        ("{{ question.given" + " | trim" * 2500 + " }}", "nested too deeply"),
        ("x" * 20_001, "20001 characters: a prompt has no more than 20000"),
    ],
)
def test_a_bad_or_hostile_template_is_refused_in_one_line(text: str, words: str) -> None:
    with pytest.raises(ConfigError) as found:
        own.parse("v1", text, "f.j2")
    assert str(found.value).startswith("f.j2")
    assert words in str(found.value)
    assert "\n" not in str(found.value)
    assert len(str(found.value)) < 250


_PIECES = [
    "{{",
    "}}",
    "{%",
    "%}",
    "question",
    ".given",
    " if ",
    "else",
    "endif",
    " | fenced",
    "('a')",
    "not ",
    " in ",
    " ~ ",
    "==",
    "'x'",
    "é\n",
]


@given(st.lists(st.sampled_from(_PIECES), max_size=14).map("".join))
def test_what_is_taken_can_be_rendered(text: str) -> None:
    text += "{{ question.given }}"
    try:
        template = own.parse("v1", text, "f")
    except ConfigError:
        return
    for language in ("python", "go"):
        question = prompts.Question(
            language=language, title="T", entry_point="f", given="", statement="s", first=template
        )
        assert prompts.first(question, SAMPLING).messages


def test_a_template_that_repeats_the_task_a_thousand_times_is_cut() -> None:
    text = "{{ question.given }}" * 1000
    question = prompts.Question(
        language="python", title="T", entry_point="f", given="x" * 12_000, statement="", first=own.parse("v", text, "f")
    )
    started = time.perf_counter()
    said = prompts.first(question, SAMPLING).messages[-1].content
    assert time.perf_counter() - started < 5
    assert tokens(said) <= prompts.BUDGET.first + 1
    assert "characters cut]…" in said


def test_the_loop_asks_it_first_and_a_chat_begins_with_it() -> None:
    seen: list[Prompt] = []

    def reply(prompt: Prompt) -> str:
        seen.append(prompt)
        return answer("good good" if prompt.iteration else "bad")

    async def record(_: object) -> None: ...

    async def main() -> None:
        policy = policy_of(RunConfig(policy="repair:teller=chat", prompt=("v1", TEXT)))
        await run_trajectory(TASK, 0, complete=FakeModel(reply).complete, check=Checks(), record=record, policy=policy)

    anyio.run(main)
    assert [prompt.template.split("@")[0] for prompt in seen] == ["v1", "turn"]
    assert [prompt.messages[1].content[:13] for prompt in seen] == ["Write Python ", "Write Python "]


def test_a_run_keeps_the_text_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "my prompt!.j2"
    path.write_text(TEXT, "utf-8")
    settings = RunConfig(prompt=own_prompt(str(path)))
    path.unlink()
    again = RunConfig.from_dict(json.loads(json.dumps(settings.as_dict())))
    assert again.prompt == ("my-prompt", TEXT)
    assert policy_of(again).first == own.Template(name="my-prompt", text=TEXT)
    assert policy_of(RunConfig.from_dict({"policy": "default"})).first is None, "a run of an older codeloop"


def test_no_file_no_prompt() -> None:
    assert own_prompt("") == ()
    with pytest.raises(ConfigError, match="no such file"):
        own_prompt("none.j2")
