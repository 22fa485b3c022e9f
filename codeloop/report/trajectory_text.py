"""One trajectory for a person: what was asked, what came back, what was wrong with it, step by step."""

from __future__ import annotations

from collections.abc import Iterator

from codeloop.attempts import COMPARED, Attempt, CaseResult, CaseStatus, Prompt, Trajectory, Verdict
from codeloop.findings import difference, matters, of_report, regressions
from codeloop.report.text import escape, mend_told

_MAX_FINDINGS = 8


def trajectory_text(trajectory: Trajectory, *, with_prompts: bool = False) -> str:
    """Give the whole story of a trajectory as plain text; ``with_prompts`` adds every message that was sent."""
    t = trajectory
    lines = [f"{t.task_id} draw {t.draw}: {t.ending}" + (f" ({t.error})" if t.error else "")]
    for attempt in t.attempts:
        hidden = t.hidden[attempt.iteration] if attempt.iteration < len(t.hidden) else None
        base = t.attempts[attempt.repairs] if attempt.repairs is not None else None
        lines += ["", *_attempt(attempt, base, hidden, with_prompts=with_prompts)]
    return "\n".join(escape(line, keep_newlines=True) for line in lines)


def _attempt(attempt: Attempt, base: Attempt | None, hidden: Verdict | None, *, with_prompts: bool) -> Iterator[str]:
    completion, prompt = attempt.completion, attempt.prompt
    tokens = completion.usage.completion_tokens
    kind = f"repair of attempt {base.iteration}" if base else "independent draw"
    wording = f", variant {attempt.wording}" if attempt.wording else ""
    yield f"== attempt {attempt.iteration}, {kind}{wording}: {prompt.template}, temperature {prompt.temperature}"
    for exchange in attempt.before:
        yield from _messages(exchange.prompt) if with_prompts else ()
        yield f"-- answered before: {exchange.prompt.template}"
        yield exchange.completion.text.rstrip()
    if with_prompts:
        yield from _messages(prompt)
    yield f"-- answer: {completion.finish_reason}, {'unknown' if tokens is None else tokens} tokens, {completion.latency_s:.1f} s"
    yield attempt.candidate.code.rstrip() or completion.text.rstrip()
    if attempt.candidate.notes:
        yield f"-- extraction: {', '.join(attempt.candidate.notes)}"
    if attempt.candidate.mends:
        yield "-- mended by tools' suggestions, without a call of the model; the program above is the mended one:"
        yield from (f"   {mend_told(mend)}" for mend in attempt.candidate.mends)
    yield f"-- visible tests: {_said(attempt.verdict)}"
    yield from _compared(attempt.verdict)
    yield from _findings(attempt.verdict)
    yield from _analysed(attempt.verdict)
    yield from _unnoticed(attempt.verdict)
    if base:
        yield from _change(base.verdict, attempt.verdict)
    yield f"-- hidden tests: {_said(hidden) if hidden else 'not scored'}; handed over: attempt {attempt.handed_over}"
    if hidden:
        yield from _compared(hidden)


def _messages(prompt: Prompt) -> Iterator[str]:
    for message in prompt.messages:
        yield f"-- {message.role}"
        yield message.content


def _change(before: Verdict, after: Verdict) -> Iterator[str]:
    """Say what the repair changed: findings that are gone, that stay and that are new, and the cases that it broke."""
    found = difference(of_report(before.last), of_report(after.last))
    yield f"   against the program repaired: {len(found.fixed)} fixed, {len(found.persisting)} persisting, {len(found.new)} new"
    broken = regressions(before, after)
    if broken:
        more = f" and {len(broken) - _MAX_FINDINGS} more" if len(broken) > _MAX_FINDINGS else ""
        yield f"   regression, passed before: {'; '.join(broken[:_MAX_FINDINGS])}{more}"


def _said(verdict: Verdict) -> str:
    report = verdict.last
    cases = f", {report.n_passed} of {len(report.cases)} cases pass" if report.cases else ""
    share = "" if report.agreement is None else f", agrees on {100 * report.agreement:.1f} % of the given inputs"
    return f"{verdict.status} ({report.stage}: {report.outcome}{cases}{share})"


def _compared(verdict: Verdict) -> Iterator[str]:
    """Say how much was looked at: without it, no difference found says little."""
    if verdict.compared:
        yield f"   {verdict.compared}"


def _findings(verdict: Verdict) -> Iterator[str]:
    report = verdict.last
    found = [item for item in report.diagnostics if item.rule != COMPARED]
    for finding in found[:_MAX_FINDINGS]:
        place = f"line {finding.line}: " if finding.line else ""
        yield f"   {place}{finding.message.splitlines()[0] if finding.message else finding.rule}"
    failing = [case for case in report.cases if case.status in (CaseStatus.FAILED, CaseStatus.RAISED)]
    for case in failing[:_MAX_FINDINGS]:
        yield f"   {_case(case)}"
    left = len(found[_MAX_FINDINGS:]) + len(failing[_MAX_FINDINGS:])
    if left:
        yield f"   … and {left} more"


def _analysed(verdict: Verdict) -> Iterator[str]:
    """Give what analysers found that matters, where it decided nothing."""
    report = verdict.report("lint")
    if report is None or report is verdict.last:
        return
    found = [item for item in report.diagnostics if matters(item)]
    yield f"-- static analysis: {len(found)} of {len(report.diagnostics)} findings matter"
    for item in found[:_MAX_FINDINGS]:
        yield f"   line {item.line}: {item.tool} {item.rule} ({item.category}): {item.message.partition(chr(10))[0]}"
    if left := len(found[_MAX_FINDINGS:]):
        yield f"   … and {left} more"


def _unnoticed(verdict: Verdict) -> Iterator[str]:
    """Give the score of the tests, and the mutants that they do not notice."""
    report = verdict.report("mutate")
    if report is None:
        return
    score, *found = report.diagnostics
    yield f"-- {score.message}"
    for item in found[:_MAX_FINDINGS]:
        yield f"   line {item.line}: {item.rule}: {item.message}"
    if left := len(found[_MAX_FINDINGS:]):
        yield f"   … and {left} more"


def _case(case: CaseResult) -> str:
    if case.exception:
        return f"{case.expression or case.name}: raised {case.exception}"
    return f"{case.expression or case.name}: expected {case.expected or '?'}, got {case.actual or '?'}"
