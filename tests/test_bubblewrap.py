"""The bubblewrap adapter: what it declares, what it shuts out beside the contract, and commands that use it, as root or not."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import anyio
import as_user
import pytest
from corpus import CORPUS, CPU_S, Program

from codeloop import config, toolchains
from codeloop.attempts import Candidate, Status, Verdict
from codeloop.commands import Command, CommandResult, Role
from codeloop.config import RunConfig, SandboxChoice
from codeloop.errors import ConfigError, ImageMissing, MissingTool, SandboxUnavailable
from codeloop.registry import _refuse_weak
from codeloop.sandbox import bubblewrap, cgroup
from codeloop.sandbox.bubblewrap import BubblewrapSandbox
from codeloop.sandbox.port import Guarantee
from codeloop.stages.check import Checker

ROOT = Path(__file__).parent.parent
MEMORY = 256 * 1024 * 1024
GRADE = ("codeloop", "grade", "--reference", "--suite", "basics", "--lang", "python", "--json")
PRYING = {
    ("cpp", name)
    for name in (
        "becomes_root", "in_a_namespace", "incbin", "includes_descriptors", "includes_secrets", "includes_the_tests",
        "its_own_memory", "ptrace", "reads_other_files", "runs_the_judge",
    )
}  # fmt: skip
"""Programs of ``hostile/`` that look for the tests where other roles keep them."""


@pytest.fixture(autouse=True)
def able(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("bubblewrap") is None:
        return
    found = bubblewrap.probe()
    if not found.ok:
        pytest.skip(f"no bubblewrap: {found.detail}")
    toolchains.ensure(("python",), config.toolchains_dir(), print)


def run_all(*commands: Command) -> list[CommandResult]:
    async def body() -> list[CommandResult]:
        sandbox = BubblewrapSandbox(cache_dir=config.toolchains_dir())
        async with sandbox.open("python", memory_bytes=MEMORY) as cell:
            assert cell.image.startswith("host-sha256:")
            results = [await cell.run(command) for command in commands]
        await sandbox.aclose()
        return results

    return anyio.run(body)


def needs_tools(language: str) -> None:
    for found in (bubblewrap.probe(), toolchains.probe(language)):
        if not found.ok:
            pytest.skip(f"{found.detail}: {found.remedy}")


def python(code: str, **options: object) -> Command:
    return Command(argv=("python3", "-c", textwrap.dedent(code)), **options)  # type: ignore[arg-type]


@pytest.mark.bubblewrap
class TestConfinement:
    def test_nothing_of_the_host_but_its_programs(self) -> None:
        code = """
            import os
            print(sorted(os.listdir('/')))
            print(sorted(set(os.listdir('/etc')) - {'alternatives', 'ld.so.cache', 'ld.so.conf', 'ld.so.conf.d'}))
            print([p for p in ('/root', '/home', '/run', '/var', '/sys/kernel') if os.path.exists(p)], os.listdir('/tmp'))
            print(os.uname().nodename)
        """
        (result,) = run_all(python(code))
        tops, settings, others, name = result.stdout.decode().splitlines()
        allowed = {
            "bin",
            "cell",
            "dev",
            "etc",
            "lib",
            "lib32",
            "lib64",
            "libx32",
            "opt",
            "proc",
            "sbin",
            "sys",
            "tmp",
            "usr",
        }
        assert set(json.loads(tops.replace("'", '"'))) <= allowed
        assert all("openjdk" in each for each in json.loads(settings.replace("'", '"')))
        assert (others, name) == ("[] []", "cell")

    def test_no_namespace_can_be_made_in_it(self) -> None:
        """By clone, whose flags no filter of numbers reads: there a program would have capabilities again."""
        code = """
            import ctypes, os, platform
            libc = ctypes.CDLL(None, use_errno=True)
            number = {'x86_64': 56, 'aarch64': 220}[platform.machine()]
            made = libc.syscall(number, 0x10000000 | 17, None, None, None, None)
            if made == 0: os._exit(0)
            print(made, os.strerror(ctypes.get_errno()))
        """
        for result in run_all(python(code), python(code, role=Role.COMPILER)):
            assert result.stdout == b"-1 No space left on device\n"

    def test_signals_do_not_reach_the_first_process(self) -> None:
        code = "import os\nfor number in (1, 2, 9, 15, 19): os.kill(1, number)\nprint('on')"
        (result,) = run_all(python(code))
        assert (result.code, result.stdout) == (0, b"on\n")

    def test_files_are_counted(self) -> None:
        code = """
            n = 0
            try:
                while True: open(f'f{n}', 'w').close(); n += 1
            except OSError as e: print(n < 8192, e.errno)
        """
        (result,) = run_all(python(code))
        assert result.stdout == b"True 28\n"

    def test_what_the_compiler_made_can_be_changed_by_it_alone(self) -> None:
        make = Command(argv=("sh", "-c", "echo a > out; mkdir -p d; echo b > d/deep"), role=Role.COMPILER)
        change = python("""
            import os
            for path in ('out', 'd', 'd/deep', ''):
                try: os.chmod(f'/cell/w/compiler/{path}', 0o777); print('did')
                except OSError: pass
            print(open('/cell/w/compiler/d/deep').read(), end='')
        """)
        again = Command(argv=("sh", "-c", "echo c >> out; cat out d/deep; ls"), role=Role.COMPILER)
        _, changed, made = run_all(make, change, again)
        assert changed.stdout == b"b\n"
        assert made.stdout == b"a\nc\nb\nd\nout\n"

    def test_cells_of_root_are_users_of_their_own(self) -> None:
        if os.geteuid() != 0:
            pytest.skip("tests are not root: all cells are this user's")
        users = {words[2] for words in (bubblewrap.cell_command(ROOT, None, {}) for _ in range(50))}
        assert len(users) == 50
        assert min(map(int, users)) >= 100_000

    def test_no_cell_outlives_its_driver(self) -> None:
        program = (
            "import anyio, sys\nfrom pathlib import Path\n"
            "from codeloop.sandbox.bubblewrap import BubblewrapSandbox\nfrom codeloop.commands import Command\n"
            "async def main():\n"
            "    async with BubblewrapSandbox(cache_dir=Path(sys.argv[1])).open('python', memory_bytes=2**28) as cell:\n"
            "        print('open', flush=True)\n"
            "        await cell.run(Command(argv=('sleep', sys.argv[2])))\n"
            "anyio.run(main)\n"
        )
        mark = f"300.{secrets.randbelow(10**9)}"
        command = [sys.executable, "-c", program, str(config.toolchains_dir()), mark]
        with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as driver:
            assert driver.stdout is not None
            assert driver.stdout.readline() == b"open\n"
            wait_until(lambda: sleepers(mark) == 1)
            os.kill(driver.pid, signal.SIGKILL)
        wait_until(lambda: sleepers(mark) == 0)

    def test_its_cgroup_goes_with_it(self) -> None:
        places = cgroup.places()
        run_all(python("pass"))
        own = f"codeloop-{os.getpid()}-"
        assert not [path for place in places for path in place.folder.iterdir() if path.name.startswith(own)]


def sleepers(mark: str) -> int:
    """Processes of the host that sleep for this long."""
    found = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout.splitlines()
    return found.count(f"sleep {mark}")


def wait_until(holds: object) -> None:
    deadline = time.monotonic() + 10
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.05)


def environment(**more: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")} | more


@pytest.mark.bubblewrap
class TestGrade:
    def test_references_pass_and_the_report_says_in_what(self) -> None:
        command = [sys.executable, "-m", *GRADE, "--sandbox", "bubblewrap", "--allow-weak", "memory,pids"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=environment())
        assert done.returncode == 0, done.stderr
        summary = json.loads(done.stdout)
        assert summary["languages"]["python"]["passed"] == summary["languages"]["python"]["tasks"] > 10
        assert summary["isolation"].startswith("bubblewrap: one namespace per check")

    @pytest.mark.parametrize(
        "item", [item for item in CORPUS if (item.task.language, item.path.stem) in PRYING], ids=lambda it: it.path.name
    )
    def test_what_pries_into_other_roles_finds_nothing(self, item: Program) -> None:
        """Machine code and a compiler's input, whose roles are namespaces here and users in a container."""
        needs_tools(item.task.language)
        toolchains.ensure((item.task.language,), config.toolchains_dir(), print)

        async def body() -> list[Verdict]:
            sandbox = BubblewrapSandbox(cache_dir=config.toolchains_dir())
            check = Checker(sandbox=sandbox)
            codes = (item.code, item.task.prompt + item.task.reference)
            found = [await check(item.task, Candidate(code=code), item.task.hidden) for code in codes]
            await sandbox.aclose()
            return found

        hostile, right = anyio.run(body)
        assert (hostile.status, right.status) == (Status.FAILED, Status.PASSED), hostile.last
        assert hostile.last.outcome in item.outcome.split(" or "), (item.attack, hostile.last)

    def test_containers_settings_are_refused(self) -> None:
        command = [sys.executable, "-m", *GRADE, "--sandbox", "bubblewrap", "--runtime", "runsc"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=environment())
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.count("\n") == 1

    def test_without_bubblewrap_one_line_says_what_to_do(self, tmp_path: Path) -> None:
        command = [sys.executable, "-m", *GRADE, "--sandbox", "bubblewrap"]
        env = environment(PATH=str(tmp_path))
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=env)
        assert (done.returncode, done.stdout) == (2, "")
        assert "apt-get install bubblewrap" in done.stderr
        assert done.stderr.count("\n") == 1


