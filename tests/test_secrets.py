"""Secrets: a key that a provider sends back is found nowhere: not in a file, a log, a line of output or a container."""

from __future__ import annotations

import base64
import html
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeloop import host
from codeloop.redact import MARK, SHORTEST, is_secret_name, redact, secrets_in
from codeloop.suites import load_suite

KEY = "sk-Plant3d+key/with=signs~0123456789"

# --- the module ---


def escaped(text: str) -> str:
    return "".join(f"\\u{ord(c):04x}" for c in text)


SPELLINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "base64": lambda key: base64.b64encode(key.encode()).decode(),
    "base64 of a header": lambda key: base64.b64encode(f"Bearer {key}!".encode()).decode(),
    "base64 of a user and a key": lambda key: base64.b64encode(f"u:{key}".encode()).decode(),
    "base64 for URLs": lambda key: base64.urlsafe_b64encode(key.encode()).decode(),
    "base64 in lines": lambda key: base64.encodebytes(key.encode() * 3).decode(),
    "URL-encoded": lambda key: quote(key, safe=""),
    "URL-encoded throughout": lambda key: "".join(f"%{byte:02X}" for byte in key.encode()),
    "form-encoded": quote_plus,
    "JSON-escaped": escaped,
    "JSON in JSON": lambda key: json.dumps(escaped(key))[1:-1],
    "with escaped slashes": lambda key: key.replace("/", "\\/"),
    "Python-escaped": lambda key: "".join(f"\\x{ord(c):02x}" for c in key),
    "HTML-escaped": lambda key: "".join(f"&#{ord(c)};" for c in html.escape(key)),
    "hex": lambda key: key.encode().hex(),
    "wrapped": lambda key: f"{key[:11]}\r\n{key[11:]}",
    "coloured": lambda key: f"{key[:5]}\x1b[31m{key[5:]}",
}
# A backslash in a key is the one thing that escapes make ambiguous; no provider's keys hold one.
KEYS = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="\\"), min_size=12, max_size=80)


@pytest.mark.parametrize("name", SPELLINGS)
def test_a_key_is_found_in_every_spelling_and_what_stands_around_it_stays(name: str) -> None:
    shown = SPELLINGS[name](KEY)
    result = redact(f"before <{shown}> after", {KEY})
    assert MARK in result
    assert result.startswith("before <")
    assert result.rstrip().endswith("> after")
    assert shown not in result
    assert KEY not in result


@given(key=KEYS, around=st.text(max_size=20), name=st.sampled_from([n for n in SPELLINGS if "HTML" not in n]))
def test_no_key_survives_in_any_spelling(key: str, around: str, name: str) -> None:
    shown = SPELLINGS[name](key)
    assert shown not in redact(f"{around}{shown}{around}", {key})


@given(text=st.text(max_size=200))
def test_a_text_without_a_key_is_unchanged(text: str) -> None:
    assert redact(text, {KEY}) == text
    assert redact(text, ()) == text


@given(n=st.integers(SHORTEST, len(KEY) - 1))
def test_a_key_cut_off_by_the_end_of_the_text_is_found(n: int) -> None:
    assert redact(f"your key {KEY[:n]}", {KEY}) == f"your key {MARK}"


def test_a_key_that_begins_with_another_goes_whole() -> None:
    assert redact("a longer-secret-key b longer-secret c", {"longer-secret", "longer-secret-key"}) == "a *** b *** c"


def test_the_secrets_of_an_environment_are_those_of_the_names_and_not_too_short() -> None:
    names = ("OPENAI_API_KEY", "HF_TOKEN", "CLIENT_SECRET", "AWS_SECRET_ACCESS_KEY", "AWS_BEARER_TOKEN_BEDROCK")
    assert all(map(is_secret_name, (*names, "CODELOOP_API_KEY", "WATSONX_APIKEY", "DB_PASSWORD")))
    assert not any(map(is_secret_name, ("PATH", "MONKEY", "TOKENIZERS_PARALLELISM", "MAX_TOKENS", "KEYBOARD")))
    environment = {"A_KEY": "x" * SHORTEST, "B_KEY": "short", "C": "no-secret-at-all", "D_TOKEN": " spaced-out \n"}
    assert secrets_in(environment, None, "", "from-a-parameter") == {"xxxxxxxx", "spaced-out", "from-a-parameter"}


