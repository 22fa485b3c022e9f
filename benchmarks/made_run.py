"""A made run: as many trajectories as asked for, of invented tasks and programs, alike in size to real ones.

Words, names and numbers are drawn by a seed, so that texts compress as real ones do: a statement and its tests are the same
in all draws of a task, programs share most lines with the one before, prompts repeat template, statement and program.
"""

from __future__ import annotations

from random import Random

from codeloop.attempts import (
    Attempt,
    Candidate,
    CaseResult,
    CaseStatus,
    Completion,
    Ending,
    Message,
    Prompt,
    StageReport,
    Status,
    Trajectory,
    Usage,
    Verdict,
)
from codeloop.diagnostics import Category, Diagnostic, Severity
from codeloop.report.run_report import RunReport

_SYLLABLES = [
    "ba",
    "co",
    "di",
    "fu",
    "ga",
    "he",
    "ji",
    "ko",
    "lu",
    "ma",
    "ne",
    "po",
    "ra",
    "si",
    "tu",
    "ve",
    "wo",
    "xi",
    "yu",
    "za",
    "ter",
    "lin",
    "mon",
    "dex",
]
_SYSTEM = (
    "You write one complete program in the language asked for. Answer with the program in a single fenced code block."
)
_REPAIR = (
    "The program below does not do what is asked. Repair it and give the whole program again, in one fenced code block, "
    "with the same name and parameters."
)
_TYPES = ("int", "list[int]", "str", "float")


def made_run(n_tasks: int = 164, n_draws: int = 10, *, max_iterations: int = 3, seed: int = 7) -> RunReport:
    """Give a run of ``n_tasks`` × ``n_draws`` trajectories."""
    random = Random(seed)
    words = [_word(random) for _ in range(2500)]
    tasks = [_Task(random, words, number) for number in range(n_tasks)]
    return RunReport(
        run_id=f"made-{n_tasks}x{n_draws}",
        settings={"ks": [1, min(10, n_draws)], "max_iterations": max_iterations, "draws": n_draws, "seed": seed},
        facts={
            "suite": {"name": "made", "version": "1", "sha256": "0" * 64},
            "errata": [[tasks[0].id, "made to be an erratum"]],
            "model": "made@1",
            "model_details": {"engine": "none-1.0", "context": "8192"},
            "isolation": "none: nothing ran",
            "host": "Linux 6.1 x86_64, 2 CPUs",
            "codeloop": "0.1.0",
            "wall_s": 4321.0,
            "tags": {task.id: [task.tag] for task in tasks},
        },
        trajectories=tuple(
            _trajectory(random, task, draw, max_iterations) for task in tasks for draw in range(n_draws)
        ),
        status="finished",
        created_s=1.7e9,
    )


def _word(random: Random) -> str:
    return "".join(random.choice(_SYLLABLES) for _ in range(random.randint(2, 3)))


class _Task:
    def __init__(self, random: Random, words: list[str], number: int) -> None:
        self.words, self.id, self.language = words, f"Python/{number}", "python"
        self.tag = random.choice(("numbers", "text", "lists", "graphs"))
        self.name = f"{random.choice(words)}_{random.choice(words)}"
        self.parameters = [random.choice(words) for _ in range(2)]
        sentences = [" ".join(random.choices(words, k=14)).capitalize() + "." for _ in range(random.randint(3, 6))]
        self.cases = [self._case(random) for _ in range(random.randint(6, 11))]
        examples = "\n".join(f"    >>> {call}\n    {value}" for call, value in self.cases[:3])
        head = ", ".join(f"{name}: {random.choice(_TYPES)}" for name in self.parameters)
        self.statement = f'def {self.name}({head}):\n    """{" ".join(sentences)}\n{examples}\n    """'
        self.body = [self._line(random) for _ in range(random.randint(6, 22))]

    def _case(self, random: Random) -> tuple[str, str]:
        first = [random.randint(-99, 99) for _ in range(random.randint(0, 7))]
        return f"{self.name}({first}, {random.randint(0, 30)})", str(random.randint(-999, 999))

    def _line(self, random: Random) -> str:
        a, b = random.choice(self.words), random.choice([*self.parameters, random.choice(self.words)])
        n = random.randint(0, 99)
        shapes = (
            f"    {a} = {b} + {n}",
            f"    if {b} > {n}:\n        return {a}({b})",
            f"    for {a} in range(len({b})):\n        {b}.append({a} * {n})",
            f"    # {a} {b} {random.choice(self.words)}",
            f'    {a} = "{random.choice(self.words)}"[{n}:]',
        )
        return random.choice(shapes)

    def program(self, random: Random, before: str) -> str:
        lines = before.split("\n")[1:] if before and random.random() < 0.6 else "\n".join(self.body).split("\n")
        changed = [self._line(random) if random.random() < 0.2 else line for line in lines]
        return "\n".join([f"def {self.name}({', '.join(self.parameters)}):", *changed])