LATER = {"go", "javascript"}
"""Languages whose tools Debian 12 lacks or has too old: their absence there turns no session red, so no marker."""


def with_marks(*languages: str) -> list[object]:
    """Parameters of a test that needs the host's tools."""
    return [pytest.param(name, marks=() if name in LATER else pytest.mark.bubblewrap) for name in languages]


SHARED = {
    "go": (
        "child_inherits_the_channel",
        "exit_at_load",
        "forged_on_every_descriptor",
        "goexit_at_load",
        "heap_dump",
        "imports_unsafe",
        "linkname",
        "reads_its_own_memory",
        "reads_its_own_program",
        "reads_the_channel",
    ),
    "rust": (
        "child_inherits_the_channel",
        "constructor",
        "exit_at_call",
        "forged_lines",
        "forged_on_every_descriptor",
        "global_assembly",
        "includes_the_tests",
        "names_the_harness",
        "reads_its_own_memory",
        "reads_its_own_program",
        "reads_the_channel",
        "section_of_a_method",
        "writes_its_own_memory",
    ),
}
"""Programs that reach for what judge and candidate share, where they share a process: its memory, file and descriptors."""


class TestHostsTools:
    @pytest.mark.parametrize("language", with_marks("java", "cpp", "javascript", "go", "rust"))
    def test_references_pass_and_known_bad_programs_fail(self, language: str) -> None:
        needs_tools(language)
        for samples, is_right in (("--reference", True), ("--known-bad", False)):
            arguments = ["--suite", str(ROOT / "tests/hostile/tasks.yaml"), "--lang", language, "--json"]
            arguments += ["--sandbox", "bubblewrap", "--allow-weak", "memory,pids"]
            command = [sys.executable, "-m", "codeloop", "grade", samples, *arguments]
            done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=environment())
            assert done.returncode == 0, done.stderr
            summary = json.loads(done.stdout)["languages"][language]
            assert summary["tasks"] >= 3
            assert summary["passed"] == (summary["tasks"] if is_right else 0)

    @pytest.mark.parametrize("language", with_marks(*SHARED))
    def test_what_tests_and_candidate_share_is_closed(self, language: str) -> None:
        needs_tools(language)
        programs = [item for item in CORPUS if item.task.language == language and item.path.stem in SHARED[language]]
        assert len(programs) == len(SHARED[language])
        outcomes = judged(programs)
        assert outcomes == {item.path.stem: item.outcome for item in programs}


