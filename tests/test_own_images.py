"""A user's own image in place of codeloop's: it must be built on it, and its programs are there for candidates."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import anyio
import pytest
from test_check import burn_task
from test_cli import codeloop

from codeloop import host, images
from codeloop.attempts import Candidate, Verdict
from codeloop.cli.options import own_images
from codeloop.config import RunConfig
from codeloop.errors import ConfigError, UnknownName
from codeloop.registry import open_checker

NAME = "codeloop-tests/own-python:1"
USES_OURS = "def burn(x):\n    import ours\n    return ours.add_one(x)\n"


def described(layers: str, command: str = "agent", user: str | None = "") -> dict[str, object]:
    return {"RootFS": {"Layers": list(layers)}, "Config": {"Cmd": [command], "Entrypoint": None, "User": user}}


def test_an_image_is_built_on_another_when_it_begins_with_its_layers_and_starts_the_same() -> None:
    base = described("abc")
    assert images._is_built_from(described("abcd"), base)
    assert images._is_built_from(described("abc", user=None), base)
    assert not images._is_built_from(described("abd"), base)
    assert not images._is_built_from(described("ab"), base)
    assert not images._is_built_from(described("abcd", command="sh"), base)
    assert not images._is_built_from(described("abcd", user="root"), base)


def test_images_are_given_by_language() -> None:
    given = own_images("python=ours/python:3@sha256:1=2, go=x")
    assert given == (("python", "ours/python:3@sha256:1=2"), ("go", "x"))
    assert RunConfig.from_dict(RunConfig(images=given).as_dict()).sandbox_choice.images == given
    for bad in ("python", "=x", "python=", "python=a,python=b"):
        with pytest.raises(ConfigError, match="give each LANGUAGE=IMAGE once"):
            own_images(bad)
    with pytest.raises(UnknownName, match="did you mean 'python'"):
        own_images("pyton=x")


def test_images_are_dockers_alone(tmp_path: Path) -> None:
    done = codeloop(
        "bench", "basics", "--lang", "python", "--sandbox", "bubblewrap", "--images", "python=x", cwd=tmp_path
    )
    assert done.returncode == 2
    assert "--images are Docker's: leave them out" in done.stderr


@contextmanager
def built(*lines: str) -> Iterator[str]:
    """Build an image on codeloop's, with a module of its own at hand."""
    client = host.connect()
    dockerfile = "\n".join([f"FROM {host.image_tag('python')}", *lines])
    files = [("Dockerfile", dockerfile.encode()), ("ours.py", b"def add_one(x):\n    return x + 1\n")]
    client.images.build(fileobj=io.BytesIO(host.packed(files)), custom_context=True, tag=NAME, rm=True)
    try:
        yield NAME
    finally:
        client.images.remove(NAME)
        client.close()


@pytest.mark.docker
def test_a_candidate_may_use_what_its_own_image_holds() -> None:
    task, candidate = burn_task(0.0), Candidate(code=USES_OURS)

    async def verdict_with(settings: RunConfig) -> Verdict:
        async with open_checker("test-own-images", ("python",), 1, print, settings.sandbox_choice) as check:
            return await check(task, candidate, task.hidden)

    async def main() -> tuple[Verdict, Verdict]:
        with built("COPY ours.py /usr/lib/python3/dist-packages/ours.py") as name:
            chosen = RunConfig(sandbox="docker", images=(("python", name),))
            return await verdict_with(chosen), await verdict_with(RunConfig(sandbox="docker"))

    with_it, without = anyio.run(main)
    assert (str(with_it.status), str(without.status)) == ("passed", "failed")
    assert with_it.image != without.image


@pytest.mark.docker
def test_an_image_that_starts_another_program_is_refused() -> None:
    with (
        built('CMD ["/bin/sh"]') as name,
        pytest.raises(ConfigError, match=r"begin its Dockerfile with FROM codeloop/python:"),
    ):
        images.require_own([("python", name)])