def _trajectory(random: Random, task: _Task, draw: int, max_iterations: int) -> Trajectory:
    attempts: list[Attempt] = []
    passes_at = random.choice((0, 0, 0, 1, 2, 3, 99, 99))
    for iteration in range(max_iterations + 1):
        code = task.program(random, attempts[-1].candidate.code if attempts else "")
        attempts.append(_attempt(random, task, draw, attempts, code, iteration >= passes_at))
        if iteration >= passes_at or (iteration and random.random() < 0.2):
            break
    is_solved = attempts[-1].verdict.status is Status.PASSED
    is_over = len(attempts) > max_iterations
    ending = Ending.SOLVED if is_solved else Ending.EXHAUSTED if is_over else Ending.STALLED
    error = ""
    if random.random() < 0.005:
        ending, error = Ending.ERRORED, "SandboxUnavailable: the engine went away"
    hidden = tuple(_tested(random, task, a.verdict.status is Status.PASSED and random.random() < 0.9) for a in attempts)
    return Trajectory(
        task_id=task.id,
        language=task.language,
        draw=draw,
        ending=ending,
        attempts=tuple(attempts),
        hidden=hidden,
        error=error,
    )


def _attempt(random: Random, task: _Task, draw: int, earlier: list[Attempt], code: str, has_passed: bool) -> Attempt:
    iteration = len(earlier)
    is_repair = bool(earlier) and random.random() < 0.7
    asked = f"Write this function.\n\n```python\n{task.statement}\n```\n"
    if is_repair:
        asked = f"{_REPAIR}\n\n{asked}\n```python\n{earlier[-1].candidate.code}\n```\n\nWhat is wrong:\n"
        asked += "\n".join(f"- {case.expression}: expected {case.expected}" for case in earlier[-1].verdict.cases[:2])
    return Attempt(
        iteration=iteration,
        prompt=Prompt(
            messages=(Message(role="system", content=_SYSTEM), Message(role="user", content=asked)),
            template=f"{'repair' if is_repair else 'first'}@1a2b3c4d",
            temperature=0.8 if iteration else 0.2,
            draw=draw,
            iteration=iteration,
        ),
        completion=Completion(
            text=f"Here is {random.choice(task.words)} {random.choice(task.words)}:\n\n```python\n{code}\n```\n",
            finish_reason="stop",
            usage=Usage(prompt_tokens=len(asked) // 4, completion_tokens=len(code) // 3),
            cost_usd=round(len(asked) * 1e-7, 7),
            latency_s=random.uniform(0.5, 4),
        ),
        candidate=Candidate(code=code),
        verdict=_checked(random, task, code, has_passed),
        handed_over=iteration,
        repairs=iteration - 1 if is_repair else None,
    )


def _checked(random: Random, task: _Task, code: str, has_passed: bool) -> Verdict:
    compiled = StageReport(stage="compile", status=Status.PASSED, outcome="ok", duration_s=0.01)
    if has_passed:
        return Verdict(
            reports=(compiled, *_tested(random, task, True).reports, _linted(random, code)), image="sha256:0"
        )
    if random.random() < 0.15:
        line = random.randint(1, code.count("\n") + 1)
        name = random.choice(task.words)
        finding = Diagnostic(
            stage="compile",
            tool="ruff",
            rule="F821",
            message=f"Undefined name `{name}`",
            line=line,
            column=5,
            end_column=9,
        )
        report = StageReport(
            stage="compile", status=Status.FAILED, outcome="syntax", diagnostics=(finding,), duration_s=0.01
        )
        return Verdict(reports=(report,), image="sha256:0")
    return Verdict(reports=(compiled, *_tested(random, task, False).reports), image="sha256:0")


def _linted(random: Random, code: str) -> StageReport:
    line = random.randint(1, code.count("\n") + 1)
    finding = Diagnostic(
        stage="lint",
        tool="ruff",
        rule="B007",
        message="Loop control variable not used within loop body",
        severity=Severity.WARNING,
        category=Category.DEAD_CODE,
        line=line,
    )
    found = (finding,) if random.random() < 0.4 else ()
    return StageReport(stage="lint", status=Status.PASSED, outcome="ok", diagnostics=found, duration_s=0.2)


def _tested(random: Random, task: _Task, has_passed: bool) -> Verdict:
    wrong = set() if has_passed else set(random.sample(range(len(task.cases)), random.randint(1, 3)))
    cases = []
    for number, (call, value) in enumerate(task.cases):
        status = CaseStatus.PASSED if number not in wrong else random.choice((CaseStatus.FAILED, CaseStatus.RAISED))
        raised = status is CaseStatus.RAISED
        cases.append(
            CaseResult(
                name=f"line {number}",
                status=status,
                expression=f"{call} == {value}",
                expected=value,
                actual=value if status is CaseStatus.PASSED else "" if raised else str(random.randint(-999, 999)),
                exception=f"TypeError: '{random.choice(task.words)}' is not callable" if raised else "",
                line=random.randint(2, 6) if raised else None,
            )
        )
    outcome = "ok" if has_passed else "exception" if cases[min(wrong)].exception else "wrong_answer"
    status = Status.PASSED if has_passed else Status.FAILED
    report = StageReport(stage="test", status=status, outcome=outcome, cases=tuple(cases), duration_s=0.05)
    return Verdict(reports=(report,), image="sha256:0")