def judged(programs: list[Program]) -> dict[str, str]:
    """What becomes of each in a cell of its own, by its name."""

    async def body() -> dict[str, str]:
        sandbox = BubblewrapSandbox(cache_dir=config.toolchains_dir())
        check = Checker(sandbox=sandbox, cpu_s=CPU_S)
        verdicts = {
            item.path.stem: await check(item.task, Candidate(code=item.code), item.task.hidden) for item in programs
        }
        await sandbox.aclose()
        return {name: verdict.last.outcome for name, verdict in verdicts.items()}

    toolchains.ensure({item.task.language for item in programs}, config.toolchains_dir(), print)
    return anyio.run(body)


@pytest.fixture
def person() -> Iterator[tuple[int, dict[str, str]]]:
    """An ordinary user's number, and an environment with a home of his own."""
    uid = 1_000_000_000 + secrets.randbelow(1_000_000_000) if os.geteuid() == 0 else os.geteuid()
    home = Path(tempfile.mkdtemp(prefix="codeloop-home-", dir="/tmp"))
    if os.geteuid() == 0:
        os.chown(home, uid, uid)
    # No engine answers there, whatever runs on this host; and this user cannot install one.
    yield uid, environment(HOME=str(home), CODELOOP_CACHE_DIR=str(home / "cache"), DOCKER_HOST=f"unix://{home}/none")
    shutil.rmtree(home)


