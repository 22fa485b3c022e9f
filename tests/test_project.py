"""``codeloop.yaml``: what is read from it, and that every mistake has a line, a key and a remedy."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from codeloop.errors import ConfigError, InvalidProject
from codeloop.project import marked
from codeloop.project.gate import Gate
from codeloop.project.load import Loaded, load
from codeloop.project.problems import schema
from codeloop.project.reading import defaults_of, text_of
from codeloop.project.schema import Project
from codeloop.project.trust import untrusted

EXAMPLE = Path(str(files("codeloop.project") / "example"))
TASK = {
    "id": "Python/1",
    "language": "python",
    "statement": "Give n.",
    "prompt": "def f(n):\n",
    "entry_point": "f",
    "visible": ["f(1) == 1"],
    "hidden": ["f(2) == 2"],
    "reference": "    return n\n",
}


def anything(_: object) -> str:
    """Refuse no value."""
    return ""


OPTIONS = {"bench": dict.fromkeys(("draws", "max_iterations"), anything), "cache": {"clear": anything}}


def written(folder: Path, text: str) -> Path:
    (folder / "codeloop.yaml").write_text(text, "utf-8")
    return folder / "codeloop.yaml"


def loaded(folder: Path, text: str) -> Loaded:
    return load(written(folder, text), OPTIONS)


def lines(folder: Path, text: str) -> list[str]:
    """Give the mistakes without the folder."""
    with pytest.raises(InvalidProject) as found:
        loaded(folder, text)
    return [line.replace(f"{folder}/", "") for line in found.value.lines]


# --- YAML with places ------------------------------------------------------------------------------------------------


def test_words_of_yaml_1_1_are_words_and_numbers_are_as_they_look() -> None:
    document = marked.read("[off, no, yes, 010, 1:30, 2024-01-31, true, ~, 1e3, .5, 0x1f, '1', null]")
    assert document.data == ["off", "no", "yes", 10, "1:30", "2024-01-31", True, None, 1000.0, 0.5, 31, "1", None]


def test_every_key_and_item_has_its_line() -> None:
    document = marked.read("a:\n  b: 1\n  c:\n    - x\n    - y: 2\n")
    assert document.lines[("a", "c", 1, "y")] == 5
    assert document.line_of(("a", "c", 0, "missing", 3)) == 4


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\nb: 2\na: 3", "f:3: a: the key stands twice, first in line 1: keep one of them"),
        ("1: x", "f:1: the key 1 is not text: quote it"),
        ("a: &x 1\nb: *x", "f:1: not YAML (anchors and aliases are not read here, write it out)"),
        ("a: !!python/object/apply:os.system [ls]", "f:1: a: the tag tag:yaml.org,2002:python/object/apply:os.system"),
        ("a: !!int x", "f:1: a: the tag"),
        ("a: [1,\n b: c: d", "f:2: not YAML"),
        ("[" * 100_000, "f: not YAML (nested too deeply)"),
        ("a: \0", "f: not YAML (unacceptable character"),
        ("a: " + "9" * 6000, "f:1: a: a number of too many digits"),
        ("a: 1\n---\nb: 1", "f:2: not YAML"),
        ("x" * 1_000_001, "f: larger than"),
    ],
)
def test_broken_yaml_is_one_line_with_its_place(text: str, line: str) -> None:
    (problem,) = marked.read(text).problems
    assert problem.text("f").startswith(line)
    assert len(problem.text("f")) < 250


@given(st.text(alphabet="ab:-[]{}#&*!|>'\"%@`, \n\t~?01.", max_size=60))
def test_any_text_is_data_or_problems(text: str) -> None:
    document = marked.read(text)
    assert document.data is None or not document.problems


# --- schema ----------------------------------------------------------------------------------------------------------


def test_the_published_schema_is_that_of_the_models() -> None:
    published = json.loads((files("codeloop.project") / "schema.json").read_text("utf-8"))
    assert published == schema(), "codeloop validate --schema > codeloop/project/schema.json"
    Draft202012Validator.check_schema(published)


def test_the_published_schema_takes_the_example_and_refuses_a_typo() -> None:
    data = marked.read((EXAMPLE / "codeloop.yaml").read_text("utf-8")).data
    validator = Draft202012Validator(schema())
    assert not list(validator.iter_errors(data))
    assert list(validator.iter_errors(data | {"budget": {}}))


@pytest.mark.parametrize(
    "text",
    [
        "gates:",
        "suites:\nmodels:\nbudgets:\nsandbox: {images: }\nstages: {lint: , lint_rules: {python: }}\ndefaults: {bench: }",
        "policy: \ndraws: \nk: \nseed: \njobs: ",
        "suites: [{name: basics, languages: [python], limit: , tags: }]",
        "suites: [{name: basics, languages: [pyton]}]",
        "suites: [{name: }]",
        "sandbox: {images: {pyton: x}}",
        "gates: [{metric: pas@1, min: 0.5}]",
        "gates: [{metric: pass@0, min: 0.5}]",
        "gates: [{metric: pass@1}]",
        "gates: [{metric: pass@1, min: }]",
        "gates: [{max_regression: 2}]",
        "suites: [{name: basics}]\ngates: [{max_regression: 2, baseline: main, language: python}]",
        "gates: [{metric: seconds, max: 5, tag: }]",
        "gates: [{min: 0.5, language: cobol}]",
        "gates: [{min: 0.5, strict: , max_missing: }]",
        "webhooks: [{url: 'https://example.org', events: , secret_env: }]",
        "draws: 0",
        "draws: x",
        "sandbox: {kind: dokcer}",
    ],
)
def test_the_schema_takes_what_the_models_take(text: str, tmp_path: Path) -> None:
    data = marked.read(f"version: 1\n{text}\n").data
    is_taken = not list(Draft202012Validator(schema()).iter_errors(data))
    try:
        loaded(tmp_path, f"version: 1\n{text}\n")
        is_valid = True
    except InvalidProject:
        is_valid = False
    assert is_taken is is_valid


def test_every_field_of_the_schema_says_what_it_is_or_is_plain_by_its_name() -> None:
    plain = {"version", "suites", "stages", "seed", "budgets", "gates", "webhooks", "sandbox"}
    plain |= {"tokens", "cost_usd", "seconds", "url", "events", "kind"}
    named = [
        (name, field) for part in [schema(), *schema()["$defs"].values()] for name, field in part["properties"].items()
    ]
    assert {name for name, field in named if "description" not in field} <= plain


def test_the_example_is_valid_and_may_come_from_anybody() -> None:
    example = load(EXAMPLE / "codeloop.yaml", is_trusted=False)
    assert (example.warnings, example.n_tasks) == ((), 2)
    assert [template.version.split("@")[0] for template in example.prompts] == ["v1"]
    assert example.suite(example.project.suites[0]) == str(EXAMPLE / "tasks.yaml")


def test_a_key_without_a_value_is_as_if_it_were_not_there(tmp_path: Path) -> None:
    project = loaded(tmp_path, "version: 1\nsuites:\n  - name: basics\n    limit:\ngates:\n").project
    assert (project.gates, project.suites[0].limit) == ((), None)


def test_what_a_run_needs_is_given_as_bench_takes_it(tmp_path: Path) -> None:
    text = """
