"""What an ablation says: the same figures as text, Markdown and JSON, and text of strangers that cannot act."""

from __future__ import annotations

import json
from dataclasses import replace

from arms import HEADER, trajectory

from codeloop.attempts import Ending
from codeloop.records import Header, records_of
from codeloop.report.ablation_report import AblationReport
from codeloop.shards import Records, sorted_rows


def report(**changes: object) -> AblationReport:
    header: Header = replace(HEADER, task_ids=tuple(f"Python/{i}" for i in range(8)), **changes)  # type: ignore[arg-type]
    loop = [trajectory(task_id, ["+-", "++"], ["+--", "+++"]) for task_id in header.task_ids[:-1]]
    loop.append(trajectory(header.task_ids[-1], [], [], ending=Ending.ERRORED))
    single = [trajectory(task_id, ["+-"], ["+--"]) for task_id in header.task_ids]
    rows = records_of([("default", loop), ("single", single)])
    return AblationReport.of(Records(name="f", header=header, rows=sorted_rows(header, rows)))


def test_text_and_markdown_tell_the_figures_and_what_they_are_of() -> None:
    made = report()
    text, page = made.as_text(), made.as_markdown()
    for written in (text, page):
        assert "7 tasks, 7 pairs, 1 left out" in written
        assert "+100.0" in written
        assert "shown" in written
        assert "7/7 " in written
    assert max(map(len, text.split("\n\nsuite ")[0].splitlines())) <= 100
    assert "command: codeloop ablate" in text


def test_a_gain_that_is_not_clear_of_chance_is_called_not_shown() -> None:
    made = report()
    header = replace(made.records.header, task_ids=made.records.header.task_ids[:5])
    rows = tuple(row for row in made.records.rows if row.task_id in header.task_ids)
    few = AblationReport.of(Records(name="f", header=header, rows=rows))
    assert "not shown" in few.as_text()
    assert few.as_json()["comparisons"][0]["gains"][0]["difference"]["is_shown"] is False


def test_json_holds_what_is_derived_and_is_plain() -> None:
    plain = report().as_json()
    assert json.loads(json.dumps(plain)) == json.loads(json.dumps(plain, allow_nan=False))
    (comparison,) = plain["comparisons"]
    default, single = comparison["arms"]
    assert (default["tokens"], default["tokens_per_solved"]) == (210, 30)
    assert single["tokens_per_solved"] is None  # none was solved: no infinite price
    assert default["errored"] == 1


def test_a_shard_says_that_it_is_no_result_and_has_files_of_its_own() -> None:
    assert set(report().write()) == {"ablation.json", "ablation.md"}
    shard = report(shard=2, shards=3)
    assert set(shard.write()) == {"ablation-2-of-3.json", "ablation-2-of-3.md"}
    assert "shard 2 of 3: no result by itself" in shard.as_text()


def test_what_strangers_wrote_into_a_file_does_not_act() -> None:
    made = report(model="\x1b[31m<b>[x](http://y)\u202e", errata=("Python/1",))
    assert "\x1b" not in made.as_text()
    assert "\u202e" not in made.as_text() + made.as_markdown()
    assert "<b>" not in made.as_markdown()
    assert "errata among the tasks: Python/1" in made.as_text()
