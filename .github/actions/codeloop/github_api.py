"""What the action tells GitHub: one comment on a pull request, and findings for code scanning. Standard library only.

Source: docs.github.com, REST API 2022-11-28: "Issue comments", "Code scanning: upload an analysis as SARIF data".
"""

from __future__ import annotations

import base64
import gzip
import json
import os
import re
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

MAX_CHARS = 65_536
"""Of a comment; GitHub refuses a longer one."""
MAX_SARIF_BYTES = 10_000_000
"""Of a log, packed; GitHub refuses a larger one."""
MAX_PAGES = 30
TIMEOUT_S = 30
READ_ONLY = (401, 403, 404)
"""What a token that may not do this is answered; GitHub says 404 where it does not tell what exists."""


def main(act: str, path: Path) -> int:
    """Carry it out; a token that may only read, as those of forks' pull requests, is said and no failure."""
    try:
        {"comment": comment, "sarif": sarif}[act](path)
    except urllib.error.HTTPError as error:
        said = f"GitHub answered {error.code} to the {act}: {_reason(error)}"
        if error.code in READ_ONLY:
            print(_command("notice", f"{said}: this job's token may not do that"))
            return 0
        print(_command("warning", said))
    except (OSError, ValueError) as error:
        print(_command("warning", f"the {act} did not get to GitHub: {error}"))
    return 0  # the verdict is the gates' alone


def comment(path: Path) -> None:
    """Write the comment of that name, or take the place of an earlier one of our own."""
    number, name = os.environ["NUMBER"], os.environ.get("NAME", "codeloop")
    if not number.isdecimal():
        raise ValueError("no pull request")
    mark = f"<!-- codeloop:{re.sub(r'[^A-Za-z0-9._ -]', '', name)[:60]} -->"
    body = {"body": fitting(mark, path.read_text("utf-8", errors="replace"), run_link())}
    repository = f"/repos/{os.environ['GITHUB_REPOSITORY']}"
    known = earlier(f"{repository}/issues/{number}/comments", mark)
    if known is None:
        asked("POST", f"{repository}/issues/{number}/comments", body)
    else:
        asked("PATCH", f"{repository}/issues/comments/{known}", body)


def fitting(mark: str, text: str, link: str) -> str:
    """Give the comment, cut at a line's end where it is too long."""
    whole = f"{mark}\n{text.rstrip()}\n\n{link}"
    if len(whole) <= MAX_CHARS:
        return whole
    rest = f"\n\n… cut: the job's summary and its artifact have all of it. {link}"
    kept = f"{mark}\n{text}"[: MAX_CHARS - len(rest)]
    return kept.rpartition("\n")[0] + rest


def run_link() -> str:
    """Lead to the run, whose artifact holds the page."""
    names = ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID", "GITHUB_SHA")
    server, repository, run, commit = (os.environ.get(name, "") for name in names)
    return f"[Run and reports]({server}/{repository}/actions/runs/{run}) of {commit[:12]}"


def earlier(path: str, mark: str) -> int | None:
    """Find the comment with the mark that this token's own account wrote: the words of others may hold any mark."""
    me = account()
    for page in range(1, MAX_PAGES + 1):
        found: list[dict[str, Any]] = asked("GET", f"{path}?per_page=100&page={page}")
        for each in found:
            if str(each.get("body", "")).startswith(mark) and (each.get("user") or {}).get("login") == me:
                return int(each["id"])
        if len(found) < 100:
            break
    return None


def account() -> str:
    """Name whose token it is; a workflow's own may not ask."""
    try:
        return str(asked("GET", "/user")["login"])
    except urllib.error.HTTPError:
        return "github-actions[bot]"


def sarif(path: Path) -> None:
    """Send the log for the commit that was checked."""
    packed = base64.b64encode(gzip.compress(path.read_bytes())).decode("ascii")
    if len(packed) > MAX_SARIF_BYTES:
        raise ValueError("it is too large for code scanning; the artifact holds it")
    head = os.environ.get("HEAD_SHA", "")
    reference = os.environ["GITHUB_REF"]
    if head and reference.endswith("/merge"):  # of a pull request: findings belong to its head
        reference = reference.removesuffix("/merge") + "/head"
    body = {"commit_sha": head or os.environ["GITHUB_SHA"], "ref": reference, "sarif": packed, "tool_name": "codeloop"}
    asked("POST", f"/repos/{os.environ['GITHUB_REPOSITORY']}/code-scanning/sarifs", body)


def asked(method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """Ask the API. Raises HTTPError, OSError, ValueError for what is no JSON."""
    request = urllib.request.Request(
        os.environ.get("GITHUB_API_URL", "https://api.github.com") + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={
            "Authorization": f"Bearer {os.environ['TOKEN']}",
            "Accept": "application/vnd.github+json",
            "Content-Type": "application/json",
            "X-GitHub-Api-Version": "2022-11-28",
            "User-Agent": "codeloop",
        },
    )
    with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
        return json.loads(answer.read() or b"null")


def _reason(error: urllib.error.HTTPError) -> str:
    try:
        return str(json.loads(error.read())["message"])[:200]
    except (OSError, ValueError, KeyError, TypeError):
        return error.reason if isinstance(error.reason, str) else ""


def _command(kind: str, text: str) -> str:
    """Give a workflow command; nothing of the text can begin another one."""
    shown = "".join(c if c.isprintable() else " " for c in text).replace("%", "%25")
    return f"::{kind} title=codeloop::{shown}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
