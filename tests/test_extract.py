"""Extraction: which code is the candidate, and what was changed or lost. The corpus holds real answers of a small model."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import codeloop
from codeloop import host
from codeloop.attempts import LOSSES, Candidate, Completion, Note, Status
from codeloop.extract import extract
from codeloop.extract.fences import split
from codeloop.languages import get_language
from codeloop.languages.syntax import parse
from codeloop.registry import open_checker
from codeloop.tasks import HiddenTests, Task, VisibleTests

CORPUS = Path(__file__).parent / "extraction" / "corpus.jsonl"
ENTRIES: list[dict[str, Any]] = [json.loads(line) for line in CORPUS.read_text("utf-8").splitlines()]
IDS = [entry["id"] for entry in ENTRIES]

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
DOUBLE = "def double(n):\n    return n * 2\n"
GIVEN = "import math\n\n\n" + DOUBLE


@cache
def basics() -> dict[str, Task]:
    return {task.id: task for task in codeloop.load_suite("basics", ("python", "java")).tasks}


def task_of(entry: dict[str, Any]) -> Task:
    """Give the suite's task, or the one that was made for the recording."""
    if "prompt" not in entry:
        return basics()[entry["task_id"]]
    return Task(
        id=entry["task_id"],
        language=entry["language"],
        statement="",
        prompt=entry["prompt"],
        entry_point=entry["entry_point"],
        visible=VisibleTests(code=""),
        hidden=HiddenTests(code=entry["tests"]),
        reference="",
    )


def taken(entry: dict[str, Any]) -> Candidate:
    return extract(task_of(entry), Completion(text=entry["completion"], finish_reason=entry["finish_reason"]))


def extracted(text: str, finish_reason: str = "stop") -> Candidate:
    return extract(TASK, Completion(text=text, finish_reason=finish_reason))


# --- the corpus ---


@pytest.mark.parametrize("entry", ENTRIES, ids=IDS)
def test_a_recorded_answer_gives_the_expected_program(entry: dict[str, Any]) -> None:
    candidate = taken(entry)
    assert candidate.code == entry["expected"]
    assert set(candidate.notes) == set(entry["kinds"])


@pytest.mark.parametrize("entry", ENTRIES, ids=IDS)
def test_an_extracted_program_is_taken_as_it_is(entry: dict[str, Any]) -> None:
    again = extract(task_of(entry), Completion(text=entry["expected"], finish_reason="stop"))
    assert again.code == entry["expected"]
    assert not (LOSSES - {Note.NO_CODE}) & set(again.notes)


def test_the_corpus_is_sound() -> None:
    assert len(ENTRIES) >= 60
    assert len(set(IDS)) == len(IDS)
    kinds = {kind for entry in ENTRIES for kind in entry["kinds"]}
    assert kinds <= set(Note)
    wanted = {Note.NO_FENCE, Note.CUT, Note.BODY_ONLY, Note.ADDED_IMPORT, Note.DROPPED_MAIN, Note.DROPPED_BLOCK}
    assert wanted <= kinds
    for entry in ENTRIES:
        faulty = parse(get_language(entry["language"]).syntax, entry["expected"]).has_error
        assert not faulty or entry.get("is_faulty") or Note.CUT in entry["kinds"], entry["id"]


@pytest.mark.docker
def test_where_the_model_was_right_the_expected_program_passes() -> None:
    if not host.probe_engine().ok:
        pytest.skip("no Docker engine")
    right = [entry for entry in ENTRIES if entry["passes"]]
    assert right

    async def check_all() -> list[str]:
        async with open_checker("extract", ("python", "java"), jobs=2, say=print) as check:
            wrong: list[str] = []

            async def one(entry: dict[str, Any]) -> None:
                task = task_of(entry)
                verdict = await check(task, Candidate(code=entry["expected"]), task.hidden)
                if verdict.status is not Status.PASSED:
                    wrong.append(f"{entry['id']}: {verdict.last.outcome}")

            async with anyio.create_task_group() as group:
                for entry in right:
                    group.start_soon(one, entry)
        return wrong

    assert anyio.run(check_all) == []


