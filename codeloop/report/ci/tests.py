"""``junit.xml`` of ``codeloop ci``: one test suite of gates, then one for each run with a test case for each trajectory.

A failure is a gate not met, or a program that fails hidden tests; an error is the machine's or the model's; skipped is what
cannot be told: too few data, no budget left. A run's suite has its origin as properties: model, suite, seed, git commit, user.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

from codeloop.attempts import Ending, Trajectory
from codeloop.ci.results import CiResult, CiRun, Judged
from codeloop.error_classes import error_class
from codeloop.gates import Outcome
from codeloop.records import END
from codeloop.report import origin
from codeloop.report.junit import clean, text_of, with_properties
from codeloop.report.run_report import RunReport


def as_junit(result: CiResult, reports: Mapping[str, RunReport]) -> str:
    """Give the XML."""
    document = JUnitXml("codeloop")
    if result.gates:
        document.add_testsuite(_suite("gates", map(_gate, result.gates)))
    for run in result.runs:
        report = reports.get(run.label)
        suite = _suite(clean(run.label), _run(run, report.trajectories if report else ()))
        with_properties(suite, origin.of_run(report.run_id, report.settings, report.facts) if report else ())
        document.add_testsuite(suite)
    return text_of(document)


def _suite(name: str, cases: Iterable[TestCase]) -> TestSuite:
    suite = TestSuite(name)
    for case in cases:
        suite.add_testcase(case)
    return suite


def _gate(judged: Judged) -> TestCase:
    result = judged.result
    case = TestCase(clean(f"{judged.label} {result.gate.name}".strip()), classname="gates")
    if result.outcome is Outcome.CANNOT_TELL:
        case.result = [Skipped(clean(f"cannot tell: {result.why}"), "cannot_tell")]
    elif not result.is_met:
        case.result = [_filled(Failure, f"{result.outcome}: {result.why}", str(result.outcome).replace(" ", "_"))]
    return case


def _run(run: CiRun, trajectories: Iterable[Trajectory]) -> Iterable[TestCase]:
    classname = clean(run.label)
    for trajectory in trajectories:
        yield _trajectory(trajectory, classname)
    if run.problem or run.is_partial:
        case = TestCase("the whole run", classname=classname)
        counted = f"{run.n_recorded} of {run.n_expected or 'unknown'} trajectories are recorded"
        case.result = [_filled(Error, run.problem or counted, "partial")]
        yield case


def _trajectory(trajectory: Trajectory, classname: str) -> TestCase:
    case = TestCase(clean(f"{trajectory.task_id} draw {trajectory.draw}"), classname=classname)
    attempts = trajectory.attempts
    case.time = round(
        sum(c.latency_s for a in attempts for c in a.completions)
        + sum(report.duration_s for a in attempts for report in a.verdict.reports),
        3,
    )
    if trajectory.ending in (Ending.ERRORED, Ending.CANCELLED):
        case.result = [_filled(Error, trajectory.error or str(trajectory.ending), str(trajectory.ending))]
        return case
    passed = trajectory.passed_by(END)
    if passed is None:
        case.result = [Skipped(clean(trajectory.error or "no verdict of hidden tests"), str(trajectory.ending))]
    elif not passed:
        case.result = [_filled(Failure, _why(trajectory), _hidden(trajectory))]
    return case


def _hidden(trajectory: Trajectory) -> str:
    last = trajectory.attempts[trajectory.attempts[-1].handed_over].iteration
    verdict = trajectory.hidden[last] if last < len(trajectory.hidden) else None
    return str(error_class(verdict) or "failed") if verdict else "failed"


def _why(trajectory: Trajectory) -> str:
    """Tell the way of the trajectory: what each attempt came to on visible tests. Hidden tests are not quoted."""
    steps = [f"attempt {a.iteration}: {a.verdict.last.stage}: {a.verdict.last.outcome}" for a in trajectory.attempts]
    head = f"fails hidden tests ({_hidden(trajectory)}); ended: {trajectory.ending}"
    return "\n".join([head, *steps])


def _filled(kind: type[Failure] | type[Error], text: str, word: str) -> Failure | Error:
    text = clean(text)
    first = next(filter(str.strip, text.splitlines()), "") or word  # of an error that is colours only, nothing is left
    result = kind(first[:300], clean(word))
    result.text = text
    return result
