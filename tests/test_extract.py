"""Extraction: which block is the candidate, and what was lost."""

from __future__ import annotations

import pytest

from codeloop.attempts import Candidate, Completion, Note
from codeloop.extract import extract
from codeloop.tasks import HiddenTests, Task, VisibleTests

TASK = Task(
    id="Python/x1",
    language="python",
    statement="Double n.",
    prompt='import math\n\n\ndef double(n):\n    """Double n."""\n',
    entry_point="double",
    visible=VisibleTests(code=""),
    hidden=HiddenTests(code=""),
    reference="    return n * 2\n",
)


def extracted(text: str, finish_reason: str = "stop") -> Candidate:
    return extract(TASK, Completion(text=text, finish_reason=finish_reason))


@pytest.mark.parametrize(
    "text",
    [
        "Sure!\n```python\ndef double(n):\n    return n * 2\n```\nEnjoy.",
        "```\ndef double(n):\n    return n * 2\n```",
        "~~~python\ndef double(n):\n    return n * 2\n~~~",
        "```python\nprint('hi')\n```\nthen\n```python\ndef double(n):\n    return n * 2\n```",
        "def double(n):\n    return n * 2\n",
        "```py\r\ndef double(n):\r\n    return n * 2\r\n```",
    ],
)
def test_the_block_that_defines_the_entry_point_is_taken(text: str) -> None:
    namespace: dict[str, object] = {}
    exec(extracted(text).code, namespace)  # our own text, not a candidate's
    assert namespace["double"](3) == 6  # type: ignore[operator]


def test_a_cut_fence_is_noted() -> None:
    candidate = extracted("```python\ndef double(n):\n    return n * 2\n", "length")
    assert Note.CUT in candidate.notes
    assert "return n * 2" in candidate.code


@pytest.mark.parametrize("text", ["", "I am sorry, I can't.", "The answer is 42."])
def test_no_code_is_data(text: str) -> None:
    candidate = extracted(text)
    assert candidate.code == ""
    assert "no_code" in candidate.notes