@pytest.mark.bubblewrap
class TestOrdinaryUser:
    def run(self, person: tuple[int, dict[str, str]], *arguments: str) -> subprocess.CompletedProcess[str]:
        command = as_user.command(person[0], *arguments)
        return subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=ROOT, env=person[1], timeout=250
        )

    def test_what_cannot_be_enforced_is_refused_and_then_stamped(self, person: tuple[int, dict[str, str]]) -> None:
        doctor = self.run(person, "codeloop", "doctor", "--lang", "python", "--sandbox", "bubblewrap")
        line = next(line for line in doctor.stdout.splitlines() if "bubblewrap: enforces" in line)
        weak = line.partition("; not ")[2].partition(":")[0].replace(" ", "")
        if weak:
            refused = self.run(person, *GRADE)
            assert (refused.returncode, refused.stdout) == (2, "")
            assert f"go without by --allow-weak {weak}" in refused.stderr.splitlines()[-1]
        elif os.geteuid() == 0:
            pytest.fail("an unknown user's cells cannot have a cgroup")
        done = self.run(person, *GRADE, "--allow-weak", weak)
        assert done.returncode == 0, done.stderr
        stamp = json.loads(done.stdout)["isolation"]
        assert stamp.endswith(f"; not enforced: {weak.replace(',', ', ')}" if weak else "the host's tools")
        assert f"sandbox: {stamp}" in done.stderr

    def test_the_contract_holds(self, person: tuple[int, dict[str, str]]) -> None:
        done = self.run(
            person, "pytest", "-q", "-p", "no:cacheprovider", "-k", "bubblewrap", "tests/test_sandbox_contract.py"
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr
        assert " passed" in done.stdout


class TestChoice:
    def test_a_guarantee_that_is_not_declared_is_refused(self) -> None:
        everything = frozenset(Guarantee)
        _refuse_weak("bubblewrap", everything, SandboxChoice())
        _refuse_weak("bubblewrap", everything - {Guarantee.MEMORY}, SandboxChoice(allow_weak=("memory",)))
        with pytest.raises(ConfigError, match=r"cannot enforce memory,pids .* --allow-weak memory,pids"):
            _refuse_weak("bubblewrap", frozenset({Guarantee.CPU, Guarantee.DISK}), SandboxChoice())

    def test_a_stored_run_keeps_its_choice(self) -> None:
        settings = RunConfig(sandbox="bubblewrap", allow_weak=("memory",))
        again = RunConfig.from_dict(json.loads(json.dumps(settings.as_dict())))
        assert again.sandbox_choice == SandboxChoice(kind="bubblewrap", allow_weak=("memory",))

    def test_an_unprepared_or_unknown_language_is_no_verdict(self, tmp_path: Path) -> None:
        async def body(language: str) -> None:
            async with BubblewrapSandbox(cache_dir=tmp_path).open(language, memory_bytes=MEMORY):
                pass

        for language in ("python", "cobol"):
            with pytest.raises(ImageMissing):
                anyio.run(body, language)

    def test_docker_on_request_is_not_replaced(self, tmp_path: Path) -> None:
        command = [sys.executable, "-m", *GRADE, "--sandbox", "docker"]
        env = environment(DOCKER_HOST=f"unix://{tmp_path}/none")
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=env)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("codeloop: a Docker engine is missing")