# --- fences ---


@pytest.mark.parametrize(
    "text",
    [
        f"Sure!\n```python\n{DOUBLE}```\nEnjoy.",
        f"```\n{DOUBLE}```",
        f"~~~python\n{DOUBLE}~~~",
        f"~~~~ python\n{DOUBLE}~~~~~",
        f"```python3\n{DOUBLE}```",
        f"```py title=double.py\n{DOUBLE}```",
        f"```{{.python .numberLines}}\n{DOUBLE}```",
        f"```Python\n{DOUBLE}```   \n",
        f"````markdown\n# Answer\n```python\n{DOUBLE}```\n````",
        f"```markdown\n# Answer\n```python\n{DOUBLE}```\nDone.\n```",
        "1. Like this:\n   ```python\n   def double(n):\n       return n * 2\n   ```\n2. Done.",
        f"```python\n{DOUBLE}```".replace("\n", "\r\n"),
        f"```python\n{DOUBLE}```".replace("\n", "\r"),
        f"\ufeff```python\n{DOUBLE}```",
        f"```python\nprint('hi')\n```\nthen\n```python\n{DOUBLE}```",
        f"```bash\npython3 double.py\n```\n```python\n{DOUBLE}```\n```text\n6\n```",
        f"```python\n{DOUBLE}```\nUse it:\n```python\nprint(double(3))\n```",
        f"```python\n{DOUBLE}```\nThe shape is:\n```python\ndef double(n):\n    ...\n```",
        f"```python\ndef double(n):\n    return n + n + n\n```\nThat is wrong. Corrected:\n```python\n{DOUBLE}```",
        f"```python\n{DOUBLE}```\nA test:\n```python\ndef test_double():\n    assert double(3) == 6\n```",
        f"```javascript\nfunction double(n) {{ return n }}\n```\n```python\n{DOUBLE}```",
        f"```rust\n{DOUBLE}```",
        DOUBLE,
        f"Here is the code. It doubles.\n\n{DOUBLE}\nIt takes constant time, as you see.\n",
        "```python\ndef double(n):\n    return n * 2 if n &gt; 0 or n &lt;= 0 else 0\n```",
        f"```python\n{DOUBLE}\nprint(double(3))  # 6\nassert double(3) == 6\n\n\nif __name__ == '__main__':\n    double(1)\n```",
        f"```python\n{DOUBLE}\nn = int(input())\nprint(double(n))\n```",
    ],
)
def test_the_block_that_defines_the_entry_point_is_taken(text: str) -> None:
    candidate = extracted(text)
    namespace: dict[str, object] = {}
    exec(candidate.code, namespace)  # our own text, not a candidate's
    assert namespace["double"](3) == 6  # type: ignore[operator]
    assert candidate.code.startswith("import math\n\n\ndef double(n):")
    assert candidate.code.count("\n") == 5


def test_a_fence_in_a_docstring_ends_nothing() -> None:
    code = 'def double(n):\n    """\n    ```\n    double(1)\n    ```\n    """\n    return n * 2\n'
    assert extracted(f"```python\n{code}```\n").code == f"import math\n\n\n{code}"


def test_blocks_and_the_text_before_them() -> None:
    head, blocks = split("a\n```py x\n  b\n```\nc\n  ~~~\n  d\n    e\n  ~~~\n```\n\n```\n```open\nf")
    assert head == "a"
    assert [(b.info, b.text, b.is_closed) for b in blocks] == [
        ("py", "  b\n", True),
        ("", "d\n  e\n", True),
        ("open", "f\n", False),
    ]


# --- what is dropped, kept and added ---


