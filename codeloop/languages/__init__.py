"""Languages: one file each; this registry imports a language only when it is asked for."""

from __future__ import annotations

from importlib import import_module

from codeloop.errors import UnknownName
from codeloop.languages.port import Compiled, KeepsCorpus, Language, ManyMutants

_MODULES = {
    "python": "codeloop.languages.python",
    "java": "codeloop.languages.java",
    "cpp": "codeloop.languages.cpp",
    "javascript": "codeloop.languages.javascript",
    "go": "codeloop.languages.go",
    "rust": "codeloop.languages.rust",
}

NAMES = tuple(_MODULES)
"""Every language that can be checked, in the order of tables."""
_TRANSLATIONS = {"c-rust": "codeloop.languages.c_rust"}
"""Languages with an original as their tests: only suites of translations have tasks in them."""
PREPARABLE = (*NAMES, *_TRANSLATIONS)
"""Every language that has an image."""


def get_language(name: str) -> Language:
    """Give the language called ``name``. Raises UnknownName."""
    module = (_MODULES | _TRANSLATIONS).get(name)
    if module is None:
        raise UnknownName("language", name, NAMES)
    language: Language = import_module(module).LANGUAGE
    return language


__all__ = ["NAMES", "PREPARABLE", "Compiled", "KeepsCorpus", "Language", "ManyMutants", "get_language"]