class TestCgroups:
    def tree(self, root: Path, own: str, *, controllers: str) -> Path:
        """A version 2 hierarchy as a session of systemd has it: the process in a scope beside which it may make others."""
        folder = root / own.lstrip("/")
        folder.mkdir(parents=True)
        for place in (folder, folder.parent):
            (place / "cgroup.procs").touch()
        (folder / "cgroup.subtree_control").write_text("")
        (folder.parent / "cgroup.subtree_control").write_text(controllers)
        file = root / "own"
        file.write_text(f"0::{own}\n")
        return file

    def test_version_2_beside_the_own_one(self, tmp_path: Path) -> None:
        own = self.tree(tmp_path, "/app.slice/run.scope", controllers="memory pids\n")
        ((folder, version, controllers),) = [
            each for each in cgroup._candidates(tmp_path, own.read_text().splitlines()) if each[2]
        ]
        assert (folder, version, controllers) == (tmp_path / "app.slice", 2, {"memory", "pids"})
        assert cgroup._enforced(folder, controllers, version) == {Guarantee.MEMORY, Guarantee.PIDS}
        place = cgroup.Place(folder=folder, version=2, enforces=frozenset({Guarantee.MEMORY, Guarantee.PIDS}))
        made = cgroup.make((place,), memory_bytes=1000, processes=7)
        (cell,) = made.folders
        assert {path.name: path.read_text() for path in cell.iterdir()} == {"memory.max": "1000", "pids.max": "7"}
        assert made.counters == (cell, Path("/sys/fs/cgroup"))
        assert made.entrances == (cell / "cgroup.procs",)

    def test_version_2_without_controllers_gives_none(self, tmp_path: Path) -> None:
        own = self.tree(tmp_path, "/user.slice/session.scope", controllers="cpu\n")
        assert cgroup.places(tmp_path, own) == ()

    def test_version_1_has_a_folder_for_each(self, tmp_path: Path) -> None:
        lines = ["7:pids:/", "4:cpu,memory:/a/b", "0::/", "1:name=systemd:/"]
        found = [each for each in cgroup._candidates(tmp_path, lines) if each[1] == 1]
        assert found == [(tmp_path / "pids", 1, {"pids"}), (tmp_path / "memory/a/b", 1, {"memory"})]

    def test_those_of_dead_drivers_are_swept_and_no_others(self, tmp_path: Path) -> None:
        with subprocess.Popen(["true"]) as dead:
            pass
        for name in (f"codeloop-{dead.pid}-00", f"codeloop-{os.getpid()}-00", "user.slice"):
            (tmp_path / name).mkdir()
        place = cgroup.Place(folder=tmp_path, version=2, enforces=frozenset({Guarantee.MEMORY}))
        assert cgroup.sweep((place,)) == 1
        assert {path.name for path in tmp_path.iterdir()} == {f"codeloop-{os.getpid()}-00", "user.slice"}

    def test_no_cgroups_at_all(self, tmp_path: Path) -> None:
        assert cgroup.places(tmp_path, tmp_path / "nothing") == ()


