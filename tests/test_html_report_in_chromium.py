"""The HTML report as a person meets it: in a real browser, from disk, by mouse and by keyboard, light and dark."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from test_html_report import MARKUP
from test_untrusted_text import TEXTS, report_of

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))
from chromium import PROGRAM, Page, chromium
from made_run import made_run

import codeloop
from codeloop.ci.results import CiResult, CiRun, Judged
from codeloop.gates import GateResult, Outcome, parse_gate
from codeloop.report.ci.index import index

pytestmark = [
    pytest.mark.chromium,
    pytest.mark.skipif(not PROGRAM, reason="chromium is missing: apt-get install chromium"),
]
WIDE, TALL = 1280, 900


@pytest.fixture(scope="module")
def browser() -> Iterator[Page]:
    with chromium() as page:
        page.size(WIDE, TALL)
        yield page


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(made_run(30, 5).as_html(), "utf-8")
    return path


@pytest.fixture
def page(browser: Page, report: Path) -> Page:
    browser.prefer("light")
    browser.open(report)
    browser.events.clear()
    return browser


def texts(page: Page, selector: str) -> list[str]:
    found: list[str] = page.do(f"[...document.querySelectorAll({selector!r})].map((e) => e.textContent)")
    return found


def column(page: Page, key: str) -> list[str]:
    return texts(
        page,
        f"#table tbody tr > :nth-child({1 + page.do(f'''[...document.querySelectorAll('#table thead th button')].findIndex((b) => b.dataset.term === {key!r})''')})",
    )


def click(page: Page, selector: str) -> None:
    page.do(f"document.querySelector({selector!r}).click()")


def complaints(page: Page) -> list[Any]:
    """What the browser said by itself: exceptions, errors, dialogs, and requests for anything but this file."""
    page.do("1")
    kinds = ("Runtime.exceptionThrown", "Log.entryAdded", "Page.javascriptDialogOpening")
    asked = [e["params"]["request"]["url"] for e in page.events if e.get("method") == "Network.requestWillBeSent"]
    return [e for e in page.events if e.get("method") in kinds] + [
        u for u in asked if not u.startswith(("file:", "about:"))
    ]


# --- overview and table ---


def test_the_overview_is_drawn_and_every_chart_has_a_table(page: Page) -> None:
    assert page.do("document.querySelectorAll('.chart canvas').length") == 2
    assert page.do("[...document.querySelectorAll('.chart')].every((c) => c.getAttribute('aria-label').length > 20)")
    assert page.do(
        "[...document.querySelectorAll('.chart')].every((c) => c.parentElement.querySelector('details table'))"
    )
    assert len(texts(page, ".tile")) >= 8
    assert "150 trajectories" in texts(page, "#found")[0]


def test_searching_leaves_what_has_the_words(page: Page) -> None:
    page.do("document.querySelector('#filters input').focus()")
    page.call("Input.insertText", text="python/7")
    assert texts(page, "#found") == ["5 of 150 trajectories"]
    assert set(column(page, "task")) == {"Python/7"}


def test_filters_add_up_and_can_be_cleared(page: Page) -> None:
    for key, value in (("ending", "stalled"), ("error_class", "syntax")):
        page.do(
            f"(() => {{ const s = document.querySelector('select[name={key}]'); s.value = {value!r}; s.onchange; s.dispatchEvent(new Event('change')); }})()"
        )
    assert set(column(page, "ending")) == {"stalled"}
    assert all("S" in path for path in column(page, "path"))
    click(page, "#filters button")
    assert "150 trajectories" in texts(page, "#found")[0]


def test_a_header_sorts_up_and_then_down_and_says_so(page: Page) -> None:
    click(page, "#table [data-term=tokens]")
    up = [int(text.replace(",", "")) for text in column(page, "tokens")]
    assert up == sorted(up)
    assert page.do("document.querySelector('#table th[aria-sort]').getAttribute('aria-sort')") == "ascending"
    assert page.do("document.activeElement.dataset.term") == "tokens"
    click(page, "#table [data-term=tokens]")
    down = [int(text.replace(",", "")) for text in column(page, "tokens")]
    assert down == sorted(down, reverse=True)
    assert down[0] > up[0]


def test_tasks_sort_as_people_count(page: Page) -> None:
    names = list(dict.fromkeys(column(page, "task")))
    assert names == [f"Python/{n}" for n in range(len(names))]


def test_a_transition_leads_to_its_trajectories(page: Page) -> None:
    counted = int(texts(page, ".matrix .heat.good")[0])
    click(page, ".matrix .heat.good")
    assert f"{counted} of 150 trajectories" in texts(page, "#found")[0]
    click(page, "#only button:not(.term)")
    assert "150 trajectories" in texts(page, "#found")[0]


def test_a_row_for_each_task_counts_its_draws_and_leads_to_them(page: Page) -> None:
    page.do("document.querySelector('select[name=row_per]').value = 'tasks'")
    page.do("document.querySelector('select[name=row_per]').dispatchEvent(new Event('change'))")
    assert texts(page, "#found") == ["30 tasks with 150 trajectories"]
    assert page.do("document.querySelectorAll('#table tbody tr:first-child a.mark').length") == 5
    click(page, "#table [data-term=passing]")
    rates = [int(a) / max(int(b), 1) for a, b in (text.split(" of ") for text in column(page, "passing"))]
    assert rates == sorted(rates)
    click(page, "#table tbody button.link")
    assert "5 of 150 trajectories" in texts(page, "#found")[0]


def test_pages_of_the_table_go_on(page: Page) -> None:
    assert len(column(page, "task")) == 100
    click(page, "#pages button:last-child")
    assert len(column(page, "task")) == 50
    assert "101 to 150" in texts(page, "#found")[0]


# --- one trajectory ---


def opened(page: Page, row: int = 0) -> None:
    click(page, f"#table tbody tr:nth-child({row + 1}) a")
    page.wait("!document.querySelector('#view-steps').hidden")


def test_a_trajectory_shows_its_prompt_answer_program_tests_and_end(page: Page) -> None:
    page.do("document.querySelector('select[name=n_attempts]').value = '3'")
    page.do("document.querySelector('select[name=n_attempts]').dispatchEvent(new Event('change'))")
    opened(page)
    assert texts(page, "#view-steps h1")[0].startswith("Python/")
    assert len(texts(page, ".attempt")) == 3
    assert page.do("document.activeElement.id") == "steps-heading"
    first = texts(page, ".attempt")[0]
    assert "Write this function." in first
    assert "```python" in first
    assert "def " in texts(page, ".code")[0]
    assert texts(page, ".stop p")
    assert page.do("document.querySelectorAll('.line.new').length && document.querySelectorAll('.line.gone').length")
    assert page.do("document.querySelectorAll('.checks td').length") > 0


def test_without_the_changes_the_program_stands_alone(page: Page) -> None:
    page.do("document.querySelector('select[name=n_attempts]').value = '2'")
    page.do("document.querySelector('select[name=n_attempts]').dispatchEvent(new Event('change'))")
    opened(page)
    click(page, ".attempt [data-term=diff] input")
    assert not page.do("document.querySelectorAll('.line.new, .line.gone').length")
    numbers = texts(page, "#attempt-1 .line .n")
    assert numbers == [str(n + 1) for n in range(len(numbers))]


def test_findings_stand_under_their_lines(page: Page) -> None:
    page.do("document.querySelector('select[name=error_class]').value = 'syntax'")
    page.do("document.querySelector('select[name=error_class]').dispatchEvent(new Event('change'))")
    opened(page)
    assert page.do("document.querySelectorAll('.code .line + .finding').length") >= 1
    assert any("Undefined name" in text for text in texts(page, ".code .finding"))
    assert page.do("document.querySelectorAll('.code .marked').length") >= 1


def test_a_link_leads_to_a_trajectory_and_back_to_its_row(page: Page, report: Path) -> None:
    page.open(report, "#t/Python/12/3")
    assert texts(page, "#view-steps h1")[0].startswith("Python/12")
    page.do("document.querySelector('#view-steps nav a').click()")
    page.wait("!document.querySelector('#view-run').hidden")
    assert page.do("document.activeElement.getAttribute('href')") == "#t/Python/12/3"


def test_a_link_to_no_trajectory_says_so(page: Page, report: Path) -> None:
    page.open(report, "#t/Python/999/0")
    assert "no such trajectory" in texts(page, "#state")[0]
    assert not page.do("document.querySelector('#view-run').hidden")


def test_next_follows_the_order_of_the_table(page: Page) -> None:
    click(page, "#table [data-term=model_s]")
    second = page.do("document.querySelectorAll('#table tbody a')[1].getAttribute('href')")
    opened(page)
    page.do("[...document.querySelectorAll('#view-steps nav a')].find((a) => a.textContent === 'next').click()")
    page.wait(f"document.querySelector('#view-steps').dataset.address === {second!r}")


# --- by keyboard, and for everyone ---


def test_a_label_explains_itself_by_keyboard(page: Page) -> None:
    page.do("document.querySelector('#tiles .term').focus()")
    page.press("Enter", 13, "\r")
    assert page.do("document.querySelector('#tip').matches(':popover-open')")
    assert "attempt 0 alone" in texts(page, "#tip-text")[0]
    page.press("Escape", 27)
    assert not page.do("document.querySelector('#tip').matches(':popover-open')")


def test_the_first_tab_skips_to_the_content(page: Page) -> None:
    page.press("Tab", 9)
    assert page.do("document.activeElement.id") == "skip"
    page.press("Enter", 13, "\r")
    assert page.do("document.activeElement.id") == "main"


def test_every_label_that_is_shown_is_in_the_glossary(page: Page) -> None:
    look = """(() => {
      const unknown = [...document.querySelectorAll('[data-term]')].map((e) => e.dataset.term).filter((key) => !document.getElementById('g-' + key));
      const labels = [...document.querySelectorAll('main dt, main thead th, main label')].filter((e) => !e.closest('#glossary, #more'));
      const bare = labels.filter((e) => e.textContent.trim() && !/^\\d+$|^all$/.test(e.textContent.trim()) && !e.matches('[data-term]') && !e.querySelector('[data-term]'));
      return [...unknown, ...bare.map((e) => e.outerHTML)];
    })()"""
    assert page.do(look) == []
    opened(page, 3)
    assert page.do("document.querySelectorAll('#view-steps [data-term]').length") > 20
    assert page.do(look) == []


CONTRAST = """(() => {
  const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  const rgb = (colour, under) => {
    canvas.clearRect(0, 0, 1, 1);
    if (under) { canvas.fillStyle = `rgb(${under})`; canvas.fillRect(0, 0, 1, 1); }
    canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const ground = (e) => {
    const stack = [];
    for (let at = e; at; at = at.parentElement) stack.push(getComputedStyle(at).backgroundColor);
    return stack.reverse().reduce((under, colour) => rgb(colour, under).slice(0, 3), [255, 255, 255]);
  };
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)).reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const poor = new Map();
  for (const e of document.querySelectorAll('body *')) {
    if (!e.checkVisibility() || e.closest('canvas, button:disabled, [aria-hidden=true], script, style')) continue;
    if (![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim())) continue;
    const below = ground(e);
    const [a, b] = [light(rgb(getComputedStyle(e).color, below)), light(below)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) poor.set(`${e.tagName} .${e.className} in .${e.parentElement.className}`, ratio.toFixed(2));
  }
  return [...poor];
})()"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_has_contrast(page: Page, scheme: str) -> None:
    page.prefer(scheme)
    page.do("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    assert page.do(CONTRAST) == []
    page.do("document.querySelector('select[name=error_class]').value = 'syntax'")
    page.do("document.querySelector('select[name=error_class]').dispatchEvent(new Event('change'))")
    opened(page)
    page.do("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    assert page.do(CONTRAST) == []


def test_what_can_be_used_has_a_name_and_headings_follow(page: Page) -> None:
    tree = page.call("Accessibility.getFullAXTree")["nodes"]
    roles = {"button", "link", "searchbox", "combobox", "checkbox", "region", "navigation", "image", "search"}
    unnamed = [
        node["role"]["value"]
        for node in tree
        if not node["ignored"] and node["role"]["value"] in roles and not node.get("name", {}).get("value")
    ]
    assert unnamed == []
    levels = page.do("[...document.querySelectorAll('#view-run :is(h1,h2,h3,h4)')].map((h) => Number(h.tagName[1]))")
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_it_follows_the_system_and_the_button_overrules(page: Page) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.do(ground)
    page.prefer("dark")
    dark = page.do(ground)
    assert light != dark
    click(page, "#theme")
    assert (texts(page, "#theme"), page.do(ground)) == (["Theme: light"], light)
    click(page, "#theme")
    page.prefer("light")
    assert page.do(ground) == dark
    click(page, "#theme")


def test_a_narrow_window_has_no_sideways_scrolling(page: Page) -> None:
    try:
        page.size(400, 800)
        assert page.wait("document.documentElement.scrollWidth <= 400")
        opened(page)
        assert page.wait("document.documentElement.scrollWidth <= 400")
    finally:
        page.size(WIDE, TALL)


def test_the_narrowest_window_has_none_either(page: Page) -> None:
    try:
        page.size(320, 700)
        assert page.wait("document.documentElement.scrollWidth <= 320")
    finally:
        page.size(WIDE, TALL)


def test_a_long_name_of_a_task_leaves_the_other_columns_in_sight(browser: Page, tmp_path: Path) -> None:
    made = made_run(2, 1)
    long = replace(made.trajectories[0], task_id=f"Python/{'a' * 180}")
    path = tmp_path / "long.html"
    path.write_text(replace(made, trajectories=(long, *made.trajectories[1:])).as_html(), "utf-8")
    browser.open(path)
    assert browser.do(
        "(([box]) => box.scrollWidth <= box.clientWidth)([document.querySelector('#table').parentElement])"
    )
    names = browser.do(
        "[...document.querySelectorAll('#table tbody th, #table tbody td:first-child')].map((e) => e.textContent)"
    )
    assert long.task_id in names


def test_a_gate_has_the_colour_of_its_outcome(browser: Page, tmp_path: Path) -> None:
    told = ((Outcome.FAILED, "failed: a"), (Outcome.CANNOT_TELL, "cannot tell: b"), (Outcome.PASSED, "passed: c"))
    path = tmp_path / "gates.html"
    path.write_text(replace(made_run(2, 1), gates=told).as_html(), "utf-8")
    browser.open(path)
    assert texts(browser, ".notice.gate.bad") == ["gate Failed: a."]
    assert texts(browser, ".notice.gate.doubt") == ["gate Cannot tell: b."]
    assert texts(browser, ".notice.gate.good") == ["gate Passed: c."]
    edges = browser.do("[...document.querySelectorAll('.notice.gate')].map((e) => getComputedStyle(e).borderLeftColor)")
    assert len(set(edges)) == 3


@pytest.mark.parametrize("value", [0.8125, 0.0625, 0.1875, 0.4375, 0.5, 0.61111, 1.0, 0.0005, 0.9995])
def test_a_figure_is_rounded_as_in_the_texts_beside_it(page: Page, value: float) -> None:
    script = (Path(codeloop.__file__).parent / "report" / "html" / "assets" / "dom.js").read_text("utf-8")
    assert page.do(f"(() => {{ {script}\nreturn percent({value}); }})()") == f"{100 * value:.1f}"


def test_the_index_of_several_runs_scrolls_its_tables_only(browser: Page, tmp_path: Path) -> None:
    gate = parse_gate("max_regression=2:language=python")
    judged = Judged(label="basics", result=GateResult(gate=gate, outcome=Outcome.REGRESSED, why="word " * 40))
    runs = tuple(
        CiRun(label=label, suite=label, model="openai/some-long-name-of-a-model") for label in ("basics", "more")
    )
    path = tmp_path / "index.html"
    made = CiResult(project="codeloop.yaml", session="s", created_s=0.0, runs=runs, gates=(judged,))
    path.write_text(index(made), "utf-8")
    try:
        browser.size(400, 800)
        browser.call("Page.navigate", url=path.as_uri())
        browser.wait("document.readyState === 'complete' && !!document.querySelector('.gates')")
        assert browser.do("document.documentElement.scrollWidth") <= 400
        assert texts(browser, "td.verdict.bad") == ["regressed"]
    finally:
        browser.size(WIDE, TALL)


def test_what_tools_mended_and_how_much_was_compared_stand_with_the_attempt(browser: Page, tmp_path: Path) -> None:
    path = tmp_path / "mended.html"
    path.write_text(replace(report_of("plain"), run_id="r").as_html(), "utf-8")
    browser.events.clear()
    browser.open(path)
    opened(browser)
    assert texts(browser, "ul.mends li") == ["plain plain, line 1: `plain` becomes `plain`: plain"]
    assert "compared with the original: plain" in texts(browser, ".checks p")
    assert complaints(browser) == []


# --- hostile text ---


@pytest.mark.parametrize("text", [*MARKUP, *(text for name, text in TEXTS.items() if name != "long")])
def test_hostile_text_is_only_text(browser: Page, tmp_path: Path, text: str) -> None:
    made = replace(report_of(text), run_id=text)
    path = tmp_path / "hostile.html"
    path.write_text(made.as_html(), "utf-8")
    browser.events.clear()
    browser.open(path)
    browser.do("document.querySelector('#table a').click()")
    browser.wait("!document.querySelector('#view-steps').hidden")
    assert browser.do("document.querySelectorAll('img, svg, iframe, base, object, link').length") == 0
    assert complaints(browser) == []


def test_the_page_refuses_what_is_not_its_own(page: Page) -> None:
    for attempt in (
        "const s = document.createElement('script'); s.textContent = 'window.ran = true'; document.body.append(s);",
        "const d = document.createElement('div'); d.setAttribute('onclick', 'window.ran = true'); document.body.append(d); d.click();",
        "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.ran = true\">');",
        "const i = new Image(); i.src = 'https://localhost:1/x.png'; document.body.append(i);",
    ):
        page.do(f"(() => {{ try {{ {attempt} }} catch (refused) {{ return String(refused); }} }})()")
    page.do("new Promise((done) => setTimeout(done, 100))")
    assert page.do("window.ran === undefined")
    assert len(complaints(page)) >= 3
    ended = [
        event["params"].get("blockedReason") for event in page.events if event["method"] == "Network.loadingFailed"
    ]
    assert ended == ["csp"]


def test_a_large_report_shows_its_first_view(browser: Page, tmp_path: Path) -> None:
    """How fast is measured by ``benchmarks/report_first_view.py``."""
    path = tmp_path / "large.html"
    path.write_text(made_run(164, 10).as_html(), "utf-8")
    browser.events.clear()
    browser.open(path)
    assert "1,640 trajectories" in texts(browser, "#found")[0]
    assert complaints(browser) == []
    shutil.rmtree(tmp_path)