version: 1
suites: [{name: basics}, {name: injected/go}, {name: humaneval-x}]
policy: default:repairs=2
stages: {lint: gate, mutate: inform}
draws: 10
k: [5]
gates: [{metric: pass@10, min: 0.5}, {metric: pass@1, min: 0.2, iteration: 2}]
"""
    found = loaded(tmp_path, text)
    assert found.project.full_policy == "default:repairs=2:lint=gate:mutate=inform"
    assert (found.project.ks, found.project.max_repairs) == ((1, 5, 10), 2)
    assert [found.languages(entry) for entry in found.project.suites] == [
        ("python", "java"),
        ("go",),
        ("python", "java"),
    ]


# --- mistakes --------------------------------------------------------------------------------------------------------


LONG = "x" * 256
"""No file system has a name of so many characters."""


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "gates: [{metric: pass@1, minimum: 1}]",
            "gates[0].minimum: unknown key; did you mean 'min'? known: metric, min,",
        ),
        ("budget: {}", "budget: unknown key; did you mean 'budgets'?"),
        ("budget:", "budget: unknown key; did you mean 'budgets'?"),
        ("draws: '3'", "draws: must be a whole number, not '3'"),
        ("draws: 1.5", "draws: must be a whole number, not 1.5"),
        ("draws: true", "draws: must be a whole number, not True"),
        ("draws: 0", "draws: must be at least 1, not 0"),
        ("budgets: {cost_usd: .inf}", "budgets.cost_usd: must be a finite number, not inf"),
        ("suites: [{name: basics, languages: python}]", "suites[0].languages: must be a list, such as [a, b]"),
        (
            "suites: [{name: basics, languages: [pyton]}]",
            "suites[0].languages[0]: unknown language 'pyton'; did you mean",
        ),
        ("suites: [{file: tasks.yaml}]", "suites[0].name: is missing: add it"),
        ("suites: [{name: basic}]", "suites[0].name: no built-in suite; did you mean 'basics'?"),
        ("suites: [{name: injected/pyhton}]", "suites[0].name: unknown language of injected/… 'pyhton'"),
        ("suites: [{name: 'injected/go:of=/etc/x.yaml'}]", "suites[0].name: faults are put into built-in suites"),
        ("suites: [{name: basics, limit: 1, tasks: [Python/b1]}]", "suites[0].limit: tasks are named already"),
        ("suites: [{name: basics, tasks: [Python/b99]}]", "suites[0].tasks: unknown task 'Python/b99'"),
        ("suites: [{name: mine, file: nope.yaml}]", "suites[0].file: nope.yaml: no such file: check the path"),
        ("suites: [{name: mine, file: 'a\\0b.yaml'}]", "suites[0].file: a"),
        (f"suites: [{{name: mine, file: {LONG}}}]", "suites[0].file: xxx"),
        (f"models: [{{model: 'replay:{LONG}'}}]", "models[0].model: xxx"),
        (f"gates: [{{max_regression: 2, baseline: '{LONG}/x.json'}}]", "gates[0].baseline: xxx"),
        (f"prompts: [{{version: v1, file: {LONG}}}]", "prompts[0].file: xxx"),
        ("suites: [{name: mine, file: basics}]", "suites[0].file: basics: unknown kind of file; name it *.yaml"),
        ("suites: [{name: basics}, {name: basics}]", "suites[1].name: the same as suites[0]: give it another name"),
        ("models: []", "models: must not be empty"),
        ("models: [local]", "models[0]: must be a mapping, such as {model: …}"),
        ("models: [{model: 'local:9b'}]", "models[0].model: unknown size of the local model '9b'"),
        ("models: [{model: ' '}]", "models[0].model: no model: name one"),
        ("models: [{model: 'replay:none.jsonl'}]", "models[0].model: none.jsonl: no such file"),
        ("models: [{model: a/b, api_base: ftp://x}]", "models[0].api_base: is no URL"),
        ("models: [{model: a/b, api_base: 'http://[x'}]", "models[0].api_base: is no URL"),
        ("models: [{model: a/b, api_base: 'http://x:99999/'}]", "models[0].api_base: is no URL"),
        ("webhooks: [{url: 'http://127.0.0.1:99999/x'}]", "webhooks[0].url: is no URL"),
        ("webhooks: [{url: 'http://127.0.0.1:abc/x'}]", "webhooks[0].url: is no URL"),
        ("models: [{model: a/b, api_base: 'http://u:p@x/'}]", "models[0].api_base: holds a user or a password"),
        ("models: [{model: local}, {model: local}]", "models[1].model: the same as models[0]"),
        ("prompts: [{version: v1, file: none.j2}]", "prompts[0].file: none.j2: no such file"),
        ("prompts: [{version: 'v 1', file: none.j2}]", "prompts[0].version: must be a word of at most 60 letters"),
        ("policy: defualt", "policy: unknown policy 'defualt': did you mean 'default'?"),
        ("policy: 'default:plan=x'", "policy: unknown plan 'x'"),
        ("stages: {lint: of}", "stages.lint: 'of' is not known here; did you mean 'off'? known: off, inform, gate"),
        ("stages: {lint_rules: {python: none.yaml}}", "stages.lint_rules.python: none.yaml: no such file"),
        ("k: [1, 10]", "k[1]: pass@10 needs at least 10 draws: there are 1 (draws: 10)"),
        ("gates: [{metric: pas@1, min: 1}]", "gates[0].metric: unknown metric 'pas@1'; did you mean 'pass@1'?"),
        ("gates: [{metric: pass@0, min: 1}]", "gates[0].metric: unknown metric 'pass@0'"),
        ("gates: [{metric: pass@5, min: 1}]", "gates[0].metric: pass@5 needs at least 5 draws"),
        ("gates: [{metric: pass@1}]", "gates[0].metric: no bound: add min or max, or max_regression with baseline"),
        ("gates: [{metric: pass@1, min: 80}]", "gates[0].min: 80 is no share: give one from 0 to 1, such as 0.8"),
        ("gates: [{metric: pass@1, max: 0.8}]", "gates[0].max: pass@1 is better higher: give min"),
        ("gates: [{metric: cost_usd, min: 1}]", "gates[0].min: cost_usd is better lower: give max"),
        ("gates: [{metric: pass@1, max_regression: 2}]", "gates[0].max_regression: compares with a baseline: add"),
        (
            "gates: [{metric: pass@1, baseline: main}]",
            "gates[0].baseline: nothing is compared with it: add max_regression",
        ),
        ("gates: [{metric: pass@1, min: 0.1, baseline: m}]", "gates[0].baseline: min and max stand alone"),
        (
            "gates: [{metric: pass@1, max_regression: 200, baseline: m}]",
            "gates[0].max_regression: must be below 100, not 200",
        ),
        (
            "gates: [{metric: seconds, max_regression: 0.1, baseline: m}]",
            "gates[0].max_regression: only pass@1 is compared",
        ),
        ("gates: [{metric: seconds, max: 1, iteration: 1}]", "gates[0].iteration: only pass@K is known by attempt"),
        (
            "gates: [{metric: pass@1, min: 0.1, iteration: 9}]",
            "gates[0].iteration: there are 3 attempts after the first",
        ),
        (
            "gates: [{metric: mutation_score, min: 0.5}]",
            "gates[0].metric: no mutants are made: add stages: {mutate: inform}",
        ),
        ("gates: [{metric: cost_usd, max: -1}]", "gates[0].max: -1 is below 0, where nothing passes"),
        ("gates: [{metric: seconds, max: -0.5}]", "gates[0].max: -0.5 is below 0, where nothing passes"),
        ("gates: [{min: 0}]", "gates[0].min: a bound that every run reaches: give more than 0"),
        ("gates: [{metric: mutation_score, min: 0}]", "gates[0].min: a bound that every run reaches"),
        ("gates: [{min: 1, strict: true}]", "gates[0].min: no interval reaches 1, whatever is run: give less"),
        ("gates: [{metric: errored, max: 1}]", "gates[0].max: a bound that every run reaches: give less than 1"),
        ("gates: [{max_regression: 0.02, baseline: m}]", "gates[0].max_regression: 0.02 of a point: write 2 for two"),
        ("gates: [{max_regression: 2, baseline: m, strict: true}]", "gates[0].strict: goes with min, of pass@K or"),
        ("gates: [{max_regression: 2, baseline: b/main.json}]", "gates[0].baseline: b/main.json: no such file"),
        ("gates: [{min: 0.1, max_missing: 2}]", "gates[0].max_missing: must be at most 1, not 2"),
        ("gates: [{metric: pass@1, min: 0.1, tag: x}]", "gates[0].tag: no suite has the tag 'x': give it to one"),
        ("gates: [{metric: pass@1, min: 0.1}, {metric: pass@1, min: 0.1}]", "gates[1].metric: the same as gates[0]"),
        (
            "webhooks: [{url: https://x.org, events: [gate_fail]}]",
            "webhooks[0].events[0]: 'gate_fail' is not known here; did",
        ),
        ("webhooks: [{url: https://x.org, events: []}]", "webhooks[0].events: must not be empty"),
        ("webhooks: [{url: https://x.org, secret_env: s3cret}]", "webhooks[0].secret_env: must be a variable's name"),
        ("sandbox: {kind: dokcer}", "sandbox.kind: 'dokcer' is not known here; did you mean 'docker'?"),
        ("sandbox: {kind: bubblewrap, runtime: runsc}", "sandbox.runtime: is Docker's: leave it out"),
        ("sandbox: {kind: bubblewrap}\npolicy: thorough", "sandbox.kind: static analysis needs the tools"),
        ("k: []", "k: must not be empty"),
        ("defaults: {bench: {draw: 3}}", "defaults.bench.draw: unknown option of bench; did you mean 'draws'?"),
        ("defaults: {banch: {}}", "defaults.banch: unknown command; did you mean 'bench'?"),
        ("defaults: {bench: 3}", "defaults.bench: must be a mapping of keys to values"),
        ("defaults: {cache: {trust: true}}", "defaults.cache.trust: only the command line may say this"),
    ],
)
def test_a_mistake_names_line_key_and_remedy(text: str, line: str, tmp_path: Path) -> None:
    (tmp_path / "basics").write_text("tasks: []", "utf-8")
    found = lines(tmp_path, f"version: 1\n\n{text}\n")
    assert found[0].startswith(f"codeloop.yaml:3: {line}"), found
    assert all(len(each) < 400 for each in found)


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = "version: 1\ndraws: 0\ngates:\n  - metric: pass@1\n    min: 80\n    iteration: x\nbudget: 1\npolicy: non\n"
    assert [line.split(": ")[1] for line in lines(tmp_path, text)] == [
        "draws",
        "gates[0].iteration",
        "budget",
        "policy",
    ]


def test_a_gate_tells_all_that_contradicts_itself(tmp_path: Path) -> None:
    found = lines(tmp_path, "version: 1\ngates: [{metric: seconds, min: 5, iteration: 1, baseline: m}]")
    assert {line.split(": ")[1] for line in found} == {"gates[0].min", "gates[0].baseline", "gates[0].iteration"}
    with pytest.raises(ValueError, match=r"min: seconds is better lower.*iteration: only pass@K"):
        Gate(metric="seconds", min=5, iteration=1, baseline="m")


@pytest.mark.parametrize("gate", ["language: go", "language: python, tag: slow"])
def test_a_gate_on_what_no_suite_has_is_refused(gate: str, tmp_path: Path) -> None:
    (line,) = lines(
        tmp_path, f"version: 1\nsuites: [{{name: basics, tags: [fast]}}]\ngates: [{{metric: pass@1, min: 0.1, {gate}}}]"
    )
    assert "no suite" in line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "codeloop.yaml: holds no keys: begin with 'version: 1'"),
        ("[]", "codeloop.yaml: holds no keys"),
        ("a", "codeloop.yaml:1: holds no keys"),
        (
            "bench: {draws: 3}",
            "codeloop.yaml: no version: add 'version: 1', and put options of commands under 'defaults:'",
        ),
        ("version: 2", "codeloop.yaml: version: this codeloop reads 'version: 1'"),
        ("version: true", "codeloop.yaml: version: this codeloop reads"),
        ("version: 1\na: [", "codeloop.yaml:2: not YAML"),
    ],
)
def test_a_file_that_is_no_configuration_is_one_line(text: str, line: str, tmp_path: Path) -> None:
    (found,) = lines(tmp_path, text)
    assert found.startswith(line)


def test_what_is_no_file_is_never_read(tmp_path: Path) -> None:
    for path in (tmp_path / "none.yaml", tmp_path, Path("/dev/zero")):
        with pytest.raises(InvalidProject, match=r"no such file|is no file"):
            load(path)
    with pytest.raises(ConfigError, match="not UTF-8 at byte 0"):
        (tmp_path / "x").write_bytes(b"\xff")
        text_of(tmp_path / "x")


# --- the files it names ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"hidden": []}, "'hidden' is empty; write at least one assertion"),
        ({"hidden": None}, "field 'hidden' is missing"),
        ({"language": "pyton"}, "unknown language 'pyton'"),
        ({"imagge": "x"}, "unknown field 'imagge'"),
    ],
)
def test_a_bad_task_names_its_file_and_its_suite(change: dict[str, object], words: str, tmp_path: Path) -> None:
    (tmp_path / "tasks.jsonl").write_text(json.dumps(TASK | change), "utf-8")
    (line,) = lines(tmp_path, "version: 1\nsuites:\n  - name: mine\n    file: tasks.jsonl\n")
    assert line.startswith("codeloop.yaml:4: suites[0].file: tasks.jsonl:1: ")
    assert words in line


def test_a_file_is_never_taken_for_a_built_in_suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "basics").write_text("tasks: []", "utf-8")
    (tmp_path / "codeloop.yaml").write_text("version: 1\nsuites: [{name: mine, file: basics}]", "utf-8")
    with pytest.raises(InvalidProject, match="basics: unknown kind of file"):
        load(Path("codeloop.yaml"))
    (tmp_path / "own.yaml").write_text("tasks: []", "utf-8")
    (tmp_path / "codeloop.yaml").write_text("version: 1\nsuites: [{name: mine, file: own.yaml}]", "utf-8")
    found = load(Path("codeloop.yaml"))
    assert found.suite(found.project.suites[0]) == "./own.yaml"


def test_an_empty_suite_is_valid_with_a_warning(tmp_path: Path) -> None:
    (tmp_path / "tasks.yaml").write_text("tasks: []", "utf-8")
    (warning,) = loaded(tmp_path, "version: 1\nsuites: [{name: mine, file: tasks.yaml}]").warnings
    assert warning.line == 2
    assert "there is nothing to run" in warning.message


def test_a_language_that_a_suite_has_no_task_in_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / "tasks.jsonl").write_text(json.dumps(TASK), "utf-8")
    (warning,) = loaded(
        tmp_path, "version: 1\nsuites: [{name: m, file: tasks.jsonl, languages: [python, go]}]"
    ).warnings
    assert "has no task in go" in warning.message


def test_a_bad_template_names_its_line_and_its_entry(tmp_path: Path) -> None:
    (tmp_path / "first.j2").write_text("Solve\n{{ question.gven }}\n", "utf-8")
    (line,) = lines(tmp_path, "version: 1\nprompts:\n  - version: v1\n    file: first.j2\n")
    assert line.startswith(
        "codeloop.yaml:4: prompts[0].file: first.j2:2: question has no field 'gven': did you mean 'given'?"
    )


def test_a_bad_rule_file_names_its_entry(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text("ruff: {F401: nonsense}", "utf-8")
    (line,) = lines(tmp_path, "version: 1\nstages: {lint_rules: {python: rules.yaml}}")
    assert "stages.lint_rules.python: rule file rules.yaml" in line


def test_files_are_read_once_and_count_from_the_folder_of_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text("ruff: {F401: off}", "utf-8")
    (tmp_path / "c.jsonl").write_text("", "utf-8")
    text = "version: 1\nstages: {lint_rules: {python: rules.yaml}}\nmodels: [{model: 'replay:c.jsonl'}]"
    found = loaded(tmp_path, text)
    assert found.lint_rules == (("python", "rules.yaml", "ruff: {F401: off}"),)
    assert found.model(found.project.models[0]) == f"replay:{tmp_path / 'c.jsonl'}"


# --- trust -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("sandbox: {images: {python: evil/image}}", "sandbox.images.python"),
        ("sandbox: {runtime: runc}", "sandbox.runtime"),
        ("sandbox: {allow_weak: [memory]}", "sandbox.allow_weak"),
        ("models: [{model: a/b, api_base: https://evil.example}]", "models[0].api_base"),
        ("models: [{model: 'huggingface/https://evil.example'}]", "models[0].model"),
        ("models: [{model: 'replay:/etc/passwd'}]", "models[0].model"),
        ("webhooks: [{url: https://evil.example}]", "webhooks[0].url"),
        ("suites: [{name: m, file: ../tasks.yaml}]", "suites[0].file"),
        ("prompts: [{version: v, file: /proc/self/environ}]", "prompts[0].file"),
        ("stages: {lint_rules: {go: a/../../x}}", "stages.lint_rules.go"),
        ("defaults: {bench: {api_base: https://evil.example}}", "defaults.bench.api_base"),
        ("gates: [{max_regression: 2, baseline: ../main.json}]", "gates[0].baseline"),
        ("defaults: {bench: {record: /root/.ssh/x}}", "defaults.bench.record"),
        ("defaults: {cache: {clear: {all: true}}}", "defaults.cache.clear"),
    ],
)
def test_what_a_fork_may_not_say(text: str, place: str) -> None:
    document = marked.read(f"version: 1\n{text}")
    project = Project.model_validate_json(json.dumps(document.data))
    assert [marked.dotted(path) for path, _ in untrusted(project)] == [place]


def test_a_link_out_of_the_folder_needs_trust(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    (tmp_path / "secret.j2").write_text("{{ question.given }} key", "utf-8")
    (folder / "first.j2").symlink_to(tmp_path / "secret.j2")
    path = written(folder, "version: 1\nsuites: [{name: basics}]\nprompts: [{version: v, file: first.j2}]")
    assert load(path).prompts
    with pytest.raises(InvalidProject, match=r":3: prompts\[0\].file: leads out of .* by a link: needs --trust"):
        load(path, is_trusted=False)
    (folder / "link.yaml").symlink_to(path)
    with pytest.raises(InvalidProject, match=r"link.yaml: is a link: needs --trust"):
        load(folder / "link.yaml", is_trusted=False)


def test_a_loop_of_links_is_one_line_with_and_without_trust(tmp_path: Path) -> None:
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    for name in ("loop.yaml", "a/tasks.yaml"):
        path = written(tmp_path, f"version: 1\nsuites: [{{name: mine, file: {name}}}]")
        with pytest.raises(InvalidProject, match=r"codeloop.yaml:2: suites\[0\].file: .*: no such file"):
            load(path)
        with pytest.raises(InvalidProject, match=r":2: suites\[0\].file: .*: needs --trust"):
            load(path, is_trusted=False)


def test_a_text_beside_a_suite_that_is_a_loop_of_links_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "hidden.py").symlink_to("hidden.py")
    task = {"id": "T/1", "language": "python", "statement": "s", "prompt": "p", "entry_point": "f", "visible": []}
    (tmp_path / "tasks.jsonl").write_text(json.dumps(task | {"hidden": {"file": "hidden.py"}}), "utf-8")
    path = written(tmp_path, "version: 1\nsuites: [{name: mine, file: tasks.jsonl}]")
    with pytest.raises(InvalidProject, match=r"'hidden\.py' cannot be read"):
        load(path, is_trusted=False)


def test_without_trust_no_file_outside_is_opened(tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text("key: [s3cret", "utf-8")
    (tmp_path / "project").mkdir()
    path = written(tmp_path / "project", "version: 1\nstages: {lint_rules: {python: ../secret.yaml}}")
    with pytest.raises(InvalidProject) as found:
        load(path, is_trusted=False)
    assert "needs --trust" in str(found.value)
    assert "s3cret" not in str(found.value)


# --- defaults --------------------------------------------------------------------------------------------------------


def test_defaults_are_read_without_looking_at_the_rest() -> None:
    document = marked.read("version: 1\ngates: nonsense\ndefaults: {bench: {draws: 3, lint: off}, report: }")
    assert defaults_of(document) == {"bench": {"draws": 3, "lint": "off"}, "report": {}}
    assert defaults_of(marked.read("version: 1")) == {}


@pytest.mark.parametrize(
    "text", ["defaults: 3", "defaults: {bench: 3}", "defaults: {ci: {trust: true}}", "defaults: ["]
)
def test_bad_defaults_are_one_line(text: str) -> None:
    with pytest.raises(ConfigError, match=r"^codeloop.yaml:2: "):
        defaults_of(marked.read(f"version: 1\n{text}"))


# --- anything at all -------------------------------------------------------------------------------------------------

_KEYS = sorted(
    {key for part in [schema(), *schema()["$defs"].values()] for key in part["properties"]} | {"bench", "python"}
)
_VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 10**20),
    st.floats(),
    st.text(max_size=5),
    st.sampled_from([*_KEYS, "pass@1", "local"]),
)
_DATA = st.recursive(
    _VALUES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(_KEYS), _DATA, max_size=5))
def test_whatever_a_file_says_it_is_read_or_refused_by_lines(data: dict[str, object]) -> None:
    with TemporaryDirectory() as folder:
        text = json.dumps({"suites": [], **data, "version": 1})
        try:
            loaded(Path(folder), text)
        except InvalidProject as exc:
            assert exc.lines
            assert not any("\n" in line for line in exc.lines)