@pytest.mark.parametrize(
    "more",
    [
        "LIMIT = 3\nTABLE = {}\nTABLE[1] = 2\n",
        "import sys\nsys.setrecursionlimit(10000)\n",
        "SIEVE = [True] * 9\nfor i in range(9):\n    SIEVE[i] = False\n",
        "double = cache(double)\n",
        "double.memo = {}\n",
        "def check(n):\n    return n\n\n\ndef main(n):\n    return check(n)\n\n\ndef half(n):\n    return main(n)\n",
        "try:\n    import numpy\nexcept ImportError:\n    numpy = None\n",
        '"""A docstring at the wrong end."""\n',
    ],
)
def test_set_up_at_the_top_is_kept(more: str) -> None:
    candidate = extracted(f"```python\n{DOUBLE}\n\n{more}```")
    assert candidate.code == f"import math\n\n\n{DOUBLE}\n\n{more}"
    assert not candidate.losses


@pytest.mark.parametrize(
    ("more", "note"),
    [
        ("def main():\n    print(double(2))\n\n\nmain()\n", Note.DROPPED_MAIN),
        ("if __name__ == '__main__':\n    print(double(2))\n", Note.DROPPED_MAIN),
        ("def test_double():\n    assert double(2) == 4\n\n\ntest_double()\n", Note.DROPPED_TESTS),
        ("import unittest\n\n\nclass TestDouble(unittest.TestCase):\n    pass\n", Note.DROPPED_TESTS),
        ("# Test cases\nassert double(2) == 4  # four\n", Note.DROPPED_TESTS),
        ("values = [1, 2]\nresult = [double(v) for v in values]\nprint(result)\n", Note.DROPPED_CALLS),
        ("for v in range(3):\n    print(double(v))\n", Note.DROPPED_CALLS),
        ("print('ready')\n", Note.DROPPED_CALLS),
    ],
)
def test_what_is_not_the_solution_is_dropped(more: str, note: Note) -> None:
    candidate = extracted(f"```python\n{DOUBLE}\n\n{more}```")
    assert candidate.code.removesuffix("\n\nimport unittest\n").rstrip() == GIVEN.rstrip()
    assert note in candidate.losses


def test_helpers_of_other_blocks_are_joined_as_far_as_they_are_needed() -> None:
    text = (
        "```python\nfrom typing import List\nimport os\n```\n```python\nFACTOR = 2\n\n\ndef times(n):\n    return n * FACTOR\n\n\n"
        "def other():\n    pass\n```\n```python\ndef double(n: List):\n    return times(n)\n```\n"
    )
    candidate = extracted(text)
    assert candidate.code == (
        "import math\nfrom typing import List\n\n\nFACTOR = 2\n\n\ndef times(n):\n    return n * FACTOR\n\n\n"
        "def double(n: List):\n    return times(n)\n"
    )
    assert candidate.notes == (Note.JOINED_BLOCKS, Note.ADDED_IMPORT)


def test_names_of_annotations_are_imported_and_others_are_not() -> None:
    candidate = extracted("```python\ndef double(n: Optional[int]) -> int:\n    return Counter(n) + deque(n)\n```")
    assert candidate.code.startswith("from typing import Optional\nimport math\n")
    assert "collections" not in candidate.code
    assert Note.ADDED_TYPING in candidate.notes


def test_of_two_definitions_in_one_program_the_last_counts_unless_it_is_a_stub() -> None:
    first, stub = "def double(n):\n    return n\n", "def double(n):\n    pass\n"
    assert extracted(f"```python\n{first}\n\n{DOUBLE}```").code == GIVEN
    assert extracted(f"```python\n{DOUBLE}\n\n{stub}```").code == GIVEN


@pytest.mark.parametrize("text", ["```python\n" + DOUBLE, "```python\n" + DOUBLE + "\n\ndef helper(a, b"])
def test_what_stands_of_a_cut_answer_is_kept(text: str) -> None:
    candidate = extracted(text, "length")
    assert candidate.code == GIVEN
    assert Note.CUT in candidate.notes