# --- a provider that sends the key back, the real adapter, the real command line, real containers ---


@dataclass
class Leak:
    """A server whose answers, headers included, are full of the key; it also reads the run's files at each request."""

    answers: list[tuple[int, bytes]] = field(default_factory=list)
    folder: Path = Path()
    seen_keys: list[str] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    base: str = ""

    def read_files(self) -> None:
        for path in self.folder.rglob("*"):
            if path.is_file():
                self.files[f"{len(self.seen_keys)} {path.name}"] = path.read_bytes()


@pytest.fixture
def leak(tmp_path: Path) -> Iterator[Leak]:
    state = Leak(folder=tmp_path)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            state.seen_keys.append(self.headers["Authorization"] or "")
            state.read_files()
            status, body = state.answers[min(len(state.seen_keys), len(state.answers)) - 1]
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("X-Request-Id", KEY)
            self.send_header("OpenAI-Organization", quote(KEY, safe=""))
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for start in range(0, len(body), 17):  # so that a key always lies across a border
                piece = body[start : start + 17]
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.wfile.write(b"0\r\n\r\n")

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.base = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield state
    server.shutdown()
    server.server_close()
    thread.join()


def error(text: str) -> bytes:
    return json.dumps({"error": {"message": text, "type": KEY, "code": KEY, "param": KEY}}).encode()


def reply(text: str) -> bytes:
    message = {"role": "assistant", "content": text, "refusal": KEY}
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    usage = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
    whole = {"id": KEY, "object": "chat.completion", "created": 1, "model": KEY, "choices": [choice], "usage": usage}
    return json.dumps(whole | {"system_fingerprint": KEY}).encode()


def attempts() -> list[bytes]:
    """Make programs that each raise the key in another spelling, so that it would come back through the sandbox too.

    The number keeps them apart: without their keys they would be equal, and the loop would call that a stall.
    """
    task = next(t for t in load_suite("basics", ("python",)).tasks if t.id == "Python/b1")
    shown = [SPELLINGS[name](KEY) for name in ("plain", "base64", "URL-encoded", "JSON-escaped")]
    code = [f"{task.prompt}    raise ValueError('{i} {spelling}')" for i, spelling in enumerate(shown)]
    return [reply(f"Use {s}:\n```python\n{c}\n```\n{s}") for s, c in zip(shown, code, strict=True)]


@dataclass
class Watch:
    """What the engine tells of the containers of one process while they live, and of the images."""

    client: object = field(default_factory=host.connect)
    inspected: dict[str, str] = field(default_factory=dict)

    def look(self, pid: int) -> None:
        labels = {"label": f"codeloop.pid={pid}"}
        for container in self.client.containers.list(all=True, filters=labels, ignore_removed=True):  # type: ignore[attr-defined]
            self.inspected[container.id] = json.dumps(container.attrs)

    def images(self) -> str:
        names = [host.image_tag(language) for language in ("python", "java")]
        found = [self.client.images.get(name) for name in names if host.has_image(self.client, name)]  # type: ignore[attr-defined, arg-type]
        return json.dumps([[image.attrs, image.history()] for image in found])


