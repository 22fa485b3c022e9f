"""Webhooks on real local servers: signed, tried again where that may help, and never longer than allowed."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from email.utils import formatdate
from itertools import pairwise
from pathlib import Path
from typing import Any

import anyio
import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from receivers import Answer, receiving
from runs import outcomes

from codeloop.announce import Subscription, Surroundings, announce
from codeloop.ci.events import events_of
from codeloop.ci.results import CiResult, CiRun, Judged
from codeloop.errors import StoreError
from codeloop.events import DriftLine, Event, EventName, GateLine, RunFigures, Try, body
from codeloop.gates import judge, parse_gate
from codeloop.signing import sign, verify
from codeloop.store import Store
from codeloop.urls import shown
from codeloop.webhooks import Delivery, Hook, Limits, deliver

SECRET = "shared-secret-of-the-test"
FAST = Limits(first_wait_s=0.01, longest_wait_s=0.05, try_s=10.0, total_s=60.0)
SCHEMA = json.loads((Path(__file__).parents[1] / "codeloop/schemas/webhook-1.json").read_text("utf-8"))
BODY = b'{"a": 1}'
EVENT = Event(name=EventName.GATE_FAILED, created_s=1_700_000_000.0, codeloop="0.1.0", outcome="failed")
FULL = Event(
    name=EventName.DRIFT_FOUND,
    created_s=1_700_000_000.25,
    codeloop="0.1.0",
    runs=(
        RunFigures(run="r1", suite="s", model="m", n_tasks=2, n_draws=4, n_errored=1, pass_at_1=0.5, low=0.1, high=0.9),
    ),
    gates=(GateLine(gate="max_regression=2", outcome="regressed", why="lost 3 of 10", run="r1"),),
    drift=(
        DriftLine(
            suite="s", model="m", prompt="p", run="r1", kind="pass_rate", why="w", direction="down", evidence=21.0
        ),
    ),
)


def sent(url: str, limits: Limits = FAST, body: bytes = BODY) -> tuple[Delivery, list[Try]]:
    tries: list[Try] = []

    async def main() -> tuple[Delivery, ...]:
        return await deliver([Hook(url=url, secret=SECRET)], "run_finished", body, tries.append, limits)

    return anyio.run(main)[0], tries


# The signature


def test_a_receiver_verifies_what_was_sent() -> None:
    with receiving() as receiver:
        delivery, tries = sent(receiver.url)
    assert (delivery.error, delivery.n_tries) == ("", 1)
    got = receiver.received[0]
    assert got.body == BODY
    assert got.headers["Content-Type"] == "application/json"
    assert got.headers["X-Codeloop-Event"] == "run_finished"
    assert got.headers["X-Codeloop-Delivery"] == tries[0].delivery
    timestamp, signature = got.headers["X-Codeloop-Timestamp"], got.headers["X-Codeloop-Signature"]
    assert verify(SECRET, timestamp, got.body, signature, now_s=time.time())


def test_the_signature_is_what_openssl_gives() -> None:
    # printf '1700000000.{"a": 1}' | openssl dgst -sha256 -hmac shared-secret-of-the-test
    expected = "91c6e0df39c33da51bf49ff246a4c4f729bc866e6ad0f17dcc54f0e2dfa08fb6"
    assert sign(SECRET, "1700000000", BODY) == f"sha256={expected}"


@given(st.binary(max_size=50), st.integers(0, 2**31))
def test_nothing_changed_or_old_or_unsigned_is_taken(content: bytes, second: int) -> None:
    timestamp, signature = str(second), sign(SECRET, str(second), content)
    assert verify(SECRET, timestamp, content, signature, now_s=second + 299)
    assert verify(SECRET, timestamp, content, signature, now_s=second - 299)
    assert not verify(SECRET, timestamp, content, signature, now_s=second + 301)
    assert not verify(SECRET, timestamp, content, signature, now_s=second - 301)
    assert not verify(SECRET, str(second + 1), content, signature, now_s=second)
    assert not verify(SECRET, timestamp, content + b" ", signature, now_s=second)
    assert not verify("other", timestamp, content, signature, now_s=second)
    assert not verify("", timestamp, content, sign("", timestamp, content), now_s=second)
    assert not verify(SECRET, timestamp, content, signature.removeprefix("sha256="), now_s=second)
    assert not verify(SECRET, f" {timestamp}", content, signature, now_s=second)
    assert not verify(SECRET, "١٧", content, "é", now_s=17)


# Tries


def test_what_may_pass_is_tried_five_times_with_one_delivery_id() -> None:
    with receiving(Answer(status=503)) as receiver:
        delivery, tries = sent(receiver.url)
    assert (delivery.error, delivery.n_tries) == ("HTTP 503", 5)
    assert [each.number for each in tries] == [1, 2, 3, 4, 5]
    assert {each.status for each in tries} == {503}
    assert len({got.headers["X-Codeloop-Delivery"] for got in receiver.received}) == 1
    assert len(receiver.received) == 5


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_a_later_success_is_a_success(status: int) -> None:
    with receiving(Answer(status=status), Answer(status=status), Answer(status=200, body_bytes=100)) as receiver:
        delivery, tries = sent(receiver.url)
    assert (delivery.error, delivery.n_tries) == ("", 3)
    assert [(each.status, bool(each.error)) for each in tries] == [(status, True), (status, True), (200, False)]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 413])
def test_what_will_not_pass_is_tried_once(status: int) -> None:
    with receiving(Answer(status=status)) as receiver:
        delivery, _ = sent(receiver.url)
    assert (delivery.error, delivery.n_tries, len(receiver.received)) == (f"HTTP {status}", 1, 1)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status: int) -> None:
    with receiving() as elsewhere, receiving(Answer(status=status, headers=(("Location", elsewhere.url),))) as receiver:
        delivery, _ = sent(receiver.url)
    assert delivery.error == f"HTTP {status}: redirects are not followed: give the final address"
    assert (len(receiver.received), elsewhere.received) == (1, [])


def test_a_dead_port_is_tried_again_and_named_in_one_line() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/hook"
    delivery, tries = sent(url)
    assert delivery.n_tries == 5
    assert "ConnectError" in delivery.error
    assert "\n" not in delivery.error
    assert all(each.status is None for each in tries)


def test_an_answer_that_is_no_http_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def talk() -> None:
            for _ in range(5):
                peer, _ = server.accept()
                peer.recv(65536)
                peer.sendall(b"220 mail.example ESMTP\r\n")
                peer.shutdown(socket.SHUT_WR)
                while peer.recv(65536):  # closing before all is read would reset the connection, which is another error
                    pass
                peer.close()

        thread = threading.Thread(target=talk)
        thread.start()
        delivery, _ = sent(f"http://127.0.0.1:{server.getsockname()[1]}/hook")
        thread.join()
    assert delivery.n_tries == 5
    assert "RemoteProtocolError" in delivery.error


@pytest.mark.parametrize(
    "url",
    [
        "http://[::1",
        "http://" + "ü" * 70 + ".example/",
        "http://127.0.0.1:99999/x",
        "http://127.0.0.1:abc/x",
        "http://127.0.0.1:-1/x",
    ],
)
def test_an_address_that_is_none_is_tried_once(url: str) -> None:
    delivery, tries = sent(url)
    assert delivery.n_tries == 1
    assert delivery.error
    assert "ExceptionGroup" not in delivery.error
    assert all(each.error for each in tries)


def test_what_breaks_one_delivery_costs_no_other() -> None:
    """A log that breaks stands for whatever nobody thought of."""
    tries: list[Try] = []

    def log(tried: Try) -> None:
        if tried.url.startswith("http://127.0.0.1:99999"):
            raise RuntimeError("no log")
        tries.append(tried)

    async def main(url: str) -> tuple[Delivery, ...]:
        hooks = [Hook(url="http://127.0.0.1:99999/x", secret=SECRET), Hook(url=url, secret=SECRET)]
        return await deliver(hooks, "run_finished", BODY, log, FAST)

    with receiving() as receiver:
        broken, told = anyio.run(main, receiver.url)
    assert broken.error == "RuntimeError: no log"
    assert (told.error, told.n_tries, len(receiver.received), len(tries)) == ("", 1, 1, 1)


def test_waits_grow_and_retry_after_is_honoured_within_a_bound() -> None:
    limits = Limits(first_wait_s=0.05, longest_wait_s=0.5, try_s=10, total_s=40)
    soon = Answer(status=429, headers=(("Retry-After", "0"),))
    later = Answer(status=503, headers=(("Retry-After", "3600"),))
    dated = Answer(status=503, headers=(("Retry-After", formatdate(time.time() + 3600, usegmt=True)),))
    with receiving(soon, later, dated, Answer()) as receiver:
        delivery, _ = sent(receiver.url, limits)
    at = [got.at_s for got in receiver.received]
    waits = [b - a for a, b in pairwise(at)]
    assert delivery.error == ""
    assert 0.04 <= waits[0] < 5  # upper bounds leave room for a busy machine; an hour was asked for
    assert all(0.45 <= wait < 5 for wait in waits[1:])


@pytest.mark.parametrize(
    "answer", [Answer(delay_s=60), Answer(status=200, drips_s=0.05)], ids=["no answer", "an endless answer"]
)
def test_an_endpoint_that_hangs_costs_a_bounded_time(answer: Answer) -> None:
    limits = Limits(first_wait_s=0.01, longest_wait_s=0.02, try_s=0.5, total_s=20)
    with receiving(answer) as receiver:
        began = time.monotonic()
        delivery, tries = sent(receiver.url, limits)
        took_s = time.monotonic() - began
    assert took_s < 8
    if answer.drips_s is None:
        assert (delivery.error, delivery.n_tries) == ("no answer within 0.5 s", 5)
        assert all(0.4 < each.took_s < 2 for each in tries)
    else:
        assert (delivery.error, delivery.n_tries) == ("", 1)  # of an answer only the status counts


def test_all_tries_together_have_a_limit_too() -> None:
    limits = Limits(first_wait_s=0.01, longest_wait_s=0.02, try_s=60, total_s=0.4)
    with receiving(Answer(delay_s=60)) as receiver:
        began = time.monotonic()
        delivery, tries = sent(receiver.url, limits)
        took_s = time.monotonic() - began
    assert took_s < 10
    assert (delivery.error, delivery.n_tries, len(tries)) == ("no answer within 0.4 s", 1, 1)


def test_a_wait_that_would_end_too_late_is_not_begun() -> None:
    limits = Limits(first_wait_s=0.01, longest_wait_s=30, try_s=10, total_s=15)
    with receiving(Answer(status=503, headers=(("Retry-After", "20"),))) as receiver:
        began = time.monotonic()
        delivery, _ = sent(receiver.url, limits)
        took_s = time.monotonic() - began
    assert took_s < 10  # and not the 20 that the receiver asked for
    assert (delivery.error, delivery.n_tries) == ("HTTP 503", 1)


def test_a_proxy_of_the_environment_does_not_see_what_stays_on_this_host(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as proxy, receiving() as receiver:
        monkeypatch.setenv("http_proxy", proxy.base)
        monkeypatch.setenv("no_proxy", "")
        delivery, _ = sent(receiver.url)
    assert delivery.error == ""
    assert (len(receiver.received), proxy.received) == (1, [])


# The body


def test_bodies_are_as_the_schema_says() -> None:
    check = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    many = Event(
        name=EventName.GATE_FAILED,
        created_s=0.0,
        codeloop="0.1.0",
        gates=tuple(GateLine(gate=str(i), outcome="failed", why="y" * 1000) for i in range(120)),
    )
    for event in (EVENT, FULL, many, Event(name=EventName.PING, created_s=0, codeloop="0")):
        check.validate(json.loads(body(event)))
    data = json.loads(body(many))
    assert (len(data["gates"]), data["n_left_out"], len(data["gates"][0]["why"])) == (50, 70, 300)
    assert len(body(many)) < 50_000
    assert json.loads(body(FULL))["created"] == "2023-11-14T22:13:20Z"


def test_the_schema_names_every_field_of_an_event() -> None:
    data = json.loads(body(FULL))
    assert set(data) == set(SCHEMA["properties"])
    for kind, rows in (("run", "runs"), ("gate", "gates"), ("drift", "drift")):
        assert set(data[rows][0]) == set(SCHEMA["$defs"][kind]["properties"]) == set(SCHEMA["$defs"][kind]["required"])


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://u:p@example.org:8443/hook?key=1#f", "https://example.org:8443/hook"),
        (
            "https://hooks.example.com/services/T0/B0/abcdefghijklmnopqrstuvwx",
            "https://hooks.example.com/services/T0/B0/abcd…",
        ),
    ],
)
def test_an_address_is_shown_without_what_may_be_a_secret(url: str, expected: str) -> None:
    assert shown(url) == expected


# Announcements


class World:
    """A store, an environment, and what was said."""

    def __init__(self, store: Store) -> None:
        self.store, self.said = store, list[str]()
        self.environment = {"SECRET_A": SECRET}

    def announce(self, event: Event, *subscriptions: Subscription, **settings: Any) -> tuple[str, ...]:
        around = Surroundings(
            store=self.store,
            secret_of=self.environment.get,
            redacted=lambda text: text.replace(SECRET, "***"),
            say=self.said.append,
            limits=FAST,
            **settings,
        )
        return anyio.run(announce, subscriptions, event, around)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with Store.open(tmp_path / "codeloop.db") as store:
        yield World(store)


def subscription(url: str, *events: str, secret_env: str = "SECRET_A") -> Subscription:
    return Subscription(url=url, events=events or ("run_finished", "gate_failed"), secret_env=secret_env)


def test_only_those_who_asked_are_told(world: World) -> None:
    with receiving() as one, receiving() as two, receiving() as three:
        asked = (subscription(one.url), subscription(two.url, "drift_found"), subscription(three.url, "gate_failed"))
        assert world.announce(EVENT, *asked) == ()
    assert [len(each.received) for each in (one, two, three)] == [1, 0, 1]
    assert world.said == []
    assert {each.event for each in world.store.tries()} == {"gate_failed"}
    assert json.loads(one.received[0].body)["outcome"] == "failed"


def test_an_unset_secret_is_one_line_and_nothing_is_sent(world: World) -> None:
    world.environment["EMPTY"] = ""
    with receiving() as receiver:
        assert world.announce(EVENT, subscription(receiver.url, secret_env="NOT_SET"))
        assert world.announce(EVENT, subscription(receiver.url, secret_env="EMPTY"))
    assert receiver.received == []
    assert world.store.tries() == ()
    assert len(world.said) == 2
    assert "NOT_SET is not set: put the secret" in world.said[0]


def test_a_failed_delivery_is_a_line_and_stands_in_the_log(world: World) -> None:
    with receiving(Answer(status=500)) as bad, receiving() as good:
        url = bad.url.replace("http://", f"http://user:{SECRET}@") + f"?token={SECRET}"
        assert world.announce(EVENT, subscription(url), subscription(good.url))
    assert len(good.received) == 1
    assert world.said == [f"webhook {bad.url}: gate_failed was not delivered in 5 tries: HTTP 500"]
    tries = world.store.tries()
    assert sorted((each.number, each.status) for each in tries if each.error) == [(n, 500) for n in range(1, 6)]
    assert {each.url for each in tries} == {bad.url, good.url}


def test_no_secret_gets_into_the_store(world: World, tmp_path: Path) -> None:
    with receiving(Answer(status=400)) as receiver:
        url = receiver.url.replace("http://", f"http://user:{SECRET}@") + f"?token={SECRET}"
        world.announce(EVENT, subscription(url))
    world.store.close()
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert SECRET.encode() not in stored
    assert not any(SECRET in line for line in world.said)


def test_a_log_that_cannot_be_written_stops_nothing(world: World) -> None:
    def full(_: Try) -> None:
        raise StoreError("the disk is full")

    world.store.record_try = full  # type: ignore[method-assign]  # a disk that is full at this very moment
    with receiving() as receiver:
        assert world.announce(EVENT, subscription(receiver.url)) == ()
    assert len(receiver.received) == 1
    assert world.said == [f"webhook {receiver.url}: the try was not logged: the disk is full"]


def test_a_secret_in_a_text_does_not_leave_the_house(world: World) -> None:
    leaking = Event(name=EventName.RUN_FINISHED, created_s=0, codeloop="0", outcome=f"x {SECRET} y")
    with receiving() as receiver:
        assert world.announce(leaking, subscription(receiver.url)) == ()
    assert json.loads(receiver.received[0].body)["outcome"] == "x *** y"


# What ci tells


def a_result(*gates: str) -> CiResult:
    snapshot = outcomes("now", [True, True, False, None])
    run = CiRun(label="own", suite="own", model="m", prompt="v1", run_id="r-1", n_expected=4, snapshot=snapshot)
    judged = tuple(Judged(label="own", result=judge(parse_gate(gate), snapshot)) for gate in gates)
    return CiResult(project="codeloop.yaml", session="r", created_s=1.0, runs=(run,), gates=judged)


def test_ci_tells_that_it_has_finished_with_figures_and_gates() -> None:
    (event,) = events_of(a_result("pass@1>=0.1:strict", "errored<=0.9"))
    data = json.loads(body(event))
    jsonschema.validate(data, SCHEMA)
    (run,) = data["runs"]
    assert (run["run"], run["suite"], run["model"], run["prompt"]) == ("r-1", "own", "m", "v1")
    assert (run["n_tasks"], run["n_draws"], run["n_errored"]) == (4, 4, 1)
    assert run["pass_at_1"] == pytest.approx(2 / 3)
    assert run["cost_usd"] is None
    assert [gate["run"] for gate in data["gates"]] == ["r-1", "r-1"]
    assert data["event"] == "run_finished"


def test_ci_tells_of_gates_that_are_not_met_and_of_those_only() -> None:
    finished, failed = events_of(a_result("pass@1>=0.99", "errored<=0.9"))
    assert (finished.name, len(finished.gates)) == (EventName.RUN_FINISHED, 2)
    assert failed.name is EventName.GATE_FAILED
    assert [line.gate for line in failed.gates] == ["pass@1>=0.99"]
    jsonschema.validate(json.loads(body(failed)), SCHEMA)


def test_ci_without_any_run_has_finished_all_the_same() -> None:
    (event,) = events_of(CiResult(project="codeloop.yaml", session="r", created_s=1.0))
    assert (event.outcome, event.runs) == ("nothing ran", ())
    jsonschema.validate(json.loads(body(event)), SCHEMA)
