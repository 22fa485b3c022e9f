"""Record: ask the local model in ways that bring out awkward answers, and append them to a JSON Lines file.

    python tests/extraction/record.py answers.jsonl [KIND …]

Each line holds what ``corpus.jsonl`` holds before a person has judged it: task, source, finish reason, the raw answer.
The tasks are those of ``basics`` and a few of this file, so that statements which answers repeat are ours to keep.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import anyio

import codeloop
from codeloop.attempts import Message, Prompt
from codeloop.config import RunConfig
from codeloop.models.port import Model
from codeloop.registry import open_model
from codeloop.tasks import HiddenTests, Task, VisibleTests

WHOLE = "Implement `{entry}`. Give the whole program."
KINDS: dict[str, str] = {
    "explain_first": "Explain your approach in a few sentences first. Then give the program. "
    "Then show in a second code block how to call it. Leave comments and docstrings out.",
    "two_versions": "Give a simple first version in one code block, say in one sentence what is wrong with it, and then "
    "give the corrected version in a second code block. No comments and no docstrings.",
    "no_markdown": "Answer with the program only: plain text, no Markdown, no code fences, no docstring.",
    "plain_prose": "Do not use Markdown or code fences. Start with one sentence about your approach, then write the code, "
    "then one sentence about its cost.",
    "body_only": "Write only the lines that belong inside the function body. Do not repeat the signature, "
    "the imports or the docstring.",
    "own_main": "Give a complete program with a main that prints the result for two examples. No docstrings.",
    "own_tests": "Give the program, followed in the same code block by tests with three assertions. No docstrings.",
    "helper_blocks": "Use a helper function. Put the helper in a code block of its own, and then the main function in "
    "another code block, with a sentence between them. No docstrings.",
    "no_imports": "Give the program without its import lines and without docstring.",
    "cut": WHOLE,
    "method_only": "Give only the function or method itself, without any class around it and without imports.",
    "other_class": "Put it into a public class named Main in package com.example, with a main method that tries it out.",
    "bare": "",
    "piped": "Your answer is written to a file as it is and compiled, so any Markdown is a syntax error. "
    "The first characters of your answer are the first characters of the program. No comments.",
    "wrong_then_right": "Write two code blocks. In the first, a version of the whole function that has a bug. "
    "In the second, the whole function with the bug mended. One sentence between them.",
    "steps": "Step 1: write a helper in its own code block. Step 2: write the whole function, which calls the helper, in "
    "a second code block. Step 3: show a call of it in a third code block. No comments.",
    "function_only": "Give the function only: no import lines, no docstring.",
    "prefill_body": WHOLE,
    "prefill_file": WHOLE,
}
TASKS = {
    "python": ("Python/b1", "Python/b3", "Python/b4", "Python/b6", "Python/b9"),
    "java": ("Java/b1", "Java/b3", "Java/b6", "Java/b9"),
}
IMPORTING = {  # prompts that give imports, which those of the suite do not
    "hypotenuses": "import math\nfrom typing import List, Tuple\n\n\ndef hypotenuses(sides: List[Tuple[int, int]]) -> "
    'List[int]:\n    """Give the length of each hypotenuse, rounded down, with math.isqrt."""\n',
    "most_common": "from collections import Counter\nfrom typing import Optional\n\n\ndef most_common(text: str) -> "
    'Optional[str]:\n    """Give the most frequent letter of the text with a Counter, or None if it has none."""\n',
    "days_left": "import datetime as dt\n\n\ndef days_left(today: dt.date, end: dt.date) -> int:\n    "
    '"""Give the number of days from today to the end, never below 0."""\n',
}
FIRST_LINES = {"python": "#!/usr/bin/env python3\n", "java": "// Solution.java\n"}
MAX_TOKENS = {"cut": 90}


def tasks_for(kind: str) -> list[Task]:
    suite = codeloop.load_suite("basics", ("python", "java"))
    if kind == "function_only":
        return [importing(name) for name in IMPORTING]
    names = [*TASKS["python"], *TASKS["java"]]
    if kind == "no_imports":
        names = [*TASKS["java"]]
    if kind == "other_class":
        names = [*TASKS["java"], "Java/b7", "Java/b10"]
    return [task for task in suite.tasks if task.id in names]


def importing(name: str) -> Task:
    return Task(
        id=f"Python/{name}",
        language="python",
        statement="",
        prompt=IMPORTING[name],
        entry_point=name,
        visible=VisibleTests(code=""),
        hidden=HiddenTests(code=""),
        reference="",
    )


def prompt_for(kind: str, task: Task) -> Prompt:
    given = f"```{task.language}\n{task.prompt.rstrip()}\n```"
    text = f"Complete this {task.language} program.\n\n{given}\n\n{KINDS[kind].format(entry=task.entry_point)}"
    if kind == "bare":
        text = task.prompt
    # The model fences whatever it is told; an answer that has begun without a fence goes on without one.
    begun = {"prefill_body": task.prompt, "prefill_file": FIRST_LINES[task.language]}.get(kind)
    messages = [Message(role="user", content=text), *([Message(role="assistant", content=begun)] if begun else [])]
    return Prompt(
        messages=tuple(messages),
        template=f"extraction:{kind}",
        temperature=0.2,
        max_tokens=MAX_TOKENS.get(kind, 420),
        seed=7,
    )


async def ask(model: Model, kind: str, task: Task, out: Path) -> None:
    prompt = prompt_for(kind, task)
    completion = await model.complete(prompt)
    row = {
        "id": f"{kind}-{task.id.replace('/', '-')}",
        "task_id": task.id,
        "language": task.language,
        "entry_point": task.entry_point,
        "source": {
            "model": model.identity,
            "prompt_kind": kind,
            "temperature": prompt.temperature,
            "max_tokens": prompt.max_tokens,
            "seed": prompt.seed,
            "recorded": datetime.now(UTC).date().isoformat(),
        },
        "finish_reason": completion.finish_reason,
        "completion": completion.text,
    }
    if task.entry_point in IMPORTING:
        row["prompt"] = task.prompt
    with out.open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")
    print(row["id"], completion.finish_reason, len(completion.text))


async def main(out: Path, kinds: list[str]) -> None:
    model = open_model(RunConfig(model="local"), print)
    try:
        for kind in kinds or KINDS:
            for task in tasks_for(kind):
                await ask(model, kind, task, out)
    finally:
        await model.aclose()


if __name__ == "__main__":
    anyio.run(main, Path(sys.argv[1]), sys.argv[2:])