def test_a_program_cut_in_its_entry_point_stays_as_it_stands() -> None:
    candidate = extracted("```python\ndef double(n):\n    return (n *", "length")
    assert candidate.code == "import math\n\n\ndef double(n):\n    return (n *\n"
    assert Note.CUT in candidate.notes


def test_a_fence_left_open_is_told_from_a_cut_program() -> None:
    assert extracted(f"```python\n{DOUBLE}").notes == (Note.OPEN_FENCE, Note.ADDED_IMPORT)
    assert Note.CUT in extracted("```python\ndef double(n):\n    return (n *").notes


def test_prose_cut_after_the_block_is_no_loss() -> None:
    assert not extracted(f"```python\n{DOUBLE}```\nIt runs in", "length").losses


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t\n",
        "I am sorry, I can't.",
        "I'm sorry, but I can't assist with that.",
        "The answer is 42.",
        "OK",
        "```\n```",
        "```",
        "```text\nnothing to see\n```",
        "Return the double.",
        "import the module and double it",
    ],
)
def test_no_code_is_data(text: str) -> None:
    assert extracted(text) == Candidate(code="", notes=(Note.NO_CODE,))


def test_a_function_of_another_name_is_the_models_fault_not_ours() -> None:
    candidate = extracted("```python\ndef twice(n):\n    return n * 2\n```")
    assert "def twice" in candidate.code
    assert "def double" not in candidate.code
    assert not candidate.losses


def test_unicode_and_surrogates_survive() -> None:
    code = "def double(n):\n    größe = '→ \U0001f600 \ud800'\n    return n * 2\n"
    assert extracted(f"Naïve – so:\n```python\n{code}```").code == f"import math\n\n\n{code}"


# --- no answer takes long ---

_MILLION = 1_000_000


@pytest.mark.timeout(60)
@pytest.mark.parametrize("language", ["python", "java"])
@pytest.mark.parametrize(
    "text",
    [
        "(" * _MILLION,
        "{" * _MILLION,
        "```" * (_MILLION // 3),
        "```\n" * (_MILLION // 4),
        "```python\n" * (_MILLION // 10),
        '"""' * (_MILLION // 3),
        "Here is a word, and one more. " * (_MILLION // 30),
        "Here is\n" * (_MILLION // 8),
        " " * _MILLION,
        "\t\n" * (_MILLION // 2),
        "&lt;" * (_MILLION // 4),
        "```python\n" + DOUBLE * (_MILLION // 33) + "```",
        "```python\n" + DOUBLE + "print(double(1))\n" * (_MILLION // 17) + "```",
        "```java\nclass Solution {\n" + "    int longestQuiet(int a) { return a; }\n" * (_MILLION // 42) + "}\n```",
        "```\n" + "".join(" " * (i % 900) + "if x:\n" for i in range(2000)) + "```",
        "import a\n" * (_MILLION // 9),
        "def f(a):\n" * (_MILLION // 10),
    ],
    ids=lambda text: repr(text[:12]),
)
def test_a_huge_answer_ends_soon(language: str, text: str) -> None:
    task = TASK if language == "python" else basics()["Java/b1"]
    for finish_reason in ("stop", "length"):
        assert extract(task, Completion(text=text, finish_reason=finish_reason)).notes


FRAGMENTS = ("```", "```python", "~~~", "\n", "    ", DOUBLE, "def double(", "return n", "print(double(1))", "if x:\n")
FRAGMENTS += ("class Solution {", "}", "{", "public int longestQuiet(", '"""', "/*", "&lt;", "é\ud800", "Some words.")


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(FRAGMENTS),
        max_size=25,
    ).map("".join)
)
def test_no_answer_raises(text: str) -> None:
    for task in (TASK, basics()["Java/b1"]):
        for finish_reason in ("stop", "length"):
            candidate = extract(task, Completion(text=text, finish_reason=finish_reason))
            assert bool(candidate.code) is (Note.NO_CODE not in candidate.notes)
            assert len(set(candidate.notes)) == len(candidate.notes)
