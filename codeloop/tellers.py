"""Tellers: how the model is told what is wanted and what was wrong. Each makes the messages of one move."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from codeloop import feedback, prompts
from codeloop.attempts import Attempt, Exchange, Prompt
from codeloop.findings import regressions
from codeloop.languages import get_language
from codeloop.moves import Fresh, Move
from codeloop.prompts import Question, Sampling


class Teller(Protocol):
    """Make prompts; ``attempts`` are those so far, in order."""

    def inquiry(self, question: Question, move: Move, attempts: Sequence[Attempt], sampling: Sampling) -> Prompt | None:
        """Make a prompt to be answered before the attempt's own; ``None``: no such call."""
        ...

    def prompt(
        self,
        question: Question,
        move: Move,
        attempts: Sequence[Attempt],
        sampling: Sampling,
        before: tuple[Exchange, ...] = (),
    ) -> Prompt:
        """Make the attempt's prompt; ``before`` holds the answered inquiry."""
        ...


@dataclass(frozen=True, slots=True)
class Stateless:
    """One message that tells the whole story: task, best program, findings, rules. Costs less than a chat and does as well."""

    has_findings: bool = True
    """``False``: the placebo. The same template with "the code is wrong" in place of what was found."""
    n_findings: int = 5
    """Findings of a tool that are shown; ungrouped long lists make repairs worse (field notes, section 2)."""

    def inquiry(self, question: Question, move: Move, attempts: Sequence[Attempt], sampling: Sampling) -> Prompt | None:
        """Ask nothing."""
        del question, move, attempts, sampling
        return None

    def prompt(
        self,
        question: Question,
        move: Move,
        attempts: Sequence[Attempt],
        sampling: Sampling,
        before: tuple[Exchange, ...] = (),
    ) -> Prompt:
        """Ask for a first program, or for a repair."""
        if isinstance(move, Fresh):
            return prompts.first(question, sampling)
        found = _found(question, move.base, self.n_findings) if self.has_findings else None
        tried = _tried(move.base, attempts) if self.has_findings else ""
        diagnosis = before[-1].completion.text if before else ""
        code = _shown(question, move.base)
        return prompts.repair(question, code, found, sampling, tried=tried, diagnosis=diagnosis)


@dataclass(frozen=True, slots=True)
class Hint:
    """Ask again with what was found, and without the program: a small model copies a program that it is shown."""

    n_findings: int = 3

    def inquiry(self, question: Question, move: Move, attempts: Sequence[Attempt], sampling: Sampling) -> Prompt | None:
        """Ask nothing."""
        del question, move, attempts, sampling
        return None

    def prompt(
        self,
        question: Question,
        move: Move,
        attempts: Sequence[Attempt],
        sampling: Sampling,
        before: tuple[Exchange, ...] = (),
    ) -> Prompt:
        """Ask for another program."""
        del attempts, before
        if isinstance(move, Fresh):
            return prompts.first(question, sampling)
        return prompts.hint(question, _found(question, move.base, self.n_findings), sampling)


@dataclass(frozen=True, slots=True)
class DiagnoseFirst:
    """Two calls a repair: what is the cause, in words; then the fix, with the diagnosis at hand."""

    teller: Stateless = Stateless()

    def inquiry(self, question: Question, move: Move, attempts: Sequence[Attempt], sampling: Sampling) -> Prompt | None:
        """Ask for the cause."""
        del attempts
        if isinstance(move, Fresh):
            return None
        found = _found(question, move.base, self.teller.n_findings)
        return prompts.diagnose(question, _shown(question, move.base), found, sampling)

    def prompt(
        self,
        question: Question,
        move: Move,
        attempts: Sequence[Attempt],
        sampling: Sampling,
        before: tuple[Exchange, ...] = (),
    ) -> Prompt:
        """Ask for the fix."""
        return self.teller.prompt(question, move, attempts, sampling, before)


@dataclass(frozen=True, slots=True)
class Conversational:
    """A chat: each program as the model's own turn, each finding as the answer to it. Its last program is the one repaired."""

    n_findings: int = 5

    def inquiry(self, question: Question, move: Move, attempts: Sequence[Attempt], sampling: Sampling) -> Prompt | None:
        """Ask nothing."""
        del question, move, attempts, sampling
        return None

    def prompt(
        self,
        question: Question,
        move: Move,
        attempts: Sequence[Attempt],
        sampling: Sampling,
        before: tuple[Exchange, ...] = (),
    ) -> Prompt:
        """Go on with the chat since the last fresh draw, the base being its last turn."""
        del before
        if isinstance(move, Fresh):
            return prompts.first(question, sampling)
        start = max(i for i, attempt in enumerate(attempts) if attempt.repairs is None)
        others = [
            attempt for attempt in attempts[start:] if attempt is not move.base and attempt.candidate.code.strip()
        ]
        turns = [(turn.candidate.code, _found(question, turn, self.n_findings)) for turn in (*others, move.base)]
        return prompts.conversation(question, turns, sampling)


def _found(question: Question, attempt: Attempt, n_findings: int) -> feedback.Feedback:
    syntax = get_language(question.language).syntax
    return feedback.build(
        attempt.verdict, attempt.candidate, syntax, entry_point=question.entry_point, n_findings=n_findings
    )


def _shown(question: Question, attempt: Attempt) -> str:
    syntax = get_language(question.language).syntax
    return feedback.without_statement(attempt.candidate.code, question.given, syntax)


def _tried(base: Attempt, attempts: Sequence[Attempt]) -> str:
    """Say what became of the later attempts to repair ``base``, and what they broke."""
    later = [attempt for attempt in attempts if attempt.repairs == base.iteration and attempt is not base]
    if not later:
        return ""
    verdict = later[-1].verdict
    broken = regressions(base.verdict, verdict) if verdict.cases else ()  # else the stage says it all
    said = f"its {verdict.last.stage} stage ended with {verdict.last.outcome}"
    return said + (", and it broke: " + "; ".join(feedback.clean(text, 200) for text in broken[:3]) if broken else "")