def bench(watch: Watch, cwd: Path, environment: dict[str, str], *arguments: str) -> tuple[int, str]:
    """Run the command line as a user does, looking at its containers meanwhile; give exit code and all output."""
    command = [sys.executable, "-m", "codeloop", "bench", "basics", "--lang", "python", "--tasks", "Python/b1"]
    done = subprocess.Popen(
        [*command, "--record", "cassette.jsonl", *arguments],
        env=environment | {"PYTHONPATH": f"{Path(__file__).parents[1]}:{cwd}", "CODELOOP_RUNS_DIR": str(cwd / "runs")},
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    output: list[str] = []
    reader = threading.Thread(target=lambda: output.append(done.stdout.read() if done.stdout else ""))
    reader.start()
    while reader.is_alive():
        watch.look(done.pid)
        reader.join(0.1)
    done.wait()
    assert done.stdout is not None
    done.stdout.close()
    return done.returncode, output[0]


def assert_absent(content: bytes, place: str) -> None:
    for name, spell in SPELLINGS.items():
        assert spell(KEY).encode() not in content, f"{name} in {place}"


LOG_ALL = "import logging; logging.basicConfig(level=logging.DEBUG)"
ROUTES = [
    pytest.param("openai/m", "OPENAI_API_KEY", "", "", id="quiet"),
    pytest.param("openai/m", "CODELOOP_API_KEY", LOG_ALL, "openai._base_client", id="openai-all-logs"),
    pytest.param("hosted_vllm/m", "HOSTED_VLLM_API_KEY", LOG_ALL, "RAW RESPONSE", id="litellm-http-all-logs"),
]


@pytest.mark.docker
@pytest.mark.parametrize(("model", "variable", "site", "logged"), ROUTES)
def test_a_planted_key_is_found_nowhere(
    leak: Leak, tmp_path: Path, model: str, variable: str, site: str, logged: str
) -> None:
    if not host.probe_engine().ok and not os.environ.get("CODELOOP_REQUIRE_DOCKER"):
        pytest.skip("no Docker engine")
    (tmp_path / "sitecustomize.py").write_text(site)
    environment = os.environ | {variable: KEY, "LITELLM_LOG": "DEBUG"}
    watch = Watch()
    said = {}
    leak.answers = [(401, error(f"Incorrect API key provided: {KEY} ({escaped(KEY)})"))]
    code, said["refused"] = bench(watch, tmp_path, environment, "--model", model, "--api-base", leak.base)
    assert code == 3, said
    assert MARK in said["refused"]
    leak.answers = [(500, error(f"boom {KEY} {quote(KEY, safe='')}")), *[(200, body) for body in attempts()]]
    leak.seen_keys.clear()
    code, said["answered"] = bench(watch, tmp_path, environment, "--model", model, "--api-base", leak.base)
    assert code == 0, said
    leak.read_files()

    assert leak.seen_keys == [f"Bearer {KEY}"] * 5  # it was sent, and only where it belongs
    results = sorted(tmp_path.glob("runs/runs/*/results.json"))
    rows = [json.loads(path.read_text())["trajectories"][0] for path in results]
    assert [row["ending"] for row in rows] == ["errored", "exhausted"]
    assert len(rows[1]["attempts"]) == 4
    assert len((tmp_path / "cassette.jsonl").read_text().splitlines()) == 4
    names = {name.split(" ", 1)[1] for name in leak.files}
    assert {"codeloop.db", "codeloop.db-wal", "cassette.jsonl", "results.json", "junit.xml"} <= names
    assert watch.inspected
    for place, content in leak.files.items():
        assert_absent(content, place)
    for place, text in {**said, **watch.inspected, "images": watch.images()}.items():
        assert_absent(text.encode(), place)
    watch.client.close()  # type: ignore[attr-defined]
    assert logged in said["answered"]  # the log was on: its silence would prove nothing


def test_a_bug_shows_its_traceback_without_the_key(tmp_path: Path) -> None:
    program = f"""
import logging, sys, threading
from codeloop import cli
from codeloop.models import litellm_model
litellm_model._redact_logs()
def bug():
    try:
        raise KeyError({KEY!r})
    except KeyError as exc:
        logging.getLogger("anything").exception("cannot %s", {KEY!r})
        logging.getLogger("any.thing").error("%s %s", {KEY!r})
        raise ExceptionGroup({KEY!r}, [RuntimeError(repr({{"key": {KEY!r}}}))]) from exc
cli.config.file_defaults = bug
cli.main(["doctor"])
"""
    environment = os.environ | {"OTHER_SECRET": KEY}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 70, done.stderr
    assert "RuntimeError" in done.stderr
    assert MARK in done.stderr
    assert_absent((done.stdout + done.stderr).encode(), "output")


@pytest.mark.parametrize("base", ["http://user:pass@127.0.0.1:9/v1", f"http://127.0.0.1:9/v1?key={quote(KEY)}"])
def test_a_key_in_the_endpoint_is_refused_before_it_is_stored(base: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "codeloop", "bench", "basics", "--model", "openai/m", "--api-base", base]
    environment = os.environ | {"MY_API_KEY": KEY, "CODELOOP_RUNS_DIR": str(tmp_path / "runs")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    assert "CODELOOP_API_KEY" in done.stderr
    assert not (tmp_path / "runs").exists()