class TestToolchains:
    def test_missing_tools_come_with_their_packages(self, monkeypatch: pytest.MonkeyPatch) -> None:
        lacking = (toolchains.Tool(name="no-such-tool", package="nosuch"), toolchains.PYTHON)
        monkeypatch.setitem(toolchains.TOOLS, "python", lacking)
        assert toolchains.missing("python") == lacking[:1]
        found = toolchains.probe("python")
        assert (found.ok, found.detail) == (False, "missing: no-such-tool")
        assert "apt-get install nosuch`" in found.remedy
        with pytest.raises(MissingTool, match="nosuch"):
            toolchains.digest_of("python")

    def go_of(self, root: Path, *versions: str) -> toolchains.Tool:
        """A tool in a folder for each version, where a host's Go would be; `go` here says only its version."""
        for version in versions:
            program = root / f"go-{version.rpartition('.')[0]}/bin/no-such-go"
            program.parent.mkdir(parents=True)
            program.write_text(f'#!/bin/sh\n[ "$1" = version ] && echo go version go{version} linux/amd64\n')
            program.chmod(0o755)
        (go,) = (tool for tool in toolchains.TOOLS["go"] if tool.name == "go")
        return replace(go, name="no-such-go", folders=(f"{root}/go-*/bin",))

    def test_a_tool_that_is_too_old_is_missing(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setitem(toolchains.TOOLS, "go", (toolchains.PYTHON, self.go_of(tmp_path, "1.9.7", "1.19.8")))
        found = toolchains.probe("go")
        assert (found.ok, found.detail) == (False, "missing: no-such-go 1.21 or later")
        assert "`apt-get install golang-go` (Debian 12: `golang-1.23-go` of bookworm-backports)" in found.remedy
        with pytest.raises(MissingTool, match=r"no-such-go 1\.21 or later"):
            toolchains.digest_of("go")

    def test_of_several_the_newest_is_taken(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        tool = self.go_of(tmp_path, "1.9.7", "1.19.8", "1.21.0", "1.100.1")
        monkeypatch.setitem(toolchains.TOOLS, "go", (toolchains.PYTHON, tool))
        assert toolchains.probe("go").ok
        assert toolchains.version_of(tool).startswith(f"{tmp_path}/go-1.100/bin/no-such-go go version go1.100.1 ")
        assert toolchains.path_of("go") == f"{tmp_path}/go-1.100/bin:{toolchains.PATH}"
        assert toolchains.path_of("python") == toolchains.PATH

    def test_a_tool_that_fails_is_missing_whatever_it_prints(self, tmp_path: Path) -> None:
        tool = self.go_of(tmp_path, "1.22.0")
        assert toolchains.version_of(tool)
        assert not toolchains.version_of(replace(tool, version=("--version",)))

    def test_an_older_tool_is_missing_and_one_that_is_optional_never(self, monkeypatch: pytest.MonkeyPatch) -> None:
        old = toolchains.Tool(name="python3", package="python3", least=(4, 0))
        spared = toolchains.Tool(name="no-such-tool", package="nosuch", is_optional=True)
        monkeypatch.setitem(toolchains.TOOLS, "python", (replace(old, least=(3, 0)), spared))
        assert toolchains.missing("python") == ()
        assert toolchains.probe("python").detail == "python3; faster with no-such-tool: `apt-get install nosuch`"
        monkeypatch.setitem(toolchains.TOOLS, "python", (old, spared))
        found = toolchains.probe("python")
        assert (found.ok, found.detail) == (False, "missing: python3 4.0 or later")
        assert "nosuch" not in found.remedy

    @pytest.mark.parametrize(
        ("said", "number"),
        [
            ("g++ (Debian 12.2.0-14+deb12u1) 12.2.0\nCopyright (C) 2022", (12, 2)),
            ("g++ (GCC) 14.2.1 20240912 (Red Hat 14.2.1-3)", (14, 2)),
            ("v20.20.2", (20, 20)),
            ("openjdk 21 2023-09-19", (21, 0)),
            ("none", (-1, -1)),
        ],
    )
    def test_versions_are_read_as_tools_print_them(self, said: str, number: tuple[int, int]) -> None:
        assert toolchains._number(said) == number

    @pytest.mark.bubblewrap
    def test_another_version_of_a_tool_is_another_toolchain(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        before = toolchains.digest_of("python")
        assert before == toolchains.digest_of("python")
        (tmp_path / "file").touch()
        extra = toolchains.Tool(name=str(tmp_path / "file"), package="none", version=())
        monkeypatch.setitem(toolchains.TOOLS, "python", (toolchains.PYTHON, extra))
        assert toolchains.digest_of("python") != before

    @pytest.mark.bubblewrap
    def test_a_script_that_fails_leaves_nothing(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setattr(toolchains, "_sources", lambda _: (("prepare", b"echo made > x; echo why >&2; exit 3"),))
        with pytest.raises(SandboxUnavailable, match="python failed: why"):
            toolchains.ensure(("python",), tmp_path, print)
        assert [path.name for path in (tmp_path / "python").iterdir()] == ["lock"]

    @pytest.mark.bubblewrap
    def test_packages_are_fetched_before_the_script_which_has_no_network(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        fetch = "import pathlib, sys\nlock, npmrc, folder = map(pathlib.Path, sys.argv[1:])\nfolder.mkdir()\n"
        fetch += "(folder / 'got').write_text(lock.read_text() + npmrc.read_text())\n"
        sources = {
            "package-lock.json": b"the lock\n",
            "packages.py": fetch.encode(),
            "prepare": b'cp "$1"/node_modules/got .',
        }
        monkeypatch.setattr(toolchains, "_sources", lambda _: tuple(sources.items()))
        toolchains.ensure(("python",), tmp_path, print)
        made = toolchains.folder_of(tmp_path, "python") / "codeloop/got"
        assert made.read_text().startswith("the lock\nregistry=http")

    @pytest.mark.bubblewrap
    def test_packages_that_cannot_be_fetched_leave_nothing(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        sources = (("package-lock.json", b""), ("packages.py", b"raise SystemExit('no network')"), ("prepare", b""))
        monkeypatch.setattr(toolchains, "_sources", lambda _: sources)
        with pytest.raises(SandboxUnavailable, match="fetching the packages for python failed: no network"):
            toolchains.ensure(("python",), tmp_path, print)
        assert [path.name for path in (tmp_path / "python").iterdir()] == ["lock"]

    def test_a_file_is_looked_for_in_its_folders_and_known_by_its_content(self, tmp_path: Path) -> None:
        library = tmp_path / "some-machine/quickjs/no-such-library.a"
        tool = toolchains.Tool(name=library.name, package="none", version=(), folders=(f"{tmp_path}/*/quickjs",))
        assert not toolchains.version_of(tool)
        library.parent.mkdir(parents=True)
        library.write_bytes(b"one")
        toolchains.version_of.cache_clear()
        first = toolchains.version_of(tool)
        assert first.startswith(f"{library} ")
        toolchains.version_of.cache_clear()
        library.write_bytes(b"two")
        assert toolchains.version_of(tool) != first

    def test_a_file_is_no_program_so_its_folder_is_not_on_the_path(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        (tmp_path / "library.a").touch()
        tool = toolchains.Tool(name="library.a", package="none", version=(), folders=(str(tmp_path),))
        assert toolchains.version_of(tool)
        monkeypatch.setitem(toolchains.TOOLS, "python", (toolchains.PYTHON, tool))
        assert toolchains.path_of("python") == toolchains.PATH

    def test_folders_of_sources_are_known_by_their_names(self, tmp_path: Path) -> None:
        for name in ("crate-0.8.5", "crate-0.9.0"):
            (tmp_path / name).mkdir()
        tool = toolchains.Tool(name=f"{tmp_path}/crate-0.8.*", package="none", version=())
        assert toolchains.version_of(tool) == f"{tmp_path}/crate-0.8.5 -"
