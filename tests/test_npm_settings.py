"""The npm settings that a build gets from the host: a registry and certificates, and nothing secret."""

from __future__ import annotations

from codeloop import host, mirrors


def npmrc(registry: str) -> str:
    return dict(mirrors.npm_files({"npm_config_registry": registry}))["host/npmrc"].decode()


def test_the_hosts_registry_is_passed_on_without_credentials() -> None:
    text = npmrc("https://user:secret@npm.example/api/")
    assert text.startswith("registry=https://npm.example/api/\n")
    assert "secret" not in text


def test_the_hosts_certificates_come_along_where_it_has_any() -> None:
    files = dict(mirrors.npm_files({"npm_config_registry": mirrors.PUBLIC_REGISTRY}))
    assert ("host/npm-ca.crt" in files) == mirrors.CERTIFICATES.is_file() == (b"cafile=" in files["host/npmrc"])


def test_only_a_build_that_uses_npm_gets_them() -> None:
    with_npm = [name for name in host.languages() if host.uses_npm(path for path, _ in host.context_files(name))]
    assert with_npm == ["java", "javascript"]
