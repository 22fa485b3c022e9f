"""What several test files need: data, a real PostgreSQL, and the rule that CI may not skip a real component."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from sessions import SessionServer

_BESIDE = Path(__file__).parents[2] / "shared" / "data"
if "CODELOOP_DATA_DIR" not in os.environ and _BESIDE.is_dir():
    os.environ["CODELOOP_DATA_DIR"] = str(_BESIDE)  # before the test files read it, and inherited by what they start


UNDECLARED = "not declared on this host"
"""Why a test of the contract may be skipped: a guarantee that the adapter does not give here, and says so."""


class _NoSkippedContainers:
    """Turns a green session red when a test of a real component was skipped where CI demands it."""

    def __init__(self) -> None:
        self.skipped: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        needs = {"docker", "postgres", "bubblewrap", "chromium", "checkers"} & set(report.keywords)
        if report.skipped and needs and UNDECLARED not in str(report.longrepr):
            self.skipped.append(report.nodeid)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.skipped and os.environ.get("CODELOOP_REQUIRE_DOCKER"):
            print(f"\nskipped although CODELOOP_REQUIRE_DOCKER is set: {', '.join(self.skipped)}")
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(_NoSkippedContainers())


@pytest.fixture(scope="session")
def images() -> frozenset[str] | None:
    """The languages whose image the engine has; ``None`` without an engine."""
    from codeloop import host
    from codeloop.errors import MissingTool

    try:
        client = host.connect(timeout=5)
    except MissingTool:
        return None
    try:
        return frozenset(name for name in host.languages() if host.has_image(client, host.image_tag(name)))
    finally:
        client.close()


@pytest.fixture(autouse=True)
def _needs_images(request: pytest.FixtureRequest) -> None:
    """Skip ``docker(LANGUAGE, …)`` tests where an image is missing; in CI the session turns red for it."""
    marker = request.node.get_closest_marker("docker")
    if marker is None:
        return
    there = request.getfixturevalue("images")
    if there is None:
        pytest.skip("no Docker engine")
    if missing := sorted(set(marker.args) - there):
        from codeloop import host

        pytest.skip(f"no image for {', '.join(missing)}: {host.REMEDY}")


@pytest.fixture(scope="session")
def recorded_containers(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """Run the replayed bench on real containers, nothing disturbing it; give what they answered, and its results."""
    from sessions import REPLAYED, server_command, server_environment

    from codeloop import host

    if not host.probe_engine().ok and not os.environ.get("CODELOOP_REQUIRE_DOCKER"):
        pytest.skip("no Docker engine")
    folder = tmp_path_factory.mktemp("real")
    done = subprocess.run(
        server_command("record", str(folder / "answers"), *REPLAYED),
        env=server_environment(folder / "runs"),
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder / "answers", json.loads(done.stdout)


@pytest.fixture(scope="session")
def real_results(recorded_containers: tuple[Path, dict[str, Any]]) -> dict[str, Any]:
    return recorded_containers[1]


@pytest.fixture(scope="session")
def session_server(recorded_containers: tuple[Path, dict[str, Any]]) -> Iterator[SessionServer]:
    from sessions import serving

    with serving(recorded_containers[0]) as server:
        yield server


@pytest.fixture(scope="session")
def new_postgres_database() -> Iterator[Callable[[], str]]:
    """Start a private PostgreSQL on a socket in a folder of its own; give a maker of empty databases' URLs."""
    programs = _postgres_programs()
    folder = Path(tempfile.mkdtemp(prefix="codeloop-pg-", dir="/tmp"))  # a socket's path may have 107 bytes
    options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
    pg_ctl = [str(programs / "pg_ctl"), "-D", str(folder / "data"), "-w", "-o", options]
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        _as_postgres(
            [str(programs / "initdb"), "-D", str(folder / "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8"]
        )
        _as_postgres([*pg_ctl, "-l", str(folder / "log"), "start"])
        try:
            yield _database_maker(folder)
        finally:
            _as_postgres([*pg_ctl, "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(folder)


def _database_maker(folder: Path) -> Callable[[], str]:
    import psycopg

    numbers = count()

    def make() -> str:
        name = f"codeloop_{next(numbers)}"
        with psycopg.connect(host=str(folder), user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return f"postgresql://postgres@/{name}?host={folder}"

    return make


def _postgres_programs() -> Path:
    found = shutil.which("initdb")
    places = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not places or not (places[-1] / "initdb").exists():
        pytest.skip("no PostgreSQL: sh .ci/postgres installs it")  # in CI the session turns red for it
    return places[-1]


def _as_postgres(command: list[str]) -> None:
    """Run a program of PostgreSQL, which refuses to run as root."""
    user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    done = subprocess.run(
        [*user, *command], capture_output=True, text=True, cwd="/", stdin=subprocess.DEVNULL, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
