"""A composite action as GitHub's runner carries it out: its ``run`` steps in real shells, with its files and variables.

Expressions are few and plain (contexts, strings, ``==``, ``!=``, ``&&``, ``||``, ``always()``), so that this reads them all; steps
that use other actions are noted with what they were given.
"""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
_TOKEN = re.compile(r"\s*('[^']*'|&&|\|\||==|!=|[()]|[A-Za-z][\w.-]*)")


@dataclass
class Job:
    """One job's state while the steps of an action run in it."""

    action: Path
    """Folder of the action."""
    folder: Path
    """The checkout, in which steps run."""
    temp: Path
    inputs: dict[str, str]
    github: dict[str, Any]
    environment: dict[str, str]
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    outcomes: dict[str, str] = field(default_factory=dict)
    """By id: ``success``, ``failure``, ``skipped``."""
    used: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    ran: list[str] = field(default_factory=list)
    log: str = ""
    code: int = 0

    def run(self, *only: str) -> int:
        """Run the steps (of these names only); give the exit code of the first that failed, else 0."""
        for step in definition(self.action)["runs"]["steps"]:
            if (not only or step["name"] in only) and self._is_due(step.get("if", "")):
                self._step(step)
            elif not only:
                self.outcomes[step.get("id", "")] = "skipped"
        return self.code

    def output(self, name: str) -> str:
        """Give an output of the action."""
        return self.told(definition(self.action)["outputs"][name]["value"])

    def told(self, text: str) -> str:
        """Put values in the places of expressions."""
        return _EXPRESSION.sub(lambda found: str(self.value(found[1])), text)

    def value(self, expression: str) -> Any:
        """Give what an expression comes to; what is unknown is empty, as GitHub has it."""
        words = {"&&": " and ", "||": " or ", "==": " == ", "!=": " != ", "(": "(", ")": ")"}
        parts, at = [], 0
        while at < len(expression):
            found = _TOKEN.match(expression, at)
            assert found, f"this expression is not read here: {expression}"
            token, at = found[1], found.end()
            parts.append(words.get(token) or (token if token[0] == "'" else repr(self._context(token))))
        return eval("".join(parts).replace("'always'()", "True"), {"__builtins__": {}})

    def _context(self, name: str) -> Any:
        if name == "always":
            return name
        steps = {
            step: {"outputs": self.outputs.get(step, {}), "outcome": outcome} for step, outcome in self.outcomes.items()
        }
        found: Any = {"inputs": self.inputs, "github": self.github, "steps": steps}
        for part in name.split("."):
            found = found.get(part, "") if isinstance(found, dict) else ""
        return found

    def _is_due(self, condition: str) -> bool:
        if self.code and "always()" not in condition:
            return False
        return bool(self.value(condition)) if condition else True

    def _step(self, step: dict[str, Any]) -> None:
        self.ran.append(step["name"])
        if "uses" in step:
            self.used.append((step["uses"], {name: self.told(_text(value)) for name, value in step["with"].items()}))
            return
        assert step["shell"] == "bash"
        script, output = self.temp / "script.sh", self.temp / "output"
        script.write_text(step["run"], "utf-8")
        output.write_text("", "utf-8")
        given = {name: self.told(str(value)) for name, value in step.get("env", {}).items()}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", script],
            cwd=self.folder,
            env=self.environment | given | {"GITHUB_OUTPUT": str(output), "RUNNER_TEMP": str(self.temp)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=280,
            check=False,
        )
        self.log += done.stdout
        self.code = self.code or done.returncode
        self.outcomes[step.get("id", "")] = "failure" if done.returncode else "success"
        lines = [line.partition("=") for line in output.read_text("utf-8").splitlines()]
        self.outputs[step.get("id", "")] = {name: value for name, _, value in lines}


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def definition(action: Path) -> dict[str, Any]:
    """Read ``action.yml``."""
    found: dict[str, Any] = yaml.safe_load((action / "action.yml").read_text("utf-8"))
    return found


def job(action: Path, folder: Path, temp: Path, github: dict[str, Any], **inputs: str) -> Job:
    """Make a job: inputs beside their defaults, and the environment that GitHub gives a step."""
    named = {name.replace("_", "-"): value for name, value in inputs.items()}
    described = definition(action)["inputs"]
    assert set(named) <= set(described)
    summary = temp / "summary.md"
    variables = {
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_ACTION_PATH": str(action),
        "GITHUB_STEP_SUMMARY": str(summary),
        "GITHUB_SERVER_URL": "https://github.example",
        "GITHUB_API_URL": github.get("api_url", ""),
        "GITHUB_REPOSITORY": github["repository"],
        "GITHUB_EVENT_NAME": github["event_name"],
        "GITHUB_REF": github.get("ref", "refs/heads/main"),
        "GITHUB_SHA": "c" * 40,
        "GITHUB_RUN_ID": "77",
        "GITHUB_ACTOR": "ada",
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "CODELOOP_STORE"))}
    made = Job(action, folder, temp, {}, github, kept | variables)
    defaults = {name: made.told(str(each.get("default", ""))) for name, each in described.items()}
    made.inputs = defaults | named
    return made
